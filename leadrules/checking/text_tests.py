"""Tests of one value: its text, its address, whether it is known.

`contains`, `mentions`, `includes`, `at`, `matches` and the words after `is`.
Labels are texts that are never missing: `grade is missing` asks for the empty
text.
"""

from __future__ import annotations

from typing import Any

from leadrules import ruleset
from leadrules.checking.comparisons import choices
from leadrules.checking.operands import fixed, negated, operand
from leadrules.checking.patterns import pattern_problem
from leadrules.checking.scope import Scope, Typed, broken
from leadrules.language import tree
from leadrules.meaning.text import fold, normal, trim
from leadrules.problems.type_messages import (
    bad_pattern,
    empty_search,
    fixed_condition,
    list_of_other_kind,
    needs_email,
    never_missing,
    not_a_domain,
    wrong_kind,
)

ADDRESS_WORDS = ("valid", "personal", "disposable", "role", "business")


def text_test(scope: Scope, node: tree.TextTest, left: Typed) -> Typed:
    """`x contains "a"`, `x mentions any LIST`, `tags includes "a"`."""
    texts = _texts(scope, node.argument, left, node.test)
    if left.broken or texts is None:
        return broken(node)
    needed = "texts" if node.test == "includes" else "text"
    if left.kind != needed:
        scope.report(
            wrong_kind(left.span, f"`{node.test}`", (needed,), left.span.text, left.kind, _other_test(node, left))
        )
        return broken(node)
    if fixed(left):
        scope.report(fixed_condition(node.span, node.span.text))
        return broken(node)
    if node.test == "includes":
        return negated(ruleset.Includes(operand(left), frozenset(texts)), node, node.negated)
    return negated(ruleset.TextTest(node.test, operand(left), texts), node, node.negated)


def _other_test(node: tree.TextTest, left: Typed) -> str | None:
    argument = node.argument.span.text
    if not isinstance(node.argument, tree.Text):
        argument = f"any {argument}"
    if left.kind == "texts":
        return f"write `{left.span.text} includes {argument}`"
    if left.kind == "text":
        return f"write `{left.span.text} contains {argument}`"
    if left.kind == "stage":
        return 'write `stage is "…"`'
    return None


def _texts(
    scope: Scope, written: tree.Text | tree.Name | tree.Values, left: Typed, test: str
) -> tuple[str, ...] | None:
    """The folded texts to look for, each once."""
    found = choices(scope, written, left.span.text)
    if found is None:
        return None
    if found.name and found.kind != "text":
        scope.report(list_of_other_kind(written.span, test, found.name, str(found.kind)))
        return None
    texts: dict[str, None] = {}
    wrong = False
    for item in found.items:
        if not isinstance(item, tree.Text):
            scope.report(
                wrong_kind(
                    item.span, f"`{test}`", ("text",), item.span.text, _KINDS[type(item)], f'write `"{item.span.text}"`'
                )
            )
            wrong = True
        elif trim(item.value) == "":
            scope.report(empty_search(item.span, test))
            wrong = True
        else:
            texts[fold(item.value)] = None
    return None if wrong else tuple(texts)


_KINDS: dict[type, str] = {tree.Number: "number", tree.Day: "date", tree.Moment: "datetime", tree.Boolean: "boolean"}


def at(scope: Scope, node: tree.At, left: Typed) -> Typed:
    """`email at "rival.com"`, `email at any LIST`."""
    texts = _texts(scope, node.argument, left, "at")
    if left.broken or texts is None or not _address(scope, left, "at"):
        return broken(node)
    for text in texts:
        domain = text.removeprefix("@").rpartition("@")[2].strip(" .")
        if text != domain or " " in domain:
            offered = domain if domain and " " not in domain else None
            scope.report(not_a_domain(node.argument.span, text, offered))
            return broken(node)
    return negated(ruleset.At(operand(left), frozenset(texts)), node, node.negated)


def _address(scope: Scope, left: Typed, test: str) -> bool:
    """Whether an operand can hold an e-mail address: a field of type `email` or `text`."""
    if left.field is not None and left.field.type in ("email", "text"):
        return True
    what = f"of type `{left.field.type}`" if left.field is not None else "no field"
    scope.report(needs_email(left.span, test, left.span.text, what))
    return False


def matches(scope: Scope, node: tree.Matches, left: Typed) -> Typed:
    """`x matches /…/i`; the pattern is tried out, so that it cannot fail later."""
    problem = pattern_problem(node.pattern, node.ignore_case)
    if problem is not None:
        scope.report(bad_pattern(node.pattern_span, *problem))
    if left.broken or problem is not None:
        return broken(node)
    if left.kind != "text":
        scope.report(wrong_kind(left.span, "`matches`", ("text",), left.span.text, left.kind))
        return broken(node)
    if fixed(left):
        scope.report(fixed_condition(node.span, node.span.text))
        return broken(node)
    return negated(ruleset.Matches(operand(left), normal(node.pattern), node.ignore_case), node, node.negated)


def predicate(scope: Scope, node: tree.Predicate, left: Typed) -> Typed:
    """`x is known`, `x is lowercase`, `email is personal`."""
    if left.broken:
        return broken(node)
    if fixed(left):
        scope.report(fixed_condition(node.span, node.span.text))
        return broken(node)
    if node.word in ("known", "missing"):
        return _known(scope, node, left)
    if node.word in ADDRESS_WORDS:
        if not _address(scope, left, f"is {node.word}"):
            return broken(node)
    elif left.kind != "text":
        scope.report(wrong_kind(left.span, f"`is {node.word}`", ("text",), left.span.text, left.kind))
        return broken(node)
    word: Any = node.word
    return negated(ruleset.TextIs(operand(left), word), node, node.negated)


def _known(scope: Scope, node: tree.Predicate, left: Typed) -> Typed:
    asks_missing = (node.word == "missing") != node.negated
    if left.kind == "stage":
        return negated(ruleset.StageIs(frozenset((None,))), node, not asks_missing)
    if isinstance(left.node, ruleset.LabelValue):
        return negated(ruleset.TextIn(left.node, frozenset(("",))), node, not asks_missing)
    if left.kind == "condition":
        needed = ("text", "number", "date")
        scope.report(wrong_kind(left.span, f"`is {node.word}`", needed, left.span.text, left.kind))
        return broken(node)
    if isinstance(left.node, (ruleset.ScoreValue, ruleset.FrameworkCount)):
        scope.report(never_missing(node.span, left.span.text))
        return broken(node)
    return negated(ruleset.Known(operand(left)), node, asks_missing)
