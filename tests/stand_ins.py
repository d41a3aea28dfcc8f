"""Databases that do not run here, stood in for by DuckDB: each of their functions does there as is documented of it.

A statement is parsed in its own dialect, but without sqlglot's ideas of functions: a call keeps its name, for which
there is a function of DuckDB's that does the same, or a macro. What is no call (`CASE`, casts, operators) is SQL that
both have. Where the database would end the query, its stand-in does too; whole numbers are as wide as theirs.

What this proves is that the statement means the right thing if the documentation is right. It does not prove that the
database does as documented, nor that it takes a statement of that size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import duckdb
import polars as pl
from sql_answers import PLACE, Answered, answers_of, select_of
from sqlglot import exp, parse_one
from sqlglot.dialects import BigQuery, Snowflake
from sqlglot.parser import Parser
from sqlglot.parsers.bigquery import BigQueryParser
from sqlglot.parsers.snowflake import SnowflakeParser

import leadrules
from leadrules.databases.sql.dialects import dialect_named
from leadrules.databases.sql.dialects.bigquery import one_group
from leadrules.databases.sql.statement import added_names

_RANGE = "BETWEEN TIMESTAMP '0001-01-01' AND TIMESTAMP '9999-12-31 23:59:59.999999'"


def _with(value: str) -> str:
    """A value of two arguments that are worked out once, however often `x` and `y` stand in it."""
    return f"LIST_TRANSFORM([{{'x': x, 'y': y}}], lambda two: {value.replace('$', 'two.')})[1]"


def _failing(value: str, unless: str, why: str) -> str:
    return f"CASE WHEN {unless} IS FALSE THEN error('{why}') ELSE {value} END"


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_BOTH_CALLS: Mapping[str, str] = _same(
    "ABS", "FLOOR", "TRUNC", "COALESCE", "NULLIF", "UPPER", "REPLACE", "TRANSLATE", "RTRIM", "LAST_DAY", "TRIM",
    "SUBSTR", "ARRAY",
)  # fmt: skip
_BOTH_MACROS: Mapping[str, str] = {
    # No text with other letters may depend on it.
    "lower(x)": "TRANSLATE(x, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')",
    "collate(x, y)": _failing("x", "y = ''", "a collation should be taken off only"),
    "rpad(x, y, z)": "RPAD(x, CAST(y AS INTEGER), z)",
    "lpad(x, y, z)": "LPAD(x, CAST(y AS INTEGER), z)",
    "least(x, y)": _with("CASE WHEN $x IS NOT NULL AND $y IS NOT NULL THEN LEAST($x, $y) END"),
    "greatest(x, y)": _with("CASE WHEN $x IS NOT NULL AND $y IS NOT NULL THEN GREATEST($x, $y) END"),
    "mod(x, y)": "x % y",
    "over(x, y)": _failing("x / y", "y <> 0", "division by zero"),
}
_BIGQUERY_CALLS: Mapping[str, str] = {
    **_BOTH_CALLS,
    **_same("STARTS_WITH", "ENDS_WITH", "ARRAY_TO_STRING"),
    "BYTE_LENGTH": "STRLEN", "CHAR_LENGTH": "LENGTH", "INSTR": "STRPOS", "REGEXP_CONTAINS": "REGEXP_MATCHES",
    "ARRAY_LENGTH": "LEN", "SPLIT": "STRING_SPLIT", "IS_NAN": "ISNAN", "DATE": "MAKE_DATE",
}  # fmt: skip

# Of a pattern, what is left when escapes, classes and `(?` are taken away is `(` for each group that captures.
_GROUPS = r"""REGEXP_REPLACE(y, '\\.|\[[^\]]*\]|\(\?|[^(]', '', 'gs')"""


def _finite(sign: str) -> str:
    computed = f"(CAST($x AS DOUBLE) {sign} $y)"
    return _with(f"CASE WHEN $y <> 0 OR '{sign}' <> '/' THEN CASE WHEN ISFINITE({computed}) THEN {computed} END END")


_BIGQUERY_MACROS: Mapping[str, str] = {
    **_BOTH_MACROS,
    "normalize(x, y)": "NFC_NORMALIZE(x)",
    "regexp_replace(x, y, z)": "REGEXP_REPLACE(x, y, z, 'g')",
    "regexp_extract(x, y)": _failing("REGEXP_EXTRACT(x, y, 1)", f"{_GROUPS} = '('", "not one capturing group"),
    "div(x, y)": _failing("x // y", "y <> 0", "division by zero"),
    "safe_add(x, y)": _finite("+"),
    "safe_subtract(x, y)": _finite("-"),
    "safe_multiply(x, y)": _finite("*"),
    "safe_divide(x, y)": _finite("/"),
    "current_date(x)": "CAST(NOW() AT TIME ZONE x AS DATE)",
    "datetime(x, y)": "x AT TIME ZONE y",
    "date_diff(x, y, z)": "x - y",
    "date_add(x, y)": f"CAST({_failing('x + y', f'x + y {_RANGE}', 'out of range')} AS DATE)",
    "datetime_add(x, y)": _failing("x + y", f"x + y {_RANGE}", "out of range"),
}


_SNOWFLAKE_CALLS: Mapping[str, str] = {
    **_BOTH_CALLS,
    **_same("CONTAINS", "LENGTH", "ARRAY_TO_STRING", "OCTET_LENGTH"),
    "STARTSWITH": "STARTS_WITH", "ENDSWITH": "ENDS_WITH", "OCTET_LENGTH": "STRLEN", "SPLIT": "STRING_SPLIT",
    "ARRAY_SIZE": "LEN", "FILTER": "LIST_FILTER", "TRANSFORM": "LIST_TRANSFORM",
    "ARRAYS_OVERLAP": "LIST_HAS_ANY",
}  # fmt: skip
_SNOWFLAKE_MACROS: Mapping[str, str] = {
    **_BOTH_MACROS,
    "hex_decode_string(x)": "CHR(CAST(x AS INTEGER))",
    "regexp_like(x, y, z)": _failing("REGEXP_FULL_MATCH(x, y, 's')", "z = 's'", "another flag"),
    "regexp_replace(x, y, z)": "REGEXP_REPLACE(x, y, z, 'g')",
    "regexp_substr(x, y)": "CASE WHEN REGEXP_MATCHES(x, y) THEN REGEXP_EXTRACT(x, y, 1) END",
    "try_to_double(x)": "TRY_CAST(x AS DOUBLE)",
    "split_part(x, y, z)": "SPLIT_PART(x, y, CAST(z AS BIGINT))",
    "date_from_parts(x, y, z)": "MAKE_DATE(CAST(x AS BIGINT), CAST(y AS BIGINT), CAST(z AS BIGINT))",
    "sysdate()": "NOW() AT TIME ZONE 'UTC'",
    "convert_timezone(x, y)": "y AT TIME ZONE x",
    "datediff_day(x, y)": "y - x",
    "dateadd_day(x, y)": "CAST(y + INTERVAL (x) DAY AS DATE)",
    "dateadd_month(x, y)": "CAST(y + INTERVAL (x) MONTH AS DATE)",
    "dateadd_year(x, y)": "CAST(y + INTERVAL (x) YEAR AS DATE)",
    "dateadd_second(x, y)": "y + INTERVAL (CAST(x AS BIGINT)) SECOND",
    "dateadd_microsecond(x, y)": "y + INTERVAL (CAST(x AS BIGINT)) MICROSECOND",
    "array_sort(x, y)": _failing("LIST_REVERSE_SORT(x)", "y = FALSE", "rising"),
    "array_slice(x, y, z)": "LIST_SLICE(x, y + 1, z)",
    "get(x, y)": "x[CAST(y AS BIGINT) + 1]",
    "even(x, y)": _failing("x // y", "x % y = 0", "a quotient would be rounded"),
}


def _only(parser: type[Parser], *names: str) -> Mapping[str, object]:
    return {name: parser.FUNCTION_PARSERS[name] for name in names}


class _BigQueryParser(BigQueryParser):
    FUNCTIONS: ClassVar[Mapping[str, object]] = {}
    FUNCTION_PARSERS: ClassVar[Mapping[str, object]] = _only(BigQueryParser, "CAST", "SAFE_CAST", "EXTRACT")
    NO_PAREN_FUNCTIONS: ClassVar[Mapping[object, object]] = {}


class PlainBigQuery(BigQuery):
    """BigQuery's grammar without its functions."""

    Parser = _BigQueryParser


