"""Stages and labels: what no lead can reach, what every lead has, and thresholds in an odd order."""

from __future__ import annotations

from collections.abc import Iterator

from leadrules.analysis.distance import from_row, from_scored, from_stage
from leadrules.analysis.finding.looking import Looking
from leadrules.analysis.questions import Extreme
from leadrules.analysis.ruling import UNTOLD
from leadrules.analysis.saying import format_points, lead_words
from leadrules.language.source import Span
from leadrules.problems import proof_messages as messages
from leadrules.problems.problem import Problem, Related
from leadrules.ruleset import TRUE, LabelRows, Stage


def verdict_findings(look: Looking) -> Iterator[Problem]:
    """All findings about stages and labels."""
    out_of_reach: set[int] = set()
    for position, stage in enumerate(look.model.stages):
        if look.places.node(stage.span) is None or stage.span is None:
            continue
        found = list(_out_of_reach(look, position, stage, stage.span, out_of_reach))
        yield from found
        if found or position in out_of_reach:
            look.verdicts_fail = True
            out_of_reach.add(position)
            continue
        yield from _for_all(look, position, stage, stage.span)
        yield from _falls(look, stage, stage.span)
    yield from _order(look, out_of_reach)
    yield from _same(look, out_of_reach)
    yield from _labels(look, out_of_reach)


def _out_of_reach(look: Looking, position: int, stage: Stage, span: Span, before: set[int]) -> Iterator[Problem]:
    if look.seen.any(lambda outcome: position in outcome.held):
        return
    if look.seen.reach(lambda lead: from_stage(lead, position), lambda outcome, _: position in outcome.held):
        return
    if ("stage", position, 0) in look.never and stage.always is None:
        before.add(position)
        return  # said of the condition
    if not look.decided(look.analysis.stage(position), f"whether the stage `{stage.name}` can be reached"):
        return
    lost = [one for one in stage.after if one in before]
    if stage.after and len(lost) == len(stage.after) and stage.always is None:
        name = look.model.stages[lost[0]].name
        yield messages.stage_out_of_reach(
            span, stage.name, f"it comes after `{name}`, which no lead can reach", _declared(look, lost[0])
        )
        return
    rows = stage.threshold or ()
    score = "" if stage.on is None else f" of `{look.model.scores[stage.on].name}`"
    best = look.analysis.score(stage.on, True)
    if len(rows) == 1 and best.known is not None and best.exact and best.known < rows[0].points:
        yield _below(look, span, stage, score, best, rows[0].points)
        return
    if rows and len(rows) == 1:
        given = [look.ruling.literal(stage.condition)]
        meeting = look.analysis.score(stage.on, True, given=given)
        if meeting.empty:
            yield messages.stage_out_of_reach(span, stage.name, "no lead that is not disqualified meets its conditions")
            return
        if meeting.known is not None and meeting.exact and meeting.witness is not None:
            lead = lead_words(look.words, meeting.witness.values)
            needed, has = format_points(rows[0].points), format_points(meeting.known)
            why = f"it needs {needed} points{score}, and the best lead that meets its conditions has {has} ({lead})"
            yield messages.stage_out_of_reach(span, stage.name, why)
            return
    yield messages.stage_out_of_reach(span, stage.name, "no lead meets all that it asks for")


def _below(look: Looking, span: Span, stage: Stage, score: str, best: Extreme, needed: int) -> Problem:
    assert best.known is not None
    lead = "" if best.witness is None else f" ({lead_words(look.words, best.witness.values)})"
    reached = format_points(best.known)
    return messages.stage_below_threshold(span, stage.name, format_points(needed), score, reached, lead, reached)


def _declared(look: Looking, position: int) -> list[Related]:
    span = look.model.stages[position].span
    return [] if span is None else [Related(f"`{look.model.stages[position].name}` is declared here", span)]


def _for_all(look: Looking, position: int, stage: Stage, span: Span) -> Iterator[Problem]:
    """A stage that asks for something that every lead has."""
    if stage.threshold is None and stage.condition == TRUE and not stage.after:
        return  # `stage Lead` alone is meant; with `always if`, it is said where that is checked
    if any(position not in outcome.held for outcome in look.seen.standing):
        return
    programme, ruling = look.analysis.programme, look.ruling
    literals = [programme.negated(ruling.holds(position)), programme.negated(ruling.disqualified)]
    answer = look.analysis.ask(literals, lambda seen: not seen[0].disqualify_reasons and not seen[0].holds(position))
    if look.decided(answer, f"whether every lead holds the stage `{stage.name}`"):
        look.verdicts_fail = True
        yield messages.stage_for_all(span, stage.name)


