"""Cells of one lead become values and bins: what `engine.columns` does for columns.

A number that needs no reading is its own value; any other cell is read as the
reference reads it, and remembered with its value and bin.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from leadrules.bins import Axis, OrderedAxis, TextAxis, day_number, moment_number
from leadrules.meaning.values import LARGEST_INTEGER, Bad, Reading, Value, reader
from leadrules.ruleset import Field

REMEMBERED = 8_192
"""Things remembered of one kind (cells of a field, joint bins of some axes) before all of them are forgotten."""

Bin = Hashable
"""None is missing; numbers and texts have whole numbers, flags their truth."""

TOLD_APART = frozenset({str, bool, date, datetime, type(None)})
"""Types of cells that a memory can tell apart (for a dict, 1 and True are the same key)."""

_NUMBERS: Mapping[str, Callable[[Any], int]] = {"date": day_number, "datetime": moment_number}


class FieldBins:
    """How cells of one field become values and bins.

    A cell of a type in `plain`, from `least` to `most`, is its own value once
    `zero` is added (which makes a double of a whole number, and 0 of -0.0), and its
    bin is the number of `cuts` that it reaches. Others are looked up in `memory`,
    or learnt. `place` is the axis in a lead's bins; -1 where the field has none.
    """

    __slots__ = ("_bin", "_reader", "cuts", "least", "memory", "most", "place", "plain", "position", "zero")

    def __init__(self, position: int, field: Field, place: int, axis: Axis | None):
        self.position = position
        self.place = place
        self.memory: dict[Any, tuple[Value | None, Bin]] = {}
        self.cuts: list[Any] = axis.cuts if isinstance(axis, OrderedAxis) else []
        self._reader = reader(field)
        self._bin = _no_bin if axis is None else bin_of(axis)
        self.plain, self.least, self.most, self.zero = _plain_cells(field)

    def learn(self, cell: object) -> tuple[Value | None, Bin] | None:
        """A cell's value and bin, remembered where that can be; None for a bad one."""
        value: Reading = self._reader(cell)
        if isinstance(value, Bad):
            return None
        known = value, None if value is None else self._bin(value)
        # (In other zones than UTC, both 02:30 of the night when clocks go back are one key.)
        if type(cell) in TOLD_APART and getattr(cell, "tzinfo", None) in (None, UTC):
            if len(self.memory) >= REMEMBERED:
                self.memory.clear()
            self.memory[cell] = known
        return known


def bin_of(axis: Axis) -> Callable[[Any], Bin]:
    """From a known value to its bin on an axis."""
    if isinstance(axis, TextAxis):
        return lambda value: int(axis.bins([value])[0])
    if isinstance(axis, OrderedAxis):
        cuts, number = axis.cuts, _NUMBERS.get(axis.operand.kind)
        return lambda value: bisect_right(cuts, value if number is None else number(value))
    return lambda value: value


def _no_bin(_: object) -> Bin:
    return None


def _plain_cells(field: Field) -> tuple[frozenset[type], Any, Any, int | float]:
    """The types of a number field's cells that need no reading, the least and the most of them, and their zero."""
    may_be_missing = any("0" <= char <= "9" for spelling in field.missing for char in spelling)
    if field.type not in ("integer", "number") or may_be_missing:
        return frozenset(), 0, 0, 0
    low: Any = field.low
    high: Any = field.high
    least = -LARGEST_INTEGER if low is None else max(low, -LARGEST_INTEGER)
    most = LARGEST_INTEGER if high is None else min(high, LARGEST_INTEGER)
    whole = field.type == "integer"
    return frozenset({int} if whole else {int, float}), least, most, 0 if whole else 0.0
