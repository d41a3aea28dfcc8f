"""The cells of other formats as csv has them: text.

Numbers as short as they can be said, whole ones without decimals only where their
column holds whole ones; days and times in ISO; lists joined by `;`, as the language splits them;
what is nested deeper as JSON. A list whose items have `;` themselves is JSON too, so that
it is not read back as more items.
"""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leadrules.meaning.cells import outside_calendar, values_of

if TYPE_CHECKING:
    import polars as pl


def as_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column as one that csv can hold; null stays null."""
    import polars as pl

    columns = []
    for column in frame.iter_columns():
        as_values = column.dtype == pl.Object or column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Duration)
        if as_values or outside_calendar(column) is not None:
            values = [None if value is None else value_text(value) for value in values_of(column)]
            column = pl.Series(column.name, values, dtype=pl.String)
        elif column.dtype == pl.Time:
            column = column.dt.to_string("%H:%M:%S%.f")
        elif isinstance(column.dtype, pl.Datetime):
            column = column.dt.to_string("%Y-%m-%dT%H:%M:%S%.f" + ("%:z" if column.dtype.time_zone else ""))
        columns.append(column)
    return pl.DataFrame(columns)


def value_text(value: Any) -> str:
    """One value as the text of a csv cell."""
    if isinstance(value, str):
        return str(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep="T")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, timedelta):
        return _duration(value)
    if isinstance(value, list) and all(isinstance(item, str) and ";" not in item for item in value):
        return ";".join(value)
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return str(value)


def _duration(value: timedelta) -> str:
    sign, size = ("-", -value) if value < timedelta() else ("", value)
    minutes, seconds = divmod(size.days * 86_400 + size.seconds, 60)
    parts = f".{size.microseconds:06}".rstrip("0") if size.microseconds else ""
    return f"{sign}{minutes // 60}:{minutes % 60:02}:{seconds:02}{parts}"


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value_text(value)
