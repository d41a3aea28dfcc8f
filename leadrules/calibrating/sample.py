"""A file of leads → a sample of them, each lead with its outcome.

Every lead has the same chance to be in it: each draws a random key, and those
with the smallest keys stay. The draw is seeded by the leads' places alone, so
that a run can be repeated. A file of no more leads than the sample holds is
looked at whole, and needs no second reading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leadrules.evidence.outcome import OPEN, WON, OutcomeReader, Outcomes
from leadrules.meaning.cells import values_of

if TYPE_CHECKING:
    import polars as pl

    from leadrules.leads.block import Block, LeadSource

ROWS = 50_000
Progress = Callable[["Block", int], Any]
"""What is called with each block that was read, and how many leads there were up to its end."""
SEED = 20_260


@dataclass(frozen=True, eq=False)
class Sample:
    """Leads, open ones among them: `cells` has every column of the file, named by its position.

    `read` leads were read in all, besides `broken` records; `numbers` are the sampled leads' numbers in the file.
    """

    headers: Sequence[str]
    cells: pl.DataFrame
    outcomes: Outcomes
    numbers: NDArray[np.int64]
    read: int
    broken: int

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the file."""
        return self.read == len(self.outcomes)

    @property
    def decided(self) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.outcomes != OPEN
        return found

    @property
    def won(self) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.outcomes == WON
        return found


def take_sample(
    source: LeadSource, outcome: OutcomeReader, rows: int = ROWS, progress: Progress | None = None
) -> Sample:
    """Read a whole file and keep so many leads. Raises `LeadsError`, also where no outcome can be learnt from."""

    random = np.random.default_rng(SEED)
    positions = list(range(len(source.headers)))
    at = positions[source.headers.index(outcome.column.header)]
    kept: list[tuple[pl.DataFrame, NDArray[np.float64], Outcomes, NDArray[np.int64]]] = []
    read = broken = held = 0
    limit = 1.0
    for block in source.blocks():
        read += block.rows
        broken += len(block.broken)
        if progress is not None:
            progress(block, read)
        keys = random.random(block.rows)
        wanted = np.flatnonzero(keys < limit)
        outcomes = outcome.read(block.columns([at]).to_series())
        if not len(wanted):
            continue
        frame = block.columns(positions)
        if len(wanted) < block.rows:
            frame = frame[wanted]
        kept.append((frame, keys[wanted], outcomes[wanted], block.numbers[wanted]))
        held += len(wanted)
        if held > 2 * rows:
            kept = [_smallest(kept, rows)]
            held, limit = rows, float(kept[0][1].max())
    outcome.finish()
    cells, _, outcomes, numbers = _smallest(kept, rows)
    return Sample(source.headers, cells, outcomes, numbers, read, broken)


def _smallest(
    parts: Sequence[tuple[pl.DataFrame, NDArray[np.float64], Outcomes, NDArray[np.int64]]], rows: int
) -> tuple[pl.DataFrame, NDArray[np.float64], Outcomes, NDArray[np.int64]]:
    """The leads with the smallest keys, in the order of the file."""
    import polars as pl

    frames = [frame for frame, *_ in parts]
    cells = frames[0] if len(frames) == 1 else _stacked(frames)
    keys, outcomes, numbers = (np.concatenate([part[at] for part in parts]) for at in (1, 2, 3))
    if len(keys) <= rows:
        return cells, keys, outcomes, numbers
    chosen = np.sort(np.argpartition(keys, rows)[:rows])
    assert isinstance(cells, pl.DataFrame)
    return cells[chosen], keys[chosen], outcomes[chosen], numbers[chosen]


def _stacked(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Frames one below the other; columns of objects, which Polars does not stack, by their values."""
    import polars as pl

    columns = []
    for name, dtype in frames[0].schema.items():
        if isinstance(dtype, pl.Object):
            values = [value for frame in frames for value in values_of(frame[name])]
            columns.append(pl.Series(name, values, dtype=pl.Object))
        else:
            columns.append(pl.concat([frame[name] for frame in frames]))
    return pl.DataFrame(columns)
