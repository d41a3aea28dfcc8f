"""The shapes of texts that look like numbers, by eye: what a type's reader does not tell."""

from __future__ import annotations

import re

THOUSANDS = str.maketrans("", "", ",\x20\xa0\u2009\u202f")

_PERCENT = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]+)? ?%")
_MONEY = re.compile(r"[-+]?(?:[$€£¥₹]|[A-Z]{3}) ?[0-9][0-9., ]*|[-+]?[0-9][0-9., ]* ?(?:[$€£¥₹]|[A-Z]{3}|Kč|zł|kr\.?)")
_COMMA = re.compile(r"[-+]?[0-9]{1,3}(?:[. ][0-9]{3})*,[0-9]+|[-+]?[0-9]+,[0-9]+")
_POINT_BEFORE_THREE = re.compile(r"[-+]?[1-9][0-9]{0,2}\.[0-9]{3}")


def is_percent(text: str) -> bool:
    """`12 %`, `3.5%`."""
    return _PERCENT.fullmatch(text) is not None


def is_money(text: str) -> bool:
    """`$1,200`, `1 200 €`, `EUR 20`."""
    return _MONEY.fullmatch(text) is not None


def has_decimal_comma(text: str) -> bool:
    """`3,5`, `1.234,56`; also `1,200`, which may be thousands."""
    return _COMMA.fullmatch(text) is not None


def may_be_thousands(text: str) -> bool:
    """`1.200`, which is 1.2 where the point is a decimal point, and 1200 where it parts thousands."""
    return _POINT_BEFORE_THREE.fullmatch(text) is not None


def begins_with_zero(text: str) -> bool:
    """`00123`, `+420…`: digits that are no quantity."""
    return re.match(r"0[0-9]|\+[0-9]{6}", text) is not None


def may_be_dialled(text: str) -> bool:
    """As many digits as a telephone number has, extensions left aside."""
    return sum(char.isdigit() for char in text) >= 6


def is_long(text: str) -> bool:
    """More digits than a number holds exactly."""
    return sum(char.isdigit() for char in text.partition(".")[0]) > 15


def is_printable(text: str) -> bool:
    """Whether the text can stand in a ruleset as it is."""
    return text.isprintable() and len(text) <= 80
