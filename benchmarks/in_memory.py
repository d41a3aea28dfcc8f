"""Frames in, frames out: leadrules against the same ruleset by hand in Polars, with equal answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

import leadrules
from benchmarks.measure import ratio, take_turns
from benchmarks.workload import Rule, Test, Workload

AS_OF = date(2026, 1, 1)
ROW = tuple[str, str, str]


def by_hand(workload: Workload, leads: pl.DataFrame, *, coded: bool) -> pl.DataFrame:
    """The workload as a Polars user would write it; `coded` folds each text once, to an Enum."""
    frame = leads.lazy()
    if coded:
        for name in ("industry", "country"):
            folded = leads[name].str.to_lowercase()
            frame = frame.with_columns(folded.cast(pl.Enum(folded.drop_nulls().unique().sort())).alias(name))
    points = [pl.when(_condition(rule, coded)).then(rule.points).otherwise(0) for rule in workload.rules]
    low, high = workload.thresholds
    score = pl.col("score")
    stage = pl.when(score >= high).then(pl.lit("SQL")).when(score >= low).then(pl.lit("MQL")).otherwise(pl.lit("Lead"))
    scored = frame.with_columns(pl.sum_horizontal(points).alias("score")).with_columns(stage.alias("stage"))
    return scored.select("score", "stage").collect()


def _condition(rule: Rule, coded: bool) -> pl.Expr:
    tests = [_holds(test, coded) for test in rule.tests]
    return pl.all_horizontal(tests) if rule.joined == "and" else pl.any_horizontal(tests)


def _holds(test: Test, coded: bool) -> pl.Expr:
    column = pl.col(test.field)
    if test.op == "is":
        folded = str(test.value).lower()
        return (column if coded else column.str.to_lowercase()) == folded
    return column >= test.value if test.op == ">=" else column < test.value


def measure() -> list[ROW]:
    """Rows of the table: what, how it compares, the figure that stands beside it."""
    rows: list[ROW] = []
    ours: dict[int, float] = {}
    for rules, count in ((100, 500_000), (1_000, 200_000)):
        workload = Workload(rules)
        leads = workload.leads(count)
        ruleset = leadrules.loads(workload.text)

        def score(reasons: int | None = 0) -> pl.DataFrame:
            return ruleset.score(leads, AS_OF, reasons=reasons).select("score", "stage")  # noqa: B023

        contenders: dict[str, Callable[[], pl.DataFrame]] = {
            "leadrules": score,
            "leadrules, 3 reasons": lambda: score(3),
            "Polars by hand": lambda: by_hand(workload, leads, coded=False),  # noqa: B023
            "Polars by hand, text coded once": lambda: by_hand(workload, leads, coded=True),  # noqa: B023
        }
        for name, work in contenders.items():
            found = work()
            same = (found["score"] == score()["score"]).all() and (found["stage"] == score()["stage"]).all()
            if not same:
                raise AssertionError(f"{name} gives other answers")
        seconds = take_turns(contenders)
        what = f"{rules:,} rules, {count:,} leads in memory"
        for name, theirs in seconds.items():
            figure = f"{min(theirs) * 1000:.0f} ms"
            if name == "leadrules":
                rows.append((what, "leadrules", figure))
            elif name.startswith("leadrules"):
                rows.append(
                    (what, f"{name}: {1 / ratio(theirs, seconds['leadrules']):.1f} times plain scoring", figure)
                )
            else:
                rows.append((what, f"{ratio(seconds['leadrules'], theirs):.1f} times as fast as {name}", figure))
        ours[rules] = min(seconds["leadrules"]) / count
    rows.append(("1,000 rules against 100", f"{ours[1_000] / ours[100]:.2f} times the time for a lead", ""))
    return rows
