"""Reading a ruleset for a command that needs it whole: its problems go to standard error, errors end the command."""

from __future__ import annotations

import sys

import click

from leadrules.checking import check_path
from leadrules.leads.formats import ending
from leadrules.problems.render import full
from leadrules.ruleset import Model

LEADS = {"csv", "tsv", "jsonl", "ndjson", "json", "parquet", "xlsx"}


def load_or_exit(path: str, *, allow_outside: bool = False) -> tuple[Model, tuple[str, ...]]:
    """The checked ruleset, and the paths of all the files that it is made of.

    Exits with 1 if it has errors, all shown; raises UsageError for a file of leads.
    """
    if ending(path) in LEADS:
        raise click.UsageError(f"`{path}` is a file of leads: the ruleset comes first, then the leads")
    checked = check_path(path, allow_outside=allow_outside)
    if checked.model is None:
        errors = [problem for problem in checked.problems if problem.severity == "error"]
        click.echo(full(errors), err=True)
        count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        click.echo(f"{path} has {count}; nothing was run", err=True)
        sys.exit(1)
    return checked.model, checked.files
