"""`leadrules run --in-database`: what it refuses, and the database's counterpart of a run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from leadrules.leads import LeadWriter
    from leadrules.leads.block import LeadSource
    from leadrules.leads.rejects import RejectsWriter
    from leadrules.ruleset import Model
    from leadrules.running.run import Added
    from leadrules.running.tally import Tally


def refuse_what_stays_here(leads: str, output: str, given: Mapping[str, Any]) -> None:
    """Raise UsageError or LeadsError for places and options with which no database can do the work."""
    from leadrules.databases.pushdown import refuse_apart
    from leadrules.databases.url import is_table_url, table_url

    refused = next((name for name, value in given.items() if value), None)
    if refused is not None:
        raise click.UsageError(f"`{refused}` has no meaning with `--in-database`: leave one of them out")
    for what, place in (("LEADS", leads), ("OUT", output)):
        if not is_table_url(place):
            raise click.UsageError(
                f"`--in-database` needs tables: {what} is `{place}`, and would have to be like "
                '"duckdb:///sales.db?table=scores"'
            )
    refuse_apart(table_url(leads), table_url(output))


def run_there(
    model: Model,
    day: date,
    source: LeadSource,
    headers: Mapping[int, str],
    writer: LeadWriter,
    rejects: RejectsWriter,
    added: Added,
) -> Tally:
    """Score the leads where they are; what `running.run.run` does here."""
    from leadrules.databases.blocks import TableSource
    from leadrules.databases.pushdown import push_down
    from leadrules.databases.writing import TableWriter

    assert isinstance(source, TableSource) and isinstance(writer, TableWriter)
    return push_down(model, day, source, headers, writer, rejects, added)
