"""One source of choices for the generators: numbers below a bound.

Hypothesis supplies them in tests (and shrinks them), a seeded `Random` in long
campaigns (faster, and without a limit of size). The first of every choice is
the plainest, so that a smaller number means a simpler ruleset.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Draw:
    """Choices from `below(n)`, a whole number from 0 to n - 1."""

    below: Callable[[int], int]

    def between(self, low: int, high: int) -> int:
        """From low to high, both included."""
        return low + self.below(high - low + 1) if high > low else low

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))] if len(choices) > 1 else choices[0]

    def chance(self, percent: int) -> bool:
        """True in so many of a hundred cases; false is the plain answer."""
        return self.below(100) >= 100 - percent

    def maybe(self, percent: int, make: Callable[[], str]) -> str:
        """A text in so many of a hundred cases, else none."""
        return make() if self.chance(percent) else ""

    def weighted(self, choices: Sequence[tuple[int, T]]) -> T:
        """One of the choices, each as often as its weight says."""
        place = self.below(sum(weight for weight, _ in choices))
        for weight, choice in choices:
            if place < weight:
                return choice
            place -= weight
        raise AssertionError("weights add up")

    def some(self, choices: Sequence[T], low: int, high: int) -> list[T]:
        """Between low and high different ones of the choices, in a drawn order."""
        left = list(choices)
        return [left.pop(self.below(len(left))) for _ in range(min(self.between(low, high), len(left)))]
