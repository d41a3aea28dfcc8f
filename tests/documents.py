"""Reads the fenced blocks of a Markdown page, for `test_docs.py`.

Comments on the lines before a fence say how a block is to be taken:

    <!-- file: first.rules -->   saved under that name in the page's folder, for the commands that follow
    <!-- gives: unknown-field --> a wrong example, which must give that problem
    <!-- not run -->             shown only

Blocks called `rules` are checked, `console` and `python` are run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(
    r"^(?P<notes>(?:<!-- [^\n]* -->\n)*)(?P<fence>```+)(?P<kind>\w*)[^\n]*\n(?P<text>.*?)^(?P=fence)\n", re.M | re.S
)
COMMAND = re.compile(r"^\$ (?P<command>.*)\n(?P<output>(?:(?!\$ ).*\n)*)", re.M)


@dataclass(frozen=True)
class Block:
    """One fenced block: `start` and `end` are offsets of its text in the page."""

    page: Path
    line: int
    kind: str
    notes: dict[str, str]
    text: str
    start: int
    end: int

    @property
    def name(self) -> str:
        return f"{self.page.stem}-{self.line}"

    @property
    def file(self) -> str | None:
        return self.notes.get("file")

    @property
    def gives(self) -> str | None:
        return self.notes.get("gives")

    @property
    def runs(self) -> bool:
        return "not run" not in self.notes


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            page,
            text.count("\n", 0, found.start("fence")) + 1,
            found["kind"],
            dict(re.findall(r"<!-- ([^:\n]*?)(?:: *([^\n]*?))? -->", found["notes"])),
            found["text"],
            found.start("text"),
            found.end("text"),
        )
        for found in BLOCK.finditer(text)
    ]


def matches(expected: str, found: str) -> bool:
    """Whether an output is as shown; a line `…` stands for any lines."""
    parts = [re.escape(part) for part in re.split(r"^…\n", expected, flags=re.M)]
    return re.fullmatch(r"(?:.*\n)*?".join(parts), found) is not None
