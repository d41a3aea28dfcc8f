"""Tables of a PostgreSQL server, by its own COPY in both directions.

Cells travel as PostgreSQL itself writes them. So what goes from one of its tables into another is exact for every
type it has (`jsonb`, arrays, `numeric` of any length); for the rules, and for files, the
usual types are read from that text, and the others stay text.

Questionable decision: COPY's csv rather than its binary form. That took 1.2 times as long to read, through ADBC,
which makes Arrow of it, and as long to write; and it leaves one with every type's inner form to know.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from leadrules.databases.blocks import TableBlock, TableSource, numbers_from, refuse_odd_columns
from leadrules.databases.url import TableUrl, no_table, quoted
from leadrules.databases.writing import TableWriter
from leadrules.leads.block import NO_NUMBERS, ROWS, NumberType, positions_of
from leadrules.leads.errors import LeadsError
from leadrules.meaning.cells import outside_calendar

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    import psycopg

    from leadrules.leads.block import Block

_WAIT = 10
"""Seconds to wait for the server to answer a connection."""
LOCK_WAIT = 30
"""Seconds to wait for a table that another program has locked."""
_SETTINGS = (
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO, YMD'",
    "SET IntervalStyle = 'postgres'",
    "SET extra_float_digits = 1",
    "SET synchronize_seqscans = off",
)

_DATABASE = "SELECT pg_postmaster_start_time(), current_database(), current_schemas(false)"
"""What only one database in the world has, and where names are looked up in it."""
_LOCKABLE = "SELECT 1 FROM pg_class WHERE oid = to_regclass(%s) AND relkind IN ('r', 'p', 'v')"
_IDENTITY = "SELECT pg_postmaster_start_time(), current_database(), to_regclass(%s)::oid"
"""What only one table in the world has, however its server is reached and whatever the search path is."""


def connect(url: TableUrl, *, writable: bool) -> psycopg.Connection[Any]:
    """Connect. Raises LeadsError, without the password."""
    import psycopg

    try:
        connection = psycopg.connect(url.address, connect_timeout=_WAIT, application_name="leadrules")
        connection.read_only = not writable
        connection.execute(f"SET lock_timeout = '{LOCK_WAIT}s'".encode())
        for setting in _SETTINGS:
            connection.execute(setting)
        connection.commit()
    except psycopg.Error as error:
        raise _not_connected(url, error) from error
    return connection


class PostgresqlSource(TableSource):
    """A table or a query of a PostgreSQL database; see `leads.block.LeadSource`.

    `declared` are the columns' types in PostgreSQL's words. One snapshot is read, whatever others write meanwhile.
    """

    def __init__(self, url: TableUrl, *, connection: psycopg.Connection[Any] | None = None):
        super().__init__(url, is_lent=connection is not None)
        self.connection = connect(url, writable=False) if connection is None else connection
        self._read = 0
        try:
            with self._reading():
                cursor = self.connection.execute(f"SELECT * FROM {url.nested()} AS leads LIMIT 0".encode())
                self.headers = [one.name for one in cursor.description or ()]
                self.declared = dict(zip(self.headers, _type_names(self.connection, cursor), strict=True))
                self._let_go()  # no lock is held while nothing is read
            refuse_odd_columns(self.headers, url)
        except BaseException:
            self.close()
            raise

    def schema(self) -> dict[str, pl.DataType]:
        return {name: _frame_type(kind) for name, kind in self.declared.items()}

    def blocks(
        self, needed: Sequence[str] = (), rows: int = ROWS, *, as_numbers: Mapping[str, NumberType] = NO_NUMBERS
    ) -> Iterator[TableBlock]:
        """All leads, in the order in which the server gives them."""
        positions = positions_of(needed, self.headers)
        # Values are quoted and missing ones are not, which tells empty text from none. The last column
        # keeps a row of one missing value from being an empty line.
        names = ", ".join(quoted(name) for name in self.headers)
        copy_out = (
            f"COPY (SELECT {names + ', ' if names else ''}1 FROM {self.url.nested()} AS leads) "
            f"TO STDOUT (FORMAT csv, FORCE_QUOTE *)"
        )
        held: list[bytes | memoryview] = []
        with self._reading(), self.connection.cursor() as cursor, cursor.copy(copy_out.encode()) as copy:
            for line in copy:
                held.append(bytes(line))
                if len(held) == rows:
                    yield self._block(held, positions)
                    held = []
        if held:
            yield self._block(held, positions)
        with self._reading():
            self._let_go()

    def _let_go(self) -> None:
        """End the transaction, unless it is that of whoever has lent the connection."""
        if not self.is_lent:
            self.connection.rollback()

    def _block(self, lines: Sequence[bytes | memoryview], needed: list[int]) -> TableBlock:
        import polars as pl

        data = b"".join(lines)
        raw = pl.read_csv(io.BytesIO(data), has_header=False, infer_schema=False)
        raw = raw.select(raw.columns[: len(self.headers)])
        raw.columns = [str(place) for place in range(raw.width)]
        types = list(self.schema().values())
        frame = pl.DataFrame(
            [
                _typed(cells, dtype).alias(name)
                for cells, dtype, name in zip(raw.get_columns(), types, self.headers, strict=True)
            ]
        )
        first = self._read + 1
        self._read += len(raw)
        return TableBlock(self, frame, numbers_from(first, len(raw)), needed, raw=raw)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.Error as error:
            if self.url.table and isinstance(error, psycopg.errors.UndefinedTable):
                self.connection.rollback()
                raise no_table(self.url, _tables(self.connection)) from error
            if self.connection.broken:
                raise LeadsError(
                    f"the connection to `{self.name}` was lost after {self._read:,} leads",
                    "start the run again: nothing has been written",
                ) from error
            if isinstance(error, psycopg.errors.LockNotAvailable):
                raise _locked(self.url) from error
            raise LeadsError(f"`{self.name}` cannot be read: {_words(error)}") from error


class PostgresqlWriter(TableWriter):
    """Writes a table of a PostgreSQL database; see `TableWriter`."""

    folds_names = False
    longest_name = 63

    _copy: Any = None
    _copying: Any = None

    def connect(self) -> psycopg.Connection[Any]:
        return connect(self.url, writable=True)

    def begin(self) -> None:
        """The first statement begins it."""

    def types(self) -> list[str]:
        return self.declared_types(PostgresqlSource, _declaration)

    def existing(self) -> list[tuple[str, str]] | None:
        with self._writing():
            found = self._connection.execute(
                "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
                " WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                [quoted(*self.url.table)],
            ).fetchall()
        return [(str(name), str(kind)) for name, kind in found] or None

    def is_beside_source(self) -> bool:
        source = self._source
        if not isinstance(source, PostgresqlSource):
            return False
        with self._writing():
            own, other = (one.execute(_DATABASE).fetchone() for one in (self._connection, source.connection))
            source.connection.rollback()
        return own == other

    def secure(self) -> None:
        # Of two runs at once, the second would not see the first one's rows to take them away, nor its keys.
        name = quoted(*self.url.table)
        with self._writing():
            lockable = self._connection.execute(_LOCKABLE, [name]).fetchone()
        if lockable is not None:
            self.execute(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")
        if self.existing() != self._before:
            raise _changed(self.url)

    def reading(self, url: TableUrl) -> PostgresqlSource:
        return PostgresqlSource(url, connection=self._connection)

    def is_source(self) -> bool:
        source = self._source
        if not isinstance(source, PostgresqlSource) or not source.url.table:
            return False
        with self._writing():
            own, other = (
                connection.execute(_IDENTITY, [quoted(*url.table)]).fetchone()
                for connection, url in ((self._connection, self.url), (source.connection, source.url))
            )
            source.connection.rollback()
        return own == other

    def open_insert(self, into: str, types: Sequence[str]) -> None:
        columns = ", ".join(quoted(name) for name in self.names)
        with self._writing():
            self._copying = self._connection.cursor().copy(f"COPY {into} ({columns}) FROM STDIN (FORMAT csv)".encode())
            self._copy = self._copying.__enter__()

    def rows(self, block: Block, kept: NDArray[np.bool_], added: pl.DataFrame) -> bytes:
        import polars as pl

        if isinstance(block, TableBlock) and isinstance(block.source, PostgresqlSource):
            own = block.raw
        else:
            own = _written(block.columns(self.positions))
        new = _written(added)
        frame = pl.DataFrame(
            [
                (new[one.name] if one.position is None else own[str(one.position)]).alias(str(place))
                for place, one in enumerate(self._chosen)
            ]
        )
        if not kept.all():
            frame = frame.filter(pl.Series(kept))
        # A text is quoted and a missing one is not, as COPY tells them apart.
        return frame.write_csv(include_header=False, quote_style="non_numeric", null_value="").encode()

    def insert(self, rows: bytes) -> None:
        with self._writing():
            self._copy.write(rows)

    def close_insert(self) -> None:
        if self._copying is not None:
            with self._writing():
                copying, self._copying = self._copying, None
                copying.__exit__(None, None, None)

    def execute(self, sql: str) -> int:
        with self._writing():
            cursor = self._connection.execute(sql.encode())
            if cursor.description is None:
                return 0
            answer = cursor.fetchone()
        return int(answer[0]) if answer else 0

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        with self._writing():
            return self._connection.execute(sql.encode()).fetchall()

    def keep(self) -> None:
        with self._writing():
            self._connection.commit()

    def close(self, good: bool) -> None:
        import psycopg

        with suppress(psycopg.Error):
            if self._copying is not None:
                stop = _Stopped()
                with suppress(_Stopped):
                    self._copying.__exit__(_Stopped, stop, None)
            if not good:
                self._connection.rollback()
        self._connection.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.Error as error:
            self._copying = None
            if self._connection.broken:
                raise LeadsError(
                    f"the connection to `{self.url.shown}` was lost; the table is left as it was",
                    "start the run again when the server answers",
                ) from error
            if isinstance(error, psycopg.errors.LockNotAvailable):
                raise _locked(self.url) from error
            # Who makes a table of the same name at the same time is met in the server's own list of names.
            taken = isinstance(error, psycopg.errors.UniqueViolation) and error.diag.schema_name == "pg_catalog"
            if taken or isinstance(error, psycopg.errors.DuplicateTable):
                raise _changed(self.url) from error
            depended = isinstance(error, psycopg.errors.DependentObjectsStillExist)
            raise self.refused(_words(error), _MADE_ANEW if depended else None) from error


_ENDLESS_DAY, _ENDLESS_MOMENT = 2**31 - 1, 2**63 - 1
"""How DuckDB's `infinity` comes: as the last of all days, or moments."""
_FIRST_DAY = date(1970, 1, 1).toordinal() - 1


