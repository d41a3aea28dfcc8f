"""Problems as text: one module for each format, chosen by name.

A renderer turns all problems of a run into one text, with a final line end
where there is any; only the command line prints it. `full` is for a person,
`line` for editors, `json` for programs; `sarif`, `github`, `gitlab` and `junit`
are what build servers read. The modules are imported when used, so that a check
pays for one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

from leadrules.problems.problem import Problem
from leadrules.problems.report import Report


def full(problems: Sequence[Problem], colour: bool = False) -> str:
    """Each problem with its line, underlined, and what to do."""
    from leadrules.problems.render import terminal

    return terminal.render(problems, colour)


def line(problems: Sequence[Problem]) -> str:
    """One line a problem; never coloured."""
    from leadrules.problems.render import lines

    return lines.render(problems)


def json(problems: Sequence[Problem]) -> str:
    """A JSON list; never coloured."""
    from leadrules.problems.render import objects

    return objects.render(problems)


def _by_module(name: str) -> Callable[[Report, bool], str]:
    """The renderer of a format that has a module of its name here."""

    def render(report: Report, colour: bool) -> str:
        text: str = import_module(f"{__name__}.{name}").render(report)
        return text

    return render


FORMATS: Mapping[str, Callable[[Report, bool], str]] = {
    "full": lambda report, colour: full(report.problems, colour),
    "line": lambda report, _: line(report.problems),
    "json": lambda report, _: json(report.problems),
    "sarif": _by_module("sarif"),
    "github": _by_module("github"),
    "gitlab": _by_module("gitlab"),
    "junit": _by_module("junit"),
}
"""Each format by its name; only `full` is coloured, where that is asked for."""
