"""A csv file as blocks of leads, in the bytes that it came in.

Each block keeps its raw records, from which columns are parsed when they are
asked for and which the writer copies. Records with too few or too many cells
never reach a parser: some pad them in silence, and the added cells would stand
under the wrong headers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leadrules.leads.block import NO_NUMBERS, ROWS, Broken, Columns, NumberType, named, positions_of
from leadrules.leads.csv_dialect import Dialect, read_dialect
from leadrules.leads.csv_records import CR, LF, Offsets, Records, cut, even
from leadrules.leads.errors import LeadsError
from leadrules.leads.streams import HEAD, ByteStream, Place, not_in_encoding

SMALLEST_CHUNK, LARGEST_CHUNK = 1 << 18, 1 << 26
LARGEST_RECORD = 1 << 28
MISREAD = (
    b"x",
    b"\xef",
)  # Polars looks for zlib's mark and a byte-order mark at the start of any text; a header keeps it from finding one


class CsvSource:
    """An opened csv file; see `LeadSource`."""

    absent_is_missing = False

    def __init__(self, place: Place, *, encoding: str | None = None, delimiter: str | None = None):
        self._place = place
        self._encoding = encoding
        self.name, self.path = place.name, place.path
        self.total_bytes = place.size()
        self.blank_lines = 0
        self._stream: ByteStream | None = ByteStream(place, encoding)
        self._head = b""
        self.dialect = self._read_dialect(delimiter)
        self.headers = self.dialect.headers
        self.delimiter = chr(self.dialect.delimiter)
        self._numbers: dict[int, NumberType] = {}

    def _read_dialect(self, delimiter: str | None) -> Dialect:
        assert self._stream is not None
        size = HEAD
        while True:
            piece = self._stream.read(size)
            self._head += piece
            _refuse_other_formats(self._head, self.name)
            dialect = read_dialect(
                self._head, self.name, delimiter, at_end=len(piece) < size and not (piece := self._more())
            )
            if dialect is not None:
                return dialect
            if len(self._head) > LARGEST_RECORD:
                raise LeadsError(
                    f"the first line of `{self.name}` does not end within {LARGEST_RECORD >> 20} MiB",
                    "give a csv file whose first line names its columns",
                )
            size = len(self._head)

    def _more(self) -> bytes:
        assert self._stream is not None
        piece = self._stream.read(HEAD)
        self._head += piece
        return piece

    def schema(self) -> dict[str, pl.DataType]:
        """Every column is text."""
        return dict.fromkeys(self.headers, pl.String())

    def written(self, flat: bool) -> list[int]:
        return list(range(len(self.headers)))

    def blocks(
        self,
        needed: Sequence[str] = (),
        rows: int = ROWS,
        *,
        as_numbers: Mapping[str, NumberType] = NO_NUMBERS,
        chunk_bytes: int | None = None,
    ) -> Iterator[CsvBlock]:
        """All leads, in order; `chunk_bytes` sets how much is read at a time in place of `rows`."""
        positions = positions_of(needed, self.headers)
        self._numbers = dict(zip(positions_of(list(as_numbers), self.headers), as_numbers.values(), strict=True))
        stream, self._stream = self._stream, None
        if stream is None:
            stream, self._head = ByteStream(self._place, self._encoding), b""
        try:
            yield from self._blocks(stream, positions, rows, chunk_bytes)
        finally:
            stream.close()

    def _blocks(
        self, stream: ByteStream, positions: list[int], rows: int, chunk_bytes: int | None
    ) -> Iterator[CsvBlock]:
        dialect = self.dialect
        carry, self._head = self._head, b""
        while len(carry) < dialect.size and (piece := stream.read(dialect.size - len(carry))):
            carry += piece
        carry = carry[dialect.size :]
        offset, line, row = dialect.size, dialect.line, 1
        size = chunk_bytes or _chunk(rows, len(carry), max(1, carry.count(dialect.line_end)))
        wanted, self.blank_lines = size, 0
        while True:
            final = False
            if len(carry) < wanted:
                piece = stream.read(wanted - len(carry))
                carry, final = carry + piece if carry else piece, not piece
            data, rest = carry[:wanted], carry[wanted:]
            if not data:
                return
            if final and data[-1] != dialect.line_end:
                data += bytes([dialect.line_end])
            records = even(data, dialect.delimiter, dialect.line_end, len(self.headers))
            records = records or cut(data, dialect.delimiter, dialect.line_end)
            if not records.end:
                if final or len(data) > LARGEST_RECORD:
                    raise _never_closed(self.name, data, records, line, dialect.line_end, final)
                carry, wanted = data + rest, 2 * len(data)
                continue
            wanted = size
            body, carry = data[: records.end], data[records.end :] + rest
            _check_text(body, self.name, offset, line)
            block, blank = _block(self, body, records, row, line, positions, stream.consumed)
            self.blank_lines += blank
            row += block.rows + len(block.broken)
            offset += len(body)
            line += body.count(dialect.line_end) if b'"' in body else len(records.starts)
            if block.rows or block.broken:
                if positions:
                    _ = block.cells  # parsed where blocks are made, ahead of who waits for them
                yield block
            if final and not carry:
                return
            if chunk_bytes is None:
                size = wanted = _chunk(rows, len(body), len(records.starts))

    def numbers(self) -> Mapping[int, NumberType]:
        """The columns that are read as numbers: those that were asked for, and have held nothing else yet."""
        return dict(self._numbers)

    def no_numbers(self, positions: Collection[int]) -> None:
        """These columns are text from here on."""
        for position in positions:
            self._numbers.pop(position, None)

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
        self._place.close()


@dataclass
class CsvBlock(Columns):
    """Raw records of a csv file, all with as many cells as the header; see `Block`.

    `starts` and `ends` bound the records in `data`, with their line ends;
    `rewritten` has, by row, how a record with quotes in odd places is spelled regularly.
    """

    source: CsvSource
    data: bytes
    starts: Offsets
    ends: Offsets
    numbers: NDArray[np.int64]
    broken: tuple[Broken, ...]
    bytes_read: int
    needed: list[int]
    rewritten: dict[int, bytes]

    @property
    def rows(self) -> int:
        return len(self.starts)

    @cached_property
    def cells(self) -> pl.DataFrame:
        """The needed columns: as numbers where that was asked for and every cell plainly is one, else as text."""
        numbers = self.source.numbers()
        if numbers and self.rows:
            try:
                return self._named(self._parsed(self.needed, numbers))
            except pl.exceptions.PolarsError:
                return self._named(self._less_typed(numbers))
        return self._named(self.columns(self.needed))

    def as_they_came(self, doubted: Collection[str]) -> pl.DataFrame:
        """The needed columns as text, and so those of `doubted` in the blocks to come."""
        self.source.no_numbers(positions_of(list(doubted), self.source.headers))
        return self._named(self.columns(self.needed))

    def _less_typed(self, numbers: Mapping[int, NumberType]) -> pl.DataFrame:
        """The needed columns as text; those that are not numbers are not tried again."""
        texts = self.columns(self.needed)
        others = []
        for position, type in numbers.items():
            column = texts[str(position)]
            if column.cast(_dtypes()[type], strict=False).null_count() > int((column == "").sum()):
                others.append(position)
        self.source.no_numbers(others or list(numbers))
        return texts

    def _named(self, frame: pl.DataFrame) -> pl.DataFrame:
        return named(frame, [self.source.headers[position] for position in self.needed])

    def columns(self, positions: Sequence[int]) -> pl.DataFrame:
        """These columns as text; an empty cell is empty text."""
        if not self.rows or not positions:
            return pl.DataFrame({str(position): pl.Series([], dtype=pl.String) for position in positions})
        return self._parsed(positions, {})

    def _parsed(self, positions: Sequence[int], numbers: Mapping[int, NumberType]) -> pl.DataFrame:
        """These columns as text or numbers. Raises PolarsError where a cell is not the number that it should be."""
        data = self._regular()
        misread = data[:1] in MISREAD
        names = [str(position) for position in range(len(self.source.headers))]
        if misread:
            header = bytes([self.source.dialect.delimiter]).join(name.encode() for name in names)
            data = header + bytes([self.source.dialect.line_end]) + data
        frame = pl.read_csv(
            data,
            has_header=misread,
            columns=sorted(set(positions)),
            schema={name: pl.String() for name in names} | {str(one): _dtypes()[type] for one, type in numbers.items()},
            separator=self.source.delimiter,
            eol_char=chr(self.source.dialect.line_end),
            empty_string_is_null=False,
            raise_if_empty=False,
        )
        if len(frame) != self.rows:
            raise RuntimeError(f"{self.rows} records were read as {len(frame)}")
        return frame.select(str(position) for position in positions)

    def texts(self, positions: Sequence[int]) -> pl.DataFrame:
        return self.columns(positions)

    @cached_property
    def text_ends(self) -> Offsets:
        """Where each record's text ends, before its line end."""
        bytes_ = np.frombuffer(self.data, np.uint8)
        ends: Offsets = self.ends - 1
        if self.source.dialect.line_end == LF:
            ends -= (ends > self.starts) & (bytes_[ends - 1] == CR)
        return ends

    @cached_property
    def cell_ends(self) -> Offsets:
        """Where each cell ends in `data`: one row a lead, one column a column."""
        records = cut(self.data, self.source.dialect.delimiter, self.source.dialect.line_end)
        ends = records.structure.reshape(self.rows, len(self.source.headers)).copy()
        ends[:, -1] = self.text_ends
        return ends

    def _regular(self) -> bytes:
        if not self.rewritten:
            return self.data
        pieces, at = [], 0
        for row, text in sorted(self.rewritten.items()):
            pieces += [self.data[at : self.starts[row]], text]
            at = int(self.ends[row])
        return b"".join([*pieces, self.data[at:]])


