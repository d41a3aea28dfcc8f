"""Labels whose text is a field's, and look-ups in tables: what of them the cells of fields must be able to tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from leadrules.inside import conditions_of, tests_of
from leadrules.ruleset import (
    Condition,
    FieldValue,
    Known,
    LabelJoin,
    LabelRows,
    LabelTable,
    LabelValue,
    Model,
    SameText,
    TextIn,
)


def keys_of(values: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """A table's keys by the text that they give."""
    found: dict[str, set[str]] = {}
    for key, said in values.items():
        found.setdefault(said, set()).add(key)
    return {said: frozenset(keys) for said, keys in found.items()}


def label_conditions(model: Model) -> Iterator[Condition]:
    """Tests of fields that stand for tests of labels whose text is a field's, and for look-ups in tables."""
    fields = {position: tuple(_fields_said(model, position, set())) for position in range(len(model.labels))}
    for label in model.labels:
        if isinstance(label.value, LabelTable):
            operand = label.value.operand
            told = fields[operand.label] if isinstance(operand, LabelValue) else (operand.field,)  # type: ignore[union-attr]
            for one in told:
                for keys in keys_of(label.value.values).values():
                    yield TextIn(FieldValue(one, "text"), keys)
    for condition in conditions_of(model):
        for atom in tests_of(condition):
            looked_at = getattr(atom, "operand", None)
            if isinstance(looked_at, LabelValue) and not isinstance(atom, SameText):
                for one in fields[looked_at.label]:
                    yield replace(atom, operand=FieldValue(one, "text"))  # type: ignore[arg-type]
                    yield Known(FieldValue(one, "text"))


def _fields_said(model: Model, position: int, seen: set[int]) -> Iterator[int]:
    """The fields whose text a label may be."""
    if position in seen:
        return
    seen.add(position)
    value = model.labels[position].value
    parts: Sequence[Any] = ()
    if isinstance(value, LabelRows):
        parts = [row.value for row in value.rows]
    elif isinstance(value, LabelJoin):
        parts = value.parts
    for part in parts:
        if isinstance(part, FieldValue):
            yield part.field
        elif isinstance(part, LabelValue):
            yield from _fields_said(model, part.label, seen)
