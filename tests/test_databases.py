"""Tables in DuckDB, SQLite and PostgreSQL: read and written as files are, all or nothing, without telling secrets."""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import polars as pl
import pyarrow as pa
import pytest
from generate import case_of_seed
from generate.answers import added_names, by_reference, ruleset_of, text_frame, typed_frame
from postgresql_server import PASSWORD, programs, server

import leadrules
from leadrules.cli.main import exit_code
from leadrules.databases.inflow import Inflow
from leadrules.databases.tables import shown
from leadrules.databases.url import is_table_url, table_url
from leadrules.leads import LeadsError, open_leads, open_output

pytestmark = pytest.mark.filterwarnings("ignore::leadrules.frames.LeadWarning")

RULES = """
field id: text key
field clicks: integer
field size: number
field since: date
field active: boolean optional
when clicks >= 3 add 36
when size >= 50 add 10
when since in last 7 days add 1
when active add 100
stage MQL at 40
"""
DAY = "2026-11-02"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    if programs() is None:
        pytest.skip("no PostgreSQL server is installed")
    # pytest closes its own folder to other users, and the server is one, whenever a second pytest starts.
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as url:
        yield url


class Place:
    """A database of one kind: where it is, and how a test runs a statement in it."""

    def __init__(self, kind: str, base: str, connect: Callable[[], Any]):
        self.kind, self.base, self._connect = kind, base, connect

    def __call__(self, table: str) -> str:
        return f"{self.base}?table={table}"

    def query(self, query: str) -> str:
        return f"{self.base}?query={query}"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        connection = self._connect()
        try:
            found = connection.execute(sql)
            rows = found.fetchall() if sql.lstrip().upper().startswith(("SELECT", "PRAGMA", "DESCRIBE")) else []
            if self.kind != "duckdb":
                connection.commit()
            return [tuple(row) for row in rows]
        finally:
            connection.close()


