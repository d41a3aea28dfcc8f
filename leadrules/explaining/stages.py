"""What a stage asks of one lead, need by need, and which of it is met.

A stage is held by its needs (the score, an earlier stage, its condition), or at
once by its `always if`. A condition that is an `and` gives one need for each of its
parts, so that the open ones make a to-do list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from leadrules.explaining.facts import STATES, Fact, Facts, State
from leadrules.explaining.ways import Way, ways_to
from leadrules.reference import format_points
from leadrules.ruleset import TRUE, And, Compare, Condition, Definitely, Not, ScoreValue, Stage


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a stage asks for; `short` are the hundredths that a score lacks."""

    kind: Literal["score", "after", "condition"]
    text: str
    state: State
    facts: tuple[Fact, ...]
    short: int | None = None
    frameworks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StageExplanation:
    """A stage: its needs, its `always if`, and (for the next stage only) what would reach it."""

    stage: int
    name: str
    held: bool
    needs: tuple[Need, ...]
    always: Need | None
    ways: tuple[Way, ...] = ()


def explain_stage(facts: Facts, position: int, *, ways: bool = False) -> StageExplanation:
    """A stage's needs; with `ways`, also what would reach it, where it is not held."""
    stage = facts.evaluation.model.stages[position]
    held = facts.evaluation.holds(position)
    return StageExplanation(
        stage=position,
        name=stage.name,
        held=held,
        needs=tuple(_needs(facts, stage)),
        always=None if stage.always is None else _condition_need(facts, stage.always),
        ways=tuple(ways_to(facts.evaluation, facts.words, position)) if ways and not held else (),
    )


def _needs(facts: Facts, stage: Stage) -> Iterator[Need]:
    if stage.threshold is not None:
        yield _score_need(facts, stage)
    if stage.after:
        yield _after_need(facts, stage)
    for part in _parts(stage.condition):
        yield _condition_need(facts, part)


def _score_need(facts: Facts, stage: Stage) -> Need:
    assert stage.threshold is not None
    name = facts.words.score(stage.on)
    rows = stage.threshold
    conditions = [row.condition for row in rows if row.condition != TRUE]
    needed = next((row.points for row in rows if facts.evaluation.truth(row.condition) is True), None)
    if needed is None:
        asked = " or ".join(facts.words.condition(one) for one in conditions)
        return Need("score", f"{name}: its threshold needs {asked}", "false", facts.of(*conditions))
    score = facts.evaluation.score(stage.on) or 0
    deciding = (*facts.of_operand(ScoreValue(stage.on)), *facts.of(*conditions))
    state: State = "true" if score >= needed else "false"
    return Need("score", f"{name} >= {format_points(needed)}", state, deciding, max(0, needed - score))


def _after_need(facts: Facts, stage: Stage) -> Need:
    names = " or ".join(facts.words.stage(one) for one in stage.after)
    held = any(facts.evaluation.holds(one) for one in stage.after)
    return Need("after", f"{names} first", "true" if held else "false", ())


def _condition_need(facts: Facts, condition: Condition) -> Need:
    state = STATES[facts.evaluation.truth(condition)]
    return Need(
        "condition",
        facts.words.condition(condition),
        state,
        facts.of(condition),
        frameworks=facts.frameworks_in(condition),
    )


def _parts(condition: Condition) -> Iterator[Condition]:
    """The parts of an `and`, those of an `and` in it too; `between` and `unless` are parts of their own."""
    if not isinstance(condition, And) or _is_between(condition):
        yield condition
        return
    for part in condition.parts:
        if isinstance(part, Not) and isinstance(part.part, Definitely):
            yield Not(part.part)
        else:
            yield from _parts(part)


def _is_between(condition: And) -> bool:
    match condition.parts:
        case (Compare(">=", one), Compare("<=", other)):
            return one == other
    return False
