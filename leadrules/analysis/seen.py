"""Some leads, scored by the reference beforehand: what one of them shows need not be asked of the solver.

The lead of which nothing is known; for every score the lead in the best and the
worst cell of each axis; the examples; and, always the same ones, leads from cells
taken at random. Healthy rulesets answer most questions here, and what none of these
shows is looked for from the nearest of them, changing one field at a time (`reach`).
"""

from __future__ import annotations

import heapq
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

from leadrules.analysis.climbing import Climber, Distance, Values
from leadrules.analysis.questions import Analysis
from leadrules.reference import Evaluation, Outcome

MOST_LEADS = 120
SECONDS = 0.8
SEARCH_SECONDS = 1.5
MOST_STARTS = 4
"""From how many leads one is looked for."""

MOST_WORK = 40_000
"""How many leads, times the rules, one search may look at."""


class Seen:
    """Leads and their outcomes; `leads` are those that are not excluded."""

    def __init__(self, analysis: Analysis):
        self.space = analysis.space
        self.leads: list[tuple[Evaluation, Outcome]] = []
        self._starts: list[tuple[Values, Evaluation]] = []
        self._climber = Climber(self.space)
        self._left = min(SEARCH_SECONDS, analysis.left / 4)
        until = time.monotonic() + min(SECONDS, analysis.left / 4)
        for values in self._tried(analysis):
            lead = self.space.evaluation(values)
            outcome = lead.outcome
            self._starts.append((values, lead))
            if not outcome.excluded:
                self.leads.append((lead, outcome))
            if time.monotonic() > until:
                break

    def any(self, test: Callable[[Outcome], bool]) -> bool:
        """Whether one of them shows it."""
        return any(test(outcome) for _, outcome in self.leads)

    @property
    def standing(self) -> Iterator[Outcome]:
        """Those that are not disqualified."""
        return (outcome for _, outcome in self.leads if not outcome.disqualified)

    def reach(self, far: Distance, accept: Callable[[Outcome, Evaluation], bool]) -> bool:
        """Whether a lead is found that is accepted, where `far` comes to nothing; it is one of the leads from then on.

        False proves nothing. All searches together take no longer than `SEARCH_SECONDS`.
        """
        if self._left <= 0:
            return False
        began = time.monotonic()
        until, most = began + self._left, MOST_WORK // (10 + len(self.space.models[0].rules))
        starts = heapq.nsmallest(MOST_STARTS, ((far(lead), at) for at, (_, lead) in enumerate(self._starts)))
        for _, at in starts:
            values, distance = self._climber.climb(*self._starts[at], far, most // MOST_STARTS, until)
            lead = self.space.evaluation(values)
            if distance == 0 and accept(lead.outcome, lead):
                self._starts.append((values, lead))
                if not lead.outcome.excluded:
                    self.leads.append((lead, lead.outcome))
                self._left -= time.monotonic() - began
                return True
        self._left -= time.monotonic() - began
        return False

    def _tried(self, analysis: Analysis) -> Iterator[dict[int, Any]]:
        yield {}
        axes = [(at, axis) for at, axis in enumerate(self.space.axes) if not axis.free]
        worth = analysis.ruling.worth()
        for tables in worth:
            for best in (True, False):
                chosen: dict[int, Any] = {}
                for at, axis in axes:
                    values = tables.get(at)
                    if values is None:
                        continue
                    sign = 1 if best else -1
                    cell = max(range(axis.size), key=[sign * one for one in values].__getitem__)
                    if axis.cells[cell].values:
                        chosen[axis.fields[0]] = axis.cells[cell].values[0]
                yield chosen
        choose = random.Random(1)
        for number in range(MOST_LEADS):
            chosen = {}
            for _, axis in axes:
                if choose.random() < (0.35, 0.7, 1.0)[number % 3]:
                    taken = choose.choice(axis.cells)
                    if taken.values:
                        chosen[axis.fields[0]] = choose.choice(taken.values)
            yield chosen
