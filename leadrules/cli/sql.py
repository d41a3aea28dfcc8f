"""`leadrules sql`: a ruleset as one SELECT."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from leadrules.cli.types import CountOrAll, DayOrCurrent, Names

if TYPE_CHECKING:
    from leadrules.databases.sql.dialects.dialect import Dialect
    from leadrules.databases.table import Table
    from leadrules.ruleset import Model

EXAMPLE = """
\b
Example:
  leadrules sql inbound.rules --schema "duckdb:///sales.db?table=leads" -o scores.sql
  leadrules sql inbound.rules --dialect postgres --table crm.leads --as-of 2026-11-02
  leadrules sql inbound.rules --dialect duckdb --dbt -o models/lead_scores.sql
  leadrules sql inbound.rules --dialect bigquery --table crm.leads -o scores.sql
"""


@click.command(epilog=EXAMPLE)
@click.argument("rules", type=click.Path())
@click.option(
    "--dialect",
    help="Whose SQL: duckdb, postgres, spark, bigquery, snowflake or databricks; that of SCHEMA where it is a URL.",
)
@click.option("--table", help="The table of leads, such as leads or crm.leads; that of SCHEMA unless said.")
@click.option("--schema", help="The table's columns: its URL, or a file with its CREATE TABLE.")
@click.option(
    "--as-of",
    "as_of",
    type=DayOrCurrent(),
    default="current",
    show_default=True,
    help="The date to score for; `current` is the database's own, in UTC, whenever the SELECT runs.",
)
@click.option(
    "--reasons", type=CountOrAll("K|all"), default="3", show_default=True, help="How many reasons each lead gets."
)
@click.option("--columns", type=Names(), help="Which columns come out, in this order.")
@click.option("--prefix", default="", help="What the names of the added columns begin with.")
@click.option("--replace", is_flag=True, help="Leave out the table's columns of an earlier run.")
@click.option("--dbt", is_flag=True, help="Write a dbt model to OUT, and its description beside it.")
@click.option("-o", "--output", metavar="OUT", default="-", help="Where to write; standard output unless said.")
@click.option("--allow-outside", is_flag=True, help="Let includes leave the folder of RULES.")
def sql(
    rules: str,
    dialect: str | None,
    table: str | None,
    schema: str | None,
    as_of: date | None,
    reasons: int | None,
    columns: list[str] | None,
    prefix: str,
    replace: bool,
    dbt: bool,
    output: str,
    allow_outside: bool,
) -> None:
    """Write the ruleset in RULES as one SELECT.

    The SELECT gives the table's own columns, all those that `leadrules run` adds, and
    `reject_reason`, which says why a lead could not be scored. Without a SCHEMA, every
    field is expected in the column that it names first, in the field's own type.
    """
    from leadrules.cli.rulesets import load_or_exit

    if dbt and (output == "-" or not output.endswith(".sql")):
        raise click.UsageError("`--dbt` writes two files: name the model with -o, such as `-o models/lead_scores.sql`")
    model, files = load_or_exit(rules, allow_outside=allow_outside)

    from leadrules.databases.dbt import described, jinja, model_text
    from leadrules.databases.sql.statement import Wanted, compile_select
    from leadrules.leads.output import OutputFile

    words, known = _table(model, dialect, table, schema)
    wanted = Wanted(reasons, columns, prefix, replace)
    statement = compile_select(model, known, words, as_of, wanted, jinja(known) if dbt else None)
    text = statement.sql() + ("\n" if dbt else ";\n")
    if words.advised_statement is not None and len(text.encode()) > words.advised_statement:
        click.echo(
            f"warning: the statement has {len(text.encode()):,} bytes; above {words.advised_statement:,} "
            f"{words.name} runs it, but cannot show it whole or run it again from its history",
            err=True,
        )
        click.echo("  = help: keep the file, or leave the reasons out with `--reasons 0`", err=True)
    if not dbt:
        with OutputFile(output, inputs=files) as file:
            file.write(text.encode())
            file.commit()
        return
    description = f"{output.removesuffix('.sql')}.yml"
    name = os.path.basename(output).removesuffix(".sql")
    with OutputFile(output, inputs=files) as file, OutputFile(description, inputs=[*files, output]) as beside:
        file.write(model_text(text, known).encode())
        described_as = described(model, name, statement.columns, lambda own: words.column_name(prefix + own), reasons)
        beside.write(described_as.encode())
        file.commit()
        beside.commit()
    click.echo(f"written to {output} and {description}", err=True)


def _table(model: Model, dialect: str | None, table: str | None, schema: str | None) -> tuple[Dialect, Table]:
    """The dialect and the table that were asked for. Raises LeadsError, UsageError."""
    from leadrules.databases.sql.dialects import dialect_named
    from leadrules.databases.table import table_from_ddl, table_of_fields, with_name
    from leadrules.databases.url import is_table_url
    from leadrules.leads.errors import reading

    name = tuple(part for part in (table or "").split(".") if part)
    if schema is not None and is_table_url(schema):
        from leadrules.databases.tables import open_table
        from leadrules.databases.url import table_url

        url = table_url(schema)
        words = dialect_named(dialect or url.kind)
        if words.glot != dialect_named(url.kind).glot:
            raise click.UsageError(
                f"the schema is a {url.kind} table, and the dialect {dialect}: leave one of them out"
            )
        source: Any = open_table(schema)
        try:
            return words, with_name(source, name or url.table or ("leads",), words.glot)
        finally:
            source.close()
    if dialect is None:
        raise click.UsageError("say whose SQL: `--dialect duckdb`, `postgres`, `spark`, `bigquery` or `snowflake`")
    words = dialect_named(dialect)
    if schema is None:
        return words, table_of_fields(model, name or ("leads",), words.glot, words.types)
    with reading(schema), open(schema, encoding="utf-8") as file:
        return words, table_from_ddl(file.read(), words.glot, name or None)
