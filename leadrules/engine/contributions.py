"""What every rule gives the leads of a block: looked up where bins decide it, a column where it is arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from leadrules.bins import Mask
from leadrules.engine.block import Block
from leadrules.engine.operands import Ints
from leadrules.engine.points import contribution
from leadrules.engine.tables import Tables


class Contributions:
    """What every rule gives every lead of a block, kept as bins where it can be."""

    def __init__(self, tables: Tables, block: Block):
        self.tables = tables
        self.block = block
        self.layout = tables.layout(block)

    def column(self, position: int) -> Ints:
        """What a rule that no table holds gives each lead."""
        return contribution(self.tables, self.block, position)

    def fired(self, among: Mask, rules: Mask | None = None) -> npt.NDArray[np.int64]:
        """For every rule, for how many of these leads it gave other than 0; 0 for all but `rules` (None: all)."""
        return self._summed(among, lambda points: points != 0, rules)

    def given(self, among: Mask) -> npt.NDArray[np.int64]:
        """For every rule, the hundredths that it gave to these leads together."""
        return self._summed(among, lambda points: points)

    def _summed(
        self, among: Mask, each: Callable[[Ints], npt.NDArray[Any]], rules: Mask | None = None
    ) -> npt.NDArray[np.int64]:
        """For every rule, or some, the sum over these leads of something of each lead's points."""
        plan, size = self.tables.plan, self.layout.sizes
        sums = np.zeros(len(plan.rules), dtype=np.int64)
        everyone = bool(among.all())
        for table in self.layout.tables:
            wanted = [position for position in table.rules if rules is None or rules[position]]
            if not wanted:
                continue
            index, sizes = self.block.index(table.axes)
            leads = np.bincount(index if everyone else index[among], minlength=math.prod(sizes)).reshape(sizes)
            leads_in: dict[tuple[int, ...], Any] = {}
            for position in wanted:
                axes = plan.rules[position].axes
                if axes not in leads_in:
                    others = tuple(place for place, axis in enumerate(table.axes) if axis not in axes)
                    leads_in[axes] = leads.sum(axis=others)
                points = self.tables.rule(position, tuple(size[axis] for axis in axes))
                sums[position] = (leads_in[axes] * each(points)).sum()
        for position in self.layout.leftover:
            if rules is None or rules[position]:
                sums[position] = each(self.column(position)[among]).sum()
        return sums


def counted(tables: Tables) -> list[int]:
    """The rules that reasons may name: those that count now, outside parts of no weight."""
    scores = tables.plan.model.scores
    return [
        position
        for position, one in enumerate(tables.plan.rules)
        if one.counts and (one.rule.score is None or scores[one.rule.score].weight != 0)
    ]
