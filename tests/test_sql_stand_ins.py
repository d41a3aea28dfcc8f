"""Dialects whose databases do not run here: their statements are stable, and right if the documentation is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from generate import Case, cases
from generate.answers import by_reference, text_frame, typed_frame
from hypothesis import given
from hypothesis import strategies as st
from sql_answers import PLACE, TOO_LARGE, UNSTABLE, select_of
from sqlglot import exp, parse_one
from stand_ins import STAND_INS, connected, in_duckdbs_words, in_stand_in, stable
from test_properties import LEADS, RULES, loaded, tried
from test_sql import AS_OF, PATTERNS, many, odd_texts, refused

import leadrules
from leadrules.databases.sql import terms
from leadrules.databases.sql.characters import lower_cased
from leadrules.databases.sql.dialects import dialect_named
from leadrules.databases.sql.dialects.bigquery import BigQuery, one_group
from leadrules.databases.sql.dialects.dialect import mark
from leadrules.databases.sql.patterns import translated
from leadrules.databases.sql.statement import Wanted, compile_select
from leadrules.databases.table import table_from_ddl, table_of_fields
from leadrules.leads import LeadsError
from leadrules.meaning.text import BLANKS, fold, full_pattern, mentions, normal, trim

SQL = Path(__file__).parent / "cases" / "sql"
DIALECTS = sorted(STAND_INS)

pytestmark = pytest.mark.filterwarnings("ignore::leadrules.frames.LeadWarning")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_stand_in_agrees_with_the_reference(dialect: str) -> None:
    @tried(3)
    @given(cases(RULES, LEADS), st.sampled_from((3, None, 0, 1)), st.booleans())
    def agree(case: Case, reasons: int | None, as_text: bool) -> None:
        ruleset, leads = loaded(case), case.leads.raw() if as_text else case.leads.typed()
        frame = text_frame(case.leads) if as_text else typed_frame(case.leads)
        answers, rejected = in_stand_in(dialect, ruleset, frame, case.as_of, reasons)
        odd = {place for place, why in rejected if TOO_LARGE in why or UNSTABLE in why}
        left = [place for place in range(len(leads)) if place not in odd]
        expected, bads = by_reference(ruleset, [leads[place] for place in left], case.as_of, reasons)
        assert answers == expected
        assert {place for place, _ in rejected} - odd == {left[row] for row, *_ in bads}

    agree()


class Texts:
    """A stand-in with a table of texts, over which a dialect's expressions are worked out."""

    def __init__(self, dialect: str):
        self.words = dialect_named(dialect)
        self.connection = connected(dialect)

    def found(self, texts: list[str], value: exp.Expression) -> list[Any]:
        frame = pl.DataFrame({"i": range(len(texts)), "x": texts})
        self.connection.register("t", frame.to_arrow())
        sql = value.sql(dialect=self.words.glot, normalize_functions=False)
        rows = self.connection.execute(in_duckdbs_words(f"SELECT {sql} FROM t ORDER BY i", self.words.glot)).fetchall()
        return [row[0] for row in rows]


@pytest.fixture(params=DIALECTS)
def stand_in(request: pytest.FixtureRequest) -> Iterator[Texts]:
    one = Texts(request.param)
    yield one
    one.connection.close()


def test_texts_are_folded_and_trimmed_as_the_language_does(stand_in: Texts) -> None:
    texts = [normal(f"a{char}") for char in "".join(lower_cased()) + "İKſßςΣZ"] + ["ASCII", "", "A|b"]
    assert stand_in.found(texts, stand_in.words.folded(terms.column("x"))) == [fold(text) for text in texts]
    texts = [f"{blank}\x1cé\u200b{blank}" for blank in BLANKS]
    assert stand_in.found(texts, stand_in.words.trimmed(terms.column("x"))) == ["\x1cé\u200b"] * len(BLANKS)


def test_patterns_and_words_are_found_where_the_language_says(stand_in: Texts) -> None:
    texts = odd_texts()
    for pattern in PATTERNS[::4]:
        value = stand_in.words.found(terms.column("x"), translated(pattern, False, stand_in.words))
        expected = pl.Series(texts).str.contains(full_pattern(pattern, False)).to_list()
        assert stand_in.found(texts, value) == expected, pattern
    folded = [fold(normal(trim(text))) for text in [*texts, "|", "a| b", "(c++)", "a  b", "a\n b", "s||δs"]]
    marked = stand_in.words.marked(terms.column("x"))
    for phrase in ("vp", "c++", "a b", "|", "é", "-", "日", "||", "σ", "@"):
        found = stand_in.found(folded, stand_in.words.contains(marked.copy(), mark(phrase)))
        assert found == [mentions(text, phrase) for text in folded], phrase


