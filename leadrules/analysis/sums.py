"""Whole-number sums of columns: what an integer programme is made of.

A `Sum` is a constant and whole multiples of columns. A `Literal` is a sum that
is 0 or 1; those on one axis know it (`Cells`), so that two of them meet exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from leadrules.record import record


@record
class Sum:
    """`constant + sum of terms[column] * column`."""

    terms: Mapping[int, int] = field(default_factory=dict)
    constant: int = 0

    def __add__(self, other: Sum) -> Sum:
        terms = dict(self.terms)
        for column, factor in other.terms.items():
            terms[column] = terms.get(column, 0) + factor
        return Sum({column: factor for column, factor in terms.items() if factor}, self.constant + other.constant)

    def __sub__(self, other: Sum) -> Sum:
        return self + other * -1

    def __mul__(self, factor: int) -> Sum:
        if factor == 0:
            return Sum()
        return Sum({column: one * factor for column, one in self.terms.items()}, self.constant * factor)

    def divided(self, by: int) -> Sum:
        """By a divisor of everything in it."""
        return Sum({column: one // by for column, one in self.terms.items()}, self.constant // by)


@record
class Cells:
    """The lead is in one of these cells of an axis."""

    axis: int
    cells: int


@record
class Column:
    """A column of 0 and 1 is 1; or, not `positive`, 0."""

    column: int
    positive: bool = True


Literal = bool | Cells | Column


def added(sums: list[Sum]) -> Sum:
    """Many sums as one."""
    terms: dict[int, int] = {}
    constant = 0
    for one in sums:
        constant += one.constant
        for column, factor in one.terms.items():
            terms[column] = terms.get(column, 0) + factor
    return Sum({column: factor for column, factor in terms.items() if factor}, constant)
