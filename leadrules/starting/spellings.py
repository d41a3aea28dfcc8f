"""Texts that people and programs write where nothing was said.

Some mean nothing wherever they stand; others may be a value (`NA` is Namibia,
`None` is an answer), and count as missing only where the rest of their column
are numbers, dates or the like.
"""

from __future__ import annotations

import re

from leadrules.meaning.text import fold

_CERTAIN = frozenset(
    "n/a #n/a n.a. null (null) [null] \\n undefined #null! #value! #ref! #div/0! #name? (blank) (empty) [blank]".split()
    + ["-none-", "--none--", "(not set)", "not set", "not provided", "not specified", "not available", "not applicable"]
)
_CERTAIN_FORM = re.compile(
    r"[-–—]{1,4}|\.{3}|…|[-–—\[(<]*\s*(?:please\s+)?select(?:\s+(?:one|an?\s+\w+|\w+))?\s*(?:\.{3}|…)?\s*[-–—\])>]*"
)
_DOUBTFUL = frozenset(
    ["none", "unknown", "na", "nan", "nil", "?", "??", "???", "tbd", "missing", "not known", "no data"]
)
_LONGEST = 30


def means_nothing(text: str) -> bool:
    """Whether a text means that nothing was said, whatever its column."""
    folded = fold(text) if len(text) <= _LONGEST else ""
    return bool(folded) and (folded in _CERTAIN or _CERTAIN_FORM.fullmatch(folded) is not None)


def may_mean_nothing(text: str) -> bool:
    """Whether a text means that nothing was said, or is a value: its column decides."""
    return len(text) <= _LONGEST and fold(text) in _DOUBTFUL
