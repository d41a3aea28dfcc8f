"""What a database must be able to say, so that a ruleset means in it what it means everywhere.

Each method makes an expression for one meaning of the language. What a database has no exact words
for, it refuses with `CannotSay`; an approximation is never an answer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from sqlglot import exp

from leadrules.databases.sql import terms
from leadrules.databases.sql.characters import Ranges, matching, ranges_of, written
from leadrules.databases.sql.terms import SQL, call, text, whole
from leadrules.databases.table import ColumnKind
from leadrules.meaning.text import BLANKS
from leadrules.ruleset import Unit

Part = Literal["year", "month", "day"]
Add = Callable[[str, SQL], SQL]
"""Names an expression in a layer of its own, and gives back its column."""

WORD = r"\p{L}\p{M}\p{Nd}"


@dataclass(frozen=True, slots=True)
class Contribution:
    """One rule as a reason: the column of its points, what it says, and the points that its rows give (None: any)."""

    points: SQL
    text: str
    fixed: tuple[int, ...] | None


class Dialect(ABC):
    """The words of one database. `name` is for people, `glot` is what sqlglot calls it."""

    name: str
    glot: str
    double = "DOUBLE"
    text_type = "VARCHAR"
    huge: str
    types: ClassVar[Mapping[ColumnKind, str]]
    overflow_fails = False
    """Whether arithmetic that leaves the doubles ends the query instead of giving infinity."""
    most_columns: int | None = None
    longest_name: int | None = None
    """The longest name of a column, in bytes."""
    most_repeats = 1000
    """The largest N of a pattern's `{N}`."""
    backtracks = False
    """Whether patterns are tried in turn, so that a repetition of repetitions could take for ever."""
    names_ignore_case = False
    """Whether two columns whose names differ by case alone are one to it."""
    spelled: ClassVar[Mapping[str, str]] = {}
    """Types that are called otherwise in it: `BIGINT`, `TIMESTAMP` for a moment without a zone, and such."""
    contains_as, starts_as, ends_as = "CONTAINS", "STARTS_WITH", "ENDS_WITH"
    """What its functions are called that find a part in a text, at its start and at its end."""
    bytes_as = "OCTET_LENGTH"
    """What its function is called that says how many bytes of UTF-8 a text has."""
    finite: ClassVar[Mapping[str, str]] = {}
    """Functions that compute as `+`, `-`, `*` and `/` do, and give null where the result is not finite."""
    largest_list: int | None = None
    """The longest list behind `IN`, where domains cannot be looked up in a table within an expression."""
    days_begin_at_1 = False
    """Whether it ends the query at a day before the year 1, rather than counting on."""
    longest_statement: int | None = None
    """The longest statement, in bytes, that it is known to take."""
    advised_statement: int | None = None
    """The longest statement, in bytes, that it advises."""

    # -------------------------------------------------------------- names

    def column_name(self, name: str) -> str:
        """What a column is called in it that the ruleset calls so."""
        return name

    def table_part(self, name: str) -> exp.Identifier:
        """A part of the table's name, as it was asked for."""
        return exp.Identifier(this=name, quoted=True)

    # -------------------------------------------------------------- texts

    def trimmed(self, value: SQL) -> SQL:
        """Without blanks around it, in NFC."""
        blanks = self.blanks
        return self.normal(self.replaced(value, f"^{blanks}+|{blanks}+$", ""))

    @abstractmethod
    def normal(self, value: SQL) -> SQL:
        """A text in NFC."""

    def unstable(self, value: SQL) -> SQL | None:
        """Whether a trimmed text may not be its own normal form, where the database could not bring it there."""
        return None

    def unstable_items(self, value: SQL) -> SQL | None:
        """The same for any item of a list of texts."""
        return None

    @abstractmethod
    def folded(self, value: SQL) -> SQL:
        """`leadrules.meaning.text.fold` of a text in NFC."""

    def marked(self, folded: SQL) -> SQL:
        """A folded text with `|` around it and around whatever is no part of a word; a run of blanks is one.

        A phrase stands in it as whole words exactly where `mark(phrase)` is found. A `|` of the text's own is
        an `I`, which no folded text has.
        """
        single = call("REPLACE", self.replaced(folded, f"{self.blanks}+", " "), text("|"), text("I"))
        marked = self.replaced(single, f"([^{self.inner(WORD)}]|I)", r"|\1|")
        return self.concatenated([text("|"), marked, text("|")])

    def contains(self, value: SQL, part: str) -> SQL:
        return call(self.contains_as, value, text(part))

    def starts_with(self, value: SQL, part: str) -> SQL:
        return call(self.starts_as, value, text(part))

    def ends_with(self, value: SQL, part: str) -> SQL:
        return call(self.ends_as, value, text(part))

    @abstractmethod
    def found(self, value: SQL, pattern: str) -> SQL:
        """Whether a pattern, in this dialect's syntax, is found in a text."""

    @abstractmethod
    def captured(self, value: SQL, pattern: str, group: int) -> SQL:
        """What a group of a pattern matched; null or empty where it matched nothing."""

    @abstractmethod
    def replaced(self, value: SQL, pattern: str, by: str) -> SQL:
        r"""A text with every match of a pattern replaced; `\1` is what the first group matched."""

    def is_ascii(self, value: SQL) -> SQL:
        return exp.EQ(this=call(self.bytes_as, value), expression=self.length(value.copy()))

    @abstractmethod
    def escape(self, point: int) -> str:
        """A character by its code point, in this dialect's patterns."""

    def characters(self, ranges: Ranges, but: bool = False) -> str:
        """A class of characters in this dialect's patterns."""
        return written(ranges, self.escape, but)

    def inner(self, pattern: str) -> str:
        """What stands within a class of characters for classes in the language's syntax, such as `\\p{L}`."""
        return self.characters(matching(f"[{pattern}]"))[1:-1]

    @property
    def blanks(self) -> str:
        """The class of blanks in this dialect's patterns."""
        return self.characters(ranges_of(sorted(map(ord, BLANKS))))

    def cased(self, value: SQL, some: str, none: str) -> SQL:
        """Whether a text has one of some characters and none of others, both in the language's syntax."""
        has, others = (self.found(value.copy(), f"[{self.inner(pattern)}]") for pattern in (some, none))
        return terms.both([has, terms.negated(others)])

    def length(self, value: SQL) -> SQL:
        """How many characters."""
        return call("LENGTH", value)

    @abstractmethod
    def joined(self, parts: Sequence[SQL], between: str) -> SQL:
        """The known ones of some texts, joined; null where there are none."""

    def concatenated(self, parts: Sequence[SQL]) -> SQL:
        """Texts one after the other; null if any is."""
        chain = terms.bracketed(parts[0])
        for part in parts[1:]:
            chain = exp.DPipe(this=chain, expression=terms.bracketed(part))
        return chain

    # ------------------------------------------------------------ numbers

    @abstractmethod
    def is_finite(self, value: SQL) -> SQL:
        """Whether a double is neither infinite nor NaN."""

    @abstractmethod
    def is_nan(self, value: SQL, kind: ColumnKind) -> SQL:
        """Whether a double, or a decimal where these can be, is no number."""

    decimals_may_be_nan = False

    def day_as_text(self, value: SQL) -> SQL:
        """A day as csv has it: `2026-11-02`."""
        return terms.cast(value, self.text_type)

    def has_fraction(self, value: SQL, kind: ColumnKind) -> SQL:
        """Whether a double or a decimal is no whole number."""
        return exp.NEQ(this=value, expression=call("TRUNC", value.copy()))

    def floored(self, value: SQL, wide: bool) -> SQL:
        """A double from 0 as the whole number below it, of type `huge` where it may be `wide`."""
        return terms.cast(call("FLOOR", value), self.huge if wide else "BIGINT")

    def decimal_as_text(self, value: SQL) -> SQL:
        """A decimal as csv has it: without an exponent, and without zeros at its end."""
        said = terms.cast(value, self.text_type)
        plain = call("RTRIM", call("RTRIM", said.copy(), text("0")), text("."))
        return terms.when((self.contains(said.copy(), "."), plain), otherwise=said)

    @abstractmethod
    def divided(self, value: SQL, by: SQL, wide: bool = False) -> SQL:
        """Whole numbers from 0, divided without remainder; `wide` where the first is of type `huge`."""

    def double_of_text(self, value: SQL) -> SQL:
        """The double nearest to a text that is known to be a number; infinite beyond them."""
        return terms.cast(value, self.double)

    def double_of_decimal(self, value: SQL) -> SQL:
        return terms.cast(terms.cast(value, self.text_type), self.double)

    @abstractmethod
    def nth(self, numbers: Sequence[int], place: SQL) -> SQL:
        """The number at a place, from 0; null where the place is."""

    # --------------------------------------------------------------- days

    @abstractmethod
    def today(self) -> SQL:
        """The database's date, in UTC."""

    @abstractmethod
    def days_between(self, first: SQL, last: SQL) -> SQL:
        """How many days the second is after the first."""

    @abstractmethod
    def moved(self, day: SQL, amount: int, unit: Unit) -> SQL:
        """A day moved by calendar, clamped to the month's last."""

    @abstractmethod
    def last_of_month(self, day: SQL) -> SQL: ...

    def part(self, what: Part, day: SQL) -> SQL:
        return exp.Extract(this=exp.Var(this=what.upper()), expression=day)

    @abstractmethod
    def date_of(self, year: SQL, month: SQL, day: SQL) -> SQL:
        """The day of three whole numbers that are known to name one."""

    @abstractmethod
    def moment_of(self, day: SQL, seconds: SQL, microseconds: SQL) -> SQL:
        """A day's midnight moved by whole seconds and microseconds."""

    @abstractmethod
    def in_utc(self, value: SQL) -> SQL:
        """A moment with its zone as one in UTC, without."""

    # -------------------------------------------------------------- lists

    @abstractmethod
    def split(self, value: SQL, by: str) -> SQL:
        """A text's items, trimmed and in NFC, without empty ones."""

    @abstractmethod
    def items(self, value: SQL) -> SQL:
        """The same for a list of texts."""

    @abstractmethod
    def has_items(self, value: SQL) -> SQL: ...

    @abstractmethod
    def folded_items(self, value: SQL) -> SQL: ...

    @abstractmethod
    def includes(self, folded: SQL, texts: Sequence[str]) -> SQL:
        """Whether a list of folded texts has one of these."""

    def list_of(self, texts: Sequence[str]) -> SQL:
        return exp.Array(expressions=[text(one) for one in texts])

    def texts_apart(self, joined: str) -> exp.Select:
        """A row for each of some texts joined by blanks, called `domain`; not asked for where `largest_list` is."""
        raise AssertionError(f"{self.name} has its domains in lists")

    # ------------------------------------------------------------ reasons

    @abstractmethod
    def reasons(self, add: Add, contributions: Sequence[Contribution], most: int | None, first: Sequence[SQL]) -> SQL:
        """`first` (texts or null), then the largest contributions as text, joined by `; `; null without any."""

    def fence(self, layer: exp.Select) -> exp.Select:
        """A layer that the optimizer does not merge into the next."""
        return layer

    def finished(self, tree: exp.Select) -> exp.Select:
        """The whole statement, with what only this database writes otherwise."""
        return tree

    def points_as_text(self, size: SQL) -> SQL:
        """A size in hundredths as points: `36`, `2.5`, `0.25`."""

        def as_text(number: SQL) -> SQL:
            return terms.cast(number, self.text_type)

        def rest(by: int) -> SQL:
            return exp.Mod(this=terms.bracketed(size.copy()), expression=whole(by))

        def is_zero(number: SQL) -> SQL:
            return exp.EQ(this=number, expression=whole(0))

        tenths = self.concatenated([text("."), as_text(self.divided(exp.Paren(this=rest(100)), whole(10)))])
        hundredths = self.concatenated([text("."), call("LPAD", as_text(rest(100)), whole(2), text("0"))])
        part = terms.when((is_zero(rest(100)), text("")), (is_zero(rest(10)), tenths), otherwise=hundredths)
        return self.concatenated([as_text(self.divided(size.copy(), whole(100))), part])


