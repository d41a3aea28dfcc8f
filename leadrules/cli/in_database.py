"""`leadrules run --in-database`: the database scores its own table into another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from leadrules.databases.pushdown import Outcome
    from leadrules.databases.writing import WriteOptions
    from leadrules.ruleset import Model

Asked = tuple[int | None, Sequence[str] | None, str, bool]
"""How many reasons, which columns, which prefix, and whether columns of an earlier run are left out."""


def run_there(
    model: Model, leads: str, output: str, day: date, asked: Asked, options: WriteOptions | None, rejects: str
) -> Outcome:
    """Let the database score a table into another, and say what became of the leads. Raises LeadsError, UsageError."""
    from leadrules.databases.pushdown import run_in_database, summary
    from leadrules.databases.sql.statement import Wanted
    from leadrules.databases.tables import shown
    from leadrules.databases.url import is_table_url
    from leadrules.databases.writing import WriteOptions
    from leadrules.engine.table import added_schema

    for what, place in (("LEADS", leads), ("OUT", output)):
        if not is_table_url(place):
            raise click.UsageError(
                f"`--in-database` needs tables: {what} is `{place}`, and would have to be like "
                '"duckdb:///sales.db?table=scores"'
            )
    if rejects == "-":
        raise click.UsageError("`--in-database` writes rejected leads to a file: name it with `--rejects`")
    reasons, columns, prefix, replace = asked
    added = {prefix + name: dtype for name, dtype in added_schema(model, reasons).items()}
    outcome = run_in_database(
        model, leads, output, day, Wanted(reasons, columns, prefix, replace), added, options or WriteOptions(), rejects
    )
    click.echo(summary(model, outcome, day, output=shown(output), rejects=rejects), err=True, nl=False)
    return outcome
