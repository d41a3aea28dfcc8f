"""Reasons: the largest contributions of every lead, as text.

Every contribution becomes one whole number, a *key*, that sorts as reasons do:
by size first, then by written order. The largest K of a lead are then K maxima
over its keys, and what to write is read back from the key itself. Of the rules
that look at the same axes, only the K largest keys of each bin can matter, so
the work grows with the axes and not with the rules.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from leadrules.bins import Mask
from leadrules.engine.block import JOINT_BINS, Block, Ints
from leadrules.engine.points import contribution
from leadrules.engine.tables import Tables
from leadrules.reference import signed

_CODE_BITS = 24
_LAST_CODE = (1 << _CODE_BITS) - 1
_SLICE = 8_192
"""Leads looked at together: their keys should stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """Keys of some rules: a row for each rank, a column for each joint bin (`index` says a lead's) or for each lead."""

    keys: Ints
    index: npt.NDArray[np.integer] | None


class Contributions:
    """What every rule gives every lead of a block, kept as bins where it can be."""

    def __init__(self, tables: Tables, block: Block):
        self.tables = tables
        self.block = block
        self.columns: dict[int, Ints] = {}
        self.indexed: dict[int, tuple[Ints, npt.NDArray[np.integer]]] = {}
        for position, one in enumerate(tables.plan.rules):
            if not one.counts:
                continue
            index, sizes = block.index(one.axes)
            if one.tabled and math.prod(sizes) <= JOINT_BINS:
                self.indexed[position] = (tables.rule(position, sizes).ravel(), index)
            else:
                self.columns[position] = contribution(tables, block, position)

    def fired(self, among: Mask) -> npt.NDArray[np.int64]:
        """For every rule, for how many of these leads it gave other than 0."""
        return self._summed(among, lambda points: points != 0)

    def given(self, among: Mask) -> npt.NDArray[np.int64]:
        """For every rule, the hundredths that it gave to these leads together."""
        return self._summed(among, lambda points: points)

    def _summed(self, among: Mask, each: Callable[[Ints], npt.NDArray[Any]]) -> npt.NDArray[np.int64]:
        """For every rule, the sum over these leads of something of each lead's points."""
        rules = self.tables.plan.rules
        sums = np.zeros(len(rules), dtype=np.int64)
        everyone = bool(among.all())
        leads_in: dict[tuple[int, ...], npt.NDArray[np.intp]] = {}
        for position, (points, index) in self.indexed.items():
            axes = rules[position].axes
            if axes not in leads_in:
                leads_in[axes] = np.bincount(index if everyone else index[among], minlength=len(points))
            sums[position] = (leads_in[axes] * each(points)).sum()
        for position, column in self.columns.items():
            sums[position] = each(column[among]).sum()
        return sums

    def counted(self) -> list[int]:
        """The rules that reasons may name: those that count now, outside parts of no weight."""
        model = self.tables.plan.model
        return [
            position
            for position, one in enumerate(self.tables.plan.rules)
            if one.counts and (one.rule.score is None or model.scores[one.rule.score].weight != 0)
        ]