class _SnowflakeParser(SnowflakeParser):
    FUNCTIONS: ClassVar[Mapping[str, object]] = {}
    FUNCTION_PARSERS: ClassVar[Mapping[str, object]] = {
        name: SnowflakeParser.FUNCTION_PARSERS[name] for name in ("CAST", "EXTRACT")
    }
    NO_PAREN_FUNCTIONS: ClassVar[Mapping[object, object]] = {}


class PlainSnowflake(Snowflake):
    """Snowflake's grammar without its functions."""

    Parser = _SnowflakeParser


@dataclass(frozen=True)
class StandIn:
    """How a dialect is stood in for: its grammar, its functions, and the types of a frame's columns in its words."""

    grammar: type
    calls: Mapping[str, str]
    """Functions that DuckDB has too, and what it calls them."""
    macros: Mapping[str, str]
    columns: Mapping[pl.DataType, str]
    types: Mapping[exp.DType, str]
    """Its types as DuckDB calls them, where sqlglot would not know."""


STAND_INS: Mapping[str, StandIn] = {
    "bigquery": StandIn(
        PlainBigQuery,
        _BIGQUERY_CALLS,
        _BIGQUERY_MACROS,
        {
            pl.Int64(): "INT64", pl.UInt32(): "INT64", pl.Float64(): "FLOAT64", pl.Boolean(): "BOOL",
            pl.Date(): "DATE", pl.Datetime("us", "UTC"): "TIMESTAMP", pl.Datetime("us"): "DATETIME",
            pl.String(): "STRING", pl.List(pl.String()): "ARRAY<STRING>",
        },
        {exp.DType.BIGDECIMAL: "HUGEINT"},
    ),
    "snowflake": StandIn(
        PlainSnowflake,
        _SNOWFLAKE_CALLS,
        _SNOWFLAKE_MACROS,
        {
            pl.Int64(): "NUMBER(38, 0)", pl.UInt32(): "NUMBER", pl.Float64(): "FLOAT", pl.Boolean(): "BOOLEAN",
            pl.Date(): "DATE", pl.Datetime("us", "UTC"): "TIMESTAMP_TZ", pl.Datetime("us"): "TIMESTAMP_NTZ",
            pl.String(): "VARCHAR(200)", pl.List(pl.String()): "ARRAY(VARCHAR)",
        },
        {exp.DType.DECIMAL: "HUGEINT"},
    ),
}  # fmt: skip


