"""Scores of leads → thresholds for stages: by the win rate to reach, or by what the team can handle.

    `MQL=40%`        the lowest score from which on at least 40 % of the leads bought
    `MQL=50/week`    the lowest score that at most 50 leads a week reach
    `MQL=top 20%`    the lowest score that at most a fifth of the leads reach; what is done unless told

Questionable decision: a rate must be reached with as many leads as points need;
where no score does, there is no such stage, and that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from leadrules.evidence.ranking import Ranking, at_least
from leadrules.evidence.rates import MIN_LEADS, Rate, percent


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stage to find a threshold for: `amount` is a share (rate, top) or a number of leads a week (capacity)."""

    stage: str
    by: Literal["rate", "capacity", "top"]
    amount: float

    @property
    def text(self) -> str:
        if self.by == "rate":
            return f"{percent(self.amount)} buy"
        return f"{self.amount:g} leads a week" if self.by == "capacity" else f"the best {percent(self.amount)} of leads"


BEST_FIFTH = Wanted("MQL", "top", 0.2)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A stage with its threshold in points, None where there is none; the leads at or above it in the sample."""

    wanted: Wanted
    points: int | None
    rate: Rate
    share: float
    recall: float


def thresholds(
    wanted: Sequence[Wanted],
    ranking: Ranking,
    everyone: Ranking,
    leads_a_week: float | None,
    min_leads: int = MIN_LEADS,
) -> list[Threshold]:
    """A threshold for each, in rising order. `ranking` has decided leads; `everyone` open ones too, as if lost."""
    found = [_threshold(one, ranking, everyone, leads_a_week, min_leads) for one in wanted]
    return sorted(found, key=lambda one: (one.points is None, one.points or 0))


def _threshold(
    wanted: Wanted, ranking: Ranking, everyone: Ranking, leads_a_week: float | None, min_leads: int
) -> Threshold:
    steps = at_least(ranking)
    total = everyone.total.leads
    shares = {one.score: one.rate.leads / total for one in at_least(everyone)} if total else {}
    limit = wanted.amount
    if wanted.by == "capacity":
        assert leads_a_week is not None
        limit = min(1.0, wanted.amount / leads_a_week) if leads_a_week else 1.0
    for one in steps:
        if wanted.by == "rate":
            reached = one.rate.value >= limit and one.rate.leads >= min_leads
        else:
            reached = shares.get(one.score, 1.0) <= limit + 1e-12
        if reached:
            return Threshold(wanted, one.score // 100, one.rate, shares.get(one.score, 0.0), one.recall)
    if wanted.by == "top" and len(steps) > 1:  # so few distinct scores that the best one is shared by more
        best = steps[-1]
        return Threshold(wanted, best.score // 100, best.rate, shares.get(best.score, 0.0), best.recall)
    return Threshold(wanted, None, Rate(0, 0), 0.0, 0.0)
