"""Stages that are called by their names in conditions."""

from __future__ import annotations

from leadrules import ruleset
from leadrules.checking.operands import negated
from leadrules.checking.scope import Scope, Typed, broken
from leadrules.language import tree
from leadrules.language.source import Span
from leadrules.meaning.text import fold
from leadrules.problems.name_messages import not_a_stage, unknown_stage
from leadrules.problems.type_messages import (
    kinds_differ,
    no_order,
)
from leadrules.ruleset import Constant


def compare_stage(scope: Scope, node: tree.Node, op: str, left: Typed, right: Typed) -> Typed:
    """`stage is "MQL"`, whichever side the word stands on; as with all texts, case does not count."""
    if left.kind != "stage":
        left, right = right, left
    if op not in ("=", "!="):
        scope.report(no_order(node.span, op, "stage"))
        return broken(node)
    if not isinstance(right.node, Constant) or not isinstance(right.node.value, str):
        scope.report(kinds_differ(node.span, "stage", "stage", right.span.text, right.kind, 'write `stage is "…"`'))
        return broken(node)
    called = scope.draft.names.stages.alike(right.node.value)
    name = called.name if called is not None else right.node.value
    index = find_stage(scope, name, right.span)
    if index is None:
        return broken(node)
    return negated(ruleset.StageIs(frozenset((index,))), node, op == "!=")


def find_stage(scope: Scope, name: str, span: Span) -> int | None:
    """The position of a stage; None (and a problem) if none is called so."""
    stages = scope.draft.names.stages
    found = stages.get(name)
    if found is not None:
        return found.index
    instead = {
        "disqualified": "write the word itself: `disqualified`",
        "excluded": "leave it out: an excluded lead gets no labels",
        "": "write `stage is missing`",
    }.get(fold(name))
    if instead is not None:
        scope.report(not_a_stage(span, name, instead))
    elif not scope.draft.may_be_damaged(name):
        scope.report(unknown_stage(span, name, stages.near(name)))
    return None