class Vocabulary:
    """What reasons can say: a code for every rule and each number of points that its rows can give.

    Codes rise in written order. A rule whose points are arithmetic has one code,
    and is spelled out for the sizes that occur.
    """

    def __init__(self, contributions: Contributions):
        self.plan = contributions.tables.plan
        self.codes: dict[tuple[int, int], int] = {}
        self.texts: list[str | None] = []
        self.open: dict[int, int] = {}
        """Rules by the codes whose points are not known beforehand."""
        for position in contributions.counted():
            rule = self.plan.rules[position].rule
            if position in contributions.columns:
                self.open[len(self.texts)] = position
                self.codes[position, 0] = len(self.texts)
                self.texts.append(None)
                continue
            for points in dict.fromkeys(row.points for row in rule.rows if row.points):
                self.codes[position, points] = len(self.texts)
                self.texts.append(f"{signed(points)} {rule.text}")

    def keys(self, position: int, points: Ints) -> Ints:
        """The keys of a rule's points; 0 where there are none."""
        if (position, 0) in self.codes:
            codes = np.full(len(points), self.codes[position, 0])
        else:
            codes = np.zeros(len(points), dtype=np.int64)
            for value in np.unique(points[points != 0]).tolist():
                codes[points == value] = self.codes[position, value]
        keys = (np.abs(points) << (_CODE_BITS + 1)) | ((_LAST_CODE - codes) << 1) | (points < 0)
        return np.where(points == 0, 0, keys)

    def written(self, keys: Ints) -> pl.Series:
        """The reason that each key stands for; null for 0."""
        codes = _LAST_CODE - ((keys >> 1) & _LAST_CODE)
        texts = list(self.texts)
        spelled = np.isin(codes, list(self.open)) if self.open else np.zeros(0, dtype=bool)
        if spelled.any():
            distinct, places = np.unique(keys[spelled], return_inverse=True)
            codes[spelled] = len(texts) + places
            for key in distinct.tolist():
                size = key >> (_CODE_BITS + 1)
                rule = self.plan.rules[self.open[_LAST_CODE - ((key >> 1) & _LAST_CODE)]].rule
                texts.append(f"{signed(-size if key & 1 else size)} {rule.text}")
        codes[keys == 0] = len(texts)
        return pl.Series([*texts, None], dtype=pl.String).gather(codes)


def _groups(contributions: Contributions, vocabulary: Vocabulary, ranks: int) -> list[_Keys]:
    """The keys that can be among a lead's `ranks` largest."""
    by_axes: dict[tuple[int, ...], list[int]] = {}
    found = []
    for position in contributions.counted():
        if position in contributions.columns:
            column = contributions.columns[position]
            found.append(_Keys(vocabulary.keys(position, column)[np.newaxis], None))
        else:
            by_axes.setdefault(contributions.tables.plan.rules[position].axes, []).append(position)
    for positions in by_axes.values():
        _, index = contributions.indexed[positions[0]]
        keys = np.stack([vocabulary.keys(position, contributions.indexed[position][0]) for position in positions])
        if len(keys) > ranks:
            keys = np.sort(keys, axis=0)[::-1][:ranks]
        found.append(_Keys(np.ascontiguousarray(keys[keys.any(axis=1)]), index))
    return found


def largest(contributions: Contributions, vocabulary: Vocabulary, most: int | None) -> list[Ints]:
    """The keys of every lead's largest contributions (all for None), a column for each rank."""
    rows = contributions.block.rows
    counted = len(contributions.counted())
    ranks = counted if most is None else min(most, counted)
    groups = _groups(contributions, vocabulary, ranks)
    height = sum(len(group.keys) for group in groups)
    ranks = min(ranks, height)
    found = np.zeros((ranks, rows), dtype=np.int64)
    for start in range(0, rows, _SLICE):
        part = slice(start, min(start + _SLICE, rows))
        matrix = np.empty((height, part.stop - part.start), dtype=np.int64)
        place = 0
        for group in groups:
            index = None if group.index is None else group.index[part].astype(np.intp)
            for keys in group.keys:
                if index is None:
                    matrix[place] = keys[part]
                else:
                    keys.take(index, out=matrix[place], mode="clip")
                place += 1
        if ranks > 8:
            matrix.sort(axis=0)
            found[:, part] = matrix[::-1][:ranks]
            continue
        for rank in range(ranks):
            best = matrix.max(axis=0)
            found[rank, part] = best
            if rank + 1 < ranks:
                matrix[matrix == best] = 0
    return [column for column in found if column.any()]


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
    if most != 0:
        vocabulary = Vocabulary(contributions)
        for keys in largest(contributions, vocabulary, most):
            columns.append(vocabulary.written(np.where(scored, keys, 0)))
    if not columns:
        return pl.Series("reasons", [None] * contributions.block.rows, dtype=pl.String)
    frame = pl.DataFrame({str(place): column for place, column in enumerate(columns)})
    joined = frame.select(pl.concat_str(pl.all(), separator="; ", ignore_nulls=True).alias("reasons"))["reasons"]
    return joined.set(joined == "", None)


def _gather(texts: Sequence[str | None], codes: npt.NDArray[np.integer]) -> pl.Series:
    return pl.Series(texts, dtype=pl.String).gather(codes)
