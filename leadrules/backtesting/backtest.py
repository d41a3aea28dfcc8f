"""Blocks of scored leads with outcomes → everything that a backtest counts, in one reading.

With a day to split at, the leads from it on are judged, and those before it
only for comparison: a model is judged on what it could not know.

Questionable decision: two rulesets are compared on the leads that neither
rejects nor excludes; on other leads they cannot disagree about the order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from leadrules.engine.scorer import Scorer
from leadrules.evidence.holding import Holding
from leadrules.evidence.outcome import WON, OutcomeReader
from leadrules.evidence.paired import Difference, PairCounter
from leadrules.evidence.rates import MIN_LEADS, Method
from leadrules.evidence.rows import Judged, judge, rule_rows
from leadrules.evidence.scored import points_of, scored_leads
from leadrules.evidence.splitting import Days
from leadrules.leads.block import Block, LeadSource
from leadrules.leads.errors import LeadsError
from leadrules.ruleset import Model


@dataclass(frozen=True, slots=True)
class Contender:
    """A ruleset that takes part: its model, ready to score, and the column that each field reads."""

    name: str
    model: Model
    scorer: Scorer
    headers: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """How to test. `top` is the share of leads that can be worked, or `a_week` how many a week, over so many `weeks`.

    `from_day` with `days` judges on later leads; `days` alone tells how many weeks the leads are from.
    """

    method: Method = "rate"
    min_leads: int = MIN_LEADS
    top: float = 0.2
    a_week: float | None = None
    weeks: float | None = None
    days: Days | None = None
    from_day: date | None = None


@dataclass(frozen=True, eq=False)
class Comparison:
    """A second ruleset: its counts, and what it has over the first in AUC and in wins among the best `top` leads."""

    held: Holding
    leads: int
    area: Difference
    wins: Difference


@dataclass(frozen=True, eq=False)
class Backtest:
    """What was counted. `earlier` are the leads before the day of the split; `top` is the share that can be worked."""

    held: Holding
    outcome: OutcomeReader
    rows: Sequence[Judged]
    scale: float
    top: float
    comparison: Comparison | None
    earlier: Holding | None
    undated: int


def backtest(
    contenders: Sequence[Contender],
    source: LeadSource,
    outcome: OutcomeReader,
    asked: Asked,
    progress: Callable[[Block, Any], Any] | None = None,
) -> Backtest:
    """Hold one ruleset, or two, against the leads of a file. Raises `LeadsError`."""
    helds = [Holding(one.model) for one in contenders]
    earlier = Holding(contenders[0].model) if asked.from_day is not None else None
    pairs = PairCounter() if len(contenders) > 1 else None
    span = _Span()
    undated = 0
    extra = [asked.days.header] if asked.days is not None else []
    for leads in scored_leads([(one.scorer, one.headers) for one in contenders], source, outcome, extra=extra):
        among = None
        if asked.days is not None:
            cells = leads.block.cells[asked.days.header]
            span.add(*asked.days.read(cells))
            if asked.from_day is not None and earlier is not None:
                before, among = asked.days.before(cells, asked.from_day)
                earlier.add(leads, among=before)
                undated += int(np.count_nonzero(~before & ~among))
        for which, held in enumerate(helds):
            held.add(leads, which, among)
        if pairs is not None:
            live = leads.decided if among is None else leads.decided & among
            for scored in leads.scored:
                live = live & ~scored.scored.excluded
            one, other = (points_of(scored)[live] for scored in leads.scored)
            pairs.add(one, other, leads.outcomes[live] == WON)
        if progress is not None:
            progress(leads.block, helds[0])
    outcome.finish()
    _refuse(helds, asked)
    held = helds[0]
    top = _share(held, asked, span)
    rows, scale = judge(rule_rows(held, asked.method, asked.min_leads), held.all, asked.min_leads)
    comparison = None
    if pairs is not None:
        total = pairs.first.ranking().total
        if not total.won or not total.lost:
            raise LeadsError(
                "the leads that neither ruleset excludes are not both won and lost", "say --score-excluded"
            )
        comparison = Comparison(helds[1], total.leads, *pairs.compare(top))
    return Backtest(held, outcome, rows, scale, top, comparison, earlier, undated)


class _Span:
    """The first and the last day of leads."""

    def __init__(self) -> None:
        self.first: int | None = None
        self.last: int | None = None

    def add(self, days: Any, known: Any) -> None:
        if known.any():
            first, last = int(days[known].min()), int(days[known].max())
            self.first = first if self.first is None else min(self.first, first)
            self.last = last if self.last is None else max(self.last, last)

    @property
    def weeks(self) -> float | None:
        return None if self.first is None or self.last is None else (self.last - self.first + 1) / 7


def _share(held: Holding, asked: Asked, span: _Span) -> float:
    """The share of leads that can be worked."""
    if asked.a_week is None:
        return asked.top
    weeks = asked.weeks if asked.weeks is not None else span.weeks
    if weeks is None:
        raise LeadsError("the column of --date has no date in it", "say --weeks N: how many weeks of leads these are")
    return min(1.0, asked.a_week * weeks / max(1, held.read))


def _refuse(helds: Sequence[Holding], asked: Asked) -> None:
    """Raises where nothing is left to judge."""
    for held in helds:
        if held.all.won and held.all.lost:
            continue
        when = f" from {asked.from_day} on" if asked.from_day is not None else ""
        apart = [
            f"{count:,} {what}"
            for count, what in (
                (held.excluded.leads, f"excluded ({held.excluded.won:,} of them bought)"),
                (held.rejected, "rejected"),
                (held.open, "open"),
            )
            if count
        ]
        said = f"; besides, {', '.join(apart)}" if apart else ""
        help = "judge other leads"
        if held.excluded.leads:
            help = "if it is the outcome that excludes them, say --score-excluded"
        elif asked.from_day is not None:
            help = "choose another day"
        raise LeadsError(
            f"of the leads{when} that the rules score, {held.all.won:,} bought and {held.all.lost:,} did not{said}",
            help,
        )
