"""The pieces, each on its own: parse, check, compile, encode, score, one lead.

`make pieces` saves a run and compares it with the last; no part of `make test`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

import leadrules
from benchmarks import funnel
from benchmarks.workload import Workload
from leadrules.checking import check_text
from leadrules.engine.columns import ColumnReader
from leadrules.engine.scorer import Scorer
from leadrules.engine.single import Single
from leadrules.language.parser import parse
from leadrules.language.printer import format_source
from leadrules.language.source import Source

DAY = date(2026, 1, 1)
WORKLOAD = Workload(1_000)
LEADS = 100_000


@pytest.fixture(scope="module")
def model() -> Any:
    return check_text(WORKLOAD.text, "bench.rules").model


@pytest.fixture(scope="module")
def leads() -> pl.DataFrame:
    return WORKLOAD.leads(LEADS)


def test_parse(benchmark: Any) -> None:
    benchmark(parse, Source("bench.rules", WORKLOAD.text))


def test_parse_and_check(benchmark: Any) -> None:
    benchmark(check_text, WORKLOAD.text, "bench.rules")


def test_format(benchmark: Any) -> None:
    benchmark(format_source, Source("bench.rules", WORKLOAD.text))


def test_compile(benchmark: Any, model: Any) -> None:
    benchmark(Scorer, model, DAY)


def test_compile_for_single_leads(benchmark: Any, model: Any) -> None:
    benchmark(Single, model, DAY)


@pytest.mark.parametrize("name", ["n0", "n1", "country"], ids=["integers", "doubles", "texts"])
def test_encode(benchmark: Any, model: Any, leads: pl.DataFrame, name: str) -> None:
    """One column of cells into values."""
    field = next(field for field in model.fields if field.name == name)
    benchmark(lambda: ColumnReader(field).read(leads[name]))


@pytest.mark.parametrize("reasons", [0, 3], ids=["plain", "3 reasons"])
def test_score(benchmark: Any, leads: pl.DataFrame, reasons: int) -> None:
    ruleset = leadrules.loads(WORKLOAD.text)
    benchmark(lambda: ruleset.score(leads, DAY, reasons=reasons))


def test_score_texts_that_are_all_different(benchmark: Any) -> None:
    ruleset, given = leadrules.loads(funnel.TEXT), funnel.leads(20_000)
    benchmark(lambda: ruleset.score(given, funnel.AS_OF, reasons=0))


@pytest.mark.parametrize("rules", [100, 1_000])
def test_one_lead(benchmark: Any, rules: int) -> None:
    """A hundred leads, one at a time."""
    workload = Workload(rules)
    ruleset, given = leadrules.loads(workload.text), workload.leads(2_000).to_dicts()
    for lead in given:
        ruleset.score_one(lead, DAY)
    benchmark(lambda: [ruleset.score_one(lead, DAY) for lead in given[:100]])


def test_the_first_lead_of_a_ruleset(benchmark: Any) -> None:
    """Loading, and one lead: what a short script pays."""
    lead = WORKLOAD.leads(1).to_dicts()[0]
    benchmark(lambda: leadrules.loads(WORKLOAD.text).score_one(lead, DAY))
