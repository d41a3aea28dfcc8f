"""Counts of leads and of wins → rates, intervals, lift, and points by method.

    control   the share of all decided leads that were won
    rate      the same among the leads that a condition is true for
    interval  Wilson's score interval for a rate (E. B. Wilson, JASA 22, 1927), which holds for few cases too
    lift      rate over control

Points are given by one of three methods, all of them rounded to whole points:

    rate        the rate in percent, where it beats the control; nothing where it does not
    difference  rate less control, in percentage points
    evidence    weight of evidence (I. J. Good, 1950): ln of the odds among these leads over the odds among all,
                ½ added to each count (Haldane 1955, Anscombe 1956); scaled so that 10 points double the odds

None gives points for fewer leads than a least number, or where the interval
holds the control: 2 of 3 is not 67 points.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from math import floor, inf, log, sqrt
from typing import Literal

Method = Literal["rate", "difference", "evidence"]
LEVEL = 0.95
MIN_LEADS = 30
DOUBLING = 10
"""So many points by `evidence` double the odds."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Of `leads` decided leads, `won` were won."""

    leads: int
    won: int

    @property
    def lost(self) -> int:
        return self.leads - self.won

    @property
    def value(self) -> float:
        """The share that was won; 0 where there are no leads."""
        return self.won / self.leads if self.leads else 0.0

    @property
    def percent(self) -> str:
        """`36 %`; a decimal where a whole number would hide the share (`0.4 %`)."""
        return percent(self.value)

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Wilson's interval for the rate; (0, 1) where there are no leads."""
        return wilson(self.won, self.leads, level)

    def lift(self, control: Rate) -> float:
        """How many times the control; infinite where the control is 0."""
        if not control.won:
            return inf if self.won else 1.0
        return self.value / control.value

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.leads + other.leads, self.won + other.won)

    def __sub__(self, other: Rate) -> Rate:
        return Rate(self.leads - other.leads, self.won - other.won)


@dataclass(frozen=True, slots=True)
class Points:
    """What a method gives: `points`, or 0 with the reason why none are given."""

    points: int
    refused: str | None = None


def wilson(won: int, leads: int, level: float = LEVEL) -> tuple[float, float]:
    """The Wilson score interval of a share, without continuity correction."""
    if not leads:
        return 0.0, 1.0
    z = deviations(level)
    share = won / leads
    middle = (share + z * z / (2 * leads)) / (1 + z * z / leads)
    half = z / (1 + z * z / leads) * sqrt(share * (1 - share) / leads + z * z / (4 * leads * leads))
    return (0.0 if won == 0 else max(0.0, middle - half)), (1.0 if won == leads else min(1.0, middle + half))


@cache
def deviations(level: float) -> float:
    """How many standard deviations a two-sided interval of this level reaches: 1.96 for 0.95."""
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + level) / 2)


def percent(share: float) -> str:
    """A share in whole percent, or with one decimal below 3 % and above 97 %: `36 %`, `0.4 %`, `99.6 %`."""
    hundred = 100 * share
    plain = f"{hundred:.0f}" if 3 <= hundred <= 97 or hundred in (0, 100) else f"{hundred:.1f}"
    return f"{plain.removesuffix('.0')} %"


def points(rate: Rate, control: Rate, method: Method = "rate", min_leads: int = MIN_LEADS) -> Points:
    """The points that a condition with this rate earns against the control, by a method."""
    if rate.leads < min_leads:
        return Points(0, f"fewer than {min_leads} leads")
    low, high = rate.interval()
    if low <= control.value <= high:
        return Points(0, "no clear difference")
    return Points(_METHODS[method](rate, control), None)


def _rate(rate: Rate, control: Rate) -> int:
    return _whole(100 * rate.value) if rate.value > control.value else 0


def _difference(rate: Rate, control: Rate) -> int:
    return _whole(100 * (rate.value - control.value))


def _evidence(rate: Rate, control: Rate) -> int:
    return _whole(weight_of_evidence(rate, control) * DOUBLING / log(2))


def weight_of_evidence(rate: Rate, control: Rate) -> float:
    """ln of the odds of the rate over those of the control, ½ added to each count."""
    return log((rate.won + 0.5) / (rate.lost + 0.5)) - log((control.won + 0.5) / (control.lost + 0.5))


def _whole(number: float) -> int:
    """Rounded half away from zero, as the language rounds points."""
    size = floor(abs(number) + 0.5 + 1e-9)
    return size if number >= 0 else -size


_METHODS: Mapping[Method, Callable[[Rate, Rate], int]] = {
    "rate": _rate,
    "difference": _difference,
    "evidence": _evidence,
}
