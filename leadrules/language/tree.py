"""The syntax tree: what the user wrote, statement by statement.

Nodes are frozen and compare by content; their place (`span`) does not take
part, so that a tree printed and parsed again equals the first. Nothing here is
checked: names are as written, types may not fit. `leadrules.checking` turns a
tree into a `leadrules.ruleset.Ruleset`.

Questionable decision: `x is "a"` and `x = "a"` stay different nodes, and so do
`between` and its two comparisons, because the printer must give back what the
user said. The checker makes them one.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal as OneOf

from leadrules.language.source import Span
from leadrules.record import record

Unit = OneOf["days", "weeks", "months", "years"]


@record
class Node:
    """Anything written in a ruleset, with its place."""

    span: Span = field(compare=False, repr=False, kw_only=True)


# --------------------------------------------------------------------- values


@record
class Name(Node):
    """A name as it is meant (NFC, without back-quotes): `email.clicks`."""

    text: str


@record
class Text(Node):
    """A quoted text, unescaped and NFC."""

    value: str


@record
class Number(Node):
    """A number, exactly as written: `2.50` keeps its two places; negative where a sign is part of it."""

    value: Decimal


@record
class Day(Node):
    """A date literal, `2026-11-22`."""

    value: date


@record
class Moment(Node):
    """A datetime literal, in UTC and without a zone: `2026-11-22T09:30`."""

    value: datetime


@record
class Boolean(Node):
    """`true` or `false`."""

    value: bool


Literal = Text | Number | Day | Moment | Boolean


# ---------------------------------------------------------------- expressions
# A condition and a number share one family: which of the two an expression is
# only its names can tell.


@record
class ScoreWord(Node):
    """The word `score` as an operand: the lead's total."""


@record
class StageWord(Node):
    """The word `stage` as an operand: the lead's final stage."""


@record
class Arithmetic(Node):
    """`left op right`."""

    op: OneOf["+", "-", "*", "/"]
    left: Expression
    right: Expression


@record
class Negative(Node):
    """`-operand`, where the operand is not a plain number."""

    operand: Expression


@record
class Age(Node):
    """`days since D`, `months since D`, `years since D`, `days until D`."""

    unit: OneOf["days", "months", "years"]
    until: bool
    operand: Expression


@record
class And(Node):
    parts: tuple[Expression, ...]


@record
class Or(Node):
    parts: tuple[Expression, ...]


@record
class Not(Node):
    part: Expression


@record
class Compare(Node):
    """`left op right` with a symbol."""

    op: OneOf["=", "!=", "<", "<=", ">", ">="]
    left: Expression
    right: Expression


@record
class Is(Node):
    """`x is "a"`, `x is not "a"`, `x is exactly "a"`, `x is not exactly "a"`; a literal always stands on the right."""

    operand: Expression
    value: Literal
    negated: bool = False
    exactly: bool = False


@record
class Predicate(Node):
    """`x is known`, `x is not personal`."""

    operand: Expression
    word: OneOf[
        "known",
        "missing",
        "lowercase",
        "uppercase",
        "numeric",
        "valid",
        "personal",
        "disposable",
        "role",
        "business",
    ]
    negated: bool = False


@record
class Between(Node):
    """`x between a and b`, both ends included."""

    operand: Expression
    low: Expression
    high: Expression
    negated: bool = False


@record
class Values(Node):
    """Literals in brackets: `("a", "b")`, after `any` or `in`."""

    items: tuple[Literal, ...]


@record
class In(Node):
    """`x in ("a", "b")`, `x in NAME`."""

    operand: Expression
    choices: Name | Values
    negated: bool = False


@record
class TextTest(Node):
    """`x contains "a"`, `x does not mention any LIST`.

    The argument is a text, a list's name (`any LIST`) or values (`any ("a", "b")`).
    """

    test: OneOf["contains", "mentions", "includes", "starts with", "ends with"]
    operand: Expression
    argument: Text | Name | Values
    negated: bool = False


@record
class At(Node):
    """`email at "rival.com"`, `email is not at any LIST`."""

    operand: Expression
    argument: Text | Name | Values
    negated: bool = False


