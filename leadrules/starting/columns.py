"""Cells, block by block → what is known of each column.

Memory is bounded whatever the file: of a column are kept its first few hundred
values with their counts, how many cells fit each type, some numbers, and hashes
of its values for as long as none comes twice.

A type fits a cell if the field's own reader reads it, so that what is written
reads what was seen.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from math import inf
from typing import TYPE_CHECKING

from leadrules.meaning.cells import values_of
from leadrules.meaning.emails import is_valid
from leadrules.meaning.formats import Format, compile_format
from leadrules.meaning.text import fold, is_whole, normal, trim
from leadrules.meaning.values import Bad, cell_text, reader
from leadrules.ruleset import Field
from leadrules.starting import shapes
from leadrules.starting.dates import formats_of, is_like_a_date, strictly
from leadrules.starting.spellings import may_mean_nothing, means_nothing

if TYPE_CHECKING:
    from leadrules.leads.block import LeadSource

BLOCK = 20_000
MOST_VALUES = 300
MOST_NUMBERS = 20_000
MOST_KEYS = 1_000_000
_HOPELESS = 40  # so many misfits, and more than fits, and a type is not tried any more
_PATIENCE = 2_000  # so many values without a date or a list, and none is looked for any more
_TEXT = Field("text", "text")
_MOMENT = reader(Field("moment", "datetime"))


@dataclass
class Trial:
    """How many cells a type fits, and the first few that it does not."""

    fits_one: Callable[[object], bool]
    fits: int = 0
    misfits: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def fits_all(self) -> bool:
        return self.fits > 0 and self.misfits == 0

    @property
    def fits_nearly_all(self) -> bool:
        """Nearly all: one in twenty may differ, where there are enough to say so."""
        return 0 < self.misfits <= self.fits / 20 and self.fits >= 20

    @property
    def is_hopeless(self) -> bool:
        return self.misfits > _HOPELESS and self.misfits > self.fits

    def add(self, raw: object, text: str, count: int) -> None:
        if self.fits_one(raw):
            self.fits += count
        else:
            self.misfits += count
            if len(self.examples) < 3:
                self.examples.append(text)


@dataclass
class Column:
    """What is known of one column.

    `values` are folded texts with their first spelling and count, the first `MOST_VALUES` of them; `missing` and
    `doubtful` the spellings that mean nothing, or may, with their counts; `keys` hashes of all values, None once one
    came twice; `formats` the trials of date formats, and `strict` whether each value has two digits for day and month.
    """

    position: int
    header: str
    leads: int = 0
    blank: int = 0
    values: dict[str, tuple[str, int]] = field(default_factory=dict)
    has_more_values: bool = False
    missing: Counter[str] = field(default_factory=Counter)
    doubtful: Counter[str] = field(default_factory=Counter)
    trials: dict[str, Trial] = field(default_factory=dict)
    formats: dict[str, Trial] = field(default_factory=dict)
    strict: dict[str, bool] = field(default_factory=dict)
    numbers: list[tuple[float, int]] = field(default_factory=list)
    least: float = inf
    most: float = -inf
    items: Counter[str] = field(default_factory=Counter)
    lists: int = 0
    keys: set[int] | None = field(default_factory=set)
    _learned: int = 0
    _alive: list[Trial] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.trials = {name: Trial(fits) for name, fits in _TRIALS.items()}
        self._alive = list(self.trials.values())

    @property
    def known(self) -> int:
        """How many cells have a value, be it a doubtful one."""
        return self.leads - self.blank

    @property
    def said(self) -> int:
        """How many cells have a value that is not doubtful."""
        return self.known - sum(self.doubtful.values())

    def number_at(self, share: float) -> float | None:
        """The number that this share of the column's numbers does not exceed; None where there is none."""
        ordered = sorted(self.numbers)
        left = share * sum(count for _, count in ordered)
        for number, count in ordered:
            left -= count
            if left <= 0:
                return number
        return None

    def add(self, cells: Iterable[object]) -> None:
        """Learn from some cells: texts, or what a typed file holds."""
        for raw, count in _counted(cells):
            self.leads += count
            text = _text(raw)
            if not text:
                self.blank += count
            elif means_nothing(text):
                self.blank += count
                self.missing[text] += count
            elif may_mean_nothing(text):
                self.doubtful[text] += count
            else:
                self._learn(raw, text, count)
            if text and count > 1:
                self.keys = None
        if self.keys is not None and len(self.keys) > MOST_KEYS:
            self.keys = None

    def _learn(self, raw: object, text: str, count: int) -> None:
        folded = fold(text) if is_whole(text) else text
        spelling, before = self.values.get(folded, (text, 0))
        if before or len(self.values) < MOST_VALUES:
            self.values[folded] = (spelling, before + count)
        else:
            self.has_more_values = True
        if self.keys is not None:
            size = len(self.keys)
            self.keys.add(hash(folded))
            if len(self.keys) == size:
                self.keys = None
        for trial in self._alive:
            trial.add(raw, text, count)
        self._learned += 1
        if self._learned % 256 == 0:
            self._alive = [trial for trial in self._alive if not trial.is_hopeless]
        if self.formats or self._learned <= _PATIENCE:
            self._try_dates(raw, text, count)
        if self.lists or self._learned <= _PATIENCE:
            self._try_items(raw, text, count)
        if self.trials["number"].misfits == 0:
            number = float(text.translate(shapes.THOUSANDS))
            self.least, self.most = min(self.least, number), max(self.most, number)
            if len(self.numbers) < MOST_NUMBERS:
                self.numbers.append((number, count))

    def _try_dates(self, raw: object, text: str, count: int) -> None:
        if not self.formats and isinstance(raw, str):
            before = self.said - count
            for one in formats_of(text):
                if isinstance(compile_format(one), Format):
                    self.formats[one] = Trial(reads("date", format=one), misfits=before if before > 0 else 0)
                    self.strict[one] = True
        for one, trial in self.formats.items():
            if trial.is_hopeless:
                continue
            trial.add(raw, text, count)
            if self.strict[one] and trial.fits_one(raw) and not reads("date", format=strictly(one))(raw):
                self.strict[one] = False

    def _try_items(self, raw: object, text: str, count: int) -> None:
        if isinstance(raw, str) and ";" not in text:
            items = [text]
        else:
            self.lists += count
            items = [trim(item) for item in text.split(";")]
        for item in items:
            if item and (item in self.items or len(self.items) < MOST_VALUES):
                self.items[item] += count


