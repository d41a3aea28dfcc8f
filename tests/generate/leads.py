"""Leads for a generated ruleset: every value as it would stand in a csv, and as a Python object.

A cell is drawn around what the ruleset mentions: at a constant, just under it,
just over it, at the ends of its windows of days; then spelled in one of the
ways in which the language reads the same value. `UNSURE` stands for a spelling
whose value these generators do not claim to know: such leads are only given as text.
"""

from __future__ import annotations

import math
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from generate.draw import Draw
from generate.fields import DAYS, DOMAINS, NUMBERS, TEXTS, Described
from generate.statements import Generated

UNSURE = object()
LARGEST = 9_007_199_254_740_991
BLANKS = ("", "", "", " ", "\t", "\u00a0", "\ufeff", "\u2003 ", "\n")
TIMES = ("T00:00", " 23:59:59", "T12:30:00Z", "T23:30:00-05:00", " 00:15+02:00", "T10:00:00.123")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TRUE, FALSE = ("true", "Yes", "1", "on", "TRUE"), ("false", "No", "0", "off", "FALSE")
ODD_TEXTS = (
    "ß", "SS", "ẞ", "İ", "i̇", "I", "ı", "Σ", "ς", "σ", "ΟΔΟΣ ΣΑΣ", "e\u0301", "é", "\u0301", "a\u0301\u0323", "１２３",
    "Ⅷ", "²", "½", "ﬁ", "\u200d",
    "👩\u200d💻", "Å", "K", "ſ", "ǅ", "ᾳ", "0", "007", "a\tb", "two\nlines", "nan", "NaN", "null", "None", "a,b", "a;b",
    '"', "'", "=1+1", "-", "\u200b",
    "\x1cx", "Ꙋ", "Ꟈ", "Ა", "ა", "a_b", "x" * 300, "İSTANBUL", "istanbul", "i\u0307stanbul", "STRASSE", "straße",
    "हिन्दी", "ไทย", "한글",
)  # fmt: skip
EMAILS = (
    "anna@acme.example", "Anna.K@ACME.example", "joe@gmail.com", "joe@mail.gmail.com", "x@mailinator.com",
    "info@acme.example", "SALES@rival.example",
    "a@b.rival.example", "a@notrival.example", "a@rival.example.", "no-at.example", "a@b", "@acme.example", "a@",
    "a b@acme.example", "a@@acme.example",
    "ann+tag@yahoo.com", "jörg@müller.example", "a@MÜLLER.example", "a@xn--mller-kva.example", "a@gmail.co",
    "noreply@acme.example", "a@-x.example",
    "a@x..example", ".a@acme.example", '"q"@acme.example', "a@co.uk", "a@foo.co.uk", "a@example", "a@[1.2.3.4]",
    "ΣΣ@acme.example", "a@gmail.com\u200b",
)  # fmt: skip
BAD = {
    "integer": ("3.5", "many", "3,5", "1e3", "9007199254740992", "-9007199254740992", "inf", "0x1F", "１２",
                "1__0", "--1", "12 000 0",
                "1,20", "+"),
    "number": ("inf", "-Infinity", "ten", "1,5", "0x1p3", "1e400", "1_000", "1..5", "١٢", "5 %", "€5", "1,2,3"),
    "boolean": ("maybe", "2", "y", "t", "1.0", "-1"),
    "date": ("22.11.2026", "2026-02-30", "2026-13-01", "soon", "20261122", "2026-1-5", "0000-01-01", "+2026-01-01"),
    "datetime": ("2026-11-22T25:00", "now", "2026-02-29 10:00", "2026-11-22T10", "22/11/2026", "2026-11-22T10:00:60",
                 "1600000000"),
    "one of": ("Webb", "other", "SS", "W"),
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A value as text (None: no value), and the same as a Python object, or `UNSURE`."""

    raw: str | None
    value: object


@dataclass(frozen=True)
class Leads:
    """Leads by column header; every lead has every column."""

    headers: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def raw(self) -> list[dict[str, str | None]]:
        """Every lead as texts."""
        return [{header: cell.raw for header, cell in zip(self.headers, row, strict=True)} for row in self.rows]

    def known(self) -> list[bool]:
        """Whether these generators know every value of each lead."""
        return [not any(cell.value is UNSURE for cell in row) for row in self.rows]

    def typed(self) -> list[dict[str, object]]:
        """The leads whose values are known, as Python objects."""
        return [
            {header: cell.value for header, cell in zip(self.headers, row, strict=True)}
            for row, known in zip(self.rows, self.known(), strict=True)
            if known
        ]

    def only(self, *places: int) -> Leads:
        return Leads(self.headers, self.types, tuple(self.rows[place] for place in places))


def as_of_date(draw: Draw, ruleset: Generated) -> date:
    """Ends of months, leap days, and days around those that the ruleset mentions."""
    mentioned = [
        one for field in ruleset.fields for one in field.constants if type(one) is date and field.type == "date"
    ]
    day = draw.pick((*DAYS, *mentioned))
    return day + timedelta(days=draw.pick((0, 0, 1, -1)))


def leads(draw: Draw, ruleset: Generated, as_of: date, most: int, bad: int = 3) -> Leads:
    """Up to `most` leads; in so many of a hundred of their cells a value that does not fit."""
    shown = [field for field in ruleset.fields if not (field.optional and draw.chance(30))]
    headers = [_header(draw, field) for field in shown] + ["Notes on lead"]
    rows = []
    for _ in range(draw.between(1, most)):
        cells = [Cells(draw, field, ruleset, as_of, bad).cell() for field in shown]
        rows.append((*cells, Cell("kept", "kept")))
    return Leads(tuple(headers), (*(field.type for field in shown), "text"), tuple(rows))


def _header(draw: Draw, field: Described) -> str:
    header = draw.pick((field.name, *field.headers))
    if draw.chance(25):
        header = draw.pick(
            (
                header.upper() if header.isascii() else header,
                header.replace(" ", "_").replace(".", " "),
                f"\ufeff{header}",
            )
        )
    return header


def moved(day: date, count: int, unit: str) -> date:
    """A date moved by calendar, its day clamped, within the years that dates have."""
    if unit in ("days", "weeks"):
        return day + timedelta(days=count * (7 if unit == "weeks" else 1))
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "years" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Cells:
    """Draws the cells of one field."""

    draw: Draw
    field: Described
    ruleset: Generated
    as_of: date
    bad: int

    def cell(self) -> Cell:
        draw, field = self.draw, self.field
        if draw.chance(5 if field.key else 18):
            return self.missing()
        if draw.chance(self.bad) and field.type in BAD:
            return Cell(draw.pick(BAD[field.type]), UNSURE)
        make = {
            "integer": self.integer, "number": self.number, "boolean": self.boolean, "date": self.date,
            "datetime": self.datetime,
            "one of": self.one_of, "list of text": self.texts, "email": self.email, "text": self.text,
        }[field.type]  # fmt: skip
        cell = make()
        blanks = draw.pick(BLANKS)
        if cell.raw is None or not blanks:
            return cell
        padded = blanks + cell.raw + draw.pick(BLANKS)
        return Cell(padded, padded if isinstance(cell.value, str) else cell.value)

    def missing(self) -> Cell:
        draw = self.draw
        spelling = draw.pick((None, "", " ", *self.field.missing, *self.ruleset.missing))
        if spelling is not None and draw.chance(30):
            spelling = draw.pick((spelling.upper() if spelling != "ß" else "ẞ", spelling.lower(), f" {spelling}\u00a0"))
        textual = self.field.kind == "text"
        return Cell(spelling, spelling if textual else None)

    def mentioned(self) -> object:
        """A constant of this field, sometimes of another field of its kind; None if there is none."""
        own = self.field.constants
        others = [one for field in self.ruleset.fields if field.kind == self.field.kind for one in field.constants]
        if own and self.draw.chance(75):
            return self.draw.pick(own)
        return self.draw.pick(others) if others else None

    # ------------------------------------------------------------ numbers

    def integer(self) -> Cell:
        draw = self.draw
        base = self.mentioned()
        if base is None or draw.chance(25):
            base = draw.pick(
                (
                    *(one for one in NUMBERS if one == int(one)),
                    Decimal(2),
                    Decimal(LARGEST),
                    Decimal(-LARGEST),
                    Decimal(7),
                )
            )
        assert isinstance(base, Decimal)
        value: float | int = max(-LARGEST, min(LARGEST, math.floor(base) + draw.pick((0, 1, -1))))
        value = self._held(value)
        plain, grouped = str(value), f"{value:,}"
        raw = draw.pick(
            (
                plain,
                plain,
                plain,
                f"{plain}.0",
                f"{plain}.00",
                grouped,
                grouped.replace(",", " "),
                grouped.replace(",", "\u00a0"),
            )
        )
        if draw.chance(3):
            return Cell(draw.pick((f"+{plain}", f"0{plain}", f"{plain}.", "-0", "1e2")), UNSURE)
        return self._unless_missing(raw, value)

    def number(self) -> Cell:
        draw = self.draw
        base = self.mentioned()
        if base is None or draw.chance(25):
            base = draw.pick(NUMBERS)
        assert isinstance(base, Decimal)
        value = float(base)
        value = draw.pick(
            (
                value,
                math.nextafter(value, math.inf),
                math.nextafter(value, -math.inf),
                value + 1,
                value - 0.01,
                -0.0,
                1e300,
                5e-324,
                12.5,
            )
        )
        value = self._held(value)
        if draw.chance(5):
            return Cell(draw.pick(("NaN", "nan")), math.nan)
        if draw.chance(3):
            return Cell(
                draw.pick(
                    (
                        f"+{base}",
                        "1e3",
                        "-NaN",
                        "1E-2",
                        ".5",
                        "5.",
                        "-.5",
                        "1 000.5",
                        "1,000.50",
                        "1.7976931348623157e308",
                        "00.5",
                        "−5",
                    )
                ),
                UNSURE,
            )
        raw = format(Decimal(repr(value)), "f") if abs(value) < 1e17 else repr(value)
        return self._unless_missing(raw, value)

    def _held(self, value: float | int) -> float | int:
        """Mostly within the field's bounds."""
        if self.field.between is None or self.draw.chance(self.bad):
            return value
        low, high = (type(value)(bound) for bound in self.field.between)  # type: ignore[arg-type]
        return max(low, min(high, value))

    def _unless_missing(self, raw: str, value: object) -> Cell:
        """A spelling that the ruleset reads as missing is no value; nor is an object that is spelled so."""
        missing = (*self.field.missing, *self.ruleset.missing)
        return Cell(raw, UNSURE if raw in missing or (value == 0 and "0" in missing) else value)

    # ------------------------------------------------------------ days

    def day(self) -> date:
        """Around a constant, or an end of a window of days before or after the as-of date."""
        draw = self.draw
        base = self.mentioned()
        if base is None or draw.chance(60):
            count, unit = draw.pick((*self.ruleset.windows, (0, "days"), (400, "days")))
            base = moved(self.as_of, draw.pick((count, -count)), unit)
        base = base.date() if isinstance(base, datetime) else base
        assert isinstance(base, date)
        if draw.chance(4):
            base = draw.pick(
                (date(1900, 1, 1), date(2099, 12, 31), date(1582, 10, 4), date(9999, 12, 30), date(1, 1, 2))
            )
        return base + timedelta(days=draw.pick((0, 1, -1)))

    def date(self) -> Cell:
        draw, day = self.draw, self.day()
        if self.field.between and not draw.chance(self.bad):
            low, high = self.field.between
            day = max(low, min(high, day))  # type: ignore[assignment]
        if self.field.format is not None:
            return Cell(
                written(self.field.format, datetime(day.year, day.month, day.day)), _same(self.field.format, day)
            )
        if draw.chance(15):
            return Cell(
                f"{day}{draw.pick(TIMES)}",
                UNSURE,
            )
        return Cell(day.isoformat(), day)

    def datetime(self) -> Cell:
        draw = self.draw
        base = self.mentioned()
        if isinstance(base, datetime) and draw.chance(40):
            value = base + timedelta(minutes=draw.pick((0, 1, -1)))
        else:
            day = self.day()
            value = datetime(day.year, day.month, day.day) + timedelta(minutes=draw.pick((0, 570, 1439)))
        if self.field.format is not None:
            return Cell(written(self.field.format, value), UNSURE)
        if draw.chance(15):
            return Cell(
                draw.pick(
                    (value.date().isoformat(), value.isoformat() + ".5", value.isoformat(timespec="milliseconds") + "Z")
                ),
                UNSURE,
            )
        if draw.chance(25) and 2 < value.year < 9998:
            zone = timezone(timedelta(minutes=draw.pick((60, -300, 330, 0))))
            local = value.replace(tzinfo=UTC).astimezone(zone)
            return Cell(local.isoformat(), local)
        return Cell(
            draw.pick(
                (
                    moment := value.isoformat(),
                    moment.replace("T", " "),
                    f"{moment}Z",
                    value.isoformat(timespec="minutes"),
                )
            ),
            value,
        )

    # ------------------------------------------------------------ texts

    def boolean(self) -> Cell:
        value = self.draw.chance(50)
        return self._unless_missing(self.draw.pick(TRUE if value else FALSE), value)

    def one_of(self) -> Cell:
        choice = self.draw.pick(self.field.choices)
        raw = self.draw.pick(
            (choice, choice, choice.lower(), choice.upper() if choice != "Straße" else "STRAßE", decomposed(choice))
        )
        return Cell(raw, raw)

    def text(self) -> Cell:
        raw = self.around(self.mentioned() or self.draw.pick(TEXTS))
        return Cell(raw, raw)

    def around(self, base: object) -> str:
        """A text near a constant: another case, within words, cut, in another normal form; or an odd one."""
        draw, text = self.draw, str(base)
        if draw.chance(25):
            return draw.pick(ODD_TEXTS)
        return draw.pick(
            (
                text,
                text.upper(),
                text.lower(),
                text.title(),
                f"the {text} of",
                f"x{text}",
                f"{text}s",
                f"{text}-sales",
                f"vp_{text}",
                text[:-1],
                text[1:],
                f"{text}\u0301",
                f"{text}1",
                decomposed(text),
                text.replace(" ", "  \t"),
                text.replace(" ", "\u00a0"),
                f"({text})",
                f"{text}, {text}",
                unicodedata.normalize("NFKC", text),
                text.swapcase(),
                f"{text} {draw.pick(TEXTS)}",
                f"{draw.pick(ODD_TEXTS)} {text}",
            )
        )

    def email(self) -> Cell:
        draw = self.draw
        base = self.mentioned()
        raw = draw.pick(
            (*EMAILS, f"anna@{draw.pick(DOMAINS)}", f"info@mail.{draw.pick(DOMAINS)}", f"x@my{draw.pick(DOMAINS)}")
        )
        if base is not None and draw.chance(35):
            raw = self.around(base)
        raw = draw.pick((raw, raw, raw.upper(), decomposed(raw)))
        return Cell(raw, raw)

    def texts(self) -> Cell:
        draw = self.draw
        items = [self.around(self.mentioned() or draw.pick(TEXTS)) for _ in range(draw.between(1, 3))]
        split = self.field.split
        raw = split.join(draw.pick((item, f" {item} ", item)) for item in items) + draw.pick(
            ("", "", split, f"{split} {split}")
        )
        if any(split in item for item in items) or raw.strip() != raw:
            return Cell(raw, UNSURE)
        return Cell(raw, items)


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def written(form: str, value: datetime) -> str:
    """A datetime by a `format`."""
    parts = {
        "YYYY": f"{value.year:04}", "YY": f"{value.year % 100:02}", "MM": f"{value.month:02}",
        "Mon": MONTHS[value.month - 1], "DD": f"{value.day:02}",
        "hh": f"{value.hour:02}", "mm": f"{value.minute:02}", "ss": f"{value.second:02}", "M": str(value.month),
        "D": str(value.day),
    }  # fmt: skip
    text, place = "", 0
    while place < len(form):
        part = next((part for part in parts if form.startswith(part, place)), None)
        text += parts[part] if part else form[place]
        place += len(part or " ")
    return text


def _same(form: str, day: date) -> object:
    """A date written with two digits of its year may be read as another."""
    return day if "YYYY" in form else UNSURE
