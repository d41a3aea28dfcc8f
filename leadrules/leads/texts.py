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


NUL_SPELLED = "\\u0000"
_SECOND = 1_000_000_000
_NANOSECONDS = {"ns": 1, "us": 1_000, "ms": 1_000_000}


def as_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column as one that csv can hold; null stays null."""
    import polars as pl

    columns = []
    for column in map(singles_as_written, frame.iter_columns()):
        as_values = column.dtype == pl.Object or column.dtype.is_nested() or column.dtype == pl.Binary
        if column.dtype == pl.Duration:
            column = _durations(column)
        elif column.dtype == pl.String:
            column = without_nul(column)
        elif as_values or outside_calendar(column) is not None:
            values = [None if value is None else value_text(value) for value in values_of(column)]
            column = pl.Series(column.name, values, dtype=pl.String)
        elif column.dtype == pl.Time:
            column = column.dt.to_string("%H:%M:%S%.f")
        elif isinstance(column.dtype, pl.Datetime):
            column = column.dt.to_string("%Y-%m-%dT%H:%M:%S%.f" + ("%:z" if column.dtype.time_zone else ""))
        columns.append(column)
    return pl.DataFrame(columns)


def singles_as_written(column: pl.Series) -> pl.Series:
    """Numbers of single precision as the doubles that are written alike: 0.1, not 0.10000000149011612."""
    import polars as pl

    if _with_leaves(column.dtype, pl.Float64()) == column.dtype:
        return column
    return column.cast(_with_leaves(column.dtype, pl.String())).cast(_with_leaves(column.dtype, pl.Float64()))


def _with_leaves(dtype: pl.DataType, single: pl.DataType) -> pl.DataType:
    """The type with another in place of single precision."""
    import polars as pl

    match dtype:
        case pl.Float32():
            return single
        case pl.List():
            return pl.List(_with_leaves(dtype.inner, single))  # type: ignore[arg-type]
        case pl.Array():
            return pl.Array(_with_leaves(dtype.inner, single), dtype.size)  # type: ignore[arg-type]
        case pl.Struct():
            return pl.Struct({field.name: _with_leaves(field.dtype, single) for field in dtype.fields})  # type: ignore[arg-type]
    return dtype


def without_nul(column: pl.Series) -> pl.Series:
    """Texts without NUL characters, which no csv file holds: they are spelled as in JSON."""
    nul = column.str.contains("\0", literal=True)
    return column.str.replace_all("\0", NUL_SPELLED, literal=True) if nul.any() else column


def value_text(value: Any) -> str:
    """One value as the text of a csv cell."""
    if isinstance(value, str):
        return value.replace("\0", NUL_SPELLED)
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
        return _duration((value.days * 86_400 + value.seconds) * _SECOND + value.microseconds * 1000)
    if isinstance(value, list) and all(isinstance(item, str) and ";" not in item for item in value):
        return ";".join(value)
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return str(value)


def _durations(column: pl.Series) -> pl.Series:
    import polars as pl

    unit = _NANOSECONDS[column.dtype.time_unit]  # type: ignore[attr-defined]
    values = [None if value is None else _duration(value * unit) for value in column.to_physical().to_list()]
    return pl.Series(column.name, values, dtype=pl.String)


def _duration(nanoseconds: int) -> str:
    seconds, rest = divmod(abs(nanoseconds), _SECOND)
    minutes, seconds = divmod(seconds, 60)
    parts = f".{rest:09}".rstrip("0") if rest else ""
    return f"{'-' if nanoseconds < 0 else ''}{minutes // 60}:{minutes % 60:02}:{seconds:02}{parts}"


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value_text(value)
