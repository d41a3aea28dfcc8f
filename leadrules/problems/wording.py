"""Small pieces of wording that many messages share, so that a kind or a list of choices reads the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

KIND_WORDS = {
    "text": "a text",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date",
    "datetime": "a date with a time",
    "texts": "a list of texts",
    "condition": "a condition",
    "stage": "a stage",
}


KIND_PLURALS = {"text": "texts", "number": "numbers", "date": "dates", "boolean": "`true` or `false`"}


def kind_words(kind: str) -> str:
    """`a number` for `number`."""
    return KIND_WORDS[kind]


def either(words: Iterable[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    *rest, last = words
    return f"{', '.join(rest)} or {last}" if rest else last


def did_you_mean(near: Iterable[str]) -> str | None:
    """The help that offers near names, each in backticks; None if there are none."""
    names = [f"`{one}`" for one in near]
    return f"did you mean {either(names)}?" if names else None


def counted(number: int, noun: str) -> str:
    """`1 part`, `3 parts`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def leads_of(count: int) -> str:
    """`1 lead`, `1,200 leads`."""
    return "1 lead" if count == 1 else f"{count:,} leads"


def plain(value: Decimal) -> str:
    """A number as a ruleset writes it, without an exponent: `10000`, `2.5`."""
    return f"{value:f}"


def shown(text: str, most: int = 60) -> str:
    """The user's text in backticks, on one line, cut where it is long."""
    line = " ".join(text.split())
    return f"`{line if len(line) <= most else line[: most - 1] + '…'}`"
