"""Explanations: transcripts of the command, and what must hold of every lead."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from generate import Case, cases
from generate.answers import ruleset_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from transcripts import replay

import leadrules
from leadrules.cli.main import exit_code
from leadrules.explaining import Explanation, explain
from leadrules.explaining.note import note
from leadrules.explaining.objects import as_json, as_object
from leadrules.explaining.page import columns, page
from leadrules.explaining.parts import GroupLines
from leadrules.explaining.words import Words, safe
from leadrules.frames import cells_of_record
from leadrules.reference import decide, read_values

FOLDER = Path(__file__).resolve().parent / "cases" / "explain"
DAY = date(2026, 11, 2)


@pytest.mark.parametrize("name", ["page", "note", "json", "refusals"])
def test_transcript(
    name: str, update: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    replay(FOLDER / f"{name}.txt", update, monkeypatch, capsys)


# ------------------------------------------------------------ generated leads


def explanations(case: Case) -> Iterator[tuple[leadrules.Ruleset, Any, Explanation]]:
    """Every lead of a case that is not rejected, with its decision and its explanation."""
    ruleset = ruleset_of(case.ruleset.text)
    for row, lead in enumerate(case.leads.raw(), 1):
        values, bads = read_values(ruleset.model, cells_of_record(ruleset.model, lead))
        if not bads:
            yield (
                ruleset,
                ruleset.score_one(lead, case.as_of, reasons=None),
                explain(ruleset.model, values, case.as_of, row),
            )


tried = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@tried
@given(cases(10, 6))
def test_the_lines_add_up_to_the_score(case: Case) -> None:
    for _, decision, one in explanations(case):
        if decision.excluded:
            assert one.total is None
            continue
        weighted = Fraction(0)
        for part in one.parts:
            before = 0
            for line in part.lines:
                if isinstance(line, GroupLines):
                    assert sum(rule.points for rule in line.rules) == line.before
                    assert line.limits.apply(line.before) == line.after
                    before += line.after
                else:
                    before += line.points
            assert before == part.before
            assert part.limits.apply(before) == part.after
            weighted += part.weighted
        assert weighted + one.rounding == one.before
        assert abs(one.rounding) <= Fraction(1, 2)
        assert one.model.total.apply(one.before) == one.total == round(decision.score * 100)


@tried
@given(cases(10, 6), st.integers(60, 120))
def test_the_numbers_on_the_page_add_up_and_its_lines_fit(case: Case, width: int) -> None:
    for _, decision, one in explanations(case):
        text = page(one, width)
        assert [line for line in text.splitlines() if columns(line) > width] == []
        if not decision.excluded:
            assert added_up(text) == Fraction(str(decision.score))


def added_up(text: str) -> Fraction:
    """The score as a reader works it out: every sum of the lines above it, the last one the score's."""
    rules, group = [Fraction(0)], [Fraction(0)]
    total = Fraction(0)
    after_top = False
    for line in text.splitlines():
        after_top |= line.startswith(("Outside any score", "Score")) or bool(PART.match(line))
        found = NUMBER.match(line)
        if line == "":
            rules, group = [Fraction(0)], [Fraction(0)]
        elif found is None:
            continue
        elif found["sum"] is None:
            points = Fraction(0) if found["points"] == "?" else Fraction(found["points"])
            (group if found["indent"] else rules).append(points)
        elif found["indent"]:
            assert sum(group) == Fraction(found["sum"]), line
            rules.append(sum(group))
            group = [Fraction(0)]
        else:
            assert sum(rules) == Fraction(found["sum"]), line
            total = sum(rules)
    return total


PART = re.compile(r"^\S.*$")
NUMBER = re.compile(r"^ *(?:= (?P<sum>-?[\d.]+)|(?P<points>[+-][\d.]+|0|\?))  (?P<indent>  )?\S")


