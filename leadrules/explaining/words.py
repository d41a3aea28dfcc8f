"""Conditions and operands of a checked ruleset, in the words of the language.

The checked form has forgotten lets and lists, which suits a reader who knows
the lead and not the ruleset: `demo_on in last 14 days` says more than
`wants_demo`. Texts that are compared ignoring case stand folded in the model;
they are shown as the ruleset first spells them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any

from leadrules.language.source import Source
from leadrules.language.words import is_bare_name
from leadrules.meaning.text import fold
from leadrules.reference import format_points
from leadrules.ruleset import (
    Age,
    And,
    Arithmetic,
    At,
    AtLeast,
    Compare,
    Condition,
    Constant,
    DayBound,
    DayOf,
    Definitely,
    Exactly,
    FieldValue,
    FrameworkCount,
    Holds,
    Includes,
    InWindow,
    IsDisqualified,
    IsTrue,
    Known,
    LabelValue,
    Limits,
    Matches,
    Model,
    Negative,
    Not,
    Operand,
    Or,
    SameText,
    ScoreValue,
    StageIs,
    TextIn,
    TextIs,
    TextTest,
)

MOST_TEXTS = 4
"""How many texts of a list are named before `…`."""

_QUOTED = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")
_OPPOSITES = {"=": "!=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_WITHOUT_S = {"contains": "contain", "mentions": "mention", "starts with": "start with", "ends with": "end with"}
_PRODUCT, _SUM = 2, 1


class Words:
    """One model's conditions, operands and values as text."""

    def __init__(self, model: Model):
        self.model = model

    # --------------------------------------------------------------- operands

    def field(self, position: int) -> str:
        """A field's name, in back-quotes where it cannot stand bare."""
        return _name(self.model.fields[position].name)

    def score(self, position: int | None) -> str:
        return "score" if position is None else _name(self.model.scores[position].name)

    def stage(self, position: int) -> str:
        name = self.model.stages[position].name
        return name if is_bare_name(name) else quoted(name)

    def operand(self, operand: Operand, tightness: int = 0) -> str:
        """`email.clicks / email.delivered`, `days since created`, `BANT.met`."""
        match operand:
            case FieldValue(field):
                return self.field(field)
            case Constant(value):
                return value_words(value)
            case Arithmetic(op, left, right):
                own = _SUM if op in "+-" else _PRODUCT
                text = f"{self.operand(left, own)} {op} {self.operand(right, own + 1)}"
                return text if own >= tightness else f"({text})"
            case Negative(inner):
                return f"-{self.operand(inner, _PRODUCT + 1)}"
            case Age(unit, until, inner):
                return f"{unit} {'until' if until else 'since'} {self.operand(inner, _PRODUCT + 1)}"
            case DayOf(inner):
                return self.operand(inner, tightness)
            case ScoreValue(score):
                return self.score(score)
            case FrameworkCount(framework, count):
                return f"{_name(self.model.frameworks[framework].name)}.{count}"
            case LabelValue(label):
                return _name(self.model.labels[label].name)

    # ------------------------------------------------------------- conditions

    def condition(self, condition: Condition, negated: bool = False) -> str:
        """A condition, or what it says when turned round."""
        match condition:
            case Not(part):
                return self.condition(part, not negated)
            case Definitely(part):
                return self.condition(part, negated)
            case And(parts):
                return self._all(parts, negated)
            case Or(parts):
                return self._any(parts, negated)
            case AtLeast(count, parts):
                words = f"at most {count - 1}" if negated else f"at least {count}"
                return f"{words} of ({', '.join(self.condition(part) for part in parts)})"
            case Compare(op, left, right):
                return f"{self.operand(left)} {_OPPOSITES[op] if negated else op} {self.operand(right)}"
            case SameText(left, right):
                return f"{self.operand(left)} {'!=' if negated else '='} {self.operand(right)}"
            case Holds(stage):
                return f"{'not ' * negated}holds {self.stage(stage)}"
            case StageIs(stages):
                return self._stage_is(stages, negated)
            case IsDisqualified():
                return f"{'not ' * negated}disqualified"
            case IsTrue(operand):
                return f"{'not ' * negated}{self.operand(operand)}"
            case Known(operand):
                return f"{self.operand(operand)} is {'missing' if negated else 'known'}"
        return f"{self.operand(condition.operand)} {self._test(condition, negated)}"

    def _all(self, parts: tuple[Condition, ...], negated: bool) -> str:
        if not parts:
            return "never" if negated else "always"
        if negated:
            return f"not ({self._all(parts, False)})" if len(parts) > 1 else self.condition(parts[0], True)
        match parts:
            case (Compare(">=", operand, low), Compare("<=", other, high)) if operand == other:
                return f"{self.operand(operand)} between {self.operand(low)} and {self.operand(high)}"
            case (*wanted, Not(Definitely(unless))) if wanted:
                return f"{self._all(tuple(wanted), False)} unless {self.condition(unless)}"
        return " and ".join(self._inside(part) for part in parts)

    def _any(self, parts: tuple[Condition, ...], negated: bool) -> str:
        if not parts:
            return "always" if negated else "never"
        if negated:
            return f"not ({self._any(parts, False)})"
        return " or ".join(self.condition(part) for part in parts)

    def _inside(self, part: Condition) -> str:
        text = self.condition(part)
        loose = isinstance(part, Or) and len(part.parts) > 1
        unless = isinstance(part, And) and " unless " in text
        return f"({text})" if loose or unless else text

    def _stage_is(self, stages: frozenset[int | None], negated: bool) -> str:
        named = [quoted(self.model.stages[one].name) for one in sorted(one for one in stages if one is not None)]
        said = [f"stage is {'not ' * negated}{name}" for name in named]
        if None in stages:
            said.append(f"stage is {'known' if negated else 'missing'}")
        return (" and " if negated else " or ").join(said)

    def _test(self, condition: Any, negated: bool) -> str:
        """What is asked of an operand."""
        match condition:
            case TextIn(texts=texts) if texts == {""}:
                return f"is {'known' if negated else 'missing'}"
            case TextIn(operand, texts):
                said = self._spelled(sorted(texts), operand)
                if len(said) == 1:
                    return f"is {'not ' * negated}{said[0]}"
                return f"{'not ' * negated}in ({_listed(said)})"
            case Exactly(text=text):
                return f"is {'not ' * negated}exactly {quoted(text)}"
            case TextTest(test, _, texts):
                word = f"does not {_WITHOUT_S[test]}" if negated else test
                return f"{word} {_any_of(self._spelled(texts))}"
            case Includes(texts=texts):
                return f"{'does not include' if negated else 'includes'} {_any_of(self._spelled(sorted(texts)))}"
            case At(domains=domains):
                return f"{'is not ' * negated}at {_any_of(self._spelled(sorted(domains)))}"
            case Matches(_, pattern, ignore_case):
                return f"{'does not match' if negated else 'matches'} /{pattern}/{'i' * ignore_case}"
            case TextIs(word=word):
                return f"is {'not ' * negated}{word}"
            case InWindow(_, low, high):
                return _window(low, high, negated)
        raise AssertionError(f"not a test of one operand: {condition}")

    def _spelled(self, texts: Iterable[str], operand: Operand | None = None) -> list[str]:
        choices = self.model.fields[operand.field].choices if isinstance(operand, FieldValue) else {}
        return [quoted(choices.get(text, self.spellings.get(text, text))) for text in texts]

    def spelled(self, text: str) -> str:
        """A folded text as the ruleset spells it."""
        return self.spellings.get(text, text)

    @cached_property
    def spellings(self) -> dict[str, str]:
        """How the ruleset spells its texts, by what they are folded to."""
        found: dict[str, str] = {}
        for source in _sources(self.model):
            for one in _QUOTED.finditer(source.text):
                text = re.sub(r"\\(.)", r"\1", one[1])
                found.setdefault(fold(text), text)
        return found


