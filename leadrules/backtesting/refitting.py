"""Folds of leads → the same rules with points from the other folds, judged on the fold that they did not see.

A ruleset whose points come from these very leads looks better on them than it
is. Here its points are found anew for each fold, from the leads outside it, as
`calibrate` would: if that does no better than the points as written, they are
good; if it does much better, they are worth calibrating.

Leads fall into folds by their number in the file, in a fixed shuffle, so that
two readings agree about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import isnan

import numpy as np
from numpy.typing import NDArray

from leadrules.backtesting.backtest import Contender
from leadrules.calibrating.of_rules import RowSampler, joint_row_points
from leadrules.engine.scorer import Scorer
from leadrules.evidence.holding import Holding
from leadrules.evidence.outcome import WON, OutcomeColumn, OutcomeReader
from leadrules.evidence.ranking import RankingCounter, auc
from leadrules.evidence.rates import MIN_LEADS, Method
from leadrules.evidence.rows import rule_rows
from leadrules.evidence.scored import points_of, scored_leads
from leadrules.leads.block import LeadSource
from leadrules.ruleset import Model


@dataclass(frozen=True, slots=True)
class Refit:
    """The mean AUC over the folds, of the points as written and of those refitted."""

    folds: int
    method: str
    written: float
    refitted: float


def refitted(
    contender: Contender,
    source: LeadSource,
    column: OutcomeColumn,
    as_of: date,
    *,
    folds: int,
    method: str,
    min_leads: int = MIN_LEADS,
) -> Refit:
    """Fit and judge by folds. Reads the leads twice. Raises `LeadsError`."""
    models = _models(contender, source, column, folds, method, min_leads)
    scorers = [(Scorer(model, as_of), contender.headers) for model in models]
    rankings = [(RankingCounter(), RankingCounter()) for _ in range(folds)]
    for leads in scored_leads([(contender.scorer, contender.headers), *scorers], source, OutcomeReader(column)):
        part = fold_of(leads.block.numbers, folds)
        live = leads.decided & ~leads.scored[0].scored.excluded
        for fold, (as_written, anew) in enumerate(rankings):
            mine = live & (part == fold)
            won = leads.outcomes[mine] == WON
            as_written.add(points_of(leads.scored[0])[mine], won)
            anew.add(points_of(leads.scored[1 + fold])[mine], won)
    areas = [[auc(counter.ranking()).value for counter in pair] for pair in rankings]
    known = [pair for pair in areas if not any(map(isnan, pair))]
    means = np.mean(known, axis=0) if known else np.array([float("nan"), float("nan")])
    return Refit(folds, method, float(means[0]), float(means[1]))


def fold_of(numbers: NDArray[np.int64], folds: int) -> NDArray[np.int64]:
    """The fold of each lead, by its number in the file (the finaliser of SplitMix64: Steele, Lea and Flood, 2014)."""
    mixed = numbers.astype(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return (mixed % np.uint64(folds)).astype(np.int64)


def _models(
    contender: Contender, source: LeadSource, column: OutcomeColumn, folds: int, method: str, min_leads: int
) -> list[Model]:
    """For each fold, the ruleset with points from the leads outside it."""
    outside = [Holding(contender.model) for _ in range(folds)]
    samplers = [RowSampler(contender.model) for _ in range(folds)] if method == "joint" else []
    for leads in scored_leads([(contender.scorer, contender.headers)], source, OutcomeReader(column)):
        part = fold_of(leads.block.numbers, folds)
        for fold in range(folds):
            others = part != fold
            outside[fold].add(leads, among=others)
            if samplers:
                samplers[fold].add(replace(leads, good=leads.good & others))
    found = []
    for fold, held in enumerate(outside):
        if samplers:
            given: Mapping[tuple[int, int], int] = joint_row_points(
                held, samplers[fold].codes, samplers[fold].won, min_leads
            )
        else:
            plain: Method = method  # type: ignore[assignment]
            rows = rule_rows(held, plain, min_leads)
            given = {(row.rule, row.row): row.evidence for row in rows if row.refused is None and row.fixed is None}
        found.append(with_points(contender.model, given))
    return found


def with_points(model: Model, given: Mapping[tuple[int, int], int]) -> Model:
    """The ruleset with other points for some rows, by rule and row; those given 0 keep theirs."""
    rules = []
    for place, rule in enumerate(model.rules):
        rows = tuple(
            replace(row, points=100 * given[place, at]) if given.get((place, at)) else row
            for at, row in enumerate(rule.rows)
        )
        rules.append(replace(rule, rows=rows))
    return replace(model, rules=tuple(rules))
