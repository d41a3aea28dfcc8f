"""One cell becomes one value: trimmed, held against the missing spellings, then read as its field's type.

A cell is a text (from csv, or a text column) or what a typed file, a JSON
record or a caller's dict holds. A typed cell that is not already of the field's
type is read as its text would be, so that the same lead scores the same from
csv and from parquet: `5` and `5.0` in a text field are both `5`, `1` in a
boolean field is true.

Questionable decision: under `bad as missing`, a bad value takes the field's
default, as any other missing one does: it *is* missing from there on.

Values by type: text, email and one of: str (NFC, trimmed); integer: int;
number: float (finite); boolean: bool; date: date; datetime: datetime (UTC,
without zone); list of text: tuple of str (never empty). Missing is None.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from leadrules.meaning.formats import Format, compile_format, in_utc, read_iso
from leadrules.meaning.text import fold, is_whole, normal, trim
from leadrules.record import record
from leadrules.ruleset import Field, FieldType

Value = str | int | float | bool | date | datetime | tuple[str, ...]

LARGEST_INTEGER = 9_007_199_254_740_991
LONGEST_SHOWN = 60

_SPACES = "\x20\xa0\u2009\u202f"  # as between thousands: blank, no-break, thin, narrow no-break
# (`0,123` has no thousands: it is somebody's 0.123.)
_THOUSANDS = re.compile(rf"[+-]?[1-9][0-9]{{0,2}}(?P<by>[,{_SPACES}])[0-9]{{3}}(?:(?P=by)[0-9]{{3}})*(?:\.[0-9]*)?")
_INTEGER = re.compile(r"([+-]?[0-9]+)(?:\.0*)?")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ENDLESS = frozenset({"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"})
_NO_NUMBERS = frozenset({"nan", "+nan", "-nan"})
_TRUTH = {"true": True, "yes": True, "1": True, "on": True, "false": False, "no": False, "0": False, "off": False}


@record
class Bad:
    """A value that its field cannot have, and why, in a sentence without its full stop."""

    reason: str


Reading = Value | Bad | None


@record
class Reader:
    """Reads the cells of one field; call it with a cell.

    A call gives the value, None for a missing one (the default has been
    applied), or Bad. `strictly` does the same without `bad as missing`, for
    those who count what it excused.
    """

    field: Field
    type: Callable[[str], Reading]

    def __call__(self, raw: object) -> Reading:
        value = self.strictly(raw)
        if isinstance(value, Bad) and self.field.bad_as_missing:
            return self._default()
        return value

    def strictly(self, raw: object) -> Reading:
        value = self._read(_plain(raw))
        if value is None:
            return self._default()
        return value if isinstance(value, Bad) else self._within(value)

    def __reduce__(self) -> tuple[Callable[[Field], Reader], tuple[Field]]:
        return reader, (self.field,)

    def _default(self) -> Reading:
        if self.field.default is not None:
            return self.field.default  # type: ignore[return-value]
        return Bad("the key is missing") if self.field.key else None

    def _read(self, raw: object) -> Reading:
        if raw is None:
            return None
        if self.field.type == "list of text" and isinstance(raw, (list, tuple, set, frozenset)):
            return _items(raw)
        text = raw if isinstance(raw, str) else _text_of(raw)
        if text is None:
            return Bad(f"{_shown_object(raw)} is not {_WANTED[self.field.type]}")
        if not is_whole(text):
            return Bad("the text holds half a character")
        text = normal(trim(text))
        if fold(text) in self.field.missing:
            return None
        if type(raw) in _TYPED.get(self.field.type, ()):
            return _TYPED_READING[self.field.type](raw)
        return self.type(text)

    def _within(self, value: Value) -> Reading:
        low: Any = self.field.low
        high: Any = self.field.high
        if (low is not None and value < low) or (high is not None and value > high):
            return Bad(f"{shown(value)} is not between {_bare(low)} and {_bare(high)}")
        return value


def reader(field: Field) -> Reader:
    """The reader of a field's cells, built once for a column."""
    return Reader(field, _READERS[field.type](field))


def read_cell(field: Field, raw: object) -> Reading:
    """One cell's value, None for a missing one, or Bad. For many cells, build a `reader`."""
    return reader(field)(raw)


