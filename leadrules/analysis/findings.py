"""What `leadrules check` finds by looking at all leads at once.

Cheap proofs first: conditions on few axes are gone through whole (`tables`), what
a scored lead shows needs no proof (`seen`), and only what is left is asked of the
solver, within `SECONDS` for a ruleset. What the time does not allow is named in
one note.

Questionable decision: a condition is looked at alone, where it is written. That a
rule in `points first` is hidden by those above it, or that its leads are all
disqualified, are findings of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from leadrules.analysis.finding.bands import band_findings
from leadrules.analysis.finding.conditions import condition_findings
from leadrules.analysis.finding.looking import Looking
from leadrules.analysis.finding.points import points_findings
from leadrules.analysis.finding.unused import unused_findings
from leadrules.analysis.finding.verdicts import verdict_findings
from leadrules.language import tree
from leadrules.problems.problem import Problem
from leadrules.problems.proof_messages import not_decided
from leadrules.ruleset import Model

SECONDS = 10.0


def findings(
    model: Model, statements: Iterable[tree.Statement], as_of: date, seconds: float = SECONDS
) -> list[Problem]:
    """Everything that proofs tell of a ruleset, in no order.

    Args:
        model: a checked ruleset.
        statements: what it was made from, for the places of rows and conditions.
        as_of: the day for which windows and fading are worked out.
        seconds: how long all proofs together may take.
    """
    look = Looking(model, statements, as_of, seconds)
    found = list(_all(look))
    if look.undecided and (spans := [one.span for one in look.statements]):
        found.append(not_decided(spans[0], look.undecided))
    return found


def _all(look: Looking) -> Iterator[Problem]:
    yield from unused_findings(look)
    if not look.places.statements:
        return
    yield from condition_findings(look)
    yield from band_findings(look)
    yield from verdict_findings(look)
    yield from points_findings(look)
