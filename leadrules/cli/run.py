"""`leadrules run`: score a file of leads."""

from __future__ import annotations

import csv
import os
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadrules.cli.leads import fitted, lead_options, open_source
from leadrules.cli.progress import progress
from leadrules.cli.types import CountOrAll, Day, exceeds, max_rejects_option

if TYPE_CHECKING:
    from leadrules.databases.writing import Mode, WriteOptions
    from leadrules.engine.scorer import Scorer
    from leadrules.leads.formats import Format
    from leadrules.ruleset import Model
    from leadrules.running.profile import Profile

EXAMPLE = """
\b
Example:
  leadrules run inbound.rules leads.csv -o scored.csv
  cat leads.jsonl | leadrules run inbound.rules - --as-of 2026-11-22 > scored.csv
"""


_FORMATS: dict[str, Format] = {"csv": "csv", "jsonl": "jsonl", "json": "json", "parquet": "parquet", "xlsx": "excel"}


@click.command(epilog=EXAMPLE)
@click.argument("rules", type=click.Path())
@click.argument("leads", type=click.Path(allow_dash=True))
@click.option(
    "-o",
    "--output",
    "output",
    metavar="OUT",
    default="-",
    help="Where to write: .csv, .jsonl, .json, .parquet or .xlsx; csv to standard output unless said.",
)
@click.option(
    "--format",
    "format",
    type=click.Choice(["csv", "jsonl", "json", "parquet", "xlsx"]),
    help="What to write, where the ending of OUT does not say.",
)
@click.option("--as-of", "as_of", type=Day(), help="The date to score for; today in UTC unless said.")
@click.option("--rejects", metavar="FILE", help="Where rejected leads go; OUT.rejects.csv unless said.")
@max_rejects_option
@click.option(
    "--reasons",
    type=CountOrAll("K|all"),
    default="3",
    show_default=True,
    help="How many reasons each lead gets; 0 leaves the column out.",
)
@click.option("--columns", metavar="A,B,…", help="Which columns come out, in this order.")
@click.option("--prefix", default="", help="What the names of the added columns begin with.")
@click.option("--replace", is_flag=True, help="Drop the columns of an earlier run first.")
@click.option("--stamp", is_flag=True, help="Add the as-of date and the ruleset's name, version and content hash.")
@click.option("--profile", "profiled", is_flag=True, help="Say where the time went; takes longer itself.")
@click.option(
    "--mode",
    type=click.Choice(["replace", "append", "upsert"]),
    help="What becomes of a table that is there already; replace unless said.",
)
@click.option("--key", metavar="A,B,…", help="The columns by which `--mode upsert` knows a lead again.")
@click.option("--in-database", "in_database", is_flag=True, help="Let the database do the work, where the leads are.")
@lead_options
@click.option("--allow-outside", is_flag=True, help="Let includes leave the folder of RULES.")
def run(
    rules: str,
    leads: str,
    output: str,
    format: str | None,
    as_of: date | None,
    rejects: str | None,
    max_rejects: tuple[float, bool],
    reasons: int | None,
    columns: str | None,
    prefix: str,
    replace: bool,
    stamp: bool,
    profiled: bool,
    mode: Mode | None,
    key: str | None,
    in_database: bool,
    sheet: str | None,
    encoding: str | None,
    delimiter: str | None,
    allow_outside: bool,
) -> None:
    """Score LEADS by the ruleset in RULES.

    LEADS is csv, jsonl, json, parquet or xlsx; `-` is standard input. Every lead
    comes out as it came in, with the score, the stage and the reasons behind.
    LEADS and OUT may also be tables: "duckdb:///sales.db?table=leads",
    "postgresql://user@host/crm?table=leads", "sqlite:///crm.db?table=leads".
    """
    # NumPy would start a thread for each processor, for matrices that no run has.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from leadrules.cli.rulesets import load_or_exit

    model, files = load_or_exit(rules, allow_outside=allow_outside)

    from leadrules.databases.tables import file_of
    from leadrules.databases.tables import shown as shown_place
    from leadrules.engine.scorer import Scorer
    from leadrules.leads import open_output, open_rejects
    from leadrules.leads.output import stopped_by_signals
    from leadrules.meaning.days import today
    from leadrules.running.run import Added, within
    from leadrules.running.run import run as run_leads
    from leadrules.running.summary import summary

    rejects_place = rejects or _rejects_place(output, leads)
    if in_database:
        from leadrules.cli.in_database import refuse_what_stays_here, run_there

        given = {"--profile": profiled, "--format": format, "--sheet": sheet, "--encoding": encoding,
                 "--delimiter": delimiter}  # fmt: skip
        refuse_what_stays_here(leads, output, given)
    if rejects_place == output == "-":
        raise click.UsageError(
            "the scored leads go to standard output already: name a file for `--rejects`, or with -o"
        )
    day = as_of or today()
    with (
        stopped_by_signals(),
        closing(open_source(leads, sheet=sheet, encoding=encoding, delimiter=delimiter, writes_to=output)) as source,
    ):
        matched = fitted(source, model, rules)
        added = Added(reasons, prefix, stamp)
        schema = added.schema(model)
        profile, scorer = _profile(model, day) if profiled else (None, None if in_database else Scorer(model, day))
        with (
            open_output(
                output,
                source,
                schema,
                columns=_names(columns),
                drop={name for name, _ in schema} if replace else set(),
                inputs=files,
                format=_FORMATS.get(format or ""),
                table=_write_options(mode, key),
            ) as writer,
            progress(source) as shown,
        ):
            rejected = open_rejects(rejects_place, source, inputs=[*files, file_of(output)])
            try:
                tally = (
                    run_there(model, day, source, matched.headers, writer, rejected, added)
                    if scorer is None
                    else run_leads(
                        scorer, day, source, matched.headers, writer, rejected, added, progress=shown, profile=profile
                    )
                )
                with within(profile, "write"):
                    rejected.commit()
                    writer.commit()
            finally:
                rejected.abort()
    names = ["standard output" if place == "-" else shown_place(place) for place in (output, rejects_place)]
    click.echo(summary(model, tally, day, matched.headers, output=names[0], rejects=names[1]), err=True, nl=False)
    if profile is not None:
        from leadrules.running.profile_text import profile_text

        click.echo(profile_text(profile, model, matched.headers, tally.read), err=True, nl=False)
    _exit_for(tally.rejected, tally.read, max_rejects)


