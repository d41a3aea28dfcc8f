"""A table or a query by its URL: which database, and what in it.

`duckdb:///leads.db?table=leads`, `sqlite:////data/crm.db?table=leads`,
`postgresql://user@host/crm?table=sales.leads`, `duckdb:///leads.db?query=select * from leads where open`.
Three slashes begin a path in the folder one is in, four an absolute one, as in SQLAlchemy's URLs.
All other parameters of a PostgreSQL URL go to its driver (`sslmode=require`), and what the URL leaves out
comes from where PostgreSQL's own programs take it: PGHOST, PGUSER, PGPASSWORD, the password file.
A query stands last and is taken as it stands, whatever signs are in it; one without any blank is percent-decoded.

Questionable decision: the URL is taken apart here once and never shown again; messages
use `shown`, which has no password and no parameters.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from leadrules.leads.errors import LeadsError

Kind = Literal["duckdb", "postgresql", "sqlite"]

SCHEMES: dict[str, Kind] = {
    "duckdb": "duckdb",
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "sqlite": "sqlite",
    "sqlite3": "sqlite",
}
NAMES: dict[Kind, str] = {"duckdb": "DuckDB", "postgresql": "PostgreSQL", "sqlite": "SQLite"}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://")
_PART = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')


@dataclass(frozen=True)
class TableUrl:
    """Where leads lie in a database.

    kind     which database
    address  the path of its file, or what PostgreSQL's driver connects by (may hold a password)
    table    the table's name, in parts: `("sales", "leads")`; empty where there is a query
    query    a `SELECT` in place of a table; empty where there is a table
    shown    how messages name it
    """

    kind: Kind
    address: str
    table: tuple[str, ...]
    query: str
    shown: str

    def __repr__(self) -> str:
        return f"TableUrl({self.shown})"

    @property
    def what(self) -> str:
        """The table's name as one writes it, or `the query`."""
        return ".".join(self.table) if self.table else "the query"

    def select(self) -> str:
        """The rows as SQL: the query, or everything of the table."""
        return self.query or f"SELECT * FROM {quoted(*self.table)}"

    def nested(self) -> str:
        """The same, to stand in another statement; a comment at its end ends there."""
        return f"({self.select()}\n)"

    def same_file(self, other: TableUrl) -> bool:
        """Whether both are in the same file, however its path is written."""
        if self.kind != other.kind or self.kind == "postgresql":
            return False
        with suppress(OSError):
            return os.path.samefile(self.address, other.address)
        return os.path.realpath(self.address) == os.path.realpath(other.address)

    def same_table(self, other: TableUrl) -> bool:
        """Whether both are the same table of a file. Which of PostgreSQL's tables are the same, its server knows."""
        return bool(self.table) and self.same_file(other) and self._place() == other._place()

    def _place(self) -> tuple[str, ...]:
        """Schema and name, as databases in files see them: without regard to case."""
        names = [name.lower() for name in self.table]
        if len(names) > 1 and names[0] == Path(self.address).stem.lower():
            del names[0]  # DuckDB calls a database as its file
        return tuple(names) if len(names) > 1 else ("main", *names)


def is_table_url(where: object) -> bool:
    """Whether this names something in a database rather than a file."""
    found = _SCHEME.match(where) if isinstance(where, str) else None
    return found is not None and found[1].lower() not in ("file", "http", "https", "s3", "gs", "ftp")


