"""A ruleset written on a programme: its conditions, points, scores, stages and labels as literals and sums.

Each is written when it is first asked for. Conditions are pushed down to their
tests by Kleene's tables, as the engine does; points that depend on one axis
alone become one table, however many rules there are.

Questionable decision: points are counted in the largest step that divides all
of them (whole points, as a rule), because the solver's tolerance is absolute.
Where a cell holds a range of points, its column may lie anywhere within.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

from leadrules.analysis.label_texts import keys_of
from leadrules.analysis.programme import LARGEST, Programme
from leadrules.analysis.sums import Cells, Literal, Sum, added
from leadrules.meaning.exact import Linear, exact
from leadrules.meaning.fading import contribution, factor
from leadrules.meaning.text_tests import is_true
from leadrules.record import record
from leadrules.ruleset import (
    MIRRORED,
    And,
    Arithmetic,
    AtLeast,
    Compare,
    Condition,
    Constant,
    Definitely,
    FieldValue,
    FrameworkCount,
    Holds,
    IsDisqualified,
    Known,
    LabelJoin,
    LabelRows,
    LabelTable,
    LabelValue,
    Limits,
    Model,
    Not,
    Operand,
    Or,
    Rule,
    StageIs,
    TextIn,
    Units,
)

MOST_TEXTS = 2_000
Bucket = tuple[int | None, int | None]
Outcome = tuple[Literal, "str | int"]
"""A label's text, or the field whose text it is, and where it is given."""


@record
class Points:
    """A sum that counts in steps of so many hundredths."""

    sum: Sum
    step: int = 1


