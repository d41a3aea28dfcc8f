"""The statistics behind `calibrate`, `backtest` and `report`, held against scipy, scikit-learn and numbers by hand."""

from __future__ import annotations

from itertools import pairwise
from math import log, sqrt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import precision_recall_curve, roc_auc_score

from leadrules.evidence.outcome import LOST, OPEN, WON, OutcomeReader, outcome_column
from leadrules.evidence.paired import PairCounter
from leadrules.evidence.ranking import (
    LAST,
    Band,
    RankingCounter,
    at_least,
    auc,
    bands,
    bands_at,
    expected,
    falls,
    gains,
    ranking_of,
    wins_among,
)
from leadrules.evidence.rates import Rate, percent, points, weight_of_evidence, wilson
from leadrules.leads.errors import LeadsError

# ------------------------------------------------------------------------ rates


@pytest.mark.parametrize(
    ("rate", "control", "method", "wanted"),
    [
        (Rate(1000, 360), Rate(10_000, 3000), "rate", 36),
        (Rate(1000, 250), Rate(10_000, 1000), "difference", 15),
        (Rate(1000, 30), Rate(10_000, 1000), "difference", -7),
        (Rate(1000, 30), Rate(10_000, 1000), "rate", 0),
        (Rate(3, 2), Rate(10_000, 3000), "rate", 0),
        (Rate(3, 2), Rate(10_000, 3000), "difference", 0),
        (Rate(3, 2), Rate(10_000, 3000), "evidence", 0),
        (Rate(200, 125), Rate(10_000, 3000), "difference", 33),  # 32.5, half away from zero
        (Rate(200, 25), Rate(10_000, 3000), "difference", -18),  # -17.5
    ],
)
def test_points_by_the_method_of_the_field(rate: Rate, control: Rate, method: str, wanted: int) -> None:
    assert points(rate, control, method).points == wanted  # type: ignore[arg-type]


def test_refusals_say_why() -> None:
    control = Rate(10_000, 3000)
    assert points(Rate(29, 29), control).refused == "fewer than 30 leads"
    assert points(Rate(29, 29), control, min_leads=29).points == 100
    assert points(Rate(100, 33), control).refused == "no clear difference"
    assert points(Rate(0, 0), control).points == 0


def test_weight_of_evidence_by_hand() -> None:
    # ln(90.5/10.5) - ln(300.5/700.5), ten points a doubling
    woe = weight_of_evidence(Rate(100, 90), Rate(1000, 300))
    assert woe == pytest.approx(log(90.5 / 10.5) - log(300.5 / 700.5))
    assert points(Rate(100, 90), Rate(1000, 300), "evidence").points == round(woe * 10 / log(2))


@given(
    st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.8, 0.95, 0.99])
)
def test_wilson_is_scipys(counts: tuple[int, int], level: float) -> None:
    won, leads = counts
    theirs = stats.binomtest(won, leads).proportion_ci(level, method="wilson")
    assert wilson(won, leads, level) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_shares_are_written_as_people_read_them() -> None:
    shares = (0, 0.004, 0.03, 0.36, 0.966, 0.996, 1)
    assert [percent(one) for one in shares] == ["0 %", "0.4 %", "3 %", "36 %", "97 %", "99.6 %", "100 %"]


# ---------------------------------------------------------------------- ranking

leads = st.lists(st.tuples(st.integers(-5, 5), st.booleans()), min_size=2, max_size=60).filter(
    lambda rows: len({won for _, won in rows}) == 2
)


