"""One lead of a file, found by its number, its key or the value of a column.

The file is read block by block and only in the columns that are needed. Values
are compared trimmed and ignoring case, as the language compares texts; where
several leads match and one matches to the letter, that is the one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from leadrules.leads.errors import LeadsError
from leadrules.leads.headers import loosened, nearest_header
from leadrules.leads.texts import value_text
from leadrules.meaning.cells import value_at, values_of
from leadrules.meaning.text import fold, trim
from leadrules.problems.near import near_names
from leadrules.problems.wording import either
from leadrules.ruleset import Model

if TYPE_CHECKING:
    from leadrules.leads.block import Block, LeadSource

MOST_SHOWN = 8
MOST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value that a column must have; `said` is what the user asked for."""

    header: str
    value: str
    said: str


@dataclass(frozen=True, slots=True)
class Found:
    """A lead: its number in the file (from 1) and its cells by field position."""

    row: int
    cells: Mapping[int, Any]


class BrokenLead(Exception):
    """The record that was asked for cannot be read as a lead at all."""


def wanted_key(model: Model, headers: Mapping[int, str], value: str) -> Wanted:
    """`--id VALUE`: the column of the key."""
    key = next((position for position, one in enumerate(model.fields) if one.key), None)
    if key is None:
        raise LeadsError(
            "`--id` looks for the `key` of a lead, and no field of the ruleset is marked as one",
            'mark the field that tells leads apart with `key`, or use `--row 17` or `--where "Email=…"`',
        )
    return Wanted(headers[key], value, f"{model.fields[key].name} {value}")


def wanted_where(model: Model, matched: Mapping[int, str], headers: Sequence[str], said: str) -> Wanted:
    """`--where "Email=anna@acme.example"`: a column by its header, or by the field that reads it."""
    parts = said.split("=")
    if len(parts) == 1:
        raise LeadsError(f"`--where {said}` has no `=`", 'write `--where "Email=anna@acme.example"`')
    by_field = {model.fields[position].name: header for position, header in matched.items()}
    by_looks = {loosened(header): header for header in reversed(headers)}
    for length in range(1, len(parts)):
        name, value = trim("=".join(parts[:length])), "=".join(parts[length:])
        header = name if name in headers else by_field.get(name) or by_looks.get(loosened(name))
        if header is not None:
            return Wanted(header, value, f"{name} {trim(value)}")
    name = trim(parts[0])
    near = nearest_header([name], [*headers, *by_field])
    raise LeadsError(f"no column and no field is called `{name}`", f"did you mean `{near}`?" if near else None)


def find_row(source: LeadSource, headers: Mapping[int, str], row: int) -> Found:
    """The lead with a number. Raises BrokenLead if that record is no lead, LeadsError if there are not so many."""
    last = 0
    for block in source.blocks(list(dict.fromkeys(headers.values()))):
        for broken in block.broken:
            if broken.row == row:
                raise BrokenLead(f"row {row} cannot be read as a lead: {broken.reason}")
            last = max(last, broken.row)
        numbers = block.numbers
        place = int(numbers.searchsorted(row))
        if place < len(numbers) and int(numbers[place]) == row:
            return _found(block, place, headers)
        last = max(last, int(numbers[-1]) if len(numbers) else 0)
    raise LeadsError(f"there is no row {row}: `{source.name}` has {last:,} leads", "count from 1, without the header")


def find_one(source: LeadSource, headers: Mapping[int, str], wanted: Sequence[Wanted]) -> Found:
    """The one lead that has all the values. Raises LeadsError if there is none, or if there are several."""
    search = _Search([fold(trim(one.value)) for one in wanted], [trim(one.value) for one in wanted])
    needed = list(dict.fromkeys([*headers.values(), *(one.header for one in wanted)]))
    for block in source.blocks(needed):
        search.through(block, headers, [one.header for one in wanted])
    exact = [one for one, is_exact in search.found if is_exact]
    chosen = exact if len(exact) == 1 else [one for one, _ in search.found]
    said = " and ".join(f"`{one.said}`" for one in wanted)
    if not chosen:
        raise LeadsError(f"no lead has {said}", search.near(wanted[0]) if len(wanted) == 1 else None)
    if search.count > 1 and len(chosen) > 1:
        rows = ", ".join(str(one.row) for one in chosen[:MOST_SHOWN]) + (" …" if search.count > MOST_SHOWN else "")
        raise LeadsError(f"{search.count:,} leads have {said}: rows {rows}", f"choose one: `--row {chosen[0].row}`")
    return chosen[0]


@dataclass
class _Search:
    """What has been found so far; of many matches only the first are kept, and every exact one up to two."""

    folded: list[str]
    exact: list[str]
    found: list[tuple[Found, bool]] = field(default_factory=list)
    count: int = 0
    seen: dict[str, None] = field(default_factory=dict)

    def through(self, block: Block, headers: Mapping[int, str], columns: Sequence[str]) -> None:
        texts = [[value_text(value) for value in values_of(block.cells[column])] for column in columns]
        first = [fold(trim(text)) for text in texts[0]]
        if len(self.seen) < MOST_REMEMBERED:
            self.seen.update(dict.fromkeys(text for text in texts[0] if text))
        for place, one in enumerate(first):
            if one != self.folded[0]:
                continue
            values = [column[place] for column in texts]
            if all(fold(trim(value)) == wanted for value, wanted in zip(values, self.folded, strict=True)):
                self.count += 1
                is_exact = [trim(value) for value in values] == self.exact
                if len(self.found) <= MOST_SHOWN or is_exact:
                    self.found.append((_found(block, place, headers), is_exact))

    def near(self, wanted: Wanted) -> str | None:
        """Values like the one that no lead has."""
        folded = self.folded[0]
        like = [text for text in self.seen if folded and folded in fold(text)][:3]
        like = like or near_names(wanted.value, self.seen, most=3)
        return f"did you mean {either(f'`{trim(one)}`' for one in like)}?" if like else None


def _found(block: Block, place: int, headers: Mapping[int, str]) -> Found:
    cells = block.cells
    return Found(
        int(block.numbers[place]), {position: value_at(cells[header], place) for position, header in headers.items()}
    )
