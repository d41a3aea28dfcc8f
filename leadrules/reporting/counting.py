"""Scored blocks → the counts that a report is made of, block by block.

Counts only: of leads by score, by two scores, by stage, by the values of a
column. What a run counts is counted by the run's tally, what outcomes teach by
`leadrules.evidence`; here is the rest. Memory stays as small as the ruleset, its
scores' grain and `MOST_VALUES`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leadrules.engine.scorer import ScoredBlock
from leadrules.engine.spellings import distinct
from leadrules.evidence.holding import Holding
from leadrules.evidence.outcome import OPEN, WON, OutcomeReader, Outcomes
from leadrules.evidence.ranking import RankingCounter
from leadrules.evidence.scored import ScoredLeads
from leadrules.leads.errors import LeadsError
from leadrules.leads.headers import loosened, nearest_header
from leadrules.leads.texts import value_text
from leadrules.meaning.text import fold, is_whole, normal, trim
from leadrules.ruleset import Model
from leadrules.running.tally import Tally

if TYPE_CHECKING:
    import polars as pl

    from leadrules.leads.block import Block

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
MOST_VALUES = 20_000
"""A column with more values tells leads apart, not where they came from."""
_SEEN = 3


class Counts:
    """All counts of a report. `outcome` and `sources` are None where none were asked for."""

    def __init__(self, model: Model, outcome: OutcomeReader | None = None, by: str | None = None):
        self.model = model
        self.tally = Tally(model)
        self.given: Ints = np.zeros(len(model.rules), dtype=np.int64)
        self.onward: Counter[int] = Counter()
        """Leads that hold a stage and the one before it, by the position of the later one."""
        self.scores = RankingCounter()
        self.grid = GridCounter() if len(model.scores) > 1 else None
        self.rejected: dict[tuple[str, str], Rejection] = {}
        self.outcome = outcome
        self.holding = Holding(model) if outcome is not None else None
        self.open: Counter[int] = Counter()
        """Open leads that are not disqualified by their stage's position; -1 for none."""
        self.open_judged = 0
        self.sources = SourceCounter(by, len(model.stages)) if by is not None else None

    def add(self, block: Block, scored: ScoredBlock) -> None:
        """Count a block. Raises `LeadsError` where an outcome is unclear or the column has too many values."""
        self.tally.add(scored, scored.fired(), len(block.broken))
        answers = scored.scored
        judged = scored.good & ~answers.excluded
        live = judged & ~answers.disqualified
        self.given += answers.contributions().given(judged)
        self.scores.add(answers.totals.total[live], np.zeros(int(np.count_nonzero(live)), dtype=bool))
        if self.grid is not None:
            self.grid.add(answers.totals.scores[1][live], answers.totals.scores[0][live])
        held = [answers.block.held[position] & live for position in range(len(self.model.stages))]
        for position in range(1, len(held)):
            self.onward[position] += int(np.count_nonzero(held[position] & held[position - 1]))
        self._add_rejected(block, scored)
        outcomes = None
        if self.outcome is not None and self.holding is not None:
            outcomes = self.outcome.read(block.cells[self.outcome.column.header])
            self.holding.add(ScoredLeads(block, [scored], outcomes, scored.good))
            self.open_judged += int(np.count_nonzero(judged & (outcomes == OPEN)))
            stages = answers.block.stage[live & (outcomes == OPEN)]
            for stage, count in zip(*np.unique(stages, return_counts=True), strict=True):
                self.open[int(stage)] += int(count)
        if self.sources is not None:
            self.sources.add(block.cells[self.sources.column], judged, held, outcomes)

    def _add_rejected(self, block: Block, scored: ScoredBlock) -> None:
        for bad in scored.rejects:
            self._rejection(bad.field, plain_reason(bad.reason)).add(value_text(bad.value))
        for broken in block.broken:
            self._rejection("", re.sub(r" \(line [\d,]+\)$", "", broken.reason)).add("")

    def _rejection(self, field: str, reason: str) -> Rejection:
        return self.rejected.setdefault((field, reason), Rejection())


@dataclass(slots=True)
class Rejection:
    """How many leads were rejected for one reason, and the first few values that were."""

    leads: int = 0
    seen: list[str] = field(default_factory=list)

    def add(self, value: str) -> None:
        self.leads += 1
        if value and len(self.seen) < _SEEN and value not in self.seen:
            self.seen.append(value)


def plain_reason(reason: str) -> str:
    """A reason without the value that it begins with: ``` `5-20` is not a number``` is counted with its like."""
    return re.sub(r"^`.*` (?=is )", "", reason, flags=re.S)


