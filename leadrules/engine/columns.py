"""Columns of cells into columns of values, as the fields read them.

What a cell means is said once, in `leadrules.meaning.values`. Here the cells that are
plainly what their field wants are read a column at a time; every other spelling
is read once, by `leadrules.meaning.values`, and its answer is spread over the rows that
have it. So a fast path is a short cut to the same answer, never a second meaning.

Questionable decision: a text stays what it is, a code into the distinct cells of
the block. No rule ever sees the text itself, only the bin of its distinct value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as data_field
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from leadrules.bins import Mask, day_number, moment_number
from leadrules.meaning.cells import outside_calendar, values_of
from leadrules.meaning.values import LARGEST_INTEGER, Bad, reader
from leadrules.ruleset import Field

_TRUTH = frozenset({"true", "false"})


@dataclass(slots=True)
class Column:
    """The values of one field for the rows of a block.

    kind            | values
    number          | doubles, NaN in rows of `missing`
    date, datetime  | days, microseconds since 1970-01-01 (int64)
    boolean         | 0 false, 1 true
    text, texts     | positions in `texts`, the distinct values of the block

    Other rows of `missing` hold anything. `bad` has each row whose value does not fit;
    such a row counts as missing until the caller drops it. `excused` counts the
    rows whose bad value the field reads as missing, `blank` those whose cell is
    empty or a missing spelling, before the default is filled in.
    """

    values: npt.NDArray[Any]
    missing: Mask
    texts: list[Any] = data_field(default_factory=list)
    bad: dict[int, Bad] = data_field(default_factory=dict)
    excused: int = 0
    blank: int = 0


class ColumnReader:
    """Reads one field's column, block after block; remembers the spellings that it has met."""

    REMEMBERED = 200_000

    def __init__(self, field: Field):
        self.field = field
        own = field if field.key else replace(field, default=None)
        whole = reader(own)
        self._read: Callable[[object], Any] = whole.strictly
        self._missing: Any = whole(None)
        self._known: dict[str, Any] = {}
        self._missing_numbers = _numbers_among(field.missing)
        self._missing_spellings = [text for text in field.missing if any(sign.isdigit() for sign in text)]

    def absent(self, rows: int) -> Column:
        """The column of a field that the leads do not have: its default, or missing."""
        return self._filled(self._spread([self._missing], np.zeros(rows, dtype=np.int32)))

    def read(self, cells: pl.Series) -> Column:
        """The values of a column of cells, of whatever type."""
        return self._filled(self._own(cells))

    def _own(self, cells: pl.Series) -> Column:
        """The values that the cells themselves have."""
        kind, dtype = self.field.kind, cells.dtype
        if not self.field.key:
            if kind == "number" and (dtype == pl.String or dtype.is_integer() or dtype.is_float()):
                return self._numbers(cells)
            if kind == "boolean" and dtype == pl.Boolean and not _TRUTH & self.field.missing:
                missing = cells.is_null().to_numpy().copy()
                return Column(cells.fill_null(False).to_numpy().astype(np.int8), missing)
            days = (kind == "date" and dtype == pl.Date) or (kind == "datetime" and isinstance(dtype, pl.Datetime))
            if days and not self._missing_spellings:
                return self._days(cells)
        values, codes = distinct(cells)
        return self._spread(self._read_all(values), codes)

    def _filled(self, column: Column) -> Column:
        """The default for rows without a value; a bad value stays missing."""
        default = self.field.default
        without = int(np.count_nonzero(column.missing)) - len(column.bad)
        column.blank = without - column.excused
        if default is None or not without:
            return column
        fill = column.missing.copy()
        fill[list(column.bad)] = False
        if self.field.kind in ("text", "texts"):
            bad = column.missing & ~fill
            column.texts = [*(default if text is None else text for text in column.texts), None]
            column.values = np.where(bad, len(column.texts) - 1, column.values)
        else:
            numbers, _, _ = _AS_NUMBERS[self.field.kind]
            column.values = column.values.copy()
            column.values[fill] = numbers(default)
        column.missing = column.missing & ~fill
        return column

    # -- the general way: by distinct cell

    def _read_all(self, cells: Sequence[object]) -> list[Any]:
        known, read = self._known, self._read
        if len(known) > self.REMEMBERED:
            known.clear()
        answers = []
        for cell in cells:
            if type(cell) is not str:
                answers.append(read(cell))
                continue
            answer = known.get(cell, known)
            if answer is known:
                answer = known[cell] = read(cell)
            answers.append(answer)
        return answers

    def _spread(self, answers: list[Any], codes: npt.NDArray[np.int32]) -> Column:
        """From the values of distinct cells to the values of rows."""
        bad_codes = {code: answer for code, answer in enumerate(answers) if isinstance(answer, Bad)}
        excuse = self.field.bad_as_missing
        values = [(self._missing if excuse else None) if isinstance(answer, Bad) else answer for answer in answers]
        values = [None if isinstance(value, Bad) else value for value in values]
        missing = np.array([value is None for value in values], dtype=bool)[codes]
        bad: dict[int, Bad] = {}
        excused = 0
        if bad_codes:
            faulty = np.zeros(len(values), dtype=bool)
            faulty[list(bad_codes)] = True
            rows = np.flatnonzero(faulty[codes])
            if excuse and not isinstance(self._missing, Bad):
                excused = len(rows)
            else:
                bad = {int(row): self._missing if excuse else bad_codes[int(codes[row])] for row in rows}
        if self.field.kind in ("text", "texts"):
            return Column(codes, missing, values, bad, excused)
        numbers, dtype, none = _AS_NUMBERS[self.field.kind]
        table: npt.NDArray[Any] = np.array([none if value is None else numbers(value) for value in values], dtype=dtype)
        return Column(table[codes], missing, [], bad, excused)

    # -- short cuts

    def _numbers(self, cells: pl.Series) -> Column:
        null = cells.is_null().to_numpy() if cells.null_count() else None
        odd: Mask | None = None
        if cells.dtype == pl.String:
            # What Polars reads as a number is one in the language too, with that value (a test holds this).
            whole = self.field.type == "integer"
            read = cells.cast(pl.Int64 if whole else pl.Float64, strict=False)
            values = _doubles(read)
            if read.null_count() > cells.null_count():
                odd = read.is_null().to_numpy().copy()
            if not whole:
                odd = _either(odd, ~np.isfinite(values))
            if self._missing_spellings:
                odd = _either(odd, cells.is_in(self._missing_spellings).fill_null(False).to_numpy())
        else:
            values = _doubles(cells)
            whole = cells.dtype.is_integer()
            if not whole:
                odd = _either(odd, np.isinf(values))
            for spelling in self._missing_numbers:
                odd = _either(odd, values == spelling)
        low: Any = self.field.low
        high: Any = self.field.high
        if self.field.type == "integer" or whole:
            if not whole:
                odd = _either(odd, (values != np.trunc(values)) & ~np.isnan(values))
            odd = _either(odd, np.abs(values) > LARGEST_INTEGER)
        if low is not None:
            odd = _either(odd, values < low)
        if high is not None:
            odd = _either(odd, values > high)
        column = Column(values, np.isnan(values))
        if odd is not None:
            column.values = values.copy()
            self._mend(column, cells, odd if null is None else odd & ~null)
        return column

    def _days(self, cells: pl.Series) -> Column:
        null = cells.is_null().to_numpy()
        dtype, own, outside = cells.dtype, cells, outside_calendar(cells)
        if outside is not None:
            cells = cells.set(outside, None)
        if isinstance(dtype, pl.Datetime):
            if dtype.time_zone is not None:
                cells = cells.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
            cells = cells.dt.cast_time_unit("us")
            low, high = moment_number(datetime.min), moment_number(datetime.max)
            number: Callable[[Any], int] = moment_number
        else:
            low, high = day_number(date.min), day_number(date.max)
            number = day_number
        values = cells.to_physical().cast(pl.Int64).fill_null(0).to_numpy().copy()
        if self.field.low is not None:
            low = number(self.field.low)
        if self.field.high is not None:
            high = number(self.field.high)
        column = Column(values, null.copy())
        odd = (values < low) | (values > high)
        self._mend(column, own, (odd if outside is None else odd | outside.to_numpy()) & ~null)
        return column

    def _mend(self, column: Column, cells: pl.Series, odd: Mask) -> None:
        """Read the rows that the short cut could not."""
        rows = np.flatnonzero(odd)
        if not len(rows):
            return
        values, codes = distinct(cells.gather(rows))
        mended = self._spread(self._read_all(values), codes)
        column.values[rows] = mended.values
        column.missing[rows] = mended.missing
        column.bad = {int(rows[row]): bad for row, bad in mended.bad.items()}
        column.excused = mended.excused


