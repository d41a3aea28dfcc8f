"""The plain workload by hand in Polars, as a user would write it, and as one would who minds every millisecond."""

from __future__ import annotations

import polars as pl

from benchmarks.workload import Rule, Test, Workload


def by_hand(workload: Workload, leads: pl.DataFrame, *, coded: bool) -> pl.DataFrame:
    """Score and stage; `coded` folds each text once, to an Enum, as part of the work."""
    frame = leads.lazy()
    if coded:
        for name in workload.texts:
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
