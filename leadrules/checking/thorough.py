"""All that `leadrules check` says of some rulesets: problems of writing, names and types, and what only looking further
tells, less what comments allow.

`check_path` is enough to load and run a ruleset; nothing here is asked for that. Several rulesets are looked at
together, because a file that they share has its problems, and its comments, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from leadrules.analysis.findings import findings
from leadrules.checking.allowances import allowed
from leadrules.checking.check import Checked, check_path
from leadrules.checking.files import Reader
from leadrules.language.source import Source
from leadrules.meaning.days import today
from leadrules.problems.explained import NEED_LEADS, names
from leadrules.problems.problem import Problem


def check_thoroughly(
    path: str | Path, *, allow_outside: bool = False, read: Reader = Path.read_bytes, as_of: date | None = None
) -> list[Problem]:
    """All problems of one ruleset, by place. Raises OSError where the file itself cannot be read."""
    return thorough([check_path(path, allow_outside=allow_outside, read=read)], as_of=as_of)


def thorough(
    checks: Sequence[Checked], shown_by_leads: Sequence[Problem] | None = None, as_of: date | None = None
) -> list[Problem]:
    """All problems of some rulesets, in the order of the files and of their places.

    What is proved is proved for the date `as_of`, today in UTC unless given. `shown_by_leads` are those that leads
    showed besides; None, where no leads were looked at: then it is not known whether there are any, and allowing one
    is not called useless.
    """
    seen: dict[tuple[object, ...], Problem] = {}
    unfinished: set[str] = set()
    for checked in checks:
        found = list(checked.problems)
        if checked.model is None:
            unfinished |= {source.path for source in checked.sources}
        else:
            found += findings(checked, as_of or today())
        for one in found:
            seen.setdefault((one.name, one.file, one.span.start, one.span.end, one.message), one)
    sources: dict[str, Source] = {}
    for checked in checks:
        for source in checked.sources:
            sources.setdefault(source.path, source)
    left = allowed(
        [*seen.values(), *(shown_by_leads or ())],
        list(sources.values()),
        names=names(),
        fixed=stopping(checks),
        finished=sources.keys() - unfinished,
        unasked=NEED_LEADS if shown_by_leads is None else (),
    )
    order = {path: rank for rank, path in enumerate(sources)}
    return sorted(left, key=lambda one: (order.get(one.file, len(order)), one.span.start, one.span.end))


def stopping(checks: Sequence[Checked]) -> set[Problem]:
    """The errors for which a ruleset cannot be run: neither a comment nor a baseline takes them away."""
    return {one for checked in checks for one in checked.problems if one.severity == "error"}
