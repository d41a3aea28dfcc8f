"""An explanation as Markdown, to paste into a note of a CRM: the top of the page, and how the score adds up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from leadrules.explaining import shape
from leadrules.explaining.lead import Explanation
from leadrules.explaining.parts import GroupLines, PartLines, RuleLine
from leadrules.explaining.stages import Need
from leadrules.reference import format_points, signed

_SPECIAL = re.compile(r"([\\`*\[\]<|~]|(?<!\w)_|_(?!\w)|^[#>+-])")


def note(explanation: Explanation) -> str:
    lines = [*_top(explanation), *_reasons(explanation)]
    if explanation.total is not None:
        if not explanation.outcome.disqualified:
            lines += [*_next(explanation), *_ask(explanation), *_missing(explanation)]
        lines += _table(explanation)
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """A text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", text)


def _top(one: Explanation) -> Iterator[str]:
    yield f"**{escaped(' · '.join(shape.who(one)))}**"
    yield ""
    if one.total is not None:
        parts = [f"{part.name} {format_points(part.after)}" for part in one.parts if part.name is not None]
        yield f"- Score: **{format_points(one.total)}**" + (f" ({escaped(', '.join(parts))})" if parts else "")
    yield f"- Stage: **{escaped(one.stage or 'none')}**"
    for line in (*one.excludes, *one.disqualifies):
        if line.state == "true":
            yield f"- {escaped(line.text)}: {_listed(shape.texts(line.facts))}"
    labels = [f"{label.name} {label.text}" for label in one.labels if label.text]
    if labels:
        yield f"- {escaped(', '.join(labels))}"
    yield f"- {escaped(shape.ruleset_line(one))}"


def _reasons(one: Explanation) -> Iterator[str]:
    reasons = shape.reasons(one)[: shape.MOST_REASONS]
    if reasons:
        yield from ("", "**Why**", "")
    for line in reasons:
        yield f"- {signed(line.points)} {_said(shape.rule_text(line), shape.because(line))}"


def _next(one: Explanation) -> Iterator[str]:
    if one.next_stage is None:
        return
    stage = one.stages[one.next_stage]
    yield from ("", f"**For the next stage, {escaped(stage.name)}**", "")
    for need in stage.needs:
        yield f"- [{'x' if need.state == 'true' else ' '}] {_need(need)}"
        if need.state != "true":
            for framework in need.frameworks:
                yield from (f"  - ask: {escaped(question)}" for question in one.outcome.frameworks[framework].ask)
    if stage.always is not None and stage.always.state != "true":
        yield f"- or at once: {_need(stage.always)}"
    for way in stage.ways:
        changes = " and ".join(change.text for change in way.changes)
        yield f"- would be reached by {escaped(changes)}: {escaped(way.text)}"


def _need(need: Need) -> str:
    return _said(need.text, shape.need_texts(need))


def _ask(one: Explanation) -> Iterator[str]:
    for framework, questions in shape.asked(one):
        yield from ("", f"**Ask next ({escaped(framework)})**", "")
        yield from (f"- {escaped(question)}" for question in questions)


def _missing(one: Explanation) -> Iterator[str]:
    if one.missing:
        yield from ("", f"**Missing facts:** {_listed(one.missing)}")


def _table(one: Explanation) -> Iterator[str]:
    yield from ("", "**How the score adds up**", "", "| points | for | because |", "|---:|---|---|")
    for part in one.parts:
        yield from _part(part)
    for part in one.parts:
        weight = shape.weight_words(part)
        name = part.name or "outside any score"
        yield _row(_plus(shape.exact_words(part.weighted)), f"{name}, {weight}" if weight else name)
    if one.rounding:
        yield _row(_plus(shape.exact_words(one.rounding)), "rounding")
    total = one.total or 0
    if one.before != total:
        yield _row(signed(total - one.before), shape.cut_words(one.model.total, one.before, total))
    yield f"| **{format_points(total)}** | **score** | |"


def _part(part: PartLines) -> Iterator[str]:
    name = part.name or "outside any score"
    for line in part.lines:
        if isinstance(line, GroupLines):
            yield from (_rule(rule) for rule in line.rules)
            if line.before != line.after:
                cut = shape.cut_words(line.limits, line.before, line.after)
                yield _row(signed(line.after - line.before), f"{line.title}: {cut}")
        else:
            yield _rule(line)
    if part.before != part.after:
        cut = shape.cut_words(part.limits, part.before, part.after)
        yield _row(signed(part.after - part.before), f"{name}: {cut}")
    yield f"| = {format_points(part.after)} | **{escaped(name)}** | |"


def _rule(line: RuleLine) -> str:
    points = {"fired": signed(line.points), "unknown": "?"}.get(line.status, "0")
    return _row(points, shape.rule_text(line), shape.because(line))


def _row(points: str, text: str, because: Iterable[str] = ()) -> str:
    return f"| {points} | {escaped(text)} | {_listed(because)} |".replace("|  |", "| |")


def _said(text: str, because: Iterable[str]) -> str:
    behind = _listed(because)
    return f"{escaped(text)}: {behind}" if behind else escaped(text)


def _listed(texts: Iterable[str]) -> str:
    return escaped(", ".join(texts))


def _plus(points: str) -> str:
    return points if points.startswith("-") else f"+{points}"
