"""An explanation as JSON: a stable form, described in `docs/explain.md`.

Points are numbers, days and moments ISO texts, a missing value is null. Members
are added as the project grows; none is renamed or taken away.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from leadrules.decision import points
from leadrules.explaining.facts import Fact
from leadrules.explaining.lead import Explanation, VerdictLine
from leadrules.explaining.parts import GroupLines, PartLines, RuleLine
from leadrules.explaining.stages import Need, StageExplanation
from leadrules.language.source import Span
from leadrules.ruleset import Limits


def as_json(explanation: Explanation) -> str:
    return json.dumps(as_object(explanation), ensure_ascii=False, indent=2) + "\n"


def as_object(explanation: Explanation) -> dict[str, Any]:
    """The explanation in Python's own types, as JSON has it."""
    one, model = explanation, explanation.model
    return {
        "ruleset": {"name": model.title, "version": model.version, "hash": model.hash, "path": model.path},
        "as_of": one.as_of.isoformat(),
        "row": one.row,
        "lead": {field.name: plain(value) for field, value in zip(model.fields, one.values, strict=True) if field.read},
        "score": None if one.total is None else points(one.total),
        "scores": {part.name: points(part.after) for part in one.parts if part.name is not None},
        "stage": one.stage,
        "disqualified": one.outcome.disqualified,
        "excluded": one.outcome.excluded,
        "missing": list(one.missing),
        "parts": [_part(explanation, part) for part in one.parts],
        "total": _total(explanation),
        "rules": [_rule(explanation, line) for line in one.rules],
        "exclude": [_verdict(line) for line in one.excludes],
        "disqualify": [_verdict(line) for line in one.disqualifies],
        "frameworks": {
            framework.name: {
                "met": framework.met,
                "open": framework.open,
                "ask": list(state.ask),
                "criteria": [_criterion(line) for line in framework.criteria],
            }
            for framework, state in zip(one.frameworks, one.outcome.frameworks, strict=True)
        },
        "stages": [_stage(explanation, stage) for stage in one.stages],
        "next_stage": None if one.next_stage is None else one.stages[one.next_stage].name,
        "labels": [{"name": label.name, "text": label.text, "facts": _facts(label.facts)} for label in one.labels],
    }


def _part(explanation: Explanation, part: PartLines) -> dict[str, Any]:
    return {
        "score": part.name,
        "limits": _limits(part.limits),
        "weight": points(part.weight),
        "before": points(part.before),
        "after": points(part.after),
        "weighted": float(part.weighted / 100),
        "lines": [
            {
                "group": line.title,
                "limits": _limits(line.limits),
                "before": points(line.before),
                "after": points(line.after),
                "rules": [rule.rule for rule in line.rules],
            }
            if isinstance(line, GroupLines)
            else {"rule": line.rule}
            for line in part.lines
        ],
    }


def _total(explanation: Explanation) -> dict[str, Any] | None:
    if explanation.total is None:
        return None
    return {
        "limits": _limits(explanation.model.total),
        "rounding": float(explanation.rounding / 100),
        "before": points(explanation.before),
        "after": points(explanation.total),
    }


def _rule(explanation: Explanation, line: RuleLine) -> dict[str, Any]:
    rule, model = explanation.model.rules[line.rule], explanation.model
    return {
        "rule": line.rule,
        "name": rule.name,
        "text": line.text,
        "condition": line.condition,
        **_place(rule.span),
        "score": None if rule.score is None else model.scores[rule.score].name,
        "group": None if rule.group is None else model.groups[rule.group].title,
        "status": line.status,
        "points": points(line.points),
        "row": line.row,
        "facts": _facts(line.facts),
        "sums": list(line.sums),
    }


def _verdict(line: VerdictLine) -> dict[str, Any]:
    return {"text": line.text, "condition": line.condition, "holds": line.state, "facts": _facts(line.facts)}


def _criterion(line: VerdictLine) -> dict[str, Any]:
    return {
        "name": line.text,
        "question": line.question,
        "condition": line.condition,
        "state": line.state,
        "facts": _facts(line.facts),
    }


def _stage(explanation: Explanation, stage: StageExplanation) -> dict[str, Any]:
    return {
        "name": stage.name,
        "held": stage.held,
        "needs": [_need(need) for need in stage.needs],
        "always": None if stage.always is None else _need(stage.always),
        "ways": [
            {
                "text": way.text,
                "rule": way.rule,
                "changes": [
                    {"field": change.field, "to": plain(change.to), "now": plain(change.now)} for change in way.changes
                ],
                "score": points(way.total),
            }
            for way in stage.ways
        ],
    }


def _need(need: Need) -> dict[str, Any]:
    return {
        "kind": need.kind,
        "text": need.text,
        "met": need.state,
        "short": None if need.short is None else points(need.short),
        "facts": _facts(need.facts),
    }


def _facts(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    return [
        {
            "name": fact.name,
            "value": plain(fact.value),
            "note": fact.note or None,
            "missing": list(fact.missing),
        }
        for fact in facts
    ]


def _limits(limits: Limits) -> dict[str, Any]:
    return {
        "at_least": None if limits.low is None else points(limits.low),
        "at_most": None if limits.high is None else points(limits.high),
    }


def _place(span: Span | None) -> dict[str, Any]:
    if span is None:
        return {"file": None, "line": None}
    return {"file": span.source.path, "line": span.source.place(span.start)[0]}


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
