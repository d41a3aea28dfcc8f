"""The page of a difference for a terminal."""

from __future__ import annotations

from leadrules.comparing.difference import Difference
from leadrules.comparing.document import Element, Heading, Sentences, Statement, Table, document
from leadrules.explaining.words import safe


def as_text(one: Difference) -> str:
    return "\n".join(_element(element) for element in document(one)).lstrip("\n")


def _element(element: Element) -> str:
    match element:
        case Heading(text):
            return safe(text)
        case Sentences(lines, listed):
            return "\n".join(f"  {'- ' * listed}{safe(line)}" for line in lines) + "\n"
        case Statement(title, lines, notes):
            shown = [
                f"  {safe(title)}",
                *(f"    {_kept(line)}" for line in lines),
                *(f"    = {safe(note)}" for note in notes),
            ]
            return "\n".join(shown) + "\n"
        case Table():
            return _table(element)


def _table(table: Table) -> str:
    rows = [[safe(cell) for cell in row] for row in (table.head, *table.rows)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(table.head))]
    lines = []
    for row in rows:
        cells = (
            f"{cell:<{width}}" if at in table.left else f"{cell:>{width}}"
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append(f"    {'  '.join(cells)}".rstrip())
    return "\n".join(lines) + "\n"


def _kept(line: str) -> str:
    """A line of a statement, its indent kept."""
    bare = line[2:].lstrip()
    return (line[: len(line) - len(bare)] + safe(bare)).rstrip()
