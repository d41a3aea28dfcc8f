r"""A ruleset's pattern in a database's syntax: the same texts match.

Patterns of the language are Rust's; databases have RE2, or their own. What all of them agree on is
little: literal characters, explicit ranges, groups, alternatives, repetition, the two ends. A pattern
is taken apart and put together again of nothing else: `\d`, `\pL`, `.`, `[^a-z]` and whatever
ignores case become the ranges of characters that Rust's own engine says they match. Only whether a pattern is
*found* counts, never where, so greed does not matter.

A boundary `\b` becomes "the start, or a character that is in no word" where what follows is known to be
a word's; anywhere else it is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from leadrules.databases.sql.characters import LAST, Ranges, matching, within, without
from leadrules.databases.sql.dialects.dialect import Dialect
from leadrules.databases.sql.refusals import CannotSay

_EVERY: Ranges = ((0, LAST),)
_SIGNS = frozenset(r"\.+*?()|[]{}^$#&-~/")
_REPEAT = re.compile(r"\{\s*([0-9]+)\s*(?:(,)\s*([0-9]*)\s*)?\}")
_ESCAPE = re.compile(
    r"\\(?:[pP](?:\{[^}]*\}|.)|x\{[^}]*\}|x[0-9A-Fa-f]{2}|u\{[^}]*\}|u[0-9A-Fa-f]{4}|U\{[^}]*\}|U[0-9A-Fa-f]{8}|.)",
    re.S,
)


@dataclass(frozen=True, slots=True)
class One:
    """One character of a set."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class End:
    """The start (`^`) or the end (`$`) of the text."""

    sign: str


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where a word begins or ends; `inside`: where none does."""

    inside: bool = False


@dataclass(frozen=True, slots=True)
class Repeat:
    part: Node
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Chain:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    parts: tuple[Node, ...]


Node = One | End | Boundary | Repeat | Chain | Choice


def translated(pattern: str, ignore_case: bool, dialect: Dialect) -> str:
    """The pattern in the dialect's syntax. Raises `CannotSay` for what it has no exact words for."""
    tree = parsed(pattern, ignore_case)
    branches = tree.parts if isinstance(tree, Choice) else (tree,)
    written = [_written(_without_boundaries(branch), dialect) for branch in branches]
    return "|".join(written) if all(written) else "^"  # what may be nothing is found at every start


@lru_cache(maxsize=256)
def parsed(pattern: str, ignore_case: bool = False) -> Node:
    """A pattern, known to be good, as a tree."""
    return _Parser(pattern, "i" if ignore_case else "").whole()


def _refuse(what: str) -> CannotSay:
    return CannotSay(f"the pattern uses {what}, which has no exact words in SQL", "write the pattern without it")


class _Parser:
    """Reads a pattern that Rust's engine has accepted."""

    def __init__(self, pattern: str, flags: str):
        self.pattern, self.place, self.flags = pattern, 0, flags

    def whole(self) -> Node:
        return self._choice()

    def _choice(self) -> Node:
        flags = self.flags
        parts = [self._chain()]
        while self._peek() == "|":
            self.place += 1
            parts.append(self._chain())
        self.flags = flags
        if len(parts) > 1 and all(isinstance(part, One) for part in parts):
            every = sorted(point for part in parts if isinstance(part, One) for point in part.ranges)
            return One(_merged(every))
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _peek(self) -> str:
        return self.pattern[self.place : self.place + 1]

    def _chain(self) -> Node:
        parts: list[Node] = []
        while self._peek() not in ("", "|", ")"):
            part = self._part()
            if part is not None:
                parts.append(self._repeated(part))
        return parts[0] if len(parts) == 1 else Chain(tuple(parts))

    def _repeated(self, part: Node) -> Node:
        while True:
            found = _REPEAT.match(self.pattern, self.place)
            sign = self._peek()
            if sign and sign in "*+?":
                self.place += 1
                least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
            elif found:
                self.place = found.end()
                least = int(found[1])
                most = least if not found[2] else int(found[3]) if found[3] else None
            else:
                return part
            if self._peek() == "?":
                self.place += 1
            if isinstance(part, End | Boundary):
                raise _refuse("a repeated boundary")
            part = Repeat(part, least, most)

    def _part(self) -> Node | None:
        sign = self._peek()
        if sign == "(":
            return self._group()
        if sign == "[":
            return One(self._matching(self._class()))
        if sign == "\\":
            return self._escape()
        self.place += 1
        if sign in ("^", "$"):
            return End(sign)
        if sign == "." or "i" in self.flags:
            return One(self._matching(sign if sign == "." else f"\\{sign}" if sign in _SIGNS else sign))
        return One(((ord(sign), ord(sign)),))

    def _matching(self, one: str) -> Ranges:
        return matching(f"(?{self.flags}){one}" if self.flags else one)

    def _escape(self) -> Node:
        found = _ESCAPE.match(self.pattern, self.place)
        assert found is not None
        token = found[0]
        self.place = found.end()
        if token in (r"\A", r"\z"):
            return End("^" if token == r"\A" else "$")
        if token in (r"\b", r"\B"):
            if self.pattern.startswith("{", self.place):
                raise _refuse("`\\b{…}`")
            return Boundary(token == r"\B")
        if token in (r"\<", r"\>"):
            raise _refuse(f"`{token}`")
        return One(self._matching(token))

    def _class(self) -> str:
        """The text of a class in brackets, which may hold others."""
        start, depth = self.place, 0
        while True:
            sign = self._peek()
            if sign == "\\":
                found = _ESCAPE.match(self.pattern, self.place)
                assert found is not None
                self.place = found.end()
                continue
            self.place += 1
            if sign == "[":
                depth += 1
                for first in ("^", "]"):
                    if self._peek() == first:
                        self.place += 1
            elif sign == "]":
                depth -= 1
                if depth == 0:
                    return self.pattern[start : self.place]

    def _group(self) -> Node | None:
        found = re.compile(r"\((?:\?(?:P?<[^>]*>|([a-zA-Z-]*)([:)])))?").match(self.pattern, self.place)
        assert found is not None
        self.place = found.end()
        outer = self.flags
        if found[1]:
            self.flags = self._changed(found[1])
            if found[2] == ")":
                return None
        inner = self._choice()
        self.place += 1
        self.flags = outer
        return Chain((inner,)) if isinstance(inner, End | Boundary) else inner

    def _changed(self, said: str) -> str:
        added, _, removed = said.partition("-")
        for flag in added:
            if flag not in "isuU":
                raise _refuse(f"the flag `{flag}`")
        if "u" in removed:
            raise _refuse("the flag `-u`")
        return "".join(sorted((set(self.flags) | (set(added) & {"i", "s"})) - set(removed)))


