"""`leadrules bounds`: what a ruleset can give at all, and the leads that show it."""

from __future__ import annotations

from datetime import date

import click

from leadrules.cli.types import Day

EXAMPLE = """
\b
Example:
  leadrules bounds inbound.rules
  leadrules bounds inbound.rules --as-of 2026-11-02 --format json
"""


@click.command(epilog=EXAMPLE, short_help="Show the range of each score and the way into each stage.")
@click.argument("rules", type=click.Path())
@click.option("--as-of", "as_of", type=Day(), help="The date to work windows and fading out for; today in UTC.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["full", "json"]),
    default="full",
    show_default=True,
    help="A page to read, or JSON for programs.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, max=3600),
    default=30,
    show_default=True,
    help="How long to search at most; what is not decided by then is named.",
)
@click.option("--allow-outside", is_flag=True, help="Let includes leave the folder of RULES.")
def bounds(rules: str, as_of: date | None, format_: str, seconds: float, allow_outside: bool) -> int:
    """Show what RULES can give: the best and the worst of each score, and the way into each stage.

    Each comes with a lead that has it: the one with the fewest known facts, and
    plain values. Disqualified and excluded leads do not count. Below a stage stand
    the rules without which nobody reaches it, and those that are enough alone.

    Exit code: 0 all is decided and every stage can be reached, 1 a stage is out
    of reach or something is not decided.
    """
    from leadrules.cli.rulesets import load_or_exit

    model, _ = load_or_exit(rules, allow_outside=allow_outside)

    from leadrules.analysis.bounds import bounds as bounds_of
    from leadrules.analysis.bounds_page import as_json, page
    from leadrules.meaning.days import today

    found = bounds_of(model, as_of or today(), seconds)
    click.echo(as_json(model, found) if format_ == "json" else page(model, found), nl=False)
    return int(not found.decided or any(one.held.impossible for one in found.stages))
