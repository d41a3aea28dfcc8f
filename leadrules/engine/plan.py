"""A ruleset made ready for one as-of date: its axes, and which of them each part needs.

Every test of every condition is put on its axis (`leadrules.bins`). A plan does
not change while leads are scored, save that text axes learn the texts they meet
(under a lock), so that one plan serves any number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from leadrules.bins import Axis, FlagAxis, OrderedAxis, Sets, TextAxis, sets
from leadrules.inside import conditions_of, tests_of
from leadrules.meaning.emails import Directory
from leadrules.meaning.exact import exact
from leadrules.meaning.fading import factor_table
from leadrules.ruleset import (
    MIRRORED,
    At,
    Compare,
    Condition,
    Constant,
    Exactly,
    Includes,
    InWindow,
    IsTrue,
    Known,
    Matches,
    Model,
    Operand,
    Rule,
    TextIn,
    TextIs,
    TextTest,
)


@dataclass(frozen=True, slots=True)
class RulePlan:
    """A rule, the axes that its rows look at, and its fading factors by age (billionths)."""

    rule: Rule
    axes: tuple[int, ...]
    counts: bool
    factors: tuple[int, ...] | None

    @property
    def tabled(self) -> bool:
        """Whether the contribution depends on bins alone."""
        return self.rule.units is None and self.factors is None


class Plan:
    """The axes of a model on an as-of date; `place` finds that of an atom, and the atom as the axis knows it."""

    REMEMBERED = 512

    def __init__(self, model: Model, as_of: date):
        self.model = model
        self.as_of = as_of
        self.directory = Directory(model.domains)
        self.axes: list[Axis] = []
        self.subjects: list[Operand | Condition] = []
        self._positions: dict[Operand | Condition, int] = {}
        self._places: dict[Condition, tuple[int, Condition]] = {}
        self._axes_of: dict[Condition, tuple[int, ...]] = {}
        self._joint: dict[tuple[Condition, tuple[int, ...]], Sets] = {}
        for condition in conditions_of(model):
            for atom in tests_of(condition):
                self._place(atom)
        for axis in self.axes:
            axis.close()
        self.rules = tuple(self._rule(rule) for rule in model.rules)

    def place(self, atom: Condition) -> tuple[int, Condition]:
        """The position of an atom's axis, and the atom as that axis knows it."""
        return self._places[atom]

    def axes_of(self, condition: Condition) -> tuple[int, ...]:
        """The axes that a condition looks at, in order."""
        found = self._axes_of.get(condition)
        if found is None:
            found = tuple(sorted({self._places[atom][0] for atom in tests_of(condition)}))
            self._axes_of[condition] = found
        return found

    def joint_sets(self, condition: Condition, sizes: tuple[int, ...]) -> Sets:
        """A condition's sets over the joint bins of its axes, which have these sizes: arrays of shape `sizes`.

        The last ones asked for are remembered, for verdicts are decided in every block.
        """
        found = self._joint.get((condition, sizes))
        if found is None:
            found = self.sets_over(condition, self.axes_of(condition), sizes)
            if len(self._joint) >= self.REMEMBERED:
                self._joint = {}
            self._joint[condition, sizes] = found
        return found

    def sets_over(self, condition: Condition, axes: tuple[int, ...], sizes: tuple[int, ...]) -> Sets:
        """A condition's sets over the joint bins of some axes, its own among them: arrays of shape `sizes`."""

        def lookup(atom: Condition) -> Sets:
            position, test = self._places[atom]
            one = self.axes[position].sets(test)
            at = axes.index(position)
            shape = [1] * len(axes)
            shape[at] = sizes[at]
            return Sets(one.true[: sizes[at]].reshape(shape), one.false[: sizes[at]].reshape(shape))

        found = sets(condition, lookup)
        true, false = (np.array(np.broadcast_to(one, sizes), order="C") for one in (found.true, found.false))
        return Sets(true, false)

    def _rule(self, rule: Rule) -> RulePlan:
        axes = sorted({axis for row in rule.rows for axis in self.axes_of(row.condition)})
        factors = None if rule.fading is None else tuple(factor_table(rule.fading))
        return RulePlan(rule, tuple(axes), rule.counts_on(self.as_of), factors)

    def _place(self, atom: Condition) -> None:
        if atom in self._places:
            return
        subject, test = _subject(atom)
        position = self._positions.get(subject)
        if position is None:
            position = self._positions[subject] = len(self.axes)
            self.subjects.append(subject)
            self.axes.append(self._axis(subject))
        self.axes[position].add(test)
        self._places[atom] = (position, test)

    def _axis(self, subject: Operand | Condition) -> Axis:
        kind = getattr(subject, "kind", None)
        if kind in ("number", "date", "datetime"):
            return OrderedAxis(subject, self.as_of)  # type: ignore[arg-type]
        if kind in ("text", "texts"):
            return TextAxis(subject, self.directory)  # type: ignore[arg-type]
        return FlagAxis()


def _subject(atom: Condition) -> tuple[Operand | Condition, Condition]:
    """What a test is about (an operand, or the test itself), and the test with its constant on the right."""
    match atom:
        case Compare(_, left, right) if left.kind == "number" and _is_literal(left) and _is_literal(right):
            return atom, atom
        case Compare(op, Constant() as left, right):
            return right, Compare(MIRRORED[op], right, left)  # type: ignore[arg-type]
        case Compare(_, left, Constant()):
            return left, atom
        case Known(operand) | IsTrue(operand) | InWindow(operand):
            return operand, atom
        case TextIn() | Exactly() | TextTest() | Includes() | Matches() | TextIs() | At():
            return atom.operand, atom
    return atom, atom


def _is_literal(operand: Operand) -> bool:
    """Whether a number is made of literals alone."""
    form = exact(operand)
    return form is not None and not form.terms
