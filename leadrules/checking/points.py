"""Rules, groups and scores: every way of giving points, as rows of hundredths.

`when … add`, `points by` and `points first` all become `ruleset.Rule.rows`, of
which the first true one gives its points.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from leadrules import ruleset
from leadrules.checking.comparisons import choices, one_of
from leadrules.checking.date_tests import whole_amount
from leadrules.checking.declarations import report_repeated
from leadrules.checking.expressions import condition, lower, when_unless
from leadrules.checking.operands import operand, truth
from leadrules.checking.scope import POINTS, Draft, Limit, ListValues, Scope, Typed
from leadrules.language import tree
from leadrules.language.printer import print_reason
from leadrules.problems.name_messages import not_a_field
from leadrules.problems.points_messages import (
    bad_percent,
    bad_unit_size,
    bad_weight,
    band_of_other_kind,
    bands_need,
    fading_needs_date,
    points_for_all,
    points_not_positive,
    points_places,
    points_too_large,
    reversed_dates,
    units_need_number,
)
from leadrules.problems.type_messages import reversed_range
from leadrules.problems.wording import plain
from leadrules.ruleset import TRUE, Compare, Condition, Constant, Known, Not, Row

MOST_POINTS = 1_000_000
MOST_LIMIT = 1_000_000_000
MOST_WEIGHT = 1_000
DAYS_OF_UNIT: Mapping[str, int] = {"days": 1, "weeks": 7, "months": 30, "years": 365}
_A_RULE = Limit("a rule", POINTS)


@dataclass
class Points:
    """All rules, groups and scores so far."""

    rules: list[ruleset.Rule] = field(default_factory=list)
    groups: list[ruleset.Group] = field(default_factory=list)
    scores: list[ruleset.Score] = field(default_factory=list)
    total: ruleset.Limits = ruleset.NO_LIMITS


# -------------------------------------------------------------------- amounts


def hundredths(draft: Draft, node: tree.Number, most: int = MOST_POINTS) -> int | None:
    """Points as whole hundredths; None (and a problem) beyond two places or `most`."""
    value = node.value
    if abs(value) > most:
        draft.problems.append(points_too_large(node.span, plain(value), most))
        return None
    scaled = value * 100
    if scaled != scaled.to_integral_value():
        rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP).normalize()
        draft.problems.append(points_places(node.span, plain(value), plain(rounded)))
        return None
    return int(scaled)


def positive(draft: Draft, node: tree.Number, word: str, other: str) -> int | None:
    """Points above 0, as whole hundredths."""
    points = hundredths(draft, node)
    if points is not None and points <= 0:
        draft.problems.append(points_not_positive(node.span, plain(node.value), word, other))
        return None
    return points


def limits(draft: Draft, node: tree.Limits | None) -> ruleset.Limits:
    """Limits of a group, a score or the total."""
    if node is None:
        return ruleset.NO_LIMITS
    low, high = (None if one is None else hundredths(draft, one, MOST_LIMIT) for one in (node.low, node.high))
    if low is not None and high is not None and low > high:
        assert node.low is not None
        assert node.high is not None
        draft.problems.append(reversed_range(node.span, node.low.span.text, node.high.span.text))
    return ruleset.Limits(low, high)


def add_score(draft: Draft, points: Points, node: tree.Score) -> None:
    """A named score with all its rules and groups."""
    weight = 10_000
    if node.weight is not None:
        value = node.weight.value
        if not 0 <= value <= MOST_WEIGHT or value * 100 != (value * 100).to_integral_value():
            draft.problems.append(bad_weight(node.weight.span, plain(value)))
        else:
            weight = int(value * 100)
    index = len(points.scores)
    points.scores.append(ruleset.Score(node.name.text, limits(draft, node.limits), weight, node.name.span))
    for one in node.body:
        if isinstance(one, tree.Group):
            add_group(draft, points, one, index)
        else:
            add_rule(draft, points, one, index, None)


def add_group(draft: Draft, points: Points, node: tree.Group, score: int | None) -> None:
    """A group with its rules."""
    index = len(points.groups)
    points.groups.append(ruleset.Group(node.title.value, limits(draft, node.limits), score, node.title.span))
    for rule in node.rules:
        add_rule(draft, points, rule, score, index)


def add_rule(draft: Draft, points: Points, node: tree.Rule, score: int | None, group: int | None) -> None:
    """A rule; left out where it has a problem."""
    scope = Scope(draft, _A_RULE)
    rows = _ROWS[type(node.points)](scope, node.points)
    units, at_most = _units(scope, node)
    fading = _fading(scope, node.fading) if node.fading is not None else None
    if node.valid_from is not None and node.valid_until is not None and node.valid_from.value > node.valid_until.value:
        first, last = node.valid_from, node.valid_until
        draft.problems.append(reversed_dates(last.span, first.span.text, last.span.text))
    if any(one is not None for one in (node.valid_from, node.valid_until, node.fading)):
        scope.looks_at_date = True
    scope.settle()
    name, text = node.name.text if node.name is not None else None, reason_text(node)
    if rows is None:
        draft.broken_rules |= {name or text, text}
        return
    points.rules.append(
        ruleset.Rule(
            rows=rows,
            text=text,
            name=name,
            score=score,
            group=group,
            units=units,
            at_most=at_most,
            fading=fading,
            valid_from=node.valid_from.value if node.valid_from is not None else None,
            valid_until=node.valid_until.value if node.valid_until is not None else None,
            span=node.span,
        )
    )


def reason_text(node: tree.Rule) -> str:
    """What a reason says: the `because`, else the name, else the source as it is formatted."""
    if node.because is not None:
        return node.because.value
    return node.name.text if node.name is not None else print_reason(node)


# ----------------------------------------------------------------------- rows

Rows = tuple[Row, ...]


def _add(scope: Scope, node: tree.Add) -> Rows | None:
    words = ("add", "subtract") if node.sign > 0 else ("subtract", "add")
    if node.condition is None and node.units is None:
        scope.report(points_for_all(node.span, " ".join(node.span.text.split())))
    made = when_unless(scope, node.condition, node.unless)
    points = positive(scope.draft, node.points, *words)
    if made is None or points is None:
        return None
    return (Row(made, node.sign * points),)


def _points_first(scope: Scope, node: tree.PointsFirst) -> Rows | None:
    rows = []
    for row in node.rows:
        made = TRUE if row.condition is None else condition(scope, row.condition)
        points = hundredths(scope.draft, row.points)
        rows.append(None if made is None or points is None else Row(made, points))
    return _whole(rows)


def _points_by(scope: Scope, node: tree.PointsBy) -> Rows | None:
    value = lower(scope, node.operand)
    if not value.broken and value.kind not in ("number", "text", "boolean"):
        scope.report(bands_need(value.span, value.span.text, value.kind))
        value = Typed("broken", None, value.span)
    values = (value for row in node.rows for band in row.bands for value in band.values)
    report_repeated(scope.draft, (value for value in values if isinstance(value, tree.Text)))
    rows: list[Row | None] = []
    for row in node.rows:
        points = hundredths(scope.draft, row.points)
        bands = _bands(scope, row, value)
        rows.append(None if points is None or bands is None else Row(bands, points))
    return _whole(rows)


def _whole(rows: list[Row | None]) -> Rows | None:
    whole = tuple(row for row in rows if row is not None)
    return whole if len(whole) == len(rows) else None


def _bands(scope: Scope, row: tree.BandRow, value: Typed) -> Condition | None:
    """What a row takes: texts as one set, all else as one `or`."""
    made = [_band(scope, band, value) for band in row.bands]
    whole = [one for one in made if one is not None]
    if len(whole) < len(made):
        return None
    texts = [one.texts for one in whole if isinstance(one, ruleset.TextIn)]
    if len(texts) == len(whole):
        return ruleset.TextIn(operand(value), frozenset().union(*texts))
    return whole[0] if len(whole) == 1 else ruleset.Or(tuple(whole))


def _band(scope: Scope, band: tree.Band, value: Typed) -> Condition | None:
    """The condition of one band; None if it, or the operand, has a problem."""
    if band.kind == "list":
        (name,) = band.values
        assert isinstance(name, tree.Name)
        found = choices(scope, name, value.span.text)
        return None if found is None or value.broken else one_of(scope, band, value, found)
    if value.broken:
        return None
    if band.kind in ("missing", "otherwise"):
        return _known(value, band.kind == "otherwise")
    wanted = "text" if band.kind == "text" else "number"
    if band.values and isinstance(band.values[0], tree.Boolean):
        wanted = "boolean"
    if value.kind != wanted:
        scope.report(band_of_other_kind(band.span, band.span.text, value.span.text, value.kind))
        return None
    items: tuple[Any, ...] = band.values
    if band.kind == "text":
        return one_of(scope, band, value, ListValues("", "", items))
    if wanted == "boolean":
        return truth(value) if items[0].value else Not(truth(value))
    return _numbers(scope, band, value, items)


def _known(value: Typed, known: bool) -> Condition:
    if isinstance(value.node, ruleset.LabelValue):
        empty = ruleset.TextIn(value.node, frozenset(("",)))
        return Not(empty) if known else empty
    if isinstance(value.node, ruleset.FrameworkCount):
        return TRUE if known else ruleset.Or(())
    return Known(operand(value)) if known else Not(Known(operand(value)))


_OPS: Mapping[str, Any] = {"exact": "=", "or more": ">=", "or less": "<=", "under": "<", "over": ">"}


def _numbers(scope: Scope, band: tree.Band, value: Typed, items: tuple[tree.Number, ...]) -> Condition | None:
    constants = [Constant(item.value, "number") for item in items]
    if band.kind != "to":
        return Compare(_OPS[band.kind], operand(value), constants[0])
    low, high = items
    if low.value > high.value:
        scope.report(reversed_range(band.span, low.span.text, high.span.text))
        return None
    return ruleset.And((Compare(">=", operand(value), constants[0]), Compare("<=", operand(value), constants[1])))


_ROWS: Mapping[type, Callable[[Scope, Any], Rows | None]] = {
    tree.Add: _add,
    tree.PointsBy: _points_by,
    tree.PointsFirst: _points_first,
}


# ------------------------------------------------------------- units and fading


def _units(scope: Scope, node: tree.Rule) -> tuple[ruleset.Units | None, int | None]:
    written = node.points.units if isinstance(node.points, tree.Add) else None
    at_most = None
    if node.at_most is not None:
        at_most = positive(scope.draft, node.at_most, "at most", "at most")
    if written is None:
        return None, at_most
    every = 1
    if written.every is not None:
        size = written.every.value
        if size != size.to_integral_value() or size < 1 or size > 2**53:
            scope.report(bad_unit_size(written.every.span, plain(size)))
        else:
            every = int(size)
    value = lower(scope, written.operand)
    if value.broken:
        return None, at_most
    if value.kind != "number":
        help = f"write `per (days since {value.span.text})`" if value.kind in ("date", "datetime") else None
        scope.report(units_need_number(value.span, value.span.text, value.kind, help))
        return None, at_most
    return ruleset.Units(operand(value), every), at_most


def _fading(scope: Scope, node: tree.Fading) -> ruleset.Fading | None:
    amount = whole_amount(scope, node.amount, node.unit, "fading", least=1)
    percent = Decimal(0)
    if node.percent is not None:
        percent = node.percent.value
        if not 0 < percent <= 100:
            scope.report(bad_percent(node.percent.span, plain(percent)))
            return None
    index = date_field(scope, node.since)
    if amount is None or index is None:
        return None
    return ruleset.Fading(node.kind, amount * DAYS_OF_UNIT[node.unit], index, percent)


def date_field(scope: Scope, node: tree.Name) -> int | None:
    """The position of a field of dates; None (and a problem) if the name is none."""
    found = scope.draft.names.values.get(node.text)
    if found is not None and found.what != "field":
        scope.report(not_a_field(node.span, node.text, found.what, found.span))
        return None
    value = lower(scope, node)
    if value.broken or found is None or value.field is None:
        return None
    if value.kind not in ("date", "datetime"):
        scope.report(fading_needs_date(node.span, node.text, f"`{value.field.type}`"))
        return None
    return found.index
