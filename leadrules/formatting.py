"""One file of rules → the same file in the one layout, or its problems. What `leadrules fmt` does with each.

Bytes go in and bytes come out, because line ends and marks are part of a file.
What comes out has been read again: it has the same tree and the same comments,
or it does not come out at all.

Questionable decisions: a file with a problem of writing, be it only a warning,
keeps its layout, because the layout would hide what the problem points at
(`1,200` would become `1, 200`, and be right). A byte-order mark goes; the line
ends are all made like the file's first.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from leadrules.checking.files import Files
from leadrules.language.parser import parse
from leadrules.language.printer import format_source
from leadrules.language.source import Source
from leadrules.language.words import words_of
from leadrules.problems.problem import Problem

_LINE_END = re.compile(rb"\r\n|\n|\r")


class LayoutFault(Exception):
    """The layout would have changed what a file says: a fault of leadrules, before anything was written."""


@dataclass(frozen=True)
class Formatted:
    """A file as it came and as it should be. With problems, both are the same."""

    path: str
    before: bytes
    after: bytes
    problems: tuple[Problem, ...] = ()

    @property
    def changes(self) -> bool:
        return self.before != self.after


def formatted(path: str, content: bytes) -> Formatted:
    """Lay out a file. Raises `LayoutFault` where the layout would not be read as the file is."""
    files = Files(lambda _: content)
    source = files.root(Path(path))
    if source is None:
        return Formatted(path, content, content, tuple(files.problems))
    source = Source(path, source.text)
    _, problems = parse(source)
    text = None if problems else format_source(source)
    if text is None:
        return Formatted(path, content, content, tuple(problems))
    if not says_the_same(source, Source(path, text)):
        raise LayoutFault(f"`{path}` would not say the same in the one layout; it was left as it was")
    found = _LINE_END.search(content)
    newline = "\r\n" if found is not None and found[0] == b"\r\n" else "\n"
    return Formatted(path, content, text.replace("\n", newline).encode("utf-8"))


def says_the_same(one: Source, other: Source) -> bool:
    """Whether two texts have the same tree, no problems, and the same comments."""
    (file, problems), (other_file, other_problems) = parse(one), parse(other)
    return not problems and not other_problems and file == other_file and comments_of(one) == comments_of(other)


def comments_of(source: Source) -> Counter[str]:
    """The comments of a text, with how often each stands there."""
    places: list[tuple[int, int]] = []
    for _ in words_of(source, places):
        pass
    return Counter(source.text[start:end].rstrip() for start, end in places)
