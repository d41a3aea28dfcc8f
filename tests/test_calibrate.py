"""`leadrules calibrate`: points from leads, judged on leads that it has not seen; leaks named; files left alone."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from leadrules.api import loads
from leadrules.calibrating.calibration import Asked, calibrate
from leadrules.checking import check_path
from leadrules.cli.main import exit_code
from leadrules.evidence.outcome import outcome_column
from leadrules.leads import open_leads
from tests.companies import COMPANIES, Company

Captured = pytest.CaptureFixture[str]


def leads_file(path: Path, columns: dict[str, list[Any]]) -> str:
    pl.DataFrame(columns).write_csv(path)
    return str(path)


def calibrated(capsys: Captured, *arguments: str, code: int = 0) -> dict[str, Any]:
    assert exit_code(["calibrate", *arguments, "--format", "json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def told(capsys: Captured, *arguments: str, code: int = 0) -> str:
    found = exit_code(["calibrate", *arguments])
    said = capsys.readouterr()
    assert found == code, said
    return said.out + said.err


def values(found: dict[str, Any], column: str) -> dict[str, dict[str, Any]]:
    return {
        one["value"]: one
        for attribute in found["attributes"]
        if attribute["column"] == column
        for one in attribute["values"]
    }


def mixed(leads: int, won: int) -> list[int]:
    return [1] * won + [0] * (leads - won)


# ----------------------------------------------------------- the field's examples


@pytest.fixture
def shop(tmp_path: Path) -> str:
    """Control 30 %: of 1,000 who asked 36 % bought, of 1,000 who did not 24 %; two of three came by pigeon."""
    asked = ["asked"] * 1000 + ["silent"] * 1000
    won = mixed(1000, 360) + mixed(1000, 240)
    by = ["mail"] * 1997 + ["pigeon"] * 3
    won[-3:] = [1, 1, 0]
    won[won.index(1, 1000)] = 0
    won[won.index(1, 1000)] = 0
    return leads_file(tmp_path / "shop.csv", {"Contact Form": asked, "Sent By": by, "Bought": won})


def test_36_percent_against_30_are_36_points(shop: str, capsys: Captured) -> None:
    found = calibrated(capsys, shop, "--outcome", "Bought")
    assert found["control"]["rate"] == 0.3
    form = values(found, "Contact Form")
    assert (form["asked"]["points"], form["silent"]["points"]) == (36, 0)
    assert (form["asked"]["leads"], form["asked"]["won"], form["asked"]["lift"]) == (1000, 360, pytest.approx(1.2))
    assert found["method"] == "rate"  # nothing is gained by a joint fit


def test_two_of_three_give_nothing(shop: str, capsys: Captured) -> None:
    for method in ("rate", "difference", "evidence", "joint"):
        found = calibrated(capsys, shop, "--outcome", "Bought", "--method", method)
        assert all(one["points"] == 0 for one in values(found, "Sent By").values())


def test_differences_in_percentage_points(tmp_path: Path, capsys: Captured) -> None:
    sizes = {"gold": (400, 100), "tin": (400, 12), "iron": (1600, 128)}
    metal = [name for name, (leads, _) in sizes.items() for _ in range(leads)]
    won = [one for leads, k in sizes.values() for one in mixed(leads, k)]
    path = leads_file(tmp_path / "metal.csv", {"Metal": metal, "Won": won})
    found = calibrated(capsys, path, "--outcome", "Won=1", "--method", "difference")
    assert found["control"]["rate"] == 0.1
    assert {name: one["points"] for name, one in values(found, "Metal").items() if one["leads"]} == {
        "gold": 15,
        "tin": -7,
        "iron": -2,
    }


# ------------------------------------------------------ companies it never saw


def halves(company: Company, tmp_path: Path) -> tuple[str, str]:
    half = np.random.default_rng(11).random(len(company.leads)) < 0.5
    paths = []
    for name, mask in (("past", half), ("next", ~half)):
        company.leads.filter(pl.Series(mask)).write_csv(tmp_path / f"{name}.csv")
        paths.append(str(tmp_path / f"{name}.csv"))
    return paths[0], paths[1]


def outcome_of(company: Company, frame: pl.DataFrame) -> tuple[pl.DataFrame, np.ndarray]:
    """The decided leads of a company, and who of them bought."""
    value = company.outcome.partition("=")[2]
    if not value:
        return frame, frame[company.column].cast(pl.Int8).to_numpy().astype(bool)
    decided = frame.filter(pl.col(company.column).str.starts_with("Closed"))
    return decided, (decided[company.column] == value).to_numpy()


def regression(company: Company, past: str, new: str) -> float:
    """The AUC of a plain logistic regression on one-hot columns, which is told what leaks."""
    frames = [outcome_of(company, pl.read_csv(path, infer_schema_length=None)) for path in (past, new)]
    used = [
        name
        for name, dtype in frames[0][0].schema.items()
        if name not in (company.column, *company.leaks) and (dtype.is_numeric() or frames[0][0][name].n_unique() < 100)
    ]
    tables = [
        frame.select(
            pl.col(one).cast(pl.Float64) if frame[one].dtype.is_numeric() else pl.col(one).cast(pl.String).fill_null("")
            for one in used
        ).to_pandas()
        for frame, _ in frames
    ]
    numbers = [one for one in used if frames[0][0][one].dtype.is_numeric()]
    model = make_pipeline(
        make_column_transformer(
            (make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), numbers),
            (OneHotEncoder(handle_unknown="ignore"), [one for one in used if one not in numbers]),
        ),
        LogisticRegression(max_iter=2000),
    )
    model.fit(tables[0], frames[0][1])
    return float(roc_auc_score(frames[1][1], model.predict_proba(tables[1])[:, 1]))


@pytest.mark.parametrize("name", COMPANIES)
def test_a_company_is_calibrated_without_help(name: str, tmp_path: Path, capsys: Captured) -> None:
    company = COMPANIES[name](np.random.default_rng(21))
    past, new = halves(company, tmp_path)
    rules = tmp_path / "new.rules"
    assert exit_code(["calibrate", past, "--outcome", company.outcome, "--format", "json", "-o", str(rules)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {one["column"] for one in found["leaks"] if one["left_out"]} == set(company.leaks)
    assert exit_code(["check", str(rules)]) == 0
    assert "no problems" in "".join(capsys.readouterr())
    if name == "phones":
        numbers = {"minutes_on_phone", "monthly_charges", "tenure"}
        assert numbers | {"contract", "payment_method"} <= {one.name for one in check_path(rules).or_raise().fields}
    assert exit_code(["backtest", str(rules), new, "--outcome", company.outcome, "--format", "json"]) == 0
    held = json.loads(capsys.readouterr().out)
    assert held["auc"]["value"] > regression(company, past, new) - 0.03
    assert held["monotone"]
    judged = found["auc"][found["method"]]
    assert abs(judged - held["auc"]["value"]) < 0.05  # what it says of itself comes true


def test_the_ruleset_says_its_evidence_and_its_points_are_those_of_the_table(tmp_path: Path, capsys: Captured) -> None:
    company = COMPANIES["school"](np.random.default_rng(5))
    company.leads.write_csv(tmp_path / "school.csv")
    rules = tmp_path / "school.rules"
    arguments = ["--outcome", "Enrolled", "--method", "difference", "-o", str(rules)]
    found = calibrated(capsys, str(tmp_path / "school.csv"), *arguments)
    text = " ".join(rules.read_text().split())
    for attribute in found["attributes"]:
        for one in attribute["values"]:
            because = f"{one['leads']:,} bought, control {found['control']['rate'] * 100:.0f} %"
            if one["points"]:
                assert f"{'add' if one['points'] > 0 else 'subtract'} {abs(one['points'])} because" in text
                assert because in text
    # every lead's score is the sum of the points of its values, by the reference
    ruleset = loads(rules.read_text())
    for row in company.leads.sample(40, seed=1).to_dicts():
        cells = {name: "" if value is None else str(value) for name, value in row.items()}
        decision = ruleset.score_one(cells, as_of=date(2026, 1, 1))
        assert decision.score == sum(one.points for one in decision.contributions)


def test_a_sample_and_a_second_reading_count_all_leads(tmp_path: Path, capsys: Captured) -> None:
    company = COMPANIES["cars"](np.random.default_rng(6), 3000)
    company.leads.write_csv(tmp_path / "cars.csv")
    arguments = [str(tmp_path / "cars.csv"), "--outcome", company.outcome, "--method", "difference"]
    whole = calibrated(capsys, *arguments)
    source = open_leads(tmp_path / "cars.csv")
    column = outcome_column(company.outcome, source.headers)
    sampled = calibrate(source, column, Asked(method="difference", rows=2000))
    assert sampled.sampled == 2000
    assert (sampled.control.leads, sampled.control.won) == (3000, whole["control"]["won"])
    texts = {one.value.shown: one.rate for finding in sampled.findings for one in finding.values
             if finding.attribute.header == "model_of_interest"}  # fmt: skip
    for name, one in values(whole, "model_of_interest").items():
        assert (texts[name].leads, texts[name].won) == (one["leads"], one["won"])


# -------------------------------------------------------------------- noise


def test_noise_finds_nothing_and_says_so(tmp_path: Path, capsys: Captured) -> None:
    found = 0
    for seed in range(6):
        random = np.random.default_rng(seed)
        columns: dict[str, list[Any]] = {f"text {at}": random.choice(list("abcdef"), 900).tolist() for at in range(12)}
        columns |= {f"number {at}": random.integers(0, 500, 900).tolist() for at in range(12)}
        columns["Won"] = (random.random(900) < 0.2).astype(int).tolist()
        path = leads_file(tmp_path / "noise.csv", columns)
        code = exit_code(["calibrate", path, "--outcome", "Won", "-o", str(tmp_path / f"{seed}.rules")])
        said = capsys.readouterr()
        found += code == 0
        if code:
            assert "nothing found: none of the 24 attributes that were tried tells won leads from lost ones" in said.out
            assert "no ruleset was written" in said.err and not (tmp_path / f"{seed}.rules").exists()
    assert found <= 1  # at five in a hundred, two of six would be strange


def test_real_noise_finds_nothing(real_data: Path, capsys: Captured) -> None:
    contacts = str(real_data / "hubspot_dummy" / "hubspot_contacts.csv")
    said = told(capsys, contacts, "--outcome", "Lifecycle Stage=Customer", code=1)
    assert "nothing found: none of" in said
    assert "leak, left out: `Lead Status`: filled in for lost leads only" in said


def test_real_leads_name_their_leaks(real_data: Path, capsys: Captured) -> None:
    found = calibrated(capsys, str(real_data / "x_education" / "Leads.csv"), "--outcome", "Converted")
    left_out = {one["column"] for one in found["leaks"] if one["left_out"]}
    assert left_out == {"Tags", "Lead Quality", "Lead Profile", "Last Notable Activity"}
    assert [one["column"] for one in found["leaks"] if not one["left_out"]] == ["Last Activity"]
    kept = calibrated(
        capsys, str(real_data / "x_education" / "Leads.csv"), "--outcome", "Converted", "--keep", "tags",
        "--without", "Last Activity",
    )  # fmt: skip
    columns = {one["column"] for one in kept["attributes"]}
    assert "Tags" in columns and "Last Activity" not in columns and "Lead Quality" not in columns


# --------------------------------------------------------------------- stages


def test_stages_by_rate_and_by_capacity(shop: str, tmp_path: Path, capsys: Captured) -> None:
    found = calibrated(capsys, shop, "--outcome", "Bought", "--stage", "MQL=36%", "--stage", "Top=90%")
    assert [(one["stage"], one["at"]) for one in found["stages"]] == [("MQL", 36), ("Top", None)]
    few = calibrated(capsys, shop, "--outcome", "Bought", "--capacity", "Call=100/week", "--weeks", "10")
    assert [(one["stage"], one["at"], one["share"]) for one in few["stages"]] == [("Call", 36, 0.5)]
    none = calibrated(capsys, shop, "--outcome", "Bought", "--capacity", "10/week", "--weeks", "10")
    assert [one["at"] for one in none["stages"]] == [None]
    assert "--weeks N, or --date COLUMN" in told(capsys, shop, "--outcome", "Bought", "--capacity", "9/week", code=2)


def test_weeks_come_from_a_column_of_dates(tmp_path: Path, capsys: Captured) -> None:
    company = COMPANIES["software"](np.random.default_rng(3), 4000)  # made over 365 days: 52.1 weeks, 76.7 leads each
    company.leads.write_csv(tmp_path / "leads.csv")
    rules = tmp_path / "new.rules"
    found = calibrated(
        capsys, str(tmp_path / "leads.csv"), "--outcome", company.outcome, "--capacity", "SQL=7/week",
        "--date", "Created On", "-o", str(rules), "--open", "New", "--open", "Proposal",
    )  # fmt: skip
    assert found["leads"]["open"] > 200
    (stage,) = found["stages"]
    assert 0.06 < stage["share"] <= 7 / (4000 / (365 / 7))
    assert f"stage SQL at {stage['at']}\n" in rules.read_text()


def test_points_are_fitted_before_a_day_and_judged_after(tmp_path: Path, capsys: Captured) -> None:
    company = COMPANIES["software"](np.random.default_rng(3), 4000)
    company.leads.write_csv(tmp_path / "leads.csv")
    arguments = [str(tmp_path / "leads.csv"), "--outcome", company.outcome, "--open", "New", "--open", "Proposal"]
    found = calibrated(capsys, *arguments, "--split-by", "2025-07-01")
    decided, won = outcome_of(company, company.leads)
    early = (decided["Created On"] < date(2025, 7, 1)).to_numpy()
    assert found["control"] | {"low": 0, "high": 0} == {
        "leads": int(early.sum()), "won": int(won[early].sum()), "rate": float(won[early].mean()), "low": 0, "high": 0,
    }  # fmt: skip
    assert found["later"]["leads"] == int((~early).sum())
    assert 0.6 < found["later"]["auc"][0] < 0.95
    assert "there must be won and lost leads before 2020-01-01" in told(
        capsys, *arguments, "--split-by", "Created On=2020-01-01", code=2
    )
    assert "cannot be read as dates" in told(capsys, *arguments, "--split-by", "Channel=2020-01-01", code=2)


# --------------------------------------------------------------- with a ruleset

RULES = """\
# ours
field form : text from "Contact Form"   # as typed
field by   : text from "Sent By"

