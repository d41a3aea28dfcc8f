"""What only a look at all leads at once can tell: what can never be, what makes no difference, what surprises."""

from __future__ import annotations

from collections.abc import Sequence

from leadrules.language.source import Span
from leadrules.problems.problem import Problem, Related
from leadrules.problems.wording import shown

# ------------------------------------------------------------------- errors


def never_true(span: Span, found: str, what: str) -> Problem:
    return Problem(
        "never-true",
        "error",
        f"{shown(found)} is true of no lead, {what}",
        span,
        "look for two tests that cannot both hold, or a value that the field cannot have",
    )


def stage_below_threshold(span: Span, name: str, needed: str, score: str, best: str, lead: str, lower: str) -> Problem:
    return Problem(
        "stage-out-of-reach",
        "error",
        f"no lead can reach stage `{name}`: it needs {needed} points{score}, "
        f"and the best possible lead has {best}{lead}",
        span,
        f"write `at {lower}` or less, or give more points",
    )


def stage_out_of_reach(span: Span, name: str, why: str, related: Sequence[Related] = ()) -> Problem:
    return Problem(
        "stage-out-of-reach",
        "error",
        f"no lead can reach stage `{name}`: {why}",
        span,
        "look for conditions that rule each other out, also in `disqualify` and `exclude`",
        tuple(related),
    )


def label_out_of_reach(span: Span, label: str, value: str, why: str) -> Problem:
    return Problem(
        "label-out-of-reach",
        "error",
        f'no lead can get `{label}` = "{value}": {why}',
        span,
        "remove the row, or change its condition or those above it",
    )


def rule_never_counts(span: Span, found: str, verdicts: Sequence[Related]) -> Problem:
    words = " or ".join(dict.fromkeys(one.message for one in verdicts)) or "disqualified or excluded"
    return Problem(
        "rule-never-counts",
        "error",
        f"{shown(found)} gives points only to leads that are {words}",
        span,
        "remove the rule, or narrow the `disqualify` or `exclude`",
        tuple(Related(f"{one.message} here", one.span) for one in verdicts),
    )


# ----------------------------------------------------------------- warnings


def always_true(span: Span, found: str) -> Problem:
    return Problem(
        "always-true",
        "warning",
        f"{shown(found)} is true of every lead",
        span,
        "remove the condition, or ask for something that a lead may not have",
    )


def repeated_rule(span: Span, first: Span, together: str) -> Problem:
    line = first.source.place(first.start)[0]
    return Problem(
        "repeated-rule",
        "warning",
        f"this rule fires for the same leads as the rule on line {line}: {together} points together",
        span,
        "remove one of the two, or give the points once",
        (Related("the same leads", first),),
    )


def row_never_reached(span: Span, above: Sequence[Span]) -> Problem:
    return Problem(
        "row-never-reached",
        "warning",
        f"{shown(span.text)} is never reached: every lead that it means is taken by a row above",
        span,
        "move the row up, or remove it",
        tuple(Related("taken here", one) for one in above),
    )


def bands_overlap(span: Span, value: str, first: Span) -> Problem:
    return Problem(
        "bands-overlap",
        "warning",
        f"{value} is in {shown(first.text)} and in {shown(span.text)}: only the upper row gives its points",
        span,
        "let the row begin where the other ends",
        (Related("taken here", first),),
    )


def bands_gap(span: Span, value: str, before: str, after: str) -> Problem:
    return Problem(
        "bands-gap",
        "warning",
        f"{value} lies between {shown(before)} and {shown(after)} and is in no row",
        span,
        "let the rows meet, or add `otherwise:`",
    )


def limit_never_cuts(span: Span, what: str, limit: str, reached: str) -> Problem:
    return Problem(
        "limit-never-cuts",
        "warning",
        f"the limit of {what} never cuts anything: it is {limit}, and the points go to {reached}",
        span,
        "lower the limit, or remove it",
    )


def stage_for_all(span: Span, name: str) -> Problem:
    return Problem(
        "stage-for-all",
        "warning",
        f"every lead that is not disqualified holds the stage `{name}`, whatever is known of it",
        span,
        f"write `stage {name}` alone if that is meant, or ask for more",
    )


def same_stage(span: Span, name: str, other: str, declared: Span) -> Problem:
    return Problem(
        "same-stage",
        "warning",
        f"the stages `{other}` and `{name}` are held by the same leads, so `{other}` is nobody's last stage",
        span,
        "remove one of the two, or let the later one ask for more",
        (Related(f"`{other}` is declared here", declared),),
    )


def thresholds_out_of_order(span: Span, name: str, points: str, other: str, needed: str, declared: Span) -> Problem:
    return Problem(
        "thresholds-out-of-order",
        "warning",
        f"the stage `{name}` needs {points} points, and `{other}` above it needs {needed}",
        span,
        "put the stages in the order of the funnel, the lowest threshold first",
        (Related(f"`{other}` is declared here", declared),),
    )


def rule_never_matters(span: Span, found: str, why: str) -> Problem:
    return Problem(
        "rule-never-matters",
        "warning",
        f"{shown(found)} never changes a stage or a label: {why}",
        span,
        "remove the rule, or give it the points that it should have",
    )


def negation_of_missing(span: Span, field: str, found: str, instead: str) -> Problem:
    return Problem(
        "negation-of-missing",
        "warning",
        f"{shown(found)} says nothing of a lead whose `{field}` is missing: it does not fire for it",
        span,
        instead,
    )


# -------------------------------------------------------------------- infos


def ladder(span: Span, first: Span, operand: str, at: str, together: str, rules: int) -> Problem:
    both = "both rules fire" if rules == 2 else f"all {rules} rules fire"
    return Problem(
        "ladder",
        "info",
        f"at {operand} = {at} {both}, {together} points together",
        span,
        f"if one of them is meant, write `points by {operand} {{ … }}`, of which one row counts",
        (Related("fires as well", first),),
    )


def unused(span: Span, what: str, name: str) -> Problem:
    return Problem(
        "unused-name",
        "info",
        f"nothing uses the {what} `{name}`",
        span,
        "remove it, if it is not meant for files that include this one",
    )


def stage_may_fall(span: Span, name: str, other: str, rule: Span) -> Problem:
    return Problem(
        "stage-may-fall",
        "info",
        f"the stage `{name}` is lost again when the points for `{other}` fade",
        span,
        f"leave out `after {other}`, if people decide on `{name}`",
        (Related("fades here", rule),),
    )


def range_not_reached(span: Span, score: str, declared: str, low: str, high: str) -> Problem:
    return Problem(
        "range-not-reached",
        "info",
        f"`{score}` is declared {declared}, and goes from {low} to {high}",
        span,
    )


def not_decided(span: Span, what: Sequence[str]) -> Problem:
    named = ", ".join(what[:3]) + (f" and {len(what) - 3} more" if len(what) > 3 else "")
    return Problem(
        "not-decided",
        "info",
        f"not decided: {named}",
        span,
        "compare fields with fixed values where you can: what is worked out from several fields is hard to prove",
    )
