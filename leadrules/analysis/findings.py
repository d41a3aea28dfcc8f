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

from collections.abc import Iterator
from datetime import date

from leadrules.analysis.finding.bands import band_findings
from leadrules.analysis.finding.conditions import condition_findings
from leadrules.analysis.finding.looking import Looking
from leadrules.analysis.finding.points import points_findings
from leadrules.analysis.finding.unused import unused_findings
from leadrules.analysis.finding.verdicts import verdict_findings
from leadrules.checking.check import Checked
from leadrules.problems.problem import Problem
from leadrules.problems.proof_messages import not_decided

SECONDS = 10.0


def findings(checked: Checked, as_of: date, seconds: float = SECONDS) -> list[Problem]:
    """Everything that proofs tell of a ruleset, in no order; nothing for one with errors.

    Args:
        checked: the checked ruleset, with the statements that it was made from.
        as_of: the day for which windows and fading are worked out.
        seconds: how long all proofs together may take.
    """
    if checked.model is None or not checked.statements:
        return []
    look = Looking(checked.model, checked.statements, checked.sources[0], as_of, seconds)
    found = list(_all(look))
    if look.undecided:
        found.append(not_decided(checked.statements[0].span, look.undecided))
    return found


def _all(look: Looking) -> Iterator[Problem]:
    yield from unused_findings(look)
    yield from condition_findings(look)
    yield from band_findings(look)
    yield from verdict_findings(look)
    yield from points_findings(look)
