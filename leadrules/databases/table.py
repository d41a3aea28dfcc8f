"""A table of leads as SQL sees it: its name, and its columns, each of a kind that a field can be read from.

Columns come from a live table, from its `CREATE TABLE`, or, where nothing is said, from the
ruleset: then every field has the column that it names first, of its own type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from leadrules.leads.errors import LeadsError
from leadrules.ruleset import Model

ColumnKind = Literal[
    "text", "small integer", "integer", "decimal", "double", "boolean", "date", "datetime", "zoned", "texts"
]
"""What a column holds; `zoned` is a moment with its zone, `small integer` one of at most 32 bits."""

_KINDS: Mapping[str, ColumnKind] = {
    **dict.fromkeys("CHAR NCHAR VARCHAR NVARCHAR TEXT BPCHAR NAME ENUM UUID CITEXT".split(), "text"),
    **dict.fromkeys("TINYINT UTINYINT SMALLINT USMALLINT INT MEDIUMINT SERIAL SMALLSERIAL".split(), "small integer"),
    **dict.fromkeys("BIGINT UINT UBIGINT INT128 UINT128 BIGSERIAL".split(), "integer"),
    **dict.fromkeys("DECIMAL BIGDECIMAL".split(), "decimal"),
    **dict.fromkeys("FLOAT DOUBLE".split(), "double"),
    "BOOLEAN": "boolean",
    "DATE": "date",
    **dict.fromkeys("TIMESTAMP TIMESTAMPNTZ DATETIME TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS".split(), "datetime"),
    "TIMESTAMPTZ": "zoned",
}  # fmt: skip

_KIND_OF_FIELD: Mapping[str, ColumnKind] = {
    "integer": "integer",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
}


class Declared(Protocol):
    """An open table: its columns, and their types in the database's words."""

    headers: list[str]

    @property
    def declared(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: its name as it stands, its type in the database's words, and its kind (None: nothing to read from)."""

    name: str
    type: str
    kind: ColumnKind | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table, or view, by its name in parts (`schema`, `leads`). `known` says whether these are all its columns."""

    name: tuple[str, ...]
    columns: tuple[TableColumn, ...]
    known: bool = True

    @property
    def shown(self) -> str:
        return ".".join(self.name)


def column_of(name: str, type: str, dialect: str) -> TableColumn:
    """A column by the name of its type in a dialect."""
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        data = exp.DataType.build(type, dialect=dialect)
    except SqlglotError:
        return TableColumn(name, type, None)
    return TableColumn(name, type, _kind_in(dialect, data))


def _kind_in(dialect: str, data: object) -> ColumnKind | None:
    """The kind of a type; where every whole number has 64 bits or 38 digits, none is small."""
    from sqlglot import exp

    kind = _kind(data)
    if dialect == "snowflake" and kind == "decimal" and isinstance(data, exp.DataType):
        return "decimal" if len(data.expressions) > 1 and data.expressions[1].name != "0" else "integer"
    return "integer" if kind == "small integer" and dialect in ("bigquery", "snowflake") else kind


def _kind(data: object) -> ColumnKind | None:
    from sqlglot import exp

    assert isinstance(data, exp.DataType)
    kind = data.this.name if isinstance(data.this, exp.DType) else ""
    if kind in ("ARRAY", "LIST"):
        inner = data.expressions[0] if data.expressions else None
        return "texts" if isinstance(inner, exp.DataType) and _kind(inner) == "text" else None
    return _KINDS.get(kind)


def table_from_ddl(statement: str, dialect: str, name: tuple[str, ...] | None = None) -> Table:
    """The table that a `CREATE TABLE` makes, or a bare list of columns: `id BIGINT, "Email" TEXT`.

    Raises `LeadsError` for anything else. `name` overrules the statement's own.
    """
    from sqlglot import Dialect, exp, parse_one
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.normalize_identifiers import normalize_identifiers

    bare = not statement.lstrip().lower().startswith("create")
    try:
        made = parse_one(f"CREATE TABLE leads ({statement})" if bare else statement, dialect=dialect)
    except SqlglotError as error:
        raise LeadsError(
            "the columns of the table could not be read: " + str(error).splitlines()[0].lower().rstrip("."),
            "give a CREATE TABLE statement, or columns like `id BIGINT, email TEXT`",
        ) from error
    if Dialect.get_or_raise(dialect).normalization_strategy in ("UPPERCASE", "LOWERCASE"):
        made = normalize_identifiers(made, dialect=dialect)  # what a name without quotes becomes in the database
    definitions = list(made.find_all(exp.ColumnDef))
    if not isinstance(made, exp.Create) or not definitions:
        raise LeadsError(
            "no columns were found in what should say the table's columns",
            "give a CREATE TABLE statement, or columns like `id BIGINT, email TEXT`",
        )
    columns = []
    for one in definitions:
        if one.kind is None:
            raise LeadsError(f"the column `{one.name}` has no type", "say it behind the name: `id BIGINT`")
        columns.append(TableColumn(one.name, one.kind.sql(dialect=dialect), _kind_in(dialect, one.kind)))
    table = made.find(exp.Table)
    own = tuple(part.name for part in table.parts) if table is not None and not bare else ("leads",)
    return Table(name or own, tuple(columns))


def with_name(source: Declared, name: tuple[str, ...], dialect: str) -> Table:
    """A table that is open for reading, by the name that the SQL should use."""
    return Table(name, tuple(column_of(one, source.declared[one], dialect) for one in source.headers))


def table_of_fields(model: Model, name: Sequence[str], dialect: str, types: Mapping[ColumnKind, str]) -> Table:
    """The table that a ruleset alone lets expect: for each field its first header, of the field's own type."""
    columns = []
    for position in model.read_fields:
        field = model.fields[position]
        kind: ColumnKind = _KIND_OF_FIELD.get(field.type, "text")
        columns.append(TableColumn((field.headers or (field.name,))[0], types[kind], kind))
    return Table(tuple(name), tuple(columns), known=False)
