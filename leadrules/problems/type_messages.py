"""What can be wrong with an expression: kinds that do not fit, values that cannot occur, tests that test nothing."""

from __future__ import annotations

from collections.abc import Iterable

from leadrules.language.source import Span
from leadrules.problems.problem import Problem, Related
from leadrules.problems.wording import KIND_PLURALS, counted, did_you_mean, either, kind_words, shown

_CONDITION_FROM = {
    "text": 'say what about it: `{0} is known`, `{0} is "…"`',
    "number": "compare it: `{0} > 0`",
    "date": "say what about it: `{0} is known`, `{0} in last 30 days`",
    "datetime": "say what about it: `{0} is known`, `{0} in last 30 days`",
    "texts": 'say what it includes: `{0} includes "…"`',
    "stage": 'name the stage: `stage is "…"`',
}


def kinds_differ(
    span: Span, left: str, left_kind: str, right: str, right_kind: str, help: str | None = None
) -> Problem:
    return Problem(
        "kinds-differ",
        "error",
        f"{shown(left)} is {kind_words(left_kind)}, {shown(right)} is {kind_words(right_kind)}:"
        " they cannot be compared",
        span,
        help,
    )


def list_kinds_differ(span: Span, found: str, kind: str, name: str, item_kind: str) -> Problem:
    return Problem(
        "kinds-differ",
        "error",
        f"{shown(found)} is {kind_words(kind)}, the items of the list `{name}` are {KIND_PLURALS[item_kind]}",
        span,
    )


def list_of_other_kind(span: Span, test: str, name: str, kind: str) -> Problem:
    return Problem(
        "wrong-kind", "error", f"`{test}` needs texts, the items of the list `{name}` are {KIND_PLURALS[kind]}", span
    )


def text_order(span: Span, op: str) -> Problem:
    return Problem(
        "text-order",
        "error",
        f"texts have no order, `{op}` compares numbers and dates",
        span,
        "texts can be compared with `=`, `!=`, `in (…)` and `contains`",
    )


def no_order(span: Span, op: str, kind: str) -> Problem:
    return Problem(
        "text-order",
        "error",
        f"`{op}` compares numbers and dates, this is {kind_words(kind)}",
        span,
        "write `=` or `!=`",
    )


def wrong_kind(span: Span, test: str, needed: Iterable[str], found: str, kind: str, help: str | None = None) -> Problem:
    wanted = either(kind_words(one) for one in needed)
    return Problem("wrong-kind", "error", f"{test} needs {wanted}, {shown(found)} is {kind_words(kind)}", span, help)


def needs_email(span: Span, test: str, found: str, what: str) -> Problem:
    return Problem(
        "wrong-kind", "error", f"`{test}` needs a field of type `email` or `text`, {shown(found)} is {what}", span
    )


def not_a_condition(span: Span, found: str, kind: str) -> Problem:
    help = _CONDITION_FROM.get(kind, "").format(" ".join(found.split())) or None
    if len(found) > 60:
        help = None
    return Problem(
        "not-a-condition", "error", f"{shown(found)} is {kind_words(kind)}, a condition is needed", span, help
    )


def literal_alone(span: Span, found: str, kind: str) -> Problem:
    return Problem(
        "not-a-condition",
        "error",
        f"{shown(found)} alone is {kind_words(kind)}, a condition is needed",
        span,
        "say what is compared with it",
    )


def alternatives_alone(span: Span, found: str, kind: str, whole: str) -> Problem:
    return Problem(
        "not-a-condition",
        "error",
        f"{shown(found)} alone is {kind_words(kind)}, no condition: the comparison before it does not reach it",
        span,
        f"write `{whole}`",
    )


def fixed_condition(span: Span, found: str) -> Problem:
    return Problem(
        "fixed-condition",
        "error",
        f"{shown(found)} looks at nothing of the lead: it is the same for every lead",
        span,
        "put a field on one side",
    )


def never_missing(span: Span, operand: str) -> Problem:
    return Problem(
        "fixed-condition",
        "error",
        f"{shown(operand)} always has a value, this is the same for every lead",
        span,
        f"compare it: `{operand} > 0`",
    )


