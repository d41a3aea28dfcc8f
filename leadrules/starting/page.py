"""Columns → the text of a ruleset to start from, in the one layout."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

from leadrules.checking.names import OUTPUT_COLUMNS
from leadrules.formatting import formatted
from leadrules.leads.headers import match_headers
from leadrules.meaning.text import fold, normal
from leadrules.problems.wording import leads_of
from leadrules.ruleset import Field
from leadrules.starting.columns import Column, Survey, survey
from leadrules.starting.naming import field_name
from leadrules.starting.rules import is_judgement, is_outcome, rules_for
from leadrules.starting.systems import known_system
from leadrules.starting.types import ENOUGH, MOSTLY_BLANK, Choice, choose, common, listed, literal, quoted

if TYPE_CHECKING:
    from leadrules.leads.block import LeadSource

_NEXT = """\
Rename fields as you like: what stands after `from` is the column's header. Fields that no rule reads cost
nothing and reject nothing. Then write rules, and look at them with `leadrules check` and `leadrules run`."""
_SYSTEM = """\
The headers are those of {title}: include "{include}" would read {columns} of these columns,
under the names that the other shipped rulesets use, in place of the fields below."""
WIDTH = 110
MOST_SHOWN = 30
"""So many values of a column are shown at most."""
STAGES = """\
# Stages, from what the points mean: a lead is in the last one that it holds.
stage Lead
# stage MQL at 20
# stage SQL at 30 after MQL
"""


@dataclass(frozen=True)
class Start:
    """A ruleset to start from: its text, how many fields of how many columns it has, and how many leads were read."""

    text: str
    fields: int
    columns: int
    leads: int
    broken: int
    more: bool


def starting_ruleset(source: LeadSource, rows: int | None = 100_000) -> Start:
    """Read up to so many leads (None: all) and write a ruleset that fits them.

    The text is laid out, checks without a problem, and reads each of those leads. Raises `LeadsError`.
    """
    found = survey(source, rows)
    choices, nameless = choices_of(found)
    _choose_key(choices, found)
    sections = [_opening(found), _missing(found), _fields(choices), _left_out(choices, nameless)]
    sections += [_rules(choices), STAGES]
    text = "\n".join(section for section in sections if section)
    laid_out = formatted("<start>", text.encode("utf-8"))
    assert not laid_out.problems, laid_out.problems[0]
    live = sum(one.left_out is None for one in choices)
    return Start(laid_out.after.decode("utf-8"), live, len(found.columns), found.leads, found.broken, found.more)


# ------------------------------------------------------------------ the fields


def choices_of(found: Survey) -> tuple[list[Choice], list[Column]]:
    """What `choose` makes of every column with a name, and the columns without one."""
    taken: set[str] = set()
    choices = []
    for column in found.columns:
        if column.header.strip("\ufeff \t\r\n\xa0"):
            choices.append(choose(field_name(column.header, column.position, taken), column))
    headers = [column.header for column in found.columns]
    fields = [Field(one.name, "text", headers=_from(one)) for one in choices]
    matched = match_headers(fields, headers)
    counts = Counter(headers)
    for position, one in enumerate(choices):
        if counts[one.column.header] > 1 or matched.headers.get(position) != one.column.header:
            twin = next((other for other in headers if normal(other) == normal(one.column.header)), None)
            others = [at + 1 for at, other in enumerate(headers) if other == twin and at != one.column.position]
            numbers = " and ".join(map(str, others)) if others else "another"
            one.left_out = f"column {one.column.position + 1} is called like column {numbers}: rename one to read both"
    return choices, [one for one in found.columns if not one.header.strip("\ufeff \t\r\n\xa0")]


def _from(choice: Choice) -> tuple[str, ...]:
    """What stands after `from`: nothing where the name is the header."""
    header = choice.column.header
    if header == choice.name:
        return ()
    return (
        header if header.isprintable() else re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in header)),
    )


def _choose_key(choices: Sequence[Choice], found: Survey) -> None:
    """One column that tells every lead from every other, called like an identifier, or else an address."""

    def rank(choice: Choice) -> int | None:
        column = choice.column
        if choice.left_out or column.keys is None or len(column.keys) != found.leads or column.said != found.leads:
            return None
        last = choice.words[-1] if choice.words else ""
        ranks = {"id": 0, "uuid": 0, "guid": 0, "key": 1, "number": 2, "no": 2, "nr": 2, "code": 3}
        return 4 if choice.type == "email" else ranks.get(last) if choice.type == "text" else None

    ranked = [(found_rank, at) for at, one in enumerate(choices) if (found_rank := rank(one)) is not None]
    if ranked and found.leads:
        choices[min(ranked)[1]].options += " key"


def declared(choice: Choice, type: str) -> str:
    """The statement that declares the field of a column, by its type with options."""
    headers = _from(choice)
    said = f" from {literal(headers[0])}" if headers else ""
    match = re.match(r"(one of .*|list of text|\w+)(.*)$", type, re.S)
    assert match
    return f"field {choice.name} : {match[1]}{said}{match[2]}"


def _fields(choices: Sequence[Choice]) -> str:
    lines = []
    for choice in choices:
        if choice.left_out is not None:
            continue
        lines += [f"# {note}" for note in _notes(choice)]
        lines += [f"# {_laid_out(declared(choice, type))}  # {why}" for type, why in choice.instead]
        lines.append(declared(choice, choice.type + choice.options))
    return "".join(f"{line}\n" for line in lines)


def _laid_out(statement: str) -> str:
    return " ".join(formatted("<start>", statement.encode("utf-8")).after.decode("utf-8").split("\n")).strip()


def _notes(choice: Choice) -> Iterator[str]:
    column = choice.column
    yield from choice.notes
    if is_outcome(choice):
        yield "Looks like an outcome: points for it would leak the answer. Use it in `exclude`, not in points"
    elif is_judgement(choice):
        yield "Looks like a judgement of somebody who handled the lead: points for it may leak the answer"
    if column.leads >= ENOUGH and column.blank > MOSTLY_BLANK * column.leads:
        yield f"Blank for {100 * column.blank / column.leads:.0f} %"
    if choice.type == "text":
        yield from _values(column)
    elif choice.type in ("integer", "number") and column.said >= ENOUGH:
        yield _range(column)


def _values(column: Column) -> Iterator[str]:
    """The values of a column that has few, the most frequent first: rules need their spelling."""
    texts = [quoted(text) for text, _ in common(column)]
    if column.has_more_values or not 0 < len(texts) <= MOST_SHOWN or column.said < 3 * len(texts):
        return
    lines = wrap(
        ", ".join(text.replace(" ", "\0") for text in texts), WIDTH - len("# Values:  …"), break_on_hyphens=False
    )
    for number, line in enumerate(lines[:2]):
        cut = number == 1 and len(lines) > 2
        yield ("Values: " if number == 0 else "        ") + line.replace("\0", " ") + (" …" if cut else "")


def _range(column: Column) -> str:
    """Where the numbers of a column lie: rules need thresholds."""
    middle, high = column.number_at(0.5), column.number_at(0.9)
    assert middle is not None and high is not None
    least, half, most_of_all, most = map(_shown, (column.least, middle, high, column.most))
    return f"From {least} to {most}; half are up to {half}, nine in ten up to {most_of_all}"


def _shown(number: float) -> str:
    """A number to two places."""
    return f"{number:.2f}".rstrip("0").rstrip(".") if abs(number) < 1e15 else f"{number:.2g}"


# ---------------------------------------------------------- the other sections


def _opening(found: Survey) -> str:
    """What was read, what to do next, and the ruleset's title."""
    name = _plain(re.split(r"[/\\]", found.name)[-1])
    paragraphs = [f"A start, written by `leadrules init` from {name}. {_what_was_read(found)}.", _NEXT]
    system = known_system(found)
    if system is not None:
        paragraphs.append(_SYSTEM.format(title=system.title, include=system.include, columns=system.columns))
    clashes = sorted(OUTPUT_COLUMNS & {column.header for column in found.columns})
    if clashes:
        paragraphs.append(
            f"The leads have {listed(clashes)} already, which a run adds: run with --prefix lr_ (or --replace)."
        )
    comment = "\n#\n".join("\n".join(f"# {line}" for line in one.splitlines()) for one in paragraphs)
    return f'{comment}\n\nruleset {literal(_title(name))} version "1"\n'


