"""Leads that a caller holds in memory: frames, tables and dicts, as columns of cells by field.

In records (dicts) an absent key is a missing value, nested dicts reach dotted
names, and a flat key goes before a nested path.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from os import PathLike
from typing import TYPE_CHECKING, Any

from leadrules.leads.headers import Matched, match_headers
from leadrules.meaning.text import is_whole
from leadrules.ruleset import Field, Model

if TYPE_CHECKING:
    import polars as pl


class LeadError(ValueError):
    """Leads that cannot be scored: `rejects` has every bad value, each with its row, field, value and reason."""

    def __init__(self, message: str, rejects: Iterable[Any] = ()):
        super().__init__(message)
        self.rejects = list(rejects)


class LeadWarning(UserWarning):
    """A name that no lead has: probably mistyped, here or there."""


def as_frame(leads: Any) -> tuple[pl.DataFrame, bool]:
    """Leads as a Polars frame, and whether they are records, whose keys may be absent.

    Takes a Polars DataFrame or LazyFrame, a pandas DataFrame, anything that
    speaks Arrow's interfaces, or an iterable of dicts.
    """
    import polars as pl

    if isinstance(leads, pl.DataFrame):
        return leads, False
    if isinstance(leads, pl.LazyFrame):
        return leads.collect(), False
    home = type(leads).__module__.partition(".")[0]
    if home == "pandas" and hasattr(leads, "columns"):
        return _from_pandas(leads), False
    if home == "pyarrow" or (home != "pandas" and hasattr(leads, "__arrow_c_stream__")):
        refuse_repeated(getattr(getattr(leads, "schema", None), "names", []))
        try:
            found = pl.from_arrow(leads) if home == "pyarrow" else pl.DataFrame(leads)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            reason = str(error).partition(". Hint")[0]
            raise LeadError(f"a column of the Arrow table has a type that is not understood: {reason}") from error
        if isinstance(found, pl.DataFrame):
            return found, False
    if isinstance(leads, str | Mapping) or home == "pandas" or not isinstance(leads, Iterable):
        instead = {
            Mapping: "; for one dict, use score_one",
            str | PathLike: "; read the file first, or use leadrules run",
        }
        raise LeadError(
            f"leads of type {type(leads).__name__} are not understood: "
            "give a Polars or pandas frame, an Arrow table or dicts"
            + next((words for kind, words in instead.items() if isinstance(leads, kind)), "")
        )
    return _from_records(leads), True


def cells_of(model: Model, frame: pl.DataFrame, is_records: bool) -> dict[int, pl.Series]:
    """The column of cells of each field that is read. Raises LeadError for a field without one."""
    cells, names = dict(zip(frame.columns, frame.get_columns(), strict=True)), list(frame.columns)
    if not is_records:
        for name, column in list(_nested(cells)):
            if name not in cells:
                cells[name] = column
                names.append(name)
    matched = match_headers(model.fields, names, absent_is_missing=is_records)
    refuse(matched)
    for problem in matched.problems if frame.height else ():
        warnings.warn(f"{problem.message}; {problem.help}", LeadWarning, stacklevel=3)
    return {position: cells[header] for position, header in matched.headers.items()}


def cells_of_record(model: Model, record: Mapping[str, object]) -> dict[int, object]:
    """One record's cell for each field that it has a key for."""
    if not isinstance(record, Mapping):
        raise LeadError(f"a lead is a dict, not of type {type(record).__name__}")
    flat = record if _is_flat(record) else _flat(record)
    matched = _match_record(_Fields(model), tuple(flat))
    refuse(matched)
    return {position: flat[header] for position, header in matched.headers.items()}


def refuse(matched: Matched) -> None:
    """Raise LeadError for fields that have no column, or two."""
    if matched.errors:
        raise LeadError("; ".join(f"{problem.message} ({problem.help})" for problem in matched.errors))


def flattened(record: Mapping[str, object]) -> dict[str, object]:
    """A record with its nested dicts reachable by dotted names; flat keys win, and nested dicts stay."""
    flat = {str(key): value for key, value in record.items()}
    for key, value in record.items():
        if isinstance(value, Mapping):
            for inner, cell in flattened(value).items():
                flat.setdefault(f"{key}.{inner}", cell)
    return flat


# What a cell of a flat record can be; anything else may be a nested record.
_CELLS = frozenset({str, int, float, bool, type(None), date, datetime, Decimal})
_NAMES = frozenset({str})


