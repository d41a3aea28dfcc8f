"""A date of each lead → the leads before a day, and those from it on.

A model should be judged on later leads than it was fitted to. The column's
format is found from its values as `leadrules init` finds it, and asked for where
two fit.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leadrules.engine.columns import ColumnReader
from leadrules.leads.errors import LeadsError
from leadrules.leads.headers import loosened, nearest_header
from leadrules.meaning.cells import values_of
from leadrules.meaning.text import fold
from leadrules.ruleset import Field
from leadrules.starting.columns import Column
from leadrules.starting.naming import words_of_name
from leadrules.starting.types import choose

if TYPE_CHECKING:
    import polars as pl

    from leadrules.leads.block import LeadSource

_CREATED = frozenset("created create creation createdate createdat dateadded added received submitted".split())
_EPOCH = date(1970, 1, 1)
_LOOKED_AT = 5_000


class Days:
    """Reads the day of each lead from a column."""

    def __init__(self, header: str, field: Field):
        self.header = header
        self._reader = ColumnReader(field)
        self._kind = field.kind

    def read(self, cells: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Days since 1970-01-01, and which leads have one."""
        column = self._reader.read(cells)
        known = np.ones(len(cells), dtype=bool) if column.missing is None else ~column.missing
        days = column.values.astype(np.int64)
        return days // 86_400_000_000 if self._kind == "datetime" else days, known

    def before(self, cells: pl.Series, day: date) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """The leads before a day, and those from it on; leads without a date are in neither."""
        days, known = self.read(cells)
        early = days < (day - _EPOCH).days
        return early & known, ~early & known


def days_of(source: LeadSource, header: str | None, option: str) -> Days:
    """The column of days that is meant; without a name, the one that says when leads were made. Raises `LeadsError`."""
    if header is None:
        header = _created(source, option)
    else:
        header = _named(source, header, option)
    block = next(iter(source.blocks([header])), None)
    column = Column(0, header)
    if block is not None:
        column.add(values_of(block.cells[header].head(_LOOKED_AT)))
    choice = choose("day", column)
    if choice.type not in ("date", "datetime"):
        hint = choice.notes[0] if choice.notes else "its values are not dates like 2026-11-22"
        raise LeadsError(f"`{header}` cannot be read as dates, which {option} needs", hint.rstrip(":"))
    format = choice.options.partition('format "')[2].partition('"')[0] or None
    missing = frozenset({"", *map(fold, column.missing), *map(fold, column.doubtful)})
    return Days(header, Field("day", choice.type, format=format, missing=missing, bad_as_missing=True))  # type: ignore[arg-type]


def _named(source: LeadSource, header: str, option: str) -> str:
    for one in source.headers:
        if one == header:
            return one
    for one in source.headers:
        if loosened(one) == loosened(header):
            return one
    near = nearest_header([header], source.headers)
    raise LeadsError(
        f"no column is called `{header}`, which {option} names", f"did you mean `{near}`?" if near else None
    )


def _created(source: LeadSource, option: str) -> str:
    from leadrules.starting.naming import field_name

    found = [
        header
        for place, header in enumerate(source.headers)
        if _CREATED & set(words_of_name(field_name(header, place, set()) if header.strip() else ""))
    ]
    if len(found) == 1:
        return found[0]
    which = "none looks like one" if not found else "it could be " + ", ".join(f"`{one}`" for one in found)
    raise LeadsError(
        f"{option} needs the column that says when a lead was made, and {which}", f"name it: {option} COLUMN=2026-01-01"
    )
