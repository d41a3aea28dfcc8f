"""Tables of a SQLite file.

SQLite types values, not columns: a column of a table gets the type that all its values share, found
by one pass over the table before the first lead is read, as for JSON.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from leadrules.databases.blocks import TableBlock, TableSource, numbers_from, refuse_odd_columns
from leadrules.databases.url import TableUrl, no_table, quoted, refuse_no_file
from leadrules.databases.writing import TableWriter
from leadrules.leads.block import NO_NUMBERS, ROWS, NumberType, positions_of
from leadrules.leads.errors import LeadsError
from leadrules.leads.typed import column

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from leadrules.leads.block import Block

_WAIT = 10.0
"""Seconds to wait for another program's lock."""
_WIDEST = 400
"""Of how many columns the types are asked at a time: SQLite gives at most 2,000 answers, of which each needs four."""


def connect(url: TableUrl, *, writable: bool) -> sqlite3.Connection:
    """Open the file; made if it is not there and will be written. Raises LeadsError."""
    refuse_no_file(url, writable=writable)
    try:
        return _opened(url, "rwc" if writable else "ro")
    except sqlite3.Error as error:
        if writable or "readonly" not in str(error):
            raise _cannot(url, error) from error
    # A program that was killed has left changes half done, which whoever opens the file next has to undo.
    try:
        return _opened(url, "rw")
    except sqlite3.Error as error:
        raise _cannot(url, error) from error


def _opened(url: TableUrl, mode: str) -> sqlite3.Connection:
    path = Path(os.path.abspath(url.address)).as_uri()
    connection = sqlite3.connect(
        f"{path}?mode={mode}", uri=True, timeout=_WAIT, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


class SqliteSource(TableSource):
    """A table or a query of a SQLite file; see `leads.block.LeadSource`.

    `declared` are the columns' types as the table declares them; a query's have none.
    """

    def __init__(self, url: TableUrl, *, writable: bool = False, connection: sqlite3.Connection | None = None):
        super().__init__(url, is_lent=connection is not None)
        self.path = url.address
        self.connection = connect(url, writable=writable) if connection is None else connection
        try:
            with self._reading():
                if not self.is_lent:
                    self.connection.execute("BEGIN IMMEDIATE" if writable else "BEGIN")
                cursor = self.connection.execute(f"SELECT * FROM {url.nested()} LIMIT 0")
                self.headers = [str(one[0]) for one in cursor.description]
            refuse_odd_columns(self.headers, url)
            self.declared = dict(columns_of(self.connection, url) or []) if url.table else {}
        except BaseException:
            self.close()
            raise
        self._types: list[pl.DataType | None] | None = None

    def schema(self) -> dict[str, pl.DataType]:
        import polars as pl

        return {
            name: dtype if dtype is not None else pl.String()
            for name, dtype in zip(self.headers, self._column_types(), strict=True)
        }

    def blocks(
        self, needed: Sequence[str] = (), rows: int = ROWS, *, as_numbers: Mapping[str, NumberType] = NO_NUMBERS
    ) -> Iterator[TableBlock]:
        """All leads, in the table's order."""
        import polars as pl

        positions, types, row = positions_of(needed, self.headers), self._column_types(), 1
        with self._reading():
            cursor = self.connection.execute(self.url.select())
            while values := cursor.fetchmany(rows):
                frame = pl.DataFrame(
                    [
                        column(name, _booleans(cells) if dtype == pl.Boolean else cells, dtype)
                        for name, dtype, cells in zip(self.headers, types, zip(*values, strict=True), strict=True)
                    ]
                )
                yield TableBlock(self, frame, numbers_from(row, len(values)), positions, raw=values)
                row += len(values)

    def _column_types(self) -> list[pl.DataType | None]:
        """The type that all values of each column share; None where they share none."""
        import polars as pl

        if self._types is None:
            # One pass, as many bits for each column as SQLite has kinds of values.
            kinds = ("integer", "real", "text", "blob")
            found: list[int | None] = []
            for start in range(0, len(self.headers), _WIDEST):
                names = self.headers[start : start + _WIDEST]
                asked = ", ".join(f"max(typeof({quoted(name)}) = '{kind}')" for name in names for kind in kinds)
                with self._reading():
                    found += self.connection.execute(f"SELECT {asked} FROM {self.url.nested()}").fetchone()
            shared: dict[frozenset[str], pl.DataType] = {
                frozenset(): pl.String(),
                frozenset({"integer"}): pl.Int64(),
                frozenset({"real"}): pl.Float64(),
                frozenset({"text"}): pl.String(),
                frozenset({"blob"}): pl.Binary(),
            }
            self._types = []
            for place, name in enumerate(self.headers):
                bits = found[place * len(kinds) : (place + 1) * len(kinds)]
                have = frozenset(kind for kind, bit in zip(kinds, bits, strict=True) if bit)
                truth = self.declared.get(name, "").upper() in ("BOOLEAN", "BOOL") and have == {"integer"}
                self._types.append(pl.Boolean() if truth and self._are_bits(name) else shared.get(have))
        return self._types

    def _are_bits(self, name: str) -> bool:
        """Whether a column has 0 and 1 alone."""
        with self._reading():
            odd = self.connection.execute(
                f"SELECT 1 FROM {self.url.nested()} WHERE {quoted(name)} NOT IN (0, 1) LIMIT 1"
            )
            return odd.fetchone() is None

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OverflowError) as error:
            if self.url.table and "no such table" in str(error):
                found = self.connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
                raise no_table(self.url, [str(row[0]) for row in found]) from error
            raise _cannot(self.url, error) from error


