"""Rows of texts → lines with columns: the first to the left, figures to the right, a last word to the left again."""

from __future__ import annotations

from collections.abc import Sequence

from leadrules.evidence.rates import Rate

_LAST = 7
"""The last column may end in words; its figures stand to the right of so many characters."""


def laid_out(rows: Sequence[Sequence[str]], wide: int = 1) -> list[str]:
    """Lines of equal columns. The first `wide` columns and words that are no figures stand to the left.

    A row of one cell is a heading and takes part in no width.
    """
    columns = max((len(row) for row in rows), default=0)
    widths = [max((len(row[at]) for row in rows if len(row) > max(at, 1)), default=0) for at in range(columns)]
    return [_laid(row, widths, wide) for row in rows]


def _laid(row: Sequence[str], widths: Sequence[int], wide: int) -> str:
    if len(row) == 1:
        return row[0]
    cells = []
    for at, (cell, width) in enumerate(zip(row, widths, strict=False)):
        words = at == len(widths) - 1 and cell[:1].isalpha()
        cells.append(
            cell.ljust(width) if at < wide or words else cell.rjust(min(width, 7) if at == len(widths) - 1 else width)
        )
    return "  ".join(cells).rstrip()


def rate_text(rate: Rate) -> str:
    """`38.5 %`; empty where there are no leads."""
    return f"{100 * rate.value:.1f} %" if rate.leads else ""


def interval_text(rate: Rate) -> str:
    """`64–67 %`; with a decimal where the whole numbers would be one."""
    if not rate.leads:
        return ""
    low, high = (100 * end for end in rate.interval())
    places = 0 if round(low) != round(high) else 1
    return f"{low:.{places}f}–{high:.{places}f} %"


def shortened(text: str, most: int = 44) -> str:
    """A text on one line, cut where it is long."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"
