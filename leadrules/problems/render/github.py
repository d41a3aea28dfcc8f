"""Workflow commands: a line a problem, which GitHub shows beside the code of a pull request.

    ::error file=inbound.rules,line=7,endLine=7,col=6,endColumn=14,title=unknown-field::inbound.rules:7:6: …

What follows the last `::` is also what the log of the build shows, so the place
stands there too. Columns are left out for a place of several lines, where
GitHub does not take them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leadrules.problems.problem import Problem
from leadrules.problems.report import Report, cannot_be_read, own_path, told

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: Report) -> str:
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    for path, why in report.unread.items():
        yield _command("error", {"file": own_path(path), "title": "cannot be read"}, cannot_be_read(path, why))
    for one in report.problems:
        yield _command(_COMMANDS[one.severity], _place(one), f"{one.file}:{one.line}:{one.column}: {told(one)}")


def _place(problem: Problem) -> dict[str, object]:
    place: dict[str, object] = {"file": own_path(problem.file), "line": problem.line, "endLine": problem.end_line}
    if problem.line == problem.end_line:
        place |= {"col": problem.column, "endColumn": problem.end_column}
    return place | {"title": problem.name}


def _command(name: str, properties: Mapping[str, object], message: str) -> str:
    written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{name} {written}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
