"""The plain arithmetic that both oracles share: how contributions become scores, reasons and a lead's answer.

Written from the language reference alone, without a line of leadrules, so that
the two can disagree. Points are hundredths.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

# A contribution: score or None, group or None, hundredths of points, what a reason says.
Contribution = tuple[str | None, str | None, int, str]
Limits = tuple[float, float]


def whole(value: Fraction) -> int:
    """Rounded to a whole number, half away from zero."""
    size = math.floor(abs(value) + Fraction(1, 2))
    return size if value >= 0 else -size


def shown(points: int) -> str:
    """Hundredths as a cell shows them: 3600 is `36`, 3650 is `36.5`."""
    text = f"{abs(points) // 100}.{abs(points) % 100:02}".rstrip("0").rstrip(".")
    return f"-{text}" if points < 0 else text


def limited(points: int, limits: Limits) -> int:
    low, high = limits
    return int(max(low * 100, min(high * 100, points)))


@dataclass
class Rules:
    """The limits and weights (percent) of one ruleset."""

    scores: dict[str, tuple[Limits, Fraction]]
    groups: dict[str, Limits]
    total: Limits

    def add_up(self, contributions: list[Contribution]) -> tuple[int, dict[str, int]]:
        """The total, and each named score before its weight."""
        sums: dict[str | None, int] = dict.fromkeys([None, *self.scores], 0)
        groups: dict[tuple[str | None, str], int] = {}
        for score, group, points, _ in contributions:
            if group is None:
                sums[score] += points
            else:
                groups[score, group] = groups.get((score, group), 0) + points
        for (score, group), points in groups.items():
            sums[score] += limited(points, self.groups[group])
        parts = {name: limited(sums[name], limits) for name, (limits, _) in self.scores.items()}
        weighted = sum((parts[name] * weight / 100 for name, (_, weight) in self.scores.items()), Fraction(sums[None]))
        return limited(whole(weighted), self.total), parts


def reasons(contributions: list[Contribution], verdicts: list[str], most: int = 3) -> str:
    """Verdicts first, then the largest contributions, those of equal size as written."""
    largest = sorted((one for one in contributions if one[2]), key=lambda one: -abs(one[2]))[:most]
    signed = [f"{'+' if points > 0 else ''}{shown(points)} {text}" for _, _, points, text in largest]
    return "; ".join(verdicts + signed)


@dataclass
class Answer:
    """The cells that a run adds for one lead, by column."""

    cells: dict[str, str] = field(default_factory=dict)

    def differences(self, found: dict[str, str]) -> list[str]:
        return [
            f"{column}: expected {cell!r}, found {found.get(column)!r}"
            for column, cell in self.cells.items()
            if found.get(column) != cell
        ]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
