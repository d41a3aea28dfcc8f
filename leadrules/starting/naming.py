"""A header → the name of a field: lower-case words joined by `_`, its dots kept where they join names."""

from __future__ import annotations

import re

from leadrules.checking.names import OUTPUT_COLUMNS
from leadrules.language.words import is_bare_name
from leadrules.meaning.text import BLANKS, fold, normal

LONGEST = 60
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_INSTEAD = {"%": " percent ", "#": " number ", "'": "", "’": ""}


def field_name(header: str, position: int, taken: set[str]) -> str:
    """A name that can stand bare and is not in `taken` (folded names), to which it is added."""
    name = _shortened(_plain(header)) or f"column_{position + 1}"
    if not is_bare_name(f"{name}_"):  # begins with a digit or a mark
        name = f"_{name}"
    if name in OUTPUT_COLUMNS or not is_bare_name(name):
        name = f"lead_{name}"
    unique, number = name, 2
    while fold(unique) in taken:
        unique, number = f"{name}_{number}", number + 1
    taken.add(fold(unique))
    return unique


def words_of_name(name: str) -> list[str]:
    """The words that a name is made of."""
    return [word for word in re.split(r"[._]", name) if word]


def _plain(header: str) -> str:
    text = normal(header).strip(BLANKS)
    one_word = not any(char in BLANKS or char in "_-" for char in text)
    if one_word:
        text = _CAMEL.sub("_", text)
    for sign, word in _INSTEAD.items():
        text = text.replace(sign, word)
    text = "".join(char if _in_name(char) or (char == "." and one_word) else "_" for char in fold(text))
    parts = (re.sub("_+", "_", part).strip("_") for part in text.split("."))
    return ".".join(part for part in parts if part)


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    return (name[:LONGEST].rpartition("_")[0] or name[:LONGEST]).rstrip("._")


def _in_name(char: str) -> bool:
    return is_bare_name(f"_{char}")
