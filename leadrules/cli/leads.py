"""The leads that a command reads: the options that say how, and whether their columns fit the ruleset."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from leadrules.leads import Matched
    from leadrules.leads.block import LeadSource
    from leadrules.ruleset import Model

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--sheet", help="The sheet of an Excel workbook, by name or number."),
    click.option("--encoding", help="The encoding of csv or JSON that is not UTF-8, such as windows-1252."),
    click.option("--delimiter", help="The delimiter of csv, where the guess is wrong."),
)


def lead_options(command: Command) -> Command:
    """Give a command `--sheet`, `--encoding` and `--delimiter`, which it hands on to `open_source`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def open_source(
    leads: str, *, sheet: str | None, encoding: str | None, delimiter: str | None, writes_to: str | None = None
) -> LeadSource:
    """Open the leads, a file or a table; a tab may be said as `tab` or `\\t`. Raises LeadsError."""
    from leadrules.leads import open_leads

    return open_leads(
        leads,
        sheet=sheet,
        encoding=encoding,
        delimiter="\t" if delimiter in ("\\t", "tab") else delimiter,
        writes_to=writes_to,
    )


def fitted(source: LeadSource, model: Model, rules: str) -> Matched:
    """Which column each field reads. Says what is odd; raises LeadsError if a field that needs a column has none."""
    from leadrules.leads import LeadsError, match_headers

    matched = match_headers(model.fields, source.headers, absent_is_missing=source.absent_is_missing)
    for problem in matched.problems:
        click.echo(f"{problem.severity}[{problem.name}]: {problem.message}\n  = help: {problem.help}", err=True)
    if matched.errors:
        raise LeadsError(f"the columns of `{source.name}` do not fit the fields of `{rules}`")
    return matched
