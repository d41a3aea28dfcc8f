"""Benchmarks: the workloads' peers give the answers that leadrules gives, and the pages show what was kept."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import leadrules

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import funnel, results
from benchmarks.contenders.c_code import Compiled
from benchmarks.contenders.duckdb_sql import DuckTable
from benchmarks.contenders.polars_frames import by_hand
from benchmarks.contenders.rule_engines import ENGINES
from benchmarks.in_memory import AS_OF, OURS, compared
from benchmarks.measure import beside, take_turns, times
from benchmarks.wide import Wide
from benchmarks.workload import Workload

MODULES = {
    "zen-engine": "zen",
    "rule-engine": "rule_engine",
    "cel-python": "celpy",
    "panzi-json-logic": "json_logic",
}
WORKLOAD = Workload(40)
LEADS = WORKLOAD.leads(2_000)


def test_the_plain_workload_has_one_answer() -> None:
    ruleset, table = leadrules.loads(WORKLOAD.text), DuckTable(WORKLOAD, LEADS)
    contenders: dict[str, Callable[[], pl.DataFrame]] = {
        OURS: lambda: ruleset.score(LEADS, AS_OF, reasons=0),
        "by hand": lambda: by_hand(WORKLOAD, LEADS, coded=False),
        "coded": lambda: by_hand(WORKLOAD, LEADS, coded=True),
        "DuckDB": table.score,
    }
    assert set(compared(contenders, ["score", "stage"], 1)) == set(contenders)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
def test_c_gives_the_same_answer() -> None:
    ruleset, compiled = leadrules.loads(WORKLOAD.text), Compiled(WORKLOAD)
    found = compiled.score(LEADS)
    expected = ruleset.score(LEADS, AS_OF, reasons=0)
    assert found["score"].to_list() == expected["score"].to_list()
    assert found["stage"].to_list() == expected["stage"].to_list()


def test_the_wide_and_the_funnel_workload_have_one_answer() -> None:
    wide = Wide()
    leads, ruleset = wide.leads(1_500), leadrules.loads(wide.text)
    compared(
        {
            OURS: lambda: ruleset.score(leads, AS_OF, reasons=0),
            "chained": lambda: wide.chained(leads),
            "looked up": lambda: wide.looked_up(leads),
        },
        ["score", "stage"],
        1,
    )
    given, rules = funnel.leads(1_500), leadrules.loads(funnel.TEXT)
    compared(
        {OURS: lambda: rules.score(given, funnel.AS_OF, reasons=0), "by hand": lambda: funnel.by_hand(given)},
        funnel.ANSWERS,
        1,
    )


def test_a_contender_with_another_answer_ends_the_run() -> None:
    ruleset = leadrules.loads(WORKLOAD.text)
    wrong = ruleset.score(LEADS, AS_OF).with_columns(pl.col("score") + 1)
    with pytest.raises(AssertionError, match="the other gives other answers for score"):
        compared({OURS: lambda: ruleset.score(LEADS, AS_OF), "the other": lambda: wrong}, ["score"], 1)


@pytest.mark.parametrize("package", ENGINES)
def test_rule_engines_give_the_same_number(package: str) -> None:
    pytest.importorskip(MODULES[package])
    score, ruleset = ENGINES[package][1](WORKLOAD), leadrules.loads(WORKLOAD.text)
    for lead in LEADS[:20].to_dicts():
        assert score(lead) == ruleset.score_one(lead, AS_OF).score


def test_the_pages_show_the_results_that_are_kept() -> None:
    assert results.SHOWN.read_text("utf-8") == results.page()
    readme = results.README.read_text("utf-8")
    assert results.readme(readme) == readme


def test_a_readme_without_its_block_is_refused() -> None:
    with pytest.raises(ValueError, match="no block between"):
        results.readme("# A page\n")


def test_ratios_read_aloud() -> None:
    assert (times(1.234), times(5.678), times(1234.5)) == ("1.23", "5.7", "1,234")
    assert beside(3.0, 1.0) == "leadrules is 3.0 times as fast"
    assert beside(1.0, 2.0) == "leadrules takes 2.00 times as long"
    assert set(take_turns({"a": list, "b": dict}, 2)) == {"a", "b"}
