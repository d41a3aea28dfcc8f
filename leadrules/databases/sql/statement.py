"""A ruleset and a table as one `SELECT`: every column that `run` adds, and `reject_reason`.

The order is the language's: values read, frameworks, exclude, points, totals, disqualify, stages and
labels, reasons. Where each expression stands among the layers follows from what it needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any

from sqlglot import exp

from leadrules.databases.sql import terms
from leadrules.databases.sql.conditions import Conditions
from leadrules.databases.sql.counting import Flags
from leadrules.databases.sql.dialects.dialect import Dialect
from leadrules.databases.sql.layers import Layers
from leadrules.databases.sql.mail import Mail, names_of
from leadrules.databases.sql.operands import Operands, computed_with
from leadrules.databases.sql.points import Points
from leadrules.databases.sql.reading import Reader, Reading
from leadrules.databases.sql.refusals import Refusals
from leadrules.databases.sql.terms import SQL, text
from leadrules.databases.sql.verdicts import Verdicts
from leadrules.databases.table import Table
from leadrules.leads import LeadsError, match_headers
from leadrules.leads.chosen import Chosen, choose_columns
from leadrules.ruleset import Arithmetic, FrameworkCount, Model

REJECT_REASON = "reject_reason"
RESERVED = ("item", "key", "domain")
"""Names that expressions use within themselves."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The `SELECT`, in the words of a dialect: `columns` come out, in this order, and then those of `flags`."""

    tree: exp.Select
    dialect: Dialect
    columns: tuple[str, ...]
    flags: Flags | None = None

    def sql(self) -> str:
        """The statement as text. Raises `LeadsError` for one that is longer than the database takes."""
        said = self.tree.sql(dialect=self.dialect.glot, pretty=True, normalize_functions=False)
        longest, size = self.dialect.longest_statement, len(said.encode())
        if longest is not None and size > longest:
            raise LeadsError(
                f"the statement has {size:,} bytes, and {self.dialect.name} takes {longest:,} at most",
                "leave the reasons out with `--reasons 0`, take the ruleset apart, or score with `leadrules run`",
            )
        return said


@dataclass(frozen=True, slots=True)
class Wanted:
    """What should come out: how many reasons (None: all), which columns (None: the table's, then the added)."""

    reasons: int | None = 3
    columns: Sequence[str] | None = None
    prefix: str = ""
    replace: bool = False


def compile_select(
    model: Model,
    table: Table,
    dialect: Dialect,
    as_of: date | None,
    wanted: Wanted = Wanted(),
    source: SQL | None = None,
    flags: str | None = None,
) -> Statement:
    """The statement that scores a table's leads.

    `as_of` is the date to score for, None the database's own date, in UTC, of the day on which it runs. `source`
    stands for the table where the table's name would not do. `flags` asks for columns that begin with that name, from
    which a run's summary can be counted. Raises `LeadsError` for what cannot be said in
    the dialect, with the places, and for columns that do not fit.
    """
    spelled = _spelled(table, dialect)
    chosen = _chosen(model, spelled, dialect, wanted)
    return _Writer(model, table, dialect, as_of, wanted, chosen, flags).statement(source)


def added_names(model: Model, reasons: int | None) -> list[str]:
    """The columns that scoring adds, in the order of the contract, `reject_reason` behind them."""
    names = ["score", *(score.name for score in model.scores), "stage", "disqualified"]
    names += [label.name for label in model.labels]
    names += [f"{one.name}.{what}" for one in model.frameworks for what in ("met", "open", "ask")]
    return [*names, *(["reasons"] if reasons != 0 else []), REJECT_REASON]


def _spelled(table: Table, dialect: Dialect) -> Table:
    """The table with its columns as the database calls them, where only the ruleset has said what they are called."""
    if table.known:
        return table
    return replace(table, columns=tuple(replace(one, name=dialect.column_name(one.name)) for one in table.columns))


def _chosen(model: Model, table: Table, dialect: Dialect, wanted: Wanted) -> list[Chosen]:
    """What comes out, in order: columns of the table and added ones."""
    added = [dialect.column_name(wanted.prefix + name) for name in added_names(model, wanted.reasons)]
    own = [column.name for column in table.columns]
    asked = wanted.columns
    if asked is not None:
        asked = [name if name in own else dialect.column_name(name) for name in asked]
    twins = {name.lower(): name for name in own}
    if not table.known and asked is not None:
        own += [name for name in asked if name not in own and name not in added]
    clashes = [twins[name.lower()] for name in added if name.lower() in twins]
    drop = set(clashes) if wanted.replace else set()
    alike = [name for name in clashes if name not in drop]
    if alike:
        shown = ", ".join(f"`{name}`" for name in alike)
        raise LeadsError(
            f"the SELECT would add {shown}, and the table has a column of that name",
            "name the added columns otherwise with `--prefix lead_`, or drop those of an earlier run with `--replace`",
        )
    same = [name for place, name in enumerate(added) if name.lower() in map(str.lower, added[:place])]
    if same:
        raise LeadsError(
            f"two columns would be called `{same[0]}` in {dialect.name}", "give one of them another name in the ruleset"
        )
    return choose_columns(own, added, asked, drop)


