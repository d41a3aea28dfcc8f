"""Tests of one text (or one list of texts): the answer for a value, and for many distinct values at once.

One home for both, so that the reference and the bins cannot mean different things.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from leadrules.meaning import emails, text
from leadrules.ruleset import At, Condition, Exactly, Includes, Known, Matches, TextIn, TextIs, TextTest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

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
    members: dict[str, list[int]] = {}
    for column, test in enumerate(tests):
        if isinstance(test, TextIn):
            for wanted in test.texts:
                members.setdefault(wanted, []).append(column)
        elif isinstance(test, Matches):
            pattern = text.full_pattern(test.pattern, test.ignore_case)
            answers[:, column] = pl.Series(values, dtype=pl.String).str.contains(pattern).to_numpy()
        else:
            answers[:, column] = [is_true(test, value, directory) for value in values]
    if members:
        for row, value in enumerate(values):
            columns = members.get(text.fold(value))
            if columns is not None:
                answers[row, columns] = True
    return answers