def in_duckdbs_words(sql: str, dialect: str) -> str:
    """A statement of a dialect as DuckDB runs it, its functions called by their prefixed names."""
    stand_in = STAND_INS[dialect]
    tree = parse_one(sql, dialect=stand_in.grammar)

    for node in reversed(list(tree.walk())):
        told = _told(node, stand_in)
        if told is not node:
            node.replace(told)
    return tree.sql(dialect="duckdb", normalize_functions=False)


def _told(node: exp.Expression, stand_in: StandIn) -> exp.Expression:
    """A node in DuckDB's words; what is below it has been told."""
    match node:
        case exp.Anonymous(this="ARRAY"):
            return _listed(node.expressions[0])
        case exp.Exists():
            return exp.GT(
                this=exp.Anonymous(this="LEN", expressions=[_listed(node.this)]), expression=exp.Literal.number(0)
            )
        case exp.Anonymous(this="ARRAY_CONSTRUCT_COMPACT"):
            known = exp.Not(this=exp.Is(this=exp.column("item"), expression=exp.null()))
            items = exp.Array(expressions=node.expressions)
            return exp.Anonymous(
                this="LIST_FILTER", expressions=[items, exp.Lambda(this=known, expressions=[exp.to_identifier("item")])]
            )
        case exp.Anonymous(this="DATEADD" | "DATEDIFF"):
            unit, *arguments = node.expressions
            return exp.Anonymous(this=f"their_{node.name.lower()}_{unit.name.lower()}", expressions=arguments)
        case exp.Anonymous(this="DATE_PART"):
            return exp.Extract(this=exp.Var(this=node.expressions[0].name), expression=node.expressions[1])
        case exp.Anonymous(this="REGEXP_SUBSTR"):  # of whose groups DuckDB would count nine
            value, pattern, *_, group = node.expressions
            group = int(group.this.name)
            pattern = exp.Literal.string(one_group(pattern.name, group))
            return exp.Anonymous(this="their_regexp_substr", expressions=[value, pattern])
        case exp.Cast() if node.to.this == exp.DType.ARRAY:
            return node.this
        case exp.Cast() if node.to.sql() == "HUGEINT" and node.this.name == "their_over":
            even = exp.Anonymous(this="their_even", expressions=node.this.expressions)
            return exp.Cast(this=even, to=node.to.copy())
        case exp.Anonymous():
            name = stand_in.calls.get(node.name, f"their_{node.name.lower()}")
            return exp.Anonymous(this=name, expressions=node.expressions)
        case exp.Div():
            return exp.Anonymous(this="their_over", expressions=[node.this, node.expression])
        case exp.Literal() if not node.is_string and node.is_int and not isinstance(node.parent, exp.Limit):
            return exp.Cast(this=node.copy(), to=exp.DataType.build("HUGEINT" if len(node.name) > 18 else "BIGINT"))
        case exp.DataType() if node.this in stand_in.types:
            return exp.DataType.build(stand_in.types[node.this], dialect="duckdb", udt=True)
        case exp.Bracket() if node.args.get("offset") is not None:
            (place,) = node.expressions
            moved = exp.Add(this=exp.Paren(this=place), expression=exp.Literal.number(1 - node.args["offset"]))
            return exp.Bracket(this=node.this, expressions=[moved], offset=1)
    return node


