"""Every method, judged on leads that its points were not fitted to.

The sample is cut into folds at random; each fold is scored by points found on
the others, everything anew: which attributes pass, how bands are joined, what
values earn. The figure is the mean AUC over the folds.

Questionable decision: unless a method is asked for, `rate` is taken, and `joint`
in its place where that ranks better by more than `WORTH_IT`: rates add up what
several attributes say of the same thing, and give the same nothing to a value
just below the control and to the worst one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from leadrules.calibrating.attributes import Attribute
from leadrules.calibrating.counting import Codes, tables_of
from leadrules.calibrating.findings import Finding, find
from leadrules.calibrating.joint import joint_points
from leadrules.evidence.ranking import Ints, auc, ranking_of
from leadrules.evidence.rates import MIN_LEADS, Method, Rate

FOLDS = 5
WORTH_IT = 0.01
SEED = 20_261
METHODS: tuple[Method, ...] = ("rate", "difference", "evidence")


def judged(
    attributes: Sequence[Attribute],
    codes: Sequence[Codes],
    won: NDArray[np.bool_],
    strength: float,
    *,
    folds: int = FOLDS,
    min_leads: int = MIN_LEADS,
) -> Mapping[str, float]:
    """The mean AUC of each method on held-out decided leads, given by their values; NaN where a fold has no wins."""
    part = np.random.default_rng(SEED).integers(0, folds, len(won))
    areas: dict[str, list[float]] = {}
    for fold in range(folds):
        held = part == fold
        fitted = [code[~held] for code in codes]
        tables = tables_of(attributes, fitted, won[~held])
        control = Rate(int((~held).sum()), int(won[~held].sum()))
        findings = find(attributes, tables, control, min_leads)
        ways: dict[str, list[list[int]]] = {}
        for plain in METHODS:
            ways[plain] = [one.points(control, plain, min_leads) for one in findings]
        ways["joint"] = joint_points(findings, fitted, won[~held], strength=strength).points
        for method, given in ways.items():
            scores = scores_of(findings, given, [code[held] for code in codes], int(held.sum()))
            areas.setdefault(method, []).append(auc(ranking_of(scores, won[held])).value)
    return {method: float(np.mean(found)) for method, found in areas.items()}


def scores_of(findings: Sequence[Finding], points: Sequence[Sequence[int]], codes: Sequence[Codes], leads: int) -> Ints:
    """The points of so many leads given by their values, in hundredths."""
    total: Ints = np.zeros(leads, dtype=np.int64)
    for finding, given, code in zip(findings, points, codes, strict=True):
        table: Ints = np.zeros(len(finding.attribute.values), dtype=np.int64)
        for one, number in zip(finding.values, given, strict=True):
            table[list(one.codes)] = 100 * number
        total += table[code]
    return total


def chosen(areas: Mapping[str, float]) -> str:
    """The method to take where none was asked for."""
    return "joint" if areas["joint"] > areas["rate"] + WORTH_IT else "rate"
