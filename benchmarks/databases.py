"""Leads where they live: from and to a DuckDB table, against DuckDB's own copy; Spark with one worker and with two."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

import leadrules
from benchmarks.measure import Row, Scale, installed, process, shown, times
from benchmarks.workload import Workload

RULES = 100
DAY = date(2026, 1, 1)
_COPY = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('CREATE OR REPLACE TABLE copy AS FROM leads')"


def measure(scale: Scale) -> Iterator[Row]:
    workload = Workload(RULES)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "bench.rules").write_text(workload.text)
        leads = workload.leads(scale.leads(1_000_000))
        yield from _duckdb(place, leads, scale)
        if installed("pyspark") and shutil.which("java"):
            del leads
            yield from _spark(place, workload.leads(scale.leads(4_000_000)), workload.text, scale)


def _duckdb(place: Path, leads: pl.DataFrame, scale: Scale) -> Iterator[Row]:
    import duckdb

    file = place / "leads.db"
    with duckdb.connect(str(file)) as database:
        database.register("frame", leads)
        database.execute("CREATE TABLE leads AS FROM frame")
    url = f"duckdb:///{file}?table="
    run = [sys.executable, "-m", "leadrules", "run", str(place / "bench.rules"), f"{url}leads", "-o", f"{url}scores"]
    run += ["--as-of", DAY.isoformat()]
    bare = ours = plain = float("inf")
    peak = 0.0
    for _ in range(scale.rounds):
        bare = min(bare, process([sys.executable, "-c", _COPY, str(file)])[0])
        took, memory = process(run)
        ours, peak = min(ours, took), max(peak, memory)
        plain = min(plain, process([*run, "--reasons", "0"])[0])
    what = f"DuckDB table to DuckDB table, {leads.height:,} leads, {RULES} rules"
    yield Row(what, "DuckDB's copy of the table", shown(bare))
    yield Row(what, "leadrules run, no reasons", shown(plain), f"{times(plain / bare)} times the copy")
    yield Row(what, "leadrules run, 3 reasons", shown(ours), f"{times(ours / bare)} times the copy")
    yield Row(what, "leadrules run, 3 reasons", f"{peak:.0f} MiB at most")


def _spark(place: Path, leads: pl.DataFrame, text: str, scale: Scale) -> Iterator[Row]:
    """Parquet to Parquet in a session that has started: what a worker more is worth."""
    source, out = str(place / "leads.parquet"), str(place / "scored.parquet")
    leads.write_parquet(source, row_group_size=50_000)
    ruleset = leadrules.loads(text)
    what = f"Spark, Parquet to Parquet, {leads.height:,} leads, {RULES} rules, 3 reasons"
    best: dict[int, float] = {}
    for workers in (1, 2):
        session = _session(place, workers)
        frame = session.read.parquet(source)
        took = float("inf")
        for _ in range(scale.rounds):
            start = time.perf_counter()
            _scored(ruleset, frame).write.mode("overwrite").parquet(out)
            took = min(took, time.perf_counter() - start)
        best[workers] = took
        session.stop()
    yield Row(what, "1 worker", shown(best[1]), f"{leads.height / best[1]:,.0f} leads a second")
    yield Row(what, "2 workers", shown(best[2]), f"{times(best[1] / best[2])} times as fast as 1")


def _session(place: Path, workers: int) -> Any:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable  # else its workers are the first Python on the path
    session = (
        SparkSession.builder.master(f"local[{workers}]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.local.dir", str(place))
        .config("spark.sql.files.maxPartitionBytes", "8m")  # partitions enough for both workers to the end
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    return session


def _scored(ruleset: leadrules.Ruleset, frame: Any) -> Any:
    from leadrules.spark import score

    return score(ruleset, frame, DAY)
