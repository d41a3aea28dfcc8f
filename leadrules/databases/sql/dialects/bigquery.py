r"""BigQuery's words (GoogleSQL). What each promises is quoted where a meaning hangs on it.

Nothing here has run on BigQuery: the documentation is taken at its word, and the tests run the statement
over stand-ins that do as the documentation says (`tests/stand_ins.py`).

Patterns are RE2's, which never try in turn, and whose classes are written out as ranges. `LOWER` is used for ASCII
alone, because its tables and its final sigma are not promised. Arithmetic on doubles ends the query where it
overflows; `SAFE_ADD` and its like give null there, which is just what the language wants.

Questionable decision: a column's collation is taken off (`COLLATE(x, '')`: "returns a value with collation
removed"), so that `=` compares characters whatever the table's own idea of equality is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from sqlglot import exp

from leadrules.databases.sql import terms
from leadrules.databases.sql.characters import lower_cased
from leadrules.databases.sql.dialects.dialect import Add, Contribution, Dialect, inside_years
from leadrules.databases.sql.dialects.keyed import Keyed
from leadrules.databases.sql.terms import SQL, call, text, whole
from leadrules.databases.table import ColumnKind
from leadrules.meaning.text import BLANKS
from leadrules.ruleset import Unit

_UNITS = {"days": "DAY", "weeks": "WEEK", "months": "MONTH", "years": "YEAR"}
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NOT_IN_NAMES = frozenset('!"$()*,./;?@[\\]^`{}~')
"""What no name of a column may have in it, even a flexible one."""


class BigQuery(Dialect):
    name = "BigQuery"
    glot = "bigquery"
    bytes_as = "BYTE_LENGTH"
    double = "FLOAT64"
    text_type = "STRING"
    huge = "BIGNUMERIC"
    types: ClassVar[Mapping[ColumnKind, str]] = {
        "text": "STRING", "small integer": "INT64", "integer": "INT64", "decimal": "NUMERIC",
        "double": "FLOAT64", "boolean": "BOOL", "date": "DATE", "datetime": "DATETIME",
        "zoned": "TIMESTAMP", "texts": "ARRAY<STRING>",
    }  # fmt: skip
    spelled: ClassVar[Mapping[str, str]] = {"BIGINT": "INT64", "TIMESTAMP": "DATETIME"}
    # "Equivalent to the addition operator (+), but returns NULL if overflow occurs."
    finite: ClassVar[Mapping[str, str]] = {
        "+": "SAFE_ADD", "-": "SAFE_SUBTRACT", "*": "SAFE_MULTIPLY", "/": "SAFE_DIVIDE",
    }  # fmt: skip
    names_ignore_case = True
    days_begin_at_1 = True
    most_columns = 10_000
    longest_name = 300
    longest_statement = 1_000_000
    """"An unresolved query can be up to 1 MB long.\""""

    def column_name(self, name: str) -> str:
        return "".join("_" if char in _NOT_IN_NAMES else char for char in name)

    # -------------------------------------------------------------- texts

    def trimmed(self, value: SQL) -> SQL:
        # "Removes all leading and trailing Unicode code points in set_of_code_points."
        return self.normal(call("TRIM", call("COLLATE", value, text("")), text(BLANKS)))

    def normal(self, value: SQL) -> SQL:
        # "NFC: decomposes and recomposes characters by canonical equivalence."
        return call("NORMALIZE", value, exp.Var(this="NFC"))

    def folded(self, value: SQL) -> SQL:
        upper, lower = lower_cased()
        # The dotted I becomes two characters, as nothing else does.
        plain = call("REPLACE", value.copy(), text("İ"), text("i\u0307"))
        # "Each character in expression is translated at most once."
        rare = call("TRANSLATE", plain, text(_CAPITALS + upper), text(_CAPITALS.lower() + lower))
        return terms.when((self.is_ascii(value), call("LOWER", value.copy())), otherwise=self.normal(rare))

    def marked(self, folded: SQL) -> SQL:
        single = call("REPLACE", self.replaced(folded.copy(), r"[\x{9}-\x{D} ]+", " "), text("|"), text("I"))
        plain = self.concatenated([text("|"), self.replaced(single, "([^a-z0-9])", r"|\1|"), text("|")])
        return terms.when((self.is_ascii(folded), plain), otherwise=super().marked(folded.copy()))

    def length(self, value: SQL) -> SQL:
        return call("CHAR_LENGTH", value)

    def contains(self, value: SQL, part: str) -> SQL:
        # "0 is returned if value2 isn't found." (`CONTAINS_SUBSTR` would ignore case, by its own tables.)
        return exp.GT(this=call("INSTR", value, text(part)), expression=whole(0))

    def found(self, value: SQL, pattern: str) -> SQL:
        # "Returns TRUE if value is a partial match for the regular expression."
        return call("REGEXP_CONTAINS", value, text(pattern))

    def captured(self, value: SQL, pattern: str, group: int) -> SQL:
        # "Returns an error if the regular expression has more than one capturing group."
        return call("REGEXP_EXTRACT", value, text(one_group(pattern, group)))

    def replaced(self, value: SQL, pattern: str, by: str) -> SQL:
        return call("REGEXP_REPLACE", value, text(pattern), text(by))

    def escape(self, point: int) -> str:
        return f"\\x{{{point:X}}}"

    def joined(self, parts: Sequence[SQL], between: str) -> SQL:
        # "If the null_text parameter isn't used, the function omits the NULL value and its preceding delimiter."
        return call("NULLIF", call("ARRAY_TO_STRING", exp.Array(expressions=list(parts)), text(between)), text(""))

    # ------------------------------------------------------------ numbers

    def is_finite(self, value: SQL) -> SQL:
        return exp.LT(this=call("ABS", value), expression=terms.cast(text("inf"), self.double))

    def is_nan(self, value: SQL, kind: ColumnKind) -> SQL:
        return call("IS_NAN", value)

    def divided(self, value: SQL, by: SQL, wide: bool = False) -> SQL:
        # "Returns the result of integer division of X by Y", of INT64 and of BIGNUMERIC alike.
        return call("DIV", value, by)

    def double_of_text(self, value: SQL) -> SQL:
        # Of a text beyond the doubles it is not said whether a cast fails or gives infinity; here both are infinite.
        double = exp.TryCast(this=value, to=terms.cast(value, self.double).to, safe=True)
        return terms.coalesce(double, terms.cast(text("inf"), self.double))

    def nth(self, numbers: Sequence[int], place: SQL) -> SQL:
        listed = exp.Array(expressions=[whole(one) for one in numbers])
        return exp.Bracket(this=listed, expressions=[place], offset=0, safe=False)

    # --------------------------------------------------------------- days

    def today(self) -> SQL:
        return call("CURRENT_DATE", text("UTC"))

    def days_between(self, first: SQL, last: SQL) -> SQL:
        return call("DATE_DIFF", last, first, exp.Var(this="DAY"))

    def moved(self, day: SQL, amount: int, unit: Unit) -> SQL:
        # "If the resulting month has fewer days than the original, the day is the last of the new month."
        return call("DATE_ADD", day, _span(whole(amount), _UNITS[unit]))

    def last_of_month(self, day: SQL) -> SQL:
        return call("LAST_DAY", day)

    def date_of(self, year: SQL, month: SQL, day: SQL) -> SQL:
        return call("DATE", year, month, day)

    def moment_of(self, day: SQL, seconds: SQL, microseconds: SQL) -> SQL:
        # A moment before the year 1 or behind 9999 would end the query.
        moved = call("DATETIME_ADD", terms.cast(day, "DATETIME"), _span(exp.Paren(this=seconds.copy()), "SECOND"))
        moved = call("DATETIME_ADD", moved, _span(terms.bracketed(microseconds), "MICROSECOND"))
        return inside_years(day, seconds, moved)

    def in_utc(self, value: SQL) -> SQL:
        return call("DATETIME", value, text("UTC"))

    # -------------------------------------------------------------- lists

    def split(self, value: SQL, by: str) -> SQL:
        return self.items(call("SPLIT", value, text(by)))

    def items(self, value: SQL) -> SQL:
        trimmed = self.trimmed(terms.column("item"))
        kept = exp.NEQ(this=trimmed.copy(), expression=text(""))
        return call("ARRAY", _from_list(trimmed, value, "item").where(kept, copy=False))

    def has_items(self, value: SQL) -> SQL:
        return exp.GT(this=call("ARRAY_LENGTH", value), expression=whole(0))

    def folded_items(self, value: SQL) -> SQL:
        items = call("ARRAY", _from_list(self.folded(terms.column("item")), value, "item"))
        return terms.when((terms.is_known(value.copy()), items))

    def includes(self, folded: SQL, texts: Sequence[str]) -> SQL:
        found = _from_list(whole(1), folded, "item").where(terms.among_texts(terms.column("item"), texts), copy=False)
        return terms.when((terms.is_known(folded.copy()), exp.Exists(this=found)))

    def texts_apart(self, joined: str) -> exp.Select:
        return _from_list(terms.column("domain"), call("SPLIT", text(joined), text(" ")), "domain")

    # ------------------------------------------------------------ reasons

    def reasons(self, add: Add, contributions: Sequence[Contribution], most: int | None, first: Sequence[SQL]) -> SQL:
        if not contributions or most == 0:
            return self.joined(first, "; ") if first else terms.cast(terms.null(), self.text_type)
        keyed = Keyed(contributions)
        key = terms.column("key")
        largest = _from_list(key, keyed.keys(), "key").where(terms.is_known(key.copy()), copy=False)
        largest = _falling(largest)
        if most is not None:
            largest = largest.limit(most, copy=False)
        keys = add("largest_keys", call("ARRAY", largest))
        said = exp.Bracket(this=self.list_of(keyed.said), expressions=[keyed.place(key, self)], offset=1, safe=False)
        written = _falling(_from_list(keyed.spelled(key, said, self), keys, "key"))
        given = call("NULLIF", call("ARRAY_TO_STRING", call("ARRAY", written), text("; ")), text(""))
        return self.joined([*first, given], "; ") if first else given


def one_group(pattern: str, group: int) -> str:
    """A pattern of which only this group, counted from 1, is captured."""
    written: list[str] = []
    place = count = 0
    in_class = False
    while place < len(pattern):
        sign = pattern[place]
        piece = pattern[place : place + 2] if sign == "\\" else sign
        if not in_class and sign == "(" and pattern[place + 1 : place + 2] != "?":
            count += 1
            piece = "(" if count == group else "(?:"
        elif sign in "[]":
            in_class = sign == "["
        written.append(piece)
        place += 2 if sign == "\\" else 1
    return "".join(written)


def _span(amount: SQL, unit: str) -> exp.Interval:
    return exp.Interval(this=amount, unit=exp.Var(this=unit))


def _from_list(value: SQL, items: SQL, name: str) -> exp.Select:
    """A value for each item of a list, which is called `name` in it."""
    alias = exp.TableAlias(columns=[exp.Identifier(this=name, quoted=False)])
    return exp.Select(expressions=[value]).from_(exp.Unnest(expressions=[items], alias=alias), copy=False)


def _falling(select: exp.Select) -> exp.Select:
    """The largest keys first."""
    return select.order_by(exp.Ordered(this=terms.column("key"), desc=True), copy=False)