@pytest.fixture(params=["duckdb", "sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.chdir(tmp_path)
    if request.param == "duckdb":
        return Place("duckdb", "duckdb:///own.db", lambda: duckdb.connect("own.db"))
    if request.param == "sqlite":
        return Place("sqlite", f"sqlite:///{tmp_path}/own.sqlite", lambda: sqlite3.connect(tmp_path / "own.sqlite"))
    import psycopg

    url = request.getfixturevalue("postgresql")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    own = Place("postgresql", url, lambda: psycopg.connect(url))
    own.rows("DROP SCHEMA public CASCADE")
    own.rows("CREATE SCHEMA public")
    return own


def leads_in(place: Place, table: str = "leads", rows: int = 3) -> None:
    place.rows(f"CREATE TABLE {table} (id TEXT, clicks INTEGER, size NUMERIC(10,2), since DATE)")
    values = [f"('L{n}', {n}, {n * 30}.50, '2026-10-{n % 30 + 1:02}')" for n in range(rows)]
    place.rows(f"INSERT INTO {table} VALUES {', '.join(values)}")


@dataclass(frozen=True)
class Result:
    exit_code: int
    output: str


def command(*arguments: str) -> Result:
    """A command of ours, with all that it says."""
    told = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with redirect_stdout(told), redirect_stderr(told):
        try:
            code = exit_code(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
    return Result(code, told.buffer.getvalue().decode())  # type: ignore[attr-defined]


def run(rules: str, leads: str, *options: str) -> Result:
    Path("own.rules").write_text(rules)
    return command("run", "own.rules", leads, "--as-of", DAY, *options)


def scored(place: Place, table: str = "scores") -> list[tuple[Any, ...]]:
    return place.rows(f"SELECT id, score, stage FROM {table} ORDER BY id")


EXPECTED = [("L0", 0.0, None), ("L1", 0.0, None), ("L2", 10.0, None), ("L3", 46.0, "MQL")]


# ------------------------------------------------------------- reading and writing


def test_a_table_is_scored_into_another(place: Place) -> None:
    leads_in(place, rows=4)
    result = run(RULES, place("leads"), "-o", place("scores"))
    assert result.exit_code == 0, result.output
    assert scored(place) == EXPECTED
    assert "4 leads read" in result.output
    first = place.rows("SELECT * FROM scores")
    assert run(RULES, place("leads"), "-o", place("scores")).exit_code == 0
    assert place.rows("SELECT * FROM scores") == first


def test_a_query_stands_for_a_table(place: Place) -> None:
    leads_in(place, rows=4)
    result = run(RULES, place.query("SELECT * FROM leads WHERE id <> 'L1' ORDER BY id DESC;"), "-o", "out.csv")
    assert result.exit_code == 0, result.output
    assert pl.read_csv("out.csv")["id"].to_list() == ["L3", "L2", "L0"]


def test_files_and_tables_mix(place: Place) -> None:
    leads_in(place, rows=4)
    assert run(RULES, place("leads"), "-o", "out.csv", "--reasons", "0").exit_code == 0
    assert run(RULES, place("leads"), "-o", "out.parquet", "--reasons", "0").exit_code == 0
    Path("in.csv").write_text("id,clicks,size,since\nL0,0,0,2026-10-01\nL3,3,90.5,\n")
    assert run(RULES, "in.csv", "-o", place("from_csv")).exit_code == 0
    assert scored(place, "from_csv") == [EXPECTED[0], EXPECTED[3]]
    assert run(RULES, "out.parquet", "-o", place("from_parquet"), "--replace").exit_code == 0
    assert scored(place, "from_parquet") == EXPECTED
    assert pl.read_csv("out.csv").shape == pl.read_parquet("out.parquet").shape == (4, 7)


def test_other_commands_read_tables_too(place: Place) -> None:
    leads_in(place, rows=4)
    Path("own.rules").write_text(RULES)
    result = command("explain", "own.rules", place("leads"), "--where", "id=L3", "--as-of", DAY)
    assert result.exit_code == 0
    assert "46" in result.output


def test_rejects_are_kept_in_a_file(place: Place) -> None:
    place.rows("CREATE TABLE leads (id TEXT, clicks TEXT, size INTEGER, since TEXT)")
    place.rows("INSERT INTO leads VALUES ('a', 'many', 1, '2026-10-01'), ('b', '3', 60, NULL), ('c', '', NULL, 'soon')")
    result = run(RULES, place("leads"), "-o", place("scores"))
    assert result.exit_code == 1
    assert scored(place) == [("b", 46.0, "MQL")]
    rejects = pl.read_csv("scores.rejects.csv")
    assert rejects["reject_row"].to_list() == [1, 3]
    assert rejects["reject_value"].to_list() == ["many", "soon"]
    assert rejects["id"].to_list() == ["a", "c"]


@pytest.mark.parametrize("seed", range(6))
def test_generated_leads_score_as_the_reference_says(place: Place, seed: int) -> None:
    case = case_of_seed(seed * 11 + 3)
    ruleset = ruleset_of(case.ruleset.text)
    typed = case.leads.typed()
    names = ["row", *typed_frame(case.leads).columns]
    if not typed or len({name.lower() for name in names}) < len(names):
        pytest.skip("no lead whose values are known, or headers that differ in case alone")
    if place.kind == "sqlite" and ' format "' in case.ruleset.text:
        pytest.skip("SQLite has no dates, and writes them as ISO texts, not in a format of the ruleset's")
    frame = typed_frame(case.leads)
    # Only PostgreSQL cannot hold this character in a text.
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    assert not any(frame[name].str.contains("\0", literal=True).any() for name in texts)
    frame.with_columns(pl.Series("row", range(frame.height), dtype=pl.Int64)).write_parquet("leads.parquet")
    expected, _ = by_reference(ruleset, typed, case.as_of, None)
    scorer = ruleset.scorer(case.as_of)
    copy_table("leads.parquet", place("leads"))
    from leadrules.leads import match_headers, open_rejects
    from leadrules.running.run import Added
    from leadrules.running.run import run as run_leads

    source: Any = open_leads(place("leads"), writes_to=place("scores"))
    added = Added(None, "added_")
    with open_output(place("scores"), source, added.schema(ruleset.model)) as writer:
        headers = match_headers(ruleset.model.fields, source.headers).headers
        run_leads(scorer, case.as_of, source, headers, writer, open_rejects(None, source), added, rows=7)
        source.close() if place.kind == "postgresql" else None
        writer.commit()
    source.close()
    found = ", ".join(f'"added_{name}"' for name in added_names(ruleset, None))
    answers = place.rows(f'SELECT {found} FROM scores ORDER BY "row"')
    truth = added_names(ruleset, None).index("disqualified")
    answers = [(*row[:truth], bool(row[truth]), *row[truth + 1 :]) for row in answers]
    assert answers == [tuple(one.values()) for one in expected]


@pytest.mark.parametrize("place", ["duckdb", "postgresql"], indirect=True)
@pytest.mark.parametrize("seed", [1002, 1076, 1085])
def test_what_the_database_does_itself_is_told_as_any_run(place: Place, seed: int) -> None:
    case = case_of_seed(seed)
    frame = typed_frame(case.leads) if seed % 2 else text_frame(case.leads)
    frame.with_columns(pl.Series("place", range(frame.height), dtype=pl.Int64)).write_parquet("leads.parquet")
    copy_table("leads.parquet", place("leads"), "place")
    Path("own.rules").write_text(case.ruleset.text)
    given = ["run", "own.rules", place("leads"), "--as-of", case.as_of.isoformat(), "--reasons", "all", "--stamp"]
    run_here, run_there = (
        command(*given, "-o", place("scored_1")),
        command(*given, "-o", place("scored_2"), "--in-database"),
    )
    assert " read: " in run_here.output
    assert Result(run_there.exit_code, run_there.output.replace("scored_2", "scored_1")) == run_here
    found = [place.rows(f"SELECT * FROM {table} ORDER BY place") for table in ("scored_1", "scored_2")]
    assert repr(found[0]) == repr(found[1])
    rejects = [Path(f"{table}.rejects.csv") for table in ("scored_1", "scored_2")]
    assert rejects[0].exists() == rejects[1].exists()
    assert not rejects[0].exists() or rejects[0].read_text() == rejects[1].read_text()


def copy_table(file: str, url: str, number: str = "row") -> None:
    """A file into a table, by a ruleset that says nothing."""
    Path("nothing.rules").write_text(f'field {number}: integer\nwhen {number} < -1 add 1 because "never"\n')
    columns = ",".join(f'"{name}"' for name in pl.read_parquet_schema(file))
    result = command("run", "nothing.rules", file, "-o", url, "--columns", columns)
    assert result.exit_code == 0, result.output


# ------------------------------------------------------------- types


# For each database, the columns and two rows of everything that it has a type for.
NASTY = {
    "duckdb": (
        "h HUGEINT, u UUID, iv INTERVAL, tm TIME, tz TIMESTAMPTZ, ts TIMESTAMP, li INTEGER[], st STRUCT(a INTEGER),"
        " e ENUM('x'), de DECIMAL(30;10), b BOOLEAN, bl BLOB, da DATE, m MAP(VARCHAR; INTEGER), bi BIT, ti TINYINT,"
        " ub UBIGINT, f FLOAT, d DOUBLE, t VARCHAR, j JSON, s TIMESTAMP_S, mi TIME",
        "170141183460469231731687303715884105727, '01234567-89ab-cdef-0123-456789abcdef', INTERVAL '1 month 2 days',"
        " '10:00:00.5', '2020-01-01 12:00:00+02', '1800-01-01', [1, NULL], {'a': 1}, 'x', 1.0000000001, true,"
        " '\\x00\\xff'::BLOB, '0900-01-01', MAP {'k': 2}, '10110'::BIT, -128, 18446744073709551615, 0.1, 0.1, '', '{}',"
        " 'infinity', '24:00:00'",
        "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'infinity', NULL, NULL, NULL, NULL,"
        " 'nan', '-inf', 'a\"\n;,', NULL, '2020-01-01', NULL",
    ),
    "sqlite": (
        "a, b INTEGER, c REAL, d BLOB, e BOOLEAN, f DATE",
        "1, 'text in a number', 5, x'00ff', 1, '2026-01-01'",
        "'1', 9223372036854775807, NULL, NULL, NULL, ''",
    ),
    "postgresql": (
        "n NUMERIC, n2 NUMERIC(30;10), b BOOLEAN, i2 SMALLINT, f4 REAL, f8 DOUBLE PRECISION, t TEXT, v VARCHAR(10),"
        " c CHAR(5), d DATE, ts TIMESTAMP, tz TIMESTAMPTZ, tm TIME, iv INTERVAL, u UUID, j JSONB, a INTEGER[],"
        " ta TEXT[], by BYTEA, ip INET, bi BIT(3), mo MONEY",
        "123456789012345678901234567890.5, 1.0000000001, true, -5, 0.1, 1e308, 'a\"\n,;', '', 'x', '0900-01-01',"
        " '1800-01-01 10:00:00.123456', '2020-01-01 12:00:00+02', '10:00', '1 mon 2 days',"
        " '01234567-89ab-cdef-0123-456789abcdef', '{\"a\": [1]}', '{1,NULL}', '{a,\"b,c\"}', '\\x00ff', '10.0.0.1',"
        " B'101', '12.5'",
        "'NaN', NULL, NULL, NULL, 'NaN', '-Infinity', NULL, NULL, NULL, 'infinity', '-infinity', '2020-01-01 BC',"
        " NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
    ),
}


def test_a_lead_keeps_every_type_of_its_own_database(place: Place) -> None:
    declared, *rows = NASTY[place.kind]
    columns = [one.replace(";", ",").strip() for one in declared.split(",")]
    place.rows(f"CREATE TABLE leads (id INTEGER, {', '.join(columns)})")
    for number, row in enumerate(rows):
        place.rows(f"INSERT INTO leads VALUES ({number}, {row})")
    rules = "field id: integer\nwhen id >= 1 add 1\n"
    result = run(rules, place("leads"), "-o", place("scores"))
    assert result.exit_code == 0, result.output
    cast = "{0}, typeof({0})" if place.kind == "sqlite" else "CAST({0} AS VARCHAR)"
    asked = ", ".join(cast.format(column.split()[0]) for column in columns)
    before = place.rows(f"SELECT {asked} FROM leads ORDER BY id")
    assert len(before) == 2
    assert place.rows(f"SELECT {asked} FROM scores ORDER BY id") == before
    describe = {
        "duckdb": "DESCRIBE {0}",
        "sqlite": "SELECT name, type FROM pragma_table_info('{0}')",
        "postgresql": "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = '{0}'::regclass AND attnum > 0 ORDER BY attnum",
    }[place.kind]
    types = [row[:2] for row in place.rows(describe.format("leads"))]
    assert [row[:2] for row in place.rows(describe.format("scores"))][: len(types)] == types
    for file in ("out.csv", "out.jsonl", "out.parquet"):
        result = run(rules, place("leads"), "-o", file)
        assert result.exit_code == 0, result.output


# ------------------------------------------------------------- modes


def test_append_adds_and_upsert_changes(place: Place) -> None:
    leads_in(place, rows=2)
    assert run(RULES, place("leads"), "-o", place("scores"), "--mode", "append").exit_code == 0
    assert run(RULES, place("leads"), "-o", place("scores"), "--mode", "append").exit_code == 0
    assert [row[0] for row in scored(place)] == ["L0", "L0", "L1", "L1"]
    assert run(RULES, place("leads"), "-o", place("scores")).exit_code == 0
    place.rows("ALTER TABLE scores ADD COLUMN note TEXT")
    place.rows("UPDATE scores SET note = 'mine', score = 99")
    place.rows("INSERT INTO leads VALUES ('L3', 3, 90.5, '2026-01-01')")
    place.rows("DELETE FROM leads WHERE id = 'L0'")
    result = run(RULES, place("leads"), "-o", place("scores"), "--mode", "upsert", "--key", "id")
    assert result.exit_code == 0, result.output
    assert place.rows("SELECT id, score, note FROM scores ORDER BY id") == [
        ("L0", 99.0, "mine"), ("L1", 0.0, "mine"), ("L3", 46.0, None),
    ]  # fmt: skip


def test_replace_keeps_a_table_of_the_same_columns_and_makes_others_anew(place: Place) -> None:
    leads_in(place, rows=4)
    assert run(RULES, place("leads"), "-o", place("scores")).exit_code == 0
    place.rows("CREATE VIEW best AS SELECT id FROM scores WHERE score > 40")
    assert run(RULES, place("leads"), "-o", place("scores")).exit_code == 0
    assert place.rows("SELECT * FROM best") == [("L3",)]
    place.rows("DROP VIEW best")
    assert run(RULES, place("leads"), "-o", place("scores"), "--columns", "id,score,stage").exit_code == 0
    assert scored(place) == EXPECTED


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--mode", "upsert"], "needs the columns by which a lead is known again"),
        (["--key", "id"], "`--key` is for `--mode upsert`"),
        (["--mode", "upsert", "--key", "Ids"], "--key names `Ids`, which is no column"),
        (["--mode", "upsert", "--key", "size"], "1 value of `size` stands for more than one lead"),
        (["--mode", "upsert", "--key", "since"], "1 lead has no value in `since`"),
        (["--mode", "append", "--stamp"], "has no columns `as_of`"),
        (["--format", "csv"], "--format is for files"),
    ],
)
def test_what_a_table_cannot_take_is_said_and_nothing_is_written(place: Place, options: list[str], words: str) -> None:
    leads_in(place, rows=2)
    assert run(RULES, place("leads"), "-o", place("scores")).exit_code == 0
    place.rows("INSERT INTO leads VALUES ('L2', 2, 30.5, NULL)")
    before = place.rows("SELECT * FROM scores")
    result = run(RULES, place("leads"), "-o", place("scores"), *options)
    assert result.exit_code == 2, result.output
    assert words in result.output
    assert place.rows("SELECT * FROM scores") == before


def test_a_column_of_another_type_refuses_all(place: Place) -> None:
    if place.kind == "sqlite":
        pytest.skip("SQLite's columns take any value")
    leads_in(place, rows=4)
    place.rows("CREATE TABLE scores (id TEXT, score TEXT, stage INTEGER)")
    place.rows("INSERT INTO scores VALUES ('old', 'old', 1)")
    result = run(RULES, place("leads"), "-o", place("scores"), "--mode", "append", "--columns", "id,score,stage")
    assert result.exit_code == 2, result.output
    assert "refused to write" in result.output
    assert "MQL" in result.output
    assert place.rows("SELECT * FROM scores") == [("old", "old", 1)]


# ------------------------------------------------------------- faults


def test_what_is_not_there_is_said(place: Place) -> None:
    leads_in(place, "prospects")
    result = run(RULES, place("prospect"), "-o", "out.csv")
    assert result.exit_code == 2
    assert "there is no table `prospect`" in result.output
    assert "did you mean `prospects`?" in result.output
    assert not Path("out.csv").exists()
    result = run(RULES, place.query("SELECT nothing FROM prospects"), "-o", "out.csv")
    assert result.exit_code == 2
    assert "nothing" in result.output
    result = run(RULES, place("prospects"), "-o", place("prospects"))
    assert result.exit_code == 2
    assert "is read by this run already" in result.output
    result = run(RULES, place("prospects"), "-o", place.query("SELECT 1 AS one"))
    assert result.exit_code == 2
    assert "is a query, which cannot be written to" in result.output


def test_a_run_that_is_killed_leaves_the_table_as_it_was(place: Place, tmp_path: Path) -> None:
    leads_in(place, rows=4)
    assert run(RULES, place("leads"), "-o", place("scores")).exit_code == 0
    before = place.rows("SELECT * FROM scores")
    # Leads come through a pipe that stays open, so that the run is in the middle when it is killed.
    command = [sys.executable, "-m", "leadrules", "run", "own.rules", "-", "-o", place("scores"), "--as-of", DAY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | _PATH) as running:
        assert running.stdin is not None
        running.stdin.write(b"id,clicks,size,since\n" + b"L9,9,9,2026-01-01\n" * 300_000)
        running.stdin.flush()
        time.sleep(0.3)
        running.send_signal(signal.SIGKILL)
    assert place.rows("SELECT * FROM scores") == before
    again = run(RULES, place("leads"), "-o", place("scores"))
    assert again.exit_code == 0, again.output
    assert place.rows("SELECT * FROM scores") == before


_PATH = {"PYTHONPATH": str(Path(leadrules.__file__).parent.parent)}


@pytest.mark.parametrize("place", ["duckdb", "sqlite"], indirect=True)
def test_files_that_are_none_or_may_not_be_written(place: Place) -> None:
    result = run(RULES, place("leads"), "-o", "out.csv")
    assert result.exit_code == 2
    assert "there is no file" in result.output
    path = Path("own.db" if place.kind == "duckdb" else "own.sqlite")
    path.write_bytes(b"this is not a database, " * 200)
    result = run(RULES, place("leads"), "-o", "out.csv")
    assert result.exit_code == 2
    assert "file" in result.output
    path.unlink()
    Path("leads.csv").write_text("id,clicks,size,since\na,many,1,\n")
    result = run(RULES, "leads.csv", "-o", place("scores").replace("own.", "no/such/own."))
    assert result.exit_code == 2
    # A run that fails leaves no new file behind.
    result = run(RULES, "leads.csv", "-o", place("scores"), "--mode", "upsert")
    assert result.exit_code == 2
    assert not path.exists()


def test_a_file_in_use_by_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    holder = "import duckdb, sys; c = duckdb.connect('own.db'); c.execute('create table t as select 1 a');"
    holder += "print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        result = run(RULES, "duckdb:///own.db?table=t", "-o", "out.csv")
        assert other.stdin is not None
        other.stdin.close()
    assert result.exit_code == 2
    assert "is in use by another program" in result.output


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_the_server_says_no(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    leads_in(place)
    outputs = []
    monkeypatch.setenv("PGPASSWORD", "wrong-s3cret")
    for url in (
        place("leads"),
        place("leads").replace("leads@", "leads:hush%26hush@"),
        place("leads").replace("/postgres?", "/nowhere?"),
        place("leads").replace("127.0.0.1", "127.0.0.2"),
    ):
        result = run(RULES, url, "-o", "out.csv")
        outputs.append(result.output)
        assert result.exit_code == 2, result.output
        assert "cannot connect to `postgresql://127.0.0." in result.output
    assert not any(secret in text for text in outputs for secret in (PASSWORD, "hush", "wrong-s3cret"))
    assert "password authentication failed" in outputs[0]


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_a_user_who_may_only_read(place: Place) -> None:
    leads_in(place)
    place.rows("CREATE ROLE reader LOGIN PASSWORD 'readonly'")
    place.rows("GRANT USAGE ON SCHEMA public TO reader")
    place.rows("GRANT SELECT ON leads TO reader")
    url = place("leads").replace("leads@", "reader:readonly@")
    assert run(RULES, url, "-o", "out.csv").exit_code == 0
    result = run(RULES, url, "-o", url.replace("table=leads", "table=scores"))
    assert result.exit_code == 2
    assert "permission denied" in result.output
    assert "readonly" not in result.output


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
@pytest.mark.parametrize("side", ["reading", "writing"])
def test_a_connection_that_is_lost_in_the_middle(place: Place, side: str) -> None:
    import numpy as np

    leads_in(place, rows=4)
    assert run(RULES, place("leads"), "-o", place("scores")).exit_code == 0
    before = place.rows("SELECT * FROM scores")
    place.rows("CREATE TABLE many AS SELECT 'x' || n AS id, n AS clicks, 1.0 AS size, DATE '2026-01-01' AS since"
               " FROM generate_series(1, 200000) n")  # fmt: skip
    source: Any = open_leads(place("many"))
    lost = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'leadrules' AND {}"
    added = pl.DataFrame({"score": pl.Series([0.0] * 1000)})
    with (
        pytest.raises(LeadsError, match=r"the connection to .* was lost") as failure,
        open_output(place("scores"), source, [("score", pl.Float64())], columns=["id", "score"]) as writer,
    ):
        for number, block in enumerate(source.blocks(["id"], 1000)):
            if number == 3:
                place.rows(lost.format("query LIKE 'COPY (%'" if side == "reading" else "query NOT LIKE 'COPY (%'"))
            writer.write(block, np.ones(1000, dtype=bool), added)
        writer.commit()
    source.close()
    assert PASSWORD not in str(failure.value)
    assert place.rows("SELECT * FROM scores") == before


# ------------------------------------------------------------- odd names, the same place twice

ODD = ["a b", "a.b", 'a"b', "Ünï", "select", "Mixed", "o'brien", "%s", "$1", "x;y", "leads_block", "leadrules_part"]


def test_odd_names_of_tables_and_columns(place: Place) -> None:
    for name in ODD:
        quoted = '"' + name.replace('"', '""') + '"'
        place.rows(f"CREATE TABLE {quoted} (id TEXT, clicks INTEGER, {quoted} TEXT, size INTEGER, since DATE)")
        place.rows(f"INSERT INTO {quoted} VALUES ('a', 3, 'own', NULL, NULL)")
        out = '"out of ' + quoted[1:]
        for _ in range(2):
            result = run(RULES, place(quote(quoted)), "-o", place(quote(out)))
            assert result.exit_code == 0, result.output
        assert place.rows(f"SELECT id, {quoted}, score FROM {out}") == [("a", "own", 36.0)]
        result = run(RULES, place(quote(out)), "-o", place(quote(quoted)), "--replace", "--mode", "replace")
        assert result.exit_code == 0, result.output
        assert place.rows(f"SELECT id, {quoted}, score FROM {quoted}") == [("a", "own", 36.0)]


def test_as_many_columns_as_a_table_can_have(place: Place) -> None:
    names = ", ".join(f"c{number} INTEGER" for number in range(900))
    place.rows(f"CREATE TABLE wide (id TEXT, clicks INTEGER, {names})")
    place.rows("INSERT INTO wide (id, clicks, c899) VALUES ('a', 3, 7)")
    rules = "field clicks: integer\nfield c899: integer\nwhen c899 >= 7 add 3\n"
    result = run(rules, place("wide"), "-o", place("scores"))
    assert result.exit_code == 0, result.output
    assert place.rows("SELECT c899, score FROM scores") == [(7, 3.0)]
    result = run(rules, place("wide"), "-o", place("narrow"), "--columns", "id,score")
    assert result.exit_code == 0, result.output
    result = run(rules, place("wide"), "-o", place("narrow"), "--mode", "append")
    assert result.exit_code == 2
    assert "`c6` and 896 more" in result.output, result.output


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_a_table_without_columns(place: Place) -> None:
    place.rows("CREATE TABLE leads ()")
    place.rows("INSERT INTO leads DEFAULT VALUES")
    result = run("field id: text optional\nwhen id is missing add 1\n", place("leads"), "-o", "out.csv")
    assert result.exit_code == 2
    assert "has no columns" in result.output


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM leads -- all of them",
        "WITH a AS (SELECT * FROM leads) SELECT * FROM a ORDER BY id LIMIT 3",
        "SELECT * FROM leads WHERE id <> '&query=%20?' ORDER BY id;",
    ],
)
def test_queries_as_one_types_them(place: Place, query: str) -> None:
    leads_in(place)
    result = run(RULES, place.query(query), "-o", "out.csv")
    assert result.exit_code == 0, result.output
    assert pl.read_csv("out.csv")["id"].to_list() == ["L0", "L1", "L2"]


