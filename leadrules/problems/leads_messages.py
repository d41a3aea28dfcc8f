"""What can be wrong between a ruleset and the leads that it is held against."""

from __future__ import annotations

from collections.abc import Sequence

from leadrules.language.source import Span
from leadrules.problems.problem import Problem, Severity
from leadrules.problems.wording import did_you_mean, either, leads_of, shown


def missing_column(span: Span, message: str, help: str | None, severity: Severity) -> Problem:
    return Problem("missing-column", severity, message, span, help)


def ambiguous_column(span: Span, message: str, help: str | None, severity: Severity) -> Problem:
    return Problem("ambiguous-column", severity, message, span, help)


def never_filled(span: Span, field: str, header: str, leads: int) -> Problem:
    return Problem(
        "never-filled",
        "warning",
        f"the column {shown(header)} is blank for {_all(leads)}, so `{field}` is never known",
        span,
        "see whether the export has it under another header, or mark the field `optional`",
    )


def bad_values(span: Span, field: str, leads: int, first: Sequence[tuple[str, int]]) -> Problem:
    reasons = "; ".join(f"{reason} (lead {row:,})" for reason, row in first)
    return Problem(
        "bad-values",
        "warning",
        f"`run` would reject {leads_of(leads)} for `{field}`: {reasons}",
        span,
        "correct the leads, widen the field, or read such values as missing with `bad as missing`",
    )


def misspelt_value(span: Span, field: str, asked: str, near: Sequence[tuple[str, int]]) -> Problem:
    found = ", ".join(f"{leads_of(count)} with {shown(text)}" for text, count in near)
    return Problem(
        "misspelt-value",
        "warning",
        f"no lead has {shown(asked)} as `{field}`; there are {found}",
        span,
        did_you_mean(text for text, _ in near),
    )


def near_value(span: Span, field: str, value: str, leads: int, known: str) -> Problem:
    return Problem(
        "near-value",
        "warning",
        f"{_have(leads)} {shown(value)} as `{field}`, which no rule knows",
        span,
        f"if it means {shown(known)}, correct the leads or write both here",
    )


def unseen_value(span: Span, field: str, asked: Sequence[str]) -> Problem:
    return Problem("unseen-value", "info", f"no lead has {either(shown(one) for one in asked)} as `{field}`", span)


def fires_for_none(span: Span, what: str, leads: int) -> Problem:
    return Problem(
        "fires-for-none",
        "warning",
        f"{what} for none of the {leads_of(leads)}",
        span,
        "see in the leads what the condition should have found",
    )


def fires_for_all(span: Span, what: str, leads: int) -> Problem:
    return Problem(
        "fires-for-all",
        "warning",
        f"{what} for each of the {leads_of(leads)}, so it tells none apart",
        span,
        "see in the leads what the condition should have left out",
    )


def _have(count: int) -> str:
    return "1 lead has" if count == 1 else f"{count:,} leads have"


def _all(count: int) -> str:
    return "the one lead" if count == 1 else f"all {count:,} leads"
