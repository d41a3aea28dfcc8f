"""From a lead to one nearer to what is looked for, by the nearest value of one field after the other.

Only the rules that look at the field that changes are worked out anew, so a step
costs what these cost, however many rules there are. What is found this way still
has to be put before the reference: a climb proves nothing, neither where it gets
there nor where it ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from leadrules.analysis.space import Space
from leadrules.inside import fields_of, tests_of
from leadrules.reference import Evaluation
from leadrules.ruleset import Rule

Distance = Callable[[Evaluation], float]
Values = Mapping[int, Any]


class Climber:
    """Climbs in the space of a model."""

    def __init__(self, space: Space):
        self.space = space

    def climb(self, values: Values, lead: Evaluation, far: Distance, most: int, until: float) -> tuple[Values, float]:
        """The nearest lead that steps lead to within `most` tries and before `until`, and how far it is."""
        axes = [axis for axis in self.space.axes if not axis.free]
        distance = far(lead)
        tried = stuck = 0
        while distance > 0 and stuck < len(axes) and tried < most and time.monotonic() < until:
            axis = axes[0]
            axes = [*axes[1:], axis]
            stuck += 1
            (field,) = axis.fields
            before = values.get(field)
            for value in (one for cell in axis.cells for one in cell.values if one != before):
                tried += 1
                moved = _Moved(lead, self.space.evaluation({**values, field: value}).lead, self._rules[field])
                if (found := far(moved)) < distance:
                    values, lead, distance, stuck = {**values, field: value}, moved, found, 0
        return values, distance

    @cached_property
    def _rules(self) -> dict[int, tuple[int, ...]]:
        """By field, the rules that may look at it."""
        (model, *_) = self.space.models
        looked_at = [self._fields(rule) for rule in model.rules]
        return {
            field: tuple(at for at, fields in enumerate(looked_at) if fields is None or field in fields)
            for field in range(len(model.fields))
        }

    def _fields(self, rule: Rule) -> set[int] | None:
        """The fields that a rule looks at; None where it looks at a label or a framework, which may look at any."""
        found = set() if rule.fading is None else {rule.fading.field}
        if rule.units is not None:
            fields = fields_of(rule.units.operand)
            if not fields:
                return None
            found |= fields
        for row in rule.rows:
            for atom in tests_of(row.condition):
                if self.space.place(atom) is None:
                    return None
                found |= fields_of(atom)
        return found


class _Moved(Evaluation):
    """A lead that differs from another in one field, and so in what some rules give."""

    def __init__(self, before: Evaluation, lead: Sequence[Any], rules: Sequence[int]):
        super().__init__(before.model, lead, before.as_of, before.directory)
        self._before, self._rules = before, rules

    @cached_property
    def points(self) -> tuple[int, ...]:
        found = list(self._before.points)
        for at in self._rules:
            found[at] = self._contribution(self.model.rules[at])
        return tuple(found)
