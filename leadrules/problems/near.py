"""Near names, for "did you mean".

A name is near when few keystrokes lie between: at most one in three of its
characters. Nothing is offered beyond that, because a far guess misleads.
"""

from __future__ import annotations

from collections.abc import Collection

from leadrules.meaning.text import fold

_JOINERS = str.maketrans("", "", " _-.")


def near_names(name: str, known: Collection[str], most: int = 2) -> list[str]:
    """Up to `most` of the known names that `name` may have meant, nearest first."""
    wanted = fold(name)
    plain = wanted.translate(_JOINERS)
    allowed = max(1, len(wanted) // 3)
    found = []
    for other in known:
        folded = fold(other)
        if folded == wanted or folded.translate(_JOINERS) == plain:
            found.append((0, other))
        elif abs(len(folded) - len(wanted)) <= allowed and len(wanted) > 1:
            distance = keystrokes(wanted, folded, allowed)
            if distance is not None:
                found.append((distance, other))
    if not found:
        return []
    best = min(distance for distance, _ in found)
    return [other for distance, other in sorted(found) if distance == best][:most]


def keystrokes(first: str, second: str, limit: int) -> int | None:
    """Characters to insert, delete, replace or swap between two texts; None if more than `limit`."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, one in enumerate(first, 1):
        current = [i]
        for j, other in enumerate(second, 1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (one != other))
            if i > 1 and j > 1 and one == second[j - 2] and first[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return None
        before, row = row, current
    return row[-1] if row[-1] <= limit else None
