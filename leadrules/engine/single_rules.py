"""The rules of a plan as bits of one whole number, for one lead at a time.

Every number of points that a rule can give is a bit, in written order. What a
bin means is then two masks: bits that it keeps from firing, and bits that it
fires. A lead's rules are a few `and` and `or` of masks, however many rules there
are, and the bits that stand are its contributions, already in order.

Questionable decision: a rule that joins parts on single axes by `and` or `or` is
not looked up by joint bins, which would be too many to be met twice, but by the
bins of each axis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from operator import itemgetter
from typing import Any

from leadrules.engine.plan import Plan, RulePlan
from leadrules.engine.single_cells import REMEMBERED, Bin
from leadrules.meaning.fading import contribution
from leadrules.ruleset import And, Condition, Or

Given = tuple[int, int]
"""A rule's position and the hundredths that it gives."""

_TRUTHS = bytes.maketrans(b"01", b"\0\1")


class Memory:
    """What leads in some joint bins were told."""

    __slots__ = ("axes", "known", "pick")

    def __init__(self, axes: tuple[int, ...]):
        self.axes = axes
        self.pick: Callable[[Sequence[Bin]], Any] = itemgetter(*axes) if axes else _nothing
        self.known: dict[Any, Any] = {}

    def learn(self, key: Any, told: Any) -> Any:
        if len(self.known) >= REMEMBERED:
            self.known.clear()
        self.known[key] = told
        return told


def _nothing(_: Sequence[Bin]) -> tuple[()]:
    return ()


class AxisRules(Memory):
    """What the bins of one axis decide: for rules on it alone, and for parts of joined rules, each with its bit."""

    __slots__ = ("axis", "every", "rules", "some")

    def __init__(self, axis: int):
        super().__init__((axis,))
        self.axis = axis
        self.rules: list[int] = []
        self.every: list[tuple[int, Condition]] = []
        self.some: list[tuple[int, Condition]] = []


class JointRules(Memory):
    """Rules that look at the same axes in no simpler way, or at none."""

    __slots__ = ("rules",)

    def __init__(self, axes: tuple[int, ...]):
        super().__init__(axes)
        self.rules: list[int] = []


class RuleBits:
    """All rules of a plan; those of `arithmetic` have no bits, they are worked out for each lead."""

    def __init__(self, plan: Plan):
        self.arithmetic = [position for position, one in enumerate(plan.rules) if one.counts and not one.tabled]
        tabled = [(position, one) for position, one in enumerate(plan.rules) if one.counts and one.tabled]
        self.given = [(position, points) for position, one in tabled for points in _points(one)]
        self.bits: Mapping[Given, int] = {given: 1 << place for place, given in enumerate(reversed(self.given))}
        self._width = len(self.given)
        self.by_and = 0
        """Bits of the rules joined by `and`: they fire unless an axis keeps them from it."""
        by_axis: dict[int, AxisRules] = {}
        joint: dict[tuple[int, ...], JointRules] = {}
        for position, one in tabled:
            parts = _parts(one, plan)
            if len(one.axes) == 1:
                by_axis.setdefault(one.axes[0], AxisRules(one.axes[0])).rules.append(position)
            elif parts is None:
                joint.setdefault(one.axes, JointRules(one.axes)).rules.append(position)
            else:
                self._join(position, one, parts, by_axis)
        self.by_axis = list(by_axis.values())
        self.joint = list(joint.values())
        self.axes = sorted({axis for memory in (*self.by_axis, *self.joint) for axis in memory.axes})

    def _join(
        self, position: int, one: RulePlan, parts: Mapping[int, Condition], by_axis: dict[int, AxisRules]
    ) -> None:
        bit = sum(self.bits[position, points] for points in _points(one))
        by_and = isinstance(one.rule.rows[0].condition, And)
        self.by_and |= bit if by_and else 0
        for axis, part in parts.items():
            memory = by_axis.setdefault(axis, AxisRules(axis))
            (memory.every if by_and else memory.some).append((bit, part))

    def standing(self, mask: int) -> list[Given]:
        """What the bits of a mask stand for, in written order."""
        return list(compress(self.given, f"{mask:0{self._width}b}".encode().translate(_TRUTHS)))


def _points(one: RulePlan) -> list[int]:
    """The hundredths that a rule's rows can give."""
    return list(dict.fromkeys(given for row in one.rule.rows if (given := contribution(row.points))))


def _parts(one: RulePlan, plan: Plan) -> dict[int, Condition] | None:
    """The part on each axis of a rule's only row; None where a part has several axes, or there is more to it."""
    condition = one.rule.rows[0].condition
    if len(one.rule.rows) > 1 or not isinstance(condition, And | Or):
        return None
    parts: dict[int, list[Condition]] = {}
    for part in condition.parts:
        axes = plan.axes_of(part)
        if len(axes) != 1:
            return None
        parts.setdefault(axes[0], []).append(part)
    return {axis: type(condition)(tuple(found)) for axis, found in parts.items()}
