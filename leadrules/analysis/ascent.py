"""Leads with a high, or a low, score: the best cell of one axis after the other, from several beginnings.

Looks at rules that give points for tests that must all hold, and at those that one
axis tells all of; limits, labels and verdicts are left to whoever replays the lead.
It proves nothing, but on many rules it finds in a moment what a solver is long in
coming to.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from leadrules.analysis.ruling import Ruling
from leadrules.analysis.space import Axis
from leadrules.analysis.sums import Cells
from leadrules.ruleset import And, Rule

BEGINNINGS = 12
MOST_ROUNDS = 30

Term = tuple[int, Mapping[int, int]]
"""Points, and the cells of some axes that a lead must be in to have them."""


class Ascent:
    """Climbs the points of a score (None: of all rules that count for the total)."""

    def __init__(self, ruling: Ruling, score: int | None):
        self.ruling = ruling
        self.axes = ruling.space.axes
        model = ruling.model
        self.rules = [
            rule
            for rule in model.rules
            if rule.counts_on(ruling.space.as_of)
            and (rule.score == score or (score is None and rule.score is not None and model.scores[rule.score].weight))
        ]

    def leads(self, maximize: bool) -> Iterator[dict[int, Any]]:
        """The leads of the cells that it comes to, by field: with the first value of each, and with the last."""
        for chosen in dict.fromkeys(self._cells(maximize)):
            cells = [
                (axis.fields[0], axis.cells[at].values)
                for axis, at in zip(self.axes, chosen, strict=True)
                if not axis.free
            ]
            for end in (0, -1):
                yield {field: values[end] for field, values in cells if values}

    def _cells(self, maximize: bool) -> Iterator[tuple[int, ...]]:
        """Cells by axis, always the same ones: from each beginning, where no single axis makes it better."""
        choose = random.Random(1)
        sign = 1 if maximize else -1
        fields = [at for at, axis in enumerate(self.axes) if not axis.free and _offered(axis)]
        for number in range(BEGINNINGS):
            cells = [
                choose.choice(_offered(axis)) if number and _offered(axis) and not axis.free else 0
                for axis in self.axes
            ]
            for _ in range(MOST_ROUNDS):
                before = list(cells)
                for axis in fields:
                    gains = self._gains(axis, cells)
                    best = max(_offered(self.axes[axis]), key=lambda cell: sign * gains[cell])
                    if sign * gains[best] > sign * gains[cells[axis]]:
                        cells[axis] = best
                if cells == before:
                    break
            yield tuple(cells)

    def _gains(self, axis: int, cells: Sequence[int]) -> list[int]:
        """What each cell of an axis gives, all other axes as they are."""
        tables, by_axis = self._points
        found = list(tables[axis])
        for points, wanted, own in by_axis[axis]:
            if all(one == axis or here >> cells[one] & 1 for one, here in wanted.items()):
                for cell in own:
                    found[cell] += points
        return found

    @cached_property
    def _points(self) -> tuple[list[list[int]], list[list[tuple[int, Mapping[int, int], list[int]]]]]:
        """What each cell gives by itself; by axis, what is given together with others, and its own cells in that."""
        tables = [[0] * axis.size for axis in self.axes]
        by_axis: list[list[tuple[int, Mapping[int, int], list[int]]]] = [[] for _ in self.axes]
        for rule in self.rules:
            table = self.ruling.table(rule)
            if table is not None:
                axis, low, high = table
                for cell, (least, most) in enumerate(zip(low, high, strict=True)):
                    tables[axis][cell] += most if abs(most) > abs(least) else least
                continue
            for points, wanted in self._terms(rule):
                for axis, cells in wanted.items():
                    own = [cell for cell in range(self.axes[axis].size) if cells >> cell & 1]
                    by_axis[axis].append((points, wanted, own))
        return tables, by_axis

    def _terms(self, rule: Rule) -> Iterator[Term]:
        if rule.units is not None or rule.fading is not None:
            return
        for row in rule.rows:
            parts = row.condition.parts if isinstance(row.condition, And) else (row.condition,)
            literals = [self.ruling.literal(part) for part in parts]
            if all(isinstance(one, Cells) for one in literals):
                wanted: dict[int, int] = {}
                for one in literals:
                    assert isinstance(one, Cells)
                    wanted[one.axis] = wanted.get(one.axis, -1) & one.cells
                yield row.points, wanted


def _offered(axis: Axis) -> range:
    """The cells of an axis that have values to offer: all but the loose one, which is the last."""
    return range(axis.size - int(axis.loose))
