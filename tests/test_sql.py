"""A ruleset as SQL gives the answers of the reference: in DuckDB, and in a PostgreSQL of the tests' own."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import polars as pl
import postgresql_server
import pytest
from generate import Case, cases, odd_cases
from generate.answers import by_reference, text_frame, typed_frame
from hypothesis import assume, given
from hypothesis import strategies as st
from sql_answers import PLACE, TOO_LARGE, Answered, in_duckdb, in_postgres, select_of
from sqlglot import exp, parse
from test_properties import LEADS, RULES, loaded, tried

import leadrules
from leadrules.databases.sql import terms
from leadrules.databases.sql.characters import matching, ranges_of, without
from leadrules.databases.sql.dialects import OFFERED, REFUSED, dialect_named
from leadrules.databases.sql.dialects.dialect import Dialect, mark
from leadrules.databases.sql.dialects.duckdb import NEWER
from leadrules.databases.sql.patterns import translated
from leadrules.databases.sql.refusals import CannotSay
from leadrules.databases.sql.statement import Wanted, compile_select
from leadrules.databases.table import table_from_ddl, table_of_fields
from leadrules.leads import LeadsError
from leadrules.meaning.days import today
from leadrules.meaning.text import BLANKS, fold, full_pattern, mentions, normal, trim

ROOT = Path(__file__).resolve().parent.parent
AS_OF = date(2026, 11, 2)
REASONS = st.sampled_from((3, None, 0, 1))

pytestmark = pytest.mark.filterwarnings("ignore::leadrules.frames.LeadWarning")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Any]:
    """A connection to a server of the tests' own."""
    psycopg = pytest.importorskip("psycopg")
    if postgresql_server.programs() is None:
        pytest.skip("PostgreSQL is not installed here: its SQL is held against the reference elsewhere")
    with (
        TemporaryDirectory(prefix="leadrules-", dir="/tmp") as folder,
        postgresql_server.server(Path(folder)) as url,
        psycopg.connect(
            url, password=postgresql_server.PASSWORD, autocommit=True, prepare_threshold=None
        ) as connection,
    ):
        yield connection


