"""What can be wrong with the writing of a file: characters, words, and their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from leadrules.language.source import Span
from leadrules.problems.problem import Problem, Related
from leadrules.problems.wording import did_you_mean


def named(text: str) -> str:
    """A piece of the user's text in backticks, on one line and printable: `U+0007` for what has no shape."""
    seen = "".join(one if one.isprintable() else f"U+{ord(one):04X}" for one in text[:40])
    return f"`` {seen} ``" if "`" in seen else f"`{seen}`" if len(text) <= 40 else f"`{seen}…`"


# ------------------------------------------------------------------ characters


def unknown_character(span: Span, text: str) -> Problem:
    return Problem(
        "unknown-character",
        "error",
        f"{named(text if text.isprintable() else text[0])} is no character of the language",
        span,
        "a name with such a character stands in back-quotes, a text in double quotes",
    )


def foreign_mark(span: Span, mark: str, meant: str | None) -> Problem:
    if meant is None:
        return Problem(
            "foreign-mark", "error", f"{named(mark)} is not needed: a statement ends where the next begins", span,
            f"leave {named(mark)} out",
        )  # fmt: skip
    return Problem("foreign-mark", "error", f"{named(mark)} is written `{meant}` here", span, f"write `{meant}`")


def wrong_quotes(span: Span, text: str, value: str) -> Problem:
    return Problem(
        "wrong-quotes", "error", f'a text stands in double quotes `"`, found {named(text)}', span, f'write `"{value}"`'
    )


def unclosed_text(span: Span) -> Problem:
    return Problem(
        "unclosed-text", "error", 'a text ends on the line where it began, and this one has no closing `"`', span,
        'close it with `"`',
    )  # fmt: skip


def unclosed_name(span: Span) -> Problem:
    return Problem(
        "unclosed-name", "error", "a name in back-quotes ends on its line, and this one is not closed", span,
        "close it with a back-quote",
    )  # fmt: skip


def empty_name(span: Span) -> Problem:
    return Problem("empty-name", "error", "no name stands between these back-quotes", span)


def unclosed_pattern(span: Span) -> Problem:
    return Problem(
        "unclosed-pattern", "error", "a pattern ends on the line where it began, and this one has no closing `/`", span,
        "close it with `/`; a stroke inside a pattern is written `\\/`",
    )  # fmt: skip


def empty_pattern(span: Span) -> Problem:
    return Problem("empty-pattern", "error", "this pattern is empty", span, "write what to look for, such as `/^vp/i`")


def unknown_escape(span: Span, escape: str) -> Problem:
    return Problem(
        "unknown-escape", "error", f'only `\\"` and `\\\\` have a meaning in a text, found {named(escape)}', span,
        f"write `\\\\{escape[1:]}` for a backslash",
    )  # fmt: skip


# ------------------------------------------------------------ numbers and dates


def number_form(span: Span, text: str, meant: str | None) -> Problem:
    return Problem(
        "number-form",
        "error",
        f"a number is written `10`, `2.5` or `10_000`, found {named(text)}",
        span,
        f"write `{meant}`" if meant else None,
    )


def number_with_comma(span: Span, text: str, meant: str, certain: bool) -> Problem:
    return Problem(
        "number-with-comma",
        "error" if certain else "warning",
        f"{named(text)} is read as {len(text.split(','))} numbers",
        span,
        f"write `{meant}` if it is one number, or a space after the comma if not",
    )


def bad_date(span: Span, text: str, meant: str | None) -> Problem:
    return Problem(
        "bad-date",
        "error",
        f"{named(text)} is no day of the calendar as it is written here, such as `2026-11-22`",
        span,
        f"write `{meant}`" if meant else "write year, month and day: `2026-11-22`",
    )


# -------------------------------------------------------------------- statements


def option_twice(span: Span, first: Span) -> Problem:
    return Problem(
        "option-twice", "error", f"{named(span.text)} says again what {named(first.text)} has said", span,
        "keep one of the two", (Related("it is said first here", first),),
    )  # fmt: skip


def otherwise_not_last(span: Span, after: Span) -> Problem:
    return Problem(
        "otherwise-not-last", "error", "`otherwise` stands last: no row after it can be reached", span,
        "move the `otherwise` row to the end", (Related("this row comes after it", after),),
    )  # fmt: skip


