"""How long a command takes that has next to nothing to do; what parsing, checking and compiling many rules costs."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks.measure import Row, Scale, process, shown, take_turns, times
from benchmarks.workload import Workload
from leadrules.checking import check_text
from leadrules.engine.scorer import Scorer
from leadrules.language.parser import parse
from leadrules.language.source import Source

RULES = Path(__file__).parent.parent / "rulesets" / "demo" / "inbound.rules"
PEER = "import lark, click, pydantic"


SMALL = """field title : text from "Job Title"
field employees : integer
when employees >= 50 add 10
when title mentions "ceo" add 20
stage MQL at 30
"""


def measure(scale: Scale) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.rules"
        small.write_text(SMALL)
        leadrules = [sys.executable, "-m", "leadrules"]
        commands = {
            "the peer": [sys.executable, "-c", PEER],
            "leadrules check, the demo": [*leadrules, "check", str(RULES)],
            "leadrules check, five lines": [*leadrules, "check", str(small)],
            "leadrules --help": [*leadrules, "--help"],
        }
        best = dict.fromkeys(commands, float("inf"))
        for counted in [False] + [True] * 3 * scale.rounds:
            for name, command in commands.items():
                seconds, _ = process(command)
                best[name] = min(best[name], seconds) if counted else best[name]
    peer = best.pop("the peer")
    yield Row("start", f"python -c '{PEER}'", shown(peer))
    for name, seconds in best.items():
        yield Row("start", name, shown(seconds), f"{times(seconds / peer)} times that")
    for count in (1_000, 10_000):
        text = Workload(count).text
        model = check_text(text, "bench.rules").model
        assert model is not None
        pieces = {
            "parse": lambda text=text: parse(Source("bench.rules", text)),
            "parse and check": lambda text=text: check_text(text, "bench.rules"),
            "compile, once checked": lambda model=model: Scorer(model, date(2026, 1, 1)),
        }
        for name, seconds in take_turns(pieces, min(scale.rounds, 3)).items():
            yield Row(f"{count:,} rules", name, shown(seconds))
