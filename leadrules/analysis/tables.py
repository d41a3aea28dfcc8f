"""Conditions over few axes, gone through whole: every joint cell, without a solver.

The cells of an axis that a condition cannot tell apart are one; so a condition on
three fields has a few dozen joint cells at most, as bits of one whole number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leadrules.analysis.space import Space
from leadrules.inside import tests_of
from leadrules.record import record
from leadrules.ruleset import And, AtLeast, Condition, Definitely, Not, Or

MOST_JOINT = 60_000


@record
class Table:
    """Where conditions are true and where false, over the joint cells of some axes; `all` are the cells that can be."""

    true: tuple[int, ...]
    false: tuple[int, ...]
    all: int

    def never(self, at: int = 0) -> bool:
        """Whether a condition is true of no lead."""
        return not self.true[at] & self.all

    def always(self, at: int = 0) -> bool:
        """Whether a condition is true of every lead."""
        return not self.all & ~self.true[at]

    def same(self, one: int, other: int) -> bool:
        """Whether two conditions are true of the same leads."""
        return not (self.true[one] ^ self.true[other]) & self.all


def table(space: Space, conditions: Sequence[Condition], which: int = 0) -> Table | None:
    """The table of some conditions on the same joint cells; None where they look at too much, or at verdicts."""
    atoms = list(dict.fromkeys(atom for one in conditions for atom in tests_of(one)))
    tests = [space.place(atom, which) for atom in atoms]
    if any(test is None or test.choice is not None for test in tests):
        return None
    known = [test for test in tests if test is not None]
    axes = sorted({test.axis for test in known})
    # A worked-out number is missing where its fields are: they have to stand beside it.
    axes += sorted(
        {
            home
            for at in axes
            for field in space.axes[at].fields
            if space.axes[at].free and (home := space.field_axis(field)) is not None and home not in axes
        }
    )
    groups: dict[int, list[int]] = {}
    size = 1
    for at in axes:
        answers: dict[tuple[bool, ...], int] = {}
        own = [test for test in known if test.axis == at]
        for cell in range(space.axes[at].size):
            key = tuple(bool(bits >> cell & 1) for test in own for bits in (test.true, test.false)) + (
                bool(space.axes[at].missing >> cell & 1),
            )
            answers[key] = answers.get(key, 0) | 1 << cell
        groups[at] = list(answers.values())
        size *= len(answers)
        if size > MOST_JOINT:
            return None
    joint = _Joint(axes, groups, size)
    sets = {
        atom: (joint.spread(test.axis, test.true), joint.spread(test.axis, test.false))
        for atom, test in zip(atoms, known, strict=True)
    }
    everything = (1 << size) - 1
    truths = [_sets(one, sets, everything) for one in conditions]
    return Table(
        tuple(true for true, _ in truths), tuple(false for _, false in truths), everything & ~_barred(space, joint)
    )


def _barred(space: Space, joint: _Joint) -> int:
    """Joint cells in which a worked-out number is there although a field of it is missing."""
    barred = 0
    for at in joint.axes:
        axis = space.axes[at]
        if not axis.free:
            continue
        there = joint.spread(at, axis.all & ~axis.missing)
        for field in axis.fields:
            home = space.field_axis(field)
            if home is not None and all(model.fields[field].default is None for model in space.models):
                barred |= there & joint.spread(home, space.axes[home].missing)
    return barred


@record
class _Joint:
    axes: list[int]
    groups: dict[int, list[int]]
    size: int

    def spread(self, axis: int, cells: int) -> int:
        """The joint cells in which an axis is in some of its cells."""
        inner = 1
        for at in self.axes[self.axes.index(axis) + 1 :]:
            inner *= len(self.groups[at])
        run = (1 << inner) - 1
        pattern = sum(run << (inner * place) for place, group in enumerate(self.groups[axis]) if group & cells)
        width = inner * len(self.groups[axis])
        while width < self.size:
            pattern |= pattern << width
            width *= 2
        return pattern & ((1 << self.size) - 1)


def _sets(condition: Condition, sets: dict[Condition, tuple[int, int]], everything: int) -> tuple[int, int]:
    """Where a condition is true and where false, by Kleene's tables."""
    match condition:
        case And(parts):
            found = [_sets(part, sets, everything) for part in parts]
            return _meet([true for true, _ in found], everything), _join(false for _, false in found)
        case Or(parts):
            found = [_sets(part, sets, everything) for part in parts]
            return _join(true for true, _ in found), _meet([false for _, false in found], everything)
        case Not(part):
            true, false = _sets(part, sets, everything)
            return false, true
        case Definitely(part):
            true, _ = _sets(part, sets, everything)
            return true, everything & ~true
        case AtLeast(count, parts):
            found = [_sets(part, sets, everything) for part in parts]
            true = _reaching([one for one, _ in found], count, everything)
            return true, _reaching([one for _, one in found], len(parts) - count + 1, everything)
    return sets[condition]


def _reaching(parts: Sequence[int], count: int, everything: int) -> int:
    """Where at least so many of some sets hold."""
    reached = [everything] + [0] * max(count, 0)
    for one in parts:
        for at in range(len(reached) - 1, 0, -1):
            reached[at] |= reached[at - 1] & one
    return reached[max(count, 0)]


def _meet(parts: Iterable[int], everything: int) -> int:
    for one in parts:
        everything &= one
    return everything


def _join(parts: Iterable[int]) -> int:
    found = 0
    for one in parts:
        found |= one
    return found
