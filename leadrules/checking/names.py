"""The names of a ruleset: who declared what, and where.

One space of names for fields, lets, scores, labels and frameworks (with a
framework's members, `BANT.met`), one each for lists, stages and rules. A second
declaration of a name is a problem, and the first one counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from leadrules.language.source import Span
from leadrules.meaning.text import fold
from leadrules.problems.name_messages import declared_twice, names_differ_by_case, reserved_name
from leadrules.problems.near import near_names
from leadrules.problems.problem import Problem
from leadrules.record import record

What = Literal["field", "let", "score", "label", "framework", "criterion", "count", "ask", "list", "stage", "rule"]

OUTPUT_COLUMNS = frozenset({"score", "stage", "disqualified", "reasons"})
MEMBERS = ("met", "open", "ask")
_MOST_SUGGESTIONS = 50


@record
class Declared:
    """What a name stands for; `index` is its place among things of its sort in the model."""

    name: str
    what: What
    span: Span
    index: int = -1


@dataclass
class Space:
    """One space of names, in which each name stands for one thing."""

    declared: dict[str, Declared] = field(default_factory=dict)
    _folded: dict[str, Declared] = field(default_factory=dict)
    _asked: dict[str, list[str]] = field(default_factory=dict)

    def get(self, name: str) -> Declared | None:
        return self.declared.get(name)

    def alike(self, name: str) -> Declared | None:
        """What is called so, ignoring case."""
        return self.declared.get(name) or self._folded.get(fold(name))

    def add(self, one: Declared, problems: list[Problem]) -> bool:
        """Take a declaration in; False if its name is taken (and a problem is added)."""
        first = self.declared.get(one.name)
        if first is not None:
            problems.append(declared_twice(one.span, _word(one.what), one.name, first.span, _word(first.what)))
            return False
        other = self._folded.get(fold(one.name))
        if other is not None:
            problems.append(names_differ_by_case(one.span, one.name, other.name, other.span))
        if one.what in ("field", "let", "score", "label", "framework") and one.name in OUTPUT_COLUMNS:
            problems.append(reserved_name(one.span, one.what, one.name))
        self.declared[one.name] = one
        self._folded.setdefault(fold(one.name), one)
        return True

    def near(self, name: str) -> list[str]:
        """Names that may have been meant. After a few dozen unknown names no more are looked for: that takes long."""
        if name not in self._asked:
            enough = len(self._asked) >= _MOST_SUGGESTIONS
            self._asked[name] = [] if enough else near_names(name, self.declared)
        return self._asked[name]


@dataclass
class Names:
    values: Space = field(default_factory=Space)
    lists: Space = field(default_factory=Space)
    stages: Space = field(default_factory=Space)
    rules: Space = field(default_factory=Space)


def _word(what: What) -> str:
    return {"count": "framework's count", "ask": "framework's column"}.get(what, what)
