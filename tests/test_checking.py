"""The check: what it reports, and the normal form that it makes.

Faulty rules live in `cases/check/*.rules`: cases cut by lines of dashes, what stands before the first of them put
before each; `# ! name` at a line's end says which problems that line has.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadrules.checking import check_path, check_text
from leadrules.ruleset import (
    TRUE,
    Age,
    And,
    AtLeast,
    Compare,
    Condition,
    Constant,
    DayBound,
    DayOf,
    Definitely,
    DomainLists,
    Exactly,
    Fading,
    FieldValue,
    Group,
    Includes,
    InWindow,
    IsTrue,
    Known,
    LabelJoin,
    LabelRow,
    LabelRows,
    LabelValue,
    Limits,
    Model,
    Not,
    Or,
    Row,
    Score,
    Stage,
    StageIs,
    TextIn,
    Units,
)

CASES = Path(__file__).parent / "cases" / "check"
EXPECTED = re.compile(r"# ! ([a-z0-9, -]+)$")


def cases() -> list[object]:
    """Each case as a text whose lines have the numbers that they have in their file."""
    found: list[object] = []
    for file in sorted(CASES.glob("*.rules")):
        parts = re.split(r"^---\n", file.read_text(encoding="utf-8"), flags=re.M)
        line = parts[0].count("\n") + 2
        for part in parts[1:]:
            text = parts[0] + "\n" * (line - 1 - parts[0].count("\n")) + part
            found.append(pytest.param(file, text, id=f"{file.stem}-{line}"))
            line += part.count("\n") + 1
    return found


@pytest.mark.parametrize(("file", "text"), cases())
def test_case(file: Path, text: str) -> None:
    expected = {
        (number, name)
        for number, line in enumerate(text.split("\n"), 1)
        if (found := EXPECTED.search(line))
        for name in found[1].split(", ")
    }
    counts = sum(len(found[1].split(", ")) for line in text.split("\n") if (found := EXPECTED.search(line)))
    checked = check_text(text, file.name, CASES)
    assert {(one.line, one.name) for one in checked.problems} == expected, "\n".join(map(str, checked.problems))
    assert len(checked.problems) == counts
    assert (checked.model is None) == any(one.severity == "error" for one in checked.problems)


# ---------------------------------------------------------------- the normal form


FIELDS = """
field visits : integer
field clicks : number
field country : text
field tags : list of text
field demo_on : date
field seen_at : datetime
field member : boolean
let keen = visits > 3
"""
VISITS = FieldValue(0, "number")
COUNTRY = FieldValue(2, "text")
DEMO_ON = FieldValue(4, "date")
SEEN_AT = FieldValue(5, "datetime")
MEMBER = IsTrue(FieldValue(6, "boolean"))
KEEN = Compare(">", VISITS, Constant(Decimal(3), "number"))


def number(value: int) -> Constant:
    return Constant(Decimal(value), "number")


def model_of(text: str) -> Model:
    checked = check_text(FIELDS + text)
    assert checked.model is not None, "\n".join(map(str, checked.problems))
    return checked.model


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("keen", KEEN),
        ("member", MEMBER),
        ("member = false", Not(MEMBER)),
        ("not member", Not(MEMBER)),
        ("3 < visits", KEEN),
        ("visits != 3", Not(Compare("=", VISITS, number(3)))),
        ("visits between 1 and 5", And((Compare(">=", VISITS, number(1)), Compare("<=", VISITS, number(5))))),
        ("visits in (1, 5)", Or((Compare("=", VISITS, number(1)), Compare("=", VISITS, number(5))))),
        ("visits not in (1)", Not(Compare("=", VISITS, number(1)))),
        ('country is "ÁB"', TextIn(COUNTRY, frozenset({"áb"}))),
        ('country is not in ("A", "b", "a")', Not(TextIn(COUNTRY, frozenset({"a", "b"})))),
        ('country is exactly "ÁB"', Exactly(COUNTRY, "ÁB")),
        ("country is missing", Not(Known(COUNTRY))),
        ("country is not missing", Known(COUNTRY)),
        ('tags includes any ("A", "B")', Includes(FieldValue(3, "texts"), frozenset({"a", "b"}))),
        ("demo_on in last 3 weeks", InWindow(DEMO_ON, DayBound(-3, "weeks"), DayBound(0, "days"))),
        ("demo_on in next 1 month", InWindow(DEMO_ON, DayBound(0, "days"), DayBound(1, "months"))),
        ("seen_at older than 2 years", InWindow(DayOf(SEEN_AT), None, DayBound(-2, "years", -1))),
        ("seen_at before 2026-01-02", Compare("<", DayOf(SEEN_AT), Constant(date(2026, 1, 2), "date"))),
        (
            "seen_at after 2026-01-02T10:00",
            Compare(">", SEEN_AT, Constant(datetime(2026, 1, 2, 10), "datetime")),
        ),
        ("seen_at on 2026-01-02T10:00", Compare("=", DayOf(SEEN_AT), Constant(date(2026, 1, 2), "date"))),
        ("demo_on = seen_at", Compare("=", DEMO_ON, DayOf(SEEN_AT))),
        ("days since seen_at > 3", Compare(">", Age("days", False, DayOf(SEEN_AT)), number(3))),
        ("at most 1 of (keen, member)", Not(AtLeast(2, (KEEN, MEMBER)))),
        ("exactly 1 of (keen, member)", And((AtLeast(1, (KEEN, MEMBER)), Not(AtLeast(2, (KEEN, MEMBER)))))),
        ("none of (keen, member)", Not(Or((KEEN, MEMBER)))),
        ("keen unless member", And((KEEN, Not(Definitely(MEMBER))))),
    ],
)
def test_conditions_have_one_form(written: str, made: Condition) -> None:
    (rule,) = model_of(f"when {written} add 5").rules
    assert rule.rows == (Row(made, 500),)


def test_rows_of_points_by() -> None:
    text = "points by visits { 1 to 5, 9: 2.5, missing: -1, over 9: 0, otherwise: 1 }"
    (rule,) = model_of(text).rules
    low_to_high = And((Compare(">=", VISITS, number(1)), Compare("<=", VISITS, number(5))))
    assert rule.rows == (
        Row(Or((low_to_high, Compare("=", VISITS, number(9)))), 250),
        Row(Not(Known(VISITS)), -100),
        Row(Compare(">", VISITS, number(9)), 0),
        Row(Known(VISITS), 100),
    )
    assert rule.text == "visits"


def test_a_rule_with_all_that_can_stand_around_it() -> None:
    model = model_of(
        'score fit from 0 to 100 weight 12.5% {\n group "Site" at most 40 {\n'
        "  rule often: when keen subtract 2 per 3 visits at most 20 fading 12.5% every 2 weeks since seen_at\n"
        "   from 2026-01-01 until 2026-12-31\n } }"
    )
    (rule,) = model.rules
    assert rule.rows == (Row(KEEN, -200),)
    assert (rule.name, rule.text, rule.score, rule.group, rule.at_most) == ("often", "often", 0, 0, 2000)
    assert rule.units == Units(VISITS, 3)
    assert rule.fading == Fading("percent", 14, 5, Decimal("12.5"))
    assert (rule.valid_from, rule.valid_until) == (date(2026, 1, 1), date(2026, 12, 31))
    assert model.scores == (Score("fit", Limits(0, 10_000), 1250),)
    assert model.groups == (Group("Site", Limits(None, 4000), 0),)


def test_reasons_say_the_because_the_name_or_the_source() -> None:
    model = model_of(
        'rule a: when keen add 1 because "Keen"\nrule b: when keen add 1\nwhen visits>=3 unless member add 1\n'
        'add 1 per visits\nwhen keen add 1 per visits\npoints first "Role" { keen: 1, otherwise: 0 }'
    )
    assert [rule.text for rule in model.rules] == ["Keen", "b", "visits >= 3", "per visits", "keen per visits", "Role"]


def test_criteria_mean_known_in_their_own_way_through_lets_too() -> None:
    model = model_of(
        "let told = country is known\nframework F { a when told b when visits is missing }\nexclude if told and F.a"
    )
    assert [one.condition for one in model.frameworks[0].criteria] == [Known(COUNTRY, True), Not(Known(VISITS, True))]
    assert model.excludes[0].condition == And((Known(COUNTRY), Known(COUNTRY, True)))


def test_stages_and_labels_keep_their_written_order() -> None:
    model = model_of(
        'label early { "x" when keen }\nstage A\nlabel mid { "y" when holds A }\n'
        "stage B at { 9 when member, otherwise 5 } after A if keen unless member always if member\n"
        'label last_one { "z" when stage is "b" or stage is missing } \nlabel both = early & "-" & mid\n'
        "when early is missing add 1"
    )
    assert model.verdicts == (("label", 0), ("stage", 0), ("label", 1), ("stage", 1), ("label", 2), ("label", 3))
    assert model.early_labels == (0,)
    assert model.stages[1] == Stage(
        "B",
        (Row(MEMBER, 900), Row(TRUE, 500)),
        None,
        (0,),
        And((KEEN, Not(Definitely(MEMBER)))),
        MEMBER,
    )
    assert model.labels[2].value == LabelRows(
        (LabelRow(Or((StageIs(frozenset({1})), StageIs(frozenset({None})))), "z"),)
    )
    assert model.labels[3].value == LabelJoin((LabelValue(0), "-", LabelValue(1)))
    assert model.rules[0].rows[0].condition == TextIn(LabelValue(0), frozenset({""}))


def test_early_labels_come_after_those_that_they_use() -> None:
    model = model_of('label a { "x" when keen }\nlabel b { a when member }\nwhen b is "x" add 1')
    assert model.early_labels == (0, 1)


def test_a_field_is_read_if_anything_that_counts_looks_at_it() -> None:
    text = """
    let unused = visits > 3
    field id : text key
    field country : text
    field team : text
    field region : text
    field visits : integer
    field idle : text
    field told : text
    field gone_on : date
    label l { team when told is known }
    label t by region from "table.csv"
    when true add 5 fading by half every 3 days since gone_on
    example "idle" as of 2026-01-01 { idle = "x" expect idle is "x" }
    """
    model = check_text(text, folder=CASES).model
    assert model is not None
    assert [one.name for one in model.fields if one.read] == ["id", "team", "region", "told", "gone_on"]


def test_values_of_fields_are_read_as_their_types_read_them() -> None:
    model = check_text(
        """
        field a : integer default 3 between 1 and 9
        field b : number default 2.5
        field c : one of "Big" default "big"
        field d : list of text split on "|" default "x| y |"
        field e : datetime default 2026-01-02
        field f : date default 2026-01-02T10:00
        field g : boolean default true
        field h : text default " É "
        """
    ).model
    assert model is not None
    assert [one.default for one in model.fields] == [
        3,
        2.5,
        "Big",
        ("x", "y"),
        datetime(2026, 1, 2),
        date(2026, 1, 2),
        True,
        "É",
    ]
    assert (model.fields[0].low, model.fields[0].high) == (1, 9)


def test_types_are_inferred_where_no_field_is_declared() -> None:
    model = check_text(
        'when a > 3 and b contains "x" and c at "y.example" and d in last 3 days and e includes "z" and f add 1\n'
        'when g > a and h = b and i is known and j > 2026-01-01T10:00 and k in ("x", "y") add 1\n'
        'points by l { "x": 1 }\npoints by m { 1 to 5: 1 }\nadd 1 per n\nlet half = o / 2\n'
        'label q by r from "table.csv"',
        folder=CASES,
    ).model
    assert model is not None
    assert {one.name: one.type for one in model.fields} == {
        "a": "number",
        "b": "text",
        "c": "email",
        "d": "date",
        "e": "list of text",
        "f": "boolean",
        "g": "number",
        "h": "text",
        "i": "text",
        "j": "datetime",
        "k": "text",
        "l": "text",
        "m": "number",
        "n": "number",
        "o": "number",
        "r": "text",
    }


def test_adjusted_lists() -> None:
    model = model_of(
        'list personal_domains add "A.example", "@b.example"\nlist personal_domains remove "a.example"\n'
        'list role_names add "Presse"\nlist disposable_domains remove "c.example"'
    )
    assert model.domains == DomainLists(
        personal_added=frozenset({"b.example"}),
        personal_removed=frozenset({"a.example"}),
        disposable_removed=frozenset({"c.example"}),
        roles_added=frozenset({"presse"}),
    )


def test_lets_that_grow_are_stopped_and_long_chains_are_not() -> None:
    chain = "".join(f"let v{i} = v{i + 1}\n" for i in range(3000)) + "let v3000 = visits > 3\nwhen v0 add 1"
    assert [one.name for one in check_text(FIELDS + chain).problems] == ["too-large"]
    flat = "when " + " and ".join(["keen"] * 5000) + " add 1"
    assert check_text(FIELDS + flat).problems == []


def test_ten_thousand_rules_take_seconds() -> None:
    rules = "".join(f'when visits >= {i} and country is "c{i}" add 1 because "r{i}"\n' for i in range(10_000))
    started = perf_counter()
    assert check_text(FIELDS + rules).problems == []
    assert perf_counter() - started < 30


WORDS = """
when add field visits country keen "x" 5 = ( ) { } , : and or not is in last days stage label list let score at most per
points by first otherwise missing known framework example expect fires 2026-01-01 /a/ total group exclude if disqualify
unless because holds disqualified between true `a` - * any of least
""".split()


@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_any_words_give_problems_and_never_an_exception(words: list[str]) -> None:
    check_text(FIELDS + " ".join(words))


@given(st.binary(max_size=200))
def test_any_bytes_give_problems_and_never_an_exception(content: bytes) -> None:
    check_path("/nowhere/root.rules", read=lambda _: content)
