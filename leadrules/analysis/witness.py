"""From cells to a lead: a value for every field, and the numbers worked out from them as they should be.

A field's cell offers a few values. Where a number worked out from several fields
has to fall into a cell of its own, values are tried together until it does; and
where a cell holds a range of points, its ends are tried. Nothing is believed
before the reference has said so (`accept`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice, product
from typing import Any

from leadrules.analysis.space import Axis, Space
from leadrules.analysis.texts import Texts, compose_items
from leadrules.record import record
from leadrules.reference import Evaluation, Outcome
from leadrules.ruleset import Compare, Constant, Includes

MOST_LEADS = 96
MOST_TOGETHER = 6_000
_STEPS = (0, 1, 2, 3, 4, 5, 7, 10, 20, 25, 50, 100, 1000, 10_000)

Values = dict[int, Any]
Accept = Callable[[Sequence[Evaluation]], bool]


@record
class Witness:
    """A lead that the reference has seen: the known values by field, and what each model says of it."""

    values: Mapping[int, Any]
    outcomes: tuple[Outcome, ...]

    @property
    def outcome(self) -> Outcome:
        return self.outcomes[0]


def witness(
    space: Space,
    cells: Sequence[int],
    choices: Mapping[int, Sequence[bool]],
    accept: Accept,
    ranged: frozenset[int] = frozenset(),
) -> Witness | None:
    """A lead in these cells (by axis) that is accepted; `ranged` are the axes whose cells hold ranges of points."""
    for values in islice(leads(space, cells, choices, ranged), MOST_LEADS):
        found = replay(space, values, accept)
        if found is not None:
            return found
    return None


def replay(space: Space, values: Mapping[int, Any], accept: Accept) -> Witness | None:
    """The lead with these values, if the reference accepts it."""
    seen = [space.evaluation(values, which) for which in range(len(space.models))]
    if not accept(seen):
        return None
    known = {at: one for at, one in sorted(values.items()) if one is not None}
    return Witness(known, tuple(one.outcome for one in seen))


def leads(
    space: Space, cells: Sequence[int], choices: Mapping[int, Sequence[bool]], ranged: frozenset[int]
) -> Iterator[Values]:
    """Leads in these cells, the plainest first."""
    offers: dict[int, list[Any]] = {}
    for position, (axis, cell) in enumerate(zip(space.axes, cells, strict=True)):
        if axis.free:
            continue
        found = offered(space, axis, cell, choices.get(position, ()))
        if not found:
            return
        offers[axis.fields[0]] = found
    groups = _groups(space)
    for chosen in product(*(islice(_together(space, group, cells, offers), 6) for group in groups)):
        fixed = {field: value for one in chosen for field, value in one.items()}
        rest = [
            (field, found if space.field_axis(field) in ranged else found[:1])
            for field, found in offers.items()
            if field not in fixed
        ]
        for values in product(*(found for _, found in rest)):
            yield fixed | dict(zip((field for field, _ in rest), values, strict=True))


def offered(space: Space, axis: Axis, cell: int, chosen: Sequence[bool]) -> list[Any]:
    """Values of a cell; of a loose one, a text made up for the tests that should hold."""
    if axis.cells[cell].values or not axis.loose:
        return list(axis.cells[cell].values)
    wanted = [False] * len(axis.tests)
    for at, one in zip(axis.choices, chosen, strict=True):
        wanted[at] = one
    tests = [test for _, test in axis.tests]
    if any(isinstance(test, Includes) for test in tests):
        items = compose_items(tests, tuple(wanted))
        return [] if items is None else [items]
    made = Texts(tests, [space.directories[which] for which, _ in axis.tests]).compose(tuple(wanted))
    return [] if made is None else [made]


def _groups(space: Space) -> list[list[int]]:
    """Free axes that share fields, together."""
    groups: list[tuple[set[int], list[int]]] = []
    for position, axis in enumerate(space.axes):
        if not axis.free or not axis.fields:
            continue
        fields, members = set(axis.fields), [position]
        for other in [one for one in groups if one[0] & fields]:
            groups.remove(other)
            fields |= other[0]
            members = other[1] + members
        groups.append((fields, members))
    return [members for _, members in groups]


def _together(
    space: Space, group: Sequence[int], cells: Sequence[int], offers: Mapping[int, list[Any]]
) -> Iterator[Values]:
    """Values of the fields of some free axes that put each of these axes into its cell."""
    fields = sorted({field for at in group for field in space.axes[at].fields})
    pools = _pools(space, group, fields, cells, offers)
    others: dict[tuple[int, ...], Values] = {}
    for values in islice(product(*(pools[field] for field in fields)), MOST_TOGETHER):
        chosen = dict(zip(fields, values, strict=True))
        seen = [space.evaluation(chosen, which) for which in range(len(space.models))]
        found = tuple(cell_of_free(space.axes[at], seen[space.axes[at].which]) for at in group)
        if all(one == cells[at] for one, at in zip(found, group, strict=True)):
            yield chosen
        elif len(others) < 6:
            others.setdefault(found, chosen)
    # Not as the solver would have it; it may do all the same.
    yield from others.values()


def cell_of_free(axis: Axis, seen: Evaluation) -> int:
    """The cell of a free axis that a lead is in."""
    subject: Any = axis.subject
    if axis.scale is None:
        truth = seen.truth(subject) if not hasattr(subject, "kind") else seen.value(subject)
        return 0 if truth is None else 1 + int(bool(truth))
    value = seen.value(subject)
    if value is None:
        return 0
    for at, cell in enumerate(axis.cells[1:], 1):
        if min(cell.values) <= value <= max(cell.values):
            return at
    return 0


def _pools(
    space: Space, group: Sequence[int], fields: Sequence[int], cells: Sequence[int], offers: Mapping[int, list[Any]]
) -> dict[int, list[Any]]:
    """Values worth trying for each field: those offered, plain steps, and what the constants make of the others'."""
    constants = [
        float(side.value)
        for at in group
        for _, test in tests_on(space, at)
        if isinstance(test, Compare)
        for side in (test.left, test.right)
        if isinstance(side, Constant) and isinstance(side.value, Decimal)
    ]
    every = [value for field in fields for value in offers[field] if value is not None]
    numbers = [float(one) for one in every if isinstance(one, (int, float)) and not isinstance(one, bool)]
    spread = list(dict.fromkeys([*numbers, *map(float, _STEPS), *constants]))
    for constant in constants:
        for one in [*numbers, 1.0, 10.0, 100.0]:
            spread += [one * constant, one + constant, one - constant, constant - one]
            spread += [one / constant] if constant else []
    pools = {}
    for field in fields:
        axis_at = space.field_axis(field)
        assert axis_at is not None
        axis = space.axes[axis_at]
        tried = list(offers[field])
        if axis.cells[cells[axis_at]].values != (None,):
            tried += [one for raw in (*every, *spread) for one in _as(space, field, raw)]
        kept = [one for one in dict.fromkeys(tried) if one is None or cell_of(space, axis, one) == cells[axis_at]]
        pools[field] = (kept or list(offers[field]))[:60]
    return pools


