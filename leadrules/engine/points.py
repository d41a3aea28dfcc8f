"""Points: from the bins of a block to contributions, groups, scores and the total.

What depends on bins alone is looked up in tables (`leadrules.engine.tables`). What is
not finite (points per unit, fading by days) is whole-number arithmetic on a column.

Points are whole hundredths throughout.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from leadrules import kernel
from leadrules.bins import Mask, day_number
from leadrules.engine.block import JOINT_BINS, Block
from leadrules.engine.operands import Ints
from leadrules.engine.plan import RulePlan
from leadrules.engine.tables import Bucket, Layout, Tables, bucket_of
from leadrules.meaning.fading import LARGEST, ONE
from leadrules.ruleset import DayOf, FieldValue, Limits, Units

STRIP = 1 << 15
"""Leads whose points are looked up together: what is at work should stay in the processor's cache."""


@dataclass(slots=True)
class Cuts:
    """In how many of the leads `among` a limit changed the points."""

    among: Mask
    groups: dict[int | None, int] = field(default_factory=dict)
    scores: dict[int | None, int] = field(default_factory=dict)


def contribution(tables: Tables, block: Block, position: int) -> Ints:
    """What one rule gives each lead, in hundredths."""
    one = tables.plan.rules[position]
    if not one.counts:
        return np.zeros(block.rows, dtype=np.int64)
    found = block.contributions.get(position)
    if found is None:
        found = block.contributions[position] = _contribution(tables, block, position, one)
    return found


def _contribution(tables: Tables, block: Block, position: int, one: RulePlan) -> Ints:
    index, sizes = block.index(one.axes)
    if math.prod(sizes) <= JOINT_BINS:
        points = tables.rule(position, sizes).ravel().take(index).astype(np.int64)
    else:
        points = np.zeros(block.rows, dtype=np.int64)
        for row in reversed(one.rule.rows):
            points = np.where(block.mask(row.condition), row.points, points)
    if one.tabled:
        return points
    factors = None if one.factors is None else _factors(one, block)
    if one.rule.units is not None:
        points = _units(points, one.rule.units, one.rule.at_most, block)
    if factors is None:
        return np.clip(points, -LARGEST, LARGEST)
    return _fade(points, factors)


def _units(points: Ints, units: Units, at_most: int | None, block: Block) -> Ints:
    """Points times whole units of a number; nothing for negative or missing ones."""
    amount = block.numbers(units.operand)
    with np.errstate(all="ignore"):
        amount = np.floor(amount) if units.every == 1 else np.floor_divide(amount, float(units.every))
    # A contribution stops at LARGEST after a factor of at least a billionth: nothing beyond changes an answer.
    most = LARGEST * ONE
    amounts = np.fmin(np.fmax(amount, 0.0), float(most)).astype(np.int64)  # NaN is 0 too
    size = np.abs(points)
    largest, room = int(size.max(initial=1)), int(amounts.max(initial=0))
    if largest * room <= most:
        size *= amounts
    else:
        rooms = most // np.maximum(size, 1)
        size = np.where(amounts > rooms, most, size * np.minimum(amounts, rooms))
    if at_most is not None:
        np.minimum(size, at_most, out=size)
    return _signed(size, points)


def _factors(one: RulePlan, block: Block) -> Ints:
    """The fading factor of every lead, in billionths; 0 where the day is missing."""
    assert one.rule.fading is not None and one.factors is not None
    field_position = one.rule.fading.field
    kind = block.plan.model.fields[field_position].kind
    operand: FieldValue | DayOf = FieldValue(field_position, kind)
    if kind == "datetime":
        operand = DayOf(operand)
    values, missing = block.days(operand)
    table = np.array(one.factors, dtype=np.int64)
    ages = np.clip(day_number(block.plan.as_of) - values, 0, len(table) - 1)
    return table[ages] if missing is None else np.where(missing, 0, table[ages])


