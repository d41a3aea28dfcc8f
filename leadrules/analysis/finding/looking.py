"""One ruleset being looked at: its analysis, its places, its words, and what has been said of it already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property

from leadrules.analysis.questions import Analysis, Answer
from leadrules.analysis.ruling import Ruling
from leadrules.analysis.seen import Seen
from leadrules.analysis.sites import Places, Site
from leadrules.analysis.space import Space
from leadrules.analysis.tables import Table, table
from leadrules.explaining.words import Words
from leadrules.language import tree
from leadrules.language.source import Source
from leadrules.ruleset import Condition, Model


class Looking:
    """What all findings share. `undecided` is what there was no time for, in words."""

    def __init__(self, model: Model, statements: Iterable[tree.Statement], root: Source, as_of: date, seconds: float):
        self.model = model
        self.root = root
        self.as_of = as_of
        self.statements = tuple(statements)
        self.places = Places(model, self.statements)
        self.analysis = Analysis([model], as_of, seconds)
        self.undecided: list[str] = []
        self.verdicts_fail = False
        """Whether a stage or label has been found out of reach, or every lead's: that rules do nothing then follows."""
        self.never: set[tuple[str, int, int]] = set()
        """The conditions (part, position, row) of which it has been said that they are never true."""
        self.uncounted: set[int] = set()
        """The rules of which it has been said that they never count."""

    @property
    def space(self) -> Space:
        return self.analysis.space

    @property
    def ruling(self) -> Ruling:
        return self.analysis.ruling

    @cached_property
    def words(self) -> Words:
        return Words(self.model)

    @cached_property
    def seen(self) -> Seen:
        return Seen(self.analysis)

    @cached_property
    def sites(self) -> list[Site]:
        return list(self.places.sites())

    def table(self, conditions: Sequence[Condition]) -> Table | None:
        return table(self.space, conditions)

    def decided(self, answer: Answer, what: str) -> bool:
        """Whether something is proved impossible; what is open is kept for the note."""
        if answer.decided == "open":
            self.undecided.append(what)
        return answer.impossible
