"""Files in, files out, as a process: against a bare Polars copy of the same file, with peak memory."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from benchmarks.measure import Row, Scale, process, shown, times
from benchmarks.workload import Workload

COPY = {
    "csv": "import polars as pl, sys; pl.scan_csv(sys.argv[1]).sink_csv(sys.argv[2])",
    "parquet": "import polars as pl, sys; pl.scan_parquet(sys.argv[1]).sink_parquet(sys.argv[2])",
}
RULES = 100


def measure(scale: Scale) -> Iterator[Row]:
    count = scale.leads(1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        workload = _rules(place)
        leads = workload.leads(count)
        for ending in COPY:
            source, out, copy = (place / f"{name}.{ending}" for name in ("leads", "out", "copy"))
            leads.write_csv(source) if ending == "csv" else leads.write_parquet(source)
            ours, bare, plain, peak = float("inf"), float("inf"), float("inf"), 0.0
            for _ in range(scale.rounds):
                bare = min(bare, _anew([sys.executable, "-c", COPY[ending], str(source), str(copy)], copy)[0])
                plain = min(plain, _anew([*_run(place, source, out), "--reasons", "0"], out)[0])
                took, memory = _anew(_run(place, source, out), out)
                ours, peak = min(ours, took), max(peak, memory)
            _same_columns(leads, out, ending)
            what = f"{ending} to {ending}, {count:,} leads, {RULES} rules"
            yield Row(what, "a bare Polars copy", shown(bare))
            yield Row(what, "leadrules run, no reasons", shown(plain), f"{times(plain / bare)} times the copy")
            yield Row(what, "leadrules run, 3 reasons", shown(ours), f"{times(ours / bare)} times the copy")
            yield Row(what, "leadrules run, 3 reasons", f"{peak:.0f} MiB at most")


def measure_large(scale: Scale) -> Iterator[Row]:
    """Peak memory where a file is larger than memory should be."""
    million = scale.leads(1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        part = _rules(place).leads(million)
        for ending in COPY:
            for millions in (10, 20):
                source, out = place / f"leads.{ending}", place / f"out.{ending}"
                _repeated(part, millions, source)
                took, peak = process(_run(place, source, out))
                what = f"{ending} to {ending}, {million * millions:,} leads, {RULES} rules, 3 reasons"
                yield Row(what, "leadrules run", f"{peak:.0f} MiB at most, {shown(took)}")
                source.unlink()
                out.unlink()


def _rules(place: Path) -> Workload:
    workload = Workload(RULES)
    (place / "bench.rules").write_text(workload.text)
    return workload


def _run(place: Path, source: Path, out: Path) -> list[str]:
    arguments = ["run", str(place / "bench.rules"), str(source), "-o", str(out), "--as-of", "2026-01-01"]
    return [sys.executable, "-m", "leadrules", *arguments]


def _anew(command: list[str], output: Path) -> tuple[float, float]:
    """Seconds and peak memory of a process whose output is not there yet: to free an old one takes time too."""
    output.unlink(missing_ok=True)
    return process(command)


def _repeated(part: pl.DataFrame, millions: int, source: Path) -> None:
    """A file of so many times the same leads, written without holding them all."""
    if source.suffix == ".csv":
        once = source.with_suffix(".once")
        part.write_csv(once, include_header=False)
        with open(source, "wb") as file:
            file.write((",".join(part.columns) + "\n").encode())
            for _ in range(millions):
                with open(once, "rb") as leads:
                    shutil.copyfileobj(leads, file)
        once.unlink()
    else:
        pl.concat([part.lazy()] * millions).sink_parquet(source)


def _same_columns(leads: pl.DataFrame, out: Path, ending: str) -> None:
    """The input's own columns must have come out as they went in."""
    found = pl.read_csv(out, infer_schema_length=None) if ending == "csv" else pl.read_parquet(out)
    if not found.select(leads.columns).equals(leads):
        raise AssertionError(f"{out} does not hold the leads as they were")
