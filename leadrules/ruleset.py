"""The checked ruleset: typed, names resolved, in one normal form.

Every stage after the check reads this and nothing else: the reference
evaluator, the bins and the engine, proofs, SQL. Fields, scores, groups,
frameworks, stages and labels are positions in the ruleset's tuples, never
names. Nothing here can fail: an operand always has the kind that its condition
needs, a threshold row always has points.

The normal form, so that a reader of `reference.py` meets few ideas:

- Points are whole hundredths (`250` is 2.5 points); weights are whole
  hundredths of a percent (`5000` is 50 %).
- Lets are written out where they are used; `!=`, `is not`, `does not …` are
  `Not`; `between` is two comparisons; a list is its values.
- `when`, `points by` and `points first` are all rows, of which the first true
  one gives its points (`Rule.rows`).
- `A unless B` is `And((A, Not(Definitely(B))))`: B stops A only by being true.
- Texts that are compared ignoring case are already folded (`leadrules.meaning.text.fold`).

Questionable decision: days, months and their windows stay symbolic here
(`DayBound`), because the as-of date comes with the leads. Everything else that
can be worked out before a lead is seen, is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Literal

from leadrules.language.source import Span
from leadrules.record import record

FieldType = Literal["text", "email", "integer", "number", "boolean", "date", "datetime", "one of", "list of text"]
Kind = Literal["text", "number", "boolean", "date", "datetime", "texts"]
Unit = Literal["days", "weeks", "months", "years"]

KIND_OF_TYPE: Mapping[FieldType, Kind] = {
    "text": "text",
    "email": "text",
    "one of": "text",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "list of text": "texts",
}

# ------------------------------------------------------------------- operands


@record
class FieldValue:
    """The lead's value of `fields[field]`; missing where the lead has none."""

    field: int
    kind: Kind


@record
class Constant:
    """A literal: Decimal (number), str (text, as written), date, datetime (UTC, no zone) or bool."""

    value: Decimal | str | date | datetime | bool
    kind: Kind


@record
class Arithmetic:
    """`left op right` in doubles; missing where a side is missing or the result is not finite."""

    op: Literal["+", "-", "*", "/"]
    left: Operand
    right: Operand
    kind: Kind = "number"


@record
class Negative:
    operand: Operand
    kind: Kind = "number"


@record
class Age:
    """Complete days, months or years from a day to the as-of date (`until`: from the as-of date to the day)."""

    unit: Literal["days", "months", "years"]
    until: bool
    operand: Operand
    kind: Kind = "number"


@record
class DayOf:
    """The UTC day of a datetime operand."""

    operand: Operand
    kind: Kind = "date"


@record
class ScoreValue:
    """The limited part `scores[score]` before its weight; None is the limited total."""

    score: int | None
    kind: Kind = "number"


@record
class FrameworkCount:
    """How many criteria of `frameworks[framework]` are met, or open."""

    framework: int
    count: Literal["met", "open"]
    kind: Kind = "number"


@record
class LabelValue:
    """The text of `labels[label]`; empty, never missing, where no row was true."""

    label: int
    kind: Kind = "text"


Operand = FieldValue | Constant | Arithmetic | Negative | Age | DayOf | ScoreValue | FrameworkCount | LabelValue

# ----------------------------------------------------------------- conditions

MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
"""What a comparison becomes when its sides change places."""


@record
class And:
    """Kleene's and; `And(())` is true."""

    parts: tuple[Condition, ...]


@record
class Or:
    """Kleene's or; `Or(())` is false."""

    parts: tuple[Condition, ...]


@record
class Not:
    part: Condition


@record
class AtLeast:
    """True when `count` parts are true, false when that can no longer be, else unknown."""

    count: int
    parts: tuple[Condition, ...]


@record
class Definitely:
    """True where the part is true, false where it is false or unknown."""

    part: Condition


@record
class Compare:
    """Two numbers, two dates or two datetimes (never a mixture: see `DayOf`).

    A score against a constant compares exactly; all other numbers as doubles.
    """

    op: Literal["=", "<", "<=", ">", ">="]
    left: Operand
    right: Operand


@record
class SameText:
    """Two text operands, equal ignoring case."""

    left: Operand
    right: Operand


@record
class TextIn:
    """The whole text is one of these folded texts."""

    operand: Operand
    texts: frozenset[str]


