"""A ruleset with new points → its file with those numbers changed, and nothing else.

Layout and comments stay as they are: only the text of a number is replaced, and
within a `because` only what `calibrate` once wrote there about the evidence.
Rules of included files stay as they are; they may be another's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from leadrules.calibrating.page import EVIDENCE, evidence_text
from leadrules.evidence.rates import Rate
from leadrules.evidence.rows import RuleRow

# The word before a number, with what may stand between the two.
_WORD = re.compile(r"\b(add|subtract)(?:\s|#[^\n]*\n)*\Z")


@dataclass(frozen=True, slots=True)
class Change:
    """A row whose points are to be other ones."""

    row: RuleRow
    points: int


def rewritten(text: str, path: str, changes: Sequence[Change], rates: Sequence[RuleRow], control: Rate) -> str:
    """The text of the file at this path, with the changes; `rates` are the rows whose evidence is written anew."""
    pieces: dict[tuple[int, int], str] = {}
    for change in changes:
        number, points = change.row.number, change.points
        if number is None or number.source.path != path:
            continue
        if change.row.sign is None:
            pieces[number.start, number.end] = str(points)
            continue
        pieces[number.start, number.end] = str(abs(points))
        word = _WORD.search(text, 0, number.start)
        if word is not None and points * change.row.sign < 0:
            pieces[word.start(1), word.end(1)] = "add" if points > 0 else "subtract"
    for row in rates:
        because = row.because
        if row.sign is None or because is None or because.source.path != path:
            continue
        if len(EVIDENCE.findall(because.text)) != 1:
            continue
        pieces[because.start, because.end] = EVIDENCE.sub(evidence_text(row.rate, control), because.text)
    for (start, end), new in sorted(pieces.items(), reverse=True):
        text = text[:start] + new + text[end:]
    return text
