"""Leads in columns of any type, whatever their fields want: files hold numbers as text, days as numbers, and worse.

What each cell then means is for `score_one` to say, cell by cell; the engine must say the same of the column.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from generate.draw import Draw
from generate.leads import Leads

NUMBERS = (
    0,
    1,
    -1,
    3,
    10,
    50,
    51,
    200,
    1000,
    127,
    2.5,
    0.1,
    33.33,
    1e6,
    9_007_199_254_740_991,
    9_007_199_254_740_992,
    1e300,
)
DAYS = (date(2026, 11, 22), date(2024, 2, 29), date(1970, 1, 1), date(1999, 12, 31), date(9999, 12, 31), date(1, 1, 1))
MIDDAYS = tuple(datetime(2026, 11, day, hour, 30) for day in (21, 22, 23) for hour in (0, 9, 23))


def _wholes(low: int, high: int) -> Callable[[Draw], object]:
    return lambda draw: max(low, min(high, int(draw.pick(NUMBERS))))


def _double(draw: Draw) -> object:
    return float(draw.pick((*NUMBERS, math.nan, math.inf, -0.0, -math.inf)))


# A type of column, and how one of its cells is drawn.
COLUMNS: tuple[tuple[pl.DataType, Callable[[Draw], object]], ...] = (
    (pl.Int64(), _wholes(-(2**63), 2**63 - 1)),
    (pl.Float64(), _double),
    (pl.Int8(), _wholes(-128, 127)),
    (pl.UInt8(), _wholes(0, 255)),
    (pl.UInt64(), _wholes(0, 2**64 - 1)),
    (pl.Float32(), _double),
    (pl.Boolean(), lambda draw: draw.chance(50)),
    (pl.Date(), lambda draw: draw.pick(DAYS)),
    (pl.Datetime("us"), lambda draw: draw.pick(MIDDAYS)),
    (pl.Datetime("ms"), lambda draw: draw.pick(MIDDAYS)),
    (pl.Datetime("ns"), lambda draw: draw.pick(MIDDAYS)),
    (pl.Datetime("us", "Europe/Prague"), lambda draw: draw.pick(MIDDAYS)),
    (pl.Decimal(20, 2), lambda draw: Decimal(str(draw.pick(NUMBERS[:13]))).quantize(Decimal("0.01"))),
    (pl.List(pl.String()), lambda draw: draw.some(("cto", " CEO ", "", "N/A", "a;b", "Straße"), 0, 3)),
    (pl.List(pl.Int64()), lambda draw: draw.some((1, 42, 0), 0, 2)),
    (pl.Time(), lambda draw: time(9, 30)),
    (pl.Duration("us"), lambda draw: timedelta(days=draw.pick((0, 1, 30)))),
    (pl.Null(), lambda draw: None),
)


def odd_frame(draw: Draw, leads: Leads) -> pl.DataFrame:
    """The leads with some of their columns in another type, each cell drawn anew."""
    columns = []
    for place, header in enumerate(leads.headers):
        cells = [row[place].raw for row in leads.rows]
        column: Any = pl.Series(header, cells, dtype=pl.String())
        if draw.chance(15):
            column = column.cast(pl.Categorical())
        elif draw.chance(60) and place < len(leads.headers) - 1:
            type, cell = draw.pick(COLUMNS)
            values = [None if draw.chance(15) else cell(draw) for _ in leads.rows]
            column = pl.Series(header, values, dtype=type, strict=False)
        columns.append(column)
    return pl.DataFrame(columns)
