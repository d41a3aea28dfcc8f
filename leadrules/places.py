"""Where the files that ship with the program lie: the grammar and the rulesets.

In a checkout, and in an editable install of it, they lie beside the package;
in an installed wheel, inside it.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def grammar_text() -> str:
    """The grammar of the language, as written."""
    return (_folder("grammar") / "leadrules.lark").read_text(encoding="utf-8")


def shipped_rulesets() -> Path:
    """The folder that `include "leadrules/…"` looks into."""
    return _folder("rulesets")


def _folder(name: str, package: Path = _PACKAGE) -> Path:
    """The folder inside the package if it is there, else the one beside it."""
    inside = package / name
    return inside if inside.is_dir() else package.parent / name
