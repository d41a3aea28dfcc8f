"""Counts by value → what was found: which attributes tell won leads from lost, and what each value earns.

1. Each attribute is held against chance as a whole: chi-squared over its values as they were chosen, those of
   too few leads thrown together. Many attributes are tried, and some seem to say something by luck: of all the
   p-values, those pass that the procedure of Benjamini and Hochberg (JRSS B 57, 1995) lets pass at 5 %. On leads
   whose outcome has nothing to do with them, that finds anything in one file out of twenty.
2. Bands of numbers are joined with their neighbours while the two do not differ (ChiMerge: Kerber, AAAI 1992),
   so that a rise, a fall, or a hump stays, and no more bands than the leads can tell apart.
3. A value then earns points if it has enough leads and its interval leaves the control out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from leadrules.calibrating.attributes import Attribute, Value
from leadrules.calibrating.counting import Table
from leadrules.evidence.rates import MIN_LEADS, Method, Points, Rate, points

FALSE_FINDS = 0.05
JOINED = 0.1
MOST_BANDS = 8


@dataclass(frozen=True, slots=True)
class Found:
    """One value as it was found: `codes` are the values of the attribute that it joins."""

    value: Value
    codes: tuple[int, ...]
    rate: Rate
    refused: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One attribute: its values, its p-value, whether it passed among all, and its AUC alone."""

    attribute: Attribute
    values: tuple[Found, ...]
    chance: float
    passed: bool
    alone: float

    @property
    def earning(self) -> list[Found]:
        """The values that may earn points."""
        return [one for one in self.values if one.refused is None] if self.passed else []

    def points(self, control: Rate, method: Method, min_leads: int = MIN_LEADS) -> list[int]:
        """The points of every value by a method that looks at one value at a time; 0 for refused ones."""
        if not self.passed:
            return [0] * len(self.values)
        return [points(one.rate, control, method, min_leads).points for one in self.values]


def find(
    attributes: Sequence[Attribute], tables: Sequence[Table], control: Rate, min_leads: int = MIN_LEADS
) -> list[Finding]:
    """What the counts say of every attribute, in the order of the attributes."""
    chances = [_chance(table, min_leads) for table in tables]
    passed = _false_discovery(chances)
    found = []
    for one, table, chance, passes in zip(attributes, tables, chances, passed, strict=True):
        values = [_found(value, codes, table, control, min_leads) for value, codes in _joined(one, table, min_leads)]
        found.append(Finding(one, tuple(values), chance, passes, alone(table)))
    return found


def alone(table: Table) -> float:
    """The AUC of an attribute by itself: its leads ranked by the rate of their value, shrunk by one lead."""
    control = table.won.sum() / max(1, table.leads.sum())
    rates = (table.won + control) / (table.leads + 1)
    order = np.argsort(rates)
    lost = table.leads - table.won
    won = table.won[order].astype(float)
    beaten = np.cumsum(lost[order]) - lost[order] / 2
    pairs = float(won.sum() * lost.sum())
    return float((won * beaten).sum() / pairs) if pairs else 0.5


def _found(value: Value, codes: tuple[int, ...], table: Table, control: Rate, min_leads: int) -> Found:
    rate = Rate(int(table.leads[list(codes)].sum()), int(table.won[list(codes)].sum()))
    given: Points = points(rate, control, "difference", min_leads)
    return Found(value, codes, rate, given.refused)


# ------------------------------------------------------------------- 1. chance


def _chance(table: Table, min_leads: int) -> float:
    """The p-value of no difference between the values."""
    enough = table.leads >= min_leads
    leads, won = table.leads[enough], table.won[enough]
    rest = table.leads[~enough].sum(), table.won[~enough].sum()
    if rest[0] >= min_leads:
        leads, won = np.append(leads, rest[0]), np.append(won, rest[1])
    return _chi_squared(leads, won)


def _chi_squared(leads: NDArray[np.int64], won: NDArray[np.int64]) -> float:
    from scipy.special import chdtrc

    control = won.sum() / max(1, leads.sum())
    if len(leads) < 2 or not 0 < control < 1:
        return 1.0
    distance = ((won - leads * control) ** 2 / (leads * control * (1 - control))).sum()
    return float(chdtrc(len(leads) - 1, distance))


def _false_discovery(chances: Sequence[float], level: float = FALSE_FINDS) -> list[bool]:
    """Which of many p-values pass: the step-up procedure of Benjamini and Hochberg."""
    order = sorted(range(len(chances)), key=lambda place: chances[place])
    passing = 0
    for rank, place in enumerate(order, 1):
        if chances[place] <= level * rank / len(chances):
            passing = rank
    kept = set(order[:passing])
    return [place in kept for place in range(len(chances))]


# -------------------------------------------------------------------- 2. bands


def _joined(attribute: Attribute, table: Table, min_leads: int) -> list[tuple[Value, tuple[int, ...]]]:
    """The values of an attribute, neighbouring bands that do not differ joined."""
    plain: list[tuple[Value, tuple[int, ...]]] = [(value, (code,)) for code, value in enumerate(attribute.values)]
    bands = attribute.bands
    if not bands:
        return plain
    groups = [[code] for code in range(bands)]
    while len(groups) > 1:
        likeness = [_likeness(table, low, high) for low, high in pairwise(groups)]
        small = [min(_leads(table, low), _leads(table, high)) < min_leads for low, high in pairwise(groups)]
        place = max(range(len(likeness)), key=lambda at: (small[at], likeness[at]))
        if not small[place] and likeness[place] < JOINED and len(groups) <= MOST_BANDS:
            break
        groups[place : place + 2] = [groups[place] + groups[place + 1]]
    if len(groups) == 1:
        whole = Value(f"{attribute.field} is known", "known")
        return [(whole, tuple(groups[0])), *plain[bands:]]
    return [(attribute.band(group[0], group[-1]), tuple(group)) for group in groups] + plain[bands:]


def _likeness(table: Table, low: list[int], high: list[int]) -> float:
    """The p-value of no difference between two neighbours."""
    groups = (low, high)
    return _chi_squared(
        np.array([table.leads[group].sum() for group in groups]),
        np.array([table.won[group].sum() for group in groups]),
    )


def _leads(table: Table, group: list[int]) -> int:
    return int(table.leads[group].sum())
