"""`leadrules sql` and `run --in-database` as a user meets them: files, tables, messages, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from leadrules.cli import main

RULES = """
ruleset "Inbound" version "3"
field email  : email
field title  : text from "Job Title"
field clicks : integer between 0 and 100
exclude if email at "own.example" because "One of us"
when title mentions "cto" add 50 because "{{ a chief }}"
add 2 per clicks at most 20
stage Lead
stage MQL at 60
"""
LEADS = """
CREATE TABLE leads (id INTEGER, email VARCHAR, "Job Title" VARCHAR, clicks INTEGER, size DECIMAL(6, 2));
INSERT INTO leads VALUES
  (1, 'a@x.example', 'CTO', 7, 1.50), (2, 'b@own.example', NULL, 1, NULL), (3, 'c@x.example', 'Clerk', 500, 2),
  (4, NULL, 'cto', NULL, 3)
"""
TABLE, SCORES = "duckdb:///own.db?table=leads", "duckdb:///own.db?table=scores"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inbound.rules").write_text(RULES)
    rows(LEADS)
    return tmp_path


def exit_code(arguments: list[str]) -> int:
    try:
        return main.exit_code(arguments)
    except SystemExit as left:
        return int(left.code or 0)


def rows(sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect("own.db") as connection:
        return connection.execute(sql).fetchall()


def test_the_database_scores_as_a_run_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["run", "inbound.rules", TABLE, "-o", SCORES, "--as-of", "2026-11-02", "--in-database"]) == 1
    said = capsys.readouterr().err
    assert "Inbound 3" in said
    assert "4 leads read: 2 scored, 1 excluded, 1 rejected (see scores.rejects.csv)" in said
    assert exit_code(["run", "inbound.rules", TABLE, "-o", SCORES + "_by_run", "--as-of", "2026-11-02"]) == 1
    assert rows("FROM scores ORDER BY id") == rows("FROM scores_by_run ORDER BY id")
    assert rows("DESCRIBE scores") == rows("DESCRIBE scores_by_run")
    rejected = Path("scores.rejects.csv").read_text().splitlines()
    assert rejected == Path("scores_by_run.rejects.csv").read_text().splitlines()
    assert rejected[1] == "3,clicks,500,`500` is not between 0 and 100,3,c@x.example,Clerk,500,2.00"
    assert said.replace("scores", "scores_by_run") == capsys.readouterr().err


def test_tables_called_as_ours_and_files_of_the_run_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    rows("CREATE TABLE leadrules_scored AS FROM leads")
    given = ["run", "inbound.rules", TABLE, "--in-database", "--max-rejects", "1"]
    assert exit_code([*given, "-o", "duckdb:///./own.db?table=leadrules_scored"]) == 0
    assert rows("SELECT stage FROM leadrules_scored ORDER BY id") == [("MQL",), ("excluded",), ("Lead",)]
    for file in ("own.db", "inbound.rules"):
        assert exit_code([*given, "-o", SCORES, "--rejects", file]) == 2
        assert "is used by this run already" in capsys.readouterr().err
    assert Path("inbound.rules").read_text() == RULES


def test_columns_of_an_earlier_run_are_replaced_there_too() -> None:
    given = ["run", "inbound.rules", "-o", SCORES, "--max-rejects", "1", "--replace", "--stamp", "--columns"]
    rows("ALTER TABLE leads ADD COLUMN score INTEGER")
    wanted = [(1, 64.0, "Inbound", "3"), (2, None, "Inbound", "3"), (4, 50.0, "Inbound", "3")]
    for there in ([], ["--in-database"]):
        assert exit_code([*given, "id,score,ruleset,ruleset_version", TABLE, *there]) == 0
        assert rows("FROM scores ORDER BY id") == wanted
        assert Path("scores.rejects.csv").read_text().splitlines()[1].endswith(",500,2.00,")


def test_chosen_columns_prefix_and_mode() -> None:
    given = ["run", "inbound.rules", TABLE, "-o", SCORES, "--in-database", "--max-rejects", "1", "--prefix", "lead_"]
    assert exit_code([*given, "--columns", "lead_score,id"]) == 0
    assert exit_code([*given, "--columns", "lead_score,id", "--mode", "append"]) == 0
    assert rows("FROM scores ORDER BY id, lead_score") == [(64.0, 1)] * 2 + [(None, 2)] * 2 + [(50.0, 4)] * 2
    assert exit_code([*given, "--columns", "lead_score,id", "--mode", "upsert", "--key", "id"]) == 0
    assert [name for name, *_ in rows("DESCRIBE scores")] == ["lead_score", "id"]


def test_a_query_in_place_of_a_table() -> None:
    query = "duckdb:///own.db?query=SELECT * FROM leads WHERE id < 3"
    assert exit_code(["run", "inbound.rules", query, "-o", SCORES, "--in-database"]) == 0
    assert rows("SELECT id, stage FROM scores ORDER BY id") == [(1, "MQL"), (2, "excluded")]


@pytest.mark.parametrize(
    ("leads", "output", "more", "said"),
    [
        ("leads.csv", SCORES, [], "needs tables: LEADS is `leads.csv`"),
        (TABLE, "-", [], "needs tables: OUT is `-`"),
        (TABLE, "duckdb:///other.db?table=scores", [], "are in two"),
        ("sqlite:///own.db?table=leads", "sqlite:///own.db?table=scores", [], "`sqlite` is not offered"),
        ("duckdb:///own.db?table=lead", SCORES, [], "there is no table `lead`"),
        (TABLE, SCORES, ["--profile"], "`--profile` has no meaning with `--in-database`"),
        (TABLE, SCORES, ["--columns", "scor"], "did you mean `score`?"),
    ],
)
def test_what_cannot_be_done_is_said_and_writes_nothing(
    leads: str, output: str, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["run", "inbound.rules", leads, "-o", output, "--in-database", *more]) == 2
    assert said in capsys.readouterr().err
    assert [name for (name,) in rows("SELECT table_name FROM duckdb_tables()")] == ["leads"]
    assert not Path("other.db").exists()


def test_a_failure_while_it_runs_leaves_the_table_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    rows("CREATE TABLE scores AS SELECT 1 AS id, 'old' AS stage")
    broken = "duckdb:///own.db?query=SELECT * REPLACE (CAST(email || 'x' AS INTEGER) :: VARCHAR AS email) FROM leads"
    assert exit_code(["run", "inbound.rules", broken, "-o", SCORES, "--in-database"]) == 2
    assert "refused to write" in capsys.readouterr().err
    assert rows("FROM scores") == [(1, "old")]


# -------------------------------------------------------------------------- sql


def test_the_statement_runs_as_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["sql", "inbound.rules", "--schema", TABLE, "--as-of", "2026-11-02"]) == 0
    statement = capsys.readouterr().out
    assert statement.startswith("WITH ")
    assert "/* {{ a chief }} */" in statement
    found = rows(f"SELECT id, score, stage, reasons, reject_reason FROM ({statement.rstrip().rstrip(';')}) ORDER BY id")
    assert found == [
        (1, 64.0, "MQL", "+50 {{ a chief }}; +14 per clicks", None),
        (2, None, "excluded", "One of us", None),
        (3, None, None, None, "`clicks` is not between 0 and 100"),
        (4, 50.0, "Lead", "+50 {{ a chief }}", None),
    ]


def test_a_schema_from_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("leads.sql").write_text('CREATE TABLE crm.leads (id BIGINT, email TEXT, "Job Title" TEXT, clicks BIGINT)')
    assert exit_code(["sql", "inbound.rules", "--schema", "leads.sql", "--dialect", "postgres"]) == 0
    said = capsys.readouterr().out
    assert 'FROM "crm"."leads"' in said
    assert "NOW() AT TIME ZONE 'UTC'" not in said.partition("SELECT")[0]


def test_a_statement_longer_than_snowflake_advises_is_written_with_a_warning(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadrules.databases.sql.dialects.snowflake.Snowflake.advised_statement", 1000)
    assert exit_code(["sql", "inbound.rules", "--dialect", "snowflake"]) == 0
    said = capsys.readouterr()
    assert 'FROM "LEADS"' in said.out
    assert "above 1,000 Snowflake runs it" in said.err


def test_a_dbt_model_and_its_description() -> None:
    assert exit_code(["sql", "inbound.rules", "--dialect", "duckdb", "--dbt", "-o", "lead_scores.sql"]) == 0
    model = Path("lead_scores.sql").read_text()
    assert model.startswith("{{ config(materialized='table') }}\n\nWITH ")
    assert "FROM {{ ref('leads') }}{% raw %}\n" in model
    assert model.rstrip().endswith("{% endraw %}")
    assert ";" not in model.splitlines()[-1]
    described = Path("lead_scores.yml").read_text()
    names = [json.loads(line.partition(": ")[2]) for line in described.splitlines() if line.startswith("      - name:")]
    assert names == ["email", "Job Title", "clicks", "score", "stage", "disqualified", "reasons", "reject_reason"]
    given = ["--dialect", "snowflake", "--dbt", "--prefix", "lead_", "-o", "lead_scores.sql"]
    assert exit_code(["sql", "inbound.rules", *given]) == 0
    assert '- name: "LEAD_SCORE"\n        description: "The total' in Path("lead_scores.yml").read_text()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "say whose SQL"),
        (["--dialect", "redshift"], "`redshift` is not offered"),
        (["--dialect", "duckdb", "--dbt"], "name the model with -o"),
        (["--dialect", "duckdb", "--as-of", "today"], "is not a date like"),
        (["--dialect", "postgres", "--schema", TABLE], "leave one of them out"),
        (["--dialect", "duckdb", "--schema", "nowhere.sql"], "there is no file `nowhere.sql`"),
        (["--schema", "duckdb:///nowhere.db?table=leads"], "there is no file `nowhere.db`"),
    ],
)
def test_what_sql_cannot_do_is_said(more: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["sql", "inbound.rules", *more]) == 2
    assert said in capsys.readouterr().err