def _exit_for(rejected: int, read: int, max_rejects: tuple[float, bool]) -> None:
    """Exit with 1 where more leads were rejected than is allowed."""
    if exceeds(max_rejects, rejected, read):
        sys.exit(1)


def _profile(model: Model, day: date) -> tuple[Profile, Scorer]:
    """What measures a run, and the scorer that it measures."""
    from leadrules.running.profile import Profile, ProfiledScorer

    profile = Profile()
    with profile.step("score"):
        return profile, ProfiledScorer(model, day, profile)


def _names(columns: str | None) -> list[str] | None:
    return (
        None if columns is None else [name.strip() for name in next(csv.reader([columns], skipinitialspace=True), [])]
    )


def _write_options(mode: Mode | None, key: str | None) -> WriteOptions | None:
    """How a table is written, if anything is said about it."""
    if mode is None and key is None:
        return None
    from leadrules.databases.writing import WriteOptions

    return WriteOptions(mode or "replace", tuple(_names(key) or ()))


def _rejects_place(output: str, leads: str) -> str:
    """Beside the output; in this folder, called as the table or as the leads are, where that is not a file."""
    from leadrules.databases.tables import table_name

    table = table_name(output) or (table_name(leads) if output == "-" else None)
    if table is not None:
        return f"{table}.rejects.csv"
    if output != "-":
        return f"{output}.rejects.csv"
    return f"{Path(leads).name if leads != '-' else 'leads'}.rejects.csv"
