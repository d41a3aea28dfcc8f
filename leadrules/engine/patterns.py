"""All contributions of every lead, as texts: each lead's as a pattern of bits, eight of which are one text.

Whatever bins alone decide comes in one order for all leads, the strongest first
(`leadrules.engine.ranks`). So what a lead is told is a row of bits in that order, found by
look-ups in tables over joint bins; and as eight bits can say only 256 things,
these are put together beforehand.

Questionable decision: the kernel writes texts into memory that becomes a column by
way of pyarrow, which is loaded for nothing else. Copying is all that is left then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from leadrules import kernel
from leadrules.bins import Mask
from leadrules.engine.block import Block
from leadrules.engine.points import STRIP
from leadrules.engine.tables import Layout, Tables

_WORD, _BYTE = 64, 8


class Patterns:
    """The contributions that bins decide, in their order, for one layout of tables."""

    def __init__(self, tables: Tables, layout: Layout, ranks: Mapping[tuple[int, int], int], texts: Mapping[int, str]):
        """`ranks` are those of a rule's position and points, from 1 for the weakest; `texts` are by rank."""
        self._sizes = layout.sizes
        self._count = len(ranks)
        by_rule: dict[int, list[tuple[int, int]]] = {}
        for (position, points), rank in ranks.items():
            by_rule.setdefault(position, []).append((points, self._count - rank))
        self._tables = [(table.axes, self._words(tables, table.axes, table.rules, by_rule)) for table in layout.tables]
        inorder = [texts[rank] for rank in range(self._count, 0, -1)]
        self._texts = [_every(inorder[start : start + _BYTE]) for start in range(0, self._count, _BYTE)]

    def _words(
        self, tables: Tables, axes: tuple[int, ...], rules: Sequence[int], by_rule: Mapping[int, list[tuple[int, int]]]
    ) -> dict[int, npt.NDArray[np.uint64]]:
        """For each word in which rules of a table have bits, these bits in each joint bin."""
        words: dict[int, npt.NDArray[np.uint64]] = {}
        for position in rules:
            own = tables.plan.rules[position].axes
            points = tables.rule(position, tuple(self._sizes[axis] for axis in own))
            shape = [self._sizes[axis] if axis in own else 1 for axis in axes]
            for value, place in by_rule.get(position, ()):
                word, bit = divmod(place, _WORD)
                if word not in words:
                    words[word] = np.zeros(tuple(self._sizes[axis] for axis in axes), dtype=np.uint64)
                words[word] |= ((points == value).astype(np.uint64) << np.uint64(bit)).reshape(shape)
        return {word: bits.ravel() for word, bits in words.items()}

    def of(self, block: Block) -> Iterator[pl.Series]:
        """What every lead is told, in pieces of up to eight reasons: null where it has none of these."""
        for texts, codes in zip(self._texts, self._codes(block), strict=True):
            yield texts.gather(pl.Series(codes.astype(np.uint32)))

    def written(self, block: Block, verdicts: Sequence[tuple[str, Mask]], scored: Mask) -> pl.Series | None:
        """The same as one text a lead, after verdicts; of leads that are not `scored`, verdicts alone.

        The kernel writes it, in half the time that texts take to be put together; None where there is none.
        """
        if kernel.KERNEL is None:
            return None
        codes = [mask.astype(np.uint8) for _, mask in verdicts] + list(self._codes(block, scored))
        before, first = _spelled([pl.Series([None, text], dtype=pl.String) for text, _ in verdicts])
        after, rest = self._spelled
        ends, told = kernel.KERNEL.told(block.rows, codes, np.concatenate([before, after + len(first)]), first + rest)
        return _column(ends, told)

    @cached_property
    def _spelled(self) -> tuple[npt.NDArray[np.int64], bytes]:
        return _spelled(self._texts)

    def _codes(self, block: Block, scored: Mask | None = None) -> Iterator[npt.NDArray[np.uint8]]:
        """Each lead's pattern of every eight reasons: none for leads that are not `scored`."""
        bits = np.zeros((-(-self._count // _WORD), block.rows), dtype="<u8")
        places, wide = np.empty(STRIP, dtype=np.uint16), np.empty(STRIP, dtype=np.intp)
        for start in range(0, block.rows, STRIP):
            held = bits[:, start : start + STRIP]
            part = slice(0, held.shape[1])
            for axes, words in self._tables:
                if words:
                    wide[part] = block.put_index(axes, places[part], slice(start, start + held.shape[1]))
                for word, table in words.items():
                    held[word] |= table.take(wide[part], mode="clip")
        if scored is not None and not scored.all():
            bits *= scored
        for place in range(len(self._texts)):
            word, byte = divmod(place, _WORD // _BYTE)
            yield bits[word].view(np.uint8).reshape(-1, _WORD // _BYTE)[:, byte]


def _spelled(pieces: Sequence[pl.Series]) -> tuple[npt.NDArray[np.int64], bytes]:
    """Texts by pattern, one after the other, and where each starts: a row of 257 places for every piece.

    A separator ends each of them.
    """
    lengths = np.zeros((len(pieces), 257), dtype=np.int64)
    for place, texts in enumerate(pieces):
        lengths[place, 1 : len(texts) + 1] = (texts.str.len_bytes() + 2).fill_null(0).to_numpy()
    starts = lengths.cumsum().reshape(lengths.shape)
    return starts, "".join(f"{text}; " for texts in pieces for text in texts.drop_nulls()).encode()


def _column(ends: npt.NDArray[np.int64], told: npt.NDArray[np.uint8]) -> pl.Series:
    """Texts that lie one after the other as a column; null for empty ones."""
    import pyarrow as pa

    known = np.packbits(ends[1:] > ends[:-1], bitorder="little")
    array = pa.LargeStringArray.from_buffers(len(ends) - 1, *map(pa.py_buffer, (ends, told, known)))
    return pl.Series(pl.from_arrow(array))


def _every(texts: Sequence[str]) -> pl.Series:
    """All that some reasons can say together: by pattern of bits, the first reason being the lowest."""
    said: list[Any] = [None]
    for bit, text in enumerate(texts):
        said += [text if before is None else f"{before}; {text}" for before in said[: 1 << bit]]
    return pl.Series(said, dtype=pl.String)
