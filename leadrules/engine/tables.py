"""Points by bins: rules that depend on bins alone, added up beforehand in a few tables.

All such rules that count towards the same group or score are folded into tables
over the joint bins of a few axes, so that a lead's points are a handful of
look-ups, however many rules there are.

Questionable decision: the tables are laid out for the sizes that the axes have
when a block arrives. A text axis that learns a new bin gets new tables; that
happens in the first blocks and then no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from leadrules import kernel
from leadrules.engine.block import JOINT_BINS, Block
from leadrules.engine.operands import Ints
from leadrules.engine.plan import Plan, RulePlan

if TYPE_CHECKING:
    from leadrules.engine.reasons import Vocabulary

Bucket = tuple[int | None, int | None]
"""Where a rule's points are added: its score (None: outside any) and its group (None: in no group)."""


@dataclass(frozen=True, slots=True)
class Table:
    """Points over the joint bins of some axes, for each bucket; and the rules whose points these are."""

    axes: tuple[int, ...]
    rules: Sequence[int]
    points: Mapping[Bucket, Ints]


@dataclass(frozen=True, eq=False)
class Layout:
    """The joint tables for some sizes of the axes, and the rules that none of them holds.

    `axes` and `buckets` are those of all tables; `kind` is a type that holds any sum.
    """

    sizes: Mapping[int, int]
    tables: Sequence[Table]
    leftover: Sequence[int]
    kind: np.dtype[np.signedinteger[Any]]

    @cached_property
    def axes(self) -> tuple[int, ...]:
        return tuple(sorted({axis for table in self.tables for axis in table.axes}))

    @cached_property
    def buckets(self) -> tuple[Bucket, ...]:
        return tuple(dict.fromkeys(bucket for table in self.tables for bucket in table.points))

    @cached_property
    def compiled(self) -> Ints:
        """The tables as the kernel wants them: see `add_up` in `leadrules/kernel/points.c`."""
        buckets = {bucket: place for place, bucket in enumerate(self.buckets)}
        given = []
        for table in self.tables:
            own = [len(table.points)]
            for bucket, points in table.points.items():
                own += buckets[bucket], kernel.address(points), points.itemsize
            given.append((table.axes, own))
        return kernel.tables(given, self.axes, self.sizes)


class Tables:
    """The tables of a plan, laid out again when an axis has grown."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.vocabularies: dict[tuple[Layout, int | None], Vocabulary] = {}
        self._layouts: dict[tuple[int, ...], Layout] = {}
        self._rows: dict[tuple[int, tuple[int, ...]], npt.NDArray[np.signedinteger[Any]]] = {}
        self._axes = sorted({axis for rule in plan.rules for axis in rule.axes})

    def rule(self, position: int, sizes: tuple[int, ...]) -> npt.NDArray[np.signedinteger[Any]]:
        """The points that a rule's rows give in each joint bin of its axes: shape `sizes`, as narrow as can be."""
        found = self._rows.get((position, sizes))
        if found is None:
            one = self.plan.rules[position]
            points = np.zeros(sizes, dtype=_narrowest(max((abs(row.points) for row in one.rule.rows), default=0)))
            for row in reversed(one.rule.rows):
                points[self.plan.sets_over(row.condition, one.axes, sizes).true] = row.points
            if len(self._rows) > 4 * len(self.plan.rules) + 16:
                self._rows = {}
            found = self._rows[position, sizes] = points
        return found

    def layout(self, block: Block) -> Layout:
        """The tables for the sizes that this block meets."""
        sizes = tuple(block.size(axis) for axis in self._axes)
        found = self._layouts.get(sizes)
        if found is None:
            if len(self._layouts) >= 4:
                self._layouts = {}
            found = self._layouts[sizes] = self._lay_out(dict(zip(self._axes, sizes, strict=True)))
        return found

    def _lay_out(self, size: dict[int, int]) -> Layout:
        leftover: list[int] = []
        rules: dict[tuple[int, ...], list[int]] = {}
        by_axes: dict[tuple[int, ...], dict[Bucket, Ints]] = {}
        for position, one in enumerate(self.plan.rules):
            if not one.counts:
                continue
            sizes = tuple(size[axis] for axis in one.axes)
            if not one.tabled or math.prod(sizes) > JOINT_BINS:
                leftover.append(position)
                continue
            rules.setdefault(one.axes, []).append(position)
            buckets = by_axes.setdefault(one.axes, {})
            bucket = bucket_of(one)
            if bucket not in buckets:
                buckets[bucket] = np.zeros(sizes, dtype=np.int64)
            buckets[bucket] += self.rule(position, sizes)
        laid_out = []
        for axes, members in cover(by_axes, size).items():
            sizes = tuple(size[axis] for axis in axes)
            sums: dict[Bucket, Ints] = {}
            for member in members:
                shape = [size[axis] if axis in member else 1 for axis in axes]
                for bucket, points in by_axes[member].items():
                    table = sums.setdefault(bucket, np.zeros(sizes, dtype=np.int64))
                    table += points.reshape(shape)
            held = [position for member in members for position in rules[member]]
            laid_out.append((axes, held, {bucket: table.ravel() for bucket, table in sums.items()}))
        # Numbers as narrow as can be: more of the tables stays near the processor.
        reach = sum(_largest(points) for _, _, sums in laid_out for points in sums.values())
        tables = [
            Table(axes, held, {bucket: points.astype(_narrowest(_largest(points))) for bucket, points in sums.items()})
            for axes, held, sums in laid_out
        ]
        return Layout(size, tables, leftover, np.dtype(np.int32 if reach < 2**31 else np.int64))


def _largest(points: Ints) -> int:
    return int(np.abs(points).max())


def _narrowest(largest: int) -> type[np.signedinteger[Any]]:
    """The narrowest of some types that holds all whole numbers of this size."""
    return next(kind for kind in (np.int16, np.int32, np.int64) if largest <= np.iinfo(kind).max)


def cover(wanted: Iterable[tuple[int, ...]], size: Mapping[int, int]) -> dict[tuple[int, ...], list[tuple[int, ...]]]:
    """Few sets of axes, each of at most `JOINT_BINS` joint bins, so that each wanted set lies within one of them.

    Greedy: large sets first; each joins the set that it makes grow least.
    """

    def bins(axes: Iterable[int]) -> int:
        return math.prod(size[axis] for axis in axes)

    groups: list[tuple[frozenset[int], list[tuple[int, ...]]]] = []
    for axes in sorted(wanted, key=lambda axes: (-bins(axes), axes)):
        best, best_growth = None, float("inf")
        for position, (held, _) in enumerate(groups):
            joint = bins(held | set(axes))
            growth = joint / bins(held)
            if joint <= JOINT_BINS and growth < best_growth:
                best, best_growth = position, growth
        if best is None:
            groups.append((frozenset(axes), [axes]))
        else:
            groups[best] = (groups[best][0] | set(axes), [*groups[best][1], axes])
    return {tuple(sorted(held)): members for held, members in groups}


def bucket_of(one: RulePlan) -> Bucket:
    return one.rule.score, one.rule.group
