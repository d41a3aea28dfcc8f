"""Nodes → their text on one line, with no more brackets than it takes to read the same tree again."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from leadrules.language import tree
from leadrules.language.words import is_bare_name

# How tightly each expression holds together; a looser one stands in brackets inside a tighter one.
OR, AND, NOT, TEST, SUM, PRODUCT, FACTOR, OPERAND = range(1, 9)
_TIGHTNESS: dict[type, int] = {
    tree.Or: OR,
    tree.And: AND,
    tree.Not: NOT,
    tree.Negative: FACTOR,
    tree.Name: OPERAND,
    tree.Text: OPERAND,
    tree.Day: OPERAND,
    tree.Moment: OPERAND,
    tree.Boolean: OPERAND,
    tree.ScoreWord: OPERAND,
    tree.StageWord: OPERAND,
    tree.Age: OPERAND,
}
_WITHOUT_S = {
    "contains": "contain",
    "mentions": "mention",
    "includes": "include",
    "starts with": "start with",
    "ends with": "end with",
}


def print_expression(node: tree.Expression) -> str:
    """A condition or number on one line: `email.clicks >= 3 and not (a or b)`."""
    return _PRINTERS[type(node)](node)


def print_reason(rule: tree.Rule | tree.Disqualify | tree.Exclude) -> str:
    """What a rule gives points for, or a verdict stands on, in its own words: `email.clicks >= 3`, `per visits`."""
    if not isinstance(rule, tree.Rule):
        return print_expression(rule.condition)
    points = rule.points
    if isinstance(points, tree.PointsBy):
        return print_expression(points.operand)
    if isinstance(points, tree.PointsFirst):
        if points.title is not None:
            return points.title.value
        return f"points first {{ {', '.join(points_row(row) for row in points.rows)} }}"
    parts = [print_expression(points.condition)] if points.condition is not None else []
    parts += [units(points.units)] if points.units is not None else []
    return " ".join(parts) or amount(points)


# ---------------------------------------------------------------------- values


def name(node: tree.Name) -> str:
    """A name, in back-quotes where it cannot stand bare."""
    return node.text if is_bare_name(node.text) else f"`{node.text}`"


def text(node: tree.Text) -> str:
    """A text in its quotes."""
    escaped = node.value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def number(node: tree.Number) -> str:
    """A number with the `_` that the user gave it."""
    plain = f"{node.value:f}"
    written = node.span.text.replace(" ", "")
    if "_" in written:
        try:
            same = written.replace("_", "") == plain
        except ValueError:
            same = False
        return written if same else plain
    return plain


def moment(node: tree.Moment) -> str:
    return node.value.isoformat(timespec="seconds" if node.value.second else "minutes")


def title(node: tree.Name | tree.Text) -> str:
    """A name, or a text in its quotes."""
    return name(node) if isinstance(node, tree.Name) else text(node)


def literal(node: tree.Literal | tree.Name) -> str:
    return _PRINTERS[type(node)](node)


def listed(nodes: Iterable[Any]) -> str:
    """Literals with commas between them."""
    return ", ".join(literal(node) for node in nodes)


def given(node: tree.Literal | tree.Values) -> str:
    """What an example gives a field: `5`, `("a", "b")`."""
    return choices(node) if isinstance(node, tree.Values) else literal(node)


def choices(node: tree.Name | tree.Values) -> str:
    return name(node) if isinstance(node, tree.Name) else f"({listed(node.items)})"


def unit(amount: tree.Number, unit: tree.Unit) -> str:
    """`30 days`, `1 day`."""
    return f"{number(amount)} {unit[:-1] if amount.value == Decimal(1) else unit}"


# ------------------------------------------------------------- pieces of rules


def amount(node: tree.Add) -> str:
    """`add 5`, `subtract 5 per visits`."""
    return " ".join(filter(None, ("add" if node.sign > 0 else "subtract", number(node.points), units(node.units))))


def units(node: tree.Units | None) -> str:
    """`per visits`, `per 7 days since signed_on`."""
    if node is None:
        return ""
    if node.every is None:
        return f"per {inside(node.operand, SUM)}"
    bare = isinstance(node.operand, tree.Name | tree.Age)
    return f"per {number(node.every)} {inside(node.operand, OPERAND if bare else OPERAND + 1)}"


def band(node: tree.Band) -> str:
    """What a row of `points by` takes: `1 to 50`, `201 or more`, `"Banking"`."""
    written = [literal(value) for value in node.values]
    if node.kind in ("exact", "text", "list"):
        return written[0]
    if node.kind == "to":
        return " to ".join(written)
    return f"{node.kind} {written[0]}" if node.kind in ("under", "over") else " ".join((*written, node.kind))


def points_row(node: tree.PointsRow) -> str:
    condition = "otherwise" if node.condition is None else print_expression(node.condition)
    return f"{condition}: {number(node.points)}"


# ------------------------------------------------------------------ expressions


def inside(node: Any, tightness: int) -> str:
    """An expression inside another that asks for at least this tightness."""
    if isinstance(node, tree.Number):
        own = FACTOR if node.value.is_signed() else OPERAND
    elif isinstance(node, tree.Arithmetic):
        own = SUM if node.op in "+-" else PRODUCT
    else:
        own = _TIGHTNESS.get(type(node), TEST)
    written = print_expression(node)
    return written if own >= tightness else f"({written})"


def _arithmetic(node: tree.Arithmetic) -> str:
    left, right = (SUM, PRODUCT) if node.op in "+-" else (PRODUCT, FACTOR)
    return f"{inside(node.left, left)} {node.op} {inside(node.right, right)}"


def _age(node: tree.Age) -> str:
    inner = inside(node.operand, OPERAND if isinstance(node.operand, tree.Name) else OPERAND + 1)
    return f"{node.unit} {'until' if node.until else 'since'} {inner}"


def _is(node: tree.Is) -> str:
    words = "is not" if node.negated else "is"
    return f"{inside(node.operand, SUM)} {words}{' exactly' if node.exactly else ''} {literal(node.value)}"


def _predicate(node: tree.Predicate) -> str:
    return f"{inside(node.operand, SUM)} {'is not' if node.negated else 'is'} {node.word}"


def _between(node: tree.Between) -> str:
    words = "not between" if node.negated else "between"
    return f"{inside(node.operand, SUM)} {words} {inside(node.low, SUM)} and {inside(node.high, SUM)}"


def _in(node: tree.In) -> str:
    return f"{inside(node.operand, SUM)} {'not in' if node.negated else 'in'} {choices(node.choices)}"


def _argument(node: tree.Text | tree.Name | tree.Values) -> str:
    return text(node) if isinstance(node, tree.Text) else f"any {choices(node)}"


def _text_test(node: tree.TextTest) -> str:
    words = f"does not {_WITHOUT_S[node.test]}" if node.negated else node.test
    return f"{inside(node.operand, SUM)} {words} {_argument(node.argument)}"


def _at(node: tree.At) -> str:
    return f"{inside(node.operand, SUM)} {'is not at' if node.negated else 'at'} {_argument(node.argument)}"


def _matches(node: tree.Matches) -> str:
    words = "does not match" if node.negated else "matches"
    return f"{inside(node.operand, SUM)} {words} /{node.pattern}/{'i' if node.ignore_case else ''}"


def _window(node: tree.Window) -> str:
    negation = "" if not node.negated else "is not " if node.window == "older than" else "not "
    return f"{inside(node.operand, SUM)} {negation}{node.window} {unit(node.amount, node.unit)}"


def _day_test(node: tree.DayTest) -> str:
    return f"{inside(node.operand, SUM)} {'is not ' if node.negated else ''}{node.test} {inside(node.day, SUM)}"


def _quantified(node: tree.Quantified) -> str:
    count = f" {number(node.count)}" if node.count is not None else ""
    return f"{node.quantity}{count} of ({', '.join(print_expression(part) for part in node.parts)})"


_PRINTERS: dict[type, Any] = {
    tree.Name: name,
    tree.Text: text,
    tree.Number: number,
    tree.Day: lambda node: node.value.isoformat(),
    tree.Moment: moment,
    tree.Boolean: lambda node: "true" if node.value else "false",
    tree.ScoreWord: lambda node: "score",
    tree.StageWord: lambda node: "stage",
    tree.Arithmetic: _arithmetic,
    tree.Negative: lambda node: f"-{inside(node.operand, FACTOR)}",
    tree.Age: _age,
    tree.And: lambda node: " and ".join(inside(part, NOT) for part in node.parts),
    tree.Or: lambda node: " or ".join(inside(part, AND) for part in node.parts),
    tree.Not: lambda node: f"not {inside(node.part, NOT)}",
    tree.Compare: lambda node: f"{inside(node.left, SUM)} {node.op} {inside(node.right, SUM)}",
    tree.Is: _is,
    tree.Predicate: _predicate,
    tree.Between: _between,
    tree.In: _in,
    tree.TextTest: _text_test,
    tree.At: _at,
    tree.Matches: _matches,
    tree.Window: _window,
    tree.DayTest: _day_test,
    tree.Holds: lambda node: f"holds {title(node.stage)}",
    tree.Disqualified: lambda node: "disqualified",
    tree.Quantified: _quantified,
    tree.Values: choices,
}
