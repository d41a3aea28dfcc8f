"""What each rule of the grammar makes of its symbols: nodes of the tree.

Every method is called as the grammar's rule, or its alias after `->`, is
called. It gets the place and the rule's children: words that are kept, what
other rules made, None for an optional child that is not there. A rule whose
single child stands for the whole has no method.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from leadrules.language import tree
from leadrules.language.source import Span
from leadrules.language.words import Word
from leadrules.problems import syntax_messages as messages
from leadrules.problems.problem import Problem


class Option(NamedTuple):
    """One of several that stand in any order: what it says, under which name of the node."""

    name: str
    value: Any
    span: Span


class Either(NamedTuple):
    """A row of a table: its node, and whether it is the `otherwise` row."""

    node: Any
    otherwise: bool


_UNITS: dict[str, tree.Unit] = {
    "day": "days", "days": "days", "week": "weeks", "weeks": "weeks",
    "month": "months", "months": "months", "year": "years", "years": "years",
}  # fmt: skip
_TEXT_TESTS: dict[str, Any] = {
    "contain": "contains", "mention": "mentions", "include": "includes", "start": "starts with", "end": "ends with",
}  # fmt: skip


class Build:
    """Builds the nodes of one file; what they find wrong goes into `problems`."""

    def __init__(self, problems: list[Problem]):
        self.problems = problems

    def builder(self, name: str) -> Callable[..., Any]:
        found: Callable[..., Any] = getattr(self, name)
        return found

    def options(self, options: Iterable[Option]) -> dict[str, Any]:
        """By name; of one that is given twice the first counts."""
        first: dict[str, Option] = {}
        for option in options:
            if option.name in first:
                self.problems.append(messages.option_twice(option.span, first[option.name].span))
            else:
                first[option.name] = option
        return {name: option.value for name, option in first.items()}

    def rows(self, rows: Iterable[Either]) -> tuple[Any, ...]:
        """The nodes of a table's rows, in which `otherwise` is the last."""
        found = list(rows)
        for row, after in pairwise(found):
            if row.otherwise:
                self.problems.append(messages.otherwise_not_last(row.node.span, after.node.span))
                break
        return tuple(row.node for row in found)

    # ------------------------------------------------------------ declarations

    def start(self, at: Span, *statements: tree.Statement) -> tree.File:
        return tree.File(statements, span=at)

    def ruleset(self, at: Span, title: tree.Text, version: tree.Text | None) -> tree.Header:
        return tree.Header(title, version, span=at)

    def include(self, at: Span, path: tree.Text) -> tree.Include:
        return tree.Include(path, span=at)

    def missing_values(self, at: Span, spellings: tuple[tree.Text, ...]) -> tree.MissingValues:
        return tree.MissingValues(spellings, span=at)

    def field(self, at: Span, name: tree.Name, type_: tree.Type, *options: Option) -> tree.Field:
        return tree.Field(name, type_, **self.options(options), span=at)

    def plain_type(self, at: Span, word: str) -> tree.Type:
        kind: Any = word
        return tree.Type(kind, span=at)

    def one_of(self, at: Span, choices: tuple[tree.Text, ...]) -> tree.Type:
        return tree.Type("one of", choices, span=at)

    def list_of_text(self, at: Span, split: tree.Text | None) -> tree.Type:
        return tree.Type("list of text", (), split, span=at)

    def type_word(self, at: Span, word: Word) -> str:
        return str(word.value)

    def headers(self, at: Span, texts: tuple[tree.Text, ...]) -> Option:
        return Option("headers", texts, at)

    def also_missing(self, at: Span, texts: tuple[tree.Text, ...]) -> Option:
        return Option("also_missing", texts, at)

    def bad_as_missing(self, at: Span) -> Option:
        return Option("bad_as_missing", True, at)

    def optional(self, at: Span) -> Option:
        return Option("optional", True, at)

    def default(self, at: Span, value: tree.Literal) -> Option:
        return Option("default", value, at)

    def bounds(self, at: Span, low: tree.Literal, high: tree.Literal) -> Option:
        return Option("between", (low, high), at)

    def format(self, at: Span, text: tree.Text) -> Option:
        return Option("format", text, at)

    def key(self, at: Span) -> Option:
        return Option("key", True, at)

    def list_values(self, at: Span, name: tree.Name, items: tuple[tree.Literal, ...]) -> tree.List:
        return tree.List(name, "=", items, span=at)

    def list_file(self, at: Span, name: tree.Name, file: tree.Text) -> tree.List:
        return tree.List(name, "from", (), file, span=at)

    def list_add(self, at: Span, name: tree.Name, items: tuple[tree.Literal, ...]) -> tree.List:
        return tree.List(name, "add", items, span=at)

    def list_remove(self, at: Span, name: tree.Name, items: tuple[tree.Literal, ...]) -> tree.List:
        return tree.List(name, "remove", items, span=at)

    def let(self, at: Span, name: tree.Name, value: tree.Expression) -> tree.Let:
        return tree.Let(name, value, span=at)

    # ------------------------------------------------------------------ points

    def rule(self, at: Span, name: tree.Name | None, points: Any, *options: Option) -> tree.Rule:
        given = self.options(options)
        if "at_most" in given and not (isinstance(points, tree.Add) and points.units):
            limit = next(option for option in options if option.name == "at_most")
            self.problems.append(messages.at_most_without_per(limit.span))
            del given["at_most"]
        return tree.Rule(points, name, **given, span=at)

    def conditional(
        self, at: Span, condition: tree.Expression, unless: tree.Expression | None, amount: tree.Add
    ) -> tree.Add:
        return tree.Add(amount.points, amount.sign, condition, unless, amount.units, span=at)

    def unconditional(self, at: Span, amount: tree.Add) -> tree.Add:
        return amount

    def add(self, at: Span, points: tree.Number, units: tree.Units | None) -> tree.Add:
        return tree.Add(points, 1, None, None, units, span=at)

    def subtract(self, at: Span, points: tree.Number, units: tree.Units | None) -> tree.Add:
        return tree.Add(points, -1, None, None, units, span=at)

    def units(self, at: Span, operand: tree.Expression) -> tree.Units:
        return tree.Units(operand, None, span=at)

    def units_of(self, at: Span, every: tree.Number, operand: tree.Expression) -> tree.Units:
        return tree.Units(operand, every, span=at)

    def points_by(self, at: Span, operand: tree.Expression, *rows: tree.BandRow) -> tree.PointsBy:
        for row, after in pairwise(rows):
            kinds = {band.kind for band in after.bands}
            if any(band.kind == "otherwise" for band in row.bands) and kinds != {"missing"}:
                self.problems.append(messages.otherwise_not_last(row.span, after.span))
                break
        return tree.PointsBy(operand, rows, span=at)

    def band_row(self, at: Span, *parts: Any) -> tree.BandRow:
        *bands, points = parts
        return tree.BandRow(tuple(bands), points, span=at)

    def band_exact(self, at: Span, value: tree.Number | tree.Boolean) -> tree.Band:
        return tree.Band("exact", (value,), span=at)

    def band_to(self, at: Span, low: tree.Number, high: tree.Number) -> tree.Band:
        return tree.Band("to", (low, high), span=at)

    def band_or_more(self, at: Span, low: tree.Number) -> tree.Band:
        return tree.Band("or more", (low,), span=at)

    def band_or_less(self, at: Span, high: tree.Number) -> tree.Band:
        return tree.Band("or less", (high,), span=at)

    def band_under(self, at: Span, high: tree.Number) -> tree.Band:
        return tree.Band("under", (high,), span=at)

    def band_over(self, at: Span, low: tree.Number) -> tree.Band:
        return tree.Band("over", (low,), span=at)

    def band_text(self, at: Span, text: tree.Text) -> tree.Band:
        return tree.Band("text", (text,), span=at)

    def band_list(self, at: Span, name: tree.Name) -> tree.Band:
        return tree.Band("list", (name,), span=at)

    def band_missing(self, at: Span) -> tree.Band:
        return tree.Band("missing", span=at)

    def band_otherwise(self, at: Span) -> tree.Band:
        return tree.Band("otherwise", span=at)

    def points_first(self, at: Span, title: tree.Text | None, *rows: Either) -> tree.PointsFirst:
        return tree.PointsFirst(title, self.rows(rows), span=at)

    def points_row(self, at: Span, condition: tree.Expression, points: tree.Number) -> Either:
        return Either(tree.PointsRow(condition, points, span=at), False)

    def points_otherwise(self, at: Span, points: tree.Number) -> Either:
        return Either(tree.PointsRow(None, points, span=at), True)

    def rule_at_most(self, at: Span, points: tree.Number) -> Option:
        return Option("at_most", points, at)

    def because(self, at: Span, text: tree.Text) -> Option:
        return Option("because", text, at)

    def valid_from(self, at: Span, day: tree.Day) -> Option:
        return Option("valid_from", day, at)

    def valid_until(self, at: Span, day: tree.Day) -> Option:
        return Option("valid_until", day, at)

    def fading(self, at: Span, fading: tree.Fading) -> Option:
        return Option("fading", fading, at)

    def fading_to_zero(self, at: Span, amount: tree.Number, unit: tree.Unit, since: tree.Name) -> tree.Fading:
        return tree.Fading("to zero", amount, unit, since, span=at)

    def fading_by_half(self, at: Span, amount: tree.Number, unit: tree.Unit, since: tree.Name) -> tree.Fading:
        return tree.Fading("by half", amount, unit, since, span=at)

    def fading_percent(
        self, at: Span, percent: tree.Number, amount: tree.Number, unit: tree.Unit, since: tree.Name
    ) -> tree.Fading:
        return tree.Fading("percent", amount, unit, since, percent, span=at)

    def group(self, at: Span, title: tree.Text, *parts: Any) -> tree.Group:
        limits, rules = self.limits(parts)
        return tree.Group(title, limits, rules, span=at)

    def limit_from_to(self, at: Span, low: tree.Number, high: tree.Number) -> Option:
        return Option("from", (low, high), at)

    def limit_at_least(self, at: Span, low: tree.Number) -> Option:
        return Option("at least", (low, None), at)

    def limit_at_most(self, at: Span, high: tree.Number) -> Option:
        return Option("at most", (None, high), at)

    def weight(self, at: Span, percent: tree.Number) -> Option:
        return Option("weight", percent, at)

    def limits(self, parts: Iterable[Any]) -> tuple[tree.Limits | None, tuple[Any, ...]]:
        """The limits among the parts, made one, and the parts that are none."""
        low: tuple[tree.Number, Span] | None = None
        high: tuple[tree.Number, Span] | None = None
        place: Span | None = None
        rest = []
        for part in parts:
            if not isinstance(part, Option) or part.name == "weight":
                rest.append(part)
                continue
            for first, given in ((low, part.value[0]), (high, part.value[1])):
                if first and given:
                    self.problems.append(messages.option_twice(part.span, first[1]))
                    break
            low = low or (part.value[0] and (part.value[0], part.span))
            high = high or (part.value[1] and (part.value[1], part.span))
            place = place.to(part.span) if place else part.span
        if place is None:
            return None, tuple(rest)
        return tree.Limits(low and low[0], high and high[0], span=place), tuple(rest)

    def score(self, at: Span, name: tree.Name, *parts: Any) -> tree.Score:
        limits, rest = self.limits(parts)
        weight = self.options(part for part in rest if isinstance(part, Option)).get("weight")
        body = tuple(part for part in rest if not isinstance(part, Option))
        return tree.Score(name, limits, weight, body, span=at)

    def total(self, at: Span, *parts: Any) -> tree.Total:
        limits, _ = self.limits(parts)
        assert limits is not None
        return tree.Total(limits, span=at)

    # ---------------------------------------------------------------- verdicts

    def exclude(
        self, at: Span, condition: tree.Expression, unless: tree.Expression | None, because: tree.Text | None
    ) -> tree.Exclude:
        return tree.Exclude(condition, unless, because, span=at)

    def disqualify(
        self, at: Span, condition: tree.Expression, unless: tree.Expression | None, because: tree.Text | None
    ) -> tree.Disqualify:
        return tree.Disqualify(condition, unless, because, span=at)

    def stage(
        self,
        at: Span,
        name: tree.Name | tree.Text,
        threshold: tuple[Any, tree.Name | None] | None,
        after: tuple[tree.Name | tree.Text, ...] | None,
        condition: tree.Expression | None,
        unless: tree.Expression | None,
        always: tree.Expression | None,
    ) -> tree.Stage:
        points, on = threshold or (None, None)
        return tree.Stage(name, points, on, after or (), condition, unless, always, span=at)

    def threshold(self, at: Span, points: tree.Number, on: tree.Name | None) -> tuple[tree.Number, tree.Name | None]:
        return points, on

    def threshold_rows(self, at: Span, *parts: Any) -> tuple[tuple[tree.ThresholdRow, ...], tree.Name | None]:
        *rows, on = parts
        return self.rows(rows), on

    def threshold_row(self, at: Span, points: tree.Number, condition: tree.Expression) -> Either:
        return Either(tree.ThresholdRow(points, condition, span=at), False)

    def threshold_otherwise(self, at: Span, points: tree.Number) -> Either:
        return Either(tree.ThresholdRow(points, None, span=at), True)

    def titles(self, at: Span, *titles: tree.Name | tree.Text) -> tuple[tree.Name | tree.Text, ...]:
        return titles

    def framework(self, at: Span, name: tree.Name, *criteria: tree.Criterion) -> tree.Framework:
        return tree.Framework(name, criteria, span=at)

    def criterion(
        self, at: Span, name: tree.Name, question: tree.Text | None, condition: tree.Expression
    ) -> tree.Criterion:
        return tree.Criterion(name, question, condition, span=at)

    def label_rows(self, at: Span, name: tree.Name, *rows: Either) -> tree.Label:
        first, last = rows[0].node.span, rows[-1].node.span
        return tree.Label(name, tree.LabelRows(self.rows(rows), span=first.to(last)), span=at)

    def label_join(self, at: Span, name: tree.Name, *parts: tree.Text | tree.Name) -> tree.Label:
        return tree.Label(name, tree.LabelJoin(parts, span=parts[0].span.to(parts[-1].span)), span=at)

    def label_table(
        self, at: Span, name: tree.Name, field: tree.Name, file: tree.Text, otherwise: tree.Text | None
    ) -> tree.Label:
        place = field.span.to((otherwise or file).span)
        return tree.Label(name, tree.LabelTable(field, file, otherwise, span=place), span=at)

    def label_row(self, at: Span, value: tree.Text | tree.Name, condition: tree.Expression) -> Either:
        return Either(tree.LabelRow(value, condition, span=at), False)

    def label_otherwise(self, at: Span, value: tree.Text | tree.Name) -> Either:
        return Either(tree.LabelRow(value, None, span=at), True)

    # ---------------------------------------------------------------- examples

    def example(self, at: Span, title: tree.Text, as_of: tree.Day | None, *parts: Any) -> tree.Example:
        given = tuple(part for part in parts if isinstance(part, tree.Given))
        expected = tuple(one for part in parts if isinstance(part, tuple) for one in part)
        return tree.Example(title, as_of, given, expected, span=at)

    def given(self, at: Span, field: tree.Name, value: tree.Literal | tree.Values) -> tree.Given:
        return tree.Given(field, value, span=at)

    def expect(self, at: Span, *expected: Any) -> tuple[Any, ...]:
        return expected

    def excluded(self, at: Span) -> tree.Excluded:
        return tree.Excluded(False, span=at)

    def not_excluded(self, at: Span) -> tree.Excluded:
        return tree.Excluded(True, span=at)

    def fires(self, at: Span, rule: tree.Name | tree.Text) -> tree.Fires:
        return tree.Fires(rule, False, span=at)

    def not_fires(self, at: Span, rule: tree.Name | tree.Text) -> tree.Fires:
        return tree.Fires(rule, True, span=at)

    # -------------------------------------------------------------- conditions

    def or_(self, at: Span, *parts: tree.Expression) -> tree.Or:
        return tree.Or(parts, span=at)

    def and_(self, at: Span, *parts: tree.Expression) -> tree.And:
        return tree.And(parts, span=at)

    def not_(self, at: Span, part: tree.Expression) -> tree.Not:
        return tree.Not(part, span=at)

    def compare(self, at: Span, left: tree.Expression, op: Any, right: tree.Expression) -> tree.Compare:
        return tree.Compare(op, left, right, span=at)

    def comparison(self, at: Span, word: Word) -> str:
        return str(word.value)

    def is_value(self, at: Span, operand: tree.Expression, not_: Word | None, value: tree.Literal) -> tree.Is:
        return tree.Is(operand, value, not_ is not None, span=at)

    def is_exactly(self, at: Span, operand: tree.Expression, not_: Word | None, value: tree.Text) -> tree.Is:
        return tree.Is(operand, value, not_ is not None, True, span=at)

    def is_predicate(self, at: Span, operand: tree.Expression, not_: Word | None, word: Any) -> tree.Predicate:
        return tree.Predicate(operand, word, not_ is not None, span=at)

    def predicate(self, at: Span, word: Word) -> str:
        return str(word.value)

    def between(
        self, at: Span, operand: tree.Expression, not_: Word | None, low: tree.Expression, high: tree.Expression
    ) -> tree.Between:
        return tree.Between(operand, low, high, not_ is not None, span=at)

    def in_(self, at: Span, operand: tree.Expression, not_: Word | None, choices: tree.Name | tree.Values) -> tree.In:
        return tree.In(operand, choices, not_ is not None, span=at)

    def at(self, at: Span, operand: tree.Expression, not_: Word | None, argument: Any) -> tree.At:
        return tree.At(operand, argument, not_ is not None, span=at)

    def in_last(self, at: Span, *parts: Any) -> tree.Window:
        return self.window(at, "in last", *parts)

    def in_next(self, at: Span, *parts: Any) -> tree.Window:
        return self.window(at, "in next", *parts)

    def older_than(self, at: Span, *parts: Any) -> tree.Window:
        return self.window(at, "older than", *parts)

    def window(
        self,
        at: Span,
        window: Literal["in last", "in next", "older than"],
        operand: tree.Expression,
        not_: Word | None,
        amount: tree.Number,
        unit: tree.Unit,
    ) -> tree.Window:
        return tree.Window(window, operand, amount, unit, not_ is not None, span=at)

    def day_test(self, at: Span, operand: Any, not_: Word | None, test: Any, day: tree.Expression) -> tree.DayTest:
        return tree.DayTest(test, operand, day, not_ is not None, span=at)

    def day_word(self, at: Span, word: Word) -> str:
        return str(word.value)

    def text_test(self, at: Span, operand: Any, verb: tuple[Any, bool], argument: Any) -> tree.TextTest:
        test, negated = verb
        return tree.TextTest(test, operand, argument, negated, span=at)

    def text_verb(self, at: Span, *parts: Word) -> tuple[str, bool]:
        words = [str(word.value) for word in parts]
        negated = words[0] == "does"
        return (_TEXT_TESTS[words[2]] if negated else " ".join(words)), negated

    def matches(self, at: Span, operand: tree.Expression, pattern: Word) -> tree.Matches:
        return self.pattern_test(at, operand, pattern, False)

    def does_not_match(self, at: Span, operand: tree.Expression, pattern: Word) -> tree.Matches:
        return self.pattern_test(at, operand, pattern, True)

    def pattern_test(self, at: Span, operand: tree.Expression, pattern: Word, negated: bool) -> tree.Matches:
        text, ignore_case = pattern.value
        place = Span(at.source, pattern.start, pattern.end)
        return tree.Matches(operand, text, ignore_case, place, negated, span=at)

    def holds(self, at: Span, stage: tree.Name | tree.Text) -> tree.Holds:
        return tree.Holds(stage, span=at)

    def disqualified(self, at: Span) -> tree.Disqualified:
        return tree.Disqualified(span=at)

    def quantified(self, at: Span, quantity: Any, *parts: tree.Expression) -> tree.Quantified:
        return tree.Quantified(quantity[0], quantity[1], parts, span=at)

    def quantity(self, at: Span, *parts: Any) -> tuple[str, tree.Number | None]:
        count = parts[-1] if isinstance(parts[-1], tree.Number) else None
        return " ".join(str(part.value) for part in parts if isinstance(part, Word)), count

    def any(self, at: Span, choices: tree.Name | tree.Values) -> tree.Name | tree.Values:
        return choices

    # ---------------------------------------------------------------- operands

    def plus(self, at: Span, left: tree.Expression, right: tree.Expression) -> tree.Arithmetic:
        return tree.Arithmetic("+", left, right, span=at)

    def minus(self, at: Span, left: tree.Expression, right: tree.Expression) -> tree.Arithmetic:
        return tree.Arithmetic("-", left, right, span=at)

    def times(self, at: Span, left: tree.Expression, right: tree.Expression) -> tree.Arithmetic:
        return tree.Arithmetic("*", left, right, span=at)

    def divided(self, at: Span, left: tree.Expression, right: tree.Expression) -> tree.Arithmetic:
        return tree.Arithmetic("/", left, right, span=at)

    def negative(self, at: Span, operand: tree.Expression) -> tree.Number | tree.Negative:
        if isinstance(operand, tree.Number) and not operand.value.is_signed():
            return self.signed(at, operand)
        return tree.Negative(operand, span=at)

    def brackets(self, at: Span, inner: tree.Expression) -> tree.Expression:
        return inner

    def since(self, at: Span, unit: Word, operand: tree.Expression) -> tree.Age:
        name: Any = unit.value
        return tree.Age(name, False, operand, span=at)

    def until(self, at: Span, unit: Word, operand: tree.Expression) -> tree.Age:
        if unit.value != "days":
            self.problems.append(messages.until_counts_days(at, str(unit.value)))
        return tree.Age("days", True, operand, span=at)

    def score_word(self, at: Span, word: Word) -> tree.ScoreWord:
        return tree.ScoreWord(span=at)

    def stage_word(self, at: Span, word: Word) -> tree.StageWord:
        return tree.StageWord(span=at)

    # -------------------------------------------------------- words and values

    def name(self, at: Span, word: Word) -> tree.Name:
        return tree.Name(word.value, span=at)

    def text(self, at: Span, word: Word) -> tree.Text:
        return tree.Text(word.value, span=at)

    def unsigned(self, at: Span, word: Word) -> tree.Number:
        return tree.Number(word.value, span=at)

    def signed(self, at: Span, number: tree.Number) -> tree.Number:
        return tree.Number(number.value.copy_negate(), span=at)

    def boolean(self, at: Span, word: Word) -> tree.Boolean:
        return tree.Boolean(word.kind == "true", span=at)

    def date(self, at: Span, word: Word) -> tree.Day:
        return tree.Day(word.value, span=at)

    def datetime(self, at: Span, word: Word) -> tree.Moment:
        return tree.Moment(word.value, span=at)

    def values(self, at: Span, *items: tree.Literal) -> tuple[tree.Literal, ...]:
        return items

    def bracketed(self, at: Span, *items: tree.Literal) -> tree.Values:
        return tree.Values(items, span=at)

    def texts(self, at: Span, *items: tree.Text) -> tuple[tree.Text, ...]:
        return items

    def unit(self, at: Span, word: Word) -> tree.Unit:
        return _UNITS[str(word.value)]
