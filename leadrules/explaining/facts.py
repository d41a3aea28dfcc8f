"""What decided a condition for one lead: the tests in it that made it true, false or unknown, and their values.

For `a and b` that is true these are both, for one that is false those that are
false, for one that is unknown those that are unknown. A test becomes facts: a
name, its value, and a note where the value alone says too little (`21 days ago`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from leadrules.decision import points
from leadrules.explaining.words import Words, value_words
from leadrules.reference import Evaluation, Truth
from leadrules.ruleset import (
    Age,
    And,
    Arithmetic,
    AtLeast,
    Compare,
    Condition,
    Constant,
    DayOf,
    Definitely,
    FieldValue,
    FrameworkCount,
    Holds,
    InWindow,
    IsDisqualified,
    LabelValue,
    Negative,
    Not,
    Operand,
    Or,
    SameText,
    ScoreValue,
    StageIs,
)

MOST_SHOWN = 40
State = Literal["true", "false", "unknown"]
STATES: Mapping[Truth, State] = {True: "true", False: "false", None: "unknown"}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is known of the lead, or missing (`value` is None).

    `name` is as the ruleset writes it (`email.clicks`), `is_field` whether it
    is one of the lead's own values. `missing` names the fields that are to
    blame for a missing value; a computed one may lack none (`0 / 0`).
    `made_of` names the facts that a computed one was made of.
    """

    name: str
    value: Any
    note: str = ""
    is_field: bool = True
    missing: tuple[str, ...] = ()
    made_of: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """`email.clicks = 5`, `country is missing`, `demo_on = 2026-11-01 (yesterday)`."""
        if self.value is None:
            return f"{self.name} {'is missing' if self.is_field else 'has no value'}{self._noted}"
        if self.name == "stage" and self.value == "" and not self.is_field:
            return "no stage"
        return f"{self.name} = {value_words(self.value, MOST_SHOWN)}{self._noted}"

    @property
    def _noted(self) -> str:
        return f" ({self.note})" if self.note else ""


def missing_names(facts: Iterable[Fact]) -> tuple[str, ...]:
    """The fields that are missing among these facts, each once."""
    return tuple(dict.fromkeys(name for fact in facts for name in fact.missing))


class Facts:
    """The facts behind conditions, for one lead."""

    def __init__(self, evaluation: Evaluation, words: Words):
        self.evaluation = evaluation
        self.words = words

    def of(self, *conditions: Condition) -> tuple[Fact, ...]:
        """The facts that decided these conditions, each once, in written order."""
        found: dict[str, Fact] = {}
        for condition in conditions:
            for test in self.deciding(condition):
                for fact in self._of_test(test):
                    found.setdefault(fact.name, fact)
        told = {name for fact in found.values() for name in fact.made_of}
        return tuple(fact for fact in found.values() if fact.name not in told)

    def deciding(self, condition: Condition) -> Iterator[Condition]:
        """The tests that decided a condition."""
        match condition:
            case Not(part) | Definitely(part):
                yield from self.deciding(part)
            case And(parts) | Or(parts) | AtLeast(_, parts):
                for part in self._deciding_parts(condition, parts):
                    yield from self.deciding(part)
            case _:
                yield condition

    def _deciding_parts(self, condition: Condition, parts: tuple[Condition, ...]) -> list[Condition]:
        truth = self.evaluation.truth(condition)
        truths = [self.evaluation.truth(part) for part in parts]
        wanted: tuple[Truth, ...] = (truth,)
        if isinstance(condition, AtLeast) and truth is False:
            wanted = (False, None)
        return [part for part, one in zip(parts, truths, strict=True) if one in wanted]

    def frameworks_in(self, condition: Condition) -> tuple[int, ...]:
        """The frameworks whose counts decided a condition."""
        sides = [
            side for test in self.deciding(condition) if isinstance(test, Compare) for side in (test.left, test.right)
        ]
        return tuple(dict.fromkeys(side.framework for side in sides if isinstance(side, FrameworkCount)))

    # ------------------------------------------------------------------ tests

    def _of_test(self, test: Any) -> Iterator[Fact]:
        match test:
            case Compare(_, left, right) | SameText(left, right):
                yield from self.of_operand(left)
                yield from self.of_operand(right)
            case InWindow(operand):
                yield from self.of_operand(operand, aged=True)
            case Holds(stage):
                yield Fact(f"holds {self.words.stage(stage)}", self.evaluation.holds(stage), is_field=False)
            case StageIs():
                last = self.evaluation.stage
                name = "" if last is None else self.evaluation.model.stages[last].name
                yield Fact("stage", name, is_field=False)
            case IsDisqualified():
                yield Fact("disqualified", bool(self.evaluation.disqualify_reasons), is_field=False)
            case _:
                yield from self.of_operand(test.operand)

    # --------------------------------------------------------------- operands

    def of_operand(self, operand: Operand, aged: bool = False) -> Iterator[Fact]:
        """What an operand read; `aged` says how long ago a day is."""
        match operand:
            case Constant():
                return
            case FieldValue(field):
                yield self.of_field(field, aged)
            case DayOf(inner):
                yield from self.of_operand(inner, aged)
            case Age(_, _, inner):
                yield from self.of_operand(inner, True)
            case Negative(inner):
                yield from self.of_operand(inner, aged)
            case Arithmetic():
                yield from self._of_arithmetic(operand)
            case ScoreValue(position):
                hundredths = self.evaluation.score(position)
                value = None if hundredths is None else points(hundredths)
                yield Fact(self.words.score(position), value, is_field=False)
            case FrameworkCount() | LabelValue():
                yield Fact(self.words.operand(operand), self.evaluation.value(operand), is_field=False)

    def of_field(self, field: int, aged: bool = False) -> Fact:
        """The value of one field."""
        value = self.evaluation.lead[field]
        name = self.words.field(field)
        if value is None:
            return Fact(name, None, missing=(self.evaluation.model.fields[field].name,))
        note = ago(value, self.evaluation.as_of) if aged and isinstance(value, date) else ""
        return Fact(name, value, note)

    def _of_arithmetic(self, operand: Arithmetic) -> Iterator[Fact]:
        """A computed number with what it was computed of; what is missing instead, where something is."""
        leaves = {fact.name: fact for fact in self._leaves(operand)}
        missing = [fact for fact in leaves.values() if fact.value is None]
        if missing:
            yield from missing
            return
        note = ", ".join(fact.text for fact in leaves.values())
        value = self.evaluation.value(operand)
        yield Fact(self.words.operand(operand), value, note, is_field=False, made_of=tuple(leaves))

    def _leaves(self, operand: Operand) -> Iterator[Fact]:
        match operand:
            case Arithmetic(_, left, right):
                yield from self._leaves(left)
                yield from self._leaves(right)
            case Negative(inner):
                yield from self._leaves(inner)
            case _:
                yield from self.of_operand(operand)


def ago(day: date, as_of: date) -> str:
    """How far a day is from the as-of date: `21 days ago`, `today`, `in 3 days`."""
    days = (as_of - (day.date() if isinstance(day, datetime) else day)).days
    if days == 0:
        return "today"
    size = "1 day" if abs(days) == 1 else f"{abs(days):,} days"
    return f"{size} ago" if days > 0 else f"in {size}"
