"""Domains cut into bins, and conditions as sets of bins.

A ruleset can tell only so many things apart. An *axis* is one thing that
conditions look at: a field, a computed number, a score, or a test that joins
two operands. Its values fall into a few *bins*, numbered from 0, and every test
on the axis is either true, false or unknown throughout a bin. Bin 0 is always
*missing*.

From here on a condition is two sets of bins, where it is true and where it is
false; what is in neither is unknown. Kleene's tables are then set algebra
(`sets`), whether the sets are over the bins of one axis, over the joint bins of
several (by broadcasting), or over the rows of a block.

Questionable decision: the bins of a text are found as the data shows them
(`TextAxis`), because a text's domain cannot be cut beforehand; numbers and days
are cut at the constants (`OrderedAxis`).
"""

from __future__ import annotations

import math
import threading
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from leadrules.engine.search import Codes, Ends, Search, code_type
from leadrules.meaning import days
from leadrules.meaning.emails import Directory
from leadrules.meaning.exact import linear
from leadrules.meaning.text_tests import truths
from leadrules.ruleset import (
    And,
    AtLeast,
    Compare,
    Condition,
    Constant,
    Definitely,
    FrameworkCount,
    InWindow,
    Known,
    LabelValue,
    Not,
    Operand,
    Or,
)

if TYPE_CHECKING:
    import polars as pl

Mask = npt.NDArray[np.bool_]

MISSING = 0
YES = np.ones((), dtype=bool)
NO = np.zeros((), dtype=bool)


@dataclass(frozen=True, slots=True)
class Sets:
    """Where a condition is true, and where it is false; unknown elsewhere."""

    true: Mask
    false: Mask


def sets(condition: Condition, lookup: Callable[[Condition], Sets]) -> Sets:
    """The sets of a condition, given those of its atoms, by Kleene's tables."""
    match condition:
        case And(parts):
            true, false = YES, NO
            for part in parts:
                one = sets(part, lookup)
                true, false = true & one.true, false | one.false
            return Sets(true, false)
        case Or(parts):
            true, false = NO, YES
            for part in parts:
                one = sets(part, lookup)
                true, false = true | one.true, false & one.false
            return Sets(true, false)
        case Not(part):
            one = sets(part, lookup)
            return Sets(one.false, one.true)
        case Definitely(part):
            one = sets(part, lookup)
            return Sets(one.true, ~one.true)
        case AtLeast(count, parts):
            true_count: Any = np.zeros((), dtype=np.int32)
            false_count: Any = np.zeros((), dtype=np.int32)
            for part in parts:
                one = sets(part, lookup)
                true_count, false_count = true_count + one.true, false_count + one.false
            return Sets(true_count >= count, len(parts) - false_count < count)
        case atom:
            return lookup(atom)


# ----------------------------------------------------------------- the axes


class OrderedAxis:
    """Numbers, days or moments, cut at the constants that they are compared with.

    A boundary `b` stands for `x >= b`; `x > c` is the boundary just above c. Bin
    0 is missing, bin k holds the values from the (k-1)th boundary to the kth.
    """

    def __init__(self, operand: Operand, as_of: date):
        self.operand = operand
        self.as_of = as_of
        self._tests: dict[Condition, list[tuple[Any, bool]]] = {}
        self._cuts: list[Any] = []

    def add(self, atom: Condition) -> None:
        """Cut the domain so that the atom is decided by bins. Before the first use of the axis only."""
        if atom not in self._tests:
            self._tests[atom] = _boundaries(atom, self.as_of)

    def close(self) -> None:
        """All atoms are known: fix the bins."""
        self._cuts = sorted({boundary for tests in self._tests.values() for boundary, _ in tests})
        kind: type = np.float64
        if self._cuts and isinstance(self._cuts[0], int):
            # Exact arithmetic on scores knows no largest number.
            kind = np.int64 if max(-self._cuts[0], self._cuts[-1]) < 2**62 else object
        self._search = Search(np.array(self._cuts, dtype=kind))

    @property
    def size(self) -> int:
        return len(self._cuts) + 2

    @property
    def cuts(self) -> list[Any]:
        """The boundaries, ascending: a value is in the bin of as many as it reaches, and one."""
        return self._cuts

    def codes(self, values: npt.NDArray[Any], missing: Mask | None, ends: Ends | None = None) -> Codes:
        """The bin of every value, whatever its type of number; rows of `missing` are bin 0."""
        return self._search.bins(values, missing, ends)

    def sets(self, atom: Condition) -> Sets:
        bins = np.arange(self.size)
        known = bins != MISSING
        if isinstance(atom, Known):
            return _known(atom, known)
        true = known.copy()
        for boundary, at_least in self._tests[atom]:
            above = bins >= bisect_left(self._cuts, boundary) + 2
            true = true & (above if at_least else ~above)
        return Sets(true, known & ~true)


