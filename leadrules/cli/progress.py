"""Progress of long work: a bar on a terminal, and only there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadrules.leads.block import Block, LeadSource
    from leadrules.running.tally import Tally


@contextmanager
def progress(source: LeadSource, doing: str = "Scoring") -> Iterator[Callable[[Block, Tally | int], Any] | None]:
    """What to call after each block, with a tally or the number of leads read; None where there is no terminal."""
    if (
        sys.stderr is None
        or not sys.stderr.isatty()
        or os.environ.get("NO_COLOR") is not None
        or os.environ.get("TERM") == "dumb"
    ):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[leads]}"), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    with bar:
        task = bar.add_task(doing, total=source.total_bytes, leads="")

        def show(block: Block, tally: Tally | int) -> None:
            read = tally if isinstance(tally, int) else tally.read
            bar.update(task, completed=block.bytes_read, leads=f"{read:,} leads")

        yield show
