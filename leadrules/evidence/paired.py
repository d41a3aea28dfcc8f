"""Counts of leads by two scores → which of two rulesets ranks better, and whether that is more than noise.

The paired bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap,
1993): leads are drawn again with replacement, both rulesets are judged on the
same draw, and the differences of many draws say how far the one that was seen
can be trusted. Drawing leads is drawing counts of their cells (score of one,
score of the other, won or not) from a multinomial, which is the same draw from
counts alone: the cost depends on the distinct cells and not on the leads.

Questionable decision: each score is cut into at most `MOST_STEPS` steps of about
equal numbers of leads before drawing. The figures themselves are exact; only the
width of the interval comes from the steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leadrules.evidence.ranking import Estimate, Ints, RankingCounter, auc, wins_among
from leadrules.evidence.rates import LEVEL

MOST_STEPS = 256
DRAWS = 2_000
SEED = 20_260
_MOST_CELLS = 1 << 20
_DRAWN_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True)
class Difference:
    """What the second ruleset has over the first, with the interval of the draws; `chance` is the two-sided p-value."""

    first: float
    second: float
    difference: Estimate
    chance: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.difference.low > 0 or self.difference.high < 0


class PairCounter:
    """Counts decided leads by the scores of two rulesets, block after block, in bounded memory."""

    def __init__(self, most: int = _MOST_CELLS) -> None:
        self.first, self.second = RankingCounter(), RankingCounter()
        self._most = most
        self._grain = 1
        self._cells: Ints = np.zeros((0, 3), dtype=np.int64)
        self._counts: Ints = np.zeros(0, dtype=np.int64)

    def add(self, first: Ints, second: Ints, won: NDArray[np.bool_]) -> None:
        self.first.add(first, won)
        self.second.add(second, won)
        cells = np.stack([first, second, won.astype(np.int64)], axis=1)
        self._merge(self._rounded(cells), np.ones(len(cells), dtype=np.int64))
        while len(self._cells) > self._most:
            self._grain *= 10
            self._merge(np.zeros((0, 3), dtype=np.int64), np.zeros(0, dtype=np.int64))

    def _merge(self, cells: Ints, counts: Ints) -> None:
        cells = np.concatenate([self._rounded(self._cells), cells])
        self._cells, places = _distinct(cells)
        self._counts = _summed(places, np.concatenate([self._counts, counts]), len(self._cells))

    def _rounded(self, cells: Ints) -> Ints:
        if self._grain == 1:
            return cells
        return np.concatenate([cells[:, :2] // self._grain * self._grain, cells[:, 2:]], axis=1)

    def compare(self, best: float = 0.2, draws: int = DRAWS, seed: int = SEED) -> tuple[Difference, Difference]:
        """The difference in AUC, and in wins among the `best` share of leads. Needs won and lost leads."""
        one, other = self.first.ranking(), self.second.ranking()
        cells, counts = self._steps()
        drawn = _draw(cells, counts, best, draws, seed)
        size = best * one.total.leads
        seen = ((auc(one).value, auc(other).value), (wins_among(one, size), wins_among(other, size)))
        return (
            _difference(*seen[0], drawn[0]),
            _difference(*seen[1], drawn[1]),
        )

    def _steps(self) -> tuple[Ints, Ints]:
        """The cells with each score replaced by its step, and their counts."""
        columns = [_step(self._cells[:, side], self._counts) for side in (0, 1)]
        cells, places = _distinct(np.stack([*columns, self._cells[:, 2]], axis=1))
        return cells, _summed(places, self._counts, len(cells))


def _distinct(cells: Ints) -> tuple[Ints, Ints]:
    """The distinct rows, and the place of each row among them; three columns, the last of them 0 or 1."""
    first, places = np.unique(cells[:, 0], return_inverse=True)
    second, others = np.unique(cells[:, 1], return_inverse=True)
    keys, found = np.unique((places * len(second) + others) * 2 + cells[:, 2], return_inverse=True)
    pairs, won = keys // 2, keys % 2
    rows = [first[pairs // max(len(second), 1)], second[pairs % max(len(second), 1)], won]
    return np.stack(rows, axis=1).astype(np.int64), found.astype(np.int64)


def _summed(places: Ints, counts: Ints, size: int) -> Ints:
    """The counts added up by place, exactly."""
    return np.bincount(places, weights=counts, minlength=size).astype(np.int64)


def _step(scores: Ints, counts: Ints) -> Ints:
    """The step of each score: its rank among the distinct scores, or its part of the leads where there are many."""
    distinct, places = np.unique(scores, return_inverse=True)
    if len(distinct) <= MOST_STEPS:
        return places.astype(np.int64)
    leads = np.bincount(places, weights=counts, minlength=len(distinct))
    parts: Ints = ((np.cumsum(leads) - leads / 2) / leads.sum() * MOST_STEPS).astype(np.int64)
    found: Ints = parts[places]
    return found


def _draw(
    cells: Ints, counts: Ints, best: float, draws: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each draw, the second less the first: AUC, and wins among the best share."""
    random = np.random.default_rng(seed)
    total = int(counts.sum())
    shares = counts / total
    at_once = max(1, min(draws, _DRAWN_AT_ONCE // max(1, len(cells))))
    areas, wins = [], []
    done = 0
    while done < draws:
        sample = random.multinomial(total, shares, size=min(at_once, draws - done))
        done += len(sample)
        sides = [_by_step(cells[:, side], cells[:, 2] == 1, sample) for side in (0, 1)]
        areas.append(_areas(*sides[1]) - _areas(*sides[0]))
        wins.append(_wins(*sides[1], best * total) - _wins(*sides[0], best * total))
    return np.concatenate(areas), np.concatenate(wins)


def _by_step(steps: Ints, won: NDArray[np.bool_], sample: Ints) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Won and lost leads of each draw by step: shape (draws, steps)."""
    size = int(steps.max()) + 1
    found = []
    for mask in (won, ~won):
        order = np.argsort(steps[mask], kind="stable")
        sorted_steps = steps[mask][order]
        out = np.zeros((len(sample), size))
        if len(order):
            starts = np.flatnonzero(np.diff(sorted_steps, prepend=-1))
            out[:, sorted_steps[starts]] = np.add.reduceat(sample[:, mask][:, order], starts, axis=1)
        found.append(out)
    return found[0], found[1]


def _areas(won: NDArray[np.float64], lost: NDArray[np.float64]) -> NDArray[np.float64]:
    beaten = np.cumsum(lost, axis=1) - lost / 2
    pairs = won.sum(axis=1) * lost.sum(axis=1)
    found: NDArray[np.float64] = (won * beaten).sum(axis=1) / np.maximum(pairs, 1)
    return found


def _wins(won: NDArray[np.float64], lost: NDArray[np.float64], best: float) -> NDArray[np.float64]:
    """The wins among the best leads of each draw; the step that the cut goes through counts in part."""
    leads, wins = (won + lost)[:, ::-1], won[:, ::-1]
    before = np.cumsum(leads, axis=1) - leads
    part = np.clip((best - before) / np.maximum(leads, 1), 0, 1)
    found: NDArray[np.float64] = (wins * part).sum(axis=1)
    return found


def _difference(first: float, second: float, drawn: NDArray[np.float64], level: float = LEVEL) -> Difference:
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    below, above = (
        (np.count_nonzero(drawn <= 0) + 1) / (len(drawn) + 1),
        (np.count_nonzero(drawn >= 0) + 1) / (len(drawn) + 1),
    )
    return Difference(
        first, second, Estimate(second - first, float(low), float(high)), float(min(1.0, 2 * min(below, above)))
    )
