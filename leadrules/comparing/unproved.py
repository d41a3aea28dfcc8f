"""What a proof that two versions are the same does not speak of: how cells are read, counts of frameworks, other days.

Proofs are about values on one day. A header, a missing spelling or a format
decides which value a cell is; so where fields are read differently, no proof about
values says that leads in a file get the same. Likewise for what looks at the
as-of date: a proof holds for other days too where no date is held against both
moving days and fixed ones, or where only such parts differ as hold so by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from leadrules.comparing.changes import Change
from leadrules.inside import fields_of
from leadrules.ruleset import Age, Compare, Constant, Fading, Field, InWindow, Model, Rule


def unproved(old: Model, new: Model, changes: Sequence[Change], as_of: date) -> Iterator[str]:
    """Each a clause: `` `country` is read differently ``. Nothing: the proof is of all that leads get, on any day."""
    before = {one.name: one for one in old.fields}
    for now in new.fields:
        was = before.get(now.name)
        if was is not None and (was.read or now.read) and _reading(was) != _reading(now):
            yield f"`{now.name}` is read differently"
    criteria = [one for one in changes if one.what == "criterion" and one.kind in ("changed", "added", "removed")]
    for name in dict.fromkeys(one.part.home for one in criteria):
        yield f"the counts and questions of `{name}` may differ"
    if not _on_any_day(old, new, changes):
        yield f"it is proved for {as_of.isoformat()}, and other days may differ"


def _reading(one: Field) -> tuple[Any, ...]:
    """All that decides which value a cell is, but for the default, which proofs know of."""
    return (
        one.type, one.headers, one.missing, one.bad_as_missing, one.low, one.high, one.format, one.key,
        tuple(one.choices), one.split if one.type == "list of text" else None,
    )  # fmt: skip


def _on_any_day(old: Model, new: Model, changes: Sequence[Change]) -> bool:
    """Whether what is proved for one day is so for all."""
    if all(alike_on_all_days(model, [getattr(model, one) for one in _PARTS]) for model in (old, new)):
        return True
    if [one.name for one in old.stages] != [one.name for one in new.stages]:
        return False
    return all(change.kind in ("reworded", "rewritten") or change.what == "field" for change in changes)


def alike_on_all_days(model: Model, part: Any) -> bool:
    """Whether the tests of a part of a model stand to each other on any day as they do on one.

    They do where each date is held against days counted from the as-of date, or against that date
    moved by calendar, or against fixed dates, and never against two of these.
    """
    edges: dict[int, set[str]] = {}
    for node in _nodes(part):
        if isinstance(node, Rule) and (node.valid_from or node.valid_until):
            return False
        for field, kind in _edges(node):
            edges.setdefault(field, set()).add(kind)
    for field, kinds in edges.items():
        declared = model.fields[field]
        if any(isinstance(one, date) for one in (declared.default, declared.low, declared.high)):
            kinds.add("fixed")
    return all(len(kinds) == 1 or kinds in ({"days", "today"}, {"calendar", "today"}) for kinds in edges.values())


_PARTS = ("frameworks", "excludes", "rules", "disqualifies", "stages", "labels")


def _edges(node: Any) -> Iterator[tuple[int, str]]:
    """The fields whose dates a node of a model looks at, each with what they are held against."""
    if isinstance(node, Fading):
        yield node.field, "days"
    elif isinstance(node, InWindow):
        for bound in (node.low, node.high):
            if bound is not None:
                kind = "today" if not bound.amount else "days" if bound.unit in ("days", "weeks") else "calendar"
                yield from ((field, kind) for field in fields_of(node.operand))
    elif isinstance(node, Age):
        yield from ((field, "days" if node.unit == "days" else "age") for field in fields_of(node.operand))
    elif isinstance(node, Compare):
        fixed = [one for one in (node.left, node.right) if isinstance(one, Constant) and isinstance(one.value, date)]
        yield from ((field, "fixed") for field in fields_of(node) if fixed)


def _nodes(node: Any) -> Iterator[Any]:
    """All that a part of a model is made of, itself first."""
    yield node
    if isinstance(node, (tuple, list)):
        inner: Sequence[Any] = node
    elif is_dataclass(node) and not isinstance(node, type):
        inner = [getattr(node, one.name) for one in fields(node) if one.compare and one.name != "span"]
    else:
        return
    for one in inner:
        yield from _nodes(one)
