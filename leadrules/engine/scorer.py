"""Cells in, added columns and rejected leads out: what `Ruleset.score` and `leadrules run` share.

A scorer is a model compiled for one as-of date, with a reader for each field.
It is safe to share between threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from leadrules.bins import Mask
from leadrules.engine.columns import Column, ColumnReader
from leadrules.engine.memory import keep_freed
from leadrules.engine.points import Cuts
from leadrules.engine.score import Engine, Scored
from leadrules.engine.table import added_columns
from leadrules.meaning.cells import value_at
from leadrules.ruleset import Model

BLOCK_ROWS = 262_144
"""Leads scored at a time: their columns stay near the processor, and a file of any size takes the same memory."""
LEAST_ROWS = 32_768
"""A block of fewer leads is not worth a thread of its own."""


def even_blocks(rows: int, most: int, threads: int) -> int:
    """How many leads to score at a time, up to `most`, so that all threads are at work to the end."""
    blocks = max(-(-rows // most), 1)
    if rows >= threads * LEAST_ROWS:
        blocks = -(-blocks // threads) * threads
    return max(-(-rows // blocks), 1)


@dataclass(frozen=True, slots=True)
class Reject:
    """A bad value of one lead: the row within its leads (from 0), the field, the cell as it came, and what is wrong."""

    row: int
    field: str
    value: object
    reason: str


@dataclass(frozen=True, slots=True)
class ScoredBlock:
    """The answers for one block: `frame` has a row for each lead, rejected ones too, which `good` leaves out."""

    scored: Scored
    frame: pl.DataFrame
    good: Mask
    rejects: list[Reject]
    columns: Mapping[int, Column]
    cuts: Cuts

    def fired(self, rules: Mask | None = None) -> npt.NDArray[np.int64]:
        """For every rule, for how many of the leads that have a score it gave other than 0.

        Where only some `rules` are asked for, 0 for the others.
        """
        return self.scored.contributions().fired(self.good & ~self.scored.excluded, rules)


class Scorer:
    """A model, ready for the leads of one as-of date."""

    def __init__(self, model: Model, as_of: date):
        keep_freed()
        self.model = model
        self.engine = Engine(model, as_of)
        self.readers = {position: ColumnReader(model.fields[position]) for position in model.read_fields}

    def score(self, cells: Mapping[int, pl.Series], rows: int, reasons: int | None) -> ScoredBlock:
        """Score leads, given by their cells for each field; a field without a column is missing or its default."""
        columns: dict[int, Column] = {}
        rejects: list[Reject] = []
        good = np.ones(rows, dtype=bool)
        for position, reader in self.readers.items():
            column = reader.read(cells[position]) if position in cells else reader.absent(rows)
            columns[position] = column
            for row, bad in sorted(column.bad.items()):
                good[row] = False
                cell = value_at(cells[position], row) if position in cells else None
                rejects.append(Reject(row, self.model.fields[position].name, cell, bad.reason))
        rejects.sort(key=lambda bad: bad.row)
        cuts = Cuts(good.copy())
        scored = self.engine.score(rows, columns.__getitem__, cuts)
        frame = added_columns(self.model, scored, reasons)
        return ScoredBlock(scored, frame, good, rejects, columns, cuts)
