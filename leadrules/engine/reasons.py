"""Reasons: the largest contributions of every lead, as text.

Every contribution becomes one whole number, a *key*, that sorts as reasons do:
by size first, then by written order. The largest K of a lead are then K maxima
over its keys, and rule, sign and size are read back from the key itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from leadrules.bins import Mask
from leadrules.engine.block import JOINT_BINS, Block, Ints
from leadrules.engine.points import Tables, contribution
from leadrules.reference import signed

_RULE_BITS = 24
_SLICE = 8_192
"""Leads looked at together: their keys should stay in the processor's cache."""


class Contributions:
    """What every rule gives every lead of a block, kept as bins where it can be."""

    def __init__(self, tables: Tables, block: Block):
        self.tables = tables
        self.block = block
        self.columns: dict[int, Ints] = {}
        self._indexed: dict[int, tuple[Ints, npt.NDArray[np.integer]]] = {}
        for position, one in enumerate(tables.plan.rules):
            if not one.counts:
                continue
            index, sizes = block.index(one.axes)
            if one.tabled and math.prod(sizes) <= JOINT_BINS:
                self._indexed[position] = (tables.rule(position, sizes).ravel(), index)
            else:
                self.columns[position] = contribution(tables, block, position)

    def fired(self, among: Mask) -> npt.NDArray[np.int64]:
        """For every rule, for how many of these leads it gave other than 0."""
        rules = self.tables.plan.rules
        counts = np.zeros(len(rules), dtype=np.int64)
        everyone = bool(among.all())
        leads_in: dict[tuple[int, ...], npt.NDArray[np.intp]] = {}
        for position, (points, index) in self._indexed.items():
            axes = rules[position].axes
            if axes not in leads_in:
                leads_in[axes] = np.bincount(index if everyone else index[among], minlength=len(points))
            counts[position] = leads_in[axes][points != 0].sum()
        for position, column in self.columns.items():
            counts[position] = np.count_nonzero(column[among])
        return counts

    def keys(self, positions: Sequence[int]) -> list[tuple[Ints, npt.NDArray[np.integer] | None]]:
        """For each of these rules, the keys and (where they are a table) each row's place in it."""
        found: list[tuple[Ints, npt.NDArray[np.integer] | None]] = []
        for order, position in enumerate(positions):
            if position in self._indexed:
                points, index = self._indexed[position]
                found.append((_keys(points, order), index))
            else:
                found.append((_keys(self.columns[position], order), None))
        return found

    def counted(self) -> list[int]:
        """The rules that reasons may name: those that count now, outside parts of no weight."""
        model = self.tables.plan.model
        return [
            position
            for position, one in enumerate(self.tables.plan.rules)
            if one.counts and (one.rule.score is None or model.scores[one.rule.score].weight != 0)
        ]


def largest(contributions: Contributions, most: int | None) -> list[tuple[Ints, Ints]]:
    """The largest contributions of every lead (all for None): for each rank, rules (-1 for none) and hundredths."""
    positions = contributions.counted()
    rows = contributions.block.rows
    ranks = len(positions) if most is None else min(most, len(positions))
    keys = contributions.keys(positions)
    found = np.zeros((ranks, rows), dtype=np.int64)
    for start in range(0, rows, _SLICE):
        part = slice(start, min(start + _SLICE, rows))
        matrix = np.empty((len(positions), part.stop - part.start), dtype=np.int64)
        for place, (table, index) in enumerate(keys):
            if index is None:
                matrix[place] = table[part]
            else:
                table.take(index[part], out=matrix[place], mode="clip")
        if ranks > 8:
            matrix.sort(axis=0)
            found[:, part] = matrix[::-1][:ranks]
        else:
            columns = np.arange(part.stop - part.start)
            for rank in range(ranks):
                best = matrix.max(axis=0)
                found[rank, part] = best
                if rank + 1 < ranks:
                    matrix[np.where(best == 0, 0, _order(best)), columns] = 0
    rules = np.array([*positions, -1], dtype=np.int64)
    ranked = []
    for best in found:
        none = best == 0
        if most is None and none.all():
            break
        rule = rules[np.where(none, len(positions), _order(best))]
        size = best >> (_RULE_BITS + 1)
        ranked.append((rule, np.where(best & 1, -size, size)))
    return ranked


def _keys(points: Ints, order: int) -> Ints:
    size = np.abs(points)
    mirrored = (1 << _RULE_BITS) - 1 - order
    keys = (size << (_RULE_BITS + 1)) | (mirrored << 1) | (points < 0)
    return np.where(points == 0, 0, keys)


def _order(keys: Ints) -> Ints:
    """The written order of the rule that a key belongs to; beyond all rules for a key of 0."""
    return (1 << _RULE_BITS) - 1 - ((keys >> 1) & ((1 << _RULE_BITS) - 1))


def written(
    contributions: Contributions,
    most: int | None,
    excluded: Sequence[tuple[str, Mask]],
    disqualified: Sequence[tuple[str, Mask]],
    scored: Mask,
) -> pl.Series:
    """The `reasons` column: verdicts' texts first, then contributions, joined by `; `; null where there are none."""
    columns: list[pl.Series] = []
    for text, mask in (*excluded, *((text, mask & scored) for text, mask in disqualified)):
        if mask.any():
            columns.append(_gather([None, text], mask.astype(np.int64)))
    texts = [one.rule.text for one in contributions.tables.plan.rules]
    if most != 0:
        for rule, points in largest(contributions, most):
            named = (rule >= 0) & scored
            pairs = np.where(named, (rule << 32) + (points + (1 << 31)), -1)
            distinct, codes = np.unique(pairs, return_inverse=True)
            columns.append(_gather([_reason(int(pair), texts) for pair in distinct], codes))
    if not columns:
        return pl.Series("reasons", [None] * contributions.block.rows, dtype=pl.String)
    frame = pl.DataFrame({str(place): column for place, column in enumerate(columns)})
    joined = frame.select(pl.concat_str(pl.all(), separator="; ", ignore_nulls=True).alias("reasons"))["reasons"]
    return joined.set(joined == "", None)


def _reason(pair: int, texts: Sequence[str]) -> str | None:
    if pair < 0:
        return None
    return f"{signed((pair & 0xFFFF_FFFF) - (1 << 31))} {texts[pair >> 32]}"


def _gather(texts: Sequence[str | None], codes: npt.NDArray[np.integer]) -> pl.Series:
    return pl.Series(texts, dtype=pl.String).gather(codes)