def tests_on(space: Space, axis: int) -> Iterator[tuple[int, Any]]:
    """The tests that stand on an axis, each with its model's number."""
    return ((which, atom) for (which, atom), test in space.placed() if test.axis == axis)


def _as(space: Space, field: int, raw: Any) -> list[Any]:
    """A value tried for another field, as this field could have it."""
    kind = space.fields[field].type
    if kind == "integer" and isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return [math.floor(raw), math.ceil(raw)] if abs(raw) < 1e15 else []
    if kind == "number" and isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return [float(raw)]
    if kind in ("date", "datetime") and isinstance(raw, date):
        near = [raw, raw + timedelta(days=1), raw - timedelta(days=1)] if 2 < raw.year < 9998 else [raw]
        return [one for one in near if type(one) is type(space.axes[space.field_axis(field) or 0].cells[-1].values[0])]
    if kind in ("text", "email") and isinstance(raw, str):
        return [raw]
    if kind == "one of" and isinstance(raw, str):
        return [one for one in space.fields[field].choices.values() if one.lower() == raw.lower()]
    return []


def cell_of(space: Space, axis: Axis, value: Any) -> int | None:
    """The cell of a field's value; None for a value that it cannot have, or whose cell is loose."""
    if axis.scale is not None:
        place = axis.scale.place(value)
        for at, cell in enumerate(axis.cells):
            if cell.values != (None,):
                places = [axis.scale.place(one) for one in cell.values]
                if min(places) <= place <= max(places):
                    return at
        return None
    for at, cell in enumerate(axis.cells):
        if value in cell.values:
            return at
    if not axis.tests:
        return next((at for at, cell in enumerate(axis.cells) if cell.values != (None,)), None)
    found = [space.place(test, which) for which, test in axis.tests]
    leads = [space.evaluation({axis.fields[0]: value}, which) for which in range(len(space.models))]
    truths = [leads[which].truth(test) is True for which, test in axis.tests]
    for at in range(axis.size):
        if not axis.missing >> at & 1 and all(
            one is not None and bool(one.true >> at & 1) == truth for one, truth in zip(found, truths, strict=True)
        ):
            return at
    return None
