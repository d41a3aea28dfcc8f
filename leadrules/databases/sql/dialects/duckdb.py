"""DuckDB's words.

Its `lower` knows fewer letters than the language, and its patterns' classes are those of an older Unicode:
both are made good here, by lists that a test holds against a live DuckDB, over every character there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from sqlglot import exp

from leadrules.databases.sql import terms
from leadrules.databases.sql.characters import Ranges, matching, without
from leadrules.databases.sql.dialects.dialect import Add, Contribution, Dialect, domains
from leadrules.databases.sql.dialects.keyed import Keyed, each
from leadrules.databases.sql.terms import SQL, call, text, whole
from leadrules.databases.table import ColumnKind
from leadrules.meaning.text import NEWER_CASES
from leadrules.ruleset import Unit

_UNITS = {"days": "DAY", "weeks": "WEEK", "months": "MONTH", "years": "YEAR"}

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
    bytes_as = "STRLEN"
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
        trimmed = call("LIST_TRANSFORM", value, each("item", self.trimmed(item)))
        return call("LIST_FILTER", trimmed, each("item", exp.NEQ(this=item.copy(), expression=text(""))))

    def has_items(self, value: SQL) -> SQL:
        return exp.GT(this=call("LEN", value), expression=whole(0))

    def folded_items(self, value: SQL) -> SQL:
        return call("LIST_TRANSFORM", value, each("item", self.folded(terms.column("item"))))

    def includes(self, folded: SQL, texts: Sequence[str]) -> SQL:
        return call("LIST_HAS_ANY", folded, self.list_of(texts))

    def texts_apart(self, joined: str) -> exp.Select:
        return domains(call("UNNEST", call("STRING_SPLIT", text(joined), text(" "))))

    # ------------------------------------------------------------ reasons

    def reasons(self, add: Add, contributions: Sequence[Contribution], most: int | None, first: Sequence[SQL]) -> SQL:
        if not contributions or most == 0:
            return self.joined(first, "; ") if first else terms.null()
        keyed = Keyed(contributions)
        keys = keyed.keys()
        if most is None:
            known = call("LIST_FILTER", keys, each("key", terms.is_known(terms.column("key"))))
            largest = add("largest_keys", call("LIST_REVERSE_SORT", known))
        else:
            largest = add("largest_keys", call("LIST_AGGREGATE", keys, text("max"), whole(most)))
        key = terms.column("key")
        said = exp.Bracket(this=self.list_of(keyed.said), expressions=[keyed.place(key, self)], offset=1)
        written = keyed.spelled(key, said, self)
        given = call("ARRAY_TO_STRING", call("LIST_TRANSFORM", largest, each("key", written)), text("; "))
        return (
            self.joined([*first, call("NULLIF", given, text(""))], "; ") if first else call("NULLIF", given, text(""))
        )
