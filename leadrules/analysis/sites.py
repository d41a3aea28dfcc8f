"""Where the conditions of a model stand in its files.

The model has forgotten where a row or an `unless` was written; the statements
have not. They are matched by the places of what contains them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from leadrules.language import tree
from leadrules.language.source import Span
from leadrules.record import record
from leadrules.ruleset import Condition, LabelRows, Model, Rule

Part = Literal["rule", "row", "band", "disqualify", "exclude", "criterion", "stage", "always", "threshold", "label"]


@record
class Site:
    """A condition, what it belongs to (`position` in the model's tuple of such parts) and where it is written.

    `node` is the condition as it is written, without an `unless`; None for the
    bands of `points by`.
    """

    part: Part
    position: int
    row: int
    condition: Condition
    span: Span
    node: tree.Expression | None = None


class Places:
    """The statements of a ruleset by the places that the model keeps."""

    def __init__(self, model: Model, statements: Iterable[tree.Statement]):
        self.model = model
        self.statements = tuple(statements)
        self._by_span: dict[tuple[int, int, int], Any] = {}
        for node in self._nodes():
            span = node.name.span if isinstance(node, (tree.Stage, tree.Label, tree.Criterion)) else node.span
            self._by_span[_key(span)] = node

    def _nodes(self) -> Iterator[Any]:
        for node in self.statements:
            yield node
            match node:
                case tree.Score(body=body):
                    for one in body:
                        yield one
                        if isinstance(one, tree.Group):
                            yield from one.rules
                case tree.Group(rules=rules):
                    yield from rules
                case tree.Framework(criteria=criteria):
                    yield from criteria

    def node(self, span: Span | None) -> Any:
        """What is written at a place of the model."""
        return None if span is None else self._by_span.get(_key(span))

    def rule_span(self, rule: Rule) -> Span:
        """The first line of a rule."""
        assert rule.span is not None
        return rule.span

    def sites(self) -> Iterator[Site]:
        """Every condition that is written in the model's statements."""
        model = self.model
        for position, rule in enumerate(model.rules):
            yield from self._of_rule(position, rule)
        for part, verdicts in (("exclude", model.excludes), ("disqualify", model.disqualifies)):
            for position, verdict in enumerate(verdicts):
                node = self.node(verdict.span)
                if node is not None:
                    yield Site(part, position, 0, verdict.condition, node.condition.span, node.condition)  # type: ignore[arg-type]
        at = 0
        for framework in model.frameworks:
            for criterion in framework.criteria:
                node = self.node(criterion.span)
                if node is not None:
                    yield Site("criterion", at, 0, criterion.condition, node.condition.span, node.condition)
                at += 1
        for position, stage in enumerate(model.stages):
            yield from self._of_stage(position, stage)
        for position, label in enumerate(model.labels):
            node = self.node(label.span)
            if node is None or not isinstance(label.value, LabelRows):
                continue
            for number, (row, written) in enumerate(zip(label.value.rows, node.value.rows, strict=True)):
                if written.condition is not None:
                    yield Site("label", position, number, row.condition, written.condition.span, written.condition)

    def _of_rule(self, position: int, rule: Rule) -> Iterator[Site]:
        node = self.node(rule.span)
        if node is None:
            return
        points = node.points
        if isinstance(points, tree.Add):
            if points.condition is not None:
                yield Site("rule", position, 0, rule.rows[0].condition, points.condition.span, points.condition)
            return
        part: Part = "band" if isinstance(points, tree.PointsBy) else "row"
        for number, (row, written) in enumerate(zip(rule.rows, points.rows, strict=True)):
            if part == "band":
                span = written.bands[0].span.to(written.bands[-1].span)
                yield Site(part, position, number, row.condition, span)
            elif written.condition is not None:
                yield Site(part, position, number, row.condition, written.condition.span, written.condition)

    def _of_stage(self, position: int, stage: Any) -> Iterator[Site]:
        node = self.node(stage.span)
        if node is None:
            return
        if node.condition is not None:
            yield Site("stage", position, 0, stage.condition, node.condition.span, node.condition)
        if node.always is not None and stage.always is not None:
            yield Site("always", position, 0, stage.always, node.always.span, node.always)
        if isinstance(node.threshold, tuple):
            for number, (row, written) in enumerate(zip(stage.threshold, node.threshold, strict=True)):
                if written.condition is not None:
                    yield Site("threshold", position, number, row.condition, written.condition.span, written.condition)


def row_nodes(places: Places, rule: Rule) -> Sequence[Any]:
    """The rows of `points by` or `points first` as they are written; none for other rules."""
    node = places.node(rule.span)
    return () if node is None or isinstance(node.points, tree.Add) else node.points.rows


def _key(span: Span) -> tuple[int, int, int]:
    return id(span.source), span.start, span.end


__all__ = ["Mapping", "Places", "Site", "row_nodes"]
