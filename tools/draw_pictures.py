"""Draws the pictures of `docs/report.md` from the demo: docs/pictures/.

python tools/draw_pictures.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from leadrules.cli.main import exit_code

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "rulesets" / "demo"
TARGET = ROOT / "docs" / "pictures"
SHOWN = ("scores", "sources")


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        command = ["report", str(DEMO / "inbound.rules"), str(DEMO / "leads.csv"), "--as-of", "2026-11-02"]
        command += ["--by", "Lead Source", "--max-rejects", "1%", "-o", f"{folder}/report.html", "--png", folder]
        assert exit_code(command) == 0
        for name in SHOWN:
            (TARGET / f"report-{name}.png").write_bytes((Path(folder) / f"{name}.png").read_bytes())


if __name__ == "__main__":
    main()
