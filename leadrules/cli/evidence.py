"""Options that `calibrate` and `backtest` share: the outcome, stages and capacity, and the day to split leads at."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from leadrules.cli.leads import open_source

if TYPE_CHECKING:
    from leadrules.calibrating.stages import Wanted
    from leadrules.leads.block import LeadSource

Command = TypeVar("Command", bound=Callable[..., Any])

_STAGE = re.compile(r"(?:(?P<stage>[^=]+)=)?\s*(?P<amount>[0-9]+(?:\.[0-9]+)?)\s*%")
_CAPACITY = re.compile(r"(?:(?P<stage>[^=]+)=)?\s*(?P<amount>[0-9]+(?:\.[0-9]+)?)\s*/\s*(?P<unit>day|week|month)")
_WEEKS = {"day": 1 / 7, "week": 1.0, "month": 365.25 / 12 / 7}


class StageRate(click.ParamType[Any]):
    """`MQL=40%`: a stage and the win rate that its leads must have."""

    name = "NAME=P%"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Wanted:
        from leadrules.calibrating.stages import Wanted

        if isinstance(value, Wanted):
            return value
        found = _STAGE.fullmatch(str(value).strip())
        if found is None or not 0 < float(found["amount"]) <= 100:
            self.fail(f"`{value}` is not a stage with a win rate, like `MQL=40%`", param, ctx)
        return Wanted((found["stage"] or "MQL").strip(), "rate", float(found["amount"]) / 100)


class Capacity(click.ParamType[Any]):
    """`50/week`, `SQL=50/week`: how many leads can be worked, and the stage that they shall have."""

    name = "[NAME=]N/week"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Wanted:
        from leadrules.calibrating.stages import Wanted

        if isinstance(value, Wanted):
            return value
        found = _CAPACITY.fullmatch(str(value).strip())
        if found is None or not float(found["amount"]):
            self.fail(f"`{value}` is not a number of leads in a time, like `50/week`", param, ctx)
        a_week = float(found["amount"]) / _WEEKS[found["unit"]]
        return Wanted((found["stage"] or "MQL").strip(), "capacity", a_week)


_VALUES = (
    click.option("--lost", multiple=True, metavar="VALUE", help="Only this value means lost; others are open."),
    click.option("--open", "still_open", multiple=True, metavar="VALUE", help="This value means not decided yet."),
)

_CAPACITY_OPTIONS = (
    click.option("--stage", multiple=True, type=StageRate(), help="A stage, and the win rate of those who reach it."),
    click.option("--capacity", multiple=True, type=Capacity(), help="A stage that no more leads than this reach."),
    click.option("--weeks", type=click.FloatRange(min=0, min_open=True), help="How many weeks of leads these are."),
    click.option("--date", "date_column", metavar="COLUMN", help="When leads were made, in place of --weeks."),
)


def outcome_options(command: Command) -> Command:
    """Give a command `--outcome`, `--lost` and `--open` (as `still_open`), as `outcome_column` takes them."""
    return _with(command, (_outcome(required=True), *_VALUES))


def outcome_options_if_known(command: Command) -> Command:
    """The same for a command that has something to say without an outcome, too."""
    return _with(command, (_outcome(required=False), *_VALUES))


def _outcome(required: bool) -> Callable[[Command], Command]:
    return click.option(
        "--outcome",
        required=required,
        metavar="COLUMN[=VALUE]",
        help="The column that says which leads bought, and the value that means it; `COLUMN=*` for any value.",
    )


def capacity_options(command: Command) -> Command:
    """Give a command `--stage`, `--capacity`, `--weeks` and `--date` (as `date_column`)."""
    return _with(command, _CAPACITY_OPTIONS)


def split_option(command: Command) -> Command:
    """Give a command `--split-by`, as `split_parts` takes it."""
    return click.option(
        "--split-by", metavar="[COLUMN=]DATE", help="Fit on leads made before this day, judge on those from it on."
    )(command)


def split_parts(said: str | None) -> tuple[str | None, date | None]:
    """The column (None: to be found) and the day of `--split-by`; (None, None) where it was not said."""
    if said is None:
        return None, None
    column, equals, day = said.rpartition("=")
    try:
        found = date.fromisoformat(day.strip())
    except ValueError:
        raise click.UsageError(f"--split-by `{said}` does not end in a date like 2026-01-01") from None
    return (column.strip() if equals else None), found


def open_again(leads: str, **options: str | None) -> LeadSource:
    """Open leads that are read more than once, which standard input cannot be. Raises LeadsError."""
    from leadrules.leads.errors import LeadsError

    if leads == "-":
        raise LeadsError("leads are read more than once here, which standard input cannot be", "name a file of leads")
    return open_source(leads, **options)


def _with(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
