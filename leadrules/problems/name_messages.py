"""What can be wrong with names: unknown, declared twice, used before they can be known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leadrules.language.source import Span
from leadrules.problems.problem import Problem, Related
from leadrules.problems.wording import did_you_mean

# Words that are no fields here and look like ones, with what is written instead.
_MEANT = {
    "else": "write `otherwise`",
    "known": "write `is known`",
    "null": "write `is missing`",
    "empty": "write `is missing`",
    "today": "compare with the as-of date by `in last 30 days` or `days since`",
}


def unknown_field(span: Span, name: str, near: Iterable[str]) -> Problem:
    return Problem(
        "unknown-field", "error", f"no field is called `{name}`", span, did_you_mean(near) or _MEANT.get(name)
    )


def not_a_field(span: Span, name: str, what: str, declared: Span) -> Problem:
    return Problem(
        "not-a-field",
        "error",
        f"a field is needed here, `{name}` is a {what}",
        span,
        related=(Related(f"`{name}` is declared here", declared),),
    )


def not_a_score(span: Span, name: str, what: str, declared: Span) -> Problem:
    return Problem(
        "unknown-score",
        "error",
        f"a score is needed here, `{name}` is a {what}",
        span,
        related=(Related(f"`{name}` is declared here", declared),),
    )


def unknown_score(span: Span, name: str, near: Iterable[str]) -> Problem:
    return Problem("unknown-score", "error", f"no score is called `{name}`", span, did_you_mean(near))


def unknown_stage(span: Span, name: str, near: Iterable[str]) -> Problem:
    return Problem("unknown-stage", "error", f"no stage is called `{name}`", span, did_you_mean(near))


def not_a_stage(span: Span, word: str, instead: str) -> Problem:
    return Problem("unknown-stage", "error", f'`"{word}"` is not a stage', span, instead)


def unknown_list(span: Span, name: str, near: Iterable[str]) -> Problem:
    return Problem("unknown-list", "error", f"no list is called `{name}`", span, did_you_mean(near) or _MEANT.get(name))


def unknown_rule(span: Span, name: str, near: Iterable[str]) -> Problem:
    return Problem(
        "unknown-rule",
        "error",
        f"no rule is called `{name}`, and none has it as its `because`",
        span,
        did_you_mean(near) or (f"name the rule, such as `rule {name}: when …`" if name.isidentifier() else None),
    )


def unknown_criterion(span: Span, framework: str, name: str, near: Iterable[str]) -> Problem:
    return Problem(
        "unknown-criterion",
        "error",
        f"the framework `{framework}` has no criterion `{name}`",
        span,
        did_you_mean(f"{framework}.{one}" for one in near),
    )


def framework_alone(span: Span, name: str) -> Problem:
    return Problem(
        "framework-alone",
        "error",
        f"`{name}` is a framework, neither a condition nor a value",
        span,
        f"count its met criteria, such as `{name}.met >= 3`",
    )


def questions_as_value(span: Span, name: str) -> Problem:
    return Problem(
        "framework-alone",
        "error",
        f"`{name}.ask` is a column of the result, no rule can read it",
        span,
        f"count the open criteria: `{name}.open > 0`",
    )


def declared_twice(span: Span, what: str, name: str, first: Span, first_what: str) -> Problem:
    message = f"the {what} `{name}` is declared twice"
    if what != first_what:
        message = f"the {what} `{name}` has the name of a {first_what}"
    return Problem(
        "declared-twice",
        "error",
        message,
        span,
        "rename one of them" if what != first_what else "remove one of them, or rename it",
        (Related("first declared here", first),),
    )


def stated_twice(span: Span, what: str, first: Span) -> Problem:
    return Problem(
        "declared-twice",
        "error",
        f"a second `{what}`: a ruleset has one",
        span,
        "remove one of them",
        (Related("first stated here", first),),
    )


def names_differ_by_case(span: Span, name: str, other: str, first: Span) -> Problem:
    return Problem(
        "names-differ-by-case",
        "error",
        f"`{name}` and `{other}` differ only by capital letters",
        span,
        "write them alike, or give one of them another name",
        (Related(f"`{other}` is declared here", first),),
    )


def reserved_name(span: Span, what: str, name: str) -> Problem:
    return Problem(
        "reserved-name",
        "error",
        f"no {what} can be called `{name}`: the result has a column of that name",
        span,
        "choose another name",
    )


def reserved_stage(span: Span, name: str) -> Problem:
    return Problem(
        "reserved-name",
        "error",
        f"no stage can be called `{name}`: the column `stage` says so of leads that have none",
        span,
        "choose another name",
    )


def reserved_criterion(span: Span, framework: str, name: str) -> Problem:
    return Problem(
        "reserved-name",
        "error",
        f"no criterion can be called `{name}`: `{framework}.{name}` has a meaning of its own",
        span,
        "choose another name",
    )


def empty_name(span: Span, what: str) -> Problem:
    return Problem("empty-name", "error", f"the {what} has an empty name", span, "write a name between the quotes")


def shipped_list_declared(span: Span, name: str) -> Problem:
    return Problem(
        "shipped-list",
        "error",
        f"the list `{name}` is shipped, it can only be adjusted",
        span,
        f'write `list {name} add "…"` or `list {name} remove "…"`',
    )


def shipped_list_read(span: Span, name: str, instead: str) -> Problem:
    return Problem(
        "shipped-list", "error", f"the shipped list `{name}` cannot be read by name", span, f"write `{instead}`"
    )


def only_shipped_lists(span: Span, name: str, shipped: Sequence[str]) -> Problem:
    return Problem(
        "shipped-list",
        "error",
        f"only the shipped lists {', '.join(f'`{one}`' for one in shipped)} can be adjusted, `{name}` is none of them",
        span,
        f"write all its items in one place: `list {name} = …`",
    )


def used_too_early(
    span: Span, user: str, name: str, what: str, why: str, declared: Span | None, via: str | None
) -> Problem:
    used = f"`{via}`, which uses the {what} `{name}`" if via is not None else f"the {what} `{name}`"
    related = (Related(f"`{name}` is declared here", declared),) if declared is not None else ()
    return Problem("used-too-early", "error", f"{user} cannot use {used}: {why}", span, None, related)


def circular(span: Span, names: Sequence[str], places: Sequence[Span]) -> Problem:
    chain = " → ".join(f"`{one}`" for one in (*names, names[0]))
    if len(names) == 1:
        message = f"`{names[0]}` uses itself"
    else:
        message = f"these use one another in a circle: {chain}"
    return Problem(
        "circular",
        "error",
        message,
        span,
        "write one of them without the others" if len(names) > 1 else "write it without itself",
        tuple(Related(f"`{name}` is declared here", place) for name, place in zip(names[1:], places[1:], strict=True)),
    )
