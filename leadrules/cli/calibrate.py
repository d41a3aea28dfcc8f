"""`leadrules calibrate`: points from leads whose outcome is known."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import ExitStack, closing
from datetime import date
from typing import TYPE_CHECKING

import click

from leadrules.cli.evidence import capacity_options, open_again, outcome_options, split_option, split_parts
from leadrules.cli.leads import lead_options
from leadrules.cli.types import Day

if TYPE_CHECKING:
    from leadrules.calibrating.stages import Wanted

EXAMPLE = """
\b
Example:
  leadrules calibrate leads.csv --outcome "Stage=Closed Won" -o points.rules
  leadrules calibrate leads.csv --outcome Converted --stage SQL=40% --stage MQL=20%
  leadrules calibrate leads.csv --outcome Converted inbound.rules --write
"""


@click.command(epilog=EXAMPLE, short_help="Find points in LEADS whose outcome is known.")
@click.argument("leads", type=click.Path(allow_dash=True))
@click.argument("rules", type=click.Path(), required=False)
@outcome_options
@click.option("-o", "--output", metavar="NEW.rules", help="Write the proposed ruleset here.")
@click.option("--force", is_flag=True, help="Write over NEW.rules if it is there.")
@click.option("--write", is_flag=True, help="Change the points in RULES itself; shown as a diff only, unless said.")
@click.option(
    "--method",
    type=click.Choice(["rate", "difference", "evidence", "joint"]),
    help="How points are given; `rate`, or `joint` where that ranks clearly better, unless said.",
)
@click.option("--min-leads", type=click.IntRange(min=1), default=30, show_default=True, help="Fewer earn no points.")
@click.option("--keep", multiple=True, metavar="COLUMN", help="Give points for it though it looks like a leak.")
@click.option("--without", multiple=True, metavar="COLUMN", help="Leave it out.")
@capacity_options
@split_option
@click.option("--folds", type=click.IntRange(min=2, max=50), default=5, show_default=True, help="For judging methods.")
@click.option("--as-of", type=Day(), help="With RULES: the date to score for; today in UTC unless said.")
@click.option("--score-excluded", is_flag=True, help="With RULES: leads that it excludes count too.")
@click.option("--all", "all_values", is_flag=True, help="Show values without points too.")
@click.option("--format", type=click.Choice(["full", "json"]), default="full", show_default=True)
@lead_options
def calibrate(
    leads: str,
    rules: str | None,
    outcome: str,
    lost: Sequence[str],
    still_open: Sequence[str],
    output: str | None,
    force: bool,
    write: bool,
    method: str | None,
    min_leads: int,
    keep: Sequence[str],
    without: Sequence[str],
    stage: Sequence[Wanted],
    capacity: Sequence[Wanted],
    weeks: float | None,
    date_column: str | None,
    split_by: str | None,
    folds: int,
    as_of: date | None,
    score_excluded: bool,
    all_values: bool,
    format: str,
    sheet: str | None,
    encoding: str | None,
    delimiter: str | None,
) -> int:
    """Find points in LEADS whose outcome is known.

    Without RULES, in the columns of the leads: their texts, bands of their
    numbers, and whether anything is said at all. With RULES, for its own
    conditions. Columns that may know the outcome are named and left out.

    Exit code: 0 done, 1 nothing was found, or points of RULES would change, 2 it
    could not be done.
    """
    from leadrules.leads import LeadsError

    wanted = [*stage, *capacity]
    if rules is not None:
        refused = {"--keep": keep, "--without": without, "--stage": stage, "--capacity": capacity, "-o": output}
        for option, value in refused.items():
            if value:
                raise click.UsageError(f"{option} is for finding rules in the columns, and RULES has its own")
        from leadrules.cli.calibrate_rules import of_rules

        return of_rules({name: value for name, value in locals().items() if name != "of_rules"})
    if write:
        raise click.UsageError("--write changes the points of RULES, and none was named: write a new file with -o")
    if output and output != "-" and os.path.lexists(output) and not force:
        raise LeadsError(f"`{output}` is there already, and was left as it is", "name another file, or say --force")

    from leadrules.calibrating.calibration import Asked
    from leadrules.calibrating.calibration import calibrate as find_points
    from leadrules.calibrating.page import ruleset_text
    from leadrules.calibrating.telling import page, report
    from leadrules.cli.progress import progress
    from leadrules.evidence.outcome import outcome_column
    from leadrules.evidence.splitting import days_of
    from leadrules.leads.output import OutputFile, stopped_by_signals

    with ExitStack() as stack:
        stack.enter_context(stopped_by_signals())
        source = stack.enter_context(closing(open_again(leads, sheet=sheet, encoding=encoding, delimiter=delimiter)))
        # Opened before the work, so that a place that cannot be written is no surprise after it.
        file = stack.enter_context(OutputFile(output, inputs=[source.path])) if output else None
        column = outcome_column(outcome, source.headers, lost=lost, open=still_open)
        split_column, from_day = split_parts(split_by)
        days = None
        if from_day is not None:
            days = days_of(source, split_column, "--split-by")
        elif date_column is not None:
            days = days_of(source, date_column, "--date")
        elif weeks is None and capacity:
            raise click.UsageError("--capacity needs --weeks N, or --date COLUMN for when leads were made")
        asked = Asked(
            method, min_leads, keep, without, wanted, weeks, days, from_day, folds
        )  # fmt: skip
        with progress(source, "Looking") as show:
            found = find_points(source, column, asked, show)
        if format == "json":
            click.echo(json.dumps(report(found), ensure_ascii=False, indent=2))
        else:
            click.echo(page(found, all_values=all_values), nl=False)
        if not found.earning:
            if output:
                click.echo(f"no ruleset was written to {output}: there are no points to give", err=True)
            return 1
        if file is None:
            return 0
        file.write(ruleset_text(found).encode("utf-8"))
        file.commit()
    if output != "-":
        click.echo(f"written to {output}; next: leadrules check {output}", err=True)
    return 0
