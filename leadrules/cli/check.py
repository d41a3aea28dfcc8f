"""`leadrules check`: all problems of some rulesets, in one run.

The exit code follows from the worst problem and `--fail-level` alone, never
from the format, so that no choice of output lets broken rules through.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadrules.cli.paths import STANDARD_INPUT, ruleset_paths
from leadrules.problems.problem import Severity
from leadrules.problems.render import FORMATS
from leadrules.problems.report import SEVERITIES, Report, cannot_be_read, counts
from leadrules.problems.wording import counted

if TYPE_CHECKING:
    from leadrules.checking import Checked

SHOWN_INPUT = "<standard input>"


@click.command(short_help="Find problems in rulesets.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "format_",
    type=click.Choice(tuple(FORMATS)),
    default="full",
    show_default=True,
    help="How problems are shown: for people (full), editors (line), programs (json), or build servers.",
)
@click.option(
    "--fail-level",
    type=click.Choice(SEVERITIES),
    default="warning",
    show_default=True,
    help="The least severity that gives exit code 1.",
)
@click.option("--allow-outside", is_flag=True, help="Let includes and lists lie outside a ruleset's folder.")
def check(paths: Sequence[str], format_: str, fail_level: str, allow_outside: bool) -> int:
    """Find problems in rulesets: files, or folders with all `.rules` files in them. `-` reads standard input.

    \b
    Example:
      leadrules check inbound.rules
      leadrules check rulesets/ --format line --fail-level error

    Exit code: 0 nothing to report, 1 problems, 2 nothing could be checked.
    """
    found = ruleset_paths(paths)
    failing = SEVERITIES[: SEVERITIES.index(fail_level) + 1]
    report = _check_all(found, allow_outside, failing)
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    click.echo(FORMATS[format_](report, colour), nl=False, color=colour)
    for path, why in report.unread.items():
        click.echo(f"error: {cannot_be_read(path, why)}", err=True)
    if report.paths:
        click.echo(_summary(report), err=True)
    if report.unread:
        return 2
    return int(any(problem.severity in failing for problem in report.problems))


def _check_all(paths: Sequence[str], allow_outside: bool, failing: Sequence[Severity]) -> Report:
    """All problems, those of a file that several rulesets include only once."""
    from leadrules.checking import check_path
    from leadrules.checking.files import reason
    from leadrules.checking.thorough import thorough

    read: dict[str, Checked] = {}
    unread: dict[str, str] = {}
    for given in paths:
        path, reader = (SHOWN_INPUT, _standard_input) if given == STANDARD_INPUT else (given, Path.read_bytes)
        try:
            read[path] = check_path(path, allow_outside=allow_outside, read=reader)
        except OSError as error:
            unread[path] = reason(error)
    return Report(thorough(list(read.values())), list(read), unread, failing)


def _standard_input(path: Path) -> bytes:
    return sys.stdin.buffer.read() if path == Path(SHOWN_INPUT) else path.read_bytes()


def _summary(report: Report) -> str:
    """One friendly line."""
    where = f"`{report.paths[0]}`" if len(report.paths) == 1 else counted(len(report.paths), "ruleset")
    return f"{where}: {counts(report.problems) or 'no problems'}"
