"""Values with named parts: frozen dataclasses with slots that do not slow the start down.

`dataclass` writes and compiles six methods for every frozen class, and a third
of the start of `leadrules check` went into those of its hundred kinds of nodes.
A `record` has the same methods, but only `__init__` is its own.

Questionable decision: it is frozen for the type checker alone; Python does not
stop an assignment (that would be two of the six methods).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def record(kind: type[T]) -> type[T]:
    """Make a class a record: positional parts, equality and hash by content (of the fields that compare), slots."""
    made: Any = dataclasses.dataclass(slots=True, eq=False, repr=False)(kind)
    made.__eq__, made.__hash__, made.__repr__ = _equal, _hash, _shown
    return made


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
