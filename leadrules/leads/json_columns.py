"""The columns of JSON leads: dotted names, found over all leads, and a lead's value under one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from leadrules.leads.typed import LARGEST_EXACT, kind_of

Lead = dict[str, Any]
_KNOWN_SHAPES = 10_000
_SIMPLE = {str, bool, float, int, type(None)}


class Columns:
    """What is known of the columns of the leads seen so far.

    `headers` are in order of appearance, `kinds` what their values are (see `typed`); `keys` are
    the outermost names of the leads.
    """

    def __init__(self) -> None:
        self.headers: list[str] = []
        self.kinds: list[set[str]] = []
        self.keys: set[str] = set()
        self._where: dict[str, int] = {}
        self._objects: set[str] = set()
        self._seen: dict[tuple[object, ...], tuple[str, ...]] = {}

    def add(self, lead: Lead) -> None:
        """Learn from one lead. Most have the names and types of one before: then only whole numbers are looked at."""
        shape = (*lead, *map(type, lead.values()))
        whole = self._seen.get(shape)
        if whole is not None and all(-LARGEST_EXACT < lead[key] < LARGEST_EXACT for key in whole):
            return
        self.keys.update(lead)
        for header, value in everything(lead):
            kind = kind_of(value)
            if kind == "object":
                self._objects.add(header)
                continue
            position = self._where.get(header)
            if position is None:
                position = self._where[header] = len(self.headers)
                self.headers.append(header)
                self.kinds.append(set())
            if kind is not None:
                self.kinds[position].add(kind)
        if len(self._seen) < _KNOWN_SHAPES and {type(value) for value in lead.values()} <= _SIMPLE:
            self._seen[shape] = tuple(key for key, value in lead.items() if type(value) is int)

    def finish(self) -> None:
        """A name that has a value in some leads and an object in others holds both."""
        for header in self._objects & self._where.keys():
            self.kinds[self._where[header]].add("object")


def everything(lead: Lead, before: str = "") -> Iterator[tuple[str, Any]]:
    """The dotted name and the value of every member of a lead and of the objects in it."""
    for key, value in lead.items():
        yield before + key, value
        if isinstance(value, dict):
            yield from everything(value, f"{before}{key}.")


class Gathered:
    """The values of some columns, lead after lead."""

    def __init__(self, headers: Sequence[str]):
        self.values: list[list[Any]] = [[] for _ in headers]
        self._flat = [
            (header, values.append) for header, values in zip(headers, self.values, strict=True) if "." not in header
        ]
        self._dotted = [
            (header, values.append) for header, values in zip(headers, self.values, strict=True) if "." in header
        ]

    def add(self, lead: Lead) -> None:
        for header, append in self._flat:
            append(lead.get(header))
        for header, append in self._dotted:
            append(lead[header] if header in lead else _nested(lead, header))


def gather(leads: Iterable[Lead], headers: Sequence[str]) -> list[list[Any]]:
    """Each column's values: a flat key goes before a nested path, None stands where a lead has neither."""
    gathered = Gathered(headers)
    for lead in leads:
        gathered.add(lead)
    return gathered.values


def _nested(lead: Lead, header: str) -> Any:
    dot = header.find(".")
    while dot >= 0:
        inner = lead.get(header[:dot])
        if isinstance(inner, dict):
            rest = header[dot + 1 :]
            value = inner[rest] if rest in inner else _nested(inner, rest)
            if value is not None:
                return value
        dot = header.find(".", dot + 1)
    return None
