"""Headers → the shipped ruleset of fields that reads them, where they are those of a known CRM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from leadrules.checking import check_text
from leadrules.leads.headers import match_headers
from leadrules.meaning.text import fold
from leadrules.meaning.values import Bad, reader
from leadrules.places import shipped_rulesets
from leadrules.ruleset import Field
from leadrules.starting.columns import Survey

ENOUGH = 6
"""So many columns by a header of its own, and the file is taken for an export of the system."""


@dataclass(frozen=True)
class System:
    """A shipped ruleset that reads the file: what to include, its title, and how many columns it reads."""

    include: str
    title: str
    columns: int


def known_system(survey: Survey) -> System | None:
    """The system whose headers most of the columns have; None if no system has enough, or a value would not fit."""
    found = [
        one
        for path in sorted((shipped_rulesets() / "crm").glob("*.rules"))
        if (one := _as_system(path.stem, survey)) is not None
    ]
    return max(found, key=lambda one: one.columns, default=None)


def _as_system(name: str, survey: Survey) -> System | None:
    model = check_text(f'include "leadrules/{name}"\n').or_raise()
    fields = [replace(one, read=True) for one in model.fields]
    headers = [column.header for column in survey.columns]
    matched = match_headers(fields, headers)
    if matched.problems:
        return None
    own = {position: header for position, header in matched.headers.items() if _is_own(fields[position], header)}
    if len(set(own.values())) < ENOUGH:
        return None
    if not all(_fits(fields[position], survey, headers.index(header)) for position, header in matched.headers.items()):
        return None
    with open(shipped_rulesets() / "crm" / f"{name}.rules", encoding="utf-8") as file:
        title = file.readline().lstrip("# ").partition(":")[0].strip()
    return System(f"leadrules/{name}", title, len(set(matched.headers.values())))


def _is_own(field: Field, header: str) -> bool:
    return fold(header) in map(fold, field.headers)


def _fits(field: Field, survey: Survey, position: int) -> bool:
    """Whether the field reads the values that are kept of its column."""
    read = reader(field)
    texts: Sequence[str] = [text for text, _ in survey.columns[position].values.values()]
    return not any(isinstance(read(text), Bad) for text in texts)
