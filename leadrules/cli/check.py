"""`leadrules check`: all problems of some rulesets, in one run.

The exit code follows from the worst problem and `--fail-level` alone, never
from the format, so that no choice of output lets broken rules through.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import click

from leadrules.checking import Checked, check_path
from leadrules.checking.files import reason
from leadrules.checking.thorough import stopping, thorough
from leadrules.cli.leads import lead_options, open_source
from leadrules.cli.paths import STANDARD_INPUT, ruleset_paths
from leadrules.cli.types import Day
from leadrules.problems.explained import NEED_LEADS
from leadrules.problems.problem import Problem
from leadrules.problems.render import FORMATS
from leadrules.problems.report import SEVERITIES, Report, cannot_be_read, counts
from leadrules.problems.wording import counted

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
@click.option("--leads", metavar="FILE", help="Hold the rulesets against these leads too; `-` is standard input.")
@click.option("--as-of", "as_of", type=Day(), help="The date to look at rules and leads for; today in UTC unless said.")
@lead_options
@click.option("--baseline", metavar="FILE", help="Problems that stand in FILE, by file, name and count, are accepted.")
@click.option("--write-baseline", is_flag=True, help="Write what stands today to the file of --baseline.")
@click.option("--allow-outside", is_flag=True, help="Let includes and lists lie outside a ruleset's folder.")
def check(
    paths: Sequence[str],
    format_: str,
    fail_level: str,
    leads: str | None,
    as_of: date | None,
    sheet: str | None,
    encoding: str | None,
    delimiter: str | None,
    baseline: str | None,
    write_baseline: bool,
    allow_outside: bool,
) -> int:
    """Find problems in rulesets: files, or folders with all `.rules` files in them. `-` reads standard input.

    \b
    Example:
      leadrules check inbound.rules
      leadrules check rulesets/ --format line --fail-level error
      leadrules check inbound.rules --leads leads.csv

    Exit code: 0 nothing to report, 1 problems, 2 nothing could be checked.
    """
    if write_baseline and baseline is None:
        raise click.UsageError("say with `--baseline FILE` which file --write-baseline is to write")
    failing = SEVERITIES[: SEVERITIES.index(fail_level) + 1]
    found = ruleset_paths(paths)
    if leads == STANDARD_INPUT and (len(found) > 1 or STANDARD_INPUT in found):
        raise click.UsageError("leads from standard input are read once: check one ruleset, from a file")
    checks, unread = _check_all(found, allow_outside)
    problems, shares = _with_leads(checks, leads, as_of, {"sheet": sheet, "encoding": encoding, "delimiter": delimiter})
    if baseline is not None:
        problems = _held_against(baseline, write_baseline, problems, checks, NEED_LEADS if leads is None else ())
    report = Report(problems, list(checks), unread, failing)
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    click.echo(FORMATS[format_](report, colour), nl=False, color=colour)
    for path, why in report.unread.items():
        click.echo(f"error: {cannot_be_read(path, why)}", err=True)
    click.echo(shares, err=True, nl=False)
    if report.paths:
        click.echo(_summary(report), err=True)
    if report.unread:
        return 2
    return int(any(problem.severity in failing for problem in report.problems))


def _check_all(paths: Sequence[str], allow_outside: bool) -> tuple[dict[str, Checked], dict[str, str]]:
    """Each ruleset by its path, and why some could not be read."""
    checks: dict[str, Checked] = {}
    unread: dict[str, str] = {}
    for given in paths:
        path, reader = (SHOWN_INPUT, _standard_input) if given == STANDARD_INPUT else (given, Path.read_bytes)
        try:
            checks[path] = check_path(path, allow_outside=allow_outside, read=reader)
        except OSError as error:
            unread[path] = reason(error)
    return checks, unread


def _with_leads(
    checks: Mapping[str, Checked], leads: str | None, as_of: date | None, options: Mapping[str, Any]
) -> tuple[list[Problem], str]:
    """All problems, those that leads show among them; and the table of shares, if there are leads."""
    if leads is None:
        return thorough(list(checks.values()), as_of=as_of), ""
    from leadrules.meaning.days import today
    from leadrules.surveying import held_against

    found: list[Problem] = []
    shares: list[str] = []
    for checked in checks.values():
        if checked.model is not None:
            with closing(open_source(leads, **options)) as source:
                problems, table = held_against(checked, source, as_of or today())
            found += problems
            shares.append(table)
    return thorough(list(checks.values()), found, as_of), "\n".join(shares)


def _held_against(
    path: str, write: bool, problems: Sequence[Problem], checks: Mapping[str, Checked], unasked: Collection[str]
) -> list[Problem]:
    """The problems that a baseline does not accept, once it is written if that is asked for."""
    from leadrules.checking.baseline import BaselineError, baseline_of, not_accepted, read_baseline, remarks, written

    fixed = stopping(list(checks.values()))
    if write:
        accepted = baseline_of(problems, path, fixed)
        Path(path).write_text(written(accepted), encoding="utf-8")
        click.echo(f"`{path}` accepts {counted(accepted.total, 'problem')}", err=True)
        return not_accepted(problems, accepted, fixed)
    try:
        accepted = read_baseline(path)
    except FileNotFoundError:
        raise click.UsageError(f"`{path}`: there is no such file; `--write-baseline` makes it") from None
    except BaselineError as error:
        raise click.UsageError(str(error)) from error
    files = {source.path for checked in checks.values() for source in checked.sources}
    for line in remarks(problems, accepted, files, unasked):
        click.echo(line, err=True)
    return not_accepted(problems, accepted, fixed)


def _standard_input(path: Path) -> bytes:
    return sys.stdin.buffer.read() if path == Path(SHOWN_INPUT) else path.read_bytes()


def _summary(report: Report) -> str:
    """One friendly line."""
    where = f"`{report.paths[0]}`" if len(report.paths) == 1 else counted(len(report.paths), "ruleset")
    return f"{where}: {counts(report.problems) or 'no problems'}"