def distinct(cells: pl.Series) -> tuple[list[Any], npt.NDArray[np.int32]]:
    """The distinct cells as Python values (None for nulls), and each row's position among them."""
    if isinstance(cells.dtype, pl.Categorical | pl.Enum):
        cells = cells.cast(pl.String)
    if cells.dtype == pl.String:
        values = cells.drop_nulls().unique()
        codes = cells.cast(pl.Enum(values)).to_physical().cast(pl.Int32)
        if not cells.null_count():
            return values.to_list(), codes.to_numpy()
        return [*values.to_list(), None], codes.fill_null(len(values)).to_numpy()
    positions: dict[Any, int] = {}
    found: list[Any] = []
    rows = np.empty(len(cells), dtype=np.int32)
    for row, cell in enumerate(values_of(cells)):
        key = (type(cell), cell if isinstance(cell, str | int | float | date | None) else repr(cell))
        position = positions.setdefault(key, len(found))
        if position == len(found):
            found.append(cell)
        rows[row] = position
    return found, rows


def _numbers_among(spellings: frozenset[str]) -> list[float]:
    """The missing spellings that a number could be equal to."""
    found = []
    for spelling in spellings:
        try:
            found.append(float(spelling))
        except ValueError:
            continue
    return found


def _doubles(cells: pl.Series) -> npt.NDArray[np.float64]:
    """The cells as doubles, null as NaN. May not be written to."""
    if cells.null_count():
        cells = cells.cast(pl.Float64).fill_null(np.nan)
    return cells.to_numpy().astype(np.float64, copy=False)


def _either(odd: Mask | None, more: Mask) -> Mask | None:
    """Rows that are odd for one reason or another; None for no row at all."""
    if odd is None:
        return more if more.any() else None
    return odd | more


# How a kind's values become numbers, the type of these, and what stands in a row without one.
_AS_NUMBERS: dict[str, tuple[Callable[[Any], Any], type, Any]] = {
    "number": (float, np.float64, np.nan),
    "boolean": (int, np.int8, 0),
    "date": (day_number, np.int64, 0),
    "datetime": (moment_number, np.int64, 0),
}