@tried
@given(cases(10, 6))
def test_what_is_told_is_what_was_decided(case: Case) -> None:
    for ruleset, decision, one in explanations(case):
        assert one.stage == decision.stage
        assert {label.name: label.text for label in one.labels} == decision.labels
        fired = {line.rule: line.points for line in one.rules if line.status == "fired"}
        if not decision.excluded:
            assert len(one.rules) == len(ruleset.model.rules)
        assert fired == dict(one.outcome.contributions)
        for line in one.rules:
            assert (line.points != 0) == (line.status == "fired")
            if line.status == "unknown":
                assert any(fact.value is None for fact in line.facts), line
        for verdict in (*one.excludes, *one.disqualifies):
            if verdict.state == "unknown":
                assert any(fact.value is None for fact in verdict.facts), verdict
        for stage in one.stages:
            assert stage.held == (stage.stage in one.outcome.held)
            if stage.held and not one.outcome.disqualified:
                at_once = stage.always is not None and stage.always.state == "true"
                assert at_once or all(need.state == "true" for need in stage.needs)
            elif not one.outcome.disqualified:
                assert any(need.state != "true" for need in stage.needs), stage


@tried
@given(cases(10, 6))
def test_what_would_reach_a_stage_does_reach_it(case: Case) -> None:
    for ruleset, _, one in explanations(case):
        names = [field.name for field in ruleset.model.fields]
        words = Words(ruleset.model)
        places = {words.field(position): position for position in range(len(names))}
        for stage in one.stages:
            for way in stage.ways:
                changed = list(one.values)
                for change in way.changes:
                    changed[places[change.field]] = change.to
                outcome = decide(ruleset.model, changed, case.as_of)
                assert stage.stage in outcome.held
                assert outcome.total is not None
                assert outcome.total.after == way.total


@tried
@given(cases(8, 4))
def test_every_explanation_is_json_and_markdown(case: Case) -> None:
    for _, decision, one in explanations(case):
        found = json.loads(as_json(one))
        assert found == json.loads(json.dumps(as_object(one)))
        assert found["score"] == decision.score
        assert found["stage"] == decision.stage
        assert len(note(one).splitlines()) >= 3


# ------------------------------------------------------------------ one by one


def explained(rules: str, lead: dict[str, object], as_of: date = DAY) -> Explanation:
    model = leadrules.loads(rules).model
    values, bads = read_values(model, cells_of_record(model, lead))
    assert not bads
    return explain(model, values, as_of)


@pytest.mark.parametrize(
    ("condition", "lead", "facts"),
    [
        ("a > 3 and b > 3", {"a": 5, "b": 4}, ["a = 5", "b = 4"]),
        ("a > 3 and b > 3", {"a": 1, "b": 4}, ["a = 1"]),
        ("a > 3 and b > 3", {"a": 5}, ["b is missing"]),
        ("a > 3 or b > 3", {"a": 5, "b": 4}, ["a = 5", "b = 4"]),
        ("a > 3 or b > 3", {"a": 5, "b": 1}, ["a = 5"]),
        ("a > 3 or b > 3", {"a": 1, "b": 1}, ["a = 1", "b = 1"]),
        ("a > 3 or b > 3", {"a": 1}, ["b is missing"]),
        ("not (a > 3 or b > 3)", {"a": 1, "b": 1}, ["a = 1", "b = 1"]),
        ("at least 2 of (a > 3, b > 3, c > 3)", {"a": 4, "b": 4, "c": 1}, ["a = 4", "b = 4"]),
        ("at least 2 of (a > 3, b > 3, c > 3)", {"a": 4, "b": 1, "c": 1}, ["b = 1", "c = 1"]),
        ("at least 2 of (a > 3, b > 3, c > 3)", {"a": 4, "b": 1}, ["c is missing"]),
        ("a / b > 1", {"a": 4, "b": 2}, ["a / b = 2 (a = 4, b = 2)"]),
        ("a / b > 1", {"a": 4, "b": 0}, ["a / b has no value (a = 4, b = 0)"]),
        ("a / b > 1", {"a": 4}, ["b is missing"]),
        ("d in last 30 days", {"d": "2026-11-01"}, ["d = 2026-11-01 (1 day ago)"]),
        ("d in next 30 days", {"d": "2026-11-02"}, ["d = 2026-11-02 (today)"]),
        ("days until d > 3", {"d": "2026-11-12"}, ["d = 2026-11-12 (in 10 days)"]),
        ("d is known", {}, ["d is missing"]),
        ('t includes "x"', {"t": "a; b"}, ['t = "a", "b"']),
        ('s is "\u001b[31mred"', {"s": "\u001b[31mred\nline"}, ['s = "·[31mred line"']),
    ],
)
def test_the_facts_that_decided(condition: str, lead: dict[str, object], facts: list[str]) -> None:
    fields = "".join(f"field {name} : number\n" for name in "abc")
    fields += "field d : date\nfield s : text\nfield t : list of text\n"
    one = explained(f"{fields}when {condition} add 10", lead)
    assert [fact.text for fact in one.rules[0].facts] == facts


