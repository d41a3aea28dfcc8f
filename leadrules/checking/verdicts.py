"""Excluding, disqualifying, frameworks, stages and labels.

Stages and labels share one written order; a label is checked together with the
lets (see `definitions`), because rules may use those that read only fields.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from leadrules import ruleset
from leadrules.checking.definitions import Definition
from leadrules.checking.expressions import condition, lower, when_unless
from leadrules.checking.files import Files
from leadrules.checking.named import stage_index, use_stage
from leadrules.checking.points import MOST_LIMIT, hundredths
from leadrules.checking.scope import VERDICTS, Defined, Draft, Limit, Scope, Typed
from leadrules.language import tree
from leadrules.language.printer import print_expression
from leadrules.language.source import Source, Span
from leadrules.meaning.text import fold, normal, trim
from leadrules.problems.file_messages import bad_table
from leadrules.problems.name_messages import not_a_score, unknown_score
from leadrules.problems.near import near_names
from leadrules.problems.verdict_messages import always_alone, not_a_label_value, stage_below, table_needs_text
from leadrules.problems.wording import counted, kind_words
from leadrules.ruleset import TRUE, LabelRow, Row

MOST_JOINED = 1_000
"""A label that joins others has all their combinations; of more than so many none is held to be impossible."""


def verdict(draft: Draft, node: tree.Exclude | tree.Disqualify, limit: Limit) -> ruleset.Verdict | None:
    """An `exclude` or a `disqualify`; None if it has a problem."""
    scope = Scope(draft, limit)
    made = when_unless(scope, node.condition, node.unless)
    scope.settle()
    if made is None:
        return None
    text = node.because.value if node.because is not None else print_expression(node.condition)
    return ruleset.Verdict(made, text, node.span)


# --------------------------------------------------------------------- stages


def stage(draft: Draft, node: tree.Stage, position: int) -> ruleset.Stage | None:
    """A stage; `position` is its place among the statements; None if it has a problem."""
    name = node.name.text if isinstance(node.name, tree.Name) else node.name.value
    scope = Scope(draft, Limit("a stage", VERDICTS, position))
    problems = len(draft.problems)
    threshold = _threshold(scope, node)
    on = _score_index(scope, node.on) if node.on is not None else None
    after = tuple(found for one in node.after if (found := _after(scope, one, position)) is not None)
    held = when_unless(scope, node.condition, node.unless)
    always = condition(scope, node.always) if node.always is not None else None
    asked = (node.threshold, node.condition, node.unless)
    if node.always is not None and not node.after and asked == (None, None, None):
        scope.report(always_alone(node.always.span, name))
    scope.settle()
    if held is None or any(problem.severity == "error" for problem in draft.problems[problems:]):
        return None
    return ruleset.Stage(name, threshold, on, after, held, always, node.name.span)


def _threshold(scope: Scope, node: tree.Stage) -> tuple[Row, ...] | None:
    if node.threshold is None:
        return None
    if isinstance(node.threshold, tree.Number):
        points = hundredths(scope.draft, node.threshold, MOST_LIMIT)
        return None if points is None else (Row(TRUE, points),)
    rows = []
    for row in node.threshold:
        points = hundredths(scope.draft, row.points, MOST_LIMIT)
        made = TRUE if row.condition is None else condition(scope, row.condition)
        if points is not None and made is not None:
            rows.append(Row(made, points))
    return tuple(rows)


def _score_index(scope: Scope, node: tree.Name) -> int | None:
    """The position of a score; None for the total."""
    if node.text == "score":
        return None
    found = scope.draft.names.values.get(node.text)
    if found is None:
        if not scope.draft.may_be_damaged(node.text):
            scores = [name for name, one in scope.draft.names.values.declared.items() if one.what == "score"]
            scope.report(unknown_score(node.span, node.text, near_names(node.text, scores)))
        return None
    if found.what != "score":
        scope.report(not_a_score(node.span, node.text, found.what, found.span))
        return None
    return found.index


def _after(scope: Scope, node: tree.Name | tree.Text, position: int) -> int | None:
    index = stage_index(scope, node)
    if index is None:
        return None
    if scope.draft.stage_places[index] >= position:
        name = node.text if isinstance(node, tree.Name) else node.value
        declared = scope.draft.names.stages.get(name)
        scope.report(stage_below(node.span, name, declared.span if declared is not None else node.span))
        return None
    use_stage(scope, node, index)
    return index


# --------------------------------------------------------------------- labels


def label(
    node: tree.Label, index: int, position: int, last_stage: int, files: Files, built: dict[int, Any]
) -> Definition:
    """How to check a label; what it becomes is put into `built` under its index."""
    limit = Limit(f"the label `{node.name.text}`", VERDICTS, position, position > last_stage)

    def check(draft: Draft) -> Defined | None:
        scope = Scope(draft, limit)
        value = _LABELS[type(node.value)](scope, node.value, files)
        scope.settle()
        if value is None:
            return None
        built[index] = ruleset.Label(node.name.text, value, node.name.span)
        draft.label_texts[index] = {fold(text): text for text in _texts(draft, value)}
        return scope.defined(Typed("text", ruleset.LabelValue(index), node.name.span))

    return Definition(node.name.text, node.name.span, _expressions(node.value), check)


def _expressions(value: tree.LabelRows | tree.LabelJoin | tree.LabelTable) -> tuple[tree.Expression, ...]:
    if isinstance(value, tree.LabelTable):
        return (value.field,)
    if isinstance(value, tree.LabelJoin):
        return value.parts
    conditions = tuple(row.condition for row in value.rows if row.condition is not None)
    return (*conditions, *(row.value for row in value.rows))


def _rows(scope: Scope, node: tree.LabelRows, _: Files) -> ruleset.LabelRows | None:
    rows: list[LabelRow] = []
    for row in node.rows:
        made = TRUE if row.condition is None else condition(scope, row.condition)
        value = _part(scope, row.value)
        if made is not None and value is not None:
            rows.append(LabelRow(made, value))
    return ruleset.LabelRows(tuple(rows)) if len(rows) == len(node.rows) else None


def _join(scope: Scope, node: tree.LabelJoin, _: Files) -> ruleset.LabelJoin | None:
    parts = [_part(scope, part) for part in node.parts]
    whole = tuple(part for part in parts if part is not None)
    return ruleset.LabelJoin(whole) if len(whole) == len(parts) else None


def _part(scope: Scope, node: tree.Text | tree.Name) -> str | ruleset.Operand | None:
    """A text, or a text operand, that a label is made of."""
    if isinstance(node, tree.Text):
        return node.value
    value = lower(scope, node)
    if value.broken:
        return None
    if value.kind != "text" or value.node is None:
        scope.report(not_a_label_value(node.span, node.text, kind_words(value.kind)))
        return None
    return value.node  # type: ignore[return-value]


def _texts(draft: Draft, value: ruleset.LabelRows | ruleset.LabelJoin | ruleset.LabelTable) -> set[str]:
    """All the texts that a label can give; none where they cannot be listed."""
    match value:
        case ruleset.LabelTable(_, values, otherwise):
            return {*values.values(), otherwise}
        case ruleset.LabelRows(rows):
            each = [_part_texts(draft, row.value) for row in rows]
            return set().union({""}, *each) if all(each) else set()
    texts = {""}
    for part in value.parts:
        one = _part_texts(draft, part)
        if len(texts) * len(one) > MOST_JOINED:
            return set()
        texts = {before + after for before in texts for after in one}
    return texts


def _part_texts(draft: Draft, part: str | ruleset.Operand) -> set[str]:
    if isinstance(part, str):
        return {part}
    known = set(draft.texts_of(part).values())
    return known | {""} if known else known


def _table(scope: Scope, node: tree.LabelTable, files: Files) -> ruleset.LabelTable | None:
    value = lower(scope, node.field)
    if not value.broken and (value.kind != "text" or value.node is None):
        scope.report(table_needs_text(node.field.span, node.field.text, kind_words(value.kind)))
        return None
    source = files.beside(node.file)
    table = _read_table(scope, source) if source is not None else None
    if value.broken or table is None:
        return None
    operand: Any = value.node
    return ruleset.LabelTable(operand, table, node.otherwise.value if node.otherwise is not None else "")


def _read_table(scope: Scope, source: Source) -> dict[str, str] | None:
    """The two columns of a table, by folded text; None (and problems) if it is none.

    A header line is a row like any other: only the user knows whether it is one, and no lead's value equals it.
    """
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    reported = len(scope.draft.problems)
    rows = csv.reader(io.StringIO(source.text.removeprefix("\ufeff")), delimiter=_delimiter(source.text))
    before = 0
    try:
        for row in rows:
            number, before = before + 1, rows.line_num
            if not row or all(trim(cell) == "" for cell in row):
                continue
            if len(row) != 2:
                scope.report(
                    bad_table(_line(source, number), f"this line has {counted(len(row), 'column')}, a table has two")
                )
                continue
            wanted, text = fold(trim(row[0])), normal(trim(row[1]))
            if values.setdefault(wanted, text) != text:
                first = lines[wanted]
                problem = f"`{trim(row[0])}` stands here and on line {first}, with another text"
                scope.report(bad_table(_line(source, number), problem))
            lines.setdefault(wanted, number)
    except csv.Error:
        scope.report(bad_table(_line(source, before + 1), "this line cannot be read as comma-separated values"))
    if not values and len(scope.draft.problems) == reported:
        scope.report(bad_table(_line(source, 1), "the table is empty"))
    return values if len(scope.draft.problems) == reported else None


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _line(source: Source, number: int) -> Span:
    start = source.line_starts[min(number, len(source.line_starts)) - 1]
    return Span(source, start, start + len(source.line(min(number, len(source.line_starts)))))


_LABELS: dict[type, Any] = {tree.LabelRows: _rows, tree.LabelJoin: _join, tree.LabelTable: _table}


def decided_order(stages: Sequence[int], labels: Sequence[int]) -> tuple[tuple[Any, int], ...]:
    """Stages and labels by their places in the file."""
    placed = [(place, "stage", index) for index, place in enumerate(stages)]
    placed += [(place, "label", index) for index, place in enumerate(labels)]
    return tuple((what, index) for _, what, index in sorted(placed))
