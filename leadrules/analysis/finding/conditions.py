"""Conditions that are never true, always true or silent on a missing value; rules whose leads are all turned away."""

from __future__ import annotations

from collections.abc import Iterator

from leadrules.analysis.distance import from_condition, from_firing, from_scored, from_standing
from leadrules.analysis.finding.looking import Looking
from leadrules.analysis.sites import Site
from leadrules.inside import tests_of
from leadrules.language import tree
from leadrules.problems import proof_messages as messages
from leadrules.problems.problem import Problem, Related
from leadrules.ruleset import (
    And,
    Condition,
    FieldValue,
    Known,
    Not,
    Operand,
)


def condition_findings(look: Looking) -> Iterator[Problem]:
    """All findings about single conditions."""
    for site in look.sites:
        yield from _never_or_always(look, site)
        yield from _negation(look, site)
    yield from _turned_away(look)


def _never_or_always(look: Looking, site: Site) -> Iterator[Problem]:
    found = look.table([site.condition])
    if found is not None:
        never, always = found.never(), found.always()
    elif look.seen.leads and site.part != "label":
        truths = {lead.truth(site.condition) is True for lead, _ in look.seen.leads}
        never, always = False, False
        if True not in truths and not look.seen.reach(
            lambda lead: from_condition(lead, site.condition) + from_scored(lead),
            lambda outcome, lead: not outcome.excluded and lead.truth(site.condition) is True,
        ):
            never = look.decided(look.analysis.condition(site.condition), f"whether `{site.span.text}` can be true")
        elif False not in truths and site.part not in ("threshold", "exclude"):
            # The opposite of true is false or unknown.
            ruling = look.ruling
            literal = look.analysis.programme.negated(ruling.literal(site.condition))
            answer = look.analysis.ask([literal], lambda seen: seen[0].truth(site.condition) is not True)
            always = look.decided(answer, f"whether `{site.span.text}` is always true")
    else:
        return
    if never:
        look.never.add((site.part, site.position, site.row))
        yield messages.never_true(site.span, site.span.text, _WHAT[site.part])
    elif always and site.part not in ("threshold", "band"):
        yield messages.always_true(site.span, site.span.text)


_WHAT = {
    "rule": "so its points are never given",
    "row": "so the row is never used",
    "band": "so the row is never used",
    "disqualify": "so nobody is disqualified by it",
    "exclude": "so nobody is excluded by it",
    "criterion": "so it is never met",
    "stage": "so the stage cannot be held by its points",
    "always": "so it opens the stage to nobody",
    "threshold": "so this threshold is never asked for",
    "label": "so the row is never used",
}


# -------------------------------------------------------------------- negations


def _negation(look: Looking, site: Site) -> Iterator[Problem]:
    """`country is not "US"` alone: a lead with no country does not fire, and `unless` would make it."""
    if site.part != "rule" or not isinstance(site.node, tree.Node) or not _is_negative(site.node):
        return
    rule = look.model.rules[site.position]
    if rule.units is not None or rule.rows[0].points <= 0:
        return
    written = look.places.node(rule.span).points
    if written.unless is not None or written.condition is not site.node:
        return
    condition = site.condition
    if not isinstance(condition, Not) or isinstance(condition.part, (And, Known, Not)):
        return
    for atom in tests_of(condition.part):
        operand: Operand | None = getattr(atom, "operand", None) or getattr(atom, "left", None)
        if not isinstance(operand, FieldValue) or look.model.fields[operand.field].default is not None:
            return
        if look.space.evaluation({}).truth(condition) is not None:
            return
    positive = look.words.condition(condition.part)
    field = next(iter({one.field for one in _fields(condition.part)}))
    name = look.words.field(field)
    help = f"if it should fire for such a lead, add `or {name} is missing`"
    if len(positive) < 60:
        help += f"; to stop points, write them for all and add `unless {positive}`"
    yield messages.negation_of_missing(site.span, name, site.span.text, help)


def _fields(condition: Condition) -> Iterator[FieldValue]:
    for atom in tests_of(condition):
        operand = getattr(atom, "operand", None) or getattr(atom, "left", None)
        if isinstance(operand, FieldValue):
            yield operand


def _is_negative(node: tree.Node) -> bool:
    if isinstance(node, tree.Not):
        return True
    return bool(getattr(node, "negated", False)) or (isinstance(node, tree.Compare) and node.op == "!=")


# ------------------------------------------------------------------ turned away


def _turned_away(look: Looking) -> Iterator[Problem]:
    """Rules that fire only for leads that are disqualified or excluded."""
    model = look.model
    verdicts = [("excluded", one) for one in model.excludes] + [("disqualified", one) for one in model.disqualifies]
    if not verdicts:
        return
    fired = {rule for outcome in look.seen.standing for rule, _ in outcome.contributions}
    for position, rule in enumerate(model.rules):
        if position in fired or not rule.counts_on(look.as_of) or rule.span is None:
            continue
        if any(("rule", position, 0) == one[:3] for one in look.never) or not any(row.points for row in rule.rows):
            continue
        if look.seen.reach(
            lambda lead, rule=rule: from_firing(lead, rule) + from_standing(lead),  # type: ignore[misc]
            lambda outcome, _, at=position: (
                not outcome.disqualified and any(one == at for one, _ in outcome.contributions)
            ),  # type: ignore[misc]
        ):
            continue
        ruling, programme = look.ruling, look.analysis.programme
        may, _ = ruling.fires(position)
        if may is False or not look.places.node(rule.span):
            continue
        turned = [programme.negated(ruling.excluded), programme.negated(ruling.disqualified)]
        if programme.all_of([may, *turned]) is not False:
            answer = look.analysis.ask(
                [may, *turned],
                lambda seen, position=position: (  # type: ignore[misc]
                    not seen[0].exclude_reasons and not seen[0].disqualify_reasons and bool(seen[0].points[position])
                ),
            )
            if not look.decided(answer, f"whether `{rule.text}` ever counts"):
                continue
        if look.analysis.ask([may], lambda seen, at=position: bool(seen[0].points[at]), scored=False).impossible:  # type: ignore[misc]
            continue
        conditions = [row.condition for row in rule.rows if row.points]
        touched = []
        for word, verdict in verdicts:
            both = look.table([*conditions, verdict.condition])
            meet = both is None or any(both.true[at] & both.true[-1] & both.all for at in range(len(conditions)))
            if meet and verdict.span is not None and _share(look, conditions, verdict.condition):
                touched.append(Related(word, verdict.span))
        look.uncounted.add(position)
        yield messages.rule_never_counts(rule.span, rule.text, touched)


def _share(look: Looking, conditions: list[Condition], other: Condition) -> bool:
    def axes(one: Condition) -> set[int]:
        found = (look.space.place(atom) for atom in tests_of(one))
        return {test.axis for test in found if test is not None}

    return bool(set().union(*map(axes, conditions)) & axes(other))