def unknown_choice(span: Span, value: str, field: str, near: Iterable[str], choices: Iterable[str]) -> Problem:
    listed = list(choices)
    near = [f'"{one}"' for one in near]
    few = f"its values are {either(f'`{chr(34)}{one}{chr(34)}`' for one in listed)}" if 0 < len(listed) <= 8 else None
    return Problem(
        "unknown-choice",
        "error",
        f'`{field}` is never `"{value}"`: that is none of its values',
        span,
        did_you_mean(near) or few,
    )


def list_without_choice(span: Span, name: str, field: str) -> Problem:
    return Problem("unknown-choice", "error", f"no item of the list `{name}` is a value of `{field}`", span)


def empty_text(span: Span, operand: str) -> Problem:
    return Problem(
        "empty-text",
        "error",
        "an empty text: a lead's text is never empty, it is missing then",
        span,
        f"write `{operand} is missing`",
    )


def empty_search(span: Span, test: str) -> Problem:
    return Problem(
        "empty-text",
        "error",
        f"`{test}` needs a text to look for, this one is empty",
        span,
        "write what to look for between the quotes",
    )


def untrimmed_text(span: Span, value: str) -> Problem:
    return Problem(
        "untrimmed-text",
        "warning",
        "a text with blanks around it equals no value: values are read without the blanks around them",
        span,
        f'write `"{value.strip()}"`',
    )


def bad_pattern(span: Span, why: str, help: str | None = None) -> Problem:
    return Problem("bad-pattern", "error", f"this pattern cannot be used: {why}", span, help)


def not_a_domain(span: Span, value: str, domain: str | None) -> Problem:
    return Problem(
        "not-a-domain",
        "error",
        f'`"{value}"` is no domain of mail addresses',
        span,
        f'write `"{domain}"`' if domain else 'write a domain such as `"rival.com"`',
    )


def computed_equality(span: Span, op: str) -> Problem:
    return Problem(
        "computed-equality",
        "warning",
        f"`{op}` on a computed number: rounding decides whether the two are equal",
        span,
        "use `<=`, `>=` or `between`",
    )


def quantity_of_parts(span: Span, count: str, parts: int) -> Problem:
    return Problem(
        "bad-quantity",
        "error",
        f"`{count}` of {counted(parts, 'condition')}: there are not so many",
        span,
        f"write a whole number from 1 to {parts}",
    )


def quantity_not_whole(span: Span, count: str, quantity: str) -> Problem:
    least = 1 if quantity == "at least" else 0
    return Problem(
        "bad-quantity",
        "error",
        f"`{quantity} {count}`: the number must be whole and {least} or more",
        span,
        "write a whole number such as 2",
    )


def bad_length(span: Span, what: str, found: str, least: int, most: int, unit: str) -> Problem:
    return Problem(
        "bad-length-of-time",
        "error",
        f"{what} takes a whole number of {unit} from {least} to {most:_}, found `{found}`",
        span,
    )


def reversed_range(span: Span, low: str, high: str) -> Problem:
    return Problem(
        "reversed-range",
        "error",
        f"nothing lies between `{low}` and `{high}`: the first is the larger",
        span,
        f"swap them: `{high}` first, then `{low}`",
    )


def let_of_text(span: Span, name: str, kind: str) -> Problem:
    return Problem(
        "not-a-condition",
        "error",
        f"`let {name}` names {kind_words(kind)}, a let names a condition or a number",
        span,
        "use the field itself where the let is used" if kind != "stage" else None,
    )


def too_large(span: Span, what: str) -> Problem:
    return Problem(
        "too-large",
        "error",
        f"{what} is too large once its lets are written out",
        span,
        "split it into rules that each do a part",
    )


def uses_disagree(span: Span, name: str, kind: str, first: Span, first_kind: str) -> Problem:
    return Problem(
        "uses-disagree",
        "error",
        f"`{name}` is used as {kind_words(kind)} here, and elsewhere as {kind_words(first_kind)}",
        span,
        f"declare it: `field {name} : …`",
        (Related(f"used as {kind_words(first_kind)} here", first),),
    )


def no_fields(span: Span, count: int) -> Problem:
    return Problem(
        "no-fields",
        "info",
        f"no field is declared: the types of {counted(count, 'name')} were read from how they are used",
        span,
        "declare each field, so that a mistyped name is found: `field employees : integer`",
    )
