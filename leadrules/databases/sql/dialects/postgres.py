r"""PostgreSQL's words, from version 14 on, in a database of encoding UTF8.

Its `lower` and its patterns' classes depend on the locale of the database. None of them is used
beyond ASCII: other letters are lowered by a list (`TRANSLATE`), and a class is its ranges. A text of
ASCII alone, which most are, takes a short way. Division, casts and arithmetic end the whole query where they fail,
so that nothing reaches them that could.

Questionable decision: `OFFSET 0` ends every layer. Without it the planner would write each layer's expressions
into the next wherever they are used, and a text would be folded once for every rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import ClassVar

from sqlglot import exp

from leadrules.databases.sql import terms
from leadrules.databases.sql.characters import ASCII, lower_cased, matching, within, without
from leadrules.databases.sql.dialects.dialect import Add, Contribution, Dialect, domains
from leadrules.databases.sql.terms import SQL, call, text, whole
from leadrules.databases.table import ColumnKind
from leadrules.meaning.text import BLANKS
from leadrules.ruleset import Unit

_UNITS = {"days": "DAY", "weeks": "WEEK", "months": "MONTH", "years": "YEAR"}
_LARGEST = "1.797693134862315807e308"  # from here on, a number is nearer to infinity than to the largest double
_SMALLEST = "2.4703282292062327e-324"  # up to here, it is nearer to 0 than to the smallest

letters_beyond_ascii = cache(lower_cased)


class Postgres(Dialect):
    name = "PostgreSQL"
    glot = "postgres"
    double = "DOUBLE PRECISION"
    text_type = "TEXT"
    huge = "NUMERIC"
    types: ClassVar[Mapping[ColumnKind, str]] = {
        "text": "TEXT", "small integer": "INTEGER", "integer": "BIGINT", "decimal": "NUMERIC",
        "double": "DOUBLE PRECISION", "boolean": "BOOLEAN", "date": "DATE", "datetime": "TIMESTAMP",
        "zoned": "TIMESTAMPTZ", "texts": "TEXT[]",
    }  # fmt: skip
    overflow_fails = True
    decimals_may_be_nan = True
    most_columns = 1600
    longest_name = 63
    most_repeats = 255

    # -------------------------------------------------------------- texts

    def trimmed(self, value: SQL) -> SQL:
        blanks = exp.UnicodeString(this="".join(f"\\{ord(one):04X}" for one in BLANKS))
        return self.normal(call("BTRIM", value, blanks))

    def normal(self, value: SQL) -> SQL:
        return call("NORMALIZE", value, exp.Var(this="NFC"))

    def folded(self, value: SQL) -> SQL:
        upper, lower = letters_beyond_ascii()
        # The dotted I becomes two characters, as nothing else does.
        plain = _lower(call("REPLACE", value.copy(), text("İ"), text("i\u0307")))
        rare = self.normal(call("TRANSLATE", plain, text(upper), text(lower)))
        return terms.when((self.is_ascii(value), _lower(value.copy())), otherwise=rare)

    def marked(self, folded: SQL) -> SQL:
        plain: SQL = call("REPLACE", self.replaced(folded.copy(), "[\\s]+", " "), text("|"), text("I"))
        plain = self.concatenated([text("|"), self.replaced(plain, "([^a-z0-9])", r"|\1|"), text("|")])
        return terms.when((self.is_ascii(folded), plain), otherwise=super().marked(folded.copy()))

    def contains(self, value: SQL, part: str) -> SQL:
        return exp.GT(this=call("STRPOS", value, text(part)), expression=whole(0))

    def ends_with(self, value: SQL, part: str) -> SQL:
        return exp.EQ(this=call("RIGHT", value, whole(len(part))), expression=text(part))

    def found(self, value: SQL, pattern: str) -> SQL:
        return exp.RegexpLike(this=terms.bracketed(value), expression=text(pattern))

    def captured(self, value: SQL, pattern: str, group: int) -> SQL:
        matched = exp.Paren(this=call("REGEXP_MATCH", value, text(pattern)))
        return exp.Bracket(this=matched, expressions=[whole(group)], offset=1)

    def replaced(self, value: SQL, pattern: str, by: str) -> SQL:
        return call("REGEXP_REPLACE", value, text(pattern), text(by), text("g"))

    def escape(self, point: int) -> str:
        return f"\\u{point:04X}" if point <= 0xFFFF else f"\\U{point:08X}"

    def cased(self, value: SQL, some: str, none: str) -> SQL:
        ascii_some, ascii_none = (self.characters(_ascii(pattern)) for pattern in (some, none))
        plain = terms.both([self.found(value.copy(), ascii_some), terms.negated(self.found(value.copy(), ascii_none))])
        return terms.when((self.is_ascii(value.copy()), plain), otherwise=super().cased(value, some, none))

    def joined(self, parts: Sequence[SQL], between: str) -> SQL:
        return call("NULLIF", call("ARRAY_TO_STRING", exp.Array(expressions=list(parts)), text(between)), text(""))

    # ------------------------------------------------------------ numbers

    def is_finite(self, value: SQL) -> SQL:
        return exp.LT(this=call("ABS", value), expression=terms.cast(text("Infinity"), self.double))

    def is_nan(self, value: SQL, kind: ColumnKind) -> SQL:
        return exp.EQ(this=value, expression=terms.cast(text("NaN"), self.types[kind]))

    def divided(self, value: SQL, by: SQL, wide: bool = False) -> SQL:
        if wide:
            return call("DIV", value, by)
        return exp.Div(this=terms.bracketed(value), expression=terms.bracketed(by), typed=True)

    def double_of_text(self, value: SQL) -> SQL:
        double, zero = self.double, terms.cast(whole(0), self.double)
        infinite = terms.cast(text("Infinity"), double)
        exact = call("ABS", terms.cast(value.copy(), "NUMERIC"))
        return terms.when(
            (terms.negated(self.found(value.copy(), "^[^eE]*[1-9]")), zero),
            (self.found(value.copy(), r"[eE]\+?0*[1-9][0-9]{3,}$"), infinite),
            (self.found(value.copy(), "[eE]-0*[1-9][0-9]{3,}$"), zero.copy()),
            (exp.GTE(this=exact, expression=terms.cast(text(_LARGEST), "NUMERIC")), infinite.copy()),
            (exp.LTE(this=exact.copy(), expression=terms.cast(text(_SMALLEST), "NUMERIC")), zero.copy()),
            otherwise=terms.cast(value, double),
        )

    def double_of_decimal(self, value: SQL) -> SQL:
        size = call("ABS", value.copy())
        return terms.when(
            (exp.LTE(this=size, expression=terms.cast(text(_SMALLEST), "NUMERIC")), whole(0)),
            (
                exp.LT(this=size.copy(), expression=terms.cast(text(_LARGEST), "NUMERIC")),
                terms.cast(value, self.double),
            ),
        )

    def nth(self, numbers: Sequence[int], place: SQL) -> SQL:
        listed = exp.Paren(this=terms.cast(text("{" + ",".join(map(str, numbers)) + "}"), "BIGINT[]"))
        return exp.Bracket(
            this=listed, expressions=[exp.Add(this=terms.bracketed(place), expression=whole(1))], offset=1
        )

    # --------------------------------------------------------------- days

    def today(self) -> SQL:
        return terms.cast(exp.AtTimeZone(this=call("NOW"), zone=text("UTC")), "DATE")

    def days_between(self, first: SQL, last: SQL) -> SQL:
        return terms.cast(exp.Sub(this=last, expression=first), "BIGINT")

    def moved(self, day: SQL, amount: int, unit: Unit) -> SQL:
        return terms.cast(exp.Add(this=day, expression=_span(str(amount), _UNITS[unit])), "DATE")

    def last_of_month(self, day: SQL) -> SQL:
        month = call("DATE_TRUNC", text("month"), terms.cast(day, "TIMESTAMP"))
        next_month = exp.Add(this=month, expression=_span("1", "MONTH"))
        return terms.cast(exp.Sub(this=next_month, expression=_span("1", "DAY")), "DATE")

    def date_of(self, year: SQL, month: SQL, day: SQL) -> SQL:
        return call("MAKE_DATE", *(terms.cast(one, "INTEGER") for one in (year, month, day)))

    def moment_of(self, day: SQL, seconds: SQL, microseconds: SQL) -> SQL:
        moved: SQL = terms.cast(day, "TIMESTAMP")
        for amount, unit in ((seconds, "SECOND"), (microseconds, "MICROSECOND")):
            span = exp.Mul(this=terms.bracketed(amount), expression=_span("1", unit))
            moved = exp.Add(this=moved, expression=span)
        return moved

    def in_utc(self, value: SQL) -> SQL:
        return exp.AtTimeZone(this=value, zone=text("UTC"))

    # -------------------------------------------------------------- lists

    def split(self, value: SQL, by: str) -> SQL:
        return self.items(call("STRING_TO_ARRAY", value, text(by)))

    def items(self, value: SQL) -> SQL:
        trimmed = self.trimmed(terms.column("item"))
        known = exp.NEQ(this=trimmed.copy(), expression=text(""))
        return call("ARRAY", _from_list(trimmed, value).where(known, copy=False))

    def has_items(self, value: SQL) -> SQL:
        return exp.GT(this=call("CARDINALITY", value), expression=whole(0))

    def folded_items(self, value: SQL) -> SQL:
        items = call("ARRAY", _from_list(self.folded(terms.column("item")), value))
        return terms.when((terms.is_known(value.copy()), items))

    def includes(self, folded: SQL, texts: Sequence[str]) -> SQL:
        return exp.ArrayOverlaps(this=folded, expression=self.list_of(texts))

    def texts_apart(self, joined: str) -> exp.Select:
        return domains(call("UNNEST", call("STRING_TO_ARRAY", text(joined), text(" "))))

    # ------------------------------------------------------------ reasons

    def reasons(self, add: Add, contributions: Sequence[Contribution], most: int | None, first: Sequence[SQL]) -> SQL:
        if not contributions or most == 0:
            return self.joined(first, "; ") if first else terms.null()
        rows = [
            exp.Tuple(expressions=[one.points, text(one.text), whole(place)])
            for place, one in enumerate(contributions, 1)
        ]
        points, said, place = (terms.column(name) for name in ("given", "said", "place"))
        names = [exp.Identifier(this=name, quoted=False) for name in ("given", "said", "place")]
        listed = exp.Values(
            expressions=rows, alias=exp.TableAlias(this=exp.Identifier(this="contributions"), columns=names)
        )
        by_size = [exp.Ordered(this=call("ABS", points.copy()), desc=True), exp.Ordered(this=place.copy())]
        largest = exp.Select(expressions=[points.copy(), said.copy(), place.copy()]).from_(listed, copy=False)
        largest = largest.where(exp.NEQ(this=points.copy(), expression=whole(0)), copy=False)
        if most is not None:
            largest = largest.order_by(*(one.copy() for one in by_size), copy=False).limit(most, copy=False)
        negative = exp.LT(this=points.copy(), expression=whole(0))
        sign = terms.when((negative, text("-")), otherwise=text("+"))
        size = terms.cast(call("ABS", points), "BIGINT")
        written = self.concatenated([sign, self.points_as_text(size), text(" "), said])
        ordered = exp.Order(this=text("; "), expressions=by_size)
        joined = exp.Select(expressions=[call("STRING_AGG", written, ordered)])
        joined = joined.from_(exp.Subquery(this=largest, alias=exp.TableAlias(this=exp.Identifier(this="largest"))))
        return self.joined([*first, exp.Subquery(this=joined)], "; ")

    def fence(self, layer: exp.Select) -> exp.Select:
        return layer.offset(0, copy=False)


def _lower(value: SQL) -> SQL:
    """ASCII in lower case, whatever the locale."""
    return call("LOWER", exp.Collate(this=value, expression=exp.Identifier(this="C", quoted=True)))


def _ascii(pattern: str) -> tuple[tuple[int, int], ...]:
    every = matching(f"[{pattern}]")
    return tuple(one for one in every if within((one,), ASCII)) or without(ASCII, ((1, 0x7F),))


def _span(amount: str, unit: str) -> exp.Interval:
    return exp.Interval(this=text(amount), unit=exp.Var(this=unit))


def _from_list(value: SQL, items: SQL) -> exp.Select:
    alias = exp.TableAlias(this=exp.Identifier(this="items"), columns=[exp.Identifier(this="item")])
    return exp.Select(expressions=[value]).from_(exp.Unnest(expressions=[items], alias=alias), copy=False)
