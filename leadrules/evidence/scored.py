"""A file of leads → blocks of scored leads with their outcomes, one after the other.

Several rulesets can look at the same leads. A lead that any of them rejects is
left out for all, so that they are compared on the same leads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leadrules.evidence.outcome import OPEN, OutcomeReader, Outcomes
from leadrules.evidence.ranking import LAST, Ints

if TYPE_CHECKING:
    import polars as pl

    from leadrules.engine.scorer import ScoredBlock, Scorer
    from leadrules.leads.block import Block, LeadSource

ROWS = 100_000


@dataclass(frozen=True, slots=True)
class ScoredLeads:
    """A block of leads, what each ruleset says of them, and their outcomes.

    block     the leads as they came; `extra` columns that were asked for are in its `cells`
    scored    one answer for each scorer
    outcomes  won, lost or open, for each lead of the block
    good      leads that every ruleset reads; the others are rejected
    """

    block: Block
    scored: Sequence[ScoredBlock]
    outcomes: Outcomes
    good: NDArray[np.bool_]

    @property
    def decided(self) -> NDArray[np.bool_]:
        """Leads that count: read by every ruleset, and won or lost."""
        found: NDArray[np.bool_] = self.good & (self.outcomes != OPEN)
        return found


def scored_leads(
    rulesets: Sequence[tuple[Scorer, Mapping[int, str]]],
    source: LeadSource,
    outcome: OutcomeReader,
    *,
    extra: Sequence[str] = (),
    rows: int = ROWS,
) -> Iterator[ScoredLeads]:
    """Score a file's leads, block by block, without reasons; `rulesets` are scorers with the header of each field.

    Raises `LeadsError`, also where the outcome is unclear. The caller calls `outcome.finish()` after the last block.
    """
    headers = [header for _, used in rulesets for header in used.values()]
    needed = list(dict.fromkeys([*headers, outcome.column.header, *extra]))
    for block in source.blocks(needed, rows):
        cells = block.cells
        outcomes = outcome.read(cells[outcome.column.header])
        scored = [scorer.score(_cells_of(cells, used), block.rows, 0) for scorer, used in rulesets]
        good = np.ones(block.rows, dtype=bool)
        for one in scored:
            good &= one.good
        yield ScoredLeads(block, scored, outcomes, good)


def _cells_of(cells: pl.DataFrame, headers: Mapping[int, str]) -> dict[int, pl.Series]:
    return {position: cells[header] for position, header in headers.items()}


def points_of(scored: ScoredBlock) -> Ints:
    """Every lead's total in hundredths, by which it ranks; a disqualified lead ranks last."""
    found: Ints = np.where(scored.scored.disqualified, LAST, scored.scored.totals.total)
    return found
