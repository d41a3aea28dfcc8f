"""A Spark DataFrame is scored as every other table is, by the engine within it or by its own SQL."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from generate import case_of_seed
from generate.answers import added_names, by_reference, ruleset_of, text_frame, typed_frame
from sql_answers import UNSTABLE, in_spark
from test_sql import PATTERNS, odd_texts

import leadrules
import leadrules.spark
from leadrules.databases.sql import terms
from leadrules.databases.sql.characters import every_character
from leadrules.databases.sql.dialects import dialect_named
from leadrules.databases.sql.dialects.dialect import mark
from leadrules.databases.sql.patterns import translated
from leadrules.databases.sql.statement import compile_select
from leadrules.databases.table import Table, column_of, table_from_ddl
from leadrules.frames import LeadError
from leadrules.leads import LeadsError
from leadrules.meaning.days import today
from leadrules.meaning.text import fold, folded, full_pattern, mentions, normal, trim

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
    os.environ["PYSPARK_PYTHON"] = sys.executable  # else its workers are the first Python on the path
    session = (
        SparkSession.builder.master("local[2,2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.session.timeZone", "America/New_York")
        .config("spark.sql.shuffle.partitions", "2")
        # What runs once is not worth the work of the second compiler.
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
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
    with pytest.raises(LeadError, match=r"of type DataFrame are no Spark DataFrame; score them with `ruleset.score`"):
        leadrules.spark.score(ruleset, pl.DataFrame({"clicks": [1]}), DAY)  # type: ignore[arg-type]


def test_columns_that_spark_cannot_hand_out_or_would_take_for_one(spark: Any) -> None:
    ruleset = leadrules.loads("field a: integer\nwhen a >= 3 add 5\n")
    with pytest.raises(LeadError, match="does not hand out the column `span`, whose type is interval month"):
        leadrules.spark.score(ruleset, spark.sql("SELECT 5 a, INTERVAL 1 MONTH span"), DAY)
    clash = spark.sql("SELECT 5 a, 6 Score")
    with pytest.raises(LeadError, match="already have a column `score`"):
        leadrules.spark.score(ruleset, clash, DAY)
    spark.conf.set("spark.sql.caseSensitive", "true")
    try:
        assert leadrules.spark.score(ruleset, clash, DAY).collect()[0][1:3] == (6, 5.0)
    finally:
        spark.conf.unset("spark.sql.caseSensitive")


def test_types_of_sparks_own(spark: Any) -> None:
    """Lists, decimals, nested columns; moments with a zone are in UTC, whatever the session's zone is."""
    ruleset = leadrules.loads(
        "field tags: list of text\nfield money: number\nfield o.p.q: integer\n"
        "field zoned: datetime\nfield plain: date\n"
        'when tags includes "vip" add 1\nwhen money >= 1.5 add 2\nwhen o.p.q = 7 add 4\n'
        "when zoned >= 2026-11-02T04:30 add 8\nwhen plain = 2026-11-01 add 16\n"
    )
    leads = spark.sql(
        "SELECT array('a', NULL, 'vip') tags, 1.50BD money, struct(struct(7 q) p) o,"
        " TIMESTAMP'2026-11-01 23:30:00' zoned, TIMESTAMP_NTZ'2026-11-01 23:30:00' plain,"
        " map('k', 1) m, array(struct(1 x)) a, INTERVAL 1 DAY i, TIME'10:00:00' t, CAST(NULL AS VOID) v, X'00' b"
    )
    scored = leadrules.spark.score(ruleset, leads, DAY, reasons=None)
    assert scored.schema.fields[:-4] == leads.schema.fields
    row = scored.collect()[0]
    assert row["score"] == 31
    assert row[: len(leads.columns)] == leads.collect()[0][:]


def test_a_bad_value_fails_the_job_and_says_which(spark: Any) -> None:
    ruleset = leadrules.loads(RULES)
    leads = spark.createDataFrame([("many", 2, date(2026, 1, 1))], "clicks string, Size int, seen date")
    with pytest.raises(Exception, match=r"clicks 'many'.*is not a whole number"):
        leadrules.spark.score(ruleset, leads, DAY).collect()