def table_url(text: str) -> TableUrl:
    """Take a URL apart. Raises LeadsError for an unknown database, and for neither or both of table and query."""
    scheme = text.partition("://")[0]
    kind = SCHEMES.get(scheme.lower().partition("+")[0])
    if kind is None:
        known = ", ".join(f"{name}://" for name in ("duckdb", "postgresql", "sqlite"))
        raise LeadsError(f"leads are not read from or written to `{scheme}://…`", f"use one of {known}, or a file")
    text, is_query, query = _cut(text)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise LeadsError(f"`{scheme}://…` is not a whole URL", _CODES) from error
    login = parts.netloc.rpartition("@")[0]
    if "@" in login:
        raise LeadsError(f"`{scheme}://…` has two `@`, of which the last should stand before the server", _CODES)
    given = parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True)
    table = next((value.strip() for name, value in given if name == "table"), "")
    rest = [(name, value) for name, value in given if name != "table"]
    if kind == "postgresql":
        host = f"{parts.hostname or ''}{f':{port}' if port else ''}"
        shown = f"postgresql://{host}{parts.path}"
        address = f"postgresql://{login + '@' if login else ''}{parts.netloc.rpartition('@')[2]}{parts.path}"
        address += f"?{urlencode(rest, quote_via=quote)}" if rest else ""
    else:
        address = unquote(parts.path.removeprefix("/"))
        shown = f"{kind}:///{address}"
        if parts.netloc or not address:
            raise LeadsError(f"`{kind}://{parts.netloc}{parts.path}` names no file", _EXAMPLES[kind])
        if rest:
            raise LeadsError(f"`{shown}` has a parameter `{rest[0][0]}`, which is not known", _EXAMPLES[kind])
    if table and query:
        raise LeadsError(f"`{shown}` names both a table and a query", "leave one of them out")
    if is_query and not query:
        raise LeadsError(f"`{shown}` has an empty query", "write it behind `query=`")
    if not table and not query:
        raise LeadsError(f"`{shown}` does not say which table", f"end it in `?table=NAME`: {_EXAMPLES[kind]}")
    return TableUrl(kind, address, _parts(table, shown), query, f"{shown} {table or '(query)'}")


_EXAMPLES: dict[Kind, str] = {
    "duckdb": "for example duckdb:///leads.db?table=leads",
    "sqlite": "for example sqlite:///crm.db?table=leads",
    "postgresql": "for example postgresql://user@host/crm?table=leads",
}


_CODES = (
    "write the signs `/`, `?`, `#`, `@` and `[` of a password as `%2F`, `%3F`, `%23`, `%40` and `%5B`, "
    "or put the password into PGPASSWORD"
)
_LOGIN = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*:/{1,2})[^\s`]*@")
_PASSWORD = re.compile(r"(password=)[^&\s`]*")


def without_secrets(text: str) -> str:
    """A message in which no URL has a user or a password, wherever it comes from."""
    return _PASSWORD.sub(r"\1…", _LOGIN.sub(r"\1…@", text)) if ":/" in text else text


def _cut(text: str) -> tuple[str, bool, str]:
    """The URL without its query, whether it has one, and the query."""
    found = re.search(r"[?&]query=", text)
    if found is None:
        return text, False, ""
    query = text[found.end() :].strip()
    query = query if re.search(r"\s", query) else unquote(query)
    return text[: found.start()], True, query.rstrip(";").strip()


def no_table(url: TableUrl, tables: Sequence[str]) -> LeadsError:
    """The message for a table that is not there, with those that are."""
    from leadrules.problems.near import near_names

    near = [name for name in near_names(url.what, tables) if name != url.what]
    there = ", ".join(f"`{name}`" for name in sorted(tables)[:8]) + (", …" if len(tables) > 8 else "")
    help = f"did you mean `{near[0]}`?" if near else f"it has {there}" if tables else "it has no tables"
    return LeadsError(f"there is no table `{url.what}` in `{url.shown.rsplit(' ', 1)[0]}`", help)


def refuse_no_file(url: TableUrl, *, writable: bool) -> None:
    """Refuse a folder, and a file that is not there unless it will be written."""
    if not writable and not os.path.exists(url.address):
        raise LeadsError(f"there is no file `{url.address}`", "check the spelling and the folder you are in")
    if os.path.isdir(url.address):
        raise LeadsError(f"`{url.address}` is a folder, not a {NAMES[url.kind]} file", "name a file in it")


def written_over(url: TableUrl) -> LeadsError:
    """The message for a table that a run would both read and write."""
    return LeadsError(f"`{url.shown}` is read by this run already, and would be written over", "name another table")


def quoted(*names: str) -> str:
    """An identifier, or a path of them, as all three databases write it."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def _parts(table: str, shown: str) -> tuple[str, ...]:
    """`sales."open leads"` as its names."""
    names, at = [], 0
    while at < len(table):
        found = _PART.match(table, at)
        if found is None or (found.end() < len(table) and table[found.end()] != "."):
            raise LeadsError(f"`{table}` is not the name of a table in `{shown}`", 'write it like sales.leads or "a b"')
        names.append(found[1].replace('""', '"') if found[1] is not None else found[2].strip())
        at = found.end() + 1
    if table.endswith("."):
        raise LeadsError(f"`{table}` is not the name of a table in `{shown}`", "write it like sales.leads")
    return tuple(names)
