"""Where a version of a ruleset comes from: a file, standard input, or a commit of git (`HEAD~1:inbound.rules`).

From a commit come the ruleset and everything of the repository that it includes,
as they stood then; shipped rulesets are those of this installation.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from leadrules.checking import Checked, check_path
from leadrules.checking.files import reason

SHOWN_INPUT = "<standard input>"


class NoVersion(Exception):
    """There is no such version; says why."""


def read_version(given: str, *, allow_outside: bool = False) -> Checked:
    """Check the version that is meant. Raises NoVersion where there is none."""
    try:
        return _read(given, allow_outside)
    except OSError as error:
        raise NoVersion(f"`{given}` cannot be read: {reason(error)}") from error


def _read(given: str, allow_outside: bool) -> Checked:
    if given == "-":
        return check_path(SHOWN_INPUT, allow_outside=allow_outside, read=_standard_input)
    revision, _, path = given.partition(":")
    if os.path.exists(given) or not path or len(revision) < 2:
        return check_path(given, allow_outside=allow_outside)
    return _of_commit(revision, path, allow_outside)


def _standard_input(path: Path) -> bytes:
    return sys.stdin.buffer.read() if path == Path(SHOWN_INPUT) else path.read_bytes()


def _of_commit(revision: str, path: str, allow_outside: bool) -> Checked:
    try:
        top = Path(os.path.realpath(os.fsdecode(_git("rev-parse", "--show-toplevel").rstrip(b"\n"))))
    except OSError:
        raise NoVersion(f"`{revision}:{path}` is no file, and there is no git repository here") from None
    try:
        _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    except OSError:
        raise NoVersion(f"`{revision}` is no commit that git knows here") from None
    from_here = Path(os.path.realpath(path))
    if not (from_here.is_relative_to(top) and _has(revision, from_here.relative_to(top))):
        from_here = top / path

    def read(wanted: Path) -> bytes:
        real = Path(os.path.realpath(wanted))
        if not real.is_relative_to(top):
            return real.read_bytes()
        inside = real.relative_to(top)
        if not _has(revision, inside):
            raise FileNotFoundError(2, "No such file in the commit", str(wanted))
        return _git("show", f"{revision}:{inside.as_posix()}")

    return check_path(os.path.relpath(from_here), allow_outside=allow_outside, read=read)


def _has(revision: str, inside: Path) -> bool:
    try:
        return _git("cat-file", "-t", f"{revision}:{inside.as_posix()}").strip() == b"blob"
    except OSError:
        return False


def _git(*arguments: str) -> bytes:
    """What git prints. Raises OSError where git says no, and NoVersion where it is not there."""
    try:
        return subprocess.run(["git", *arguments], capture_output=True, check=True).stdout
    except FileNotFoundError:
        raise NoVersion("git is not installed, so nothing can be read from a commit") from None
    except subprocess.CalledProcessError as error:
        raise OSError(error.returncode, "git says no") from None
