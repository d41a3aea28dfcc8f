"""Problems for a person: the line it stands on, underlined, and what to do.

    error[unknown-field]: no field is called `employes`
      --> inbound.rules:7:6
      |
    7 | when employes >= 500 add 10
      |      ^^^^^^^^
      = help: did you mean `employees`?

Underlines keep their place under tabs and under characters that are two
columns wide or none; characters that would steer the terminal are shown as `·`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from leadrules.language.source import Span
from leadrules.problems.problem import Problem

WIDTH = 110
TAB = 4
_NEAR = 4 * WIDTH  # characters of a longer line that are looked at on each side: more is never shown
_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}

Paint = Callable[[str, str], str]


def render(problems: Sequence[Problem], colour: bool = False) -> str:
    paint = _painted if colour else _plain
    return "\n".join(_problem(problem, paint) for problem in problems)


def _plain(text: str, colour: str) -> str:
    return text


def _painted(text: str, colour: str) -> str:
    import click

    return click.style(text, fg=colour, bold=True)


def _problem(problem: Problem, paint: Paint) -> str:
    places = [problem.span, *(one.span for one in problem.related)]
    pad = " " * (max(len(str(span.source.place(span.start)[0])) for span in places) + 1)
    colour = _COLOURS[problem.severity]
    bar = paint(f"{pad}|", "blue")
    lines = [
        f"{paint(f'{problem.severity}[{problem.name}]', colour)}: {_safe(problem.message)}",
        f"{pad}{paint('-->', 'blue')} {_safe(str(problem.file))}:{problem.line}:{problem.column}",
        bar,
        *_excerpt(problem.span, "^", "", pad, colour, paint),
    ]
    source = problem.span.source
    for one in problem.related:
        if one.span.source is source:
            lines.append(bar)
        else:
            line, column = one.span.source.place(one.span.start)
            lines += [f"{pad}{paint(':::', 'blue')} {_safe(one.span.source.path)}:{line}:{column}", bar]
        source = one.span.source
        lines += _excerpt(one.span, "-", " " + _safe(one.message), pad, "blue", paint)
    if problem.help is not None:
        lines.append(f"{pad}{paint('=', 'blue')} help: {_safe(problem.help)}")
    return "\n".join(lines) + "\n"


def _excerpt(span: Span, mark: str, note: str, pad: str, colour: str, paint: Paint) -> list[str]:
    """The line that a place begins on, and the marks under it."""
    number, column = span.source.place(span.start)
    end_line, end_column = span.source.place(span.end)
    text = span.source.line(number)
    first, last = column - 1, (end_column - 1 if end_line == number else len(text))
    before, marked, after = _clip(text[:first], text[first:last], text[last:])
    under = " " * _width(before) + paint(mark * max(1, _width(marked)), colour)
    return [
        f"{paint(f'{number:>{len(pad) - 1}} |', 'blue')} {before}{marked}{after}".rstrip(),
        f"{paint(f'{pad}|', 'blue')} {under}{note}",
    ]


def _clip(before: str, marked: str, after: str) -> tuple[str, str, str]:
    """The three parts of a line as shown; a line longer than `WIDTH` is cut, the marked part last."""
    before, marked, after = before[-_NEAR:], marked[:_NEAR], after[:_NEAR]
    before = _shown(before, 0)
    marked = _shown(marked, _width(before))
    after = _shown(after, _width(before) + _width(marked))
    if _width(before) + _width(marked) + _width(after) <= WIDTH:
        return before, marked, after
    marked = _cut(marked, WIDTH * 2 // 3)
    room = WIDTH - _width(marked)
    if _width(before) > room * 2 // 3:
        before = "…" + _cut(before[::-1], max(room // 3, room - _width(after) - 1))[::-1].removeprefix("…")
    return before, marked, _cut(after, max(1, room - _width(before)))


def _cut(text: str, width: int) -> str:
    """The beginning of a text, with `…` for what does not fit."""
    if _width(text) <= width:
        return text
    kept = 0
    for position, character in enumerate(text):
        kept += _width(character)
        if kept > width - 1:
            return text[:position] + "…"
    return text


def _shown(text: str, column: int) -> str:
    """A text as it is printed: tabs as blanks, characters that steer a terminal as dots."""
    if text.isprintable():
        return text
    shown = []
    for character in text:
        if character == "\t":
            character = " " * (TAB - column % TAB)
        elif unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            character = "·"
        shown.append(character)
        column += _width(character)
    return "".join(shown)


def _safe(text: str) -> str:
    return _shown(text, 0)


def _width(text: str) -> int:
    """Columns of a terminal that a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in ("W", "F") else 1 for one in text
    )