def _what_was_read(found: Survey) -> str:
    if not found.leads:
        return "No lead was in it: types are not known"
    leads = leads_of(found.leads)
    read = f"The first {leads} read, and there are more" if found.more else f"{leads} read"
    return f"{read}: the types below fit each of them"


def _title(name: str) -> str:
    """The file's name as a title; standard input has none."""
    title = re.sub(r"[_\s]+", " ", name.partition(".")[0]).strip()
    return "Leads" if not title or title == "standard input" else title[:1].upper() + title[1:]


def _plain(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _missing(found: Survey) -> str:
    """The spellings that mean nothing, and where they stand."""
    where: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    for column in found.columns:
        for text in column.missing:
            key = fold(text)
            spelled.setdefault(key, text)
            where.setdefault(key, [])
            if column.header not in where[key]:
                where[key].append(column.header)
    if not spelled:
        return ""
    lines = [f"# {quoted(text)} stands in {listed(where[key], 70)}" for key, text in spelled.items()]
    return "\n".join(lines) + f"\nmissing values {', '.join(map(literal, spelled.values()))}\n"


def _left_out(choices: Sequence[Choice], nameless: Sequence[Column]) -> str:
    lines = []
    for choice in choices:
        if choice.left_out is not None:
            lines.append(f"# {_laid_out(declared(choice, choice.type + choice.options))}  # {choice.left_out}")
    for column in nameless:
        blank = (
            " and is blank for every lead" if column.leads and not column.known else ": name it in the file to read it"
        )
        lines.append(f"# Column {column.position + 1} has no name{blank}")
    if not lines:
        return ""
    return "\n".join(["# Left out, because they tell no lead from another or cannot be read:", *lines]) + "\n"


def _rules(choices: Sequence[Choice]) -> str:
    rules = rules_for(choices)
    if not rules:
        return ""
    lines = ["# Rules to start from: take away the # of those that you want, and set their points."]
    lines += [f"# {line}" for rule in rules for line in _statement_lines(rule)]
    return "\n".join(lines) + "\n"


def _statement_lines(rule: str) -> list[str]:
    return formatted("<start>", f"{rule}\n".encode()).after.decode("utf-8").splitlines()
