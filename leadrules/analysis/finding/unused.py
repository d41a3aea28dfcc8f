"""Fields, lists and lets that nothing uses, in a file that gives points or verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from leadrules.analysis.finding.looking import Looking
from leadrules.language import tree
from leadrules.problems import proof_messages as messages
from leadrules.problems.problem import Problem

_DECLARE = {tree.Field: "field", tree.List: "list", tree.Let: "let"}


def unused_findings(look: Looking) -> Iterator[Problem]:
    """What stands in the root file and is used nowhere."""
    if not look.statements:
        return
    if not any(isinstance(one, _USERS) for one in look.statements):
        return
    root = look.root
    used = set(_used(one for one in look.statements if not isinstance(one, tree.Example)))
    for node in look.statements:
        what = _DECLARE.get(type(node))
        if what is None or node.span.source is not root or getattr(node, "key", False):
            continue
        assert isinstance(node, (tree.Field, tree.List, tree.Let))
        if isinstance(node, tree.List) and node.action in ("add", "remove"):
            continue
        if node.name.text not in used:
            yield messages.unused(node.name.span, what, node.name.text)


_USERS = (tree.Rule, tree.Score, tree.Group, tree.Stage, tree.Label, tree.Disqualify, tree.Exclude, tree.Framework)


def _used(nodes: Any) -> Iterator[str]:
    """All names in statements, save those that a statement declares."""
    stack = [(one, type(one) in _DECLARE) for one in nodes]
    while stack:
        node, declares = stack.pop()
        if isinstance(node, tree.Name):
            yield node.text
            continue
        if isinstance(node, tuple):
            stack += [(one, False) for one in node]
        elif is_dataclass(node):
            for one in fields(node):
                if one.name != "span" and not (declares and one.name == "name"):
                    value = getattr(node, one.name)
                    if is_dataclass(value) or isinstance(value, tuple):
                        stack.append((value, False))
