"""Where the time of a run goes: by step, by field, and by each rule that is worked out lead by lead.

Steps are measured one after another, on one block at a time: side by side, the processor time of a
step could not be told from that of the others. A profiled run therefore takes longer than a plain one.

Questionable decision: what a text field's tests cost (`title mentions any chiefs`) counts as encoding that field, not
as scoring. It is paid once for each distinct text, so it belongs to the field's texts, however many rules ask.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

import polars as pl

from leadrules.bins import TextAxis
from leadrules.engine.columns import Column, ColumnReader
from leadrules.engine.points import Cuts, contribution
from leadrules.engine.score import Engine, Scored
from leadrules.engine.scorer import ScoredBlock, Scorer
from leadrules.ruleset import Field, FieldValue, Model

Step = Literal["start", "read", "encode", "score", "reasons", "write", "count"]
STEPS: Mapping[Step, str] = {
    "start": "start the program, read the rules",
    "read": "read the file, cut it into cells",
    "encode": "cells into values, texts held against the rules",
    "score": "points, stages, labels",
    "reasons": "reasons, and the added columns",
    "write": "write the scored leads",
    "count": "count for the summary",
}
Item = TypeVar("Item")


@dataclass(slots=True)
class Spent:
    """Seconds: of the processor, and by the clock."""

    processor: float = 0.0
    clock: float = 0.0

    def add(self, processor: float, clock: float) -> None:
        self.processor += processor
        self.clock += clock


class Profile:
    """What a run spent so far. Within a step, another may be measured: its time is then its own alone."""

    def __init__(self) -> None:
        self.steps: defaultdict[Step, Spent] = defaultdict(Spent)
        self.fields: defaultdict[int, Spent] = defaultdict(Spent)
        """Encoding, by field."""
        self.rules: defaultdict[int, Spent] = defaultdict(Spent)
        """Points that no table holds, by rule: measured once more beside the step `score`, which they are part of."""
        self.folded = 0
        """How many rules are folded into tables of points."""
        self._open: list[list[Spent]] = []
        self._since = _now()
        self.steps["start"].add(self._since[0], 0.0)

    def step(self, step: Step) -> AbstractContextManager[None]:
        """Measure what happens within as this step."""
        return self._measured([self.steps[step]])

    def field(self, field: int) -> AbstractContextManager[None]:
        """Measure what happens within as encoding a field."""
        return self._measured([self.steps["encode"], self.fields[field]])

    def rule(self, rule: int) -> AbstractContextManager[None]:
        """Measure what happens within as working out a rule; it is no step of the run."""
        return self._measured([self.rules[rule]])

    def each(self, step: Step, items: Iterator[Item]) -> Iterator[Item]:
        """The same items; making each is measured."""
        while True:
            with self.step(step):
                item = next(items, _END)
            if item is _END:
                return
            yield item  # type: ignore[misc]

    @contextmanager
    def _measured(self, spent: list[Spent]) -> Iterator[None]:
        self._charge()
        self._open.append(spent)
        try:
            yield
        finally:
            self._charge()
            self._open.pop()

    def _charge(self) -> None:
        processor, clock = _now()
        for one in self._open[-1] if self._open else ():
            one.add(processor - self._since[0], clock - self._since[1])
        self._since = processor, clock


def _now() -> tuple[float, float]:
    return time.process_time(), time.perf_counter()


_END = object()


class ProfiledScorer(Scorer):
    """A scorer that measures its steps, its fields and the rules that no table holds. Serves one thread."""

    def __init__(self, model: Model, as_of: date, profile: Profile):
        super().__init__(model, as_of)
        self._profile = profile
        self.engine = _ProfiledEngine(model, as_of, profile)
        self.readers = {
            position: _ProfiledReader(reader.field, profile, position) for position, reader in self.readers.items()
        }

    def score(self, cells: Mapping[int, pl.Series], rows: int, reasons: int | None) -> ScoredBlock:
        with self._profile.step("reasons"):
            scored = super().score(cells, rows, reasons)
        tables, block = self.engine.tables, scored.scored.block
        leftover = tables.layout(block).leftover
        self._profile.folded = sum(one.counts for one in tables.plan.rules) - len(leftover)
        for position in leftover:
            block.contributions.pop(position, None)  # remembered, it would cost nothing
            with self._profile.rule(position):
                contribution(tables, block, position)
        return scored


class _ProfiledReader(ColumnReader):
    """A column reader whose time is its field's."""

    def __init__(self, field: Field, profile: Profile, position: int):
        super().__init__(field)
        self._profile, self._position = profile, position

    def absent(self, rows: int) -> Column:
        with self._profile.field(self._position):
            return super().absent(rows)

    def read(self, cells: pl.Series) -> Column:
        with self._profile.field(self._position):
            return super().read(cells)


class _ProfiledEngine(Engine):
    """An engine that holds the texts of each field against the rules first, so that it can be measured by field."""

    def __init__(self, model: Model, as_of: date, profile: Profile):
        super().__init__(model, as_of)
        self._profile = profile

    def score(self, rows: int, column: Callable[[int], Column], cuts: Cuts | None = None) -> Scored:
        for axis, subject in zip(self.plan.axes, self.plan.subjects, strict=True):
            if isinstance(axis, TextAxis) and isinstance(subject, FieldValue):
                with self._profile.field(subject.field):
                    axis.bins(column(subject.field).texts)
        with self._profile.step("score"):
            return super().score(rows, column, cuts)
