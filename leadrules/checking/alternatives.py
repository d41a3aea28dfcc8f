"""What was meant by `country is "US" or "CA"`: the help that says it in one test."""

from __future__ import annotations

from collections.abc import Sequence

from leadrules.language import tree


def with_alternatives(before: tree.Expression, literals: Sequence[tree.Literal]) -> str | None:
    """`country is "US"` and `"CA"` as one test: `country in ("US", "CA")`; None if `before` is no such test."""
    if isinstance(before, tree.Is) and not before.exactly:
        subject, first, word = before.operand, before.value, "not in" if before.negated else "in"
    elif isinstance(before, tree.Compare) and before.op in ("=", "!="):
        subject, first, word = before.left, before.right, "in" if before.op == "=" else "not in"  # type: ignore[assignment]
    elif isinstance(before, (tree.TextTest, tree.At)) and isinstance(before.argument, tree.Text):
        source = before.span.source.text
        items = ", ".join(one.span.text for one in (before.argument, *literals))
        return f"{source[before.span.start : before.argument.span.start].rstrip()} any ({items})"
    else:
        return None
    return f"{subject.span.text} {word} ({', '.join(one.span.text for one in (first, *literals))})"