@record
class Matches(Node):
    """`x matches /pattern/i`, `x does not match /pattern/`; `pattern` as written between the strokes."""

    operand: Expression
    pattern: str
    ignore_case: bool
    pattern_span: Span = field(compare=False, repr=False)
    negated: bool = False


@record
class Window(Node):
    """`d in last 30 days`, `d in next 3 months`, `d older than 1 year`."""

    window: OneOf["in last", "in next", "older than"]
    operand: Expression
    amount: Number
    unit: Unit
    negated: bool = False


@record
class DayTest(Node):
    """`d before 2026-01-01`, `d is after e`, `d is not on 2026-01-01`."""

    test: OneOf["before", "after", "on"]
    operand: Expression
    day: Expression
    negated: bool = False


@record
class Holds(Node):
    """`holds MQL`."""

    stage: Name | Text


@record
class Disqualified(Node):
    """The word `disqualified` as a condition."""


@record
class Quantified(Node):
    """`at least 2 of (…)`, `all of (…)`; `count` is None for `all`, `any` and `none`."""

    quantity: OneOf["at least", "at most", "exactly", "all", "any", "none"]
    count: Number | None
    parts: tuple[Expression, ...]


Expression = (
    Name
    | Literal
    | ScoreWord
    | StageWord
    | Arithmetic
    | Negative
    | Age
    | And
    | Or
    | Not
    | Compare
    | Is
    | Predicate
    | Between
    | In
    | TextTest
    | At
    | Matches
    | Window
    | DayTest
    | Holds
    | Disqualified
    | Quantified
)


# --------------------------------------------------------------- declarations


@record
class Header(Node):
    """`ruleset "Inbound B2B" version "2026.4"`."""

    title: Text
    version: Text | None = None


@record
class Include(Node):
    """`include "other.rules"`."""

    path: Text


@record
class MissingValues(Node):
    """`missing values "Select", "N/A"`."""

    spellings: tuple[Text, ...]


@record
class Type(Node):
    """A field's type; `choices` for `one of`, `split` for `list of text split on ";"`."""

    kind: OneOf["text", "email", "integer", "number", "boolean", "date", "datetime", "one of", "list of text"]
    choices: tuple[Text, ...] = ()
    split: Text | None = None


@record
class Field(Node):
    """`field NAME : TYPE` with its options. Options written twice are a problem of the parser."""

    name: Name
    type: Type
    headers: tuple[Text, ...] = ()
    also_missing: tuple[Text, ...] = ()
    bad_as_missing: bool = False
    optional: bool = False
    default: Literal | None = None
    between: tuple[Literal, Literal] | None = None
    format: Text | None = None
    key: bool = False


@record
class List(Node):
    """`list NAME = …`, `list NAME from "file.txt"`, `list NAME add …`, `list NAME remove …`."""

    name: Name
    action: OneOf["=", "from", "add", "remove"]
    items: tuple[Literal, ...] = ()
    file: Text | None = None


@record
class Let(Node):
    """`let NAME = expression`."""

    name: Name
    value: Expression


# --------------------------------------------------------------------- points


@record
class Units(Node):
    """`per X`, `per K X`; `every` is K."""

    operand: Expression
    every: Number | None = None


@record
class Add(Node):
    """`[when C [unless C]] add N [per …]`; for `subtract`, `sign` is -1. `points` is as written, without the sign."""

    points: Number
    sign: OneOf[1, -1] = 1
    condition: Expression | None = None
    unless: Expression | None = None
    units: Units | None = None


@record
class Band(Node):
    """What a row of `points by` takes.

    kind      | values
    exact     | one Number, or one Boolean
    to        | two Numbers (`1 to 50`)
    or more, or less, under, over | one Number
    text      | one Text
    list      | one Name
    missing, otherwise | none
    """

    kind: OneOf["exact", "to", "or more", "or less", "under", "over", "text", "list", "missing", "otherwise"]
    values: tuple[Literal | Name, ...] = ()


@record
class BandRow(Node):
    """`1 to 50, 60: 5`."""

    bands: tuple[Band, ...]
    points: Number