@dataclass
class Survey:
    """What is known of a file: its columns, and how many leads were read; `more` says that there are others."""

    name: str
    columns: list[Column]
    leads: int = 0
    broken: int = 0
    more: bool = False
    absent_is_missing: bool = False


def survey(source: LeadSource, rows: int | None) -> Survey:
    """Read up to so many leads (None: all) and learn from them. Raises `LeadsError` for what cannot be read."""
    found = Survey(
        source.name,
        [Column(position, header) for position, header in enumerate(source.headers)],
        absent_is_missing=source.absent_is_missing,
    )
    positions = list(range(len(source.headers)))
    for block in source.blocks(rows=BLOCK if rows is None else min(BLOCK, rows)):
        left = None if rows is None else rows - found.leads
        if left is not None and left <= 0:
            found.more = True
            break
        found.broken += len(block.broken)
        taken = block.rows if left is None else min(left, block.rows)
        found.more = taken < block.rows
        found.leads += taken
        frame = block.columns(positions)
        for column, cells in zip(found.columns, frame.iter_columns(), strict=True):
            column.add(values_of(cells.head(taken)))
        if found.more:
            break
    return found


def reads(type: str, format: str | None = None) -> Callable[[object], bool]:
    """Whether a field of this type reads a cell."""
    read = reader(Field("x", type, format=format))  # type: ignore[arg-type]
    return lambda raw: not isinstance(read(raw), Bad)


def _reads_text(type: str) -> Callable[[object], bool]:
    """The same for types that fit every text."""
    reads_one = reads(type)
    return lambda raw: is_whole(raw) if isinstance(raw, str) else reads_one(raw)


def _reads_figures(type: str, plain: re.Pattern[str]) -> Callable[[object], bool]:
    """The same for numbers: most are plain, which is quickly seen."""
    reads_one = reads(type)
    return lambda raw: (isinstance(raw, str) and plain.fullmatch(raw) is not None) or reads_one(raw)


def _shaped(fits: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda raw: isinstance(raw, str) and fits(trim(raw))


def _is_midnight(raw: object) -> bool:
    """Whether a moment says nothing but its day."""
    moment = _MOMENT(raw)
    return isinstance(moment, datetime) and moment.time() == time()


_TRIALS: Mapping[str, Callable[[object], bool]] = {
    "text": _reads_text("text"),
    "list of text": _reads_text("list of text"),
    "boolean": reads("boolean"),
    "integer": _reads_figures("integer", re.compile("-?[0-9]{1,15}")),
    "number": _reads_figures("number", re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")),
    "date": reads("date"),
    "datetime": reads("datetime"),
    "midnight": _is_midnight,
    "address": _shaped(is_valid),
    "percent": _shaped(shapes.is_percent),
    "money": _shaped(shapes.is_money),
    "comma": _shaped(shapes.has_decimal_comma),
    "like a date": _shaped(is_like_a_date),
}


def _counted(cells: Iterable[object]) -> Iterator[tuple[object, int]]:
    """Each cell once, with how often it comes; lists and records as they come."""
    counts: Counter[tuple[type, object]] = Counter()
    for cell in cells:
        if isinstance(cell, (list, dict)):
            yield cell, 1
        else:
            counts[type(cell), cell] += 1
    for (_, cell), count in counts.items():
        yield cell, count


def _text(raw: object) -> str:
    """A cell as csv has it, trimmed; empty for a missing one."""
    if raw is None or (isinstance(raw, float) and raw != raw):
        return ""
    return normal(trim(raw if isinstance(raw, str) else cell_text(_TEXT, tuple(raw) if isinstance(raw, list) else raw)))