class FlagAxis:
    """A test that is a column of its own: bins for unknown, false and true. A boolean field is one too."""

    size = 3

    def add(self, atom: Condition) -> None:
        pass

    def close(self) -> None:
        pass

    def sets(self, atom: Condition) -> Sets:
        if isinstance(atom, Known):
            return _known(atom, np.array([False, True, True]))
        return Sets(np.array([False, False, True]), np.array([False, True, False]))


class TextAxis:
    """Texts (or lists of texts): those that every test answers alike share a bin.

    Grows as data shows new answers; safe to share between threads.
    """

    REMEMBERED = 16_384

    def __init__(self, operand: Operand, directory: Directory):
        self.operand = operand
        self.directory = directory
        self._atoms: dict[Condition, int] = {}
        self._answers: list[npt.NDArray[np.bool_]] = []
        self._bin_of_answers: dict[bytes, int] = {}
        self._bin_of_value: dict[Any, int] = {None: MISSING}
        self._lock = threading.Lock()

    def add(self, atom: Condition) -> None:
        # A label is never missing; where it is empty, it is not known.
        if not isinstance(atom, Known) or isinstance(self.operand, LabelValue):
            self._atoms.setdefault(atom, len(self._atoms))

    def close(self) -> None:
        pass

    @property
    def size(self) -> int:
        return len(self._answers) + 1

    def bins(self, values: Sequence[Any] | pl.Series) -> Codes:
        """The bin of each value; None is missing. What is in a list is remembered, for few come again and again."""
        if not isinstance(values, list):
            return self._bins_over(values)  # type: ignore[arg-type]
        with self._lock:
            codes = np.fromiter(map(self._bin_of_value.get, values, repeat(-1)), np.int64, len(values))
            unknown = np.flatnonzero(codes < 0).tolist()
            if unknown:
                new = list(dict.fromkeys(values[place] for place in unknown))
                if len(self._bin_of_value) + len(new) > self.REMEMBERED:
                    self._bin_of_value = {None: MISSING}
                answers = truths(list(self._atoms), new, self.directory)
                self._bin_of_value.update(zip(new, map(self._bin, answers), strict=True))
                codes[unknown] = [self._bin_of_value[values[place]] for place in unknown]
            return codes.astype(code_type(self.size))

    def _bins_over(self, column: pl.Series) -> Codes:
        from leadrules.engine.text_columns import truths_over

        known = ~column.is_null().to_numpy() if column.null_count() else YES
        answers = [np.broadcast_to(known, len(column)), *truths_over(list(self._atoms), column, self.directory)]
        alike, rows = _alike([one & known for one in answers])
        with self._lock:
            bins = [
                self._bin(np.array([one[row] for one in answers[1:]])) if answers[0][row] else MISSING for row in rows
            ]
            codes: npt.NDArray[Any] = np.array(bins, dtype=code_type(self.size)).take(alike)
            return codes

    def _bin(self, answers: npt.NDArray[np.bool_]) -> int:
        """The bin of texts with these answers; a new one for answers not met before."""
        key = answers.tobytes()
        code = self._bin_of_answers.get(key)
        if code is None:
            self._answers.append(answers)
            code = self._bin_of_answers[key] = len(self._answers)
        return code

    def sets(self, atom: Condition) -> Sets:
        size = self.size
        known = np.arange(size) != MISSING
        if atom not in self._atoms and isinstance(atom, Known):
            return _known(atom, known)
        column = self._atoms[atom]
        true = np.array([False, *(row[column] for row in self._answers[: size - 1])], dtype=bool)
        return Sets(true, known & ~true)


