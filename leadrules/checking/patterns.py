"""Patterns are tried out before any lead is seen.

The engine that will run them is asked; what it answers is put into plain words.
It is imported only when a ruleset has a pattern, because that takes longer than
checking a small ruleset.
"""

from __future__ import annotations

from functools import lru_cache

from leadrules.meaning.text import normal

MOST_CHARACTERS = 10_000

_WORDS: tuple[tuple[str, str, str | None], ...] = (
    (
        "look-around",
        "it looks ahead or behind (`(?=`, `(?!`, `(?<=`), which cannot be done in linear time",
        "say it with two conditions and `not`",
    ),
    (
        "backreferences",
        "it refers back to a group (`\\1`), which cannot be done in linear time",
        "write out what may repeat",
    ),
    ("size", "it grows too large when its repetitions are written out", "use smaller numbers in `{…}`"),
    ("unclosed group", "a `(` has no `)`", "write `\\(` for the character itself"),
    ("unopened group", "a `)` has no `(`", "write `\\)` for the character itself"),
    ("unclosed character class", "a `[` has no `]`", "write `\\[` for the character itself"),
    ("invalid character class range", "a range of characters runs backwards", "write it as `a-z`"),
    (
        "repetition operator missing expression",
        "`*`, `+`, `?` or `{…}` has nothing before it to repeat",
        "write `\\*` for the character itself",
    ),
    ("unclosed counted repetition", "a `{` has no `}`", "write `\\{` for the character itself"),
    ("repetition quantifier expects", "`{…}` needs a number of repetitions", "write `\\{` for the character itself"),
    ("invalid repetition count range", "in `{a,b}` the first number is the larger", None),
    ("unrecognized escape", "a `\\` stands before a character that it gives no meaning", "leave the `\\` out"),
    ("incomplete escape", "it ends in the middle of an escape", "write `\\\\` for the character itself"),
    (
        "property not found",
        "it names a class of characters that does not exist",
        "use `\\p{L}` for letters, `\\p{N}` for digits",
    ),
    (
        "property value not found",
        "it names a class of characters that does not exist",
        "use `\\p{L}` for letters, `\\p{N}` for digits",
    ),
    ("maximum number of nested", "its brackets are nested too deeply", None),
    ("duplicate capture group", "two groups have one name", "rename one of them"),
    ("capture group", "a group's name is not right", "use plain brackets: `(…)`"),
    ("flag", "the options in `(?…)` are not right", "use `i` after the last `/`"),
    ("range boundary", "a range of characters begins or ends with more than one character", "write it as `a-z`"),
    ("decimal literal", "a number of repetitions is not right", None),
    ("boundary assertion", "`\\b{…}` names no boundary", "use `\\b`"),
    ("hexadecimal", "an escape of a character by its number is not right", "write it as `\\x{e9}`"),
)


@lru_cache(maxsize=1024)
def pattern_problem(pattern: str, ignore_case: bool) -> tuple[str, str | None] | None:
    """Why a pattern cannot be used, and what to do; None if it can."""
    if len(pattern) > MOST_CHARACTERS:
        return f"it is longer than {MOST_CHARACTERS} characters", "use a list: `mentions any LIST`"
    import polars

    text = normal(pattern)
    try:
        polars.Series([""]).str.contains(f"(?i){text}" if ignore_case else text)
    except polars.exceptions.PolarsError as error:
        answer = str(error).partition("\n\nThis error")[0].rpartition("error:")[2].lower()
        for part, why, help in _WORDS:
            if part in answer:
                return why, help
        return "it is not written as patterns are", None
    return None