def _falls(look: Looking, stage: Stage, span: Span) -> Iterator[Problem]:
    """A stage that needs another whose points fade."""
    if stage.always is not None:
        return
    for position in stage.after:
        other = look.model.stages[position]
        if other.threshold is None or len(stage.after) > 1:
            continue
        for rule in look.model.rules:
            counted = other.on is None or rule.score == other.on
            if rule.fading is not None and counted and rule.counts_on(look.as_of) and rule.span is not None:
                yield messages.stage_may_fall(span, stage.name, other.name, rule.span)
                return


def _order(look: Looking, out_of_reach: set[int]) -> Iterator[Problem]:
    """A later stage that asks for fewer points of the same score."""
    stages = look.model.stages
    for position, stage in enumerate(stages):
        if stage.threshold is None or len(stage.threshold) != 1 or stage.span is None or position in out_of_reach:
            continue
        if look.places.node(stage.span) is None or (stage.condition != TRUE and not stage.after):
            continue
        for other in stages[:position]:
            if other.threshold is None or len(other.threshold) != 1 or other.on != stage.on or other.span is None:
                continue
            points, needed = stage.threshold[0].points, other.threshold[0].points
            if points < needed:
                yield messages.thresholds_out_of_order(
                    stage.span, stage.name, format_points(points), other.name, format_points(needed), other.span
                )
                break


def _same(look: Looking, out_of_reach: set[int]) -> Iterator[Problem]:
    """A stage held by the same leads as one above it."""
    stages, ruling, programme = look.model.stages, look.ruling, look.analysis.programme
    for position, stage in enumerate(stages):
        if position in out_of_reach or stage.span is None or look.places.node(stage.span) is None:
            continue
        for before in range(position):
            other = stages[before]
            if before in out_of_reach or other.span is None:
                continue
            if look.seen.any(lambda one, at=position, before=before: (at in one.held) != (before in one.held)):  # type: ignore[misc]
                continue
            one, two = ruling.holds(position), ruling.holds(before)
            answers = [
                look.analysis.ask(
                    [first, programme.negated(second)],
                    lambda seen, at=position, before=before: seen[0].holds(at) != seen[0].holds(before),  # type: ignore[misc]
                )
                for first, second in ((one, two), (two, one))
            ]
            if all(look.decided(answer, f"whether `{other.name}` and `{stage.name}` differ") for answer in answers):
                yield messages.same_stage(stage.span, stage.name, other.name, other.span)
                break


def _labels(look: Looking, out_of_reach: set[int]) -> Iterator[Problem]:
    """Values that a label's rows write out and no lead gets."""
    for position, label in enumerate(look.model.labels):
        node = look.places.node(label.span)
        if node is None or not isinstance(label.value, LabelRows):
            continue
        rows = list(zip(label.value.rows, node.value.rows, strict=True))
        for number, (row, written) in enumerate(rows):
            value = row.value
            if not isinstance(value, str) or value == "" or ("label", position, number) in look.never:
                continue
            if any(earlier.value == value for earlier, _ in rows[:number]):
                continue
            if look.seen.any(lambda outcome, at=position, value=value: outcome.labels[at] == value):  # type: ignore[misc]
                continue
            whole = [one.condition for one in label.value.rows]
            if look.seen.reach(
                lambda lead, number=number, whole=whole: from_row(lead, whole, number) + from_scored(lead),  # type: ignore[misc]
                lambda outcome, _, at=position, value=value: not outcome.excluded and outcome.labels[at] == value,  # type: ignore[misc]
            ):
                continue
            if any(text == UNTOLD or not isinstance(text, str) for _, text in look.ruling.outcomes(position)):
                continue
            what = f'whether `{label.name}` can be "{value}"'
            if look.decided(look.analysis.label(position, value), what):
                why = (
                    "the rows above it take every lead"
                    if number and written.condition is None
                    else ("its condition is never true, or the rows above it take every lead for which it is")
                )
                look.verdicts_fail = True
                yield messages.label_out_of_reach(written.value.span, label.name, value, why)
