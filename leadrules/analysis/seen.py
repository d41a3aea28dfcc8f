"""Some leads, scored by the reference beforehand: what one of them shows need not be asked of the solver.

The lead of which nothing is known; for every score the lead in the best and the
worst cell of each axis; the examples; and, always the same ones, leads from cells
taken at random. Healthy rulesets answer most questions here.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

from leadrules.analysis.questions import Analysis
from leadrules.reference import Evaluation, Outcome

MOST_LEADS = 120
SECONDS = 0.8


class Seen:
    """Leads and their outcomes; `leads` are those that are not excluded."""

    def __init__(self, analysis: Analysis):
        self.space = analysis.space
        self.leads: list[tuple[Evaluation, Outcome]] = []
        until = time.monotonic() + min(SECONDS, analysis.left / 4)
        for values in self._tried(analysis):
            lead = self.space.evaluation(values)
            outcome = lead.outcome
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
