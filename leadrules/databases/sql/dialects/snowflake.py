r"""Snowflake's words. What each promises is quoted where a meaning hangs on it.

Nothing here has run on Snowflake: the documentation is taken at its word, and the tests run the statement
over stand-ins that do as the documentation says (`tests/stand_ins.py`).

Snowflake has no normal form of texts: a text that NFC might change is rejected (`unstable`), every other one is its
own. Its patterns are POSIX's: no groups without a number, no `\x{…}`, so that a class is written with the
characters themselves. Whole numbers are `NUMBER(38, 0)`, whose division rounds at some place behind the point, so
that what is left over is taken away first. What happens to a double that overflows is not promised: the fields
that are computed with are held within bounds, as for PostgreSQL.

Questionable decision: a name that could stand without quotes is in capitals, `score` is `SCORE`. That is what Snowflake
makes of it wherever anyone writes it without quotes, in tables as in queries, and dbt does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar

from sqlglot import exp

from leadrules.databases.sql import terms
from leadrules.databases.sql.characters import Ranges, lower_cased
from leadrules.databases.sql.dialects.dialect import Add, Contribution, Dialect, inside_years
from leadrules.databases.sql.dialects.keyed import Keyed, each
from leadrules.databases.sql.dialects.stability import unstable_pattern
from leadrules.databases.sql.refusals import CannotSay
from leadrules.databases.sql.terms import SQL, call, text, whole
from leadrules.databases.table import ColumnKind
from leadrules.meaning.text import BLANKS
from leadrules.ruleset import Unit

_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_UNITS = {"days": "DAY", "weeks": "WEEK", "months": "MONTH", "years": "YEAR"}
_PLAIN = re.compile("[A-Za-z_][A-Za-z0-9_$]*")
_HALF = 2**50
"""A double is split here into two whole numbers, of which each is surely exact as one."""
_LARGEST_DIVISOR = 10**10


class Snowflake(Dialect):
    name = "Snowflake"
    glot = "snowflake"
    starts_as, ends_as = "STARTSWITH", "ENDSWITH"
    double = "DOUBLE"
    text_type = "VARCHAR"
    huge = "DECIMAL(38, 0)"
    types: ClassVar[Mapping[ColumnKind, str]] = {
        "text": "VARCHAR", "small integer": "DECIMAL(38, 0)", "integer": "DECIMAL(38, 0)", "decimal": "DECIMAL(38, 9)",
        "double": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "datetime": "TIMESTAMPNTZ",
        "zoned": "TIMESTAMPTZ", "texts": "ARRAY(VARCHAR)",
    }  # fmt: skip
    spelled: ClassVar[Mapping[str, str]] = {"BIGINT": "DECIMAL(38, 0)", "TIMESTAMP": "TIMESTAMPNTZ"}
    overflow_fails = True
    most_repeats = 255
    longest_name = 255
    largest_list = 10_000
    days_begin_at_1 = True
    advised_statement = 1_000_000
    """"Larger queries process normally, but you could not rerun or retry" them."""

    def column_name(self, name: str) -> str:
        return name.upper() if _PLAIN.fullmatch(name) else name

    def table_part(self, name: str) -> exp.Identifier:
        if len(name) > 2 and name[0] == name[-1] == '"':
            return exp.Identifier(this=name[1:-1].replace('""', '"'), quoted=True)
        return exp.Identifier(this=self.column_name(name), quoted=True)

    # -------------------------------------------------------------- texts

    def trimmed(self, value: SQL) -> SQL:
        # "One or more characters to remove from the left and right side, in any order."
        return call("TRIM", call("COLLATE", value, text("")), text(BLANKS))

    def normal(self, value: SQL) -> SQL:
        return value

    def unstable(self, value: SQL) -> SQL:
        # No class of characters can have the one without a number in it, and so no text may.
        nothing = call("CONTAINS", value, call("HEX_DECODE_STRING", text("00")))
        odd = terms.either([self.found(value.copy(), unstable_pattern(self.characters)), nothing])
        return terms.when((self.is_ascii(value.copy()), nothing.copy()), otherwise=odd)

    def unstable_items(self, value: SQL) -> SQL:
        odd = call("FILTER", value, each("item", terms.definitely(self.unstable(_item()))))
        return exp.GT(this=call("ARRAY_SIZE", odd), expression=whole(0))

    def folded(self, value: SQL) -> SQL:
        upper, lower = lower_cased()
        # The dotted I becomes two characters, as nothing else does.
        plain = call("REPLACE", value.copy(), text("İ"), text("i\u0307"))
        rare = call("TRANSLATE", plain, text(_CAPITALS + upper), text(_CAPITALS.lower() + lower))
        return terms.when((self.is_ascii(value), call("LOWER", value.copy())), otherwise=rare)

    def marked(self, folded: SQL) -> SQL:
        single = call("REPLACE", self.replaced(folded.copy(), "[\t\n\v\f\r ]+", " "), text("|"), text("I"))
        plain = self.concatenated([text("|"), self.replaced(single, "([^a-z0-9])", r"|\1|"), text("|")])
        return terms.when((self.is_ascii(folded), plain), otherwise=super().marked(folded.copy()))

    def found(self, value: SQL, pattern: str) -> SQL:
        # "The function implicitly anchors a pattern at both ends"; with `s`, a full stop matches a line end too.
        return call("REGEXP_LIKE", value, text(f".*({posix(pattern)}).*"), text("s"))

    def captured(self, value: SQL, pattern: str, group: int) -> SQL:
        # "If e is specified and group_num is specified, that group is extracted."
        number = groups_before(pattern, group)
        return call("REGEXP_SUBSTR", value, text(posix(pattern)), whole(1), whole(1), text("e"), whole(number))

    def replaced(self, value: SQL, pattern: str, by: str) -> SQL:
        return call("REGEXP_REPLACE", value, text(posix(pattern)), text(by))

    def escape(self, point: int) -> str:
        char = chr(point)
        return f"\\{char}" if char in r".+*?()|[]{}$^\\" else char

    def characters(self, ranges: Ranges, but: bool = False) -> str:
        """A class of characters, written so that POSIX and Perl both read it: `]` first, `-` last, `\\` twice."""
        return _class(ranges, but)

    def joined(self, parts: Sequence[SQL], between: str) -> SQL:
        # "Returns an array constructed from zero, one, or more inputs; the constructed array omits any NULL input."
        return call("NULLIF", call("ARRAY_TO_STRING", call("ARRAY_CONSTRUCT_COMPACT", *parts), text(between)), text(""))

    # ------------------------------------------------------------ numbers

    def is_finite(self, value: SQL) -> SQL:
        return exp.LT(this=call("ABS", value), expression=terms.cast(text("inf"), self.double))

    def is_nan(self, value: SQL, kind: ColumnKind) -> SQL:
        # "'NaN' values are considered equal", unlike anywhere else.
        return exp.EQ(this=value, expression=terms.cast(text("NaN"), self.double))

    def floored(self, value: SQL, wide: bool) -> SQL:
        half = terms.cast(text(str(_HALF)), self.double)
        high = call("FLOOR", exp.Div(this=terms.bracketed(value), expression=half))
        rest = exp.Sub(this=terms.bracketed(value.copy()), expression=exp.Mul(this=high, expression=half.copy()))
        above = exp.Mul(this=terms.cast(high.copy(), self.huge), expression=whole(_HALF))
        return exp.Paren(this=exp.Add(this=above, expression=terms.cast(call("FLOOR", rest), self.huge)))

    def divided(self, value: SQL, by: SQL, wide: bool = False) -> SQL:
        # A quotient of whole numbers has six places behind the point, for which there must be room in 38 digits.
        if isinstance(by, exp.Literal) and int(by.this) > _LARGEST_DIVISOR:
            raise CannotSay(f"this divides by {int(by.this):,}, more than {self.name} has digits for", "divide by less")
        rest = exp.Mod(this=terms.bracketed(value.copy()), expression=by.copy())
        even = exp.Paren(this=exp.Sub(this=terms.bracketed(value), expression=exp.Paren(this=rest)))
        return terms.cast(exp.Div(this=even, expression=terms.bracketed(by)), self.huge)

    def double_of_text(self, value: SQL) -> SQL:
        # Of a text beyond the doubles it is not said whether this is null or infinite; here both are infinite.
        return terms.coalesce(call("TRY_TO_DOUBLE", value), terms.cast(text("inf"), self.double))

    def nth(self, numbers: Sequence[int], place: SQL) -> SQL:
        # "If the part number is 1, the first part is returned."
        number = exp.Add(this=terms.bracketed(place), expression=whole(1))
        return terms.cast(call("SPLIT_PART", text(",".join(map(str, numbers))), text(","), number), self.huge)

    # --------------------------------------------------------------- days

    def today(self) -> SQL:
        # "Returns the current timestamp for the system in the UTC time zone."
        return terms.cast(call("SYSDATE"), "DATE")

    def day_as_text(self, value: SQL) -> SQL:
        digits = [(self.part("year", value), 4), (self.part("month", value.copy()), 2),
                  (self.part("day", value.copy()), 2)]  # fmt: skip
        parts = [call("LPAD", terms.cast(part, self.text_type), whole(width), text("0")) for part, width in digits]
        return self.concatenated([parts[0], text("-"), parts[1], text("-"), parts[2]])

    def days_between(self, first: SQL, last: SQL) -> SQL:
        return call("DATEDIFF", exp.Var(this="DAY"), first, last)

    def moved(self, day: SQL, amount: int, unit: Unit) -> SQL:
        # "If the resulting month has fewer days than the original, the day is adjusted to its last."
        return call("DATEADD", exp.Var(this=_UNITS[unit]), whole(amount), day)

    def last_of_month(self, day: SQL) -> SQL:
        return call("LAST_DAY", day)

    def date_of(self, year: SQL, month: SQL, day: SQL) -> SQL:
        return call("DATE_FROM_PARTS", year, month, day)

    def moment_of(self, day: SQL, seconds: SQL, microseconds: SQL) -> SQL:
        moved = call("DATEADD", exp.Var(this="SECOND"), seconds, terms.cast(day, "TIMESTAMPNTZ"))
        return inside_years(day, seconds, call("DATEADD", exp.Var(this="MICROSECOND"), microseconds, moved))

    def in_utc(self, value: SQL) -> SQL:
        return terms.cast(call("CONVERT_TIMEZONE", text("UTC"), value), "TIMESTAMPNTZ")

    # -------------------------------------------------------------- lists

    def split(self, value: SQL, by: str) -> SQL:
        return self.items(call("SPLIT", value, text(by)))

    def items(self, value: SQL) -> SQL:
        trimmed = call("TRANSFORM", terms.cast(value, "ARRAY"), each("item", self.trimmed(_item())))
        return call("FILTER", trimmed, each("item", exp.NEQ(this=_item(), expression=text(""))))

    def has_items(self, value: SQL) -> SQL:
        return exp.GT(this=call("ARRAY_SIZE", value), expression=whole(0))

    def folded_items(self, value: SQL) -> SQL:
        return call("TRANSFORM", value, each("item", self.folded(_item())))

    def includes(self, folded: SQL, texts: Sequence[str]) -> SQL:
        # "Compares whether two arrays have at least one element in common. NULL-safe only within the arrays."
        return call("ARRAYS_OVERLAP", folded, self.list_of(texts))

    # ------------------------------------------------------------ reasons

    def reasons(self, add: Add, contributions: Sequence[Contribution], most: int | None, first: Sequence[SQL]) -> SQL:
        if not contributions or most == 0:
            return self.joined(first, "; ") if first else terms.cast(terms.null(), self.text_type)
        keyed = Keyed(contributions)
        keys = call("ARRAY_SORT", call("ARRAY_CONSTRUCT_COMPACT", *keyed.keys().expressions), terms.truth(False))
        if most is not None:
            keys = call("ARRAY_SLICE", keys, whole(0), whole(most))
        largest = add("largest_keys", keys)
        key = terms.cast(terms.column("key"), self.huge)
        place = exp.Sub(this=terms.bracketed(keyed.place(key, self)), expression=whole(1))
        said = terms.cast(call("GET", self.list_of(keyed.said), place), self.text_type)
        written = call("TRANSFORM", largest, each("key", keyed.spelled(key, said, self)))
        given = call("NULLIF", call("ARRAY_TO_STRING", written, text("; ")), text(""))
        return self.joined([*first, given], "; ") if first else given

    # ---------------------------------------------------------- the whole

    def finished(self, tree: exp.Select) -> exp.Select:
        # Which day a text is depends on the session's formats, save where its parts are said.
        for cast in list(tree.find_all(exp.Cast)):
            kind, said = cast.to.args.get("kind"), cast.this
            if not isinstance(said, exp.Literal) or kind not in ("DATE", "TIMESTAMPNTZ"):
                continue
            if kind == "DATE":
                on = date.fromisoformat(said.this)
                cast.replace(call("DATE_FROM_PARTS", *map(whole, (on.year, on.month, on.day))))
            else:
                at = datetime.fromisoformat(said.this)
                day = call("DATE_FROM_PARTS", *map(whole, (at.year, at.month, at.day)))
                seconds = (at.hour * 60 + at.minute) * 60 + at.second
                moment: SQL = terms.cast(day, kind)
                for amount, unit in ((seconds, "SECOND"), (at.microsecond, "MICROSECOND")):
                    moment = call("DATEADD", exp.Var(this=unit), whole(amount), moment) if amount else moment
                cast.replace(moment)
        return tree


def _item() -> SQL:
    """An item of a list as a text, as it has no type of its own."""
    return terms.cast(terms.column("item"), "VARCHAR")


# --------------------------------------------------------------------- patterns

_SPECIAL = frozenset("[\\]^-")


def _class(ranges: Ranges, but: bool) -> str:
    """A class of characters that POSIX and Perl read alike: `]` first, `[` and `-` last, a backslash twice."""
    singles: set[str] = set()
    plain: list[str] = []
    for low, high in ranges:
        first, last = max(low, 1), high
        while first <= last and chr(first) in _SPECIAL:
            singles.add(chr(first))
            first += 1
        while first <= last and chr(last) in _SPECIAL:
            singles.add(chr(last))
            last -= 1
        if first <= last:
            plain.append(chr(first) if first == last else f"{chr(first)}-{chr(last)}")
    order = [("]", "]"), *((one, one) for one in plain), ("\\", "\\\\"), ("^", "^"), ("[", "["), ("-", "-")]
    inner = "".join(said for sign, said in order if sign in singles or (sign == said and sign not in _SPECIAL))
    if inner == "^" and not but:
        return r"\^"
    return f"[{'^' if but else ''}{inner}]"


def posix(pattern: str) -> str:
    """A pattern whose groups all have numbers."""
    written, _ = _taken_apart(pattern)
    return written


def groups_before(pattern: str, group: int) -> int:
    """The number of a group, from 1, where all groups have one."""
    _, numbers = _taken_apart(pattern)
    return numbers[group - 1]


def _taken_apart(pattern: str) -> tuple[str, list[int]]:
    """A pattern with plain groups only, and which of these had a number before."""
    written: list[str] = []
    numbers: list[int] = []
    place = count = 0
    in_class = False
    while place < len(pattern):
        sign, size = pattern[place], 1
        piece = sign
        if sign == "\\" and not in_class:
            piece, size = pattern[place : place + 2], 2
        elif in_class:
            in_class = sign != "]" or written[-1] in ("[", "[^")
        elif sign == "[":
            in_class = True
            piece = "[^" if pattern.startswith("[^", place) else "["
            size = len(piece)
        elif sign == "(":
            count += 1
            if pattern.startswith("(?:", place):
                size = 3
            else:
                numbers.append(count)
        written.append(piece)
        place += size
    return "".join(written), numbers
