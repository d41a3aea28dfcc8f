r"""Spark SQL's words, from version 3.5 on; the answers are the same with `spark.sql.ansi.enabled` on and off.

Spark has no normal form of texts: a text that NFC might change is rejected (`unstable`), every other one is its
own. Letters are lowered by the language's list, because Spark's `lower` asks the machine's Java or ICU, and a sigma
there depends on what follows it. Patterns are Java's: `$` would match before a last line end, and a
repetition of repetitions could run for ever, so that one is written `\z` and the other refused.

Questionable decision: moments are `TIMESTAMP_NTZ`, in UTC. Spark's `TIMESTAMP` is shown, cast and compared in the
time zone of the session, of which an answer must not depend; a column of that type is taken by its microseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import ClassVar

from sqlglot import exp

from leadrules.databases.sql import terms
from leadrules.databases.sql.characters import lower_cased, matching, written
from leadrules.databases.sql.dialects.dialect import Add, Contribution, Dialect, domains
from leadrules.databases.sql.dialects.keyed import Keyed, each
from leadrules.databases.sql.dialects.stability import SIGNS, unstable
from leadrules.databases.sql.refusals import CannotSay
from leadrules.databases.sql.terms import SQL, call, text, whole
from leadrules.databases.table import ColumnKind
from leadrules.meaning.text import BLANKS
from leadrules.ruleset import Unit

_ALSO_BEYOND_ASCII = ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_HALF = 2**60
"""A double is split here into two whole numbers, as no whole number of Spark's can be made of a large one."""
_SECONDS_A_DAY = 86_400


