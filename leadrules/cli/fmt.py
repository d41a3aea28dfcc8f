"""`leadrules fmt`: rulesets in the one layout, written in place, compared or shown."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadrules.cli.paths import STANDARD_INPUT, ruleset_paths
from leadrules.problems.wording import counted

if TYPE_CHECKING:
    from leadrules.formatting import Formatted

EXAMPLE = """
\b
Example:
  leadrules fmt inbound.rules
  leadrules fmt rulesets/ --check
  leadrules fmt - < inbound.rules
"""


@click.command(epilog=EXAMPLE, short_help="Write rulesets in the one layout.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; list the files that would change.")
@click.option("--diff", "only_diff", is_flag=True, help="Write nothing; show what would change.")
def fmt(paths: Sequence[str], only_check: bool, only_diff: bool) -> int:
    """Write rulesets in the one layout: files, or folders with all `.rules` files in them.

    Files are changed in place; `-` reads standard input and writes to standard
    output. Layout changes neither what a ruleset means nor its comments. A file
    with problems of writing is left as it is, and its problems are shown.

    Exit code: 0 done, 1 a file has problems, or would change under --check or
    --diff, 2 a file could not be read or written.
    """
    from leadrules.checking.files import reason
    from leadrules.formatting import formatted
    from leadrules.leads.errors import LeadsError
    from leadrules.problems.render import full

    found = ruleset_paths(paths)
    writes = not (only_check or only_diff)
    changed = faulty = failed = 0
    for path in found:
        is_input = path == STANDARD_INPUT
        shown = "<standard input>" if is_input else path
        try:
            content = sys.stdin.buffer.read() if is_input else Path(path).read_bytes()
        except OSError as error:
            click.echo(f"error: `{path}` cannot be read: {reason(error)}", err=True)
            failed += 1
            continue
        one = formatted(shown, content)
        if one.problems:
            click.echo(full(one.problems), err=True, nl=False)
            click.echo(f"{shown} has {counted(len(one.problems), 'problem')}; it was left as it was", err=True)
            faulty += 1
            continue
        changed += one.changes
        if only_diff:
            click.echo("".join(difference(one)), nl=False)
        elif only_check:
            if one.changes:
                click.echo(shown)
        elif is_input:
            sys.stdout.buffer.write(one.after)
            sys.stdout.buffer.flush()
        elif one.changes:
            try:
                _write(path, one.after)
            except LeadsError as error:
                click.echo(f"error: {error.message}", err=True)
                failed += 1
                changed -= 1
    if found != [STANDARD_INPUT] or not writes:
        click.echo(_summary(found, changed, len(found) - faulty - failed, writes), err=True)
    if failed:
        return 2
    return int(bool(faulty or (changed and not writes)))


def difference(one: Formatted) -> Iterator[str]:
    """The lines of a unified diff; a last line without an end says so."""
    before, after = (_lines(content) for content in (one.before, one.after))
    for line in difflib.unified_diff(before, after, one.path, one.path):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(content: bytes) -> list[str]:
    """Lines as a diff counts them: a text may hold other marks at which Python would cut it."""
    return re.findall(r"[^\n]*\n|[^\n]+", content.decode("utf-8"))


def _write(path: str, content: bytes) -> None:
    """Write a file whole or not at all, with the rights that it has."""
    from leadrules.leads.output import OutputFile

    with OutputFile(path) as output:
        output.write(content)
        output.commit()


def _summary(paths: Sequence[str], changed: int, read: int, writes: bool) -> str:
    """One friendly line."""
    if len(paths) == 1:
        name = "<standard input>" if paths[0] == STANDARD_INPUT else paths[0]
        same = "in the one layout" if read else "left as it was"
        return f"`{name}`: {('written in the one layout' if writes else 'would change') if changed else same}"
    said = [f"{changed} {'written' if writes else 'would change'}"] if changed else []
    said += [f"{read - changed} in the one layout"] if read > changed else []
    said += [f"{len(paths) - read} left as they were"] if len(paths) > read else []
    return f"{counted(len(paths), 'ruleset')}: {', '.join(said)}"
