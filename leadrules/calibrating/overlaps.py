"""Findings and the values of leads → attributes that say much the same, so that adding both counts it twice.

Cramér's V (1946) between the values of two attributes: 0 where one says nothing of
the other, 1 where it says all. Only attributes that earn points are held against
each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from leadrules.calibrating.counting import Codes
from leadrules.calibrating.findings import Finding

MUCH = 0.5


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two attributes, by title, and Cramér's V between them."""

    first: str
    second: str
    likeness: float


def overlaps(findings: Sequence[Finding], codes: Sequence[Codes], least: float = MUCH) -> list[Overlap]:
    """The pairs that overlap much, the most first."""
    used = [place for place, one in enumerate(findings) if one.earning]
    found = []
    for one, other in combinations(used, 2):
        likeness = _likeness(findings[one], findings[other], codes[one], codes[other])
        if likeness >= least:
            names = [findings[place].attribute.title or findings[place].attribute.header for place in (one, other)]
            found.append(Overlap(names[0], names[1], likeness))
    return sorted(found, key=lambda pair: -pair.likeness)


def _likeness(one: Finding, other: Finding, codes: Codes, others: Codes) -> float:
    left, right = _groups(one)[codes], _groups(other)[others]
    table = np.zeros((left.max() + 1, right.max() + 1))
    np.add.at(table, (left, right), 1)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    least = min(table.shape) - 1
    if least < 1:
        return 0.0
    fair = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / table.sum()
    return float(np.sqrt(((table - fair) ** 2 / fair).sum() / table.sum() / least))


def _groups(finding: Finding) -> np.ndarray:
    """The number of each value that earns points; 0 for all that earn none."""
    table = np.zeros(len(finding.attribute.values), dtype=np.int64)
    for place, one in enumerate(finding.earning, 1):
        table[list(one.codes)] = place
    return table
