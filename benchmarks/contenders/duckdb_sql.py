"""The plain workload as one SQL statement: a `CASE` for each rule, over a table of DuckDB's own."""

from __future__ import annotations

from typing import Any

import polars as pl

from benchmarks.workload import Rule, Test, Workload


class DuckTable:
    """Leads loaded into a table beforehand; `score` runs the statement and fetches its columns."""

    def __init__(self, workload: Workload, leads: pl.DataFrame):
        import duckdb

        self.connection: Any = duckdb.connect()
        self.connection.execute("SET preserve_insertion_order = true")
        self.connection.register("given", leads.to_arrow())
        self.connection.execute("CREATE TABLE leads AS SELECT * FROM given")
        self.connection.unregister("given")
        self.statement = statement(workload)

    def score(self) -> pl.DataFrame:
        found = pl.from_arrow(self.connection.sql(self.statement).to_arrow_table())
        assert isinstance(found, pl.DataFrame)
        return found


def statement(workload: Workload) -> str:
    low, high = workload.thresholds
    total = _sum([_case(rule) for rule in workload.rules])
    stage = f"CASE WHEN score >= {high} THEN 'SQL' WHEN score >= {low} THEN 'MQL' ELSE 'Lead' END"
    return f"SELECT score, {stage} AS stage FROM (SELECT {total} AS score FROM leads)"


def _sum(terms: list[str]) -> str:
    """A sum as a balanced tree: one long chain would be nested as deep as it is long."""
    if len(terms) == 1:
        return terms[0]
    half = len(terms) // 2
    return f"({_sum(terms[:half])} + {_sum(terms[half:])})"


def _case(rule: Rule) -> str:
    return f"CASE WHEN {f' {rule.joined} '.join(map(_holds, rule.tests))} THEN {rule.points} ELSE 0 END"


def _holds(test: Test) -> str:
    if test.op == "is":
        return f"lower({test.field}) = '{str(test.value).lower()}'"
    return f"{test.field} {test.op} {test.value}"
