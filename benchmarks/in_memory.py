"""Frames in, frames out: three workloads, each with the same answers by everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import polars as pl

import leadrules
from benchmarks import funnel
from benchmarks.contenders.c_code import Compiled
from benchmarks.contenders.duckdb_sql import DuckTable
from benchmarks.contenders.polars_frames import by_hand
from benchmarks.measure import Row, Scale, beside, installed, shown, take_turns, times
from benchmarks.wide import Wide
from benchmarks.workload import Workload

AS_OF = date(2026, 1, 1)
Work = Callable[[], pl.DataFrame]
OURS = "leadrules"


def measure(scale: Scale) -> Iterator[Row]:
    a_lead: dict[int, float] = {}
    for rules, count in ((100, scale.leads(500_000)), (1_000, scale.leads(200_000))):
        rows, best = _plain(rules, count, scale.rounds)
        a_lead[rules] = best / count
        yield from rows
    growth = f"{times(a_lead[1_000] / a_lead[100])} times the time for a lead"
    yield Row("1,000 rules against 100, same fields", OURS, "", growth)
    yield from _wide(scale)
    yield from _funnel(scale)


def _plain(rules: int, count: int, rounds: int) -> tuple[list[Row], float]:
    workload = Workload(rules)
    leads = workload.leads(count)
    ruleset = leadrules.loads(workload.text)
    compiled = Compiled(workload)
    codes = compiled.coded(leads)
    contenders: dict[str, Work] = {
        OURS: lambda: ruleset.score(leads, AS_OF, reasons=0),
        f"{OURS}, 3 reasons": lambda: ruleset.score(leads, AS_OF, reasons=3),
        "Polars by hand": lambda: by_hand(workload, leads, coded=False),
        "Polars by hand, text coded once": lambda: by_hand(workload, leads, coded=True),
        "C for these rules, text coded by Polars": lambda: compiled.score(leads),
        "C for these rules, codes given": lambda: compiled.score(leads, codes),
    }
    if installed("duckdb"):
        table = DuckTable(workload, leads)
        contenders["DuckDB, `CASE` over its own table"] = table.score
    what = f"{rules:,} rules, 16 fields, {count:,} leads"
    best = compared(contenders, ["score", "stage"], rounds)
    rows = list(_rows(what, best))
    ours = best[OURS]
    everything = take_turns({"all": lambda: ruleset.score(leads, AS_OF, reasons=None)}, 2)["all"]
    rows.insert(
        2, Row(what, f"{OURS}, all reasons", shown(everything), f"{times(everything / ours)} times plain scoring")
    )
    rows.append(Row(what, "(compiling that C)", shown(compiled.compile_seconds)))
    return rows, ours


def _wide(scale: Scale) -> Iterator[Row]:
    workload, count = Wide(), scale.leads(200_000)
    leads, ruleset = workload.leads(count), leadrules.loads(workload.text)
    contenders: dict[str, Work] = {
        OURS: lambda: ruleset.score(leads, AS_OF, reasons=0),
        "Polars by hand, chains of `when`": lambda: workload.chained(leads),
        "Polars by hand, searched and replaced": lambda: workload.looked_up(leads),
    }
    what = f"wide: 24 numbers of 41 bands, 20 texts of 25 values, {count:,} leads"
    yield from _rows(what, compared(contenders, ["score", "stage"], scale.rounds))


def _funnel(scale: Scale) -> Iterator[Row]:
    count = scale.leads(200_000)
    leads, ruleset = funnel.leads(count), leadrules.loads(funnel.TEXT)
    contenders: dict[str, Work] = {
        OURS: lambda: ruleset.score(leads, funnel.AS_OF, reasons=0),
        "leadrules, new ruleset each time": lambda: leadrules.loads(funnel.TEXT).score(leads, funnel.AS_OF, reasons=0),
        "Polars by hand": lambda: funnel.by_hand(leads),
    }
    what = f"funnel: titles, addresses, windows, fading, a group, labels, BANT, {count:,} leads"
    yield from _rows(what, compared(contenders, funnel.ANSWERS, min(scale.rounds, 3)))


def compared(contenders: Mapping[str, Work], answers: Sequence[str], rounds: int) -> dict[str, float]:
    """The best times of contenders. Raises AssertionError if their answers differ."""
    expected = contenders[OURS]()
    for name, work in contenders.items():
        found = work()
        for column in answers:
            if not _same(expected[column], found[column]):
                raise AssertionError(f"{name} gives other answers for {column}")
    return take_turns(contenders, rounds)


def _same(one: pl.Series, other: pl.Series) -> bool:
    if one.dtype.is_numeric():
        # (A sum of doubles may be off in its last digits.)
        return bool(((one.cast(pl.Float64) - other.cast(pl.Float64)).abs() < 1e-6).all()) and one.null_count() == 0
    return bool((one.cast(pl.String) == other.cast(pl.String)).all())


def _rows(what: str, best: Mapping[str, float]) -> Iterator[Row]:
    ours = best[OURS]
    for name, seconds in best.items():
        if name == OURS:
            compared = ""
        elif name.startswith(OURS):
            compared = f"{times(seconds / ours)} times plain scoring"
        else:
            compared = beside(seconds, ours)
        yield Row(what, name, shown(seconds), compared)
