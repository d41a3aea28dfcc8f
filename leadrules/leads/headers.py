"""Which column of a file each field of a ruleset reads.

A field's candidates are its `from` headers in the order written, then its own
name. The first that a column has exactly wins; if none, the first that a column
has ignoring case, blanks, `_`, `-`, `.` and a byte-order mark. Two columns for
the winning candidate are an error, and so is none, unless the field is optional:
a mistyped header must never become a zero for every lead.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Literal

from leadrules.meaning.text import BLANKS, fold, normal
from leadrules.record import record
from leadrules.ruleset import Field

_PASSED_OVER = str.maketrans("", "", BLANKS + "_-.")


@record
class HeaderProblem:
    """A field without its column. A `warning` leaves the field missing for every lead."""

    name: Literal["missing-column", "ambiguous-column"]
    severity: Literal["error", "warning"]
    field: int
    message: str
    help: str | None = None


@record
class Matched:
    """Headers by the position of their field, and what is wrong. An optional field without a column is in neither."""

    headers: Mapping[int, str]
    problems: tuple[HeaderProblem, ...]

    @property
    def errors(self) -> list[HeaderProblem]:
        return [problem for problem in self.problems if problem.severity == "error"]


def match_headers(fields: Sequence[Field], headers: Sequence[str], *, absent_is_missing: bool = False) -> Matched:
    """Find the column of every field that something reads.

    `absent_is_missing`: a lead may lack a key (JSON, dicts), so that a column that none has is a warning.
    """
    if absent_is_missing and not headers:
        return Matched({}, ())  # no leads: nothing can be said of their columns
    exact = _positions([normal(header) for header in headers])
    loose = _positions([loosened(header) for header in headers])
    found: dict[int, str] = {}
    problems = []
    for position, field in enumerate(fields):
        if not field.read:
            continue
        candidates = [*field.headers, field.name]
        hits = next((exact[normal(one)] for one in candidates if normal(one) in exact), None)
        if hits is None:
            hits = next((loose[loosened(one)] for one in candidates if loosened(one) in loose), None)
        if hits is None:
            if not field.optional:
                problems.append(_missing(position, field, candidates, headers, absent_is_missing))
        elif len(hits) > 1:
            problems.append(_ambiguous(position, field, [headers[hit] for hit in hits], hits))
        else:
            found[position] = headers[hits[0]]
    missing = [problem for problem in problems if problem.name == "missing-column"]
    if not found and len(missing) > 1 and not absent_is_missing:
        problems = [problem for problem in problems if problem.name != "missing-column"]
        problems.append(_nothing_fits(missing, headers))
    return Matched(found, tuple(problems))


def loosened(header: str) -> str:
    """The header as compared ignoring case, blanks, `_`, `-`, `.` and a byte-order mark."""
    return fold(header.translate(_PASSED_OVER))


def nearest_header(wanted: Sequence[str], headers: Sequence[str]) -> str | None:
    """The header most like one of these, if one is like enough."""
    by_key = {loosened(header): header for header in reversed(headers)}
    best, nearest = 0.0, None
    for one in wanted:
        for key in difflib.get_close_matches(loosened(one), by_key, n=1, cutoff=0.6):
            likeness = difflib.SequenceMatcher(None, loosened(one), key).ratio()
            if likeness > best:
                best, nearest = likeness, by_key[key]
    return nearest


def _positions(keys: Sequence[str]) -> dict[str, list[int]]:
    where: dict[str, list[int]] = {}
    for position, key in enumerate(keys):
        where.setdefault(key, []).append(position)
    return where


def _missing(
    position: int, field: Field, candidates: Sequence[str], headers: Sequence[str], absent_is_missing: bool
) -> HeaderProblem:
    expected = " or ".join(f"`{one}`" for one in dict.fromkeys(candidates))
    near = nearest_header(candidates, headers)
    near = " ".join(near.splitlines()) if near else near  # a text ends on its line, and blanks make no difference
    written = near.replace("\\", "\\\\").replace('"', '\\"') if near else ""
    instead = (
        f'did you mean `{near}`? then add `from "{written}"` to the field'
        if near
        else "add the field's header with `from`"
    )
    if absent_is_missing:
        return HeaderProblem(
            "missing-column",
            "warning",
            position,
            f"no lead has {expected}, so the field `{field.name}` is missing everywhere",
            instead,
        )
    return HeaderProblem(
        "missing-column",
        "error",
        position,
        f"the field `{field.name}` has no column: expected {expected}",
        f"{instead}; or mark it `optional`",
    )


def _nothing_fits(missing: Sequence[HeaderProblem], headers: Sequence[str]) -> HeaderProblem:
    """One problem in place of many: mostly the header is another line, or the leads are on another sheet."""
    shown = ", ".join(f"`{header[:30]}`" for header in headers[:4]) + (", …" if len(headers) > 4 else "")
    return HeaderProblem(
        "missing-column",
        "error",
        missing[0].field,
        f"none of the {len(missing)} fields that need a column has one: the header was taken to be {shown}",
        "see that the first line names the columns, and in a workbook that the sheet is the right one (`--sheet`); "
        "headers that the rules do not know are named with `from`",
    )


def _ambiguous(position: int, field: Field, names: Sequence[str], hits: Sequence[int]) -> HeaderProblem:
    columns = " and ".join(f"`{name}` (column {hit + 1})" for name, hit in zip(names, hits, strict=True))
    alike = len(set(names)) < len(names)
    help = "rename one of them in the file" if alike else f'name the one that is meant first: `from "{names[0]}"`'
    return HeaderProblem("ambiguous-column", "error", position, f"the field `{field.name}` could be {columns}", help)
