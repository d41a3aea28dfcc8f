"""The points of one lead: every rule's line, in its group and its score, before and after each limit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Literal

from leadrules.explaining.facts import Fact, Facts, missing_names
from leadrules.explaining.words import Words
from leadrules.meaning.fading import ONE, factor
from leadrules.meaning.text_tests import is_true
from leadrules.reference import Evaluation, format_points
from leadrules.ruleset import (
    NO_LIMITS,
    TRUE,
    Compare,
    Condition,
    Fading,
    IsTrue,
    Known,
    Limits,
    Not,
    Rule,
    TextIn,
    TextTest,
)

Status = Literal["fired", "did not fire", "unknown"]
_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What one rule gave, in hundredths, and why.

    `status` is unknown where a missing fact kept the rule from giving points
    that it could have given. `row` is the condition of the row that gave the
    points, where there are several (`row_is_told`: the facts say as much);
    `sums` how they came about (`8 × 5 = 40`, `at most 32`, `faded to 70.7 %`).
    `uncut` are the points before `at most` and fading.
    """

    rule: int
    status: Status
    points: int
    text: str
    condition: str
    row: str | None
    row_is_told: bool
    facts: tuple[Fact, ...]
    sums: tuple[str, ...]
    uncut: int

    @property
    def missing(self) -> tuple[str, ...]:
        return missing_names(self.facts)


@dataclass(frozen=True, slots=True)
class GroupLines:
    """A group's rules, and their sum before and after its limits."""

    group: int
    title: str
    limits: Limits
    rules: tuple[RuleLine, ...]
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class PartLines:
    """A score, or (`score` None) what stands outside any: lines in written order, the sum before and after the limits.

    `weighted` are the hundredths that count towards the total, exactly.
    """

    score: int | None
    name: str | None
    limits: Limits
    weight: int
    lines: tuple[RuleLine | GroupLines, ...]
    before: int
    after: int

    @property
    def weighted(self) -> Fraction:
        return Fraction(self.after * self.weight, _WHOLE)

    @property
    def rules(self) -> tuple[RuleLine, ...]:
        return tuple(rule for line in self.lines for rule in (line.rules if isinstance(line, GroupLines) else (line,)))


