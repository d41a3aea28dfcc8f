"""What a run counts while leads pass through, block by block: the figures of its summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from leadrules.engine.columns import Column
from leadrules.engine.scorer import ScoredBlock
from leadrules.ruleset import Model

KEYS_REMEMBERED = 5_000_000
"""Keys of so many leads are held against each other; more would need memory that grows with the file."""


class Tally:
    """Counts over all blocks. Read = scored + disqualified + excluded + rejected."""

    def __init__(self, model: Model):
        self.model = model
        self.read = self.scored = self.disqualified = self.excluded = self.rejected = 0
        self.now: Counter[int] = Counter()
        """Leads by their stage's position; -1 for none."""
        self.reached: Counter[int] = Counter()
        self.disqualified_because: Counter[str] = Counter()
        self.excluded_because: Counter[str] = Counter()
        self.blank: Counter[int] = Counter()
        """Leads without a value of their own, by field, whether or not a default was filled in."""
        self.excused: Counter[int] = Counter()
        self.fired: npt.NDArray[np.int64] = np.zeros(len(model.rules), dtype=np.int64)
        self.cut_groups: Counter[int | None] = Counter()
        self.cut_scores: Counter[int | None] = Counter()
        self.key = next((position for position, field in enumerate(model.fields) if field.key), None)
        self.keys_seen = 0
        self._keys: list[npt.NDArray[np.uint64]] = []

    @property
    def written(self) -> int:
        return self.scored + self.disqualified + self.excluded

    def add(self, block: ScoredBlock, fired: npt.NDArray[np.int64], broken: int = 0) -> None:
        """Count a block: for how many leads each rule `fired`, and how many records were `broken`, no leads at all.

        A rule that has fired before may be left at 0 by who asks for no more than that.
        """
        scored, good = block.scored, block.good
        self.read += len(good) + broken
        self.rejected += int(np.count_nonzero(~good)) + broken
        excluded = scored.excluded & good
        disqualified = scored.disqualified & good
        live = good & ~scored.excluded
        self.excluded += int(np.count_nonzero(excluded))
        self.disqualified += int(np.count_nonzero(disqualified))
        self.scored += int(np.count_nonzero(live & ~disqualified))
        stages = scored.block.stage[live & ~disqualified]
        for stage, count in zip(*np.unique(stages, return_counts=True), strict=True):
            self.now[int(stage)] += int(count)
        for stage, held in scored.block.held.items():
            self.reached[stage] += int(np.count_nonzero(held & live))
        for text, mask in scored.disqualifies:
            self.disqualified_because[text] += int(np.count_nonzero(mask & live))
        for text, mask in scored.excludes:
            self.excluded_because[text] += int(np.count_nonzero(mask & good))
        for position, column in block.columns.items():
            self.blank[position] += column.blank
            self.excused[position] += column.excused
        self.fired += fired
        self.cut_groups.update(block.cuts.groups)
        self.cut_scores.update(block.cuts.scores)
        if self.key is not None:
            self._add_keys(block.columns[self.key], good)

    def repeated_keys(self) -> int:
        """How many leads have the key of an earlier lead."""
        if not self._keys:
            return 0
        keys = np.concatenate(self._keys)
        return len(keys) - len(np.unique(keys))

    def _add_keys(self, column: Column, good: npt.NDArray[np.bool_]) -> None:
        if self.keys_seen >= KEYS_REMEMBERED:
            return
        if isinstance(column.texts, pl.Series):
            hashes = column.texts.hash().to_numpy()[column.values[good]]
        elif column.texts:
            texts = [str(text) for text in column.texts]
            hashes = pl.Series(texts, dtype=pl.String).hash().to_numpy()[column.values[good]]
        else:
            hashes = pl.Series(column.values[good]).hash().to_numpy()
        self._keys.append(hashes)
        self.keys_seen += len(hashes)

    def never_fired(self) -> Sequence[int]:
        """Positions of the rules that gave no lead anything."""
        return [int(position) for position in np.flatnonzero(self.fired == 0)] if self.written else []