def _dtypes() -> Mapping[NumberType, pl.DataType]:
    return {"integer": pl.Int64(), "number": pl.Float64()}


def _block(
    source: CsvSource, data: bytes, records: Records, row: int, line: int, needed: list[int], bytes_read: int
) -> tuple[CsvBlock, int]:
    """The block of a chunk's whole records, and how many blank lines it had."""
    width, line_end = len(source.headers), source.dialect.line_end
    faulty = dict(records.faulty)
    at = data.find(b"\0")
    while at >= 0:
        which = int(np.searchsorted(records.ends, at, side="right"))
        faulty.setdefault(int(records.starts[which]), "it has a NUL byte, which no text has")
        at = data.find(b"\0", int(records.ends[which]))
    good = records.cells == width
    if faulty:
        good[np.searchsorted(records.starts, np.fromiter(faulty, np.int64))] = False
    if good.all():
        numbers = np.arange(row, row + len(good), dtype=np.int64)
        rewritten = _by_row(records.rewritten, records.starts)
        return CsvBlock(source, data, records.starts, records.ends, numbers, (), bytes_read, needed, rewritten), 0

    counted = np.ones(len(good), bool)
    for which in np.flatnonzero(~good & (records.cells == 1)).tolist():
        counted[which] = bool(data[records.starts[which] : records.ends[which]].strip(b" \r\n"))
    numbers = row - 1 + np.cumsum(counted)
    broken = []
    for which in np.flatnonzero(~good & counted).tolist():
        start, end = int(records.starts[which]), int(records.ends[which])
        count = int(records.cells[which])
        reason = faulty.get(start) or f"{count:,} {'cell' if count == 1 else 'cells'} where the header has {width:,}"
        on_line = line + data.count(line_end, 0, start)
        broken.append(
            Broken(int(numbers[which]), f"{reason} (line {on_line:,})", data[start:end].rstrip(b"\r\n").decode("utf-8"))
        )
    starts, ends = records.starts[good], records.ends[good]
    lengths = ends - starts
    clean = _without(data, starts, ends)
    clean_ends = np.cumsum(lengths)
    rewritten = _by_row(records.rewritten, starts)
    block = CsvBlock(
        source, clean, clean_ends - lengths, clean_ends, numbers[good], tuple(broken), bytes_read, needed, rewritten
    )
    return block, int((~counted).sum())