@record
class Exactly:
    """The whole text is this one, minding case."""

    operand: Operand
    text: str


@record
class TextTest:
    """One of the folded texts is contained, mentioned, at the start or at the end."""

    test: Literal["contains", "mentions", "starts with", "ends with"]
    operand: Operand
    texts: tuple[str, ...]


@record
class Includes:
    """One of the folded texts is an item of a `list of text`."""

    operand: Operand
    texts: frozenset[str]


@record
class Matches:
    """The pattern (Rust's `regex` syntax) is found anywhere."""

    operand: Operand
    pattern: str
    ignore_case: bool


@record
class TextIs:
    operand: Operand
    word: Literal["lowercase", "uppercase", "numeric", "valid", "personal", "disposable", "role", "business"]


@record
class At:
    """An e-mail address at one of these (folded) domains or below it."""

    operand: Operand
    domains: frozenset[str]


@record
class Known:
    """The operand has a value. Never unknown, save in a framework's criterion: there unknown while it is missing."""

    operand: Operand
    in_criterion: bool = False


@record
class IsTrue:
    """A boolean operand is true."""

    operand: Operand


@record
class DayBound:
    """The as-of date moved by `amount` units (negative: back; by calendar, the day clamped), then by `days`."""

    amount: int
    unit: Unit
    days: int = 0


@record
class InWindow:
    """A date operand from `low` to `high`, both included; None is open."""

    operand: Operand
    low: DayBound | None
    high: DayBound | None


@record
class Holds:
    """The lead holds `stages[stage]`. Never unknown."""

    stage: int


@record
class StageIs:
    """The lead's final stage is one of these; None stands for no stage. Never unknown."""

    stages: frozenset[int | None]


@record
class IsDisqualified:
    """The lead is disqualified. Never unknown."""


Condition = (
    And
    | Or
    | Not
    | AtLeast
    | Definitely
    | Compare
    | SameText
    | TextIn
    | Exactly
    | TextTest
    | Includes
    | Matches
    | TextIs
    | At
    | Known
    | IsTrue
    | InWindow
    | Holds
    | StageIs
    | IsDisqualified
)

TRUE = And(())

# ---------------------------------------------------------------------- parts


@record
class Field:
    """How one field of a lead is found and read.

    `missing` are the folded spellings that mean missing, the empty text among
    them. `default`, `low` and `high` are values as the type reads them (see
    `leadrules.meaning.values`). `choices` maps folded spelling to the declared one.
    `read` says whether anything looks at the field (a `key` always is).
    """

    name: str
    type: FieldType
    headers: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset({""})
    bad_as_missing: bool = False
    optional: bool = False
    default: object = None
    low: object = None
    high: object = None
    format: str | None = None
    key: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    split: str = ";"
    read: bool = True
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def kind(self) -> Kind:
        return KIND_OF_TYPE[self.type]


@record
class Limits:
    """The least and the most, in hundredths; None is open."""

    low: int | None = None
    high: int | None = None

    def apply(self, points: int) -> int:
        if self.low is not None and points < self.low:
            return self.low
        if self.high is not None and points > self.high:
            return self.high
        return points


NO_LIMITS = Limits()


@record
class Row:
    """Hundredths of points for a lead for which the condition is true."""

    condition: Condition
    points: int


@record
class Units:
    """`per K X`: the points count once for each K of the operand."""

    operand: Operand
    every: int = 1


@record
class Fading:
    """How a contribution fades by whole days of age; `days` is the period, `percent` what each takes away."""

    kind: Literal["to zero", "by half", "percent"]
    days: int
    field: int
    percent: Decimal = Decimal(0)


