"""The wide workload: 24 numbers cut at 40 places each, 20 columns of text; nothing but look-ups, and many of them.

Two peers in Polars: chains of `when`, as the rules read, and an expert's, who
searches sorted cuts and replaces folded texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

NUMBERS, CUTS, TEXTS, SAID = 24, 40, 20, 25


@dataclass(frozen=True)
class Band:
    """A whole number of points for each band of a number: `points[k]` where k cuts are reached."""

    field: str
    cuts: tuple[int, ...]
    points: tuple[int, ...]

    @property
    def source(self) -> str:
        rows = [f"under {self.cuts[0]}: {self.points[0]}"]
        rows += [
            f"{low} to {high - 1}: {points}"
            for low, high, points in zip(self.cuts, self.cuts[1:], self.points[1:], strict=False)
        ]
        rows.append(f"{self.cuts[-1]} or more: {self.points[-1]}")
        return f"points by {self.field} {{ {', '.join(rows)} }}"

    def chained(self) -> pl.Expr:
        column = pl.col(self.field)
        found = pl.when(column >= self.cuts[-1]).then(self.points[-1])
        for cut, points in zip(reversed(self.cuts[:-1]), reversed(self.points[1:-1]), strict=True):
            found = found.when(column >= cut).then(points)
        return found.when(column.is_not_null()).then(self.points[0]).otherwise(0)

    def searched(self, leads: pl.DataFrame) -> pl.Series:
        column = leads[self.field]
        places = pl.Series(self.cuts).search_sorted(column.fill_null(0), side="right")
        return pl.Series(self.points).gather(places).set(column.is_null(), 0)


@dataclass(frozen=True)
class Table:
    """Points by a text, ignoring case; another text gives 1."""

    field: str
    points: dict[str, int]

    @property
    def source(self) -> str:
        rows = [f'"{text}": {points}' for text, points in self.points.items()]
        return f"points by {self.field} {{ {', '.join(rows)}, otherwise: 1 }}"

    def chained(self) -> pl.Expr:
        column = pl.col(self.field).str.to_lowercase()
        found = pl.when(column.is_null()).then(0)
        for text, points in self.points.items():
            found = found.when(column == text.lower()).then(points)
        return found.otherwise(1)

    def replaced(self) -> pl.Expr:
        table = {text.lower(): points for text, points in self.points.items()} | {None: 0}
        return pl.col(self.field).str.to_lowercase().replace_strict(table, default=1, return_dtype=pl.Int64)


class Wide:
    """The rules, and leads for them, from a seed."""

    def __init__(self, seed: int = 11):
        self.seed = seed

    @cached_property
    def bands(self) -> list[Band]:
        dice = np.random.default_rng(self.seed)
        return [
            Band(
                f"x{one}",
                tuple(sorted(map(int, dice.choice(np.arange(1, 5_000), CUTS, replace=False)))),
                tuple(map(int, dice.integers(-9, 20, CUTS + 1))),
            )
            for one in range(NUMBERS)
        ]

    @cached_property
    def tables(self) -> list[Table]:
        dice = np.random.default_rng(self.seed + 1)
        return [
            Table(f"t{one}", {f"Value {one}-{said}": int(dice.integers(-9, 20)) for said in range(SAID)})
            for one in range(TEXTS)
        ]

    @cached_property
    def text(self) -> str:
        fields = [f"field {band.field} : integer" for band in self.bands]
        fields += [f"field {table.field} : text" for table in self.tables]
        rules = [one.source for one in (*self.bands, *self.tables)]
        return "\n".join([*fields, *rules, "stage Lead", "stage MQL at 200", "stage SQL at 300 after MQL", ""])

    def leads(self, rows: int) -> pl.DataFrame:
        """Leads with nulls in a third of the columns; texts in three spellings, a tenth of them in no table."""
        dice = np.random.default_rng(self.seed + 2)
        columns = []
        for place, band in enumerate(self.bands):
            columns.append(_some_null(pl.Series(band.field, dice.integers(0, 5_200, rows)), place, dice))
        for place, table in enumerate(self.tables):
            texts = [*table.points, "Something else", "Nothing known"]
            spellings = pl.Series(table.field, [form for one in texts for form in (one, one.lower(), one.upper())])
            columns.append(_some_null(spellings.gather(dice.integers(0, len(spellings), rows)), place, dice))
        return pl.DataFrame(columns)

    def chained(self, leads: pl.DataFrame) -> pl.DataFrame:
        points = [one.chained() for one in (*self.bands, *self.tables)]
        return _staged(leads.lazy().select(pl.sum_horizontal(points).alias("score"))).collect()

    def looked_up(self, leads: pl.DataFrame) -> pl.DataFrame:
        texts = leads.lazy().select(pl.sum_horizontal(table.replaced() for table in self.tables).alias("score"))
        score = sum((band.searched(leads) for band in self.bands), texts.collect()["score"])
        return _staged(score.alias("score").to_frame().lazy()).collect()


def _staged(scored: pl.LazyFrame) -> pl.LazyFrame:
    score = pl.col("score")
    stage = pl.when(score >= 300).then(pl.lit("SQL")).when(score >= 200).then(pl.lit("MQL")).otherwise(pl.lit("Lead"))
    return scored.with_columns(stage.alias("stage"))


def _some_null(column: pl.Series, place: int, dice: np.random.Generator) -> pl.Series:
    return column.set(pl.Series(dice.random(len(column)) < 0.08), None) if place % 3 == 0 else column
