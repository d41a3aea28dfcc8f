"""What a run's summary counts, as flags of each lead: columns of bits beside the answers, added up at the end.

A flag is a condition under the name of what it adds to: an attribute of `running.tally.Tally`, and a place
in it. Whole numbers of 62 bits each hold the flags, because a thousand rules would be a thousand columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from leadrules.databases.sql import terms
from leadrules.databases.sql.layers import Layers, Phase
from leadrules.databases.sql.terms import SQL, whole

BITS = 62
"""So many flags go into one whole number of 64 bits, without its sign."""
AT_ONCE = 500
"""So many sums are asked for at a time; PostgreSQL answers with 1,664 columns at most."""

Counted = tuple[str, int | str | None]
"""What a flag adds to: an attribute of the tally, and the place in it."""


@dataclass
class Flags:
    """Collects the flags of a statement; its columns are called `name` and a number."""

    name: str
    layers: Layers
    held: dict[Phase, list[tuple[Counted, SQL]]] = field(default_factory=dict)
    placed: list[tuple[Counted, int, int]] = field(default_factory=list)
    """What each flag adds to, which column has it, and which bit of that."""
    key: SQL | None = None
    """The value of the field that is the key."""

    def add(self, phase: Phase, what: str, place: int | str | None, condition: SQL) -> None:
        """Count the leads for which the condition is true."""
        self.held.setdefault(phase, []).append(((what, place), condition))

    def columns(self) -> list[tuple[str, SQL]]:
        """The columns that hold the flags, and the key, by their names; each worked out as early as it can be."""
        found: list[tuple[str, SQL]] = []
        for phase, flags in self.held.items():
            for start in range(0, len(flags), BITS):
                part = flags[start : start + BITS]
                bits = [
                    terms.when((condition, whole(1 << bit)), otherwise=whole(0))
                    for bit, (_, condition) in enumerate(part)
                ]
                self.placed += [(counted, len(found), bit) for bit, (counted, _) in enumerate(part)]
                packed = self.layers.add(phase, f"flags_{phase}", terms.cast(terms.added(bits), "BIGINT"))
                found.append((f"{self.name}_{len(found)}", packed))
        return [*found, *([(f"{self.name}_key", self.key.copy())] if self.key is not None else [])]

    def counts(self, table: str, good: SQL) -> Iterator[tuple[Sequence[Counted], exp.Select]]:
        """Statements that count a table of such columns, one row each, and what their columns are.

        `good` tells the leads that were not rejected; a lead that is excluded counts for no rule.
        """
        excluded = next((one for one in self.placed if one[0] == ("excluded", None)), None)
        live = good if excluded is None else terms.both([good, terms.negated(self._flag(*excluded[1:]))])
        among: dict[str, SQL | None] = {"blank": None, "excused": None}
        among |= {"excluded": good, "excluded_because": good}
        for start in range(0, len(self.placed), AT_ONCE):
            part = self.placed[start : start + AT_ONCE]
            sums = []
            for (what, _), column, bit in part:
                of = among.get(what, live)
                flag = self._flag(column, bit)
                sums.append(
                    terms.call("COUNT", terms.when((flag if of is None else terms.both([of.copy(), flag]), whole(1))))
                )
            yield [counted for counted, _, _ in part], _of(table, sums)

    def _flag(self, column: int, bit: int) -> SQL:
        held = exp.BitwiseAnd(this=terms.column(f"{self.name}_{column}", quoted=True), expression=whole(1 << bit))
        return exp.NEQ(this=exp.Paren(this=held), expression=whole(0))

    def repeats(self, table: str, good: SQL) -> exp.Select | None:
        """The statement that counts the leads with the key of an earlier one; None where no field is a key."""
        if self.key is None:
            return None
        key = terms.when((good, terms.column(f"{self.name}_key", quoted=True)))
        distinct = exp.Count(this=exp.Distinct(expressions=[key.copy()]))
        return _of(table, [exp.Sub(this=terms.call("COUNT", key), expression=distinct)])


def _of(table: str, columns: Sequence[SQL]) -> exp.Select:
    source = exp.Table(this=exp.Identifier(this=table, quoted=True))
    return exp.Select(expressions=list(columns)).from_(source, copy=False)
