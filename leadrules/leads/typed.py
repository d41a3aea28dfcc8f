"""Columns of JSON and Excel values: the type that all values share, or objects where they share none.

A column is typed by the whole file, never by a block, so that every block of a
file has the same types.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

LARGEST_EXACT = 2**53
_LARGEST_INTEGER = 2**63

# What a value is, as far as its column's type goes.
_KINDS: dict[type, str] = {
    str: "text",
    bool: "boolean",
    float: "number",
    datetime: "datetime",
    date: "date",
    time: "time",
    dict: "object",
}


def kind_of(value: Any) -> str | None:
    """The kind of one value; None for a missing one, which goes with every kind."""
    if value is None:
        return None
    kind = _KINDS.get(type(value))
    if kind is not None:
        return kind
    if isinstance(value, int):
        size = abs(value)
        return "integer" if size < LARGEST_EXACT else "long integer" if size < _LARGEST_INTEGER else "huge integer"
    if isinstance(value, list):
        return "texts" if all(isinstance(item, str) for item in value) else "list"
    return "other"


def shared_type(kinds: Iterable[str]) -> pl.DataType | None:
    """The type that holds values of all these kinds exactly; None if there is none."""
    import polars as pl

    found = frozenset(kinds)
    types: dict[frozenset[str], pl.DataType] = {
        frozenset(): pl.String(),
        frozenset({"text"}): pl.String(),
        frozenset({"boolean"}): pl.Boolean(),
        frozenset({"integer"}): pl.Int64(),
        frozenset({"long integer"}): pl.Int64(),
        frozenset({"integer", "long integer"}): pl.Int64(),
        frozenset({"number"}): pl.Float64(),
        frozenset({"integer", "number"}): pl.Float64(),
        frozenset({"date"}): pl.Date(),
        frozenset({"datetime"}): pl.Datetime("us"),
        frozenset({"date", "datetime"}): pl.Datetime("us"),
        frozenset({"time"}): pl.Time(),
        frozenset({"texts"}): pl.List(pl.String()),
    }
    return types.get(found)


def column(name: str, values: Sequence[Any], dtype: pl.DataType | None) -> pl.Series:
    """A column of this type; of objects where it is None."""
    import polars as pl

    if dtype is None:
        return pl.Series(name, values, dtype=pl.Object)
    if dtype == pl.Float64:
        values = [float(value) if value is not None else None for value in values]
    elif isinstance(dtype, pl.Datetime):
        values = [
            value if value is None or isinstance(value, datetime) else datetime(value.year, value.month, value.day)
            for value in values
        ]
    return pl.Series(name, values, dtype=dtype, strict=True)
