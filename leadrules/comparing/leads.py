"""What happens to real leads: both versions score them in one pass, and only the differences are kept.

Leads pass by in blocks; what is remembered are counts by pairs of states, by size of change and by rule, and
the few leads that are affected most. A lead that a version rejects is in a state of its own, so that every lead
read stands somewhere in the matrix.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from leadrules.comparing.changes import Change
from leadrules.engine.points import contribution
from leadrules.engine.scorer import ScoredBlock, Scorer
from leadrules.leads.block import ROWS, Block
from leadrules.leads.texts import value_text
from leadrules.ruleset import Model
from leadrules.running.ordered import in_order
from leadrules.running.scoring import plain_numbers, score_block

if TYPE_CHECKING:
    from leadrules.leads.block import LeadSource

DISQUALIFIED, EXCLUDED, REJECTED = "disqualified", "excluded", "rejected"
MOST_AFFECTED = 10
MOST_RULES = 60
STEPS = (100, 500, 1_000, 2_000, 5_000)
"""Sizes of change, in hundredths, between which leads are counted together."""

Points = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Affected:
    """One lead: its number in the file, its key (or none), and score (hundredths, None for none) and state in both."""

    row: int
    key: str | None
    old_score: int | None
    new_score: int | None
    old_state: str
    new_state: str

    @property
    def change(self) -> int:
        return (self.new_score or 0) - (self.old_score or 0)


@dataclass
class Comparison:
    """Counts over all leads. `matrix` is by state before and now, "" for no stage."""

    read: int = 0
    matrix: Counter[tuple[str, str]] = field(default_factory=Counter)
    both_scored: int = 0
    up: int = 0
    down: int = 0
    total_change: int = 0
    largest: int = 0
    sizes: Counter[int] = field(default_factory=Counter)
    """Leads by step: 0 for no change, n for one above the (n-1)th of `STEPS`, with the sign of the change."""
    by_change: dict[int, tuple[int, int]] = field(default_factory=dict)
    """By place in the list of changes, for each rule and verdict among them: the leads for which it gave another
    answer, and the points in sum."""
    affected: list[Affected] = field(default_factory=list)

    @property
    def moved(self) -> int:
        """Leads whose state changed."""
        return sum(count for (before, now), count in self.matrix.items() if before != now)


def compare_leads(
    old: Model,
    new: Model,
    as_of: date,
    source: LeadSource,
    headers: tuple[Mapping[int, str], Mapping[int, str]],
    changes: Sequence[Change],
) -> Comparison:
    """Read all leads once. `headers` says, for each version, which column each field reads."""
    scorers = Scorer(old, as_of), Scorer(new, as_of)
    needed = list(dict.fromkeys([*headers[0].values(), *headers[1].values()]))

    def score(block: Block) -> tuple[Block, ScoredBlock, ScoredBlock]:
        one, two = (score_block(scorer, block, own, 0) for scorer, own in zip(scorers, headers, strict=True))
        return block, one, two

    counted = _Counting(old, new, headers[1], changes)
    blocks = source.blocks(needed, ROWS, as_numbers=_numbers(old, new, headers))
    with closing(in_order(score, blocks)) as scored:
        for block, one, two in scored:
            counted.add(block, one, two)
    return counted.done()


def _numbers(old: Model, new: Model, headers: tuple[Mapping[int, str], Mapping[int, str]]) -> dict[str, Any]:
    """The columns that both versions may have read as numbers on the way, alike."""
    one, two = (plain_numbers(model, own) for model, own in zip((old, new), headers, strict=True))
    read = [set(own.values()) for own in headers]
    both = {**one, **two}
    return {
        name: kind
        for name, kind in both.items()
        if all(found.get(name) == kind or name not in its for found, its in zip((one, two), read, strict=True))
    }


class _Counting:
    """The sums, block by block."""

    def __init__(self, old: Model, new: Model, headers: Mapping[int, str], changes: Sequence[Change]):
        self.found = Comparison()
        self.states = _states(old), _states(new)
        key = next((at for at, one in enumerate(new.fields) if one.key), None)
        self.key = headers.get(key) if key is not None else None
        wanted = [at for at, one in enumerate(changes) if one.what in ("rule", "exclude", "disqualify", "stage")]
        self.watched = {at: changes[at] for at in wanted if changes[at].kind != "reworded"}
        self.watched = dict(list(self.watched.items())[:MOST_RULES])
        self._most: list[tuple[bool, int, int, Affected]] = []

    def add(self, block: Block, old: ScoredBlock, new: ScoredBlock) -> None:
        found = self.found
        found.read += block.rows + len(block.broken)
        found.matrix[REJECTED, REJECTED] += len(block.broken)
        codes = [_codes(one, len(names)) for one, names in zip((old, new), self.states, strict=True)]
        width = len(self.states[1])
        pairs, counts = np.unique(codes[0] * width + codes[1], return_counts=True)
        for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
            found.matrix[self.states[0][pair // width], self.states[1][pair % width]] += count
        scores = [one.scored.totals.total.astype(np.int64) for one in (old, new)]
        scored = [one.good & ~one.scored.excluded for one in (old, new)]
        both = scored[0] & scored[1]
        change: Points = np.where(both, scores[1] - scores[0], 0)
        self._sizes(change, both)
        self._watch(old, new, both)
        self._affected(block, codes, scores, scored, change)

    def _sizes(self, change: Points, both: npt.NDArray[np.bool_]) -> None:
        found = self.found
        found.both_scored += int(np.count_nonzero(both))
        found.up += int(np.count_nonzero(change > 0))
        found.down += int(np.count_nonzero(change < 0))
        found.total_change += int(change.sum())
        largest = int(change[np.abs(change).argmax()]) if len(change) else 0
        if abs(largest) > abs(found.largest):
            found.largest = largest
        values, counts = np.unique(change[both], return_counts=True)
        for value, count in zip(values.tolist(), counts.tolist(), strict=True):
            found.sizes[step_of(value)] += count

    def _watch(self, old: ScoredBlock, new: ScoredBlock, both: npt.NDArray[np.bool_]) -> None:
        for at, one in self.watched.items():
            before = _answers(old, one.what, None if one.old is None else one.old.at)
            now = _answers(new, one.what, None if one.new is None else one.new.at)
            among = (old.good & new.good) if one.what == "exclude" else both
            difference = np.where(among, now - before, 0)
            leads, points = self.found.by_change.get(at, (0, 0))
            self.found.by_change[at] = (
                leads + int(np.count_nonzero(difference)),
                points + (int(difference.sum()) if one.what == "rule" else 0),
            )

    def _affected(
        self,
        block: Block,
        codes: Sequence[npt.NDArray[np.int64]],
        scores: Sequence[Points],
        scored: Sequence[npt.NDArray[np.bool_]],
        change: Points,
    ) -> None:
        names = [np.array(one, dtype=object) for one in self.states]
        moved = names[0][codes[0]] != names[1][codes[1]]
        candidates = np.flatnonzero(moved | (change != 0))
        order = np.lexsort((candidates, -np.abs(change[candidates]), ~moved[candidates]))[:MOST_AFFECTED]
        for row in candidates[order].tolist():
            lead = Affected(
                int(block.numbers[row]),
                None if self.key is None else value_text(block.cells[self.key][row]),
                int(scores[0][row]) if scored[0][row] else None,
                int(scores[1][row]) if scored[1][row] else None,
                self.states[0][int(codes[0][row])],
                self.states[1][int(codes[1][row])],
            )
            heapq.heappush(self._most, (bool(moved[row]), abs(int(change[row])), -lead.row, lead))
            if len(self._most) > MOST_AFFECTED:
                heapq.heappop(self._most)

    def done(self) -> Comparison:
        self.found.affected = [lead for *_, lead in sorted(self._most, key=lambda one: one[:3], reverse=True)]
        self.found.matrix += Counter()  # without zeros
        return self.found


def step_of(change: int) -> int:
    """Which step a change belongs to: 0 for none, 1 for up to the first of `STEPS`, and so on, with its sign."""
    step = 0 if not change else bisect_left(STEPS, abs(change)) + 1
    return step if change > 0 else -step


def _states(model: Model) -> list[str]:
    return ["", *(one.name for one in model.stages), DISQUALIFIED, EXCLUDED, REJECTED]


def _codes(scored: ScoredBlock, states: int) -> npt.NDArray[np.int64]:
    """Each lead's state as its place in `_states`."""
    codes = scored.scored.block.stage.astype(np.int64) + 1
    codes[scored.scored.disqualified] = states - 3
    codes[scored.scored.excluded] = states - 2
    codes[~scored.good] = states - 1
    return codes


def _answers(scored: ScoredBlock, what: str, at: int | None) -> Any:
    """What a rule gives each lead, whether a verdict is true for it, or it holds a stage; 0 without such a part."""
    if at is None:
        return 0
    if what == "rule":
        return contribution(scored.scored.tables, scored.scored.block, at)
    if what == "stage":
        return scored.scored.block.held[at].astype(np.int64)
    verdicts = scored.scored.excludes if what == "exclude" else scored.scored.disqualifies
    return verdicts[at][1].astype(np.int64)
