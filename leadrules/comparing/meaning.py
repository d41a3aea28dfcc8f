"""What a part of a ruleset means, as a value that two versions can be compared by.

Positions become names, `and` and `or` forget the order of their parts, and
where something is written is left out. Equal keys mean the same in both; different
ones may still do (`x >= 3` and `x > 2`): that is for proofs to say.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from leadrules.ruleset import (
    And,
    AtLeast,
    Fading,
    FieldValue,
    FrameworkCount,
    Holds,
    LabelValue,
    Model,
    Or,
    ScoreValue,
    StageIs,
)

Key = tuple[Any, ...] | str | int | bool | None | Any


def key_of(model: Model, node: Any) -> Key:
    """The meaning of an operand, a condition, a row, or a tuple of them."""
    match node:
        case FieldValue(field):
            return "field", model.fields[field].name
        case ScoreValue(score):
            return "score", None if score is None else model.scores[score].name
        case FrameworkCount(framework, count):
            return "count", model.frameworks[framework].name, count
        case LabelValue(label):
            return "label", model.labels[label].name
        case Holds(stage):
            return "holds", model.stages[stage].name
        case StageIs(stages):
            return "stage is", tuple(sorted(model.stages[one].name if one is not None else "" for one in stages))
        case Fading(kind, days, field, percent):
            return "fading", kind, days, model.fields[field].name, percent
        case And(parts) | Or(parts):
            return type(node).__name__, _unordered(model, parts)
        case AtLeast(count, parts):
            return "at least", count, _unordered(model, parts)
        case tuple():
            return tuple(key_of(model, one) for one in node)
    if is_dataclass(node) and not isinstance(node, type):
        names = [one.name for one in fields(node) if one.compare]
        return type(node).__name__, *(key_of(model, getattr(node, name)) for name in names)
    if isinstance(node, dict):
        return tuple(sorted(node.items()))
    return node


def _unordered(model: Model, parts: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(sorted({key_of(model, part) for part in parts}, key=repr))
