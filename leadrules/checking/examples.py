"""Examples: the values of a lead, in its fields' own words, and what is expected of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leadrules import ruleset
from leadrules.checking.expressions import condition
from leadrules.checking.named import report_unknown
from leadrules.checking.scope import Draft, Scope
from leadrules.language import tree
from leadrules.language.printer import print_expression
from leadrules.language.source import Span
from leadrules.meaning.values import Bad, cell_text, read_cell
from leadrules.problems.field_messages import given_does_not_fit
from leadrules.problems.name_messages import not_a_field, unknown_rule
from leadrules.problems.near import near_names
from leadrules.problems.verdict_messages import example_without_date, expects_nothing, given_twice

Cell = str | tuple[str, ...]


def example(draft: Draft, node: tree.Example, rules: Sequence[ruleset.Rule]) -> ruleset.Example | None:
    """An example; None if it has a problem."""
    problems = len(draft.problems)
    scope = Scope(draft)
    given = _given(scope, node)
    called = _called(rules)
    expected = tuple(made for one in node.expected if (made := _expected(scope, one, called)) is not None)
    if not node.expected:
        draft.problems.append(expects_nothing(node.title.span, node.title.value))
    if node.as_of is None and (draft.looks_at_date or scope.looks_at_date):
        draft.problems.append(example_without_date(node.title.span, node.title.value))
    if any(problem.severity == "error" for problem in draft.problems[problems:]):
        return None
    as_of = node.as_of.value if node.as_of is not None else None
    return ruleset.Example(node.title.value, as_of, given, expected, node.title.span)


# --------------------------------------------------------------------- values


def _given(scope: Scope, node: tree.Example) -> dict[int, Cell]:
    cells: dict[int, Cell] = {}
    places: dict[int, Span] = {}
    for one in node.given:
        found = scope.draft.names.values.get(one.field.text)
        if found is None:
            report_unknown(scope, one.field.text, one.field.span)
        elif found.what != "field":
            scope.report(not_a_field(one.field.span, one.field.text, found.what, found.span))
        elif found.index in cells:
            scope.report(given_twice(one.field.span, one.field.text, places[found.index]))
        else:
            places[found.index] = one.field.span
            cells[found.index] = _cell(scope, scope.draft.fields[found.index], one.value)
    return cells


def _cell(scope: Scope, field: ruleset.Field, value: tree.Literal | tree.Values) -> Cell:
    """What a cell of this field would hold; a problem if that does not fit it."""
    cell: Cell
    if isinstance(value, tree.Values):
        cell = tuple(_text(field, item) for item in value.items)
        if field.type != "list of text":
            scope.report(given_does_not_fit(value.span, field.name, "only a `list of text` takes several values"))
            return cell
    else:
        cell = _text(field, value)
    reading = read_cell(field, cell)
    if isinstance(reading, Bad) and cell != "" and not field.bad_as_missing:
        scope.report(given_does_not_fit(value.span, field.name, reading.reason))
    return cell


def _text(field: ruleset.Field, node: tree.Literal) -> str:
    return node.value if isinstance(node, tree.Text) else cell_text(field, node.value)


# --------------------------------------------------------------- expectations

Called = tuple[Mapping[str, tuple[int, ...]], Mapping[str, tuple[int, ...]]]


def _called(rules: Sequence[ruleset.Rule]) -> Called:
    """Rules by name, and by what their reason says."""
    names: dict[str, tuple[int, ...]] = {}
    texts: dict[str, tuple[int, ...]] = {}
    for index, rule in enumerate(rules):
        if rule.name is not None:
            names[rule.name] = (index,)
        texts[rule.text] = (*texts.get(rule.text, ()), index)
    return names, texts


def _expected(
    scope: Scope, node: tree.Expression | tree.Excluded | tree.Fires, called: Called
) -> ruleset.ExpectCondition | ruleset.ExpectExcluded | ruleset.ExpectFires | None:
    if isinstance(node, tree.Excluded):
        return ruleset.ExpectExcluded(not node.negated, node.span.text, node.span)
    if isinstance(node, tree.Fires):
        return _fires(scope, node, called)
    made = condition(scope, node)
    return None if made is None else ruleset.ExpectCondition(made, print_expression(node), node.span)


def _fires(scope: Scope, node: tree.Fires, called: Called) -> ruleset.ExpectFires | None:
    names, texts = called
    if isinstance(node.rule, tree.Name):
        name, known = node.rule.text, names
    else:
        name, known = node.rule.value, texts
    if name in known:
        return ruleset.ExpectFires(known[name], not node.negated, " ".join(node.span.text.split()), node.span)
    if name not in scope.draft.broken_rules and not scope.draft.may_be_damaged(name):
        scope.report(unknown_rule(node.rule.span, name, near_names(name, known)))
    return None