# ---------------------------------------------------------------------- values


def value_words(value: Any, most: int = 0) -> str:
    """A value as the language writes it; a text longer than `most` (0: any) is cut."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value, most)
    if isinstance(value, tuple):
        text = ", ".join(quoted(one, most) for one in value)
        return text if not most or len(text) <= 2 * most else text[: 2 * most - 1] + "…"
    if isinstance(value, datetime):
        if value.time() == time():
            return value.date().isoformat()
        return value.isoformat(timespec="seconds" if value.second else "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float):
        return number_words(value)
    return str(value)


def exact_words(value: Any, most: int = 0) -> str:
    """As `value_words`, but a number with all its places: for leads that others should be able to try."""
    if isinstance(value, float) and float(number_words(value)) != value:
        return repr(value)
    return value_words(value, most)


def number_words(value: float) -> str:
    """A number, to as many places as tell it apart at a glance."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    rounded = round(value, 2 if abs(value) >= 1 else 4)
    return f"{rounded:.4f}".rstrip("0").rstrip(".") if rounded and abs(value) < 1e15 else f"{value:.4g}"


def limits_words(limits: Limits) -> str:
    """`from 0 to 100`, `at most 40`; empty for none."""
    if limits.low is not None and limits.high is not None:
        return f"from {format_points(limits.low)} to {format_points(limits.high)}"
    if limits.low is not None:
        return f"at least {format_points(limits.low)}"
    return "" if limits.high is None else f"at most {format_points(limits.high)}"


def quoted(text: str, most: int = 0) -> str:
    """A text in quotes, safe to print."""
    plain = safe(text)
    if most and len(plain) > most:
        plain = plain[: most - 1] + "…"
    return f'"{plain}"'


def safe(text: str) -> str:
    """A text on one line, without characters that would steer a terminal."""
    if text.isascii() and text.isprintable():
        return text
    line = " ".join(text.split())
    return "".join("·" if unicodedata.category(one) in _STEERING else one for one in line)


# ---------------------------------------------------------------------- pieces


def _name(name: str) -> str:
    return name if is_bare_name(name) else f"`{name}`"


def _listed(texts: list[str]) -> str:
    if len(texts) <= MOST_TEXTS + 1:
        return ", ".join(texts)
    return f"{', '.join(texts[:MOST_TEXTS])}, … {len(texts) - MOST_TEXTS} more"


def _any_of(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"any ({_listed(texts)})"


def _window(low: DayBound | None, high: DayBound | None, negated: bool) -> str:
    if low is None and high is not None:
        return f"{'is not ' * negated}older than {_amount(-high.amount, high.unit)}"
    assert low is not None
    assert high is not None
    if low.amount:
        return f"{'not ' * negated}in last {_amount(-low.amount, low.unit)}"
    return f"{'not ' * negated}in next {_amount(high.amount, high.unit)}"


def _amount(amount: int, unit: str) -> str:
    return f"{amount} {unit[:-1] if amount == 1 else unit}"


def _sources(model: Model) -> Iterator[Source]:
    seen: set[int] = set()
    parts: tuple[Any, ...] = (
        model.fields, model.rules, model.groups, model.scores, model.excludes, model.disqualifies, model.stages,
        model.labels, model.frameworks, *(one.criteria for one in model.frameworks),
    )  # fmt: skip
    for part in parts:
        for one in part:
            if one.span is not None and id(one.span.source) not in seen:
                seen.add(id(one.span.source))
                yield one.span.source