FADING = "when a > 3 add 8 fading to zero over 10 days since d"


@pytest.mark.parametrize(
    ("rule", "lead", "status", "points", "sums"),
    [
        ("when a > 3 add 10", {"a": 4}, "fired", 1000, ()),
        ("when a > 3 add 10", {"a": 3}, "did not fire", 0, ()),
        ("when a > 3 add 10", {}, "unknown", 0, ()),
        ("when a is known add 10", {}, "did not fire", 0, ()),
        ("add 8 per a at most 32", {"a": 5}, "fired", 3200, ("8 × 5 = 40", "at most 32")),
        ("subtract 2 per 3 a", {"a": 7}, "fired", -400, ("each 3: -2 × 2 = -4",)),
        ("add 8 per a", {"a": 0}, "did not fire", 0, ()),
        ("add 8 per a", {}, "unknown", 0, ()),
        (FADING, {"a": 4, "d": "2026-11-01"}, "fired", 720, ("faded to 90 %",)),
        (FADING, {"a": 4, "d": "2026-01-01"}, "did not fire", 0, ("faded to 0 %",)),
        (FADING, {"a": 4}, "unknown", 0, ()),
        ("when a > 3 add 8 from 2027-01-01", {"a": 4}, "did not fire", 0, ("counts from 2027-01-01",)),
        ("when a > 3 add 8 until 2025-01-01", {}, "did not fire", 0, ("counted until 2025-01-01",)),
        ("points first { a > 3: 5, otherwise: 0 }", {}, "unknown", 0, ()),
        ("points first { a > 3: 5, otherwise: 1 }", {}, "fired", 100, ()),
        ("points by a { 1 to 3: 5, otherwise: 0 }", {"a": 9}, "did not fire", 0, ()),
        ("points by a { 1 to 3: 5, missing: 2 }", {}, "fired", 200, ()),
    ],
)  # fmt: skip
def test_what_a_rule_did(rule: str, lead: dict[str, object], status: str, points: int, sums: tuple[str, ...]) -> None:
    line = explained(f"field a : integer\nfield d : date\n{rule}", lead).rules[0]
    assert (line.status, line.points, line.sums) == (status, points, sums)


def test_a_way_is_told_only_where_it_leads() -> None:
    """Firing the rule would give the points, but disqualify, or break what the stage asks for."""
    rules = """
        field a : integer  field b : integer  field c : integer
        when a >= 5 add 30  when b >= 5 add 30  when c >= 5 add 10
        disqualify if a >= 5
        stage MQL at 30 if b < 7
    """
    one = explained(rules, {"a": 0, "b": 0, "c": 0})
    assert [[change.text for change in way.changes] for way in one.stages[0].ways] == [["b = 5 (now 0)"]]


