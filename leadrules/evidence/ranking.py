"""Leads and wins by score → how well the score ranks them.

Everything is worked out from the counts by distinct score, exactly, ties
included, so that ten million leads need no more memory than their distinct
scores do.

    auc        the chance that a won lead scores above a lost one, ties counting half; its interval by DeLong,
               DeLong and Clarke-Pearson (Biometrics 44, 1988) on the scale of the logit (Pepe 2003)
    gains      the share of wins among the best-scored share of leads
    at_least   at every threshold: leads, precision and recall
    bands      ranges of scores with their rates; `falls` says where a higher band does worse than a lower one
    expected   the win rate at every score, never falling: isotonic regression (Barlow et al. 1972)

Questionable decision: a disqualified lead has a score, but the ruleset says not
to work it: it ranks below every other lead (`LAST`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, nan, sqrt

import numpy as np
from numpy.typing import NDArray

from leadrules.evidence.rates import LEVEL, Rate, deviations

Ints = NDArray[np.int64]
LAST = -(2**62)
"""The score, in hundredths, under which disqualified leads are counted."""
MOST_SCORES = 1 << 20


@dataclass(frozen=True, eq=False)
class Ranking:
    """Decided leads by score: `scores` are the distinct ones in hundredths, rising; `leads` and `won` count them."""

    scores: Ints
    leads: Ints
    won: Ints

    @property
    def total(self) -> Rate:
        """All leads and wins: the control."""
        return Rate(int(self.leads.sum()), int(self.won.sum()))

    @property
    def scored(self) -> Ranking:
        """Without the disqualified leads."""
        kept = self.scores != LAST
        return Ranking(self.scores[kept], self.leads[kept], self.won[kept])


class RankingCounter:
    """Counts leads and wins by score, block after block.

    Should there be more than `MOST_SCORES` distinct scores, they are rounded to `grain` hundredths, which then grows
    tenfold as often as it takes: memory stays bounded, and a rank is off by less than the grain.
    """

    def __init__(self, most: int = MOST_SCORES) -> None:
        self.grain = 1
        self._most = most
        self._scores: Ints = np.zeros(0, dtype=np.int64)
        self._counts: Ints = np.zeros((2, 0), dtype=np.int64)

    def add(self, scores: Ints, won: NDArray[np.bool_]) -> None:
        """Count some decided leads."""
        found, places = np.unique(self._rounded(scores), return_inverse=True)
        counts = np.stack([np.bincount(places, minlength=len(found)), np.bincount(places[won], minlength=len(found))])
        self._merge(np.concatenate([self._scores, found]), np.concatenate([self._counts, counts], axis=1))
        while len(self._scores) > self._most:
            self.grain *= 10
            self._merge(self._rounded(self._scores), self._counts)

    def ranking(self) -> Ranking:
        return Ranking(self._scores, self._counts[0], self._counts[1])

    def _merge(self, scores: Ints, counts: Ints) -> None:
        self._scores, places = np.unique(scores, return_inverse=True)
        size = len(self._scores)
        self._counts = np.stack([np.bincount(places, weights=one, minlength=size) for one in counts]).astype(np.int64)

    def _rounded(self, scores: Ints) -> Ints:
        return scores if self.grain == 1 else np.where(scores == LAST, LAST, scores // self.grain * self.grain)


def ranking_of(scores: Ints, won: NDArray[np.bool_]) -> Ranking:
    """The ranking of some decided leads, from their scores in hundredths."""
    counter = RankingCounter()
    counter.add(scores, won)
    return counter.ranking()


# ------------------------------------------------------------------------ AUC


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def auc(ranking: Ranking, level: float = LEVEL) -> Estimate:
    """The area under the ROC curve with its interval; NaN unless there are won and lost leads."""
    won, lost = ranking.won.astype(float), (ranking.leads - ranking.won).astype(float)
    wins, losses = won.sum(), lost.sum()
    if not wins or not losses:
        return Estimate(nan, nan, nan)
    beaten = (np.cumsum(lost) - lost / 2) / losses  # of the lost leads, the share that a won one of this score beats
    beating = (wins - np.cumsum(won) + won / 2) / wins
    value = float((won * beaten).sum() / wins)
    variance = _spread(beaten, won, value) / wins + _spread(beating, lost, value) / losses
    return Estimate(value, *_logit_interval(value, sqrt(variance), level))


def _spread(values: NDArray[np.float64], weights: NDArray[np.float64], mean: float) -> float:
    count = float(weights.sum())
    return float((weights * (values - mean) ** 2).sum() / (count - 1)) if count > 1 else 0.25


def _logit_interval(value: float, error: float, level: float) -> tuple[float, float]:
    if not 0 < value < 1:
        return value, value
    logit, half = log(value / (1 - value)), deviations(level) * error / (value * (1 - value))
    return _logistic(logit - half), _logistic(logit + half)


def _logistic(number: float) -> float:
    return 1 / (1 + exp(-number)) if number > -700 else 0.0


# ---------------------------------------------------------------------- gains

TENTHS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Gain:
    """Among the best-scored `share` of leads: how many, how many of them won, and what share of all wins that is.

    A score that the cut goes through counts in part, as if its leads were in any order.
    """

    share: float
    leads: float
    won: float
    recall: float
    lift: float


def gains(ranking: Ranking, shares: Sequence[float] = TENTHS) -> list[Gain]:
    """Cumulative gains and lift at some shares of the leads, best scores first."""
    leads, won = _from_the_top(ranking)
    total = ranking.total
    found = []
    for share in shares:
        wanted = share * total.leads
        wins = float(np.interp(wanted, leads, won))
        recall = wins / total.won if total.won else nan
        found.append(Gain(share, wanted, wins, recall, recall / share if share else nan))
    return found


def wins_among(ranking: Ranking, best: float) -> float:
    """How many wins are among the so many best-scored leads."""
    leads, won = _from_the_top(ranking)
    return float(np.interp(best, leads, won))


def _from_the_top(ranking: Ranking) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    leads = np.concatenate([[0.0], np.cumsum(ranking.leads[::-1], dtype=float)])
    won = np.concatenate([[0.0], np.cumsum(ranking.won[::-1], dtype=float)])
    return leads, won


# ----------------------------------------------------------------- thresholds


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The leads of at least this score (hundredths): their rate (the precision), and their share of all wins."""

    score: int
    rate: Rate
    recall: float


