"""Lets, criteria and labels: checked before those that use them, circles reported.

These three may use one another in any order of the file, so they are sorted by
what they use first. The sorting keeps its own stack: a thousand lets, each
using the next, are as shallow as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from leadrules import ruleset
from leadrules.checking.expressions import MOST_DEPTH, MOST_NODES, condition, lower
from leadrules.checking.scope import ANYTHING, FRAMEWORKS, Defined, Draft, Limit, Scope, Typed
from leadrules.checking.walk import names
from leadrules.language import tree
from leadrules.language.source import Span
from leadrules.problems.name_messages import circular
from leadrules.problems.type_messages import let_of_text, too_large
from leadrules.record import record


@record
class Definition:
    """Something to be checked in due order: its expressions, and how."""

    name: str
    span: Span
    expressions: tuple[tree.Expression, ...]
    check: Callable[[Draft], Defined | None]


def let(node: tree.Let) -> Definition:
    return Definition(node.name.text, node.name.span, (node.value,), lambda draft: _check_let(draft, node))


def _check_let(draft: Draft, node: tree.Let) -> Defined | None:
    scope = Scope(draft, ANYTHING)
    value = lower(scope, node.value)
    if value.broken:
        return None
    if value.kind not in ("condition", "boolean", "number"):
        draft.problems.append(let_of_text(node.value.span, node.name.text, value.kind))
        return None
    if scope.size > MOST_NODES or scope.deepest > MOST_DEPTH:
        draft.problems.append(too_large(node.value.span, f"the let `{node.name.text}`"))
        return None
    return scope.defined(value)


def criterion(framework: str, node: tree.Criterion) -> Definition:
    name = f"{framework}.{node.name.text}"
    return Definition(name, node.name.span, (node.condition,), lambda draft: _check_criterion(draft, node))


def _check_criterion(draft: Draft, node: tree.Criterion) -> Defined | None:
    scope = Scope(draft, Limit("a criterion", FRAMEWORKS))
    made = condition(scope, node.condition)
    scope.settle()
    if made is None:
        return None
    # What uses the criterion stands with the framework, whatever the criterion itself uses.
    return replace(scope.defined(Typed("condition", in_criterion(made), node.condition.span)), uses=())


def in_criterion(node: Any) -> Any:
    """A condition as criteria mean it: `known` and `missing` are unknown while the value is missing."""
    if isinstance(node, ruleset.Known):
        return replace(node, in_criterion=True)
    if isinstance(node, tuple):
        return tuple(in_criterion(one) for one in node)
    if not is_dataclass(node):
        return node
    changes = {}
    for one in fields(node):
        value = getattr(node, one.name)
        if one.name in ("parts", "part"):
            changes[one.name] = in_criterion(value)
    return replace(node, **changes) if changes else node  # type: ignore[type-var]


def check_in_order(draft: Draft, definitions: Iterable[Definition]) -> list[str]:
    """Check each definition after those it uses; gives their names in that order."""
    by_name = {one.name: one for one in definitions}
    used = {
        name: list(dict.fromkeys(used.text for one in made.expressions for used in names(one) if used.text in by_name))
        for name, made in by_name.items()
    }
    order = _sorted(draft, by_name, used)
    for name in order:
        defined = by_name[name].check(draft)
        if defined is not None:
            draft.definitions[name] = defined
    return order


def _sorted(draft: Draft, by_name: Mapping[str, Definition], used: Mapping[str, list[str]]) -> list[str]:
    """Names, those used first; what stands in a circle is reported once and left out."""
    order: list[str] = []
    done: set[str] = set()
    in_circle: set[str] = set()
    for start in by_name:
        if start in done:
            continue
        path = {start: iter(used[start])}
        while path:
            name, rest = next(reversed(path.items()))
            following = next(rest, None)
            if following is None:
                del path[name]
                done.add(name)
                if name not in in_circle:
                    order.append(name)
            elif following in path:
                chain = list(path)[list(path).index(following) :]
                if not in_circle.intersection(chain):
                    draft.problems.append(circular(by_name[chain[0]].span, chain, [by_name[one].span for one in chain]))
                in_circle.update(chain)
            elif following not in done:
                path[following] = iter(used[following])
    return order