def _by_row(rewritten: dict[int, bytes], starts: Offsets) -> dict[int, bytes]:
    if not rewritten:
        return {}
    rows = np.searchsorted(starts, np.fromiter(rewritten, np.int64)).tolist()
    return {
        row: text
        for row, (start, text) in zip(rows, rewritten.items(), strict=True)
        if row < len(starts) and starts[row] == start
    }


def _without(data: bytes, starts: Offsets, ends: Offsets) -> bytes:
    """These records alone, copied in runs."""
    if not len(starts):
        return b""
    breaks = np.flatnonzero(starts[1:] != ends[:-1])
    firsts = starts[np.concatenate(([0], breaks + 1))].tolist()
    lasts = ends[np.concatenate((breaks, [len(ends) - 1]))].tolist()
    return b"".join(data[first:last] for first, last in zip(firsts, lasts, strict=True))


def _chunk(rows: int, size: int, records: int) -> int:
    return min(max(rows * max(1, size // max(1, records)), SMALLEST_CHUNK), LARGEST_CHUNK)


def _check_text(data: bytes, name: str, offset: int, line: int) -> None:
    if data.isascii() or is_utf8(data):
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise not_in_encoding(
            name, "utf-8", data[error.start], offset + error.start, line + data.count(b"\n", 0, error.start)
        ) from None


def is_utf8(data: bytes) -> bool:
    """Whether Polars finds it so, eight times as fast as Python, which then says where it is not."""
    try:
        pl.Series([data], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.PolarsError:
        return False
    return True


def _never_closed(name: str, data: bytes, records: Records, line: int, line_end: int, final: bool) -> LeadsError:
    if records.open_quote is None:
        return LeadsError(
            f"line {line:,} of `{name}` does not end within {len(data) >> 20:,} MiB", "is this a csv file?"
        )
    opened = line + data.count(line_end, 0, records.open_quote)
    how = "is never closed" if final else f"is not closed within {len(data) >> 20:,} MiB"
    return LeadsError(
        f"the quote that opens a cell on line {opened:,} of `{name}` {how}",
        "close it, or put the whole cell in quotes and write the quote in it twice",
    )


_FORMATS = (
    (b"PAR1", "a Parquet file", ".parquet"),
    (b"PK\x03\x04", "an Excel workbook or another zip file", ".xlsx"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", ".xls"),
)


def _refuse_other_formats(head: bytes, name: str) -> None:
    for mark, what, ending in _FORMATS:
        if head.startswith(mark):
            raise LeadsError(f"`{name}` is not csv: it is {what}", f"give it the ending `{ending}`")
    if head[:HEAD].count(b"\0") * 4 > len(head[:HEAD]):
        raise LeadsError(
            f"`{name}` is not csv in UTF-8: every few bytes there is a NUL",
            "if it is UTF-16 without a mark, say `--encoding utf-16-le` or `--encoding utf-16-be`",
        )
