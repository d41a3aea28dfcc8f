"""What can be said of every lead there could be: that two versions are the same, or the leads for which they are not.

Every lead that is named has been put before both versions by the reference
evaluator. "The same" is of all that a lead gets: excluded or disqualified, every
score, stage and label. What was not decided in time is called so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from leadrules.analysis.comparison import Comparison, Difference, state_of
from leadrules.analysis.questions import Extreme
from leadrules.analysis.witness import Witness, replay
from leadrules.comparing.changes import Change
from leadrules.comparing.parts import Part
from leadrules.comparing.unproved import alike_on_all_days
from leadrules.explaining.words import exact_words
from leadrules.inside import fields_of, tests_of
from leadrules.reference import Evaluation, Outcome, format_points, signed
from leadrules.ruleset import NO_LIMITS, LabelValue, Model, Row, Rule

Telling = Callable[[Sequence[Evaluation]], Any]
"""What is told of a lead that both versions have seen, to be compared."""

MOST_EXPLAINED = 30
_WITH_CONDITIONS = ("rule", "exclude", "disqualify")
_SECONDS_A_PART = 3.0


@dataclass(frozen=True)
class Seen:
    """What a version says of a lead: its score in hundredths (None if excluded), and its stage as the column has it."""

    score: int | None
    state: str


@dataclass(frozen=True)
class Lead:
    """A lead by field name, and what both versions say of it."""

    values: Mapping[str, Any]
    old: Seen
    new: Seen

    @property
    def text(self) -> str:
        """`employees = 50, source = "Ads"`."""
        return ", ".join(f"{name} = {exact_words(value, 60)}" for name, value in self.values.items()) or "nothing known"


@dataclass(frozen=True)
class ScoreChange:
    """How far the total goes up or down: `known` with its lead; none goes beyond `bound` (None: that is not known)."""

    known: int | None
    bound: int | None
    lead: Lead | None


@dataclass(frozen=True)
class Move:
    """A lead can go from one state to another; without a lead it is not decided whether it can."""

    before: str
    after: str
    lead: Lead | None


@dataclass(frozen=True)
class Other:
    """A label or a named score that differs, or may."""

    what: str
    name: str
    lead: Lead | None


@dataclass(frozen=True)
class Proof:
    """`same`: yes, no, or open. `notes` are fields that the versions declare differently.

    `unproved` says what else would have to be the same (see `leadrules.comparing.unproved`): there, `same` is open
    at best, though every score, stage and label has been proved the same for the values and on the day.
    """

    same: Literal["yes", "no", "open"]
    up: ScoreChange | None = None
    down: ScoreChange | None = None
    moves: tuple[Move, ...] = ()
    others: tuple[Other, ...] = ()
    notes: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    unproved: tuple[str, ...] = ()

    @property
    def largest(self) -> int | None:
        """The size of the change that no lead can exceed, in hundredths; None where that is not known."""
        if self.same == "yes":
            return 0
        bounds = [one.bound if one is not None else None for one in (self.up, self.down)]
        return None if None in bounds else max(abs(one) for one in bounds if one is not None)


def prove(old: Model, new: Model, as_of: date, seconds: float = 30.0) -> Proof:
    """Everything that can be found out within so many seconds."""
    comparison = Comparison(old, new, as_of, seconds)
    found = list(comparison.difference())
    notes, apart = tuple(comparison.notes), tuple(comparison.apart)
    if not found:
        return Proof("yes", notes=notes, apart=apart)
    certain = any(one.answer.possible for one in found)
    up = down = None
    if any(one.what == "score" and one.name == "score" for one in found):
        change = comparison.largest_change()
        up, down = (_score(comparison, one) for one in (change.up, change.down))
    moves: tuple[Move, ...] = ()
    if any(one.what in ("stage", "state") for one in found):
        moves = tuple(
            Move(before, after, _lead(comparison, answer.witness, _states(comparison)))
            for before, after, answer in comparison.all_moves()
        )
    named = [one for one in moves if one.lead is not None]
    known = [one.lead for one in (*named, up, down) if one is not None and one.lead is not None]
    others = tuple(
        Other(one.what, one.name, _other(comparison, one, known))
        for one in found
        if one.what == "label" or (one.what == "score" and one.name != "score")
    )
    return Proof("no" if certain else "open", up, down, moves, others, notes, apart)


def _score(comparison: Comparison, extreme: Extreme) -> ScoreChange:
    def change(seen: Sequence[Evaluation]) -> Any:
        one, two = (lead.score(None) for lead in seen)
        return None if one is None or two is None else two - one

    return ScoreChange(extreme.known, extreme.bound, _lead(comparison, extreme.witness, change))


def _states(comparison: Comparison) -> Telling:
    return lambda seen: (state_of(comparison.old, seen[0]), state_of(comparison.new, seen[1]))


def _named(comparison: Comparison, what: str, name: str) -> Telling:
    """What a label, or a named score, says in both versions; nothing in one that has none of the name."""

    def said(model: Model, lead: Evaluation) -> Any:
        parts: Sequence[Any] = model.labels if what == "label" else model.scores
        at = next((place for place, one in enumerate(parts) if one.name == name), None)
        if at is None or lead.exclude_reasons:
            return None
        return lead.label(at) if what == "label" else lead.score(at)

    return lambda seen: (said(comparison.old, seen[0]), said(comparison.new, seen[1]))


def _other(comparison: Comparison, one: Difference, known: Sequence[Lead]) -> Lead | None:
    """A lead for which a label or a named score differs: one that is named already, if it shows this too."""
    telling = _named(comparison, one.what, one.name)
    places = {field.name: at for at, field in enumerate(comparison.old.fields)}
    for lead in known:
        values = {places[name]: value for name, value in lead.values.items()}
        before, now = telling([comparison.analysis.space.evaluation(values, which) for which in (0, 1)])
        if before is not None and now is not None and before != now:
            return lead
    return _lead(comparison, one.answer.witness, telling)


def _lead(comparison: Comparison, found: Witness | None, telling: Telling) -> Lead | None:
    """The lead, without what it need not have for both versions to tell the same of it."""
    if found is None:
        return None
    space, values = comparison.analysis.space, dict(found.values)
    told = telling([space.evaluation(values, which) for which in (0, 1)])
    for field in list(values):
        fewer = {at: value for at, value in values.items() if at != field}
        plainer = replay(space, fewer, lambda seen: telling(seen) == told)
        if plainer is not None:
            found, values = plainer, fewer
    old, new = found.outcomes
    return Lead(comparison.values(found), _seen(comparison.old, old), _seen(comparison.new, new))


def _seen(model: Model, outcome: Outcome) -> Seen:
    if outcome.total is None:
        return Seen(None, "excluded")
    if outcome.disqualified:
        return Seen(outcome.total.after, "disqualified")
    return Seen(outcome.total.after, "" if outcome.stage is None else model.stages[outcome.stage].name)


# ------------------------------------------------------------- part by part


def explained(changes: list[Change], old: Model, new: Model, as_of: date) -> list[Change]:
    """The changes, the first of those with conditions with a lead that shows the difference.

    A part that turns out to mean the same is only rewritten; so is one that seemed to be removed, where one that
    was added means what it meant.
    """
    found: list[Change] = []
    tried = 0
    for change in _together(changes, old, new, as_of):
        if change.kind == "changed" and change.what in _WITH_CONDITIONS and tried < MOST_EXPLAINED:
            tried += 1
            change = _explained(change, old, new, as_of)
        found.append(change)
    return found


def _together(changes: list[Change], old: Model, new: Model, as_of: date) -> list[Change]:
    """Added and removed parts that read the same fields and mean the same become one that is rewritten."""
    removed = [one for one in changes if one.kind == "removed" and one.what in _WITH_CONDITIONS]
    gone: list[Change] = []
    found: list[Change] = []
    tried = 0
    for change in changes:
        for other in removed if change.kind == "added" else ():
            if other in gone or other.what != change.what or tried == MOST_EXPLAINED:
                continue
            one, two = other.old, change.new
            if one and two and one.home == two.home and _fields(one, old) == _fields(two, new):
                both = Change("changed", one, two)
                tried += 1
                explained_so = _explained(both, old, new, as_of)
                if explained_so.kind == "rewritten":
                    gone.append(other)
                    change = explained_so
                    break
        found.append(change)
    return [one for one in found if one not in gone]


def _fields(part: Part, model: Model) -> set[str]:
    """The names of the fields that a part reads."""
    alone = _alone(model, part.what, part.at)
    if alone is None:
        return set()
    (rule,) = alone.rules
    subjects = [*(row.condition for row in rule.rows), *([rule.units.operand] if rule.units is not None else [])]
    return {model.fields[at].name for subject in subjects for at in fields_of(subject)}


def _explained(change: Change, old: Model, new: Model, as_of: date) -> Change:
    """The change with what a lead got from the part before, and gets now, where such a lead was found."""
    assert change.old is not None and change.new is not None
    alone = [_alone(model, change.what, part.at) for model, part in ((old, change.old), (new, change.new))]
    if alone[0] is None or alone[1] is None:
        return change
    comparison = Comparison(alone[0], alone[1], as_of, _SECONDS_A_PART)
    furthest = comparison.largest_change()
    if furthest.none:
        # What says the same on one day only is no other spelling of it.
        always = all(alike_on_all_days(one, one.rules) for one in alone if one is not None)
        return replace(change, kind="rewritten") if always else change
    lead = _score(comparison, furthest.largest).lead
    if lead is None:
        return change
    before, now = (_words(change.what, one) for one in (lead.old, lead.new))
    return replace(change, differs=f"{lead.text}: {before} before, {now} now")


def _words(what: str, seen: Seen) -> str:
    points = seen.score or 0
    if what == "rule":
        return signed(points) if points else format_points(points)
    return "true" if points else "not true"


def _alone(model: Model, what: str, at: int) -> Model | None:
    """A model that has one rule, or one verdict as a rule, and nothing else; None where that needs a label."""
    if what == "rule":
        rule = replace(model.rules[at], score=None, group=None)
    else:
        verdicts = model.excludes if what == "exclude" else model.disqualifies
        rule = Rule((Row(verdicts[at].condition, 100),), verdicts[at].text)
    operands = [getattr(atom, "operand", None) for row in rule.rows for atom in tests_of(row.condition)]
    if any(isinstance(one, LabelValue) for one in operands):
        return None
    return replace(
        model, rules=(rule,), groups=(), scores=(), total=NO_LIMITS, excludes=(), disqualifies=(), stages=(),
        labels=(), verdicts=(), early_labels=(), examples=(),
    )  # fmt: skip
