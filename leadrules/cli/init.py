"""`leadrules init`: a ruleset to start from, for a file of leads."""

from __future__ import annotations

import os

import click

from leadrules.cli.leads import lead_options, open_source
from leadrules.cli.types import CountOrAll

EXAMPLE = """
\b
Example:
  leadrules init leads.csv -o inbound.rules
  leadrules check inbound.rules
  leadrules run inbound.rules leads.csv -o scored.csv
"""


@click.command(epilog=EXAMPLE, short_help="Write a ruleset to start from, for LEADS.")
@click.argument("leads", type=click.Path(allow_dash=True))
@click.option("-o", "--output", metavar="OUT", default="-", help="Where to write; standard output unless said.")
@click.option("--force", is_flag=True, help="Write over OUT if it is there.")
@click.option(
    "--rows",
    type=CountOrAll("N|all", least=1),
    metavar="N|all",
    default="100000",
    show_default=True,
    help="How many leads to look at, from the first on.",
)
@lead_options
def init(
    leads: str,
    output: str,
    force: bool,
    rows: int | None,
    sheet: str | None,
    encoding: str | None,
    delimiter: str | None,
) -> None:
    """Write a ruleset to start from, for LEADS.

    LEADS is csv, jsonl, json, parquet or xlsx; `-` is standard input. The ruleset
    has a field for every column, with the type that fits all its values, and
    rules to choose from. What could be read in two ways, such as 03/04/2026, is
    not guessed: a comment asks.
    """
    from leadrules.leads import LeadsError
    from leadrules.leads.output import OutputFile
    from leadrules.starting import starting_ruleset

    if output != "-" and os.path.lexists(output) and not force:
        raise LeadsError(f"`{output}` is there already, and was left as it is", "name another file, or say --force")
    source = open_source(leads, sheet=sheet, encoding=encoding, delimiter=delimiter)
    try:
        start = starting_ruleset(source, rows)
    finally:
        source.close()
    with OutputFile(output, inputs=[source.path]) as file:
        file.write(start.text.encode("utf-8"))
        file.commit()
    where = "standard output" if output == "-" else output
    read = f"{start.leads:,} lead{'s' * (start.leads != 1)} read" + (", of more" if start.more else "")
    click.echo(f"{read}; {start.fields} of {start.columns} columns are fields; written to {where}", err=True)
    if start.broken:
        records = "1 record is" if start.broken == 1 else f"{start.broken:,} records are"
        click.echo(f"{records} no lead at all, and would be rejected by any run", err=True)
    if output != "-" and leads != "-":
        click.echo(f"next: leadrules check {output}\n      leadrules run {output} {leads} -o scored.csv", err=True)
