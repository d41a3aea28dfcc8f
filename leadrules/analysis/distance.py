"""How far a lead is from meeting a condition, firing a rule or holding a stage: 0 where it does.

The branch distance of search-based testing (Korel 1990; McMinn 2004) over Kleene's
tables: parts of an `and` add up, of an `or` the nearest counts, a test of a field
is one step away, and a score is nearer than one step as it comes closer to what it
is compared with. It only guides a search; what is found is judged by the reference.
"""

from __future__ import annotations

from collections.abc import Sequence

from leadrules.reference import Evaluation
from leadrules.ruleset import (
    And,
    AtLeast,
    Compare,
    Condition,
    Definitely,
    Holds,
    Not,
    Or,
    Rule,
    StageIs,
)


def from_condition(lead: Evaluation, condition: Condition, wanted: bool = True) -> float:
    """How far a lead is from a condition being true (or, not `wanted`, false)."""
    if lead.truth(condition) is wanted:
        return 0
    match condition:
        case And(parts) | Or(parts):
            each = [from_condition(lead, part, wanted) for part in parts]
            return sum(each) if isinstance(condition, And) is wanted else min(each, default=1)
        case Not(part):
            return from_condition(lead, part, not wanted)
        case Definitely(part):
            return from_condition(lead, part, wanted)
        case AtLeast(count, parts):
            each = sorted(from_condition(lead, part, wanted) for part in parts)
            return sum(each[: count if wanted else len(parts) - count + 1])
        case Holds(stage) if wanted:
            return from_stage(lead, stage)
        case StageIs(stages) if wanted:
            return min((from_stage(lead, one) for one in stages if one is not None), default=1)
        case Compare(_, left, right):
            one, two = lead.value(left), lead.value(right)
            if isinstance(one, (int, float)) and isinstance(two, (int, float)):
                return _gap(abs(one - two))
    return 1


def from_row(lead: Evaluation, conditions: Sequence[Condition], row: int) -> float:
    """How far a lead is from a row being the first that is true."""
    above = sum(from_condition(lead, one, False) for one in conditions[:row] if lead.truth(one) is True)
    return above + from_condition(lead, conditions[row])


def from_firing(lead: Evaluation, rule: Rule) -> float:
    """How far a lead is from getting points by a rule."""
    if len(rule.rows) == 1:
        return from_condition(lead, rule.rows[0].condition)
    conditions = [row.condition for row in rule.rows]
    return min((from_row(lead, conditions, at) for at, row in enumerate(rule.rows) if row.points), default=1)


def from_scored(lead: Evaluation) -> float:
    """How far a lead is from not being excluded."""
    if not lead.exclude_reasons:
        return 0
    return sum(from_condition(lead, one.condition, False) for one in lead.model.excludes if lead.truth(one.condition))


def from_standing(lead: Evaluation) -> float:
    """How far a lead is from being neither excluded nor disqualified."""
    if not lead.exclude_reasons and not lead.disqualify_reasons:
        return 0
    disqualifies = [one.condition for one in lead.model.disqualifies if lead.truth(one.condition)]
    return from_scored(lead) + sum(from_condition(lead, one, False) for one in disqualifies)


def from_stage(lead: Evaluation, position: int) -> float:
    """How far a lead is from holding a stage."""
    stage = lead.model.stages[position]
    far = from_condition(lead, stage.condition)
    if stage.threshold is not None:
        score = lead.score(stage.on)
        rows = [row.condition for row in stage.threshold]
        far += min(
            from_row(lead, rows, at) + (1 if score is None else from_points(score, row.points))
            for at, row in enumerate(stage.threshold)
        )
    if stage.after:
        far += min(from_stage(lead, one) for one in stage.after)
    if stage.always is not None:
        far = min(far, from_condition(lead, stage.always))
    return far + from_standing(lead)


def from_points(score: int, needed: int) -> float:
    """How far so many hundredths are from reaching as many as are needed."""
    return 0 if score >= needed else _gap((needed - score) / 100)


def _gap(size: float) -> float:
    """Between a hundredth of a step, so that equal is not met where more is asked for, and one step."""
    return 0.01 + 0.99 * size / (size + 50)
