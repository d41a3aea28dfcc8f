"""Expressions: names resolved, kinds checked, brought into normal form.

`lower` turns any expression of the tree into a `Typed` operand or condition;
`condition`, `number` and `operand` ask for one sort and report what is none.
Each form of the language is one entry of `FORMS`.

Questionable decision: what is broken is `Typed` too, so that all parts of a
condition are looked at and each problem is reported once, never its echo.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from leadrules import ruleset
from leadrules.checking import comparisons, date_tests, text_tests
from leadrules.checking.comparisons import literal
from leadrules.checking.scope import END, FIELDS, FRAMEWORKS, SCORES, VERDICTS, Scope, Typed, Use, broken, declared_use
from leadrules.checking.suggest import near_names
from leadrules.language import tree
from leadrules.language.source import Span
from leadrules.problems.name_messages import (
    framework_alone,
    questions_as_value,
    unknown_criterion,
    unknown_field,
    unknown_stage,
)
from leadrules.problems.type_messages import (
    alternatives_alone,
    literal_alone,
    not_a_condition,
    quantity_not_whole,
    quantity_of_parts,
    too_large,
    wrong_kind,
)
from leadrules.problems.wording import plain
from leadrules.ruleset import TRUE

MOST_NODES = 200_000
MOST_DEPTH = 250
_LITERALS = (tree.Text, tree.Number, tree.Day, tree.Moment, tree.Boolean)


def lower(scope: Scope, node: tree.Expression) -> Typed:
    """Any expression, with its kind and its normal form."""
    scope.depth += 1
    scope.size += 1
    scope.deepest = max(scope.deepest, scope.depth)
    result = FORMS[type(node)](scope, node)
    scope.depth -= 1
    return result


def condition(scope: Scope, node: tree.Expression) -> ruleset.Condition | None:
    """A condition of a statement; None if there is a problem in it."""
    result = _as_condition(scope, lower(scope, node))
    if scope.size > MOST_NODES or scope.deepest > MOST_DEPTH:
        scope.report(too_large(node.span, "this condition"))
        scope.size = scope.deepest = 0
        return None
    return result


def number(scope: Scope, node: tree.Expression, test: str) -> ruleset.Operand | None:
    """A number; None if there is a problem in it. `test` is who asks, for the message."""
    value = lower(scope, node)
    if value.broken:
        return None
    if value.kind != "number":
        scope.report(wrong_kind(value.span, test, ("number",), value.span.text, value.kind))
        return None
    return value.node  # type: ignore[return-value]


def when_unless(scope: Scope, node: tree.Expression | None, unless: tree.Expression | None) -> ruleset.Condition | None:
    """`A unless B`: B stops A only by being true. None if there is a problem in it."""
    wanted = TRUE if node is None else condition(scope, node)
    if unless is None:
        return wanted
    stop = condition(scope, unless)
    if wanted is None or stop is None:
        return None
    kept = ruleset.Not(ruleset.Definitely(stop))
    return kept if node is None else ruleset.And((wanted, kept))


def _as_condition(scope: Scope, value: Typed) -> ruleset.Condition | None:
    if value.broken:
        return None
    if value.kind in ("condition", "boolean"):
        return comparisons.truth(value)
    report = literal_alone if isinstance(value.node, ruleset.Constant) else not_a_condition
    scope.report(report(value.span, value.span.text, value.kind))
    return None


# ---------------------------------------------------------------------- names


def _name(scope: Scope, node: tree.Name) -> Typed:
    found = scope.draft.names.values.get(node.text)
    if found is None:
        report_unknown(scope, node.text, node.span)
        return broken(node)
    return _NAMED[found.what](scope, node, found)


def report_unknown(scope: Scope, name: str, span: Span) -> None:
    """No such field, or no such criterion; nothing if that follows from a problem already reported."""
    draft = scope.draft
    if draft.may_be_damaged(name):
        return
    owner, _, member = name.rpartition(".")
    framework = draft.names.values.get(owner)
    if framework is not None and framework.what == "framework":
        known = [one.removeprefix(owner + ".") for one in draft.names.values.declared if one.startswith(owner + ".")]
        scope.report(unknown_criterion(span, owner, member, near_names(member, known)))
    else:
        scope.report(unknown_field(span, name, draft.names.values.near(name)))


def _field(scope: Scope, node: tree.Name, found: Any) -> Typed:
    field = scope.draft.fields[found.index]
    scope.reads.add(found.index)
    return Typed(field.kind, ruleset.FieldValue(found.index, field.kind), node.span, field)


def _defined(scope: Scope, node: tree.Name, found: Any) -> Typed:
    defined = scope.draft.definitions.get(found.name)
    if defined is None or not scope.use_definition(found.name, found.what, defined, node.span):
        return broken(node)
    return Typed(defined.value.kind, defined.value.node, node.span)


def _criterion(scope: Scope, node: tree.Name, found: Any) -> Typed:
    if not scope.use(declared_use(found, FRAMEWORKS), node.span):
        return broken(node)
    return _defined(scope, node, found)


def _count(scope: Scope, node: tree.Name, found: Any) -> Typed:
    if not scope.use(declared_use(found, FRAMEWORKS), node.span):
        return broken(node)
    count = found.name.rpartition(".")[2]
    return Typed("number", ruleset.FrameworkCount(found.index, count), node.span)


def _score(scope: Scope, node: tree.Name, found: Any) -> Typed:
    if not scope.use(declared_use(found, SCORES), node.span):
        return broken(node)
    return Typed("number", ruleset.ScoreValue(found.index), node.span)


def _label(scope: Scope, node: tree.Name, found: Any) -> Typed:
    defined = scope.draft.definitions.get(found.name)
    if defined is None:
        return broken(node)
    layer = max((use.layer for use in defined.uses), default=FIELDS)
    place = scope.draft.label_places[found.name] if layer > FRAMEWORKS else None
    if not scope.use(declared_use(found, layer, place), node.span):
        return broken(node)
    return Typed("text", ruleset.LabelValue(found.index), node.span)


def _framework(scope: Scope, node: tree.Name, found: Any) -> Typed:
    scope.report(framework_alone(node.span, found.name))
    return broken(node)


def _ask(scope: Scope, node: tree.Name, found: Any) -> Typed:
    scope.report(questions_as_value(node.span, found.name.rpartition(".")[0]))
    return broken(node)


_NAMED: Mapping[str, Callable[[Scope, tree.Name, Any], Typed]] = {
    "field": _field,
    "let": _defined,
    "criterion": _criterion,
    "count": _count,
    "ask": _ask,
    "score": _score,
    "label": _label,
    "framework": _framework,
}


def _total(scope: Scope, node: tree.ScoreWord) -> Typed:
    if not scope.use(Use("score", "total", SCORES, None), node.span):
        return broken(node)
    return Typed("number", ruleset.ScoreValue(None), node.span)


def _final_stage(scope: Scope, node: tree.StageWord) -> Typed:
    if not scope.use(Use("stage", "lead's final", END, None), node.span):
        return broken(node)
    return Typed("stage", None, node.span)


def _disqualified(scope: Scope, node: tree.Disqualified) -> Typed:
    if not scope.use(Use("disqualified", "word", END, None), node.span):
        return broken(node)
    return Typed("condition", ruleset.IsDisqualified(), node.span)


def _holds(scope: Scope, node: tree.Holds) -> Typed:
    index = stage_index(scope, node.stage)
    if index is None or not use_stage(scope, node.stage, index):
        return broken(node)
    return Typed("condition", ruleset.Holds(index), node.span)


def stage_index(scope: Scope, node: tree.Name | tree.Text) -> int | None:
    """The position of a stage that is called by name; None if there is none (and a problem is reported)."""
    name = node.text if isinstance(node, tree.Name) else node.value
    return comparisons.find_stage(scope, name, node.span, unknown_stage)


def use_stage(scope: Scope, node: tree.Name | tree.Text, index: int) -> bool:
    name = node.text if isinstance(node, tree.Name) else node.value
    declared = scope.draft.names.stages.get(name)
    place = scope.draft.stage_places[index]
    return scope.use(Use(name, "stage", VERDICTS, declared.span if declared else None, place), node.span)


# ----------------------------------------------------------- numbers and logic


def _literal(scope: Scope, node: Any) -> Typed:
    return literal(node)


def _arithmetic(scope: Scope, node: tree.Arithmetic) -> Typed:
    sides = [_number_side(scope, side, node.op) for side in (node.left, node.right)]
    if sides[0] is None or sides[1] is None:
        return broken(node)
    return Typed("number", ruleset.Arithmetic(node.op, sides[0], sides[1]), node.span)


def _number_side(scope: Scope, node: tree.Expression, op: str) -> ruleset.Operand | None:
    value = lower(scope, node)
    if value.broken:
        return None
    if value.kind == "number":
        return value.node  # type: ignore[return-value]
    help = None
    if value.kind in ("date", "datetime"):
        help = f"count its days: `days since {value.span.text}`"
    elif value.field is not None and value.field.type == "text":
        help = f"declare it as a number: `field {value.field.name} : number`"
    scope.report(wrong_kind(value.span, f"`{op}`", ("number",), value.span.text, value.kind, help))
    return None


def _negative(scope: Scope, node: tree.Negative) -> Typed:
    value = _number_side(scope, node.operand, "-")
    return broken(node) if value is None else Typed("number", ruleset.Negative(value), node.span)


def _and(scope: Scope, node: tree.And) -> Typed:
    parts = _parts(scope, node.parts, alternatives=True)
    return broken(node) if parts is None else Typed("condition", ruleset.And(parts), node.span)


def _or(scope: Scope, node: tree.Or) -> Typed:
    parts = _parts(scope, node.parts, alternatives=True)
    return broken(node) if parts is None else Typed("condition", ruleset.Or(parts), node.span)


def _not(scope: Scope, node: tree.Not) -> Typed:
    part = _as_condition(scope, lower(scope, node.part))
    return broken(node) if part is None else Typed("condition", ruleset.Not(part), node.span)


def _parts(
    scope: Scope, nodes: Sequence[tree.Expression], alternatives: bool = False
) -> tuple[ruleset.Condition, ...] | None:
    parts: list[ruleset.Condition | None] = []
    before: tree.Expression | None = None
    skipped = False
    for position, node in enumerate(nodes):
        if alternatives and isinstance(node, _LITERALS) and before is not None:
            whole = comparisons.with_alternatives(before, _literals_from(nodes, position))
            if whole is not None:
                if not skipped:
                    kind = literal(node).kind
                    scope.report(alternatives_alone(node.span, node.span.text, kind, whole))
                skipped = True
                parts.append(None)
                continue
        before, skipped = node, False
        parts.append(_as_condition(scope, lower(scope, node)))
    whole_parts = tuple(part for part in parts if part is not None)
    return whole_parts if len(whole_parts) == len(parts) else None


def _literals_from(nodes: Sequence[tree.Expression], position: int) -> list[tree.Literal]:
    literals: list[tree.Literal] = []
    for node in nodes[position:]:
        if not isinstance(node, _LITERALS):
            break
        literals.append(node)
    return literals


def _quantified(scope: Scope, node: tree.Quantified) -> Typed:
    parts = _parts(scope, node.parts)
    count = None
    if node.count is not None:
        count = _count_of(scope, node, node.count)
        if count is None:
            return broken(node)
    if parts is None:
        return broken(node)
    return Typed("condition", _QUANTITIES[node.quantity](count or 0, parts), node.span)


def _count_of(scope: Scope, node: tree.Quantified, count: tree.Number) -> int | None:
    value = count.value
    if value != value.to_integral_value() or value < 1:
        scope.report(quantity_not_whole(count.span, plain(value), node.quantity))
        return None
    if value > len(node.parts):
        scope.report(quantity_of_parts(count.span, f"{node.quantity} {plain(value)}", len(node.parts)))
        return None
    return int(value)


def _at_most(count: int, parts: tuple[ruleset.Condition, ...]) -> ruleset.Condition:
    return ruleset.Not(ruleset.AtLeast(count + 1, parts)) if count < len(parts) else TRUE


_QUANTITIES: Mapping[str, Callable[[int, tuple[ruleset.Condition, ...]], ruleset.Condition]] = {
    "at least": ruleset.AtLeast,
    "at most": _at_most,
    "exactly": lambda count, parts: ruleset.And((ruleset.AtLeast(count, parts), _at_most(count, parts))),
    "all": lambda _, parts: ruleset.And(parts),
    "any": lambda _, parts: ruleset.Or(parts),
    "none": lambda _, parts: ruleset.Not(ruleset.Or(parts)),
}


# ---------------------------------------------------------------------- forms


def _compare(scope: Scope, node: tree.Compare) -> Typed:
    return comparisons.compare(scope, node, node.op, lower(scope, node.left), lower(scope, node.right))


def _is(scope: Scope, node: tree.Is) -> Typed:
    return comparisons.is_value(scope, node, lower(scope, node.operand))


def _between(scope: Scope, node: tree.Between) -> Typed:
    operand, low, high = (lower(scope, one) for one in (node.operand, node.low, node.high))
    return comparisons.between(scope, node, operand, low, high)


def _in(scope: Scope, node: tree.In) -> Typed:
    return comparisons.member(scope, node, lower(scope, node.operand))


def _predicate(scope: Scope, node: tree.Predicate) -> Typed:
    return text_tests.predicate(scope, node, lower(scope, node.operand))


def _text_test(scope: Scope, node: tree.TextTest) -> Typed:
    return text_tests.text_test(scope, node, lower(scope, node.operand))


def _at(scope: Scope, node: tree.At) -> Typed:
    return text_tests.at(scope, node, lower(scope, node.operand))


def _matches(scope: Scope, node: tree.Matches) -> Typed:
    return text_tests.matches(scope, node, lower(scope, node.operand))


def _window(scope: Scope, node: tree.Window) -> Typed:
    return date_tests.window(scope, node, lower(scope, node.operand))


def _day_test(scope: Scope, node: tree.DayTest) -> Typed:
    return date_tests.day_test(scope, node, lower(scope, node.operand), lower(scope, node.day))


def _age(scope: Scope, node: tree.Age) -> Typed:
    return date_tests.age(scope, node, lower(scope, node.operand))


FORMS: Mapping[type, Callable[[Scope, Any], Typed]] = {
    tree.Name: _name,
    tree.ScoreWord: _total,
    tree.StageWord: _final_stage,
    tree.Disqualified: _disqualified,
    tree.Holds: _holds,
    tree.Text: _literal,
    tree.Number: _literal,
    tree.Day: _literal,
    tree.Moment: _literal,
    tree.Boolean: _literal,
    tree.Arithmetic: _arithmetic,
    tree.Negative: _negative,
    tree.And: _and,
    tree.Or: _or,
    tree.Not: _not,
    tree.Quantified: _quantified,
    tree.Compare: _compare,
    tree.Is: _is,
    tree.Between: _between,
    tree.In: _in,
    tree.Predicate: _predicate,
    tree.TextTest: _text_test,
    tree.At: _at,
    tree.Matches: _matches,
    tree.Window: _window,
    tree.DayTest: _day_test,
    tree.Age: _age,
}
