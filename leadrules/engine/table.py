"""The columns that scoring adds, in the order of the contract, as a Polars frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from leadrules.bins import Mask
from leadrules.engine.operands import Ints, Texts
from leadrules.engine.reasons import written
from leadrules.engine.score import Scored
from leadrules.ruleset import Model


def added_schema(model: Model, reasons: int | None = 3) -> dict[str, pl.DataType]:
    """Names and types of the added columns; without `reasons` for 0 of them."""
    schema: dict[str, pl.DataType] = {"score": pl.Float64()}
    schema |= {score.name: pl.Float64() for score in model.scores}
    schema |= {"stage": pl.String(), "disqualified": pl.Boolean()}
    schema |= {label.name: pl.String() for label in model.labels}
    for framework in model.frameworks:
        schema |= {f"{framework.name}.met": pl.Int64(), f"{framework.name}.open": pl.Int64()}
        schema |= {f"{framework.name}.ask": pl.String()}
    if reasons != 0:
        schema["reasons"] = pl.String()
    return schema


def added_columns(model: Model, scored: Scored, reasons: int | None = 3) -> pl.DataFrame:
    """The added columns of a block; `reasons` is how many (None: all, 0: leave the column out).

    Empty is null: everything of an excluded lead but its stage, no stage, an
    empty label, no reason.
    """
    block, excluded = scored.block, scored.excluded
    columns = [_points("score", scored.totals.total, excluded)]
    columns += [
        _points(one.name, points, excluded) for one, points in zip(model.scores, scored.totals.scores, strict=True)
    ]
    columns.append(_stages(model, scored))
    columns.append(pl.Series("disqualified", scored.disqualified))
    columns += [_texts(one.name, block.labels[position], excluded) for position, one in enumerate(model.labels)]
    for position, framework in enumerate(model.frameworks):
        for count in ("met", "open"):
            columns.append(_counts(f"{framework.name}.{count}", block.counts[position, count], excluded))
        columns.append(_texts(f"{framework.name}.ask", scored.asks[position], excluded))
    if reasons != 0:
        columns.append(written(scored.contributions(), reasons, scored.excludes, scored.disqualifies, ~excluded))
    return pl.DataFrame(columns)


def _points(name: str, hundredths: Ints, excluded: Mask) -> pl.Series:
    return _blank(pl.Series(name, hundredths / 100.0), excluded)


def _counts(name: str, counts: Ints, excluded: Mask) -> pl.Series:
    return _blank(pl.Series(name, counts), excluded)


def _blank(column: pl.Series, excluded: Mask) -> pl.Series:
    return column.set(pl.Series(excluded), None) if excluded.any() else column


def _stages(model: Model, scored: Scored) -> pl.Series:
    stages = len(model.stages)
    names = [*(stage.name for stage in model.stages), "disqualified", "excluded", None]
    codes = scored.block.stage.astype(np.uint32)  # none becomes the largest number there is
    np.minimum(codes, np.uint32(stages + 2), out=codes)
    for mask, code in ((scored.disqualified, stages), (scored.excluded, stages + 1)):
        if mask.any():
            codes[mask] = code
    return _gather("stage", names, codes)


def _texts(name: str, texts: Texts, excluded: Mask) -> pl.Series:
    if isinstance(texts.values, pl.Series):
        found = texts.column().alias(name)
        return found.set(pl.Series(excluded) | (found == ""), None)
    codes = np.where(excluded, np.int64(len(texts.values)), texts.codes) if excluded.any() else texts.codes
    return _gather(name, [*(text or None for text in texts.values), None], codes)


def _gather(name: str, texts: Sequence[str | None], codes: np.ndarray) -> pl.Series:
    return pl.Series(name, texts, dtype=pl.String).gather(pl.Series(codes))
