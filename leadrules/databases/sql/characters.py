"""Sets of characters, written out as ranges, so that a pattern means one thing whatever tables a database has.

What `\\d`, `[^a-z]` or `(?i)k` stand for is asked of the engine that gives patterns their meaning,
once over all characters there are; a database then gets ranges and nothing to interpret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

Ranges = tuple[tuple[int, int], ...]

LAST = 0x10FFFF
ASCII: Ranges = ((0, 0x7F),)


@cache
def every_character() -> pl.Series:
    """Every character, in order; halves of pairs are none."""
    import polars as pl

    return pl.Series([chr(point) for point in range(LAST + 1) if not 0xD800 <= point <= 0xDFFF])


@cache
def matching(pattern: str) -> Ranges:
    """The characters that a pattern for one character matches, as ranges of code points."""
    matched = every_character().str.contains(f"^(?:{pattern})\\z").arg_true().to_list()
    return ranges_of(position if position < 0xD800 else position + 0x800 for position in matched)


def ranges_of(points: Iterable[int]) -> Ranges:
    """Rising code points as ranges; the halves of pairs, which are no characters, interrupt none."""
    found: list[list[int]] = []
    for point in points:
        if found and (point == found[-1][1] + 1 or (found[-1][1] == 0xD7FF and point == 0xE000)):
            found[-1][1] = point
        else:
            found.append([point, point])
    return tuple((first, last) for first, last in found)


def without(ranges: Ranges, removed: Ranges) -> Ranges:
    """The characters of the one that are not in the other; ranges rise in both."""
    left: list[tuple[int, int]] = []
    place = 0
    for first, last in ranges:
        while place < len(removed) and removed[place][1] < first:
            place += 1
        at = place
        while first <= last and at < len(removed) and removed[at][0] <= last:
            if removed[at][0] > first:
                left.append((first, removed[at][0] - 1))
            first = max(first, removed[at][1] + 1)
            at += 1
        if first <= last:
            left.append((first, last))
    return tuple(left)


def within(ranges: Ranges, whole: Ranges) -> bool:
    """Whether every character of the one is in the other."""
    return not without(ranges, whole)


@cache
def lower_cased() -> tuple[str, str]:
    """Characters beyond ASCII that folding changes one for one, and what each becomes."""
    import polars as pl

    from leadrules.meaning.text import folded

    every = pl.DataFrame({"char": every_character()[0x80:]})
    changed = every.select(
        "char", folded(pl.col("char")).alias("low"), pl.col("char").str.normalize("NFC").alias("one")
    )
    changed = changed.filter(pl.col("low") != pl.col("one"), pl.col("low", "one").str.len_chars() == 1)
    return "".join(changed["char"]), "".join(changed["low"])


def written(ranges: Ranges, escape: Callable[[int], str], but: bool = False) -> str:
    """A class of characters, or of all but them, for a pattern: `[0-9\\x{B2}]`."""
    inner = "".join(
        _sign(first, escape) if first == last else f"{_sign(first, escape)}-{_sign(last, escape)}"
        for first, last in ranges
    )
    return f"[{'^' if but else ''}{inner}]"


def _sign(point: int, escape: Callable[[int], str]) -> str:
    char = chr(point)
    return char if char.isascii() and char.isalnum() else escape(point)