@pytest.mark.parametrize("query", ["SELECT 1; SELECT 2", "DROP TABLE leads", "SELECT id FROM leads; DROP TABLE leads"])
def test_what_is_no_query_is_refused(place: Place, query: str) -> None:
    leads_in(place)
    for output in ("out.csv", place("scores")):
        result = run(RULES, place.query(query), "-o", output)
        assert result.exit_code == 2, result.output
        assert "cannot be read" in result.output
    assert len(place.rows("SELECT * FROM leads")) == 3


def test_the_table_that_is_read_is_never_written_over(place: Place, tmp_path: Path) -> None:
    leads_in(place)
    if place.kind == "postgresql":
        again = [place("public.leads"), place("leads").replace("leads@", f"leads:{quote(PASSWORD)}@")]
    else:
        file = "own.db" if place.kind == "duckdb" else "own.sqlite"
        (tmp_path / "link.db").symlink_to(tmp_path / file)
        os.link(tmp_path / file, tmp_path / "hard.db")
        kind = f"{place.kind}:///"
        again = [place("LEADS"), place("main.leads"), place('"Leads"'), f"{kind}./{file}?table=leads"]
        again += [f"{kind}link.db?table=leads", f"{kind}hard.db?table=leads", f"{kind}/{tmp_path}/{file}?table=leads"]
        again += [place("own.leads"), place("own.main.leads")] if place.kind == "duckdb" else []
    for url in again:
        for mode in ("replace", "append"):
            result = run(RULES, place("leads"), "-o", url, "--columns", "id,clicks,size,since", "--mode", mode)
            assert result.exit_code == 2, (url, result.output)
            assert "is read by this run already" in result.output
        result = run(RULES, place("leads"), "-o", f"{url.partition('?')[0]}?table=scores")
        assert result.exit_code == 0, result.output
    assert len(place.rows("SELECT * FROM leads")) == 3


