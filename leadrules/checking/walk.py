"""Walks over the expressions of a tree, without recursion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from leadrules.language import tree

_CHILDREN: Mapping[type, Callable[[Any], tuple[Any, ...]]] = {
    tree.Arithmetic: lambda node: (node.left, node.right),
    tree.Negative: lambda node: (node.operand,),
    tree.Age: lambda node: (node.operand,),
    tree.And: lambda node: node.parts,
    tree.Or: lambda node: node.parts,
    tree.Not: lambda node: (node.part,),
    tree.Compare: lambda node: (node.left, node.right),
    tree.Is: lambda node: (node.operand, node.value),
    tree.Predicate: lambda node: (node.operand,),
    tree.Between: lambda node: (node.operand, node.low, node.high),
    tree.In: lambda node: (node.operand,),
    tree.TextTest: lambda node: (node.operand,),
    tree.At: lambda node: (node.operand,),
    tree.Matches: lambda node: (node.operand,),
    tree.Window: lambda node: (node.operand,),
    tree.DayTest: lambda node: (node.operand, node.day),
    tree.Quantified: lambda node: node.parts,
}


def children(node: tree.Expression) -> tuple[tree.Expression, ...]:
    """The expressions that an expression is made of; names of lists and stages are not among them."""
    found = _CHILDREN.get(type(node))
    return found(node) if found is not None else ()


def nodes(root: tree.Expression) -> Iterator[tree.Expression]:
    """An expression and all within it."""
    stack: list[tree.Expression] = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(children(node))


def names(root: tree.Expression) -> Iterator[tree.Name]:
    """The names of fields, lets, scores, labels and criteria that an expression uses."""
    return (node for node in nodes(root) if isinstance(node, tree.Name))
