"""Answers of databases in the form of `generate.answers`: a table of leads, scored by the SQL of a ruleset.

A lead's place goes along as a column, because a table has no order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import duckdb
import polars as pl
from generate.answers import Answer

import leadrules
from leadrules.databases.sql.dialects import dialect_named
from leadrules.databases.sql.statement import Wanted, added_names, compile_select
from leadrules.databases.table import Table, column_of

PLACE = "place of the lead"
TOO_LARGE = "to compute with"
UNSTABLE = "into normal form"
Answered = tuple[list[Answer], list[tuple[int, str]]]

_POSTGRES_TYPES = {
    pl.Int64(): "BIGINT", pl.UInt32(): "BIGINT", pl.Float64(): "DOUBLE PRECISION", pl.Boolean(): "BOOLEAN",
    pl.Date(): "DATE", pl.Datetime("us", "UTC"): "TIMESTAMPTZ", pl.Datetime("us"): "TIMESTAMP", pl.String(): "TEXT",
    pl.List(pl.String()): "TEXT[]",
}  # fmt: skip


def select_of(
    ruleset: leadrules.Ruleset,
    columns: Iterable[tuple[str, str]],
    dialect: str,
    as_of: date | None,
    reasons: int | None,
    known: bool = True,
) -> str:
    """The SELECT for a table `leads` of these columns, names and types; the place and what is added come out."""
    table = Table(("leads",), tuple(column_of(name, type, dialect) for name, type in columns), known)
    wanted = Wanted(reasons, columns=[PLACE, *added_names(ruleset.model, reasons)])
    return compile_select(ruleset.model, table, dialect_named(dialect), as_of, wanted).sql()


def in_duckdb(ruleset: leadrules.Ruleset, leads: pl.DataFrame, as_of: date | None, reasons: int | None) -> Answered:
    """What DuckDB says of each good lead, in order, and the rejected ones with their reason."""
    with duckdb.connect() as connection:
        connection.register("frame", leads.with_row_index(PLACE).to_arrow())
        connection.execute("SET timezone = 'Asia/Tokyo'")
        connection.execute("CREATE TABLE leads AS SELECT * FROM frame")
        described = connection.execute("DESCRIBE leads").fetchall()
        found = connection.execute(select_of(ruleset, [row[:2] for row in described], "duckdb", as_of, reasons))
        return answers_of([column[0] for column in found.description], found.fetchall())


def in_postgres(
    connection: Any, ruleset: leadrules.Ruleset, leads: pl.DataFrame, as_of: date | None, reasons: int | None
) -> Answered:
    """The same in PostgreSQL, over a connection that keeps no statements prepared."""
    leads = leads.with_row_index(PLACE)
    columns = [(name, _POSTGRES_TYPES[dtype]) for name, dtype in leads.schema.items()]
    declared = ", ".join('"{}" {}'.format(name.replace('"', '""'), type) for name, type in columns)
    connection.execute("SET timezone = 'Asia/Tokyo'")
    connection.execute("DROP TABLE IF EXISTS leads")
    connection.execute(f"CREATE TABLE leads ({declared})".encode())
    values = ", ".join(["%s"] * leads.width)
    connection.cursor().executemany(f"INSERT INTO leads VALUES ({values})", leads.rows())
    found = connection.execute(select_of(ruleset, columns, "postgres", as_of, reasons).encode())
    return answers_of([column.name for column in found.description], found.fetchall())


def in_spark(
    session: Any, ruleset: leadrules.Ruleset, leads: pl.DataFrame, as_of: date | None, reasons: int | None,
    partitions: int = 2,
) -> Answered:  # fmt: skip
    """The same in Spark, over a view of the leads, in types as Spark itself calls them.

    Without partitions the view is a list on the driver, over which Spark interprets what it compiles for others.
    """
    leads = leads.with_row_index(PLACE).with_columns(pl.col(PLACE).cast(pl.Int64))
    frame = session.createDataFrame(leads.to_arrow(compat_level=pl.CompatLevel.oldest()))
    (frame.repartition(partitions) if partitions else frame).createOrReplaceTempView("leads")
    columns = [(field.name, field.dataType.simpleString()) for field in frame.schema.fields]
    found = session.sql(select_of(ruleset, columns, "spark", as_of, reasons))
    return answers_of(found.columns, found.collect())


def answers_of(names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Answered:
    """Rows as answers, in the order of the leads; a rejected lead has nothing but its reason."""
    answers: list[tuple[int, Answer]] = []
    rejected: list[tuple[int, str]] = []
    for row in rows:
        answer = dict(zip(names, row, strict=True))
        place, reason = answer.pop(PLACE), answer.pop("reject_reason")
        if reason is None:
            answers.append((place, answer))
        else:
            rejected.append((place, reason))
            assert all(value is None for value in answer.values())
    return [answer for _, answer in sorted(answers, key=lambda one: one[0])], sorted(rejected)
