"""What the ruleset says of one lead, as a value for users."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from leadrules.meaning.values import Value
from leadrules.reference import Outcome, decide, reasons
from leadrules.ruleset import Model

Points = int | float


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one rule gave: its text, its name and line if it has them, the score that it counts towards, its points."""

    text: str
    points: Points
    rule: str | None = None
    score: str | None = None
    group: str | None = None
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on one lead.

    score          the limited total; None if excluded
    scores         every named score, limited, before its weight; empty if excluded
    stage          the stage's name, None for none, or `disqualified` or `excluded`
    reasons        as the column has them: the largest contributions first (`+36 email.clicks >= 3`)
    contributions  every rule that gave other than 0, in written order
    disqualified_because, excluded_because   the texts of the verdicts that held
    """

    score: Points | None
    scores: Mapping[str, Points]
    stage: str | None
    disqualified: bool
    excluded: bool
    labels: Mapping[str, str]
    frameworks: Mapping[str, FrameworkDecision]
    reasons: tuple[str, ...]
    contributions: tuple[Contribution, ...]
    disqualified_because: tuple[str, ...]
    excluded_because: tuple[str, ...]
    holds: tuple[str, ...]
    as_of: date


@dataclass(frozen=True, slots=True)
class FrameworkDecision:
    """A framework for one lead: how many criteria are met and open, each criterion's state, and what to ask next."""

    met: int
    open: int
    criteria: Mapping[str, str]
    ask: tuple[str, ...]


def points(hundredths: int) -> Points:
    """Hundredths as points: whole ones as int."""
    whole, rest = divmod(hundredths, 100)
    return hundredths / 100 if rest else whole


def decide_one(model: Model, values: Sequence[Value | None], as_of: date, most: int | None = 3) -> Decision:
    """The reference's decision on a lead with these values, by field; see `decision`."""
    return decision(model, decide(model, values, as_of), as_of, most)


def decision(
    model: Model,
    outcome: Outcome,
    as_of: date,
    most: int | None = 3,
    told: Callable[[tuple[int, int]], Contribution] | None = None,
) -> Decision:
    """An outcome in users' terms; the reasons name `most` contributions (None: all).

    `told` gives a rule's contribution, by the rule's position and hundredths, where
    someone remembers them.
    """
    excluded = outcome.total is None
    return Decision(
        score=None if outcome.total is None else points(outcome.total.after),
        scores={}
        if excluded
        else {one.name: points(part.after) for one, part in zip(model.scores, outcome.parts, strict=True)},
        stage=_stage(model, outcome),
        disqualified=outcome.disqualified,
        excluded=excluded,
        labels={} if excluded else {one.name: text for one, text in zip(model.labels, outcome.labels, strict=True)},
        frameworks={} if excluded else _frameworks(model, outcome),
        reasons=tuple(reasons(model, outcome, most)),
        contributions=tuple(map(told or partial(contribution, model), outcome.contributions)),
        disqualified_because=outcome.disqualify_reasons,
        excluded_because=outcome.exclude_reasons,
        holds=tuple(stage.name for position, stage in enumerate(model.stages) if position in outcome.held),
        as_of=as_of,
    )


def _stage(model: Model, outcome: Outcome) -> str | None:
    if outcome.excluded:
        return "excluded"
    if outcome.disqualified:
        return "disqualified"
    return None if outcome.stage is None else model.stages[outcome.stage].name


def _frameworks(model: Model, outcome: Outcome) -> dict[str, FrameworkDecision]:
    return {
        framework.name: FrameworkDecision(
            met=state.met,
            open=state.open,
            criteria={one.name: said for one, said in zip(framework.criteria, state.criteria, strict=True)},
            ask=state.ask,
        )
        for framework, state in zip(model.frameworks, outcome.frameworks, strict=True)
    }


def contribution(model: Model, given: tuple[int, int]) -> Contribution:
    """What a rule gave, by its position and hundredths."""
    position, hundredths = given
    rule = model.rules[position]
    return Contribution(
        text=rule.text,
        points=points(hundredths),
        rule=rule.name,
        score=None if rule.score is None else model.scores[rule.score].name,
        group=None if rule.group is None else model.groups[rule.group].title,
        file=None if rule.span is None else rule.span.source.path,
        line=None if rule.span is None else rule.span.source.place(rule.span.start)[0],
    )