class _Writer:
    """Writes one statement."""

    def __init__(
        self, model: Model, table: Table, dialect: Dialect, as_of: date | None, wanted: Wanted,
        chosen: Sequence[Chosen], flags: str | None,
    ):  # fmt: skip
        self.model, self.table, self.dialect, self.wanted = model, table, dialect, wanted
        self.chosen = chosen
        self.kept = [one.name for one in chosen if one.position is not None]
        self.as_of = as_of
        self.refusals = Refusals()
        self.layers = Layers({column.name.lower() for column in table.columns} | {name.lower() for name in self.kept})
        self.layers.taken |= set(RESERVED)
        self.layers.tables |= {table.name[-1].lower()}
        self.bads: list[tuple[SQL, str]] = []
        self.flags = None if flags is None else Flags(flags, self.layers)

    def statement(self, source: SQL | None) -> Statement:
        as_of_column = None if self.as_of is not None else self.layers.add("read", "as_of", self.dialect.today())
        operands = Operands(self.model, self.dialect, self.layers, self.as_of, as_of_column)
        mail = Mail(operands)
        conditions = Conditions(operands, mail, {})
        verdicts = Verdicts(self.model, conditions, self.refusals)
        points = Points(self.model, conditions, self.refusals, self.flags)
        operands.count, operands.label = verdicts.count, verdicts.label
        self._read(operands)
        self.refusals.raise_if_any(self.dialect.name)
        for position in range(len(self.model.frameworks)):
            verdicts.states(position)
        verdicts.exclude()
        points.write()
        verdicts.disqualify()
        verdicts.decide()
        self.refusals.raise_if_any(self.dialect.name)
        outputs = self._outputs(operands, verdicts, points)
        columns = tuple(name for name, _ in outputs)
        if self.flags is not None:
            self._count_verdicts(self.flags, verdicts)
            outputs += self.flags.columns()
        self._refuse_long_names()
        tree: exp.Select | None = None
        with self.refusals.within(None):
            parts = [self.dialect.table_part(name) for name in self.table.name[-3:]]
            named = source or exp.Table(**dict(zip(("this", "db", "catalog"), reversed(parts), strict=False)))
            tree = self.layers.select(named, self.kept, outputs, self.dialect.fence, self.dialect.most_columns)
        self.refusals.raise_if_any(self.dialect.name)
        assert tree is not None
        self._put_lists(tree, mail)
        self._head(tree)
        with self.refusals.within(None):
            tree = self.dialect.finished(_with_types(tree, self.dialect))
        self.refusals.raise_if_any(self.dialect.name)
        return Statement(tree, self.dialect, columns, self.flags)

    # ---------------------------------------------------------------------- values

    def _read(self, operands: Operands) -> None:
        matched = match_headers(self.model.fields, [column.name for column in self.table.columns])
        if matched.errors and self.table.known:
            lines = "\n".join(
                f"{one.message}" + (f"\n  = help: {one.help}" if one.help else "") for one in matched.errors
            )
            raise LeadsError(f"the columns of `{self.table.shown}` do not fit the ruleset's fields:\n{lines}")
        spelled = _spelled(self.table, self.dialect)
        by_name = {column.name: own for column, own in zip(self.table.columns, spelled.columns, strict=True)}
        if self.dialect.names_ignore_case:
            self._refuse_twins()
        bounds: dict[int, float] = {}
        if self.dialect.overflow_fails:
            for span, part in _statements(self.model):
                with self.refusals.within(span):
                    for position, factor in computed_with(_arithmetics(part), self.model).items():
                        bounds[position] = min(bounds.get(position, factor), factor)
        reader = Reader(self.dialect, self.layers, bounds, self.flags is not None)
        for position in self.model.read_fields:
            field = self.model.fields[position]
            header = matched.headers.get(position)
            with self.refusals.within(field.span):
                reading = reader.read(position, field, None if header is None else by_name[header])
                operands.values[position] = reading.value
                odd: list[SQL] = []
                if field.kind == "text" and field.default is None and field.name in reader.folded:
                    operands.folded_cells[position] = reader.folded[field.name]
                if reading.bad is not None:
                    bad = self.layers.add("read", f"bad_{field.name}", terms.definitely(reading.bad))
                    self.bads.append((bad, reading.reason))
                    odd.append(bad)
                if reading.unstable is not None:
                    bad = self.layers.add("read", f"unstable_{field.name}", terms.definitely(reading.unstable))
                    why = f"`{field.name}` has a character that {self.dialect.name} cannot bring into normal form (NFC)"
                    self.bads.append((bad, why))
                    odd.append(bad)
                if reading.beyond is not None:
                    bad = self.layers.add("read", f"beyond_{field.name}", terms.definitely(reading.beyond))
                    self.bads.append(
                        (bad, f"`{field.name}` is too large or too small for {self.dialect.name} to compute with")
                    )
                    odd.append(bad)
                if self.flags is not None and header is not None:
                    self._count_cells(self.flags, position, reading, odd)

    def _count_cells(self, flags: Flags, position: int, reading: Reading, odd: Sequence[SQL]) -> None:
        """Count the leads without a value of their own, and those whose bad value counts as missing."""
        field = self.model.fields[position]
        if reading.excused is not None:
            excused = self.layers.add("read", f"excused_{field.name}", terms.definitely(reading.excused))
            flags.add("read", "excused", position, excused)
            odd = [*odd, excused]
        own = terms.is_null((reading.own or reading.value).copy())
        flags.add("read", "blank", position, terms.both([own, *(terms.negated(one.copy()) for one in odd)]))
        if field.key:
            flags.key = reading.value

    def _count_verdicts(self, flags: Flags, verdicts: Verdicts) -> None:
        """Count the leads by verdict and its reason, and by stage: reached, and held last."""
        if verdicts.excludes:
            flags.add("terms", "excluded", None, verdicts.excluded.copy())
        for said, held in verdicts.excludes:
            flags.add("terms", "excluded_because", said, held.copy())
        if verdicts.disqualifies and verdicts.conditions.disqualified is not None:
            flags.add("verdicts", "disqualified", None, verdicts.conditions.disqualified.copy())
        for said, held in verdicts.disqualifies:
            flags.add("verdicts", "disqualified_because", said, held.copy())
        for position, stage in enumerate(self.model.stages):
            flags.add("verdicts", "reached", position, verdicts.conditions.held[position].copy())
            assert verdicts.conditions.stage is not None
            last = exp.EQ(this=verdicts.conditions.stage.copy(), expression=text(stage.name))
            flags.add("verdicts", "now", position, last)

    # --------------------------------------------------------------------- outputs

    def _outputs(self, operands: Operands, verdicts: Verdicts, points: Points) -> list[tuple[str, SQL | None]]:
        """What comes out, by name; nothing of a rejected lead, and little of an excluded one."""
        dialect, model = self.dialect, self.model
        rejected: SQL | None = None
        reject: SQL = terms.cast(terms.null(), dialect.text_type)
        if self.bads:
            rejected = self.layers.add("verdicts", "is_rejected", terms.either([bad.copy() for bad, _ in self.bads]))
            reject = dialect.joined([terms.when((bad.copy(), text(why))) for bad, why in self.bads], "; ")
        without = [
            one.copy() for one in (rejected, verdicts.excluded if verdicts.excludes else None) if one is not None
        ]

        def scored(value: SQL) -> SQL:
            if not without:
                return value
            return terms.when((terms.negated(terms.either([one.copy() for one in without])), value))

        def good(value: SQL) -> SQL:
            return value if rejected is None else terms.when((terms.negated(rejected.copy()), value))

        def score(position: int | None) -> SQL:
            hundredths = terms.cast(operands.scores[position].copy(), dialect.double)
            return scored(exp.Div(this=hundredths, expression=terms.whole(100)))

        disqualified = verdicts.conditions.disqualified
        assert disqualified is not None and verdicts.conditions.stage is not None
        stage_rows: list[tuple[SQL, SQL]] = []
        if verdicts.excludes:
            stage_rows.append((verdicts.excluded.copy(), text("excluded")))
        if verdicts.disqualifies:
            stage_rows.append((disqualified.copy(), text("disqualified")))
        stage = verdicts.conditions.stage.copy()
        outputs: list[SQL] = [score(None), *(score(position) for position in range(len(model.scores)))]
        outputs.append(good(terms.when(*stage_rows, otherwise=stage) if stage_rows else stage))
        outputs.append(good(disqualified.copy()))
        outputs += [
            scored(terms.call("NULLIF", verdicts.label(position), text(""))) for position in range(len(model.labels))
        ]
        for position in range(len(model.frameworks)):
            outputs += [scored(verdicts.count(FrameworkCount(position, "met")))]
            outputs += [scored(verdicts.count(FrameworkCount(position, "open")))]
            outputs += [scored(verdicts.ask(position))]
        if self.wanted.reasons != 0:
            outputs.append(good(self._reasons(verdicts, points)))
        outputs.append(reject)
        names = added_names(model, self.wanted.reasons)
        names = [dialect.column_name(self.wanted.prefix + name) for name in names]
        by_name = dict(zip(names, outputs, strict=True))
        return [(one.name, by_name[one.name] if one.position is None else None) for one in self.chosen]

    def _reasons(self, verdicts: Verdicts, points: Points) -> SQL:
        excluding = [terms.when((held.copy(), text(said))) for said, held in verdicts.excludes]
        first = [terms.when((held.copy(), text(said))) for said, held in verdicts.disqualifies]

        def add(hint: str, value: SQL) -> SQL:
            return self.layers.add("reasons", hint, value)

        reasons = self.dialect.reasons(add, points.contributions(), self.wanted.reasons, first)
        if not excluding:
            return reasons
        said = self.dialect.joined(excluding, "; ")
        return terms.when((verdicts.excluded.copy(), said), otherwise=reasons)

    # ------------------------------------------------------------------ the whole

    def _refuse_long_names(self) -> None:
        longest = self.dialect.longest_name
        long = [one.name for one in self.chosen if longest is not None and len(one.name.encode()) > longest]
        if long:
            raise LeadsError(
                f"{self.dialect.name} cuts names of columns after {longest} bytes, and `{long[0]}` is longer",
                "give it a shorter name in the ruleset, or leave it out with --columns",
            )

    def _refuse_twins(self) -> None:
        """Refuse columns that are one to the database."""
        twins: dict[str, str] = {}
        for column, own in zip(self.table.columns, _spelled(self.table, self.dialect).columns, strict=True):
            twin = twins.setdefault(own.name.lower(), column.name)
            if twin != column.name:
                raise LeadsError(
                    f"to {self.dialect.name} `{twin}` and `{column.name}` are one column",
                    "name one of them otherwise in a view",
                )

    def _put_lists(self, tree: exp.Select, mail: Mail) -> None:
        """The tables that addresses are looked up in, before all else."""
        listed = []
        for name, domains in sorted(mail.lists.items()):
            rows = self.dialect.texts_apart(names_of(domains))
            listed.append(exp.CTE(this=rows, alias=exp.TableAlias(this=exp.Identifier(this=name, quoted=False))))
        ctes = tree.args["with_"]
        ctes.set("expressions", [*listed, *ctes.expressions])

    def _head(self, tree: exp.Select) -> None:
        model = self.model
        as_of = "the day it runs, in UTC" if self.as_of is None else self.as_of.isoformat()
        said = f"{model.full_name} ({model.short_hash}), as of {as_of}: written by leadrules for {self.dialect.name}. "
        said += "Points are whole hundredths, and an unknown condition is NULL."
        tree.args["with_"].expressions[0].add_comments(
            [" ".join(said.replace("*/", "* /").replace("/*", "/ *").split())]
        )


def _with_types(tree: exp.Select, dialect: Dialect) -> exp.Select:
    """The statement with every type as the database calls it."""
    for cast in tree.find_all(exp.Cast, exp.TryCast) if dialect.spelled else ():
        kind = str(cast.to.args.get("kind"))
        if kind in dialect.spelled:
            cast.to.set("kind", dialect.spelled[kind])
    return tree


def _statements(model: Model) -> Iterable[tuple[Any, Any]]:
    """Every part of a model that can compute, with its place."""
    parts: tuple[Any, ...] = (
        *model.excludes, *model.rules, *model.disqualifies, *model.stages, *model.labels,
        *(criterion for framework in model.frameworks for criterion in framework.criteria),
    )  # fmt: skip
    for part in parts:
        yield part.span, part


def _arithmetics(part: object) -> Iterable[Arithmetic]:
    """Every computation within a part of a model."""
    if isinstance(part, Arithmetic):
        yield part
    if isinstance(part, tuple):
        for one in part:
            yield from _arithmetics(one)
    elif is_dataclass(part) and not isinstance(part, type):
        for slot in fields(part):
            yield from _arithmetics(getattr(part, slot.name))
