"""Scored leads into a table: all of them or none.

Everything happens in one transaction that `commit` ends, so that a run that is stopped, killed or
cut off leaves the table as it was, and the same run again ends as the first would have.

mode    | a table that is there already
--------|----------------------------------------------------------------------
replace | gets these leads in place of its own; made anew if its columns differ
append  | gets these leads behind its own
upsert  | has the leads with the same key changed, and the others added

A table that is not there is made, whatever the mode.

Questionable decision: where a table is there, `replace` and `upsert` gather the leads in a
temporary table first and touch the table itself at the end, so that others can read the old answers, and write, for as
long as the run takes. DuckDB lets nobody in while one program writes, so there `replace` does without.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from leadrules.databases.blocks import TableSource
from leadrules.databases.url import NAMES, TableUrl, quoted, written_over
from leadrules.leads.chosen import Chosen
from leadrules.leads.errors import LeadsError
from leadrules.problems.near import near_names

if TYPE_CHECKING:
    import polars as pl

    from leadrules.leads.block import Block, LeadSource

Mode = Literal["replace", "append", "upsert"]
_SHOWN = 8
"""How many columns a message names."""


@dataclass(frozen=True)
class WriteOptions:
    """How a table is written; `key` are the columns by which upsert knows a lead again."""

    mode: Mode = "replace"
    key: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.mode == "upsert" and not self.key:
            raise LeadsError(
                "`--mode upsert` needs the columns by which a lead is known again", "name them: `--key Email`"
            )
        if self.mode != "upsert" and self.key:
            raise LeadsError("`--key` is for `--mode upsert`", "leave it out, or say `--mode upsert`")


class TableWriter(ABC):
    """Writes a table; what databases do differently is in the classes below it."""

    folds_names = True
    """Whether names that differ in case alone are one column."""
    replaces_first = False
    """Whether the old leads go before the new ones come, since nobody could read them meanwhile."""
    longest_name: int | None = None
    """After how many bytes the database cuts a name, without a word."""
    shares_connection = False
    """Whether leads are read by the connection that writes, which would read what it writes."""

    def __init__(
        self,
        url: TableUrl,
        source: LeadSource,
        chosen: Sequence[Chosen],
        added: Mapping[str, Any],
        options: WriteOptions,
    ):
        self.url, self._source, self._chosen, self._options = url, source, chosen, options
        # The temporary table in which leads are gathered: called as no table is, since it would hide that one.
        self._parts = quoted(f"leadrules_{token_hex(8)}")
        self._added = added
        self._done = False
        self.names = [one.name for one in chosen]
        self.positions = [one.position for one in chosen if one.position is not None]
        self._remake = False
        self._connection = self.connect()
        try:
            self.begin()
            self._refuse_temporary()
            self._refuse_repeated()
            self._refuse_long()
            self._refuse_unknown_key()
            self._types = self.types()
            self._before = self.existing()
            self._into = self._made_ready(self._before)
            self.open_insert(self._into, self._types)
        except BaseException:
            self.abort()
            raise

    def _made_ready(self, before: Sequence[tuple[str, str]] | None) -> str:
        """The table into which leads go as they come: the one that was asked for, or a temporary one."""
        table, mode = quoted(*self.url.table), self._options.mode
        if before is None:
            self.create(table, self._types)
            return table
        if self.is_source():
            raise written_over(self.url)
        if mode == "replace":
            self._remake = not self._same(before, self._types)
            if self.replaces_first:
                self._clear()
                return table
        else:
            self._refuse_missing([name for name, _ in before])
            known = {self._folded(name): kind for name, kind in before}
            self._types = [known[self._folded(name)] for name in self.names]
            if mode == "append" and not self.shares_connection:
                return table
        self.create(self._parts, self._types, temporary=True)
        return self._parts

    # ------------------------------------------------------------- what a database does in its own way

    @abstractmethod
    def connect(self) -> Any:
        """The connection that writes. Raises LeadsError."""

    @abstractmethod
    def begin(self) -> None:
        """Begin the transaction."""

    @abstractmethod
    def types(self) -> list[str]:
        """The type of each chosen column."""

    @abstractmethod
    def existing(self) -> list[tuple[str, str]] | None:
        """Names and types of the table's columns; None if there is no such table."""

    def is_beside_source(self) -> bool:
        """Whether the leads are in the database that is written, and their names mean there what they mean here."""
        return isinstance(self._source, TableSource) and self.url.same_file(self._source.url)

    @abstractmethod
    def reading(self, url: TableUrl) -> TableSource:
        """What a query gives within the transaction."""

    def is_source(self) -> bool:
        """Whether the table, which is there, is the one that the leads come from."""
        return False

    @abstractmethod
    def secure(self) -> None:
        """Keep others from writing the table until the end. Raises LeadsError if its columns have changed meanwhile."""

    @abstractmethod
    def open_insert(self, into: str, types: Sequence[str]) -> None:
        """Make ready to insert into a table."""

    @abstractmethod
    def rows(self, block: Block, kept: NDArray[np.bool_], added: pl.DataFrame) -> Any:
        """The kept leads' chosen columns, as `insert` takes them; on any thread."""

    @abstractmethod
    def insert(self, rows: Any) -> None:
        """Insert such rows, in order."""

    @abstractmethod
    def close_insert(self) -> None:
        """All rows are handed over."""

    @abstractmethod
    def execute(self, sql: str) -> int:
        """Run a statement; returns the first number of its answer, 0 if it has none."""

    @abstractmethod
    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows that a statement gives."""

    @abstractmethod
    def keep(self) -> None:
        """End the transaction and keep what it did."""

    @abstractmethod
    def close(self, good: bool) -> None:
        """Undo what the transaction did unless it is kept, and end the connection; never fails."""

    # ------------------------------------------------------------- what all do alike

    def declared_types(self, kind: type[TableSource], declaration: Callable[[pl.DataType], str]) -> list[str]:
        """The types that a source of this kind declares; for all other columns, what their frame's type is called."""
        declared = self._source.declared if isinstance(self._source, kind) else {}
        own = self._source.schema()
        return [
            declaration(self._added[one.name])
            if one.position is None
            else declared.get(one.name, declaration(own[one.name]))
            for one in self._chosen
        ]

    def write(self, block: Block, kept: NDArray[np.bool_], added: pl.DataFrame) -> None:
        self.prepare(block, kept, added)()

    def prepare(self, block: Block, kept: NDArray[np.bool_], added: pl.DataFrame) -> Callable[[], None]:
        if not kept.any():
            return _nothing
        return partial(self.insert, self.rows(block, kept, added))

    def chosen(self) -> list[tuple[str, bool]]:
        """The columns of this output, in order, and whether each is the lead's own."""
        return [(one.name, one.position is not None) for one in self._chosen]

    def begin_selected(self) -> None:
        """From here on, leads come from a SELECT and not from blocks."""
        self.close_insert()

    def insert_selected(self, select: str) -> None:
        """Insert what a SELECT gives, whose columns are those of this output, in order."""
        columns = ", ".join(quoted(name) for name in self.names)
        self.execute(f"INSERT INTO {self._into} ({columns}) {select}")

    def create(self, table: str, types: Sequence[str], *, temporary: bool = False) -> None:
        columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in zip(self.names, types, strict=True))
        self.execute(f"CREATE {'TEMP ' if temporary else ''}TABLE {table} ({columns})")

    def commit(self) -> None:
        self.close_insert()
        if self._into == self._parts:
            self.secure()
            if self._options.mode == "upsert":
                self._upsert()
            elif self._options.mode == "append":
                self._insert_parts(quoted(*self.url.table))
            else:
                self._replace()
            self.execute(f"DROP TABLE {self._parts}")
        self.keep()
        self._done = True
        self.close(good=True)

    def abort(self) -> None:
        if not self._done:
            self._done = True
            self.close(good=False)

    def _replace(self) -> None:
        self._clear()
        self._insert_parts(quoted(*self.url.table))

    def _clear(self) -> None:
        """Take the old leads away, and with them the table where its columns are to be others."""
        table = quoted(*self.url.table)
        if self._remake:
            self.execute(f"DROP TABLE {table}")
            self.create(table, self._types)
        else:
            self.execute(f"DELETE FROM {table}")

    def _insert_parts(self, table: str, where: str = "") -> None:
        columns = ", ".join(quoted(name) for name in self.names)
        self.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {self._parts} AS part {where}")

    def _upsert(self) -> None:
        table, keys = quoted(*self.url.table), [quoted(name) for name in self._options.key]
        shown = ", ".join(f"`{name}`" for name in self._options.key)
        empty = self.execute(
            f"SELECT count(*) FROM {self._parts} WHERE {' OR '.join(f'{key} IS NULL' for key in keys)}"
        )
        if empty:
            raise LeadsError(
                f"{_leads(empty)} no value in {shown}, by which `--mode upsert` knows a lead again; "
                f"`{self.url.shown}` is left as it was",
                "choose a key that every lead has",
            )
        by = ", ".join(keys)
        twice = self.execute(
            f"SELECT count(*) FROM (SELECT {by} FROM {self._parts} GROUP BY {by} HAVING count(*) > 1) AS twice"
        )
        if twice:
            raise LeadsError(
                f"{'1 value' if twice == 1 else f'{twice:,} values'} of {shown} "
                f"{'stands' if twice == 1 else 'stand'} for more than one lead; `{self.url.shown}` is left as it was",
                "choose a key that tells the leads apart, or remove the repeated ones",
            )
        same = " AND ".join(f"own.{key} = part.{key}" for key in keys)
        others = [quoted(name) for name in self.names if self._folded(name) not in self._keys()]
        if others:
            changes = ", ".join(f"{name} = part.{name}" for name in others)
            self.execute(f"UPDATE {table} AS own SET {changes} FROM {self._parts} AS part WHERE {same}")
        self._insert_parts(table, f"WHERE NOT EXISTS (SELECT 1 FROM {table} AS own WHERE {same})")

    def _keys(self) -> set[str]:
        return {self._folded(name) for name in self._options.key}

    def _folded(self, name: str) -> str:
        return name.lower() if self.folds_names else name

    def same_type(self, own: str, other: str) -> bool:
        """Whether two types are one to the database, however they are spelled."""
        return own.lower() == other.lower()

    def _same(self, before: Sequence[tuple[str, str]], types: Sequence[str]) -> bool:
        return self.names == [name for name, _ in before] and all(
            self.same_type(own, kind) for (_, own), kind in zip(before, types, strict=True)
        )

    def _refuse_temporary(self) -> None:
        if len(self.url.table) > 1 and self.url.table[0].lower() in ("temp", "pg_temp"):
            raise LeadsError(f"`{self.url.shown}` would be gone when the run ends", "name a table that stays")

    def _refuse_repeated(self) -> None:
        seen: dict[str, str] = {}
        for name in self.names:
            other = seen.setdefault(self._folded(name), name)
            if other is not name:
                raise LeadsError(
                    f"two columns are called `{other}` and `{name}`, which {NAMES[self.url.kind]} takes for one",
                    "choose columns with --columns, or name the added ones otherwise with --prefix",
                )

    def _refuse_long(self) -> None:
        for what, names in (("tables", self.url.table), ("columns", self.names)):
            long = [name for name in names if self.longest_name is not None and len(name.encode()) > self.longest_name]
            if long:
                raise LeadsError(
                    f"{NAMES[self.url.kind]} cuts names of {what} after {self.longest_name} bytes, "
                    f"and `{long[0]}` is longer",
                    "give it a shorter name" + (", or leave it out with --columns" if what == "columns" else ""),
                )

    def _refuse_unknown_key(self) -> None:
        known = {self._folded(name) for name in self.names}
        for name in self._options.key:
            if self._folded(name) not in known:
                near = near_names(name, self.names)
                raise LeadsError(
                    f"--key names `{name}`, which is no column of what is written",
                    f"did you mean `{near[0]}`?" if near else None,
                )

    def _refuse_missing(self, before: Sequence[str]) -> None:
        known = {self._folded(name) for name in before}
        missing = [name for name in self.names if self._folded(name) not in known]
        if missing:
            shown = ", ".join(f"`{name}`" for name in missing[:_SHOWN])
            shown += f" and {len(missing) - _SHOWN:,} more" if len(missing) > _SHOWN else ""
            raise LeadsError(
                f"`{self.url.shown}` has no {'column' if len(missing) == 1 else 'columns'} {shown}",
                f"choose what is written with --columns, add {'it' if len(missing) == 1 else 'them'} to the table, "
                "or say `--mode replace`",
            )

    def refused(self, words: str, help: str | None = None) -> LeadsError:
        """The database would not do it: in its own words, which are about the data."""
        return LeadsError(
            f"{NAMES[self.url.kind]} refused to write `{self.url.shown}`: {words}; the table is left as it was",
            help,
        )


def _nothing() -> None:
    """No lead of the block is written."""


def _leads(count: int) -> str:
    return "1 lead has" if count == 1 else f"{count:,} leads have"
