"""Comparisons of two values: symbols, `is`, `between`, `in`.

Brought into one form: a constant stands on the right, `!=` is a `Not`,
`between` is two comparisons, texts are folded sets. Where a datetime meets a
date, its day is compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from leadrules import ruleset
from leadrules.checking.operands import as_day, fixed, literal, negated, operand, truth, written_literal
from leadrules.checking.scope import ListValues, Scope, Typed, broken
from leadrules.checking.stage_names import compare_stage
from leadrules.language import tree
from leadrules.language.source import Span
from leadrules.meaning.text import fold, trim
from leadrules.problems.name_messages import shipped_list_read, unknown_list
from leadrules.problems.near import near_names
from leadrules.problems.type_messages import (
    computed_equality,
    empty_text,
    fixed_condition,
    kinds_differ,
    list_kinds_differ,
    list_without_choice,
    no_order,
    reversed_range,
    text_order,
    unknown_choice,
    untrimmed_text,
    wrong_kind,
)
from leadrules.ruleset import MIRRORED, Compare, Condition, Constant, Not

SHIPPED_LISTS = {
    "personal_domains": "is personal",
    "disposable_domains": "is disposable",
    "role_names": "is role",
}
_DATES = ("date", "datetime")
_DATE_TEXT = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBER_TEXT = re.compile(r"-?\d+(\.\d+)?")


def compare(scope: Scope, node: tree.Node, op: str, left: Typed, right: Typed) -> Typed:
    """`left op right`, any of the six symbols."""
    if left.broken or right.broken:
        return broken(node)
    if "stage" in (left.kind, right.kind):
        return compare_stage(scope, node, op, left, right)
    if fixed(left) and fixed(right):
        scope.report(fixed_condition(node.span, node.span.text))
        return broken(node)
    if fixed(left):
        left, right, op = right, left, MIRRORED[op]
    if _family(left) != _family(right):
        help = _as_kind(left, right, op)
        scope.report(kinds_differ(node.span, left.span.text, left.kind, right.span.text, right.kind, help))
        return broken(node)
    made = _COMPARISONS[_family(left)](scope, node, op, left, right)
    if made is None:
        return broken(node)
    return negated(made, node, op == "!=")


def _family(value: Typed) -> str:
    return {"datetime": "date", "condition": "boolean"}.get(value.kind, value.kind)


def _as_kind(value: Typed, other: Typed, op: str) -> str | None:
    """Help for a literal of the wrong kind."""
    if not isinstance(other.node, Constant):
        return None
    found = other.node.value
    if value.kind == "texts":
        return f"write `{value.span.text} includes {other.span.text}`"
    if value.kind == "text" and op not in ("=", "!="):
        ordered = value.field is not None and other.kind in ("number", *_DATES)
        return f"declare `{value.span.text}` as `{other.kind}`" if ordered else None
    if value.kind == "text" and not isinstance(found, str):
        return f'write `"{other.span.text}"` in quotes'
    if not isinstance(found, str):
        return None
    if value.kind == "number" and _NUMBER_TEXT.fullmatch(found):
        return f"write `{found}` without quotes"
    if value.kind in _DATES:
        return f"write `{found}` without quotes" if _DATE_TEXT.fullmatch(found) else "write a date as `2026-11-22`"
    if value.kind == "boolean":
        return "write `true` or `false`"
    return None


def _compare_texts(scope: Scope, node: tree.Node, op: str, left: Typed, right: Typed) -> Condition | None:
    if op not in ("=", "!="):
        scope.report(text_order(node.span, op))
        return None
    if not isinstance(right.node, Constant):
        return ruleset.SameText(operand(left), operand(right))
    folded = equal_text(scope, left, str(right.node.value), right.span)
    return None if folded is None else ruleset.TextIn(operand(left), frozenset((folded,)))


def _compare_lists(scope: Scope, node: tree.Node, op: str, left: Typed, right: Typed) -> Condition | None:
    scope.report(wrong_kind(left.span, f"`{op}`", ("text", "number", "date"), left.span.text, left.kind))
    return None


def _compare_numbers(scope: Scope, node: tree.Node, op: str, left: Typed, right: Typed) -> Condition | None:
    if op in ("=", "!=") and (_computed(left) or _computed(right)):
        scope.report(computed_equality(node.span, op))
    return _compared(op, left, right)


def _computed(value: Typed) -> bool:
    node = value.node
    while isinstance(node, ruleset.Negative):
        node = node.operand
    return isinstance(node, ruleset.Arithmetic)


def _compare_booleans(scope: Scope, node: tree.Node, op: str, left: Typed, right: Typed) -> Condition | None:
    if op not in ("=", "!="):
        scope.report(no_order(node.span, op, left.kind))
        return None
    one, other = truth(left), truth(right)
    if isinstance(right.node, Constant):
        return one if right.node.value else Not(one)
    return ruleset.Or((ruleset.And((one, other)), ruleset.And((Not(one), Not(other)))))


def _compare_dates(scope: Scope, node: tree.Node, op: str, left: Typed, right: Typed) -> Condition | None:
    if left.kind != right.kind:
        left, right = as_day(left), as_day(right)
    return _compared(op, left, right)


def _compared(op: str, left: Typed, right: Typed) -> Condition:
    symbol: Any = "=" if op == "!=" else op
    return Compare(symbol, operand(left), operand(right))


_COMPARISONS: dict[str, Callable[[Scope, tree.Node, str, Typed, Typed], Condition | None]] = {
    "text": _compare_texts,
    "texts": _compare_lists,
    "number": _compare_numbers,
    "boolean": _compare_booleans,
    "date": _compare_dates,
}


def equal_text(scope: Scope, left: Typed, text: str, span: Span) -> str | None:
    """The folded text that a text operand is compared with as a whole; None if it can never be equal."""
    if text == "" and not isinstance(left.node, ruleset.LabelValue):
        scope.report(empty_text(span, left.span.text))
        return None
    folded = fold(text)
    known = scope.draft.texts_of(left.node)
    if known and folded and folded not in known:
        choices = [one for one in known.values() if one]
        scope.report(unknown_choice(span, text, _bare(left), near_names(text, choices), choices))
        return None
    if trim(text) != text:
        scope.report(untrimmed_text(span, text))
    return folded


# --------------------------------------------------------- is, between, in


def is_value(scope: Scope, node: tree.Is, left: Typed) -> Typed:
    """`x is "a"`, `x is exactly "a"`."""
    right = written_literal(node.value)
    if not node.exactly:
        made = compare(scope, node, "=", left, right)
        return made if made.broken else negated(truth(made), node, node.negated)
    if left.broken:
        return broken(node)
    if left.kind != "text" or right.kind != "text":
        wrong = left if left.kind != "text" else right
        scope.report(wrong_kind(wrong.span, "`is exactly`", ("text",), wrong.span.text, wrong.kind))
        return broken(node)
    text = str(node.value.value)
    if fixed(left):
        scope.report(fixed_condition(node.span, node.span.text))
        return broken(node)
    if equal_text(scope, left, text, right.span) is None:
        return broken(node)
    return negated(ruleset.Exactly(operand(left), text), node, node.negated)


def between(scope: Scope, node: tree.Between, left: Typed, low: Typed, high: Typed) -> Typed:
    """`x between a and b` as its two comparisons."""
    if left.broken or low.broken or high.broken:
        return broken(node)
    if left.kind not in ("number", *_DATES):
        scope.report(wrong_kind(left.span, "`between`", ("number", "date"), left.span.text, left.kind))
        return broken(node)
    above = compare(scope, node, ">=", left, low)
    below = compare(scope, node, "<=", left, high) if not above.broken else above
    if above.broken or below.broken:
        return broken(node)
    if _reversed(low, high):
        scope.report(reversed_range(low.span.to(high.span), low.span.text, high.span.text))
        return broken(node)
    return negated(ruleset.And((truth(above), truth(below))), node, node.negated)


def _reversed(low: Typed, high: Typed) -> bool:
    if not isinstance(low.node, Constant) or not isinstance(high.node, Constant):
        return False
    first, second = low.node.value, high.node.value
    if low.kind != high.kind:
        first, second = as_day(low).node.value, as_day(high).node.value  # type: ignore[union-attr]
    return first > second  # type: ignore[operator]


def member(scope: Scope, node: tree.In, left: Typed) -> Typed:
    """`x in ("a", "b")`, `x in LIST`."""
    found = choices(scope, node.choices, left.span.text)
    if left.broken or found is None:
        return broken(node)
    if left.kind == "texts":
        help = f"write `{left.span.text} includes any {node.choices.span.text}`"
        scope.report(wrong_kind(left.span, "`in`", ("text", "number", "date"), left.span.text, left.kind, help))
        return broken(node)
    if fixed(left):
        scope.report(fixed_condition(node.span, node.span.text))
        return broken(node)
    made = one_of(scope, node.choices, left, found)
    return broken(node) if made is None else negated(made, node, node.negated)


def choices(scope: Scope, written: tree.Name | tree.Values | tree.Text, operand_text: str) -> ListValues | None:
    """The values in brackets or of a list; None (and a problem) if there is no such list."""
    if isinstance(written, tree.Text):
        return ListValues("", "text", (written,))
    if isinstance(written, tree.Values):
        return ListValues("", "", written.items)
    found = scope.draft.lists.get(written.text)
    if found is not None:
        return found if found.kind is not None else None
    if written.text in SHIPPED_LISTS:
        instead = f"{operand_text} {SHIPPED_LISTS[written.text]}"
        scope.report(shipped_list_read(written.span, written.text, instead))
    elif not scope.draft.may_be_damaged(written.text):
        scope.report(unknown_list(written.span, written.text, scope.draft.names.lists.near(written.text)))
    return None


def one_of(scope: Scope, written: tree.Node, left: Typed, found: ListValues) -> Condition | None:
    """The operand is one of the values; None (and problems) if some do not fit it."""
    if found.name and found.kind is not None and found.kind != _family(left) and left.kind != "stage":
        scope.report(list_kinds_differ(written.span, left.span.text, left.kind, found.name, found.kind))
        return None
    known = scope.draft.texts_of(left.node)
    if found.name and known:
        return _listed_choices(scope, written, left, found, known)
    made = [_equals(scope, left, item) for item in found.items]
    if any(one is None for one in made):
        return None
    whole: Sequence[Condition] = [one for one in made if one is not None]
    if left.kind == "text":
        texts = [one.texts for one in whole if isinstance(one, ruleset.TextIn)]
        return ruleset.TextIn(operand(left), frozenset().union(*texts))
    if left.kind == "stage":
        stages = [one.stages for one in whole if isinstance(one, ruleset.StageIs)]
        return ruleset.StageIs(frozenset().union(*stages))
    return whole[0] if len(whole) == 1 else ruleset.Or(tuple(whole))


def _equals(scope: Scope, left: Typed, item: tree.Literal) -> Condition | None:
    made = compare(scope, item, "=", left, literal(item))
    return None if made.broken else truth(made)


def _bare(left: Typed) -> str:
    """The name of a field or a label, without back-quotes."""
    return left.span.text.strip("`")


def _listed_choices(
    scope: Scope, written: tree.Node, left: Typed, found: ListValues, known: Mapping[str, str]
) -> Condition | None:
    texts = frozenset(fold(str(item.value)) for item in found.items) & known.keys()
    if not texts:
        scope.report(list_without_choice(written.span, found.name, _bare(left)))
        return None
    return ruleset.TextIn(operand(left), texts)
