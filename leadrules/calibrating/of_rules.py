"""A ruleset and leads whose outcome is known → points for its own conditions.

Nothing is looked for but what the rules already say: of every row, the leads
that have it, and the points that a method gives. `joint` takes a random sample
of the leads with the row that each rule gave them, and fits all rows at once.

Questionable decision: a row that the evidence refuses points to (too few leads,
no clear difference, a rate below the control) keeps those that it has, and is
named: whether it goes is for people to say. Points per unit and fading ones are
left alone too: one number is no measure for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leadrules.calibrating.attributes import Attribute, Value
from leadrules.calibrating.findings import Finding, Found
from leadrules.calibrating.joint import joint_points
from leadrules.calibrating.rewriting import Change
from leadrules.calibrating.sample import ROWS, SEED
from leadrules.engine.scorer import ScoredBlock, Scorer
from leadrules.evidence.holding import Holding
from leadrules.evidence.outcome import WON, OutcomeReader
from leadrules.evidence.rates import MIN_LEADS, Method, points
from leadrules.evidence.rows import RuleRow, rule_rows
from leadrules.evidence.scored import ScoredLeads, scored_leads
from leadrules.leads.block import Block, LeadSource
from leadrules.ruleset import Model

Codes = NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class RulesCalibration:
    """What was found of a ruleset's rows; `proposed` are their points by a method, None where none are given."""

    held: Holding
    outcome: OutcomeReader
    method: str
    rows: Sequence[RuleRow]
    proposed: Sequence[int | None]

    @property
    def changes(self) -> list[Change]:
        """The rows whose points would be other ones."""
        return [
            Change(row, points)
            for row, points in zip(self.rows, self.proposed, strict=True)
            if points is not None and 100 * points != row.points
        ]


class RowSampler:
    """A random sample of decided leads, each with the row (from 1, 0 for none) that every rule gave it."""

    def __init__(self, model: Model, rows: int = ROWS):
        self._model = model
        self._rows = rows
        self._random = np.random.default_rng(SEED)
        self._limit = 1.0
        self._keys: NDArray[np.float64] = np.zeros(0)
        self.codes: Codes = np.zeros((0, len(model.rules)), dtype=np.int16)
        self.won: NDArray[np.bool_] = np.zeros(0, dtype=bool)

    def add(self, leads: ScoredLeads) -> None:
        keys = self._random.random(len(leads.good))
        scored = leads.scored[0]
        wanted = np.flatnonzero(leads.decided & ~scored.scored.excluded & (keys < self._limit))
        codes = np.zeros((len(wanted), len(self._model.rules)), dtype=np.int16)
        for place in range(len(self._model.rules)):
            codes[:, place] = row_codes(scored, self._model, place)[wanted]
        self._keys = np.concatenate([self._keys, keys[wanted]])
        self.codes = np.concatenate([self.codes, codes])
        self.won = np.concatenate([self.won, leads.outcomes[wanted] == WON])
        if len(self._keys) > self._rows:
            chosen = np.sort(np.argpartition(self._keys, self._rows)[: self._rows])
            self._keys, self.codes, self.won = self._keys[chosen], self.codes[chosen], self.won[chosen]
            self._limit = float(self._keys.max())


def row_codes(scored: ScoredBlock, model: Model, place: int) -> Codes:
    """The row of a rule that is each lead's, from 1; 0 where none is true."""
    codes: Codes = np.zeros(len(scored.good), dtype=np.int16)
    for number, row in reversed(list(enumerate(model.rules[place].rows, 1))):
        codes[scored.scored.block.mask(row.condition)] = number
    return codes


def calibrate_rules(
    model: Model,
    scorer: Scorer,
    source: LeadSource,
    headers: Mapping[int, str],
    outcome: OutcomeReader,
    method: str = "rate",
    min_leads: int = MIN_LEADS,
    progress: Callable[[Block, Any], Any] | None = None,
) -> RulesCalibration:
    """Hold a ruleset's rows against leads. Raises `LeadsError`."""
    held = Holding(model)
    sampler = RowSampler(model) if method == "joint" else None
    for leads in scored_leads([(scorer, headers)], source, outcome):
        held.add(leads)
        if sampler is not None:
            sampler.add(leads)
        if progress is not None:
            progress(leads.block, held)
    outcome.finish()
    plain: Method = "difference" if method == "joint" else method  # type: ignore[assignment]
    rows = rule_rows(held, plain, min_leads)
    given = {(row.rule, row.row): row.evidence for row in rows}
    if sampler is not None:
        given = joint_row_points(held, sampler.codes, sampler.won, min_leads)
    proposed = [
        given.get((row.rule, row.row)) or None if row.refused is None and row.fixed is None else None for row in rows
    ]
    return RulesCalibration(held, outcome, method, rows, proposed)


def joint_row_points(
    held: Holding, codes: Codes, won: NDArray[np.bool_], min_leads: int = MIN_LEADS
) -> dict[tuple[int, int], int]:
    """Points of all rows at once, from leads with the row of every rule."""
    findings = [_finding(held, place, min_leads) for place in range(len(held.model.rules))]
    found = joint_points(findings, [codes[:, place] for place in range(codes.shape[1])], won)
    return {
        (place, row): number
        for place, numbers in enumerate(found.points)
        for row, number in enumerate(numbers[1:])
        if number
    }


def _finding(held: Holding, place: int, min_leads: int) -> Finding:
    """A rule as an attribute: no row, then its rows."""
    rule = held.model.rules[place]
    nothing = Value("", "none")
    values = [Found(nothing, (0,), held.all, "none")]
    for at, (row, rate) in enumerate(zip(rule.rows, held.rules[place].rows, strict=True), 1):
        refused = points(rate, held.all, "difference", min_leads).refused if row.points else "no points"
        if rule.units is not None or rule.fading is not None:
            refused = "set by hand"
        values.append(Found(Value("", str(at)), (at,), rate, refused))
    attribute = Attribute("", rule.text, "", tuple(one.value for one in values))
    return Finding(attribute, tuple(values), 0.0, True, 0.5)
