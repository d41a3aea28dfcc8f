"""From a file of leads to a file of scored leads, block by block.

Reading and writing happen in order, in the caller's thread; blocks in between
are scored on threads. A few blocks are under way at a time, so memory does not
grow with the file.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from leadrules.engine.scorer import ScoredBlock, Scorer
from leadrules.engine.table import added_schema
from leadrules.leads.block import ROWS, Block
from leadrules.leads.rejects import Rejected
from leadrules.leads.texts import value_text
from leadrules.record import record
from leadrules.ruleset import Model
from leadrules.running.ordered import Result, in_order
from leadrules.running.scoring import plain_numbers, score_block
from leadrules.running.tally import Tally

if TYPE_CHECKING:
    from leadrules.leads import LeadWriter
    from leadrules.leads.block import LeadSource
    from leadrules.leads.rejects import RejectsWriter
    from leadrules.running.profile import Profile, Step

STAMP = ("as_of", "ruleset", "ruleset_version", "ruleset_hash")


@record
class Added:
    """Which columns a run adds, and how they are called."""

    reasons: int | None = 3
    prefix: str = ""
    stamp: bool = False

    def schema(self, model: Model) -> list[tuple[str, pl.DataType]]:
        """Names and types of the added columns, in order."""
        schema = [(self.prefix + name, dtype) for name, dtype in added_schema(model, self.reasons).items()]
        if self.stamp:
            schema += [(self.prefix + name, pl.String()) for name in STAMP]
        return schema

    def frame(self, model: Model, scored: ScoredBlock, as_of: date) -> pl.DataFrame:
        """A block's added columns."""
        frame = scored.frame
        if self.prefix:
            frame = frame.rename({name: self.prefix + name for name in frame.columns})
        stamp = self.stamped(model, as_of)
        return frame.with_columns(pl.lit(value, dtype=pl.String).alias(name) for name, value in stamp.items())

    def stamped(self, model: Model, as_of: date) -> dict[str, str | None]:
        """What every lead is stamped with, by the column's name."""
        if not self.stamp:
            return {}
        values = (as_of.isoformat(), model.title, model.version, model.short_hash)
        return {self.prefix + name: value for name, value in zip(STAMP, values, strict=True)}


def run(
    scorer: Scorer,
    as_of: date,
    source: LeadSource,
    headers: Mapping[int, str],
    writer: LeadWriter,
    rejects: RejectsWriter,
    added: Added,
    *,
    rows: int = ROWS,
    threads: int | None = None,
    progress: Callable[[Block, Tally], Any] | None = None,
    profile: Profile | None = None,
) -> Tally:
    """Score every lead of a source; write the good ones and the rejected ones. Returns what was counted.

    `headers` says which column each field reads; `progress` is called after each block.
    With a `profile`, the steps are measured one after another, and the scorer is to be a `ProfiledScorer`.
    Commits neither output: that is the caller's to do when all is well.
    """
    tally = Tally(scorer.model)
    needed = list(dict.fromkeys(headers.values()))

    def score(block: Block) -> tuple[Block, ScoredBlock, npt.NDArray[np.int64], Callable[[], None]]:
        scored = score_block(scorer, block, headers, added.reasons)
        with within(profile, "write"):
            write = writer.prepare(block, scored.good, added.frame(scorer.model, scored, as_of))
        with within(profile, "count"):
            # A run tells which rules never fired: one that has is not counted any more.
            return block, scored, scored.fired(tally.fired == 0), write

    blocks = source.blocks(needed, rows, as_numbers=plain_numbers(scorer.model, headers))
    done = in_order(score, blocks, threads) if profile is None else _in_turn(score, profile.each("read", blocks))
    with closing(done) as scored_blocks:
        for block, scored, fired, write in scored_blocks:
            with within(profile, "write"):
                write()
                rejects.write(block, rejected_of(scored))
            with within(profile, "count"):
                tally.add(scored, fired, len(block.broken))
            if progress is not None:
                progress(block, tally)
    return tally


def within(profile: Profile | None, step: Step) -> AbstractContextManager[None]:
    """Measure a step, if anyone asked for it."""
    return nullcontext() if profile is None else profile.step(step)


def _in_turn(work: Callable[[Block], Result], blocks: Iterator[Block]) -> Generator[Result, None, None]:
    """The results of work on blocks, one after another, with nothing beside."""
    for block in blocks:
        yield work(block)


def rejected_of(scored: ScoredBlock) -> list[Rejected]:
    """The bad values of a block, as the rejects file has them."""
    return [Rejected(bad.row, bad.field, value_text(bad.value), bad.reason) for bad in scored.rejects]
