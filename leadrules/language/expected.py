"""The kinds of words that can stand at a place → a few words for a message.

The parse table may allow thirty kinds after a number; a reader wants the few
that lead on: `` `add` or `subtract` ``, `a condition`, `a text in double quotes`.
"""

from __future__ import annotations

from leadrules.language.words import FILE_STATEMENTS, STATEMENTS
from leadrules.problems.wording import either

# What is said for kinds that come together: said if all the first are expected, in place of all the second.
_NAMES = {"NAME", "QUOTED_NAME"}
_OPERAND = {
    *_NAMES, "NUMBER", "-", "TEXT", "DATE", "DATETIME", "true", "false", "SCORE_WORD", "STAGE_WORD", "AGE", "(",
    "at", "exactly", "all", "any", "none", "not", "holds", "disqualified",
}  # fmt: skip
_TYPES = {"text", "email", "integer", "number", "boolean", "date", "datetime", "one", "list"}
_PREDICATES = {
    "known", "missing", "lowercase", "uppercase", "numeric", "valid", "personal", "disposable", "role", "business",
}  # fmt: skip
_VALUES = {"NUMBER", "-", "TEXT", "DATE", "DATETIME", "true", "false"}
_UNITS = {"day", "days", "week", "weeks", "month", "months", "year", "years"}
_ARITHMETIC = {"+", "-", "*", "/"}
_TESTS = {
    "=", "!=", "<", "<=", ">", ">=", "is", "not", "between", "in", "at", "older", "before", "after", "on", "contains",
    "mentions", "includes", "starts", "ends", "matches", "does",
}  # fmt: skip
_PHRASES: tuple[tuple[set[str], set[str], str], ...] = (
    (
        {"over", "under", "otherwise"},
        {*_NAMES, "NUMBER", "-", "TEXT", "true", "false", "missing", "otherwise", "over", "under"},
        "a row such as `1 to 50: 5`",
    ),
    ({"NAME", "NUMBER", "(", "not"}, _OPERAND, "a condition"),
    ({"NAME", "NUMBER", "("}, _OPERAND - {"not"}, "a name or a value"),
    ({"NAME", "AGE", "("}, {*_NAMES, "AGE", "("}, "a name, or something in brackets"),
    ({"email", "integer", "one"}, _TYPES, "a type, such as `text` or `integer`"),
    ({"known", "TEXT"}, _PREDICATES | _VALUES | _TESTS, "a value, or a word such as `known`"),
    ({"known"}, _PREDICATES | _TESTS, "a word such as `known`"),
    ({"NUMBER", "TEXT", "DATE"}, _VALUES, "a value"),
    ({"NAME", "TEXT"}, {*_NAMES, "TEXT"}, "a name or a text in double quotes"),
    ({"NAME"}, _NAMES, "a name"),
    ({"NUMBER"}, {"NUMBER", "-"}, "a number"),
    ({"TEXT"}, {"TEXT"}, "a text in double quotes"),
    ({"DATE"}, {"DATE"}, "a date such as `2026-11-22`"),
    ({"REGEX"}, {"REGEX"}, "a pattern such as `/^vp/i`"),
    ({"days", "weeks"}, _UNITS, "`days`, `weeks`, `months` or `years`"),
    ({"=", "<", "is"}, _TESTS | _ARITHMETIC, "a comparison"),
)
_MOST = 6


def expected_words(kinds: set[str]) -> str:
    """`` `add` or `subtract` ``: what could stand here, in few words."""
    left = set(kinds)
    phrases: list[str] = []
    ends = "END" in left or left >= FILE_STATEMENTS - {"event"}
    if ends:
        left -= STATEMENTS | {"END"}
    elif {"when", "points", "rule"} <= left:
        left -= STATEMENTS
        phrases.append("a rule")
    for asked, covered, phrase in _PHRASES:
        if asked <= left:
            phrases.append(phrase)
            left -= covered
    # Where something else leads on, that a sum or a condition may go on is not worth a word.
    for goes_on in (_ARITHMETIC | {"."}, {"and", "or"}):
        if left - goes_on or phrases:
            left -= goes_on
    words = [f"`{kind}`" for kind in sorted(left, key=lambda kind: (kind[0].isalpha(), kind))]
    if len(words) > _MOST:
        words = words[:_MOST]
    if ends:
        words.append("the next statement")
    return either(phrases + words) if phrases + words else "something else"