@record
class Rule:
    """One way of giving points: the first true row, times its units, limited, faded, rounded.

    `text` is what a reason says: the `because`, else the name, else the source.
    """

    rows: tuple[Row, ...]
    text: str
    name: str | None = None
    score: int | None = None
    group: int | None = None
    units: Units | None = None
    at_most: int | None = None
    fading: Fading | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    span: Span | None = field(default=None, compare=False, repr=False)

    def counts_on(self, day: date) -> bool:
        """Whether a day lies between the rule's `from` and its `until`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


@record
class Group:
    """A limit around some rules; `score` is None outside any score."""

    title: str
    limits: Limits
    score: int | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class Score:
    """A named part of the total; `weight` in hundredths of a percent."""

    name: str
    limits: Limits = NO_LIMITS
    weight: int = 10_000
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class Verdict:
    """A `disqualify` or an `exclude`: its condition and what it says."""

    condition: Condition
    text: str
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class Criterion:
    name: str
    question: str | None
    condition: Condition
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class Framework:
    name: str
    criteria: tuple[Criterion, ...]
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class Stage:
    """A stage of the funnel.

    `threshold` is None (no score needed) or rows of which the first true one
    gives the points to reach; none true: the stage is not held by score. `on`
    is a score, None the total. `after`: one of these stages must be held.
    """

    name: str
    threshold: tuple[Row, ...] | None = None
    on: int | None = None
    after: tuple[int, ...] = ()
    condition: Condition = TRUE
    always: Condition | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class LabelRow:
    """A label's value (a text, or a text operand) for a lead for which the condition is true."""

    condition: Condition
    value: str | Operand


@record
class LabelRows:
    rows: tuple[LabelRow, ...]


@record
class LabelJoin:
    """Texts and text operands, one after the other."""

    parts: tuple[str | Operand, ...]


@record
class LabelTable:
    """A value by folded text; `otherwise` (empty unless said) for all else, missing among it."""

    operand: Operand
    values: Mapping[str, str]
    otherwise: str = ""


@record
class Label:
    """A named text for the lead."""

    name: str
    value: LabelRows | LabelJoin | LabelTable
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class ExpectCondition:
    condition: Condition
    text: str
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class ExpectExcluded:
    excluded: bool
    text: str
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class ExpectFires:
    """At least one of these rules gives other than 0 (`fires` false: none does)."""

    rules: tuple[int, ...]
    fires: bool
    text: str
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class Example:
    """A lead in its fields' own words (a cell's text, or texts for a `list of text`) and what is expected of it."""

    title: str
    as_of: date | None
    given: Mapping[int, str | tuple[str, ...]]
    expected: tuple[ExpectCondition | ExpectExcluded | ExpectFires, ...]
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class DomainLists:
    """What the ruleset adds to, and takes from, the shipped e-mail lists (folded)."""

    personal_added: frozenset[str] = frozenset()
    personal_removed: frozenset[str] = frozenset()
    disposable_added: frozenset[str] = frozenset()
    disposable_removed: frozenset[str] = frozenset()
    roles_added: frozenset[str] = frozenset()
    roles_removed: frozenset[str] = frozenset()


NO_CHANGES = DomainLists()


@dataclass(frozen=True)
class Model:
    """A checked ruleset, as data. `leadrules.api.Ruleset` wraps it for users.

    `stages` and `labels` are in written order; `verdicts` gives the order in
    which both are decided: `("stage", i)` or `("label", i)`. Labels in
    `early_labels` depend on fields and frameworks alone, each after those that it
    uses: `exclude` and the rules may use them (those on fields alone also the
    frameworks). A `disqualify` may use any label that depends on no stage.
    `hash` is the content hash of all the texts that the ruleset was made of.
    """

    title: str | None = None
    version: str | None = None
    path: str = ""
    hash: str = ""
    fields: tuple[Field, ...] = ()
    frameworks: tuple[Framework, ...] = ()
    excludes: tuple[Verdict, ...] = ()
    rules: tuple[Rule, ...] = ()
    groups: tuple[Group, ...] = ()
    scores: tuple[Score, ...] = ()
    total: Limits = NO_LIMITS
    disqualifies: tuple[Verdict, ...] = ()
    stages: tuple[Stage, ...] = ()
    labels: tuple[Label, ...] = ()
    verdicts: tuple[tuple[Literal["stage", "label"], int], ...] = ()
    early_labels: tuple[int, ...] = ()
    domains: DomainLists = NO_CHANGES
    examples: tuple[Example, ...] = ()

    @property
    def full_name(self) -> str:
        """What the `ruleset` line calls it, else its path, and its version: `Inbound B2B 2026.4`."""
        return " ".join(part for part in (self.title or self.path, self.version) if part)

    @property
    def short_hash(self) -> str:
        """As much of the hash as people are shown."""
        return self.hash[:12]

    @cached_property
    def read_fields(self) -> tuple[int, ...]:
        """Positions of the fields that anything looks at."""
        return tuple(i for i, one in enumerate(self.fields) if one.read)
