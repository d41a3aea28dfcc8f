"""Tests of dates against the as-of date and against each other.

Windows stay symbolic (`InWindow`), because the as-of date comes with the leads.
Amounts are bounded by what a calendar can mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leadrules import ruleset
from leadrules.checking.comparisons import compare
from leadrules.checking.operands import as_day, fixed, negated, operand, truth
from leadrules.checking.scope import Scope, Typed, broken
from leadrules.language import tree
from leadrules.problems.type_messages import bad_length, fixed_condition, wrong_kind
from leadrules.problems.wording import plain
from leadrules.ruleset import DayBound

MOST: Mapping[str, int] = {"days": 3_650_000, "weeks": 520_000, "months": 120_000, "years": 10_000}
TODAY = DayBound(0, "days")
_DAY_TEXT = "write a date without quotes: `2026-11-22`"


def whole_amount(scope: Scope, amount: tree.Number, unit: str, what: str, least: int = 0) -> int | None:
    """A whole number of days, weeks, months or years, at most ten thousand years; None if it is none."""
    value = amount.value
    if value != value.to_integral_value() or not least <= value <= MOST[unit]:
        scope.report(bad_length(amount.span, what, plain(value), least, MOST[unit], unit))
        return None
    return int(value)


def window(scope: Scope, node: tree.Window, left: Typed) -> Typed:
    """`d in last 30 days`, `d in next 3 months`, `d older than 1 year`."""
    amount = whole_amount(scope, node.amount, node.unit, f"`{node.window}`")
    scope.looks_at_date = True
    if left.broken or amount is None or not _is_date(scope, left, f"`{node.window}`"):
        return broken(node)
    if fixed(left):
        scope.report(fixed_condition(node.span, node.span.text))
        return broken(node)
    low, high = {
        "in last": (DayBound(-amount, node.unit), TODAY),
        "in next": (TODAY, DayBound(amount, node.unit)),
        "older than": (None, DayBound(-amount, node.unit, -1)),
    }[node.window]
    return negated(ruleset.InWindow(operand(as_day(left)), low, high), node, node.negated)


def day_test(scope: Scope, node: tree.DayTest, left: Typed, right: Typed) -> Typed:
    """`d before e`, `d after e`, `d on e`; `on` compares days."""
    if left.broken or right.broken:
        return broken(node)
    for side in (left, right):
        if side.kind not in ("date", "datetime"):
            help = _DAY_TEXT if fixed(side) and side.kind == "text" else None
            scope.report(wrong_kind(side.span, f"`{node.test}`", ("date",), side.span.text, side.kind, help))
            return broken(node)
    if node.test == "on":
        left, right = as_day(left), as_day(right)
    made = compare(scope, node, {"before": "<", "after": ">", "on": "="}[node.test], left, right)
    return made if made.broken else negated(truth(made), node, node.negated)


def age(scope: Scope, node: tree.Age, left: Typed) -> Typed:
    """`days since d`, `months since d`, `years since d`, `days until d`."""
    word = f"`{node.unit} {'until' if node.until else 'since'}`"
    scope.looks_at_date = True
    if left.broken or not _is_date(scope, left, word):
        return broken(node)
    unit: Any = node.unit
    return Typed("number", ruleset.Age(unit, node.until, operand(as_day(left))), node.span)


def _is_date(scope: Scope, left: Typed, test: str) -> bool:
    if left.kind in ("date", "datetime"):
        return True
    help = None
    if left.kind == "text":
        help = _DAY_TEXT if fixed(left) else f"declare it as a date: `field {left.span.text} : date`"
    scope.report(wrong_kind(left.span, test, ("date",), left.span.text, left.kind, help))
    return False
