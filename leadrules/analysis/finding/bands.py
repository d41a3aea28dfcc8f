"""Rows of which the first true one counts: hidden ones, overlaps and gaps of bands."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from leadrules.analysis.finding.looking import Looking
from leadrules.analysis.sites import row_nodes
from leadrules.explaining.words import exact_words
from leadrules.inside import tests_of
from leadrules.language import tree
from leadrules.language.source import Span
from leadrules.problems import proof_messages as messages
from leadrules.problems.problem import Problem
from leadrules.ruleset import Compare, Condition, Rule


def band_findings(look: Looking) -> Iterator[Problem]:
    """All findings about rows."""
    for position, rule in enumerate(look.model.rules):
        rows = row_nodes(look.places, rule)
        if not rows:
            continue
        spans = [_span(row) for row in rows]
        yield from _hidden(look, position, rule, spans)
        written = look.places.node(rule.span).points
        if isinstance(written, tree.PointsBy):
            yield from _gaps_and_overlaps(look, rule, spans)


def _span(row: Any) -> Span:
    if isinstance(row, tree.BandRow):
        return row.bands[0].span.to(row.bands[-1].span)
    found: Span = row.span if row.condition is None else row.condition.span
    return found


def _hidden(look: Looking, position: int, rule: Rule, spans: list[Span]) -> Iterator[Problem]:
    """Rows that those above leave nothing to."""
    for number in range(1, len(rule.rows)):
        if ("row", position, number) in look.never or ("band", position, number) in look.never:
            continue
        found = look.table([row.condition for row in rule.rows[: number + 1]])
        if found is None:
            continue
        above = 0
        for true in found.true[:-1]:
            above |= true
        own = found.true[-1] & found.all
        if own and not own & ~above:
            taken = [span for span, true in zip(spans, found.true[:-1], strict=False) if true & own]
            yield messages.row_never_reached(spans[number], taken[:3])


def _gaps_and_overlaps(look: Looking, rule: Rule, spans: list[Span]) -> Iterator[Problem]:
    """Where the bands of a number leave a value out, or take one twice."""
    places = [_bits(look, row.condition) for row in rule.rows]
    axes = {one[0] for one in places if one is not None}
    if len(axes) != 1:
        return
    axis = look.space.axes[axes.pop()]
    if axis.scale is None:
        return
    bands = [
        (bits, span)
        for one, span, row in zip(places, spans, rule.rows, strict=True)
        if one is not None and isinstance(next(tests_of(row.condition), None), Compare) and (bits := one[1])
    ]
    others = [row for one, row in zip(places, rule.rows, strict=True) if one is None or not _compares(row.condition)]
    covers_rest = any(look.space.evaluation({}).truth(row.condition) is not True for row in others)
    operand = _operand(rule.rows)
    for at, (bits, span) in enumerate(bands):
        for before, first in bands[:at]:
            both = bits & before
            if both and bits & ~before and not _touch_only(look, axis, both):
                value = _shown(axis, both)
                yield messages.bands_overlap(span, f"{operand(look)} = {value}", first)
                break
    if covers_rest or len(bands) < 2:
        return
    covered = 0
    for bits, _ in bands:
        covered |= bits
    ordered = sorted(bands, key=lambda one: one[0] & -one[0])
    for (before, first), (after, second) in pairwise(ordered):
        start, end = before.bit_length(), (after & -after).bit_length() - 1
        gap = sum(1 << cell for cell in range(start, end)) & ~covered
        if gap:
            yield messages.bands_gap(second, f"{operand(look)} = {_shown(axis, gap)}", first.text, second.text)


def _bits(look: Looking, condition: Condition) -> tuple[int, int] | None:
    """The one axis of a row and its cells."""
    from leadrules.analysis.sums import Cells

    found = look.ruling.literal(condition)
    return (found.axis, found.cells) if isinstance(found, Cells) else None


def _compares(condition: Condition) -> bool:
    return all(isinstance(atom, Compare) for atom in tests_of(condition))


def _touch_only(look: Looking, axis: Any, both: int) -> bool:
    """Whether two bands of decimals share no more than the number at which one ends and the other begins."""
    if axis.free or look.model.fields[axis.fields[0]].type == "integer":
        return bool(axis.free) and both & (both - 1) == 0
    cell = axis.cells[both.bit_length() - 1]
    return both & (both - 1) == 0 and len(set(cell.values)) == 1


def _shown(axis: Any, bits: int) -> str:
    """The plainest value of the first of some cells, with all its places."""
    return exact_words(axis.cells[(bits & -bits).bit_length() - 1].values[0])


def _operand(rows: Any) -> Any:
    def named(look: Looking) -> str:
        for row in rows:
            for atom in tests_of(row.condition):
                if isinstance(atom, Compare):
                    return look.words.operand(atom.left)
        return "the value"

    return named
