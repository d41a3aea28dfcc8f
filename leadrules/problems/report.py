"""What one check has to tell: the problems, the rulesets that were looked at, and those that could not be read.

`full`, `line` and `json` show the problems alone. The formats for other
machines need the rest: JUnit has a case for a file without problems, and a file
that could not be read must never look like one that is free of them.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from leadrules.problems.problem import Problem, Severity
from leadrules.problems.wording import counted
from leadrules.record import record

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
_WORDS: Mapping[Severity, str] = {"info": "note"}


@record
class Report:
    """All problems of a run, by file and place.

    `paths` are the rulesets that were checked, as they were named; `unread` says
    of each that could not be, why. `failing` are the severities that give exit code 1.
    """

    problems: Sequence[Problem]
    paths: Sequence[str] = ()
    unread: Mapping[str, str] = field(default_factory=dict)
    failing: Sequence[Severity] = ("error", "warning")


def counts(problems: Sequence[Problem]) -> str:
    """How many there are, the worst first: `2 errors, 1 note`; empty for none."""
    found = Counter(one.severity for one in problems)
    return ", ".join(counted(found[one], _WORDS.get(one, one)) for one in SEVERITIES if found[one])


def told(problem: Problem) -> str:
    """Message and help in one line, where a format has no place for help of its own."""
    return f"{problem.message} ({problem.help})" if problem.help else problem.message


def cannot_be_read(path: str, why: str) -> str:
    """What is said of a ruleset that could not be read."""
    return f"`{path}` cannot be read: {why}"


def own_path(path: str) -> str:
    """A path as other programs of the same build know it: from the folder of the run, with `/`, or absolute outside it.

    What is no path of a file at all (`<standard input>`) stays as it is.
    """
    absolute = os.path.abspath(path)
    inside = os.path.relpath(absolute)
    return Path(absolute if inside.startswith(os.pardir) or os.path.isabs(inside) else inside).as_posix()


def fingerprints(problems: Sequence[Problem]) -> Iterator[str]:
    """For each problem a text that stays when lines move, and that no other has.

    It is made of the path, the problem's name, the text of its line without indent,
    and how many like it stand before.
    """
    seen: Counter[str] = Counter()
    for one in problems:
        line = one.span.source.line(one.line).strip()
        parts = (own_path(one.file), one.name, line)
        key = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
        yield f"{key}:{seen[key]}"
        seen[key] += 1