def _merged(ranges: list[tuple[int, int]]) -> Ranges:
    """Sorted ranges, put together where they touch."""
    found: list[tuple[int, int]] = []
    for first, last in ranges:
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return tuple(found)


# ------------------------------------------------------------------- boundaries


def _without_boundaries(branch: Node) -> Node:
    """A branch of the pattern with its boundaries said by characters."""
    parts: list[Node] = list(branch.parts) if isinstance(branch, Chain) else [branch]
    for place, part in enumerate(parts):
        if isinstance(part, Boundary):
            before = parts[place - 1] if place else None
            after = parts[place + 1] if place + 1 < len(parts) else None
            parts[place] = _said(part, before, after)
    return Chain(tuple(parts))


def _said(boundary: Boundary, before: Node | None, after: Node | None) -> Node:
    word = matching(r"\w")
    other = without(_EVERY, word)
    if boundary.inside:
        raise _refuse("`\\B`")
    if before is None and after is not None:
        known = _side(after, 0, word)
        return Choice((End("^"), One(other))) if known else One(word)
    if after is None and before is not None:
        known = _side(before, -1, word)
        return Choice((End("$"), One(other))) if known else One(word)
    if before is None or after is None:
        return One(word)
    if isinstance(before, End) and _side(after, 0, word):
        return Chain(())
    if isinstance(after, End) and _side(before, -1, word):
        return Chain(())
    if isinstance(before, End) or isinstance(after, End) or _side(before, -1, word) == _side(after, 0, word):
        raise _refuse("`\\b` where no word can begin or end")
    return Chain(())


def _side(node: Node, side: int, word: Ranges) -> bool:
    """Whether a node's first (0) or last (-1) character is always a word's; refused where it may be either."""
    ranges = _ends(node, side)
    if ranges is not None and within(ranges, word):
        return True
    if ranges is not None and within(ranges, without(_EVERY, word)):
        return False
    raise _refuse("`\\b` beside what may or may not be part of a word")


def _ends(node: Node, side: int) -> Ranges | None:
    """The characters that a node can begin or end with; None where it may be empty or look further."""
    match node:
        case One(ranges):
            return ranges
        case Repeat(part, least, _):
            return _ends(part, side) if least else None
        case Chain(parts):
            return _ends(parts[side], side) if parts else None
        case Choice(parts):
            found = [_ends(part, side) for part in parts]
            return None if None in found else tuple(sorted(one for ranges in found for one in ranges or ()))
    return None


# ---------------------------------------------------------------------- writing


def _written(node: Node, dialect: Dialect) -> str:
    match node:
        case One(ranges):
            return _set(ranges, dialect)
        case End(sign):
            return sign
        case Boundary():
            raise _refuse("`\\b` within a group")
        case Repeat(part, least, most):
            if max(least, most or 0) > dialect.most_repeats:
                raise CannotSay(
                    f"the pattern repeats something {max(least, most or 0):,} times, "
                    f"and {dialect.name} allows {dialect.most_repeats:,}",
                    "ask for fewer",
                )
            times = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((least, most))
            if times is None:
                times = f"{{{least}}}" if least == most else f"{{{least},{'' if most is None else most}}}"
            if dialect.backtracks and not isinstance(part, One) and (most is None or most > 1) and not _is_fixed(part):
                raise CannotSay(
                    f"the pattern repeats what has repetitions or alternatives within, over which {dialect.name} "
                    "could take for ever on a long text",
                    "take it apart: `[ab]+` for `(a|b)+`",
                )
            inner = _written(part, dialect)
            if not inner:
                return ""
            return f"{inner}{times}" if isinstance(part, One) else f"(?:{inner}){times}"
        case Chain(parts):
            return "".join(_written(part, dialect) for part in parts)
        case Choice(parts):
            written = [_written(part, dialect) for part in parts]
            choice = "(?:" + "|".join(part for part in written if part) + ")"
            return choice if all(written) else f"(?:{choice}?)" if any(written) else ""


def _is_fixed(node: Node) -> bool:
    """Whether a node can match a text in one way only, and texts of one length."""
    match node:
        case Repeat(part, least, most):
            return least == most and _is_fixed(part)
        case Chain(parts):
            return all(map(_is_fixed, parts))
    return isinstance(node, One)


def _set(ranges: Ranges, dialect: Dialect) -> str:
    if not ranges:
        raise _refuse("a class of no characters")
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        point = ranges[0][0]
        char = chr(point)
        plain = char.isalnum() or char in " _"
        return char if plain else dialect.escape(point)
    rest = without(_EVERY, ranges)
    if rest and len(rest) < len(ranges):
        return dialect.characters(rest, but=True)
    return dialect.characters(ranges)