def test_a_job_that_fails_leaves_nothing_and_the_next_writes_all(spark: Any, tmp_path: Path) -> None:
    ruleset = leadrules.loads(RULES)
    clicks = "IF(id = 1999, 'many', CAST(id % 7 AS STRING)) AS clicks"
    leads = spark.range(2000, numPartitions=2).selectExpr("id", clicks, "60 AS Size", "CAST(NULL AS DATE) AS seen")
    out = tmp_path / "scored"
    with pytest.raises(Exception, match="is not a whole number"):
        leadrules.spark.score(ruleset, leads, DAY).write.parquet(str(out))
    assert list(out.rglob("*.parquet")) == []
    leadrules.spark.score(ruleset, leads, DAY, rejects="mark").write.mode("overwrite").parquet(str(out))
    written = pl.read_parquet(out / "*.parquet").sort("id")
    assert written["id"].to_list() == list(range(2000))
    assert written.filter(pl.col("reject_field").is_not_null())["id"].to_list() == [1999]


def test_workers_without_leadrules_say_so() -> None:
    from pyspark import cloudpickle

    packed = cloudpickle.dumps(leadrules.spark._task(b"", DAY, 3, False, 1, []))
    code = (
        "import sys, pickle; sys.modules['leadrules'] = None; from pyspark import cloudpickle; "
        "list(pickle.loads(sys.stdin.buffer.read())([]))"
    )
    done = subprocess.run([sys.executable, "-c", code], input=packed, capture_output=True)
    assert b"the Python of Spark's workers has no `leadrules`: install leadrules on every machine" in done.stderr


def test_a_worker_scores_in_one_thread(spark: Any) -> None:
    ruleset = leadrules.loads(RULES)
    task = leadrules.spark._task(pickle.dumps(ruleset), DAY, 0, False, 1, ["clicks", "Size", "seen"])

    def threads(batches: Any) -> Any:
        for _ in task(batches):
            import polars as pl  # after the task, which says how many threads
            import pyarrow as pa

            yield pa.RecordBatch.from_pydict({"threads": pa.array([pl.thread_pool_size()], pa.int32())})

    leads = spark.sql("SELECT 1 AS c0, 2 AS c1, CAST(NULL AS DATE) AS c2")
    assert [row.threads for row in leads.mapInArrow(threads, "threads int").collect()] == [1]


@pytest.mark.parametrize("killed", [False, True])
def test_a_task_that_fails_or_is_killed_is_run_again(spark: Any, tmp_path: Path, killed: bool) -> None:
    ruleset = leadrules.loads(RULES)
    mark = str(tmp_path / "failed-once")

    def fails_once(batches: Any) -> Any:
        import os
        from pathlib import Path

        for batch in batches:
            if not Path(mark).exists():
                Path(mark).touch()
                if killed:
                    os.kill(os.getpid(), 9)
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


# ------------------------------------------------------------------------- as SQL

SQL = dialect_named("spark")


def select(spark: Any, texts: list[str], **expressions: Any) -> list[Any]:
    """Expressions over a column `x` of texts, a row for each."""
    numbered = pl.DataFrame({"i": range(len(texts)), "x": texts})
    spark.createDataFrame(numbered.to_arrow(compat_level=pl.CompatLevel.oldest())).createOrReplaceTempView("t")
    columns = [f"{one.sql(dialect='spark', normalize_functions=False)} AS {name}" for name, one in expressions.items()]
    return spark.sql(f"SELECT {', '.join(columns)} FROM t ORDER BY i").collect()


@pytest.mark.parametrize("seed", range(3))
def test_sql_in_spark_agrees_with_the_reference(spark: Any, seed: int) -> None:
    case = case_of_seed(seed * 11 + 3)
    ruleset = ruleset_of(case.ruleset.text)
    leads = case.leads.raw() if seed % 3 == 0 else case.leads.typed()
    frame = text_frame(case.leads) if seed % 3 == 0 else typed_frame(case.leads)
    reasons = (3, None, 0, 1)[seed % 4]
    spark.conf.set("spark.sql.ansi.enabled", str(seed % 2 == 0).lower())
    answers, rejected = in_spark(spark, ruleset, frame, case.as_of, reasons, partitions=seed % 2)
    unstable = {place for place, why in rejected if UNSTABLE in why}
    left = [place for place in range(len(leads)) if place not in unstable]
    expected, bads = by_reference(ruleset, [leads[place] for place in left], case.as_of, reasons)
    assert answers == expected
    assert {place for place, _ in rejected} - unstable == {left[row] for row, *_ in bads}


