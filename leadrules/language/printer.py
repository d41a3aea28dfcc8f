"""A tree → its text: `fmt`'s one layout, and single expressions for reasons and messages."""

from __future__ import annotations

from leadrules.language.phrases import print_expression, print_reason

__all__ = ["print_expression", "print_reason"]
