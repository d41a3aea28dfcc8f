"""Verdicts over a block: frameworks, stages and labels, in the order in which the language decides them.

A label is a column of texts by code, like a text field, so that conditions on a
label are bins as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from leadrules.bins import Mask
from leadrules.engine.block import Block
from leadrules.engine.operands import Texts
from leadrules.engine.search import code_type
from leadrules.engine.text_columns import places_among
from leadrules.ruleset import TRUE, Framework, Label, LabelJoin, LabelRows, LabelTable, Operand, Stage


def decide_framework(block: Block, position: int, framework: Framework) -> Texts:
    """Count a framework's met and open criteria into the block; return the open ones' questions, joined."""
    met = np.zeros(block.rows, dtype=np.int64)
    opened = np.zeros(block.rows, dtype=np.int64)
    asks = Texts(np.zeros(block.rows, dtype=np.uint8), [""])
    for criterion in framework.criteria:
        sets = block.sets(criterion.condition)
        is_open = ~(sets.true | sets.false)
        met += sets.true
        opened += is_open
        question = Texts(is_open.view(np.uint8), ["", criterion.question or criterion.name])
        asks = _joined(asks, question, " | ")
    block.counts[position, "met"] = met
    block.counts[position, "open"] = opened
    return asks


def decide_stage(block: Block, position: int, stage: Stage, never: Mask) -> None:
    """Which leads hold a stage; it becomes the stage of those, being the last one decided so far."""
    may = ~never
    held = may if stage.condition == TRUE else block.mask(stage.condition) & may
    if stage.threshold is not None:
        score = block.scores[stage.on]
        reached: Mask = np.zeros(block.rows, dtype=bool)
        for row in reversed(stage.threshold):
            enough = score >= row.points
            reached = enough if row.condition == TRUE else np.where(block.mask(row.condition), enough, reached)
        held = held & reached
    if stage.after:
        before = np.zeros(block.rows, dtype=bool)
        for other in stage.after:
            before |= block.held[other]
        held = held & before
    if stage.always is not None:
        held = held | (block.mask(stage.always) & may)
    block.held[position] = held
    # The largest position held, -1 for none: arithmetic, for branches on what each lead holds are guesses.
    np.maximum(block.stage, np.multiply(held, np.int16(position + 1)) - np.int16(1), out=block.stage)


def decide_label(block: Block, position: int, label: Label) -> None:
    """The text of a label for every lead."""
    match label.value:
        case LabelRows(rows):
            texts = Texts(np.zeros(block.rows, dtype=np.uint8), [""])
            for row in reversed(rows):
                texts = _where(block.mask(row.condition), _texts(block, row.value), texts)
        case LabelJoin(parts):
            texts = _texts(block, parts[0])
            for part in parts[1:]:
                texts = _joined(texts, _texts(block, part), "")
        case LabelTable(operand, values, otherwise):
            column = block.texts(operand)
            places = places_among(pl.Series(column.values, dtype=pl.String), list(values))
            texts = Texts(places.take(column.codes), [*values.values(), otherwise])
    block.labels[position] = texts


def _texts(block: Block, value: str | Operand) -> Texts:
    """A text, or an operand's text with missing as empty."""
    if isinstance(value, str):
        return Texts(np.zeros(block.rows, dtype=np.uint8), [value])
    texts = block.texts(value)
    if isinstance(texts.values, pl.Series):
        return Texts(texts.codes, texts.values.fill_null(""))
    return Texts(texts.codes, ["" if text is None else text for text in texts.values])


def _where(mask: Mask, one: Texts, other: Texts) -> Texts:
    kind: Any = code_type(len(one.values) + len(other.values))
    codes = np.where(mask, one.codes.astype(kind), other.codes.astype(kind) + kind(len(one.values)))
    if isinstance(one.values, list) and isinstance(other.values, list):
        return Texts(codes, one.values + other.values)
    return Texts(codes, pl.concat([pl.Series(texts.values, dtype=pl.String) for texts in (one, other)]))


def _joined(one: Texts, other: Texts, between: str) -> Texts:
    """Each row's two texts, one after the other; an empty one adds nothing."""
    if len(one.values) * len(other.values) > 4096:
        frame = pl.DataFrame({"left": one.column(), "right": other.column()})
        here = pl.when((pl.col("left") != "") & (pl.col("right") != "")).then(pl.lit(between)).otherwise(pl.lit(""))
        whole = frame.select(pl.concat_str("left", here, "right")).to_series()
        return Texts(np.arange(len(whole), dtype=np.int32), whole)
    kind: Any = code_type(len(one.values) * len(other.values) + 1)
    codes = one.codes.astype(kind) * kind(len(other.values)) + other.codes.astype(kind)
    values = [
        left + between + right if left and right else left or right for left in one.values for right in other.values
    ]
    return Texts(codes, values)
