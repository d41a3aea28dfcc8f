"""How points fade with age, and what a contribution comes to: whole numbers throughout.

A factor is a decimal of nine places, kept as a whole number of billionths. All
factors of a rule stand in one table by age in days, which every back end reads:
nobody works one out a second time, so nobody rounds it differently.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from itertools import accumulate, islice, repeat

from leadrules.ruleset import Fading

ONE = 1_000_000_000
LARGEST = 100_000_000  # hundredths: a contribution stops at 1,000,000 points

# No date is further from another, so no table is longer.
LONGEST_AGE = date.max.toordinal() - date.min.toordinal()

# Far more digits than nine places need: a factor with a tie in its tenth place has ten places in all, and is exact.
_EXACT = Context(prec=80)


@lru_cache(maxsize=64)
def factor_table(fading: Fading) -> tuple[int, ...]:
    """Billionths by age in whole days, rounded half up; an age beyond the end has the last entry's."""
    factors: list[int] = []
    for factor in islice(_factors(fading), LONGEST_AGE + 1):
        factors.append(int(_EXACT.scaleb(factor, 9).to_integral_value(ROUND_HALF_UP)))
        if factors[-1] == 0:
            break
    return tuple(factors)


def factor(fading: Fading, age: int) -> int:
    """Billionths at an age in days; a future day has age 0."""
    table = factor_table(fading)
    return table[min(max(age, 0), len(table) - 1)]


def contribution(points: int, units: int = 1, at_most: int | None = None, factor: int = ONE) -> int:
    """Hundredths that a rule gives.

    `points` (hundredths, of either sign) for each of the `units`, its size
    limited by `at_most` (hundredths), times the factor (billionths), rounded
    half away from zero; no further from zero than 1,000,000 points.
    """
    size = abs(points) * units
    if at_most is not None:
        size = min(size, at_most)
    faded = min((2 * size * factor + ONE) // (2 * ONE), LARGEST)
    return faded if points >= 0 else -faded


def _factors(fading: Fading) -> Iterator[Decimal]:
    """The exact factor (to 80 digits) at age 0, 1, 2 …"""
    if fading.kind == "to zero":
        days = Decimal(fading.days)
        return (_EXACT.divide(days - age, days) for age in range(fading.days + 1))
    if fading.kind == "by half":
        return _halving(fading.days)
    if not fading.percent:
        return iter([Decimal(1)])
    kept = _EXACT.subtract(1, _EXACT.divide(fading.percent, 100))
    return _stepping(kept, fading.days)


def _halving(days: int) -> Iterator[Decimal]:
    daily = _EXACT.power(Decimal("0.5"), _EXACT.divide(1, days))
    within_a_period = list(_powers(daily, min(days, LONGEST_AGE + 1)))
    for whole in _powers(Decimal("0.5")):
        yield from (_EXACT.multiply(whole, part) for part in within_a_period)


def _stepping(kept: Decimal, days: int) -> Iterator[Decimal]:
    for whole in _powers(kept):
        yield from repeat(whole, days)


def _powers(base: Decimal, count: int | None = None) -> Iterator[Decimal]:
    """1, base, base² …, each to 80 digits."""
    return accumulate(repeat(base) if count is None else repeat(base, count - 1), _EXACT.multiply, initial=Decimal(1))