@pytest.fixture(params=["duckdb", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The databases whose SQL runs here; Spark's does in `test_spark.py`."""
    if request.param == "postgres":
        yield Database(dialect_named("postgres"), request.getfixturevalue("postgres"))
    else:
        with duckdb.connect() as connection:
            yield Database(dialect_named("duckdb"), connection)


class Database:
    """A dialect and a connection that speaks it."""

    def __init__(self, dialect: Dialect, connection: Any):
        self.dialect, self.connection = dialect, connection

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.connection.execute(sql).fetchall()
        return found

    def texts(self, texts: Sequence[str]) -> None:
        """A table `t` of texts `x`, numbered by `i` from 0."""
        self.connection.execute("DROP TABLE IF EXISTS t")
        self.connection.execute(f"CREATE TABLE t (i BIGINT, x {self.dialect.text_type})")
        for start in range(0, len(texts), 50_000):
            part = list(enumerate(texts))[start : start + 50_000]
            if self.dialect.glot == "duckdb":
                self.connection.register("part", pl.DataFrame(part, schema=["i", "x"], orient="row").to_arrow())
                self.connection.execute("INSERT INTO t SELECT * FROM part")
            else:
                with self.connection.cursor().copy("COPY t FROM STDIN") as copy:
                    for row in part:
                        copy.write_row(row)

    def found(self, value: exp.Expression) -> list[Any]:
        """An expression over `x` for every text."""
        sql = value.sql(dialect=self.dialect.glot, normalize_functions=False)
        return [row[0] for row in self.rows(f"SELECT {sql} FROM t ORDER BY i")]


def agrees(case: Case, leads: Sequence[dict[str, object]], answered: Answered, reasons: int | None) -> None:
    """The answers are the reference's, and so are the rejected leads, save those too large to compute with."""
    too_large = {place for place, why in answered[1] if TOO_LARGE in why}
    left = [place for place in range(len(leads)) if place not in too_large]
    expected, bads = by_reference(loaded(case), [leads[place] for place in left], case.as_of, reasons)
    assert answered[0] == expected
    assert {place for place, _ in answered[1]} - too_large == {left[place] for place, *_ in bads}


# ------------------------------------------------------------------ same answers


@tried(15)
@given(cases(RULES, LEADS), REASONS)
def test_duckdb_agrees_with_the_reference_on_typed_columns(case: Case, reasons: int | None) -> None:
    agrees(case, case.leads.typed(), in_duckdb(loaded(case), typed_frame(case.leads), case.as_of, reasons), reasons)


@tried(10)
@given(cases(RULES, LEADS), REASONS)
def test_duckdb_agrees_with_the_reference_on_columns_of_text(case: Case, reasons: int | None) -> None:
    agrees(case, case.leads.raw(), in_duckdb(loaded(case), text_frame(case.leads), case.as_of, reasons), reasons)


@tried(15)
@given(odd_cases(RULES, LEADS))
def test_duckdb_agrees_with_the_reference_on_columns_of_any_type_or_refuses_them(
    odd: tuple[Case, pl.DataFrame],
) -> None:
    case, frame = odd
    assume(pl.Object not in frame.dtypes)  # a frame of Python objects is no table
    try:
        answered = in_duckdb(loaded(case), frame, case.as_of, 3)
    except LeadsError as error:
        if "cannot be read" not in error.message:
            raise
    else:
        agrees(case, frame.to_dicts(), answered, 3)


@tried(10)
@given(cases(RULES, LEADS))
def test_the_databases_own_day_is_the_as_of_date_where_none_is_baked_in(case: Case) -> None:
    day = today()
    expected = by_reference(loaded(case), case.leads.typed(), day, 3)[0]
    answered = in_duckdb(loaded(case), typed_frame(case.leads), None, 3)[0]
    assert answered == expected or day != today()


def test_postgres_agrees_with_the_reference(postgres: Any) -> None:
    @tried(12)
    @given(cases(RULES, LEADS), REASONS, st.booleans())
    def agree(case: Case, reasons: int | None, as_text: bool) -> None:
        frame = text_frame(case.leads) if as_text else typed_frame(case.leads)
        answered = in_postgres(postgres, loaded(case), frame, case.as_of, reasons)
        agrees(case, case.leads.raw() if as_text else case.leads.typed(), answered, reasons)

    agree()


def test_postgres_takes_its_own_day(postgres: Any) -> None:
    @tried(4)
    @given(cases(RULES, LEADS))
    def agree(case: Case) -> None:
        day = today()
        answered = in_postgres(postgres, loaded(case), typed_frame(case.leads), None, 3)
        if not any(TOO_LARGE in why for _, why in answered[1]):
            assert answered[0] == by_reference(loaded(case), case.leads.typed(), day, 3)[0] or day != today()

    agree()


# ------------------------------------------------------------------------ texts


def test_every_character_is_folded_as_the_language_does(database: Database) -> None:
    # What is beyond has no case, save these few.
    points = [point for point in range(1, 0x20000) if not 0xD800 <= point <= 0xDFFF]
    points = [point for point in points if point < 0x3000 or fold(chr(point)) != chr(point)]
    texts = [normal(f"a{chr(point)}") for point in points]
    database.texts(texts)
    folded = database.found(database.dialect.folded(terms.column("x")))
    assert [text for text, found in zip(texts, folded, strict=True) if found != fold(text)] == []


def test_characters_compose_and_are_trimmed_as_the_language_does(database: Database) -> None:
    dice = random.Random(3)
    marks = "\u0300\u0301\u0302\u0308\u0323\u0327\u0345\u1161\u11a8\u3099\u0338"
    letters = "aeionsuyAEΟΩωι=<>가か각ｱ"
    texts = [
        "".join(dice.choice(some) for some in (BLANKS + "x", letters, marks, letters, marks, letters, marks, BLANKS))
        for _ in range(2000)
    ]  # fmt: skip
    database.texts([*texts, *(f"\x1c{blank}é{blank}\u200b{blank}" for blank in BLANKS)])
    found = database.found(database.dialect.trimmed(terms.column("x")))
    assert found == [normal(trim(text)) for text in [*texts, *(f"\x1c{one}é{one}\u200b{one}" for one in BLANKS)]]


def test_duckdb_knows_no_class_that_the_list_of_newer_characters_does_not_make_good() -> None:
    with duckdb.connect() as connection:
        every = [chr(point) for point in range(1, 0x110000) if not 0xD800 <= point <= 0xDFFF]
        connection.register("every", pl.DataFrame({"c": every}).to_arrow())
        for pattern in (r"\p{M}\p{Nd}", r"\p{L}\p{M}\p{Nd}", r"\p{Ll}", r"\p{Lu}\p{Lt}"):
            wanted = matching(f"[{pattern}]")
            ours = f"^[{dialect_named('duckdb').inner(pattern)}]$"
            rows = connection.execute("SELECT c FROM every WHERE REGEXP_MATCHES(c, ?)", [ours]).fetchall()
            assert ranges_of(sorted(ord(row[0]) for row in rows)) == wanted, pattern
            plain = connection.execute("SELECT c FROM every WHERE REGEXP_MATCHES(c, ?)", [f"^[{pattern}]$"]).fetchall()
            theirs = ranges_of(sorted(ord(row[0]) for row in plain))
            assert without(without(wanted, theirs), NEWER) == ()


PATTERNS = (
    "^a", "c.o", r"\d+", r"\bvp\b", "[[:alpha:]]+$", "^.{3}$", "straße|οδος", r"\w\s\w", r"^\s*$", r"\/|\.", "(?i)É",
    "[^a-z]", r"\p{Lu}", "(?:a|b)+c?$", r"\b(vp|cto|head of)\b", "(?i:Kelvin)k", "[a-z&&[^aeiou]]{2,}", r"\W\d",
    r"^\bvp", r"x\b", r"[\]\[]", "a{2}|b{1,3}?", "(?s)a.b", r"\x41\u{1F600}?", r"\A(?P<n>a|b)\z",
    r"[\w.-]+@[\w.-]+\.\w+", "-|_", r"\S+ \S+", "(?i)ſ", r"[^\x00-\x7F]", r"\pL\PL", r"[~#\-&]", "^$", "a|", r"\t|\n",
    "[İi]", "(ab)*c", r"\D{3}", r"\b-", "(?i)straße",
)  # fmt: skip
SIGNS = "aAbBcCvVpPsSkK \u212a\u017f1\u0661é\u0301É.,-_@/[]|~#\n\t\u00a0\u2003ßİıσςΣ😀ΟΔ日\ufeff"


def odd_texts() -> list[str]:
    dice = random.Random(5)
    made = ["".join(dice.choice(SIGNS) for _ in range(dice.randrange(9))) for _ in range(400)]
    return [
        *made,
        "vp",
        "the vp of",
        "vp-sales",
        "svp",
        "head of x",
        "anna@x.example",
        "straße",
        "cto",
        "x|y",
        "||",
        "vp|",
    ]


def test_patterns_match_what_they_match_in_the_language(database: Database) -> None:
    texts = odd_texts()
    database.texts(texts)
    for pattern in PATTERNS:
        for ignore_case in (False, True) if len(pattern) < 5 else (False,):
            found = database.found(
                database.dialect.found(terms.column("x"), translated(pattern, ignore_case, database.dialect))
            )
            expected = pl.Series(texts).str.contains(full_pattern(pattern, ignore_case)).to_list()
            assert found == expected, (pattern, ignore_case)


@pytest.mark.parametrize("pattern", [r"a\Bb", r"\b.a", r"(?m)^a", r"(?x)a b", r"(?-u)\w", r"a(\bb)", r"\b{start}a"])
def test_a_pattern_without_exact_words_is_refused(pattern: str) -> None:
    with pytest.raises(CannotSay, match="pattern"):
        translated(pattern, False, dialect_named("duckdb"))


def test_words_are_mentioned_where_the_language_says(database: Database) -> None:
    folded = [
        fold(normal(trim(text)))
        for text in [*odd_texts(), "|", "a|b", "a| b", "(c++)", "ac++", "a  b", "a\n b", "s||δs"]
    ]
    database.texts(folded)
    for phrase in (
        "vp",
        "c++",
        "a b",
        "|",
        "a|b",
        "1",
        "é",
        "-",
        "x|",
        "_",
        "日",
        "a-",
        "- a",
        "||",
        "σ",
        "i\u0307",
        "@",
    ):
        found = database.found(database.dialect.contains(database.dialect.marked(terms.column("x")), mark(phrase)))
        assert found == [mentions(text, phrase) for text in folded], phrase


# --------------------------------------------------------------------- the whole


@pytest.mark.parametrize("dialect", sorted({*OFFERED} - {"bigquery", "snowflake"}))
@pytest.mark.parametrize("path", sorted((ROOT / "rulesets").rglob("*.rules")), ids=lambda path: path.stem)
def test_every_shipped_ruleset_is_a_statement_that_parses(path: Path, dialect: str) -> None:
    try:
        model = leadrules.load(path, allow_outside=True).model
    except leadrules.RulesetError:
        pytest.skip("a file to include")
    words = dialect_named(dialect)
    table = table_of_fields(model, ("leads",), words.glot, words.types)
    for as_of in (AS_OF, None):
        statement = compile_select(model, table, words, as_of)
        (tree,) = parse(statement.sql(), dialect=words.glot)
        assert isinstance(tree, exp.Select)
        assert [one.alias_or_name for one in tree.expressions] == list(statement.columns)


def many(rules: int) -> leadrules.Ruleset:
    dice = random.Random(rules)
    lines = [f"field n{one} : number" for one in range(20)]
    lines += [f"when n{dice.randrange(20)} >= {dice.randrange(100)} add {dice.randrange(1, 50)}" for _ in range(rules)]
    return leadrules.loads("\n".join(lines))


def test_a_thousand_rules_run(database: Database) -> None:
    ruleset = many(1000)
    dice = random.Random(1)
    frame = pl.DataFrame({f"n{one}": [dice.random() * 100 for _ in range(40)] for one in range(20)})
    if database.dialect.glot == "duckdb":
        answers, _ = in_duckdb(ruleset, frame, AS_OF, 3)
    else:
        answers, _ = in_postgres(database.connection, ruleset, frame, AS_OF, 3)
    assert answers == by_reference(ruleset, frame.to_dicts(), AS_OF, 3)[0]


def test_more_columns_than_postgres_has_are_refused() -> None:
    with pytest.raises(LeadsError, match="columns"):
        select_of(many(1700), [(PLACE, "BIGINT"), *((f"n{one}", "FLOAT8") for one in range(20))], "postgres", AS_OF, 3)


def test_a_name_that_ends_a_comment_ends_nothing() -> None:
    ruleset = leadrules.loads(
        'field n : number\nrule `*/ SELECT 1 /* --`: when n > 1 add 5 because "it\'s */ DROP TABLE leads; --"\n'
        'label `a"b` { "\'; DROP TABLE leads; --" when n > 1 }'
    )
    answers, _ = in_duckdb(ruleset, pl.DataFrame({"n": [2.0, 0.0]}), AS_OF, 3)
    assert answers == by_reference(ruleset, [{"n": 2.0}, {"n": 0.0}], AS_OF, 3)[0]


def test_factors_that_no_short_table_holds() -> None:
    ruleset = leadrules.loads(
        "field d : date\nfield n : number\n"
        "add 1_000_000 per n fading by half every 1 year since d\nsubtract 3.33 per 7 n fading 1% every 1 day since d\n"
        "when d is known add 100 fading to zero over 1000 days since d"
    )
    days = [date(2026, 11, 2), date(2026, 11, 3), date(2020, 2, 29), date(2026, 10, 1), None, date(1, 1, 1)]
    leads = [{"d": day, "n": number} for day in days for number in (0.0, 1.0, 6.99, 1e15, 1e300, -3.0, None)]
    schema = {"d": pl.Date(), "n": pl.Float64()}
    answers, _ = in_duckdb(ruleset, pl.DataFrame(leads, schema=schema), AS_OF, 3)
    assert answers == by_reference(ruleset, leads, AS_OF, 3)[0]


# ----------------------------------------------------------------------- refusals


@pytest.mark.parametrize("name", [*sorted(REFUSED), "oracle"])
def test_a_dialect_that_is_not_offered_is_refused_by_name(name: str) -> None:
    with pytest.raises(LeadsError, match=f"`{name}` is not offered") as refused:
        dialect_named(name)
    assert "`duckdb`" in (refused.value.help or "")


def refused(text: str, columns: str, dialect: str = "duckdb") -> LeadsError:
    model = leadrules.loads(text, "inbound.rules").model
    with pytest.raises(LeadsError) as found:
        compile_select(model, table_from_ddl(columns, dialect), dialect_named(dialect), AS_OF, Wanted())
    return found.value


def test_a_column_of_a_type_that_its_field_cannot_be_read_from_is_named() -> None:
    error = refused("field n : number\nwhen n > 1 add 1", "n BOOLEAN")
    assert (
        "inbound.rules:1:7: the column `n` is of type BOOLEAN, from which the field `n`, a number, cannot"
        in error.message
    )
    assert "CAST(n AS DOUBLE)" in error.message


def test_a_missing_column_is_named_with_the_nearest() -> None:
    error = refused(
        "field visits : number\nfield n : number\nwhen visits > 1 and n > 1 add 1", "visit BIGINT, n BIGINT"
    )
    assert "the field `visits` has no column" in error.message
    assert "did you mean `visit`?" in error.message


def test_all_that_cannot_be_said_is_named_with_its_place() -> None:
    error = refused("field t : text\nwhen t matches /a\\Bb/ add 1\nwhen t matches /(?m)^x/ add 1", "t VARCHAR")
    assert "inbound.rules:2:1: the pattern uses `\\B`" in error.message
    assert "inbound.rules:3:1: the pattern uses the flag `m`" in error.message


def test_names_that_the_table_has_already_are_refused_in_any_case() -> None:
    error = refused("field n : number\nwhen n > 1 add 1", "n BIGINT, Score BIGINT")
    assert "would add `Score`" in error.message
    assert "--prefix" in (error.help or "")


def test_a_name_that_postgres_would_cut_is_refused() -> None:
    assert (
        "63 bytes"
        in refused(f"field n : number\nscore {'x' * 70} {{ when n > 1 add 1 }}", "n BIGINT", "postgres").message
    )


def test_columns_are_read_from_a_statement_or_a_list() -> None:
    table = table_from_ddl(
        'CREATE TABLE crm.leads (id BIGINT PRIMARY KEY, "E-mail" varchar(80), tags text[])', "postgres"
    )
    assert table.name == ("crm", "leads")
    assert [(one.name, one.kind) for one in table.columns] == [("id", "integer"), ("E-mail", "text"), ("tags", "texts")]
    assert table_from_ddl("a DATE, b TIMESTAMPTZ", "duckdb").columns[1].kind == "zoned"
    for wrong in ("SELECT 1", "CREATE TABLE", "", "a"):
        with pytest.raises(LeadsError):
            table_from_ddl(wrong, "duckdb")


@pytest.mark.parametrize("name", ["read", "points", "Totals"])
def test_names_of_the_table_and_its_columns_are_in_nobodys_way(name: str, database: Database) -> None:
    model = leadrules.loads("field n : number\nwhen n > 1 add 5\ntotal from 0 to 100").model
    table = table_from_ddl(
        "n DOUBLE PRECISION, value_n INTEGER, points_1 INTEGER, read INTEGER", database.dialect.glot, (name,)
    )
    database.connection.execute(f'DROP TABLE IF EXISTS "{name}"')
    database.connection.execute(f'CREATE TABLE "{name}" (n FLOAT, value_n INTEGER, points_1 INTEGER, read INTEGER)')
    database.connection.execute(f'INSERT INTO "{name}" VALUES (2, 7, 8, 9)')
    statement = compile_select(model, table, database.dialect, AS_OF, Wanted(0)).sql()
    assert database.rows(statement) == [(2, 7, 8, 9, 5.0, None, False, None)]
