"""The parts of two versions, matched: what was added, removed, changed, moved, rewritten or reworded.

First parts of equal meaning are matched, wherever they stand, so that an order, a
name or a layout is no change. Of the rest, those with the same name belong
together, then those that say the same, then those that are written alike.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from leadrules.comparing.parts import Part, parts_of
from leadrules.language import tree
from leadrules.ruleset import Model

Kind = Literal["added", "removed", "changed", "moved", "rewritten", "reworded"]
ALIKE = 0.6
MOST_COMPARED = 400
"""So many leftovers of a sort are held against each other by how they are written; that work grows with the square."""
_SORTS = (
    "field", "list", "criterion", "exclude", "rule", "group", "score", "total", "disqualify", "stage", "label",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One part that differs. `differs` says of a lead what it got before and gets now, where one was found."""

    kind: Kind
    old: Part | None
    new: Part | None
    differs: str | None = None

    @property
    def what(self) -> str:
        return self.part.what

    @property
    def part(self) -> Part:
        """The part as it is now, or was."""
        found = self.new or self.old
        assert found is not None
        return found


def changes_of(
    old: Model, new: Model, old_statements: Sequence[tree.Statement], new_statements: Sequence[tree.Statement]
) -> list[Change]:
    """All parts that differ, sort by sort, in the order of the new version, what was removed last."""
    before, after = list(parts_of(old, old_statements)), list(parts_of(new, new_statements))
    found: list[Change] = []
    for sort in _SORTS:
        one = [part for part in before if part.what == sort]
        other = [part for part in after if part.what == sort]
        found += _matched(one, other)
    return found


def _matched(before: list[Part], after: list[Part]) -> list[Change]:
    pairs: list[tuple[Part, Part]] = []
    for alike in _STEPS:
        pairs += _pair(before, after, alike)
    pairs += _nearest(before, after)
    found = [one for pair in pairs for one in _change(*pair)]
    found += [Change("added", None, part) for part in after]
    return sorted(found, key=lambda one: one.part.at) + [Change("removed", part, None) for part in before]


_STEPS: Sequence[Callable[[Part], Hashable | None]] = (
    lambda part: (part.key, part.home, part.said, part.name),
    lambda part: (part.key, part.home, part.name),
    lambda part: (part.key, part.home) if part.what not in ("field", "stage", "label", "criterion", "score") else None,
    lambda part: (part.key,) if part.what in ("rule", "group") else None,
    lambda part: part.name,
    lambda part: part.said if part.said != part.text else None,
)
"""What two parts must share to be matched, step by step; None never matches."""


def _pair(
    before: list[Part], after: list[Part], alike: Callable[[Part], Hashable | None]
) -> Iterator[tuple[Part, Part]]:
    """Take out of both what belongs together."""
    waiting: dict[Hashable, list[Part]] = {}
    for part in after:
        shared = alike(part)
        if shared is not None:
            waiting.setdefault(shared, []).append(part)
    for part in list(before):
        shared = alike(part)
        if shared is not None and waiting.get(shared):
            other = waiting[shared].pop(0)
            before.remove(part)
            after.remove(other)
            yield part, other


def _nearest(before: list[Part], after: list[Part]) -> Iterator[tuple[Part, Part]]:
    """Nameless parts that are written alike, the most alike first."""
    ones = [part for part in before if part.name is None][:MOST_COMPARED]
    others = [part for part in after if part.name is None][:MOST_COMPARED]
    likeness = [
        (matcher.ratio(), -one.at, -other.at, one, other)
        for one in ones
        for other in others
        if (matcher := SequenceMatcher(None, one.text, other.text, autojunk=False)).real_quick_ratio() > ALIKE
        and matcher.quick_ratio() > ALIKE
    ]
    for ratio, _, _, one, other in sorted(likeness, key=lambda found: found[:3], reverse=True):
        if ratio > ALIKE and one in before and other in after:
            before.remove(one)
            after.remove(other)
            yield one, other


def _change(one: Part, other: Part) -> Iterator[Change]:
    if one.key != other.key:
        yield Change("changed", one, other)
    elif one.home != other.home:
        yield Change("moved", one, other)
    elif one.said != other.said and one.what in ("rule", "exclude", "disqualify", "criterion"):
        yield Change("reworded", one, other)
