"""Cases in plain files, which anyone can add: a folder with rules, leads and the answers.

    tests/cases/NAME/rules.rules    with a line `# as of 2026-11-02`
    tests/cases/NAME/leads.csv
    tests/cases/NAME/expected.csv   any of the columns that a run adds, a row a lead

`pytest tests/test_cases.py --update` fills in the answers under the headings of expected.csv
(all added columns where there is no such file): read them before they are committed.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import leadrules

FOLDERS = sorted(path.parent for path in Path(__file__).resolve().parent.glob("cases/*/rules.rules"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_case(folder: Path, update: bool) -> None:
    ruleset = leadrules.load(folder / "rules.rules")
    as_of = as_of_date(folder / "rules.rules")
    leads = pl.read_csv(folder / "leads.csv", infer_schema=False)
    scored = ruleset.score(leads, as_of=as_of).select(pl.exclude(leads.columns))
    found = [{column: as_text(value) for column, value in row.items()} for row in scored.iter_rows(named=True)]
    answers = folder / "expected.csv"
    columns = header_of(answers) if answers.exists() else scored.columns
    found = [{column: row[column] for column in columns} for row in found]
    if update:
        write(answers, columns, found)
    with answers.open(encoding="utf-8", newline="") as file:
        assert found == list(csv.DictReader(file))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_one_lead_at_a_time(folder: Path) -> None:
    """The reference evaluator, which says what is right, gives the same answers."""
    ruleset = leadrules.load(folder / "rules.rules")
    as_of = as_of_date(folder / "rules.rules")
    with (folder / "leads.csv").open(encoding="utf-8", newline="") as file:
        leads = list(csv.DictReader(file))
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        answers = list(csv.DictReader(file))
    for lead, expected in zip(leads, answers, strict=True):
        one = ruleset.score_one(lead, as_of=as_of)
        found = {"score": one.score, **one.scores, "stage": one.stage, "disqualified": one.disqualified, **one.labels}
        found["reasons"] = "; ".join(one.reasons)
        assert {column: as_text(found.get(column)) for column in expected} == expected, lead


def as_of_date(rules: Path) -> date:
    found = re.search(r"^# as of (\d{4}-\d\d-\d\d)$", rules.read_text(encoding="utf-8"), re.M)
    assert found, f"{rules} lacks its line `# as of 2026-11-02`"
    return date.fromisoformat(found[1])


def as_text(value: object) -> str:
    """A value as a cell shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value)


def header_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").partition("\n")[0].split(",")


def write(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
