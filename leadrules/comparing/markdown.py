"""The page of a difference in Markdown, for a comment on a pull request.

GitHub takes 65,536 characters; what is beyond `LONGEST` is left out, the
statements that differ first of all, and the page says so.
"""

from __future__ import annotations

import re

from leadrules.comparing.difference import Difference
from leadrules.comparing.document import Element, Heading, Sentences, Statement, Table, document

LONGEST = 60_000
_SPECIAL = re.compile(r"([\\*_\[\]<>|#~])")
_CODE = re.compile(r"(`[^`]*`)")


def as_markdown(one: Difference) -> str:
    written: list[str] = []
    size = left_out = 0
    for at, element in enumerate(document(one)):
        text = _element(element, first=at == 0)
        if size + len(text) > LONGEST:
            left_out += 1
            continue
        size += len(text)
        written.append(text)
    if left_out:
        written.append(f"_{left_out} more left out; `leadrules diff` shows them all._\n")
    return "\n".join(written)


def _element(element: Element, first: bool) -> str:
    match element:
        case Heading(text):
            return f"{'##' if first else '###'} {_safe(text)}\n"
        case Sentences(lines, listed):
            return (
                "\n".join(f"{'- ' * listed}{_safe(line)}{'' if listed else '  '}".rstrip("\n") for line in lines) + "\n"
            )
        case Statement(title, lines, notes):
            fence = "`" * max(3, 1 + max((len(run) for line in lines for run in re.findall("`+", line)), default=0))
            body = [f"{fence}diff", *lines, fence] if lines else []
            return "\n".join([f"**{_safe(title)}**", "", *body, *(f"- {_safe(note)}" for note in notes)]) + "\n"
        case Table(head, rows, left):
            marks = (":--" if at in left else "--:" for at in range(len(head)))
            shown = [head, list(marks), *rows]
            return (
                "\n".join(
                    f"| {' | '.join(cell if at == 1 else _safe(cell) for cell in row)} |"
                    for at, row in enumerate(shown)
                )
                + "\n"
            )


def _safe(text: str) -> str:
    """A text in which only back-quotes mean anything."""
    parts = _CODE.split(" ".join(text.split()))
    return "".join(part.replace("|", r"\|") if part.startswith("`") else _SPECIAL.sub(r"\\\1", part) for part in parts)
