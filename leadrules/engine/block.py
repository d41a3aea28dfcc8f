"""One block of leads while it is scored: every axis's bins, worked out when first asked for.

A block turns operands into columns (`leadrules.engine.operands`), columns into
bins (`codes`), and conditions into masks of rows (`mask`). What comes late in a
lead's life (scores, labels, stages) is put into the block as it is decided, and
conditions on it are then answered like all others.

Questionable decision: a condition on several axes is looked up in one table
over their joint bins where that table is small, and worked out row by row
where it is not. Both are the same set algebra.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from leadrules.bins import (
    FlagAxis,
    Mask,
    OrderedAxis,
    Sets,
    TextAxis,
    sets,
)
from leadrules.engine.columns import Column
from leadrules.engine.operands import Ints, Operands
from leadrules.engine.plan import Plan
from leadrules.engine.search import Codes
from leadrules.engine.text_columns import folded
from leadrules.meaning.exact import exact, linear
from leadrules.ruleset import (
    Arithmetic,
    Compare,
    Condition,
    FieldValue,
    FrameworkCount,
    Holds,
    IsDisqualified,
    LabelValue,
    Operand,
    SameText,
    StageIs,
)

JOINT_BINS = 65_536

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


class Block(Operands):
    """The leads of one block.

    `column(field)` gives a field's values; `decide(block, operand)` is asked for a
    label or a framework that a condition needs before its turn.
    """

    def __init__(
        self,
        plan: Plan,
        rows: int,
        column: Callable[[int], Column],
        decide: Callable[[Block, LabelValue | FrameworkCount], None],
    ):
        super().__init__(plan.as_of, rows, column, decide)
        self.plan = plan
        self.contributions: dict[int, Ints] = {}
        self.held: dict[int, Mask] = {}
        self.stage: npt.NDArray[np.int16] = np.full(rows, -1, dtype=np.int16)
        self.disqualified: Mask = np.zeros(rows, dtype=bool)
        self._codes: dict[int, Codes] = {}
        self._sizes: dict[int, int] = {}
        self._indexes: dict[tuple[int, ...], tuple[Codes, tuple[int, ...]]] = {}

    # ------------------------------------------------------------- conditions

    def mask(self, condition: Condition) -> Mask:
        """The rows for which a condition is true."""
        axes = self.plan.axes_of(condition)
        index, sizes = self.index(axes)
        if math.prod(sizes) > JOINT_BINS:
            return self._rowwise(condition).true
        true = self.plan.joint_sets(condition, sizes).true
        return true.take(index) if axes else np.broadcast_to(true, (self.rows,))

    def sets(self, condition: Condition) -> Sets:
        """The rows for which a condition is true, and those for which it is false."""
        index, sizes = self.index(self.plan.axes_of(condition))
        if math.prod(sizes) > JOINT_BINS:
            return self._rowwise(condition)
        joint = self.plan.joint_sets(condition, sizes)
        return Sets(joint.true.take(index), joint.false.take(index))

    def _rowwise(self, condition: Condition) -> Sets:
        found, shape = sets(condition, self._atom), (self.rows,)
        return Sets(np.broadcast_to(found.true, shape), np.broadcast_to(found.false, shape))

    def _atom(self, atom: Condition) -> Sets:
        position, test = self.plan.place(atom)
        codes = self.codes(position)
        one = self.plan.axes[position].sets(test)
        return Sets(one.true.take(codes), one.false.take(codes))

    def index(self, axes: tuple[int, ...]) -> tuple[Codes, tuple[int, ...]]:
        """Each row's place in a table over the joint bins of some axes, and that table's sizes.

        Where the table would be larger than `JOINT_BINS`, the places are not worked out.
        """
        found = self._indexes.get(axes)
        if found is not None:
            return found
        sizes = tuple(self.size(axis) for axis in axes)
        if not axes:
            index: Codes = np.zeros(self.rows, dtype=np.uint8)
        elif len(axes) == 1 or math.prod(sizes) > JOINT_BINS:
            index = self.codes(axes[0])
        else:
            index = self.put_index(axes, np.empty(self.rows, dtype=np.uint16), slice(None))
        self._indexes[axes] = index, sizes
        return index, sizes

    def put_index(self, axes: tuple[int, ...], places: npt.NDArray[np.uint16], rows: slice) -> npt.NDArray[np.uint16]:
        """Write, and return, the places of some rows in a table over at most `JOINT_BINS` joint bins of some axes."""
        np.copyto(places, self.codes(axes[0])[rows] if axes else 0, casting="unsafe")
        for axis in axes[1:]:
            places *= np.uint16(self._sizes[axis])
            np.add(places, self.codes(axis)[rows], out=places, casting="unsafe")
        return places

    # ------------------------------------------------------------------- bins

    def codes(self, position: int) -> Codes:
        """The bin of every row on an axis."""
        codes = self._codes.get(position)
        if codes is None:
            codes = self._codes[position] = self._find(position)
            self._sizes[position] = self.plan.axes[position].size
        return codes

    def size(self, position: int) -> int:
        """How many bins an axis has for this block: another block may make it grow meanwhile."""
        self.codes(position)
        return self._sizes[position]

    def _find(self, position: int) -> Codes:
        axis, subject = self.plan.axes[position], self.plan.subjects[position]
        match axis:
            case TextAxis():
                texts = self.texts(subject)  # type: ignore[arg-type]
                return axis.bins(texts.values).take(texts.codes)
            case OrderedAxis(operand=operand) if operand.kind == "number":
                form = linear(operand)
                if form is not None:
                    return axis.codes(self.numerator(form), None)
                if isinstance(operand, FrameworkCount):
                    return axis.codes(self.count(operand), None)
                if isinstance(operand, FieldValue):
                    column = self.column(operand.field)
                    return axis.codes(column.values, column.missing, column.ends)
                values = self.numbers(operand)
                return axis.codes(values, np.isnan(values))
            case OrderedAxis(operand=operand):
                return axis.codes(*self.days(operand))
            case FlagAxis():
                return self._flag(subject)

    def _flag(self, subject: Operand | Condition) -> Codes:
        """Bins of a test that is a column of its own: 0 unknown, 1 false, 2 true."""
        true: Mask
        missing: Mask | None
        match subject:
            case FieldValue(field):
                column = self.column(field)
                true, missing = column.values.astype(bool), column.missing
            case Holds(stage):
                true, missing = self.held[stage], None
            case StageIs(stages):
                wanted = [-1 if stage is None else stage for stage in stages]
                true, missing = np.isin(self.stage, wanted), None
            case IsDisqualified():
                true, missing = self.disqualified, None
            case SameText(left, right):
                true, missing = self._same_text(left, right)
            case Compare(op, left, right):
                true, missing = self._compare(op, left, right)
            case _:
                raise AssertionError(f"no column for {subject}")
        codes = true.astype(np.uint8)
        codes += 1
        if missing is not None:
            codes *= ~missing
        return codes

    def _compare(self, op: str, left: Operand, right: Operand) -> tuple[Mask, Mask | None]:
        if left.kind == "number":
            difference = exact(Arithmetic("-", left, right))
            if difference is not None:
                return _COMPARE[op](self.numerator(difference), 0), None
            one, two = self.numbers(left), self.numbers(right)
            return _COMPARE[op](one, two), np.isnan(one) | np.isnan(two)
        (one_day, one_missing), (two_day, two_missing) = self.days(left), self.days(right)
        if one_missing is None or two_missing is None:
            missing = two_missing if one_missing is None else one_missing
        else:
            missing = one_missing | two_missing
        return _COMPARE[op](one_day, two_day), missing

    def _same_text(self, left: Operand, right: Operand) -> tuple[Mask, Mask]:
        one, other = (folded(self.texts(side).column()) for side in (left, right))
        return (one == other).fill_null(False).to_numpy(), (one.is_null() | other.is_null()).to_numpy()
