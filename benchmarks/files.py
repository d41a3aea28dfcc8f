"""Files in, files out, as a process: against a bare Polars copy of the same file, with peak memory."""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

import polars as pl

from benchmarks.measure import process
from benchmarks.workload import Workload

ROW = tuple[str, str, str]
COPY = {
    "csv": "import polars as pl, sys; pl.scan_csv(sys.argv[1]).sink_csv(sys.argv[2])",
    "parquet": "import polars as pl, sys; pl.scan_parquet(sys.argv[1]).sink_parquet(sys.argv[2])",
}


def measure(rounds: int = 5) -> list[ROW]:
    """Rows of the table: what, how it compares, the figure that stands beside it."""
    rows: list[ROW] = []
    workload = Workload(100)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        rules = place / "bench.rules"
        rules.write_text(workload.text)
        leads = workload.leads(1_000_000)
        leads.write_csv(place / "leads.csv")
        leads.write_parquet(place / "leads.parquet")
        for ending in COPY:
            source, out, copy = (str(place / f"{name}.{ending}") for name in ("leads", "out", "copy"))
            run = [sys.executable, "-m", "leadrules", "run", str(rules), source, "-o", out, "--as-of", "2026-01-01"]
            seconds, ratios, peak = [], [], 0.0
            for _ in range(rounds):
                bare, _ = process([sys.executable, "-c", COPY[ending], source, copy])
                took, peak = process(run)
                seconds.append(took)
                ratios.append(took / bare)
            _same_columns(leads, out, ending)
            what = f"{ending} to {ending}, 1,000,000 leads, 100 rules, 3 reasons"
            rows.append((what, f"{statistics.median(ratios):.2f} times a bare Polars copy", f"{min(seconds):.2f} s"))
            rows.append((what, f"peak memory {peak:.0f} MiB", ""))
        with open(place / "many.csv", "wb") as many:
            lines = (place / "leads.csv").read_bytes().split(b"\n", 1)
            many.write(lines[0] + b"\n" + lines[1] * 4)
        run = [sys.executable, "-m", "leadrules", "run", str(rules), str(place / "many.csv")]
        _, peak = process([*run, "-o", str(place / "out.csv"), "--as-of", "2026-01-01"])
        rows.append(("csv to csv, 4,000,000 leads", f"peak memory {peak:.0f} MiB", ""))
    return rows


def _same_columns(leads: pl.DataFrame, out: str, ending: str) -> None:
    """The input's own columns must have come out as they went in."""
    found = pl.read_csv(out, infer_schema_length=None) if ending == "csv" else pl.read_parquet(out)
    if not found.select(leads.columns).equals(leads):
        raise AssertionError(f"{out} does not hold the leads as they were")