def inside_years(day: SQL, seconds: SQL, moment: SQL) -> SQL:
    """A day moved by less than two days' seconds, null where it leaves the years 1 to 9999."""
    first, last = terms.cast(text("0001-01-01"), "DATE"), terms.cast(text("9999-12-31"), "DATE")
    early = exp.LT(this=terms.bracketed(seconds.copy()), expression=whole(0))
    late = exp.GTE(this=terms.bracketed(seconds.copy()), expression=whole(86_400))
    outside = [
        terms.both([exp.EQ(this=day.copy(), expression=end), beyond]) for end, beyond in ((first, early), (last, late))
    ]
    return terms.when((terms.either(outside), terms.null()), otherwise=moment)


def domains(value: SQL) -> exp.Select:
    """What a function gives as rows, in a column called `domain`."""
    return exp.Select(expressions=[exp.Alias(this=value, alias=exp.Identifier(this="domain"))])


def mark(phrase: str) -> str:
    """A folded phrase as it stands in a marked text (see `Dialect.marked`); empty for one that nothing mentions."""
    from leadrules.meaning.text import is_word_character

    single = " ".join("".join(" " if char in BLANKS else char for char in phrase).split(" ")).strip(" ")
    while "  " in single:
        single = single.replace("  ", " ")
    signs = single.replace("|", "I")
    inner = "".join(char if is_word_character(char) and char != "I" else f"|{char}|" for char in signs)
    return f"|{inner}|" if inner else ""
