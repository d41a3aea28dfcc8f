"""Which texts a ruleset asks for in each field, and where it says so.

Only whole texts count: `source = "Ads"`, `in (…)`, rows of `points by`, tables
of labels, items of a `list of text`. What a field contains, mentions or matches
has no misspelling that could be told from another text.

The checked ruleset has forgotten where each text stood, so its place is looked
up in the source: within the statement, else in the list or table that it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from leadrules.inside import tests_of
from leadrules.language.source import Source, Span
from leadrules.meaning.text import fold
from leadrules.ruleset import (
    Condition,
    Exactly,
    FieldValue,
    Includes,
    LabelRows,
    LabelTable,
    Model,
    TextIn,
)

_QUOTED = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


@dataclass(frozen=True)
class Asked:
    """A text that a statement asks for in a field, folded; where it stands, and whether in that statement itself."""

    field: int
    text: str
    spelled: str
    span: Span
    own: bool


def asked(model: Model, sources: Iterable[Source]) -> list[Asked]:
    """Every text that is asked for, once for each field."""
    places = _Places(sources)
    found: dict[tuple[int, str], Asked] = {}
    for span, field, texts in _uses(model):
        for text in sorted(texts):
            one = places.find(field, text, span)
            before = found.get((field, text))
            if before is None or (one.own and not before.own):
                found[field, text] = one
    return list(found.values())


class _Places:
    """Where each text is written."""

    def __init__(self, sources: Iterable[Source]):
        self._by_text: dict[str, list[tuple[Span, str]]] = {}
        for source in sources:
            for quoted in _QUOTED.finditer(source.text):
                written = re.sub(r"\\(.)", r"\1", quoted[1])
                span = Span(source, quoted.start(), quoted.end())
                self._by_text.setdefault(fold(written.strip()), []).append((span, written))

    def find(self, field: int, text: str, span: Span) -> Asked:
        written = self._by_text.get(text, [])
        for place, spelled in written:
            if place.source is span.source and span.start <= place.start and place.end <= span.end:
                return Asked(field, text, spelled, place, True)
        spelled = written[0][1] if written else text
        return Asked(field, text, spelled, written[0][0] if written else span, False)


def _uses(model: Model) -> Iterator[tuple[Span, int, Iterable[str]]]:
    """Each statement's place, with a field and the whole texts that it asks for there."""
    for span, condition in _conditions(model):
        for atom in tests_of(condition):
            match atom:
                case TextIn(FieldValue(field), texts) | Includes(FieldValue(field), texts):
                    yield span, field, texts
                case Exactly(FieldValue(field), text):
                    yield span, field, (fold(text),)
    for label in model.labels:
        if isinstance(label.value, LabelTable) and isinstance(label.value.operand, FieldValue) and label.span:
            yield label.span, label.value.operand.field, label.value.values.keys()


def _conditions(model: Model) -> Iterator[tuple[Span, Condition]]:
    """Every condition, with the place of its statement."""
    for verdict in (*model.excludes, *model.disqualifies):
        if verdict.span is not None:
            yield verdict.span, verdict.condition
    for rule in model.rules:
        if rule.span is not None:
            yield from ((rule.span, row.condition) for row in rule.rows)
    for framework in model.frameworks:
        yield from ((one.span, one.condition) for one in framework.criteria if one.span is not None)
    for stage in model.stages:
        if stage.span is not None:
            rows = [row.condition for row in stage.threshold or ()]
            always = [stage.always] if stage.always is not None else []
            yield from ((stage.span, one) for one in (*rows, stage.condition, *always))
    for label in model.labels:
        if label.span is not None and isinstance(label.value, LabelRows):
            yield from ((label.span, row.condition) for row in label.value.rows)