def at_least(ranking: Ranking) -> list[AtLeast]:
    """Every distinct score as a threshold, rising; disqualified leads are never above one."""
    wins = ranking.total.won
    scored = ranking.scored
    leads, won = (np.cumsum(counts[::-1])[::-1] for counts in (scored.leads, scored.won))
    return [
        AtLeast(int(score), Rate(int(n), int(k)), int(k) / wins if wins else nan)
        for score, n, k in zip(scored.scores, leads, won, strict=True)
    ]


# ---------------------------------------------------------------------- bands


@dataclass(frozen=True, slots=True)
class Band:
    """The leads whose scores, in hundredths, lie from `low` to `high`, both included."""

    low: int
    high: int
    rate: Rate


def bands(ranking: Ranking, most: int = 10, min_leads: int = 1) -> list[Band]:
    """At most so many bands of about equal numbers of leads, rising; a score is never cut in two."""
    scored = ranking.scored
    total = scored.total.leads
    if not total:
        return []
    wanted = max(min_leads, total / most)
    found: list[Band] = []
    start, leads, won = 0, 0, 0
    for place, (n, k) in enumerate(zip(scored.leads.tolist(), scored.won.tolist(), strict=True)):
        leads, won = leads + n, won + k
        if leads >= wanted - 0.5:
            found.append(Band(int(scored.scores[start]), int(scored.scores[place]), Rate(leads, won)))
            start, leads, won = place + 1, 0, 0
    if leads:
        rest = Band(int(scored.scores[start]), int(scored.scores[-1]), Rate(leads, won))
        if found and leads < wanted / 2:
            last = found.pop()
            rest = Band(last.low, rest.high, last.rate + rest.rate)
        found.append(rest)
    return found


def bands_at(ranking: Ranking, edges: Sequence[int]) -> list[Band]:
    """The bands that begin at these scores (hundredths, rising) and below the first; empty ones are left out."""
    scored = ranking.scored
    starts = np.searchsorted(scored.scores, np.array(edges, dtype=np.int64))
    found = []
    for low, high in zip([0, *starts.tolist()], [*starts.tolist(), len(scored.scores)], strict=True):
        if low < high:
            rate = Rate(int(scored.leads[low:high].sum()), int(scored.won[low:high].sum()))
            found.append(Band(int(scored.scores[low]), int(scored.scores[high - 1]), rate))
    return found


def falls(found: Sequence[Band], level: float = LEVEL) -> list[tuple[Band, Band]]:
    """Pairs of which the second lies above the first and does worse, beyond chance (two-proportion test).

    Each band is held against the next one, and, where that tells nothing, against all above it together: a top that
    does badly throughout may be cut into bands too small to tell.
    """
    pairs = []
    for place, low in enumerate(found[:-1]):
        rest = Band(found[place + 1].low, found[-1].high, sum((one.rate for one in found[place + 1 :]), Rate(0, 0)))
        worse = next((high for high in (found[place + 1], rest) if _worse(high.rate, low.rate, level)), None)
        if worse is not None:
            pairs.append((low, worse))
    return pairs


def _worse(one: Rate, other: Rate, level: float) -> bool:
    both = (one + other).value
    error = sqrt(both * (1 - both) * (1 / max(one.leads, 1) + 1 / max(other.leads, 1)))
    return one.value < other.value and other.value - one.value > deviations(level) * error


def expected(ranking: Ranking) -> NDArray[np.float64]:
    """The win rate to expect at each of the ranking's scores: the non-falling rates nearest to those seen."""
    from sklearn.isotonic import IsotonicRegression

    if not len(ranking.scores):
        return np.zeros(0)
    rates = ranking.won / np.maximum(ranking.leads, 1)
    fitted = IsotonicRegression().fit_transform(np.arange(len(rates)), rates, sample_weight=ranking.leads)
    return np.asarray(fitted, dtype=float)
