"""A JSON list with one object a problem, for programs.

Each object has `name`, `severity` (`error`, `warning`, `info`), `message`,
`help` (or null), `file`, `line`, `column`, `end_line`, `end_column`, and
`related`: a list of other places, each with `message` and the same six. Lines
and columns count from 1, the end column is the one after the last. Without
problems the list is empty, never absent.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from leadrules.language.source import Span
from leadrules.problems.problem import Problem


def render(problems: Sequence[Problem]) -> str:
    return json.dumps([as_object(problem) for problem in problems], indent=2) + "\n"


def as_object(problem: Problem) -> dict[str, object]:
    """A problem as JSON knows it."""
    return {
        "name": problem.name,
        "severity": problem.severity,
        "message": problem.message,
        "help": problem.help,
        **_place(problem.span),
        "related": [{"message": one.message, **_place(one.span)} for one in problem.related],
    }


def _place(span: Span) -> dict[str, object]:
    line, column = span.source.place(span.start)
    end_line, end_column = span.source.place(span.end)
    return {"file": span.source.path, "line": line, "column": column, "end_line": end_line, "end_column": end_column}
