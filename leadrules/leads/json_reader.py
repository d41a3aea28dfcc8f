"""JSON leads as blocks: nested objects reach dotted names, numbers stay as they came.

The file is read twice: once for its columns (the union over all leads, in order
of appearance) and their types, once for its leads. Standard input is kept in a
temporary file in between.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leadrules.leads.block import NO_NUMBERS, ROWS, Broken, NumberType, first_row, named, positions_of
from leadrules.leads.errors import LeadsError
from leadrules.leads.json_columns import Columns, Gathered, gather
from leadrules.leads.json_records import JsonRecord, parse, read_array, read_lines
from leadrules.leads.streams import UTF8_MARK, ByteStream, Place
from leadrules.leads.texts import value_text, without_nul
from leadrules.leads.typed import column, shared_type

if TYPE_CHECKING:
    import polars as pl

BLOCK_BYTES = 1 << 26
_AS_WRITTEN = json.JSONDecoder(parse_float=str)


class JsonSource:
    """An opened file of JSON leads; see `LeadSource`. `keys` are the outermost names of the leads."""

    absent_is_missing = True

    def __init__(self, place: Place, *, encoding: str | None = None, lines: bool):
        self._place, self._encoding, self._lines = place, encoding, lines
        self.name, self.path = place.name, place.path
        place.spool()
        self.total_bytes = place.size()
        self.blank_lines = 0
        empty = not place.head().removeprefix(UTF8_MARK).strip()
        if empty and not (lines and place.path is not None):  # no lines are no leads, as a run of none writes them
            raise LeadsError(f"`{self.name}` is empty: it has no leads", "give a file with one object for each lead")
        columns = self._find_columns()
        self.headers, self.keys = columns.headers, columns.keys
        self.types = [shared_type(kinds) for kinds in columns.kinds]

    def _find_columns(self) -> Columns:
        columns = Columns()
        count, first = 0, None
        for record in self._records(ByteStream(self._place, self._encoding)):
            if record is None:
                continue
            count += 1
            first = first or record
            if record.lead is not None:
                columns.add(record.lead)
        columns.finish()
        one_object = self._place.head().removeprefix(UTF8_MARK).lstrip().startswith(b"{")
        if count == 1 and one_object and first is not None and first.lead is not None:
            _refuse_wrapped(self.name, first.lead, self._lines)
        return columns

    def _records(self, stream: ByteStream) -> Iterator[JsonRecord | None]:
        try:
            yield from read_lines(stream) if self._lines else read_array(stream)
        finally:
            stream.close()

    def schema(self) -> dict[str, pl.DataType]:
        """The type of every column; text where its values share none."""
        import polars as pl

        return {
            header: dtype if dtype is not None else pl.String()
            for header, dtype in zip(self.headers, self.types, strict=True)
        }

    def written(self, flat: bool) -> list[int]:
        return list(range(len(self.headers)))

    def blocks(
        self, needed: Sequence[str] = (), rows: int = ROWS, *, as_numbers: Mapping[str, NumberType] = NO_NUMBERS
    ) -> Iterator[JsonBlock]:
        """All leads, in order."""
        positions = positions_of(needed, self.headers)
        self.blank_lines = 0
        stream = ByteStream(self._place, self._encoding)
        row, block, size = 0, JsonBlock(self, positions), 0
        for record in self._records(stream):
            if record is None:
                self.blank_lines += 1
                continue
            row += 1
            size += len(record.raw)
            block.add(row, record)
            if row % rows == 0 or size > BLOCK_BYTES:
                block.bytes_read = stream.consumed
                yield block
                block, size = JsonBlock(self, positions), 0
        if block.raws or block.broken:
            block.bytes_read = stream.consumed
            yield block

    def close(self) -> None:
        self._place.close()


class JsonBlock:
    """Leads as their own texts, and the values that were asked for; see `Block`."""

    def __init__(self, source: JsonSource, needed: list[int]):
        self.source = source
        self.raws: list[str] = []
        self._broken: list[Broken] = []
        self.bytes_read = 0
        self._needed = needed
        self._numbers: list[int] = []
        self._gathered = Gathered([source.headers[position] for position in needed])

    def add(self, row: int, record: JsonRecord) -> None:
        """Take one more record."""
        if record.lead is None:
            self._broken.append(Broken(row, record.fault, record.raw))
            return
        self.raws.append(record.raw)
        self._numbers.append(row)
        self._gathered.add(record.lead)

    @property
    def rows(self) -> int:
        return len(self.raws)

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        return np.array(self._numbers, np.int64)

    @property
    def broken(self) -> tuple[Broken, ...]:
        return tuple(self._broken)

    @property
    def first_row(self) -> int:
        return first_row(self.numbers, self.broken)

    @cached_property
    def cells(self) -> pl.DataFrame:
        frame = self._frame(self._needed, self._gathered.values)
        return named(frame, [self.source.headers[position] for position in self._needed])

    def as_they_came(self, doubted: Collection[str]) -> pl.DataFrame:
        return self.cells

    def columns(self, positions: Sequence[int]) -> pl.DataFrame:
        headers = [self.source.headers[position] for position in positions]
        return self._frame(positions, gather(map(parse, self.raws), headers))

    def _frame(self, positions: Sequence[int], values: Sequence[Sequence[Any]]) -> pl.DataFrame:
        import polars as pl

        types = self.source.types
        return pl.DataFrame(
            [column(str(position), own, types[position]) for position, own in zip(positions, values, strict=True)]
        )

    def texts(self, positions: Sequence[int]) -> pl.DataFrame:
        """These columns as text, numbers as they came."""
        import polars as pl

        headers = [self.source.headers[position] for position in positions]
        columns = []
        for position, values in zip(positions, gather(map(_AS_WRITTEN.decode, self.raws), headers), strict=True):
            header = self.source.headers[position]
            texts = [
                value if value is None or type(value) is str else self._text(row, header, value)
                for row, value in enumerate(values)
            ]
            columns.append(without_nul(pl.Series(str(position), texts, dtype=pl.String)))
        return pl.DataFrame(columns)

    def _text(self, row: int, header: str, value: Any) -> str:
        if isinstance(value, (list, dict)):  # whose numbers are no texts
            [[value]] = gather([parse(self.raws[row])], [header])
        return value_text(value)


def _refuse_wrapped(name: str, lead: dict[str, Any], lines: bool) -> None:
    """Refuse one object that holds leads and is none; on a line of its own it must hold nothing else."""
    lists = [
        key for key, value in lead.items() if isinstance(value, list) and any(isinstance(one, dict) for one in value)
    ]
    if lists and not (lines and len(lists) < len(lead)):
        raise LeadsError(
            f"`{name}` is one object, and its leads seem to be in the list `{lists[0]}` inside it",
            "save that list alone, as an array of objects in a file named .json",
        )
