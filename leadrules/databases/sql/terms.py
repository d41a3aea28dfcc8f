"""Small makers of SQL expressions: columns, literals, calls, and sums that any database can parse.

Questionable decision: a function is written by its name in the dialect at hand, as a plain call,
and never by sqlglot's own idea of it: sqlglot turns a function of one database into
what another one has for it, which is nearly the same, and nearly is not enough here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlglot import exp

SQL = exp.Expression
AT_ONCE = 40
"""So many terms stand in one sum, so many conditions in one `AND`; more are put in groups, so that no tree is deep."""

SHARED = "shared as"


def column(name: str, quoted: bool = False, table: str | None = None) -> exp.Column:
    """A column by its name, which stands as it is."""
    return exp.Column(
        this=exp.Identifier(this=name, quoted=quoted), table=exp.Identifier(this=table, quoted=False) if table else None
    )


def call(name: str, *arguments: SQL) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=list(arguments))


def whole(value: int) -> SQL:
    """A whole number."""
    literal = exp.Literal(this=str(abs(value)), is_string=False)
    return literal if value >= 0 else exp.Neg(this=literal)


def text(value: str) -> exp.Literal:
    return exp.Literal(this=value, is_string=True)


def shared(value: str, name: str) -> exp.Literal:
    """A text so long that it stands in the statement once, as a column of that name (see `Layers`)."""
    literal = text(value)
    literal.meta[SHARED] = name
    return literal


def truth(value: bool) -> exp.Boolean:
    return exp.Boolean(this=value)


def null() -> exp.Null:
    return exp.Null()


def cast(value: SQL, kind: str) -> exp.Cast:
    """A cast to a type by its name in the dialect."""
    return exp.Cast(this=value, to=exp.DataType(this=exp.DType.USERDEFINED, kind=kind))


def number(value: Decimal | float | int, double: str) -> SQL:
    """A number that is compared with doubles; one of many digits is cast from its text, so that it is read once."""
    exact = Decimal(value) if not isinstance(value, float) else Decimal(repr(value))
    written = format(exact, "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    if len(written.lstrip("-0.").replace(".", "")) > 15:
        return cast(text(written), double)
    plain = exp.Literal(this=written.lstrip("-"), is_string=False)
    return exp.Neg(this=plain) if written.startswith("-") and written != "-0" else plain


def day(value: date) -> exp.Cast:
    return cast(text(value.isoformat()), "DATE")


def moment(value: datetime) -> exp.Cast:
    return cast(text(value.isoformat(sep=" ")), "TIMESTAMP")


# -------------------------------------------------------------------- logic


def negated(condition: SQL) -> SQL:
    return exp.Not(this=bracketed(condition))


def bracketed(value: SQL) -> SQL:
    """In brackets, unless nothing could come between its parts."""
    plain = (exp.Column, exp.Literal, exp.Anonymous, exp.Boolean, exp.Paren, exp.Case, exp.Null, exp.Cast, exp.Coalesce)
    return value if isinstance(value, plain) else exp.Paren(this=value)


def both(parts: Sequence[SQL]) -> SQL:
    """All of them, by Kleene's table, which is SQL's; of none, true."""
    return _connected(exp.And, parts, True)


def either(parts: Sequence[SQL]) -> SQL:
    return _connected(exp.Or, parts, False)


def _connected(kind: type[exp.Connector], parts: Sequence[SQL], empty: bool) -> SQL:
    if not parts:
        return truth(empty)
    level = [part if isinstance(part, exp.Predicate) and not isinstance(part, exp.Connector) else bracketed(part)
             for part in parts]  # fmt: skip
    while len(level) > 1:
        level = [_chain(kind, level[start : start + AT_ONCE]) for start in range(0, len(level), AT_ONCE)]
        if len(level) > 1:
            level = [exp.Paren(this=one) if isinstance(one, exp.Connector) else one for one in level]
    return level[0]


def _chain(kind: Any, parts: Sequence[SQL]) -> SQL:
    chain: SQL = parts[0]
    for part in parts[1:]:
        chain = kind(this=chain, expression=part)
    return chain


def definitely(condition: SQL) -> SQL:
    """True where it is true, false where it is false or unknown."""
    return exp.Coalesce(this=condition, expressions=[truth(False)])


def coalesce(value: SQL, otherwise: SQL) -> SQL:
    return exp.Coalesce(this=value, expressions=[otherwise])


def when(*rows: tuple[SQL, SQL], otherwise: SQL | None = None) -> SQL:
    """The first row whose condition is true; without rows, what is otherwise."""
    for place, (condition, value) in enumerate(rows):
        if isinstance(condition, exp.Boolean) and condition.this:
            return when(*rows[:place], otherwise=value)
    if not rows:
        return otherwise if otherwise is not None else null()
    return exp.Case(ifs=[exp.If(this=condition, true=value) for condition, value in rows], default=otherwise)


def among(value: SQL, choices: Iterable[SQL]) -> SQL:
    """`value IN (…)`, or `=` for a single one."""
    listed = list(choices)
    return exp.EQ(this=value, expression=listed[0]) if len(listed) == 1 else exp.In(this=value, expressions=listed)


def among_texts(value: SQL, texts: Iterable[str]) -> SQL:
    """Whether a text is one of these; false for none of them, and unknown for a missing text."""
    listed = sorted(texts)
    if not listed:
        return exp.NEQ(this=value, expression=value.copy())
    return among(value, map(text, listed))


def is_null(value: SQL) -> SQL:
    return exp.Is(this=value, expression=null())


def is_known(value: SQL) -> SQL:
    return exp.Not(this=exp.Is(this=value, expression=null()))


def between(value: SQL, low: SQL, high: SQL) -> exp.Between:
    return exp.Between(this=value, low=low, high=high)


# --------------------------------------------------------------- arithmetic


def added(terms: Sequence[SQL]) -> SQL:
    """A sum in groups of a few dozen, so that a thousand terms are no tree a thousand deep."""
    if not terms:
        return whole(0)
    level = [bracketed(term) for term in terms]
    while len(level) > 1:
        groups = [_chain(exp.Add, level[start : start + AT_ONCE]) for start in range(0, len(level), AT_ONCE)]
        level = [exp.Paren(this=group) for group in groups] if len(groups) > 1 else groups
    return level[0]


def limited(value: SQL, low: int | None, high: int | None) -> SQL:
    """Whole hundredths within limits."""
    if low is not None:
        value = call("GREATEST", value, whole(low))
    return call("LEAST", value, whole(high)) if high is not None else value
