"""Problems less those that a comment allows: `# leadrules: allow NAME because …`.

A comment at the end of a line speaks of that line; one that stands alone speaks
of the next line that has words on it. It takes away one problem of that name
that begins there. What is wrong with the comments themselves is added: no
reason, a name that no problem has, nothing to allow.

Questionable decisions: errors of writing, names and types cannot be allowed,
because a ruleset that has them cannot be run; every other problem can, proofs
among them. And nothing is called unused while a ruleset that reads the file
has such an error, because proofs were not tried then.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from leadrules.language.source import Source, Span
from leadrules.language.words import words_of
from leadrules.problems.allowance_messages import (
    allowance_form,
    allowance_without_reason,
    cannot_be_allowed,
    unknown_allowance,
    unused_allowance,
)
from leadrules.problems.near import near_names
from leadrules.problems.problem import Problem
from leadrules.record import record

_OURS = re.compile(r"#\s*leadrules:", re.I)
_FORM = re.compile(r"#\s*leadrules:\s*allow\s+(?P<name>[\w-]+)(?:\s+because\s+(?P<reason>\S.*))?\s*", re.I)


@record
class Allowance:
    """One comment: the problem that it names, the line that it speaks of, and why (None where it does not say)."""

    span: Span
    name: str
    line: int | None
    reason: str | None


def allowed(
    problems: Sequence[Problem],
    sources: Sequence[Source],
    *,
    names: Collection[str],
    fixed: Collection[Problem] = (),
    finished: Collection[str] = (),
    unasked: Collection[str] = (),
) -> list[Problem]:
    """The problems that remain, and those of the comments.

    `names` are the problems that there are, `fixed` those that cannot be allowed, `finished` the paths of the
    sources about which everything was asked, save the names in `unasked`.
    """
    left: list[Problem | None] = list(problems)
    places: dict[tuple[str, str, int], list[int]] = {}
    for place, one in enumerate(problems):
        places.setdefault((one.file, one.name, one.line), []).append(place)
    added: list[Problem] = []
    for source in {one.path: one for one in sources}.values():
        for comment in _comments(source):
            allowance = _read(comment)
            if allowance is None:
                added.append(allowance_form(comment))
                continue
            name = allowance.name
            found = places.get((source.path, name, allowance.line or 0), [])
            free = [place for place in found if left[place] is not None and problems[place] not in fixed]
            if free:
                left[free[0]] = None
                if allowance.reason is None:
                    added.append(allowance_without_reason(comment, name))
            elif name not in names:
                added.append(unknown_allowance(comment, name, near_names(name, names)))
            elif any(problems[place] in fixed for place in found):
                added.append(cannot_be_allowed(comment, name))
            elif source.path in finished and name not in unasked:
                added.append(unused_allowance(comment, name, allowance.line))
    return [one for one in left if one is not None] + added


def _comments(source: Source) -> Iterator[Span]:
    """The comments that speak to leadrules."""
    if not _OURS.search(source.text):
        return
    places: list[tuple[int, int]] = []
    for _ in words_of(source, places):
        pass
    for start, end in places:
        if _OURS.match(source.text, start, end):
            yield Span(source, start, start + len(source.text[start:end].rstrip()))


def _read(comment: Span) -> Allowance | None:
    found = _FORM.fullmatch(comment.text)
    if found is None:
        return None
    return Allowance(comment, found["name"].lower(), _line_meant(comment), found["reason"])


def _line_meant(comment: Span) -> int | None:
    """The comment's own line where words stand before it, else the next line with words."""
    source = comment.source
    number, column = source.place(comment.start)
    if source.line(number)[: column - 1].strip():
        return number
    for later in range(number + 1, len(source.line_starts) + 1):
        text = source.line(later).strip()
        if text and not text.startswith("#"):
            return later
    return None