@pytest.mark.parametrize(
    ("pattern", "group", "one"),
    [
        (r"^(a)(?:b)([(])\((c)$", 2, r"^(?:a)(?:b)([(])\((?:c)$"),
        (r"([^)(\]]+)-(x)", 1, r"([^)(\]]+)-(?:x)"),
        (r"([^)(\]]+)-(x)", 2, r"(?:[^)(\]]+)-(x)"),
    ],
)
def test_one_group_of_a_pattern_is_captured(pattern: str, group: int, one: str) -> None:
    assert one_group(pattern, group) == one


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_small_ruleset_is_written_so(dialect: str, update: bool) -> None:
    model, words = leadrules.load(SQL / "small.rules").model, dialect_named(dialect)
    written = compile_select(
        model, table_of_fields(model, ("crm", "leads"), words.glot, words.types), words, None
    ).sql()
    stable(written, dialect)
    golden = SQL / f"{dialect}.sql"
    if update:
        golden.write_text(written + ";\n")
    assert written + ";\n" == golden.read_text()


def test_a_statement_that_bigquery_would_not_take_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BigQuery, "longest_statement", 4_000)
    with pytest.raises(LeadsError, match="bytes, and BigQuery takes 4,000 at most") as found:
        select_of(many(20), [(PLACE, "INT64"), *((f"n{one}", "FLOAT64") for one in range(20))], "bigquery", AS_OF, 3)
    assert "--reasons 0" in (found.value.help or "")


def test_columns_are_called_as_bigquery_can_call_them() -> None:
    model = leadrules.loads(
        "field email.clicks : integer\nframework BANT { need when email.clicks > 3 }\nwhen email.clicks > 3 add 5"
    ).model
    words = dialect_named("bigquery")
    statement = compile_select(model, table_of_fields(model, ("leads",), words.glot, words.types), words, AS_OF)
    assert statement.columns[-5:] == ("BANT_met", "BANT_open", "BANT_ask", "reasons", "reject_reason")
    assert "CAST(`email_clicks` AS FLOAT64)" in statement.sql()
    both = 'framework BANT { need when n > 3 }\nlabel BANT_met { "x" when n > 1 }\nfield n : integer'
    assert "two columns would be called `BANT_met`" in refused(both, "n INT64", "bigquery").message


def test_a_window_that_could_leave_bigquerys_days_is_refused() -> None:
    model = leadrules.loads("field d : date\nwhen d in last 2500 years add 5").model
    table, words = table_from_ddl("d DATE", "bigquery"), dialect_named("bigquery")
    assert compile_select(model, table, words, AS_OF, Wanted()).sql()
    with pytest.raises(LeadsError, match="no day before the year 1"):
        compile_select(model, table, words, None, Wanted())


def test_databricks_reads_sparks_statement_as_it_stands() -> None:
    model, words = leadrules.load(SQL / "small.rules").model, dialect_named("databricks")
    statement = compile_select(model, table_of_fields(model, ("leads",), words.glot, words.types), words, None)
    assert isinstance(parse_one(statement.sql(), dialect="databricks"), exp.Select)
    assert statement.tree.sql(dialect="databricks", pretty=True, normalize_functions=False) == statement.sql()


def test_names_without_quotes_are_in_capitals_in_snowflake() -> None:
    model = leadrules.loads('field n : number from "N of"\nwhen n > 1 add 5\nlabel `a b` { "x" when n > 2 }').model
    words = dialect_named("snowflake")
    table = table_from_ddl('CREATE TABLE crm.leads (id INT, "N of" FLOAT, "id" INT)', "snowflake")
    statement = compile_select(model, table, words, AS_OF)
    assert statement.columns[:6] == ("ID", "N of", "id", "SCORE", "STAGE", "DISQUALIFIED")
    assert "a b" in statement.columns
    assert 'FROM "CRM"."LEADS"' in statement.sql()
    assert str(words.table_part('"Leads"')) == '"Leads"'
    assert table_from_ddl("Id INT, Email TEXT", "postgres").columns[0].name == "id"
