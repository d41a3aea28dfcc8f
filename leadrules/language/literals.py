"""Numbers and dates as they are written → their values.

What is almost a number or a date (`007`, `1e5`, `2026-02-30`, `22.11.2026`)
gets a value all the same, and a problem that says how it is written here.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

DATE = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:[T ]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?(?![\w])",
    re.IGNORECASE,
)
STRICT_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
FOREIGN_DATE = re.compile(r"(?:[0-9]{1,2}([./])[0-9]{1,2}\1[0-9]{4}|[0-9]{4}([./])[0-9]{1,2}\2[0-9]{1,2})(?![\w.])")
NUMBER = re.compile(r"(?:0|[1-9][0-9]*(?:_[0-9]{3})*)(?:\.[0-9]+)?(?![\w.])")
GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![\w.]|,[0-9])")
ALMOST_NUMBER = re.compile(r"[0-9.][\w.]*(?:(?<=[eE])[+-][0-9]+)?")

_THOUSANDS = {"k": 1_000, "m": 1_000_000}
_ANY_DAY = date(2000, 1, 1)


def number(text: str) -> Decimal:
    """The value of a well-written number: `10_000`, `2.50`."""
    return Decimal(text.replace("_", ""))


def meant_number(text: str) -> str | None:
    """How the number is written that was probably meant: `7` for `007`, `100000` for `1e5`, `30 days` for `30days`."""
    plain = text.replace("_", "")
    worded = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([^\W\d_]+)", plain)
    if worded and worded[2].lower() in _THOUSANDS:
        return _written(Decimal(worded[1]) * _THOUSANDS[worded[2].lower()])
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3}){2,}", plain):
        return _written(Decimal(plain.replace(".", "")))
    if re.fullmatch(r"[0-9]*\.?[0-9]*(?:[eE][+-]?[0-9]{1,2})?", plain):
        try:
            written = _written(Decimal(plain))
        except InvalidOperation:
            return None
        return written if len(written) <= 20 else None
    return f"{worded[1]} {worded[2]}" if worded and worded[2].lower() != "e" else None


def _written(value: Decimal) -> str:
    whole = f"{value:f}"
    return (whole.rstrip("0").rstrip(".") if "." in whole else whole) or "0"


def day_or_moment(text: str) -> tuple[date | datetime, bool]:
    """The date, or the datetime in UTC without a zone; and whether there is such a day and it is well written."""
    found = DATE.fullmatch(text)
    if found is None:
        return _ANY_DAY, False
    year, month, day, hour, minute, second, zone = found.groups()
    good = STRICT_DATE.fullmatch(text) is not None
    try:
        if hour is None:
            return date(int(year), int(month), int(day)), good
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0))
        if zone and zone not in "zZ":
            sign = -1 if zone[0] == "-" else 1
            moment -= sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        return moment, good
    except (ValueError, OverflowError):
        return (_ANY_DAY if hour is None else datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)), False


def meant_date(text: str) -> str | None:
    """How the day is written that was meant, where it can only be one: `2026-01-05` for `2026-1-5`."""
    numbers = [int(part) for part in re.findall(r"[0-9]+", text)][:3]
    separator = "-" if "-" in text else "." if "." in text else "/"
    if numbers[0] > 31:
        year, month, day = numbers
    elif separator == "." or numbers[0] > 12:
        day, month, year = numbers
    elif numbers[1] > 12:
        month, day, year = numbers
    else:
        return None
    if not (1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    while day > 28:
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            day -= 1
    return date(year, month, day).isoformat()
