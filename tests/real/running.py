"""The two ways in which people score a file, each giving the added cells of every lead as text."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from answers import Answer, rows_of

Row = dict[str, str]

ROOT = Path(__file__).resolve().parent.parent.parent


def found_by_frame(rules: Path, leads: Path, as_of: str, tmp_path: Path) -> list[dict[str, str]]:
    """`leadrules.load(…).score(frame)`."""
    import polars as pl

    import leadrules

    frame = pl.read_csv(leads, infer_schema=False)
    scored = leadrules.load(rules).score(frame, as_of=date.fromisoformat(as_of), reasons=3)
    return [{column: as_text(value) for column, value in row.items()} for row in scored.iter_rows(named=True)]


def real_file(folder: Path, name: str) -> Path:
    """A file of the real leads; the test is skipped, saying so, where it is not there."""
    path = folder / name
    if not path.is_file():
        pytest.skip(f"the real leads are not there: {path.name}")
    return path


def assert_alike(key: str, rows: Sequence[Row], found: Sequence[Row], expected: Callable[[Row], Answer]) -> None:
    """Every lead's cells are those that the oracle expects; `key` is the column that names a lead in a difference."""
    wrong = [
        f"{row[key]}: {difference}"
        for row, lead in zip(rows, found, strict=True)
        for difference in expected(row).differences(lead)
    ]
    assert not wrong, f"{len(wrong)} differences, such as\n" + "\n".join(wrong[:20])


def as_text(value: object) -> str:
    """A value of a frame as a cell shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value)


def found_by_command(rules: Path, leads: Path, as_of: str, tmp_path: Path) -> list[dict[str, str]]:
    """`leadrules run … -o scored.csv`."""
    out = tmp_path / "scored.csv"
    start = [sys.executable, "-c", "from leadrules.cli.main import main; main()"]
    done = subprocess.run(
        [*start, "run", str(rules), str(leads), "-o", str(out), "--as-of", as_of],
        env=os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return rows_of(out)
