"""What stands inside a checked ruleset: the conditions of a model, the tests of a condition, the fields of a test.

Bins, proofs, surveys and comparisons all take a ruleset apart; they do it here, so that a new
kind of statement or condition is added in one place for all of them. Imports nothing but the ruleset.
"""

from __future__ import annotations

from collections.abc import Iterator

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
    FieldValue,
    FrameworkCount,
    Holds,
    IsDisqualified,
    LabelRows,
    LabelValue,
    Model,
    Negative,
    Not,
    Operand,
    Or,
    SameText,
    ScoreValue,
    StageIs,
)


def conditions_of(model: Model) -> Iterator[Condition]:
    """Every condition of a model."""
    for framework in model.frameworks:
        for criterion in framework.criteria:
            yield criterion.condition
    for verdict in (*model.excludes, *model.disqualifies):
        yield verdict.condition
    for rule in model.rules:
        for row in rule.rows:
            yield row.condition
    for stage in model.stages:
        yield stage.condition
        if stage.always is not None:
            yield stage.always
        for threshold in stage.threshold or ():
            yield threshold.condition
    for label in model.labels:
        if isinstance(label.value, LabelRows):
            for text in label.value.rows:
                yield text.condition


def tests_of(condition: Condition) -> Iterator[Condition]:
    """The tests that a condition is made of, in written order."""
    match condition:
        case And(parts) | Or(parts) | AtLeast(_, parts):
            for part in parts:
                yield from tests_of(part)
        case Not(part) | Definitely(part):
            yield from tests_of(part)
        case test:
            yield test


def fields_of(subject: Operand | Condition) -> set[int]:
    """The fields that an operand or a condition is worked out from."""
    match subject:
        case FieldValue(position):
            return {position}
        case Arithmetic(_, left, right) | Compare(_, left, right) | SameText(left, right):
            return fields_of(left) | fields_of(right)
        case Negative(inner) | Age(_, _, inner) | DayOf(inner):
            return fields_of(inner)
        case Constant() | ScoreValue() | FrameworkCount() | LabelValue() | Holds() | StageIs() | IsDisqualified():
            return set()
        case And(parts) | Or(parts) | AtLeast(_, parts):
            return set().union(*(fields_of(part) for part in parts))
        case Not(part) | Definitely(part):
            return fields_of(part)
    return fields_of(subject.operand)
