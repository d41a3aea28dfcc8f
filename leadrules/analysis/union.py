"""Two models made to speak of the same fields, so that one lead can be put before both.

A field of one name is one field. What a lead may have in it is what both can
read: where the declarations differ, `notes` says so, and what is proved holds
for the values that both accept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from leadrules.record import record
from leadrules.ruleset import Fading, Field, FieldValue, Model

_SHARED: Mapping[frozenset[str], str] = {
    frozenset({"integer", "number"}): "integer",
    frozenset({"text", "email"}): "text",
    frozenset({"text", "one of"}): "one of",
    frozenset({"email", "one of"}): "one of",
}


@record
class Union:
    """Both models over one tuple of fields. `apart` are the names of fields whose kinds have nothing in common."""

    old: Model
    new: Model
    notes: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


def union(old: Model, new: Model) -> Union:
    """The two models over the fields of both."""
    by_name = {one.name: (one, None) for one in old.fields}
    pairs: dict[str, tuple[Field | None, Field | None]] = {**by_name}
    for one in new.fields:
        pairs[one.name] = (pairs.get(one.name, (None, None))[0], one)
    olds: list[Field] = []
    news: list[Field] = []
    notes: list[str] = []
    apart: list[str] = []
    for name, (first, second) in pairs.items():
        if first is None or second is None:
            only = first or second
            assert only is not None
            # A default is a reader's business: the ruleset without the field never looks at it.
            olds.append(only)
            news.append(only)
            continue
        shared = _shared(first, second)
        if shared is None:
            apart.append(name)
            shared = first, second
        elif _facts(first) != _facts(second):
            notes.append(name)
        olds.append(shared[0])
        news.append(shared[1])
    places = {name: at for at, name in enumerate(pairs)}
    return Union(
        _over(old, tuple(olds), [places[one.name] for one in old.fields]),
        _over(new, tuple(news), [places[one.name] for one in new.fields]),
        tuple(notes),
        tuple(apart),
    )


def _facts(one: Field) -> tuple[Any, ...]:
    return one.type, one.low, one.high, one.default, dict(one.choices), one.missing, one.format, one.split, one.headers


def _shared(first: Field, second: Field) -> tuple[Field, Field] | None:
    """Both declarations narrowed to the values that both can read."""
    kind: Any = first.type
    if first.type != second.type:
        kind = _SHARED.get(frozenset({first.type, second.type}))
        if kind is None:
            return None
    low = max((one.low for one in (first, second) if one.low is not None), default=None)  # type: ignore[type-var]
    high = min((one.high for one in (first, second) if one.high is not None), default=None)  # type: ignore[type-var]
    choices = first.choices or second.choices
    if first.choices and second.choices:
        choices = {folded: one for folded, one in first.choices.items() if folded in second.choices}
    narrowed = [
        replace(one, type=kind, low=low, high=high, choices=choices, key=first.key or second.key)
        for one in (first, second)
    ]
    return narrowed[0], narrowed[1]


def _over(model: Model, declared: tuple[Field, ...], places: list[int]) -> Model:
    """The model with its fields at other places."""
    changes = {
        one.name: _moved(getattr(model, one.name), places)
        for one in fields(model)
        if one.name not in ("fields", "examples", "title", "version", "path", "hash", "domains")
    }
    return replace(model, fields=declared, examples=(), **changes)


def _moved(node: Any, places: list[int]) -> Any:
    if isinstance(node, FieldValue):
        return FieldValue(places[node.field], node.kind)
    if isinstance(node, Fading):
        return replace(node, field=places[node.field])
    if isinstance(node, tuple):
        return tuple(_moved(one, places) for one in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    changes = {}
    for one in fields(node):
        value = getattr(node, one.name)
        if one.name != "span" and (isinstance(value, tuple) or is_dataclass(value)):
            moved = _moved(value, places)
            if moved is not value:
                changes[one.name] = moved
    return replace(node, **changes) if changes else node
