"""The SQL of a ruleset, run by DuckDB over its own table, against the engine on the same leads.

Both give score, stage and, where asked, three reasons; DuckDB reads and writes a table of its own, the engine a frame.
Answers are compared before anything is timed. What is compared is processor time, so that neither gains by the
number of processors that it finds free.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date

import polars as pl

import leadrules
from benchmarks.measure import Row, Scale, installed, shown, times
from benchmarks.workload import Workload

AS_OF = date(2026, 1, 1)


def measure(scale: Scale) -> Iterator[Row]:
    if not installed("duckdb"):
        return
    for rules, count in ((100, scale.leads(200_000)), (1_000, scale.leads(200_000))):
        for reasons in (0, 3):
            yield from _beside(rules, count, reasons, scale.rounds)


def _beside(rules: int, count: int, reasons: int, rounds: int) -> Iterator[Row]:
    import duckdb

    from leadrules.databases.sql.dialects import dialect_named
    from leadrules.databases.sql.statement import Wanted, compile_select
    from leadrules.databases.table import Table, column_of

    workload = Workload(rules)
    leads = workload.leads(count).with_row_index("place")
    ruleset = leadrules.loads(workload.text)
    with duckdb.connect() as connection:
        connection.register("frame", leads.to_arrow())
        connection.execute("CREATE TABLE leads AS SELECT * FROM frame")
        described = connection.execute("DESCRIBE leads").fetchall()
        table = Table(("leads",), tuple(column_of(name, kind, "duckdb") for name, kind, *_ in described))
        columns = ["place", "score", "stage", *(["reasons"] if reasons else [])]
        statement = compile_select(
            ruleset.model, table, dialect_named("duckdb"), AS_OF, Wanted(reasons, columns=columns)
        ).sql()

        def in_duckdb() -> None:
            connection.execute(f"CREATE OR REPLACE TABLE scores AS {statement}")

        def by_engine() -> pl.DataFrame:
            return ruleset.score(leads, AS_OF, reasons=reasons)

        in_duckdb()
        expected = by_engine().select(columns).rows()
        if connection.execute("SELECT * FROM scores ORDER BY place").fetchall() != expected:
            raise AssertionError("DuckDB gives other answers than the engine")
        contenders: dict[str, Callable[[], object]] = {"leadrules": by_engine, "DuckDB": in_duckdb}
        best = _processor_time(contenders, rounds)
    what = f"{rules:,} rules, {count:,} leads, " + (f"{reasons} reasons" if reasons else "no reasons")
    yield Row(what, "leadrules, a frame", shown(best["leadrules"]))
    ratio = best["DuckDB"] / best["leadrules"]
    yield Row(what, "DuckDB, the SQL of the same rules", shown(best["DuckDB"]), f"takes {times(ratio)} times the work")


def _processor_time(contenders: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The least processor time of every contender, in turns."""
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for name, work in contenders.items():
            start = time.process_time()
            work()
            best[name] = min(best[name], time.process_time() - start)
    return best
