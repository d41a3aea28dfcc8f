"""Tables of leads by their URL, opened for reading and for writing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from leadrules.databases.url import is_table_url, table_url, written_over
from leadrules.leads.errors import LeadsError

if TYPE_CHECKING:
    from leadrules.databases.writing import TableWriter, WriteOptions
    from leadrules.leads.block import LeadSource
    from leadrules.leads.chosen import Chosen


def open_table(where: str, writes_to: object = None) -> LeadSource:
    """Open a table or a query for reading. `writes_to` is where the same run writes, as the user names it.

    Raises LeadsError for what cannot be read, and for a table that would be written over while it is read.
    """
    url = table_url(where)
    other = table_url(writes_to) if isinstance(writes_to, str) and is_table_url(writes_to) else None
    if other is not None and url.same_table(other):
        raise written_over(other)
    # A file is opened once in a program: for reading alone, or for writing too.
    writable = other is not None and url.same_file(other)
    if url.kind == "duckdb":
        from leadrules.databases.duckdb_tables import DuckdbSource

        return DuckdbSource(url, writable=writable)
    if url.kind == "sqlite":
        from leadrules.databases.sqlite_tables import SqliteSource

        return SqliteSource(url, writable=writable)
    from leadrules.databases.postgresql_tables import PostgresqlSource

    return PostgresqlSource(url)


@contextmanager
def open_table_output(
    where: str, source: LeadSource, chosen: Sequence[Chosen], added: Mapping[str, Any], options: WriteOptions
) -> Iterator[TableWriter]:
    """Open a table for writing; leaving the context without `commit` leaves it as it was. Raises LeadsError."""
    url = table_url(where)
    if url.query:
        raise LeadsError(f"`{url.shown}` is a query, which cannot be written to", "name a table: `?table=scores`")
    kind: Any
    if url.kind == "duckdb":
        from leadrules.databases.duckdb_tables import DuckdbWriter as kind
    elif url.kind == "sqlite":
        from leadrules.databases.sqlite_tables import SqliteWriter as kind
    else:
        from leadrules.databases.postgresql_tables import PostgresqlWriter as kind
    writer: TableWriter = kind(url, source, chosen, added, options)
    try:
        yield writer
    finally:
        writer.abort()


def shown(where: str) -> str:
    """How messages name a place: a URL without its secrets, anything else as it stands."""
    return table_url(where).shown if is_table_url(where) else where


def file_of(where: str) -> str | None:
    """The file that a place is or is in; None for a server."""
    if not is_table_url(where):
        return where
    url = table_url(where)
    return None if url.kind == "postgresql" else url.address


def table_name(where: str) -> str | None:
    """What a table is called, `leads` for a query; None for a place that is no URL."""
    return (table_url(where).table or ("leads",))[-1] if is_table_url(where) else None
