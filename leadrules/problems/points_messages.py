"""What can be wrong with points: amounts, limits, weights, rows, units, fading."""

from __future__ import annotations

from leadrules.language.source import Span
from leadrules.problems.problem import Problem
from leadrules.problems.wording import kind_words, shown


def points_places(span: Span, found: str, rounded: str) -> Problem:
    return Problem(
        "points-places",
        "error",
        f"points have at most two decimal places, found `{found}`",
        span,
        f"write `{rounded}`" if rounded != "0" else None,
    )


def points_not_positive(span: Span, found: str, word: str, other: str) -> Problem:
    help = f"write `{other} {found.lstrip('-')}`" if found.startswith("-") else "write a number above 0, or remove it"
    return Problem("points-not-positive", "error", f"`{word}` takes points above 0, found `{found}`", span, help)


def points_for_all(span: Span, written: str) -> Problem:
    return Problem(
        "points-for-all",
        "error",
        f"`{written}` has no condition: every lead would get these points",
        span,
        f"write `when …` before it, or a number to count behind it: `{written} per visits`",
    )


def points_too_large(span: Span, found: str, most: int) -> Problem:
    return Problem("points-too-large", "error", f"points go up to {most:_}, found `{found}`", span)


def bad_weight(span: Span, found: str) -> Problem:
    return Problem(
        "bad-weight", "error", f"a weight is from 0% to 1_000%, with at most two decimal places, found `{found}%`", span
    )


def bad_unit_size(span: Span, found: str) -> Problem:
    return Problem(
        "bad-unit-size",
        "error",
        f"`per` takes a whole number above 0, found `{found}`",
        span,
        "write a whole number, such as `per 10 visits`",
    )


def bad_percent(span: Span, found: str) -> Problem:
    return Problem("bad-fading", "error", f"fading takes away more than 0% and at most 100%, found `{found}%`", span)


def fading_needs_date(span: Span, name: str, what: str) -> Problem:
    return Problem(
        "bad-fading", "error", f"points fade since a field of type `date` or `datetime`, `{name}` is {what}", span
    )


def reversed_dates(span: Span, first: str, last: str) -> Problem:
    return Problem(
        "reversed-range", "error", f"the rule ends on {last}, before it begins on {first}", span, "swap the two dates"
    )


def band_of_other_kind(span: Span, band: str, operand: str, kind: str) -> Problem:
    return Problem(
        "kinds-differ",
        "error",
        f"{shown(operand)} is {kind_words(kind)}, the row {shown(band)} can never match it",
        span,
    )


def bands_need(span: Span, operand: str, kind: str) -> Problem:
    return Problem(
        "wrong-kind",
        "error",
        f"`points by` needs numbers, texts or a boolean field, {shown(operand)} is {kind_words(kind)}",
        span,
        "use `points first { … }`, with a condition in each row",
    )


def units_need_number(span: Span, found: str, kind: str, help: str | None) -> Problem:
    return Problem("wrong-kind", "error", f"`per` needs a number, {shown(found)} is {kind_words(kind)}", span, help)
