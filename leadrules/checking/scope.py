"""What one statement may use, and what it did use, while its expressions are checked.

`Draft` is the ruleset in the making, shared by all statements. `Scope` is one
statement's view of it: it holds the limit of what the statement may use and
gathers the fields, scores and stages that it came to use.

What may use what is a matter of *layers*: each thing is decided in a layer and
may use what was decided before. Stages and labels share a layer, in which the
written order decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from leadrules import ruleset
from leadrules.checking.names import Declared, Names
from leadrules.language import tree
from leadrules.language.source import Span
from leadrules.problems.name_messages import used_too_early
from leadrules.problems.problem import Problem
from leadrules.record import record

FIELDS, FRAMEWORKS, EXCLUDES, POINTS, SCORES, DISQUALIFIES, VERDICTS, END = 0, 2, 3, 4, 5, 6, 7, 8


@record
class Typed:
    """An expression with its kind; `broken` where a problem has been reported and nothing more should be.

    `field` is the declared field if the expression is one, for its choices.
    """

    kind: str
    node: ruleset.Operand | ruleset.Condition | None
    span: Span
    field: ruleset.Field | None = None

    @property
    def broken(self) -> bool:
        return self.kind == "broken"


def broken(node: tree.Node) -> Typed:
    """An expression that a problem has been reported for."""
    return Typed("broken", None, node.span)


@record
class Use:
    """Something used, with the layer in which it is decided and, for stages and labels, its place in the file."""

    name: str
    what: str
    layer: int
    declared: Span | None
    place: int | None = None
    via: str | None = None


@record
class Limit:
    """Up to where a statement may use things: all below `layer`; among verdicts, those placed before `place`."""

    user: str
    layer: int
    place: int = 0
    after_last_stage: bool = False

    def allows(self, use: Use) -> bool:
        if self.layer < VERDICTS:
            return use.layer < self.layer
        if use.layer >= END and not self.after_last_stage:
            return False
        return use.place is None or use.place < self.place

    def why(self, use: Use) -> str:
        """Why a use is not allowed."""
        if self.layer < VERDICTS:
            decided = {
                FRAMEWORKS: "frameworks are decided after the fields and lets alone",
                SCORES: "scores are known only when all points are given",
                VERDICTS: "stages are decided last, and labels that use them with them",
            }
            return decided.get(use.layer, "it is decided only at the end")
        if use.layer >= END:
            return "it is known only after the last stage, labels below that may use it"
        return "it stands below, and stages and labels use only those above them"


ANYTHING = Limit("", END, 1 << 60, True)


@record
class Defined:
    """A let, a criterion or a label's conditions, checked: what it stands for and what it uses."""

    value: Typed
    reads: frozenset[int] = frozenset()
    uses: tuple[Use, ...] = ()
    looks_at_date: bool = False
    size: int = 1
    depth: int = 1


@record
class ListValues:
    """A list's items; `kind` is None where the list is broken."""

    name: str
    kind: str | None
    items: tuple[tree.Literal, ...]


@dataclass
class Draft:
    """The ruleset in the making."""

    problems: list[Problem]
    names: Names = field(default_factory=Names)
    damaged: set[str] = field(default_factory=set)
    broken_rules: set[str] = field(default_factory=set)
    complete: bool = True
    fields: list[ruleset.Field] = field(default_factory=list)
    lists: dict[str, ListValues] = field(default_factory=dict)
    definitions: dict[str, Defined] = field(default_factory=dict)
    label_places: dict[str, int] = field(default_factory=dict)
    label_texts: dict[int, Mapping[str, str]] = field(default_factory=dict)
    stage_places: list[int] = field(default_factory=list)
    read_fields: set[int] = field(default_factory=set)
    looks_at_date: bool = False
    _patterns: dict[tuple[str, bool], Problem | None] = field(default_factory=dict)

    def texts_of(self, operand: object) -> Mapping[str, str]:
        """All the texts that an operand can have, as they are written, by folded text; empty where that is not known.

        A `one of` field has its choices, a label the texts of its rows.
        """
        match operand:
            case ruleset.FieldValue(position):
                return self.fields[position].choices
            case ruleset.LabelValue(label):
                return self.label_texts.get(label, {})
        return {}

    def may_be_damaged(self, name: str) -> bool:
        """Whether an unknown name may follow from a problem that has been reported already."""
        return not self.complete or name in self.damaged or name.partition(".")[0] in self.damaged


@dataclass
class Scope:
    """One statement's expressions: what they may use (`limit`), and what they used."""

    draft: Draft
    limit: Limit = ANYTHING
    reads: set[int] = field(default_factory=set)
    uses: dict[tuple[str, str], Use] = field(default_factory=dict)
    looks_at_date: bool = False
    size: int = 0
    depth: int = 0
    deepest: int = 0

    def report(self, problem: Problem) -> None:
        self.draft.problems.append(problem)

    def use(self, use: Use, span: Span) -> bool:
        """Note a use; False (and a problem) if the statement may not use it yet."""
        self.uses.setdefault((use.what, use.name), use)
        if self.limit.allows(use):
            return True
        self.report(
            used_too_early(span, self.limit.user, use.name, use.what, self.limit.why(use), use.declared, use.via)
        )
        return False

    def use_definition(self, name: str, what: str, defined: Defined, span: Span) -> bool:
        """Note all that a let uses; False if one of it may not be used here."""
        self.reads |= defined.reads
        self.looks_at_date |= defined.looks_at_date
        self.size += defined.size
        self.deepest = max(self.deepest, self.depth + defined.depth)
        uses: Iterable[Use] = defined.uses
        allowed = True
        for one in uses:
            allowed &= self.use(replace(one, via=one.via or name), span)
        return allowed

    def defined(self, value: Typed) -> Defined:
        """The value together with all that it used."""
        return Defined(
            value,
            frozenset(self.reads),
            tuple(self.uses.values()),
            self.looks_at_date,
            max(1, self.size),
            max(1, self.deepest),
        )

    def settle(self) -> None:
        """Hand what was read over to the ruleset: the statement is one that counts."""
        self.draft.read_fields |= self.reads
        self.draft.looks_at_date |= self.looks_at_date


def declared_use(one: Declared, layer: int, place: int | None = None) -> Use:
    return Use(one.name, one.what, layer, one.span, place)
