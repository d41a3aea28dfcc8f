"""What cannot be said in SQL, and where in the ruleset it stands.

A dialect refuses with `CannotSay` where it meets what it has no exact words for. The statement that
was being written is known further up: there the refusal gets its place. All of
them are collected, so that one run names everything that stands in the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from leadrules.language.source import Span
from leadrules.leads.errors import LeadsError


class CannotSay(Exception):
    """A dialect has no exact words for something; `reason` completes a sentence, `help` is an instruction."""

    def __init__(self, reason: str, help: str | None = None):
        super().__init__(reason)
        self.reason = reason
        self.help = help


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that the SQL of a ruleset cannot say, with the place of its statement."""

    reason: str
    help: str | None
    span: Span | None

    @property
    def text(self) -> str:
        """The refusal in a line, its place first."""
        if self.span is None:
            return self.reason
        source = self.span.source
        line, column = source.place(self.span.start)
        return f"{source.path}:{line}:{column}: {self.reason}"


@dataclass(slots=True)
class Refusals:
    """Collects what could not be said while a ruleset is written."""

    found: list[Refusal] = field(default_factory=list)

    @contextmanager
    def within(self, span: Span | None) -> Iterator[None]:
        """Note a refusal inside, with the place of the statement, and go on behind it."""
        try:
            yield
        except CannotSay as refused:
            refusal = Refusal(refused.reason, refused.help, span)
            if refusal not in self.found:
                self.found.append(refusal)

    def raise_if_any(self, dialect: str) -> None:
        """Raise `LeadsError` with every refusal, one a line."""
        if not self.found:
            return
        lines = [one.text + (f"\n  = help: {one.help}" if one.help else "") for one in self.found]
        what = "this ruleset" if len(lines) > 1 else "a part of this ruleset"
        raise LeadsError(
            f"{what} cannot be said in the SQL of {dialect}, and nothing is approximated:\n" + "\n".join(lines)
        )
