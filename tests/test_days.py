"""The calendar: moves, windows and complete ages, by hand and against slower definitions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadrules.meaning.days import OUTSIDE, age, bounds, move, ordinal
from leadrules.ruleset import DayBound, Unit

DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))
NEAR_DAYS = st.dates(date(2019, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "amount", "unit", "expected"),
    [
        (date(2026, 1, 31), 1, "months", date(2026, 2, 28)),
        (date(2024, 1, 31), 1, "months", date(2024, 2, 29)),
        (date(2026, 3, 31), -1, "months", date(2026, 2, 28)),
        (date(2024, 2, 29), 1, "years", date(2025, 2, 28)),
        (date(2024, 2, 29), -4, "years", date(2020, 2, 29)),
        (date(2026, 11, 22), -11, "months", date(2025, 12, 22)),
        (date(2026, 11, 22), 2, "weeks", date(2026, 12, 6)),
        (date(2026, 11, 22), -30, "days", date(2026, 10, 23)),
        (date(9999, 12, 1), 1, "months", date.max),
        (date(1, 1, 31), -1, "days", date(1, 1, 30)),
        (date(1, 1, 31), -1, "years", date.min),
        (date(2026, 1, 1), 10**30, "years", date.max),
        (date(2026, 1, 1), -(10**30), "weeks", date.min),
    ],
)
def test_moved_by_calendar(day: date, amount: int, unit: Unit, expected: date) -> None:
    assert move(day, amount, unit) == expected


def test_an_edge_outside_the_calendar_is_on_no_day() -> None:
    assert ordinal(date(2026, 1, 1), -3000, "years") == -OUTSIDE < date.min.toordinal()
    assert ordinal(date(2026, 1, 1), 10_000_000_000, "days") == OUTSIDE > date.max.toordinal()
    older = bounds(None, DayBound(-3000, "years", days=-1), date(2026, 1, 1))
    assert older == (None, -OUTSIDE - 1)


def test_edges_of_a_window() -> None:
    as_of = date(2026, 3, 31)
    assert bounds(DayBound(-1, "months"), DayBound(0, "days"), as_of) == (
        date(2026, 2, 28).toordinal(),
        as_of.toordinal(),
    )
    assert bounds(None, DayBound(-1, "years", days=-1), as_of) == (None, date(2025, 3, 30).toordinal())


@pytest.mark.parametrize(
    ("unit", "day", "as_of", "expected"),
    [
        ("days", date(2026, 11, 1), date(2026, 11, 22), 21),
        ("days", date(2026, 11, 22), date(2026, 11, 1), -21),
        ("months", date(2026, 10, 23), date(2026, 11, 22), 0),
        ("months", date(2026, 10, 22), date(2026, 11, 22), 1),
        ("months", date(2026, 1, 31), date(2026, 2, 28), 1),
        ("months", date(2026, 1, 31), date(2026, 2, 27), 0),
        ("months", date(2026, 1, 31), date(2026, 3, 30), 1),
        ("months", date(2026, 12, 22), date(2026, 11, 22), -1),
        ("months", date(2026, 12, 21), date(2026, 11, 22), 0),
        ("years", date(2024, 2, 29), date(2025, 2, 28), 1),
        ("years", date(2024, 2, 29), date(2025, 2, 27), 0),
        ("years", date(2000, 11, 23), date(2026, 11, 22), 25),
        ("years", date(2027, 11, 23), date(2026, 11, 22), -1),
    ],
)
def test_complete_ages(unit: str, day: date, as_of: date, expected: int) -> None:
    assert age(unit, False, day, as_of) == expected  # type: ignore[arg-type]
    assert age(unit, True, as_of, day) == expected  # type: ignore[arg-type]


@given(DAYS, DAYS)
def test_the_other_way_round_an_age_is_as_large(one: date, other: date) -> None:
    for unit in ("days", "months", "years"):
        assert age(unit, False, one, other) == -age(unit, False, other, one)  # type: ignore[arg-type]
    assert age("days", True, one, other) == -age("days", False, one, other)


@given(NEAR_DAYS, NEAR_DAYS)
def test_a_complete_age_is_the_most_units_that_fit(one: date, other: date) -> None:
    first, last = sorted((one, other))
    months, years = age("months", False, first, last), age("years", False, first, last)
    assert move(first, months, "months") <= last < move(first, months + 1, "months")
    assert move(first, years, "years") <= last < move(first, years + 1, "years")


@given(NEAR_DAYS, st.integers(-2000, 2000))
def test_days_and_weeks_are_counted(day: date, amount: int) -> None:
    assert move(day, amount, "days") == day + timedelta(days=amount)
    assert move(day, amount, "weeks") == day + timedelta(weeks=amount)
