"""`run --profile`: what is told, whatever the times are, and that nothing else changes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import leadrules
from leadrules import kernel
from leadrules.cli.main import exit_code
from leadrules.engine import points
from leadrules.running.profile import STEPS, Profile, ProfiledScorer
from leadrules.running.profile_text import profile_text

RULES = """
field title : text from "Job Title"
field visits : integer default 0
field seen : date optional
field plan : text optional
list chiefs = "ceo", "cto"
when title mentions any chiefs add 20
when visits >= 3 and plan is missing add 5
add 2 per visits at most 40
when seen is known add 30 fading by half every 30 days since seen because "Was here"
"""
LEADS = "Job Title,visits,seen\nCTO,5,2026-10-03\nAnalyst,x,\n,1,\n"
SECONDS = r" +\d+\.\d{3} s"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("r.rules").write_text(RULES)
    Path("leads.csv").write_text(LEADS)
    return tmp_path


def run(more: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = exit_code(["run", "r.rules", "leads.csv", "--as-of", "2026-11-02", "--max-rejects", "1", *more.split()])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_a_profile_comes_after_the_summary_and_changes_nothing_else(place, capsys):
    plain = run("--rejects a.csv", capsys)
    profiled = run("--rejects a.csv --profile", capsys)
    assert profiled[:2] == plain[:2]
    assert profiled[2].startswith(plain[2])
    assert profiled[2][len(plain[2]) :].startswith("where the time went (3 leads, one step after another")
    assert "where the time went" not in plain[2]


def test_it_is_told_if_nothing_is_compiled(place, capsys, monkeypatch):
    told = "without its compiled part"
    monkeypatch.setattr(kernel, "KERNEL", None)
    assert told in run("--profile", capsys)[2]
    monkeypatch.setattr(kernel, "KERNEL", object.__new__(kernel.Kernel))
    assert told not in profile_text(Profile(), leadrules.loads(RULES).model, {}, 0)


def test_every_step_every_field_and_every_rule_of_its_own_is_told(place, capsys):
    told = run("--profile", capsys)[2].partition("where the time went")[2].splitlines()
    assert told[1].split() == ["step", "processor", "clock", "leads", "a", "second"]
    steps = told[2 : 2 + len(STEPS)]
    assert [line.split()[0] for line in steps] == list(STEPS)
    for line, meaning in zip(steps, STEPS.values(), strict=True):
        assert re.fullmatch(rf"  \w+{SECONDS}(?:{SECONDS})?(?: +[\d,]+)?  +{meaning}", line), line
    assert re.match(rf"  all {SECONDS}{SECONDS}", told[2 + len(STEPS)])
    text = "\n".join(told)
    fields = text.partition("slowest fields, of the time to encode:\n")[2].partition("slowest rules")[0]
    assert sorted(line.split(" ms  ")[1] for line in fields.splitlines()) == [
        "plan (no column)",
        "seen",
        "title (`Job Title`)",
        "visits",
    ]
    rules = text.partition("slowest rules, of those worked out lead by lead:\n")[2].splitlines()[:2]
    assert sorted(line.split(" ms  ")[1] for line in rules) == ["r.rules:10  Was here", "r.rules:9  per visits"]
    assert "2 rules are folded into tables of points, where a rule more costs no time" in told[-2:]


@pytest.mark.parametrize("ending", ["jsonl", "parquet", "xlsx"])
def test_other_formats_are_profiled_too(place, ending, capsys):
    code, _, told = run(f"-o out.{ending} --profile", capsys)
    assert code == 0
    assert "where the time went" in told
    assert Path(f"out.{ending}").exists()


def test_a_rule_is_worked_out_once_more_to_be_measured(monkeypatch):
    worked_out = []
    plain = points._contribution
    monkeypatch.setattr(points, "_contribution", lambda *given: (worked_out.append(given[2]), plain(*given))[1])
    model = leadrules.loads(RULES).model
    scorer = ProfiledScorer(model, date(2026, 11, 2), profile := Profile())
    visits = next(position for position, field in enumerate(model.fields) if field.name == "visits")
    scorer.score({visits: pl.Series([5, 1, None])}, 3, 3)
    assert sorted(worked_out) == [2, 2, 3, 3]
    assert sorted(profile.rules) == [2, 3]


def test_a_step_within_a_step_is_not_counted_twice():
    profile = Profile()
    with profile.step("score"):
        with profile.field(3):
            sum(range(200_000))
        with profile.step("write"):
            sum(range(100_000))
    inner = profile.fields[3].clock
    assert profile.steps["encode"].clock == inner > 0
    assert profile.steps["write"].clock > 0
    assert profile.steps["score"].clock < inner


def test_what_makes_items_is_measured_and_not_what_uses_them():
    profile = Profile()
    for _ in profile.each("read", iter(range(3))):
        with profile.step("score"):
            sum(range(100_000))
    assert profile.steps["read"].clock < profile.steps["score"].clock
