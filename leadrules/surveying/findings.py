"""Counts → problems, each at the place in the ruleset that it is about.

Questionable decisions: a value is held to be a misspelling only if it is one
keystroke in four away, has the same figures in it (`Plan 1` is not `Plan 2`), and
stands in few leads beside the one that it resembles; texts of up to four letters
are codes (`UK` is not `US`), of which only case and joiners are forgiven. And no
rule is said to fire for none while one of its fields has no column, or a blank
one: that is told at the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from leadrules.inside import fields_of
from leadrules.language.source import Span
from leadrules.leads.headers import HeaderProblem
from leadrules.meaning.text import fold
from leadrules.problems import leads_messages as messages
from leadrules.problems.near import keystrokes
from leadrules.problems.problem import Problem
from leadrules.ruleset import Condition, Model, Operand, Rule, Verdict
from leadrules.surveying.known import Asked
from leadrules.surveying.survey import Survey, Values

FEWEST = 20
"""Of fewer leads it says nothing that a rule fires for none or for all of them."""
RARE = 0.2
"""A misspelling stands in at most this share of the leads that have what it resembles."""
MOST_NEAR = 3
LONGEST_CODE = 4
_JOINERS = str.maketrans("", "", " _-./&")
_FIGURES = re.compile(r"\d+")


def findings(
    model: Model, survey: Survey, asked: Sequence[Asked], columns: Sequence[HeaderProblem], root: Span
) -> list[Problem]:
    """Everything odd. `columns` are the problems that matching the columns had; `root` is the place of last resort."""
    found = [*_columns(model, columns, root)]
    if survey.tally.read:
        found += _filled(model, survey, root)
        found += _bad(model, survey, root)
        found += _values(model, survey, asked)
        found += _firing(model, survey)
    return found


def _columns(model: Model, columns: Sequence[HeaderProblem], root: Span) -> Iterator[Problem]:
    for one in columns:
        place = model.fields[one.field].span or root
        message = messages.ambiguous_column if one.name == "ambiguous-column" else messages.missing_column
        yield message(place, one.message, one.help, one.severity)


def _filled(model: Model, survey: Survey, root: Span) -> Iterator[Problem]:
    for at, header in survey.headers.items():
        field = model.fields[at]
        if field.read and survey.tally.blank[at] == survey.tally.read and field.default is None:
            yield messages.never_filled(field.span or root, field.name, header, survey.tally.read)


def _bad(model: Model, survey: Survey, root: Span) -> Iterator[Problem]:
    for at, bad in sorted(survey.bad.items()):
        field = model.fields[at]
        yield messages.bad_values(field.span or root, field.name, bad.leads, list(bad.first.items()))


# ---------------------------------------------------------------------- values


def _values(model: Model, survey: Survey, asked: Sequence[Asked]) -> Iterator[Problem]:
    for at, values in survey.values.items():
        mine = [one for one in asked if one.field == at]
        if not sum(values.asked.values()) and not values.others and not values.many:
            continue
        near = _resembling(values, mine)
        for one in mine:
            alike = near.get(one.text, [])
            if not values.asked[one.text] and alike:
                yield messages.misspelt_value(one.span, model.fields[at].name, one.spelled, alike[:MOST_NEAR])
            elif alike:
                for text, count in alike[:MOST_NEAR]:
                    yield messages.near_value(one.span, model.fields[at].name, text, count, one.spelled)
        unseen = [one for one in mine if not values.asked[one.text] and one.text not in near and one.own]
        if unseen:
            yield messages.unseen_value(unseen[0].span, model.fields[at].name, [one.spelled for one in unseen])


def _resembling(values: Values, asked: Sequence[Asked]) -> dict[str, list[tuple[str, int]]]:
    """For each text that is asked for, the leads' other texts that seem to misspell it, most frequent first."""
    found: dict[str, list[tuple[str, int]]] = {}
    for text, count in sorted(values.others.items(), key=lambda one: (-one[1], one[0])):
        folded = fold(text)
        near = [one.text for one in asked if _alike(folded, one.text)]
        best = max(near, key=lambda one: values.asked[one], default=None)
        if best is not None and (not values.asked[best] or count <= RARE * values.asked[best]):
            found.setdefault(best, []).append((text, count))
    return found


def _alike(one: str, other: str) -> bool:
    if one.translate(_JOINERS) == other.translate(_JOINERS):
        return True
    shorter, further = sorted((len(one), len(other)))
    allowed = shorter // 4
    if shorter <= LONGEST_CODE or further - shorter > allowed or _FIGURES.findall(one) != _FIGURES.findall(other):
        return False
    return keystrokes(one, other, allowed) is not None


# ---------------------------------------------------------------------- rules


def _firing(model: Model, survey: Survey) -> Iterator[Problem]:
    blank = {at for at in survey.headers if survey.tally.blank[at] == survey.tally.read}
    without = blank | {at for at, field in enumerate(model.fields) if field.read and at not in survey.headers}
    for what, one, leads, among in touched(model, survey):
        if among < FEWEST or one.span is None or any(fields_of(read) & without for read in _read_by(one)):
            continue
        if not leads:
            yield messages.fires_for_none(one.span, what, among)
        elif leads == among and not (isinstance(one, Rule) and gives_various(one)):
            yield messages.fires_for_all(one.span, what, among)


def touched(model: Model, survey: Survey) -> Iterator[tuple[str, Rule | Verdict, int, int]]:
    """Excludes, rules that count on the day, and disqualifies: what each does, for how many leads, and of how many."""
    for verdict, leads in zip(model.excludes, survey.excluded, strict=True):
        yield "this `exclude` holds", verdict, leads, survey.tally.written
    for at, rule in enumerate(model.rules):
        if rule.counts_on(survey.as_of):
            yield "this rule gives points", rule, int(survey.tally.fired[at]), survey.scored
    for verdict, leads in zip(model.disqualifies, survey.disqualified, strict=True):
        yield "this `disqualify` holds", verdict, leads, survey.scored


def gives_various(rule: Rule) -> bool:
    """Whether a rule can give one lead more than another."""
    return len({row.points for row in rule.rows}) > 1 or rule.units is not None or rule.fading is not None


def _read_by(one: Rule | Verdict) -> list[Condition | Operand]:
    if isinstance(one, Verdict):
        return [one.condition]
    units: list[Condition | Operand] = [] if one.units is None else [one.units.operand]
    return units + [row.condition for row in one.rows]
