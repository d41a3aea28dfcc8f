"""Paths on the command line become the rulesets to work on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence

import click

STANDARD_INPUT = "-"


def ruleset_paths(paths: Sequence[str]) -> list[str]:
    """The rulesets that are meant, each once; a folder means all `.rules` files in it, in the order of their paths.

    Raises click.UsageError (exit code 2) for a path that is not there, and if there is no ruleset at all.
    """
    found = list(dict.fromkeys(_each(paths)))
    if not found:
        raise click.UsageError(f"no `.rules` file in {', '.join(f'`{path}`' for path in paths)}")
    return found


def _each(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        if path == STANDARD_INPUT and sys.stdin is None:
            raise click.UsageError("standard input is closed")
        if path != STANDARD_INPUT and not os.path.exists(path):
            raise click.UsageError(f"`{path}`: there is no such file or folder")
        if not os.path.isdir(path):
            yield path
            continue
        yield from sorted(_within(path))


def _refuse(error: OSError) -> None:
    """A folder that cannot be looked into may have rulesets: to pass over it would be to pass them."""
    raise error


def _within(path: str) -> Iterator[str]:
    """The `.rules` files in a folder and below; hidden folders, such as `.venv`, are not the user's own."""
    for folder, below, names in os.walk(path, onerror=_refuse):
        below[:] = [name for name in below if not name.startswith(".")]
        yield from (os.path.join(folder, name) for name in names if name.endswith(".rules"))
