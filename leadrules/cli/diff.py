"""`leadrules diff`: what a change of a ruleset changes in what leads get."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import click

from leadrules.cli.leads import fitted, lead_options, open_source
from leadrules.cli.types import Day, Share, exceeds

if TYPE_CHECKING:
    from leadrules.checking import Checked
    from leadrules.comparing.difference import Difference

EXAMPLE = """
\b
Example:
  leadrules diff HEAD:inbound.rules inbound.rules
  leadrules diff old.rules new.rules --leads leads.csv --max-moved 5% --format markdown
"""


class Points(click.ParamType[Any]):
    """Points, at most two places: `10`, `2.5`. Becomes hundredths."""

    name = "POINTS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        try:
            hundredths = Decimal(str(value)) * 100
        except InvalidOperation:
            hundredths = Decimal("NaN")
        if not (hundredths.is_finite() and hundredths >= 0 and hundredths == int(hundredths)):
            self.fail(f"`{value}` is no number of points like 10 or 2.5", param, ctx)
        return int(hundredths)


@click.command(epilog=EXAMPLE, short_help="Compare two versions of a ruleset, in meaning.")
@click.argument("old")
@click.argument("new")
@click.option("--leads", metavar="FILE", help="Score these leads by both versions; `-` is standard input.")
@click.option("--as-of", "as_of", type=Day(), help="The date to compare for; today in UTC unless said.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["full", "json", "markdown"]),
    default="full",
    show_default=True,
    help="For people, for programs, or for a comment on a pull request.",
)
@click.option("--max-moved", type=Share(), help="More leads that change their stage end in exit code 1.")
@click.option(
    "--max-score-change",
    type=Points(),
    help="A larger change of a score ends in exit code 1: of the leads' with --leads, else of any possible lead's.",
)
@click.option("--exit-code", is_flag=True, help="End in exit code 1 unless both are proved to be the same.")
@click.option("--seconds", type=click.IntRange(1), default=30, show_default=True, help="What proofs may take.")
@lead_options
@click.option("--allow-outside", is_flag=True, help="Let includes leave the folders of the rulesets.")
def diff(
    old: str,
    new: str,
    leads: str | None,
    as_of: date | None,
    format_: str,
    max_moved: tuple[float, bool] | None,
    max_score_change: int | None,
    exit_code: bool,
    seconds: int,
    sheet: str | None,
    encoding: str | None,
    delimiter: str | None,
    allow_outside: bool,
) -> int:
    """Compare two versions of a ruleset, in meaning: OLD and NEW.

    Each is a file, `-` for standard input, or a file of a commit, as git writes
    it: `HEAD~1:inbound.rules`. Either both are proved to give every lead the
    same, or you see leads for which they do not. With --leads, also how many of
    these move from which stage to which, and which rules are responsible.

    Exit code: 0 done, whatever the difference; 1 it is over a budget
    (--max-moved, --max-score-change, --exit-code); 2 it could not be done.
    """
    if max_moved is not None and leads is None:
        raise click.UsageError("--max-moved is about leads: name a file with --leads")
    if [old, new, leads].count("-") > 1:
        raise click.UsageError("standard input is read once: name a file for the others")
    sides = [(given, _checked(given, allow_outside)) for given in (old, new)]

    from leadrules.comparing.difference import difference
    from leadrules.meaning.days import today

    day = as_of or today()
    found = difference(sides[0], sides[1], day, seconds)
    if leads is not None:
        from leadrules.comparing.leads import compare_leads

        with closing(open_source(leads, sheet=sheet, encoding=encoding, delimiter=delimiter)) as source:
            models = found.old.model, found.new.model
            headers = fitted(source, models[0], old).headers, fitted(source, models[1], new).headers
            compared = compare_leads(*models, day, source, headers, found.changes)
            found = replace(found, leads=compared, source=source.name)
    found = replace(found, over=list(_over(found, max_moved, max_score_change, exit_code)))
    click.echo(_written(found, format_), nl=False)
    return int(bool(found.over))


def _checked(given: str, allow_outside: bool) -> Checked:
    """The version; exits with 1 if it has errors, all shown."""
    from leadrules.comparing.versions import NoVersion, read_version
    from leadrules.problems.render import full

    try:
        checked = read_version(given, allow_outside=allow_outside)
    except NoVersion as error:
        raise click.UsageError(str(error)) from None
    if checked.model is None:
        click.echo(full([one for one in checked.problems if one.severity == "error"]), err=True)
        click.echo(f"{given} has errors; nothing was compared", err=True)
        raise click.exceptions.Exit(1)
    return checked


def _over(
    found: Difference, max_moved: tuple[float, bool] | None, max_score_change: int | None, exit_code: bool
) -> Iterator[str]:
    """The budgets that the change is over."""
    from leadrules.reference import format_points

    if max_moved is not None and found.leads is not None:
        moved, read = found.leads.moved, found.leads.read
        if exceeds(max_moved, moved, read):
            most, is_share = max_moved
            limit = f"{most:g}%" if is_share else f"{most:,.0f}"
            yield f"{moved:,} of {read:,} leads move, --max-moved allows {limit}"
    if max_score_change is not None:
        largest = found.proof.largest if found.leads is None else abs(found.leads.largest)
        allowed = f"--max-score-change allows {format_points(max_score_change)}"
        if largest is None:
            yield f"it is not known how far a score can change, {allowed}"
        elif largest > max_score_change:
            whose = "a score can change" if found.leads is None else "a score changes"
            yield f"{whose} by {format_points(largest)}, {allowed}"
    if exit_code and found.proof.same != "yes":
        yield "the versions are not proved to be the same (--exit-code)"


def _written(found: Difference, format_: str) -> str:
    if format_ == "json":
        from leadrules.comparing.objects import as_json

        return as_json(found)
    if format_ == "markdown":
        from leadrules.comparing.markdown import as_markdown

        return as_markdown(found)
    from leadrules.comparing.text import as_text

    return as_text(found)
