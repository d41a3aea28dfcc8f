"""Texts that are surely their own normal form, for databases that cannot make one.

NFC leaves a text alone unless a character of it changes by itself, may join the one before it (Unicode's quick
check says No or Maybe), or two marks stand in another order than the canonical one. The first two are classes of
characters; of the third, two marks side by side are taken for out of order, save a vowel sign with a tone sign
behind it, which Thai and Lao write in every other word.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from leadrules.databases.sql.characters import Ranges, every_character, ranges_of, without

_LAST_MARK = "\u0345"
"""The mark that every other goes before."""
SIGNS: tuple[tuple[Ranges, Ranges], ...] = (
    (((0xE38, 0xE39),), ((0xE48, 0xE4B),)),
    (((0xEB8, 0xEB9),), ((0xEC8, 0xECB),)),
)
"""Vowel signs, and the tone signs that stand behind them."""
_DOTTED_I: Ranges = ((0x130, 0x130),)
"""In lower case it ends with a mark of its own."""


@cache
def unstable() -> tuple[Ranges, Ranges]:
    """Characters that NFC changes or may join to others, and all other marks that it may move."""
    import polars as pl

    frame = pl.DataFrame({"char": every_character()}).with_columns(
        pl.col("char").str.normalize("NFC").alias("joined"),
        pl.col("char").str.normalize("NFD").alias("apart"),
        (_LAST_MARK + pl.col("char")).str.normalize("NFD").alias("behind"),
    )
    changed = frame.filter(pl.col("char") != pl.col("joined"))["char"].to_list()
    composed = frame.filter((pl.col("char") == pl.col("joined")) & (pl.col("char") != pl.col("apart")))
    seconds = composed["apart"].str.tail(1).unique().to_list()
    moved = frame.filter(pl.col("behind") != _LAST_MARK + pl.col("apart"))["char"].to_list()
    first = ranges_of(sorted({ord(char) for char in (*changed, *seconds)}))
    return first, without(ranges_of(sorted(map(ord, moved))), first)


def unstable_pattern(characters: Callable[[Ranges], str]) -> str:
    """A pattern that is found in every text that NFC would change, written with a dialect's `characters`."""
    odd, marks = unstable()
    rest = marks
    parts = [characters(odd)]
    for vowels, tones in SIGNS:
        parts.append(characters(vowels) + characters(without(marks, tones)))
        rest = without(rest, vowels)
    leading = tuple(sorted((*rest, *_DOTTED_I)))
    return "|".join([*parts, characters(leading) + characters(marks)])
