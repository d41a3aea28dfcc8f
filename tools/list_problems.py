"""Writes `docs/problems.md`: every problem by name, with the first sentence of its page.

python tools/list_problems.py
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "leadrules" / "problems" / "pages"
TARGET = ROOT / "docs" / "problems.md"
HEAD = """\
# Problems

What `leadrules check` can find. Names never change, so that they can be searched for and referred to. Each
leads to a page: what the problem means, why it matters, a wrong example and the right one.

| name | meaning |
|---|---|
"""


def page() -> str:
    """The page as it should be."""
    return HEAD + "".join(row(path) for path in sorted(PAGES.glob("*.md")))


def row(path: Path) -> str:
    """A page's row: the first sentence after the heading, as one line."""
    paragraphs = path.read_text(encoding="utf-8").strip().split("\n\n")
    text = " ".join(next(text for text in paragraphs if not text.startswith("#")).split())
    meaning = re.split(r"(?<=\.) (?=[A-Z`])", text)[0]
    return f"| [`{path.stem}`](../{path.relative_to(ROOT).as_posix()}) | {meaning.replace('|', chr(92) + '|')} |\n"


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
    print(f"{TARGET.name} written")