def cell_text(field: Field, value: object) -> str:
    """A value as a cell of this field says it: what `read_cell` reads back as that value."""
    if isinstance(value, tuple):
        return field.split.join(map(str, value))
    if isinstance(value, date) and field.format is not None and field.type in ("date", "datetime"):
        written = compile_format(field.format)
        if isinstance(written, Format):
            return written.write(value if isinstance(value, datetime) else datetime.combine(value, time()))
    return _text_of(value) or str(value)


# ---------------------------------------------------------------- what is shown


def shown(value: object) -> str:
    """A value in back-quotes, cut where it is long."""
    text = " ".join(_bare(value).split())
    return f"`{text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + '…'}`"


def _bare(value: object) -> str:
    return _text_of(value) or str(value)


def _shown_object(raw: object) -> str:
    if isinstance(raw, Mapping):
        return "a nested record"
    if isinstance(raw, (bytes, bytearray, memoryview)):
        return "binary data"
    return "a list of values" if isinstance(raw, Iterable) else shown(raw)


# ----------------------------------------------------------------- typed cells


def _plain(raw: object) -> object:
    """A cell in Python's own types: those of NumPy and pandas turned into these, their missing values into None."""
    if raw is None or type(raw) in (str, int, bool):
        return raw
    if isinstance(raw, float):
        return None if raw != raw else float(raw)
    if isinstance(raw, datetime):
        return _plain_moment(raw)
    home = type(raw).__module__.partition(".")[0]
    if home == "pandas":
        return None if type(raw).__name__ in ("NAType", "NaTType") else raw
    if home == "numpy":
        return _plain_numpy(raw)
    if home == "polars" and hasattr(raw, "to_list"):
        return raw.to_list()
    return None if isinstance(raw, Decimal) and raw.is_nan() else raw


def _plain_moment(raw: datetime) -> object:
    if type(raw) is datetime:
        return raw
    if raw != raw:  # pandas' NaT calls itself a datetime
        return None
    try:
        return datetime(
            raw.year, raw.month, raw.day, raw.hour, raw.minute, raw.second, raw.microsecond, raw.tzinfo, fold=raw.fold
        )
    except ValueError:  # pandas has years that Python has not
        return f"year {raw.year}"


def _plain_numpy(raw: Any) -> object:
    if getattr(raw, "ndim", 0) > 0:
        return list(raw)
    kind = getattr(getattr(raw, "dtype", None), "kind", "")
    if kind == "M":
        return None if str(raw) == "NaT" else raw.astype("datetime64[us]").item()
    return _plain(float(raw) if kind == "f" else raw.item()) if kind else raw


