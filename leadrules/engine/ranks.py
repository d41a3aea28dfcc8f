"""The strongest contributions of every lead, as ranks.

Whatever bins alone decide is known beforehand: each rule can give a few numbers of
points, and which of two such contributions comes first as a reason is the same
for every lead. So all of them are ranked once, and the K strongest of a lead are
the K largest of its ranks: small whole numbers, of which a table over joint bins
keeps the K largest a bin, and which are merged by nothing but minimum and maximum.

Questionable decision: rules are looked at in layers, the strongest first. A lead
whose K places are filled with what is stronger than all that the later layers
have is settled, so that the work hardly grows with the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from leadrules import kernel
from leadrules.engine.block import Block
from leadrules.engine.points import STRIP
from leadrules.engine.search import code_type
from leadrules.engine.tables import Layout, Tables, cover

Ranks = npt.NDArray[np.unsignedinteger[Any]]
LAYER = 48
"""Rules in the first layer; each of the next ones has twice as many as all before it."""


@dataclass(frozen=True, slots=True)
class _Top:
    """The largest ranks in each joint bin of some axes: an array for each place, the largest first."""

    axes: tuple[int, ...]
    places: Sequence[Ranks]


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    """Tables of some rules, and the largest rank that they have; and these tables as the kernel wants them."""

    tops: Sequence[_Top]
    largest: int
    axes: tuple[int, ...]
    compiled: npt.NDArray[np.int64]


class Ranking:
    """The contributions that bins decide, by rank, and tables of the largest: for one layout of tables."""

    def __init__(self, tables: Tables, layout: Layout, ranks: Mapping[tuple[int, int], int], most: int):
        """`ranks` are those of a rule's position and points, from 1; `most` is how many of a lead are wanted."""
        self.most = most
        self.kind = code_type(len(ranks) + 1)
        self._tables, self._sizes = tables, layout.sizes
        self._ranks: dict[int, list[tuple[int, int]]] = {}
        for (position, points), rank in ranks.items():
            self._ranks.setdefault(position, []).append((points, rank))
        strongest = {position: max(rank for _, rank in found) for position, found in self._ranks.items()}
        order = sorted(strongest, key=strongest.__getitem__, reverse=True)
        self.layers = []
        start, size = 0, LAYER
        while start < len(order):
            layer = order[start : start + size]
            self.layers.append(self._layer(self._tops(layer), strongest[layer[0]]))
            start += size
            size = 2 * start
        del self._tables

    def _layer(self, tops: Sequence[_Top], largest: int) -> _Layer:
        axes = tuple(sorted({axis for top in tops for axis in top.axes}))
        given = [(top.axes, [len(top.places), *map(kernel.address, top.places)]) for top in tops]
        return _Layer(tops, largest, axes, kernel.tables(given, axes, self._sizes))

    def _tops(self, rules: Iterable[int]) -> list[_Top]:
        by_axes: dict[tuple[int, ...], list[Ranks]] = {}
        for position in rules:
            axes = self._tables.plan.rules[position].axes
            sizes = tuple(self._sizes[axis] for axis in axes)
            points, ranks = self._tables.rule(position, sizes), np.zeros(sizes, dtype=self.kind)
            for value, rank in self._ranks[position]:
                ranks[points == value] = rank
            insert(by_axes.setdefault(axes, self._nothing(sizes)), ranks)
        tops = []
        for axes, members in cover(by_axes, self._sizes).items():
            held = self._nothing(tuple(self._sizes[axis] for axis in axes))
            for member in members:
                shape = [self._sizes[axis] if axis in member else 1 for axis in axes]
                for place, ranks in enumerate(by_axes[member]):
                    insert(held[place:], ranks.reshape(shape))
            tops.append(_Top(axes, [ranks.ravel() for ranks in held if ranks.any()]))
        return tops

    def _nothing(self, sizes: tuple[int, ...]) -> list[Ranks]:
        return [np.zeros(sizes, dtype=self.kind) for _ in range(self.most)]

    def of(self, block: Block) -> npt.NDArray[Any]:
        """The largest ranks of every lead: a row for each place, a column for each lead; 0 for none."""
        found = np.zeros((self.most, block.rows), dtype=self.kind)
        if kernel.KERNEL is not None and kernel.KERNEL.knows(self.kind):
            for layer in self.layers:
                bins = [block.codes(axis) for axis in layer.axes]
                kernel.KERNEL.keep(layer.compiled, len(layer.tops), bins, layer.largest, found)
            return found
        for start in range(0, block.rows, STRIP):
            held = found[:, start : start + STRIP]
            rows: Any = slice(start, start + held.shape[1])
            for layer in self.layers:
                open_rows = held[-1] < layer.largest
                count = int(np.count_nonzero(open_rows))
                if not count:
                    break
                if count > held.shape[1] // 4:
                    _raise(held, block, layer.tops, rows)
                    continue
                among = np.flatnonzero(open_rows)
                some = held[:, among]
                _raise(some, block, layer.tops, among + start)
                held[:, among] = some
        return found


def _raise(held: npt.NDArray[Any], block: Block, tops: Sequence[_Top], rows: Any) -> None:
    """Take what tables have for some leads into the largest ranks held so far."""
    count = held.shape[1]
    places, wide = np.empty(count, dtype=np.uint16), np.empty(count, dtype=np.intp)
    given = np.empty(count, dtype=held.dtype)
    for top in tops:
        wide[:] = block.put_index(top.axes, places, rows)
        for place, ranks in enumerate(top.places):
            ranks.take(wide, out=given, mode="clip")
            insert(held[place:], given)


def insert(held: Sequence[Any] | npt.NDArray[Any], ranks: Any) -> None:
    """Sort ranks into those held, the largest first; the smallest falls out."""
    for place, one in enumerate(held):
        if place + 1 < len(held):
            rest = np.minimum(one, ranks)
            np.maximum(one, ranks, out=one)
            ranks = rest
        else:
            np.maximum(one, ranks, out=one)