def at_most_without_per(span: Span) -> Problem:
    return Problem(
        "at-most-without-per", "error", "`at most` limits points counted `per` something, and here are none", span,
        "leave it out, or put the rule into a group: `group \"…\" at most 40 { … }`",
    )  # fmt: skip


def until_counts_days(span: Span, unit: str) -> Problem:
    return Problem(
        "until-counts-days", "error", f"only days are counted until a date, found `{unit} until`", span,
        "write `days until`",
    )  # fmt: skip


def unexpected(span: Span, expected: str, found: str, advice: str | None = None) -> Problem:
    return Problem("unexpected-word", "error", f"expected {expected}, found {found}", span, advice)


def unfinished(span: Span, expected: str, found: str, advice: str | None = None) -> Problem:
    return Problem("unfinished-statement", "error", f"expected {expected} before {found}", span, advice)


def unclosed_brace(span: Span, found: str, at_end: bool) -> Problem:
    return Problem(
        "unclosed-brace", "error", f"this `{{` is not closed before {found}", span,
        "put a `}` at the end of the file" if at_end else f"put a `}}` before {found}",
    )  # fmt: skip


def stray_brace(span: Span) -> Problem:
    return Problem("stray-brace", "error", "this `}` closes nothing", span, "take it away")


def too_deep(span: Span, most: int) -> Problem:
    return Problem(
        "too-deep", "error", f"this stands more than {most} levels deep", span, "name a part of it with `let`"
    )


def as_error(problem: Problem) -> Problem:
    return replace(problem, severity="error")


def unknown_statement(span: Span, found: str, near: Sequence[str]) -> Problem:
    shown = found if found.startswith("`") else named(found)
    return Problem("unknown-statement", "error", f"no statement begins with {shown}", span, did_you_mean(near))


def foreign_comment(span: Span, found: str) -> Problem:
    return Problem(
        "unknown-statement", "error", f"no statement begins with {found}", span, "begin a comment with `#`",
    )  # fmt: skip


def no_events_yet(span: Span) -> Problem:
    return Problem(
        "unknown-statement", "error", "`event` is kept for a later version of the language", span,
        "count events in a field of the lead, such as `field visits : integer`",
    )  # fmt: skip


def misspelt(span: Span, text: str, meant: str) -> Problem:
    return Problem("unexpected-word", "error", f"expected `{meant}`, found {named(text)}", span, f"write `{meant}`")


def another_word(span: Span, text: str, meant: str) -> Problem:
    pair = {"when": "`when` gives points or fills a row", "if": "`if` gives a verdict"}
    if text in pair and meant in pair:
        return Problem("unexpected-word", "error", f"{pair[text]}, {pair[meant]}", span, f"write `{meant}`")
    return misspelt(span, text, meant)


def capitalised_keyword(span: Span, text: str, meant: str) -> Problem:
    return Problem(
        "capitalised-keyword", "error", f"words of the language are in lower case, found {named(text)}", span,
        f"write `{meant}`",
    )  # fmt: skip


def reserved_word(span: Span, text: str) -> Problem:
    of_a_column = text in ("score", "stage", "disqualified")  # no name at all, with or without back-quotes
    return Problem(
        "reserved-word", "error", f"expected a name, found {named(text)}, a word of the language", span,
        "choose another name" if of_a_column else f"write `` `{text}` `` with back-quotes, or choose another name",
    )  # fmt: skip


def name_needed(span: Span, word: str) -> Problem:
    return Problem("unexpected-word", "error", f"expected a name after `{word}`", span, f"name it: `{word} engagement`")


def is_without_quotes(span: Span, text: str) -> Problem:
    return Problem(
        "text-without-quotes", "error", f"`is` takes a value, found the name {named(text)}", span,
        f'write `"{text}"` if it is a text, or compare two fields with `=`',
    )  # fmt: skip


def text_without_quotes(span: Span, expected: str, text: str, or_list: bool) -> Problem:
    return Problem(
        "text-without-quotes", "error", f"expected {expected}, found the name {named(text)}", span,
        f'write `"{text}"`' + (f", or `any {text}` if it is a list" if or_list else ""),
    )  # fmt: skip


def missing_mark(span: Span, mark: str, found: str) -> Problem:
    return Problem(
        "missing-mark", "error", f"`{mark}` is missing before {found}", span,
        f"put `{mark}` after {named(span.text)}",
    )  # fmt: skip
