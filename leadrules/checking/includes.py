"""All statements of a ruleset in one order, the included files' among them.

An include inserts another file's statements where it stands, once, however
often the file is named; so a circle of includes ends by itself. The walk keeps
its own stack: a chain of a thousand files is no deeper than one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from leadrules.checking.files import Files
from leadrules.language import tree
from leadrules.language.parser import parse
from leadrules.language.source import Source
from leadrules.problems.problem import Problem

_DECLARED = re.compile(
    r'\b(?:field|let|list|score|stage|framework|label|rule)\s+(?:`([^`\n]+)`|"([^"\n]*)"|([^\W\d][\w.]*))'
)
_NAMELESS = re.compile(r"\b(?:field|let|list|score|stage|framework|label)\s+(?:[:={]|(?:from|at|by|if|after)\b)")
_ANY_NAME = re.compile(r'`([^`\n]+)`|"([^"\n]*)"|([^\W\d][\w.]*)')


@dataclass
class Gathered:
    """The statements of all files, each with the rank of its file (the root is 0).

    `damaged` are names that a statement with a syntax problem may have
    declared, and `complete` is False where a file is missing altogether, or a
    declaration without its name: what is unknown then may follow from the first
    problem and is not reported.
    """

    statements: list[tuple[tree.Statement, int]] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    includes: list[set[int]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)
    complete: bool = True

    def wins(self, file: int, other: int) -> bool:
        """Whether a file includes the other, also by way of others: its fields and criteria then win."""
        return other in self.includes[file]


def gather(root: Source, files: Files) -> Gathered:
    """The statements of the root and of all that it includes, in the order in which they count."""
    gathered = Gathered()
    ranks: dict[Source, int] = {}
    stack: list[tuple[int, Iterator[tree.Statement]]] = [_enter(root, gathered, ranks)]
    while stack:
        rank, statements = stack[-1]
        statement = next(statements, None)
        if statement is None:
            stack.pop()
            if stack:
                gathered.includes[stack[-1][0]] |= gathered.includes[rank] | {rank}
        elif not isinstance(statement, tree.Include):
            gathered.statements.append((statement, rank))
        else:
            source = files.included(statement.path)
            if source is None:
                gathered.complete = False
            elif source not in ranks:
                stack.append(_enter(source, gathered, ranks))
            elif all(ranks[source] != open_rank for open_rank, _ in stack):
                gathered.includes[rank] |= gathered.includes[ranks[source]] | {ranks[source]}
    return gathered


def _enter(source: Source, gathered: Gathered, ranks: dict[Source, int]) -> tuple[int, Iterator[tree.Statement]]:
    rank = ranks[source] = len(ranks)
    gathered.sources.append(source)
    gathered.includes.append(set())
    file, problems = parse(source)
    gathered.problems += problems
    if any(problem.severity == "error" for problem in problems):
        gathered.damaged |= _damaged_names(source, problems)
        lines = {problem.line for problem in problems}
        gathered.complete &= not any(_NAMELESS.search(source.line(number)) for number in lines)
    return rank, iter(file.statements)


def _damaged_names(source: Source, problems: list[Problem]) -> set[str]:
    """Names that the damaged statements may have been about to declare."""
    found = _DECLARED.findall(source.text)
    damaged = (range(problem.line, min(problem.end_line, problem.line + 3) + 1) for problem in problems)
    for number in set(chain.from_iterable(damaged)):
        found += _ANY_NAME.findall(source.line(number))
    return {name for groups in found for name in groups if name}
