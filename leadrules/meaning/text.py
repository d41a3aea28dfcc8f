"""What the language means by text: the one home of folding, trimming, words and patterns.

The same text must mean the same thing one lead at a time (Python) and over
columns (Polars), whose Unicode tables are of different age. The meaning is that
of the newer ones: lower-casing, normal form and classes of characters are those
of Unicode 17 as Polars has them. Python's own tables serve for every character
that they know; for the few that they do not, the answer is looked up in
`NEWER_CASES` or asked of Polars.

Questionable decision: a final sigma is a sigma, so that the lower-casing of a
text does not depend on what follows it, and a name ends like it begins.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

# Unicode's White_Space, and the byte-order mark that exports leave in cells.
# (Python's own strip also takes U+001C to U+001F.)
BLANKS = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)

# The same, in the syntax of patterns.
BLANK_CLASS = r"[\p{White_Space}\x{feff}]"

# What a word is made of, in the syntax of patterns: letters, marks and decimal digits.
WORD_CLASS = r"\p{L}\p{M}\p{Nd}"

# Lower-casings that came with Unicode 15 to 17: first code point, last, distance to the lower-case letter, step.
NEWER_CASES = (
    (0x1C89, 0x1C89, 1, 1),
    (0xA7CB, 0xA7CB, 0x264 - 0xA7CB, 1),
    (0xA7CC, 0xA7CE, 1, 2),
    (0xA7D2, 0xA7D4, 1, 2),
    (0xA7DA, 0xA7DA, 1, 1),
    (0xA7DC, 0xA7DC, 0x19B - 0xA7DC, 1),
    (0x10D50, 0x10D65, 0x20, 1),
    (0x16EA0, 0x16EB8, 0x1B, 1),
)

# Characters of Unicode 15 to 17 that a normal form composes or reorders.
_NEWER_NORMAL = re.compile(
    "[\u0897\u1acf-\u1add\u1ae0-\u1aeb\U000105c9\U000105d2\U000105da\U000105e4\U00010d69-\U00010d6d"
    "\U00010efa\U00010efb\U00010efd-\U00010eff\U00011382-\U00011385\U0001138b\U0001138e\U00011390\U00011391"
    "\U000113b8\U000113bb\U000113c2\U000113c5\U000113c7-\U000113c9\U000113ce-\U000113d0\U00011f41\U00011f42"
    "\U0001611e-\U00016129\U0001612f\U00016d63\U00016d67-\U00016d6a\U0001e08f\U0001e4ec-\U0001e4ef"
    "\U0001e5ee\U0001e5ef\U0001e6e3\U0001e6e6\U0001e6ee\U0001e6ef\U0001e6f5]"
)

_BLANK_RUN = re.compile(f"[{BLANKS}]+")
_CATEGORIES = ("Lo", "Ll", "Lu", "Lm", "Lt", "Mn", "Mc", "Me", "Nd")
_PATTERN_SIGNS = frozenset(r"\.+*?()|[]{}^$#&-~")


# -------------------------------------------------------------- whole texts


def normal(text: str) -> str:
    """NFC, the form in which texts are compared and written."""
    if text.isascii():
        return text
    if _NEWER_NORMAL.search(text):
        return _normal_by_polars(text)
    return unicodedata.normalize("NFC", text)


def trim(text: str) -> str:
    """Without the blanks around it."""
    return text.strip(BLANKS)


def fold(text: str) -> str:
    """The form in which texts are compared ignoring case: NFC, lower-cased. `ß` stays `ß`."""
    if text.isascii():
        return text.lower()
    return normal(normal(text).translate(_newer_cases()).lower().replace("ς", "σ"))


def folded(column: pl.Expr) -> pl.Expr:
    """`fold` over a column of text in normal form, as all values are."""
    lower = column.str.to_lowercase().str.replace_all("ς", "σ", literal=True)
    return lower.str.normalize("NFC")


def is_whole(text: str) -> bool:
    """Whether every character is one (broken JSON escapes leave half a pair, which no file can hold)."""
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


# -------------------------------------------------------------------- words


def mentions(folded_text: str, folded_phrase: str) -> bool:
    """Whether the phrase stands in the text as whole words: no letter, mark or digit right before or after it.

    A run of blanks counts as one blank, in both. An empty phrase is never mentioned.
    """
    text = single_blanks(folded_text)
    phrase = single_blanks(folded_phrase).strip(" ")
    start = text.find(phrase) if phrase else -1
    while start >= 0:
        end = start + len(phrase)
        before, after = text[start - 1 : start], text[end : end + 1]
        if not any(map(is_word_character, before + after)):
            return True
        start = text.find(phrase, start + 1)
    return False


def single_blanks(text: str) -> str:
    """The text with a plain blank for each run of blanks."""
    return _BLANK_RUN.sub(" ", text)


def mention_pattern(*folded_phrases: str) -> str:
    """The pattern that is found in a folded text exactly where `mentions` is true of one of the phrases."""
    split = [_BLANK_RUN.split(trim(phrase)) for phrase in folded_phrases]
    phrases = [rf"{BLANK_CLASS}+".join(map(_literal_pattern, words)) for words in split if words != [""]]
    if not phrases:
        return r"[^\s\S]"
    return rf"(?:^|[^{WORD_CLASS}])(?:{'|'.join(phrases)})(?:$|[^{WORD_CLASS}])"


def any_of(texts: Iterable[str]) -> str:
    """The pattern of one of these texts."""
    return f"(?:{'|'.join(map(_literal_pattern, texts))})"


def is_lowercase(text: str) -> bool:
    """Whether it has a letter with case, and all such letters are lower-case."""
    return _cases(text) == {"Ll"}


def is_uppercase(text: str) -> bool:
    """Whether it has a letter with case, and all such letters are upper-case."""
    return _cases(text) == {"Lu"}


def is_numeric(text: str) -> bool:
    """Whether it is one or more of 0 to 9."""
    return text.isascii() and text.isdigit()


def _cases(text: str) -> set[str]:
    return {_category(char) for char in text} & {"Lu", "Ll", "Lt"}


# ----------------------------------------------------------------- patterns


@lru_cache(maxsize=4096)
def matches(text: str, pattern: str, ignore_case: bool = False) -> bool:
    """Whether the pattern is found in the text, by the engine that columns use."""
    import polars as pl

    return bool(pl.Series([text]).str.contains(full_pattern(pattern, ignore_case)).item())


def full_pattern(pattern: str, ignore_case: bool) -> str:
    """The pattern with its `i` written into it."""
    return f"(?i){pattern}" if ignore_case else pattern


def pattern_problem(pattern: str) -> str | None:
    """What is wrong with a pattern, in the words of its engine (many lines); None for a good one."""
    import polars as pl

    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.PolarsError as error:
        return str(error)
    return None


def _literal_pattern(text: str) -> str:
    return "".join(f"\\{char}" if char in _PATTERN_SIGNS else char for char in text)


# ------------------------------------------- characters that Python may not know


@lru_cache(maxsize=4096)
def _category(char: str) -> str:
    """Unicode's category of a letter, mark or digit; any other answer is none of these."""
    category = unicodedata.category(char)
    if category != "Cn":
        return category
    return next((one for one in _CATEGORIES if matches(char, rf"\p{{{one}}}")), "Cn")


def is_word_character(char: str) -> bool:
    """Whether a character is a letter, a mark or a decimal digit, as a word is made of."""
    if char.isascii():
        return char.isalnum()
    category = _category(char)
    return category[0] in "LM" or category == "Nd"


@cache
def _newer_cases() -> dict[int, int]:
    """The lower-casings that this Python may not know, as `str.translate` takes them."""
    return {
        point: point + distance for first, last, distance, step in NEWER_CASES for point in range(first, last + 1, step)
    }


@lru_cache(maxsize=4096)
def _normal_by_polars(text: str) -> str:
    import polars as pl

    return str(pl.Series([text]).str.normalize("NFC").item())
