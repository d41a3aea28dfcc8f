"""Fading and contributions: factors of nine places, and whole hundredths."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadrules.meaning import fading
from leadrules.meaning.fading import LARGEST, ONE, contribution, factor, factor_table
from leadrules.ruleset import Fading


def to_zero(days: int) -> Fading:
    return Fading("to zero", days, 0)


def by_half(days: int) -> Fading:
    return Fading("by half", days, 0)


def percent(share: str, days: int) -> Fading:
    return Fading("percent", days, 0, Decimal(share))


@pytest.mark.parametrize(
    ("how", "age", "billionths"),
    [
        (to_zero(60), 0, 1_000_000_000),
        (to_zero(60), 30, 500_000_000),
        (to_zero(60), 1, 983_333_333),
        (to_zero(60), 59, 16_666_667),
        (to_zero(60), 60, 0),
        (to_zero(60), 10_000, 0),
        (to_zero(60), -5, 1_000_000_000),
        (to_zero(1024), 1, 999_023_438),  # 0.9990234375, a tie
        (by_half(30), 30, 500_000_000),
        (by_half(30), 15, 707_106_781),
        (by_half(30), 1, 977_159_968),
        (by_half(1), 10, 976_563),  # 0.0009765625, a tie
        (by_half(30), 100_000, 0),
        (percent("25", 30), 29, 1_000_000_000),
        (percent("25", 30), 30, 750_000_000),
        (percent("25", 30), 89, 562_500_000),
        (percent("33.33", 7), 14, 444_488_890),  # 0.44448889
        (percent("50", 1), 10, 976_563),
        (percent("100", 30), 30, 0),
        (percent("0", 30), 100_000, 1_000_000_000),
    ],
)
def test_factors(how: Fading, age: int, billionths: int) -> None:
    assert factor(how, age) == billionths


@pytest.mark.parametrize("days", [1, 7, 30])
def test_halving_agrees_with_the_power_worked_out_at_every_age(days: int) -> None:
    table = factor_table(by_half(days))
    assert table[-1] == 0 < table[-2]
    with localcontext() as context:
        context.prec = 120
        for age, found in enumerate(table):
            exact = Decimal("0.5") ** (Decimal(age) / days)
            assert found == int((exact * ONE).to_integral_value(ROUND_HALF_UP)), age


def test_no_table_is_longer_than_the_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fading, "LONGEST_AGE", 1_000)
    for endless in (by_half(10**12 + 1), to_zero(10**12 + 1), percent("0.01", 10**12 + 1)):
        assert len(factor_table(endless)) == 1_001


@pytest.mark.parametrize(
    ("points", "units", "at_most", "billionths", "hundredths"),
    [
        (1000, 1, None, ONE, 1000),
        (1000, 1, None, 500_000_000, 500),
        (200, 7, None, ONE, 1400),
        (200, 70, 2000, ONE, 2000),
        (-200, 70, 2000, ONE, -2000),
        (200, 0, 2000, ONE, 0),
        (1, 1, None, 500_000_000, 1),  # half a hundredth, away from zero
        (-1, 1, None, 500_000_000, -1),
        (1, 1, None, 499_999_999, 0),
        (3000, 1, None, 977_159_968, 2931),
        (2000, 70, 2000, 500_000_000, 1000),  # the limit comes before fading
        (100, 10**15, None, ONE, LARGEST),
        (-100, 10**15, None, ONE, -LARGEST),
        (100, 10**300, None, 0, 0),
        (100, 2_000_000, None, 250_000_000, 50_000_000),
    ],
)
def test_contributions(points: int, units: int, at_most: int | None, billionths: int, hundredths: int) -> None:
    assert contribution(points, units, at_most, billionths) == hundredths


@given(st.integers(1, 10**9), st.integers(0, 10**6), st.integers(0, ONE))
def test_a_contribution_is_the_nearest_whole_hundredth(points: int, units: int, billionths: int) -> None:
    found = contribution(points, units, None, billionths)
    assert found == LARGEST or abs(found * ONE - points * units * billionths) * 2 <= ONE
    assert contribution(-points, units, None, billionths) == -found


def test_the_worked_example_of_a_fading_crm() -> None:
    """10 points fading linearly at 50 % a month are 5 after a month and nothing after two."""
    assert [contribution(1000, 1, None, factor(to_zero(60), age)) for age in (0, 30, 60)] == [1000, 500, 0]
