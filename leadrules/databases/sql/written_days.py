"""A day or a moment read from a text column: ISO, or the format that the field declares.

The text is taken apart by one pattern; year, month, day and time are whole numbers from there on, checked
against the calendar before a day is made of them, because a database ends the whole query at a 30th of February.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from leadrules.databases.sql import terms
from leadrules.databases.sql.dialects.dialect import Dialect
from leadrules.databases.sql.terms import SQL, call, text, whole
from leadrules.meaning.formats import MONTHS, Format, compile_format
from leadrules.ruleset import Field

ISO = (
    r"^([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r" ?([Zz]|[Uu][Tt][Cc]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?$"
)
_ISO_GROUPS = {"year": 1, "month": 2, "day": 3, "hour": 4, "minute": 5, "second": 6}
_TOKENS: Mapping[str, tuple[str, str]] = {
    "YYYY": ("year", "[0-9]{4}"), "YY": ("year", "[0-9]{2}"), "Mon": ("month", "[A-Za-z]{3}"),
    "MM": ("month", "[0-9]{2}"), "M": ("month", "[0-9]{1,2}"), "DD": ("day", "[0-9]{2}"), "D": ("day", "[0-9]{1,2}"),
    "hh": ("hour", "[0-9]{1,2}"), "mm": ("minute", "[0-9]{2}"), "ss": ("second", "[0-9]{2}"),
}  # fmt: skip

Named = Callable[[str, Field, SQL], SQL]


@dataclass(frozen=True, slots=True)
class _Taken:
    """A text taken apart: whether it is of the form, and its numbers."""

    is_shaped: SQL
    numbers: Mapping[str, SQL]
    micros: SQL | None = None
    ahead: SQL | None = None
    zone_is_good: SQL | None = None


def day_in_text(field: Field, said: SQL, dialect: Dialect, named: Named) -> tuple[SQL, SQL]:
    """The day or moment that a text says, null where it says none, and whether it says none."""
    taken = _by_format(field, said, dialect, named) if field.format else _by_iso(field, said, dialect, named)
    number = {what: value.copy() for what, value in taken.numbers.items()}
    zero = whole(0)
    hour, minute, second = (number.get(what, zero) for what in ("hour", "minute", "second"))
    year, month, day = number["year"], number["month"], number["day"]
    leap = terms.either(
        [
            exp.EQ(this=_mod(year, 400), expression=whole(0)),
            terms.both(
                [exp.EQ(this=_mod(year, 4), expression=whole(0)), exp.NEQ(this=_mod(year, 100), expression=whole(0))]
            ),
        ]
    )
    longest = terms.when(
        (terms.among(month.copy(), [whole(one) for one in (4, 6, 9, 11)]), whole(30)),
        (terms.both([exp.EQ(this=month.copy(), expression=whole(2)), leap]), whole(29)),
        (exp.EQ(this=month.copy(), expression=whole(2)), whole(28)),
        otherwise=whole(31),
    )
    parts = [
        taken.is_shaped,
        terms.between(year.copy(), whole(1), whole(9999)),
        terms.between(month.copy(), whole(1), whole(12)),
        terms.between(day.copy(), whole(1), longest),
        terms.between(hour.copy(), whole(0), whole(23)),
        terms.between(minute.copy(), whole(0), whole(59)),
        terms.between(second.copy(), whole(0), whole(59)),
    ]
    if taken.zone_is_good is not None:
        parts.append(taken.zone_is_good)
    good = named("good", field, terms.definitely(terms.both(parts)))
    date = named("day", field, terms.when((good, dialect.date_of(year.copy(), month.copy(), day.copy()))))
    seconds = terms.added([_times(hour, 3600), _times(minute, 60), second.copy()])
    if taken.ahead is not None:
        seconds = exp.Sub(this=exp.Paren(this=seconds), expression=terms.bracketed(taken.ahead.copy()))
    seconds = named("seconds", field, seconds)
    moment = named("moment", field, dialect.moment_of(date.copy(), seconds, taken.micros or whole(0)))
    low, high = "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999"
    inside = terms.between(moment.copy(), terms.cast(text(low), "TIMESTAMP"), terms.cast(text(high), "TIMESTAMP"))
    value = terms.cast(moment.copy(), "DATE") if field.type == "date" else moment.copy()
    is_none = exp.Not(this=terms.bracketed(terms.definitely(inside)))
    return value, terms.both([terms.is_known(said.copy()), is_none])


def _by_iso(field: Field, said: SQL, dialect: Dialect, named: Named) -> _Taken:
    shaped = named("is_iso", field, dialect.found(said.copy(), ISO))

    def group(place: int) -> SQL:
        return dialect.captured(said.copy(), ISO, place)

    numbers = {what: named(what, field, _number(dialect, shaped, group(place))) for what, place in _ISO_GROUPS.items()}
    fraction = call("RPAD", call("SUBSTR", group(7), whole(1), whole(6)), whole(6), text("0"))
    micros = named("micros", field, _number(dialect, shaped, fraction))
    zone = named("zone", field, call("UPPER", terms.coalesce(group(8), text(""))))
    digits = named("offset", field, call("REPLACE", call("SUBSTR", zone.copy(), whole(2)), text(":"), text("")))
    is_offset = terms.either([dialect.starts_with(zone.copy(), "+"), dialect.starts_with(zone.copy(), "-")])
    hours = named("hours_ahead", field, _number(dialect, is_offset, call("SUBSTR", digits.copy(), whole(1), whole(2))))
    minutes = named(
        "minutes_ahead", field, _number(dialect, is_offset.copy(), call("SUBSTR", digits.copy(), whole(3), whole(2)))
    )
    size = terms.added([_times(hours, 3600), _times(minutes, 60)])
    ahead = terms.when(
        (dialect.starts_with(zone.copy(), "-"), exp.Neg(this=exp.Paren(this=size))), otherwise=size.copy()
    )
    good = terms.both(
        [exp.LTE(this=hours.copy(), expression=whole(23)), exp.LTE(this=minutes.copy(), expression=whole(59))]
    )
    return _Taken(shaped, numbers, micros, ahead, good)


def _by_format(field: Field, said: SQL, dialect: Dialect, named: Named) -> _Taken:
    written = compile_format(field.format or "")
    assert isinstance(written, Format)
    pattern = "".join(
        f"({_TOKENS[piece][1]})" if piece in _TOKENS else _plain(piece, dialect) for piece in written.pieces
    )
    pattern = f"^{pattern}$"
    shaped = named("is_written", field, dialect.found(said.copy(), pattern))
    numbers = {}
    for place, token in enumerate(written.tokens, 1):
        group = dialect.captured(said.copy(), pattern, place)
        what = _TOKENS[token][0]
        if token == "Mon":
            lower = named("month_name", field, call("LOWER", group))
            rows = [
                (exp.EQ(this=lower.copy(), expression=text(name)), whole(number))
                for number, name in enumerate(MONTHS, 1)
            ]
            numbers[what] = named(what, field, terms.when(*rows))
            continue
        value = _number(dialect, shaped, group)
        if token == "YY":
            short = named("short_year", field, value)
            value = terms.added([_mod(exp.Paren(this=exp.Add(this=short, expression=whole(31))), 100), whole(1969)])
        numbers[what] = named(what, field, value)
    return _Taken(shaped, numbers)


def _plain(piece: str, dialect: Dialect) -> str:
    """A format's own text in a pattern, ignoring case as the format does."""
    from leadrules.databases.sql.characters import matching

    signs = []
    for char in piece:
        if char.isascii() and not char.isalpha():
            signs.append(dialect.escape(ord(char)))
        else:
            signs.append(dialect.characters(matching(f"(?i){char}")))
    return "".join(signs)


def _number(dialect: Dialect, shaped: SQL, digits: SQL) -> SQL:
    """Digits as a whole number, 0 where there are none."""
    return terms.when(
        (
            terms.definitely(shaped.copy()),
            terms.coalesce(terms.cast(call("NULLIF", digits, text("")), "BIGINT"), whole(0)),
        ),
        otherwise=whole(0),
    )


def _times(value: SQL, by: int) -> SQL:
    return exp.Mul(this=value.copy(), expression=whole(by))


def _mod(value: SQL, by: int) -> SQL:
    return exp.Mod(this=value.copy(), expression=whole(by))