def test_sql_gives_the_demo_the_scores_of_the_engine_in_spark(spark: Any) -> None:
    ruleset = leadrules.load(DEMO / "inbound.rules")
    frame = pl.read_csv(DEMO / "leads.csv", infer_schema=False)
    good, bad = by_spark(ruleset, table(spark, frame, 3), DAY)
    answers, rejected = in_spark(spark, ruleset, frame, DAY, 3)
    assert answers == good
    assert [place for place, _ in rejected] == [row for row, *_ in bad]


def test_spark_takes_its_own_day_in_utc(spark: Any) -> None:
    ruleset = leadrules.loads("field d : date\nadd 1 per days since d\nwhen d in last 1 month add 5\nstage A at 6")
    frame = pl.DataFrame({"d": [date(2026, 1, 31), date(2024, 2, 29), None]}, schema={"d": pl.Date()})
    day = today()
    answers, _ = in_spark(spark, ruleset, frame, None, 3)
    assert answers == by_reference(ruleset, frame.to_dicts(), day, 3)[0] or day != today()


def test_moments_do_not_depend_on_the_time_zone_of_the_session(spark: Any) -> None:
    # The session's zone put its clocks back that night: an hour was there twice.
    ruleset = leadrules.loads(
        "field m : datetime\nwhen m >= 2025-11-02T06:30 add 1\nwhen m on 2025-11-02 add 2\n"
        "when m >= 2025-11-02T05:31 add 4"
    )
    moments = [f"2025-11-02T0{hour}:30:00" for hour in range(4, 8)] + ["2025-11-03T00:00:00", "2025-11-02T00:00:00"]
    written = pl.DataFrame({"m": moments})
    zoned = written.select(pl.col("m").str.to_datetime(time_unit="us", time_zone="UTC"))
    expected = by_reference(ruleset, zoned.to_dicts(), DAY, 3)[0]
    assert in_spark(spark, ruleset, zoned, DAY, 3)[0] == expected
    assert in_spark(spark, ruleset, written, DAY, 3)[0] == expected
    last = spark.sql("SELECT TIMESTAMP'9999-12-31 23:59:00Z' AS m")
    assert leadrules.spark.score(ruleset, last, DAY).select("score").collect()[0][0] == 5


def test_numbers_of_any_size_are_exact_in_spark(spark: Any) -> None:
    ruleset = leadrules.loads(
        "field n : number\nfield t : text\nfield w : integer\nfield d : date\n"
        "add 1_000_000 per n fading by half every 1 year since d\n"
        "subtract 3.33 per 7 n fading 1% every 1 day since d\nadd 0.01 per 9_007_199_254_740_991 n\n"
        'when t is "0.00000001" add 7\nwhen w = 2 add 8\nwhen n / w > 3 add 9'
    )
    sizes = (0.0, -0.0, 1.0, 6.99, 1e15, 9.1e24, 1e300, 1.7e308, -3.0, None)
    leads = [{"n": n, "t": t, "w": w, "d": d} for n in sizes
             for t, w in ((1e-8, 2), (0, 0), (-1.5, -7)) for d in (DAY, date(2020, 2, 29), None)]  # fmt: skip
    frame = pl.DataFrame(leads, schema={"n": pl.Float64, "t": pl.Float64, "w": pl.Int64, "d": pl.Date})
    spark.createDataFrame(frame.to_arrow(compat_level=pl.CompatLevel.oldest())).createOrReplaceTempView("plain")
    columns = [("n", "DOUBLE"), ("t", "DECIMAL(20, 9)"), ("w", "DECIMAL(38, 20)"), ("d", "DATE")]
    asked = Table(("decimals",), tuple(column_of(name, type, "spark") for name, type in columns))
    exact = [one | {"t": {1e-8: "0.00000001", 0: "0", -1.5: "-1.5"}[one["t"]]} for one in leads]
    expected = by_reference(ruleset, exact, DAY, 3)[0]
    for ansi in ("true", "false"):
        spark.conf.set("spark.sql.ansi.enabled", ansi)
        casts = ", ".join(f"CAST({name} AS {type}) AS {name}" for name, type in columns)
        spark.sql(f"SELECT {casts} FROM plain").createOrReplaceTempView("decimals")
        rows = spark.sql(compile_select(ruleset.model, asked, SQL, DAY).sql()).collect()
        assert [tuple(row[4:-1]) for row in rows] == [tuple(one.values()) for one in expected]


