"""Tests of one text (or one list of texts): the answer for a value, and for many distinct values at once.

One home for both, so that the reference and the bins cannot mean different things.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from leadrules.meaning import emails, text
from leadrules.ruleset import At, Condition, Exactly, Includes, Known, Matches, TextIn, TextIs, TextTest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import polars as pl

MANY = 1_000
"""From so many texts on, a test is asked of their column: below that, to set it up costs more than it saves."""

PHRASES = 50
"""How many phrases one pattern takes, so that it never grows too large for its engine."""

_TESTS = {
    "contains": lambda folded, wanted: wanted in folded,
    "starts with": str.startswith,
    "ends with": str.endswith,
    "mentions": text.mentions,
}
_WORDS = {"lowercase": text.is_lowercase, "uppercase": text.is_uppercase, "numeric": text.is_numeric}


def is_true(test: Condition, value: Any, directory: emails.Directory) -> bool:
    """Whether a test is true of a known value: a text, or a tuple of texts for `Includes`."""
    match test:
        case TextIn(texts=texts):
            return text.fold(value) in texts
        case Exactly(text=wanted):
            return bool(value == wanted)
        case TextTest(test=kind, texts=texts):
            folded = text.fold(value)
            return any(_TESTS[kind](folded, wanted) for wanted in texts)
        case Includes(texts=texts):
            return any(text.fold(item) in texts for item in value)
        case Known():
            return bool(value)
        case Matches(pattern=pattern, ignore_case=ignore_case):
            return text.matches(value, pattern, ignore_case)
        case At(domains=domains):
            return emails.at(value, domains)
        case TextIs(word=word):
            known = _WORDS.get(word)
            return known(value) if known else bool(getattr(directory, word)(value))
    raise AssertionError(f"not a test of a text: {test}")


def truths(tests: Sequence[Condition], values: Sequence[Any], directory: emails.Directory) -> npt.NDArray[np.bool_]:
    """The answers of all tests for all values: a row for each value, a column for each test."""
    import numpy as np
    import polars as pl

    answers = np.zeros((len(values), len(tests)), dtype=bool)
    many = len(values) >= MANY
    members: dict[str, list[int]] = {}
    columns: dict[int, pl.Expr] = {}
    for place, test in enumerate(tests):
        if isinstance(test, Matches) or (many and isinstance(test, Exactly | TextTest)):
            columns[place] = _over_column(test)
        elif isinstance(test, TextIn):
            for wanted in test.texts:
                members.setdefault(wanted, []).append(place)
        else:
            answers[:, place] = [is_true(test, value, directory) for value in values]
    if columns:
        given = pl.DataFrame({"text": pl.Series(values, dtype=pl.String)})
        folded = given.with_columns(text.folded(pl.col("text")).alias("folded"))
        found = folded.select(column.alias(str(place)) for place, column in columns.items())
        answers[:, list(columns)] = found.to_numpy()
    if members:
        for row, value in enumerate(values):
            places = members.get(text.fold(value))
            if places is not None:
                answers[row, places] = True
    return answers


def _over_column(test: Matches | Exactly | TextTest) -> pl.Expr:
    """A test over a column `text`, of which `folded` is folded: what `is_true` says of each."""
    import polars as pl

    given, folded = pl.col("text"), pl.col("folded")
    match test:
        case Matches(pattern=pattern, ignore_case=ignore_case):
            return given.str.contains(text.full_pattern(pattern, ignore_case))
        case Exactly(text=wanted):
            return given == wanted
        case TextTest(test="mentions", texts=texts):
            some = (text.mention_pattern(*texts[at : at + PHRASES]) for at in range(0, len(texts), PHRASES))
            return _any(folded.str.contains(pattern) for pattern in some)
        case TextTest(test="contains", texts=texts):
            return _any([folded.str.contains_any(list(texts))] if texts else [])
        case TextTest(test="starts with", texts=texts):
            return _any(folded.str.starts_with(wanted) for wanted in texts)
        case TextTest(texts=texts):
            return _any(folded.str.ends_with(wanted) for wanted in texts)


def _any(tests: Iterable[pl.Expr]) -> pl.Expr:
    """True where one of them is; of none, false everywhere."""
    import polars as pl

    return pl.any_horizontal(pl.col("text").is_null(), *tests)
