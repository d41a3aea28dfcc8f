"""The parse table, as shipped: which action each state takes on each kind of word.

A *kind* is a keyword or mark itself (`when`, `>=`), or `NAME`, `TEXT`, … as the
grammar calls it. `leadrules.language.tabulate` makes the file.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from leadrules.record import record

TABLE_FILE = Path(__file__).with_name("table.json")

Action = int  # a state to go to, or ~number of the rule whose symbols are complete
Row = dict[str, Action]


@record
class Production:
    """What is made of a rule's symbols; see `leadrules.language.tabulate` for builder and plan."""

    origin: str
    size: int
    builder: str | None
    plan: tuple[int | None, ...]


@record
class Table:
    """The LALR table of the language."""

    grammar: str
    start: int
    end: int
    reserved: frozenset[str]
    productions: tuple[Production, ...]
    states: tuple[Row, ...]
    gotos: tuple[Row, ...]
    words: frozenset[str]


@cache
def table() -> Table:
    """The table, read once."""
    data = json.loads(TABLE_FILE.read_text(encoding="utf-8"))
    states = tuple(data["states"])
    return Table(
        grammar=data["grammar"],
        start=data["start"],
        end=data["end"],
        reserved=frozenset(data["reserved"]),
        productions=tuple(
            Production(origin, size, builder, tuple(plan)) for origin, size, builder, plan in data["rules"]
        ),
        states=states,
        gotos=tuple(data["gotos"]),
        words=frozenset(kind for row in states for kind in row if kind[0].islower()) | frozenset(data["reserved"]),
    )