def arrays(rows: list[tuple[int, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([100 * score for score, _ in rows]), np.array([won for _, won in rows])


@given(leads)
def test_the_auc_is_scikit_learns_ties_included(rows: list[tuple[int, bool]]) -> None:
    scores, won = arrays(rows)
    assert auc(ranking_of(scores, won)).value == pytest.approx(roc_auc_score(won, scores))


def delong_error(scores: np.ndarray, won: np.ndarray) -> float:
    """DeLong's standard error by its definition: every won lead against every lost one."""
    pairs = (scores[won][:, None] > scores[~won]) + 0.5 * (scores[won][:, None] == scores[~won])
    one, other = pairs.mean(axis=1), pairs.mean(axis=0)
    return sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))


def test_the_interval_is_delongs_on_the_scale_of_the_logit() -> None:
    random = np.random.default_rng(3)
    scores, won = random.integers(0, 20, 400), random.random(400) < 0.3
    scores = scores + 4 * won
    found = auc(ranking_of(scores * 100, won))
    half = 1.959964 * delong_error(scores, won) / (found.value * (1 - found.value))
    middle = log(found.value / (1 - found.value))
    assert log(found.low / (1 - found.low)) == pytest.approx(middle - half, abs=1e-5)
    assert log(found.high / (1 - found.high)) == pytest.approx(middle + half, abs=1e-5)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    random = np.random.default_rng(5)
    truth = stats.norm.cdf(0.8 / sqrt(2))
    inside = 0
    for _ in range(300):
        won = random.random(300) < 0.3
        found = auc(ranking_of(np.round((random.normal(size=300) + 0.8 * won) * 1e6).astype(int), won))
        inside += found.low <= truth <= found.high
    assert 0.91 <= inside / 300 <= 0.985


@given(leads)
def test_precision_and_recall_are_scikit_learns(rows: list[tuple[int, bool]]) -> None:
    scores, won = arrays(rows)
    precision, recall, at = precision_recall_curve(won, scores, drop_intermediate=False)
    found = at_least(ranking_of(scores, won))
    assert [one.score for one in found] == at.tolist()
    assert [one.rate.value for one in found] == pytest.approx(precision[:-1])
    assert [one.recall for one in found] == pytest.approx(recall[:-1])


@given(leads, st.integers(1, 5))
def test_blocks_add_up_to_the_whole(rows: list[tuple[int, bool]], size: int) -> None:
    scores, won = arrays(rows)
    counter = RankingCounter()
    for start in range(0, len(rows), size):
        counter.add(scores[start : start + size], won[start : start + size])
    whole, parts = ranking_of(scores, won), counter.ranking()
    assert (parts.scores.tolist(), parts.leads.tolist(), parts.won.tolist()) == (
        whole.scores.tolist(),
        whole.leads.tolist(),
        whole.won.tolist(),
    )


def test_many_distinct_scores_are_kept_in_bounded_memory() -> None:
    random = np.random.default_rng(1)
    scores, won = random.integers(0, 10**7, 50_000), random.random(50_000) < 0.5
    counter = RankingCounter(most=2_000)
    for part in range(5):
        mine = slice(part * 10_000, (part + 1) * 10_000)
        counter.add(scores[mine], won[mine])
    ranking = counter.ranking()
    assert len(ranking.scores) <= 2_000
    assert ranking.total == Rate(50_000, int(won.sum()))
    assert auc(ranking).value == pytest.approx(roc_auc_score(won, scores), abs=1e-3)


def test_gains_by_hand() -> None:
    # best first: 30 (2 leads, 2 won), 20 (4, 1), 10 (4, 1)
    scores = np.array([3000] * 2 + [2000] * 4 + [1000] * 4)
    won = np.array([1, 1, 1, 0, 0, 0, 1, 0, 0, 0], dtype=bool)
    ranking = ranking_of(scores, won)
    found = gains(ranking, [0.2, 0.4, 1.0])
    assert [(one.leads, one.won, one.recall, one.lift) for one in found] == [
        (2, 2, 0.5, 2.5),
        (4, 2.5, 0.625, 1.5625),  # half of the second score's leads: half of its one win
        (10, 4, 1.0, 1.0),
    ]
    assert wins_among(ranking, 6) == 3


def test_bands_never_cut_a_score_and_hold_all_leads() -> None:
    random = np.random.default_rng(2)
    scores, won = random.integers(0, 30, 1000) * 100, random.random(1000) < 0.4
    found = bands(ranking_of(scores, won), 7)
    assert sum((one.rate for one in found), Rate(0, 0)) == Rate(1000, int(won.sum()))
    assert all(low.high < high.low for low, high in pairwise(found))
    assert 5 <= len(found) <= 7
    assert [(one.low, one.high) for one in bands_at(ranking_of(scores, won), [1000, 2000])] == [
        (0, 900),
        (1000, 1900),
        (2000, 2900),
    ]


def test_a_higher_band_that_does_worse_is_found_where_it_is_more_than_chance() -> None:
    rising = [Band(0, 9, Rate(100, 10)), Band(10, 19, Rate(100, 30)), Band(20, 29, Rate(100, 28))]
    assert falls(rising) == []
    falling = [Band(0, 9, Rate(100, 30)), Band(10, 19, Rate(100, 10)), Band(20, 29, Rate(100, 40))]
    assert falls(falling) == [(falling[0], falling[1])]
    # each of the upper two too small to tell, but not both together
    top = [Band(0, 9, Rate(60, 12)), Band(10, 19, Rate(12, 0)), Band(20, 29, Rate(12, 0))]
    assert falls(top) == [(top[0], Band(10, 29, Rate(24, 0)))]


def test_the_expected_rate_never_falls_and_keeps_the_wins() -> None:
    random = np.random.default_rng(4)
    scores = random.integers(0, 50, 2000) * 100
    won = random.random(2000) < scores / 10_000 + 0.1
    ranking = ranking_of(scores, won)
    rates = expected(ranking)
    assert (np.diff(rates) >= -1e-12).all()
    assert (rates * ranking.leads).sum() == pytest.approx(won.sum())


def test_disqualified_leads_rank_last_and_reach_no_threshold() -> None:
    ranking = ranking_of(np.array([LAST, -500, 100]), np.array([False, False, True]))
    assert auc(ranking).value == 1.0
    assert [one.score for one in at_least(ranking)] == [-500, 100]
    assert [(one.low, one.high) for one in bands(ranking, 1)] == [(-500, 100)]


# ------------------------------------------------------------- paired bootstrap


def paired_error(one: np.ndarray, other: np.ndarray, won: np.ndarray) -> float:
    """DeLong's standard error of the difference of two AUCs on the same leads, by its definition."""
    parts = []
    for scores in (one, other):
        pairs = (scores[won][:, None] > scores[~won]) + 0.5 * (scores[won][:, None] == scores[~won])
        parts.append((pairs.mean(axis=1), pairs.mean(axis=0)))
    difference = [parts[1][side] - parts[0][side] for side in (0, 1)]
    return sqrt(sum(side.var(ddof=1) / len(side) for side in difference))


def test_the_bootstrap_agrees_with_delong_about_the_difference() -> None:
    random = np.random.default_rng(7)
    won = random.random(1500) < 0.3
    one = random.integers(0, 30, 1500) + 5 * won
    other = one + random.integers(-6, 7, 1500)
    counter = PairCounter()
    for part in range(3):
        mine = slice(part * 500, (part + 1) * 500)
        counter.add(one[mine] * 100, other[mine] * 100, won[mine])
    area, wins = counter.compare(0.2)
    assert area.first == pytest.approx(roc_auc_score(won, one))
    assert area.second == pytest.approx(roc_auc_score(won, other))
    seen, error = area.difference.value, paired_error(one, other, won)
    assert area.difference.low == pytest.approx(seen - 1.96 * error, abs=0.25 * error)
    assert area.difference.high == pytest.approx(seen + 1.96 * error, abs=0.25 * error)
    assert wins.second - wins.first == pytest.approx(wins.difference.value)


def test_a_ruleset_is_no_better_than_itself_and_noise_is_called_noise() -> None:
    random = np.random.default_rng(8)
    won = random.random(2000) < 0.4
    scores = random.integers(0, 50, 2000) * 100 + 500 * won
    same = PairCounter()
    same.add(scores, scores * 3, won)
    area, wins = same.compare()
    assert (area.difference.value, area.difference.low, area.difference.high) == (0, 0, 0)
    assert not area.is_clear and not wins.is_clear and area.chance == 1.0
    noisy = PairCounter()
    noisy.add(scores, scores + random.integers(-100, 100, 2000), won)
    assert not noisy.compare()[0].is_clear


def test_the_bootstrap_is_the_same_each_time_and_however_many_cells_there_are() -> None:
    random = np.random.default_rng(9)
    won = random.random(3000) < 0.4
    one, other = (random.integers(0, 10**6, 3000) + 200_000 * won for _ in range(2))
    exact, coarse = PairCounter(), PairCounter(most=500)
    exact.add(one, other, won)
    coarse.add(one, other, won)
    first, again = exact.compare()[0], exact.compare()[0]
    assert first == again
    about = coarse.compare()[0]
    assert about.difference.value == first.difference.value
    assert about.difference.high - about.difference.low == pytest.approx(
        first.difference.high - first.difference.low, rel=0.2
    )


# ---------------------------------------------------------------------- outcome


def read(said: str, cells: list[object], **ways: list[str]) -> list[int]:
    column = outcome_column(said, ["Name", "Stage", "A=B"], **ways)  # type: ignore[arg-type]
    return OutcomeReader(column).read(pl.Series(cells, strict=False)).tolist()


def test_values_are_compared_as_the_language_compares_texts() -> None:
    assert read("Stage=Closed Won", ["closed won", " CLOSED WON ", "Lost", "", None]) == [WON, WON, LOST, OPEN, OPEN]
    assert read("stage=100", ["100", "100.0", "99"]) == [WON, WON, LOST]
    assert read("STAGE=1", [True, False, None]) == [WON, LOST, OPEN]
    assert read("A=B=x", ["x", "y"]) == [WON, LOST]
    assert read("Stage=*", ["2026-01-01", "", "x"]) == [WON, LOST, WON]


def test_truth_values_need_no_value() -> None:
    assert read("Stage", ["1", "0", "yes", "No", "TRUE", "lost", "Won", ""]) == [1, 0, 1, 0, 1, 0, 1, -1]
    assert read("Stage", [1, 0, None]) == [WON, LOST, OPEN]
    assert read("Stage", [1.0, 0.0]) == [WON, LOST]
    assert read("Stage", [True, False]) == [WON, LOST]


def test_leads_that_are_not_decided_are_named_by_value() -> None:
    cells: list[object] = ["Won", "Lost", "Proposal", "Demo"]
    assert read("Stage=Won", cells, open=["demo"]) == [WON, LOST, LOST, OPEN]
    assert read("Stage=Won", cells, lost=["LOST"]) == [WON, LOST, OPEN, OPEN]


@pytest.mark.parametrize(
    ("said", "cells", "message", "help"),
    [
        ("Stagee=x", ["x"], "no column is called `Stagee`, which `--outcome` names", "did you mean `Stage`?"),
        (
            "Stage",
            ["Lead", "Customer", "Lead"],
            "`Stage` does not say which leads are won: its values are `Lead` 2, `Customer` 1",
            'say which value means won, as in `--outcome "Stage=Customer"`',
        ),
        (
            "Stage",
            ["1", "1"],
            "all 2 decided leads are won, and nothing can be learnt without lost ones",
            "lost",
        ),
        ("Stage=Wn", ["Won", "Lost"], "all 2 decided leads are lost", "the values found are `Lost` 1, `Won` 1"),
        (
            "Stage",
            ["", None],
            "all 2 leads are still open: `Stage` says of none whether it was won or lost",
            "decided",
        ),
        ("Stage", [], "there are no leads to learn from", "outcome is known"),
    ],
)
def test_outcomes_that_teach_nothing_are_refused_in_words(
    said: str, cells: list[object], message: str, help: str
) -> None:
    with pytest.raises(LeadsError) as caught:
        reader = OutcomeReader(outcome_column(said, ["Name", "Stage"]))
        reader.read(pl.Series(cells, dtype=pl.String))
        reader.finish()
    assert message in caught.value.message
    assert (
        help in (caught.value.help or "")
        or "lost leads" in (caught.value.help or "")
        or "by now" in (caught.value.help or "")
    )


def test_a_header_that_looks_alike_and_a_field_of_the_ruleset_are_found() -> None:
    assert outcome_column("is_converted", ["Id", "Is Converted"]).header == "Is Converted"
    assert outcome_column("won=yes", ["Id", "Deal Won"], fields={"won": "Deal Won"}).header == "Deal Won"
