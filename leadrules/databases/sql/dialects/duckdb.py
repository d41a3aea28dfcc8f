"""DuckDB's words.

Its `lower` knows fewer letters than the language, and its patterns' classes are those of an older Unicode:
both are made good here, by lists that a test holds against a live DuckDB, over every character there is.

Questionable decision: a reason is found by its key, one whole number that sorts as reasons do, as in the engine.
The largest keys of a list are one aggregate; sorting structures by lead took twice as long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from sqlglot import exp

from leadrules.databases.sql import terms
from leadrules.databases.sql.characters import Ranges, matching, without
from leadrules.databases.sql.dialects.dialect import Add, Contribution, Dialect
from leadrules.databases.sql.terms import SQL, call, text, whole
from leadrules.databases.table import ColumnKind
from leadrules.meaning.text import NEWER_CASES
from leadrules.reference import signed
from leadrules.ruleset import Unit

_UNITS = {"days": "DAY", "weeks": "WEEK", "months": "MONTH", "years": "YEAR"}
_PLACES = 1_000_000
"""So many rules a key can tell apart."""

# Letters, marks and digits that came after the Unicode of DuckDB's patterns.
NEWER: Ranges = (
    (0x897, 0x897), (0x1C89, 0x1C8A), (0xA7CB, 0xA7CF), (0xA7D2, 0xA7D2), (0xA7D4, 0xA7D4), (0xA7DA, 0xA7DC),
    (0xA7F1, 0xA7F1), (0x105C0, 0x105F3), (0x10D40, 0x10D65), (0x10D69, 0x10D6D), (0x10D6F, 0x10D85),
    (0x10EC2, 0x10EC7), (0x10EFA, 0x10EFC), (0x11380, 0x113E2), (0x116D0, 0x116E3), (0x11B60, 0x11B67),
    (0x11BC0, 0x11BE0), (0x11BF0, 0x11BF9), (0x11DB0, 0x11DDB), (0x11DE0, 0x11DE9), (0x11F5A, 0x11F5A),
    (0x13460, 0x143FA), (0x16100, 0x16139), (0x16D40, 0x16D79), (0x16EA0, 0x16ED3), (0x18CFF, 0x18CFF),
    (0x18D09, 0x18D1E), (0x18D80, 0x18DF2), (0x1CCF0, 0x1CCF9), (0x1E5D0, 0x1E5FA), (0x1E6C0, 0x1E6FF),
    (0x2B73A, 0x2B73F), (0x2CEA2, 0x2CEAD), (0x2EBF0, 0x2EE5D), (0x323B0, 0x33479),
)  # fmt: skip


def newer_cases() -> tuple[str, str]:
    """Letters whose lower case DuckDB does not know, with the sigma at a word's end, and what each becomes."""
    pairs = [
        (chr(point), chr(point + distance))
        for first, last, distance, step in NEWER_CASES
        for point in range(first, last + 1, step)
    ]
    return "".join(upper for upper, _ in pairs) + "ς", "".join(lower for _, lower in pairs) + "σ"


