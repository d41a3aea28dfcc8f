"""Tests of text, asked of a whole column: of each text what `leadrules.meaning.text_tests` says of it.

Questionable decision: a text of nothing but ASCII is not folded. It is asked as it is,
ignoring case, which is the same there and takes a fraction of the time: what
is not ASCII itself is in no such text. Texts with any other character
are folded first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from leadrules import kernel
from leadrules.engine.email_columns import Addresses
from leadrules.engine.memory import texts_hold_themselves, texts_in_memory
from leadrules.engine.phrases import asked
from leadrules.meaning import text
from leadrules.ruleset import At, Condition, Exactly, Known, Matches, TextIn, TextIs, TextTest

if TYPE_CHECKING:
    from leadrules.meaning.emails import Directory

Mask = npt.NDArray[np.bool_]

PHRASES = 50
"""How many phrases one pattern takes, so that it never grows too large for its engine."""

_TEXT = pl.col("text")
_WORDS: dict[str, pl.Expr] = {
    "lowercase": _TEXT.str.contains(r"\p{Ll}") & ~_TEXT.str.contains(r"[\p{Lu}\p{Lt}]"),
    "uppercase": _TEXT.str.contains(r"\p{Lu}") & ~_TEXT.str.contains(r"[\p{Ll}\p{Lt}]"),
    "numeric": _TEXT.str.contains("^[0-9]+$"),
}


def truths_over(tests: Sequence[Condition], texts: pl.Series, directory: Directory) -> list[Mask]:
    """The answers of each test for all texts of a column; anything for a null."""
    answers: list[Mask] = [np.empty(0, dtype=bool)] * len(tests)
    left, odd = dict(enumerate(tests)), None
    if kernel.KERNEL is not None and texts_hold_themselves() and len(texts):
        memory = texts_in_memory(texts)
        for some in asked(tuple(tests)):
            found, odd = kernel.KERNEL.ask_texts(memory, some.tables)
            for bit, place in enumerate(some.places):
                answers[place] = (found & np.uint64(1 << bit)).astype(bool)
                del left[place]
    if left:
        odd = not_ascii(texts)
        for place, one in zip(left, _asked(list(left.values()), texts, directory, ascii_only=True), strict=True):
            answers[place] = one
    if odd is not None and odd.any():
        rows = np.flatnonzero(odd)
        for every, of_rows in zip(answers, _asked(tests, texts.gather(rows), directory, ascii_only=False), strict=True):
            every[rows] = of_rows
    return answers


def not_ascii(texts: pl.Series) -> Mask:
    """Which texts of a column have a character that is not ASCII."""
    return (texts.str.len_bytes() != texts.str.len_chars()).fill_null(False).to_numpy()


def folded(texts: pl.Series) -> pl.Series:
    """`text.fold` of every text of a column, which are in normal form."""
    rows = np.flatnonzero(not_ascii(texts))
    if len(rows) == len(texts):
        return texts.to_frame("text").select(text.folded(_TEXT)).to_series()
    lower = texts.str.to_lowercase()
    return lower.scatter(rows, folded(texts.gather(rows))) if len(rows) else lower


def places_among(texts: pl.Series, wanted: Sequence[str]) -> npt.NDArray[np.int32]:
    """Where each text of a column, folded, is among some that are folded, each another; their number if nowhere."""
    lengths = [len(one) for one in wanted if one.isascii()]
    may_stand = np.zeros(max(lengths, default=0) + 2, dtype=bool)
    may_stand[lengths] = True
    sizes = texts.str.len_bytes().fill_null(len(may_stand)).to_numpy()
    rows = np.flatnonzero(may_stand.take(sizes, mode="clip") | not_ascii(texts))
    places = np.full(len(texts), len(wanted), dtype=np.int32)
    found = folded(texts.gather(rows)).cast(pl.Enum(wanted), strict=False).to_physical().cast(pl.Int32)
    places[rows] = found.fill_null(len(wanted)).to_numpy()
    return places


def _asked(tests: Sequence[Condition], texts: pl.Series, directory: Directory, ascii_only: bool) -> list[Mask]:
    """The answers for texts of ASCII alone (anything for others), or for any texts."""
    frame, ignoring_case = texts.to_frame("text"), _TEXT
    if not ascii_only and any(isinstance(test, TextTest | At) for test in tests):
        frame, ignoring_case = frame.with_columns(text.folded(_TEXT).alias("folded")), pl.col("folded")
    addresses = Addresses(texts, directory, ascii_only)
    columns: dict[int, pl.Expr] = {}
    members: dict[int, frozenset[str]] = {}
    answers = [np.empty(0, dtype=bool)] * len(tests)
    for place, test in enumerate(tests):
        match test:
            case Matches(pattern=pattern, ignore_case=ignore_case):
                columns[place] = _TEXT.str.contains(text.full_pattern(pattern, ignore_case))
            case Exactly(text=whole):
                columns[place] = _TEXT.eq(whole)
            case Known():
                columns[place] = _TEXT != ""
            case TextIs(word=word) if word in _WORDS:
                columns[place] = _WORDS[word]
            case TextIs(word=word):
                answers[place] = addresses.are(word)
            case TextTest(test=kind, texts=phrases):
                # Any blank stands for any other where whole words are meant.
                phrases = tuple(map(text.single_blanks, phrases)) if kind == "mentions" else phrases
                columns[place] = _FOUND[kind](ignoring_case, _askable(phrases, ascii_only), ascii_only)
            case At(domains=domains):
                columns[place] = _at(ignoring_case, _askable(sorted(domains), ascii_only), ascii_only)
            case TextIn(texts=wanted_texts):
                members[place] = wanted_texts
            case _:
                raise AssertionError(f"not a test of a text: {test}")
    if columns:
        found = frame.with_columns(column.fill_null(False).alias(str(place)) for place, column in columns.items())
        for place in columns:
            answers[place] = found[str(place)].to_numpy(writable=True)
    if members:
        every_text = sorted(frozenset().union(*members.values()))
        places = places_among(texts, every_text)
        for place, some in members.items():
            answers[place] = np.array([*(one in some for one in every_text), False]).take(places)
    return answers


def _askable(phrases: Iterable[str], ascii_only: bool) -> list[str]:
    return [phrase for phrase in phrases if not ascii_only or phrase.isascii()]


def _contains(texts: pl.Expr, phrases: Sequence[str], ascii_only: bool) -> pl.Expr:
    return texts.str.contains_any(list(phrases), ascii_case_insensitive=ascii_only) if phrases else pl.lit(False)


def _mentions(texts: pl.Expr, phrases: Sequence[str], ascii_only: bool) -> pl.Expr:
    return _matches(texts, phrases, ascii_only, lambda some: text.mention_pattern(*some))


def _starts_with(texts: pl.Expr, phrases: Sequence[str], ascii_only: bool) -> pl.Expr:
    return _matches(texts, phrases, ascii_only, lambda some: f"^{text.any_of(some)}")


def _ends_with(texts: pl.Expr, phrases: Sequence[str], ascii_only: bool) -> pl.Expr:
    return _matches(texts, phrases, ascii_only, lambda some: f"{text.any_of(some)}$")


def _at(texts: pl.Expr, domains: Sequence[str], ascii_only: bool) -> pl.Expr:
    """At one of these domains or below it: what stands after the last `@` is one, or ends with a dot and one."""
    some = [domain for domain in domains if domain and "@" not in domain]
    at_sign = texts.str.contains("@", literal=True)
    return at_sign & _matches(texts, some, ascii_only, lambda some: f"[@.]{text.any_of(some)}$")


def _matches(
    texts: pl.Expr, phrases: Sequence[str], ascii_only: bool, pattern: Callable[[Sequence[str]], str]
) -> pl.Expr:
    """Whether a pattern made of some of the phrases is found."""
    patterns = [pattern(phrases[start : start + PHRASES]) for start in range(0, len(phrases), PHRASES)]
    found = [texts.str.contains(text.full_pattern(one, ascii_only)) for one in patterns]
    return pl.any_horizontal(found) if found else pl.lit(False)


_FOUND = {"contains": _contains, "mentions": _mentions, "starts with": _starts_with, "ends with": _ends_with}