_MADE_ANEW = (
    "write the columns that it has, in their order, with --columns, so that it is not made anew; or use --mode append"
)


class _Stopped(Exception):
    """Ends a COPY that is not to be kept."""


def _type_names(connection: psycopg.Connection[Any], cursor: Any) -> list[str]:
    """The columns' types, with their length or precision, as PostgreSQL declares them."""
    result = cursor.pgresult
    pairs = [(result.ftype(place), result.fmod(place)) for place in range(result.nfields)]
    if not pairs:
        return []
    asked = ", ".join(f"format_type({oid}, {modifier})" for oid, modifier in pairs)
    return [str(name) for name in connection.execute(f"SELECT {asked}".encode()).fetchone() or ()]


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    found = connection.execute(
        "SELECT CASE table_schema WHEN current_schema() THEN '' ELSE table_schema || '.' END || table_name"
        " FROM information_schema.tables"
        " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
    )
    return [str(row[0]) for row in found]


def _frame_type(kind: str) -> pl.DataType:
    """The type that a column of a type of PostgreSQL's has in a frame; text for all without a like."""
    import polars as pl

    name, _, rest = kind.partition("(")
    types: dict[str, pl.DataType] = {
        "boolean": pl.Boolean(),
        "smallint": pl.Int16(),
        "integer": pl.Int32(),
        "bigint": pl.Int64(),
        "real": pl.Float32(),
        "double precision": pl.Float64(),
        "date": pl.Date(),
    }
    if name.startswith("timestamp"):
        return pl.Datetime("us", "UTC" if kind.endswith("with time zone") else None)
    if name == "numeric" and rest:
        precision, _, scale = rest.removesuffix(")").partition(",")
        if int(precision) <= 38 and 0 <= int(scale or 0) <= int(precision):
            return pl.Decimal(int(precision), int(scale or 0))
    return types.get(name, pl.String())


