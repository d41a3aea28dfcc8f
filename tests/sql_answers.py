"""Answers of databases in the form of `generate.answers`: a table of leads, scored by the SQL of a ruleset.

A lead's place goes along as a column, because a table has no order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import duckdb
import polars as pl

import leadrules
from generate.answers import Answer
from leadrules.databases.sql.dialects import dialect_named
from leadrules.databases.sql.statement import Wanted, added_names, compile_select
from leadrules.databases.table import Table, column_of

PLACE = "place of the lead"


def in_duckdb(
    ruleset: leadrules.Ruleset, leads: pl.DataFrame, as_of: date | None, reasons: int | None
) -> tuple[list[Answer], list[tuple[int, str]]]:
    """What DuckDB says of each good lead, in order, and the rejected ones with their reason."""
    with duckdb.connect() as connection:
        connection.register("frame", leads.with_row_index(PLACE).to_arrow())
        connection.execute("SET timezone = 'Asia/Tokyo'")
        connection.execute("CREATE TABLE leads AS SELECT * FROM frame")
        described = connection.execute("DESCRIBE leads").fetchall()
        table = Table(("leads",), tuple(column_of(name, type, "duckdb") for name, type, *_ in described))
        wanted = Wanted(reasons, columns=[PLACE, *added_names(ruleset.model, reasons)])
        statement = compile_select(ruleset.model, table, dialect_named("duckdb"), as_of, wanted)
        found = connection.execute(statement.sql())
        names = [column[0] for column in found.description]
        return answers_of(names, found.fetchall())


def answers_of(names: list[str], rows: Iterable[tuple[Any, ...]]) -> tuple[list[Answer], list[tuple[int, str]]]:
    """Rows as answers, in the order of the leads."""
    answers: list[tuple[int, Answer]] = []
    rejected: list[tuple[int, str]] = []
    for row in rows:
        answer = dict(zip(names, row, strict=True))
        place = answer.pop(PLACE)
        reason = answer.pop("reject_reason")
        if reason is None:
            answers.append((place, answer))
        else:
            rejected.append((place, reason))
            assert all(value is None for value in answer.values())
    return [answer for _, answer in sorted(answers, key=lambda one: one[0])], sorted(rejected)