class SqliteWriter(TableWriter):
    """Writes a table of a SQLite file; see `TableWriter`."""

    def connect(self) -> sqlite3.Connection:
        self._made = not os.path.exists(self.url.address)
        # A second connection to the file would wait for the first to end reading, which waits for it.
        if isinstance(self._source, SqliteSource) and self._source.url.same_file(self.url):
            self.shares_connection = True
            return self._source.connection
        return connect(self.url, writable=True)

    def begin(self) -> None:
        if not self.shares_connection:
            self.execute("BEGIN IMMEDIATE")

    def types(self) -> list[str]:
        return self.declared_types(SqliteSource, _declaration)

    def existing(self) -> list[tuple[str, str]] | None:
        return columns_of(self._connection, self.url)

    def same_type(self, own: str, other: str) -> bool:
        return _affinity(own) == _affinity(other)

    def open_insert(self, into: str, types: Sequence[str]) -> None:
        columns = ", ".join(quoted(name) for name in self.names)
        self._insert = f"INSERT INTO {into} ({columns}) VALUES ({', '.join('?' * len(self.names))})"

    def rows(self, block: Block, kept: NDArray[np.bool_], added: pl.DataFrame) -> list[tuple[Any, ...]]:
        if isinstance(block, TableBlock) and isinstance(self._source, SqliteSource):
            own: Mapping[int, Sequence[Any]] = {
                position: [row[position] for row in block.raw] for position in self.positions
            }
        else:
            frame = _plain(block.columns(self.positions))
            own = {position: frame[str(position)].to_list() for position in self.positions}
        columns = [added[one.name].to_list() if one.position is None else own[one.position] for one in self._chosen]
        rows = zip(*columns, strict=True)
        return [row for row, keep in zip(rows, kept.tolist(), strict=True) if keep]

    def insert(self, rows: list[tuple[Any, ...]]) -> None:
        try:
            self._connection.executemany(self._insert, rows)
        except (sqlite3.Error, OverflowError) as error:
            raise self._cannot_write(error) from error

    def close_insert(self) -> None:
        """Every insert is done when it returns."""

    def secure(self) -> None:
        """Nobody else writes to the file while this does."""

    def reading(self, url: TableUrl) -> SqliteSource:
        return SqliteSource(url, connection=self._connection)

    def execute(self, sql: str) -> int:
        try:
            answer = self._connection.execute(sql).fetchone()
        except sqlite3.Error as error:
            raise self._cannot_write(error) from error
        return int(answer[0]) if answer else 0

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql).fetchall()
        except sqlite3.Error as error:
            raise self._cannot_write(error) from error

    def _cannot_write(self, error: Exception) -> LeadsError:
        return _known(self.url, error) or self.refused(_words(error))

    def keep(self) -> None:
        self.execute("COMMIT")

    def close(self, good: bool) -> None:
        with suppress(sqlite3.Error):
            if not good and self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        with suppress(sqlite3.Error):
            self._connection.close()
        if not good and self._made:
            for path in (self.url.address, f"{self.url.address}-journal"):
                with suppress(OSError):
                    os.unlink(path)


def columns_of(connection: sqlite3.Connection, url: TableUrl) -> list[tuple[str, str]] | None:
    """Names and declared types of a table's columns; None if there is no such table."""
    schema = f"{quoted(url.table[0])}." if len(url.table) > 1 else ""
    try:
        found = connection.execute(f"PRAGMA {schema}table_info({quoted(url.table[-1])})").fetchall()
    except sqlite3.Error as error:
        raise _cannot(url, error) from error
    return [(str(row[1]), str(row[2])) for row in found] or None


def _booleans(cells: Sequence[int | None]) -> list[bool | None]:
    return [None if cell is None else bool(cell) for cell in cells]


def _declaration(dtype: pl.DataType) -> str:
    import polars as pl

    if dtype.is_integer():
        return "INTEGER"
    if dtype.is_float():
        return "REAL"
    if dtype == pl.Boolean:
        return "BOOLEAN"
    return "BLOB" if dtype == pl.Binary else "TEXT"


def _affinity(declared: str) -> str:
    """What SQLite makes of a declared type, by section 3.1 of its page on data types: all that two spellings share."""
    kind = declared.upper()
    parts = (("INT",), ("CHAR", "CLOB", "TEXT"), ("BLOB",), ("REAL", "FLOA", "DOUB"))
    found = next((names[0] for names in parts if any(name in kind for name in names)), "NUMERIC")
    return found if kind else "BLOB"


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns as SQLite has them: days, times, decimals and what is nested as text."""
    import polars as pl

    from leadrules.leads.texts import as_texts

    kept = [name for name, dtype in frame.schema.items() if dtype == pl.Binary]
    texts = as_texts(frame.drop(kept)).with_columns(
        pl.col(pl.Date, pl.Decimal, pl.Categorical, pl.Enum, pl.UInt64, pl.Int128, pl.Time).cast(pl.String)
    )
    return texts.with_columns([frame[name] for name in kept])


def _cannot(url: TableUrl, error: Exception) -> LeadsError:
    return _known(url, error) or LeadsError(f"`{url.shown}` cannot be read: {_words(error)}")


def _known(url: TableUrl, error: Exception) -> LeadsError | None:
    """The message for what is wrong with the file; None where it is something else."""
    words = _words(error)
    if "locked" in words:
        return LeadsError(f"`{url.address}` is in use by another program", "wait until it is done, then try again")
    if "not a database" in words:
        return LeadsError(f"`{url.address}` is not a SQLite file", "check the name")
    if "readonly" in words or "read-only" in words:
        return LeadsError(f"`{url.address}` may not be written by you", "ask for the right to write it")
    if "unable to open" in words:
        return LeadsError(f"`{url.address}` cannot be opened", "check the folder and your right to use it")
    return None


def _words(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
