"""The engine: columns of values in, everything that a ruleset says about each lead out.

The order is the language's: frameworks, exclude, points, totals, disqualify,
then stages and labels as they are written. A label that reads fields alone
comes first of all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from leadrules.bins import Mask
from leadrules.engine.block import Block
from leadrules.engine.columns import Column
from leadrules.engine.contributions import Contributions
from leadrules.engine.operands import Texts
from leadrules.engine.plan import Plan
from leadrules.engine.points import Cuts, Totals, totals
from leadrules.engine.tables import Tables
from leadrules.engine.verdicts import decide_framework, decide_label, decide_stage
from leadrules.ruleset import FrameworkCount, LabelValue, Model


@dataclass(slots=True)
class Scored:
    """A block's answers. Points are in hundredths; masks and columns have a row for each lead.

    `excludes` and `disqualifies` pair each verdict's text with the leads for
    which it is true; scores and labels of excluded leads mean nothing.
    """

    block: Block
    tables: Tables
    excludes: list[tuple[str, Mask]]
    excluded: Mask
    disqualifies: list[tuple[str, Mask]]
    disqualified: Mask
    totals: Totals
    asks: list[Texts]
    _contributions: Contributions | None = None

    def contributions(self) -> Contributions:
        """What each rule gave each lead; worked out when first asked for."""
        if self._contributions is None:
            self._contributions = Contributions(self.tables, self.block)
        return self._contributions


class Engine:
    """A model compiled for one as-of date. May be shared between threads."""

    def __init__(self, model: Model, as_of: date):
        self.plan = Plan(model, as_of)
        self.tables = Tables(self.plan)

    def score(self, rows: int, column: Callable[[int], Column], cuts: Cuts | None = None) -> Scored:
        """Score a block; `column` gives the values of a field by its position."""
        model = self.plan.model
        block = Block(self.plan, rows, column, _decide)
        for position in model.early_labels:
            decide_label(block, position, model.labels[position])
        asks = [decide_framework(block, position, one) for position, one in enumerate(model.frameworks)]
        excludes = [(verdict.text, block.mask(verdict.condition)) for verdict in model.excludes]
        excluded = _any(excludes, rows)
        if cuts is not None:
            cuts.among &= ~excluded
        added = totals(self.tables, block, cuts)
        block.scores = {None: added.total, **dict(enumerate(added.scores))}
        disqualifies = [(verdict.text, block.mask(verdict.condition)) for verdict in model.disqualifies]
        block.disqualified = _any(disqualifies, rows) & ~excluded
        never = excluded | block.disqualified
        for what, position in model.verdicts:
            if what == "stage":
                decide_stage(block, position, model.stages[position], never)
            elif position not in block.labels:
                decide_label(block, position, model.labels[position])
        return Scored(block, self.tables, excludes, excluded, disqualifies, block.disqualified, added, asks)


def _decide(block: Block, operand: LabelValue | FrameworkCount) -> None:
    """Decide a label or a framework that is needed before its turn."""
    model = block.plan.model
    if isinstance(operand, LabelValue):
        decide_label(block, operand.label, model.labels[operand.label])
    else:
        decide_framework(block, operand.framework, model.frameworks[operand.framework])


def _any(verdicts: list[tuple[str, Mask]], rows: int) -> Mask:
    found = np.zeros(rows, dtype=bool)
    for _, mask in verdicts:
        found |= mask
    return found
