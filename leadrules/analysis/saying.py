"""A lead, a score and a limit in the words of a message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leadrules.explaining.words import Words, exact_words
from leadrules.reference import format_points

MOST_FACTS = 6


def spelled(words: Words, value: Any) -> Any:
    """A text that is compared ignoring case, as the ruleset spells it."""
    if isinstance(value, tuple):
        return tuple(words.spelled(one) for one in value)
    return words.spelled(value) if isinstance(value, str) else value


def lead_words(words: Words, values: Mapping[int, Any], most: int = MOST_FACTS) -> str:
    """`title = "VP", employees = 500`; a lead of which nothing is known says so."""
    said = [f"{words.field(at)} = {exact_words(spelled(words, one), 40)}" for at, one in values.items()]
    if not said:
        return "nothing known"
    return ", ".join(said[:most]) + (f" and {len(said) - most} more" if len(said) > most else "")


__all__ = ["format_points", "lead_words", "spelled"]
