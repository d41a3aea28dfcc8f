"""How long a command takes that has next to nothing to do."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from benchmarks.measure import process

ROW = tuple[str, str, str]
RULES = Path(__file__).parent.parent / "rulesets" / "demo" / "inbound.rules"


def measure(rounds: int = 11) -> list[ROW]:
    """Rows of the table: what, how it compares, the figure that stands beside it."""
    rows: list[ROW] = []
    for what, arguments in (("leadrules check, a small file", ["check", str(RULES)]), ("leadrules --help", ["--help"])):
        ratios, seconds = [], []
        for _ in range(rounds):
            took, _ = process([sys.executable, "-m", "leadrules", *arguments])
            peer, _ = process([sys.executable, "-c", "import lark, click, pydantic"])
            seconds.append(took)
            ratios.append(took / peer)
        compared = f"{statistics.median(ratios):.1f} times `import lark, click, pydantic`"
        rows.append((what, compared, f"{min(seconds) * 1000:.0f} ms"))
    return rows