def _listed(select: exp.Expression) -> exp.Expression:
    """A subquery over a list's items as functions of lists, which DuckDB plans far sooner than subqueries of rows."""
    rows = select.find(exp.Unnest)
    assert isinstance(select, exp.Select) and rows is not None
    assert {key for key, value in select.args.items() if value} <= {"expressions", "from_", "where", "order", "limit"}
    item = rows.args["alias"].columns[0]
    value = rows.expressions[0]

    def each(function: str, of: exp.Expression) -> exp.Expression:
        return exp.Anonymous(this=function, expressions=[value, exp.Lambda(this=of, expressions=[item.copy()])])

    if where := select.args.get("where"):
        value = each("LIST_FILTER", where.this)
    if order := select.args.get("order"):
        (key,) = order.expressions
        assert key.args["desc"] and key.this.name == item.name, "only the largest items first"
        value = exp.Anonymous(this="LIST_REVERSE_SORT", expressions=[value])
    if limit := select.args.get("limit"):
        value = exp.Anonymous(this="LIST_SLICE", expressions=[value, exp.Literal.number(1), limit.expression])
    return each("LIST_TRANSFORM", select.expressions[0])


def stable(sql: str, dialect: str) -> None:
    """The statement is one of its dialect, and what sqlglot makes of it, printed and parsed again, is the same."""
    tree = parse_one(sql, dialect=dialect)
    assert isinstance(tree, exp.Select)
    assert parse_one(tree.sql(dialect=dialect), dialect=dialect) == tree


def connected(dialect: str) -> duckdb.DuckDBPyConnection:
    """A DuckDB that has the functions of a dialect."""
    connection = duckdb.connect()
    connection.execute("SET timezone = 'Asia/Tokyo'")
    for call, body in STAND_INS[dialect].macros.items():
        connection.execute(f"CREATE MACRO their_{call} AS {body}")
    return connection


def in_stand_in(
    dialect: str, ruleset: leadrules.Ruleset, leads: pl.DataFrame, as_of: date | None, reasons: int | None
) -> Answered:
    """What a dialect's statement says of leads, in columns that are called as the dialect would have them."""
    leads = leads.with_row_index(PLACE)
    columns = [(name, STAND_INS[dialect].columns[dtype]) for name, dtype in leads.schema.items()]
    sql = select_of(ruleset, columns, dialect, as_of, reasons, known=False)
    stable(sql, dialect)
    leads = leads.rename(dialect_named(dialect).column_name)
    with connected(dialect) as connection:
        connection.register("frame", leads.to_arrow())
        connection.execute("CREATE TABLE leads AS SELECT * FROM frame")
        found = connection.execute(in_duckdbs_words(sql, dialect)).fetchall()
    return answers_of([PLACE, *added_names(ruleset.model, reasons)], found)
