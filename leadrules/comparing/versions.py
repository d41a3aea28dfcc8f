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

SHOWN_INPUT = "<standard input>"


def read_version(given: str, *, allow_outside: bool = False) -> Checked:
    """Check the version that is meant. Raises OSError where there is none."""
    if given == "-":
        return check_path(SHOWN_INPUT, allow_outside=allow_outside, read=_standard_input)
    revision, _, path = given.partition(":")
    if os.path.exists(given) or not path or len(revision) < 2:
        return check_path(given, allow_outside=allow_outside)
    return _of_commit(revision, path, allow_outside)


def _standard_input(path: Path) -> bytes:
    return sys.stdin.buffer.read() if path == Path(SHOWN_INPUT) else path.read_bytes()


def _of_commit(revision: str, path: str, allow_outside: bool) -> Checked:
    top = Path(os.path.realpath(_git("rev-parse", "--show-toplevel").decode().strip()))
    _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    from_here = Path(os.path.realpath(path))
    if not (from_here.is_relative_to(top) and _has(revision, from_here.relative_to(top))):
        from_here = top / path

    def read(wanted: Path) -> bytes:
        real = Path(os.path.realpath(wanted))
        if not real.is_relative_to(top):
            return real.read_bytes()
        inside = real.relative_to(top)
        if not _has(revision, inside):
            raise FileNotFoundError(2, f"there is no such file in {revision}", str(wanted))
        return _git("show", f"{revision}:{inside.as_posix()}")

    return check_path(os.path.relpath(from_here), allow_outside=allow_outside, read=read)


def _has(revision: str, inside: Path) -> bool:
    try:
        return _git("cat-file", "-t", f"{revision}:{inside.as_posix()}").strip() == b"blob"
    except OSError:
        return False


def _git(*arguments: str) -> bytes:
    """What git prints. Raises OSError where it is not there, or says no."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=True)
    except FileNotFoundError:
        raise FileNotFoundError(2, "git is not installed") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise OSError(2, said[-1].removeprefix("fatal: ") if said else f"git knows no `{arguments[-1]}`") from None
    return done.stdout
