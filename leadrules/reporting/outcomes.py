"""What decided leads teach: win rates, gains, calibration, precision and recall, and a forecast for the open ones.

The statistics are those of `leadrules.evidence`; here they become figures.

The forecast: the open leads of each stage, times the share won among the
decided leads that have reached that stage, wherever they are now (a weighted
pipeline). Its interval takes both doubts into account: about the share (a Beta
distribution from the decided leads, with Jeffreys' prior: H. Jeffreys, Theory of
Probability, 1946), and about chance among the open ones, so that the wins of a
stage are beta-binomial. Stages are added up by mean and variance, and the interval
is read from the Beta distribution over 0 to all of the leads that has both.

Questionable decision: a stage in which no decided lead has ended has no
forecast, though decided leads have passed through it: those are then the ones
that somebody chose to work, and say nothing of the rest. Its open leads are said to be left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan

import numpy as np

from leadrules.evidence.holding import NOTHING, Holding
from leadrules.evidence.outcome import LOST, WON, OutcomeReader
from leadrules.evidence.ranking import LAST, Ranking, at_least, auc, bands, expected, falls
from leadrules.evidence.ranking import gains as gains_of
from leadrules.evidence.rates import LEVEL, Rate
from leadrules.reporting import bands as score_bands
from leadrules.reporting import findings, words
from leadrules.reporting.figures import (
    BandWon,
    Calibration,
    Forecast,
    Gain,
    Gains,
    Outcomes,
    Proportion,
    StageForecast,
    StageWins,
    StageWon,
    Threshold,
    WinRates,
    Worth,
    proportion,
)
from leadrules.ruleset import Model

MOST_BANDS = 8
TENTHS = 10
NO_STAGE, DISQUALIFIED = -1, -2
_SHOWN = 12


def outcomes_of(
    model: Model,
    reader: OutcomeReader,
    holding: Holding,
    open_judged: int,
    open_now: Mapping[int, int],
    thresholds: Sequence[Threshold],
    milestones: Sequence[int],
) -> Outcomes:
    """The figures about decided leads; `open_now` counts the open ones in the funnel by stage (-1: none)."""
    ranking = holding.ranking
    scored = ranking.scored
    some = len(scored.scores) > 0
    area = auc(ranking)
    known = some and not isnan(area.value)
    told = known and (area.low > 0.5 or area.high < 0.5)
    return Outcomes(
        title=findings.of_outcomes(_proportion(holding.all), area.value if known else None, told),
        column=reader.column.header,
        won=_proportion(holding.all),
        open=open_judged,
        won_values=_values(reader, WON),
        lost_values=_values(reader, LOST),
        auc=area.value if known else None,
        auc_low=area.low if known else None,
        auc_high=area.high if known else None,
        rates=_rates(ranking, thresholds) if some else None,
        gains=_gains(ranking) if some and holding.all.won else None,
        calibration=_calibration(ranking) if some else None,
        stages=_stages(model, holding, milestones),
        forecast=_forecast(model, holding, open_now),
    )


def _proportion(rate: Rate) -> Proportion:
    return proportion(rate.won, rate.leads)


def _values(reader: OutcomeReader, meant: int) -> tuple[str, ...]:
    return tuple(text for text, _ in reader.counted_as(meant)[:_SHOWN])


def _rates(ranking: Ranking, thresholds: Sequence[Threshold]) -> WinRates:
    scored = ranking.scored
    edges = score_bands.edges(scored.scores, scored.leads, MOST_BANDS)
    whole = bool((scored.scores % 100 == 0).all())
    found = []
    for band in score_bands.bands(edges, int(scored.scores[0]), int(scored.scores[-1]), whole):
        inside = score_bands.within(band, scored.scores)
        found.append(BandWon(band, proportion(int(scored.won[inside].sum()), int(scored.leads[inside].sum()))))
    last = ranking.scores == LAST
    disqualified = proportion(int(ranking.won[last].sum()), int(ranking.leads[last].sum())) if last.any() else None
    cut = _telling(scored, thresholds)
    above = next((_proportion(one.rate) for one in at_least(scored) if one.score >= cut), proportion(0, 0))
    below = proportion(scored.total.won - above.count, scored.total.leads - above.of)
    title = findings.of_rates(above, below, score_bands.points(cut))
    return WinRates(title, tuple(found), disqualified)


def _telling(scored: Ranking, thresholds: Sequence[Threshold]) -> int:
    """The score to compare leads at: the highest threshold with enough leads on both sides, else the best fifth's."""
    above = {one.score: one.rate.leads for one in at_least(scored)}
    leads = scored.total.leads
    for points in sorted({round(one.points * 100) for one in thresholds}, reverse=True):
        over = next((count for score, count in above.items() if score >= points), 0)
        if over >= words.FEW and leads - over >= words.FEW:
            return points
    fifth = score_bands.quantile(scored.scores, scored.leads, 0.8)
    return fifth // 100 * 100 if scored.scores[-1] - scored.scores[0] > 1_000 else fifth


