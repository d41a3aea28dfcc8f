"""One block of leads scored: its cells as numbers where they plainly are, read again as text where one is in doubt.

A csv file holds text, and what a text means as a number is said in `leadrules.meaning.values`. The csv parser may
read plain numbers on the way, which spares the text; whatever it does not read, or the field would not
have (too large, outside `between`), is read again as text, so that the value, its reason and the rejected
cell are those of the text.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from leadrules.engine.scorer import ScoredBlock, Scorer
from leadrules.leads.block import Block, NumberType
from leadrules.ruleset import Field, Model


def plain_numbers(model: Model, headers: Mapping[int, str]) -> dict[str, NumberType]:
    """The columns that may be read as numbers on the way; `headers` says which column each field reads."""
    found: dict[str, NumberType] = {}
    for position, header in headers.items():
        type = _number_type(model.fields[position])
        if type is not None and all(
            model.fields[other].type == type for other, same in headers.items() if same == header
        ):
            found[header] = type
    return found


def score_block(scorer: Scorer, block: Block, headers: Mapping[int, str], reasons: int | None) -> ScoredBlock:
    """Score a block by its `cells`, and once more by its cells as they came if some number is in doubt."""
    scored = scorer.score(_by_field(block.cells, headers), block.rows, reasons)
    doubted = [
        headers[position]
        for position, column in scored.columns.items()
        if (column.bad or column.excused) and position in headers and block.cells[headers[position]].dtype.is_numeric()
    ]
    cells = block.as_they_came(doubted) if doubted else block.cells
    return scored if cells is block.cells else scorer.score(_by_field(cells, headers), block.rows, reasons)


def _by_field(cells: pl.DataFrame, headers: Mapping[int, str]) -> dict[int, pl.Series]:
    return {position: cells[header] for position, header in headers.items()}


def _number_type(field: Field) -> NumberType | None:
    """The type that a csv parser may read this field's cells as; None if only the text can tell what they mean."""
    if field.type not in ("integer", "number") or field.key or any(_like_a_number(text) for text in field.missing):
        return None
    return "integer" if field.type == "integer" else "number"


def _like_a_number(text: str) -> bool:
    """Could a parser of numbers take this missing spelling for one?"""
    return any(sign.isdigit() for sign in text) or text.strip("+-") in ("nan", "inf", "infinity")
