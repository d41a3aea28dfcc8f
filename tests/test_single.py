"""One lead at a time: `score_one` gives the decision that the reference gives, whatever it remembers of other leads."""

from __future__ import annotations

import os
import pickle
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from generate import Case, case_of_seed, cases, odd_cases
from generate.answers import by_reference, ruleset_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import leadrules
from leadrules.decision import Decision, decide_one
from leadrules.engine import single
from leadrules.engine.single import Single
from leadrules.frames import LeadError, cells_of_record
from leadrules.reference import decide, read_values

SLOW = os.environ.get("LEADRULES_PROFILE") == "slow"
DAY = date(2026, 11, 2)


def tried(examples: int) -> settings:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(max_examples=examples * (100 if SLOW else 1), deadline=None, suppress_health_check=checks)


def by_the_reference(ruleset: leadrules.Ruleset, lead: Mapping[str, object], as_of: date, reasons: int | None) -> Any:
    """The decision, or the bad values as a pair of field and reason each."""
    model = ruleset.model
    values, bads = read_values(model, cells_of_record(model, lead))
    if bads:
        return [(model.fields[position].name, bad.reason) for position, bad in sorted(bads.items())]
    return decide_one(model, values, as_of, reasons)


def by_score_one(ruleset: leadrules.Ruleset, lead: Mapping[str, object], as_of: date, reasons: int | None) -> Any:
    try:
        return ruleset.score_one(lead, as_of, reasons=reasons)
    except LeadError as error:
        return [(bad.field, bad.reason) for bad in error.rejects]


def agree(ruleset: leadrules.Ruleset, leads: list[dict[str, object]], as_of: date, reasons: int | None) -> None:
    """Twice over: what the first round remembers, the second is told."""
    for lead in [*leads, *leads]:
        assert by_score_one(ruleset, lead, as_of, reasons) == by_the_reference(ruleset, lead, as_of, reasons)


@tried(60)
@given(cases(8, 14), st.sampled_from((3, 1, None, 0)))
def test_score_one_is_the_reference_on_text_and_on_typed_values(case: Case, reasons: int | None) -> None:
    ruleset = ruleset_of(case.ruleset.text)
    agree(ruleset, case.leads.raw(), case.as_of, reasons)
    agree(ruleset, case.leads.typed(), case.as_of, reasons)


@tried(30)
@given(odd_cases(8, 12))
def test_score_one_is_the_reference_on_values_of_any_type(odd: tuple[Case, Any]) -> None:
    case, frame = odd
    agree(ruleset_of(case.ruleset.text), frame.to_dicts(), case.as_of, 3)


@tried(25)
@given(cases(8, 12))
def test_score_one_is_the_reference_whatever_keys_are_absent(case: Case) -> None:
    leads = [{header: cell for header, cell in lead.items() if cell is not None} for lead in case.leads.typed()]
    agree(ruleset_of(case.ruleset.text), leads, case.as_of, 3)


@tried(25)
@given(cases(8, 10), st.lists(st.integers(-400, 400), min_size=2, max_size=8))
def test_score_one_is_the_reference_on_any_days_in_any_order(case: Case, moved: list[int]) -> None:
    ruleset = ruleset_of(case.ruleset.text)
    for days in [0, 0, *moved, *moved, 0, *(one for one in moved for _ in range(2))]:
        as_of = case.as_of + timedelta(days=days)
        for lead in case.leads.raw()[:4]:
            assert by_score_one(ruleset, lead, as_of, 3) == by_the_reference(ruleset, lead, as_of, 3)


@tried(25)
@given(cases(8, 12))
def test_score_one_forgets_without_changing_an_answer(case: Case) -> None:
    with pytest.MonkeyPatch.context() as tight:
        tight.setattr(single, "REMEMBERED", 2)
        agree(ruleset_of(case.ruleset.text), case.leads.raw(), case.as_of, None)


@pytest.mark.parametrize("seed", range(1000 if SLOW else 4))
def test_outcomes_are_those_of_the_reference_to_the_last_sum(seed: int) -> None:
    """Larger cases; all that an outcome holds, groups before their limits among it."""
    case = case_of_seed(seed, rules=60, most_leads=150)
    model = ruleset_of(case.ruleset.text).model
    ready = Single(model, case.as_of)
    for lead in case.leads.raw():
        cells = cells_of_record(model, lead)
        values, bads = read_values(model, cells)
        assert ready.outcome(cells) == (None if bads else decide(model, values, case.as_of))


