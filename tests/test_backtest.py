"""`leadrules backtest`: counts by hand, folds, days, a second ruleset, and leads that cannot be judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from leadrules.backtesting.refitting import fold_of
from leadrules.cli.main import exit_code
from tests.companies import COMPANIES

Captured = pytest.CaptureFixture[str]

RULES = """\
field size  : integer
field asked : boolean
field state : text
exclude if state is "old"
disqualify if state is "bot"
score fit { points by size { 1 to 9: 10, 10 or more: 20, missing: -5 } }
when asked add 30
add 1 per size at most 3
stage Lead
stage MQL at 30
stage SQL at 50 after MQL
label heat { "hot" when score >= 50, otherwise "cold" }
"""

LEADS = """\
size,asked,state,won,made
5,yes,,1,2026-01-05
5,no,,0,2026-01-06
20,yes,,1,2026-02-01
20,no,,0,2026-02-02
20,yes,,0,2026-02-03
,yes,,1,2026-03-01
,no,,0,2026-03-02
5,no,bot,1,2026-03-03
5,no,old,1,2026-03-04
x,no,,1,2026-03-05
5,yes,,,2026-03-06
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "our.rules").write_text(RULES)
    (tmp_path / "leads.csv").write_text(LEADS)
    return tmp_path


def judged(place: Path, capsys: Captured, *arguments: str) -> dict[str, Any]:
    files = [str(place / "our.rules"), str(place / "leads.csv"), "--outcome", "won", "--as-of", "2026-04-01"]
    assert exit_code(["backtest", *files, *arguments, "--format", "json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def said(place: Path, capsys: Captured, *arguments: str, code: int = 0) -> str:
    files = [str(place / "our.rules"), str(place / "leads.csv")]
    found = exit_code(["backtest", *files, "--as-of", "2026-04-01", *arguments])
    told = capsys.readouterr()
    assert found == code, told
    return told.out + told.err


def counts(one: dict[str, Any]) -> tuple[int, int]:
    return one["leads"], one["won"]


def test_every_count_by_hand(place: Path, capsys: Captured) -> None:
    """Scores: 43 won, 13 lost, 53 won, 23 lost, 53 lost, 25 won, -5 lost, disqualified won."""
    found = judged(place, capsys, "--min-leads", "1")
    assert found["leads"] == {
        "read": 11, "won": 4, "lost": 4, "open": 1, "rejected": 1, "excluded": 1, "excluded_won": 1, "undated": 0,
    }  # fmt: skip
    stages = {one["stage"]: (counts(one["now"]), counts(one["reached"])) for one in found["stages"]}
    assert stages == {"Lead": ((4, 1), (7, 3)), "MQL": ((1, 1), (3, 2)), "SQL": ((2, 1), (2, 1))}
    assert counts(found["disqualified"]) == (1, 1)
    assert {text: counts(one) for text, one in found["labels"]["heat"].items()} == {"hot": (2, 1), "cold": (6, 3)}
    won, last = [1, 0, 1, 0, 0, 1, 0, 1], -100
    assert found["auc"]["value"] == pytest.approx(roc_auc_score(won, [43, 13, 53, 23, 53, 25, -5, last]))
    assert [(one["at"], one["leads"], one["won"], one["recall"]) for one in found["thresholds"]] == [
        (-5, 7, 3, 0.75),
        (13, 6, 3, 0.75),
        (23, 5, 3, 0.75),
        (25, 4, 3, 0.75),
        (43, 3, 2, 0.5),
        (53, 2, 1, 0.25),
    ]
    assert {one["text"]: counts(one) for one in found["rules"]} == {
        "size: 1 to 9": (3, 2),
        "size: 10 or more": (3, 1),
        "size: missing": (2, 1),
        "asked": (4, 3),
        "per size": (6, 3),
    }


def test_excluded_leads_count_when_asked(place: Path, capsys: Captured) -> None:
    found = judged(place, capsys, "--score-excluded")
    assert found["leads"]["excluded"] == 0
    assert counts(found["control"]) == (9, 5)


def test_leads_before_a_day_and_from_it_on(place: Path, capsys: Captured) -> None:
    found = judged(place, capsys, "--split-by", "made=2026-02-01")
    assert counts(found["control"]) == (6, 3)
    assert counts(found["earlier"]["control"]) == (2, 1)
    assert found["earlier"]["auc"]["value"] == 1.0
    assert "named" not in said(place, capsys, "--outcome", "won", "--split-by", "Made=2026-02-01")
    assert "needs the column that says when" in said(
        place, capsys, "--outcome", "won", "--split-by", "2026-02-01", code=2
    )
    late = said(place, capsys, "--outcome", "won", "--split-by", "made=2026-03-03", code=2)
    assert "of the leads from 2026-03-03 on that the rules score, 1 bought and 0 did not" in late


def test_capacity_is_a_share_of_the_leads(place: Path, capsys: Captured) -> None:
    found = judged(place, capsys, "--capacity", "2/week", "--weeks", "1")
    assert found["top"]["share"] == pytest.approx(2 / 11)
    dated = judged(place, capsys, "--capacity", "1/week", "--date", "made")
    assert dated["top"]["share"] == pytest.approx((61 / 7) / 11)  # from 5 January to 6 March


def company(tmp_path: Path) -> str:
    COMPANIES["cars"](np.random.default_rng(31), 3000).leads.write_csv(tmp_path / "cars.csv")
    return str(tmp_path / "cars.csv")


GOOD = """\
field income : number from "household_income"
field visits : integer from "showroom_visits"
when income > 40000 add 10
when visits >= 3 add 10
when visits >= 1 add 5
"""


def test_a_better_ruleset_is_told_from_one_that_only_differs(tmp_path: Path, capsys: Captured) -> None:
    leads = company(tmp_path)
    (tmp_path / "good.rules").write_text(GOOD)
    (tmp_path / "same.rules").write_text(GOOD.replace("40000", "40100"))
    (tmp_path / "bad.rules").write_text('field shoe : integer from "shoe_size"\nwhen shoe > 40 add 5\n')
    results = {}
    for other in ("bad", "same"):
        files = [str(tmp_path / "good.rules"), leads, "--against", str(tmp_path / f"{other}.rules")]
        assert exit_code(["backtest", *files, "--outcome", "signed_contract", "--format", "json"]) == 0
        results[other] = json.loads(capsys.readouterr().out)["comparison"]
    assert results["bad"]["auc"]["more_than_noise"] and results["bad"]["auc"]["difference"]["value"] < -0.05
    assert results["bad"]["wins"]["more_than_noise"]
    assert not results["same"]["auc"]["more_than_noise"]
    assert exit_code(["backtest", *files, "--outcome", "signed_contract"]) == 0
    assert "the difference in AUC may be noise" in capsys.readouterr().out


def test_verdicts_follow_the_evidence(tmp_path: Path, capsys: Captured) -> None:
    """Of 1,000 leads 300 bought; A: 200 of 400, B: 90 of 300 (as all do), C: 20 of 200, D: 5 of 10."""
    rows = {"A": (400, 200), "B": (300, 90), "C": (200, 20), "D": (10, 5), "E": (90, -15)}
    kinds, won = [], []
    for kind, (leads, wins) in rows.items():
        kinds += [kind] * leads
        won += [1] * max(wins, 0) + [0] * (leads - max(wins, 0))
    pl.DataFrame({"kind": kinds, "won": won}).write_csv(tmp_path / "leads.csv")
    (tmp_path / "r.rules").write_text(
        "field kind : text\n"
        'points by kind { "A": 45, "B": 20, "C": 15, "D": 10, "F": 9 }\n'
        'when kind is "A" add 10\nwhen kind is "C" subtract 5\n'
    )
    files = [str(tmp_path / "r.rules"), str(tmp_path / "leads.csv"), "--outcome", "won"]
    assert exit_code(["backtest", *files, "--format", "json"]) == 0
    found = {
        (one["text"], one["points"]): (one["verdict"], one["why"])
        for one in json.loads(capsys.readouterr().out)["rules"]
    }
    assert {key: one[0] for key, one in found.items()} == {
        ('kind: "A"', 45): "keep",
        ('kind: "B"', 20): "retire",
        ('kind: "C"', 15): "retire",
        ('kind: "D"', 10): "keep",
        ('kind: "F"', 9): "retire",
        ('kind is "A"', 10): "change",
        ('kind is "C"', -5): "keep",
    }
    assert found['kind: "D"', 10][1] == "too few leads to say: 10 of at least 30"
    assert found['kind: "F"', 9][1] == "no lead has it"


def test_folds_judge_points_on_leads_that_they_were_not_fitted_to(tmp_path: Path, capsys: Captured) -> None:
    leads = company(tmp_path)
    (tmp_path / "poor.rules").write_text(GOOD.replace("when income > 40000 add 10", "when income > 40000 subtract 10"))
    files = [str(tmp_path / "poor.rules"), leads, "--outcome", "signed_contract", "--folds", "4"]
    for method in ("difference", "joint"):
        assert exit_code(["backtest", *files, "--method", method, "--format", "json"]) == 0
        folds = json.loads(capsys.readouterr().out)["folds"]
        assert folds["method"] == method and folds["refitted"] > folds["written"] + 0.02
    parts = np.bincount(fold_of(np.arange(1, 100_001), 4))
    assert parts.sum() == 100_000 and parts.min() > 24_500


def test_blocks_of_any_size_count_alike(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    leads = company(tmp_path)
    (tmp_path / "good.rules").write_text(GOOD)
    pages = []
    for rows in (100_000, 137):
        monkeypatch.setattr("leadrules.evidence.scored.scored_leads.__kwdefaults__", {"extra": (), "rows": rows})
        assert exit_code(["backtest", str(tmp_path / "good.rules"), leads, "--outcome", "signed_contract"]) == 0
        pages.append(capsys.readouterr().out)
    assert pages[0] == pages[1]


def test_leads_that_cannot_be_judged_are_refused_in_words(place: Path, capsys: Captured) -> None:
    assert "no column is called `wonn`" in said(place, capsys, "--outcome", "wonn", code=2)
    assert "does not say which leads are won" in said(place, capsys, "--outcome", "state", code=2)
    assert "choose one" in said(
        place, capsys, "--outcome", "won", "--folds", "3", "--split-by", "made=2026-02-01", code=2
    )
    assert "--weeks N, or --date COLUMN" in said(place, capsys, "--outcome", "won", "--capacity", "5/week", code=2)
    (place / "our.rules").write_text("field won : boolean\nexclude if won\nwhen not won add 1\n")
    told = said(place, capsys, "--outcome", "won", code=2)
    assert "0 bought and 4 did not; besides, 6 excluded (6 of them bought)" in told
    assert "say --score-excluded" in told


def test_the_page_says_what_the_object_says(place: Path, capsys: Captured) -> None:
    page = said(place, capsys, "--outcome", "won")
    assert "11 leads: 4 bought, 4 did not, 1 open, left out of every count, 1 rejected, left out" in page
    assert "1 of the excluded leads bought" in page
    assert "disqualified" in page and "keep" in page
