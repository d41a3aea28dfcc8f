"""`leadrules check --leads`: what real leads show in a ruleset, and how it is told."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from transcripts import replay

from leadrules.checking import check_text
from leadrules.checking.thorough import thorough
from leadrules.cli.main import exit_code
from leadrules.leads import open_leads
from leadrules.problems.explained import NEED_LEADS, names
from leadrules.surveying import held_against
from leadrules.surveying.survey import MOST_VALUES

CASES = Path(__file__).parent / "cases" / "survey"


def test_a_survey_as_it_is_printed(
    update: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    replay(CASES / "survey.txt", update, monkeypatch, capsys)


def found(rules: str, header: str, cells: Sequence[str]) -> list[tuple[str, str]]:
    """Names and marked texts of what leads of one column show."""
    checked = check_text(rules)
    content = "\n".join([header, *cells]) + "\n"
    with closing(open_leads(io.BytesIO(content.encode()))) as source:
        problems, _ = held_against(checked, source, date(2026, 11, 2))
    return [(one.name, one.span.text) for one in problems]


def test_the_names_that_need_leads_are_names_of_problems() -> None:
    assert set(names()) >= NEED_LEADS


@pytest.mark.parametrize(
    ("asked", "cells", "expected"),
    [
        ("Referral", ["Referral", "Ads"], []),
        ("Referal", ["Referral", "Ads"], [("misspelt-value", '"Referal"')]),
        ("referral", ["Referral"], []),
        ("Trade fair", ["trade-fair"], [("misspelt-value", '"Trade fair"')]),
        ("Referral", ["Ads"], [("unseen-value", '"Referral"')]),
        ("Referral", ["Referral"] * 10 + ["Refferal"], [("near-value", '"Referral"')]),
        ("Manager", ["Manager"] * 10 + ["Managers"] * 9, []),
        ("UK", ["UK"] * 10 + ["US"], []),
        ("Plan number 1", ["Plan number 1"] * 10 + ["Plan number 2"], []),
        ("Referral", [f"Referral{at:05}" for at in range(MOST_VALUES + 1)], [("unseen-value", '"Referral"')]),
    ],
)
def test_values_beside_those_that_rules_know(asked: str, cells: list[str], expected: list[tuple[str, str]]) -> None:
    rules = f'field s : text\nwhen s is "{asked}" add 5\n'
    assert [one for one in found(rules, "s", cells) if not one[0].startswith("fires")] == expected


def test_a_list_does_not_tell_of_each_item_that_no_lead_has() -> None:
    rules = 'field s : text\nlist many = "Alpha", "Beta", "Gamma"\nwhen s in many add 5\n'
    assert found(rules, "s", ["Alpha", "Delta"]) == []
    assert found(rules, "s", ["Alpha", "Delta", "Gama"]) == []  # too short to be sure
    assert found(rules.replace("Beta", "Betamax"), "s", ["Alpha", "Betamix"]) == [("misspelt-value", '"Betamax"')]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("when n >= 5 add 5", []),
        ("when n >= 1 add 5", ["fires-for-all"]),
        ("when n >= 100 add 5", ["fires-for-none"]),
        ("add 5 per n", []),
        ("points by n { over 5: 3, otherwise: 1 }", []),
        ("points by n { over 5: 3, otherwise: 3 }", ["fires-for-all"]),
        ("when n >= 100 add 5 until 2025-12-31", []),
        ("exclude if n >= 1", ["fires-for-all"]),
        ("disqualify if n >= 100", ["fires-for-none"]),
    ],
)
def test_rules_that_fire_for_none_or_all(rule: str, expected: list[str]) -> None:
    names = [name for name, _ in found(f"field n : integer\n{rule}\n", "n", [str(at) for at in range(1, 31)])]
    assert names == expected
    assert found(f"field n : integer\n{rule}\n", "n", ["1", "2"]) == []


def test_what_reads_a_column_that_is_not_there_is_not_told_twice() -> None:
    rules = "field n : integer\nfield m : integer\nwhen m >= 3 add 5\nwhen n >= 3 add 5\n"
    assert [name for name, _ in found(rules, "n", [str(at) for at in range(30)])] == ["missing-column"]


def test_what_leads_show_can_be_allowed_and_only_they_tell() -> None:
    text = "field n : integer\nwhen n >= 100 add 5 # leadrules: allow fires-for-none because it waits for giants\n"
    checked = check_text(text)
    assert thorough([checked]) == []
    with closing(open_leads(io.BytesIO(b"n\n" + b"1\n" * 30))) as source:
        problems, _ = held_against(checked, source, date(2026, 11, 2))
    assert [one.name for one in problems] == ["fires-for-none"]
    assert thorough([checked], problems) == []
    assert [one.name for one in thorough([checked], [])] == ["unused-allowance"]


@pytest.mark.parametrize("format_", ["full", "line", "json", "sarif", "github", "gitlab", "junit"])
def test_exit_codes_with_leads(
    format_: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CASES)
    assert exit_code(["check", "inbound.rules", "--leads", "leads.csv", "--format", format_]) == 1
    shown = capsys.readouterr()
    assert "misspelt-value" in shown.out
    assert "share" in shown.err and "share" not in shown.out
    assert exit_code(["check", "inbound.rules", "--leads", "gone.csv", "--format", format_]) == 2
    assert capsys.readouterr().out == ""


def test_leads_from_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CASES)
    stream = io.BytesIO((CASES / "leads.csv").read_bytes())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))
    assert exit_code(["check", "inbound.rules", "--leads", "-", "--format", "json"]) == 1
    assert {"misspelt-value", "bad-values"} <= {one["name"] for one in json.loads(capsys.readouterr().out)}
    assert exit_code(["check", "-", "--leads", "-"]) == 2
