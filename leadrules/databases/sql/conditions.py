"""Conditions as SQL: true, false, or null for unknown.

Kleene's tables for `and`, `or` and `not` are SQL's own, and a comparison with null is null, as the
language wants it. What SQL has no word for is counting: how many of some conditions are true, and how many could be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from leadrules.databases.sql import terms
from leadrules.databases.sql.dialects.dialect import mark
from leadrules.databases.sql.mail import Mail
from leadrules.databases.sql.operands import Operands, linear_sum
from leadrules.databases.sql.patterns import translated
from leadrules.databases.sql.terms import SQL, text, whole
from leadrules.meaning.exact import exact
from leadrules.ruleset import (
    And,
    Arithmetic,
    At,
    AtLeast,
    Compare,
    Condition,
    Definitely,
    Exactly,
    Holds,
    Includes,
    InWindow,
    IsDisqualified,
    IsTrue,
    Known,
    LabelValue,
    Matches,
    Not,
    Operand,
    Or,
    SameText,
    StageIs,
    TextIn,
    TextIs,
    TextTest,
)

_COMPARE: Mapping[str, Any] = {"=": exp.EQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}


@dataclass
class Conditions:
    """Writes conditions over the columns that `operands` knows."""

    operands: Operands
    mail: Mail
    held: dict[int, SQL]
    """The stages decided so far."""
    stage: SQL | None = None
    """The final stage's name, null for none."""
    disqualified: SQL | None = None

    def sql(self, condition: Condition) -> SQL:
        """The condition: true, false, or null where it is unknown."""
        match condition:
            case And(parts):
                return self._between(parts) or terms.both([self.sql(part) for part in parts])
            case Or(parts):
                return terms.either([self.sql(part) for part in parts])
            case Not(Known(operand, in_criterion)):
                return self._known(operand, in_criterion, missing=True)
            case Not(Not(part)):
                return self.sql(part)
            case Not(part):
                return terms.negated(self.sql(part))
            case Definitely(part):
                return terms.definitely(self.sql(part))
            case AtLeast(count, parts):
                sure, possible = self._counted(parts)
                return terms.when(
                    (exp.GTE(this=sure, expression=whole(count)), terms.truth(True)),
                    (exp.LT(this=possible, expression=whole(count)), terms.truth(False)),
                )
            case Known(operand, in_criterion):
                return self._known(operand, in_criterion)
            case Compare(op, left, right):
                return self._compare(op, left, right)
            case SameText(left, right):
                return exp.EQ(this=self.operands.folded(left), expression=self.operands.folded(right))
            case IsTrue(operand):
                return self.operands.value(operand)
            case InWindow():
                return self._window(condition)
            case Holds(stage):
                return self.held[stage].copy()
            case IsDisqualified():
                assert self.disqualified is not None
                return self.disqualified.copy()
            case StageIs(stages):
                return self._stage_is(stages)
        return self._text_test(condition)

    def _between(self, parts: tuple[Condition, ...]) -> SQL | None:
        """`x >= a AND x <= b` as `BETWEEN`, where it is nothing but that."""
        match parts:
            case (Compare(">=", one, _), Compare("<=", other, _)) if one == other:
                first, second = self.sql(parts[0]), self.sql(parts[1])
                if isinstance(first, exp.GTE) and isinstance(second, exp.LTE) and first.this == second.this:
                    return terms.between(first.this, first.expression, second.expression)
        return None

    def _known(self, operand: Operand, in_criterion: bool, missing: bool = False) -> SQL:
        value = self.operands.value(operand)
        if isinstance(operand, LabelValue):
            known: SQL = exp.NEQ(this=value, expression=text(""))
        else:
            known = terms.is_known(value)
        if in_criterion:
            return terms.when((known, terms.truth(not missing)))
        if missing:
            return terms.negated(known) if isinstance(operand, LabelValue) else terms.is_null(value)
        return known

    def _counted(self, parts: tuple[Condition, ...]) -> tuple[SQL, SQL]:
        """How many are true, and how many are not false."""

        def make(true: int, false: int, negative: bool) -> SQL:
            found = [self.sql(part) for part in parts]
            rows = [terms.negated(one) if negative else one for one in found]
            return terms.added([terms.when((one, whole(true)), otherwise=whole(false)) for one in rows])

        sure = self.operands.once("sure", parts, "true_of", lambda: make(1, 0, False))
        possible = self.operands.once("possible", parts, "not_false_of", lambda: make(0, 1, True))
        return sure, possible

    def _compare(self, op: str, left: Operand, right: Operand) -> SQL:
        operands = self.operands
        if left.kind == "number":
            difference = exact(Arithmetic("-", left, right))
            if difference is not None and not difference.terms:
                numbers = {"=": difference.constant == 0, "<": difference.constant < 0, ">": difference.constant > 0,
                           "<=": difference.constant <= 0, ">=": difference.constant >= 0}  # fmt: skip
                return terms.truth(numbers[op])
            if difference is not None:
                points = linear_sum(difference, operands.scores, operands.dialect.huge)
                return _COMPARE[op](this=points, expression=whole(-difference.constant))
        return _COMPARE[op](this=operands.value(left), expression=operands.value(right))

    def _window(self, window: InWindow) -> SQL:
        value = self.operands.value(window.operand)
        low = None if window.low is None else self.operands.edge(window.low)
        high = None if window.high is None else self.operands.edge(window.high)
        first, last = terms.cast(text("0001-01-01"), "DATE"), terms.cast(text("9999-12-31"), "DATE")
        if low == 1 or high == -1:  # no day is in it, but a missing one is still unknown
            return exp.LT(this=value, expression=first)
        low = None if isinstance(low, int) else low
        high = None if isinstance(high, int) else high
        if low is not None and high is not None:
            return terms.between(value, low, high)
        if low is not None:
            return exp.GTE(this=value, expression=low)
        return exp.LTE(this=value, expression=high if high is not None else last)

    def _stage_is(self, stages: frozenset[int | None]) -> SQL:
        assert self.stage is not None
        names = [self.operands.model.stages[one].name for one in sorted(one for one in stages if one is not None)]
        parts: list[SQL] = []
        if names:
            parts.append(terms.definitely(terms.among(self.stage.copy(), map(text, names))))
        if None in stages:
            parts.append(terms.is_null(self.stage.copy()))
        return terms.either(parts)

    # --------------------------------------------------------------------- texts

    def _text_test(self, condition: Condition) -> SQL:
        operands, dialect = self.operands, self.operands.dialect
        match condition:
            case TextIn(operand, texts):
                return terms.among_texts(operands.folded(operand), texts)
            case Exactly(operand, wanted):
                return exp.EQ(this=operands.value(operand), expression=text(wanted))
            case Includes(operand, texts):
                return dialect.includes(operands.folded_items(operand), sorted(texts))
            case TextTest("mentions", operand, phrases):
                marked = operands.marked(operand)
                found = [dialect.contains(marked.copy(), mark(phrase)) for phrase in phrases if mark(phrase)]
                return terms.either(found) if found else exp.NEQ(this=marked, expression=marked.copy())
            case TextTest(test, operand, texts):
                say = {"contains": dialect.contains, "starts with": dialect.starts_with, "ends with": dialect.ends_with}
                folded = operands.folded(operand)
                return terms.either([say[test](folded.copy(), one) for one in texts])
            case Matches(operand, pattern, ignore_case):
                return dialect.found(operands.value(operand), translated(pattern, ignore_case, dialect))
            case At(operand, domains):
                domain = self.mail.domain(operand)
                same = terms.among_texts(domain.copy(), domains)
                return terms.either([same, *(dialect.ends_with(domain.copy(), f".{one}") for one in sorted(domains))])
            case TextIs(operand, word):
                return self._text_is(operand, word)
        raise AssertionError(f"no condition: {condition}")

    def _text_is(self, operand: Operand, word: str) -> SQL:
        dialect, value = self.operands.dialect, self.operands.value(operand)
        match word:
            case "numeric":
                return dialect.found(value, "^[0-9]+$")
            case "lowercase":
                return dialect.cased(value, r"\p{Ll}", r"\p{Lu}\p{Lt}")
            case "uppercase":
                return dialect.cased(value, r"\p{Lu}", r"\p{Ll}\p{Lt}")
        return self.mail.test(operand, word)
