"""Generated rulesets and leads, for properties: engine equals reference, print then parse, damage is reported.

`cases` gives a ruleset's text, an as-of date and leads that stand where the
ruleset's conditions change their answer. The same generators run on a seeded
`Random` (`case_of_seed`), for campaigns longer than a test run.

module         | writes
---------------|-------
`fields`       | declarations, and the constants mentioned for each
`conditions`   | every form of condition and number
`statements`   | points, verdicts and whole rulesets
`leads`        | cells around the constants, as text and as Python objects
`frames`       | columns of other types than their fields want
`answers`      | the reference's and the engine's answers in one form
`damage`       | comments, white space, and damage
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

import polars as pl
from hypothesis import strategies as st

from generate.damage import commented, damaged, spread
from generate.draw import Draw
from generate.frames import odd_frame
from generate.leads import Leads, as_of_date, leads
from generate.statements import Generated, Statements

__all__ = [
    "Case",
    "Draw",
    "Generated",
    "Leads",
    "case_of_seed",
    "cases",
    "damaged_texts",
    "leads_of",
    "make_case",
    "odd_cases",
    "odd_frame",
    "rulesets",
    "texts",
]


@dataclass(frozen=True)
class Case:
    """A ruleset, leads for it, and the date as of which they are scored."""

    ruleset: Generated
    as_of: date
    leads: Leads

    def __repr__(self) -> str:
        return f"as of {self.as_of}\n{self.ruleset.text}\n" + "\n".join(map(repr, self.leads.raw()))


def make_case(draw: Draw, rules: int, most_leads: int) -> Case:
    """A case of up to so many rules and leads."""
    ruleset = Statements(draw, rules).ruleset()
    as_of = as_of_date(draw, ruleset)
    return Case(ruleset, as_of, leads(draw, ruleset, as_of, most_leads))


def leads_of(draw: Draw, ruleset: Generated, most: int, bad: int = 3) -> tuple[date, Leads]:
    """An as-of date, and up to so many leads; so many of a hundred cells are bad."""
    as_of = as_of_date(draw, ruleset)
    return as_of, leads(draw, ruleset, as_of, most, bad)


def case_of_seed(seed: int, rules: int = 12, most_leads: int = 40) -> Case:
    """The same case for the same numbers, on every machine."""
    return make_case(Draw(random.Random(seed).randrange), rules, most_leads)


@st.composite
def odd_cases(draw: st.DrawFn, rules: int = 8, most_leads: int = 12) -> tuple[Case, pl.DataFrame]:
    """Cases, and their leads in columns of any type."""
    source = _drawn(draw)
    case = make_case(source, rules, most_leads)
    return case, odd_frame(source, case.leads)


@cache
def _numbers(bound: int) -> st.SearchStrategy[int]:
    return st.integers(0, bound - 1)


def _drawn(draw: st.DrawFn) -> Draw:
    def below(bound: int) -> int:
        return draw(_numbers(bound))

    return Draw(below)


@st.composite
def rulesets(draw: st.DrawFn, rules: int = 10) -> Generated:
    """Rulesets of up to so many rules, each without errors."""
    return Statements(_drawn(draw), rules).ruleset()


@st.composite
def cases(draw: st.DrawFn, rules: int = 8, most_leads: int = 12) -> Case:
    """Rulesets with leads and an as-of date."""
    return make_case(_drawn(draw), rules, most_leads)


def _changed(change: Callable[[Draw, str], str]) -> Callable[[int], st.SearchStrategy[str]]:
    @st.composite
    def strategy(draw: st.DrawFn, rules: int = 6) -> str:
        source = _drawn(draw)
        return change(source, Statements(source, rules).ruleset().text)

    return strategy


texts = _changed(lambda draw, text: spread(draw, commented(draw, text)) if draw.chance(60) else text)
damaged_texts = _changed(damaged)
