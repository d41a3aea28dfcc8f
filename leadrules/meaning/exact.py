"""Arithmetic on scores that stays exact.

Comparisons with scores are exact, and so is arithmetic made of nothing but
scores and literals with `+`, `-` and `*` by a literal: `fit + 0.1 * engagement
>= 80` must not depend on how a double rounds. Such an operand is a *linear
form*: whole multiples of scores (in hundredths) and a constant, over one
denominator.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from leadrules.record import record
from leadrules.ruleset import Arithmetic, Constant, Negative, Operand, ScoreValue


@record
class Linear:
    """`(sum of terms[score] * hundredths of that score + constant) / scale`; the score None is the total."""

    terms: Mapping[int | None, int]
    constant: int
    scale: int

    def numerator(self, hundredths: Mapping[int | None, int]) -> int:
        """The whole number above the scale, for a lead with these scores."""
        return sum(factor * hundredths[score] for score, factor in self.terms.items()) + self.constant

    def value(self, hundredths: Mapping[int | None, int]) -> Fraction:
        """The number for a lead with these scores."""
        return Fraction(self.numerator(hundredths), self.scale)


def linear(operand: Operand) -> Linear | None:
    """The operand as a linear form with at least one score in it; None if it is anything else."""
    found = exact(operand)
    return found if found is not None and found.terms else None


def exact(operand: Operand) -> Linear | None:
    """The operand as a linear form, of literals alone too; None if it is anything else."""
    found = _combine(operand)
    if found is None:
        return None
    terms, constant = found
    scale = math.lcm(constant.denominator, *(factor.denominator for factor in terms.values()))
    return Linear({score: int(factor * scale) for score, factor in terms.items()}, int(constant * scale), scale)


def _combine(operand: Operand) -> tuple[dict[int | None, Fraction], Fraction] | None:
    """Factors of the scores' hundredths, and the constant."""
    match operand:
        case ScoreValue(score):
            return {score: Fraction(1, 100)}, Fraction(0)
        case Constant(value=value, kind="number"):
            return {}, Fraction(value)  # type: ignore[arg-type]
        case Negative(inner):
            return _times(_combine(inner), Fraction(-1))
        case Arithmetic("+" | "-" as op, left, right):
            one, two = _combine(left), _times(_combine(right), Fraction(1 if op == "+" else -1))
            if one is None or two is None:
                return None
            terms = dict(one[0])
            for score, factor in two[0].items():
                terms[score] = terms.get(score, Fraction(0)) + factor
            return terms, one[1] + two[1]
        case Arithmetic("*", left, right):
            one, two = _combine(left), _combine(right)
            if one is None or two is None or (one[0] and two[0]):
                return None
            return _times(one, two[1]) if one[0] else _times(two, one[1])
    return None


def _times(
    form: tuple[dict[int | None, Fraction], Fraction] | None, factor: Fraction
) -> tuple[dict[int | None, Fraction], Fraction] | None:
    if form is None:
        return None
    return {score: one * factor for score, one in form[0].items()}, form[1] * factor
