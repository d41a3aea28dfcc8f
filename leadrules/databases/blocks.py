"""Tables as sources of leads, and their blocks: frames of a table's columns, in types that every writer knows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leadrules.leads.block import NO_NUMBERS, ROWS, Broken, Columns, NumberType
from leadrules.leads.errors import LeadsError
from leadrules.leads.texts import as_texts

if TYPE_CHECKING:
    import polars as pl

    from leadrules.databases.url import TableUrl


class TableSource(ABC):
    """What tables and queries of all databases have alike; see `leads.block.LeadSource`.

    `declared` are the columns' types in the database's own words, where it has any. A connection that is lent is in a
    transaction of someone else's, which stays as it is.
    """

    absent_is_missing = False
    blank_lines = 0
    total_bytes: int | None = None
    path: str | None = None

    connection: Any
    headers: list[str]
    declared: dict[str, str]

    def __init__(self, url: TableUrl, *, is_lent: bool = False):
        self.url, self.name, self.is_lent = url, url.shown, is_lent

    def written(self, flat: bool) -> list[int]:
        return list(range(len(self.headers)))

    @abstractmethod
    def schema(self) -> dict[str, pl.DataType]: ...

    @abstractmethod
    def blocks(
        self, needed: Sequence[str] = (), rows: int = ROWS, *, as_numbers: Mapping[str, NumberType] = NO_NUMBERS
    ) -> Iterator[TableBlock]: ...

    def close(self) -> None:
        if not self.is_lent:
            self.connection.close()


@dataclass
class TableBlock(Columns):
    """Leads in a frame that has a table's columns, in their order; see `leads.block.Block`.

    `raw` is the same leads as their own database wrote them, for a writer that gives them back to it.
    """

    source: Any
    frame: pl.DataFrame
    numbers: NDArray[np.int64]
    needed: list[int]
    bytes_read: int = 0
    raw: Any = None
    broken: tuple[Broken, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.frame)

    def columns(self, positions: Sequence[int]) -> pl.DataFrame:
        return _numbered(self.frame, positions)

    def texts(self, positions: Sequence[int]) -> pl.DataFrame:
        return as_texts(self.columns(positions))


def numbers_from(row: int, rows: int) -> NDArray[np.int64]:
    """The leads' numbers, the first being `row`."""
    return np.arange(row, row + rows, dtype=np.int64)


def _numbered(frame: pl.DataFrame, positions: Sequence[int]) -> pl.DataFrame:
    import polars as pl

    columns = frame.get_columns()
    return pl.DataFrame([columns[position].alias(str(position)) for position in positions])


def refuse_odd_columns(names: Sequence[str], url: TableUrl) -> None:
    """Refuse a table without any column, and a query that gives two columns one name."""
    if not names:
        raise LeadsError(f"`{url.shown}` has no columns", "name a table that has leads in it")
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise LeadsError(
                f"the query in `{url.shown}` gives two columns the name `{name}`",
                "name one of them otherwise: `SELECT a.id, b.id AS other_id …`",
            )
        seen.add(name)
