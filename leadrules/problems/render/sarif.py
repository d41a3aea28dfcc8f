"""SARIF 2.1.0: the exchange format of static analysis, as GitHub code scanning, Azure DevOps and editors read it.

Columns count characters (`unicodeCodePoints`), the end column is the one after
the last: both as a problem has them. Paths are relative to the folder of the
run, which should be that of the repository.

GitHub refuses a file with more than 25,000 results, and shows 5,000 of them and
100 places of each. So no more are written, the worst first, and a notification
says how many were left out. `primaryLocationLineHash` is left to GitHub's own upload, which
finds one that differs from its own odd; ours (`lineText/v1`) serves everyone else.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from leadrules import __version__
from leadrules.language.source import Span
from leadrules.problems.explained import page_of
from leadrules.problems.problem import Problem, Severity
from leadrules.problems.report import Report, cannot_be_read, fingerprints, own_path, told
from leadrules.problems.wording import counted

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS = 5_000
MOST_RELATED = 99
LONGEST = 1_000

_LEVELS: Mapping[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_RANKS = {severity: rank for rank, severity in enumerate(_LEVELS)}
_LINK = re.compile(r"\[(?=[^\]]*\]\()")


def render(report: Report) -> str:
    return json.dumps(_log(report), indent=2) + "\n"


def _log(report: Report) -> dict[str, Any]:
    marked = sorted(
        zip(report.problems, fingerprints(report.problems), strict=True), key=lambda one: _RANKS[one[0].severity]
    )
    shown = marked[:MOST_RESULTS]
    severities: dict[str, Severity] = {}
    for one, _ in shown:
        severities.setdefault(one.name, one.severity)
    places = {name: place for place, name in enumerate(severities)}
    run = {
        "tool": {
            "driver": {
                "name": "leadrules",
                "semanticVersion": __version__,
                "rules": [_rule(name, severity) for name, severity in severities.items()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "the folder in which leadrules was run"}}},
        "invocations": [_invocation(report, len(marked) - len(shown))],
        "results": [_result(one, mark, places[one.name]) for one, mark in shown],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(name: str, severity: Severity) -> dict[str, Any]:
    page = page_of(name)
    return {
        "id": name,
        "shortDescription": {"text": page.sentence},
        "fullDescription": {"text": _cut(page.meaning)},
        "help": {"text": page.markdown, "markdown": page.markdown},
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {"tags": ["lead-scoring"]},
    }


def _invocation(report: Report, left_out: int) -> dict[str, Any]:
    """Whether all could be read, and what else there is to say of the run."""
    said: list[dict[str, Any]] = [
        {"level": "error", "message": {"text": cannot_be_read(path, why)}, "locations": [_at(path)]}
        for path, why in report.unread.items()
    ]
    if left_out:
        more = f"{counted(left_out, 'more problem')} left out: a file of more than {MOST_RESULTS:,} is not taken"
        said.append({"level": "warning", "message": {"text": more}})
    return {"executionSuccessful": not report.unread, "toolExecutionNotifications": said}


def _result(problem: Problem, fingerprint: str, rule: int) -> dict[str, Any]:
    result = {
        "ruleId": problem.name,
        "ruleIndex": rule,
        "level": _LEVELS[problem.severity],
        "message": {"text": _message(told(problem))},
        "locations": [_location(problem.span)],
        "partialFingerprints": {"lineText/v1": fingerprint},
    }
    related = [
        {"id": number, "message": {"text": _message(one.message)}, **_location(one.span)}
        for number, one in enumerate(problem.related[:MOST_RELATED], 1)
    ]
    return {**result, "relatedLocations": related} if related else result


def _location(span: Span) -> dict[str, Any]:
    line, column = span.source.place(span.start)
    end_line, end_column = span.source.place(span.end)
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    found = _at(span.source.path)
    found["physicalLocation"]["region"] = region
    return found


def _at(path: str) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(own_path(path))}}


def _artifact(path: str) -> dict[str, str]:
    if os.path.isabs(path):
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(os.fsencode(path)), "uriBaseId": "%SRCROOT%"}


def _message(text: str) -> str:
    """A text in which nothing is taken for a link to another place."""
    return _LINK.sub(r"\\[", _cut(text))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
