"""The page of each problem, taken apart: what it means in a sentence and in full. For formats that carry help along."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from leadrules.record import record

NEED_LEADS = frozenset(
    {
        "missing-column",
        "ambiguous-column",
        "never-filled",
        "bad-values",
        "misspelt-value",
        "near-value",
        "unseen-value",
        "fires-for-none",
        "fires-for-all",
    }
)
"""Problems that only leads can show: without them nobody knows."""

_PAGES = Path(__file__).parent / "pages"
_SENTENCE = re.compile(r"(?<=\.) (?=[A-Z`])")


@record
class Page:
    """`sentence` is the first of `meaning`, the first paragraph; `markdown` is all of the page below its heading."""

    sentence: str
    meaning: str
    markdown: str


def names() -> list[str]:
    """The names of all problems that there are."""
    return sorted(path.stem for path in _PAGES.glob("*.md"))


@cache
def page_of(name: str) -> Page:
    """The page of a problem."""
    text = (_PAGES / f"{name}.md").read_text(encoding="utf-8")
    markdown = text.partition("\n")[2].strip() + "\n"
    meaning = " ".join(markdown.partition("\n\n")[0].split())
    return Page(_SENTENCE.split(meaning)[0], meaning, markdown)
