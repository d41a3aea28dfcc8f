"""One lead at a time: `score_one` against rule engines that take a dict, 100 rules, everything compiled beforehand.

The slow ones are measured on fewer leads; a time for each lead is what is compared.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import date

import leadrules
from benchmarks.contenders.rule_engines import ENGINES, Score
from benchmarks.measure import Row, Scale, shown, times
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
        compared = "" if name.startswith("leadrules") else f"leadrules is {times(seconds / ours[0])} times as fast"
        yield Row("one lead, 100 rules, 16 fields", name, f"{shown(seconds)} (over {count:,} leads)", compared)


def _best(scores: Mapping[str, Score], leads: list[dict[str, object]], rounds: int) -> dict[str, tuple[float, int]]:
    """The best seconds a lead, and over how many leads, by turns. Raises AssertionError if answers differ."""
    counts = {}
    for name, score in scores.items():
        start = time.perf_counter()
        score(leads[0])
        counts[name] = max(10, min(len(leads), int(0.3 / (time.perf_counter() - start))))
    ours = next(iter(scores.values()))
    for name, score in scores.items():
        if [score(lead) for lead in leads[: counts[name]]] != [ours(lead) for lead in leads[: counts[name]]]:
            raise AssertionError(f"{name} gives other answers")
    best = dict.fromkeys(scores, float("inf"))
    for _ in range(rounds):
        for name, score in scores.items():
            some = leads[: counts[name]]
            start = time.perf_counter()
            for lead in some:
                score(lead)
            best[name] = min(best[name], (time.perf_counter() - start) / len(some))
    return {name: (seconds, counts[name]) for name, seconds in best.items()}