class Parts:
    """Takes the points of an evaluation apart."""

    def __init__(self, evaluation: Evaluation, words: Words, facts: Facts):
        self.model = evaluation.model
        self.evaluation = evaluation
        self.words = words
        self.facts = facts

    def all(self) -> tuple[PartLines, ...]:
        """What stands outside any score, if anything does, then every score."""
        lines: dict[int | None, list[RuleLine | GroupLines]] = {None: []}
        lines |= {position: [] for position in range(len(self.model.scores))}
        groups: dict[int, list[RuleLine]] = {}
        for position, rule in enumerate(self.model.rules):
            line = self._rule(position, rule)
            if rule.group is None:
                lines[rule.score].append(line)
            elif rule.group in groups:
                groups[rule.group].append(line)
            else:
                groups[rule.group] = [line]
                lines[rule.score].append(self._group(rule.group, groups[rule.group]))
        for position, group in enumerate(self.model.groups):
            if position not in groups:
                lines[group.score].append(self._group(position, []))
        whole = {score: tuple(self._closed(line, groups) for line in found) for score, found in lines.items()}
        parts = [] if not whole[None] else [_outside(whole[None])]
        for position, score in enumerate(self.model.scores):
            sums = self.evaluation.parts[position]
            parts.append(
                PartLines(position, score.name, score.limits, score.weight, whole[position], sums.before, sums.after)
            )
        return tuple(parts)

    def _group(self, position: int, rules: Sequence[RuleLine]) -> GroupLines:
        group, sums = self.model.groups[position], self.evaluation.groups[position]
        return GroupLines(position, group.title, group.limits, tuple(rules), sums.before, sums.after)

    def _closed(self, line: RuleLine | GroupLines, groups: Mapping[int, Sequence[RuleLine]]) -> RuleLine | GroupLines:
        """A group with all its rules, those that stand after its first one too."""
        return self._group(line.group, groups.get(line.group, ())) if isinstance(line, GroupLines) else line

    def _rule(self, position: int, rule: Rule) -> RuleLine:
        points = self.evaluation.points[position]
        period = self._outside_period(rule)
        rows = [(row, self.evaluation.truth(row.condition)) for row in rule.rows]
        chosen = next((place for place, (_, truth) in enumerate(rows) if truth is True), None)
        reached = rows if chosen is None else rows[: chosen + 1]
        facts: dict[str, Fact] = {}
        looked: list[Condition]
        if period is not None:
            looked = []
        elif chosen is not None and rows[chosen][0].condition != TRUE:
            looked = [rows[chosen][0].condition]
        else:
            looked = [row.condition for row, _ in reached]
        for fact in self.facts.of(*looked):
            facts.setdefault(fact.name, fact)
        passed_over = [row.condition for row, truth in reached if truth is None] if period is None else []
        for fact in self.facts.of(*passed_over):
            if fact.value is None:
                facts.setdefault(fact.name, fact)
        unknown = any(truth is None and row.points != points for row, truth in reached)
        sums: list[str] = []
        uncut = rule.rows[chosen].points if chosen is not None else 0
        if chosen is not None and uncut and period is None:
            uncut = self._amounts(rule, uncut, facts, sums)
            unknown = unknown or any(facts[name].value is None for name in self._needed(rule) if name in facts)
        if period is not None:
            sums.append(period)
        status: Status = "fired" if points else "unknown" if unknown and period is None else "did not fire"
        row = self._row(rule.rows[chosen].condition) if chosen is not None and len(rule.rows) > 1 else None
        return RuleLine(
            rule=position,
            status=status,
            points=points,
            text=rule.text,
            condition=self._condition(rule),
            row=row,
            row_is_told=chosen is not None and self._is_told(rule.rows[chosen].condition),
            facts=tuple(facts.values()),
            sums=tuple(sums),
            uncut=uncut if points else 0,
        )

    def _is_told(self, condition: Condition) -> bool:
        """Whether the values alone tell why a row was true: they are the ones asked for, or lie in the range."""
        if isinstance(condition, Not) and isinstance(condition.part, Known):
            return True
        tests = list(self.facts.deciding(condition))
        return bool(tests) and all(isinstance(test, (TextIn, Compare, IsTrue)) for test in tests)

    def _row(self, condition: Condition) -> str:
        """The condition of the row that was true; of many texts, only the one that was found."""
        if isinstance(condition, TextTest):
            value = self.evaluation.value(condition.operand)
            for text in condition.texts:
                one = replace(condition, texts=(text,))
                if is_true(one, value, self.evaluation.directory):
                    return self.words.condition(one)
        return "otherwise" if isinstance(condition, Known) else _row(self.words, condition)

    def _outside_period(self, rule: Rule) -> str | None:
        if rule.valid_from is not None and self.evaluation.as_of < rule.valid_from:
            return f"counts from {rule.valid_from}"
        if rule.valid_until is not None and self.evaluation.as_of > rule.valid_until:
            return f"counted until {rule.valid_until}"
        return None

    def _amounts(self, rule: Rule, points: int, facts: dict[str, Fact], sums: list[str]) -> int:
        """Add the facts and the sums of units, `at most` and fading; the points before `at most` and fading."""
        size = points
        if rule.units is not None:
            for fact in self.facts.of_operand(rule.units.operand):
                facts.setdefault(fact.name, fact)
            amount = self.evaluation.value(rule.units.operand)
            units = 0 if amount is None or amount < 0 else math.floor(amount) // rule.units.every
            size = points * units
            if units:
                each = "" if rule.units.every == 1 else f"each {rule.units.every}: "
                sums.append(f"{each}{format_points(points)} × {units} = {format_points(size)}")
        if rule.at_most is not None and abs(size) > rule.at_most:
            sums.append(f"at most {format_points(rule.at_most)}")
        if rule.fading is not None:
            fact = self.facts.of_field(rule.fading.field, aged=True)
            facts[fact.name] = fact
            if fact.value is not None:
                sums.append(self._faded(rule.fading))
        return size

    def _faded(self, fading: Fading) -> str:
        day = self.evaluation.lead[fading.field]
        assert isinstance(day, date)
        age = self.evaluation.as_of.toordinal() - day.toordinal()
        share = Fraction(factor(fading, age), ONE) * 100
        return "not faded" if share == 100 else f"faded to {float(share):.3g} %"

    def _needed(self, rule: Rule) -> list[str]:
        needed: list[str] = []
        if rule.units is not None:
            needed += [fact.name for fact in self.facts.of_operand(rule.units.operand)]
        if rule.fading is not None:
            needed.append(self.words.field(rule.fading.field))
        return needed

    def _condition(self, rule: Rule) -> str:
        """What the rule asks for, whole: its condition, or its rows."""
        if len(rule.rows) == 1:
            said = "" if rule.rows[0].condition == TRUE else self.words.condition(rule.rows[0].condition)
        else:
            said = ", ".join(f"{_row(self.words, row.condition)}: {format_points(row.points)}" for row in rule.rows)
        if rule.units is not None:
            every = f"{rule.units.every} " if rule.units.every != 1 else ""
            said = f"{said} per {every}{self.words.operand(rule.units.operand, 3)}".strip()
        return said


def _row(words: Words, condition: Condition) -> str:
    return "otherwise" if condition == TRUE else words.condition(condition)


def _outside(lines: tuple[RuleLine | GroupLines, ...]) -> PartLines:
    total = sum(line.after if isinstance(line, GroupLines) else line.points for line in lines)
    return PartLines(None, None, NO_LIMITS, _WHOLE, lines, total, total)
