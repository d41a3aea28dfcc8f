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
from leadrules.checking import comparisons, date_tests, named, text_tests
from leadrules.checking.alternatives import with_alternatives
from leadrules.checking.operands import literal, truth, written_literal
from leadrules.checking.scope import Scope, Typed, broken
from leadrules.language import tree
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
        return truth(value)
    report = literal_alone if isinstance(value.node, ruleset.Constant) else not_a_condition
    scope.report(report(value.span, value.span.text, value.kind))
    return None


# ----------------------------------------------------------- numbers and logic


def _literal(scope: Scope, node: Any) -> Typed:
    return written_literal(node)


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
            whole = with_alternatives(before, _literals_from(nodes, position))
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
    least = 1 if node.quantity == "at least" else 0  # `at least 0 of` would always be true
    if value != value.to_integral_value() or value < least:
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
    tree.Name: named.name,
    tree.ScoreWord: named.total,
    tree.StageWord: named.final_stage,
    tree.Disqualified: named.disqualified,
    tree.Holds: named.holds,
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