@pytest.mark.parametrize("ansi", ["true", "false"])
def test_a_float_of_four_bytes_is_compared_as_a_double(spark: Any, ansi: str) -> None:
    ruleset = leadrules.loads("field w : integer\nwhen w > 16_777_215 add 1")
    spark.conf.set("spark.sql.ansi.enabled", ansi)
    numbers = (2.0**53, -(2.0**53), 16_777_216.0, float("nan"), float("inf"), -0.0, 1e30, 2.5, None)
    answers, rejected = in_spark(spark, ruleset, pl.DataFrame({"w": numbers}, schema={"w": pl.Float32}), DAY, 3)
    expected, bads = by_reference(ruleset, [{"w": number} for number in numbers], DAY, 3)
    assert answers == expected
    assert [place for place, _ in rejected] == [row for row, *_ in bads]


def test_characters_are_in_spark_what_they_are_in_the_language(spark: Any) -> None:
    every = every_character()[1:].alias("x")
    x = terms.column("x")
    classes = (r"\p{L}\p{M}\p{Nd}", r"\p{L}", r"\p{M}\p{Nd}", r"\p{Ll}", r"\p{Lu}\p{Lt}")
    wanted = {f"c{place}": every.str.contains(f"[{one}]") for place, one in enumerate(classes)}
    table = pl.DataFrame({"x": every} | wanted).with_columns(
        folded(pl.col("x")).alias("fold"), pl.col("x").str.normalize("NFC").alias("norm")
    )
    spark.createDataFrame(table.to_arrow(compat_level=pl.CompatLevel.oldest())).createOrReplaceTempView("t")
    found = [SQL.found(x, f"^[{SQL.inner(one)}]$") for one in classes]
    lower, unstable, *inside = (
        one.sql("spark", normalize_functions=False) for one in (SQL.folded(x), SQL.unstable(x), *found)
    )
    wrong = " OR ".join(f"({one}) <> c{place}" for place, one in enumerate(inside))
    wrong = f"{wrong} OR (NOT ({unstable}) AND (x <> norm OR ({lower}) <> fold))"
    assert [row.x for row in spark.sql(f"SELECT x FROM t WHERE {wrong}").collect()] == []
    assert spark.sql(f"SELECT x FROM t WHERE NOT ({unstable})").count() > 1_000_000


def test_texts_are_stable_or_rejected_in_spark(spark: Any) -> None:
    signs = ["a", "e", "A", "İ", "Σ", "ς", " ", "1", "\u0301", "\u0323", "\u0316", "\u05b7", "\u05bc", "\u0e38",
             "\u0e48", "\u0eb8", "\u0ec8", "\u093c", "\u094d", "é", "가", "\u1100", "\u1161", "\u11a8", "\u212b",
             "\u00c5", "\u0345", "\u1e9b", "\u2000", "क", "ค"]  # fmt: skip
    texts = [one + two + three for one in signs for two in signs for three in signs]
    x = terms.column("x")
    trimmed = SQL.trimmed(x)
    rows = select(spark, texts, folded=SQL.folded(trimmed), unstable=SQL.unstable(trimmed), trimmed=trimmed)
    stable = [(text, row) for text, row in zip(texts, rows, strict=True) if not row["unstable"]]
    assert [
        text for text, row in stable if (row["trimmed"], row["folded"]) != (normal(trim(text)), fold(trim(text)))
    ] == []
    sure = {text for text, _ in stable}
    assert {"aé1", "कa\u094d", "ค\u0e38\u0e48", "ΣΣΣ", "İİa", "가가 "} <= sure
    assert {"a\u0301a", "\u212ba1", "a\u2000a", "İ\u0316a"}.isdisjoint(sure)


