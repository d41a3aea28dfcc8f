"""Problems as text: one module for each format, chosen by name.

A renderer turns all problems of a run into one text, with a final line end
where there is any problem; only the command line prints it. `full` is for a
person, `line` for editors, `json` for programs. The modules are imported when
used, so that a check pays for one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from leadrules.problems.problem import Problem


def full(problems: Sequence[Problem], colour: bool = False) -> str:
    """Each problem with its line, underlined, and what to do."""
    from leadrules.problems.render import terminal

    return terminal.render(problems, colour)


def line(problems: Sequence[Problem], colour: bool = False) -> str:
    """One line a problem; never coloured."""
    from leadrules.problems.render import lines

    return lines.render(problems)


def json(problems: Sequence[Problem], colour: bool = False) -> str:
    """A JSON list; never coloured."""
    from leadrules.problems.render import objects

    return objects.render(problems)


FORMATS: Mapping[str, Callable[[Sequence[Problem], bool], str]] = {"full": full, "line": line, "json": json}
