"""The meaning of a ruleset: one lead, one as-of date, a plain walk over the rules.

To be read beside the language reference; slow on purpose. Everything fast must
agree with it, cell by cell, reasons included.

A condition is True, False or None (unknown). Points are whole hundredths.

Questionable decision: an `Evaluation` works a thing out when it is first asked
for, instead of all in one order. The check has seen to it that nothing asks for
itself, so the order of reading is the order of meaning: fields, frameworks,
excludes, points, scores, disqualifies, stages and labels.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal, NamedTuple

from leadrules.meaning.days import age, bounds
from leadrules.meaning.emails import Directory
from leadrules.meaning.fading import ONE, contribution, factor
from leadrules.meaning.text import fold
from leadrules.meaning.text_tests import is_true
from leadrules.meaning.values import Bad, Reading, Value, reader
from leadrules.record import record
from leadrules.ruleset import (
    Age,
    And,
    Arithmetic,
    AtLeast,
    Compare,
    Condition,
    Constant,
    DayOf,
    Definitely,
    ExpectCondition,
    ExpectExcluded,
    ExpectFires,
    FieldValue,
    FrameworkCount,
    Holds,
    InWindow,
    IsDisqualified,
    IsTrue,
    Known,
    LabelJoin,
    LabelRows,
    LabelTable,
    LabelValue,
    Model,
    Negative,
    Not,
    Operand,
    Or,
    Rule,
    SameText,
    ScoreValue,
    Stage,
    StageIs,
)

Truth = bool | None
CriterionState = Literal["met", "not met", "open"]

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CALCULATE: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_WHOLE_WEIGHT = 10_000


class Sum(NamedTuple):
    """Hundredths before and after the limits."""

    before: int
    after: int


@record
class FrameworkState:
    """What is known of each criterion, and what to ask next: the open ones' questions, or names."""

    criteria: tuple[CriterionState, ...]
    ask: tuple[str, ...]

    @property
    def met(self) -> int:
        return self.criteria.count("met")

    @property
    def open(self) -> int:
        return self.criteria.count("open")


@record
class Outcome:
    """All that a ruleset says of a lead.

    `contributions` are (position of the rule, hundredths) in written order,
    without zeros. `groups`, `parts` (the scores, before their weights),
    `frameworks` and `labels` go by the model's positions. `stage` is the last
    stage that the lead holds, None if none; `held` are all of them. An excluded
    lead has nothing but its reasons: empty tuples, and no total.
    """

    exclude_reasons: tuple[str, ...] = ()
    disqualify_reasons: tuple[str, ...] = ()
    contributions: tuple[tuple[int, int], ...] = ()
    groups: tuple[Sum, ...] = ()
    parts: tuple[Sum, ...] = ()
    total: Sum | None = None
    frameworks: tuple[FrameworkState, ...] = ()
    stage: int | None = None
    held: frozenset[int] = frozenset()
    labels: tuple[str, ...] = ()

    @property
    def excluded(self) -> bool:
        return self.total is None

    @property
    def disqualified(self) -> bool:
        return bool(self.disqualify_reasons)


def decide(model: Model, lead: Sequence[Value | None], as_of: date) -> Outcome:
    """What the ruleset says of a lead: a value (None if missing) for each of `model.fields`."""
    return Evaluation(model, lead, as_of).outcome


def read_values(model: Model, cells: Mapping[int, object]) -> tuple[tuple[Value | None, ...], dict[int, Bad]]:
    """A value for each field from the cells that there are, and the bad ones by field.

    Cells and bad values go by the fields' positions. A field without a cell is
    missing; one that nothing reads is not looked at, and missing too.
    """
    readings: list[Reading] = [
        reader(field)(cells.get(position)) if field.read else None for position, field in enumerate(model.fields)
    ]
    bads = {position: one for position, one in enumerate(readings) if isinstance(one, Bad)}
    return tuple(None if isinstance(one, Bad) else one for one in readings), bads


