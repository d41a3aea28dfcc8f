"""Columns of cells into columns of values, as the fields read them.

What a cell means is said once, in `leadrules.meaning.values`. Here the cells that are
plainly what their field wants are read a column at a time; every other spelling
is read once, by `leadrules.meaning.values`, and its answer is spread over the rows that
have it. So a fast path is a short cut to the same answer, never a second meaning.

Questionable decision: a text stays what it is, a code into the distinct cells of
the block, or into all of them where nearly all differ. No rule ever sees the
text itself, only the bin of its value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from dataclasses import field as data_field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from leadrules.bins import Mask, day_number, moment_number
from leadrules.engine.memory import values_and_known
from leadrules.engine.search import Ends
from leadrules.engine.spellings import Cells, Spellings, apart
from leadrules.engine.texts import TextReader
from leadrules.meaning.cells import outside_calendar
from leadrules.meaning.values import LARGEST_INTEGER, Bad, reader
from leadrules.ruleset import Field

_TRUTH = frozenset({"true", "false"})
# Numbers that lie in memory as NumPy has them too.
_NUMBERS: dict[Any, type] = {
    pl.Int8: np.int8, pl.Int16: np.int16, pl.Int32: np.int32, pl.Int64: np.int64,
    pl.UInt8: np.uint8, pl.UInt16: np.uint16, pl.UInt32: np.uint32, pl.UInt64: np.uint64, pl.Float64: np.float64,
}  # fmt: skip
_TIME = r"[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?Z?"
_PLAIN_DAY = f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:{_TIME})?$"
_PLAIN_MOMENT = f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{_TIME}$"
_TO_MINUTES = len("2026-11-22 09:30")
_TEXTS = frozenset({str, type(None)})


@dataclass(slots=True)
class Column:
    """The values of one field for the rows of a block.

    kind            | values
    number          | numbers, of the type that the cells have
    date, datetime  | days, microseconds since 1970-01-01
    boolean         | 0 false, 1 true
    text, texts     | positions in `texts`: a list, or a column where they are many

    Rows of `missing` (None: there are none) hold anything. `ends` are the least and the
    largest of `values`, if they were needed. `bad` has each row whose value does not fit;
    such a row counts as missing until the caller drops it. `excused` counts the
    rows whose bad value the field reads as missing, `blank` those whose cell is
    empty or a missing spelling, before the default is filled in.
    """

    values: npt.NDArray[Any]
    missing: Mask | None
    texts: Cells = data_field(default_factory=list)
    ends: Ends | None = None
    bad: dict[int, Bad] = data_field(default_factory=dict)
    excused: int = 0
    blank: int = 0

    def doubles(self) -> npt.NDArray[np.float64]:
        """The numbers as doubles, NaN in rows of `missing`."""
        values = self.values.astype(np.float64, copy=False)
        return values if self.missing is None else np.where(self.missing, np.nan, values)


class ColumnReader:
    """Reads one field's column, block after block; remembers the last spellings that it has met."""

    REMEMBERED = 16_384

    def __init__(self, field: Field):
        self.field = field
        own = field if field.key else replace(field, default=None)
        whole = reader(own)
        self._read: Callable[[object], Any] = whole.strictly
        self._missing: Any = whole(None)
        self._read_text = lru_cache(self.REMEMBERED)(self._read)
        self._spellings = Spellings()
        self._texts = TextReader(field.missing) if field.type in ("text", "email") else None
        self._missing_numbers = _numbers_among(field.missing)
        self._missing_spellings = [text for text in field.missing if any(sign.isdigit() for sign in text)]

    def absent(self, rows: int) -> Column:
        """The column of a field that the leads do not have: its default, or missing."""
        return self._filled(self._spread([None], np.zeros(rows, dtype=np.int32)))

    def read(self, cells: pl.Series) -> Column:
        """The values of a column of cells, of whatever type."""
        return self._filled(self._own(cells))

    def _own(self, cells: pl.Series) -> Column:
        """The values that the cells themselves have."""
        kind, dtype = self.field.kind, cells.dtype
        if not self.field.key:
            if kind == "number" and (dtype == pl.String or dtype in _NUMBERS or dtype.is_float()):
                return self._numbers(cells)
            if kind == "boolean" and dtype == pl.Boolean and not _TRUTH & self.field.missing:
                return Column(*_values_and_missing(cells.cast(pl.UInt8), np.uint8))
            days = (kind == "date" and dtype == pl.Date) or (kind == "datetime" and isinstance(dtype, pl.Datetime))
            if days and not self._missing_spellings:
                return self._days(cells, cells)
            if dtype == pl.String:
                values, codes = self._spellings.distinct(cells)
                iso = kind in ("date", "datetime") and self.field.format is None and not self._missing_spellings
                if iso and values is cells:
                    return self._days(_plain_days(cells, kind), cells)
                return self._spread(values, codes)
        return self._spread(*apart(cells))

    def _filled(self, column: Column) -> Column:
        """The default for rows without a value; a bad value stays missing."""
        default = self.field.default
        if column.missing is None:
            return column
        without = int(np.count_nonzero(column.missing)) - len(column.bad)
        column.blank = without - column.excused
        if default is None or not without:
            return column
        column.ends = None
        fill = column.missing.copy()
        fill[list(column.bad)] = False
        if self.field.kind in ("text", "texts"):
            if isinstance(column.texts, pl.Series):
                column.texts = column.texts.fill_null(default)
            else:
                column.texts = [*(default if text is None else text for text in column.texts), None]
            if column.bad:
                column.values = column.values.astype(np.int32)
                column.values[list(column.bad)] = len(column.texts) - 1
        else:
            numbers, dtype, _ = _AS_NUMBERS[self.field.kind]
            column.values = column.values.astype(dtype)
            column.values[fill] = numbers(default)
        column.missing = column.missing & ~fill if column.bad else None
        return column

    # -- the general way: by distinct cell

    def _read_all(self, cells: list[Any]) -> list[Any]:
        return list(map(self._read_text if _TEXTS.issuperset(map(type, cells)) else self._read, cells))

    def _spread(self, cells: Cells, codes: npt.NDArray[Any]) -> Column:
        """From distinct cells to the values of rows."""
        if isinstance(cells, pl.Series):
            if self._texts is not None:
                return self._many_texts(self._texts.read(cells), codes)
            cells = cells.to_list()
        answers = self._read_all(cells)
        kinds = set(map(type, answers))
        excuse, values = self.field.bad_as_missing, answers
        bad_codes: dict[int, Bad] = {}
        if Bad in kinds:
            bad_codes = {code: answer for code, answer in enumerate(answers) if isinstance(answer, Bad)}
            instead = self._missing if excuse and not isinstance(self._missing, Bad) else None
            values = [instead if isinstance(answer, Bad) else answer for answer in answers]
        without = Bad in kinds or type(None) in kinds
        missing = _among(codes, [code for code, value in enumerate(values) if value is None]) if without else None
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
            return Column(codes, missing, values, None, bad, excused)
        numbers, dtype, none = _AS_NUMBERS[self.field.kind]
        table: npt.NDArray[Any] = np.array([none if value is None else numbers(value) for value in values], dtype=dtype)
        return Column(table.take(codes), missing, [], None, bad, excused)

    def _many_texts(self, texts: pl.Series, codes: npt.NDArray[Any]) -> Column:
        if isinstance(self._missing, str):
            texts = texts.fill_null(self._missing)
        if not texts.null_count():
            return Column(codes, None, texts)
        missing = texts.is_null().to_numpy().take(codes)
        bad = dict.fromkeys(np.flatnonzero(missing).tolist(), self._missing) if isinstance(self._missing, Bad) else {}
        return Column(codes, missing, texts, None, bad)

    # -- short cuts

    def _numbers(self, cells: pl.Series) -> Column:
        whole = self.field.type == "integer"
        odd: Mask | None = None
        if cells.dtype == pl.String:
            # What Polars reads as a number is one in the language too, with that value (a test holds this).
            read = cells.cast(pl.Int64 if whole else pl.Float64, strict=False)
            if read.null_count() > cells.null_count():
                odd = (read.is_null() & cells.is_not_null()).to_numpy().copy()
            if self._missing_spellings:
                odd = _either(odd, cells.is_in(self._missing_spellings).fill_null(False).to_numpy())
        else:
            read = cells if cells.dtype in _NUMBERS else cells.cast(pl.Float64)
        column = Column(*_values_and_missing(read, _NUMBERS[read.dtype]))
        values = column.values
        least, most = column.ends = (values.min(), values.max()) if len(values) else (0, 0)
        low: Any = self.field.low
        high: Any = self.field.high
        if read.dtype.is_float():
            if np.isnan(least):
                nan = np.isnan(values)
                column.missing = nan if column.missing is None else column.missing | nan
                odd = _either(odd, nan & cells.is_not_null().to_numpy()) if cells.dtype == pl.String else odd
                least, most = np.fmin.reduce(values), np.fmax.reduce(values)
            if np.isinf(least) or np.isinf(most):
                odd = _either(odd, np.isinf(values))
            if whole:
                with np.errstate(invalid="ignore"):
                    odd = _either(odd, values != np.trunc(values))
        if cells.dtype != pl.String:
            for spelling in self._missing_numbers:
                odd = _either(odd, values == spelling)
        if whole or not read.dtype.is_float():
            low = -LARGEST_INTEGER if low is None else max(low, -LARGEST_INTEGER)
            high = LARGEST_INTEGER if high is None else min(high, LARGEST_INTEGER)
        if low is not None and least < low:
            odd = _either(odd, values < low)
        if high is not None and most > high:
            odd = _either(odd, values > high)
        return self._mended(column, cells, odd)

    def _days(self, cells: pl.Series, own: pl.Series) -> Column:
        """Days or moments: `cells`, which came as `own`. What came and is no day yet is read the general way."""
        dtype, outside = cells.dtype, outside_calendar(cells)
        odd = (cells.is_null() & own.is_not_null()).to_numpy() if cells.null_count() > own.null_count() else None
        if outside is not None:
            cells = cells.set(outside, None)
        if isinstance(dtype, pl.Datetime):
            # In memory a moment is one of UTC, whatever its zone.
            if dtype.time_unit != "us":
                cells = cells.dt.cast_time_unit("us")
            column = Column(*_values_and_missing(cells, np.int64))
            low, high = moment_number(datetime.min), moment_number(datetime.max)
            number: Callable[[Any], int] = moment_number
        else:
            column = Column(*_values_and_missing(cells, np.int32))
            low, high = day_number(date.min), day_number(date.max)
            number = day_number
        if self.field.low is not None:
            low = number(self.field.low)
        if self.field.high is not None:
            high = number(self.field.high)
        values = column.values
        odd = _either(odd, outside.to_numpy()) if outside is not None else odd
        if len(values) and (values.min() < low or values.max() > high):
            odd = _either(odd, ((values < low) | (values > high)) & own.is_not_null().to_numpy())
        return self._mended(column, own, odd)

    def _mended(self, column: Column, cells: pl.Series, odd: Mask | None) -> Column:
        """The column with the rows that the short cut could not read, `odd` ones, read the general way."""
        if odd is None:
            return column
        if cells.null_count():
            odd = odd & cells.is_not_null().to_numpy()
        rows = np.flatnonzero(odd)
        if not len(rows):
            return column
        column.ends = None
        mended = self._spread(*apart(cells.gather(rows)))
        column.values = column.values.astype(mended.values.dtype)
        column.values[rows] = mended.values
        missing = np.zeros(len(odd), dtype=bool) if column.missing is None else column.missing.copy()
        missing[rows] = False if mended.missing is None else mended.missing
        column.missing = missing if missing.any() else None
        column.bad = {int(rows[row]): bad for row, bad in mended.bad.items()}
        column.excused = mended.excused
        return column