score fit { when form is "asked" add 7 because "Form: 1 % of 2 bought, control 3 %"  # why not
  points by by { "mail": 3, "pigeon": 50 } }
when form is "silent"
  subtract   4 because "quiet"
"""


def test_a_ruleset_is_shown_its_points_and_left_alone_until_told(shop: str, tmp_path: Path, capsys: Captured) -> None:
    rules = tmp_path / "ours.rules"
    rules.write_bytes(RULES.replace("\n", "\r\n").encode())
    before = rules.read_bytes()
    said = told(capsys, shop, str(rules), "--outcome", "Bought", code=1)
    assert rules.read_bytes() == before
    assert "say --write to change it" in said
    assert '+score fit { when form is "asked" add 36 because "Form: 36 % of 1,000 bought, control 30 %"' in said
    assert exit_code(["calibrate", shop, str(rules), "--outcome", "Bought", "--method", "difference", "--write"]) == 0
    capsys.readouterr()
    changed = RULES.replace("add 7", "add 6").replace(
        "1 % of 2 bought, control 3 %", "36 % of 1,000 bought, control 30 %"
    )
    changed = changed.replace("subtract   4", "subtract   6")
    assert rules.read_bytes() == changed.replace("\n", "\r\n").encode()
    assert told(capsys, shop, str(rules), "--outcome", "Bought", "--method", "difference").endswith(
        "no reason for others\n"
    )


def test_a_rule_that_works_against_its_leads_changes_its_word(shop: str, tmp_path: Path, capsys: Captured) -> None:
    rules = tmp_path / "wrong.rules"
    rules.write_text('field form : text from "Contact Form"\nwhen form is "asked" subtract # oh\n  5\n')
    told(capsys, shop, str(rules), "--outcome", "Bought", "--write")
    assert rules.read_text() == 'field form : text from "Contact Form"\nwhen form is "asked" add # oh\n  36\n'


def test_included_rules_are_not_written(shop: str, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "part.rules").write_text('field form : text from "Contact Form"\nwhen form is "asked" add 5\n')
    rules = tmp_path / "root.rules"
    rules.write_text('include "part.rules"\nwhen form is "asked" add 6\n')
    said = told(capsys, shop, str(rules), "--outcome", "Bought", "--write")
    assert "stay as they are" in said
    assert "add 5" in (tmp_path / "part.rules").read_text()
    assert "add 36" in rules.read_text()


def test_the_joint_method_fits_the_rules_of_a_ruleset_together(tmp_path: Path, capsys: Captured) -> None:
    random = np.random.default_rng(4)
    yes = random.random(4000) < 0.5
    won = random.random(4000) < np.where(yes, 0.5, 0.2)
    said, bought = yes.astype(int).tolist(), won.astype(int).tolist()
    path = leads_file(tmp_path / "twice.csv", {"A": said, "B": said, "W": bought})
    rules = tmp_path / "twice.rules"
    rules.write_text("field a : boolean\nfield b : boolean\nwhen a add 10\nwhen b add 10\n")
    found = calibrated(capsys, path, str(rules), "--outcome", "W", "--method", "joint", code=1)
    assert [one["points"] for one in found["rows"]] == [50, 50]  # the same said twice earns half each


# ------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--outcome", "Boght"], "did you mean `Bought`?"),
        (["--outcome", "Contact Form"], "its values are `asked` 1,000, `silent` 1,000"),
        (["--outcome", "Bought=5"], "all 2,000 decided leads are lost"),
        (["--outcome", "Bought", "--keep", "Sentby x"], "did you mean `Sent By`?"),
        (["--outcome", "Bought", "--stage", "MQL"], "is not a stage with a win rate, like `MQL=40%`"),
        (["--outcome", "Bought", "--capacity", "many"], "is not a number of leads in a time, like `50/week`"),
        (["--outcome", "Bought", "--split-by", "soon"], "does not end in a date like 2026-01-01"),
        (["--outcome", "Bought", "--split-by", "2026-01-01"], "needs the column that says when a lead was made"),
        (["--outcome", "Bought", "--write"], "write a new file with -o"),
    ],
)
def test_what_cannot_be_done_is_said(shop: str, arguments: list[str], words: str, capsys: Captured) -> None:
    assert words in told(capsys, shop, *arguments, code=2)


def test_files_of_few_or_strange_leads_are_no_fault(tmp_path: Path, capsys: Captured) -> None:
    for name, text in {
        "none": "A,Won\n",
        "one": "A,Won\nx,1\n",
        "open": "A,Won\nx,\ny,\n",
        "empty": "",
    }.items():
        (tmp_path / f"{name}.csv").write_text(text)
        told(capsys, str(tmp_path / f"{name}.csv"), "--outcome", "Won", code=2)
    strange = 'A,"B ""quoted"" \\ 100%",é,A,,Won\n' + "".join(
        f'"x""{at % 2}\\",{at % 3}.5,{"ž" if at % 2 else "ß"},1,,{at % 2}\n' for at in range(200)
    )
    (tmp_path / "strange.csv").write_text(strange)
    rules = tmp_path / "strange.rules"
    told(capsys, str(tmp_path / "strange.csv"), "--outcome", "Won", "--keep", "é", "-o", str(rules))
    assert [str(one) for one in check_path(rules).problems] == []
    lines = [
        {"tag": ["a", "b"] if at % 2 else ["c"], "n": at, "won": at % 2 == 0, "deep": {"x": at}} for at in range(300)
    ]
    (tmp_path / "leads.json").write_text(json.dumps(lines))
    told(capsys, str(tmp_path / "leads.json"), "--outcome", "won", "--keep", "tag", "-o", str(tmp_path / "j.rules"))
    assert [str(one) for one in check_path(tmp_path / "j.rules").problems] == []


def test_names_of_business_done_are_leaks_where_they_come_with_winning(tmp_path: Path, capsys: Captured) -> None:
    random = np.random.default_rng(3)
    won = random.random(2000) < 0.3
    columns: dict[str, list[Any]] = {
        "Payment Method": np.where(random.random(2000) < np.where(won, 0.6, 0.4), "card", "cash").tolist(),
        "Order Note": np.where(random.random(2000) < np.where(won, 0.6, 0.1), "yes", "").tolist(),
        "Won": won.astype(int).tolist(),
    }
    found = calibrated(capsys, leads_file(tmp_path / "shop.csv", columns), "--outcome", "Won")
    assert {one["column"]: one["left_out"] for one in found["leaks"]} == {"Payment Method": False, "Order Note": True}


def test_a_rule_that_carries_no_lead_over_the_threshold_says_so(tmp_path: Path, capsys: Captured) -> None:
    columns = {"Source": ["ads"] * 300 + ["web"] * 300 + ["fair"] * 300, "Won": mixed(300, 15) + mixed(300, 90)}
    columns["Won"] += mixed(300, 210)
    rules = tmp_path / "new.rules"
    path = leads_file(tmp_path / "leads.csv", columns)
    told(capsys, path, "--outcome", "Won", "--method", "difference", "-o", str(rules))
    assert "# leadrules: allow rule-never-matters because" in rules.read_text()
    assert exit_code(["check", str(rules)]) == 0
    assert "no problems" in "".join(capsys.readouterr())


def test_open_is_open_and_nothing_left_to_learn_from_is_said(tmp_path: Path, capsys: Captured) -> None:
    columns = {"Box": ["a", "b"] * 150, "State": ["Closed Won", "Closed Lost"] * 100 + ["Open", "open"] * 50}
    path = leads_file(tmp_path / "leads.csv", columns)
    for outcome in ("State", "State=Closed Won"):
        said = told(capsys, path, "--outcome", outcome, "-o", str(tmp_path / "new.rules"), code=1)
        assert "100 bought, 100 did not, 100 open" in said
        assert "no column is left that could earn points" in said
    assert not (tmp_path / "new.rules").exists()


def test_an_existing_ruleset_is_not_written_over(shop: str, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "there.rules").write_text("# mine\n")
    arguments = [shop, "--outcome", "Bought", "-o", str(tmp_path / "there.rules")]
    assert "is there already" in told(capsys, *arguments, code=2)
    assert (tmp_path / "there.rules").read_text() == "# mine\n"
    told(capsys, *arguments, "--force")
    assert re.search(r'^when contact_form is "asked" add 36$', (tmp_path / "there.rules").read_text(), re.M) or (
        'when contact_form is "asked" add 36 because' in (tmp_path / "there.rules").read_text()
    )