def test_what_someone_is_is_no_way_but_may_turn_out() -> None:
    rules = 'field title : text  when title mentions "CEO" add 30  stage MQL at 30'
    assert explained(rules, {"title": "Clerk"}).stages[0].ways == ()
    missing = explained(rules, {}).stages[0].ways
    assert [change.text for change in missing[0].changes] == ['title = "CEO" (now missing)']


@pytest.mark.parametrize(
    "condition",
    [
        "a between 1 and 3", "a + b * 2 > c", "(a + b) * 2 > c", "a - (b - c) >= 0", "a > 1 and (b > 1 or c > 1)",
        "at least 2 of (a > 1, b > 1, c > 1)", "at most 1 of (a > 1, b > 1)", "a > 1 or b > 1 and c > 1",
        "not (a > 1 and b > 1)",
        's is "X"', 's is not "X"', 's in ("X", "Y")', 's does not contain "X"', 's mentions any ("X", "Y")',
        's is exactly "X"', "s matches /^x/i", "s is lowercase", "s is missing", "s is known", "e is not personal",
        'e at "x.example"', "e is not at any (\"x.example\", \"y.example\")", 't includes "X"', "d in last 30 days",
        "d not in next 1 week", "d older than 2 years", "d is not older than 90 days", "days since d > 3", "o", "not o",
        "d before 2026-01-01", "a > 1 unless b > 1", "-a > 1",
    ],
)  # fmt: skip
def test_the_words_of_a_condition_mean_the_same(condition: str) -> None:
    """What is shown of a condition, read again, is that condition."""
    fields = "".join(f"field {name} : number\n" for name in "abc")
    fields += "field d : date\nfield s : text\nfield t : list of text\nfield e : email\nfield o : boolean\n"
    model = leadrules.loads(f"{fields}when {condition} add 10").model
    words = Words(model).condition(model.rules[0].rows[0].condition)
    again = leadrules.loads(f"{fields}when {words} add 10").model
    assert again.rules[0].rows == model.rules[0].rows, words


def test_standard_input_and_json_leads(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    content = b'{"Full Name": "Anna", "Record ID": "L-1", "Clicks": 4}\n{"Record ID": "L-2"}\n'
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content), isatty=lambda: False))
    found = exit_code(["explain", str(FOLDER / "inbound.rules"), "-", "--id", "L-1", "--format", "json"])
    shown = capsys.readouterr()
    assert found == 0, shown.err
    assert json.loads(shown.out)["lead"]["clicks"] == 4


def test_a_lead_far_down_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Beyond the first block of a file, and told apart by case where only that tells."""
    leads = tmp_path / "leads.csv"
    leads.write_text("id,visits\n" + "".join(f"k{row},{row}\n" for row in range(150_000)) + "K7,9\n", encoding="utf-8")
    rules = tmp_path / "rules.rules"
    rules.write_text("field id : text key\nfield visits : integer\nwhen visits > 3 add 1", encoding="utf-8")
    for wanted, row in (("k149999", 150_000), ("k7", 8), ("K7", 150_001)):
        assert exit_code(["explain", str(rules), str(leads), "--id", wanted, "--format", "json"]) == 0
        assert json.loads(capsys.readouterr().out)["row"] == row


def test_a_page_is_coloured_only_on_a_terminal() -> None:
    one = explained("field a : integer\nwhen a > 3 add 10", {"a": 4})
    assert "\x1b[" not in page(one)
    assert "\x1b[32m" in page(one, colour=True)


def test_nothing_of_a_lead_steers_a_terminal() -> None:
    assert safe("a\u001b[2Jb\r\n\u202ec") == "a·[2Jb ·c"
    one = explained('field name : text\nwhen name contains "x" add 10', {"name": "x\u001b]0;title\u0007\n\u202eabc"})
    for text in (page(one), note(one)):
        assert not [char for char in text if (char < " " and char != "\n") or char == "\u202e"]
