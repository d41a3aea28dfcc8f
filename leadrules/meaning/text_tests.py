"""Tests of one text, or one list of texts: the answer for a value, and for many at once.

Many are asked as a column (`leadrules.engine.text_columns`), which says of each what is said here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from leadrules.meaning import emails, text
from leadrules.ruleset import At, Condition, Exactly, Includes, Known, Matches, TextIn, TextIs, TextTest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MANY = 1_000
"""From so many texts on, a test is asked of their column: below that, to set it up costs more than it saves."""

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

    from leadrules.engine.text_columns import truths_over

    answers = np.zeros((len(values), len(tests)), dtype=bool)
    over = [place for place, test in enumerate(tests) if isinstance(test, Matches) or len(values) >= MANY]
    if not values or isinstance(values[0], tuple):
        over = []
    if over:
        found = truths_over([tests[place] for place in over], pl.Series(values, dtype=pl.String), directory)
        answers[:, over] = np.stack(found, axis=1)
    members: dict[str, list[int]] = {}
    for place in set(range(len(tests))).difference(over):
        test = tests[place]
        if isinstance(test, TextIn):
            for wanted in test.texts:
                members.setdefault(wanted, []).append(place)
        else:
            answers[:, place] = [is_true(test, value, directory) for value in values]
    if members:
        for row, value in enumerate(values):
            places = members.get(text.fold(value))
            if places is not None:
                answers[row, places] = True
    return answers
