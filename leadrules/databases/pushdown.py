"""Scoring where the leads are: the database runs the SELECT of a ruleset, and no good lead leaves it.

What the SELECT gives is gathered in a temporary table, with flags from which the summary is counted. The good
leads go from there to their table by the same writer as any run's, all or nothing. The rejected ones are read, and
held against the ruleset once more by the engine, so that they are told of as in any run.

Questionable decision: source and output are tables of one database. A SELECT that one database
computes and another keeps would send every lead through here, which is what an ordinary run does, faster.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from secrets import token_hex
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from leadrules.databases.blocks import TableBlock, TableSource
from leadrules.databases.sql import terms
from leadrules.databases.sql.counting import Flags
from leadrules.databases.sql.dialects import dialect_named
from leadrules.databases.sql.statement import REJECT_REASON, Statement, Wanted, compile_select
from leadrules.databases.table import with_name
from leadrules.databases.url import TableUrl, quoted
from leadrules.databases.writing import TableWriter
from leadrules.engine.scorer import Scorer
from leadrules.leads.errors import LeadsError
from leadrules.leads.rejects import Rejected, RejectsWriter
from leadrules.ruleset import Model
from leadrules.running.run import Added, rejected_of
from leadrules.running.scoring import score_block
from leadrules.running.tally import Tally


class DatabaseTally(Tally):
    """What the database has counted."""

    repeated = 0

    def repeated_keys(self) -> int:
        return self.repeated


def refuse_apart(source: TableUrl, output: TableUrl) -> None:
    """Raise `LeadsError` unless both may be in one database whose SQL is offered. Which one a server has, it knows."""
    if source.kind != output.kind or (source.kind != "postgresql" and not source.same_file(output)):
        raise apart(source, output)
    dialect_named(source.kind)


def apart(source: TableUrl, output: TableUrl) -> LeadsError:
    """The message for leads and scores in two databases."""
    return LeadsError(
        f"--in-database scores within one database, and `{source.shown}` and `{output.shown}` are in two",
        "name a table beside the leads with -o, or leave out --in-database",
    )


def push_down(
    model: Model,
    as_of: date,
    source: TableSource,
    headers: Mapping[int, str],
    writer: TableWriter,
    rejects: RejectsWriter,
    added: Added,
) -> DatabaseTally:
    """Let the database score every lead of a table; the good ones go to the writer, the others to the rejects.

    The counterpart of `running.run.run`: returns what was counted, and commits neither output. Raises `LeadsError`.
    """
    writer.begin_selected()
    if not writer.is_beside_source():
        raise apart(source.url, writer.url)
    scored = f"leadrules_{token_hex(8)}"
    prefix = _free_prefix(added.prefix, [name for name, _ in added.schema(model)], source.headers)
    statement = _statement(model, as_of, source, replace(added, prefix=prefix), scored)
    reason = prefix + REJECT_REASON
    writer.execute(f"CREATE TEMP TABLE {quoted(scored)} AS {statement.sql()}")
    chosen = []
    stamp = added.stamped(model, as_of)
    for name, is_own in writer.chosen():
        if name in stamp and not is_own:
            said = stamp[name]
            chosen.append((terms.null() if said is None else terms.text(said)).sql(dialect=statement.dialect.glot))
        else:
            chosen.append(quoted(name if is_own else prefix + name.removeprefix(added.prefix)))
    writer.insert_selected(f"SELECT {', '.join(chosen)} FROM {quoted(scored)} WHERE {quoted(reason)} IS NULL")
    assert statement.flags is not None
    tally = _counted(model, writer, statement, statement.flags, scored, reason)
    if tally.rejected:
        _write_rejects(Scorer(model, as_of), source, headers, writer, rejects, scored, reason)
    writer.execute(f"DROP TABLE {quoted(scored)}")
    return tally


def _free_prefix(prefix: str, names: Collection[str], taken: Collection[str]) -> str:
    """What the added columns begin with in the temporary table, which has all columns of the leads besides."""
    lower = {name.lower() for name in taken}
    while any((prefix + name).lower() in lower for name in (*names, REJECT_REASON)):
        prefix = "_" + prefix
    return prefix


def _statement(model: Model, as_of: date, source: TableSource, added: Added, flags: str) -> Statement:
    url, dialect = source.url, dialect_named(source.url.kind)
    table = with_name(source, url.table or ("leads",), dialect.glot)
    wanted = Wanted(added.reasons, prefix=added.prefix)
    return compile_select(model, table, dialect, as_of, wanted, _query(url, dialect.glot), flags)


def _query(url: TableUrl, glot: str) -> Any:
    """The query in place of a table, as part of the statement; None for a table."""
    if not url.query:
        return None
    try:
        return exp.Subquery(
            this=parse_one(url.query, dialect=glot), alias=exp.TableAlias(this=exp.Identifier(this="leads"))
        )
    except SqlglotError as error:
        raise LeadsError(
            f"the query of `{url.shown}` is not understood well enough to stand in another",
            "make it a view, or leave out --in-database",
        ) from error


def _counted(
    model: Model, writer: TableWriter, statement: Statement, flags: Flags, scored: str, reason: str
) -> DatabaseTally:
    """What the summary says, counted by the database."""
    tally = DatabaseTally(model)
    glot = statement.dialect.glot
    ((tally.read, good),) = writer.fetch(f"SELECT count(*), count(*) - count({quoted(reason)}) FROM {quoted(scored)}")
    tally.rejected = tally.read - good
    is_good = terms.is_null(terms.column(reason, quoted=True))
    for counted, select in flags.counts(scored, is_good):
        for (what, place), count in zip(counted, writer.fetch(select.sql(dialect=glot))[0], strict=True):
            if place is None and what in ("excluded", "disqualified"):
                setattr(tally, what, count)
            else:
                getattr(tally, what)[place] += count
    tally.scored = good - tally.excluded - tally.disqualified
    tally.now[-1] = tally.scored - sum(tally.now.values())
    repeats = flags.repeats(scored, is_good)
    if repeats is not None:
        tally.repeated, tally.keys_seen = writer.fetch(repeats.sql(dialect=glot))[0][0], good
    return tally


def _write_rejects(
    scorer: Scorer,
    source: TableSource,
    headers: Mapping[int, str],
    writer: TableWriter,
    rejects: RejectsWriter,
    scored: str,
    reason: str,
) -> None:
    """The rejected leads as in any run: the engine says what is bad; where it finds nothing, the database does."""
    row, kept = f"{scored}_row", f"{scored}_rejected"
    own = ", ".join(quoted(name) for name in [*source.headers, reason])
    writer.execute(
        f"CREATE TEMP TABLE {quoted(kept)} AS SELECT {own}, {quoted(row)} FROM"
        f" (SELECT *, row_number() OVER () AS {quoted(row)} FROM {quoted(scored)}) AS numbered"
        f" WHERE {quoted(reason)} IS NOT NULL"
    )
    query = f"SELECT * FROM {quoted(kept)} ORDER BY {quoted(row)}"
    bad = writer.reading(replace(source.url, table=(), query=query))
    for block in bad.blocks([*dict.fromkeys(headers.values()), row, reason]):
        assert isinstance(block, TableBlock)
        found = rejected_of(score_block(scorer, block, headers, 0))
        told = {one.index for one in found}
        found += [
            Rejected(index, "", "", said)
            for index, said in enumerate(block.cells[reason].to_list())
            if index not in told
        ]
        rejects.write(replace(block, numbers=block.cells[row].to_numpy()), found)
    writer.execute(f"DROP TABLE {quoted(kept)}")
