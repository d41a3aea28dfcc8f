"""Tables of a DuckDB file, read and written in DuckDB's own types.

Types that no frame has (intervals, bit strings, whole numbers beyond 38 digits, the time 24:00) travel as text and
are cast back by DuckDB when they go into a table of the same type.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from leadrules.databases.blocks import TableBlock, TableSource, numbers_from, refuse_odd_columns
from leadrules.databases.inflow import Inflow
from leadrules.databases.url import TableUrl, no_table, quoted, refuse_no_file
from leadrules.databases.writing import TableWriter
from leadrules.leads.block import NO_NUMBERS, ROWS, NumberType, positions_of
from leadrules.leads.errors import LeadsError

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import polars as pl
    import pyarrow as pa

    from leadrules.leads.block import Block

_AS_TEXT = (
    "INTERVAL", "BIT", "UNION", "MAP", "HUGEINT", "TIME WITH TIME ZONE", "ENUM", "BIGNUM", "VARINT", "GEOMETRY",
    "VARIANT", '"NULL"', "TIME_NS",
)  # fmt: skip

_ROW_GROUP = 122_880
"""How many rows DuckDB keeps together: blocks of fewer would each leave a rest."""


def connect(url: TableUrl, *, writable: bool) -> duckdb.DuckDBPyConnection:
    """Open the file; made if it is not there and will be written. Raises LeadsError."""
    import duckdb

    refuse_no_file(url, writable=writable)
    try:
        connection = duckdb.connect(url.address, read_only=not writable)
        connection.execute("SET TimeZone = 'UTC'")
    except duckdb.Error as error:
        words = str(error)
        if "lock" in words.lower():
            raise LeadsError(
                f"`{url.address}` is in use by another program, and DuckDB lets one at a time write",
                "close it there, or wait until it is done",
            ) from error
        if "not a valid DuckDB" in words:
            raise LeadsError(f"`{url.address}` is not a DuckDB file", "check the name") from error
        raise LeadsError(f"`{url.address}` cannot be opened: {_words(error)}") from error
    return connection


class DuckdbSource(TableSource):
    """A table or a query of a DuckDB file; see `leads.block.LeadSource`.

    `declared` are the columns' types in DuckDB's words.
    """

    def __init__(self, url: TableUrl, *, writable: bool = False, connection: duckdb.DuckDBPyConnection | None = None):
        import duckdb

        super().__init__(url, is_lent=connection is not None)
        self.path = url.address
        self.connection = connect(url, writable=writable) if connection is None else connection
        try:
            described = self.connection.execute(f"DESCRIBE SELECT * FROM {url.nested()}").fetchall()
        except duckdb.Error as error:
            self.close()
            raise _unreadable(url, error) from error
        self.headers = [str(row[0]) for row in described]
        self.declared = {str(row[0]): str(row[1]) for row in described}
        refuse_odd_columns(self.headers, url)
        self._frame_types: dict[str, pl.DataType] | None = None

    def schema(self) -> dict[str, pl.DataType]:
        import polars as pl

        if self._frame_types is None:
            with self._cursor() as cursor:
                empty = cursor.sql(f"SELECT * FROM ({self._select()}) LIMIT 0").to_arrow_table()
            frame = pl.from_arrow(empty)
            assert isinstance(frame, pl.DataFrame)
            self._frame_types = dict(zip(self.headers, frame.dtypes, strict=True))
        return self._frame_types

    def blocks(
        self, needed: Sequence[str] = (), rows: int = ROWS, *, as_numbers: Mapping[str, NumberType] = NO_NUMBERS
    ) -> Iterator[TableBlock]:
        """All leads, in the table's order."""
        import polars as pl
        import pyarrow as pa

        positions = positions_of(needed, self.headers)
        row = 1
        with self._cursor() as cursor:
            reader = cursor.sql(self._select()).to_arrow_reader(_ROW_GROUP if ROWS <= rows < _ROW_GROUP else rows)
            for batch in reader:
                frame = pl.from_arrow(pa.Table.from_batches([batch]))
                assert isinstance(frame, pl.DataFrame)
                yield TableBlock(self, frame, numbers_from(row, len(frame)), positions)
                row += len(frame)

    def _select(self) -> str:
        columns = [
            f"CAST({quoted(name)} AS {other}) AS {quoted(name)}" if (other := _travels_as(kind)) else quoted(name)
            for name, kind in self.declared.items()
        ]
        return f"SELECT {', '.join(columns)} FROM {self.url.nested()}"

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A second line to the database: a result that is still being read keeps its own busy.

        A connection that is lent is in a transaction, which only it sees into.
        """
        import duckdb

        cursor = self.connection if self.is_lent else self.connection.cursor()
        try:
            cursor.execute("SET TimeZone = 'UTC'")
            with stoppable():
                yield cursor
        except duckdb.Error as error:
            raise LeadsError(f"`{self.name}` cannot be read: {_words(error)}") from error
        finally:
            if not self.is_lent:
                cursor.close()


class DuckdbWriter(TableWriter):
    """Writes a table of a DuckDB file; see `TableWriter`."""

    replaces_first = True

    def connect(self) -> duckdb.DuckDBPyConnection:
        self._made = not os.path.exists(self.url.address)
        self._block = f"leadrules_{token_hex(8)}"
        self._inflow = Inflow()
        return connect(self.url, writable=True)

    def begin(self) -> None:
        self.execute("BEGIN")

    def types(self) -> list[str]:
        declared = self._source.declared if isinstance(self._source, DuckdbSource) else {}
        empty = self._frame_types()
        with self._registered(_arrow(empty).to_reader()):
            own = self._connection.execute(f"DESCRIBE FROM {quoted(self._block)}").fetchall()
        return [
            declared.get(one.name, kind) if one.position is not None else kind
            for one, (_, kind, *_) in zip(self._chosen, own, strict=True)
        ]

    def _frame_types(self) -> pl.DataFrame:
        """An empty frame with the types in which the columns come."""
        import polars as pl

        own = self._source.schema()
        types = [self._added[one.name] if one.position is None else own[one.name] for one in self._chosen]
        self._dtypes = [pl.String() if _is_text(dtype) else dtype for dtype in types]
        return pl.DataFrame(schema=dict(zip(self._labels(), self._dtypes, strict=True)))

    def _labels(self) -> list[str]:
        return [f"c{place}" for place in range(len(self._chosen))]

    def existing(self) -> list[tuple[str, str]] | None:
        import duckdb

        try:
            found = self._connection.execute(f"DESCRIBE {quoted(*self.url.table)}").fetchall()
        except duckdb.CatalogException:
            # What failed ends the transaction's use; nothing has been done in it yet.
            self.execute("ROLLBACK")
            self.execute("BEGIN")
            return None
        return [(str(row[0]), str(row[1])) for row in found]

    def open_insert(self, into: str, types: Sequence[str]) -> None:
        columns = ", ".join(quoted(name) for name in self.names)
        casts = ", ".join(f"CAST({label} AS {kind})" for label, kind in zip(self._labels(), types, strict=True))
        self._insert = f"INSERT INTO {into} ({columns}) SELECT {casts} FROM {quoted(self._block)}"

    def rows(self, block: Block, kept: NDArray[np.bool_], added: pl.DataFrame) -> pa.Table:
        import polars as pl

        from leadrules.leads.parquet_writer import typed

        own = block.columns(self.positions)
        columns = [
            typed(added[one.name] if one.position is None else own[str(one.position)], dtype).alias(label)
            for one, dtype, label in zip(self._chosen, self._dtypes, self._labels(), strict=True)
        ]
        frame = pl.DataFrame(columns)
        return _arrow(frame if kept.all() else frame.filter(pl.Series(kept)))

    def insert(self, rows: pa.Table) -> None:
        self._inflow.put(rows, self._insert_all)

    def close_insert(self) -> None:
        self._inflow.finish()

    def _insert_all(self, rows: pa.RecordBatchReader) -> None:
        with self._registered(rows):
            self.execute(self._insert)

    def secure(self) -> None:
        """Nobody else writes to the file while this does."""

    def reading(self, url: TableUrl) -> DuckdbSource:
        return DuckdbSource(url, connection=self._connection)

    def execute(self, sql: str) -> int:
        import duckdb

        try:
            with stoppable():
                answer = self._connection.execute(sql).fetchone()
        except duckdb.Error as error:
            raise self.refused(_words(error)) from error
        return int(answer[0]) if answer and isinstance(answer[0], int) else 0

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        import duckdb

        try:
            with stoppable():
                return self._connection.execute(sql).fetchall()
        except duckdb.Error as error:
            raise self.refused(_words(error)) from error

    def keep(self) -> None:
        self.execute("COMMIT")

    def close(self, good: bool) -> None:
        import duckdb

        with suppress(duckdb.Error):
            if not good:
                self._inflow.stop()
                self._connection.execute("ROLLBACK")
            self._connection.close()
        if not good and self._made:
            for path in (self.url.address, f"{self.url.address}.wal"):
                with suppress(OSError):
                    os.unlink(path)

    @contextmanager
    def _registered(self, rows: pa.RecordBatchReader) -> Iterator[None]:
        # DuckDB keeps what it has scanned until it is closed: a reader is then empty.
        self._connection.register(self._block, rows)
        yield


@contextmanager
def stoppable() -> Iterator[None]:
    """Ctrl-C is Ctrl-C, though DuckDB tells of it as of a fault when it comes within a statement."""
    try:
        yield
    except RuntimeError as error:
        if "Query interrupted" in str(error):
            raise KeyboardInterrupt from error
        raise


def _travels_as(kind: str) -> str | None:
    """The type that a column is read in, where that is not its own."""
    if kind.upper() == "TIMESTAMP_S":  # a frame has no seconds, and its thousandths have no room for `infinity`
        return "TIMESTAMP"
    return "VARCHAR" if kind.upper() == "TIME" or any(word in kind.upper() for word in _AS_TEXT) else None


def _arrow(frame: pl.DataFrame) -> pa.Table:
    """A frame as DuckDB scans it."""
    import polars as pl

    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def _is_text(dtype: pl.DataType) -> bool:
    """Whether a column is written as text: texts by code, and columns without any value."""
    import polars as pl

    return dtype in (pl.Categorical, pl.Enum, pl.Null, pl.Object)


def _unreadable(url: TableUrl, error: duckdb.Error) -> LeadsError:
    """The message for a table or a query that DuckDB cannot read."""
    import duckdb

    if url.table and isinstance(error, duckdb.CatalogException):
        with suppress(duckdb.Error):
            connection = connect(url, writable=False)
            tables = [row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
            connection.close()
            return no_table(url, tables)
    return LeadsError(f"`{url.shown}` cannot be read: {_words(error)}")


def _words(error: Exception) -> str:
    """What the database says, without the name of its exception and the statement."""
    line = str(error).strip().split("\n")[0]
    return line.partition(" Error: ")[2] or line
