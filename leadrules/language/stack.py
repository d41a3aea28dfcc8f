"""The parser's stack, and the one step of an LALR parser: take a word.

A stack is a chain of cells that never change, so that an earlier stack is kept
by keeping its top cell. That is all that recovery needs: the stack before a
faulty statement is still there, and the words that could have come can be asked
for from the stack as it was before the faulty word made it reduce.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from leadrules.language.build import Build
from leadrules.language.source import Source, Span
from leadrules.language.table import table
from leadrules.language.words import Word

# How deep brackets, `not` and calculations may stand in one another. Every later stage may walk a tree by recursion.
MOST_LEVELS = 100


# The rules of the grammar whose nodes stand in one another.
_EXPRESSIONS = frozenset("condition conjunction negation test sum product factor operand age aged".split())


class Cell(NamedTuple):
    """The top of a stack: a state, what was read to get there, and how deep that is."""

    below: Any
    state: int
    value: Any
    start: int
    end: int
    depth: int


class Run(NamedTuple):
    """Repeated children, the last of them first."""

    before: Run | None
    children: tuple[Any, ...]


class TooDeep(Exception):
    """What is being read stands in more than `MOST_LEVELS` levels."""

    def __init__(self, start: int, end: int):
        super().__init__(start, end)
        self.start = start
        self.end = end


class Steps:
    """Takes words onto stacks."""

    def __init__(self, source: Source, build: Build):
        known = table()
        self.source = source
        self.states = known.states
        self.gotos = known.gotos
        self.words = known.words
        self.reserved = known.reserved
        self.end_state = known.end
        self.bottom = Cell(None, known.start, None, 0, 0, 0)
        self.productions = [
            (
                one.origin,
                one.size,
                None if one.builder in (None, "run") else build.builder(one.builder),
                one.builder == "run",
                one.plan,
                one.origin in _EXPRESSIONS,
            )
            for one in known.productions
        ]

    def take(self, stack: Cell, kind: str, word: Word) -> Cell | None:
        """The stack with this word on it, read as of that kind; None if it cannot stand here."""
        states = self.states
        while True:
            action = states[stack.state].get(kind)
            if action is None:
                return None
            if action >= 0:
                return Cell(stack, action, word, word.start, word.end, 0)
            stack = self.reduce(stack, ~action)
            if kind == "END" and stack.state == self.end_state:
                return stack

    def reduce(self, stack: Cell, number: int) -> Cell:
        """The stack with the symbols of a rule replaced by what is made of them."""
        origin, size, builder, run, plan, nests = self.productions[number]
        depth = 0
        if size == 1:
            below, _, value, start, end, depth = stack
            if builder is None and not run:
                return Cell(below, self.gotos[below.state][origin], value, start, end, depth)
            values = [value]
        elif size == 0:
            below, start, end, values = stack, stack.end, stack.end, []
        else:
            end = stack.end
            values = []
            below = stack
            for _ in range(size):
                values.append(below.value)
                start = below.start
                if below.depth > depth:
                    depth = below.depth
                below = below.below
            values.reverse()
            if nests:
                depth += 1
                if depth > MOST_LEVELS:
                    raise TooDeep(start, end)
            elif not run:
                depth = 0
        made: Any
        if run:
            first, *rest = plan
            if first is not None and first < 0:  # a run, and what comes after it
                made = Run(values[0], tuple(_children(values, rest)))
            else:
                made = Run(None, tuple(_children(values, plan)))
        elif builder is None:
            (made,) = _children(values, plan)
        else:
            made = builder(Span(self.source, start, end), *_children(values, plan))
        return Cell(below, self.gotos[below.state][origin], made, start, end, depth)

    def could_take(self, stack: Cell, kind: str) -> bool:
        """Whether a word of this kind can stand here; makes nothing."""
        return self.state_before(stack, kind) is not None

    def state_before(self, stack: Cell, kind: str) -> int | None:
        """The state in which a word of this kind would be taken; None if it cannot stand here."""
        above: list[int] = []  # states on top of the cell `stack`
        while True:
            state = above[-1] if above else stack.state
            action = self.states[state].get(kind)
            if action is None:
                return None
            if action >= 0:
                return state
            origin, size = self.productions[~action][:2]
            while size and above:
                above.pop()
                size -= 1
            while size:
                stack = stack.below
                size -= 1
            state = self.gotos[above[-1] if above else stack.state][origin]
            if kind == "END" and state == self.end_state:
                return state
            above.append(state)

    def expected(self, stack: Cell) -> set[str]:
        """The kinds of words that can stand here."""
        return {kind for kind in self.states[stack.state] if self.could_take(stack, kind)}


def _children(values: list[Any], plan: Sequence[int | None]) -> list[Any]:
    children: list[Any] = []
    for position in plan:
        if position is None:
            children.append(None)
        elif position >= 0:
            children.append(values[position])
        else:
            runs = []
            run = values[~position]
            while run is not None:
                runs.append(run.children)
                run = run.before
            for one in reversed(runs):
                children += one
    return children
