"""JSON leads as blocks: nested objects reach dotted names, numbers stay as they came.

The file is read twice: once for its columns (the union over all leads, in order
of appearance) and their types, once for its leads. Standard input is kept in a
temporary file in between.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leadrules.leads.block import ROWS, Broken, first_row, named, positions_of
from leadrules.leads.errors import LeadsError
from leadrules.leads.json_records import JsonRecord, read_array, read_lines
from leadrules.leads.streams import UTF8_MARK, ByteStream, Place
from leadrules.leads.texts import value_text
from leadrules.leads.typed import column, kind_of, shared_type

if TYPE_CHECKING:
    import polars as pl

Lead = dict[str, Any]
BLOCK_BYTES = 1 << 26


class JsonSource:
    """An opened file of JSON leads; see `LeadSource`. `keys` are the outermost names of the leads."""

    absent_is_missing = True

    def __init__(self, place: Place, *, encoding: str | None = None, lines: bool):
        self._place, self._encoding, self._lines = place, encoding, lines
        self.name, self.path = place.name, place.path
        place.spool()
        self.total_bytes = place.size()
        self.blank_lines = 0
        self.headers: list[str] = []
        self.keys: set[str] = set()
        self._kinds: list[set[str]] = []
        if not place.head().removeprefix(UTF8_MARK).strip():
            raise LeadsError(f"`{self.name}` is empty: it has no leads", "give a file with one object for each lead")
        self._find_columns()
        self.types = [shared_type(kinds) for kinds in self._kinds]

    def _find_columns(self) -> None:
        where: dict[str, int] = {}
        objects: set[str] = set()
        any_record, only = False, None
        for record in self._records(ByteStream(self._place, self._encoding)):
            only = record if not any_record else None
            any_record = True
            if record is None or record.lead is None:
                continue
            self.keys.update(record.lead)
            for header, value in everything(record.lead):
                kind = kind_of(value)
                if kind == "object":
                    objects.add(header)
                    continue
                position = where.get(header)
                if position is None:
                    position = where[header] = len(self.headers)
                    self.headers.append(header)
                    self._kinds.append(set())
                if kind is not None:
                    self._kinds[position].add(kind)
        for header in objects & where.keys():  # a value in some leads, an object in others
            self._kinds[where[header]].add("object")
        if not self._lines and self._place.head().removeprefix(UTF8_MARK).lstrip().startswith(b"{"):
            _refuse_wrapped(self.name, only)

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

    def blocks(self, needed: Sequence[str] = (), rows: int = ROWS) -> Iterator[JsonBlock]:
        """All leads, in order."""
        positions = positions_of(needed, self.headers)
        self.blank_lines = 0
        stream = ByteStream(self._place, self._encoding)
        records: list[JsonRecord] = []
        row, size = 1, 0
        for record in self._records(stream):
            if record is None:
                self.blank_lines += 1
                continue
            records.append(record)
            size += len(record.raw)
            if len(records) >= rows or size > BLOCK_BYTES:
                yield _block(self, records, row, stream.consumed, positions)
                row, size, records = row + len(records), 0, []
        if records:
            yield _block(self, records, row, stream.consumed, positions)

    def close(self) -> None:
        self._place.close()


@dataclass
class JsonBlock:
    """Leads with their own texts; see `Block`."""

    source: JsonSource
    leads: list[Lead]
    raws: list[str]
    numbers: NDArray[np.int64]
    broken: tuple[Broken, ...]
    bytes_read: int
    needed: list[int]

    @property
    def rows(self) -> int:
        return len(self.leads)

    @property
    def first_row(self) -> int:
        return first_row(self.numbers, self.broken)

    @cached_property
    def cells(self) -> pl.DataFrame:
        return named(self.columns(self.needed), [self.source.headers[position] for position in self.needed])

    def columns(self, positions: Sequence[int]) -> pl.DataFrame:
        import polars as pl

        headers, types = self.source.headers, self.source.types
        return pl.DataFrame(
            [column(str(position), values_of(self.leads, headers[position]), types[position]) for position in positions]
        )

    def texts(self, positions: Sequence[int]) -> pl.DataFrame:
        """These columns as text, numbers as they came."""
        import polars as pl

        as_written = [json.loads(raw, parse_int=_Digits, parse_float=_Digits) for raw in self.raws]
        columns = []
        for position in positions:
            header = self.source.headers[position]
            written, values = values_of(as_written, header), values_of(self.leads, header)
            texts = [
                None if value is None else value_text(value if isinstance(value, (list, dict)) else as_came)
                for as_came, value in zip(written, values, strict=True)
            ]
            columns.append(pl.Series(str(position), texts, dtype=pl.String))
        return pl.DataFrame(columns)


class _Digits(str):
    """A number, as it was written."""


def _block(source: JsonSource, records: list[JsonRecord], row: int, bytes_read: int, needed: list[int]) -> JsonBlock:
    numbers = [number for number, record in enumerate(records, row) if record.lead is not None]
    broken = tuple(
        Broken(number, record.fault, record.raw) for number, record in enumerate(records, row) if record.lead is None
    )
    leads = [record.lead for record in records if record.lead is not None]
    raws = [record.raw for record in records if record.lead is not None]
    return JsonBlock(source, leads, raws, np.array(numbers, np.int64), broken, bytes_read, needed)


def everything(lead: Lead, before: str = "") -> Iterator[tuple[str, Any]]:
    """The dotted name and the value of every member of a lead and of the objects in it."""
    for key, value in lead.items():
        yield before + key, value
        if isinstance(value, dict):
            yield from everything(value, f"{before}{key}.")


def values_of(leads: Sequence[Lead], header: str) -> list[Any]:
    """Each lead's value under a dotted name: a flat key goes before a nested path; None if it has neither."""
    if "." not in header:
        return [lead.get(header) for lead in leads]
    return [lead[header] if header in lead else _nested(lead, header) for lead in leads]


def _nested(lead: Lead, header: str) -> Any:
    dot = header.find(".")
    while dot >= 0:
        inner = lead.get(header[:dot])
        if isinstance(inner, dict):
            rest = header[dot + 1 :]
            value = inner[rest] if rest in inner else _nested(inner, rest)
            if value is not None:
                return value
        dot = header.find(".", dot + 1)
    return None


def _refuse_wrapped(name: str, only: JsonRecord | None) -> None:
    members = (only.lead if only else None) or {}
    lists = [
        key for key, value in members.items() if isinstance(value, list) and any(isinstance(one, dict) for one in value)
    ]
    if lists:
        raise LeadsError(
            f"`{name}` is one object, and its leads seem to be in the list `{lists[0]}` inside it",
            "save that list alone: an array of objects",
        )
