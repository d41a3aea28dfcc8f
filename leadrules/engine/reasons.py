"""Reasons: the largest contributions of every lead, as text.

Every contribution becomes one whole number, a *key*, that sorts as reasons do:
by size first, then by written order. The largest K of a lead are then K maxima
over its keys, and what to write is read back from the key itself. What bins decide
is found as ranks for a few reasons (`leadrules.engine.ranks`), as patterns of bits for all of
them (`leadrules.engine.patterns`); only what is arithmetic on a column, such as points per unit,
is a key of its own for each lead.

Questionable decision: a text is put together once for leads that have the same
reasons, and most leads of a block share theirs with many. To write each lead's
own took longer than everything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from leadrules.bins import Mask
from leadrules.engine.contributions import Contributions, counted
from leadrules.engine.operands import Ints
from leadrules.engine.patterns import Patterns
from leadrules.engine.ranks import Ranking, insert
from leadrules.engine.tables import Layout, Tables
from leadrules.reference import signed

_CODE_BITS = 24
_LAST_CODE = (1 << _CODE_BITS) - 1
_SLICE = 8_192
"""Leads looked at together: their keys should stay in the processor's cache."""
PLACES = 16
"""So many reasons at most are found by rank; more, but not all, are sorted."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """Keys of some rules: a row for each rank, a column for each joint bin (`index` says a lead's) or for each lead."""

    keys: Ints
    index: npt.NDArray[np.integer] | None


class Vocabulary:
    """What reasons can say: a code for every rule and each number of points that its rows can give.

    Codes rise in written order. A rule whose points are arithmetic has one code,
    and is spelled out for the sizes that occur.
    """

    def __init__(self, tables: Tables, layout: Layout, most: int | None):
        self.plan = tables.plan
        self.codes: dict[tuple[int, int], int] = {}
        self.texts: list[str | None] = []
        self.open: dict[int, int] = {}
        """Rules by the codes whose points are not known beforehand."""
        self.counted = counted(tables)
        for position in self.counted:
            rule = self.plan.rules[position].rule
            if position in layout.leftover:
                self.open[len(self.texts)] = position
                self.codes[position, 0] = len(self.texts)
                self.texts.append(None)
                continue
            for points in dict.fromkeys(row.points for row in rule.rows if row.points):
                self.codes[position, points] = len(self.texts)
                self.texts.append(f"{signed(points)} {rule.text}")
        keys = {_key(points, code): (position, points) for (position, points), code in self.codes.items() if points}
        ranks = {keys[key]: rank for rank, key in enumerate(sorted(keys), start=1)}
        self.key_of_rank = np.array([0, *sorted(keys)], dtype=np.int64)
        self.patterns: Patterns | None = None
        """All reasons as patterns of bits, if that is what is asked for and can be."""
        if most is not None:
            self.ranking = Ranking(tables, layout, ranks, most)
        elif not self.open:
            texts = {rank: self.texts[self.codes[one]] or "" for one, rank in ranks.items()}
            self.patterns = Patterns(tables, layout, ranks, texts)

    def keys(self, position: int, points: npt.NDArray[np.signedinteger[Any]]) -> Ints:
        """The keys of a rule's points; 0 where there are none."""
        points = points.astype(np.int64, copy=False)
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
    tables, block = contributions.tables, contributions.block
    by_axes: dict[tuple[int, ...], list[int]] = {}
    found = []
    for position in vocabulary.counted:
        if (position, 0) in vocabulary.codes:
            keys = vocabulary.keys(position, contributions.column(position))
            found.append(_Keys(keys[np.newaxis], None))
        else:
            by_axes.setdefault(tables.plan.rules[position].axes, []).append(position)
    for axes, positions in by_axes.items():
        index, sizes = block.index(axes)
        keys = np.stack([vocabulary.keys(position, tables.rule(position, sizes).ravel()) for position in positions])
        if len(keys) > ranks:
            keys = np.sort(keys, axis=0)[::-1][:ranks]
        found.append(_Keys(np.ascontiguousarray(keys[keys.any(axis=1)]), index))
    return found


def _sorted(contributions: Contributions, vocabulary: Vocabulary, most: int | None) -> list[Ints]:
    """The keys of every lead's largest contributions (all for None), a column for each rank."""
    rows = contributions.block.rows
    ranks = len(vocabulary.counted) if most is None else min(most, len(vocabulary.counted))
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
        matrix.sort(axis=0)
        found[:, part] = matrix[::-1][:ranks]
    return list(found)


def _ranked(contributions: Contributions, vocabulary: Vocabulary) -> list[npt.NDArray[Any]]:
    """The same for a few: as ranks, or as keys if some contributions are arithmetic."""
    ranks = vocabulary.ranking.of(contributions.block)
    if not vocabulary.open:
        return list(ranks)
    keys = vocabulary.key_of_rank.take(ranks)
    for position in vocabulary.open.values():
        insert(keys, vocabulary.keys(position, contributions.column(position)))
    return list(keys)


def _vocabulary(contributions: Contributions, most: int | None) -> Vocabulary:
    """The vocabulary of a layout, made once."""
    known = contributions.tables.vocabularies
    found = known.get((contributions.layout, most))
    if found is None:
        if len(known) >= 4:
            known.clear()
        found = known[contributions.layout, most] = Vocabulary(contributions.tables, contributions.layout, most)
    return found


def written(
    contributions: Contributions,
    most: int | None,
    excluded: Sequence[tuple[str, Mask]],
    disqualified: Sequence[tuple[str, Mask]],
    scored: Mask,
) -> pl.Series:
    """The `reasons` column: verdicts' texts first, then contributions, joined by `; `; null where there are none."""
    verdicts = [*excluded, *((text, mask & scored) for text, mask in disqualified)]
    verdicts = [(text, mask) for text, mask in verdicts if mask.any()]
    if most is None:
        patterns = _vocabulary(contributions, None).patterns
        told = None if patterns is None else patterns.written(contributions.block, verdicts, scored)
        if told is not None:
            return told.alias("reasons")
    if most is None or most > PLACES:
        return _joined([*_of_verdicts(verdicts), *_many(contributions, most, scored)], contributions.block.rows)
    largest: list[npt.NDArray[Any]] = []
    if most:
        vocabulary = _vocabulary(contributions, most)
        largest = [column * scored for column in _ranked(contributions, vocabulary)]
    leads, codes = _alike([*(mask for _, mask in verdicts), *largest], contributions.block.rows)
    columns = _of_verdicts([(text, mask[leads]) for text, mask in verdicts])
    for column in largest:
        keys = column[leads] if vocabulary.open else vocabulary.key_of_rank.take(column[leads])
        columns.append(vocabulary.written(keys))
    return _joined(columns, len(leads)).gather(pl.Series(codes))


def _many(contributions: Contributions, most: int | None, scored: Mask) -> Iterable[pl.Series]:
    """The texts of all contributions of every lead, or of very many of the largest."""
    vocabulary = _vocabulary(contributions, None)
    if most is None and vocabulary.patterns is not None:
        for texts in vocabulary.patterns.of(contributions.block):
            yield texts if scored.all() else texts.set(pl.Series(~scored), None)
        return
    for keys in _sorted(contributions, vocabulary, most):
        if keys.any():
            yield vocabulary.written(np.where(scored, keys, 0))


def _of_verdicts(verdicts: Sequence[tuple[str, Mask]]) -> list[pl.Series]:
    return [pl.Series([None, text], dtype=pl.String).gather(mask.astype(np.uint32)) for text, mask in verdicts]


def _joined(columns: Sequence[pl.Series], rows: int) -> pl.Series:
    """Each row's texts, one after the other; null where there are none."""
    if not columns:
        return pl.Series("reasons", [None] * rows, dtype=pl.String)
    frame = pl.DataFrame({str(place): column for place, column in enumerate(columns)})
    joined = frame.select(pl.concat_str(pl.all(), separator="; ", ignore_nulls=True).alias("reasons"))["reasons"]
    nothing = joined == ""
    return joined.set(nothing, None) if nothing.any() else joined


_SLOTS = 17


def _alike(columns: Sequence[npt.NDArray[Any]], rows: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.uint32]]:
    """Leads that stand for all others, and for each lead the number of the one that is like it in every column.

    By hashing: of leads in one slot the last one stands for those that are like
    it, and the others, few or none, each for themselves.
    """
    mixed = np.zeros(rows, dtype=np.uint64)
    for column in columns:
        mixed = (mixed + column.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
    slots = (mixed >> np.uint64(64 - _SLOTS)).astype(np.intp)
    last = np.zeros(1 << _SLOTS, dtype=np.intp)
    last[slots] = np.arange(rows)
    like = last.take(slots)
    same = np.ones(rows, dtype=bool)
    for column in columns:
        same &= column.take(like) == column
    if not same.all():
        like = np.where(same, like, np.arange(rows))
    stands = np.zeros(rows, dtype=bool)
    stands[like] = True
    leads = np.flatnonzero(stands)
    numbers = np.zeros(rows, dtype=np.uint32)
    numbers[leads] = np.arange(len(leads), dtype=np.uint32)
    return leads, numbers.take(like)


def _key(points: int, code: int) -> int:
    return (abs(points) << (_CODE_BITS + 1)) | ((_LAST_CODE - code) << 1) | (points < 0)