class Evaluation:
    """One lead under one ruleset: every part of its outcome, and any condition or operand in its light."""

    def __init__(self, model: Model, lead: Sequence[Value | None], as_of: date, directory: Directory | None = None):
        self.model = model
        self.lead = lead
        self.as_of = as_of
        self.directory = directory or Directory(model.domains)
        self._frameworks: dict[int, FrameworkState] = {}
        self._labels: dict[int, str] = {}
        self._holds: dict[int, bool] = {}

    @cached_property
    def outcome(self) -> Outcome:
        """Everything, in the order in which it is decided."""
        for position in self.model.early_labels:
            self.label(position)  # in written order, so that a long chain of labels is not a deep one
        if self.exclude_reasons:
            return Outcome(exclude_reasons=self.exclude_reasons)
        model = self.model
        for kind, position in model.verdicts:
            self.holds(position) if kind == "stage" else self.label(position)
        held = [position for position in range(len(model.stages)) if self.holds(position)]
        return Outcome(
            disqualify_reasons=self.disqualify_reasons,
            contributions=self.contributions,
            groups=self.groups,
            parts=self.parts,
            total=self.total,
            frameworks=tuple(self.framework(position) for position in range(len(model.frameworks))),
            stage=held[-1] if held else None,
            held=frozenset(held),
            labels=tuple(self.label(position) for position in range(len(model.labels))),
        )

    # ------------------------------------------------------------- frameworks

    def framework(self, position: int) -> FrameworkState:
        """The state of every criterion; a criterion is open while its condition is unknown."""
        if position not in self._frameworks:
            criteria = self.model.frameworks[position].criteria
            states = tuple(_STATES[self.truth(one.condition)] for one in criteria)
            ask = tuple(
                one.name if one.question is None else one.question
                for one, state in zip(criteria, states, strict=True)
                if state == "open"
            )
            self._frameworks[position] = FrameworkState(states, ask)
        return self._frameworks[position]

    # ----------------------------------------------------------------- points

    @cached_property
    def exclude_reasons(self) -> tuple[str, ...]:
        """What every `exclude` that holds says."""
        return tuple(one.text for one in self.model.excludes if self.truth(one.condition) is True)

    @cached_property
    def points(self) -> tuple[int, ...]:
        """What every rule gives, before any limit of a group or a score."""
        return tuple(self._contribution(rule) for rule in self.model.rules)

    @cached_property
    def contributions(self) -> tuple[tuple[int, int], ...]:
        """The rules, by position, that gave other than 0, and what they gave."""
        return tuple((position, points) for position, points in enumerate(self.points) if points)

    def _contribution(self, rule: Rule) -> int:
        if not rule.counts_on(self.as_of):
            return 0
        points = next((row.points for row in rule.rows if self.truth(row.condition) is True), 0)
        if points == 0:
            return 0
        units = 1
        if rule.units is not None:
            amount = self.value(rule.units.operand)
            if amount is None or amount < 0:
                return 0
            units = math.floor(amount) // rule.units.every
        faded = ONE
        if rule.fading is not None:
            since = _day(self.lead[rule.fading.field])
            if since is None:
                return 0
            faded = factor(rule.fading, (self.as_of - since).days)
        return contribution(points, units, rule.at_most, faded)

    @cached_property
    def _sums(self) -> dict[tuple[int | None, int | None], int]:
        """Contributions added up by where they count: a score (None: outside any) and a group (None: in no group)."""
        sums: dict[tuple[int | None, int | None], int] = {}
        for position, points in self.contributions:
            rule = self.model.rules[position]
            sums[rule.score, rule.group] = sums.get((rule.score, rule.group), 0) + points
        return sums

    @cached_property
    def groups(self) -> tuple[Sum, ...]:
        """The sum of every group's contributions."""
        sums = [self._sums.get((group.score, position), 0) for position, group in enumerate(self.model.groups)]
        return tuple(Sum(one, group.limits.apply(one)) for group, one in zip(self.model.groups, sums, strict=True))

    def _sum(self, score: int | None) -> int:
        """Rules and limited groups that stand in a score, or outside any (None)."""
        groups = zip(self.model.groups, self.groups, strict=True)
        return self._sums.get((score, None), 0) + sum(
            limited.after for group, limited in groups if group.score == score
        )

    @cached_property
    def parts(self) -> tuple[Sum, ...]:
        """Every named score, before its weight."""
        sums = [self._sum(position) for position in range(len(self.model.scores))]
        return tuple(Sum(one, score.limits.apply(one)) for score, one in zip(self.model.scores, sums, strict=True))

    @cached_property
    def total(self) -> Sum:
        """What stands outside plus the weighted parts, rounded once half away from zero, then limited."""
        weighted = self._sum(None) * _WHOLE_WEIGHT
        for score, part in zip(self.model.scores, self.parts, strict=True):
            weighted += score.weight * part.after
        size = (2 * abs(weighted) + _WHOLE_WEIGHT) // (2 * _WHOLE_WEIGHT)
        before = size if weighted >= 0 else -size
        return Sum(before, self.model.total.apply(before))

    def score(self, score: int | None) -> int | None:
        """The hundredths that conditions see: a limited part, or (for None) the limited total.

        An excluded lead has none.
        """
        if self.exclude_reasons:
            return None
        return self.total.after if score is None else self.parts[score].after

    # --------------------------------------------------------------- verdicts

    @cached_property
    def disqualify_reasons(self) -> tuple[str, ...]:
        """What every `disqualify` that holds says."""
        if self.exclude_reasons:
            return ()
        return tuple(one.text for one in self.model.disqualifies if self.truth(one.condition) is True)

    def holds(self, position: int) -> bool:
        """Whether the lead holds a stage."""
        if position not in self._holds:
            barred = bool(self.exclude_reasons) or bool(self.disqualify_reasons)
            self._holds[position] = not barred and self._reaches(self.model.stages[position])
        return self._holds[position]

    def _reaches(self, stage: Stage) -> bool:
        if stage.always is not None and self.truth(stage.always) is True:
            return True
        if stage.threshold is not None:
            needed = next((row.points for row in stage.threshold if self.truth(row.condition) is True), None)
            score = self.score(stage.on)
            if needed is None or score is None or score < needed:
                return False
        if stage.after and not any(self.holds(one) for one in stage.after):
            return False
        return self.truth(stage.condition) is True

    @cached_property
    def stage(self) -> int | None:
        """The last declared stage that the lead holds."""
        held = [position for position in range(len(self.model.stages)) if self.holds(position)]
        return held[-1] if held else None

    def label(self, position: int) -> str:
        """A label's text; empty where no row is true."""
        if position not in self._labels:
            self._labels[position] = self._label(self.model.labels[position].value)
        return self._labels[position]

    def _label(self, value: LabelRows | LabelJoin | LabelTable) -> str:
        match value:
            case LabelRows(rows):
                found = next((row.value for row in rows if self.truth(row.condition) is True), "")
                return self._text(found)
            case LabelJoin(parts):
                return "".join(self._text(part) for part in parts)
            case LabelTable(operand, values, otherwise):
                text = self.value(operand)
                return otherwise if text is None else values.get(fold(text), otherwise)

    def _text(self, said: str | Operand) -> str:
        return said if isinstance(said, str) else self.value(said) or ""

    # ------------------------------------------------------------- conditions

    def truth(self, condition: Condition) -> Truth:
        """True, False or None (unknown), by Kleene's tables."""
        match condition:
            case Compare(op, left, right):
                return self._compare(op, left, right)
            case And(parts):
                return _all(self.truth(part) for part in parts)
            case Or(parts):
                return _not(_all(_not(self.truth(part)) for part in parts))
            case Not(part):
                return _not(self.truth(part))
            case AtLeast(count, parts):
                return _at_least(count, [self.truth(part) for part in parts])
            case Definitely(part):
                return self.truth(part) is True
            case Known(operand, in_criterion):
                known = self.value(operand) not in (None, "")
                return None if in_criterion and not known else known
            case Holds(stage):
                return self.holds(stage)
            case StageIs(stages):
                return self.stage in stages
            case IsDisqualified():
                return bool(self.disqualify_reasons)
            case SameText(left, right):
                one, two = self.value(left), self.value(right)
                return None if one is None or two is None else fold(one) == fold(two)
        value = self.value(condition.operand)
        if value is None:
            return None
        match condition:
            case IsTrue():
                return bool(value)
            case InWindow(_, low, high):
                first, last = bounds(low, high, self.as_of)
                day = value.toordinal()
                return (first is None or first <= day) and (last is None or day <= last)
        return is_true(condition, value, self.directory)

    def _compare(self, op: str, left: Operand, right: Operand) -> Truth:
        """Scores compare exactly with scores and literals, all other numbers as doubles."""
        one = self._exact(left)
        two = None if one is None else self._exact(right)
        if one is None or two is None:
            one, two = self.value(left), self.value(right)
        return None if one is None or two is None else _COMPARE[op](one, two)

    # --------------------------------------------------------------- operands

    def value(self, operand: Operand) -> Any:
        """A number (double or int), text, day, moment or truth; None if missing."""
        match operand:
            case FieldValue(field):
                return self.lead[field]
            case Constant(value):
                return float(value) if isinstance(value, Decimal) else value
            case ScoreValue(score):
                hundredths = self.score(score)
                return None if hundredths is None else hundredths / 100
            case FrameworkCount(framework, count):
                state = self.framework(framework)
                return state.met if count == "met" else state.open
            case LabelValue(label):
                return self.label(label)
            case DayOf(inner):
                return _day(self.value(inner))
            case Age(unit, until, inner):
                day = _day(self.value(inner))
                return None if day is None else age(unit, until, day, self.as_of)
            case Negative(inner):
                number = self.value(inner)
                return None if number is None else -float(number)
            case Arithmetic(op, left, right):
                return _calculate(op, self.value(left), self.value(right))

    def _exact(self, operand: Operand) -> Fraction | None:
        """A number made of scores and literals alone, by `+`, `-` and `*` with a literal; None for any other."""
        match operand:
            case Constant(value) if isinstance(value, Decimal):
                return Fraction(value)
            case ScoreValue(score):
                hundredths = self.score(score)
                return None if hundredths is None else Fraction(hundredths, 100)
            case Negative(inner):
                number = self._exact(inner)
                return None if number is None else -number
            case Arithmetic("+" | "-" | "*" as op, left, right):
                one, two = self._exact(left), self._exact(right)
                if one is None or two is None or (op == "*" and _has_score(left) and _has_score(right)):
                    return None
                return one * two if op == "*" else one + two if op == "+" else one - two
        return None


