"""A Spark DataFrame is scored as every other table is, whatever its partitions do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from generate import case_of_seed
from generate.answers import added_names, by_reference, ruleset_of, text_frame, typed_frame

import leadrules
import leadrules.spark
from leadrules.frames import LeadError

pytest.importorskip("pyspark", reason="pyspark is not installed")
pytest.importorskip("pyarrow", reason="pyarrow is not installed")
if shutil.which("java") is None:
    pytest.skip("there is no Java, which Spark runs on", allow_module_level=True)

pytestmark = [
    pytest.mark.filterwarnings("ignore::leadrules.frames.LeadWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

DAY = date(2026, 11, 2)
DEMO = Path(__file__).parent.parent / "rulesets" / "demo"


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Two workers; a task is tried twice."""
    from pyspark.sql import SparkSession

    here = str(tmp_path_factory.mktemp("spark"))
    session = (
        SparkSession.builder.master("local[2,2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.session.timeZone", "America/New_York")
        .config("spark.sql.warehouse.dir", here)
        .config("spark.local.dir", here)
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


def table(spark: Any, frame: pl.DataFrame, partitions: int = 2) -> Any:
    """A Spark DataFrame with a column `row` that tells the leads apart."""
    numbered = frame.with_columns(pl.Series("row", range(frame.height), dtype=pl.Int64))
    return spark.createDataFrame(numbered.to_arrow(compat_level=pl.CompatLevel.oldest())).repartition(partitions)


def by_spark(ruleset: leadrules.Ruleset, leads: Any, as_of: date, reasons: int | None = 3) -> tuple[list, list]:
    """The answers of the good leads in their order, and the marks of the others."""
    found = leadrules.spark.score(ruleset, leads, as_of, reasons=reasons, rejects="mark").collect()
    found.sort(key=lambda row: row["row"])
    names = added_names(ruleset, reasons)
    own = len(leads.columns)
    good = [dict(zip(names, row[own:], strict=False)) for row in found if row["reject_reason"] is None]
    bad = [(row["row"], row["reject_field"], row["reject_reason"]) for row in found if row["reject_reason"] is not None]
    return good, bad


@pytest.mark.parametrize("seed", range(8))
def test_spark_agrees_with_the_reference_on_generated_leads(spark: Any, seed: int) -> None:
    case = case_of_seed(seed * 7 + 1)
    ruleset = ruleset_of(case.ruleset.text)
    reasons = (3, None, 0, 1)[seed % 4]
    answers, bads = by_reference(ruleset, case.leads.raw(), case.as_of, reasons)
    good, bad = by_spark(ruleset, table(spark, text_frame(case.leads)), case.as_of, reasons)
    assert good == answers
    assert [row for row, _, _ in bad] == list(dict.fromkeys(row for row, _, _ in bads))
    typed = case.leads.typed()
    if typed:
        expected, _ = by_reference(ruleset, typed, case.as_of, reasons)
        good, _ = by_spark(ruleset, table(spark, typed_frame(case.leads)), case.as_of, reasons)
        assert good == expected


def test_the_demo_comes_out_of_spark_as_out_of_a_file(spark: Any) -> None:
    ruleset = leadrules.load(DEMO / "inbound.rules")
    frame = pl.read_csv(DEMO / "leads.csv", infer_schema=False)
    rejects: list[Any] = []
    expected = ruleset.score(frame, DAY, rejects=rejects)[:, frame.width :].to_dicts()
    good, bad = by_spark(ruleset, table(spark, frame, 3), DAY)
    assert good == expected
    assert [row for row, _, _ in bad] == [one.row for one in rejects]


RULES = """
field clicks: integer
field company.size: integer from "Size"
field seen: date
when clicks >= 3 add 36
when company.size >= 50 add 10
when seen in last 7 days add 1
stage MQL at 40
"""


def test_schema_and_partitions_stay_as_they_are(spark: Any) -> None:
    from pyspark.sql import Row

    ruleset = leadrules.loads(RULES)
    rows = [
        Row(**{"clicks": 5, "company": Row(size=60), "seen": date(2026, 11, 1), "a.b `c`": "x"}),
        Row(**{"clicks": None, "company": None, "seen": None, "a.b `c`": None}),
    ]
    leads = spark.createDataFrame(rows, "clicks int, company struct<size: bigint>, seen date, `a.b ``c``` string")
    scored = leadrules.spark.score(ruleset, leads.repartition(3), DAY)
    assert scored.schema.fields[:4] == leads.schema.fields
    assert [(field.name, field.dataType.simpleString()) for field in scored.schema.fields[4:]] == [
        ("score", "double"),
        ("stage", "string"),
        ("disqualified", "boolean"),
        ("reasons", "string"),
    ]
    assert scored.rdd.getNumPartitions() == 3
    found = {row["score"]: row for row in scored.collect()}
    assert found[47.0]["company"]["size"] == 60
    assert found[47.0]["stage"] == "MQL"
    assert found[0.0]["reasons"] is None
    assert leadrules.spark.score(ruleset, leads.limit(0), DAY).collect() == []


def test_what_does_not_fit_is_said_before_spark_starts(spark: Any) -> None:
    ruleset = leadrules.loads(RULES)
    with pytest.raises(LeadError, match="clicks"):
        leadrules.spark.score(ruleset, spark.createDataFrame([(1,)], "Size int"), DAY)
    clash = spark.createDataFrame([(1, 2, date(2026, 1, 1), 9)], "clicks int, Size int, seen date, score int")
    with pytest.raises(LeadError, match="already have a column `score`"):
        leadrules.spark.score(ruleset, clash, DAY)
    with pytest.raises(ValueError, match="rejects is `raise` or `mark`"):
        leadrules.spark.score(ruleset, clash, DAY, rejects="drop")  # type: ignore[arg-type]


def test_a_bad_value_fails_the_job_and_says_which(spark: Any) -> None:
    ruleset = leadrules.loads(RULES)
    leads = spark.createDataFrame([("many", 2, date(2026, 1, 1))], "clicks string, Size int, seen date")
    with pytest.raises(Exception, match=r"clicks 'many'.*is not a whole number"):
        leadrules.spark.score(ruleset, leads, DAY).collect()


def test_a_task_that_fails_once_is_run_again(spark: Any, tmp_path: Path) -> None:
    ruleset = leadrules.loads(RULES)
    mark = str(tmp_path / "failed-once")

    def fails_once(batches: Any) -> Any:
        from pathlib import Path

        for batch in batches:
            if not Path(mark).exists():
                Path(mark).touch()
                raise OSError("the machine went away")
            yield batch

    leads = spark.range(1000).selectExpr("id", "cast(id % 7 as int) clicks", "60 as Size", "date'2026-11-01' as seen")
    flaky = leads.coalesce(1).mapInArrow(fails_once, leads.schema)
    found = leadrules.spark.score(ruleset, flaky, DAY).collect()
    assert Path(mark).exists()
    assert [row["id"] for row in found] == list(range(1000))
    assert sum(row["score"] == 47 for row in found) == sum(number % 7 >= 3 for number in range(1000))


def test_small_batches_are_scored_together(spark: Any) -> None:
    ruleset = leadrules.loads(RULES)
    leads = spark.range(2500).selectExpr("id", "cast(id as int) clicks", "60 as Size", "cast(null as date) seen")
    before = spark.conf.get("spark.sql.execution.arrow.maxRecordsPerBatch")
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "100")
    try:
        for block_rows in (1, 1000, 65_536):
            found = leadrules.spark.score(ruleset, leads, DAY, block_rows=block_rows).collect()
            assert [row["id"] for row in found] == list(range(2500))
    finally:
        spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", before)