def _plain_days(cells: pl.Series, kind: str) -> pl.Series:
    """The days or moments that texts plainly say, as ISO has them with no zone but `Z`; null for other texts."""
    column, plain = pl.col("cell"), pl.col("cell").str.contains(_PLAIN_DAY if kind == "date" else _PLAIN_MOMENT)
    if kind == "date":
        said = column.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    else:
        zoneless = column.str.strip_suffix("Z").str.replace("T", " ", literal=True)
        whole = pl.when(zoneless.str.len_bytes() == _TO_MINUTES).then(zoneless + ":00").otherwise(zoneless)
        said = whole.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us")
    return cells.to_frame("cell").select(pl.when(plain).then(said)).to_series()


def _values_and_missing(cells: pl.Series, dtype: npt.DTypeLike) -> tuple[npt.NDArray[Any], Mask | None]:
    values, known = values_and_known(cells, dtype)
    return values, None if known is None else ~known


def _among(codes: npt.NDArray[Any], wanted: list[int]) -> Mask | None:
    """The rows with one of these codes; None where there are none wanted."""
    if len(wanted) > 1:
        table = np.zeros(max(wanted) + 1, dtype=bool)
        table[wanted] = True
        return table.take(codes, mode="clip") & (codes < len(table))
    return codes == wanted[0] if wanted else None


def _numbers_among(spellings: frozenset[str]) -> list[float]:
    """The missing spellings that a number could be equal to."""
    found = []
    for spelling in spellings:
        try:
            found.append(float(spelling))
        except ValueError:
            continue
    return found


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
