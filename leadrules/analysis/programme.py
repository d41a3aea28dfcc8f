"""An integer programme over the axes of a space: one cell of each, and conditions as columns of 0 and 1.

`Programme` holds columns and rows and knows nothing of rulesets; `Ruling`
(`leadrules.analysis.ruling`) writes one on it. Everything is whole numbers; the
solver is imported by `solve` alone.

Questionable decision: an `and` is one more column between 0 and 1, forced by
its parts, not a choice of its own: the solver has only the cells to decide.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any
from typing import Literal as OneOf

from leadrules.analysis.implied import impossible
from leadrules.analysis.space import Axis, Space
from leadrules.analysis.sums import Cells, Column, Literal, Sum, added
from leadrules.record import record
from leadrules.ruleset import Includes

LARGEST = 150_000_000
"""Beyond this, a factor would drown in the solver's tolerance: nothing is proved then."""

Row = tuple[Mapping[int, int], int | None, int | None]


@record
class Solved:
    """What the solver says: whether there is a lead, the best value, and its cells by axis.

    `choices` are the tests that hold in loose cells, by axis. `bound` is a value
    that none can better.
    """

    status: OneOf["found", "none", "open"]
    value: int | None = None
    bound: float | None = None
    cells: tuple[int, ...] = ()
    has_lead: bool = False
    choices: Mapping[int, tuple[bool, ...]] | None = None


