"""`leadrules diff`: what is the same is proved so, and every lead that is named gets what is said of it."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from transcripts import replay

import leadrules
from leadrules.checking import Checked, check_path, check_text
from leadrules.cli.main import exit_code
from leadrules.comparing.changes import changes_of
from leadrules.comparing.difference import difference
from leadrules.comparing.leads import compare_leads
from leadrules.comparing.proof import Lead, prove
from leadrules.comparing.text import as_text
from leadrules.leads import match_headers, open_leads

CASES = Path(__file__).parent / "cases" / "diff"
DAY = date(2026, 11, 2)
HEAD = "field a : integer\nfield b : text\nfield d : date\n"


def test_diff_as_it_is_printed(
    update: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    replay(CASES / "diff.txt", update, monkeypatch, capsys)


def checked(text: str) -> Checked:
    return check_text(HEAD + text)


def kinds(old: str, new: str) -> list[tuple[str, str]]:
    one, two = checked(old), checked(new)
    found = changes_of(one.or_raise(), two.or_raise(), one.statements, two.statements)
    return [(change.kind, change.what) for change in found]


# ---------------------------------------------------------------- parts


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("when a >= 3 add 5", "when  a >= 3\nadd 5 # why", []),
        ("when a >= 3 add 5 when a >= 9 add 1", "when a >= 9 add 1 when a >= 3 add 5", []),
        ("let big = a >= 3 when big add 5", "when a >= 3 add 5", [("reworded", "rule")]),
        ('when a >= 3 and b is "x" add 5', 'when b is "X" and a >= 3 add 5', [("reworded", "rule")]),
        ("when a >= 3 add 5", "when a >= 4 add 5", [("changed", "rule")]),
        ("when a >= 3 add 5", "rule keen: when a >= 3 add 5", [("reworded", "rule")]),
        ("rule x: when a >= 3 add 5", "rule x: when d is known add 1", [("changed", "rule")]),
        ("when a >= 3 add 5", "when a >= 3 add 5 when a >= 9 add 1", [("added", "rule")]),
        ("when a >= 3 add 5 when d is known add 1", "when a >= 3 add 5", [("removed", "rule")]),
        ("when a >= 3 add 5", "score s { when a >= 3 add 5 }", [("moved", "rule"), ("added", "score")]),
        ("when a >= 3 add 5", 'group "g" { when a >= 3 add 5 }', []),
        ("when a >= 3 add 5", 'group "g" at most 4 { when a >= 3 add 5 }', [("moved", "rule"), ("added", "group")]),
        ("when a >= 3 add 5", "when a >= 3 add 5 total at most 9", [("added", "total")]),
        ("when a >= 3 add 5 stage S at 3", "when a >= 3 add 5 stage S at 4", [("changed", "stage")]),
        ('label l { "x" when a > 3 }', 'label l { "y" when a > 3 }', [("changed", "label")]),
        ("exclude if a > 3", "disqualify if a > 3", [("added", "disqualify"), ("removed", "exclude")]),
        ("framework F { c when a > 3 }", 'framework F { c asks "How?" when a > 3 }', [("reworded", "criterion")]),
        (
            "when b is personal add 1", 'list personal_domains add "x.example" when b is personal add 1',
            [("added", "list")],
        ),
    ],
)  # fmt: skip
def test_parts_are_matched_by_what_they_mean(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert sorted(kinds(old, new)) == sorted(expected)


def test_a_field_read_otherwise_is_a_change() -> None:
    one, two = (check_text(f"field a : integer {more}\nwhen a >= 3 add 5") for more in ("", "default 4"))
    (change,) = changes_of(one.or_raise(), two.or_raise(), one.statements, two.statements)
    assert (change.kind, change.what, change.part.text) == ("changed", "field", "field a : integer default 4")


# --------------------------------------------------------------- proofs


def confirm(lead: Lead | None, old: leadrules.Ruleset, new: leadrules.Ruleset) -> None:
    """Both versions say of the lead what was said of them."""
    assert lead is not None
    for ruleset, seen in ((old, lead.old), (new, lead.new)):
        one = ruleset.score_one({"id": "any", **lead.values}, DAY)
        assert (None if one.excluded else round(one.score * 100)) == seen.score
        stage = "excluded" if one.excluded else "disqualified" if one.disqualified else one.stage or ""
        assert stage == seen.state


def test_the_refactored_version_is_proved_the_same() -> None:
    old, new = (check_path(CASES / f"{name}.rules").or_raise() for name in ("old", "refactored"))
    assert prove(old, new, DAY).same == "yes"


def test_every_lead_that_is_named_is_as_it_is_said() -> None:
    paths = [CASES / "old.rules", CASES / "new.rules"]
    proof = prove(*(check_path(path).or_raise() for path in paths), DAY)
    old, new = (leadrules.load(path) for path in paths)
    assert proof.same == "no"
    assert proof.up is not None and proof.down is not None
    for one in (*proof.moves, *proof.others, *(found for found in (proof.up, proof.down) if found.known)):
        confirm(one.lead, old, new)
    assert {(one.before, one.after) for one in proof.moves} >= {("MQL", "Lead"), ("SQL", "MQL")}


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.05])
def test_without_time_nothing_is_called_the_same(seconds: float) -> None:
    old, new = (check_path(CASES / f"{name}.rules").or_raise() for name in ("old", "new"))
    assert prove(old, new, DAY, seconds).same != "yes"


def test_fields_that_cannot_be_compared_leave_it_undecided() -> None:
    one, two = (
        check_text(f"field a : {kind}\nwhen a is {value} add 5") for kind, value in (("integer", "3"), ("text", '"3"'))
    )
    found = difference(("old", one), ("new", two), DAY, 30)
    assert (found.proof.same, found.proof.apart) == ("open", ("a",))
    assert {change.kind for change in found.changes} == {"changed"}


MQL = "\nstage Lead\nstage MQL at 10\n"
NOT_THE_SAME = {
    "a header": ('field x : text from "A"\nwhen x is known add 20', 'field x : text from "B"\nwhen x is known add 20'),
    "missing spellings": ("field x : text\nwhen x is known add 20",
        'missing values "-"\nfield x : text\nwhen x is known add 20'),
    "a format of dates": (
        'field x : date format "DD/MM/YYYY"\nwhen x in last 9 days add 20',
        'field x : date format "MM/DD/YYYY"\nwhen x in last 9 days add 20',
    ),
    "what is read as missing": (
        "field x : integer\nwhen x >= 3 add 20", "field x : integer bad as missing\nwhen x >= 3 add 20",
    ),
    "a criterion": (
        "field x : integer\nframework F { c when x >= 3 }", "field x : integer\nframework F { c when x >= 4 }",
    ),
    "points of a later year": (
        "field x : integer\nwhen x >= 3 add 20 from 2027-01-01", "field x : integer\nwhen x >= 3 add 5 from 2027-01-01",
    ),
    "moving days and fixed ones": (
        "field x : date\nwhen x in last 30 days and x before 2027-01-01 add 5",
            "field x : date\nwhen x in last 30 days add 5",
    ),
    "days and months": (
        "field x : date\nwhen x in last 1 month and x in last 30 days add 5",
            "field x : date\nwhen x in last 30 days add 5",
    ),
}  # fmt: skip
THE_SAME = {
    "a default that is zero points": ("field x : integer\nwhen x >= 3 add 20",
        "field x : integer default 0\nwhen x >= 3 add 20"),
    "a column that may be absent": ("field x : integer\nwhen x >= 3 add 20",
        "field x : integer optional\nwhen x >= 3 add 20"),
    "days alone": (
        "field x : date\nwhen x in last 30 days and x in last 3 weeks add 5",
            "field x : date\nwhen x in last 21 days add 5",
    ),
    "calendar months alone": (
        "field x : date\nfield z : date\nfield y : integer\n"
            "when not (not x in last 3 months or y < 2) add 5 fading by half every 9 days since z"
        "\nwhen y < 2 add 20 from 2027-01-01",
        "field x : date\nfield z : date\nfield y : integer\n"
            "when x in last 3 months and y >= 2 add 5 fading by half every 9 days since z"
        "\nwhen y < 2 add 20 from 2027-01-01",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", [*NOT_THE_SAME, *THE_SAME])
def test_the_same_is_said_of_files_and_of_any_day(what: str) -> None:
    one, two = (check_text(text + MQL) for text in (NOT_THE_SAME | THE_SAME)[what])
    found = difference(("old", one), ("new", two), DAY, 30)
    assert found.proof.same == ("yes" if what in THE_SAME else "open")
    assert bool(found.proof.unproved) is (what in NOT_THE_SAME)
    assert "rewritten" not in {change.kind for change in found.changes if what in NOT_THE_SAME}


DIFFERENT = {
    "a default in a difference": (
        "field v : integer\nfield c : integer default {}\nwhen v - c >= 2 add 5", "1", "2",
    ),
    "a default in units": ("field v : integer\nfield c : integer default {}\nadd 2 per 1 (v - c)", "1", "2"),
    "a count that is calculated with": (
        "field v : integer\nframework F {{ a when v > {} }}\nlabel l {{ \"x\" when F.met * 2 >= 2 }}", "1", "2",
    ),
    "a count beside a score": (
        "field v : integer\nframework F {{ a when v > 1 }}\nscore s weight 0% {{ when v > {} add 1 }}\n"
        "label l {{ \"x\" when F.met < s }}", "0", "5",
    ),
    "a label beside a field": (
        "field v : text\nfield w : text\nlabel a {{ {0} when {0} is known }}\nwhen a = w add 4", "v", "w",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DIFFERENT)
def test_the_same_words_may_mean_something_else(what: str) -> None:
    text, *filled = DIFFERENT[what]
    one, two = (check_text(text.format(one) + MQL).or_raise() for one in filled)
    proof = prove(one, two, DAY)
    assert proof.same != "yes"
    for change in (proof.up, proof.down):
        if change is not None and change.known and change.lead is not None:
            assert (change.lead.new.score or 0) - (change.lead.old.score or 0) == change.known


def test_a_score_that_only_rises_is_not_said_to_fall() -> None:
    old = "field a : integer default 0\nwhen a < 9 add 5\nstage Lead"
    one, two = check_text(old), check_text(old + "\nwhen a is known add 7")
    shown = as_text(difference(("old", one), ("new", two), DAY, 30))
    assert "goes up by at most 7" in shown
    assert "goes down" not in shown


def many_rules(number: int) -> list[str]:
    draw = random.Random(5)
    return [
        f"when f{draw.randrange(20)} {draw.choice(('>=', '<'))} {draw.randrange(1, 500)} add {draw.randrange(1, 20)}"
        for _ in range(number)
    ]


def many(rules: list[str]) -> Checked:
    fields = "".join(f"field f{at} : integer\n" for at in range(20))
    return check_text(fields + "\n".join(rules) + "\nstage Lead\nstage MQL at 900\n")


def test_one_threshold_in_three_hundred_rules_gives_the_lead_on_the_boundary() -> None:
    rules = many_rules(300)
    at = next(at for at, rule in enumerate(rules) if at > 150 and ">=" in rule)
    words = rules[at].split()
    field, edge, points = words[1], int(words[3]), int(words[5])
    changed = [*rules[:at], rules[at].replace(f">= {edge}", f">= {edge + 1}"), *rules[at + 1 :]]
    found = difference(("old", many(rules)), ("new", many(changed)), DAY, 60)
    (change,) = found.changes
    assert change.differs == f"{field} = {edge}: +{points} before, 0 now"
    assert found.proof.down is not None and found.proof.down.known == -100 * points
    assert found.proof.down.lead is not None and found.proof.down.lead.values[field] == edge


def test_reordered_renamed_and_grouped_rules_are_proved_the_same() -> None:
    rules = many_rules(300)
    other = random.Random(6).sample(rules, len(rules))
    other = ['group "One" {', *(f"rule r{at}: {rule}" for at, rule in enumerate(other[:50])), "}", *other[50:]]
    found = difference(("old", many(rules)), ("new", many(other)), DAY, 60)
    assert found.proof.same == "yes"
    assert {change.kind for change in found.changes} == {"reworded"}


@pytest.mark.parametrize("seed", range(12))
def test_small_changes_agree_with_all_leads_that_there_are(seed: int) -> None:
    """Over a few values of each field, every lead is asked: what is proved holds, what is not the same has a lead."""
    draw = random.Random(seed)

    def rules() -> list[str]:
        texts = ('b is "x"', 'b is not "x"', 'b in ("x", "y")', "b is missing")
        numbers = (f"a {draw.choice(('>=', '>', '<', '='))} {draw.randrange(4)}", "a is known", "a is missing")
        tests = [draw.choice((*texts, *numbers)) for _ in range(2)]
        return [f"when {tests[0]} {draw.choice(('and', 'or'))} {tests[1]} add {draw.randrange(1, 4)}"]

    same = [line for _ in range(2) for line in rules()]
    old = checked("\n".join(same + rules()) + "\nstage S at 3")
    new = checked("\n".join([*rules(), *reversed(same)]) + "\nstage S at 3")
    rulesets = [leadrules.Ruleset(one.or_raise(), ()) for one in (old, new)]
    leads: list[dict[str, Any]] = [{"a": a, "b": b} for a in (None, -1, 0, 1, 2, 3, 4) for b in (None, "x", "y", "z")]
    told = [[(one.score, one.stage) for lead in leads for one in [each.score_one(lead, DAY)]] for each in rulesets]
    proof = prove(old.or_raise(), new.or_raise(), DAY)
    assert proof.same == ("yes" if told[0] == told[1] else "no")
    changes = [now[0] - before[0] for before, now in zip(*told, strict=True)]
    if proof.up is not None and proof.down is not None:
        assert (proof.up.known or 0) == 100 * max(0, *changes)
        assert (proof.down.known or 0) == 100 * min(0, *changes)
    moves = {(before[1] or "", now[1] or "") for before, now in zip(*told, strict=True) if before[1] != now[1]}
    assert {(one.before, one.after) for one in proof.moves} == moves


# ---------------------------------------------------------------- leads


def test_the_counts_are_those_of_two_runs() -> None:
    sides = [check_path(CASES / f"{name}.rules") for name in ("old", "new")]
    models = [one.or_raise() for one in sides]
    changes = changes_of(*models, sides[0].statements, sides[1].statements)
    source = open_leads(CASES / "leads.csv")
    headers = tuple(match_headers(model.fields, source.headers).headers for model in models)
    found = compare_leads(models[0], models[1], DAY, source, (headers[0], headers[1]), changes)
    frame = pl.read_csv(CASES / "leads.csv", infer_schema=False)
    scored = []
    for name in ("old", "new"):
        rejects: list[Any] = []
        scored.append(leadrules.load(CASES / f"{name}.rules").score(frame, DAY, rejects=rejects))
        assert len(rejects) == 1
    before, now = scored
    pairs = Counter(zip(*(one["stage"].fill_null("").to_list() for one in scored), strict=True))
    assert found.matrix == pairs + Counter({("rejected", "rejected"): 1})
    assert (found.read, found.moved) == (60, sum(count for (one, two), count in pairs.items() if one != two))
    change = ((now["score"] - before["score"]) * 100).round().drop_nulls().cast(pl.Int64)
    assert (found.up, found.down) == ((change > 0).sum(), (change < 0).sum())
    assert found.total_change == change.sum()
    assert abs(found.largest) == change.abs().max()
    assert sum(found.sizes.values()) == found.both_scored == len(change)
    assert len(found.affected) == 10
    by_key = {key: row for row, key in enumerate(before["id"])}
    for one in found.affected:
        assert one.key is not None
        row = by_key[one.key]
        assert one.old_state == (before["stage"][row] or "")
        assert one.new_score == round(now["score"][row] * 100)


# ------------------------------------------------------------- the command


def diff(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = exit_code(["diff", *arguments, "--as-of", "2026-11-02"])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


@pytest.mark.parametrize(
    ("new", "budget", "code"),
    [
        ("new", [], 0),
        ("new", ["--exit-code"], 1),
        ("refactored", ["--exit-code"], 0),
        ("new", ["--max-score-change", "62"], 0),
        ("new", ["--max-score-change", "10"], 1),
        ("refactored", ["--max-score-change", "0"], 0),
        ("new", ["--leads", "leads.csv", "--max-moved", "50%"], 0),
        ("new", ["--leads", "leads.csv", "--max-moved", "0"], 1),
        ("new", ["--leads", "leads.csv", "--max-score-change", "100"], 0),
        ("new", ["--leads", "leads.csv", "--max-score-change", "39.99"], 1),
        ("refactored", ["--leads", "leads.csv", "--max-moved", "0", "--max-score-change", "0"], 0),
    ],
)
def test_budgets_alone_give_1(
    new: str, budget: list[str], code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CASES)
    found, out, _ = diff(capsys, "old.rules", f"{new}.rules", *budget, "--format", "json")
    assert found == code
    assert bool(json.loads(out)["over"]) == bool(code)
    assert json.loads(out)["same"] is (new == "refactored")


@pytest.mark.parametrize("format_", ["full", "json", "markdown"])
@pytest.mark.parametrize(("most", "code"), [("50%", 0), ("0", 1)])
def test_no_format_changes_the_exit_code(
    most: str, code: int, format_: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CASES)
    budget = ["--leads", "leads.csv", "--max-moved", most]
    assert diff(capsys, "old.rules", "new.rules", *budget, "--format", format_)[0] == code


def test_errors_in_a_version_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.rules").write_text("field a : integer\nwhen b > 3 add 1\n")
    code, out, err = diff(capsys, str(CASES / "old.rules"), str(tmp_path / "bad.rules"))
    assert (code, out) == (1, "")
    assert "unknown-field" in err and "nothing was compared" in err


def test_standard_input_is_a_version(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    content = (CASES / "old.rules").read_bytes()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    code, out, _ = diff(capsys, "-", str(CASES / "old.rules"), "--exit-code")
    assert code == 0
    assert "the same" in out
    assert diff(capsys, "-", "-")[0] == 2


def test_a_version_may_come_from_a_commit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    inner = tmp_path / "rules here"
    inner.mkdir()
    git("init", "--quiet")
    (inner / "shared.rules").write_text("field a : integer\n")
    (inner / "main.rules").write_text('include "shared.rules"\nwhen a >= 3 add 5\n')
    git("add", ".")
    git("commit", "--quiet", "-m", "one")
    (inner / "shared.rules").unlink()
    (inner / "main.rules").write_text("field a : integer\nwhen a >= 4 add 5\n")
    for folder, path in ((inner, "main.rules"), (tmp_path, "rules here/main.rules"), (inner, "rules here/main.rules")):
        monkeypatch.chdir(folder)
        code, out, _ = diff(capsys, f"HEAD:{path}", str(inner / "main.rules"))
        assert code == 0
        assert "a = 3" in out
    for wrong, said in (
        ("HEAD:other.rules", "there is no such file"),
        ("nowhere:main.rules", "`nowhere` is no commit"),
    ):
        code, _, err = diff(capsys, wrong, str(inner / "main.rules"))
        assert code == 2
        assert said in err
