"""Counts by score → bands with round edges that show where the leads are.

Questionable decision: the outermost half percent on either side may share an
open band ("200 or more"), so that one lead of 90,000 points does not squeeze
all others into one bar.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from leadrules.reporting.figures import Band

Ints = NDArray[np.int64]
_TAIL = 0.005
_STEPS = (1, 2, 5)


def edges(scores: Ints, leads: Ints, most: int) -> list[int]:
    """The edges, in hundredths, of at most about `most` bands over these rising scores, of which there are some."""
    low, high = int(scores[0]), int(scores[-1])
    inner_low, inner_high = (quantile(scores, leads, share) for share in (_TAIL, 1 - _TAIL))
    if high - low > 2 * max(inner_high - inner_low, 1):
        low, high = inner_low, inner_high
    step = next(step for step in _round_steps() if high - low <= step * most)
    if step < 100 and bool((scores % 100 == 0).all()):
        step = 100  # whole scores want whole edges
    first = low // step
    last = max(-(-high // step), first + 1)
    return [step * place for place in range(first, last + 1)]


def _round_steps() -> Sequence[int]:
    return [step * 10**power for power in range(14) for step in _STEPS]


def quantile(scores: Ints, leads: Ints, share: float) -> int:
    """The score that this share of the leads does not exceed."""
    reached = np.cumsum(leads)
    return int(scores[np.searchsorted(reached, max(share * float(reached[-1]), 1e-9))])


def bands(edges: Sequence[int], least: int, most: int, whole: bool) -> list[Band]:
    """The bands between edges; open ones at the ends where scores (from `least` to `most`) lie outside.

    The last band includes its upper edge, unless scores lie above. `whole` says that all scores are whole numbers.
    """
    found = []
    if least < edges[0]:
        found.append(_band(None, edges[0], False, whole))
    for low, high in pairwise(edges):
        found.append(_band(low, high, high == edges[-1] == most, whole))
    if most > edges[-1]:
        found.append(_band(edges[-1], None, False, whole))
    return found


def counted(bands: Sequence[Band], scores: Ints, leads: Ints) -> list[int]:
    """How many leads are in each band."""
    return [int(leads[within(band, scores)].sum()) for band in bands]


def within(band: Band, scores: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of these scores (hundredths) are in a band."""
    inside = np.ones(len(scores), dtype=bool)
    if band.low is not None:
        inside &= scores >= round(band.low * 100)
    if band.high is not None:
        inside &= scores <= round(band.high * 100) if band.closed else scores < round(band.high * 100)
    return inside


def _band(low: int | None, high: int | None, closed: bool, whole: bool) -> Band:
    start, end = (None if edge is None else edge / 100 for edge in (low, high))
    return Band(start, end, closed, _label(low, high, closed, whole))


def _label(low: int | None, high: int | None, closed: bool, whole: bool) -> str:
    if low is None:
        return f"under {points(high or 0)}"
    if high is None:
        return f"{points(low)} or more"
    if whole and low % 100 == 0 and high % 100 == 0:
        last = high if closed else high - 100
        return points(low) if last == low else f"{points(low)} to {points(last)}"
    return f"{points(low)} to {'' if closed else 'under '}{points(high)}"


def points(hundredths: int) -> str:
    """Hundredths as a person writes points: `12`, `12.5`, `1,000`."""
    text = f"{hundredths / 100:,.2f}"
    return text.rstrip("0").rstrip(".").replace("-", "−")