def _fade(points: Ints, factors: Ints) -> Ints:
    """Points times billionths, rounded half away from zero, stopped at a million points."""
    size = np.abs(points)
    if int(size.max(initial=0)) < 2**33:  # a product with a factor fits
        faded = size * factors
    else:
        whole, size = np.divmod(size, ONE)
        faded = size * factors
        faded += ONE * np.minimum(whole * factors, LARGEST)
    faded += ONE // 2
    faded //= ONE
    return _signed(np.minimum(faded, LARGEST, out=faded), points)


def _signed(size: Ints, points: Ints) -> Ints:
    """A size with the sign of the points that it came from; they are mostly all of one."""
    if int(points.min(initial=0)) < 0:
        size *= np.sign(points)
    return size


@dataclass(slots=True)
class Totals:
    """Points of every lead, in hundredths: limited scores by position, and the limited total."""

    scores: list[Ints]
    total: Ints


def _tabled(layout: Layout, block: Block) -> dict[Bucket, npt.NDArray[Any]]:
    """What the tables give each lead, added up by bucket, a strip of leads after the other."""
    if kernel.KERNEL is not None:
        added = {bucket: np.zeros(block.rows, np.int64) for bucket in layout.buckets}
        bins = [block.codes(axis) for axis in layout.axes]
        kernel.KERNEL.add_up(layout.compiled, len(layout.tables), bins, list(added.values()), block.rows)
        return added
    sums = {bucket: np.zeros(block.rows, layout.kind) for bucket in layout.buckets}
    places, wide = np.empty(STRIP, dtype=np.uint16), np.empty(STRIP, dtype=np.intp)
    kinds = {points.dtype for table in layout.tables for points in table.points.values()}
    given = {kind: np.empty(STRIP, dtype=kind) for kind in kinds}
    for start in range(0, block.rows, STRIP):
        rows = slice(start, min(start + STRIP, block.rows))
        part = slice(0, rows.stop - start)
        for table in layout.tables:
            wide[part] = block.put_index(table.axes, places[part], rows)
            for bucket, points in table.points.items():
                found = given[points.dtype][part]
                points.take(wide[part], out=found, mode="clip")
                sums[bucket][rows] += found
    return sums


def totals(tables: Tables, block: Block, cuts: Cuts | None = None) -> Totals:
    """Add up a block's points; `cuts` counts the rows that limits changed."""
    plan = tables.plan
    model = plan.model

    layout = tables.layout(block)
    sums: dict[Bucket, npt.NDArray[Any]] = _tabled(layout, block)
    sums = {bucket: points.astype(np.int64, copy=False) for bucket, points in sums.items()}
    for position in layout.leftover:
        bucket, points = bucket_of(plan.rules[position]), contribution(tables, block, position)
        sums[bucket] = sums[bucket] + points if bucket in sums else points

    nothing = np.zeros(block.rows, dtype=np.int64)
    parts = {score: sums.get((score, None), nothing) for score in (None, *range(len(model.scores)))}
    for position, group in enumerate(model.groups):
        points = sums.get((group.score, position), nothing)
        parts[group.score] = parts[group.score] + _limit(points, group.limits, cuts, "groups", position)
    outside = parts[None]
    limited = [
        _limit(parts[position], score.limits, cuts, "scores", position) for position, score in enumerate(model.scores)
    ]
    if all(score.weight == 10_000 for score in model.scores):
        total = sum(limited, outside)
    else:
        weighted = outside * 10_000
        for points, score in zip(limited, model.scores, strict=True):
            weighted = weighted + points * score.weight
        total = np.sign(weighted) * ((np.abs(weighted) + 5_000) // 10_000)
    return Totals(limited, _limit(total, model.total, cuts, "scores", None))


def _limit(points: Ints, limits: Limits, cuts: Cuts | None, what: str, place: int | None) -> Ints:
    if limits.low is None and limits.high is None:
        return points
    limited = np.clip(points, limits.low, limits.high)
    if cuts is not None:
        counts: dict[int | None, int] = getattr(cuts, what)
        changed = int(np.count_nonzero((limited != points) & cuts.among))
        counts[place] = counts.get(place, 0) + changed
    return limited
