"""Fields and lists: declared, their options checked, their values read.

Every field becomes a `ruleset.Field` with its values as the type reads them.
Where files declare one field, the including file's declaration counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from leadrules import ruleset
from leadrules.checking.comparisons import SHIPPED_LISTS
from leadrules.checking.files import Files
from leadrules.checking.scope import Draft, ListValues
from leadrules.language import tree
from leadrules.language.source import Source, Span
from leadrules.meaning.formats import compile_format
from leadrules.meaning.text import fold, normal, trim
from leadrules.problems.field_messages import (
    bad_format,
    empty_choice,
    empty_split,
    mixed_list,
    option_of_other_type,
    repeated_value,
    second_key,
    text_list_needed,
    value_does_not_fit,
)
from leadrules.problems.file_messages import empty_list
from leadrules.problems.name_messages import only_shipped_lists, shipped_list_declared
from leadrules.problems.near import near_names
from leadrules.problems.type_messages import reversed_range
from leadrules.problems.wording import KIND_PLURALS, did_you_mean

TYPE_WORDS: Mapping[str, str] = {
    "text": "a text",
    "email": "a mail address",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date",
    "datetime": "a date with a time",
    "one of": "one of its values",
    "list of text": "a list of texts",
}
_ORDERED = ("integer", "number", "date", "datetime")
_WHOLE = 9_007_199_254_740_991
_LIST_KINDS: dict[type, str] = {
    tree.Text: "text",
    tree.Number: "number",
    tree.Day: "date",
    tree.Moment: "date",
    tree.Boolean: "boolean",
}


def make_field(draft: Draft, node: tree.Field, missing: frozenset[str]) -> ruleset.Field:
    """A field as the ruleset reads it; options that do not fit are reported and left out."""
    kind = node.type.kind
    also = [fold(trim(one.value)) for one in node.also_missing]
    field = ruleset.Field(
        name=node.name.text,
        type=kind,
        headers=tuple(dict.fromkeys(one.value for one in node.headers)),
        missing=missing | frozenset(also),
        bad_as_missing=node.bad_as_missing,
        optional=node.optional,
        key=node.key,
        choices=_choices(draft, node.type),
        split=_split(draft, node.type),
        format=_format(draft, node),
        span=node.name.span,
    )
    report_repeated(draft, node.headers, str)
    low, high = _bounds(draft, node, field)
    default = None
    if node.default is not None:
        default = value = fit(draft, field, node.default)
        if value is not None and ((low is not None and value < low) or (high is not None and value > high)):
            assert node.between is not None
            why = f"it is not between {node.between[0].span.text} and {node.between[1].span.text}"
            draft.problems.append(
                value_does_not_fit(node.default.span, field.name, TYPE_WORDS[kind], node.default.span.text, why)
            )
    return replace(field, low=low, high=high, default=default)


def _choices(draft: Draft, node: tree.Type) -> dict[str, str]:
    choices: dict[str, str] = {}
    for one in node.choices:
        if trim(one.value) == "":
            draft.problems.append(empty_choice(one.span))
        else:
            choices.setdefault(fold(trim(one.value)), trim(one.value))
    report_repeated(draft, node.choices)
    return choices


def report_repeated(draft: Draft, texts: Iterable[tree.Text], alike: Callable[[str], str] = fold) -> None:
    """Report each text that stood before."""
    seen: dict[str, Span] = {}
    for one in texts:
        first = seen.setdefault(alike(trim(one.value)), one.span)
        if first is not one.span:
            draft.problems.append(repeated_value(one.span, one.value, first))


def _split(draft: Draft, node: tree.Type) -> str:
    if node.split is None:
        return ";"
    if node.split.value == "":
        draft.problems.append(empty_split(node.split.span))
        return ";"
    return node.split.value


def _format(draft: Draft, node: tree.Field) -> str | None:
    if node.format is None:
        return None
    kind = node.type.kind
    if kind not in ("date", "datetime"):
        draft.problems.append(
            option_of_other_type(node.format.span, node.name.text, kind, "format", ("date", "datetime"))
        )
        return None
    compiled = compile_format(node.format.value)
    if isinstance(compiled, str):
        draft.problems.append(bad_format(node.format.span, compiled, kind == "datetime"))
        return None
    return node.format.value


def _bounds(draft: Draft, node: tree.Field, field: ruleset.Field) -> tuple[Any, Any]:
    if node.between is None:
        return None, None
    low, high = node.between
    if field.type not in _ORDERED:
        place = low.span.to(high.span)
        draft.problems.append(option_of_other_type(place, field.name, field.type, "between", _ORDERED))
        return None, None
    values = fit(draft, field, low), fit(draft, field, high)
    if values[0] is None or values[1] is None:
        return None, None
    if values[0] > values[1]:
        draft.problems.append(reversed_range(low.span.to(high.span), low.span.text, high.span.text))
        return None, None
    return values


def fit(draft: Draft, field: ruleset.Field, node: tree.Literal) -> Any:
    """A literal as the value that the field's type reads; None (and a problem) if it does not fit."""
    value = _read(field, node)
    if value is None:
        help = None
        if field.type == "one of" and isinstance(node, tree.Text):
            help = did_you_mean(f'"{one}"' for one in near_names(node.value, list(field.choices.values())))
        elif field.kind == "text" and not isinstance(node, tree.Text):
            help = f'write `"{node.span.text}"` in quotes'
        elif isinstance(node, tree.Text):
            help = {
                "number": "write the number without quotes",
                "boolean": "write `true` or `false`",
                "date": "write a date as `2026-11-22`, without quotes",
                "datetime": "write it as `2026-11-22T09:30`, without quotes",
            }.get(field.kind)
        draft.problems.append(value_does_not_fit(node.span, field.name, _wanted(field), node.span.text, None, help))
    return value


