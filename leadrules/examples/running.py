"""Examples become results: each expectation met or not, and if not, what was found instead.

Values are read as cells are, fields that are not given are missing (or their
default). An example need not give the key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from leadrules.explaining.facts import Facts
from leadrules.explaining.lead import Explanation, explain
from leadrules.explaining.words import Words
from leadrules.meaning.values import Bad, Value, read_cell
from leadrules.reference import Evaluation, meets
from leadrules.ruleset import (
    Compare,
    Condition,
    Example,
    ExpectCondition,
    ExpectExcluded,
    ExpectFires,
    IsDisqualified,
    LabelValue,
    Model,
    ScoreValue,
    StageIs,
)

ANY_DAY = date(2000, 1, 1)
"""The as-of date of an example that names none: the check has seen to it that nothing looks at it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that was not met: its text, what was found instead, and the line that it stands on."""

    expected: str
    found: str
    line: int | None
    about: frozenset[str]


@dataclass(frozen=True, slots=True)
class Result:
    """One example, run."""

    example: Example
    model: Model
    evaluation: Evaluation
    failures: tuple[Failure, ...]

    @property
    def passed(self) -> bool:
        return not self.failures

    @property
    def line(self) -> int | None:
        span = self.example.span
        return None if span is None else span.source.place(span.start)[0]

    def explanation(self) -> Explanation:
        """Why the example's lead is decided as it is."""
        return explain(self.model, self.evaluation.lead, self.evaluation.as_of)


def run_examples(model: Model) -> tuple[Result, ...]:
    """Run every example of a ruleset, in written order."""
    return tuple(_run(model, example) for example in model.examples)


def _run(model: Model, example: Example) -> Result:
    evaluation = Evaluation(model, _values(model, example), example.as_of or ANY_DAY)
    facts = Facts(evaluation, Words(model))
    failures = tuple(
        Failure(one.text, _found(facts, one), _line(one), frozenset(_about(one)))
        for one in example.expected
        if not meets(evaluation, one)
    )
    return Result(example, model, evaluation, failures)


def _values(model: Model, example: Example) -> tuple[Value | None, ...]:
    values: list[Value | None] = []
    for position, field in enumerate(model.fields):
        reading = read_cell(replace(field, key=False), example.given.get(position))
        values.append(None if isinstance(reading, Bad) else reading)
    return tuple(values)


def _line(expected: ExpectCondition | ExpectExcluded | ExpectFires) -> int | None:
    return None if expected.span is None else expected.span.source.place(expected.span.start)[0]


# ------------------------------------------------------------- found instead


def _found(facts: Facts, expected: ExpectCondition | ExpectExcluded | ExpectFires) -> str:
    """What was found in place of what was expected."""
    evaluation, outcome = facts.evaluation, facts.evaluation.outcome
    excluded = "excluded: " + "; ".join(outcome.exclude_reasons)
    match expected:
        case ExpectExcluded():
            return excluded if outcome.excluded else "not excluded"
        case ExpectFires(rules):
            if outcome.excluded:
                return excluded
            fired = [f"it gave {points / 100:g}" for rule, points in outcome.contributions if rule in rules]
            return fired[0] if fired else "it gave nothing"
        case ExpectCondition(condition):
            if outcome.excluded and any(_kinds(condition)):
                return excluded
            tests = list(facts.deciding(condition))
            if outcome.disqualified and any(isinstance(test, (IsDisqualified, StageIs)) for test in tests):
                return "disqualified: " + "; ".join(outcome.disqualify_reasons)
            said = [fact.text for fact in facts.of(condition)]
            unknown = evaluation.truth(condition) is None
            return ("unknown: " if unknown else "") + ", ".join(said)


def _about(expected: ExpectCondition | ExpectExcluded | ExpectFires) -> Iterator[str]:
    """Which parts of an explanation tell more of an expectation: `points`, `stages`, `labels` …."""
    match expected:
        case ExpectExcluded():
            yield "excluded"
        case ExpectFires():
            yield "points"
        case ExpectCondition(condition):
            yield from _kinds(condition)


def _kinds(condition: Condition) -> Iterator[str]:
    match condition:
        case StageIs():
            yield "stages"
        case IsDisqualified():
            yield "disqualified"
        case Compare(_, left, right):
            if isinstance(left, ScoreValue) or isinstance(right, ScoreValue):
                yield "points"
        case _:
            for part in getattr(condition, "parts", ()) or filter(None, [getattr(condition, "part", None)]):
                yield from _kinds(part)
            if isinstance(getattr(condition, "operand", None), LabelValue):
                yield "labels"