def column_named(said: str, headers: Sequence[str], fields: Mapping[str, str]) -> str:
    """The header that `--by` means: a column as it is written or looks, or a field's name. Raises `LeadsError`."""
    looks = {loosened(header): header for header in reversed(headers)}
    name = trim(said)
    found = name if name in headers else fields.get(name) or looks.get(loosened(name))
    if found is None:
        near = nearest_header([name], [*headers, *fields])
        shown = ", ".join(f"`{header}`" for header in headers[:12]) + (", …" if len(headers) > 12 else "")
        help = f"did you mean `{near}`?" if near else f"the columns are {shown}"
        raise LeadsError(f"no column is called `{name}`, which `--by` names", help)
    return found


class GridCounter:
    """Leads by two scores in hundredths; rounded down to a `grain` that grows where there are too many pairs."""

    MOST = 1 << 18

    def __init__(self) -> None:
        self.grain = 1
        self._pairs: Ints = np.zeros((0, 2), dtype=np.int64)
        self._leads: Ints = np.zeros(0, dtype=np.int64)

    def add(self, across: Ints, down: Ints) -> None:
        pairs = np.stack([across, down], axis=1) // self.grain * self.grain
        self._merge(np.concatenate([self._pairs, pairs]), np.concatenate([self._leads, np.ones_like(across)]))
        while len(self._leads) > self.MOST:
            self.grain *= 10
            self._merge(self._pairs // self.grain * self.grain, self._leads)

    def counts(self) -> tuple[Ints, Ints, Ints]:
        """The distinct pairs (score across, score down), and the leads of each."""
        return self._pairs[:, 0], self._pairs[:, 1], self._leads

    def _merge(self, pairs: Ints, leads: Ints) -> None:
        if not len(pairs):
            return
        order = np.lexsort((pairs[:, 1], pairs[:, 0]))
        pairs, leads = pairs[order], leads[order]
        starts = np.flatnonzero(np.concatenate([[True], (pairs[1:] != pairs[:-1]).any(axis=1)]))
        self._pairs, self._leads = pairs[starts], np.add.reduceat(leads, starts)


class SourceCounter:
    """Judged leads by the values of a column, ignoring case: all, by stage reached, decided and won."""

    def __init__(self, column: str, stages: int):
        self.column = column
        self.spelled: list[Counter[str]] = []
        """For every value, how often each spelling of it stands in the column."""
        self._places: dict[str, int] = {}
        self._counts: Ints = np.zeros((stages + 3, 0), dtype=np.int64)

    def add(self, cells: pl.Series, judged: Mask, held: Sequence[Mask], outcomes: Outcomes | None) -> None:
        """Count a block. Raises `LeadsError` for more than `MOST_VALUES` values."""
        found, codes = distinct(cells)
        often = np.bincount(codes[judged], minlength=len(found))
        places = np.array([self._place(cell, int(count)) for cell, count in zip(found, often, strict=True)], dtype=int)
        rows = places[codes] if len(found) else np.zeros(0, dtype=int)
        size = len(self.spelled)
        masks = [judged, *held]
        if outcomes is not None:
            masks += [judged & (outcomes != OPEN), judged & (outcomes == WON)]
        counts = np.zeros((len(self._counts), size), dtype=np.int64)
        counts[:, : self._counts.shape[1]] = self._counts
        for row, mask in enumerate(masks):
            counts[row] += np.bincount(rows[mask], minlength=size)
        self._counts = counts

    def values(self) -> list[tuple[str, list[int]]]:
        """Every value that a judged lead has, as it is mostly spelled (empty: blank), with its counts.

        The counts are leads, those that reached each stage, decided and won ones; most leads first.
        """
        found = [
            (max(spelled.items(), key=lambda one: (one[1], one[0]))[0], self._counts[:, place].tolist())
            for place, spelled in enumerate(self.spelled)
            if self._counts[0, place]
        ]
        return sorted(found, key=lambda one: (-one[1][0], one[0]))

    def _place(self, cell: Any, count: int) -> int:
        text = "" if cell is None else normal(trim(value_text(cell)))
        folded = fold(text) if is_whole(text) else text
        place = self._places.setdefault(folded, len(self.spelled))
        if place == len(self.spelled):
            if place >= MOST_VALUES:
                raise LeadsError(
                    f"`{self.column}`, which `--by` names, has more than {MOST_VALUES:,} different values",
                    "name a column of few values, such as a source or a campaign",
                )
            self.spelled.append(Counter())
        if text in self.spelled[place] or len(self.spelled[place]) < 100:
            self.spelled[place][text] += count
        return place
