"""Numbers, days and texts that conditions look at, as columns of SQL.

All numbers are doubles, as in the language, save scores and what is made of them: these stay whole
hundredths and are compared as such. What is computed has a column of its own, so that it is worked out once.

Questionable decision: where arithmetic that leaves the doubles ends the whole query (PostgreSQL), the fields that
are computed with may not be so large or so small that it could. A lead with such a number is rejected, and told why.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlglot import exp

from leadrules.databases.sql import terms
from leadrules.databases.sql.dialects.dialect import Dialect
from leadrules.databases.sql.layers import Layers
from leadrules.databases.sql.refusals import CannotSay
from leadrules.databases.sql.terms import SQL, call, whole
from leadrules.meaning.days import ordinal
from leadrules.meaning.exact import Linear
from leadrules.ruleset import (
    Age,
    Arithmetic,
    Constant,
    DayBound,
    DayOf,
    FieldValue,
    FrameworkCount,
    LabelValue,
    Model,
    Negative,
    Operand,
    ScoreValue,
    Unit,
)

_OPERATORS: dict[str, Any] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div}
_POWERS = (280.0, 140.0, 90.0, 60.0, 30.0, 16.0)
LARGEST_SIZE = 300.0
"""Powers of ten that a computed double keeps clear of, above and below."""


@dataclass
class Operands:
    """Writes operands. `values` are the fields' columns; what comes later is put in, or asked for, by position."""

    model: Model
    dialect: Dialect
    layers: Layers
    as_of: date | None
    as_of_column: SQL | None
    values: dict[int, SQL] = field(default_factory=dict)
    folded_cells: dict[int, SQL] = field(default_factory=dict)
    """Folded cells of text fields, where there are any; a missing value's is not null."""
    scores: dict[int | None, SQL] = field(default_factory=dict)
    count: Callable[[FrameworkCount], SQL] = field(default=lambda _: terms.null())
    label: Callable[[int], SQL] = field(default=lambda _: terms.null())
    _known: dict[tuple[str, object], SQL] = field(default_factory=dict)

    def once(self, what: str, key: object, hint: str, make: Callable[[], SQL], phase: str = "terms") -> SQL:
        """The column of something that is worked out once."""
        found = self._known.get((what, key))
        if found is None:
            found = self._known[what, key] = self.layers.add(phase, hint, make())  # type: ignore[arg-type]
        return found.copy()

    def value(self, operand: Operand) -> SQL:
        """A double, day, moment or text; null where it is missing."""
        match operand:
            case FieldValue(position):
                return self.values[position].copy()
            case Constant(value):
                return self.constant(value)
            case ScoreValue(score):
                points = terms.cast(self.scores[score].copy(), self.dialect.double)
                return exp.Paren(this=exp.Div(this=points, expression=whole(100)))
            case FrameworkCount():
                return terms.cast(self.count(operand), self.dialect.double)
            case LabelValue(label):
                return self.label(label)
            case DayOf(inner):
                return self.once("day", inner, f"day_{self.hint(inner)}", lambda: terms.cast(self.value(inner), "DATE"))
            case Age():
                return self.once("age", operand, f"{operand.unit}_{self.hint(operand)}", lambda: self._age(operand))
            case Negative(inner):
                folded = _plain_number(operand)
                return terms.number(folded, self.dialect.double) if folded is not None else exp.Neg(
                    this=terms.bracketed(self.value(inner))
                )  # fmt: skip
            case Arithmetic():
                return self._arithmetic(operand)
        raise AssertionError(f"no operand: {operand}")

    def constant(self, value: Decimal | str | date | datetime | bool) -> SQL:
        if isinstance(value, bool):
            return terms.truth(value)
        if isinstance(value, datetime):
            return terms.moment(value)
        if isinstance(value, date):
            return terms.day(value)
        return terms.text(value) if isinstance(value, str) else terms.number(value, self.dialect.double)

    def hint(self, operand: Operand) -> str:
        """A few words for a column that is made of an operand."""
        match operand:
            case FieldValue(position):
                return self.model.fields[position].name
            case LabelValue(label):
                return self.model.labels[label].name
            case Age(operand=inner) | DayOf(inner) | Negative(inner):
                return self.hint(inner)
            case Arithmetic(left=left):
                return self.hint(left)
        return "number"

    def folded(self, operand: Operand) -> SQL:
        """A text as it is compared ignoring case."""
        if isinstance(operand, Constant):
            from leadrules.meaning.text import fold

            return terms.text(fold(str(operand.value)))
        cell = self.folded_cells.get(operand.field) if isinstance(operand, FieldValue) else None

        def make() -> SQL:
            value = self.value(operand)
            return self.dialect.folded(value) if cell is None else terms.when((terms.is_known(value), cell.copy()))

        return self.once("folded", operand, f"folded_{self.hint(operand)}", make)

    def marked(self, operand: Operand) -> SQL:
        """A folded text with its words marked off."""
        return self.once(
            "marked", operand, f"words_{self.hint(operand)}", lambda: self.dialect.marked(self.folded(operand))
        )

    def folded_items(self, operand: Operand) -> SQL:
        return self.once(
            "items", operand, f"folded_{self.hint(operand)}", lambda: self.dialect.folded_items(self.value(operand))
        )

    # ---------------------------------------------------------------- arithmetic

    def _arithmetic(self, operand: Arithmetic) -> SQL:
        folded = _plain_number(operand)
        if folded is not None:
            return terms.number(folded, self.dialect.double) if math.isfinite(folded) else self._missing()
        return self.once("computed", operand, f"computed_{self.hint(operand)}", lambda: self._computed(operand))

    def _computed(self, operand: Arithmetic) -> SQL:
        left, right = self.value(operand.left), self.value(operand.right)
        if not isinstance(right, exp.Column) and not isinstance(left, exp.Column):
            left = terms.cast(left, self.dialect.double)
        is_safe = self.dialect.overflow_fails or size_of(operand, self.model) is not None
        if not is_safe and operand.op in self.dialect.finite:
            return call(self.dialect.finite[operand.op], left, right)
        if operand.op == "/" and not (isinstance(right, exp.Literal) and float(right.this) != 0):
            right = call("NULLIF", right, whole(0))
        result = _OPERATORS[operand.op](this=terms.bracketed(left), expression=terms.bracketed(right))
        if is_safe:
            return result
        computed = self.layers.add("terms", f"unchecked_{self.hint(operand)}", result)
        return terms.when((self.dialect.is_finite(computed), computed.copy()))

    def _missing(self) -> SQL:
        return terms.cast(terms.null(), self.dialect.double)

    # ---------------------------------------------------------------------- days

    def edge(self, bound: DayBound) -> SQL | int:
        """A window's edge: a day, or -1 and 1 for one before and behind all days."""
        if self.as_of is not None:
            day = ordinal(self.as_of, bound.amount, bound.unit) + bound.days
            if day < date.min.toordinal():
                return -1
            return terms.day(date.fromordinal(day)) if day <= date.max.toordinal() else 1
        if abs(bound.amount) * _DAYS[bound.unit] > 4_000 * 366:
            return -1 if bound.amount < 0 else 1
        if self.dialect.days_begin_at_1 and bound.amount * _DAYS[bound.unit] < -2_000 * 366:
            raise CannotSay(
                f"{self.dialect.name} has no day before the year 1, to which a window of 2,000 years could reach",
                "bake the day in with --as-of, such as `--as-of 2026-11-02`",
            )
        assert self.as_of_column is not None
        amount = bound.amount * 7 + bound.days if bound.unit == "weeks" else bound.amount
        unit: Unit = "days" if bound.unit == "weeks" else bound.unit
        if unit == "days":
            amount += bound.days if bound.unit == "days" else 0
            return self.dialect.moved(self.as_of_column.copy(), amount, "days") if amount else self.as_of_column.copy()
        moved = self.dialect.moved(self.as_of_column.copy(), amount, unit)
        return self.dialect.moved(moved, bound.days, "days") if bound.days else moved

    @property
    def today(self) -> SQL:
        """The as-of date."""
        if self.as_of is not None:
            return terms.day(self.as_of)
        assert self.as_of_column is not None
        return self.as_of_column.copy()

    def day(self, operand: Operand) -> SQL:
        """The day of a day or a moment."""
        return self.value(operand if operand.kind == "date" else DayOf(operand))

    def _age(self, age: Age) -> SQL:
        day = self.day(age.operand)
        if age.unit == "days":
            first, last = (self.today, day) if age.until else (day, self.today)
            return terms.cast(terms.bracketed(self.dialect.days_between(first, last)), self.dialect.double)
        before = exp.LTE(this=day.copy(), expression=self.today)
        past = terms.when(
            (before.copy(), self._months(day.copy(), self.today)),
            (terms.negated(before), exp.Neg(this=exp.Paren(this=self._months(self.today, day.copy())))),
        )
        months = self.once("months", (age.operand,), f"months_since_{self.hint(age)}", lambda: past)
        number = months
        if age.unit == "years":
            whole_years = self.dialect.divided(call("ABS", months.copy()), whole(12))
            negative = exp.LT(this=months, expression=whole(0))
            number = terms.when((negative, exp.Neg(this=exp.Paren(this=whole_years))), otherwise=whole_years.copy())
        return terms.cast(exp.Neg(this=terms.bracketed(number)) if age.until else number, self.dialect.double)

    def _months(self, first: SQL, last: SQL) -> SQL:
        """Complete months from a day to one that is not before it."""
        part = self.dialect.part
        years = exp.Paren(this=exp.Sub(this=part("year", last.copy()), expression=part("year", first.copy())))
        months = exp.Paren(this=exp.Sub(this=part("month", last.copy()), expression=part("month", first.copy())))
        clamped = call("LEAST", part("day", first.copy()), part("day", self.dialect.last_of_month(last.copy())))
        early = terms.when((exp.LT(this=part("day", last.copy()), expression=clamped), whole(1)), otherwise=whole(0))
        total = exp.Add(this=exp.Mul(this=years, expression=whole(12)), expression=months)
        return terms.cast(exp.Paren(this=exp.Sub(this=total, expression=early)), "BIGINT")