def _typed(cells: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Cells as PostgreSQL writes them, in a frame's type."""
    import polars as pl

    if dtype == pl.String:
        return cells
    if dtype == pl.Boolean:
        return cells == "t"
    if dtype == pl.Date or isinstance(dtype, pl.Datetime):
        return _moments(cells, dtype)
    return cells.cast(dtype, strict=False)


def _moments(cells: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Days or moments. What no calendar has (`infinity`, years before Christ) is a day outside it, never missing."""
    import polars as pl

    if dtype == pl.Date:
        read = cells.str.to_date("%Y-%m-%d", strict=False)
    elif getattr(dtype, "time_zone", None) is None:
        read = cells.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
    else:
        read = cells.str.replace(r"([+-]\d\d)$", "${1}:00").str.to_datetime(
            "%Y-%m-%d %H:%M:%S%.f%:z", time_unit="us", strict=False
        )
        read = read.dt.convert_time_zone("UTC")
    unread = cells.is_not_null() & read.is_null()
    if not unread.any():
        return read.cast(dtype)
    day = 1 if dtype == pl.Date else 86_400_000_000
    before = cells.str.contains("^-|BC$")
    far = pl.Series([-(2**31) // 400 * day if early else 2**31 // 400 * day for early in before.fill_null(False)])
    physical = read.to_physical().cast(pl.Int64)
    return physical.zip_with(~unread, far).cast(pl.Int32 if dtype == pl.Date else pl.Int64).cast(dtype)


def _declaration(dtype: pl.DataType) -> str:
    """The type of PostgreSQL's for a column of a frame."""
    import polars as pl

    plain: dict[type[pl.DataType], str] = {
        pl.Boolean: "boolean", pl.Int8: "smallint", pl.Int16: "smallint", pl.UInt8: "smallint",
        pl.Int32: "integer", pl.UInt16: "integer", pl.Int64: "bigint", pl.UInt32: "bigint",
        pl.UInt64: "numeric", pl.Int128: "numeric", pl.Float32: "real", pl.Float64: "double precision",
        pl.Date: "date", pl.Time: "time", pl.Binary: "bytea",
    }  # fmt: skip
    if isinstance(dtype, pl.Datetime):
        return "timestamp with time zone" if dtype.time_zone else "timestamp without time zone"
    if isinstance(dtype, pl.Decimal):
        return f"numeric({dtype.precision or 38},{dtype.scale})"
    return plain.get(dtype.base_type(), "text")


def _written(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column as text that COPY reads."""
    import polars as pl

    from leadrules.leads.texts import as_texts

    columns = [
        _far_off(column) if outside_calendar(column) is not None else as_texts(column.to_frame()).to_series()
        for column in frame.iter_columns()
    ]
    return pl.DataFrame(columns).select(pl.all().cast(pl.String))


def _far_off(column: pl.Series) -> pl.Series:
    """Days and moments that Python lacks, as PostgreSQL writes them: `infinity`, years before Christ and above 9999."""
    import polars as pl

    unit = 1 if column.dtype == pl.Date else 86_400 * {"ms": 10**3, "us": 10**6, "ns": 10**9}[column.dtype.time_unit]  # type: ignore[attr-defined]
    zone = "+00" if getattr(column.dtype, "time_zone", None) else ""
    endless = _ENDLESS_DAY if column.dtype == pl.Date else _ENDLESS_MOMENT

    def said(value: int) -> str:
        if abs(value) == endless:
            return "infinity" if value > 0 else "-infinity"
        days, rest = divmod(value, unit)
        # The calendar repeats itself every 400 years.
        cycles, day = divmod(days + _FIRST_DAY, 146_097)
        found = date.fromordinal(day + 1)
        year = found.year + 400 * cycles
        text = f"{year if year > 0 else 1 - year:04}-{found:%m-%d}"
        if column.dtype != pl.Date:
            text += f" {(datetime.min + timedelta(microseconds=rest * 86_400_000_000 // unit)):%H:%M:%S.%f}{zone}"
        return text if year > 0 else f"{text} BC"

    values = [None if value is None else said(value) for value in column.to_physical().to_list()]
    return pl.Series(column.name, values, dtype=pl.String)


def _locked(url: TableUrl) -> LeadsError:
    return LeadsError(
        f"`{url.shown}` has been locked by another program for {LOCK_WAIT} seconds", "try again when that is done"
    )


def _changed(url: TableUrl) -> LeadsError:
    return LeadsError(
        f"`{url.shown}` has been made or changed by another program meanwhile; it is left as it was",
        "start the run again",
    )


def _not_connected(url: TableUrl, error: psycopg.Error) -> LeadsError:
    words = _words(error)
    server = url.shown.rsplit(" ", 1)[0]
    helps = (
        ("password authentication", "check the user in the URL, and the password in PGPASSWORD or the URL"),
        ("no password supplied", "put the password into the environment variable PGPASSWORD"),
        ("does not exist", "check the names of the user and of the database"),
        ("refused", "check that the server runs, and its host and port"),
        ("timeout", "check the host and port, and that nothing on the way blocks them"),
        ("translate host name", "check the spelling of the host"),
        ("No such file or directory", "name the server: postgresql://user@host/database?table=leads"),
    )
    help = next((help for part, help in helps if part in words), None)
    return LeadsError(f"cannot connect to `{server}`: {words}", help)


def _words(error: psycopg.Error) -> str:
    """What the server says, in one line; where in the data it was, if it says so."""
    text = error.diag.message_primary or str(error).strip()
    lines = [line.strip() for line in text.split("\n") if line.strip()] or ["no reason given"]
    line = next((one for one in lines if "FATAL" in one), lines[0])
    line = line.rpartition("FATAL: ")[2].strip()
    where = error.diag.context or ""
    return f"{line} ({where.splitlines()[0]})" if where.startswith("COPY") else line
