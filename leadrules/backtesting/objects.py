"""A backtest → one object for programs, with every threshold."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import Any

from leadrules.backtesting.backtest import Backtest
from leadrules.backtesting.refitting import Refit
from leadrules.calibrating.telling_rules import leads_object, rate_object
from leadrules.evidence.holding import Holding
from leadrules.evidence.paired import Difference
from leadrules.evidence.ranking import Estimate, at_least, auc, bands, falls, gains
from leadrules.evidence.rates import Rate

MOST_THRESHOLDS = 10_000


def report(one: Backtest, refit: Refit | None, as_of: str) -> dict[str, Any]:
    """Everything that the tables show, and every threshold (up to `MOST_THRESHOLDS`, evenly thinned beyond)."""
    held = one.held
    ranking = held.ranking
    every = at_least(ranking)
    step = max(1, -(-len(every) // MOST_THRESHOLDS))
    found = bands(ranking)
    stages = held.model.stages
    return {
        "ruleset": {"title": held.model.title, "version": held.model.version, "hash": held.model.hash},
        "as_of": as_of,
        "leads": leads_object(held) | {"undated": one.undated},
        "control": rate_object(held.all),
        "auc": _estimate(auc(ranking)),
        "earlier": None if one.earlier is None else _earlier(one.earlier),
        "folds": None
        if refit is None
        else {"folds": refit.folds, "method": refit.method, "written": refit.written, "refitted": refit.refitted},
        "top": {"share": one.top, **_gain(ranking, one.top)},
        "comparison": None
        if one.comparison is None
        else {
            "leads": one.comparison.leads,
            "auc": _difference(one.comparison.area),
            "wins": _difference(one.comparison.wins),
        },
        "stages": [
            {
                "stage": stage.name,
                "now": rate_object(held.now.get(place, Rate(0, 0))),
                "reached": rate_object(held.reached.get(place, Rate(0, 0))),
            }
            for place, stage in enumerate(stages)
        ],
        "no_stage": rate_object(held.now.get(-1, Rate(0, 0))),
        "disqualified": rate_object(held.now.get(-2, Rate(0, 0))),
        "labels": {
            label.name: {text: rate_object(rate) for text, rate in texts.items()}
            for label, texts in zip(held.model.labels, held.labels, strict=True)
        },
        "bands": [{"low": band.low / 100, "high": band.high / 100, **rate_object(band.rate)} for band in found],
        "monotone": not falls(found),
        "gains": [{"share": gain.share, **_gain(ranking, gain.share)} for gain in gains(ranking)],
        "thresholds": [
            {
                "at": step.score / 100,
                "leads": step.rate.leads,
                "won": step.rate.won,
                "precision": step.rate.value,
                "recall": step.recall,
            }
            for step in every[::step]
        ],
        "scale": one.scale,
        "rules": [
            {
                "rule": judged.row.rule + 1,
                "row": judged.row.row + 1,
                "text": judged.row.text,
                **rate_object(judged.row.rate),
                "points": judged.row.points / 100,
                "evidence": judged.row.evidence,
                "proposed": judged.proposed,
                "verdict": judged.verdict,
                "why": judged.why,
            }
            for judged in one.rows
        ],
    }


def _gain(ranking: Any, share: float) -> Mapping[str, float]:
    gain = gains(ranking, [share])[0]
    return {"leads": gain.leads, "won": gain.won, "recall": gain.recall, "lift": gain.lift}


def _earlier(held: Holding) -> dict[str, Any]:
    return {"control": rate_object(held.all), "auc": _estimate(auc(held.ranking))}


def _estimate(one: Estimate) -> dict[str, float] | None:
    return None if isnan(one.value) else {"value": one.value, "low": one.low, "high": one.high}


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "first": one.first,
        "second": one.second,
        "difference": _estimate(one.difference),
        "p_value": one.chance,
        "more_than_noise": one.is_clear,
    }
