"""The meaning, worked by hand: every case is a few lines of arithmetic that a reader can redo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from generate import Case, cases
from generate.answers import ruleset_of
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from leadrules.checking.check import check_text
from leadrules.frames import cells_of_record
from leadrules.meaning.values import Bad, Value
from leadrules.reference import Evaluation, Outcome, Sum, decide, format_points, meets, read_values, reasons, signed
from leadrules.ruleset import (
    TRUE,
    Age,
    And,
    Arithmetic,
    At,
    AtLeast,
    Compare,
    Condition,
    Constant,
    Criterion,
    DayBound,
    DayOf,
    Definitely,
    DomainLists,
    Exactly,
    ExpectCondition,
    ExpectExcluded,
    ExpectFires,
    Fading,
    Field,
    FieldType,
    FieldValue,
    Framework,
    FrameworkCount,
    Group,
    Holds,
    Includes,
    InWindow,
    IsDisqualified,
    IsTrue,
    Known,
    Label,
    LabelJoin,
    LabelRow,
    LabelRows,
    LabelTable,
    LabelValue,
    Limits,
    Matches,
    Model,
    Negative,
    Not,
    Operand,
    Or,
    Row,
    Rule,
    SameText,
    Score,
    ScoreValue,
    Stage,
    StageIs,
    TextIn,
    TextIs,
    TextTest,
    Units,
    Verdict,
)

AS_OF = date(2026, 11, 22)

TYPES: Mapping[str, FieldType] = {
    "clicks": "integer",
    "visits": "integer",
    "ratio": "number",
    "title": "text",
    "country": "text",
    "email": "email",
    "tags": "list of text",
    "opted_out": "boolean",
    "demo_on": "date",
    "seen_at": "datetime",
}
NAMES = list(TYPES)
FIELDS = tuple(Field(name, type) for name, type in TYPES.items())


def of(name: str) -> FieldValue:
    position = NAMES.index(name)
    return FieldValue(position, FIELDS[position].kind)


def number(value: int | str) -> Constant:
    return Constant(Decimal(value), "number")


def at_least(operand: Operand, value: int | str) -> Condition:
    return Compare(">=", operand, number(value))


def lead(**given: Value) -> tuple[Value | None, ...]:
    assert set(given) <= set(NAMES)
    return tuple(given.get(name) for name in NAMES)


def model(**parts: Any) -> Model:
    """A model over these fields; stages come before labels unless `verdicts` says so."""
    parts.setdefault(
        "verdicts",
        tuple(("stage", place) for place in range(len(parts.get("stages", ()))))
        + tuple(("label", place) for place in range(len(parts.get("labels", ())))),
    )
    return Model(fields=FIELDS, **parts)


def truth(condition: Condition, **given: Value) -> bool | None:
    return Evaluation(model(), lead(**given), AS_OF).truth(condition)


def when(condition: Condition, points: int, text: str = "a rule", **options: Any) -> Rule:
    """`points` in whole points."""
    return Rule((Row(condition, points * 100),), text, **options)


def decided(one: Model, **given: Value) -> Outcome:
    return decide(one, lead(**given), AS_OF)


# ------------------------------------------------------- true, false, unknown

YES = at_least(of("clicks"), 3)  # clicks = 5
NO = at_least(of("clicks"), 9)
UNKNOWN = at_least(of("visits"), 1)  # visits missing
KNOWN = {"clicks": 5}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (And((YES, YES)), True),
        (And((YES, NO)), False),
        (And((YES, UNKNOWN)), None),
        (And((NO, UNKNOWN)), False),
        (And((UNKNOWN, NO)), False),
        (And(()), True),
        (Or((NO, YES)), True),
        (Or((NO, NO)), False),
        (Or((NO, UNKNOWN)), None),
        (Or((UNKNOWN, YES)), True),
        (Or(()), False),
        (Not(YES), False),
        (Not(NO), True),
        (Not(UNKNOWN), None),
        (Definitely(YES), True),
        (Definitely(NO), False),
        (Definitely(UNKNOWN), False),
        (AtLeast(2, (YES, YES, UNKNOWN)), True),
        (AtLeast(2, (YES, NO, UNKNOWN)), None),
        (AtLeast(2, (NO, NO, UNKNOWN)), False),
        (AtLeast(2, (YES, NO, NO)), False),
        (AtLeast(0, (NO,)), True),
        (Not(AtLeast(2, (YES, NO, UNKNOWN))), None),
    ],
)
def test_three_valued_logic(condition: Condition, expected: bool | None) -> None:
    assert truth(condition, **KNOWN) is expected


def test_unless_stops_only_by_being_true() -> None:
    for stopper, expected in ((YES, False), (NO, True), (UNKNOWN, True)):
        assert truth(And((YES, Not(Definitely(stopper)))), **KNOWN) is expected


COUNTRY_IS_US = TextIn(of("country"), frozenset({"us"}))


def test_a_lead_without_a_country_is_not_outside_the_us() -> None:
    assert truth(Not(COUNTRY_IS_US)) is None
    assert truth(Not(COUNTRY_IS_US), country="CZ") is True
    assert truth(Not(COUNTRY_IS_US), country="us") is False


TITLE = {"title": "VP-Sales of Straße"}
MAIL = {"email": "Info+x@Mail.Gmail.com"}
TESTS: list[tuple[Condition, dict[str, Value], bool]] = [
    (Compare("=", of("clicks"), number(5)), KNOWN, True),
    (Compare("<", of("clicks"), number(5)), KNOWN, False),
    (Compare("<=", of("clicks"), number(5)), KNOWN, True),
    (Compare(">", of("clicks"), number("4.5")), KNOWN, True),
    (Compare(">", of("clicks"), of("visits")), {"clicks": 5, "visits": 5}, False),
    (Compare("<", of("demo_on"), Constant(date(2026, 1, 1), "date")), {"demo_on": date(2025, 12, 31)}, True),
    (
        Compare(">", of("seen_at"), Constant(datetime(2026, 1, 1, 9), "datetime")),
        {"seen_at": datetime(2026, 1, 1, 9)},
        False,
    ),
    (
        Compare("=", DayOf(of("seen_at")), of("demo_on")),
        {"seen_at": datetime(2026, 1, 1, 23, 59), "demo_on": date(2026, 1, 1)},
        True,
    ),
    (SameText(of("title"), of("country")), {"title": "ΟΔΟΣ", "country": "οδος"}, True),
    (SameText(of("title"), of("country")), {"title": "a", "country": "b"}, False),
    (TextIn(of("title"), frozenset({"vp-sales of straße"})), TITLE, True),
    (Exactly(of("title"), "VP-Sales of Straße"), TITLE, True),
    (Exactly(of("title"), "vp-sales of straße"), TITLE, False),
    (TextTest("contains", of("title"), ("x", "p-sal")), TITLE, True),
    (TextTest("contains", of("title"), ("strasse",)), TITLE, False),
    (TextTest("mentions", of("title"), ("vp",)), TITLE, True),
    (TextTest("mentions", of("title"), ("sale",)), TITLE, False),
    (TextTest("starts with", of("title"), ("vp",)), TITLE, True),
    (TextTest("ends with", of("title"), ("straße",)), TITLE, True),
    (TextTest("ends with", of("title"), ("of",)), TITLE, False),
    (Includes(of("tags"), frozenset({"demo"})), {"tags": ("Webinar", "DEMO")}, True),
    (Includes(of("tags"), frozenset({"dem"})), {"tags": ("Webinar", "DEMO")}, False),
    (Matches(of("title"), r"^VP\b", False), TITLE, True),
    (Matches(of("title"), r"^vp\b", False), TITLE, False),
    (Matches(of("title"), r"^vp\b", True), TITLE, True),
    (TextIs(of("title"), "lowercase"), {"title": "anna 2"}, True),
    (TextIs(of("title"), "uppercase"), {"title": "anna"}, False),
    (TextIs(of("title"), "numeric"), {"title": "0420"}, True),
    (TextIs(of("email"), "valid"), MAIL, True),
    (TextIs(of("email"), "personal"), MAIL, True),
    (TextIs(of("email"), "role"), MAIL, True),
    (TextIs(of("email"), "business"), MAIL, False),
    (TextIs(of("email"), "disposable"), MAIL, False),
    (TextIs(of("email"), "business"), {"email": "no address"}, False),
    (At(of("email"), frozenset({"gmail.com"})), MAIL, True),
    (At(of("email"), frozenset({"mail.com"})), MAIL, False),
    (IsTrue(of("opted_out")), {"opted_out": True}, True),
    (IsTrue(of("opted_out")), {"opted_out": False}, False),
    (InWindow(of("demo_on"), DayBound(-30, "days"), DayBound(0, "days")), {"demo_on": date(2026, 10, 23)}, True),
    (InWindow(of("demo_on"), DayBound(-30, "days"), DayBound(0, "days")), {"demo_on": date(2026, 10, 22)}, False),
    (InWindow(of("demo_on"), DayBound(-30, "days"), DayBound(0, "days")), {"demo_on": date(2026, 11, 23)}, False),
    (InWindow(of("demo_on"), DayBound(0, "days"), DayBound(3, "months")), {"demo_on": date(2027, 2, 22)}, True),
    (InWindow(of("demo_on"), None, DayBound(-90, "days", days=-1)), {"demo_on": date(2026, 8, 24)}, False),
    (InWindow(of("demo_on"), None, DayBound(-90, "days", days=-1)), {"demo_on": date(2026, 8, 23)}, True),
    (InWindow(DayOf(of("seen_at")), DayBound(0, "days"), None), {"seen_at": datetime(2026, 11, 22, 0, 0)}, True),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "given", "expected"), TESTS)
def test_tests_of_a_value(condition: Condition, given: dict[str, Value], expected: bool) -> None:
    assert truth(condition, **given) is expected
    assert truth(condition) is None, "unknown where the value is missing"


def test_known_is_never_unknown_save_in_a_criterion() -> None:
    assert truth(Known(of("title")), title="a") is True
    assert truth(Known(of("title"))) is False
    assert truth(Not(Known(of("title")))) is True
    assert truth(Known(of("title"), in_criterion=True), title="a") is True
    assert truth(Known(of("title"), in_criterion=True)) is None
    assert truth(Not(Known(of("title"), in_criterion=True))) is None


# ---------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("operand", "given", "expected"),
    [
        (Arithmetic("/", of("clicks"), of("visits")), {"clicks": 1, "visits": 4}, 0.25),
        (Arithmetic("/", of("clicks"), of("visits")), {"clicks": 1, "visits": 0}, None),
        (Arithmetic("/", of("clicks"), of("visits")), {"clicks": 0, "visits": 0}, None),
        (Arithmetic("*", of("ratio"), of("ratio")), {"ratio": 1e200}, None),
        (Arithmetic("-", of("ratio"), of("clicks")), {"ratio": 1.0}, None),
        (Arithmetic("+", of("ratio"), number("0.2")), {"ratio": 0.1}, 0.30000000000000004),
        (Negative(of("clicks")), {"clicks": 5}, -5.0),
        (Age("days", False, of("demo_on")), {"demo_on": date(2026, 11, 1)}, 21),
        (Age("days", True, of("demo_on")), {"demo_on": date(2026, 11, 1)}, -21),
        (Age("months", False, of("demo_on")), {"demo_on": date(2026, 8, 31)}, 2),
        (Age("years", False, DayOf(of("seen_at"))), {"seen_at": datetime(2020, 11, 22, 23)}, 6),
        (Age("years", False, of("demo_on")), {}, None),
    ],
)
def test_numbers(operand: Operand, given: dict[str, Value], expected: float | None) -> None:
    assert Evaluation(model(), lead(**given), AS_OF).value(operand) == expected


def test_comparisons_with_scores_are_exact() -> None:
    """As doubles, 0.1 + 0.2 is above 0.3."""
    rules = (Rule((Row(TRUE, 10),), "a", score=0), Rule((Row(TRUE, 20),), "b", score=1))
    scored = Evaluation(model(rules=rules, scores=(Score("fit"), Score("engagement"))), lead(), AS_OF)
    fit, engagement = ScoreValue(0), ScoreValue(1)
    together = Arithmetic("+", fit, engagement)
    assert scored.truth(Compare("=", together, number("0.3"))) is True
    assert scored.truth(Compare("=", ScoreValue(None), together)) is True
    assert scored.truth(Compare("=", Arithmetic("*", fit, number(3)), number("0.3"))) is True
    assert scored.truth(Compare("=", Arithmetic("-", together, Negative(number("0.1"))), number("0.4"))) is True
    assert scored.truth(at_least(Arithmetic("/", fit, engagement), "0.5")) is True


# ----------------------------------------------------------------------- points


def test_the_first_true_row_gives_its_points() -> None:
    rows = (Row(at_least(of("clicks"), 10), 500), Row(at_least(of("clicks"), 3), 200), Row(Known(of("clicks")), -100))
    one = model(rules=(Rule(rows, "by clicks"),))
    assert [decided(one, clicks=clicks).contributions for clicks in (12, 3, 0)] == [
        ((0, 500),),
        ((0, 200),),
        ((0, -100),),
    ]
    assert decided(one).contributions == ()


@pytest.mark.parametrize(
    ("visits", "hundredths"), [(0, 0), (4, 0), (5, 200), (14, 400), (49, 1800), (54, 2000), (1000, 2000), (-5, 0)]
)
def test_points_per_unit(visits: int, hundredths: int) -> None:
    """`add 2 per 5 visits at most 20`"""
    per_five = model(rules=(when(TRUE, 2, units=Units(of("visits"), 5), at_most=2000),))
    assert sum(points for _, points in decided(per_five, visits=visits).contributions) == hundredths


def test_points_per_unit_of_something_missing_are_none() -> None:
    assert decided(model(rules=(when(TRUE, 2, units=Units(of("visits"))),))).contributions == ()


def test_units_are_whole() -> None:
    per_ratio = model(rules=(when(TRUE, -1, units=Units(of("ratio"), 3)),))
    assert decided(per_ratio, ratio=8.999).contributions == ((0, -200),)
    assert decided(per_ratio, ratio=1e300).contributions == ((0, -100_000_000),)


@pytest.mark.parametrize(
    ("demo_on", "hundredths"),
    [(date(2026, 11, 22), 3000), (date(2026, 10, 23), 1500), (date(2026, 11, 21), 2931), (date(2027, 1, 1), 3000)],
)
def test_fading_by_half(demo_on: date, hundredths: int) -> None:
    """`add 30 fading by half every 30 days since demo_on`"""
    fading = Fading("by half", 30, NAMES.index("demo_on"))
    assert decided(model(rules=(when(TRUE, 30, fading=fading),)), demo_on=demo_on).contributions == ((0, hundredths),)


def test_fading_since_a_missing_day_gives_nothing() -> None:
    fading = Fading("by half", 30, NAMES.index("demo_on"))
    assert decided(model(rules=(when(TRUE, 30, fading=fading),))).contributions == ()


def test_fading_since_a_moment_counts_from_its_day() -> None:
    fading = Fading("to zero", 60, NAMES.index("seen_at"))
    one = model(rules=(when(TRUE, 10, fading=fading),))
    assert decided(one, seen_at=datetime(2026, 10, 23, 23, 59)).contributions == ((0, 500),)


def test_rules_count_within_their_dates_both_included() -> None:
    one = model(rules=(when(TRUE, 1, valid_from=date(2026, 11, 1), valid_until=date(2026, 11, 30)),))
    for as_of, fires in (
        (date(2026, 10, 31), False),
        (date(2026, 11, 1), True),
        (date(2026, 11, 30), True),
        (date(2026, 12, 1), False),
    ):
        assert bool(decide(one, lead(), as_of).contributions) is fires


def test_limits_on_group_score_and_total_in_that_order() -> None:
    one = model(
        rules=(
            when(TRUE, 50, score=0, group=0),
            when(TRUE, 30, score=0, group=0),
            when(TRUE, 70, score=0),
            when(TRUE, -20, group=1),
            when(TRUE, 5),
        ),
        groups=(Group("Site", Limits(None, 4000), score=0), Group("Outside", Limits(-1000, None))),
        scores=(Score("fit", Limits(0, 10_000)),),
        total=Limits(0, 9000),
    )
    outcome = decided(one)
    assert outcome.groups == (Sum(8000, 4000), Sum(-2000, -1000))
    assert outcome.parts == (Sum(11_000, 10_000),)
    assert outcome.total == Sum(10_000 - 1000 + 500, 9000)


def test_no_rule_fires_gives_zero_and_then_the_limits() -> None:
    assert decided(model(total=Limits(1000, None))).total == Sum(0, 1000)
    assert decided(model()).total == Sum(0, 0)


@pytest.mark.parametrize(
    ("points", "weight", "total"),
    [(100, 5000, 5000), (1, 3333, 33), (-1, 3350, -34), (1, 3350, 34), (100, 0, 0), (100, 15_000, 15_000)],
)
def test_weights_are_rounded_once_half_away_from_zero(points: int, weight: int, total: int) -> None:
    """-1 point by 33.5 % is -0.335, so -0.34."""
    one = model(rules=(when(TRUE, points, score=0),), scores=(Score("fit", weight=weight),))
    assert decided(one).total == Sum(total, total)
    assert decided(one).parts == (Sum(points * 100, points * 100),), "a part is seen before its weight"


def test_a_weighted_total_is_rounded_after_it_is_summed() -> None:
    """Half a hundredth twice is a hundredth."""
    rules = (Rule((Row(TRUE, 1),), "a", score=0), Rule((Row(TRUE, 1),), "b", score=1))
    assert decided(model(rules=rules, scores=(Score("a", weight=5000), Score("b", weight=5000)))).total == Sum(1, 1)


# --------------------------------------------------------------------- verdicts


def test_an_excluded_lead_has_its_reasons_and_nothing_else() -> None:
    one = model(
        excludes=(Verdict(YES, "customer"), Verdict(UNKNOWN, "unknown"), Verdict(TRUE, "always")),
        disqualifies=(Verdict(TRUE, "bot"),),
        rules=(when(TRUE, 1),),
        stages=(Stage("Lead"),),
        labels=(Label("grade", LabelRows((LabelRow(TRUE, "A"),))),),
        frameworks=(Framework("BANT", (Criterion("budget", None, TRUE),)),),
    )
    outcome = decided(one, **KNOWN)
    assert outcome == Outcome(exclude_reasons=("customer", "always"))
    assert outcome.excluded
    assert not outcome.disqualified
    assert reasons(one, outcome) == ["customer", "always"]


def test_a_disqualified_lead_has_scores_and_labels_and_no_stage() -> None:
    one = model(
        disqualifies=(Verdict(YES, "bot"), Verdict(NO, "no"), Verdict(UNKNOWN, "unknown"), Verdict(TRUE, "rival")),
        rules=(when(TRUE, 80, "a rule"),),
        stages=(Stage("Lead"), Stage("MQL", always=TRUE)),
        labels=(
            Label("held", LabelRows((LabelRow(Holds(0), "yes"), LabelRow(TRUE, "no")))),
            Label("state", LabelRows((LabelRow(And((IsDisqualified(), StageIs(frozenset({None})))), "out"),))),
        ),
    )
    outcome = decided(one, **KNOWN)
    assert outcome.disqualify_reasons == ("bot", "rival")
    assert outcome.total == Sum(8000, 8000)
    assert (outcome.stage, outcome.held, outcome.labels) == (None, frozenset(), ("no", "out"))
    assert reasons(one, outcome, 1) == ["bot", "rival", "+80 a rule"]


def test_disqualifying_may_look_at_the_score() -> None:
    one = model(
        rules=(when(YES, -10),), disqualifies=(Verdict(Compare("<", ScoreValue(None), number(0)), "below zero"),)
    )
    assert decided(one, **KNOWN).disqualified
    assert not decided(one).disqualified


FUNNEL = (
    Stage("Lead"),
    Stage("MQL", threshold=(Row(TRUE, 6000),), always=at_least(of("visits"), 100)),
    Stage("PQL", threshold=(Row(TRUE, 5000),), on=0),
    Stage("SQL", threshold=(Row(TRUE, 8000),), after=(1, 2), condition=IsTrue(of("opted_out"))),
)


@pytest.mark.parametrize(
    ("given", "held", "stage"),
    [
        ({}, {0}, 0),
        ({"clicks": 60}, {0, 1}, 1),
        ({"clicks": 90}, {0, 1}, 1),
        ({"clicks": 90, "opted_out": True}, {0, 1, 3}, 3),
        ({"clicks": 90, "opted_out": False}, {0, 1}, 1),
        ({"visits": 100}, {0, 1, 2}, 2),
        ({"visits": 50}, {0, 2}, 2),
        ({"visits": 50, "clicks": 30, "opted_out": True}, {0, 1, 2, 3}, 3),
    ],
)
def test_stages(given: dict[str, Value], held: set[int], stage: int) -> None:
    """1 point a click outside, 1 a visit in the score that PQL looks at."""
    one = model(
        rules=(when(TRUE, 1, units=Units(of("clicks"))), when(TRUE, 1, units=Units(of("visits")), score=0)),
        scores=(Score("use", Limits(0, 5000)),),
        stages=FUNNEL,
    )
    outcome = decided(one, **given)
    assert (outcome.held, outcome.stage) == (frozenset(held), stage)


def test_a_threshold_may_depend_on_the_lead() -> None:
    rows = (Row(TextIn(of("country"), frozenset({"us"})), 11_000), Row(Known(of("country")), 9000))
    one = model(rules=(when(TRUE, 100),), stages=(Stage("MQL", threshold=rows),))
    assert [decided(one, country=country).stage for country in ("CZ", "US")] == [0, None]
    assert decided(one).stage is None, "no row is true: not held by score"


def test_labels() -> None:
    one = model(
        labels=(
            Label(
                "grade", LabelRows((LabelRow(YES, "A"), LabelRow(TextIn(of("title"), frozenset({"ceo"})), of("title"))))
            ),
            Label("empty", LabelRows((LabelRow(UNKNOWN, "never"),))),
            Label("tier", LabelJoin((LabelValue(0), "-", LabelValue(1), of("country")))),
            Label("region", LabelTable(of("country"), {"čr": "East", "us": "West"}, "House")),
            Label("plain", LabelTable(of("country"), {"us": "West"})),
        ),
    )
    assert decided(one, clicks=5, country="ČR").labels == ("A", "", "A-ČR", "East", "")
    assert decided(one, title="CEO").labels == ("CEO", "", "CEO-", "House", "")


def test_an_empty_label_is_missing_and_never_unknown() -> None:
    empty = Evaluation(model(labels=(Label("grade", LabelRows(())),)), lead(), AS_OF)
    grade = LabelValue(0)
    assert empty.truth(TextIn(grade, frozenset({"a"}))) is False
    assert empty.truth(Not(TextIn(grade, frozenset({"a"})))) is True
    assert empty.truth(Known(grade)) is False


def test_a_label_of_fields_alone_may_be_used_in_rules() -> None:
    one = model(
        labels=(Label("region", LabelTable(of("country"), {"us": "West"})),),
        early_labels=(0,),
        rules=(when(TextIn(LabelValue(0), frozenset({"west"})), 5),),
    )
    assert decided(one, country="US").total == Sum(500, 500)


def test_a_long_chain_of_labels_and_stages_is_decided() -> None:
    """Each label reads the one above it, a rule reads the last; each stage comes after the one above it."""
    links = 3000
    chain = "\n".join(f'label l{place + 1} = l{place} & "b"' for place in range(links))
    stages = "\n".join(f"stage s{place + 1} after s{place}" for place in range(links))
    text = f"""field a: text
        label l0 {{ "a" when a is known }}
        {chain}
        when l{links} ends with "b" add 5
        stage s0
        {stages}"""
    outcome = decide(check_text(text).or_raise(), ("x",), AS_OF)
    assert outcome.total == Sum(500, 500)
    assert outcome.labels[-1] == "a" + "b" * links
    assert outcome.stage == links


BANT = Framework(
    "BANT",
    (
        Criterion("budget", "What budget is set aside?", at_least(of("visits"), 10_000)),
        Criterion("authority", None, TextTest("mentions", of("title"), ("ceo", "cto"))),
        Criterion("need", "What fails today?", Known(of("country"), in_criterion=True)),
        Criterion("timeline", "When?", InWindow(of("demo_on"), DayBound(0, "days"), DayBound(3, "months"))),
    ),
)


def test_frameworks() -> None:
    one = model(
        frameworks=(BANT,),
        rules=(
            when(at_least(FrameworkCount(0, "met"), 2), 7),
            when(Compare("=", FrameworkCount(0, "open"), number(1)), 1),
        ),
    )
    state = decided(one, title="CTO", visits=500, country="CZ").frameworks[0]
    assert state.criteria == ("not met", "met", "met", "open")
    assert (state.met, state.open, state.ask) == (2, 1, ("When?",))
    assert decided(one, title="CTO", visits=500, country="CZ").total == Sum(800, 800)
    nothing = decided(one).frameworks[0]
    assert nothing.ask == ("What budget is set aside?", "authority", "What fails today?", "When?")


# ---------------------------------------------------------------------- reasons


def test_reasons_are_the_largest_first_equals_as_written_without_parts_of_no_weight() -> None:
    one = model(
        rules=(
            when(TRUE, 5, "five"),
            when(TRUE, -36, "minus"),
            when(NO, 99, "never"),
            Rule((Row(TRUE, 250),), "two and a half"),
            when(TRUE, 50, "does not count", score=0),
            when(TRUE, 36, "plus", score=1),
            when(TRUE, 0, "nothing"),
        ),
        scores=(Score("shown", weight=0), Score("fit", Limits(0, 1000), weight=1000)),
    )
    outcome = decided(one, **KNOWN)
    assert reasons(one, outcome) == ["-36 minus", "+36 plus", "+5 five", "+2.5 two and a half"]
    assert reasons(one, outcome, 1) == ["-36 minus"]
    assert reasons(one, outcome, 0) == []


@pytest.mark.parametrize(
    ("hundredths", "shown", "with_sign"),
    [
        (3600, "36", "+36"),
        (250, "2.5", "+2.5"),
        (-25, "-0.25", "-0.25"),
        (0, "0", "+0"),
        (1, "0.01", "+0.01"),
        (-500, "-5", "-5"),
    ],
)
def test_points_in_words(hundredths: int, shown: str, with_sign: str) -> None:
    assert (format_points(hundredths), signed(hundredths)) == (shown, with_sign)


# --------------------------------------------------------------------- examples


def test_expectations() -> None:
    one = model(rules=(when(YES, 5), when(NO, 5)), stages=(Stage("Lead"),))
    walk = Evaluation(one, lead(**KNOWN), AS_OF)
    assert meets(walk, ExpectCondition(Compare("=", ScoreValue(None), number(5)), ""))
    assert meets(walk, ExpectCondition(StageIs(frozenset({0})), ""))
    assert not meets(walk, ExpectCondition(UNKNOWN, ""))
    assert meets(walk, ExpectFires((0, 1), True, ""))
    assert meets(walk, ExpectFires((1,), False, ""))
    assert not meets(walk, ExpectFires((0,), False, ""))
    assert meets(walk, ExpectExcluded(False, ""))


def test_nothing_is_true_of_the_verdicts_of_an_excluded_lead() -> None:
    one = model(excludes=(Verdict(TRUE, "out"),), disqualifies=(Verdict(TRUE, "bot"),), stages=(Stage("Lead"),))
    walk = Evaluation(one, lead(), AS_OF)
    assert meets(walk, ExpectExcluded(True, ""))
    for condition in (
        at_least(ScoreValue(None), 0),
        Holds(0),
        IsDisqualified(),
        Compare("<", ScoreValue(None), number(1)),
    ):
        assert not meets(walk, ExpectCondition(condition, ""))


def test_values_are_read_from_cells() -> None:
    one = replace(model(), fields=(*FIELDS[:2], replace(FIELDS[2], default=0.5), replace(FIELDS[3], read=False)))
    values, bads = read_values(one, {0: " 1,200 ", 1: "many", 3: "unread"})
    assert values == (1200, None, 0.5, None)
    assert bads == {1: Bad("`many` is not a whole number")}


def test_a_ruleset_changes_the_lists_of_domains() -> None:
    personal = TextIs(of("email"), "personal")
    one = model(domains=DomainLists(personal_added=frozenset({"isp.example"})))
    assert Evaluation(one, lead(email="a@isp.example"), AS_OF).truth(personal) is True
    assert truth(personal, email="a@isp.example") is False


# ------------------------------------------------ other systems' worked examples


def banded(letters: str, *floors: int) -> Label:
    """A letter by the total: the first floor that it reaches."""
    rows = [LabelRow(at_least(ScoreValue(None), floor), letter) for letter, floor in zip(letters, floors, strict=False)]
    return Label("grade", LabelRows((*rows, LabelRow(TRUE, letters[-1]))))


@pytest.mark.parametrize(
    ("shares", "total", "grade"),
    [((75, 50, 50, 80), 6200, "B"), ((25, 0, 0, 0), 750, "D"), ((100, 100, 100, 0), 8500, "A")],
)
def test_eloqua_profile(shares: tuple[int, ...], total: int, grade: str) -> None:
    """Weights of 30, 30, 25 and 15 %, A from 75, B from 50, C from 25: 62 is a B, 7.5 a D."""
    weights = (3000, 3000, 2500, 1500)
    one = model(
        rules=tuple(when(TRUE, share, score=place) for place, share in enumerate(shares)),
        scores=tuple(Score(f"criterion {place}", weight=weight) for place, weight in enumerate(weights)),
        labels=(banded("ABCD", 75, 50, 25),),
    )
    outcome = decided(one)
    assert outcome.total == Sum(total, total)
    assert outcome.labels == (grade,)


@pytest.mark.parametrize(
    ("thirds", "grade"), [(-6, "F"), (-3, "F"), (0, "D"), (3, "C"), (6, "B"), (9, "A"), (10, "A+"), (14, "A+")]
)
def test_account_engagement_grade(thirds: int, grade: str) -> None:
    """Everyone starts at D; a matched criterion moves by thirds of a letter, from F to A+."""
    rows = [
        LabelRow(at_least(ScoreValue(None), floor), letter)
        for floor, letter in ((10, "A+"), (9, "A"), (6, "B"), (3, "C"), (0, "D"), (-3, "F"))
    ]
    label = Label("grade", LabelRows(tuple(rows)))
    one = model(rules=(when(TRUE, thirds),), total=Limits(-300, 1000), labels=(label,))
    assert decided(one).labels == (grade,)


def test_hubspot_sum() -> None:
    """Fit -30 and engagement 70 make 40."""
    one = model(rules=(when(TRUE, -30, score=0), when(TRUE, 70, score=1)), scores=(Score("fit"), Score("engagement")))
    assert decided(one).total == Sum(4000, 4000)


# --------------------------------------------------------- rulesets as text

INBOUND = """
field email           : email
field name            : text     optional
field title           : text     optional
field lifecycle       : text     optional
field employees       : integer  optional
field email.clicks    : integer  default 0
field email.delivered : integer  default 0
field visits          : integer  optional
field demo_on         : date     optional
field budget          : number   optional
field pain            : text     optional
field go_live         : date     optional

