"""Numbers as people say them: on the page, in its findings and on its pictures alike.

Questionable decision: a share of few leads is said as a count (`3 of 7`),
because a percentage of seven leads looks surer than it is.
"""

from __future__ import annotations

import string
import unicodedata

from leadrules.evidence.rates import percent as percent
from leadrules.explaining.page import cut as cut_to_width
from leadrules.problems.wording import counted as counted
from leadrules.problems.wording import leads_of
from leadrules.reporting.figures import LeadsFigures, Proportion

FEW = 30
"""So many leads a rate needs before anything is said of it without a warning."""
_LONG = 48
_PLAIN = set(string.ascii_letters + string.digits + "_.-")


def share(one: Proportion) -> str:
    """`12 %`; a dash of nothing."""
    return "–" if one.share is None else percent(one.share)


def said(one: Proportion) -> str:
    """`12 %`, or `3 of 7` where there are few."""
    return f"{one.count:,} of {one.of:,}" if one.of < FEW else share(one)


def interval(one: Proportion) -> str:
    """`9 to 16 %`; nothing of nothing."""
    if not one.of:
        return ""
    low, high = percent(one.low).removesuffix(" %"), percent(one.high)
    return high if f"{low} %" == high else f"{low} to {high}"


def differ(one: Proportion, other: Proportion) -> bool:
    """Whether two shares differ beyond doubt: enough leads in both, and intervals that do not meet."""
    enough = one.of >= FEW and other.of >= FEW
    return enough and (one.low > other.high or other.low > one.high)


def times(factor: float) -> str:
    """`4 times`, `1.4 times`, `twice`."""
    if round(factor, 1) == 2:
        return "twice"
    return f"{factor:.0f} times" if factor >= 3 else f"{factor:.1f} times".replace(".0 ", " ")


def points(number: float) -> str:
    """`1,250`, `12.5`, `−3`."""
    return f"{number:,.2f}".rstrip("0").rstrip(".").replace("-", "−")


def rounded(number: float) -> str:
    """A number to read, not to add up: whole from 20 on, else one decimal."""
    return f"{number:,.0f}".replace("-", "−") if abs(number) >= 20 else points(round(number, 1))


def quoted(text: str) -> str:
    """A text of the user's within a sentence, cut where it is long."""
    line = cut(text, _LONG)
    turned = any(unicodedata.bidirectional(char) in ("R", "AL") for char in line)
    return f"“\u2068{line}\u2069”" if turned else f"“{line}”"  # set apart, or it would turn its neighbours too


def named(name: str) -> str:
    """A name within a sentence: bare where it is one plain word, else quoted."""
    plain = name.isascii() and len(name) <= _LONG and not set(name) - _PLAIN
    return name if plain else quoted(name)


def cut(text: str, most: int) -> str:
    """A text on one line, with an ellipsis where it is wider than `most` letters; East Asian ones count twice."""
    line = " ".join(text.split())
    return line if len(line) <= most // 2 else cut_to_width(line, most)


def one_in(proportion: Proportion) -> str:
    """`one lead in five`, for shares that are near one in a few; else `12 % of the leads`."""
    share = proportion.share or 0
    names = {2: "half of the leads", 3: "one lead in three", 4: "one lead in four", 5: "one lead in five"}
    names |= {10: "one lead in ten", 20: "one lead in twenty"}
    if proportion.of >= FEW:
        for n, words in names.items():
            if abs(share * n - 1) < 0.06:
                return words
    return f"{said(proportion)} leads" if proportion.of < FEW else f"{said(proportion)} of the leads"


def accounting(figures: LeadsFigures) -> str:
    """`500 leads read: 360 scored, 96 disqualified, 41 excluded, 3 rejected`."""
    counts = (
        ("scored", figures.scored),
        ("disqualified", figures.disqualified),
        ("excluded", figures.excluded),
        ("rejected", figures.rejected),
    )
    parts = [f"{count:,} {what}" for what, count in counts if count or what == "scored"]
    return f"{leads_of(figures.read)} read: {', '.join(parts)}"