def _gains(ranking: Ranking) -> Gains:
    found = [Gain(0.0, 0.0)]
    found += [Gain(one.share, one.recall) for one in gains_of(ranking, [n / 20 for n in range(1, 21)])]
    return Gains(findings.of_gains(found, ranking.total.won), tuple(found))


def _calibration(ranking: Ranking) -> Calibration:
    scored = ranking.scored
    rates = expected(scored)
    found = []
    tenths = bands(ranking, TENTHS)
    for band in tenths:
        inside = (scored.scores >= band.low) & (scored.scores <= band.high)
        leads = scored.leads[inside]
        found.append(
            Worth(
                band.low / 100,
                band.high / 100,
                float(np.average(scored.scores[inside], weights=leads)) / 100,
                _proportion(band.rate),
                float(np.average(rates[inside], weights=leads)),
            )
        )
    return Calibration(findings.of_calibration(found, bool(falls(tenths))), tuple(found))


def _stages(model: Model, holding: Holding, milestones: Sequence[int]) -> StageWins | None:
    if not model.stages:
        return None
    wins = holding.all.won
    found = []
    for position, stage in enumerate(model.stages):
        reached = holding.reached.get(position, NOTHING)
        found.append(
            StageWon(
                stage.name,
                _proportion(holding.now.get(position, NOTHING)),
                _proportion(reached),
                proportion(reached.won, wins),
                reached.lift(holding.all) if reached.leads and wins else None,
            )
        )
    return StageWins(findings.of_stage_wins(found, milestones[0]), tuple(found))


def _forecast(model: Model, holding: Holding, open_now: Mapping[int, int]) -> Forecast | None:
    everyone = sum(open_now.values())
    if not everyone:
        return None
    names = {position: stage.name for position, stage in enumerate(model.stages)}
    names[NO_STAGE] = "(no stage)" if model.stages else "all leads"
    stages, counted, mean, variance = [], 0, 0.0, 0.0
    for position, name in sorted(names.items()):
        ended, leads = holding.now.get(position, NOTHING), open_now.get(position, 0)
        if not leads and not ended.leads:
            continue
        rate = holding.ranking.scored.total if position == NO_STAGE else holding.reached.get(position, NOTHING)
        wins = leads * rate.value if ended.leads else None
        stages.append(StageForecast(name, leads, _proportion(rate), wins))
        if wins is not None:
            counted += leads
            mean += wins
            variance += beta_binomial_variance(leads, rate)
    low, high = interval(counted, mean, variance)
    title = findings.of_forecast(stages, everyone, counted, low, mean, high)
    return Forecast(title, tuple(stages), everyone, counted, mean, low, high)


def beta_binomial_variance(leads: int, rate: Rate) -> float:
    """The variance of the wins among some open leads, after these decided ones."""
    won, lost = rate.won + 0.5, rate.lost + 0.5
    both = won + lost
    return leads * won * lost * (both + leads) / (both**2 * (both + 1))


def interval(leads: int, mean: float, variance: float, level: float = LEVEL) -> tuple[int, int]:
    """The interval of a number of wins among so many leads, from its mean and variance, in whole wins."""
    from scipy.special import betaincinv

    if not leads or not variance:
        return round(mean), round(mean)
    share = min(max(mean / leads, 0.25 / leads), 1 - 0.25 / leads)
    spread = min(variance / leads**2, 0.999 * share * (1 - share))
    size = share * (1 - share) / spread - 1
    low, high = (
        float(betaincinv(share * size, (1 - share) * size, tail)) for tail in ((1 - level) / 2, (1 + level) / 2)
    )
    return int(leads * low), min(leads, int(leads * high) + 1)
