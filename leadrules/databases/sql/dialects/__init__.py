"""The databases whose words are known, and those that are refused by name.

DuckDB, PostgreSQL and Spark are run against the reference in every test run. BigQuery and Snowflake do not run
there: stand-ins that do as their documentation says take their place. Another dialect that sqlglot can write
is not thereby one in which the answers are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from leadrules.leads.errors import LeadsError

if TYPE_CHECKING:
    from leadrules.databases.sql.dialects.dialect import Dialect

OFFERED: Mapping[str, str] = {
    "duckdb": "DuckDB", "postgres": "Postgres", "spark": "Spark", "bigquery": "BigQuery", "snowflake": "Snowflake",
}  # fmt: skip
_ALIASES = {"postgresql": "postgres", "pg": "postgres", "pyspark": "spark", "databricks": "spark"}
"""Other names; Databricks reads Spark's statement as it stands."""


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


REFUSED: Mapping[str, str] = {
    "sqlite": "it has no normal form of texts, no lower case beyond ASCII, no patterns and no dates",
    "redshift": "it has no functions over the items of a list, by which reasons are put in order",
    "mysql": "its texts are compared by collations, and it has no lists, by which reasons are put in order",
    "tsql": "most of its versions have no patterns, and none has lists, by which reasons are put in order",
    "trino": "its words have not been written, and no server has been there to hold its answers against",
}