_STATES: Mapping[Truth, CriterionState] = {True: "met", False: "not met", None: "open"}


def _not(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _all(truths: Iterable[Truth]) -> Truth:
    """False where one is false, else unknown where one is unknown."""
    found: Truth = True
    for truth in truths:
        if truth is False:
            return False
        found = found and truth
    return found


def _at_least(count: int, truths: Sequence[Truth]) -> Truth:
    if truths.count(True) >= count:
        return True
    return False if truths.count(True) + truths.count(None) < count else None


def _calculate(op: str, left: float | None, right: float | None) -> float | None:
    """Doubles; missing where a side is missing or the result is not finite."""
    if left is None or right is None:
        return None
    try:
        result = _CALCULATE[op](float(left), float(right))
    except ZeroDivisionError:
        return None
    return result if math.isfinite(result) else None


def _has_score(operand: Operand) -> bool:
    match operand:
        case Negative(inner):
            return _has_score(inner)
        case Arithmetic(_, left, right):
            return _has_score(left) or _has_score(right)
    return isinstance(operand, ScoreValue)


def _day(value: object) -> date | None:
    """The UTC day of a day or a moment."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


# ------------------------------------------------------------------- in words


def reasons(model: Model, outcome: Outcome, most: int | None = None) -> list[str]:
    """Excluding and disqualifying reasons, then the largest contributions (all for None), largest size first.

    Contributions are as the rules give them, before limits and weights; those
    to a part that does not count (0 %) are left out.
    """
    idle = {position for position, score in enumerate(model.scores) if score.weight == 0}
    counted = [one for one in outcome.contributions if not idle or model.rules[one[0]].score not in idle]
    largest = sorted(counted, key=lambda one: -abs(one[1]))[:most]
    given = [f"{signed(points)} {model.rules[rule].text}" for rule, points in largest]
    return [*outcome.exclude_reasons, *outcome.disqualify_reasons, *given]


def meets(evaluation: Evaluation, expected: ExpectCondition | ExpectExcluded | ExpectFires) -> bool:
    """Whether an example's expectation is met; an unknown condition is not."""
    outcome = evaluation.outcome
    match expected:
        case ExpectExcluded(excluded):
            return outcome.excluded == excluded
        case ExpectFires(rules, fires):
            return any(rule in rules for rule, _ in outcome.contributions) == fires
        case ExpectCondition(condition):
            return evaluation.truth(condition) is True


def format_points(hundredths: int) -> str:
    """Points as they are shown: `36`, `2.5`, `-0.25`."""
    whole, part = divmod(abs(hundredths), 100)
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{whole}" + (f".{part:02}".rstrip("0") if part else "")


def signed(hundredths: int) -> str:
    """Points as a contribution is shown: `+36`, `-5`, `+2.5`."""
    return format_points(hundredths) if hundredths < 0 else f"+{format_points(hundredths)}"