class Programme:
    """Columns and rows over a space."""

    def __init__(self, space: Space):
        self.space = space
        self.lower: list[int] = []
        self.upper: list[int] = []
        self.whole: list[bool] = []
        self.rows: list[Row] = []
        self.too_large = False
        self._base: list[int] = []
        self._choices: list[list[int]] = []
        self._together: dict[tuple[str, frozenset[Any]], Literal] = {}
        self._owner: dict[int, tuple[int, int]] = {}
        for position, axis in enumerate(space.axes):
            self._add_axis(position, axis)
        for position, axis in enumerate(space.axes):
            if axis.free:
                self._tie(position, axis)

    # ---------------------------------------------------------------- columns

    def column(self, lower: int, upper: int, whole: bool = False) -> int:
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.lower) - 1

    def row(self, one: Sum, low: int | None, high: int | None) -> None:
        """`low <= one <= high`; None is open."""
        if any(abs(factor) > LARGEST for factor in one.terms.values()):
            self.too_large = True
            return
        self.rows.append(
            (one.terms, None if low is None else low - one.constant, None if high is None else high - one.constant)
        )

    def _add_axis(self, position: int, axis: Axis) -> None:
        """Of an ordered axis, whether the lead is in a cell or beyond it; of any other, one column for each cell."""
        base = len(self.lower)
        self._base.append(base)
        self._choices.append([])
        if self._ordered(position):
            for cell in range(1, axis.size):
                self._owner[self.column(0, 1, True)] = position, cell
            for column in range(base + 1, len(self.lower)):
                self.row(Sum({column: 1, column - 1: -1}), None, 0)
            return
        for cell in range(axis.size):
            self._owner[self.column(0, 1, True)] = position, cell
        self.row(Sum({base + cell: 1 for cell in range(axis.size)}), 1, 1)
        if axis.loose:
            self._add_choices(axis, base + axis.size - 1)

    def _ordered(self, axis: int) -> bool:
        return self.space.axes[axis].scale is not None

    def _add_choices(self, axis: Axis, loose: int) -> None:
        """Columns for the tests of a loose cell, 0 outside it, and what is ruled out among them."""
        columns = [self.column(0, 1, True) for _ in axis.choices]
        self._choices[-1] = columns
        for column in columns:
            self.row(Sum({column: 1, loose: -1}), None, 0)
        tests = [axis.tests[at] for at in axis.choices]
        includes = [test.texts for _, test in tests if isinstance(test, Includes)]
        if includes:
            self._add_items(includes, columns, loose)
            return
        directories = [self.space.directories[which] for which, _ in tests]
        for barred in impossible([test for _, test in tests], directories):
            terms = {loose: 0}
            for at, wanted in barred:
                terms[columns[at]] = 1 if wanted else -1
                terms[loose] += 0 if wanted else 1
            self.row(Sum(terms) - Sum({loose: len(barred) - 1}), None, 0)

    def _add_items(self, includes: Sequence[frozenset[str]], columns: Sequence[int], loose: int) -> None:
        """A list's tests hold where one of the items that they want is in it."""
        groups = {tuple(text in texts for texts in includes) for text in frozenset().union(*includes)}
        items = [(answers, self.column(0, 1, True)) for answers in sorted(groups)]
        for at, column in enumerate(columns):
            wanting = [item for answers, item in items if answers[at]]
            self.row(Sum({column: -1, **dict.fromkeys(wanting, 1)}), 0, None)
            for item in wanting:
                self.row(Sum({item: 1, column: -1}), None, 0)
        for _, item in items:
            self.row(Sum({item: 1, loose: -1}), None, 0)

    def _tie(self, position: int, axis: Axis) -> None:
        """A number worked out from fields is missing where one of them is."""
        for one in axis.fields:
            home = self.space.field_axis(one)
            if home is None or self.space.seen(one, None) is not None or not self.space.axes[home].missing:
                continue
            if all(model.fields[one].default is None for model in self.space.models):
                there, known = self.sum(self.cells(home, 1)), self.sum(self.cells(position, 1))
                self.row(there - known, None, 0)

    # ---------------------------------------------------------------- literals

    def sum(self, one: Literal) -> Sum:
        """A literal as a sum that is 0 or 1."""
        if isinstance(one, bool):
            return Sum({}, int(one))
        if isinstance(one, Column):
            return Sum({one.column: 1}) if one.positive else Sum({one.column: -1}, 1)
        size = self.space.axes[one.axis].size
        return self.table(one.axis, [one.cells >> cell & 1 for cell in range(size)])

    def table(self, axis: int, values: Sequence[int]) -> Sum:
        """A number for each cell of an axis."""
        base = self._base[axis]
        if self._ordered(axis):
            steps = {
                base + at: after - before for at, (before, after) in enumerate(pairwise(values)) if after != before
            }
            return Sum(steps, values[0])
        most = max(set(values), key=values.count)
        return Sum({base + cell: one - most for cell, one in enumerate(values) if one != most}, most)

    def choice(self, axis: int, at: int) -> Column:
        """The test of a loose cell."""
        return Column(self._choices[axis][at])

    def negated(self, one: Literal) -> Literal:
        if isinstance(one, bool):
            return not one
        if isinstance(one, Column):
            return Column(one.column, not one.positive)
        return self.cells(one.axis, self.space.axes[one.axis].all & ~one.cells)

    def cells(self, axis: int, cells: int) -> Literal:
        return False if cells == 0 else True if cells == self.space.axes[axis].all else Cells(axis, cells)

    def all_of(self, parts: Iterable[Literal]) -> Literal:
        """Whether all are true."""
        kept: set[Column] = set()
        met: dict[int, int] = {}
        for one in parts:
            if isinstance(one, bool):
                if not one:
                    return False
            elif isinstance(one, Cells):
                met[one.axis] = met.get(one.axis, -1) & one.cells
            elif Column(one.column, not one.positive) in kept:
                return False
            else:
                kept.add(one)
        sets = [self.cells(axis, cells) for axis, cells in met.items()]
        if False in sets:
            return False
        found: frozenset[Any] = frozenset(kept) | frozenset(one for one in sets if one is not True)
        if len(found) < 2:
            return next(iter(found), True)
        key = ("all", found)
        if key not in self._together:
            column = self.column(0, 1)
            sums = [self.sum(one) for one in sorted(found, key=repr)]
            total = Sum({column: 1})
            for part in sums:
                self.row(Sum({column: 1}) - part, None, 0)
                total = total - part
            self.row(total, 1 - len(sums), None)
            self._together[key] = Column(column)
        return self._together[key]

    def any_of(self, parts: Iterable[Literal]) -> Literal:
        """Whether one is true."""
        return self.negated(self.all_of([self.negated(one) for one in parts]))

    def at_least(self, total: Sum, least: int) -> Literal:
        """Whether a sum of whole numbers reaches a whole number."""
        low, high = self.range(total)
        if low >= least:
            return True
        if high < least:
            return False
        key = ("reach", frozenset((*total.terms.items(), ("least", least - total.constant))))
        if key not in self._together:
            column = self.column(0, 1, True)
            self.row(total - Sum({column: least - low}), low, None)
            self.row(total - Sum({column: high - least + 1}), None, least - 1)
            self._together[key] = Column(column)
        return self._together[key]

    def limited(self, total: Sum, low: int | None, high: int | None) -> Sum:
        """A sum held between two ends."""
        least, most = self.range(total)
        if high is not None and most > high:
            if least >= high:
                return Sum({}, high)
            total = self._clipped(total, high, least, most)
            most = high
        if low is not None and least < low:
            if most <= low:
                return Sum({}, low)
            total = self._clipped(total * -1, -low, -most, -least) * -1
        return total

    def _clipped(self, total: Sum, high: int, least: int, most: int) -> Sum:
        """The lesser of a sum (from least to most) and `high`."""
        key = ("lesser", frozenset((*total.terms.items(), ("constant", total.constant), ("high", high))))
        if key not in self._together:
            self._together[key] = self._lesser(total, high, least, most)
        found = self._together[key]
        assert isinstance(found, Column)
        return Sum({found.column: 1})

    def _lesser(self, total: Sum, high: int, least: int, most: int) -> Column:
        column, over = self.column(least, high), self.column(0, 1, True)
        self.row(Sum({column: 1}) - total, None, 0)
        self.row(Sum({column: 1, over: most - high}) - total, 0, None)
        self.row(Sum({column: 1, over: least - high}), least, None)
        return Column(column)

    def product(self, one: Literal, amount: Sum, most: int) -> Sum:
        """An amount (from 0 to `most`) where a literal is true, else 0."""
        if isinstance(one, bool):
            return amount if one else Sum()
        key = ("product", frozenset((one, *amount.terms.items(), ("constant", amount.constant))))
        if key not in self._together:
            column = self.column(0, most)
            self.row(Sum({column: 1}) - amount, None, 0)
            self.row(Sum({column: 1}) - self.sum(one) * most, None, 0)
            self.row(Sum({column: 1}) - amount - self.sum(one) * most, -most, None)
            self._together[key] = Column(column)
        found = self._together[key]
        assert isinstance(found, Column)
        return Sum({found.column: 1})

    def within(self, axis: int, spread: Sequence[int], of: Hashable) -> Sum:
        """A number from 0 to so much in each cell of an axis; the same one for all who ask of the same thing."""
        key = ("within", frozenset((axis, of)))
        if key not in self._together:
            column = self.column(0, max(spread))
            self.row(Sum({column: 1}) - self.table(axis, spread), None, 0)
            self._together[key] = Column(column)
        found = self._together[key]
        assert isinstance(found, Column)
        return Sum({found.column: 1})

    def range(self, total: Sum) -> tuple[int, int]:
        """A sum's least and most, as far as can be told from each axis and column alone."""
        low = high = total.constant
        by_axis: dict[int, dict[int, int]] = {}
        for column, factor in total.terms.items():
            owner = self._owner.get(column)
            if owner is not None:
                by_axis.setdefault(owner[0], {})[owner[1]] = factor
                continue
            ends = factor * self.lower[column], factor * self.upper[column]
            low, high = low + min(ends), high + max(ends)
        for axis, factors in by_axis.items():
            size = self.space.axes[axis].size
            if self._ordered(axis):
                values = list(accumulate(factors.get(cell, 0) for cell in range(size)))
            else:
                values = [factors.get(cell, 0) for cell in range(size)]
            low, high = low + min(values), high + max(values)
        return low, high

    # ------------------------------------------------------------------ solve

    def solve(
        self,
        objective: Sum,
        maximize: bool,
        require: Sequence[Literal] = (),
        extra: Sequence[Row] = (),
        seconds: float = 10.0,
    ) -> Solved:
        """The best lead by a sum among those that meet what is required."""
        wanted = self.all_of_rows(require)
        if wanted is None:
            return Solved("none")
        if self.too_large or any(abs(factor) > LARGEST for factor in objective.terms.values()) or seconds <= 0:
            return Solved("open")
        if not self.lower:
            return Solved("found", objective.constant, objective.constant, (), has_lead=True)
        from leadrules.analysis.solver import solve

        status, value, bound, columns = solve(self, objective, maximize, [*wanted, *extra], seconds)
        if columns is None:
            return Solved(status, None, bound)
        cells = tuple(self._cell(at, columns) for at in range(len(self.space.axes)))
        choices = {at: tuple(columns[one] > 0.5 for one in own) for at, own in enumerate(self._choices) if own}
        return Solved(status, value, bound, cells, True, choices)

    def _cell(self, axis: int, columns: Sequence[float]) -> int:
        """The cell of an axis that the solver's columns say."""
        base, size = self._base[axis], self.space.axes[axis].size
        if self._ordered(axis):
            return sum(columns[base + at] > 0.5 for at in range(size - 1))
        return max(range(size), key=lambda cell: columns[base + cell])

    def all_of_rows(self, require: Sequence[Literal]) -> list[Row] | None:
        """Rows that hold all of some literals; None if one never holds."""
        rows: list[Row] = []
        met: dict[int, int] = {}
        for one in require:
            if one is False:
                return None
            if isinstance(one, Cells):
                met[one.axis] = met.get(one.axis, -1) & one.cells
            elif isinstance(one, Column):
                total = self.sum(one)
                rows.append((total.terms, 1 - total.constant, None))
        for axis, cells in met.items():
            found = self.cells(axis, cells)
            if found is False:
                return None
            total = self.sum(found)
            rows.append((total.terms, 1 - total.constant, None))
        return rows

    def not_together(self, cells: Mapping[int, int]) -> Row:
        """A row that bars a lead from being in all these cells (by axis) at once."""
        return self._at_most([Cells(axis, 1 << cell) for axis, cell in cells.items()], len(cells) - 1)

    def none_of(self, cells: Mapping[int, int], axis: int, barred: Sequence[int]) -> Row:
        """A row that bars a lead in all these cells (by axis) from some cells of one more axis."""
        bits = sum(1 << cell for cell in barred)
        return self._at_most([*(Cells(one, 1 << cell) for one, cell in cells.items()), Cells(axis, bits)], len(cells))

    def _at_most(self, literals: Sequence[Literal], most: int) -> Row:
        total = added([self.sum(one) for one in literals])
        return total.terms, None, most - total.constant

    def not_chosen(self, axis: int, chosen: Sequence[bool]) -> Row:
        """A row that bars one combination of the tests of a loose cell."""
        loose = self._base[axis] + self.space.axes[axis].size - 1
        terms = {column: 1 if one else -1 for column, one in zip(self._choices[axis], chosen, strict=True)}
        return {**terms, loose: 1}, None, sum(chosen)

    def known_facts(self) -> Sum:
        """How many fields are known, and how far from the plainest they are: the cheaper lead is the lesser."""
        return added(
            [
                self.table(
                    position,
                    [
                        0 if axis.missing >> cell & 1 else FACT + min(_distance(axis, cell), FACT // 50)
                        for cell in range(axis.size)
                    ],
                )
                for position, axis in enumerate(self.space.axes)
                if not axis.free
            ]
        )


FACT = 1000
"""What one known fact weighs against how plain its value is."""


def _distance(axis: Axis, cell: int) -> int:
    """How many cells lie between a cell and that of the plainest value."""
    if axis.scale is None:
        return cell - 1 if axis.missing else cell
    plain = axis.scale.value(axis.scale.plain) if axis.scale.first <= axis.scale.plain <= axis.scale.last else None
    home = next((at for at, one in enumerate(axis.cells) if plain in one.values), None)
    if home is None:
        home = 1 if axis.missing else 0
    return abs(cell - home)


def deadline(seconds: float) -> float:
    """When so many seconds have passed."""
    return time.monotonic() + seconds
