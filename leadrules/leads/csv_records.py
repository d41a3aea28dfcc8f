"""Raw csv bytes cut into records, without touching a byte of them.

A chunk of bytes becomes the places where its records begin and end and how many
cells each has. Where every quote opens or closes a whole cell, which is nearly
always, that is array arithmetic; where some quote stands elsewhere, the records
with quotes are read one by one.

What a quote means: at the start of a cell it opens a quoted cell, in which a
doubled quote is a quote, and delimiters and line ends are text. Anywhere else it is text.

Questionable decision: other text after a closing quote makes a faulty record,
where many readers guess. Such a quote usually was never meant to open a cell,
and guessing would join two leads into one; so the record ends with its first line.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from leadrules import kernel
from leadrules.record import record

QUOTE, LF, CR = 0x22, 0x0A, 0x0D

Offsets = NDArray[np.int64]


@record
class Records:
    """The whole records of a chunk; offsets count from its first byte.

    `structure` has the offset of every delimiter and line end that separates
    cells; `starts` and `ends` bound the records (a record includes its line
    end); `cells` says how many cells each has. `end` is where the first
    record begins that is not whole; `open_quote` is where a quoted cell opened that runs past the chunk.
    `faulty` says, by a record's start, why it is none; `rewritten` gives, by its start, the regular
    spelling of a record with quotes in odd places.
    """

    structure: Offsets
    starts: Offsets
    ends: Offsets
    cells: Offsets
    end: int
    open_quote: int | None = None
    faulty: dict[int, str] = field(default_factory=dict)
    rewritten: dict[int, bytes] = field(default_factory=dict)


def cut(data: bytes, delimiter: int, line_end: int = LF) -> Records:
    """Cut a chunk that begins where a record begins."""
    bytes_ = np.frombuffer(data, np.uint8)
    if b'"' not in data:
        structure = np.flatnonzero((bytes_ == delimiter) | (bytes_ == line_end))
        return _records(bytes_, structure, line_end)
    events = np.flatnonzero((bytes_ == delimiter) | (bytes_ == line_end) | (bytes_ == QUOTE))
    quotes = bytes_[events] == QUOTE
    if not _regular(bytes_, events[quotes], delimiter, line_end):
        return _odd_records(data, bytes_, delimiter, line_end)
    inside = np.bitwise_xor.accumulate(quotes.view(np.uint8))
    structure = events[~quotes & (inside == 0)]
    open_quote = int(events[quotes][-1]) if inside[-1] else None
    return _records(bytes_, structure, line_end, open_quote)


def even(data: bytes, delimiter: int, line_end: int, width: int) -> Records | None:
    """The same as `cut`, sooner, where there is no quote and each line has `width` cells; None where that is not so.

    `structure` is left empty.
    """
    if b'"' in data or width > 256:
        return None
    ends = _ends_of_even(data, delimiter, line_end, width)
    if ends is None or not len(ends):
        return None
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1]))
    return Records(ends[:0], starts, ends, np.full(len(ends), width), int(ends[-1]))


def _ends_of_even(data: bytes, delimiter: int, line_end: int, width: int) -> Offsets | None:
    """Where each line ends; None where one has more or fewer cells than `width`."""
    if kernel.KERNEL is not None:
        return kernel.KERNEL.even_lines(data, delimiter, line_end, width)
    bytes_ = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(bytes_ == line_end) + 1
    if not len(ends):
        return ends
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1]))
    delimiters = (bytes_[: ends[-1]] == delimiter).view(np.uint8)
    # Counts of one byte may run over: lines that agree have `width` cells or more, and the sum says that none has more.
    counts = np.add.reduceat(delimiters, starts, dtype=np.uint8)
    agree = (counts == width - 1).all() and np.count_nonzero(delimiters) == len(ends) * (width - 1)
    return ends if agree else None


def _records(bytes_: NDArray[np.uint8], structure: Offsets, line_end: int, open_quote: int | None = None) -> Records:
    lasts = np.flatnonzero(bytes_[structure] == line_end)
    ends = structure[lasts] + 1
    starts = np.concatenate((np.zeros(min(1, len(ends)), np.int64), ends[:-1]))
    end = int(ends[-1]) if len(ends) else 0
    structure = structure[: lasts[-1] + 1] if len(lasts) else structure[:0]
    return Records(structure, starts, ends, np.diff(lasts, prepend=-1), end, open_quote)


def _regular(bytes_: NDArray[np.uint8], quotes: Offsets, delimiter: int, line_end: int) -> bool:
    """Does every quote open or close a whole cell, or stand doubled in one?

    Read in order, the first quote that breaks this is found at its own place,
    so if none does, counting quotes tells what is inside.
    """
    separators = np.zeros(256, bool)
    separators[[delimiter, line_end, QUOTE]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    before = separators[bytes_[opening - 1]]
    before[0] |= opening[0] == 0
    if not before.all():
        return False
    closing = closing[closing < len(bytes_) - 1]
    after = bytes_[closing + 1]
    fine = separators[after]
    if not fine.all():
        rest, following = closing[~fine], after[~fine]
        if line_end != LF or (following != CR).any():
            return False
        rest = rest[rest < len(bytes_) - 2]
        return bool((bytes_[rest + 2] == LF).all())
    return True


@record
class _Patterns:
    quoted: re.Pattern[bytes]
    plain: re.Pattern[bytes]


@lru_cache(maxsize=16)
def _patterns(delimiter: int, line_end: int) -> _Patterns:
    stop = re.escape(bytes([delimiter])) + re.escape(bytes([line_end]))
    blanks = b" \t".replace(bytes([delimiter]), b"")
    return _Patterns(re.compile(b'"([^"]*+(?:""[^"]*+)*+)"([' + blanks + b"]*+)"), re.compile(b"[^" + stop + b"]*+"))


@record
class Record:
    """One record read cell by cell. `end` None: it is not whole; `open_quote`: where its last cell opened."""

    end: int | None
    structure: tuple[int, ...] = ()
    cells: tuple[bytes, ...] = ()
    odd: bool = False
    fault: str | None = None
    open_quote: int | None = None


def read_record(data: bytes, start: int, delimiter: int, line_end: int = LF) -> Record:
    """Read the record that begins at `start`; cells come without their quotes."""
    patterns = _patterns(delimiter, line_end)
    at, odd = start, False
    structure: list[int] = []
    cells: list[bytes] = []
    while at < len(data):
        if data[at] == QUOTE:
            match = patterns.quoted.match(data, at)
            if match is None:
                return Record(None, open_quote=at)
            cells.append(match[1].replace(b'""', b'"') + match[2])
            odd = odd or bool(match[2])
        else:
            match = patterns.plain.match(data, at)
            assert match is not None
            cells.append(match[0])
            odd = odd or b'"' in match[0]
        plain = data[at] != QUOTE
        at = match.end()
        if at == len(data):
            break
        if data[at] == delimiter:
            structure.append(at)
            at += 1
            if at == len(data):
                break
            continue
        if data[at] == CR and line_end == LF and not plain:
            if at + 1 == len(data):
                break
            at += data[at + 1] == LF
        if data[at] == line_end:
            structure.append(at)
            if plain and line_end == LF and cells[-1].endswith(b"\r"):
                cells[-1] = cells[-1][:-1]
            return Record(at + 1, tuple(structure), tuple(cells), odd)
        first_end = data.find(line_end, start)
        if first_end < 0:
            break
        return Record(first_end + 1, (first_end,), fault=f"cell {len(cells)} has more text after its closing quote")
    return Record(None)


def _odd_records(data: bytes, bytes_: NDArray[np.uint8], delimiter: int, line_end: int) -> Records:
    plain = np.flatnonzero((bytes_ == delimiter) | (bytes_ == line_end))
    spans: list[tuple[int, int]] = []
    own: list[int] = []
    faulty: dict[int, str] = {}
    rewritten: dict[int, bytes] = {}
    open_quote = None
    at = 0
    while (quote := data.find(b'"', at)) >= 0:
        start = data.rfind(line_end, at, quote) + 1 or at
        record = read_record(data, start, delimiter, line_end)
        if record.end is None:
            spans.append((start, len(data)))
            open_quote = record.open_quote
            break
        spans.append((start, record.end))
        own.extend(record.structure)
        if record.fault:
            faulty[start] = record.fault
        elif record.odd:
            rewritten[start] = quoted_record(record.cells, delimiter, line_end)
        at = record.end
    bounds = np.searchsorted(plain, np.array(spans, np.int64))
    change = np.zeros(len(plain) + 1, np.int64)
    np.add.at(change, bounds[:, 0], 1)
    np.add.at(change, bounds[:, 1], -1)
    outside = np.cumsum(change[:-1]) == 0
    structure = np.sort(np.concatenate((plain[outside], np.array(own, np.int64))))
    found = _records(bytes_, structure, line_end)
    return Records(found.structure, found.starts, found.ends, found.cells, found.end, open_quote, faulty, rewritten)


def quoted_record(cells: tuple[bytes, ...], delimiter: int, line_end: int) -> bytes:
    """The cells as one regular record, every cell quoted."""
    return bytes([delimiter]).join(b'"' + cell.replace(b'"', b'""') + b'"' for cell in cells) + bytes([line_end])
