"""One line a problem, as editors and `grep` read it: `path:line:column: severity[name]: message (help)`."""

from __future__ import annotations

from collections.abc import Sequence

from leadrules.problems.problem import Problem


def render(problems: Sequence[Problem]) -> str:
    return "".join(f"{problem}{f' ({problem.help})' if problem.help else ''}\n" for problem in problems)
