"""How the added columns are written as text, and made harmless in a spreadsheet.

A spreadsheet runs a cell as a formula when it starts with `=`, `+`, `-`, `@`, a tab or a
line end. Cells that the tool writes get a `'` in front there. Left as they are: numbers, and `+36 email.clicks >= 3`,
the documented form of a reason, a sign, a number, one space and a text that does not begin with an operator, since no
spreadsheet can read that as a formula. The lead's own columns are never touched.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from leadrules.leads.texts import NUL_SPELLED

if TYPE_CHECKING:
    import polars as pl

_RUNS = r"^[=@\t\r\n+\-]"
_HARMLESS = r"^[+\-][0-9]+(\.[0-9]+)?($| [^\s+\-*/^&=<>%@|!,;:(])"
_MANY = 1_000
_RUNS_RE, _HARMLESS_RE = re.compile(_RUNS), re.compile(_HARMLESS.replace("$|", r"\Z|"))


def runs_as_formula(text: str) -> bool:
    """Would a spreadsheet take this text for a formula?"""
    return bool(_RUNS_RE.match(text)) and not _HARMLESS_RE.match(text)


def harmless(text: str) -> str:
    """The text, with a `'` in front where a spreadsheet would run it."""
    return "'" + text if runs_as_formula(text) else text


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """The added columns as csv has them: whole scores without decimals, texts harmless, null as null."""
    import polars as pl

    return pl.DataFrame([_as_text(column) for column in frame.iter_columns()])


def as_cells(frame: pl.DataFrame, delimiter: str) -> pl.DataFrame:
    """The same, with quotes around what csv needs quotes for: to be written without any more of them."""
    import polars as pl

    needed = f'[{re.escape(delimiter)}"\r\n]|^$'
    return pl.DataFrame(
        [
            _respelled(column, _quoted(pl.col(column.name), needed)) if column.dtype == pl.String else column
            for column in as_text(frame).iter_columns()
        ]
    )


def _as_text(column: pl.Series) -> pl.Series:
    import polars as pl

    own = pl.col(column.name)
    if column.dtype.is_float():
        whole = column.round(0) == column
        numbers = column.cast(pl.Int64, strict=False)
        if whole.all() and numbers.null_count() == column.null_count():
            return numbers
        return (
            column.to_frame()
            .select(
                pl.when(whole).then(own.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(own.cast(pl.String))
            )
            .to_series()
            .alias(column.name)
        )
    if column.dtype in (pl.Categorical, pl.Enum) or column.dtype == pl.String:
        runs = own.str.contains(_RUNS) & ~own.str.contains(_HARMLESS)
        told = own.str.replace_all("\0", NUL_SPELLED, literal=True)
        return _respelled(column.cast(pl.String), pl.when(runs).then("'" + told).otherwise(told))
    return column


def _quoted(text: pl.Expr, needed: str) -> pl.Expr:
    import polars as pl

    doubled = text.str.replace_all('"', '""', literal=True)
    return pl.when(text.str.contains(needed)).then('"' + doubled + '"').otherwise(text)


def _respelled(texts: pl.Series, spelling: pl.Expr) -> pl.Series:
    """The texts in another spelling. A text that stands in many rows is spelled once."""
    import polars as pl

    few = texts.drop_nulls().unique() if len(texts) > _MANY else texts
    if 2 * len(few) > len(texts):
        return texts.to_frame().select(spelling.alias(texts.name)).to_series()
    spelled = few.to_frame().select(spelling.alias(texts.name)).to_series()
    if (spelled == few).all():
        return texts
    return spelled.gather(texts.cast(pl.Enum(few)).to_physical())
