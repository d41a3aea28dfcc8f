"""Reasons by keys: each contribution is one whole number that sorts as reasons do, as in the engine.

For databases that have lists: the largest keys of a list are found by one function, and say by themselves what
is to be written. A list of structures, sorted, would take twice as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from leadrules.databases.sql import terms
from leadrules.databases.sql.dialects.dialect import Contribution, Dialect
from leadrules.databases.sql.terms import SQL, call, text, whole
from leadrules.reference import signed

_PLACES = 1_000_000
"""So many rules a key can tell apart."""


@dataclass
class Keyed:
    """Contributions as keys; `said` is what keys refer to: whole reasons, or what follows the points."""

    contributions: Sequence[Contribution]
    said: list[str] = field(default_factory=list)

    def keys(self) -> exp.Array:
        """A key for each contribution, null for one of nothing."""
        return exp.Array(expressions=[_key(one, self.said) for one in self.contributions])

    def place(self, key: SQL, dialect: Dialect) -> SQL:
        """The place in `said`, from 1, of a key."""
        behind = exp.Mod(this=exp.Paren(this=dialect.divided(key.copy(), whole(2))), expression=whole(_PLACES))
        return exp.Sub(this=whole(_PLACES), expression=exp.Paren(this=behind))

    def spelled(self, key: SQL, said: SQL, dialect: Dialect) -> SQL:
        """A key as a reason; `said` is the text at its place."""
        if all(one.fixed is not None for one in self.contributions):
            return said
        is_negative = exp.EQ(this=exp.Mod(this=key.copy(), expression=whole(2)), expression=whole(1))
        sign = terms.when((is_negative, text("-")), otherwise=text("+"))
        points = dialect.points_as_text(exp.Paren(this=dialect.divided(key.copy(), whole(2 * _PLACES))))
        spelled = dialect.concatenated([sign, points, said.copy()])
        return terms.when((dialect.starts_with(said.copy(), " "), spelled), otherwise=said)


def _key(one: Contribution, said: list[str]) -> SQL:
    """A contribution as a whole number that sorts as reasons do, null for none.

    It says the size, then the place in `said`, the first place the largest, then whether it is negative. What it says
    is added to `said`: the whole reason, or, where the points are not known beforehand, what follows them.
    """
    if one.fixed is not None:
        rows = []
        for points in one.fixed:
            behind = _PLACES - 1 - len(said)
            said.append(f"{signed(points)} {one.text}")
            rows.append(exp.If(this=whole(points), true=whole((abs(points) * _PLACES + behind) * 2 + (points < 0))))
        return exp.Case(this=one.points, ifs=rows)
    behind = _PLACES - 1 - len(said)
    said.append(f" {one.text}")
    size = call("ABS", terms.cast(one.points.copy(), "BIGINT"))
    key = exp.Add(this=exp.Mul(this=size, expression=whole(_PLACES)), expression=whole(behind))
    negative = terms.when((exp.LT(this=one.points.copy(), expression=whole(0)), whole(1)), otherwise=whole(0))
    whole_key = exp.Add(this=exp.Mul(this=exp.Paren(this=key), expression=whole(2)), expression=negative)
    return terms.when((exp.NEQ(this=one.points, expression=whole(0)), whole_key))


def each(name: str, value: SQL) -> exp.Lambda:
    """A function of a list's item, called `name` in the value."""
    return exp.Lambda(this=value, expressions=[exp.Identifier(this=name, quoted=False)])