def test_patterns_and_words_mean_in_spark_what_they_mean_in_the_language(spark: Any) -> None:
    texts = [text for text in odd_texts() if normal(text) == text]
    lowered = [fold(trim(text)) for text in texts]
    said = {pattern: SQL.found(terms.column("x"), translated(pattern, False, SQL)) for pattern in PATTERNS}
    rows = select(spark, texts, **{f"p{place}": one for place, one in enumerate(said.values())})
    for place, pattern in enumerate(said):
        expected = pl.Series(texts).str.contains(full_pattern(pattern, False)).to_list()
        assert [row[place] for row in rows] == expected, pattern
    phrases = ("vp", "c++", "a b", "|", "1", "é", "-", "_", "日", "σ", "@")
    marked = {f"m{place}": SQL.contains(SQL.marked(terms.column("x")), mark(one)) for place, one in enumerate(phrases)}
    rows = select(spark, lowered, **marked)
    for place, phrase in enumerate(phrases):
        assert [row[place] for row in rows] == [mentions(text, phrase) for text in lowered], phrase


def test_columns_with_a_collation_are_compared_as_the_language_does(spark: Any) -> None:
    ruleset = leadrules.loads(
        "field t : text\nfield u : text\nfield g : list of text\n"
        'when t is exactly "CEO" add 1\nwhen t matches /^ce/ add 2\n'
        'when u is "É" add 4\nwhen g includes "vip" add 8\nlabel l { "yes" when u is exactly "É", otherwise "no" }'
    )
    leads = spark.sql(
        "SELECT t COLLATE UNICODE_CI AS t, u COLLATE UTF8_LCASE AS u, ARRAY(g COLLATE UNICODE_CI_AI) AS g FROM VALUES"
        " ('CEO', 'é', 'VIP'), ('ceo', '\u00a0É', 'víp'), ('x', 'e', 'x'), (NULL, NULL, NULL) AS leads (t, u, g)"
    )
    leads.createOrReplaceTempView("collated")
    types = [(field.name, field.dataType.simpleString()) for field in leads.schema.fields]
    asked = Table(("collated",), tuple(column_of(name, type, "spark") for name, type in types))
    expected = by_reference(ruleset, [row.asDict() for row in leads.collect()], DAY, 3)[0]
    rows = spark.sql(compile_select(ruleset.model, asked, SQL, DAY).sql()).collect()
    assert [tuple(row[3:-1]) for row in rows] == [tuple(one.values()) for one in expected]
    rows = leadrules.spark.score(ruleset, leads, DAY).collect()
    assert [tuple(row[3:]) for row in rows] == [tuple(one.values()) for one in expected]


def test_a_long_list_of_characters_stands_in_the_statement_once() -> None:
    texts = "\n".join(f'field t{number} : text\nwhen t{number} mentions "x" add 1' for number in range(9))
    columns = ", ".join(f"t{number} STRING" for number in range(9))
    statement = compile_select(leadrules.loads(texts).model, table_from_ddl(columns, "spark"), SQL, DAY).sql()
    assert [statement.count(one) for one in ("ΑΒΓΔ", "αβγδ", r"\\x{340}-\\x{345}")] == [1, 1, 1]


def test_nothing_in_a_ruleset_is_taken_for_a_setting_of_spark(spark: Any) -> None:
    ruleset = leadrules.loads(
        'field t : text\nrule `${env:HOME} */ x`: when t is "${env:HOME}\\\\d\'" add 5 because "${spark.app.name}"'
    )
    frame = pl.DataFrame({"t": ["${env:HOME}\\d'", "x"]})
    assert in_spark(spark, ruleset, frame, DAY, 3)[0] == by_reference(ruleset, frame.to_dicts(), DAY, 3)[0]


def test_what_spark_cannot_say_is_refused() -> None:
    model = leadrules.loads("field t : text\nwhen t matches /(\\w+,)*x/ add 1", "inbound.rules").model
    with pytest.raises(LeadsError, match=r"inbound.rules:2:1: the pattern repeats what has repetitions"):
        compile_select(model, table_from_ddl("t STRING", "spark"), SQL, DAY)
    with pytest.raises(LeadsError, match="to Spark `t` and `T` are one column"):
        compile_select(leadrules.loads("field t : text\nwhen t is known add 1").model,
                       table_from_ddl("t STRING, T STRING", "spark"), SQL, DAY)  # fmt: skip
