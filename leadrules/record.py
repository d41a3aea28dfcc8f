"""Values with named parts: frozen dataclasses with slots that do not slow the start down.

`dataclass` writes and compiles six methods for every frozen class, and half of
the start of `leadrules check` went into those of its two hundred kinds. A `record`
has the same methods, but only `__init__` is its own, and that is written when the
first value of a kind is made: most rulesets use few kinds of nodes.

Questionable decision: it is frozen for the type checker alone; Python does not
stop an assignment (that would be two of the six methods).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def record(kind: type[T]) -> type[T]:
    """Make a class a record: positional parts, equality and hash by content (of the fields that compare), slots."""
    kind.__doc__ = kind.__doc__ or kind.__name__  # or `dataclass` would work out a signature for it
    made: Any = dataclasses.dataclass(slots=True, init=False, eq=False, repr=False)(kind)
    made.__eq__, made.__hash__, made.__repr__ = _equal, _hash, _shown

    def first(self: Any, *parts: Any, **named: Any) -> None:
        made.__init__ = _init(made)
        made.__init__(self, *parts, **named)

    made.__init__ = first
    return made


def _init(kind: Any) -> Any:
    """The `__init__` of a kind, as `dataclass` writes it: parts in order, those by name alone after a `*`."""
    known: dict[str, Any] = {"MISSING": MISSING}
    plain: list[str] = []
    by_name: list[str] = []
    body: list[str] = []
    for field in dataclasses.fields(kind):
        name = field.name
        part = value = name
        if field.default is not MISSING:
            known[f"default_{name}"] = field.default
            part = f"{name}=default_{name}"
        elif field.default_factory is not MISSING:
            known[f"make_{name}"] = field.default_factory
            part, value = f"{name}=MISSING", f"make_{name}() if {name} is MISSING else {name}"
        (by_name if field.kw_only else plain).append(part)
        body.append(f"self.{name} = {value}")
    parts = ", ".join(["self", *plain, *(["*", *by_name] if by_name else [])])
    exec(f"def __init__({parts}):\n  " + "\n  ".join(body or ["pass"]), known)
    return known["__init__"]


@cache
def _content(kind: Any) -> Callable[[Any], Any]:
    """What makes two records of a kind equal."""
    names = [field.name for field in dataclasses.fields(kind) if field.compare]
    return attrgetter(*names) if names else _nothing


def _nothing(_: object) -> tuple[()]:
    return ()


def _equal(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    content = _content(self.__class__)
    return content(self) == content(other)


def _hash(self: Any) -> int:
    return hash((self.__class__, _content(self.__class__)(self)))


def _shown(self: Any) -> str:
    parts = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(parts)})"
