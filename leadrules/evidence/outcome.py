"""A column of leads → which of them are won, lost or still open.

The outcome is named on the command line as `COLUMN`, `COLUMN=VALUE` or
`COLUMN=*` (won where anything stands in it, such as a date of conversion).

Questionable decision: a lead whose outcome is empty is *open* (save for `*`, where
empty means that it never came to that), and open leads are left out of every
count, never counted as lost: a young lead that nobody has decided about would
make its attributes look bad. `lost` and `open` say the same of values. How many
leads are open, and which values counted as lost, is said. A value that is called
open (`Open`, `In progress`) is open without being told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leadrules.leads.errors import LeadsError
from leadrules.leads.headers import loosened, nearest_header
from leadrules.meaning.text import fold, is_whole, normal, trim
from leadrules.meaning.values import cell_text
from leadrules.ruleset import Field

if TYPE_CHECKING:
    import polars as pl

WON, LOST, OPEN = 1, 0, -1
Outcomes = NDArray[np.int8]
"""`WON`, `LOST` or `OPEN` for each lead of a block."""

_TEXT = Field("text", "text")
_WON = frozenset("1 true yes y t on won".split()) | {"closed won"}
_LOST = frozenset("0 false no n f off lost".split()) | {"closed lost"}
_OPEN = frozenset(["open", "new", "pending", "in progress", "ongoing", "undecided"])
_MOST_VALUES = 1_000
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class OutcomeColumn:
    """Which column holds the outcome, and what in it means won; `value` is None for truth values, `*` for anything."""

    header: str
    value: str | None = None
    lost: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """As a person would say it: `Converted`, `Stage = "Closed Won"`."""
        if self.value is None:
            return f"`{self.header}`"
        return f"`{self.header}` is known" if self.value == "*" else f'`{self.header}` = "{self.value}"'


def outcome_column(
    said: str,
    headers: Sequence[str],
    *,
    lost: Iterable[str] = (),
    open: Iterable[str] = (),
    fields: Mapping[str, str] | None = None,
) -> OutcomeColumn:
    """Find the column that `COLUMN[=VALUE]` means.

    A header may hold `=` itself: the whole text is tried first, then each `=` from the left. `fields` are names of a
    ruleset's fields with the headers that they read, which may stand for the column too. Raises `LeadsError`.
    """
    known = _by_spelling(headers, fields or {})
    ways: list[tuple[str, str | None]] = [(said, None)]
    ways += [(said[:at], said[at + 1 :]) for at, char in enumerate(said) if char == "="]
    values = {"lost": _folded(lost), "open": _folded(open)}
    for name, value in ways:
        for spelling in (normal(trim(name)), loosened(name)):
            if spelling in known:
                return OutcomeColumn(known[spelling], None if value is None else normal(trim(value)), **values)
    column = trim(ways[1][0] if len(ways) > 1 else said)
    near = nearest_header([column], headers)
    help = f"did you mean `{near}`?" if near else f"the columns are {_listed(headers)}"
    raise LeadsError(f"no column is called `{column}`, which `--outcome` names", help)


class OutcomeReader:
    """Reads the outcome of block after block; remembers which values it met and what they counted as.

    `values` are folded texts with their count; `meant` what each counted as.
    """

    def __init__(self, column: OutcomeColumn):
        self.column = column
        self.values: Counter[str] = Counter()
        self.meant: dict[str, int] = {"": LOST if column.value == "*" else OPEN}
        self.spelled: dict[str, str] = {}
        self.won = self.lost = self.open = 0

    def read(self, cells: pl.Series) -> Outcomes:
        """The outcome of each lead. Raises `LeadsError` for values that mean neither, listing what was found."""
        from leadrules.engine.spellings import distinct

        found, codes = distinct(cells)
        counts = np.bincount(codes, minlength=len(found))
        table = np.full(len(found), OPEN, dtype=np.int8)
        strange = False
        texts = [_text(cell) for cell in found]
        for code in sorted(range(len(found)), key=lambda code: (-counts[code], texts[code])):
            cell, text = found[code], texts[code]
            folded = fold(text) if is_whole(text) else text
            meant = self.meant.get(folded)
            if meant is None:
                meant = self._meaning(folded, cell)
                if meant is None:
                    strange, meant = True, OPEN
                if len(self.meant) < _MOST_VALUES:
                    self.meant[folded] = meant
            table[code] = meant
            if folded in self.values or len(self.values) < _MOST_VALUES:
                self.values[folded] += int(counts[code])
                self.spelled.setdefault(folded, text)
        if strange:
            raise self._unclear()
        outcomes: Outcomes = table[codes]
        self.won += int(np.count_nonzero(outcomes == WON))
        self.lost += int(np.count_nonzero(outcomes == LOST))
        self.open += int(np.count_nonzero(outcomes == OPEN))
        return outcomes

    def finish(self) -> None:
        """Raises `LeadsError` where the outcomes read so far teach nothing: no leads, all open, all won or all lost."""
        header = self.column.header
        if not self.won + self.lost + self.open:
            raise LeadsError("there are no leads to learn from", "name a file of leads whose outcome is known")
        if not self.won + self.lost:
            raise LeadsError(
                f"{_all_of(self.open, 'lead')} {'is' if self.open == 1 else 'are'} still open: `{header}` says of none "
                "whether it was won or lost",
                "name leads that are won or lost by now",
            )
        if not self.won:
            help = "take leads of a time in which some were won"
            if self.column.value is not None:
                help = f"the values found are {self.listed()}: say which of them means won, as in `{header}=VALUE`"
            raise LeadsError(
                f"{_all_of(self.lost, 'decided lead')} {'is' if self.lost == 1 else 'are'} lost: "
                f"{self.column.text} holds for none",
                help,
            )
        if not self.lost:
            raise LeadsError(
                f"{_all_of(self.won, 'decided lead')} {'is' if self.won == 1 else 'are'} won, "
                "and nothing can be learnt without lost ones",
                f"give the lost leads too: those where `{header}` has another value, not those where it is empty",
            )

    def counted_as(self, meant: int) -> list[tuple[str, int]]:
        """The values that counted as won, lost or open, the most frequent first; empty text for an empty cell."""
        found = [(self.spelled[one], count) for one, count in self.values.items() if self.meant.get(one) == meant]
        return sorted(found, key=lambda one: (-one[1], one[0]))

    def listed(self, most: int = _SHOWN) -> str:
        """The values found, with how often: `Lead` 130, `Customer` 120, nothing 4."""
        common = sorted(self.values.items(), key=lambda one: (-one[1], one[0]))
        shown = [f"`{self.spelled[one]}` {count:,}" if one else f"nothing {count:,}" for one, count in common[:most]]
        return ", ".join(shown) + (", …" if len(self.values) > most else "")

    def _meaning(self, folded: str, cell: object) -> int | None:
        column = self.column
        if folded in column.open:
            return OPEN
        if folded in column.lost and column.value != "*":
            return LOST
        if folded in _OPEN and column.value != "*" and folded != fold(column.value or ""):
            return OPEN
        if column.value is None:
            plain = folded.removesuffix(".0")
            return WON if plain in _WON else LOST if plain in _LOST else None
        if column.value == "*" or _same(folded, fold(column.value), cell):
            return WON
        return OPEN if column.lost else LOST

    def _unclear(self) -> LeadsError:
        header = self.column.header
        common = next((text for text, _ in self.values.most_common(1)), "")
        won = next((self.spelled[one] for one in self.values if one in _LIKELY), self.spelled.get(common, common))
        return LeadsError(
            f"`{header}` does not say which leads are won: its values are {self.listed()}",
            f'say which value means won, as in `--outcome "{header}={won}"`',
        )


_LIKELY = frozenset(["customer", "converted", "won", "closed won", "closed-won", "closedwon", "sold", "success"])
_LIKELY |= frozenset("ja oui sí si sim tak ano igen да evet kyllä".split())


def _same(folded: str, wanted: str, cell: object) -> bool:
    """Whether a cell is the value that means won: the same text, number or truth value."""
    if folded == wanted:
        return True
    if isinstance(cell, bool):
        return wanted in (_WON if cell else _LOST)
    try:
        return float(folded) == float(wanted)
    except ValueError:
        return False


def _by_spelling(headers: Sequence[str], fields: Mapping[str, str]) -> dict[str, str]:
    """Headers by their exact and their loose spelling; exact ones, and earlier columns, go first."""
    known = {normal(header): header for header in reversed(headers)}
    for name, header in fields.items():
        known.setdefault(name, header)
    for header in headers:
        known.setdefault(loosened(header), header)
    return known


def _folded(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(normal(trim(text))) for text in texts)


def _text(cell: object) -> str:
    """A cell as csv has it, trimmed; empty for a missing one."""
    if cell is None or (isinstance(cell, float) and cell != cell):
        return ""
    return normal(
        trim(cell if isinstance(cell, str) else cell_text(_TEXT, tuple(cell) if isinstance(cell, list) else cell))
    )


def _all_of(number: int, noun: str) -> str:
    """`the only lead`, `all 200 leads`."""
    return f"the only {noun}" if number == 1 else f"all {number:,} {noun}s"


def _listed(headers: Sequence[str]) -> str:
    shown = ", ".join(f"`{header}`" for header in headers[:12])
    return shown + (", …" if len(headers) > 12 else "")
