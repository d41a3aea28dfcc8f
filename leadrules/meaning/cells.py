"""Columns of typed cells as Python values.

Two things need care on the way: a list in a cell comes out of Polars as a column of
its own, and a file can hold days that Python's calendar does not have (year 20226, say), at
which the conversion of a whole column breaks down. Those become texts, such as
`6668120 days after 1970-01-01`, which no date field can read and every file can hold.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

_DAY = 86_400_000_000
_PER_DAY = {"ns": _DAY * 1000, "us": _DAY, "ms": _DAY // 1000}
_FIRST = (date.min - date(1970, 1, 1)).days
_LAST = (date.max - date(1970, 1, 1)).days


def values_of(cells: pl.Series) -> list[Any]:
    """Every cell as a Python value, None for a null."""
    outside = outside_calendar(cells)
    if outside is None:
        return cells.to_list()
    values: list[Any] = cells.set(outside, None).to_list()
    per_day = _units_per_day(cells)
    for row in outside.arg_true().to_list():
        values[row] = _text(int(cells.to_physical()[row]), per_day)
    return values


def value_at(cells: pl.Series, row: int) -> Any:
    """One cell as a Python value."""
    return values_of(cells.slice(row, 1))[0]


def outside_calendar(cells: pl.Series) -> pl.Series | None:
    """Which cells hold a day before year 1 or after year 9999; None if none does, or none could."""
    per_day = _units_per_day(cells)
    if not per_day:
        return None
    # In a zone other than UTC the day may be the one before or after.
    margin = 0 if getattr(cells.dtype, "time_zone", None) in (None, "UTC") else 1
    first, last = (_FIRST + margin) * per_day, (_LAST + 1 - margin) * per_day - 1
    numbers = cells.to_physical()
    low, high = numbers.min(), numbers.max()
    if low is None or (int(low) >= first and int(high) <= last):  # type: ignore[arg-type]
        return None
    return ~numbers.is_between(first, last).fill_null(True)


def _units_per_day(cells: pl.Series) -> int:
    """How many of the numbers behind these cells make a day; 0 where they are no days."""
    import polars as pl

    if cells.dtype == pl.Date:
        return 1
    return _PER_DAY[cells.dtype.time_unit] if isinstance(cells.dtype, pl.Datetime) else 0


def _text(number: int, per_day: int) -> str:
    days = number // per_day
    return f"{abs(days)} days {'before' if days < 0 else 'after'} 1970-01-01"
