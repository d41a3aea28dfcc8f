"""A ruleset as a list of parts that can be set side by side with another's.

A part is what a person would call one thing that changed: a rule, a stage, a
limit, a field. It has a name by which it can be found again (None for most rules),
its meaning, where it counts (`home`), its text, as `fmt` writes it, what it says to a reader of
reasons (`said`), and the same with lets and lists written out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from leadrules.comparing.meaning import Key, key_of
from leadrules.explaining.words import Words, limits_words, value_words
from leadrules.language import tree
from leadrules.language.printer import format_source
from leadrules.language.source import Source, Span
from leadrules.reference import format_points
from leadrules.ruleset import NO_LIMITS, TRUE, Condition, DomainLists, Field, LabelRows, Model, Rule, Verdict


@dataclass(frozen=True)
class Part:
    """One part of a model; `at` is its position among those of its sort (`what`)."""

    what: str
    at: int
    name: str | None
    key: Key
    home: Key
    text: str
    span: Span | None
    said: str = ""
    written_out: str = ""

    @property
    def place(self) -> str:
        """`inbound.rules:12`, empty where it stands nowhere."""
        return "" if self.span is None else f"{self.span.source.path}:{self.span.source.place(self.span.start)[0]}"


def parts_of(model: Model, statements: Sequence[tree.Statement]) -> Iterator[Part]:
    """Every part, in the order in which a ruleset is read; `statements` are those that the model was made from."""
    named = (node for node in statements if isinstance(node, tree.Stage | tree.Label))
    whole = {(node.name.span.source, node.name.span.start): node.span for node in named}

    def statement(span: Span | None) -> Span | None:
        """All of a statement, of which the model knows the name."""
        return None if span is None else whole.get((span.source, span.start), span)

    words = Words(model)
    for at, field in enumerate(model.fields):
        yield Part("field", at, field.name, _field_key(field), None, _field_text(field), field.span)
    yield from _lists(model.domains)
    for framework in model.frameworks:
        for at, one in enumerate(framework.criteria):
            name = f"{framework.name}.{one.name}"
            key = key_of(model, one.condition)
            text, written_out = _written(one.span), _conditions(words, [one.condition])
            yield Part("criterion", at, name, key, framework.name, text, one.span, one.question or "", written_out)
    for at, verdict in enumerate(model.excludes):
        yield _verdict(model, "exclude", at, verdict)
    for at, rule in enumerate(model.rules):
        yield _rule(model, at, rule)
    for at, group in enumerate(model.groups):
        key = group.limits, _score_name(model, group.score)
        text = f'group "{group.title}" {limits_words(group.limits)}'
        if group.limits != NO_LIMITS:
            yield Part("group", at, group.title, _plain(key), None, text, group.span)
    for at, score in enumerate(model.scores):
        weight = "" if score.weight == 10_000 else f" weight {format_points(score.weight)}%"
        limits = limits_words(score.limits)
        text = f"score {score.name}{' ' * bool(limits)}{limits}{weight}"
        yield Part("score", at, score.name, _plain((score.limits, score.weight)), None, text, score.span)
    if model.total != NO_LIMITS:
        yield Part("total", 0, "total", _plain((model.total,)), None, f"total {limits_words(model.total)}", None)
    for at, verdict in enumerate(model.disqualifies):
        yield _verdict(model, "disqualify", at, verdict)
    for at, stage in enumerate(model.stages):
        after = tuple(sorted(model.stages[one].name for one in stage.after))
        key = (
            key_of(model, stage.threshold),
            _score_name(model, stage.on),
            after,
            key_of(model, stage.condition),
            key_of(model, stage.always),
        )
        text = _written(statement(stage.span))
        rows = [row.condition for row in stage.threshold or ()]
        written_out = _conditions(words, rows, stage.condition, stage.always)
        yield Part("stage", at, stage.name, key, None, text, stage.span, written_out=written_out)
    for at, label in enumerate(model.labels):
        text = _written(statement(label.span))
        rows = [row.condition for row in label.value.rows] if isinstance(label.value, LabelRows) else []
        key = key_of(model, label.value)
        yield Part("label", at, label.name, key, None, text, label.span, written_out=_conditions(words, rows))


def _rule(model: Model, at: int, rule: Rule) -> Part:
    key = tuple(
        key_of(model, one)
        for one in (rule.rows, rule.units, rule.at_most, rule.fading, rule.valid_from, rule.valid_until)
    )
    limits = NO_LIMITS if rule.group is None else model.groups[rule.group].limits
    home = _score_name(model, rule.score), _plain((limits,))
    words = Words(model)
    rows = [f"{format_points(row.points)} when {words.condition(row.condition)}" for row in rule.rows]
    return Part("rule", at, rule.name, key, home, _written(rule.span), rule.span, rule.text, "\n".join(rows))


def _verdict(model: Model, what: str, at: int, verdict: Verdict) -> Part:
    key = key_of(model, verdict.condition)
    written_out = f"{what} if {Words(model).condition(verdict.condition)}"
    return Part(what, at, None, key, None, _written(verdict.span), verdict.span, verdict.text, written_out)


def _conditions(words: Words, rows: Sequence[Condition], *more: Condition | None) -> str:
    """Conditions a line each, with lets and lists written out."""
    return "\n".join(words.condition(one) for one in (*rows, *more) if one is not None and one != TRUE)


def _score_name(model: Model, score: int | None) -> str | None:
    return None if score is None else model.scores[score].name


def _plain(limits: tuple[Any, ...]) -> Key:
    return tuple((one.low, one.high) if hasattr(one, "low") else one for one in limits)


def _field_key(field: Field) -> Key:
    return (
        field.type, field.headers, tuple(sorted(field.missing)), field.bad_as_missing, field.optional, field.default,
        field.low, field.high, field.format, field.key, tuple(sorted(field.choices)), field.split,
    )  # fmt: skip


def _field_text(field: Field) -> str:
    """A declaration in one line, whether or not it was written."""
    parts = [f"field {field.name} : {field.type}"]
    if field.choices:
        parts.append(", ".join(f'"{one}"' for one in field.choices.values()))
    parts += [f"from {', '.join(value_words(one) for one in field.headers)}"] if field.headers else []
    also = sorted(field.missing - {""})
    parts += [f"missing {', '.join(value_words(one) for one in also)}"] if also else []
    parts += [f"between {value_words(field.low)} and {value_words(field.high)}"] if field.low is not None else []
    parts += [f"default {value_words(field.default)}"] if field.default is not None else []
    parts += [f'format "{field.format}"'] if field.format else []
    flags = (("key", field.key), ("optional", field.optional), ("bad as missing", field.bad_as_missing))
    return " ".join([*parts, *(word for word, is_set in flags if is_set)])


def _lists(domains: DomainLists) -> Iterator[Part]:
    for name, added, removed in (
        ("personal_domains", domains.personal_added, domains.personal_removed),
        ("disposable_domains", domains.disposable_added, domains.disposable_removed),
        ("role_names", domains.roles_added, domains.roles_removed),
    ):
        if added or removed:
            words = [f"add {', '.join(sorted(added))}"] if added else []
            words += [f"remove {', '.join(sorted(removed))}"] if removed else []
            key = tuple(sorted(added)), tuple(sorted(removed))
            yield Part("list", 0, name, key, None, f"list {name} {' '.join(words)}", None)


def _written(span: Span | None) -> str:
    """A statement as `fmt` writes it by itself; as it stands where it is only a part of one."""
    if span is None:
        return ""
    text = format_source(Source(span.source.path, span.text))
    return (text or " ".join(span.text.split())).strip()
