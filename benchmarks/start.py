"""How long a command takes that has next to nothing to do; what parsing, checking and compiling many rules costs."""

from __future__ import annotations

import sys
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


def measure(scale: Scale) -> Iterator[Row]:
    commands = {
        "the peer": [sys.executable, "-c", PEER],
        "leadrules check, the demo": [sys.executable, "-m", "leadrules", "check", str(RULES)],
        "leadrules --help": [sys.executable, "-m", "leadrules", "--help"],
    }
    best = take_turns(
        {name: lambda command=command: process(command) for name, command in commands.items()}, 2 * scale.rounds
    )
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
