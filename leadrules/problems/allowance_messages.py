"""What can be wrong with a comment that allows a problem."""

from __future__ import annotations

from collections.abc import Iterable

from leadrules.language.source import Span
from leadrules.problems.problem import Problem
from leadrules.problems.wording import did_you_mean, shown

FORM = "# leadrules: allow NAME because …"


def allowance_form(span: Span) -> Problem:
    return Problem(
        "allowance-form",
        "warning",
        f"a comment that begins with `leadrules:` allows a problem, {shown(span.text)} does not say which",
        span,
        f"write `{FORM}`, or begin the comment otherwise",
    )


def allowance_without_reason(span: Span, name: str) -> Problem:
    return Problem(
        "allowance-without-reason",
        "warning",
        f"`{name}` is allowed here, and nothing says why",
        span,
        f"add the reason: `# leadrules: allow {name} because …`",
    )


def unknown_allowance(span: Span, name: str, near: Iterable[str]) -> Problem:
    return Problem("unknown-allowance", "warning", f"no problem is called `{name}`", span, did_you_mean(near))


def unused_allowance(span: Span, name: str, line: int | None) -> Problem:
    where = "no line follows this comment" if line is None else f"line {line} has no problem `{name}`"
    return Problem("unused-allowance", "warning", f"{where}: nothing is allowed here", span, "remove the comment")


def cannot_be_allowed(span: Span, name: str) -> Problem:
    return Problem(
        "cannot-be-allowed",
        "warning",
        f"a ruleset with the error `{name}` cannot be run at all, so it cannot be allowed",
        span,
        "correct the line, and remove this comment",
    )
