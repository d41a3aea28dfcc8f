"""How a cell's text says a day or a moment: ISO, or the format that a field declares.

Nothing is guessed: a field without a format reads ISO, a field with one reads
that and nothing else, because `03/04/2026` is a different day on either side
of an ocean.

A format is made of `YYYY`, `YY`, `MM`, `M`, `DD`, `D`, `Mon`, `hh`, `mm`, `ss`
and anything else, which stands for itself. `M`, `D` and `hh` take one digit or
two; `YY` is 1969 to 2068; `Mon` is an English month's first three letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

from leadrules.record import record

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_TOKEN = re.compile("YYYY|YY|Mon|MM|M|DD|D|hh|mm|ss")
_TOKENS: Mapping[str, tuple[str, str, Callable[[str], int], Callable[[datetime], str]]] = {
    # token: what it says, its pattern, text to number, moment to text
    "YYYY": ("year", "[0-9]{4}", int, lambda moment: f"{moment.year:04}"),
    "YY": ("year", "[0-9]{2}", lambda text: (int(text) - 69) % 100 + 1969, lambda moment: f"{moment.year % 100:02}"),
    "Mon": ("month", "[a-z]{3}", lambda text: MONTHS.index(text.lower()) + 1, lambda m: MONTHS[m.month - 1].title()),
    "MM": ("month", "[0-9]{2}", int, lambda moment: f"{moment.month:02}"),
    "M": ("month", "[0-9]{1,2}", int, lambda moment: str(moment.month)),
    "DD": ("day", "[0-9]{2}", int, lambda moment: f"{moment.day:02}"),
    "D": ("day", "[0-9]{1,2}", int, lambda moment: str(moment.day)),
    "hh": ("hour", "[0-9]{1,2}", int, lambda moment: f"{moment.hour:02}"),
    "mm": ("minute", "[0-9]{2}", int, lambda moment: f"{moment.minute:02}"),
    "ss": ("second", "[0-9]{2}", int, lambda moment: f"{moment.second:02}"),
}

_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r" ?(Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?)?",
    re.IGNORECASE,
)


@record
class Format:
    """A compiled format: text to moment and back."""

    text: str
    pattern: re.Pattern[str]
    tokens: tuple[str, ...]
    pieces: tuple[str, ...]

    def read(self, text: str) -> datetime | None:
        """The moment that a text says; None where it is not of this format.

        Raises ValueError where it is, but names no day of the calendar.
        """
        found = self.pattern.fullmatch(text)
        if found is None:
            return None
        numbers = {
            _TOKENS[token][0]: _TOKENS[token][2](said) for token, said in zip(self.tokens, found.groups(), strict=True)
        }
        return datetime(**numbers)  # type: ignore[arg-type]

    def write(self, moment: datetime) -> str:
        """The moment in this format."""
        return "".join(_TOKENS[piece][3](moment) if piece in _TOKENS else piece for piece in self.pieces)


@cache
def compile_format(text: str) -> Format | str:
    """The format, or what is wrong with it, as the end of a sentence that begins with it."""
    pieces = tuple(piece for piece in re.split(f"({_TOKEN.pattern})", text) if piece)
    tokens = tuple(piece for piece in pieces if piece in _TOKENS)
    said = [_TOKENS[token][0] for token in tokens]
    for part in ("year", "month", "day"):
        if part not in said:
            return f"says no {part}"
    for part in said:
        if said.count(part) > 1:
            return f"says the {part} twice"
    if "minute" in said and "hour" not in said:
        return "says minutes without an hour"
    if "second" in said and "minute" not in said:
        return "says seconds without minutes"
    for token, following in pairwise(pieces):
        if token in ("M", "D", "hh") and following in _TOKENS and following != "Mon":
            return f"does not say where `{token}` ends"
    pattern = "".join(f"({_TOKENS[piece][1]})" if piece in _TOKENS else re.escape(piece) for piece in pieces)
    return Format(text, re.compile(pattern, re.IGNORECASE), tokens, pieces)


def read_iso(text: str) -> datetime | None:
    """The UTC moment that an ISO text says, midnight where it has no time; None where it is not ISO.

    Raises ValueError or OverflowError for no day of the calendar. Digits after
    the microseconds are dropped.
    """
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    micros = int((fraction or "0")[:6].ljust(6, "0"))
    moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), micros)
    if zone is None or zone.upper() in ("Z", "UTC"):
        return moment
    digits = zone[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:
        raise ValueError(zone)
    ahead = timedelta(hours=hours, minutes=minutes)
    return moment - ahead if zone[0] == "+" else moment + ahead


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC, without its zone; no zone means UTC. Raises OverflowError outside the calendar."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        return moment.replace(tzinfo=None)
    return moment.astimezone(UTC).replace(tzinfo=None)
