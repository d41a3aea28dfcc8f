"""What can be wrong with the files of a ruleset: reading them, including them, lists and tables kept in files."""

from __future__ import annotations

from collections.abc import Iterable

from leadrules.language.source import Span
from leadrules.problems.problem import Problem
from leadrules.problems.wording import did_you_mean


def cannot_read_file(span: Span, path: str, why: str) -> Problem:
    return Problem("cannot-read-file", "error", f"`{path}` cannot be read: {why}", span)


def include_without_folder(span: Span) -> Problem:
    return Problem(
        "include-without-folder",
        "error",
        f"{span.text} is looked for beside the ruleset, and this ruleset has no folder",
        span,
        'only shipped rulesets can be included here, such as `include "leadrules/bant"`',
    )


def outside_folder(span: Span, path: str) -> Problem:
    return Problem(
        "outside-folder",
        "error",
        f"`{path}` lies outside the folder of the ruleset",
        span,
        "move the file into the ruleset's folder, or allow it with `--allow-outside`",
    )


def unknown_shipped(span: Span, name: str, near: Iterable[str], known: Iterable[str]) -> Problem:
    names = ", ".join(f"`leadrules/{one}`" for one in known)
    return Problem(
        "unknown-shipped-ruleset",
        "error",
        f"no ruleset `leadrules/{name}` is shipped",
        span,
        did_you_mean(f"leadrules/{one}" for one in near) or (f"these are: {names}" if names else None),
    )


def not_utf8(span: Span, offset: int, byte: int) -> Problem:
    return Problem(
        "not-utf-8",
        "error",
        f"byte {offset + 1} of the file (0x{byte:02X}) is not UTF-8 text",
        span,
        "save the file with the encoding UTF-8",
    )


def looks_like_utf16(span: Span) -> Problem:
    return Problem(
        "not-utf-8", "error", "the file is UTF-16 text, not UTF-8", span, "save the file with the encoding UTF-8"
    )


def not_text(span: Span, what: str) -> Problem:
    return Problem("not-text", "error", f"{what} cannot stand in a text file", span, "remove it")


def file_too_large(span: Span, path: str, most: int) -> Problem:
    return Problem(
        "file-too-large",
        "error",
        f"`{path}` is larger than {most // 1_000_000} MB, the most that is read",
        span,
        "split it into several files",
    )


def empty_ruleset(span: Span) -> Problem:
    return Problem(
        "empty-ruleset",
        "warning",
        "there is no statement in this ruleset: every lead gets a score of 0 and no stage",
        span,
        "begin with a rule, such as `when visits >= 3 add 10`",
    )


def empty_list(span: Span, name: str, path: str) -> Problem:
    return Problem(
        "empty-list",
        "error",
        f"the list `{name}` is empty: `{path}` has only blank lines and comments",
        span,
        "write one text a line",
    )


def bad_table(span: Span, problem: str) -> Problem:
    return Problem(
        "bad-table",
        "error",
        problem,
        span,
        "write two columns, what is looked for and the label's text, such as `Austria,Vienna team`",
    )
