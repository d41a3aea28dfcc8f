"""Scoring where the leads are: the database runs the SELECT of a ruleset, and no lead leaves it.

What the SELECT gives is gathered in a temporary table; the good leads go from there to their table by the
same writer as any run's, all or nothing, and the rejected ones to a csv file, with what is wrong.

Questionable decision: source and output are tables of one database. A SELECT that one database
computes and another keeps would send every lead through here, which is what an ordinary run does, faster.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from leadrules.databases.sql.dialects import dialect_named
from leadrules.databases.sql.statement import REJECT_REASON, Wanted, compile_select
from leadrules.databases.table import with_name
from leadrules.databases.tables import open_table, open_table_output
from leadrules.databases.url import NAMES, TableUrl, quoted, table_url
from leadrules.databases.writing import TableWriter, WriteOptions
from leadrules.leads.added import harmless
from leadrules.leads.chosen import Chosen
from leadrules.leads.errors import LeadsError
from leadrules.leads.texts import value_text
from leadrules.problems.wording import leads_of
from leadrules.ruleset import Model

SCORED = "leadrules_scored"
"""The temporary table of everything that the SELECT gives."""


@dataclass(slots=True)
class Outcome:
    """What became of the leads: how many were read, by their stage (None: none), and why some were rejected."""

    stages: Counter[str | None] = field(default_factory=Counter)
    rejected: int = 0
    database: str = ""

    @property
    def read(self) -> int:
        return sum(self.stages.values()) + self.rejected


def refuse_apart(source: TableUrl, output: TableUrl) -> None:
    """Raise `LeadsError` unless both are in one database whose SQL is offered."""
    if (source.kind, source.address) != (output.kind, output.address):
        raise LeadsError(
            f"--in-database scores within one database, and `{source.shown}` and `{output.shown}` are in two",
            "name a table beside the leads with -o, or leave out --in-database",
        )
    dialect_named(source.kind)


def run_in_database(
    model: Model,
    leads: str,
    output: str,
    as_of: date,
    wanted: Wanted,
    added: Mapping[str, Any],
    options: WriteOptions,
    rejects: str,
) -> Outcome:
    """Score a table into another; `added` has the added columns' types. Raises `LeadsError`, and keeps nothing."""
    url, to = table_url(leads), table_url(output)
    refuse_apart(url, to)
    dialect = dialect_named(url.kind)
    source: Any = open_table(leads, output)
    try:
        table = with_name(source, url.table or ("leads",), dialect.glot)
        reason_name, stage_name = wanted.prefix + REJECT_REASON, wanted.prefix + "stage"
        asked = wanted.columns
        if asked is not None:
            if reason_name in asked:
                raise LeadsError(f"--columns names `{reason_name}`, which goes to the rejected leads", "leave it out")
            extra = [name for name in (stage_name, reason_name) if name not in asked]
            wanted = replace(wanted, columns=[*asked, *extra])
        statement = compile_select(model, table, dialect, as_of, wanted, _query(url, dialect.glot))
        own = set(source.headers)
        chosen = [
            Chosen(name, source.headers.index(name) if name in own else None)
            for name in statement.columns
            if (name in asked if asked is not None else name != reason_name)
        ]
        with open_table_output(output, source, chosen, added, options) as writer:
            writer.begin_selected()
            writer.execute(f"CREATE TEMP TABLE {quoted(SCORED)} AS {statement.sql()}")
            reason = quoted(wanted.prefix + REJECT_REASON)
            names = ", ".join(quoted(one.name) for one in chosen)
            writer.insert_selected(f"SELECT {names} FROM {quoted(SCORED)} WHERE {reason} IS NULL")
            outcome = _counted(writer, wanted.prefix, reason)
            outcome.database = NAMES[url.kind]
            if outcome.rejected:
                _write_rejects(writer, rejects, [one.name for one in chosen if one.position is not None], reason)
            writer.execute(f"DROP TABLE {quoted(SCORED)}")
            writer.commit()
            return outcome
    finally:
        source.close()


def _query(url: TableUrl, glot: str) -> Any:
    """The query in place of a table, as part of the statement; None for a table."""
    if not url.query:
        return None
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    try:
        return exp.Subquery(
            this=parse_one(url.query, dialect=glot), alias=exp.TableAlias(this=exp.Identifier(this="leads"))
        )
    except SqlglotError as error:
        raise LeadsError(
            f"the query of `{url.shown}` is not understood well enough to stand in another",
            "make it a view, or leave out --in-database",
        ) from error


def _counted(writer: TableWriter, prefix: str, reason: str) -> Outcome:
    outcome = Outcome()
    stage = quoted(prefix + "stage")
    for name, is_good, count in writer.fetch(
        f"SELECT {stage}, {reason} IS NULL, COUNT(*) FROM {quoted(SCORED)} GROUP BY 1, 2"
    ):
        if is_good:
            outcome.stages[name] += count
        else:
            outcome.rejected += count
    return outcome


def _write_rejects(writer: TableWriter, place: str, names: Sequence[str], reason: str) -> None:
    """The rejected leads as they stand in their table, with what is wrong before them."""
    from leadrules.leads.output import OutputFile

    shown = ", ".join([reason, *map(quoted, names)])
    rows = writer.fetch(f"SELECT {shown} FROM {quoted(SCORED)} WHERE {reason} IS NOT NULL")
    with OutputFile(place, inputs=[]) as file:
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow([REJECT_REASON, *names])
        table.writerows(
            [harmless(row[0]), *("" if cell is None else value_text(cell) for cell in row[1:])] for row in rows
        )
        file.write(text.getvalue().encode())
        file.commit()


def summary(model: Model, outcome: Outcome, as_of: date, *, output: str, rejects: str) -> str:
    """What happened to the leads, for the end of a run."""
    apart = {"excluded", "disqualified"} - {stage.name for stage in model.stages}
    counts = [(f"{sum(count for stage, count in outcome.stages.items() if stage not in apart):,} scored")]
    counts += [f"{outcome.stages[stage]:,} {stage}" for stage in ("disqualified", "excluded") if outcome.stages[stage]]
    counts += [f"{outcome.rejected:,} rejected (see {rejects})"] if outcome.rejected else []
    lines = [
        f"{model.full_name} ({model.short_hash}), as of {as_of.isoformat()}, in {outcome.database}",
        f"{leads_of(outcome.read)} read: {', '.join(counts)}; written to {output}",
    ]
    rows = [("(no stage)", outcome.stages[None])] if outcome.stages[None] else []
    rows += [(stage.name, outcome.stages[stage.name]) for stage in model.stages]
    if model.stages:
        width = max(len(stage) for stage, _ in [*rows, ("stage", 0)])
        lines.append(f"  {'stage':<{width}}  {'now':>9}")
        lines += [f"  {stage:<{width}}  {count:>9,}" for stage, count in rows]
    return "\n".join(lines) + "\n"
