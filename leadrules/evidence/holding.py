"""Scored blocks with outcomes → counts of leads and wins by stage, label, score and rule.

`Holding` grows block by block and stays as small as the ruleset. Only decided
leads are in its counts; open, rejected and broken ones are counted apart, and
so are excluded ones, which have no score.

Questionable decision: a rule with several rows (`points by`) counts each row on
its own, among the leads for which it is the first true one: its rows are what
points belong to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from leadrules.engine.scorer import ScoredBlock
from leadrules.evidence.outcome import OPEN, WON
from leadrules.evidence.ranking import Ranking, RankingCounter
from leadrules.evidence.rates import Rate
from leadrules.evidence.scored import ScoredLeads, points_of
from leadrules.ruleset import Model

Mask = NDArray[np.bool_]
NOTHING = Rate(0, 0)
MOST_TEXTS = 1_000
"""A label may take its text from the leads: so many are counted, the rest are called `(others)`."""


@dataclass(slots=True)
class RuleRates:
    """One rule: `fired` counts the leads that it gave other than 0; `rows` those for which each row is the one."""

    fired: Rate = NOTHING
    rows: list[Rate] = field(default_factory=list)


class Holding:
    """What one ruleset says of decided leads, in counts.

    read, rejected, open   leads read, leads the ruleset (or another beside it) rejects, leads without an outcome
    excluded               decided leads that the ruleset excludes; all counts below are of the others
    now, reached           by stage: leads whose last stage it is (-1 none, -2 disqualified), leads that hold it
    labels                 by label, then by text
    scores                 leads and wins by total, for `leadrules.evidence.ranking`
    rules                  by rule
    """

    def __init__(self, model: Model):
        self.model = model
        self.read = self.rejected = self.open = 0
        self.excluded = NOTHING
        self.all = NOTHING
        self.now: dict[int, Rate] = {}
        self.reached: dict[int, Rate] = {}
        self.labels: list[dict[str, Rate]] = [{} for _ in model.labels]
        self.rules = [RuleRates(rows=[NOTHING] * len(rule.rows)) for rule in model.rules]
        self._scores = RankingCounter()

    @property
    def ranking(self) -> Ranking:
        return self._scores.ranking()

    def add(self, leads: ScoredLeads, which: int = 0, among: Mask | None = None) -> None:
        """Count a block, by the answers of its scorer `which`; `among` leaves other leads out of everything."""
        scored = leads.scored[which]
        everyone = np.ones(len(leads.good), dtype=bool) if among is None else among
        self.read += int(np.count_nonzero(everyone)) + (len(leads.block.broken) if among is None else 0)
        self.rejected += int(np.count_nonzero(everyone & ~leads.good))
        if among is None:
            self.rejected += len(leads.block.broken)
        self.open += int(np.count_nonzero(everyone & leads.good & (leads.outcomes == OPEN)))
        decided = leads.decided & everyone
        counts = Counts(decided, decided & (leads.outcomes == WON))
        self.excluded += counts.among(scored.scored.excluded)
        live = decided & ~scored.scored.excluded
        self._add_live(scored, Counts(live, live & (leads.outcomes == WON)))

    def _add_live(self, scored: ScoredBlock, counts: Counts) -> None:
        self.all += counts.all
        self._scores.add(points_of(scored)[counts.decided], counts.won[counts.decided])
        stage = np.where(scored.scored.disqualified, -2, scored.scored.block.stage)
        for position, rate in counts.by(stage).items():
            self.now[position] = self.now.get(position, NOTHING) + rate
        for position, held in scored.scored.block.held.items():
            self.reached[position] = self.reached.get(position, NOTHING) + counts.among(held)
        for position, texts in scored.scored.block.labels.items():
            self._add_texts(self.labels[position], [text or "" for text in texts.values], texts.codes, counts)
        fired = _fired(scored, counts)
        for position, rates in enumerate(self.rules):
            rates.fired += fired[position]
            for row, rate in enumerate(rows_of(scored, position, counts)):
                rates.rows[row] += rate

    def _add_texts(
        self, known: dict[str, Rate], texts: Sequence[str], codes: NDArray[np.integer], counts: Counts
    ) -> None:
        for code, rate in counts.by(codes).items():
            text = texts[code] if texts[code] in known or len(known) < MOST_TEXTS else "(others)"
            known[text] = known.get(text, NOTHING) + rate


@dataclass(frozen=True, slots=True)
class Counts:
    """The decided leads of a block and the won ones among them, ready to be counted."""

    decided: Mask
    won: Mask

    @property
    def all(self) -> Rate:
        return Rate(int(np.count_nonzero(self.decided)), int(np.count_nonzero(self.won)))

    def among(self, mask: Mask) -> Rate:
        """The leads for which a condition is true."""
        return Rate(int(np.count_nonzero(mask & self.decided)), int(np.count_nonzero(mask & self.won)))

    def by(self, codes: NDArray[np.integer]) -> Mapping[int, Rate]:
        """The leads by whole number."""
        found, places = np.unique(codes[self.decided], return_inverse=True)
        leads = np.bincount(places, minlength=len(found))
        won = np.bincount(places[self.won[self.decided]], minlength=len(found))
        return {int(code): Rate(int(n), int(k)) for code, n, k in zip(found, leads.tolist(), won.tolist(), strict=True)}


def _fired(scored: ScoredBlock, counts: Counts) -> list[Rate]:
    contributions = scored.scored.contributions()
    leads, won = contributions.fired(counts.decided), contributions.fired(counts.won)
    return [Rate(int(n), int(k)) for n, k in zip(leads, won, strict=True)]


def rows_of(scored: ScoredBlock, position: int, counts: Counts) -> list[Rate]:
    """For each row of a rule, the leads for which it is the first true one."""
    rule = scored.scored.tables.plan.model.rules[position]
    if len(rule.rows) == 1:
        return [counts.among(scored.scored.block.mask(rule.rows[0].condition))]
    taken = np.zeros(len(counts.decided), dtype=bool)
    found = []
    for row in rule.rows:
        mask = scored.scored.block.mask(row.condition)
        found.append(counts.among(mask & ~taken))
        taken |= mask
    return found
