"""A block of leads: what every reader hands on, and every writer takes.

A block keeps its leads as they came, in whatever form its file has, and hands
out columns of cells on demand. Records that cannot be a lead at all are no rows
of the block; they are `broken`, and keep their number in the file.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from leadrules.record import record

if TYPE_CHECKING:
    import polars as pl

ROWS = 100_000
NumberType = Literal["integer", "number"]
NO_NUMBERS: Mapping[str, NumberType] = MappingProxyType({})


@record
class Broken:
    """A record that cannot be a lead: its number among the leads (from 1), why, and its text as it came."""

    row: int
    reason: str
    raw: str


class Block(Protocol):
    """Some leads in a row.

    `numbers` are the leads' numbers in the file, counted from 1; `cells` are the
    columns that were asked for, named by their headers: text for csv, the file's
    own types for Parquet, and for JSON and Excel the type that all values of a
    column share, or objects where they share none. `bytes_read` is how far the
    file has been read, in its own bytes.
    """

    @property
    def rows(self) -> int: ...

    @property
    def numbers(self) -> NDArray[np.int64]: ...

    @property
    def broken(self) -> tuple[Broken, ...]: ...

    @property
    def bytes_read(self) -> int: ...

    @property
    def first_row(self) -> int:
        """The number of the block's first record, lead or broken."""

    @property
    def cells(self) -> pl.DataFrame: ...

    def as_they_came(self, doubted: Collection[str]) -> pl.DataFrame:
        """`cells` without any that were read as numbers on the way; columns of `doubted` come so from here on."""

    def columns(self, positions: Sequence[int]) -> pl.DataFrame:
        """The cells of these columns of the file, named by their positions (`"0"`, `"7"`)."""

    def texts(self, positions: Sequence[int]) -> pl.DataFrame:
        """The same as csv has them: types that csv can hold, numbers as they came."""


class LeadSource(Protocol):
    """A file of leads, opened: its name, its columns and its blocks.

    `absent_is_missing` says that a lead may lack a column (JSON), so that a
    column that no lead has is worth a warning and no error. `blank_lines` counts the lines
    that were passed over because nothing stood on them.
    """

    name: str
    path: str | None
    headers: list[str]
    total_bytes: int | None
    blank_lines: int

    @property
    def absent_is_missing(self) -> bool: ...

    def blocks(
        self, needed: Sequence[str] = (), rows: int = ROWS, *, as_numbers: Mapping[str, NumberType] = NO_NUMBERS
    ) -> Iterator[Block]:
        """All leads, in order, about `rows` at a time; `needed` are headers.

        `as_numbers` are those of them that a file of text may hand out as numbers, in blocks where each cell plainly is
        one; `Block.as_they_came` takes that back.
        """

    def schema(self) -> dict[str, pl.DataType]:
        """The type of every column; text in a file without types, and where the values of a column share none."""

    def written(self, flat: bool) -> list[int]:
        """The positions of the columns that are written again, in a format that is flat (csv, Excel) or not."""

    def close(self) -> None: ...


class Columns(ABC):
    """What blocks find alike whose columns can be had at any time: their first record, and the needed cells."""

    source: Any
    numbers: NDArray[np.int64]
    broken: tuple[Broken, ...]
    needed: list[int]

    @abstractmethod
    def columns(self, positions: Sequence[int]) -> pl.DataFrame:
        """The cells of these columns of the file, named by their positions."""

    @property
    def first_row(self) -> int:
        return first_row(self.numbers, self.broken)

    @cached_property
    def cells(self) -> pl.DataFrame:
        return named(self.columns(self.needed), [self.source.headers[position] for position in self.needed])

    def as_they_came(self, doubted: Collection[str]) -> pl.DataFrame:
        return self.cells


def first_row(numbers: NDArray[np.int64], broken: Sequence[Broken]) -> int:
    """The least number among a block's leads and broken records."""
    firsts = [int(numbers[0])] if len(numbers) else []
    firsts += [one.row for one in broken[:1]]
    return min(firsts)


def positions_of(needed: Sequence[str], headers: Sequence[str]) -> list[int]:
    """The positions of these headers; a header that stands twice means its first column."""
    where: dict[str, int] = {}
    for position, header in enumerate(headers):
        where.setdefault(header, position)
    return [where[header] for header in needed]


def named(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The frame with these names for its columns."""
    return frame.rename(dict(zip(frame.columns, names, strict=True)))
