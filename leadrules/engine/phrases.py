"""Tests of text made ready for the kernel: all phrases that a column is asked for, found in one pass over its texts.

Texts of ASCII alone only; phrases with any other character are in none of them. `phrases.c`
says how the tables are read. Tests of other kinds, and those of an empty phrase,
are left to `leadrules.engine.text_columns`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from leadrules.meaning.text import BLANKS, is_word_character, single_blanks
from leadrules.ruleset import At, Condition, TextIn, TextTest

TESTS = 64
"""Tests asked at a time: a bit for each."""

_WORD_BEFORE, _WORD_AFTER, _AT_START, _AT_END, _ANY_BLANKS, _AFTER_AT_SIGN = (1 << bit for bit in range(6))
_IN_A_WORD, _BLANK = 1, 2
_HOW = {
    "contains": 0,
    "starts with": _AT_START,
    "ends with": _AT_END,
    "mentions": _WORD_BEFORE | _WORD_AFTER | _ANY_BLANKS,
}
_CHARACTERS = {chr(point) for point in range(128)}
_ASCII_BLANKS = _CHARACTERS & set(BLANKS)
# By byte; those of 128 and above are of no text that counts.
_LOWER, _KINDS = np.zeros((2, 256), dtype=np.uint8)
for _sign in _CHARACTERS:
    _LOWER[ord(_sign)] = ord(_sign.lower())
    _KINDS[ord(_sign)] = _IN_A_WORD * is_word_character(_sign) + _BLANK * (_sign in BLANKS)

Tables = Sequence[npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Up to `TESTS` tests, by their places among all, and the kernel's tables of their phrases."""

    places: Sequence[int]
    tables: Tables


@lru_cache(maxsize=64)
def asked(tests: tuple[Condition, ...]) -> Sequence[Asked]:
    """The tests that the kernel can be asked, in as few passes as can be."""
    phrases = {place: found for place, test in enumerate(tests) if (found := _phrases(test)) is not None}
    places = list(phrases)
    groups = [places[start : start + TESTS] for start in range(0, len(places), TESTS)]
    return [Asked(group, _tables([phrases[place] for place in group])) for group in groups]


def _phrases(test: Condition) -> list[tuple[str, int]] | None:
    """A test as phrases of ASCII and how one of them is to stand in a text; None for a test of another sort."""
    match test:
        case TextIn(texts=texts):
            found = [(one, _AT_START | _AT_END) for one in texts]
        case TextTest(test="mentions", texts=texts):
            trimmed = (single_blanks(one).strip(" ") for one in texts)
            found = [(one, _HOW["mentions"]) for one in trimmed if one]
        case TextTest(test=kind, texts=texts):
            found = [(one, _HOW[kind]) for one in texts]
        case At(domains=domains):
            some = [one for one in domains if one and "@" not in one]
            found = [(f"@{one}", _AT_END) for one in some] + [(f".{one}", _AT_END | _AFTER_AT_SIGN) for one in some]
        case _:
            return None
    return [one for one in found if one[0].isascii()] if all(phrase for phrase, _ in found) else None


def _tables(tests: Sequence[Sequence[tuple[str, int]]]) -> Tables:
    """What `ask_texts` of `phrases.c` takes: begins, begin, begin_at_start, chain, phrases, letters, lower, kinds."""
    letters = ""
    phrases: list[tuple[int, int, int, int]] = []
    lists: tuple[dict[int, list[int]], dict[int, list[int]]] = {}, {}
    for bit, found in enumerate(tests):
        for phrase, how in found:
            for pair in _pairs(phrase, how):
                lists[bool(how & _AT_START)].setdefault(pair, []).append(len(phrases))
            phrases.append((len(letters), len(phrase), how, bit))
            letters += phrase
    chain = [-1]
    begins = []
    for listed in lists:
        begin = np.zeros(128 * 256, dtype=np.int32)
        for pair, members in listed.items():
            begin[pair] = len(chain)
            chain += [*members, -1]
        begins.append(begin)
    marks = np.zeros(256 * 256, dtype=np.uint8)
    marks[: len(begins[0])] = begins[0] > 0
    return (
        marks, *begins, np.array(chain, dtype=np.int32),
        np.array(phrases, dtype=np.int64).reshape(-1, 4),
        np.frombuffer(letters.encode() or b"\0", dtype=np.uint8), _LOWER, _KINDS,
    )  # fmt: skip


def _pairs(phrase: str, how: int) -> Iterator[int]:
    """What the first two characters of the phrase can be in a text."""
    seconds = {phrase[1], phrase[1].upper()} if len(phrase) > 1 else _CHARACTERS
    if how & _ANY_BLANKS and phrase[1:2] == " ":
        seconds = _ASCII_BLANKS
    for first in {phrase[0], phrase[0].upper()}:
        yield from (ord(first) + 256 * ord(second) for second in seconds)
