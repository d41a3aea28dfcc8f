"""Measure everything, print one table, and write it to `results.md` beside this file."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from benchmarks import files, in_memory, start


def main() -> None:
    rows = [row for part in (in_memory, files, start) for row in part.measure()]
    lines = ["| what | leadrules against its peer | best |", "|---|---|---|"]
    lines += [f"| {what} | {compared} | {figure} |" for what, compared, figure in rows]
    machine = f"Python {platform.python_version()}, Polars {version('polars')}, NumPy {version('numpy')}, "
    machine += f"{os.cpu_count()} processors ({platform.machine()}). Ratios are medians over rounds taken in turn."
    text = "\n".join([*lines, "", machine, ""])
    print(text)
    (Path(__file__).parent / "results.md").write_text(f"# Last results\n\n`make bench` writes this file.\n\n{text}")


if __name__ == "__main__":
    main()
