"""Operands as columns: a number, a day or a text for every lead of a block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from leadrules.bins import Mask, day_number, day_of_number, moment_number
from leadrules.engine.columns import Column
from leadrules.engine.spellings import Cells
from leadrules.meaning import days as calendar
from leadrules.meaning.exact import Linear
from leadrules.ruleset import (
    Age,
    Arithmetic,
    Constant,
    DayOf,
    FieldValue,
    FrameworkCount,
    LabelValue,
    Negative,
    Operand,
    ScoreValue,
)

Ints = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]
_MICROSECONDS_A_DAY = 86_400_000_000
_CALCULATE: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}


@dataclass(slots=True)
class Texts:
    """A text for every row: positions in values, of which None is missing; a list, or a column where they are many."""

    codes: npt.NDArray[Any]
    values: Cells

    def column(self) -> pl.Series:
        """The text of every row."""
        return pl.Series(self.values, dtype=pl.String).gather(pl.Series(self.codes))


class Operands:
    """What is known of each lead of a block so far: its fields, and scores, counts and labels once they are decided."""

    def __init__(
        self,
        as_of: date,
        rows: int,
        column: Callable[[int], Column],
        decide: Callable[[Any, LabelValue | FrameworkCount], None],
    ):
        self.as_of = as_of
        self.rows = rows
        self.column = column
        self._decide = decide
        self.scores: dict[int | None, Ints] = {}
        self.counts: dict[tuple[int, str], Ints] = {}
        self.labels: dict[int, Texts] = {}

    def numbers(self, operand: Operand) -> Doubles:
        """A number for every row; NaN is missing."""
        match operand:
            case Constant(value=value):
                return np.full(self.rows, float(value))  # type: ignore[arg-type]
            case FieldValue(field):
                return self.column(field).doubles()
            case ScoreValue(score):
                return self.scores[score] / 100.0
            case FrameworkCount():
                return self.count(operand).astype(np.float64)
            case Negative(inner):
                return -self.numbers(inner)
            case Age():
                return self._ages(operand)
            case Arithmetic(op, left, right):
                with np.errstate(all="ignore"):
                    result = _CALCULATE[op](self.numbers(left), self.numbers(right))
                return np.where(np.isfinite(result), result, np.nan)
        raise AssertionError(f"not a number: {operand}")

    def count(self, operand: FrameworkCount) -> Ints:
        """How many criteria of a framework are met, or open, for every row."""
        if (operand.framework, operand.count) not in self.counts:
            self._decide(self, operand)
        return self.counts[operand.framework, operand.count]

    def numerator(self, form: Linear) -> Any:
        """The whole number above the scale of an exact number, for every row."""
        largest = abs(form.constant) + sum(abs(factor) for factor in form.terms.values()) * 10**14
        dtype = np.int64 if largest < 2**62 else object
        total = np.full(self.rows, form.constant, dtype=dtype)
        for score, factor in form.terms.items():
            total = total + self.scores[score].astype(dtype) * factor
        return total

    def days(self, operand: Operand) -> tuple[Ints, Mask | None]:
        """Days or microseconds since 1970-01-01 for every row, and the rows without one, if there are any."""
        match operand:
            case FieldValue(field):
                column = self.column(field)
                return column.values, column.missing
            case DayOf(inner):
                values, missing = self.days(inner)
                return values // _MICROSECONDS_A_DAY, missing
            case Constant(value=value):
                assert isinstance(value, date)
                number = moment_number(value) if isinstance(value, datetime) else day_number(value)
                return np.full(self.rows, number), None
        raise AssertionError(f"not a day: {operand}")

    def _ages(self, age: Age) -> Doubles:
        values, missing = self.days(age.operand)
        if missing is not None:
            values = np.where(missing, 0, values)
        distinct, rows = _distinct(values)
        ages = [_age(age.unit, age.until, day, self.as_of) for day in distinct.tolist()]
        found = np.array(ages, dtype=np.float64)[rows]
        return found if missing is None else np.where(missing, np.nan, found)

    def texts(self, operand: Operand) -> Texts:
        """A text (or a tuple of texts) for every row."""
        match operand:
            case FieldValue(field):
                column = self.column(field)
                return Texts(column.values, column.texts)
            case LabelValue(label):
                if label not in self.labels:
                    self._decide(self, operand)
                return self.labels[label]
            case Constant(value=value):
                return Texts(np.zeros(self.rows, dtype=np.int32), [value])
        raise AssertionError(f"not a text: {operand}")


_MOST_DAYS = 1 << 20


def _distinct(days: Ints) -> tuple[Ints, Ints]:
    """The distinct days, and each row's position among them; without sorting, if they lie near enough."""
    if not len(days):
        return days, days
    first, span = days.min(), int(days.max()) - int(days.min()) + 1
    if span > _MOST_DAYS:
        return np.unique(days, return_inverse=True)
    since = days - first
    there = np.zeros(span, dtype=bool)
    there[since] = True
    found = np.flatnonzero(there)
    positions = np.zeros(span, dtype=np.int64)
    positions[found] = np.arange(len(found))
    return found + int(first), positions.take(since)


@lru_cache(1 << 16)
def _age(unit: Literal["days", "months", "years"], until: bool, day: int, as_of: date) -> int:
    return calendar.age(unit, until, day_of_number(day), as_of)
