"""What a ruleset can give: the range of each score, the cheapest way into each stage, the rules that decide one alone.

The cheapest way in is the lead with the fewest known facts, and of those one
with plain values. A rule is *needed* for a stage if no lead holds it without
that rule giving points; it is *enough* if a lead holds the stage for which no other
rule gives any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from leadrules.analysis.questions import Analysis, Answer, Extreme
from leadrules.analysis.ruling import Ruling
from leadrules.analysis.sums import Literal
from leadrules.analysis.witness import Accept
from leadrules.reference import Evaluation
from leadrules.ruleset import Model, Rule

MANY = 60
"""With more rules than this, a lead with fewer known facts is looked for only briefly."""

SHARE = 0.4
"""How much of the time that is left one question may take."""

MOST_TRIED = 12
"""How many rules are asked one by one whether they are enough for a stage."""


@dataclass(frozen=True)
class ScoreBounds:
    """The worst and the best of a score, over leads that are neither excluded nor disqualified."""

    name: str
    worst: Extreme
    best: Extreme


@dataclass(frozen=True)
class StageBounds:
    """Whether a stage can be held, by the cheapest lead, and the rules (by position) that decide it alone.

    `final` is whether it can be the last stage of a lead. `needed` and `enough` are
    empty where a lead holds the stage without any points.
    """

    name: str
    held: Answer
    final: Answer
    needed: tuple[int, ...] = ()
    enough: tuple[int, ...] = ()


@dataclass(frozen=True)
class Bounds:
    """What `leadrules bounds` says; `decided` is whether all of it was decided in time."""

    as_of: date
    scores: tuple[ScoreBounds, ...]
    stages: tuple[StageBounds, ...]

    @property
    def decided(self) -> bool:
        ends = [end for one in self.scores for end in (one.worst, one.best)]
        answers = [answer for one in self.stages for answer in (one.held, one.final)]
        return all(one.exact or one.empty for one in ends) and all(one.decided != "open" for one in answers)


def bounds(model: Model, as_of: date, seconds: float = 30.0) -> Bounds:
    """The bounds of a checked ruleset, within so many seconds; what is not decided by then says so."""
    cheap = seconds / (30 if len(model.rules) <= MANY else 300)
    analysis = Analysis([model], as_of, seconds, cheap, SHARE)
    named = [(None, "score"), *((at, one.name) for at, one in enumerate(model.scores))]
    # Whether the stages can be reached comes first, for that is what is asked most, and what takes least.
    held = [(analysis.stage(at), at) for at in range(len(model.stages))]
    final = [_final(analysis, at, one) for one, at in held]
    scores = tuple(
        ScoreBounds(name, analysis.score(at, False), analysis.score(at, True)) for at, name in (*named[1:], named[0])
    )
    stages = tuple(_stage(analysis, at, one, last) for (one, at), last in zip(held, final, strict=True))
    return Bounds(as_of, scores, stages)


def _final(analysis: Analysis, position: int, held: Answer) -> Answer:
    """Whether a stage can be the last of a lead."""
    is_last = held.witness is not None and held.witness.outcome.stage == position
    return held if is_last or held.impossible else analysis.stage(position, final=True)


def _stage(analysis: Analysis, position: int, held: Answer, final: Answer) -> StageBounds:
    name = analysis.models[0].stages[position].name
    if not held.possible or held.witness is None or not held.witness.outcome.contributions:
        return StageBounds(name, held, final)
    return StageBounds(name, held, final, *_alone(analysis, position, held))


def _alone(analysis: Analysis, position: int, held: Answer) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The rules without which nobody holds a stage, and those that are enough for it."""
    ruling, programme = analysis.ruling, analysis.programme
    assert held.witness is not None
    # A rule that gives points to every lead decides nothing.
    silent = [programme.negated(ruling.fires(at)[0]) or True for at in range(len(ruling.model.rules))]
    suspects = [rule for rule, _ in held.witness.outcome.contributions if silent[rule] is not True]
    always = {at for at, one in enumerate(silent) if one is True}
    if analysis.ask([ruling.holds(position), *silent], _holding(position, set(), always), cheap=0).possible:
        return (), ()
    enough = [at for at in _strong(analysis, position, silent) if _is_enough(analysis, position, at, silent, always)]
    needed = []
    while suspects:
        rule = suspects.pop(0)
        answer = analysis.ask([ruling.holds(position), silent[rule]], _holding(position, {rule}), cheap=0)
        if answer.impossible:
            needed.append(rule)
        elif answer.witness is not None:
            fired = {at for at, _ in answer.witness.outcome.contributions}
            suspects = [at for at in suspects if at in fired]
    return tuple(sorted(needed)), tuple(enough)


def _strong(analysis: Analysis, position: int, silent: Sequence[Literal]) -> list[int]:
    """Rules that may give what the stage asks for beyond what leads have without any; the largest first."""
    model, ruling = analysis.models[0], analysis.ruling
    stage = model.stages[position]
    if stage.threshold is None:
        return []
    without = analysis.score(stage.on, True, cheap=False, given=silent).bound
    least = min(row.points for row in stage.threshold) - (without or 0)
    most = {at: _most(ruling, rule) for at, rule in enumerate(model.rules)}
    return sorted((at for at in most if most[at] >= least), key=lambda at: -most[at])[:MOST_TRIED]


def _most(ruling: Ruling, rule: Rule) -> float:
    """As many hundredths of the total as a rule can give."""
    most: float = max((row.points for row in rule.rows), default=0)
    units = None if rule.units is None else ruling.most_units(rule)
    if units is not None:
        most *= units
    if rule.at_most is not None:
        most = min(most, rule.at_most)
    weight = 10_000 if rule.score is None else ruling.model.scores[rule.score].weight
    return most * max(weight / 10_000, 1)


def _is_enough(analysis: Analysis, position: int, rule: int, silent: Sequence[Literal], always: set[int]) -> bool:
    others = [one for at, one in enumerate(silent) if at != rule]

    def accept(seen: Sequence[Evaluation]) -> bool:
        outcome = seen[0].outcome
        return position in outcome.held and {at for at, _ in outcome.contributions} <= {rule} | always

    return analysis.ask([analysis.ruling.holds(position), *others], accept, cheap=0).possible


def _holding(position: int, silent: set[int], only: set[int] | None = None) -> Accept:
    """Whether the lead holds a stage without some rules; or, where `only` is given, with no others than these."""

    def accept(seen: Sequence[Evaluation]) -> bool:
        outcome = seen[0].outcome
        fired = {at for at, _ in outcome.contributions}
        return position in outcome.held and not silent & fired and (only is None or fired <= only)

    return accept