@pytest.mark.parametrize("mode", ["replace", "append", "upsert"])
def test_a_query_may_read_the_table_that_is_written(place: Place, mode: str) -> None:
    leads_in(place)
    query = place.query("SELECT id || 'x' AS id, clicks, size, since FROM leads")
    columns = ["--columns", "id,clicks,size,since"]
    result = run(RULES, query, "-o", place("leads"), *columns, "--mode", mode, *(["--key", "id"] * (mode == "upsert")))
    assert result.exit_code == 0, result.output
    assert len(place.rows("SELECT * FROM leads")) == (3 if mode == "replace" else 6)
    result = run(RULES, place.query("SELECT * FROM leads"), "-o", place("leads"))  # made anew, with more columns
    assert result.exit_code == 0, result.output


def test_rejects_and_reports_are_files(place: Place) -> None:
    leads_in(place)
    place.rows("CREATE TABLE bad AS SELECT 'x' AS id, 'many' AS clicks, 1 AS size, NULL AS since")
    if place.kind != "postgresql":
        database = Path("own.db" if place.kind == "duckdb" else "own.sqlite")
        for output in ("out.csv", place("scores")):
            result = run(RULES, place("bad"), "-o", output, "--rejects", str(database))
            assert result.exit_code == 2
            assert "is used by this run already" in result.output
        assert place.rows("SELECT id FROM bad") == [("x",)]
    result = run(RULES, place("bad"), "-o", "out.csv", "--rejects", place("rejects"))
    assert result.exit_code == 2
    assert "name a file with --rejects" in result.output


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
@pytest.mark.parametrize("options", [[], ["--mode", "upsert", "--key", "id"], ["--in-database"]])
def test_two_runs_at_once_leave_the_rows_of_one(place: Place, options: list[str]) -> None:
    leads_in(place, rows=4)
    assert run(RULES, place("leads"), "-o", place("scores")).exit_code == 0
    place.rows("DELETE FROM scores")
    import psycopg

    with psycopg.connect(place.base) as other, ThreadPoolExecutor(1) as pool:
        other.execute("LOCK TABLE scores IN SHARE ROW EXCLUSIVE MODE")
        other.execute("INSERT INTO scores (id, score) SELECT id, 7 FROM leads")
        found = pool.submit(run, RULES, place("leads"), "-o", place("scores"), *options)
        while not place.rows("SELECT 1 FROM pg_locks WHERE NOT granted") and not found.done():
            time.sleep(0.02)
        other.commit()
        result = found.result()
    assert result.exit_code == 0, result.output
    assert scored(place) == EXPECTED


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_a_table_that_another_program_makes_meanwhile(place: Place) -> None:
    leads_in(place)
    import psycopg

    with psycopg.connect(place.base) as other, ThreadPoolExecutor(1) as pool:
        other.execute("CREATE TABLE scores (id TEXT)")
        found = pool.submit(run, RULES, place("leads"), "-o", place("scores"))
        while not place.rows("SELECT 1 FROM pg_locks WHERE NOT granted") and not found.done():
            time.sleep(0.02)
        other.commit()
        result = found.result()
    assert result.exit_code == 2
    assert "has been made or changed by another program meanwhile" in result.output
    place.rows("CREATE VIEW best AS SELECT id FROM scores")
    result = run(RULES, place("leads"), "-o", place("scores"))
    assert result.exit_code == 2
    assert "depend on it" in result.output and "--columns" in result.output


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_names_that_the_server_would_cut(place: Place) -> None:
    leads_in(place)
    for output, prefix, what in ((place("scores"), "x" * 60, "columns"), (place("s" * 64), "", "tables")):
        result = run(RULES, place("leads"), "-o", output, "--prefix", prefix)
        assert result.exit_code == 2
        assert f"PostgreSQL cuts names of {what} after 63 bytes" in result.output


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_days_beyond_any_calendar_travel_between_databases(place: Place) -> None:
    days = ("infinity", "-infinity", "0044-03-15 (BC)", "12000-01-01", "2026-01-02")
    with duckdb.connect("far.db") as far:
        far.execute("CREATE TABLE leads (id INTEGER, day DATE, moment TIMESTAMP)")
        far.executemany("INSERT INTO leads VALUES (?, ?, ?)", [(n, day, day) for n, day in enumerate(days)])
    rules = "field id: integer\nwhen id >= 1 add 1\n"
    result = run(rules, "duckdb:///far.db?table=leads", "-o", place("scores"), "--columns", "id,day,moment")
    assert result.exit_code == 0, result.output
    found = place.rows("SELECT day::text, moment::text FROM scores ORDER BY id")
    assert [day for day, _ in found] == [day.replace("(BC)", "BC") for day in days]
    assert [moment.replace(" 00:00:00", "") for _, moment in found] == [day for day, _ in found]


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_type_spelled_otherwise_keeps_its_table(place: Place) -> None:
    place.rows("CREATE TABLE scores (id VARCHAR(20) PRIMARY KEY, clicks CLOB, score DOUBLE)")
    Path("in.csv").write_text("id,clicks,size,since\nL3,3,90.5,\n")
    result = run(RULES, "in.csv", "-o", place("scores"), "--columns", "id,clicks,score")
    assert result.exit_code == 0, result.output
    kept = place.rows("SELECT name, type, pk FROM pragma_table_info('scores')")
    assert kept == [("id", "VARCHAR(20)", 1), ("clicks", "CLOB", 0), ("score", "DOUBLE", 0)]


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_a_table_that_another_program_has_locked(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from leadrules.databases import postgresql_tables

    monkeypatch.setattr(postgresql_tables, "LOCK_WAIT", 1)
    leads_in(place)
    place.rows("CREATE TABLE scores AS SELECT * FROM leads")
    import psycopg

    with psycopg.connect(place.base) as other:
        other.execute("LOCK TABLE scores IN ACCESS EXCLUSIVE MODE")
        for leads, output in ((place("leads"), place("scores")), (place("scores"), "out.csv")):
            result = run(RULES, leads, "-o", output)
            assert result.exit_code == 2
            assert "scores` has been locked by another program" in result.output
    assert len(place.rows("SELECT * FROM scores")) == 3


def test_a_table_that_would_not_stay(place: Place) -> None:
    leads_in(place)
    result = run(RULES, place("leads"), "-o", place(f"{'pg_temp' if place.kind == 'postgresql' else 'temp'}.scores"))
    assert result.exit_code == 2
    assert "would be gone when the run ends" in result.output


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_file_that_a_killed_program_left_half_changed(place: Place) -> None:
    leads_in(place)
    half = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('PRAGMA cache_size = 2');"
        "c.executemany('INSERT INTO leads (id) VALUES (?)', (('x' * 3000,) for _ in range(300))); os._exit(1)"
    )
    file = place.base.removeprefix("sqlite:///")
    subprocess.run([sys.executable, "-c", half, file], check=False)
    assert Path(f"{file}-journal").stat().st_size
    result = run(RULES, place("leads"), "-o", "out.csv")
    assert result.exit_code == 0, result.output
    assert pl.read_csv("out.csv").height == 3


