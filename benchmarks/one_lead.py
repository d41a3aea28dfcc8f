"""One lead at a time: `score_one` against rule engines that take a dict, 100 rules, everything compiled beforehand.

The slow ones are measured on fewer leads; a time for each lead is what is compared.
All but ours give a number and nothing else; ours comes with stage, reasons and
contributions. Each is one thread, and measured in processor time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import date

import leadrules
from benchmarks.contenders.rule_engines import ENGINES, Score
from benchmarks.measure import Row, Scale, beside, shown
from benchmarks.workload import Workload

AS_OF = date(2026, 1, 1)


def measure(scale: Scale) -> Iterator[Row]:
    workload = Workload(100)
    leads = workload.leads(4_000).to_dicts()
    ruleset = leadrules.loads(workload.text)
    scores: dict[str, Score] = {"leadrules, `score_one`": lambda lead: int(ruleset.score_one(lead, AS_OF).score or 0)}
    for package, (name, make) in ENGINES.items():
        try:
            scores[name] = make(workload)
        except ImportError:
            print(f"  left out: {package} is not installed (pip install '.[bench]')")
    best = _best(scores, leads, scale.rounds)
    ours = best["leadrules, `score_one`"]
    for name, (seconds, count) in best.items():
        compared = "" if name.startswith("leadrules") else beside(seconds, ours[0])
        yield Row("one lead, 100 rules, 16 fields", name, f"{shown(seconds)} (over {count:,} leads)", compared)


def _best(scores: Mapping[str, Score], leads: list[dict[str, object]], rounds: int) -> dict[str, tuple[float, int]]:
    """The best seconds a lead, and over how many leads, by turns. Raises AssertionError if answers differ."""
    counts = dict.fromkeys(scores, len(leads))
    for name, score in list(scores.items())[1:]:
        start = time.process_time()
        for lead in leads[:10]:
            score(lead)
        counts[name] = max(10, min(len(leads), int(6 / (time.process_time() - start))))
    ours = next(iter(scores.values()))
    for name, score in scores.items():
        if [score(lead) for lead in leads[: counts[name]]] != [ours(lead) for lead in leads[: counts[name]]]:
            raise AssertionError(f"{name} gives other answers")
    best = dict.fromkeys(scores, float("inf"))
    for _ in range(rounds):
        for name, score in scores.items():
            some = leads[: counts[name]]
            start = time.process_time()
            for lead in some:
                score(lead)
            best[name] = min(best[name], (time.process_time() - start) / len(some))
    return {name: (seconds, counts[name]) for name, seconds in best.items()}