def test_one_ruleset_serves_many_threads() -> None:
    case = case_of_seed(11, rules=40, most_leads=120)
    ruleset = ruleset_of(case.ruleset.text)
    leads = case.leads.raw() * 4
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda lead: by_score_one(ruleset, lead, case.as_of, 3), leads))
    assert found == [by_the_reference(ruleset, lead, case.as_of, 3) for lead in leads]


def test_a_ruleset_pickles_after_it_has_answered() -> None:
    ruleset = leadrules.loads("field a : number\nwhen a > 1 add 5")
    for _ in range(3):
        assert ruleset.score_one({"a": 2}, DAY).score == 5
    assert pickle.loads(pickle.dumps(ruleset)).score_one({"a": 2}, DAY).score == 5


NUMBERS = """
missing values "7", "-"
field plain    : number
field whole    : integer also missing "12"
field limited  : number between 0 and 10
field defaults : integer default 3
when plain >= 0 add 1
when plain is missing add 2
when whole > 5 add 4
when whole is missing add 8
when limited < 5 add 16
add 32 per defaults
"""


@pytest.mark.parametrize("field", ["plain", "whole", "limited", "defaults"])
@pytest.mark.parametrize(
    "cell",
    [
        0, 1, True, False, 1.0, -0.0, 0.0, 7, 7.0, "7", 12, 12.0, 3.5, 10, 10.5, -1, 2**53, 2**53 - 1, -(2**53), 2**63,
        10**400, 1e308, float("nan"), float("inf"), float("-inf"), None, "", "-", "1,200", "x", Decimal("1.50"),
        Decimal("NaN"), date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), np.float64(7), np.int64(4), np.bool_(True),
        np.datetime64("NaT"), [1, 2], {"a": 1}, b"1", "\ud800",
    ],
)  # fmt: skip
def test_numbers_are_read_as_the_reference_reads_them(field: str, cell: object) -> None:
    agree(leadrules.loads(NUMBERS), [{field: 2}, {field: cell}, {field: "2"}, {field: cell}], DAY, 3)


@pytest.mark.parametrize("spelling", ["0", "9", "1.5", "-1"])
def test_a_number_that_is_called_missing_is_missing(spelling: str) -> None:
    ruleset = leadrules.loads(f'field n : number also missing "{spelling}"\nwhen n is missing add 1')
    for _ in range(3):
        assert [ruleset.score_one({"n": one}, DAY).score for one in (float(spelling), 4, spelling)] == [1, 0, 1]


def test_values_that_python_calls_equal_are_told_apart() -> None:
    """1, 1.0 and True are one key of a dict, and three cells: a memory of one must not answer for another."""
    ruleset = leadrules.loads('field t : text\nwhen t = "1" add 1\nwhen t = "true" add 2')
    for _ in range(3):
        assert [ruleset.score_one({"t": one}, DAY).score for one in (1, 1.0, True, "1", "TRUE")] == [1, 1, 2, 1, 2]
    flag = leadrules.loads("field f : boolean\nwhen f add 1\nwhen not f add 2")
    for _ in range(3):
        assert [flag.score_one({"f": one}, DAY).score for one in (1, True, 0, False, None)] == [1, 1, 2, 2, 0]


def test_the_two_hours_of_the_night_when_clocks_go_back_are_told_apart() -> None:
    ruleset = leadrules.loads("field t : datetime\nwhen t < 2026-10-25T01:00 add 1")
    night = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Prague"))
    for _ in range(3):
        assert [ruleset.score_one({"t": one}, DAY).score for one in (night, night.replace(fold=1))] == [1, 0]


def test_the_first_lead_the_second_and_all_others_are_answered_alike() -> None:
    ruleset = leadrules.loads(
        "field a : number\nfield b : number\nwhen a > 1 and b > 1 add 5\nwhen a > 2 or b > 2 add 7"
    )
    leads: list[dict[str, object]] = [{"a": a, "b": b} for a in range(4) for b in range(4)]
    answers: list[list[Decision]] = [[ruleset.score_one(lead, DAY) for lead in leads] for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert [one.score for one in answers[0]] == [
        (5 if lead["a"] > 1 and lead["b"] > 1 else 0) + (7 if lead["a"] > 2 or lead["b"] > 2 else 0)  # type: ignore[operator]
        for lead in leads
    ]
    assert by_reference(ruleset, leads, DAY, 3)[0][-1]["score"] == 12
