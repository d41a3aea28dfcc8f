"""A ruleset and the rates of its rules' rows → every row that gives points, as it is written, with its evidence.

Rows are what points belong to: `when … add` has one, `points by` one for each of
its lines. Each knows its place in the file, so that its points can be changed
there and nowhere else.

A verdict is kept simple, so that it can be argued with:

    keep      the points are near what the evidence gives, or there are too few leads to say otherwise
    change    the evidence clearly gives more, or less
    retire    no lead has it, it tells nothing apart, or it works against the evidence

Points are compared on the ruleset's own scale: a ruleset whose points are a tenth
of the rates is not wrong. The scale is the median of points over evidence, among
the rows whose evidence is clear and of the same sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from leadrules.evidence.holding import Holding
from leadrules.evidence.rates import MIN_LEADS, Method, Rate, points
from leadrules.language import tree
from leadrules.language.parser import parse
from leadrules.language.printer import print_reason
from leadrules.language.source import Span
from leadrules.ruleset import Model

Verdict = Literal["keep", "change", "retire"]
VERDICTS: tuple[Verdict, ...] = ("keep", "change", "retire")
FEWEST_FOR_SCALE = 3
FAR = 1.5
"""Points are off when they are more than so many times, or less than one so-manyth of, what the evidence gives."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A row of a rule: its text, its points in hundredths, and its evidence.

    rate       of the leads for which it is the row that counts; of a `fixed` one, to which it gave anything
    evidence   the points that a method gives, on the scale of rates; `refused` says why there are none
    number     where its points stand, `because` where its rule's reason stands; None in a file not to be changed
    fixed      points per unit, or fading: what the evidence gives is no measure for them
    sign       of `add` (1) and `subtract` (-1), which stand before the number; None where it has its own sign
    """

    rule: int
    row: int
    text: str
    points: int
    rate: Rate
    evidence: int
    refused: str | None
    fixed: str | None
    number: Span | None
    because: Span | None
    sign: int | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A row with its verdict and why; `proposed` are the points that the evidence gives on the ruleset's own scale."""

    row: RuleRow
    verdict: Verdict
    why: str
    proposed: int


def rule_rows(held: Holding, method: Method, min_leads: int = MIN_LEADS) -> list[RuleRow]:
    """Every row of a ruleset that gives points, in written order."""
    written = written_rules(held.model)
    found = []
    for position, rule in enumerate(held.model.rules):
        node = written.get(position)
        lines = _lines(node)
        for place, row in enumerate(rule.rows):
            if row.points == 0:
                continue
            fixed = "per unit" if rule.units is not None else "fades" if rule.fading is not None else None
            rate = held.rules[position].fired if fixed else held.rules[position].rows[place]
            given = points(rate, held.all, method, min_leads)
            line, number = lines[place] if place < len(lines) else ("", None)
            text = f"{rule.text}: {line}" if line and len(rule.rows) > 1 else rule.text
            because = node.because.span if node is not None and node.because is not None else None
            sign = node.points.sign if node is not None and isinstance(node.points, tree.Add) else None
            found.append(
                RuleRow(
                    position, place, text, row.points, rate, given.points, given.refused, fixed, number, because, sign
                )
            )
    return found


def judge(rows: Sequence[RuleRow], control: Rate, min_leads: int = MIN_LEADS) -> tuple[list[Judged], float]:
    """A verdict for every row, and the ruleset's scale: its points for one of the evidence's."""
    scale = _scale(rows)
    return [_judged(row, control, scale, min_leads) for row in rows], scale


def _scale(rows: Sequence[RuleRow]) -> float:
    ratios = [row.points / 100 / row.evidence for row in rows if row.evidence * row.points > 0 and not row.fixed]
    return median(ratios) if len(ratios) >= FEWEST_FOR_SCALE else 1.0


def _judged(row: RuleRow, control: Rate, scale: float, min_leads: int) -> Judged:
    proposed = round(row.evidence * scale)
    given = row.points / 100
    above = row.rate.value > control.value

    def say(verdict: Verdict, why: str) -> Judged:
        return Judged(row, verdict, why, proposed)

    if not row.rate.leads:
        return say("retire", "no lead has it")
    if row.rate.leads < min_leads:
        return say("keep", f"too few leads to say: {row.rate.leads} of at least {min_leads}")
    by_hand = f"its points {'depend on a number' if row.fixed == 'per unit' else 'fade'}: set by hand"
    if row.refused is not None:
        if row.fixed:
            return say("keep", by_hand)
        low, high = row.rate.interval()
        if low * FAR < control.value or high > FAR * control.value:
            return say("keep", f"these leads cannot tell: the rate may be {100 * low:.0f} or {100 * high:.0f} %")
        return say("retire", "it does not tell won leads from lost ones")
    if above != (given > 0):
        return say("retire", f"its leads buy {'more' if above else 'less'} than the others, and it gives {given:+g}")
    if row.fixed is not None:
        return say("keep", by_hand)
    if not row.evidence:
        return say("keep", "its leads buy less than the others, as its points say")
    if proposed and not 1 / FAR <= given / proposed <= FAR:
        return say("change", f"the evidence gives {proposed:+d}")
    return say("keep", "its points are near what the evidence gives")


# -------------------------------------------------------------- as it is written


def written_rules(model: Model) -> Mapping[int, tree.Rule]:
    """The rules of a ruleset as they are written, by their position in it."""
    places = {(one.span.source, one.span.start): at for at, one in enumerate(model.rules) if one.span is not None}
    found: dict[int, tree.Rule] = {}
    for source in dict.fromkeys(source for source, _ in places):
        file, _ = parse(source)
        for node in _rules_of(file):
            position = places.get((source, node.span.start))
            if position is not None:
                found[position] = node
    return found


def _rules_of(file: tree.File) -> Iterator[tree.Rule]:
    for statement in file.statements:
        match statement:
            case tree.Rule():
                yield statement
            case tree.Group(rules=rules):
                yield from rules
            case tree.Score(body=body):
                for one in body:
                    yield from one.rules if isinstance(one, tree.Group) else (one,)


def _lines(node: tree.Rule | None) -> list[tuple[str, Span | None]]:
    """For each row of a rule, its text without the points, and where its points stand."""
    if node is None:
        return []
    match node.points:
        case tree.Add(points=number):
            return [(print_reason(node), number.span)]
        case tree.PointsBy(rows=rows):
            return [(", ".join(_flat(band.span) for band in row.bands), row.points.span) for row in rows]
        case tree.PointsFirst(rows=rows):
            return [
                ("otherwise" if row.condition is None else _flat(row.condition.span), row.points.span) for row in rows
            ]


def _flat(span: Span) -> str:
    return " ".join(span.text.split())
