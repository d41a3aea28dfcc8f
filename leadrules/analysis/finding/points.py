"""Points: limits that cut nothing, ranges that are not reached, repeated rules, ladders, rules without effect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from leadrules.analysis.comparison import Comparison
from leadrules.analysis.distance import from_condition, from_firing, from_points, from_standing
from leadrules.analysis.finding.looking import Looking
from leadrules.analysis.saying import format_points
from leadrules.explaining.words import limits_words, value_words
from leadrules.inside import conditions_of, tests_of
from leadrules.meaning.exact import linear
from leadrules.problems import proof_messages as messages
from leadrules.problems.problem import Problem
from leadrules.reference import Evaluation, Outcome
from leadrules.ruleset import Compare, Constant, FieldValue, Limits, Model, Rule, ScoreValue

SECONDS = 2.5
"""How long rules without effect may be looked for."""

MOST_COMPARED = 12
"""How many rules are asked one by one whether they ever matter."""


def points_findings(look: Looking) -> Iterator[Problem]:
    """All findings about points."""
    yield from _repeated(look)
    yield from _ladders(look)
    yield from _limits(look)
    yield from _ranges(look)
    yield from _without_effect(look)


# -------------------------------------------------------------------- repeated


def _plain(rule: Rule) -> bool:
    """Whether a rule gives its points once, for one condition."""
    return len(rule.rows) == 1 and rule.units is None and rule.fading is None


def _repeated(look: Looking) -> Iterator[Problem]:
    """Rules of one score that fire for the same leads."""
    alike: dict[Any, list[int]] = defaultdict(list)
    for position, rule in enumerate(look.model.rules):
        if not _plain(rule) or rule.span is None or ("rule", position, 0) in look.never:
            continue
        axes = [look.space.place(atom) for atom in tests_of(rule.rows[0].condition)]
        if all(axes):
            key = rule.score, rule.valid_from, rule.valid_until, rule.rows[0].points > 0
            alike[key, frozenset(one.axis for one in axes if one is not None)].append(position)
    for positions in alike.values():
        told: dict[Any, int] = {}
        for position in positions:
            rule = look.model.rules[position]
            literal = look.ruling.literal(rule.rows[0].condition)
            first = told.setdefault(literal, position)
            if first == position:
                first = _same_table(look, positions, position)
            other = look.model.rules[first]
            if first == position or look.places.node(rule.span) is None:
                continue
            assert rule.span is not None and other.span is not None
            together = format_points(rule.rows[0].points + other.rows[0].points)
            yield messages.repeated_rule(rule.span, other.span, together)


def _same_table(look: Looking, positions: list[int], position: int) -> int:
    """An earlier rule that fires for the same leads, by its table; the rule itself if there is none."""
    if len(positions) > 40:
        return position
    own = look.model.rules[position].rows[0].condition
    for before in positions[: positions.index(position)]:
        found = look.table([look.model.rules[before].rows[0].condition, own])
        if found is not None and found.same(0, 1) and not found.never():
            return before
    return position


def _ladders(look: Looking) -> Iterator[Problem]:
    """`>= 3 add 36` and `>= 10 add 20`: at 10 both fire."""
    ladders: dict[Any, list[tuple[Any, Rule]]] = defaultdict(list)
    for rule in look.model.rules:
        condition = rule.rows[0].condition if _plain(rule) else None
        match condition:
            case Compare(">=" | ">" as op, FieldValue() as operand, Constant(value=value)) if rule.rows[0].points > 0:
                ladders[rule.score, rule.group, operand].append(((value, op), rule))
    for (_, _, operand), steps in ladders.items():
        if len(steps) < 2 or len({step for step, _ in steps}) < 2:
            continue
        steps.sort(key=lambda one: one[0])
        (value, op), last = steps[-1]
        if last.span is None or look.places.node(last.span) is None or steps[0][1].span is None:
            continue
        together = format_points(sum(rule.rows[0].points for _, rule in steps))
        at = value_words(value if op == ">=" else value + 1)
        yield messages.ladder(last.span, steps[0][1].span, look.words.operand(operand), at, together, len(steps))


# ---------------------------------------------------------------------- limits


def _limits(look: Looking) -> Iterator[Problem]:
    """Limits of groups and of rules that the points never reach."""
    ruling = look.ruling
    for position, group in enumerate(look.model.groups):
        if group.span is None or look.places.node is None or not _is_own(look, group.span):
            continue
        low, high = ruling.before_limit(group.score, position)
        shown = f"`{group.title}`"
        if group.limits.high is not None and high <= group.limits.high:
            yield messages.limit_never_cuts(
                group.span, shown, f"at most {format_points(group.limits.high)}", format_points(high)
            )
        if group.limits.low is not None and low >= group.limits.low and group.limits.low != 0:
            yield messages.limit_never_cuts(
                group.span, shown, f"at least {format_points(group.limits.low)}", format_points(low)
            )
    for rule in look.model.rules:
        if rule.at_most is None or rule.units is None or rule.span is None or not rule.counts_on(look.as_of):
            continue
        node = look.places.node(rule.span)
        most = ruling.most_units(rule)
        if node is None or most is None:
            continue
        reached = max((abs(row.points) for row in rule.rows), default=0) * most
        if reached <= rule.at_most:
            span = node.at_most.span
            limit = f"at most {format_points(rule.at_most)}"
            yield messages.limit_never_cuts(span, "the rule", limit, format_points(reached))


def _is_own(look: Looking, span: Any) -> bool:
    return any(one.span.source is span.source for one in look.statements)


def _ranges(look: Looking) -> Iterator[Problem]:
    """Scores that are declared wider than they are."""
    for position, limits, span, name in _declared(look):
        outcomes = [
            outcome.total.after if position is None else outcome.parts[position].after  # type: ignore[union-attr]
            for outcome in look.seen.standing
        ]
        reaches = [
            end is None or end in outcomes or (end == limits.low and end == 0) for end in (limits.low, limits.high)
        ]
        if all(reaches):
            continue
        ends = [
            end
            for end, reached in zip((limits.low, limits.high), reaches, strict=True)
            if not reached and end is not None
        ]
        if all(_reaches(look, position, end) for end in ends):
            continue
        low, high = (look.analysis.score(position, best, cheap=False) for best in (False, True))
        if low.known is None or high.known is None or not (low.exact and high.exact):
            if not (low.empty or high.empty):
                look.undecided.append(f"the range of `{name}`")
            continue
        short = limits.high is not None and high.known < limits.high
        if short or (limits.low is not None and low.known > limits.low and limits.low != 0):
            declared = limits_words(limits)
            yield messages.range_not_reached(span, name, declared, format_points(low.known), format_points(high.known))


def _reaches(look: Looking, score: int | None, end: int) -> bool:
    """Whether a lead is found whose score is at an end of its limits."""

    def far(lead: Evaluation) -> float:
        points = lead.score(score)
        return from_standing(lead) + (1 if points is None else from_points(-abs(points - end), 0))

    return look.seen.reach(far, lambda outcome, lead: not outcome.disqualified and lead.score(score) == end)


def _declared(look: Looking) -> Iterator[tuple[int | None, Limits, Any, str]]:
    from leadrules.language import tree

    for position, score in enumerate(look.model.scores):
        if score.span is not None and _is_own(look, score.span):
            yield position, score.limits, score.span, score.name
    for node in look.statements:
        if isinstance(node, tree.Total):
            yield None, look.model.total, node.span, "score"


# ---------------------------------------------------------------- without effect


def _without_effect(look: Looking) -> Iterator[Problem]:
    """Rules that change no stage and no label, whatever the lead."""
    model = look.model
    observed = _observed(model)
    if not observed:
        return
    suspects: list[int] = []
    for position, rule in enumerate(model.rules):
        if rule.span is None or look.places.node(rule.span) is None or not rule.counts_on(look.as_of):
            continue
        if (
            position in look.uncounted
            or not any(row.points for row in rule.rows)
            or any(one[1] == position and one[0] == "rule" for one in look.never)
        ):
            continue
        weighed = rule.score is None or model.scores[rule.score].weight != 0
        if rule.score not in observed and not (weighed and None in observed):
            name = model.scores[rule.score].name if rule.score is not None else "score"
            yield messages.rule_never_matters(
                rule.span, rule.text, f"nothing looks at `{name}`, and it counts 0% of the total"
            )
        elif not look.verdicts_fail and not _shown_to_matter(look, position):
            suspects.append(position)
    suspects = [one for one in suspects if not _found_to_matter(look, one)]
    suspects = [one for one in suspects if not _matters_at_a_threshold(look, one)]
    until = look.analysis.left - SECONDS
    for position in suspects[:MOST_COMPARED]:
        if look.analysis.left < max(until, 1):
            return
        rule = model.rules[position]
        assert rule.span is not None
        if _is_without_effect(look, position):
            yield messages.rule_never_matters(rule.span, rule.text, "with or without it, every lead has the same ones")


def _found_to_matter(look: Looking, position: int) -> bool:
    """Whether a lead is found that has what a stage or a label asks for only with the rule, or only without it."""
    model, rest = look.model, without(look.model, position)
    rule = model.rules[position]

    def accept(outcome: Outcome, lead: Evaluation) -> bool:
        if outcome.excluded:
            return False
        other = Evaluation(rest, lead.lead, look.as_of).outcome
        return (outcome.held, outcome.labels) != (other.held, other.labels)

    for stage, of, needed in _asked(model):

        def far(lead: Evaluation, stage: int | None = stage, of: int | None = of, needed: int = needed) -> float:
            found = from_firing(lead, rule) + from_standing(lead)
            if stage is not None:
                found += from_condition(lead, model.stages[stage].condition)
            points, without_it = (
                (None, None) if found else (lead.score(of), _without_it(lead, rest, position).score(of))
            )
            if points is None or without_it is None:
                return found + 3
            low, high = sorted((points, without_it))
            return found + (low == high) + from_points(high, needed) + from_points(-low, 1 - needed)

        if of in (None, rule.score) and look.seen.reach(far, accept):
            return True
    return False


def _asked(model: Model) -> list[tuple[int | None, int | None, int]]:
    """The hundredths that stages (by position) and comparisons (None) ask of scores."""
    stages = [(at, one.on, row.points) for at, one in enumerate(model.stages) for row in one.threshold or ()]
    known = {(of, needed) for _, of, needed in stages}
    return [*stages, *((None, *one) for one in _thresholds(model) if one not in known)][:12]


def _matters_at_a_threshold(look: Looking, position: int) -> bool:
    """Whether a lead that just reaches what a stage or a label asks for has another without the rule."""
    rest = without(look.model, position)
    ruling, analysis = look.ruling, look.analysis
    may, _ = ruling.fires(position)
    score = look.model.rules[position].score

    def accept(seen: Sequence[Evaluation]) -> bool:
        outcome, other = seen[0].outcome, Evaluation(rest, seen[0].lead, look.as_of).outcome
        return not outcome.excluded and (outcome.held, outcome.labels) != (other.held, other.labels)

    for of, needed in _thresholds(look.model):
        if of not in (None, score) or analysis.left < SECONDS:
            continue
        points = ruling.score(of)
        reached = analysis.programme.at_least(points.sum, -(-needed // points.step))
        if analysis.near(points.sum, [may, reached, analysis.programme.negated(ruling.disqualified)], accept):
            return True
    return False


def _thresholds(model: Model) -> list[tuple[int | None, int]]:
    """What stages and comparisons ask of scores, in hundredths."""
    found = [(stage.on, row.points) for stage in model.stages for row in stage.threshold or ()]
    for condition in conditions_of(model):
        for atom in tests_of(condition):
            match atom:
                case Compare(_, ScoreValue(score), Constant(value=value)):
                    found.append((score, int(value * 100)))  # type: ignore[operator]
    return list(dict.fromkeys(found))[:8]


def _observed(model: Model) -> set[int | None]:
    """The scores that stages, labels or disqualifying look at."""
    found: set[int | None] = {stage.on for stage in model.stages if stage.threshold is not None}
    for condition in conditions_of(model):
        for atom in tests_of(condition):
            if isinstance(atom, Compare):
                for side in (atom.left, atom.right):
                    form = linear(side)
                    found |= set(form.terms) if form is not None else _scores(side)
    return found


def _scores(operand: Any) -> set[int | None]:
    if isinstance(operand, ScoreValue):
        return {operand.score}
    found: set[int | None] = set()
    for name in ("left", "right", "operand"):
        if hasattr(operand, name):
            found |= _scores(getattr(operand, name))
    return found


def without(model: Model, position: int) -> Model:
    """The model with one rule that gives nothing."""
    from dataclasses import replace

    rules = list(model.rules)
    rules[position] = replace(rules[position], rows=(), units=None, fading=None, at_most=None)
    return replace(model, rules=tuple(rules))


def _shown_to_matter(look: Looking, position: int) -> bool:
    """Whether one of the scored leads has another stage or label without the rule."""
    rest = without(look.model, position)
    tried = 0
    for lead, outcome in look.seen.leads:
        if not any(rule == position for rule, _ in outcome.contributions):
            continue
        tried += 1
        if tried > 25 or look.analysis.left < 5:
            return False
        other = _without_it(lead, rest, position)
        if (other.total, other.parts) == (lead.total, lead.parts):
            continue
        found = other.outcome
        if (found.held, found.labels, found.disqualified) != (outcome.held, outcome.labels, outcome.disqualified):
            return True
    return False


def _without_it(lead: Evaluation, rest: Model, position: int) -> Evaluation:
    """The lead under the other rules, which give what they gave before."""
    other = Evaluation(rest, lead.lead, lead.as_of, lead.directory)
    other.points = tuple(0 if at == position else one for at, one in enumerate(lead.points))
    return other


def _is_without_effect(look: Looking, position: int) -> bool:
    """Whether it is proved that no lead has another stage or label without the rule."""
    seconds = min(look.analysis.left, 1.5)
    comparison = Comparison(look.model, without(look.model, position), look.as_of, seconds)
    return next(comparison.verdicts(), None) is None
