"""How the added columns are written as text, and made harmless in a spreadsheet.

A spreadsheet runs a cell as a formula when it starts with `=`, `+`, `-`, `@`, a tab or a
line end. Cells that the tool writes get a `'` in front there. Left as they are: numbers, and `+36 email.clicks >= 3`,
the documented form of a reason, a sign, a number, one space and a text that does not begin with an operator, since no
spreadsheet can read that as a formula. The lead's own columns are never touched.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

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
    import polars as pl

    written = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if dtype.is_float():
            whole = column.round(0) == column
            written.append(
                pl.when(whole)
                .then(column.cast(pl.Int64, strict=False).cast(pl.String))
                .otherwise(column.cast(pl.String))
                .alias(name)
            )
        elif dtype in (pl.Categorical, pl.Enum) or dtype == pl.String:
            text = column.cast(pl.String)
            runs = text.str.contains(_RUNS) & ~text.str.contains(_HARMLESS)
            written.append(pl.when(runs).then("'" + text).otherwise(text).alias(name))
    return frame.with_columns(written) if written else frame
