"""How the added columns are written as text, and made harmless in a spreadsheet.

A spreadsheet runs a cell as a formula when it starts with `=`, `+`, `-`, `@`, a tab or a
line end. Cells that the tool writes get a `'` in front there. Left as they are: numbers, and `+36 email.clicks >= 3`,
the documented form of a reason, a sign, a number, one space and a text that does not begin with an operator, since no
spreadsheet can read that as a formula. The lead's own columns are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from leadrules.leads.texts import NUL_SPELLED

if TYPE_CHECKING:
    import polars as pl

_RUNS = r"^[=@\t\r\n+\-]"
_HARMLESS = r"^[+\-][0-9]+(\.[0-9]+)?($| [^\s+\-*/^&=<>%@|!,;:(])"
_RUNS_RE, _HARMLESS_RE = re.compile(_RUNS), re.compile(_HARMLESS.replace("$|", r"\Z|"))


def runs_as_formula(text: str) -> bool:
    """Would a spreadsheet take this text for a formula?"""
    return bool(_RUNS_RE.match(text)) and not _HARMLESS_RE.match(text)


def harmless(text: str) -> str:
    """The text, with a `'` in front where a spreadsheet would run it."""
    return "'" + text if runs_as_formula(text) else text


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """The added columns as csv has them: whole scores without decimals, texts harmless, null as null."""
    return _told(frame, _harmless)


def as_cells(frame: pl.DataFrame, delimiter: str) -> pl.DataFrame:
    """The same, with quotes around what csv needs quotes for: to be written without any more of them."""
    needed = [delimiter, '"', "\r", "\n"]
    return _told(frame, lambda text: _quoted(_harmless(text), needed))


def _told(frame: pl.DataFrame, spelling: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
    """Numbers as csv has them, texts in this spelling."""
    import polars as pl

    columns = []
    for column in frame.iter_columns():
        if column.dtype.is_float():
            column = _points(column)
        elif column.dtype in (pl.Categorical, pl.Enum) or column.dtype == pl.String:
            column = _respelled(column.cast(pl.String), spelling(pl.col(column.name)))
        columns.append(column)
    return pl.DataFrame(columns)


def _points(column: pl.Series) -> pl.Series:
    import polars as pl

    whole = column.round(0) == column
    numbers = column.cast(pl.Int64, strict=False)
    if whole.all() and numbers.null_count() == column.null_count():
        return numbers
    texts = pl.when(whole).then(numbers.cast(pl.String)).otherwise(column.cast(pl.String))
    return pl.select(texts.alias(column.name)).to_series()


def _harmless(text: pl.Expr) -> pl.Expr:
    import polars as pl

    runs = text.str.contains(_RUNS) & ~text.str.contains(_HARMLESS)
    told = text.str.replace_all("\0", NUL_SPELLED, literal=True)
    return pl.when(runs).then("'" + told).otherwise(told)


def _quoted(text: pl.Expr, needed: list[str]) -> pl.Expr:
    import polars as pl

    doubled = text.str.replace_all('"', '""', literal=True)
    return pl.when(text.str.contains_any(needed) | (text == "")).then('"' + doubled + '"').otherwise(text)


def _respelled(texts: pl.Series, spelling: pl.Expr) -> pl.Series:
    """The texts in another spelling. A text that stands in many rows is spelled once."""
    import polars as pl

    from leadrules.engine.spellings import apart

    values, codes = apart(texts)
    if isinstance(values, pl.Series) and 2 * len(values) > len(texts):
        return texts.to_frame().select(spelling.alias(texts.name)).to_series()
    few = pl.Series(texts.name, values, dtype=pl.String)
    spelled = few.to_frame().select(spelling.alias(texts.name)).to_series()
    return texts if spelled.equals(few) else spelled.gather(codes)