@pytest.mark.parametrize("place", ["duckdb"], indirect=True)
def test_a_stop_in_the_middle_of_a_statement(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    leads_in(place)
    from leadrules.databases import duckdb_tables

    assert run(RULES, place("leads"), "-o", place("scores")).exit_code == 0

    def long(self: Any) -> None:
        with duckdb_tables.stoppable():
            raise RuntimeError("Query interrupted")  # as DuckDB tells of Ctrl-C

    monkeypatch.setattr(duckdb_tables.DuckdbWriter, "_upsert", long)
    result = run(RULES, place("leads"), "-o", place("scores"), "--mode", "upsert", "--key", "id")
    assert result.exit_code == 130, result.output
    assert len(place.rows("SELECT * FROM scores")) == 3


def test_an_inflow_keeps_the_order_and_tells_of_what_fails() -> None:
    tables = [pa.table({"n": [place]}) for place in range(9)]
    seen: list[int] = []

    def insert(reader: pa.RecordBatchReader) -> None:
        for batch in reader:
            seen.append(batch["n"][0].as_py())
            if seen[-1] == 100:
                raise LeadsError("no more")

    flow = Inflow()
    for table in tables:
        flow.put(table, insert)
    flow.finish()
    assert seen == list(range(9))
    flow = Inflow()
    with pytest.raises(LeadsError, match="no more"):
        for table in [pa.table({"n": [100]}), *tables]:
            flow.put(table, insert)
    flow.stop()
    flow, seen[:] = Inflow(), []
    flow.put(tables[0], lambda reader: seen.append(len(reader.read_all())))
    flow.stop()
    assert seen == []


# ------------------------------------------------------------- secrets


HUSH = [
    "postgresql://u:hush@127.0.0.1:1/x?table=t",
    "postgresql://u:hush#1@127.0.0.1/x?table=t",
    "postgresql://u:hush?x@127.0.0.1/x?table=t",
    "postgresql://u:hush/x@127.0.0.1/x?table=t",
    "postgresql://u:a@hush@127.0.0.1/x?table=t",
    "postgresql://u:hush@127.0.0.1:99999/x?table=t",
    "postgresql://127.0.0.1:1/x?password=hush&no=1&table=t",
    "mysql://u:hush@127.0.0.1:1/x?table=t",
    "postgresql:/u:hush@127.0.0.1:1/x?table=t",
    "postgresql+psycopg://u:hush@127.0.0.1:1/x?table=t",
    "postgresql://u:hush@127.0.0.1:1/x",
]


@pytest.mark.parametrize("url", HUSH)
def test_no_message_has_a_password(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADRULES_TRACEBACK", "1")
    Path("own.rules").write_text(RULES)
    Path("leads.csv").write_text("id,clicks,size,since\na,1,1,\n")
    commands = [
        ["run", "own.rules", url, "--profile"],
        ["run", "own.rules", "leads.csv", "-o", url],
        ["run", "own.rules", "leads.csv", "-o", "out.csv", "--rejects", url],
        ["run", url, "leads.csv"],
        ["run", "own.rules", url, "-o", url, "--in-database"],
        ["explain", "own.rules", url, "--row", "1"],
        ["check", "own.rules", "--leads", url],
        ["check", url],
        ["diff", "own.rules", url],
        ["diff", "own.rules", "own.rules", "--leads", url],
        ["report", "own.rules", url, "-o", "report.html"],
        ["report", "own.rules", "leads.csv", "-o", url],
        ["init", url],
        ["init", "leads.csv", "-o", url],
        ["calibrate", url, "--outcome", "won"],
        ["backtest", "own.rules", url, "--outcome", "won"],
        ["sql", "own.rules", "--schema", url],
        ["test", url],
        ["fmt", url],
    ]
    for arguments in commands:
        result = command(*arguments)
        assert result.exit_code == 2, (arguments, result.output)
        assert "hush" not in result.output, (arguments, result.output)


# ------------------------------------------------------------- URLs


def test_urls_are_taken_apart() -> None:
    url = table_url("postgres://u:p%40ss@h:55/db?table=sales.leads&sslmode=require")
    assert (url.kind, url.table) == ("postgresql", ("sales", "leads"))
    assert url.address == "postgresql://u:p%40ss@h:55/db?sslmode=require"
    assert "p%40ss" not in url.shown + repr(url)
    assert table_url('duckdb:////abs/x y.db?table="a.b".c').table == ("a.b", "c")
    assert (
        table_url("sqlite:///x.db?query=SELECT 100 % 7 + 1 AS a&b FROM t;").query == "SELECT 100 % 7 + 1 AS a&b FROM t"
    )
    assert table_url("sqlite:///x.db?query=SELECT%201").query == "SELECT 1"
    assert table_url("sqlite:///x.db?table=t").address == "x.db"
    assert shown("postgresql://u:hush@h/db?table=t") == "postgresql://h/db t"
    assert shown("a.csv") == "a.csv"
    assert not is_table_url("https://example.com/leads.csv")
    assert not is_table_url("C:/leads.csv")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mysql://h/db?table=t", "leads are not read from or written to `mysql://…`"),
        ("sqlite:///x.db", "does not say which table"),
        ("sqlite:///x.db?table=t&query=SELECT 1", "names both a table and a query"),
        ("sqlite:///x.db?query= ", "has an empty query"),
        ("sqlite:///x.db?tabel=t", "has a parameter `tabel`"),
        ("duckdb://x.db?table=t", "names no file"),
        ("duckdb:///?table=t", "names no file"),
        ("duckdb:///x.db?table=a..b", "is not the name of a table"),
        ("duckdb:///x.db?table=a.", "is not the name of a table"),
        ("postgresql://u:hush@h:port/db?table=t", "is not a whole URL"),
    ],
)
def test_urls_that_are_none(text: str, words: str) -> None:
    with pytest.raises(LeadsError) as failure:
        table_url(text)
    assert words in failure.value.message
    assert "hush" not in failure.value.message
