"""The language, sentence by sentence: rulesets, leads and the answers that the text of the language gives.

They live in `cases/language/*.rules`, cut by lines of dashes; what stands before the first of them is put before
each, and says the date by `# as of 2026-11-02`. After a case's rules stand its leads, each with its answers:

    let vp = title mentions "vp"
    # title = "VP-Sales"  => vp = true
    #                     => vp = unknown
    when vp add 5
    # title = "VP"        => score = 5, reasons = "+5 vp"
    # title = "\\u00a0vp" => score = 5
    field visits : integer
    # visits = "3,5"      => bad visits

An answer is a column that a run adds, a let (true, false or unknown), or `bad` with a field whose value does not fit.
Every answer is asked of the engine, for all leads of a case at once, and of the reference, one lead at a time.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest

import leadrules
from leadrules.decision import Decision
from leadrules.engine.scorer import Reject
from leadrules.frames import LeadError

pytestmark = pytest.mark.filterwarnings("ignore::leadrules.frames.LeadWarning")  # a case gives only what it is about

CASES = Path(__file__).resolve().parent / "cases" / "language"
LINE = re.compile(r'^# *((?:[\w.`][^"\n]*?= *(?:"(?:[^"\\]|\\.)*"|[^"\s]+) *,? *)*)=> *(.+)$', re.M)
PAIR = re.compile(r'(`[^`]+`|[\w.]+) *= *("(?:[^"\\]|\\.)*"|[^\s,]*)')
LET = re.compile(r"^ *let +([\w.]+) *=", re.M)
AS_OF = re.compile(r"^# as of (\d{4}-\d\d-\d\d)$", re.M)
TRUTHS = {"true": (1, 0), "false": (0, 1), "unknown": (0, 0)}

Answers = dict[str, str]


@dataclass(frozen=True)
class Case:
    """Rules, the as-of date, and leads with their answers."""

    rules: str
    as_of: date
    leads: list[dict[str, str]]
    answers: list[Answers]


def cases() -> list[object]:
    found: list[object] = []
    for file in sorted(CASES.glob("*.rules")):
        shared, *parts = re.split(r"^---\n", file.read_text(encoding="utf-8"), flags=re.M)
        line = shared.count("\n") + 2
        for part in parts:
            found.append(pytest.param(case(shared, part), id=f"{file.stem}-{line}"))
            line += part.count("\n") + 1
    return found


def case(shared: str, part: str) -> Case:
    lines = [line for line in part.split("\n") if line.startswith("#") and "=>" in line]
    asked = [found for line in lines if (found := LINE.match(line))]
    assert len(asked) == len(lines) > 0, f"a case without a lead, or a line that is none:\n{part}"
    as_of = AS_OF.search(part) or AS_OF.search(shared)
    answers = [{"bad": found[2][4:].strip()} if found[2].startswith("bad ") else pairs(found[2]) for found in asked]
    lets = [name for name in LET.findall(shared + part) if any(name in one for one in answers)]
    return Case(
        rules=shared + part + "".join(map(asked_of_let, lets)),
        as_of=date.fromisoformat(as_of[1]) if as_of else date(2026, 11, 2),
        leads=[pairs(found[1]) for found in asked],
        answers=answers,
    )


def pairs(text: str) -> dict[str, str]:
    return {
        name.strip("`"): json.loads(value) if value.startswith('"') else value for name, value in PAIR.findall(text)
    }


def asked_of_let(name: str) -> str:
    """Two parts that count for nothing, to see a condition by: one where it is true, one where it is false."""
    part = name.replace(".", "_")
    true = f"score true__{part} weight 0% {{ when {name} add 1 }}"
    false = f"score false__{part} weight 0% {{ when not {name} add 1 }}"
    return f"\n{true} {false}\n"


@pytest.mark.parametrize("one", cases())
def test_engine(one: Case) -> None:
    ruleset = leadrules.loads(one.rules)
    rejects: list[Reject] = []
    found = iter(ruleset.score(one.leads, one.as_of, reasons=None, rejects=rejects).iter_rows(named=True))
    fields = {reject.row: reject.field for reject in rejects}
    for row, (lead, answers) in enumerate(zip(one.leads, one.answers, strict=True)):
        told = {"bad": fields[row]} if row in fields else shown(next(found), answers)
        assert told == answers, lead


@pytest.mark.parametrize("one", cases())
def test_reference(one: Case) -> None:
    ruleset = leadrules.loads(one.rules)
    for lead, answers in zip(one.leads, one.answers, strict=True):
        try:
            told = shown(columns(ruleset.score_one(lead, one.as_of, reasons=None)), answers)
        except LeadError as error:
            told = {"bad": error.rejects[0].field}
        assert told == answers, lead


def columns(one: Decision) -> dict[str, object]:
    """A decision as the columns of a run."""
    frameworks: dict[str, object] = {}
    for name, state in one.frameworks.items():
        frameworks |= {f"{name}.met": state.met, f"{name}.open": state.open, f"{name}.ask": " | ".join(state.ask)}
    own: dict[str, object] = {"score": one.score, "stage": one.stage, "disqualified": one.disqualified}
    return own | dict(one.scores) | dict(one.labels) | frameworks | {"reasons": "; ".join(one.reasons)}


def shown(row: dict[str, object], wanted: Answers) -> Answers:
    """What a row of columns says of those that are asked for, as the case writes it."""
    told = {}
    for name in wanted:
        part = name.replace(".", "_")
        if f"true__{part}" in row:
            truth = (row[f"true__{part}"], row[f"false__{part}"])
            told[name] = next((word for word, pair in TRUTHS.items() if pair == truth), str(truth))
        else:
            told[name] = cell(row.get(name))
    return told


def cell(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return "" if value is None else str(value)


FOUND = [
    # candidates in their order, then the field's own name: first all exactly, then all ignoring case and signs
    ({"Email": "a", "Email Address": "b", "email": "c"}, "a"),
    ({"Email Address": "b", "email": "c"}, "b"),
    ({"E-MAIL": "a", "email": "c"}, "c"),
    ({"email_address": "b", "\ufeffE MAIL": "a"}, "a"),
    ({"email.address": "b"}, "b"),
    ({"Email": "a", "EMAIL": "b"}, "a"),
    ({"Other": "x", "Email": ""}, None),
]


@pytest.mark.parametrize(("lead", "value"), FOUND)
def test_a_field_finds_its_column(lead: dict[str, str], value: str | None) -> None:
    ruleset = leadrules.loads(
        'field email : text from "Email", "Email Address"  label of { email when email is known, otherwise "none" }'
    )
    wanted = value or "none"
    assert ruleset.score(pl.DataFrame([lead]))["of"].to_list() == [wanted]
    assert ruleset.score([lead])["of"].to_list() == [wanted]
    assert ruleset.score_one(lead).labels["of"] == wanted


@pytest.mark.parametrize("lead", [{"E-Mail": "a", "e_mail": "b"}, {"email address": "a", "EmailAddress": "b"}])
def test_two_columns_for_one_field_are_an_error_that_names_both(lead: dict[str, str]) -> None:
    ruleset = leadrules.loads('field email : text from "Email", "Email Address"  when email is known add 5')
    one, two = lead
    for score in (lambda: ruleset.score(pl.DataFrame([lead])), lambda: ruleset.score_one(lead)):
        with pytest.raises(LeadError, match=rf"`{one}` .*`{two}`"):
            score()


@pytest.mark.parametrize(
    ("leads", "instead"),
    [
        ("leads.csv", "read the file first"),
        (Path("leads.csv"), "read the file first"),
        ({"email": "a"}, "use score_one"),
    ],
)
def test_what_is_no_table_of_leads_is_told_what_to_do(leads: object, instead: str) -> None:
    with pytest.raises(LeadError, match=instead):
        leadrules.loads("field email : text  when email is known add 5").score(leads)


NESTED = [
    ({"mail": {"clicks": {"all": 2}}}, 2),
    ({"mail.clicks": {"all": 3}}, 3),
    ({"Mail": {"Clicks": {"All": 4}}}, 4),
    ({"mail.clicks.all": 5, "mail": {"clicks": {"all": 2}}}, 5),
]


@pytest.mark.parametrize(("lead", "score"), NESTED)
def test_a_flat_name_goes_before_a_nested_one(lead: dict[str, object], score: int) -> None:
    ruleset = leadrules.loads("field mail.clicks.all : integer  add 1 per mail.clicks.all")
    assert ruleset.score(pl.DataFrame([lead]))["score"].to_list() == [score]
    assert ruleset.score([lead])["score"].to_list() == [score]
    assert ruleset.score_one(lead).score == score


def test_the_as_of_date_is_a_day() -> None:
    ruleset = leadrules.loads("field d : date  when d in last 1 day add 5 until 2026-11-02")
    lead = {"d": "2026-11-01"}
    evening = datetime(2026, 11, 2, 23, 30, tzinfo=timezone(-timedelta(hours=2)))  # in UTC, the next day
    for as_of, score in ((date(2026, 11, 2), 5), (datetime(2026, 11, 2, 23, 30), 5), (evening, 0)):
        assert ruleset.score_one(lead, as_of).score == score
        assert ruleset.score([lead], as_of)["score"].to_list() == [score]
    for ask in (lambda day: ruleset.score([lead], day), lambda day: ruleset.score_one(lead, day)):
        with pytest.raises(TypeError, match=r"^as_of is a date, such as .* not '2026-11-02'$"):
            ask("2026-11-02")


@pytest.mark.filterwarnings("error")
def test_no_leads_have_no_name_that_none_of_them_has() -> None:
    ruleset = leadrules.loads("field visits : integer  add 1 per visits")
    assert ruleset.score([]).height == 0
