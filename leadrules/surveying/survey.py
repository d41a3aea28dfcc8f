"""A file of leads → counts: how often each rule fires, what stands in the columns, which values are bad.

Leads pass by in blocks and are not kept. Of each field whose texts a ruleset asks
for, those texts are counted, and others up to `MOST_VALUES` different ones; a
column with more of them holds free text, in which a misspelling has no meaning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from leadrules.engine.columns import Column
from leadrules.engine.scorer import Scorer
from leadrules.meaning.text import fold
from leadrules.ruleset import Model
from leadrules.running.ordered import scored_blocks
from leadrules.running.tally import Tally

if TYPE_CHECKING:
    from leadrules.bins import Mask
    from leadrules.engine.scorer import ScoredBlock
    from leadrules.leads.block import Block, LeadSource

MOST_VALUES = 2_000
MOST_BAD = 5


@dataclass
class Values:
    """The texts of one field: `asked` ones, by folded text, and others as they are spelled."""

    wanted: frozenset[str]
    asked: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    many: bool = False

    def add(self, text: str, count: int) -> None:
        folded = fold(text)
        if folded in self.wanted:
            self.asked[folded] += count
        elif not self.many:
            self.others[text] += count
            if len(self.others) > MOST_VALUES:
                self.many = True
                self.others.clear()


@dataclass
class BadValues:
    """What does not fit a field: how many leads, and the first few reasons with their rows (from 1)."""

    leads: int = 0
    first: dict[str, int] = field(default_factory=dict)


class Survey:
    """What was counted. `tally` has the sums that a run has; masks of verdicts are counted by their position."""

    def __init__(self, model: Model, wanted: Mapping[int, Collection[str]], headers: Mapping[int, str], as_of: date):
        self.model = model
        self.as_of = as_of
        self.headers = headers
        self.tally = Tally(model)
        self.excluded = [0] * len(model.excludes)
        self.disqualified = [0] * len(model.disqualifies)
        self.values = {
            at: Values(frozenset(texts)) for at, texts in wanted.items() if at in headers and model.fields[at].read
        }
        self.bad: dict[int, BadValues] = {}
        self._places = {one.name: at for at, one in enumerate(model.fields)}

    @property
    def scored(self) -> int:
        """Leads that have a score: what rules could fire for."""
        return self.tally.scored + self.tally.disqualified

    def add(self, block: Block, scored: ScoredBlock) -> None:
        self.tally.add(scored, scored.fired(), len(block.broken))
        live = scored.good & ~scored.scored.excluded
        for at, (_, mask) in enumerate(scored.scored.excludes):
            self.excluded[at] += int(np.count_nonzero(mask & scored.good))
        for at, (_, mask) in enumerate(scored.scored.disqualifies):
            self.disqualified[at] += int(np.count_nonzero(mask & live))
        for at, values in self.values.items():
            _count(scored.columns[at], scored.good, values)
        for reject in scored.rejects:
            bad = self.bad.setdefault(self._places[reject.field], BadValues())
            bad.leads += 1
            if len(bad.first) < MOST_BAD:
                bad.first.setdefault(reject.reason, int(block.numbers[reject.row]))


def survey(
    model: Model, as_of: date, source: LeadSource, headers: Mapping[int, str], wanted: Mapping[int, Collection[str]]
) -> Survey:
    """Read all leads once. `headers` says which column each field reads, `wanted` which texts (folded) to count."""
    counted = Survey(model, wanted, headers, as_of)
    with closing(scored_blocks(Scorer(model, as_of), source, headers)) as blocks:
        for block, scored in blocks:
            counted.add(block, scored)
    return counted


def _count(column: Column, good: Mask, values: Values) -> None:
    """Count the texts of a column; each item of a list by itself."""
    known = good if column.missing is None else good & ~column.missing
    counts = np.bincount(column.values[known], minlength=len(column.texts))
    for text, count in zip(column.texts, counts.tolist(), strict=False):
        if count and text is not None:
            for item in text if isinstance(text, tuple) else (text,):
                values.add(item, count)