class Spark(Dialect):
    name = "Spark"
    glot = "spark"
    starts_as, ends_as = "STARTSWITH", "ENDSWITH"
    text_type = "STRING"
    huge = "DECIMAL(38, 0)"
    types: ClassVar[Mapping[ColumnKind, str]] = {
        "text": "STRING", "small integer": "INT", "integer": "BIGINT", "decimal": "DECIMAL(18, 3)",
        "double": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "datetime": "TIMESTAMP_NTZ",
        "zoned": "TIMESTAMP", "texts": "ARRAY<STRING>",
    }  # fmt: skip
    backtracks = True
    names_ignore_case = True

    # -------------------------------------------------------------- texts

    def normal(self, value: SQL) -> SQL:
        return value

    def trimmed(self, value: SQL) -> SQL:
        # As a plain STRING: one with a collation would be compared by it, and not be matched at all.
        return _trimmed(terms.cast(value, self.text_type))

    def unstable(self, value: SQL) -> SQL:
        pattern = terms.shared(_unstable(), "unstable characters")
        found = call("REGEXP_LIKE", value.copy(), pattern)
        return terms.when((self.is_ascii(value), terms.truth(False)), otherwise=found)

    def unstable_items(self, value: SQL) -> SQL:
        return call("EXISTS", value, each("item", terms.definitely(self.unstable(terms.column("item")))))

    def folded(self, value: SQL) -> SQL:
        upper, lower = (ascii + rest for ascii, rest in zip(_ALSO_BEYOND_ASCII, lower_cased(), strict=True))
        # The dotted I becomes two characters, as nothing else does.
        plain = call("REPLACE", value.copy(), text("İ"), text("i\u0307"))
        rare = call("TRANSLATE", plain, terms.shared(upper, "capital letters"), terms.shared(lower, "small letters"))
        return terms.when((self.is_ascii(value), call("LOWER", value.copy())), otherwise=rare)

    def marked(self, folded: SQL) -> SQL:
        single = call("REPLACE", self.replaced(folded.copy(), r"[\x{9}-\x{D} ]+", " "), text("|"), text("I"))
        plain = self.concatenated([text("|"), self.replaced(single, "([^a-z0-9])", r"|\1|"), text("|")])
        return terms.when((self.is_ascii(folded), plain), otherwise=super().marked(folded.copy()))

    def found(self, value: SQL, pattern: str) -> SQL:
        return call("REGEXP_LIKE", value, text(_java(pattern)))

    def captured(self, value: SQL, pattern: str, group: int) -> SQL:
        return call("REGEXP_EXTRACT", value, text(_java(pattern)), whole(group))

    def replaced(self, value: SQL, pattern: str, by: str) -> SQL:
        return call("REGEXP_REPLACE", value, text(_java(pattern)), text(by.replace("\\", "$")))

    def escape(self, point: int) -> str:
        return _escaped(point)

    def inner(self, pattern: str) -> str:
        newer = matching(rf"[{pattern}&&\P{{age=13.0}}]")
        return pattern + self.characters(newer)[1:-1] if newer else pattern

    def joined(self, parts: Sequence[SQL], between: str) -> SQL:
        return call("NULLIF", call("CONCAT_WS", text(between), *parts), text(""))

    # ------------------------------------------------------------ numbers

    def is_finite(self, value: SQL) -> SQL:
        return exp.LT(this=call("ABS", value), expression=terms.cast(text("Infinity"), self.double))

    def is_nan(self, value: SQL, kind: ColumnKind) -> SQL:
        return call("ISNAN", value)

    def has_fraction(self, value: SQL, kind: ColumnKind) -> SQL:
        # In ANSI mode FLOOR ends the query at a double beyond the whole numbers.
        return exp.NEQ(this=exp.Mod(this=value, expression=whole(1)), expression=whole(0))

    def floored(self, value: SQL, wide: bool) -> SQL:
        if not wide:
            return call("FLOOR", value)
        half = terms.cast(text(str(_HALF)), self.double)
        high = call("FLOOR", exp.Div(this=terms.bracketed(value), expression=half))
        rest = exp.Sub(this=terms.bracketed(value.copy()), expression=exp.Mul(this=high, expression=half.copy()))
        above = exp.Mul(this=terms.cast(high.copy(), self.huge), expression=whole(_HALF))
        return exp.Paren(this=exp.Add(this=above, expression=terms.cast(call("FLOOR", rest), self.huge)))

    def divided(self, value: SQL, by: SQL, wide: bool = False) -> SQL:
        if not wide:
            return exp.IntDiv(this=terms.bracketed(value), expression=terms.bracketed(by))
        # `DIV` would give a BIGINT; what is left over is taken away first, so that nothing is rounded.
        rest = exp.Mod(this=terms.bracketed(value.copy()), expression=by.copy())
        even = exp.Paren(this=exp.Sub(this=terms.bracketed(value), expression=exp.Paren(this=rest)))
        return terms.cast(exp.Div(this=even, expression=terms.bracketed(by)), self.huge)

    def decimal_as_text(self, value: SQL) -> SQL:
        said = terms.cast(value, self.text_type)
        # Without ANSI mode, Spark writes a small one as 1.2E-7.
        digits = call("REPLACE", self.captured(said.copy(), "([0-9.]+)E", 1), text("."), text(""))
        zeros = exp.Sub(
            this=terms.cast(self.captured(said.copy(), "E-([0-9]+)", 1), "INT"), expression=whole(1)
        )  # fmt: skip
        sign = terms.when((self.starts_with(said.copy(), "-"), text("-0.")), otherwise=text("0."))
        plain = self.concatenated([sign, call("REPEAT", text("0"), zeros), digits])
        spelled = terms.when((self.contains(said.copy(), "E"), plain), otherwise=said)
        return terms.when(
            (self.contains(said.copy(), "."), self.replaced(spelled.copy(), r"\.?0+$", "")),
            (self.contains(said.copy(), "E"), text("0")),
            otherwise=spelled.copy(),
        )

    def nth(self, numbers: Sequence[int], place: SQL) -> SQL:
        listed = terms.cast(call("SPLIT", text(",".join(map(str, numbers))), text(",")), "ARRAY<BIGINT>")
        place = exp.Add(this=terms.bracketed(place), expression=whole(1))
        return call("ELEMENT_AT", listed, terms.cast(place, "INT"))

    # --------------------------------------------------------------- days

    def today(self) -> SQL:
        days = exp.IntDiv(
            this=call("UNIX_SECONDS", call("CURRENT_TIMESTAMP")), expression=whole(_SECONDS_A_DAY)
        )  # fmt: skip
        return call("DATE_ADD", terms.cast(text("1970-01-01"), "DATE"), terms.cast(days, "INT"))

    def days_between(self, first: SQL, last: SQL) -> SQL:
        return terms.cast(call("DATEDIFF", last, first), "BIGINT")

    def moved(self, day: SQL, amount: int, unit: Unit) -> SQL:
        if unit in ("days", "weeks"):
            return call("DATE_ADD", day, whole(amount * (7 if unit == "weeks" else 1)))
        return call("ADD_MONTHS", day, whole(amount * (12 if unit == "years" else 1)))

    def last_of_month(self, day: SQL) -> SQL:
        return call("LAST_DAY", day)

    def date_of(self, year: SQL, month: SQL, day: SQL) -> SQL:
        return call("MAKE_DATE", *(terms.cast(one, "INT") for one in (year, month, day)))

    def moment_of(self, day: SQL, seconds: SQL, microseconds: SQL) -> SQL:
        moved: SQL = terms.cast(day, "TIMESTAMP_NTZ")
        for amount, span in ((seconds, "1"), (microseconds, "0.000001")):
            times = exp.Mul(this=terms.bracketed(amount), expression=_seconds(span))
            moved = exp.Add(this=moved, expression=times)
        return moved

    def in_utc(self, value: SQL) -> SQL:
        since = exp.Mul(this=call("UNIX_MICROS", value), expression=_seconds("0.000001"))
        return exp.Add(this=terms.cast(text("1970-01-01 00:00:00"), "TIMESTAMP_NTZ"), expression=since)

    # -------------------------------------------------------------- lists

    def split(self, value: SQL, by: str) -> SQL:
        return _items(call("SPLIT", value, text("".join(self.escape(ord(char)) for char in by))))

    def items(self, value: SQL) -> SQL:
        return _items(terms.cast(value, self.types["texts"]))

    def has_items(self, value: SQL) -> SQL:
        return exp.GT(this=call("SIZE", value), expression=whole(0))

    def folded_items(self, value: SQL) -> SQL:
        return call("TRANSFORM", value, each("item", self.folded(terms.column("item"))))

    def includes(self, folded: SQL, texts: Sequence[str]) -> SQL:
        return call("ARRAYS_OVERLAP", folded, self.list_of(texts))

    def texts_apart(self, joined: str) -> exp.Select:
        return domains(call("EXPLODE", call("SPLIT", text(joined), text(" "))))

    # ------------------------------------------------------------ reasons

    def reasons(self, add: Add, contributions: Sequence[Contribution], most: int | None, first: Sequence[SQL]) -> SQL:
        if not contributions or most == 0:
            return self.joined(first, "; ") if first else terms.null()
        keyed = Keyed(contributions)
        sorted_keys = call("SORT_ARRAY", keyed.keys(), terms.truth(False))
        if most is not None:
            sorted_keys = call("SLICE", sorted_keys, whole(1), whole(most))
        key = terms.column("key")
        largest = add("largest_keys", call("FILTER", sorted_keys, each("key", terms.is_known(key))))
        place = terms.cast(keyed.place(key, self), "INT")
        written = keyed.spelled(key, call("ELEMENT_AT", self.list_of(keyed.said), place), self)
        given = call("ARRAY_JOIN", call("TRANSFORM", largest, each("key", written)), text("; "))
        return self.joined([*first, call("NULLIF", given, text(""))], "; ")

    # ---------------------------------------------------------- the whole

    def finished(self, tree: exp.Select) -> exp.Select:
        for cast in tree.find_all(exp.Cast):
            if cast.to.args.get("kind") == "TIMESTAMP":
                cast.to.set("kind", "TIMESTAMP_NTZ")
        # Spark puts settings in place of `${…}` wherever it stands, before it reads a statement.
        for node in list(tree.walk()):
            if node.comments:
                node.comments = [comment.replace("${", "$ {") for comment in node.comments]
            if isinstance(node, exp.Literal) and node.is_string and "${" in node.this:
                parts = node.this.replace("${", "$\0{").split("\0")
                node.replace(exp.Paren(this=self.concatenated([text(part) for part in parts])))
            if isinstance(node, exp.Identifier) and "${" in node.name:
                raise CannotSay(
                    f"`{node.name}` has `${{` in it, which Spark replaces by a setting", "give the column another name"
                )
        return tree


