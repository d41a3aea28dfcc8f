"""The databases whose words are known, and those that are refused by name.

Offered is what is run against the reference in every test run; another
dialect that sqlglot can write is not thereby one in which the answers are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from leadrules.leads.errors import LeadsError

if TYPE_CHECKING:
    from leadrules.databases.sql.dialects.dialect import Dialect

OFFERED: Mapping[str, str] = {"duckdb": "DuckDB", "postgres": "Postgres", "spark": "Spark"}
_ALIASES = {"postgresql": "postgres", "pg": "postgres", "pyspark": "spark"}


def dialect_named(name: str) -> Dialect:
    """The dialect of this name. Raises `LeadsError` for one that is not offered, with the reason."""
    known = _ALIASES.get(name.lower(), name.lower())
    if known not in OFFERED:
        reason = REFUSED.get(known, "no dialect is called so")
        raise LeadsError(
            f"`{name}` is not offered: {reason}",
            f"the dialects are {', '.join(f'`{one}`' for one in OFFERED)}; all other leads are for `leadrules run`",
        )
    dialect: Dialect = getattr(import_module(f"leadrules.databases.sql.dialects.{known}"), OFFERED[known])()
    return dialect


_NO_NORMAL_FORM = "it has no Unicode normal form, so texts could not be compared as the language says"
REFUSED: Mapping[str, str] = {
    "sqlite": "it has no normal form of texts, no lower case beyond ASCII, no patterns and no dates",
    "snowflake": _NO_NORMAL_FORM,
    "redshift": _NO_NORMAL_FORM,
    "mysql": _NO_NORMAL_FORM,
    "tsql": _NO_NORMAL_FORM,
    "bigquery": "its answers have not been held against the reference on a running BigQuery",
}
