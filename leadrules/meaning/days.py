"""The calendar: days moved by units, windows, complete ages.

Months and years go by calendar: the same day of another month, or that month's
last one where it is shorter. All of it is whole-number arithmetic on days, so
columns can do the same.

Questionable decision: a window's edge is an ordinal (`date.toordinal`), not a
date, because an edge may lie outside the calendar (`in last 9999 years`); it
then stands at `OUTSIDE` days before or after it, and no date is on it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Literal

from leadrules.ruleset import DayBound, Unit

# Further from any date than any number of days that is added to an edge; fits 32 bits.
OUTSIDE = 100_000_000

_MONTHS: Mapping[Unit, int] = {"months": 1, "years": 12}
_DAYS: Mapping[Unit, int] = {"days": 1, "weeks": 7}


def today() -> date:
    """Today's date in UTC: the as-of date where none is given."""
    return datetime.now(UTC).date()


def ordinal(day: date, amount: int, unit: Unit) -> int:
    """The ordinal of the day moved by so many units (negative: back); at most `OUTSIDE` from zero."""
    if unit in _DAYS:
        moved = day.toordinal() + amount * _DAYS[unit]
        return max(-OUTSIDE, min(OUTSIDE, moved))
    year, month = divmod(day.year * 12 + day.month - 1 + amount * _MONTHS[unit], 12)
    if year < date.min.year:
        return -OUTSIDE
    if year > date.max.year:
        return OUTSIDE
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])).toordinal()


def move(day: date, amount: int, unit: Unit) -> date:
    """The day moved by so many units; the calendar's first or last day where it would leave it."""
    moved = ordinal(day, amount, unit)
    return date.fromordinal(max(date.min.toordinal(), min(date.max.toordinal(), moved)))


def edge(bound: DayBound, as_of: date) -> int:
    """The ordinal of a window's edge."""
    return ordinal(as_of, bound.amount, bound.unit) + bound.days


def bounds(low: DayBound | None, high: DayBound | None, as_of: date) -> tuple[int | None, int | None]:
    """The ordinals of a window's edges, both within it; None is open."""
    return (None if low is None else edge(low, as_of), None if high is None else edge(high, as_of))


def age(unit: Literal["days", "months", "years"], until: bool, day: date, as_of: date) -> int:
    """Complete units from the day to the as-of date, or from that to the day (`until`).

    The other way round it is negative, and as large: five weeks ahead is a
    month of -1, four weeks ahead 0.
    """
    first, last = (as_of, day) if until else (day, as_of)
    if first > last:
        return -_complete(unit, last, first)
    return _complete(unit, first, last)


def _complete(unit: Literal["days", "months", "years"], first: date, last: date) -> int:
    if unit == "days":
        return last.toordinal() - first.toordinal()
    months = (last.year - first.year) * 12 + last.month - first.month
    if last.day < min(first.day, monthrange(last.year, last.month)[1]):
        months -= 1
    return months // _MONTHS[unit]
