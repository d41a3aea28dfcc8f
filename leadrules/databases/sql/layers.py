"""Named expressions put into common table expressions: each as early as what it needs allows.

A ruleset's parts need one another: a condition a folded text, a total its rules, a stage
the total. Who writes an expression gives it a name and the phase it belongs to,
and gets a column to refer to it by; its place follows from the columns in it. A phase that needs its own
columns gets a second layer (`points_2`).

Questionable decision: `SELECT *` carries columns from layer to layer until many of them are no longer needed;
then the layer lists what goes on. Listing always would be longer than the rules themselves, never would
carry a thousand rules' points to the end.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

from leadrules.databases.sql import terms

Phase = Literal["read", "terms", "points", "totals", "verdicts", "reasons"]
PHASES: tuple[Phase, ...] = ("read", "terms", "points", "totals", "verdicts", "reasons")
DEAD = 12
"""So many columns that nothing needs any more make a layer list those that go on."""
LONGEST = 40

Place = tuple[int, int]


@dataclass(slots=True)
class _Named:
    name: str
    expression: exp.Expression
    needs: frozenset[str]
    place: Place
    comment: str | None


@dataclass
class Layers:
    """Collects named expressions. `taken` are the names of the table's columns, folded, `tables` those of tables."""

    taken: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    named: dict[str, _Named] = field(default_factory=dict)
    _raw: dict[str, exp.Expression] = field(default_factory=dict)
    _shared: dict[str, exp.Expression] = field(default_factory=dict)

    def add(self, phase: Phase, hint: str, expression: exp.Expression, comment: str | None = None) -> exp.Expression:
        """Name an expression; the column that stands for it. What it needs of the table comes along if it has to."""
        self._share(expression)
        columns = list(expression.find_all(exp.Column))
        needs = frozenset(one.name for one in columns if one.name in self.named)
        if needs and any(one.this.args.get("quoted") for one in columns):
            expression = expression.transform(self._brought_along)
            needs |= {one.name for one in self._raw.values()} & {one.name for one in expression.find_all(exp.Column)}
        place = (PHASES.index(phase), 0)
        for need in needs:
            level, depth = self.named[need].place
            place = max(place, (level, depth + 1))
        name = self._free(hint)
        self.named[name] = _Named(name, expression, needs, place, comment)
        return terms.column(name)

    def _share(self, expression: exp.Expression) -> None:
        """Put columns of the first layer in place of `terms.shared` texts."""
        long = [one for one in expression.find_all(exp.Literal) if len(one.this) > LONGEST]
        for literal in [one for one in long if terms.SHARED in one.meta]:
            if literal.this not in self._shared:
                self._shared[literal.this] = self.add("read", literal.meta[terms.SHARED], terms.text(literal.this))
            literal.replace(self._shared[literal.this].copy())

    def _brought_along(self, node: exp.Expression) -> exp.Expression:
        """A column of the table, which later layers do not see, as one that they do."""
        if not isinstance(node, exp.Column) or not node.this.args.get("quoted"):
            return node
        if node.name not in self._raw:
            self._raw[node.name] = self.add("read", f"raw_{node.name}", node.copy())
        return self._raw[node.name].copy()

    def _free(self, hint: str, taken: set[str] | None = None) -> str:
        """A name of its own. One of a single word could be a word of SQL, such as `full`: it gets a number."""
        plain = unicodedata.normalize("NFKD", hint).encode("ascii", "ignore").decode().lower()
        plain = re.sub("[^a-z0-9]+", "_", plain).strip("_")[:LONGEST].rstrip("_") or "column"
        name, count = plain if "_" in plain or plain in PHASES else f"{plain}_1", 1
        taken = self.taken if taken is None else taken
        while name in taken:
            count += 1
            name = f"{plain}_{count}"
        taken.add(name)
        return name

    def select(
        self,
        source: exp.Expression,
        kept: Sequence[str],
        outputs: Sequence[tuple[str, exp.Expression | None]],
        fence: Callable[[exp.Select], exp.Select],
        most_columns: int | None = None,
    ) -> exp.Select:
        """The whole statement, in as many layers as it needs. An output that is None is a column that the table `kept`.

        `fence` keeps an optimizer from merging a layer into the next, where a database would.
        """
        places = sorted({one.place for one in self.named.values()})
        members = {place: [one for one in self.named.values() if one.place == place] for place in places}
        wanted_last = _names(expression for _, expression in outputs if expression is not None) & self.named.keys()
        needed: dict[Place, set[str]] = {}
        later = set(wanted_last)
        for place in reversed(places):
            needed[place] = set(later)
            for one in members[place]:
                later |= one.needs
        below: list[str] = []
        previous: exp.Expression = source
        ctes: list[exp.CTE] = []
        for depth, place in enumerate(places):
            live = [name for name in below if name in needed[place]]
            used = [one for one in members[place] if one.name in needed[place]]
            columns: list[exp.Expression] = []
            if depth == 0:
                columns += [terms.column(name, quoted=True) for name in kept]
            elif len(below) - len(live) < DEAD:
                columns.append(exp.Star())
                live = below
            else:
                columns += [terms.column(name, quoted=True) for name in kept]
                columns += [terms.column(name) for name in live]
            for one in used:
                alias = exp.Alias(this=one.expression, alias=exp.Identifier(this=one.name, quoted=False))
                if one.comment:
                    alias.add_comments([_harmless(one.comment)])
                columns.append(alias)
            if most_columns is not None and len(kept) + len(live) + len(used) > most_columns:
                from leadrules.databases.sql.refusals import CannotSay

                raise CannotSay(
                    f"a step of the work has {len(kept) + len(live) + len(used):,} columns, "
                    f"and more than {most_columns:,} are refused",
                    "take fewer columns along with --columns, or score with `leadrules run`",
                )
            below = [*live, *(one.name for one in used)]
            select = fence(exp.Select(expressions=columns).from_(previous, copy=False))
            name = self._free(PHASES[place[0]], self.tables)
            ctes.append(exp.CTE(this=select, alias=exp.TableAlias(this=exp.Identifier(this=name, quoted=False))))
            previous = exp.Table(this=exp.Identifier(this=name, quoted=False))
        final = [
            terms.column(name, quoted=True)
            if expression is None
            else exp.Alias(this=expression, alias=exp.Identifier(this=name, quoted=True))
            for name, expression in outputs
        ]
        whole = exp.Select(expressions=final).from_(previous, copy=False)
        whole.set("with_", exp.With(expressions=ctes))
        return whole


def _names(expressions: Iterable[exp.Expression]) -> set[str]:
    return {one.name for expression in expressions for one in expression.find_all(exp.Column)}


def _harmless(comment: str) -> str:
    """A comment that ends where it should, on one line."""
    return " ".join(comment.replace("*/", "* /").replace("/*", "/ *").split())
