"""One lead at a time, fast: the reference, which remembers what leads in the same bins were told.

A lead's cells become values and bins (`single_cells`), one bin for each axis of
the plan. What depends on bins alone (a condition, and which rules fire) is
worked out by the reference for the first lead that comes with these bins, and
remembered for all others. The rest (points per unit, fading, sums, stages,
labels) *is* the reference, asking remembered conditions, so there is no second
account of what the language means.

Questionable decision: nothing is tabled beforehand. Most bins never occur
together, a service answers its first lead at once, and memory stays bounded by
forgetting everything of one kind when there is too much of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property

from leadrules.bins import OrderedAxis
from leadrules.decision import Contribution, Decision, contribution, decision
from leadrules.engine.plan import Plan
from leadrules.engine.single_cells import REMEMBERED, TOLD_APART, Bin, FieldBins, bin_of
from leadrules.engine.single_rules import AxisRules, Given, Memory, RuleBits
from leadrules.meaning.emails import Directory
from leadrules.meaning.exact import linear
from leadrules.meaning.values import Value
from leadrules.reference import Evaluation, Outcome, Truth
from leadrules.ruleset import TRUE, Condition, FieldValue, LabelRows, Model, Operand

_UNKNOWN = object()
"""No bin yet, or no answer yet (None is one)."""


class Single:
    """A model ready for single leads as of one date. Safe to share between threads."""

    def __init__(self, model: Model, as_of: date):
        self.model = model
        self.as_of = as_of
        self.directory = Directory(model.domains)
        self.plan = Plan(model, as_of)
        axes = {one.field: axis for axis, one in enumerate(self.plan.subjects) if isinstance(one, FieldValue)}
        self._fields = [
            FieldBins(
                field, model.fields[field], axes.get(field, -1), self.plan.axes[axes[field]] if field in axes else None
            )
            for field in model.read_fields
        ]
        self.rules = RuleBits(self.plan)
        self.conditions = {id(one): Memory(self.plan.axes_of(one)) for one in self._remembered()}
        self.places = list(dict.fromkeys((rule.score, rule.group) for rule in model.rules))
        self.place_of_rule = [self.places.index((rule.score, rule.group)) for rule in model.rules]
        self._told = _Told(model)

    def _remembered(self) -> list[Condition]:
        """The conditions whose answers are remembered, each as the model holds it; those of rules with bits are not."""
        model = self.model
        found = [criterion.condition for framework in model.frameworks for criterion in framework.criteria]
        found += [verdict.condition for verdict in (*model.excludes, *model.disqualifies)]
        found += [row.condition for position in self.rules.arithmetic for row in model.rules[position].rows]
        for stage in model.stages:
            found += [stage.condition, *(row.condition for row in stage.threshold or ())]
            found += [] if stage.always is None else [stage.always]
        for label in model.labels:
            if isinstance(label.value, LabelRows):
                found += [row.condition for row in label.value.rows]
        return found

    def decide(self, cells: Mapping[int, object], most: int | None = 3) -> Decision | None:
        """The decision on a lead given by its cells, by field; None if a cell is bad."""
        outcome = self.outcome(cells)
        return None if outcome is None else decision(self.model, outcome, self.as_of, most, self._told.__getitem__)

    def outcome(self, cells: Mapping[int, object]) -> Outcome | None:
        """All that the ruleset says of such a lead, as the reference says it; None if a cell is bad."""
        values: list[Value | None] = [None] * len(self.model.fields)
        bins: list[Bin] = [_UNKNOWN] * (len(self.plan.axes) + 1)
        for one in self._fields:
            cell = cells.get(one.position)
            kind = type(cell)
            if kind in one.plain and one.least <= cell <= one.most:
                values[one.position] = value = cell + one.zero  # type: ignore[operator]
                bins[one.place] = bisect_right(one.cuts, value)
                continue
            known = one.memory.get(cell) if kind in TOLD_APART else None
            if known is None:
                known = one.learn(cell)
                if known is None:
                    return None
            values[one.position], bins[one.place] = known
        return _Lead(self, values, bins).outcome


class _Told(dict[Given, Contribution]):
    """Contributions in users' terms."""

    def __init__(self, model: Model):
        self._model = model

    def __missing__(self, given: Given) -> Contribution:
        if len(self) >= REMEMBERED:
            self.clear()
        told = self[given] = contribution(self._model, given)
        return told


class _Lead(Evaluation):
    """The reference's view of one lead, with bins to remember it by."""

    def __init__(self, single: Single, values: list[Value | None], bins: list[Bin]):
        super().__init__(single.model, values, single.as_of, single.directory)
        self._single = single
        self._bins = bins

    # ----------------------------------------------------------------- points

    @cached_property
    def contributions(self) -> tuple[Given, ...]:
        rules, bins = self._single.rules, self._bins
        self._find(rules.axes)
        every, fire = rules.by_and, 0
        for memory in rules.by_axis:
            kept, fired = memory.known.get(bins[memory.axis]) or self._of_axis(memory)
            every &= kept
            fire |= fired
        fire |= every
        for joint in rules.joint:
            known = joint.known.get(key := joint.pick(bins))
            fire |= joint.learn(key, self._fired(joint.rules)) if known is None else known
        found = rules.standing(fire)
        if rules.arithmetic:
            found += self._given(rules.arithmetic)
            found.sort()
        return tuple(found)

    def _of_axis(self, memory: AxisRules) -> tuple[int, int]:
        """The masks of this lead's bin: what it does not keep from firing, and what it fires."""
        stopped = sum(bit for bit, part in memory.every if self.truth(part) is not True)
        fired = sum(bit for bit, part in memory.some if self.truth(part) is True)
        found: tuple[int, int] = memory.learn(self._bins[memory.axis], (~stopped, fired | self._fired(memory.rules)))
        return found

    def _fired(self, rules: Iterable[int]) -> int:
        return sum(self._single.rules.bits[given] for given in self._given(rules))

    def _given(self, rules: Iterable[int]) -> list[Given]:
        model = self.model
        return [(one, points) for one in rules if (points := self._contribution(model.rules[one]))]

    @cached_property
    def _sums(self) -> dict[tuple[int | None, int | None], int]:
        sums, place_of_rule = [0] * len(self._single.places), self._single.place_of_rule
        for position, points in self.contributions:
            sums[place_of_rule[position]] += points
        return dict(zip(self._single.places, sums, strict=True))

    # ------------------------------------------------------------- conditions

    def truth(self, condition: Condition) -> Truth:
        if condition is TRUE:
            return True
        memory = self._single.conditions.get(id(condition))
        if memory is None:
            return super().truth(condition)
        self._find(memory.axes)
        key = memory.pick(self._bins)
        known = memory.known.get(key, _UNKNOWN)
        if known is _UNKNOWN:
            known = memory.learn(key, super().truth(condition))
        return known

    def _find(self, axes: Iterable[int]) -> None:
        """Work out the bins that no cell gives: of computed numbers, scores, labels, what joins two fields."""
        bins = self._bins
        for axis in axes:
            if bins[axis] is _UNKNOWN:
                bins[axis] = self._computed_bin(axis)

    def _computed_bin(self, position: int) -> Bin:
        axis, subject = self._single.plan.axes[position], self._single.plan.subjects[position]
        if not isinstance(subject, Operand):
            return super().truth(subject)
        form = linear(subject)
        if form is not None and isinstance(axis, OrderedAxis):
            return bisect_right(axis.cuts, form.numerator({score: self.score(score) or 0 for score in form.terms}))
        value = self.value(subject)
        return None if value is None else bin_of(axis)(value)
