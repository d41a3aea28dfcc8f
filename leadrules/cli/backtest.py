"""`leadrules backtest`: how well a ruleset would have done on leads whose outcome is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import click

from leadrules.cli.evidence import Capacity, open_again, outcome_options, split_option, split_parts
from leadrules.cli.leads import fitted, lead_options, open_source
from leadrules.cli.types import Day, Percent

if TYPE_CHECKING:
    from leadrules.backtesting.backtest import Contender
    from leadrules.calibrating.stages import Wanted
    from leadrules.leads.block import LeadSource

EXAMPLE = """
\b
Example:
  leadrules backtest inbound.rules leads.csv --outcome "Stage=Closed Won"
  leadrules backtest inbound.rules leads.csv --outcome Converted --split-by "Create Date=2026-01-01"
  leadrules backtest inbound.rules leads.csv --outcome Converted --against newer.rules
"""


@click.command(epilog=EXAMPLE, short_help="Hold RULES against LEADS whose outcome is known.")
@click.argument("rules", type=click.Path())
@click.argument("leads", type=click.Path(allow_dash=True))
@outcome_options
@click.option("--against", metavar="RULES", type=click.Path(), help="A second ruleset to compare with.")
@click.option("--as-of", "as_of", type=Day(), help="The date to score for; today in UTC unless said.")
@split_option
@click.option("--folds", type=click.IntRange(min=2, max=50), help="Also judge points refitted on the other leads.")
@click.option(
    "--method",
    type=click.Choice(["rate", "difference", "evidence", "joint"]),
    default="rate",
    show_default=True,
    help="How the evidence gives points; `joint` is for --folds.",
)
@click.option("--min-leads", type=click.IntRange(min=1), default=30, show_default=True, help="Fewer prove nothing.")
@click.option("--top", type=Percent(), default="20%", show_default=True, help="The share of leads that can be worked.")
@click.option("--capacity", type=Capacity(), help="How many leads can be worked, in place of --top.")
@click.option("--weeks", type=click.FloatRange(min=0, min_open=True), help="How many weeks of leads these are.")
@click.option("--date", "date_column", metavar="COLUMN", help="When leads were made, in place of --weeks.")
@click.option("--score-excluded", is_flag=True, help="Score leads that the rules exclude, too.")
@click.option("--format", type=click.Choice(["full", "json"]), default="full", show_default=True)
@lead_options
def backtest(
    rules: str,
    leads: str,
    outcome: str,
    lost: Sequence[str],
    still_open: Sequence[str],
    against: str | None,
    as_of: date | None,
    split_by: str | None,
    folds: int | None,
    method: str,
    min_leads: int,
    top: float,
    capacity: Wanted | None,
    weeks: float | None,
    date_column: str | None,
    score_excluded: bool,
    format: str,
    sheet: str | None,
    encoding: str | None,
    delimiter: str | None,
) -> None:
    """Hold RULES against LEADS whose outcome is known.

    Says how well the score ranks leads, how many bought in each stage, label and
    band of scores, what each threshold would have caught, and which rules the
    evidence speaks for. Rules with dates look back from the as-of date: give the
    day on which the leads were scored, or should have been.
    """
    if capacity is not None and weeks is None and date_column is None:
        raise click.UsageError("--capacity needs --weeks N, or --date COLUMN for when leads were made")
    if not top:
        raise click.UsageError("--top 0% is nobody: say what share of the leads can be worked, such as --top 20%")
    if split_by is not None and folds is not None:
        raise click.UsageError("--split-by and --folds are two ways to judge on other leads: choose one")

    from leadrules.backtesting.backtest import Asked
    from leadrules.backtesting.backtest import backtest as judged
    from leadrules.backtesting.objects import report
    from leadrules.backtesting.refitting import refitted
    from leadrules.backtesting.telling import page
    from leadrules.cli.progress import progress
    from leadrules.evidence.outcome import OutcomeReader, outcome_column
    from leadrules.evidence.splitting import days_of
    from leadrules.meaning.days import today

    day = as_of or today()
    split_column, from_day = split_parts(split_by)
    twice = folds is not None or split_by is not None or date_column is not None
    names = [rules] if against is None else [rules, against]
    opened = open_again if twice else open_source
    with closing(opened(leads, sheet=sheet, encoding=encoding, delimiter=delimiter)) as source:
        contenders = [_contender(name, source, day, score_excluded) for name in names]
        fields = {contenders[0].model.fields[at].name: header for at, header in contenders[0].headers.items()}
        column = outcome_column(outcome, source.headers, lost=lost, open=still_open, fields=fields)
        days = None
        if from_day is not None:
            days = days_of(source, split_column, "--split-by")
        elif date_column is not None:
            days = days_of(source, date_column, "--date")
        asked = Asked(
            method="difference" if method == "joint" else method,  # type: ignore[arg-type]
            min_leads=min_leads,
            top=top / 100,
            a_week=None if capacity is None else capacity.amount,
            weeks=weeks,
            days=days,
            from_day=from_day,
        )
        with progress(source, "Judging") as show:
            found = judged(contenders, source, OutcomeReader(column), asked, show)
        refit = None
        if folds is not None:
            refit = refitted(contenders[0], source, column, day, folds=folds, method=method, min_leads=min_leads)
    if format == "json":
        click.echo(json.dumps(report(found, refit, day.isoformat()), ensure_ascii=False, indent=2))
    else:
        click.echo(page(found, refit, names, day.isoformat()), nl=False)


def _contender(rules: str, source: LeadSource, day: date, score_excluded: bool) -> Contender:
    from leadrules.backtesting.backtest import Contender
    from leadrules.cli.rulesets import load_or_exit
    from leadrules.engine.scorer import Scorer

    model, _ = load_or_exit(rules)
    if score_excluded:
        model = replace(model, excludes=())
    return Contender(rules, model, Scorer(model, day), fitted(source, model, rules).headers)