_DAYS = {"days": 1, "weeks": 7, "months": 31, "years": 366}


def linear_sum(form: Linear, scores: dict[int | None, SQL], huge: str) -> SQL:
    """The whole number above the scale of an exact number, without its constant."""
    is_huge = sum(abs(factor) for factor in form.terms.values()) * 10**14 + abs(form.constant) >= 2**62
    parts = []
    for score, factor in form.terms.items():
        points = scores[score].copy()
        if is_huge:
            points = terms.cast(points, huge)
        parts.append(points if factor == 1 else exp.Mul(this=points, expression=terms.bracketed(whole(factor))))
    return terms.added(parts)


def _plain_number(operand: Operand) -> float | None:
    """A number made of literals, as the reference works it out; infinite where it is missing, None if it is no such."""
    match operand:
        case Constant(value) if isinstance(value, Decimal):
            return float(value)
        case Negative(inner):
            number = _plain_number(inner)
            return None if number is None else -number
        case Arithmetic(op, left, right):
            one, two = _plain_number(left), _plain_number(right)
            if one is None or two is None:
                return None
            if not (math.isfinite(one) and math.isfinite(two)):
                return math.inf
            try:
                result = {"+": one.__add__, "-": one.__sub__, "*": one.__mul__, "/": one.__truediv__}[op](two)
            except ZeroDivisionError:
                return math.inf
            return result if math.isfinite(result) else math.inf
    return None