def _text_of(raw: object) -> str | None:
    """What csv would hold for a typed cell; None for what no cell holds."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int):
        return str(raw) if abs(raw) < 10**300 else "inf"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() and abs(raw) < 1e22 else repr(raw)
    if isinstance(raw, Decimal):
        return _text_of_decimal(raw)
    if isinstance(raw, datetime):
        try:
            moment = in_utc(raw)
        except OverflowError:
            return str(raw)
        return moment.date().isoformat() + ("T" + moment.time().isoformat() if moment.time() != time() else "")
    return raw.isoformat() if isinstance(raw, (date, time)) else None


def _text_of_decimal(raw: Decimal) -> str:
    if not raw.is_finite():
        return "inf"
    text = f"{raw:f}" if abs(raw.adjusted()) <= 40 else str(raw)
    if "." in text and "E" not in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _items(raw: Iterable[object]) -> Reading:
    items: list[str] = []
    for item in raw:
        plain = _plain(item)
        text = "" if plain is None else _text_of(plain)
        if text is None:
            return Bad(f"{_shown_object(plain)} is not a text")
        if not is_whole(text):
            return Bad("the text holds half a character")
        items.append(normal(trim(text)))
    return tuple(item for item in items if item) or None


def _number_typed(raw: Any) -> Reading:
    try:
        number = float(raw) + 0.0
    except OverflowError:
        number = math.inf
    return number if math.isfinite(number) else Bad(f"{shown(raw)} is not a finite number")


def _moment_typed(raw: Any) -> Reading:
    if not isinstance(raw, datetime):
        return datetime.combine(raw, time())
    try:
        return in_utc(raw)
    except OverflowError:
        return Bad(f"{shown(str(raw))} is outside the years 1 to 9999")


def _day_typed(raw: Any) -> Reading:
    moment = _moment_typed(raw)
    return moment.date() if isinstance(moment, datetime) else moment


# ------------------------------------------------------------------ texts by type


def _text(_: Field) -> Callable[[str], Reading]:
    return lambda text: text


def _one_of(field: Field) -> Callable[[str], Reading]:
    declared = list(dict.fromkeys(field.choices.values()))
    names = ", ".join(f"`{one}`" for one in declared[:8]) + (" …" if len(declared) > 8 else "")
    return lambda text: field.choices.get(fold(text), Bad(f"{shown(text)} is not one of {names}"))


def _integer(_: Field) -> Callable[[str], Reading]:
    def read(text: str) -> Reading:
        found = _INTEGER.fullmatch(_without_thousands(text))
        if found is None:
            return _no_number(text, "a whole number")
        digits = found[1].lstrip("+-").lstrip("0") or "0"
        if len(digits) > 16 or int(digits) > LARGEST_INTEGER:
            return Bad(f"{shown(text)} is beyond ±{LARGEST_INTEGER:,}")
        return -int(digits) if found[1][0] == "-" else int(digits)

    return read


def _number(_: Field) -> Callable[[str], Reading]:
    def read(text: str) -> Reading:
        plain = _without_thousands(text)
        if not _NUMBER.fullmatch(plain):
            return _no_number(text, "a number")
        number = float(plain) + 0.0
        return number if math.isfinite(number) else Bad(f"{shown(text)} is not a finite number")

    return read


def _without_thousands(text: str) -> str:
    found = _THOUSANDS.fullmatch(text)
    return text.replace(found["by"], "") if found else text


def _no_number(text: str, wanted: str) -> Reading:
    lower = text.lower()
    if lower in _NO_NUMBERS:
        return None
    return Bad(f"{shown(text)} is not {'a finite number' if lower in _ENDLESS else wanted}")


def _boolean(_: Field) -> Callable[[str], Reading]:
    return lambda text: _TRUTH.get(text.lower(), Bad(f"{shown(text)} is not true or false"))


def _moment(field: Field) -> Callable[[str], Reading]:
    written = None if field.format is None else compile_format(field.format)
    read_text = written.read if isinstance(written, Format) else read_iso
    like = f"written `{field.format}`" if field.format is not None else _ISO_SHAPES[field.type]

    def read(text: str) -> Reading:
        try:
            moment = read_text(text)
        except (ValueError, OverflowError):
            return Bad(f"{shown(text)} is no day of the calendar or no time of a day")
        return moment if moment is not None else Bad(f"{shown(text)} is not {_WANTED[field.type]} {like}")

    return read


def _day(field: Field) -> Callable[[str], Reading]:
    read_moment = _moment(field)

    def read(text: str) -> Reading:
        moment = read_moment(text)
        return moment.date() if isinstance(moment, datetime) else moment

    return read


def _list(field: Field) -> Callable[[str], Reading]:
    return lambda text: _items(text.split(field.split))


_ISO_SHAPES: Mapping[FieldType, str] = {"date": "like `2026-11-22`", "datetime": "like `2026-11-22T09:30`"}
_WANTED: Mapping[FieldType, str] = {
    "text": "a text",
    "email": "a text",
    "one of": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date",
    "datetime": "a date and time",
    "list of text": "a list of texts",
}
_READERS: Mapping[FieldType, Callable[[Field], Callable[[str], Reading]]] = {
    "text": _text,
    "email": _text,
    "one of": _one_of,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _day,
    "datetime": _moment,
    "list of text": _list,
}
# Typed cells that need no reading as text, and how they become values.
_TYPED: Mapping[FieldType, tuple[type, ...]] = {
    "number": (int, float, Decimal),
    "boolean": (bool,),
    "date": (date, datetime),
    "datetime": (date, datetime),
}
_TYPED_READING: Mapping[FieldType, Callable[[Any], Reading]] = {
    "number": _number_typed,
    "boolean": bool,
    "date": _day_typed,
    "datetime": _moment_typed,
}