class Ruling:
    """One model on a programme; `which` is its number in the programme's space."""

    def __init__(self, programme: Programme, which: int = 0):
        self.programme = programme
        self.space = programme.space
        self.which = which
        self.model: Model = self.space.models[which]
        self._literals: dict[tuple[Condition, bool], Literal] = {}
        self._held: dict[int, Literal] = {}
        self._outcomes: dict[int, list[Outcome]] = {}
        self._fires: dict[int, tuple[Literal, Literal]] = {}

    # -------------------------------------------------------------- conditions

    def literal(self, condition: Condition, wanted: bool = True) -> Literal:
        """Where a condition is true; or, not `wanted`, where it is false."""
        key = condition, wanted
        if key not in self._literals:
            self._literals[key] = self._literal(condition, wanted)
        return self._literals[key]

    def _literal(self, condition: Condition, wanted: bool) -> Literal:
        programme = self.programme
        match condition:
            case And(parts):
                gather = programme.all_of if wanted else programme.any_of
                return gather([self.literal(part, wanted) for part in parts])
            case Or(parts):
                gather = programme.any_of if wanted else programme.all_of
                return gather([self.literal(part, wanted) for part in parts])
            case Not(part):
                return self.literal(part, not wanted)
            case Definitely(part):
                true = self.literal(part, True)
                return true if wanted else programme.negated(true)
            case AtLeast(count, parts):
                total = added([programme.sum(self.literal(part, wanted)) for part in parts])
                return programme.at_least(total, count if wanted else len(parts) - count + 1)
            case Holds(stage):
                return self._either(self.holds(stage), wanted)
            case StageIs(stages):
                return self._either(programme.any_of([self.is_final(one) for one in stages]), wanted)
            case IsDisqualified():
                return self._either(self.disqualified, wanted)
            case Compare(op, left, right) if self.space.place(condition, self.which) is None:
                if not wanted:
                    return programme.negated(self.literal(condition))
                return self._compare(op, left, right)
            case Known(FrameworkCount()):
                return wanted
            case Known(LabelValue() as label, in_criterion):
                known = self._of_label(label, condition)
                return known if wanted else False if in_criterion else programme.negated(known)
        operand = getattr(condition, "operand", None)
        if isinstance(operand, LabelValue):
            return self._of_label(operand, condition) if wanted else programme.negated(self.literal(condition))
        return self._test(condition, wanted)

    def _either(self, true: Literal, wanted: bool) -> Literal:
        return true if wanted else self.programme.negated(true)

    def _test(self, atom: Condition, wanted: bool) -> Literal:
        test = self.space.place(atom, self.which)
        assert test is not None, atom
        programme, found = self.programme, self.programme.cells(test.axis, test.true if wanted else test.false)
        if test.choice is None:
            return found
        chosen = programme.choice(test.axis, test.choice)
        if wanted:
            return programme.any_of([found, chosen])
        axis = self.space.axes[test.axis]
        loose = programme.cells(test.axis, 1 << (axis.size - 1))
        return programme.any_of([found, programme.all_of([loose, programme.negated(chosen)])])

    def _compare(self, op: str, left: Operand, right: Operand) -> Literal:
        """A comparison of scores, or of a count with a number."""
        if isinstance(left, Constant) and isinstance(right, FrameworkCount):
            left, right, op = right, left, MIRRORED[op]
        if isinstance(left, FrameworkCount):
            assert isinstance(right, Constant)
            value = Fraction(right.value)  # type: ignore[arg-type]
            return self._against(op, self.count(left), value)
        form = exact(Arithmetic("-", left, right))
        assert form is not None, "a comparison with a field has a place in the space"
        return self._against_form(op, form)

    def _against_form(self, op: str, form: Linear) -> Literal:
        total, constant = Sum(), Fraction(form.constant)
        terms = {score: times for score, times in form.terms.items() if times}
        if len(terms) == 1:
            ((score, times),) = terms.items()
            points = self.score(score)
            if times < 0:
                times, constant, op = -times, -constant, MIRRORED[op]
            return self._against(op, points.sum, -constant / (times * points.step))
        for score, times in terms.items():
            points = self.score(score)
            total = total + points.sum * (times * points.step)
        common = math.gcd(*total.terms.values()) if total.terms else 1
        shifted = Sum({column: one // common for column, one in total.terms.items()})
        if any(abs(one) > LARGEST for one in shifted.terms.values()):
            return self._unrelated()
        return self._against(op, shifted, -(constant + total.constant) / common)

    def _against(self, op: str, total: Sum, value: Fraction) -> Literal:
        """A sum of whole numbers against any number."""
        programme = self.programme
        reached, passed = math.ceil(value), math.floor(value) + 1
        match op:
            case ">=":
                return programme.at_least(total, reached)
            case ">":
                return programme.at_least(total, passed)
            case "<":
                return programme.negated(programme.at_least(total, reached))
            case "<=":
                return programme.negated(programme.at_least(total, passed))
        return programme.all_of(
            [programme.at_least(total, reached), programme.negated(programme.at_least(total, passed))]
        )

    def _unrelated(self) -> Literal:
        """Something that may be true or false, whatever else is so."""
        from leadrules.analysis.sums import Column

        return Column(self.programme.column(0, 1, True))

    # ---------------------------------------------------------------- verdicts

    def count(self, operand: FrameworkCount) -> Sum:
        """How many criteria of a framework are met, or open."""
        found = []
        for criterion in self.model.frameworks[operand.framework].criteria:
            met = self.programme.sum(self.literal(criterion.condition))
            if operand.count == "met":
                found.append(met)
            else:
                found.append(Sum({}, 1) - met - self.programme.sum(self.literal(criterion.condition, False)))
        return added(found)

    @cached_property
    def excluded(self) -> Literal:
        return self.programme.any_of([self.literal(one.condition) for one in self.model.excludes])

    @cached_property
    def disqualified(self) -> Literal:
        """Whether a lead that is not excluded is disqualified."""
        return self.programme.any_of([self.literal(one.condition) for one in self.model.disqualifies])

    def holds(self, position: int) -> Literal:
        """Whether the lead holds a stage (of a lead that is not excluded)."""
        if position not in self._held:
            programme, stage = self.programme, self.model.stages[position]
            parts = [self.literal(stage.condition)]
            if stage.threshold is not None:
                rows = self.first([row.condition for row in stage.threshold])
                points = self.score(stage.on)
                parts.append(
                    programme.any_of(
                        [
                            programme.all_of([one, programme.at_least(points.sum, -(-row.points // points.step))])
                            for one, row in zip(rows, stage.threshold, strict=True)
                        ]
                    )
                )
            if stage.after:
                parts.append(programme.any_of([self.holds(one) for one in stage.after]))
            held = programme.all_of(parts)
            if stage.always is not None:
                held = programme.any_of([held, self.literal(stage.always)])
            self._held[position] = programme.all_of([held, programme.negated(self.disqualified)])
        return self._held[position]

    def is_final(self, position: int | None) -> Literal:
        """Whether a stage is the last that the lead holds; None: it holds none."""
        after = range(0 if position is None else position + 1, len(self.model.stages))
        parts = [self.programme.negated(self.holds(one)) for one in after]
        return self.programme.all_of(parts if position is None else [self.holds(position), *parts])

    def first(self, conditions: Sequence[Condition]) -> list[Literal]:
        """For each row, whether it is the first that is true."""
        found: list[Literal] = []
        before: list[Literal] = []
        for condition in conditions:
            true = self.literal(condition)
            found.append(self.programme.all_of([true, *before]))
            before.append(self.programme.negated(true))
        return found

    # ------------------------------------------------------------------ labels

    def outcomes(self, position: int) -> list[Outcome]:
        """What a label can be: texts, and fields whose text it is (by position), each with where."""
        if position not in self._outcomes:
            self._outcomes[position] = self._label_outcomes(self.model.labels[position].value)
        return self._outcomes[position]

    def _label_outcomes(self, value: LabelRows | LabelJoin | LabelTable) -> list[Outcome]:
        programme = self.programme
        match value:
            case LabelRows(rows):
                firsts = self.first([row.condition for row in rows])
                found = [
                    (programme.all_of([here, inner]), text)
                    for here, row in zip(firsts, rows, strict=True)
                    for inner, text in self._said(row.value)
                ]
                none = programme.all_of([programme.negated(self.literal(row.condition)) for row in rows])
                return _merged(programme, [*found, (none, "")])
            case LabelJoin(parts):
                joined: list[Outcome] = [(True, "")]
                for part in parts:
                    said = self._said(part)
                    if len(joined) * len(said) > MOST_TEXTS:
                        return [(True, UNTOLD)]
                    joined = [
                        (programme.all_of([one, other]), _concatenated(text, more))
                        for (one, text), (other, more) in product(joined, said)
                    ]
                return _merged(programme, joined)
            case LabelTable(operand, values, otherwise):
                return self._looked_up(operand, values, otherwise)

    def _looked_up(self, operand: Operand, values: Mapping[str, str], otherwise: str) -> list[Outcome]:
        from leadrules.meaning.text import fold

        programme = self.programme
        found: list[Outcome] = []
        for here, text in self._said(operand):
            if isinstance(text, str):
                found.append((here, values.get(fold(text), otherwise) if text else otherwise))
                continue
            rest = [here]
            for said, keys in keys_of(values).items():
                true = self._test(TextIn(FieldValue(text, "text"), keys), True)
                found.append((programme.all_of([here, true]), said))
                rest.append(programme.negated(true))
            found.append((programme.all_of(rest), otherwise))
        return _merged(programme, found)

    def _said(self, value: str | Operand) -> list[Outcome]:
        if isinstance(value, str):
            return [(True, value)]
        if isinstance(value, LabelValue):
            return self.outcomes(value.label)
        assert isinstance(value, FieldValue)
        return [(True, value.field)]

    def _of_label(self, label: LabelValue, test: Condition) -> Literal:
        """Where a test of a label is true."""
        found: list[Literal] = []
        for here, text in self.outcomes(label.label):
            if text == UNTOLD:
                found.append(self.programme.all_of([here, self._unrelated()]))
            elif isinstance(text, str):
                if is_true(test, text, self.space.directories[self.which]):
                    found.append(here)
            else:
                operand = FieldValue(text, "text")
                own = self._test(replace(test, operand=operand), True)  # type: ignore[arg-type]
                known = self._test(Known(operand), True)
                blank = is_true(test, "", self.space.directories[self.which])
                true = self.programme.all_of([known, own])
                if blank:
                    true = self.programme.any_of([true, self.programme.negated(known)])
                found.append(self.programme.all_of([here, true]))
        return self.programme.any_of(found)

    def label_is(self, position: int, text: str) -> Literal:
        """Where a label has a text that its rows write out."""
        return self.programme.any_of([here for here, said in self.outcomes(position) if said == text])

    # ------------------------------------------------------------------ points

    def score(self, score: int | None) -> Points:
        """A limited score; None for the limited total."""
        return self.total if score is None else self._parts[score]

    @cached_property
    def _parts(self) -> list[Points]:
        step = self._step
        return [
            Points(self._limited(self._bucket(position), one.limits), step)
            for position, one in enumerate(self.model.scores)
        ]

    @cached_property
    def total(self) -> Points:
        weights = [score.weight for score in self.model.scores]
        outside, limits = self._bucket(None), self.model.total
        scaled = [10_000 * self._step, *(weight * self._step for weight in weights)]
        parts = [outside, *(part.sum for part in self._parts)]
        if all(one % 10_000 == 0 for one in scaled):
            factors = [one // 10_000 for one in scaled]
            ends = [one for one in (limits.low, limits.high) if one is not None]
            step = math.gcd(*factors, *ends) or 1
            total = added([part * (one // step) for part, one in zip(parts, factors, strict=True)])
            return Points(self._limited(total, limits, step), step)
        common = math.gcd(5_000, *scaled)
        weighted = added([part * (one // common) for part, one in zip(parts, scaled, strict=True)])
        low, high = self.programme.range(weighted)
        whole = 10_000 // common
        column = self.programme.column(low // whole - 1, high // whole + 1, True)
        half = 5_000 // common
        # Halves go away from zero: below it, and at a tie, either neighbour may stand here; the reference decides.
        self.programme.row(weighted - Sum({column: whole}), -half, half - (1 if low >= 0 else 0))
        return Points(self._limited(Sum({column: 1}), limits, 1), 1)

    @cached_property
    def _step(self) -> int:
        """The largest number of hundredths that divides everything that counts."""
        model, steps = self.model, [0]
        for rule in self.model.rules:
            steps += [row.points for row in rule.rows]
            steps.append(contribution(1, 10**12) if rule.units is not None and not rule.at_most else rule.at_most or 0)
            if rule.fading is not None:
                return 1
        for limits in (*(one.limits for one in model.groups), *(one.limits for one in model.scores)):
            steps += [limits.low or 0, limits.high or 0]
        return math.gcd(*steps) or 1

    def _limited(self, total: Sum, limits: Limits, step: int | None = None) -> Sum:
        step = step or self._step
        low, high = (None if one is None else one // step for one in (limits.low, limits.high))
        return self.programme.limited(total, low, high)

    def _bucket(self, score: int | None) -> Sum:
        """The points of a score before its limits."""
        return added([self._sums.get((score, None), Sum()), *self._limited_groups(score, self._sums)])

    @cached_property
    def _sums(self) -> dict[Bucket, Sum]:
        """The points of each score and group, before any limit."""
        tables: dict[Bucket, dict[int, tuple[list[int], list[int]]]] = {}
        made_of: dict[tuple[Bucket, int], list[str]] = {}
        sums: dict[Bucket, list[Sum]] = {}
        for rule in self.model.rules:
            bucket = rule.score, rule.group
            if not rule.counts_on(self.space.as_of):
                continue
            table = self.table(rule)
            if table is None:
                sums.setdefault(bucket, []).append(self._spread(rule))
                continue
            axis, low, high = table
            found = tables.setdefault(bucket, {}).setdefault(
                axis, ([0] * self.space.axes[axis].size, [0] * self.space.axes[axis].size)
            )
            if low != high:
                made_of.setdefault((bucket, axis), []).append(repr((rule.rows, *_amount_key(rule))))
            for at in range(len(low)):
                found[0][at] += low[at]
                found[1][at] += high[at]
        total: dict[Bucket, Sum] = {}
        # Groups first: a score's own limit cuts what its rules give together with its groups.
        for bucket in sorted(tables.keys() | sums.keys(), key=lambda one: one[1] is None):
            found_sums = sums.get(bucket, [])
            others = [*found_sums, *(self._limited_groups(bucket[0], total) if bucket[1] is None else ())]
            by_axis = tables.get(bucket, {})
            kept = _saturated(
                by_axis, [self.programme.range(one) for one in others], self._limits_of(bucket), self._step
            )
            for axis, (low, high) in kept.items():
                # The same number only where it is cut in the same way.
                uncut = tuple(map(tuple, by_axis[axis]))
                of = uncut, tuple(low), tuple(high), tuple(sorted(made_of.get((bucket, axis), ())))
                found_sums = [*found_sums, self._ranged(axis, low, high, of)]
            total[bucket] = added(found_sums)
        return total

    def _limited_groups(self, score: int | None, sums: Mapping[Bucket, Sum]) -> list[Sum]:
        """The points of a score's groups, each within its limits."""
        return [
            self._limited(sums.get((score, position), Sum()), group.limits)
            for position, group in enumerate(self.model.groups)
            if group.score == score
        ]

    def worth(self) -> list[dict[int, list[int]]]:
        """For the total and each score, what each cell of an axis is worth by the rules that one axis tells all of."""
        found: dict[int | None, dict[int, list[int]]] = {None: {}, **{at: {} for at in range(len(self.model.scores))}}
        for rule in self.model.rules:
            table = self.table(rule) if rule.counts_on(self.space.as_of) else None
            if table is None:
                continue
            axis, low, high = table
            for score in {None, rule.score}:
                values = found[score].setdefault(axis, [0] * len(low))
                for at, (least, most) in enumerate(zip(low, high, strict=True)):
                    values[at] += most if abs(most) > abs(least) else least
        return list(found.values())

    def before_limit(self, score: int | None, group: int) -> tuple[int, int]:
        """The least and the most hundredths of a group before its limit, each end as far as the limit can tell."""
        low, high = self.programme.range(self._sums.get((score, group), Sum()))
        return low * self._step, high * self._step

    def most_units(self, rule: Rule) -> int | None:
        """The largest number of units that a rule can count; None where that is not told."""
        assert rule.units is not None
        axis = self.space.axis_of(rule.units.operand, self.which)
        if axis is None:
            return None
        return max(self._units(axis, cell, rule.units)[1] for cell in range(self.space.axes[axis].size))

    def _limits_of(self, bucket: Bucket) -> Limits:
        score, group = bucket
        if group is not None:
            return self.model.groups[group].limits
        if score is None and not self.model.scores:
            return self.model.total
        return Limits() if score is None else self.model.scores[score].limits

    def _ranged(self, axis: int, low: Sequence[int], high: Sequence[int], of: Hashable) -> Sum:
        """A number between a least and a most for each cell, in steps; `of` is what it is the number of."""
        step = self._step
        least = self.programme.table(axis, [one // step for one in low])
        spread = [(most - one) // step for one, most in zip(low, high, strict=True)]
        if not any(spread):
            return least
        return least + self.programme.within(axis, spread, (of, tuple(spread), step))

    def table(self, rule: Rule) -> tuple[int, list[int], list[int]] | None:
        """A rule that one axis tells all of: the axis, and the least and most hundredths in each cell; else None."""
        literals = [self.literal(row.condition) for row in rule.rows]
        axes = {one.axis for one in literals if isinstance(one, Cells)}
        amounts = self._amounts(rule)
        axes |= {axis for axis, _ in amounts}
        if len(axes) > 1 or not all(isinstance(one, (bool, Cells)) for one in literals):
            return None
        if any(isinstance(axis, FrameworkCount) for axis in axes):
            return None
        axis = next(iter(axes), 0)
        if not self.space.axes:
            return None
        size = self.space.axes[axis].size
        rows = [0] * size
        left = self.space.axes[axis].all
        for one, row in zip(literals, rule.rows, strict=True):
            here = left & (self.space.axes[axis].all if one is True else 0 if one is False else one.cells)  # type: ignore[union-attr]
            for cell in range(size):
                if here >> cell & 1:
                    rows[cell] = row.points
            left &= ~here
        ends = [self._ends(rule, points, [amount(cell) for _, amount in amounts]) for cell, points in enumerate(rows)]
        return axis, [low for low, _ in ends], [high for _, high in ends]

    def _ends(self, rule: Rule, points: int, amounts: Sequence[tuple[int, int]]) -> tuple[int, int]:
        """The least and the most that a rule gives for a row's points, from the ranges of its units and its factor."""
        if not points:
            return 0, 0
        ranges = iter(amounts)
        units = next(ranges) if rule.units is not None else (1, 1)
        factors = next(ranges) if rule.fading is not None else (10**9, 10**9)
        ends = [contribution(points, one, rule.at_most, two) for one in units for two in factors]
        return min(ends), max(ends)

    def _amounts(self, rule: Rule) -> list[tuple[Any, Callable[[int], tuple[int, int]]]]:
        """The axes that units and fading look at, each with the range of units, or of the factor, in a cell."""
        found: list[tuple[Any, Callable[[int], tuple[int, int]]]] = []
        if rule.units is not None:
            axis = self.space.axis_of(rule.units.operand, self.which)
            if axis is None:
                found.append((rule.units.operand, lambda _: (0, 0)))
            else:
                found.append((axis, lambda cell, axis=axis: self._units(axis, cell, rule.units)))  # type: ignore[misc]
        if rule.fading is not None:
            home = self.space.field_axis(rule.fading.field)
            assert home is not None
            found.append((home, lambda cell, home=home: self._factors(home, cell, rule)))  # type: ignore[misc]
        return found

    def _units(self, axis: int, cell: int, units: Units | None) -> tuple[int, int]:
        assert units is not None
        one = self.space.axes[axis]
        counted = []
        for value in one.cells[cell].values:
            if one.free:
                amount = value
            elif isinstance(units.operand, FieldValue):
                amount = self.space.seen(one.fields[0], value, self.which)
            else:
                amount = self.space.evaluation({one.fields[0]: value}, self.which).value(units.operand)
            counted.append(0 if amount is None or amount < 0 else int(amount // units.every))
        return min(counted), max(counted)

    def _factors(self, axis: int, cell: int, rule: Rule) -> tuple[int, int]:
        assert rule.fading is not None
        found = []
        for value in self.space.axes[axis].cells[cell].values:
            day = self.space.seen(rule.fading.field, value, self.which)
            age = None if day is None else self.space.as_of.toordinal() - day.toordinal()
            found.append(0 if age is None else factor(rule.fading, age))
        return min(found), max(found)

    def _spread(self, rule: Rule) -> Sum:
        """A rule that looks at several axes: each row's points where it is the first, times its amounts."""
        step, found = self._step, []
        amounts = self._amounts(rule)
        for here, row in zip(self.first([one.condition for one in rule.rows]), rule.rows, strict=True):
            if not row.points or here is False:
                continue
            if not amounts:
                points = contribution(row.points)
                found.append(self.programme.sum(here) * (points // step))
            else:
                found += self._amounted(rule, row.points, here, amounts)
        return added(found)

    def _amounted(self, rule: Rule, points: int, here: Literal, amounts: Sequence[Any]) -> Iterator[Sum]:
        """A row's points times units and fading, all cells of all but the last axis gone through one by one."""
        programme, step = self.programme, self._step
        sign = 1 if points > 0 else -1
        (axis, amount), *rest = amounts
        if isinstance(axis, FrameworkCount):
            yield from self._by_count(rule, points, here, axis, rest)
            return
        if rest and rest[0][0] != axis:
            groups: dict[tuple[int, int], int] = {}
            for cell in range(self.space.axes[axis].size):
                ends = amount(cell)
                groups[ends] = groups.get(ends, 0) | 1 << cell
            for ends, cells in groups.items():
                inside = programme.all_of([here, programme.cells(axis, cells)])
                fixed = rest[0][0], lambda cell, ends=ends: (ends, rest[0][1](cell))
                if inside is not False and ends != (0, 0):
                    yield self._row(rule, points, inside, fixed, sign, step)
            return
        both = [amount, *(one for _, one in rest)]
        yield self._row(rule, points, here, (axis, lambda cell: tuple(one(cell) for one in both)), sign, step)

    def _row(self, rule: Rule, points: int, here: Literal, amount: Any, sign: int, step: int) -> Sum:
        axis, ranges = amount
        ends = [self._ends(rule, points, ranges(cell)) for cell in range(self.space.axes[axis].size)]
        sizes = [sorted((abs(low), abs(high))) for low, high in ends]
        of = (points, *_amount_key(rule), tuple(ends))
        size = self._ranged(axis, [low for low, _ in sizes], [high for _, high in sizes], of)
        most = max(high for _, high in sizes) // step
        return self.programme.product(here, size, most) * sign

    def _by_count(self, rule: Rule, points: int, here: Literal, count: FrameworkCount, rest: Any) -> Iterator[Sum]:
        """Points for each criterion that is met: one more step for each count that is reached."""
        assert rule.units is not None
        programme, total = self.programme, self.count(count)
        criteria = len(self.model.frameworks[count.framework].criteria)
        before = 0
        for number in range(1, criteria + 1):
            now = contribution(points, number // rule.units.every, rule.at_most)
            reached = programme.all_of([here, programme.at_least(total, number)])
            if rest:
                exactly = programme.all_of([reached, programme.negated(programme.at_least(total, number + 1))])
                units = (number // rule.units.every,) * 2
                fixed = rest[0][0], lambda cell, units=units: (units, rest[0][1](cell))
                yield self._row(rule, points, exactly, fixed, 1 if points > 0 else -1, self._step)
            else:
                yield programme.sum(reached) * ((now - before) // self._step)
            before = now

    def fires(self, position: int) -> tuple[Literal, Literal]:
        """Where a rule may give points, and where it surely does."""
        if position not in self._fires:
            rule = self.model.rules[position]
            self._fires[position] = self._firing(rule) if rule.counts_on(self.space.as_of) else (False, False)
        return self._fires[position]

    def _firing(self, rule: Rule) -> tuple[Literal, Literal]:
        programme = self.programme
        firsts = self.first([row.condition for row in rule.rows])
        giving = [one for one, row in zip(firsts, rule.rows, strict=True) if row.points]
        true = programme.any_of(giving)
        may, surely = [true], [true]
        for axis, amount in self._amounts(rule):
            if isinstance(axis, FrameworkCount):
                reached = programme.at_least(self.count(axis), rule.units.every if rule.units is not None else 1)
                may.append(reached)
                surely.append(reached)
                continue
            ends = [amount(cell) for cell in range(self.space.axes[axis].size)]
            may.append(programme.cells(axis, sum(1 << cell for cell, (_, most) in enumerate(ends) if most > 0)))
            sure = sum(1 << cell for cell, (least, _) in enumerate(ends) if least > 0)
            surely.append(False if rule.fading is not None else programme.cells(axis, sure))
        return programme.all_of(may), programme.all_of(surely)


UNTOLD = "\0"
"""Stands for a text that could not be told."""


def _amount_key(rule: Rule) -> tuple[Any, ...]:
    """What a rule's units and fading come to, whatever it is called and wherever it stands."""
    return rule.units, rule.at_most, rule.fading


def _concatenated(text: str | int, more: str | int) -> str | int:
    if text == "" or more == "":
        return more if text == "" else text
    return text + more if isinstance(text, str) and isinstance(more, str) and UNTOLD not in (text, more) else UNTOLD


def _merged(programme: Programme, found: list[Outcome]) -> list[Outcome]:
    """One outcome for each text."""
    by_text: dict[str | int, list[Literal]] = {}
    for here, text in found:
        by_text.setdefault(text, []).append(here)
    return [(programme.any_of(where), text) for text, where in by_text.items()]


def _saturated(
    by_axis: Mapping[int, tuple[list[int], list[int]]],
    others: Sequence[tuple[int, int]],
    limits: Limits,
    step: int,
) -> dict[int, tuple[list[int], list[int]]]:
    """Points cut to what a limit can tell apart: a visit counted a million times is worth no more than the limit."""
    low = sum(min(one) for one, _ in by_axis.values()) + sum(one for one, _ in others) * step
    high = sum(max(one) for _, one in by_axis.values()) + sum(one for _, one in others) * step
    kept = {}
    for axis, (least, most) in by_axis.items():
        # One step beyond the limit, so that it can still be told whether the limit cuts.
        top = None if limits.high is None else max(limits.high + step - (low - min(least)), min(least))
        bottom = None if limits.low is None else min(limits.low - step - (high - max(most)), max(most))
        held = Limits(None if bottom is None else bottom - bottom % step, None if top is None else top + -top % step)
        kept[axis] = [held.apply(one) for one in least], [held.apply(one) for one in most]
    return kept