# ------------------------------------------------------------- sizes of numbers


def size_of(operand: Operand, model: Model, factor: float = math.inf) -> tuple[float, float] | None:
    """Powers of ten between which an operand's size lies unless it is 0, where that is known to be safe.

    `factor` is the power of ten within which unbounded fields are held; None where a computed double could leave
    the doubles.
    """
    match operand:
        case FieldValue(position):
            one = model.fields[position]
            if one.type == "integer":
                return (0.0, 16.0)
            return None if math.isinf(factor) else (-factor, factor)
        case Constant(value) if isinstance(value, Decimal):
            return (0.0, 0.0) if not value else (float(value.adjusted()), float(value.adjusted() + 1))
        case ScoreValue():
            return (-2.0, 14.0)
        case FrameworkCount() | Age():
            return (0.0, 7.0)
        case Negative(inner):
            return size_of(inner, model, factor)
        case Arithmetic(op, left, right):
            one_size, two_size = size_of(left, model, factor), size_of(right, model, factor)
            if one_size is None or two_size is None:
                return None
            (low, high), (other_low, other_high) = one_size, two_size
            if op == "*":
                size = (low + other_low, high + other_high)
            elif op == "/":
                size = (low - other_high, high - other_low)
            else:  # what is left of a difference is no smaller than a unit in the last place
                size = (min(low, other_low) - 18, max(high, other_high) + 1)
            return size if size[0] > -LARGEST_SIZE and size[1] < LARGEST_SIZE else None
    return (0.0, 0.0)


def computed_with(operands: Iterable[Operand], model: Model) -> dict[int, float]:
    """Fields of unbounded size that are computed with, and how far from 1 they may be, as a factor.

    Raises `CannotSay` where no bound would do.
    """
    bounds: dict[int, float] = {}
    for operand in operands:
        if not isinstance(operand, Arithmetic) or size_of(operand, model) is not None:
            continue
        factor = next(
            (power for power in (280.0, 140.0, 90.0, 60.0, 30.0, 16.0) if size_of(operand, model, power) is not None),
            None,
        )
        if factor is None:
            raise CannotSay(
                "this computes with so many numbers that the result could be too large for a double",
                "take the computation apart, or score with `leadrules run`",
            )
        for position in _fields(operand):
            if model.fields[position].type == "number":
                bounds[position] = min(bounds.get(position, math.inf), float(f"1e{factor:.0f}"))
    return bounds


def _fields(operand: Operand) -> Iterable[int]:
    match operand:
        case FieldValue(position):
            yield position
        case Negative(inner) | DayOf(inner):
            yield from _fields(inner)
        case Arithmetic(_, left, right):
            yield from _fields(left)
            yield from _fields(right)
