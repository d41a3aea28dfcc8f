"""Numbers, days and moments cut into cells: between two neighbouring boundaries, no test tells two values apart.

A value is a *position*, a whole number that rises with it (a double's place among
all doubles, a day's ordinal, a moment's microseconds), so that the boundaries of
any test that rises or falls with its field are found by halving, exactly.

Questionable decision: points that count units or fade change at hundreds of
values. Up to `MOST_STEPS` of them become boundaries; beyond that a cell holds a
range of points, from those at its first value to those at its last.
"""

from __future__ import annotations

import math
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from leadrules.meaning.values import LARGEST_INTEGER
from leadrules.record import record
from leadrules.ruleset import Field

MOST_STEPS = 80
"""How many steps of one rule's points get cells of their own."""

_EPOCH = datetime(1, 1, 1)
_MICROSECOND = timedelta(microseconds=1)


@record
class Cell:
    """Values that no test tells apart; the plainest first. None stands for a missing one, no value for none known."""

    values: tuple[Any, ...]


@record
class Scale:
    """How the values of a field lie on a line: from and to positions, the ends, and where a plain value would be."""

    place: Callable[[Any], int]
    value: Callable[[int], Any]
    first: int
    last: int
    plain: int

    def cells(self, boundaries: Iterable[int]) -> list[Cell]:
        """The cells between boundaries; a boundary is the first position of a cell."""
        starts = sorted({self.first, *(one for one in boundaries if self.first < one <= self.last)})
        return [
            Cell(self._members(start, end - 1)) for start, end in zip(starts, [*starts[1:], self.last + 1], strict=True)
        ]

    def _members(self, first: int, last: int) -> tuple[Any, ...]:
        """The plainest value of a cell, its ends, and some between."""
        found = [self._plainest(first, last), first, last]
        return tuple(dict.fromkeys(self.value(one) for one in found))

    def _plainest(self, first: int, last: int) -> int:
        if first <= self.plain <= last:
            return self.plain
        near, far = (first, last) if first > self.plain else (last, first)
        value = self.value(near)
        return near if not isinstance(value, float) else self._short(value, near, far)

    def _short(self, value: float, near: int, far: int) -> int:
        """Of the doubles from near to far, the one with the fewest digits that is not far off."""
        low, high = sorted((value, self.value(far)))
        for places in range(-1, 17):
            step = 10.0 ** max(places, 0)
            for tried in (math.ceil(low * step) / step, math.floor(high * step) / step) if abs(low) < 1e15 else ():
                if low <= tried <= high and abs(tried - value) <= max(10.0, abs(value)):
                    return self.place(tried)
        return near

    def reach(self, is_reached: Callable[[Any], bool]) -> int | None:
        """The first position at which a test that never turns back is true; None where it never is."""
        low, high = self.first, self.last
        if not is_reached(self.value(high)):
            return None
        while low < high:
            middle = (low + high) // 2
            if is_reached(self.value(middle)):
                high = middle
            else:
                low = middle + 1
        return low


def scale_of(field: Field, as_of: date) -> Scale:
    """The line of a field of numbers, days or moments."""
    low: Any = field.low
    high: Any = field.high
    kind = field.type
    if kind == "integer":
        first = -LARGEST_INTEGER if low is None else low
        return Scale(int, int, first, LARGEST_INTEGER if high is None else high, 0)
    if kind == "number":
        first = _double_place(-_LARGEST if low is None else float(low))
        return Scale(_double_place, _double, first, _double_place(_LARGEST if high is None else float(high)), 0)
    if kind == "date":
        first = (date.min if low is None else low).toordinal()
        last = (date.max if high is None else high).toordinal()
        return Scale(lambda day: int(day.toordinal()), date.fromordinal, first, last, as_of.toordinal())
    first = _moment_place(datetime.min if low is None else low)
    last = _moment_place(datetime.max if high is None else high)
    return Scale(_moment_place, _moment, first, last, _moment_place(datetime(as_of.year, as_of.month, as_of.day)))


_LARGEST = 1.7976931348623157e308

NUMBERS = Scale(lambda value: _double_place(value), lambda place: _double(place), -(2**63), 2**63, 0)


def numbers() -> Scale:
    """The line of all finite numbers."""
    return Scale(_double_place, _double, _double_place(-_LARGEST), _double_place(_LARGEST), 0)


def _double_place(value: float) -> int:
    """A double's place among all doubles: 0 for 0.0, neighbours are one apart."""
    (bits,) = struct.unpack("<q", struct.pack("<d", float(value) + 0.0))
    return int(bits) if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)


def _double(place: int) -> float:
    (value,) = struct.unpack("<d", struct.pack("<q", abs(place)))
    return float(value) if place >= 0 else -float(value)


def _moment_place(moment: Any) -> int:
    return int((moment - _EPOCH) // _MICROSECOND)


def _moment(place: int) -> datetime:
    return _EPOCH + place * _MICROSECOND


def steps(scale: Scale, amount: Callable[[Any], int], breaks: Sequence[int] = ()) -> list[int]:
    """Boundaries where an amount that rises or falls along the line changes.

    All of them where there are at most `MOST_STEPS`, and otherwise some that
    part the amounts evenly. `breaks` are positions between which alone the
    amount is sure to rise or fall.
    """
    edges = sorted({scale.first, *(one for one in breaks if scale.first < one <= scale.last)})
    found: list[int] = []
    for first, last in zip(edges, [*(one - 1 for one in edges[1:]), scale.last], strict=True):
        found += _steps(scale, amount, first, last, MOST_STEPS)
    return found


def _steps(scale: Scale, amount: Callable[[Any], int], first: int, last: int, most: int) -> list[int]:
    found: list[int] = []
    place, now, end = first, amount(scale.value(first)), amount(scale.value(last))
    spread = abs(end - now)
    while now != end and len(found) < most:
        place = _change(scale, amount, place, last, now, 1)
        now = amount(scale.value(place))
        found.append(place)
    if now == end:
        return found
    # Too many: those where an even share of the way is done, and the first few as they are.
    coarse = found[: most // 2]
    place = coarse[-1]
    now = amount(scale.value(place))
    share = max(spread // (most // 2), 1)
    while now != end:
        place = _change(scale, amount, place, last, now, min(share, abs(end - now)))
        now = amount(scale.value(place))
        coarse.append(place)
    return coarse


def _change(scale: Scale, amount: Callable[[Any], int], first: int, last: int, now: int, least: int) -> int:
    """The first position after `first` whose amount differs from `now` by at least so much."""
    low, high = first + 1, last
    while low < high:
        middle = (low + high) // 2
        if abs(amount(scale.value(middle)) - now) >= least:
            high = middle
        else:
            low = middle + 1
    return low


def cell_of(starts: Sequence[int], place: int) -> int:
    """The cell of a position, given the first positions of all."""
    return bisect_right(starts, place) - 1