list chiefs = "ceo", "cto", "cfo", "founder", "owner"
list heads  = "head of", "vp", "director"
let  click_rate = email.clicks / email.delivered

exclude    if lifecycle = "customer"
disqualify if email is personal and name is lowercase because "Looks like a bot"
disqualify if email at "rival.example"

score fit from 0 to 100 {
  points first "Seniority" { title mentions any chiefs: 50, title mentions any heads: 35, otherwise: 0 }
  points by employees { 1 to 50: 10, 51 to 200: 30, over 200: 50 }
}
score engagement from 0 to 100 {
  when email.clicks >= 3 add 36
  when click_rate >= 0.2 add 10 because "Clicks one mail in five"
  group "Site" at most 40 {
    add 2 per visits at most 20
    when demo_on is known add 30 fading by half every 30 days since demo_on
  }
}
total from 0 to 100

framework BANT {
  budget    asks "What budget is set aside?"      when budget >= 10000
  authority asks "Who signs?"                     when title mentions any chiefs
  need      asks "What fails today, and why?"     when pain is known
  timeline  asks "When do they want to be live?"  when go_live in next 3 months
}

stage Lead
stage MQL at 60 always if demo_on in last 14 days
stage SQL at 80 after MQL if BANT.met >= 3

label grade { "A" when fit >= 70, "B" when fit >= 40, otherwise "C" }
label heat  { "1" when engagement >= 60, "2" when engagement >= 30, otherwise "3" }
label tier = grade & heat
"""


def inbound(as_of: date = AS_OF, **cells: object) -> tuple[Model, Outcome]:
    checked = check_text(INBOUND).or_raise()
    places = {field.name: place for place, field in enumerate(checked.fields)}
    values, bads = read_values(checked, {places[name.replace("__", ".")]: cell for name, cell in cells.items()})
    assert bads == {}
    return checked, decide(checked, values, as_of)


def test_an_engaged_cto_at_work() -> None:
    """50 for the title and 36 for the clicks: 86, an MQL without the answers that make an SQL."""
    checked, outcome = inbound(email="anna@acme.example", name="Anna Kovář", title="CTO", email__clicks=5)
    assert (outcome.parts, outcome.total) == ((Sum(5000, 5000), Sum(3600, 3600)), Sum(8600, 8600))
    assert checked.stages[outcome.stage or 0].name == "MQL"
    assert outcome.labels == ("B", "2", "B2")
    assert outcome.frameworks[0].criteria == ("open", "met", "open", "open")
    assert outcome.frameworks[0].ask[0] == "What budget is set aside?"
    assert reasons(checked, outcome) == ["+50 Seniority", "+36 email.clicks >= 3"]


def test_a_demo_a_month_ago_counts_half_within_its_group() -> None:
    """15 visits give 20 at most, a demo 30 days ago 15: 35; a demo today 30, and 50 is cut to 40."""
    _, outcome = inbound(email="a@acme.example", visits="15", demo_on="2026-10-23")
    assert outcome.groups == (Sum(3500, 3500),)
    _, outcome = inbound(email="a@acme.example", visits="15", demo_on="2026-11-22")
    assert outcome.groups == (Sum(5000, 4000),)
    assert outcome.held == {0, 1}, "always if demo_on in last 14 days"


def test_a_director_is_no_cto() -> None:
    checked, outcome = inbound(email="a@acme.example", title="Director", email__clicks="1", email__delivered="5")
    assert reasons(checked, outcome) == ["+35 Seniority", "+10 Clicks one mail in five"]


def test_one_mail_in_no_mail_is_no_rate() -> None:
    _, outcome = inbound(email="a@acme.example", email__clicks="1", email__delivered="0")
    assert outcome.contributions == ()


def test_bots_rivals_and_customers() -> None:
    assert inbound(email="a@gmail.com", name="anna")[1].disqualify_reasons == ("Looks like a bot",)
    assert inbound(email="a@gmail.com", name="Anna")[1].disqualify_reasons == ()
    assert inbound(email="a@gmail.com")[1].disqualify_reasons == ()
    assert len(inbound(email="a@eu.rival.example")[1].disqualify_reasons) == 1
    assert inbound(email="a@acme.example", lifecycle="Customer")[1].excluded


def test_an_sql_needs_three_of_four_answers() -> None:
    answers = {"email": "a@acme.example", "title": "CEO", "email__clicks": 3, "budget": "10,000"}
    assert 2 not in inbound(**answers)[1].held
    assert 2 in inbound(**answers, pain="spreadsheets")[1].held


EVERY_DAY = (date.min, date(2024, 2, 29), AS_OF, date.max)


@settings(max_examples=60, deadline=None)
@given(cases(rules=10, most_leads=6), st.sampled_from(EVERY_DAY))
def test_a_checked_ruleset_decides_every_lead_and_its_sums_add_up(case: Case, as_of: date) -> None:
    checked = ruleset_of(case.ruleset.text).model
    assume(checked is not None)
    assert checked is not None
    for one in case.leads.raw():
        values, _ = read_values(checked, cells_of_record(checked, one))
        outcome = decide(checked, values, as_of)
        if outcome.total is None:
            assert outcome == Outcome(exclude_reasons=outcome.exclude_reasons)
            continue
        inside = sum(points for rule, points in outcome.contributions if checked.rules[rule].group is not None)
        assert inside == sum(limited.before for limited in outcome.groups)
        free = dict.fromkeys((None, *range(len(checked.scores))), 0)
        for rule, points in outcome.contributions:
            if checked.rules[rule].group is None:
                free[checked.rules[rule].score] += points
        for group, limited in zip(checked.groups, outcome.groups, strict=True):
            free[group.score] += limited.after
        assert [part.before for part in outcome.parts] == [free[score] for score in range(len(checked.scores))]
        weighted = [
            Fraction(s.weight, 10_000) * part.after for s, part in zip(checked.scores, outcome.parts, strict=True)
        ]
        assert abs(outcome.total.before - free[None] - sum(weighted)) <= Fraction(1, 2)
        assert outcome.stage == max(outcome.held, default=None)
        assert not (outcome.disqualified and outcome.held)
        assert len(reasons(checked, outcome)) <= len(outcome.disqualify_reasons) + len(outcome.contributions)
