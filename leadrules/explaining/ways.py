"""What would bring a lead to a stage: one more fact at a time, tried out with the reference.

A way is a change of the lead that makes one more rule fire, or the stage's
`always if` true. It is told only if the whole ruleset, run again on the changed
lead, gives that stage; so limits, weights, other rules, disqualifying and the
stage's own conditions have all had their say.

Questionable decision: what a person or a company *is* is not offered as a way.
A known text is never changed (no salesperson can make a lead a CEO), nor an
address, nor the key; but a missing text may turn out to be anything.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from leadrules.explaining.words import Words, value_words
from leadrules.meaning.days import bounds, move
from leadrules.meaning.values import Value
from leadrules.reference import Evaluation
from leadrules.ruleset import (
    Age,
    And,
    AtLeast,
    Compare,
    Condition,
    Constant,
    DayOf,
    Definitely,
    Exactly,
    Field,
    FieldValue,
    Includes,
    InWindow,
    IsTrue,
    Known,
    Not,
    Operand,
    Or,
    Rule,
    TextIn,
    TextTest,
)

MOST_WAYS = 5
MOST_UNITS = 200
MOST_TRIALS = 300
"""How often the ruleset is run again at most: an explanation must not keep anyone waiting."""
ANYTHING = "anything"
"""What stands for a text of which only that it is known matters."""

Changes = dict[int, Value]


@dataclass(frozen=True, slots=True)
class Change:
    """One fact as it would have to be; `now` is None where it is missing."""

    field: str
    to: Value
    now: Value | None

    @property
    def text(self) -> str:
        """`visits = 10 (now 3)`, `pain is known`."""
        if self.to == ANYTHING:
            return f"{self.field} is known"
        now = "missing" if self.now is None else value_words(self.now, 30)
        return f"{self.field} = {value_words(self.to, 30)} (now {now})"


@dataclass(frozen=True, slots=True)
class Way:
    """Changes that reach the stage: what they make true, and the total (hundredths) that the lead then has."""

    text: str
    changes: tuple[Change, ...]
    rule: int | None
    total: int


def ways_to(evaluation: Evaluation, words: Words, stage: int) -> list[Way]:
    """What would reach a stage, one way for each rule: the fewest changes first, missing facts before known ones."""
    found: dict[tuple[tuple[int, Value], ...], Way] = {}
    told: set[int | None] = set()
    trials = 0
    for text, rule, changes in _candidates(evaluation, words, stage):
        key = tuple(sorted(changes.items(), key=lambda one: one[0]))
        if not changes or key in found or rule in told:
            continue
        trials += 1
        if trials > MOST_TRIALS:
            break
        after = _changed(evaluation, changes)
        if not after.exclude_reasons and after.holds(stage) and after.total is not None:
            said = tuple(Change(words.field(field), _spelled(words, to), evaluation.lead[field]) for field, to in key)
            told.add(rule)
            found[key] = Way(text, said, rule, after.total.after)
    return sorted(found.values(), key=_effort)[:MOST_WAYS]


def _spelled(words: Words, value: Value) -> Value:
    """A text that the ruleset compares ignoring case, as it spells it."""
    if isinstance(value, tuple):
        return tuple(words.spelled(one) for one in value)
    return words.spelled(value) if isinstance(value, str) else value


def _effort(way: Way) -> tuple[int, int]:
    return len(way.changes), sum(change.now is not None for change in way.changes)


def _changed(evaluation: Evaluation, changes: Changes) -> Evaluation:
    lead = [changes.get(position, value) for position, value in enumerate(evaluation.lead)]
    return Evaluation(evaluation.model, lead, evaluation.as_of)


def _candidates(evaluation: Evaluation, words: Words, stage: int) -> Iterator[tuple[str, int | None, Changes]]:
    always = evaluation.model.stages[stage].always
    if always is not None:
        for changes in _solved(evaluation, always, True):
            yield words.condition(always), None, changes
    for position, rule in enumerate(evaluation.model.rules):
        for changes in _firing(evaluation, rule, stage):
            yield rule.text, position, changes


def _firing(evaluation: Evaluation, rule: Rule, stage: int) -> Iterator[Changes]:
    """Changes that make a rule give more points than it does."""
    now = next((row.points for row in rule.rows if evaluation.truth(row.condition) is True), 0)
    for row in rule.rows:
        if row.points <= 0 or (row.points <= now and rule.units is None and rule.fading is None):
            continue
        for changes in _solved(evaluation, row.condition, True):
            if rule.fading is not None:
                changes = changes | {
                    rule.fading.field: _day_value(evaluation.model.fields[rule.fading.field], evaluation.as_of)
                }
            if rule.units is None:
                yield changes
            else:
                yield from _counting(evaluation, rule, stage, changes)


def _counting(evaluation: Evaluation, rule: Rule, stage: int, changes: Changes) -> Iterator[Changes]:
    """The number of units that reaches the stage, if it is one field's: the least, where more is never worse."""
    assert rule.units is not None
    operand, every = rule.units.operand, rule.units.every
    if not isinstance(operand, FieldValue):
        return
    field, now = evaluation.model.fields[operand.field], evaluation.lead[operand.field]
    short = math.floor(now) // every if isinstance(now, (int, float)) and now >= 0 else 0
    enough = short + MOST_UNITS
    if isinstance(field.high, (int, float)):
        enough = min(enough, math.floor(field.high) // every)

    def tried(units: int) -> Changes | None:
        value = _within(field, units * every)
        found = None if value is None else changes | {operand.field: value}
        return found if found is not None and _changed(evaluation, found).holds(stage) else None

    best = tried(enough) if enough > short else None
    if best is None:
        return
    while enough - short > 1:
        middle = (short + enough) // 2
        found = tried(middle)
        if found is None:
            short = middle
        else:
            enough, best = middle, found
    yield best


# --------------------------------------------------------------------- solving


def _solved(evaluation: Evaluation, condition: Condition, wanted: bool) -> Iterator[Changes]:
    """Changes that make a condition true (or false), as far as can be told without trying; none where it cannot."""
    if evaluation.truth(condition) is wanted:
        yield {}
        return
    match condition:
        case Not(part):
            yield from _solved(evaluation, part, not wanted)
        case Definitely(part):
            yield from _solved(evaluation, part, wanted)
        case And(parts) | Or(parts):
            if isinstance(condition, And) is wanted:
                yield from _all(evaluation, parts, wanted)
            else:
                for part in parts:
                    yield from _solved(evaluation, part, wanted)
        case AtLeast(count, parts) if wanted:
            yield from _some(evaluation, parts, count)
        case _:
            change = _of_test(evaluation, condition, wanted)
            if change is not None:
                yield dict([change])


def _all(evaluation: Evaluation, parts: Sequence[Condition], wanted: bool) -> Iterator[Changes]:
    """One change for each part that needs one; the first that each offers."""
    changes: Changes = {}
    for part in parts:
        found = next(_solved(evaluation, part, wanted), None)
        if found is None or any(changes.get(field, value) != value for field, value in found.items()):
            return
        changes |= found
    yield changes


def _some(evaluation: Evaluation, parts: Sequence[Condition], count: int) -> Iterator[Changes]:
    solved = [next(_solved(evaluation, part, True), None) for part in parts]
    fewest = sorted((one for one in solved if one is not None), key=len)[:count]
    if len(fewest) == count:
        yield {field: value for one in fewest for field, value in one.items()}


def _of_test(evaluation: Evaluation, test: Any, wanted: bool) -> tuple[int, Value] | None:
    """The field of a test and a value that should do, for tests of one field."""
    operand, shape = _field_of(test.left if isinstance(test, Compare) else getattr(test, "operand", None))
    if operand is None:
        return None
    field = evaluation.model.fields[operand.field]
    now = evaluation.lead[operand.field]
    is_fixed = field.kind == "text" and field.type != "one of" and now is not None
    if field.key or field.type == "email" or is_fixed:
        return None
    value = _value(evaluation, field, now, test, wanted, shape)
    value = None if value is None else _within(field, value)
    return None if value is None else (operand.field, value)


def _field_of(operand: Operand | None) -> tuple[FieldValue | None, Age | None]:
    match operand:
        case FieldValue():
            return operand, None
        case DayOf(FieldValue() as inner):
            return inner, None
        case Age(_, _, FieldValue() as inner) | Age(_, _, DayOf(FieldValue() as inner)):
            assert isinstance(operand, Age)
            return inner, operand
    return None, None


def _value(
    evaluation: Evaluation, field: Field, now: Value | None, test: Any, wanted: bool, aged: Age | None
) -> Value | None:
    match test:
        case Compare(op, _, Constant(constant)):
            number = _beyond(op, constant, wanted, field)
            if aged is None or number is None:
                return number if not isinstance(number, date) else _day_value(field, number)
            back = int(number) if aged.until else -int(number)
            return _day_value(field, move(evaluation.as_of, back, aged.unit))
        case InWindow(_, low, high) if wanted:
            return _in_window(evaluation, field, low, high)
        case IsTrue():
            return wanted
        case Known() if wanted:
            return _anything(evaluation, field)
        case TextIn(_, texts) if wanted:
            return field.choices.get(min(texts), min(texts))
        case Exactly(_, text) if wanted:
            return text
        case TextTest(_, _, texts) if wanted:
            return texts[0]
        case Includes(_, texts) if wanted:
            return (*(now if isinstance(now, tuple) else ()), min(texts))
    return None


def _beyond(op: str, constant: Any, wanted: bool, field: Field) -> Any:
    """The nearest value on the right side of a constant."""
    if isinstance(constant, datetime) or (op == "=" and not wanted):
        return None
    if isinstance(constant, date):
        step: Any = {(">", True): 1, ("<=", False): 1, ("<", True): -1, (">=", False): -1}.get((op, wanted), 0)
        return move(constant, step, "days")
    if not isinstance(constant, Decimal):
        return None
    up = (op, wanted) in ((">", True), ("<=", False))
    down = (op, wanted) in (("<", True), (">=", False))
    if up:
        return math.floor(constant) + 1
    if down:
        return math.ceil(constant) - 1
    if (op, wanted) in ((">=", True), ("<", False)) and field.type == "integer":
        return math.ceil(constant)
    whole = constant == constant.to_integral_value()
    return int(constant) if whole else float(constant)


def _in_window(evaluation: Evaluation, field: Field, low: Any, high: Any) -> Value | None:
    first, last = bounds(low, high, evaluation.as_of)
    today = evaluation.as_of.toordinal()
    day = max(today, first) if first is not None else today
    day = min(day, last) if last is not None else day
    if not date.min.toordinal() <= day <= date.max.toordinal():
        return None
    return _day_value(field, date.fromordinal(day))


def _day_value(field: Field, day: date) -> Value:
    return datetime.combine(day, time()) if field.type == "datetime" else day


def _anything(evaluation: Evaluation, field: Field) -> Value | None:
    """Some value that the field can have."""
    match field.kind:
        case "text":
            return next(iter(field.choices.values()), ANYTHING)
        case "texts":
            return (ANYTHING,)
        case "boolean":
            return True
        case "date" | "datetime":
            return _day_value(field, evaluation.as_of)
    return field.low if isinstance(field.low, (int, float)) else 1


def _within(field: Field, value: Any) -> Any:
    """The value, if the field can have it."""
    low: Any = field.low
    high: Any = field.high
    if (low is not None and value < low) or (high is not None and value > high):
        return None
    if field.type == "integer" and isinstance(value, float):
        return None
    return float(value) if field.type == "number" else value
