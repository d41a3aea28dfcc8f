"""What the ruleset says of one lead, as a value for users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from leadrules.ruleset import Model

if TYPE_CHECKING:
    from leadrules.reference import Outcome

Points = int | float


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one rule gave: its text, its name and line if it has them, the score that it counts towards, its points."""

    text: str
    points: Points
    rule: str | None = None
    score: str | None = None
    group: str | None = None
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on one lead.

    score          the limited total; None if excluded
    scores         every named score, limited, before its weight; empty if excluded
    stage          the stage's name, None for none, or `disqualified` or `excluded`
    reasons        as the column has them: the largest contributions first (`+36 email.clicks >= 3`)
    contributions  every rule that gave other than 0, in written order
    disqualified_because, excluded_because   the texts of the verdicts that held
    """

    score: Points | None
    scores: Mapping[str, Points]
    stage: str | None
    disqualified: bool
    excluded: bool
    labels: Mapping[str, str]
    frameworks: Mapping[str, FrameworkDecision]
    reasons: tuple[str, ...]
    contributions: tuple[Contribution, ...]
    disqualified_because: tuple[str, ...]
    excluded_because: tuple[str, ...]
    holds: tuple[str, ...]
    as_of: date


@dataclass(frozen=True, slots=True)
class FrameworkDecision:
    """A framework for one lead: how many criteria are met and open, each criterion's state, and what to ask next."""

    met: int
    open: int
    criteria: Mapping[str, str]
    ask: tuple[str, ...]


def points(hundredths: int) -> Points:
    """Hundredths as points: whole ones as int."""
    whole, rest = divmod(hundredths, 100)
    return hundredths / 100 if rest else whole