class DuckDB(Dialect):
    name = "DuckDB"
    glot = "duckdb"
    huge = "HUGEINT"
    types: ClassVar[Mapping[ColumnKind, str]] = {
        "text": "VARCHAR", "small integer": "INTEGER", "integer": "BIGINT", "decimal": "DECIMAL(18, 3)",
        "double": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "datetime": "TIMESTAMP",
        "zoned": "TIMESTAMP WITH TIME ZONE", "texts": "VARCHAR[]",
    }  # fmt: skip

    # -------------------------------------------------------------- texts

    def normal(self, value: SQL) -> SQL:
        return call("NFC_NORMALIZE", value)

    def folded(self, value: SQL) -> SQL:
        newer, lower = newer_cases()
        # The dotted I becomes two characters, as nothing else does.
        plain = call("LOWER", call("REPLACE", value.copy(), text("İ"), text("i\u0307")))
        rare = call("NFC_NORMALIZE", call("TRANSLATE", plain, text(newer), text(lower)))
        return terms.when((self.is_ascii(value), call("LOWER", value.copy())), otherwise=rare)

    def is_ascii(self, value: SQL) -> SQL:
        return exp.EQ(this=call("STRLEN", value), expression=call("LENGTH", value.copy()))

    def contains(self, value: SQL, part: str) -> SQL:
        return call("CONTAINS", value, text(part))

    def starts_with(self, value: SQL, part: str) -> SQL:
        return call("STARTS_WITH", value, text(part))

    def ends_with(self, value: SQL, part: str) -> SQL:
        return call("ENDS_WITH", value, text(part))

    def found(self, value: SQL, pattern: str) -> SQL:
        return call("REGEXP_MATCHES", value, text(pattern))

    def captured(self, value: SQL, pattern: str, group: int) -> SQL:
        return call("REGEXP_EXTRACT", value, text(pattern), whole(group))

    def replaced(self, value: SQL, pattern: str, by: str) -> SQL:
        return call("REGEXP_REPLACE", value, text(pattern), text(by), text("g"))

    def escape(self, point: int) -> str:
        return f"\\x{{{point:X}}}"

    def inner(self, pattern: str) -> str:
        every = matching(f"[{pattern}]")
        newer = without(every, without(every, NEWER))
        return pattern + self.characters(newer)[1:-1] if newer else pattern

    def joined(self, parts: Sequence[SQL], between: str) -> SQL:
        return call("NULLIF", call("ARRAY_TO_STRING", exp.Array(expressions=list(parts)), text(between)), text(""))

    # ------------------------------------------------------------ numbers

    def is_finite(self, value: SQL) -> SQL:
        return call("ISFINITE", value)

    def is_nan(self, value: SQL, kind: ColumnKind) -> SQL:
        return call("ISNAN", value)

    def divided(self, value: SQL, by: SQL, wide: bool = False) -> SQL:
        return exp.IntDiv(this=terms.bracketed(value), expression=terms.bracketed(by))

    def nth(self, numbers: Sequence[int], place: SQL) -> SQL:
        listed = terms.cast(text("[" + ", ".join(map(str, numbers)) + "]"), "BIGINT[]")
        return exp.Bracket(
            this=listed, expressions=[exp.Add(this=terms.bracketed(place), expression=whole(1))], offset=1
        )

    # --------------------------------------------------------------- days

    def today(self) -> SQL:
        return terms.cast(exp.AtTimeZone(this=call("NOW"), zone=text("UTC")), "DATE")

    def days_between(self, first: SQL, last: SQL) -> SQL:
        return exp.Sub(this=last, expression=first)

    def moved(self, day: SQL, amount: int, unit: Unit) -> SQL:
        span = exp.Interval(this=text(str(amount)), unit=exp.Var(this=_UNITS[unit]))
        return terms.cast(exp.Add(this=day, expression=span), "DATE")

    def last_of_month(self, day: SQL) -> SQL:
        return call("LAST_DAY", day)

    def date_of(self, year: SQL, month: SQL, day: SQL) -> SQL:
        return call("MAKE_DATE", year, month, day)

    def moment_of(self, day: SQL, seconds: SQL, microseconds: SQL) -> SQL:
        moved = exp.Add(this=terms.cast(day, "TIMESTAMP"), expression=call("TO_SECONDS", seconds))
        return exp.Add(this=moved, expression=call("TO_MICROSECONDS", microseconds))

    def in_utc(self, value: SQL) -> SQL:
        return exp.AtTimeZone(this=value, zone=text("UTC"))

    # -------------------------------------------------------------- lists

    def split(self, value: SQL, by: str) -> SQL:
        return self.items(call("STRING_SPLIT", value, text(by)))

    def items(self, value: SQL) -> SQL:
        item = terms.column("item")
        trimmed = call("LIST_TRANSFORM", value, _each("item", self.trimmed(item)))
        return call("LIST_FILTER", trimmed, _each("item", exp.NEQ(this=item.copy(), expression=text(""))))

    def has_items(self, value: SQL) -> SQL:
        return exp.GT(this=call("LEN", value), expression=whole(0))

    def folded_items(self, value: SQL) -> SQL:
        return call("LIST_TRANSFORM", value, _each("item", self.folded(terms.column("item"))))

    def includes(self, folded: SQL, texts: Sequence[str]) -> SQL:
        return call("LIST_HAS_ANY", folded, self.list_of(texts))

    def texts_apart(self, joined: str) -> SQL:
        return call("UNNEST", call("STRING_SPLIT", text(joined), text(" ")))

    # ------------------------------------------------------------ reasons

    def reasons(self, add: Add, contributions: Sequence[Contribution], most: int | None, first: Sequence[SQL]) -> SQL:
        if not contributions or most == 0:
            return self.joined(first, "; ") if first else terms.null()
        said: list[str] = []
        keys = exp.Array(expressions=[_key(one, said) for one in contributions])
        if most is None:
            known = call("LIST_FILTER", keys, _each("key", terms.is_known(terms.column("key"))))
            largest = add("largest_keys", call("LIST_REVERSE_SORT", known))
        else:
            largest = add("largest_keys", call("LIST_AGGREGATE", keys, text("max"), whole(most)))
        key = terms.column("key")
        behind = exp.Mod(this=exp.Paren(this=self.divided(key.copy(), whole(2))), expression=whole(_PLACES))
        place = exp.Sub(this=whole(_PLACES), expression=exp.Paren(this=behind))
        written: SQL = exp.Bracket(this=self.list_of(said), expressions=[place], offset=1)
        if any(one.fixed is None for one in contributions):
            is_negative = exp.EQ(this=exp.Mod(this=key.copy(), expression=whole(2)), expression=whole(1))
            sign = terms.when((is_negative, text("-")), otherwise=text("+"))
            points = self.points_as_text(exp.Paren(this=self.divided(key, whole(2 * _PLACES))))
            spelled = self.concatenated([sign, points, written.copy()])
            written = terms.when((self.starts_with(written.copy(), " "), spelled), otherwise=written)
        given = call("ARRAY_TO_STRING", call("LIST_TRANSFORM", largest, _each("key", written)), text("; "))
        return (
            self.joined([*first, call("NULLIF", given, text(""))], "; ") if first else call("NULLIF", given, text(""))
        )


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


def _each(name: str, value: SQL) -> exp.Lambda:
    return exp.Lambda(this=value, expressions=[exp.Identifier(this=name, quoted=False)])
