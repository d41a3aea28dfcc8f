"""`leadrules check`: all problems of some rulesets, in one run.

The exit code follows from the worst problem and `--fail-level` alone, never
from the format, so that no choice of output lets broken rules through.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from leadrules.cli.paths import STANDARD_INPUT, ruleset_paths
from leadrules.problems.problem import Problem, Severity
from leadrules.problems.render import FORMATS
from leadrules.problems.wording import counted

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@click.command(short_help="Find problems in rulesets.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "format_",
    type=click.Choice(tuple(FORMATS)),
    default="full",
    show_default=True,
    help="How problems are shown: with their lines, one a line, or as JSON.",
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
    problems, read = _check_all(found, allow_outside)
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    click.echo(FORMATS[format_](problems, colour), nl=False, color=colour)
    if read:
        click.echo(_summary(read, problems), err=True)
    if len(read) < len(found):
        return 2
    failing = SEVERITIES[: SEVERITIES.index(fail_level) + 1]
    return int(any(problem.severity in failing for problem in problems))


def _check_all(paths: Sequence[str], allow_outside: bool) -> tuple[list[Problem], list[str]]:
    """All problems, those of a file that several rulesets include only once; and the paths that could be read."""
    from leadrules.checking import check_path
    from leadrules.checking.files import reason

    seen: dict[tuple[object, ...], Problem] = {}
    read: list[str] = []
    for path in paths:
        try:
            if path == STANDARD_INPUT:
                checked = check_path("<standard input>", allow_outside=allow_outside, read=_standard_input)
            else:
                checked = check_path(path, allow_outside=allow_outside)
        except OSError as error:
            click.echo(f"error: `{path}` cannot be read: {reason(error)}", err=True)
            continue
        read.append(path)
        for one in checked.problems:
            seen.setdefault((one.name, one.file, one.span.start, one.span.end, one.message), one)
    return list(seen.values()), read


def _standard_input(path: Path) -> bytes:
    return sys.stdin.buffer.read() if path == Path("<standard input>") else path.read_bytes()


def _summary(paths: Sequence[str], problems: Sequence[Problem]) -> str:
    """One friendly line."""
    where = f"`{paths[0]}`" if len(paths) == 1 else counted(len(paths), "ruleset")
    counts = Counter(problem.severity for problem in problems)
    said = [counted(counts[one], "note" if one == "info" else one) for one in SEVERITIES if counts[one]]
    return f"{where}: {', '.join(said) if said else 'no problems'}"
