"""What a number worked out from fields can be, given the cells that its fields are in.

Interval arithmetic in doubles: rounding never turns two numbers round, so the
ends of a range are worked out like any value, and hold exactly.

It is used to rule out what a free axis would otherwise allow: if `visits` is below
10 and `clicks` above 10, `clicks < visits` is not true.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from leadrules.analysis.space import Axis, Space
from leadrules.meaning.days import age
from leadrules.record import record
from leadrules.ruleset import Age, Arithmetic, Compare, Constant, DayOf, FieldValue, Negative, Operand


@record
class Range:
    """From low to high (None: surely missing); `missing` where it may be missing."""

    low: Any = None
    high: Any = None
    missing: bool = False


MISSING = Range(missing=True)
ANY = Range(-math.inf, math.inf, True)


def possible(space: Space, axis: Axis, cells: Mapping[int, int]) -> int:
    """The cells of a free axis that a lead can be in, if its fields (by position) are in these cells of their axes."""
    subject: Any = axis.subject
    if isinstance(subject, Compare):
        one, two = (_range(space, side, cells) for side in (subject.left, subject.right))
        if one is None or two is None:
            return axis.all
        return _compared(subject.op, one, two)
    if axis.scale is None:
        return axis.all
    found = _range(space, subject, cells)
    if found is None:
        return axis.all
    inside = int(found.missing)
    if found.low is not None:
        for at, cell in enumerate(axis.cells[1:], 1):
            if min(cell.values) <= found.high and max(cell.values) >= found.low:
                inside |= 1 << at
    return inside


def _compared(op: str, one: Range, two: Range) -> int:
    found = int(one.missing or two.missing)
    if one.low is None or two.low is None:
        return 1
    if op in ("<", "<="):
        op, one, two = {"<": ">", "<=": ">="}[op], two, one
    strict = op == ">"
    if op == "=":
        can_be = one.low <= two.high and two.low <= one.high
        can_fail = not (one.low == one.high == two.low == two.high)
    else:
        can_be = one.high > two.low if strict else one.high >= two.low
        can_fail = one.low <= two.high if strict else one.low < two.high
    return found | int(can_fail) << 1 | int(can_be) << 2


def _range(space: Space, operand: Operand, cells: Mapping[int, int]) -> Range | None:
    """The range of an operand; None where it cannot be told (texts, scores, counts)."""
    match operand:
        case Constant(value, kind):
            number = float(value) if kind == "number" else value  # type: ignore[arg-type]
            return None if isinstance(number, (str, bool)) else Range(number, number)
        case FieldValue(field):
            return _of_field(space, field, cells)
        case DayOf(inner):
            found = _range(space, inner, cells)
            if found is None or found.low is None:
                return found
            return Range(_day(found.low), _day(found.high), found.missing)
        case Age(unit, until, inner):
            found = _range(space, inner, cells)
            if found is None or found.low is None:
                return found
            ends = [age(unit, until, _day(one), space.as_of) for one in (found.low, found.high)]
            return Range(float(min(ends)), float(max(ends)), found.missing)
        case Negative(inner):
            found = _range(space, inner, cells)
            if found is None or found.low is None:
                return found
            return Range(-found.high, -found.low, found.missing)
        case Arithmetic(op, left, right):
            one, two = _range(space, left, cells), _range(space, right, cells)
            return None if one is None or two is None else _calculated(op, one, two)
    return None


def _of_field(space: Space, field: int, cells: Mapping[int, int]) -> Range | None:
    home = space.field_axis(field)
    if home is None:
        return None
    axis = space.axes[home]
    if axis.scale is None:
        return None
    values = [space.seen(field, one) for one in axis.cells[cells[home]].values]
    if any(model.fields[field].default != space.fields[field].default for model in space.models):
        return None
    if values == [None]:
        return MISSING
    number = not isinstance(values[0], date)
    low, high = min(values), max(values)
    return Range(float(low), float(high)) if number else Range(low, high)


def _day(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else value


def _calculated(op: str, one: Range, two: Range) -> Range:
    if one.low is None or two.low is None:
        return MISSING
    missing = one.missing or two.missing
    if op == "/" and two.low <= 0 <= two.high:
        if two.low == two.high:
            return MISSING
        return Range(-math.inf, math.inf, True)
    corners = []
    for first in (one.low, one.high):
        for second in (two.low, two.high):
            corners.append(_corner(op, first, second))
    if any(math.isnan(one) for one in corners):
        return ANY
    low, high = min(corners), max(corners)
    if low == high and not math.isfinite(low):
        return MISSING
    return Range(low, high, missing or not (math.isfinite(low) and math.isfinite(high)))


def _corner(op: str, first: float, second: float) -> float:
    match op:
        case "+":
            return first + second
        case "-":
            return first - second
        case "*":
            return first * second
    return first / second