@cache
def _unstable() -> str:
    r"""A pattern that is found in every text that NFC would change; see `stability`.

    `İ` ends with a mark in lower case. What may move behind it is said more widely than need be, to be said shortly:
    any mark, and whatever this Java knows nothing of (`\p{Cn}`).
    """
    odd, marks = (written(ranges, _escaped) for ranges in unstable())
    in_order = "|".join(written(vowels, _escaped) + written(tones, _escaped) for vowels, tones in SIGNS)
    return rf"{odd}|(?!{in_order}){marks}{{2}}|\x{{130}}[\p{{M}}\p{{Cn}}]"


def _trimmed(value: SQL) -> SQL:
    return call("BTRIM", value, exp.Var(this=_spelled(BLANKS)))


def _items(texts: SQL) -> SQL:
    item = terms.column("item")
    trimmed = call("TRANSFORM", texts, each("item", _trimmed(item)))
    return call("FILTER", trimmed, each("item", exp.NEQ(this=item.copy(), expression=text(""))))


def _spelled(characters: str) -> str:
    """A text in quotes with every character by its number, for those that no eye could tell apart."""
    return "'" + "".join(f"\\u{ord(char):04X}" for char in characters) + "'"


def _escaped(point: int) -> str:
    return f"\\x{{{point:X}}}"


def _java(pattern: str) -> str:
    r"""A pattern in which `$` is the very end; as a character of a text it is written `\x{24}`."""
    return pattern.replace("$", r"\z")


def _seconds(span: str) -> exp.Interval:
    return exp.Interval(this=text(span), unit=exp.Var(this="SECOND"))
