"""All the values that earn points, at once → points that do not count the same thing twice.

A logistic regression with an L2 penalty (scikit-learn) over one column for each
value that earns points; how strong the penalty is, is chosen by cross-validation
within the leads that it is fitted to. The coefficients are logarithms of odds;
scaled so that all but the best and the worst hundredth of the leads lie within
100 points, and rounded to whole points.

Questionable decision: beside the others, a value may weigh against what its own
leads show (few of them bought, and yet it would add). Nobody could defend such
points, so they are dropped and the rest fitted again.

Leads that agree in all values are fitted as one, with their number for a
weight: the fit costs what the distinct leads cost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leadrules.calibrating.counting import Codes
from leadrules.calibrating.findings import Finding

SPAN = 100
STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
"""Values tried for scikit-learn's `C`, the inverse of the penalty's strength."""
FOLDS = 3
ROUNDS = 10
NEWTON = 1_500
"""Up to so many values Newton's method is the quicker one; its cost grows with their cube."""
SEED = 20_260


@dataclass(frozen=True, slots=True)
class JointPoints:
    """Points by finding, then by value; `strength` is the `C` that was chosen."""

    points: list[list[int]]
    strength: float


def joint_points(
    findings: Sequence[Finding],
    codes: Sequence[Codes],
    won: NDArray[np.bool_],
    *,
    strength: float | None = None,
) -> JointPoints:
    """Fit to some decided leads, given by their values; `strength` None chooses it."""
    import warnings

    from scipy.sparse import csr_matrix
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    columns, places = _columns(findings)
    if not places or not won.any() or won.all():
        return JointPoints([[0] * len(one.values) for one in findings], strength or 1.0)
    used = [place for place, one in enumerate(findings) if one.earning]
    matrix = np.stack([columns[place][codes[place]] for place in used], axis=1)
    distinct, leads, wins = _distinct(matrix, won)
    size = len(places)
    control = float(won.mean())
    rows, cells = np.nonzero(distinct >= 0)
    features = csr_matrix((np.ones(len(rows)), (rows, distinct[rows, cells])), shape=(len(distinct), size))

    def fit(
        strength: float,
        wins: NDArray[np.int64],
        losses: NDArray[np.int64],
        allowed: NDArray[np.bool_] | slice = slice(None),
    ) -> NDArray[np.float64]:
        both = _stacked(features[:, allowed], wins, losses)
        solver = "newton-cholesky" if size <= NEWTON else "lbfgs"
        model = LogisticRegression(C=strength, solver=solver, max_iter=300)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(both[0], both[1], sample_weight=both[2])
        return np.append(model.coef_[0], model.intercept_)

    if strength is None:
        strength = _chosen(fit, features, wins, leads - wins)
    signs = np.array([_sign(findings, at, place, control) for at, place in places])
    allowed = np.ones(size, dtype=bool)
    weights = np.zeros(size)
    for _ in range(ROUNDS):
        weights[~allowed] = 0.0
        weights[allowed] = fit(strength, wins, leads - wins, allowed)[:-1]
        against = allowed & (weights * signs < 0)
        weights[against] = 0.0
        allowed &= ~against
        if not against.any() or not allowed.any():
            break
    scores = features @ weights
    return JointPoints(_points(findings, places, weights, _span(scores, leads)), strength)


def _sign(findings: Sequence[Finding], at: int, place: int, control: float) -> int:
    return 1 if findings[at].values[place].rate.value > control else -1


def _span(scores: NDArray[np.float64], leads: NDArray[np.int64]) -> float:
    """How far apart the scores of all but the lowest and the highest hundredth of leads are."""
    order = np.argsort(scores)
    share = np.cumsum(leads[order]) / leads.sum()
    low, high = (min(int(np.searchsorted(share, at)), len(order) - 1) for at in (0.01, 0.99))
    return float(scores[order[high]] - scores[order[low]])


def _columns(findings: Sequence[Finding]) -> tuple[list[NDArray[np.int32]], list[tuple[int, int]]]:
    """For each finding, the column of each of its attribute's values (-1: none); and where each column comes from."""
    tables: list[NDArray[np.int32]] = []
    places: list[tuple[int, int]] = []
    for at, finding in enumerate(findings):
        table = np.full(len(finding.attribute.values), -1, dtype=np.int32)
        if finding.passed:
            for place, one in enumerate(finding.values):
                if one.refused is None:
                    table[list(one.codes)] = len(places)
                    places.append((at, place))
        tables.append(table)
    return tables, places


def _distinct(
    matrix: NDArray[np.int32], won: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Leads that agree in all values as one row, with leads and wins."""
    packed = np.ascontiguousarray(matrix.astype(np.int32))
    rows = packed.view([("", packed.dtype)] * packed.shape[1]).ravel()
    _, first, places = np.unique(rows, return_index=True, return_inverse=True)
    leads = np.bincount(places.ravel(), minlength=len(first))
    wins = np.bincount(places.ravel()[won], minlength=len(first))
    return matrix[first], leads, wins


def _stacked(features: Any, wins: NDArray[np.int64], losses: NDArray[np.int64]) -> tuple[Any, Any, Any]:
    """Each distinct lead once as won and once as lost, weighted by how many are; rows of no weight left out."""
    from scipy.sparse import vstack

    some, none = wins > 0, losses > 0
    labels = np.concatenate([np.ones(int(some.sum())), np.zeros(int(none.sum()))])
    return vstack([features[some], features[none]]), labels, np.concatenate([wins[some], losses[none]])


def _chosen(
    fit: Callable[..., NDArray[np.float64]], features: Any, wins: NDArray[np.int64], losses: NDArray[np.int64]
) -> float:
    """The strength of least log loss on leads that were not fitted to."""
    random = np.random.default_rng(SEED)
    folds = random.integers(0, FOLDS, len(wins))
    best, least = STRENGTHS[-1], np.inf
    for strength in STRENGTHS:
        loss = 0.0
        for fold in range(FOLDS):
            held = folds == fold
            if not wins[~held].any() or not losses[~held].any():
                continue
            weights = fit(strength, np.where(held, 0, wins), np.where(held, 0, losses))
            logits = features[held] @ weights[:-1] + weights[-1]
            loss += float((wins[held] * np.logaddexp(0, -logits) + losses[held] * np.logaddexp(0, logits)).sum())
        if loss < least - 1e-9:
            best, least = strength, loss
    return best


def _points(
    findings: Sequence[Finding], places: Sequence[tuple[int, int]], weights: NDArray[np.float64], span: float
) -> list[list[int]]:
    found = [[0.0] * len(one.values) for one in findings]
    for (at, place), weight in zip(places, weights.tolist(), strict=True):
        found[at][place] = weight
    scale = SPAN / span if span else 0.0
    return [[round(weight * scale) for weight in values] for values in found]
