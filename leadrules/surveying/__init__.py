"""A ruleset held against real leads: what `leadrules check --leads` counts, and what it finds odd."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from leadrules.checking import Checked
from leadrules.language.source import Span
from leadrules.problems.problem import Problem

if TYPE_CHECKING:
    from leadrules.leads.block import LeadSource


def held_against(checked: Checked, source: LeadSource, as_of: date) -> tuple[list[Problem], str]:
    """The problems that a file of leads shows in a ruleset without errors, and the table of shares.

    Raises LeadsError for leads that cannot be read.
    """
    from leadrules.leads import match_headers
    from leadrules.surveying.findings import findings
    from leadrules.surveying.known import asked
    from leadrules.surveying.survey import survey
    from leadrules.surveying.table import table

    model = checked.or_raise()
    matched = match_headers(model.fields, source.headers, absent_is_missing=source.absent_is_missing)
    known = asked(model, checked.sources)
    wanted: dict[int, set[str]] = {}
    for one in known:
        wanted.setdefault(one.field, set()).add(one.text)
    counted = survey(model, as_of, source, matched.headers, wanted)
    root = Span(checked.sources[0], 0, 0)
    return findings(model, counted, known, matched.problems, root), table(model, counted, source.name)
