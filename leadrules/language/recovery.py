"""What is wrong at a word that cannot stand where it does, and what was probably meant."""

from __future__ import annotations

from typing import NamedTuple

from leadrules.language.source import Source, Span
from leadrules.language.stack import Cell, Steps
from leadrules.language.words import Word
from leadrules.problems import syntax_messages as messages
from leadrules.problems.problem import Problem


class Finding(NamedTuple):
    """A problem; if the statement can be read on, the stack with the word on it and the kind it was taken as."""

    problem: Problem
    stack: Cell | None = None
    kind: str = ""
    taken: tuple[tuple[str, Word], ...] = ()


def find(
    steps: Steps, source: Source, before_last: Cell, last: Word, stack: Cell, word: Word, settled: bool
) -> Finding:
    expected = steps.expected(stack)
    return Finding(messages.unexpected(Span(source, word.start, word.end), ", ".join(sorted(expected)), shown(source, word)))


def unfinished(steps: Steps, source: Source, stack: Cell, last: Word, word: Word) -> Problem:
    return messages.unfinished(Span(source, last.start, last.end), ", ".join(sorted(steps.expected(stack))), shown(source, word))


def number_with_comma(source: Source, comma: Word, certain: bool) -> Problem:
    """For the comma within a number like `1,200`."""
    start = comma.start
    while source.text[start - 1].isdigit():
        start -= 1
    assert isinstance(comma.value, int)
    written = source.text[start : comma.value]
    return messages.number_with_comma(Span(source, start, comma.value), written, written.replace(",", "_"), certain)


def shown(source: Source, word: Word) -> str:
    return "the end of the file" if word.kind == "END" else messages.named(source.text[word.start : word.end])
