"""Measure everything that was asked for, print a table for each section, and keep the results."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator

from benchmarks import databases, files, in_memory, one_lead, pushed_down, results, start
from benchmarks.measure import FULL, QUICK, Row, Scale

Section = tuple[str, Callable[[Scale], Iterator[Row]]]
SECTIONS: dict[str, Section] = {
    "memory": ("In memory", in_memory.measure),
    "one": ("One lead", one_lead.measure),
    "files": ("Files, as a process", files.measure),
    "start": ("Start, parse, check, compile", start.measure),
    "sql": ("The SQL of a ruleset, in DuckDB", pushed_down.measure),
}
ASKED_FOR: dict[str, Section] = {
    "databases": ("Tables of databases, and Spark", databases.measure),
    "large": ("Memory on large files", files.measure_large),
}
"""Sections that are measured only when they are named: they take minutes, or want Java."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=[*SECTIONS, *ASKED_FOR], help="measure these sections")
    parser.add_argument("--quick", action="store_true", help="a fifth of the leads, two rounds; results are not kept")
    parser.add_argument(
        "--large", action="store_true", help="the same as --only large: peak memory at 10 and 20 million"
    )
    asked = parser.parse_args()
    for key in ["large"] if asked.large else asked.only or SECTIONS:
        title, measure = (SECTIONS | ASKED_FOR)[key]
        load, begun = os.getloadavg()[0], time.perf_counter()
        rows = list(measure(QUICK if asked.quick else FULL))
        print(f"\n{title} ({time.perf_counter() - begun:.0f} s)\n")
        print("\n".join(results.table([vars(row) for row in rows])), flush=True)
        if not asked.quick:
            results.keep(key, title, rows, load)
    if not asked.quick:
        results.write()


if __name__ == "__main__":
    main()