def _is_flat(record: Mapping[str, object]) -> bool:
    """Whether a record is what `_flat` would make of it, told without walking it in Python."""
    return (
        type(record) is dict and _CELLS.issuperset(map(type, record.values())) and _NAMES.issuperset(map(type, record))
    )


def _flat(record: Mapping[str, object]) -> dict[str, object]:
    try:
        return flattened(record)
    except RecursionError:
        raise LeadError("a lead is nested too deeply, or holds itself") from None


def refuse_repeated(names: Iterable[str]) -> None:
    """Raise LeadError if two columns have one name."""
    counts = Counter(names)
    repeated = ", ".join(f"`{name}`" for name, count in counts.items() if count > 1)
    if repeated:
        raise LeadError(f"more than one column is called {repeated}; rename or drop one")


def refuse_taken(names: Sequence[str]) -> None:
    """Raise LeadError for columns that scoring adds and the leads have already."""
    if names:
        shown = ", ".join(f"`{name}`" for name in names)
        raise LeadError(f"the leads already have a column {shown}; rename or drop it before scoring")


class _Fields:
    """A model's fields as a key of the cache: the same model is the same key."""

    def __init__(self, model: Model):
        self.fields: tuple[Field, ...] = model.fields

    def __hash__(self) -> int:
        return id(self.fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Fields) and self.fields is other.fields


@lru_cache(maxsize=1024)
def _match_record(fields: _Fields, headers: tuple[str, ...]) -> Matched:
    """A record may lack any key: for it every field is optional, and nobody looks for names that are near."""
    return match_headers([replace(field, optional=True) for field in fields.fields], headers, absent_is_missing=True)


def _from_records(records: Iterable[Any]) -> pl.DataFrame:
    import polars as pl

    rows = []
    for place, record in enumerate(records):
        if not isinstance(record, Mapping):
            raise LeadError(f"lead {place} is of type {type(record).__name__}, not a dict")
        rows.append(_flat(record))
    names = list(dict.fromkeys(name for row in rows for name in row))
    halves = [name for name in names if not is_whole(name)]
    if halves:
        raise LeadError(f"a key holds half a character: {halves[0]!r}")
    columns = []
    for name in names:
        values = [row.get(name) for row in rows]
        columns.append(_column(name, values))
    return pl.DataFrame(columns) if columns else pl.DataFrame(height=len(rows))


def _column(name: str, values: list[Any]) -> pl.Series:
    """A column of the type that all values share, so that nothing is turned into something else; objects otherwise."""
    import polars as pl

    kinds = {type(value) for value in values if value is not None}
    if kinds <= {str} and all(value is None or value.isascii() or is_whole(value) for value in values):
        return pl.Series(name, values, dtype=pl.String)
    if kinds == {bool}:
        return pl.Series(name, values, dtype=pl.Boolean)
    if kinds == {float}:
        return pl.Series(name, values, dtype=pl.Float64)
    if kinds == {int} and all(value is None or -(2**63) <= value < 2**63 for value in values):
        return pl.Series(name, values, dtype=pl.Int64)
    return pl.Series(name, values, dtype=pl.Object)


def _from_pandas(frame: Any) -> pl.DataFrame:
    """A pandas frame, without pyarrow: NaN and None are missing, mixed columns stay objects."""
    import polars as pl

    refuse_repeated(map(str, frame.columns))
    columns = []
    for place, name in enumerate(frame.columns):
        series = frame.iloc[:, place]
        kind = getattr(series.dtype, "kind", "O")
        if kind in "iufb" and type(series.dtype).__module__.startswith("numpy"):
            columns.append(pl.Series(str(name), series.to_numpy()))
            continue
        missing = series.isna().to_numpy()
        try:
            values = [None if gone else value for value, gone in zip(series.tolist(), missing, strict=True)]
        except ValueError as error:
            raise LeadError(f"the column `{name}` cannot be read: {error}") from error
        columns.append(_column(str(name), values))
    return pl.DataFrame(columns)


def _nested(cells: Mapping[str, pl.Series]) -> Iterable[tuple[str, pl.Series]]:
    """The fields of struct columns, by dotted names."""
    import polars as pl

    for name, column in cells.items():
        if isinstance(column.dtype, pl.Struct):
            inner = {f"{name}.{field.name}": column.struct.field(field.name) for field in column.dtype.fields}
            yield from inner.items()
            yield from _nested(inner)
