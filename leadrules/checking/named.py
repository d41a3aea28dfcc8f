"""Names, and the words that are operands, as what they stand for.

Here is decided whether a statement may use a thing at all: each use is told to
the `Scope`, which knows what is decided before the statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from leadrules import ruleset
from leadrules.checking.scope import END, FIELDS, FRAMEWORKS, SCORES, VERDICTS, Scope, Typed, Use, broken, declared_use
from leadrules.checking.stage_names import find_stage
from leadrules.language import tree
from leadrules.language.source import Span
from leadrules.problems.name_messages import (
    framework_alone,
    questions_as_value,
    unknown_criterion,
    unknown_field,
)
from leadrules.problems.near import near_names


def name(scope: Scope, node: tree.Name) -> Typed:
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


def total(scope: Scope, node: tree.ScoreWord) -> Typed:
    if not scope.use(Use("score", "total", SCORES, None), node.span):
        return broken(node)
    return Typed("number", ruleset.ScoreValue(None), node.span)


def final_stage(scope: Scope, node: tree.StageWord) -> Typed:
    if not scope.use(Use("stage", "lead's final", END, None), node.span):
        return broken(node)
    return Typed("stage", None, node.span)


def disqualified(scope: Scope, node: tree.Disqualified) -> Typed:
    if not scope.use(Use("disqualified", "word", END, None), node.span):
        return broken(node)
    return Typed("condition", ruleset.IsDisqualified(), node.span)


def holds(scope: Scope, node: tree.Holds) -> Typed:
    index = stage_index(scope, node.stage)
    if index is None or not use_stage(scope, node.stage, index):
        return broken(node)
    return Typed("condition", ruleset.Holds(index), node.span)


def stage_index(scope: Scope, node: tree.Name | tree.Text) -> int | None:
    """The position of a stage that is called by name; None if there is none (and a problem is reported)."""
    name = node.text if isinstance(node, tree.Name) else node.value
    return find_stage(scope, name, node.span)


def use_stage(scope: Scope, node: tree.Name | tree.Text, index: int) -> bool:
    name = node.text if isinstance(node, tree.Name) else node.value
    declared = scope.draft.names.stages.get(name)
    place = scope.draft.stage_places[index]
    return scope.use(Use(name, "stage", VERDICTS, declared.span if declared else None, place), node.span)