@record
class PointsBy(Node):
    """`points by X { … }`."""

    operand: Expression
    rows: tuple[BandRow, ...]


@record
class PointsRow(Node):
    """`condition: N`; no condition stands for `otherwise`."""

    condition: Expression | None
    points: Number


@record
class PointsFirst(Node):
    """`points first ["Name"] { … }`."""

    title: Text | None
    rows: tuple[PointsRow, ...]


@record
class Fading(Node):
    """`fading to zero over 60 days since D`, `by half every 30 days`, `25% every 30 days` (`percent`)."""

    kind: OneOf["to zero", "by half", "percent"]
    amount: Number
    unit: Unit
    since: Name
    percent: Number | None = None


@record
class Rule(Node):
    """A way of giving points, with what stands around it."""

    points: Add | PointsBy | PointsFirst
    name: Name | None = None
    fading: Fading | None = None
    at_most: Number | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    because: Text | None = None


@record
class Limits(Node):
    """`from A to B`, `at least A`, `at most B`."""

    low: Number | None
    high: Number | None


@record
class Group(Node):
    """`group "Site" at most 40 { … }`."""

    title: Text
    limits: Limits | None
    rules: tuple[Rule, ...]


@record
class Score(Node):
    """`score fit from 0 to 100 weight 50% { … }`."""

    name: Name
    limits: Limits | None
    weight: Number | None
    body: tuple[Rule | Group, ...]


@record
class Total(Node):
    """`total from 0 to 100`."""

    limits: Limits


# ------------------------------------------------------------------- verdicts


@record
class Disqualify(Node):
    condition: Expression
    unless: Expression | None = None
    because: Text | None = None


@record
class Exclude(Node):
    condition: Expression
    unless: Expression | None = None
    because: Text | None = None


@record
class ThresholdRow(Node):
    """`110 when segment is "Small"`; no condition stands for `otherwise 90`."""

    points: Number
    condition: Expression | None


@record
class Stage(Node):
    """`stage SQL at 80 on fit after MQL or PQL if … unless … always if …`."""

    name: Name | Text
    threshold: Number | tuple[ThresholdRow, ...] | None = None
    on: Name | None = None
    after: tuple[Name | Text, ...] = ()
    condition: Expression | None = None
    unless: Expression | None = None
    always: Expression | None = None


@record
class Criterion(Node):
    """`budget asks "…?" when budget >= 10000`."""

    name: Name
    question: Text | None
    condition: Expression


@record
class Framework(Node):
    name: Name
    criteria: tuple[Criterion, ...]


@record
class LabelRow(Node):
    """`"A" when fit >= 70`; no condition stands for `otherwise "C"`."""

    value: Text | Name
    condition: Expression | None


@record
class LabelRows(Node):
    rows: tuple[LabelRow, ...]


@record
class LabelJoin(Node):
    """`grade & "-" & heat`."""

    parts: tuple[Text | Name, ...]


@record
class LabelTable(Node):
    """`by country from "territories.csv" otherwise "House"`."""

    field: Name
    file: Text
    otherwise: Text | None = None


@record
class Label(Node):
    name: Name
    value: LabelRows | LabelJoin | LabelTable


# ------------------------------------------------------------------- examples


@record
class Given(Node):
    """`email.clicks = 5`, `tags = ("a", "b")`."""

    field: Name
    value: Literal | Values


@record
class Excluded(Node):
    """`excluded`, as an expectation."""

    negated: bool = False


@record
class Fires(Node):
    """`fires RULE`, `not fires "because text"`."""

    rule: Name | Text
    negated: bool = False


@record
class Example(Node):
    title: Text
    as_of: Day | None
    given: tuple[Given, ...]
    expected: tuple[Expression | Excluded | Fires, ...]


Statement = (
    Header
    | Include
    | MissingValues
    | Field
    | List
    | Let
    | Disqualify
    | Exclude
    | Score
    | Group
    | Rule
    | Total
    | Framework
    | Stage
    | Label
    | Example
)


@record
class File(Node):
    """The statements of one file, in written order."""

    statements: tuple[Statement, ...]
