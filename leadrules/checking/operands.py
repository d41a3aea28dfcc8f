"""Typed expressions as the operands and conditions of the normal form."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from leadrules import ruleset
from leadrules.checking.scope import Typed, broken
from leadrules.language import tree
from leadrules.ruleset import TRUE, Condition, Constant, Not, Operand

FALSE = ruleset.Or(())


def literal(node: tree.Literal) -> Typed:
    """A literal as a constant operand."""
    kind = _LITERAL_KINDS[type(node)]
    return Typed(kind, Constant(node.value, kind), node.span)


def written_literal(node: tree.Literal) -> Typed:
    """A literal of an expression; one that was only taken for a text (`opted_in is yes`) has had its problem."""
    return broken(node) if isinstance(node, tree.Text) and not node.span.text.startswith('"') else literal(node)


_LITERAL_KINDS: dict[type, Any] = {
    tree.Text: "text",
    tree.Number: "number",
    tree.Day: "date",
    tree.Moment: "datetime",
    tree.Boolean: "boolean",
}


def fixed(value: Typed) -> bool:
    """Whether an operand is a literal."""
    return isinstance(value.node, Constant)


def operand(value: Typed) -> Operand:
    """The operand of an expression whose kind has been checked."""
    assert value.node is not None
    return value.node  # type: ignore[return-value]


def truth(value: Typed) -> Condition:
    """A boolean or a condition, as a condition."""
    if value.kind == "condition":
        return value.node  # type: ignore[return-value]
    if isinstance(value.node, Constant):
        return TRUE if value.node.value else FALSE
    return ruleset.IsTrue(operand(value))


def negated(made: Condition, node: tree.Node, negative: bool) -> Typed:
    """A condition as an expression, turned round where the user wrote `not`."""
    return Typed("condition", Not(made) if negative else made, node.span)


def as_day(value: Typed) -> Typed:
    """A date; of a datetime, its UTC day."""
    if value.kind != "datetime":
        return value
    if isinstance(value.node, Constant) and isinstance(value.node.value, datetime):
        return Typed("date", Constant(value.node.value.date(), "date"), value.span)
    return Typed("date", ruleset.DayOf(operand(value)), value.span)
