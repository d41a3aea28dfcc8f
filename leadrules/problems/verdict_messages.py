"""What can be wrong with stages, labels and examples."""

from __future__ import annotations

from leadrules.language.source import Span
from leadrules.problems.problem import Problem, Related


def stage_below(span: Span, name: str, declared: Span) -> Problem:
    return Problem(
        "used-too-early",
        "error",
        f"a stage can only come after stages above it, `{name}` is not above",
        span,
        f"move the stage `{name}` up",
        (Related(f"`{name}` is declared here", declared),),
    )


def always_alone(span: Span, name: str) -> Problem:
    return Problem(
        "always-alone",
        "warning",
        f"every lead holds the stage `{name}`: it asks for nothing that `always if` could stand in for",
        span,
        "write `if` instead of `always if`, or say what the stage takes otherwise: `at 60`",
    )


def not_a_label_value(span: Span, name: str, kind: str) -> Problem:
    return Problem(
        "wrong-kind",
        "error",
        f"a label is made of texts, `{name}` is {kind}",
        span,
        "use a text in quotes, a field of texts or another label",
    )


def table_needs_text(span: Span, name: str, kind: str) -> Problem:
    return Problem("wrong-kind", "error", f"a table is looked up by a text, `{name}` is {kind}", span)


def example_without_date(span: Span, title: str) -> Problem:
    return Problem(
        "example-without-date",
        "error",
        f'the example "{title}" says no date, and the ruleset looks at the as-of date',
        span,
        "write the day it speaks of: `as of 2026-11-22`",
    )


def given_twice(span: Span, name: str, first: Span) -> Problem:
    return Problem(
        "declared-twice",
        "error",
        f"the example gives `{name}` twice",
        span,
        "remove one of them",
        (Related("first given here", first),),
    )


def expects_nothing(span: Span, title: str) -> Problem:
    return Problem(
        "example-expects-nothing",
        "warning",
        f'the example "{title}" expects nothing, it can never fail',
        span,
        "say what should come out: `expect score = 36`",
    )
