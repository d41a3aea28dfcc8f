"""`leadrules explain`: one lead, every rule, and what is missing for the next stage."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from datetime import date

import click

from leadrules.cli.leads import fitted, lead_options, open_source
from leadrules.cli.types import Day

EXAMPLE = """
\b
Example:
  leadrules explain inbound.rules leads.csv --id L-0017
  leadrules explain inbound.rules leads.csv --where "Email=anna@acme.example" --format md
"""


@click.command(epilog=EXAMPLE, short_help="Explain one lead's score, rule by rule.")
@click.argument("rules", type=click.Path())
@click.argument("leads", type=click.Path(allow_dash=True))
@click.option("--id", "key", metavar="VALUE", help="The lead whose key (the field marked `key`) is this.")
@click.option("--row", type=click.IntRange(min=1), metavar="N", help="The lead with this number, counted from 1.")
@click.option("--where", multiple=True, metavar="COLUMN=VALUE", help="The lead that has this value; may be repeated.")
@click.option("--as-of", "as_of", type=Day(), help="The date to score for; today in UTC unless said.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["full", "json", "md"]),
    default="full",
    show_default=True,
    help="A page to read, JSON for programs, or Markdown for a note.",
)
@lead_options
@click.option("--allow-outside", is_flag=True, help="Let includes leave the folder of RULES.")
def explain(
    rules: str,
    leads: str,
    key: str | None,
    row: int | None,
    where: Sequence[str],
    as_of: date | None,
    format_: str,
    sheet: str | None,
    encoding: str | None,
    delimiter: str | None,
    allow_outside: bool,
) -> int:
    """Explain what RULES say of one lead in LEADS.

    First what a salesperson needs: the score, the stage, the reasons, what is
    missing for the next stage. Below, every rule with the values that decided.
    `-` reads the leads from standard input.

    Exit code: 0 explained, 1 the lead has a bad value and is not scored, 2 there
    is no such lead, or several.
    """
    if [key is not None, row is not None, bool(where)].count(True) != 1:
        raise click.UsageError('say which lead: `--id VALUE`, `--row N` or `--where "Email=anna@acme.example"`')

    from leadrules.cli.rulesets import load_or_exit

    model, _ = load_or_exit(rules, allow_outside=allow_outside)

    from leadrules.explaining import explain as explain_lead
    from leadrules.explaining import finding
    from leadrules.meaning.days import today
    from leadrules.reference import read_values

    source = open_source(leads, sheet=sheet, encoding=encoding, delimiter=delimiter)
    try:
        matched = fitted(source, model, rules)
        if row is not None:
            found = finding.find_row(source, matched.headers, row)
        elif key is not None:
            found = finding.find_one(source, matched.headers, [finding.wanted_key(model, matched.headers, key)])
        else:
            wanted = [finding.wanted_where(model, matched.headers, source.headers, one) for one in where]
            found = finding.find_one(source, matched.headers, wanted)
    except finding.BrokenLead as error:
        click.echo(f"error: {error}", err=True)
        return 1
    finally:
        source.close()

    values, bads = read_values(model, found.cells)
    if bads:
        for position, bad in sorted(bads.items()):
            click.echo(f"error: row {found.row}: {model.fields[position].name}: {bad.reason}", err=True)
        click.echo("The lead is rejected: it has no score until this is put right.", err=True)
        return 1

    explanation = explain_lead(model, values, as_of or today(), found.row)
    if format_ == "json":
        from leadrules.explaining.objects import as_json

        click.echo(as_json(explanation), nl=False)
    elif format_ == "md":
        from leadrules.explaining.note import note

        click.echo(note(explanation), nl=False)
    else:
        from leadrules.explaining.page import page

        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        width = shutil.get_terminal_size((100, 24)).columns
        click.echo(page(explanation, width, colour), nl=False, color=colour)
    return 0
