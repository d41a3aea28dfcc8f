"""The last results: kept by section in `results.json`, shown in `results.md` and, in part, in the README.

A run replaces the sections that it measured and leaves the others, each with its own machine and day.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.measure import Row

FOLDER = Path(__file__).parent
KEPT, SHOWN, README = FOLDER / "results.json", FOLDER / "results.md", FOLDER.parent / "README.md"
BEGIN, END = "<!-- speed: written by `make bench` -->", "<!-- /speed -->"
IN_README = ("memory", "one", "files")
"""The sections that the README shows."""
LEFT_OUT = (
    "leadrules, all reasons", "leadrules, new ruleset each time", "C for these rules, text coded by Polars",
    "(compiling that C)", "leadrules run, no reasons", "Polars by hand, chains of `when`",
    "rule-engine, a compiled rule each", "JsonLogic (panzi-json-logic), one tree",
)  # fmt: skip
"""The rows that the README leaves to the page."""

PACKAGES = ("polars", "numpy", "duckdb", "zen-engine", "rule-engine", "cel-python", "panzi-json-logic")


def keep(key: str, title: str, rows: Sequence[Row], load: float) -> None:
    """Replace a section."""
    kept = sections()
    kept[key] = {"title": title, "measured": _measured(load), "rows": [asdict(row) for row in rows]}
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")


def sections() -> dict[str, Any]:
    return json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}


def write() -> None:
    """Bring the page and the README in line with what is kept."""
    SHOWN.write_text(page(), "utf-8")
    README.write_text(readme(README.read_text("utf-8")), "utf-8")


def page() -> str:
    lines = ["# Last results", "", "`make bench` writes this page; see [how to read it](../docs/speed.md).", ""]
    for one in sections().values():
        lines += [f"## {one['title']}", "", *table(one["rows"]), "", one["measured"], ""]
    return "\n".join(lines).rstrip() + "\n"


def readme(text: str) -> str:
    """The README with the marked block written anew. Raises ValueError where it has none."""
    if BEGIN not in text or END not in text:
        raise ValueError(f"the README has no block between {BEGIN} and {END}")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    kept = sections()
    rows = [row for key in IN_README if key in kept for row in kept[key]["rows"] if row["who"] not in LEFT_OUT]
    return "\n".join([before + BEGIN, *table(rows), END + after])


def table(rows: Sequence[dict[str, str]]) -> list[str]:
    """A table in Markdown; what was done is said once."""
    lines, last = ["| what | who | best | |", "|---|---|---|---|"], None
    for row in rows:
        what = "" if row["what"] == last else row["what"]
        lines.append(f"| {what} | {row['who']} | {row['best']} | {row['compared']} |")
        last = row["what"]
    return lines


def _measured(load: float) -> str:
    versions = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            versions.append(f"{package} not installed")
    machine = f"{os.cpu_count()} processors ({_processor()}), load {load:.1f} when it began"
    how = "best of several rounds taken in turn, in one run"
    return f"Measured on {date.today()}, {machine}: {how}. {', '.join(versions)}."


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
