"""A problem as a value: what is wrong in a ruleset, where, and what to do.

Stages return problems, they never print or raise them. All wording lives in
`leadrules.problems.messages`, one small function a message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from leadrules.language.source import Span

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to a problem, with a few words on why."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a ruleset.

    `name` is permanent (`unknown-field`) and has a page in
    `leadrules/problems/pages/`. `message` says what is wrong, `help` what to
    do. Lines and columns count from 1; the end column is the one after the last.
    """

    name: str
    severity: Severity
    message: str
    span: Span
    help: str | None = None
    related: tuple[Related, ...] = ()

    @property
    def file(self) -> str:
        return self.span.source.path

    @property
    def line(self) -> int:
        return self.span.source.place(self.span.start)[0]

    @property
    def column(self) -> int:
        return self.span.source.place(self.span.start)[1]

    @property
    def end_line(self) -> int:
        return self.span.source.place(self.span.end)[0]

    @property
    def end_column(self) -> int:
        return self.span.source.place(self.span.end)[1]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.severity}[{self.name}]: {self.message}"


class RulesetError(Exception):
    """A ruleset has errors of syntax, names or types; `problems` has them all, in order of their places."""

    def __init__(self, problems: list[Problem]):
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
