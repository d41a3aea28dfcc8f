"""All that is known of how two versions differ, for the pages that show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from leadrules.checking import Checked
from leadrules.comparing.changes import Change, changes_of
from leadrules.comparing.proof import Proof, explained, prove
from leadrules.comparing.unproved import unproved
from leadrules.ruleset import Model

if TYPE_CHECKING:
    from leadrules.comparing.leads import Comparison


@dataclass(frozen=True)
class Version:
    """One side: what it was asked for as, and its model."""

    path: str
    model: Model

    @property
    def title(self) -> str:
        return " ".join(one for one in (self.model.title, self.model.version) if one)


@dataclass(frozen=True)
class Difference:
    """Two versions on an as-of date: the parts that differ, what is proved, and what happens to the leads, if any."""

    old: Version
    new: Version
    as_of: date
    changes: Sequence[Change]
    proof: Proof
    leads: Comparison | None = None
    source: str | None = None
    over: Sequence[str] = ()
    """The budgets that the change is over, each in a sentence."""


def difference(old: tuple[str, Checked], new: tuple[str, Checked], as_of: date, seconds: float) -> Difference:
    """Match the parts of two rulesets without errors, and prove what can be proved within so many seconds."""
    sides = [Version(path, checked.or_raise()) for path, checked in (old, new)]
    one, two = (side.model for side in sides)
    changes = changes_of(one, two, old[1].statements, new[1].statements)
    changes, proof = explained(changes, one, two, as_of), prove(one, two, as_of, seconds)
    left_open = tuple(unproved(one, two, changes, as_of))
    if proof.same == "yes" and left_open:
        proof = replace(proof, same="open", unproved=left_open)
    return Difference(sides[0], sides[1], as_of, changes, proof)
