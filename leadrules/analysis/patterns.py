"""A few texts in which a pattern is found, tried by those who need an example of a text.

They are only guesses: whoever uses one asks the language whether the pattern is
found in it. Python's own parser of patterns reads most of what Rust's does.
"""

from __future__ import annotations

import re._constants as codes  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

MOST = 12


def samples(pattern: str) -> list[str]:
    """Texts that should match; none where the pattern is beyond this reader."""
    try:
        parsed = parser.parse(_as_python(pattern))
    except Exception:  # whatever this reader stumbles over, the language has accepted it
        return []
    return list(dict.fromkeys(islice(_sequence(list(parsed)), MOST)))


def _as_python(pattern: str) -> str:
    for rust, python in ((r"\p{Lu}", "[A-Z]"), (r"\p{L}", "[a-z]"), ("[:alpha:]", "a-z"), ("[:digit:]", "0-9")):
        pattern = pattern.replace(rust, python)
    return pattern


def _sequence(parts: list[Any]) -> Iterator[str]:
    return ("".join(one) for one in product(*(list(islice(_part(*part), 3)) for part in parts)))


def _part(code: Any, value: Any) -> Iterator[str]:
    if code is codes.LITERAL:
        yield chr(value)
    elif code is codes.NOT_LITERAL:
        yield "b" if value == ord("a") else "a"
    elif code is codes.ANY:
        yield from ("a", "1", " ")
    elif code is codes.IN:
        yield from _among(value)
    elif code is codes.BRANCH:
        for branch in value[1]:
            yield from islice(_sequence(list(branch)), 2)
    elif code is codes.SUBPATTERN:
        yield from _sequence(list(value[-1]))
    elif code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        low, high, inner = value
        for count in dict.fromkeys((low, min(low + 1, high))):
            for one in islice(_sequence(list(inner)), 2):
                yield one * count
    else:
        yield ""


_CATEGORIES = {
    codes.CATEGORY_DIGIT: "1",
    codes.CATEGORY_NOT_DIGIT: "a",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_NOT_SPACE: "a",
    codes.CATEGORY_WORD: "a",
    codes.CATEGORY_NOT_WORD: "-",
}


def _among(items: list[Any]) -> Iterator[str]:
    if items and items[0][0] is codes.NEGATE:
        barred = "".join(_among(items[1:]))
        yield from (one for one in "a1 -A" if one not in barred)
        return
    for code, value in items:
        if code is codes.LITERAL:
            yield chr(value)
        elif code is codes.RANGE:
            yield chr(value[0])
            yield chr(value[1])
        elif code is codes.CATEGORY:
            yield _CATEGORIES.get(value, "a")