def _wanted(field: ruleset.Field) -> str:
    """What a field's values are, in words."""
    if field.type == "one of" and len(field.choices) <= 8:
        return "one of " + ", ".join(f'`"{one}"`' for one in field.choices.values())
    return TYPE_WORDS[field.type]


def _read(field: ruleset.Field, node: tree.Literal) -> Any:
    value = node.value
    match field.type, value:
        case (("text" | "email"), str()) if trim(value):
            return normal(trim(value))
        case "one of", str():
            return field.choices.get(fold(trim(value)))
        case "list of text", str():
            return tuple(item for part in value.split(field.split) if (item := normal(trim(part)))) or None
        case "integer", Decimal() if value == value.to_integral_value() and abs(value) <= _WHOLE:
            return int(value)
        case "number", Decimal():
            return float(value)
        case "boolean", bool():
            return value
        case "date", datetime():
            return value.date()
        case "date", date():
            return value
        case "datetime", datetime():
            return value
        case "datetime", date():
            return datetime.combine(value, time())
    return None


def check_keys(draft: Draft, nodes: Sequence[tree.Field]) -> None:
    """At most one field is the key."""
    keys = [node for node in nodes if node.key]
    for node in keys[1:]:
        draft.problems.append(second_key(node.name.span, node.name.text, keys[0].name.text, keys[0].name.span))


# ---------------------------------------------------------------------- lists


def make_list(draft: Draft, files: Files, node: tree.List) -> ListValues:
    """A declared list's values; of kind None where they are broken."""
    name = node.name.text
    if name in SHIPPED_LISTS:
        draft.problems.append(shipped_list_declared(node.name.span, name))
        return ListValues(name, None, ())
    if node.file is not None:
        source = files.beside(node.file)
        items = _lines(source) if source is not None else ()
        if source is not None and not items:
            draft.problems.append(empty_list(node.file.span, name, node.file.value))
        return ListValues(name, "text" if items else None, items)
    kinds = [_LIST_KINDS[type(item)] for item in node.items]
    for item, kind in zip(node.items, kinds, strict=True):
        if kind != kinds[0]:
            draft.problems.append(
                mixed_list(item.span, name, KIND_PLURALS[kind], KIND_PLURALS[kinds[0]], node.items[0].span)
            )
            return ListValues(name, None, ())
    return ListValues(name, _list_texts(draft, node.items) if kinds else None, node.items)


def _list_texts(draft: Draft, items: Sequence[tree.Literal]) -> str | None:
    """The kind of a list's items; None if a text among them is empty."""
    texts = [item for item in items if isinstance(item, tree.Text)]
    if not texts:
        return _LIST_KINDS[type(items[0])]
    report_repeated(draft, texts)
    empty = [item for item in texts if trim(item.value) == ""]
    for item in empty:
        draft.problems.append(empty_choice(item.span))
    return None if empty else "text"


def _lines(source: Source) -> tuple[tree.Text, ...]:
    """One text a line; blank lines and those that begin with `#` are skipped."""
    items = []
    start = 0
    for line in source.text.split("\n"):
        text = trim(line)
        if text and not text.startswith("#"):
            items.append(tree.Text(normal(text), span=Span(source, start, start + len(line))))
        start += len(line) + 1
    return tuple(items)


def adjust_lists(draft: Draft, nodes: Sequence[tree.List]) -> ruleset.DomainLists:
    """What `add` and `remove` do to the shipped lists; what is written last counts."""
    changes: dict[str, dict[str, str]] = {name: {} for name in SHIPPED_LISTS}
    for node in nodes:
        if node.name.text not in changes:
            if not draft.may_be_damaged(node.name.text):
                draft.problems.append(only_shipped_lists(node.name.span, node.name.text, tuple(SHIPPED_LISTS)))
            continue
        for item in node.items:
            if isinstance(item, tree.Text) and trim(item.value):
                changes[node.name.text][fold(trim(item.value)).removeprefix("@")] = node.action
            elif isinstance(item, tree.Text):
                draft.problems.append(empty_choice(item.span))
            else:
                draft.problems.append(text_list_needed(item.span, node.name.text, item.span.text))
    made = {
        (name, action): frozenset(text for text, last in texts.items() if last == action)
        for name, texts in changes.items()
        for action in ("add", "remove")
    }
    return ruleset.DomainLists(
        made["personal_domains", "add"],
        made["personal_domains", "remove"],
        made["disposable_domains", "add"],
        made["disposable_domains", "remove"],
        made["role_names", "add"],
        made["role_names", "remove"],
    )
