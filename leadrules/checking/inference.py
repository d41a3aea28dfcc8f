"""Fields of a ruleset that declares none: their types, read from how their names are used.

`employees >= 50` makes a number, `title mentions "cto"` a text. Names that are
compared with each other have one type. A name of which nothing tells the type
is a number where it has an order (`opens > clicks`), a text otherwise (`x is known`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from leadrules import ruleset
from leadrules.checking.names import Declared
from leadrules.checking.scope import Draft
from leadrules.checking.text_tests import ADDRESS_WORDS
from leadrules.checking.walk import nodes
from leadrules.language import tree
from leadrules.language.source import Span
from leadrules.problems.type_messages import no_fields, uses_disagree

_LITERAL_KINDS: Mapping[type, str] = {
    tree.Text: "text",
    tree.Number: "number",
    tree.Day: "date",
    tree.Moment: "datetime",
    tree.Boolean: "boolean",
    tree.Arithmetic: "number",
    tree.Negative: "number",
    tree.Age: "number",
    tree.ScoreWord: "number",
}
_DECLARED_KINDS = {"score": "number", "count": "number", "label": "text", "let": "number"}
_TYPES: Mapping[str, Any] = {"texts": "list of text"}
_ORDERED = "ordered"  # a number, unless another use says a date

Hint = tuple[tree.Expression, "str | tree.Expression | None"]


@dataclass
class Uses:
    """What the uses of undeclared names tell: kinds, and which names are compared with which."""

    draft: Draft
    told: list[tuple[str, str, Span]] = field(default_factory=list)
    first: dict[str, Span] = field(default_factory=dict)
    group: dict[str, str] = field(default_factory=dict)
    ordered: set[str] = field(default_factory=set)

    def root(self, name: str) -> str:
        while self.group[name] != name:
            self.group[name] = self.group[self.group[name]]
            name = self.group[name]
        return name

    def note(self, node: tree.Expression, hint: str | tree.Expression | None) -> None:
        if not isinstance(node, tree.Name) or not self._undeclared(node.text):
            return
        self.first.setdefault(node.text, node.span)
        self.group.setdefault(node.text, node.text)
        kind: str | None = None
        if hint == _ORDERED:
            self.ordered.add(node.text)
        elif isinstance(hint, str):
            kind = hint
        elif isinstance(hint, tree.Name) and self._undeclared(hint.text):
            self.group.setdefault(hint.text, hint.text)
            self.group[self.root(hint.text)] = self.root(node.text)
        elif isinstance(hint, tree.Name):
            known = self.draft.names.values.get(hint.text)
            kind = _DECLARED_KINDS.get(known.what) if known is not None else None
        elif hint is not None:
            kind = _LITERAL_KINDS.get(type(hint))
        if kind is not None:
            self.told.append((node.text, kind, node.span))

    def _undeclared(self, name: str) -> bool:
        values = self.draft.names.values
        owner = values.get(name.rpartition(".")[0])
        return values.get(name) is None and (owner is None or owner.what != "framework")


def infer_fields(draft: Draft, statements: Iterable[tree.Statement], missing: frozenset[str]) -> None:
    """Declare a field for each name that nothing declares."""
    uses = Uses(draft)
    for statement in statements:
        for node, hint in _hints_of(draft, statement):
            uses.note(node, hint)
    groups: dict[str, list[tuple[str, Span]]] = {}
    for name, told, span in uses.told:
        groups.setdefault(uses.root(name), []).append((told, span))
    kinds: dict[str, str | None] = {root: _agreed(draft, uses_of_it) for root, uses_of_it in groups.items()}
    emails = {name for name, kind, _ in uses.told if kind == "email"}
    ordered = {uses.root(name) for name in uses.ordered}
    for name, span in uses.first.items():
        root = uses.root(name)
        kind = kinds.get(root, "number" if root in ordered else "text")
        if kind is None:
            draft.damaged.add(name)
            continue
        type_: Any = "email" if kind == "text" and name in emails else _TYPES.get(kind, kind)
        if draft.names.values.add(Declared(name, "field", span, len(draft.fields)), draft.problems):
            draft.fields.append(ruleset.Field(name, type_, missing=missing, span=span))
    if uses.first and None not in kinds.values():
        draft.problems.append(no_fields(next(iter(uses.first.values())), len(uses.first)))


def _agreed(draft: Draft, told: list[tuple[str, Span]]) -> str | None:
    """The kind that all uses agree on; None (and a problem, for the first that does not) if there is none."""
    plain = [("text" if kind == "email" else kind, span) for kind, span in told]
    if {kind for kind, _ in plain} == {"date", "datetime"}:
        return "datetime"
    first, place = plain[0]
    for kind, span in plain[1:]:
        if kind != first:
            draft.problems.append(uses_disagree(span, span.text, kind, place, first))
            return None
    return first


# ---------------------------------------------------------------------- hints


def _hints_of(draft: Draft, statement: tree.Statement) -> Iterator[Hint]:
    if isinstance(statement, tree.Let):
        yield statement.value, None
        yield from _within(draft, statement.value)
    elif isinstance(statement, tree.Label):
        yield from _label(draft, statement.value)
    else:
        for rule in rules(statement):
            yield from _rule(draft, rule)
        for expression in _conditions(statement):
            yield from _condition(draft, expression)


def rules(statement: tree.Statement) -> Iterator[tree.Rule]:
    """The rules of a statement: itself, or those of a score or group."""
    if isinstance(statement, tree.Rule):
        yield statement
    elif isinstance(statement, tree.Group):
        yield from statement.rules
    elif isinstance(statement, tree.Score):
        for one in statement.body:
            yield from rules(one)


def _conditions(statement: tree.Statement) -> Iterator[tree.Expression]:
    found: list[tree.Expression | None] = []
    match statement:
        case tree.Exclude() | tree.Disqualify():
            found = [statement.condition, statement.unless]
        case tree.Framework():
            found = [one.condition for one in statement.criteria]
        case tree.Stage():
            found = [statement.condition, statement.unless, statement.always]
            if isinstance(statement.threshold, tuple):
                found += [row.condition for row in statement.threshold]
        case tree.Example():
            found = [one for one in statement.expected if not isinstance(one, (tree.Excluded, tree.Fires))]
    return (one for one in found if one is not None)


def _condition(draft: Draft, node: tree.Expression) -> Iterator[Hint]:
    yield node, "boolean"
    yield from _within(draft, node)


def _label(draft: Draft, value: tree.LabelRows | tree.LabelJoin | tree.LabelTable) -> Iterator[Hint]:
    if isinstance(value, tree.LabelTable):
        yield value.field, "text"
    elif isinstance(value, tree.LabelJoin):
        yield from ((part, "text") for part in value.parts)
    else:
        for row in value.rows:
            yield row.value, "text"
            if row.condition is not None:
                yield from _condition(draft, row.condition)


def _rule(draft: Draft, rule: tree.Rule) -> Iterator[Hint]:
    if rule.fading is not None:
        yield rule.fading.since, "date"
    points = rule.points
    if isinstance(points, tree.Add):
        for expression in (points.condition, points.unless):
            if expression is not None:
                yield from _condition(draft, expression)
        if points.units is not None:
            yield points.units.operand, "number"
            yield from _within(draft, points.units.operand)
    elif isinstance(points, tree.PointsFirst):
        for step in points.rows:
            if step.condition is not None:
                yield from _condition(draft, step.condition)
    else:
        yield (
            points.operand,
            next((kind for row in points.rows for band in row.bands if (kind := _band(draft, band))), None),
        )
        yield from _within(draft, points.operand)


def _band(draft: Draft, band: tree.Band) -> str | None:
    if band.kind == "list" and isinstance(band.values[0], tree.Name):
        found = draft.lists.get(band.values[0].text)
        return found.kind if found is not None else None
    return _LITERAL_KINDS[type(band.values[0])] if band.values else None


def _within(draft: Draft, root: tree.Expression) -> Iterator[Hint]:
    """What each form within an expression tells of the names that stand directly in it."""
    for node in nodes(root):
        hints = _FORMS.get(type(node))
        if hints is not None:
            yield from hints(draft, node)


def _pair(_: Draft, node: Any) -> Iterable[Hint]:
    same: list[Hint] = [(node.left, node.right), (node.right, node.left)]
    return same if node.op in ("=", "!=") else [*same, (node.left, _ORDERED), (node.right, _ORDERED)]


def _choices(draft: Draft, node: tree.In) -> Iterable[Hint]:
    if isinstance(node.choices, tree.Values):
        return ((node.operand, node.choices.items[0]),)
    found = draft.lists.get(node.choices.text)
    return ((node.operand, found.kind if found is not None else None),)


def _predicate(_: Draft, node: tree.Predicate) -> Iterable[Hint]:
    if node.word in ("known", "missing"):
        return ((node.operand, None),)
    return ((node.operand, "email" if node.word in ADDRESS_WORDS else "text"),)


_FORMS: Mapping[type, Callable[[Draft, Any], Iterable[Hint]]] = {
    tree.Compare: _pair,
    tree.Arithmetic: lambda _, node: ((node.left, "number"), (node.right, "number")),
    tree.Negative: lambda _, node: ((node.operand, "number"),),
    tree.Age: lambda _, node: ((node.operand, "date"),),
    tree.And: lambda _, node: [(part, "boolean") for part in node.parts],
    tree.Or: lambda _, node: [(part, "boolean") for part in node.parts],
    tree.Not: lambda _, node: ((node.part, "boolean"),),
    tree.Quantified: lambda _, node: [(part, "boolean") for part in node.parts],
    tree.Is: lambda _, node: ((node.operand, node.value),),
    tree.Between: lambda _, node: [
        *((node.operand, node.low), (node.operand, node.high), (node.low, node.operand), (node.high, node.operand)),
        *((part, _ORDERED) for part in (node.operand, node.low, node.high)),
    ],
    tree.In: _choices,
    tree.Predicate: _predicate,
    tree.TextTest: lambda _, node: ((node.operand, "texts" if node.test == "includes" else "text"),),
    tree.At: lambda _, node: ((node.operand, "email"),),
    tree.Matches: lambda _, node: ((node.operand, "text"),),
    tree.Window: lambda _, node: ((node.operand, "date"),),
    tree.DayTest: lambda _, node: ((node.operand, "date"), (node.day, "date")),
}
