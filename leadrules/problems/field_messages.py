"""What can be wrong with fields, lists and examples' values: options, literals, formats."""

from __future__ import annotations

from collections.abc import Iterable

from leadrules.language.source import Span
from leadrules.problems.problem import Problem, Related
from leadrules.problems.wording import either, shown


def value_does_not_fit(
    span: Span, field: str, wanted: str, found: str, why: str | None = None, help: str | None = None
) -> Problem:
    reason = f": {why}" if why else ""
    return Problem(
        "value-does-not-fit", "error", f"`{field}` is {wanted}, {shown(found)} does not fit{reason}", span, help
    )


def given_does_not_fit(span: Span, field: str, why: str) -> Problem:
    return Problem("value-does-not-fit", "error", f"this is no value of `{field}`: {why}", span)


def option_of_other_type(span: Span, field: str, type: str, option: str, types: Iterable[str]) -> Problem:
    return Problem(
        "option-of-other-type",
        "error",
        f"`{option}` belongs to {either(f'`{one}`' for one in types)}, `{field}` is `{type}`",
        span,
        f"remove `{option}`, or change the type",
    )


def bad_format(span: Span, why: str, with_time: bool) -> Problem:
    example = 'format "DD/MM/YYYY hh:mm"' if with_time else 'format "DD/MM/YYYY"'
    return Problem("bad-format", "error", f"the format {span.text} {why}", span, f"write it as `{example}`")


def empty_split(span: Span) -> Problem:
    return Problem("empty-text", "error", "nothing to split on stands between the quotes", span, 'write `split on ";"`')


def empty_choice(span: Span) -> Problem:
    return Problem("empty-text", "error", "an empty text is no value: a lead's text is missing then", span, "remove it")


def repeated_value(span: Span, value: str, first: Span) -> Problem:
    return Problem(
        "repeated-value",
        "warning",
        f"{shown(value)} stands here twice",
        span,
        "remove one of them",
        (Related("first written here", first),),
    )


def second_key(span: Span, field: str, first: str, place: Span) -> Problem:
    return Problem(
        "second-key",
        "error",
        f"`{field}` is a key, and so is `{first}`: a ruleset has at most one",
        span,
        "remove `key` from one of them",
        (Related(f"`{first}` is declared as the key here", place),),
    )


def mixed_list(span: Span, name: str, kind: str, other: str, first: Span) -> Problem:
    return Problem(
        "mixed-list",
        "error",
        f"the list `{name}` has {kind} among its values, and {other}: a list has values of one kind",
        span,
        "write texts in quotes, numbers and dates without",
        (Related(f"{other} stands here", first),),
    )


def text_list_needed(span: Span, name: str, found: str) -> Problem:
    return Problem(
        "mixed-list",
        "error",
        f"the list `{name}` has texts, {shown(found)} is none",
        span,
        f'write `"{found}"` in quotes',
    )
