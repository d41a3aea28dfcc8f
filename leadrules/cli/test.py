"""`leadrules test`: the examples of rulesets, and what they cover."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from typing import Any

import click

from leadrules.cli.paths import STANDARD_INPUT, ruleset_paths
from leadrules.cli.types import Percent

EXAMPLE = """
\b
Example:
  leadrules test inbound.rules
  leadrules test rulesets/ --require-coverage 80% --format junit > examples.xml
"""


@click.command(epilog=EXAMPLE, short_help="Run the examples of rulesets.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["full", "json", "junit"]),
    default="full",
    show_default=True,
    help="How results are shown: to read, as JSON, or as JUnit's XML.",
)
@click.option(
    "--require-coverage",
    type=Percent(),
    is_flag=False,
    flag_value="100%",
    metavar="[P%]",
    help="Exit with 1 if the examples of a ruleset see less than this share of what can happen; 100% unless said.",
)
@click.option("--allow-outside", is_flag=True, help="Let includes and lists lie outside a ruleset's folder.")
def test(paths: Sequence[str], format_: str, require_coverage: float | None, allow_outside: bool) -> int:
    """Run the examples of rulesets: files, or folders with all `.rules` files in them.

    A failing example says what differed, and why. At the end stands what no
    example has seen: rules never fired or always fired, stages never held,
    label values never given.

    Exit code: 0 all pass, 1 an example fails or coverage is too low, 2 there was
    no example to run.
    """
    from leadrules.checking import check_path
    from leadrules.checking.files import reason
    from leadrules.examples import coverage_of, reports, run_examples
    from leadrules.problems.render import full as problems_full
    from leadrules.problems.wording import counted

    found: list[reports.Report] = []
    broken = unread = 0
    for path in ruleset_paths(paths):
        if path == STANDARD_INPUT:
            raise click.UsageError("examples are not read from standard input: name a file or a folder")
        try:
            checked = check_path(path, allow_outside=allow_outside)
        except OSError as error:
            click.echo(f"error: `{path}` cannot be read: {reason(error)}", err=True)
            unread += 1
            continue
        if checked.model is None:
            errors = [problem for problem in checked.problems if problem.severity == "error"]
            click.echo(problems_full(errors), err=True, nl=False)
            click.echo(f"{path} has {counted(len(errors), 'error')}; its examples were not run", err=True)
            broken += 1
            continue
        results = run_examples(checked.model)
        found.append(reports.Report(path, results, coverage_of(checked.model, results)))

    if format_ == "json":
        click.echo(reports.as_json(found), nl=False)
    elif format_ == "junit":
        click.echo(reports.as_junit(found), nl=False)
    else:
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        width = shutil.get_terminal_size((100, 24)).columns
        click.echo(reports.full(found, width, colour), nl=False, color=colour)
    return _exit_code(found, broken, unread, require_coverage)


def _exit_code(found: Sequence[Any], broken: int, unread: int, required: float | None) -> int:
    if unread:
        return 2
    if not broken and not any(report.results for report in found):
        click.echo(
            "error: no example to run\n"
            '  = help: write one: `example "An engaged CTO" { title = "CTO" expect score >= 50 }`',
            err=True,
        )
        return 2
    low = [one for one in found if required is not None and one.coverage.percent < required]
    for one in low:
        click.echo(
            f"{one.path}: its examples see {one.coverage.percent:.1f} %, and {required:g} % is asked for", err=True
        )
    return int(bool(broken or low or any(report.failed for report in found)))