Axis = OrderedAxis | FlagAxis | TextAxis


def _alike(masks: Sequence[Mask]) -> tuple[npt.NDArray[np.intp], list[int]]:
    """Numbers of rows, the same for rows that all masks answer alike; and for each number, one such row."""
    numbers = np.zeros(len(masks[0]), dtype=np.intp)
    count = 1
    for start in range(0, len(masks), 8):
        byte = np.zeros(len(numbers), dtype=np.uint8)
        for bit, mask in enumerate(masks[start : start + 8]):
            byte |= mask.view(np.uint8) << np.uint8(bit)
        numbers = numbers * 256 + byte
        if count > 256:
            found, numbers = np.unique(numbers, return_inverse=True)
        else:
            found = np.flatnonzero(np.bincount(numbers, minlength=count * 256))
            table = np.zeros(count * 256, dtype=np.intp)
            table[found] = np.arange(len(found))
            numbers = table.take(numbers)
        count = len(found)
    rows = np.zeros(count, dtype=np.intp)
    rows[numbers] = np.arange(len(numbers))
    return numbers, rows.tolist() if len(numbers) else []


def _known(atom: Known, known: Mask) -> Sets:
    """`is known`: in a criterion, what is missing is an open question, not a no."""
    return Sets(known, np.zeros_like(known) if atom.in_criterion else ~known)


# ------------------------------------------------------- tests as boundaries


def _boundaries(atom: Condition, as_of: date) -> list[tuple[Any, bool]]:
    """An atom as boundaries that must all be reached (True) or not reached (False)."""
    match atom:
        case Known():
            return []
        case Compare(op, operand, Constant(value=constant)):
            here, above = _cut(operand, constant)
            return {
                ">=": [(here, True)],
                ">": [(above, True)],
                "<": [(here, False)],
                "<=": [(above, False)],
                "=": [(here, True), (above, False)],
            }[op]
        case InWindow(_, low, high):
            first, last = days.bounds(low, high, as_of)
            found: list[tuple[Any, bool]] = []
            if first is not None:
                found.append((first - _EPOCH.toordinal(), True))
            if last is not None:
                found.append((last - _EPOCH.toordinal() + 1, False))
            return found
    raise AssertionError(f"not a test of an ordered axis: {atom}")


def _cut(operand: Operand, constant: object) -> tuple[Any, Any]:
    """The boundaries of `x >= constant` and of `x > constant`, in the axis's own unit."""
    if isinstance(constant, datetime):
        moment = moment_number(constant)
        return moment, moment + 1
    if isinstance(constant, date):
        day = day_number(constant)
        return day, day + 1
    assert isinstance(constant, Decimal)
    form = linear(operand)
    if form is not None or isinstance(operand, FrameworkCount):
        exact = Fraction(constant) * (form.scale if form else 1)
        return math.ceil(exact), math.floor(exact) + 1
    number = float(constant)
    return number, math.nextafter(number, math.inf)


_EPOCH = date(1970, 1, 1)
_EPOCH_MOMENT = datetime(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def day_of_number(number: int) -> date:
    return _EPOCH + timedelta(days=number)


def moment_number(moment: datetime) -> int:
    """Microseconds since 1970-01-01T00:00 UTC."""
    return (moment - _EPOCH_MOMENT) // timedelta(microseconds=1)
