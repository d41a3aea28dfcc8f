"""A pool of fields of every type, their declarations, and what a ruleset says about each.

`Described` is what the generator of leads needs to know about a generated
ruleset: for each field its type and options, and every constant that the
ruleset holds it against, so that leads can stand at, just under and just over it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from generate.draw import Draw

Constant = Decimal | str | date | datetime

BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.äöüßéíΣσ")


def quoted(text: str) -> str:
    """A text as the language writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def shown(name: str) -> str:
    """A name as the language writes it: bare, or in back-quotes."""
    return name if set(name) <= BARE and not name[0].isdigit() else f"`{name}`"


@dataclass
class Described:
    """One generated field: its name, type and options, and the constants mentioned for it."""

    name: str
    type: str
    headers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    split: str = ";"
    format: str | None = None
    key: bool = False
    optional: bool = False
    bad_as_missing: bool = False
    between: tuple[Constant, Constant] | None = None
    constants: list[Constant] = field(default_factory=list)
    declaration: str = ""

    @property
    def shown(self) -> str:
        return shown(self.name)

    @property
    def kind(self) -> str:
        return {"integer": "number", "email": "text", "one of": "text"}.get(self.type, self.type)


# name, type, headers; the first of each type is the plainest
POOL = (
    ("visits", "integer", ("Number of Visits",)),
    ("email.clicks", "integer", ("Marketing emails clicked", "hs_email_click")),
    ("employees", "integer", ("No. of Employees",)),
    ("budget", "number", ("Budget (EUR)",)),
    ("Total Time Spent", "number", ("TotalTime On Site",)),
    ("revenue", "number", ("Annual Revenue",)),
    ("title", "text", ("Job Title", "jobtitle")),
    ("country", "text", ("Country/Region",)),
    ("straße", "text", ("Adresse",)),
    ("role", "text", ("Rôle",)),
    ("email", "email", ("E-mail Address",)),
    ("Work E-mail", "email", ("Company mail",)),
    ("opted_in", "boolean", ("Newsletter?",)),
    ("trial", "boolean", ("On trial",)),
    ("demo_on", "date", ("Demo booked for",)),
    ("go_live", "date", ("Go-live date",)),
    ("date", "date", ("Day",)),
    ("last_seen", "datetime", ("Last Activity",)),
    ("created", "datetime", ("Create Date",)),
    ("source", "one of", ("Lead Source",)),
    ("segment", "one of", ("Customer Segment",)),
    ("tags", "list of text", ("Labels",)),
    ("days", "list of text", ("Visited on",)),
)

TYPES = ("integer", "text", "number", "date", "email", "boolean", "one of", "list of text", "datetime")

NUMBERS = tuple(
    Decimal(text)
    for text in (
        "0",
        "1",
        "3",
        "10",
        "50",
        "200",
        "1000",
        "-5",
        "2.5",
        "0.1",
        "0.3",
        "33.33",
        "1000000",
        "9007199254740991",
    )
)
WHOLES = tuple(number for number in NUMBERS if number == number.to_integral_value())
TEXTS = (
    "cto", "CEO", "head of", "vp", "Director", "US", "de", "Straße", "İstanbul", "ΟΔΟΣ", "café", "c++", "R&D", "3d",
    'the "boss"', "back\\slash", "ǅ", "Ǆ", "日本", "a", "ss", "ﬁ", "k", "Ω", "-", "no\u00a0break", "42", "x;y",
    "e\u0301a",
)  # fmt: skip
DOMAINS = (
    "rival.example", "gmail.com", "acme.example", "co.uk", "mailinator.com", "Müller.example", "example", "yahoo.com",
    "mail.rival.example",
)  # fmt: skip
CHOICES = ("Web", "Referral", "Partner", "Trade fair", "ÉVÉNEMENT", "Straße", "ΟΔΟΣ", "Small")
MISSING = ("N/A", "-", "Select", "unbekannt", "ΚΑΝΕΝΑΣ", "(none)", "ß", "0")
FORMATS = {
    "date": ("DD/MM/YYYY", "MM/DD/YYYY", "D.M.YYYY", "YYYYMMDD", "DD Mon YYYY", "DD-MM-YY"),
    "datetime": ("YYYY-MM-DD hh:mm:ss", "DD/MM/YYYY hh:mm", "D Mon YYYY hh:mm"),
}
DAYS = tuple(
    date.fromisoformat(text)
    for text in (
        "2026-11-22", "2026-01-31", "2024-02-29", "2026-02-28", "2025-12-31", "2026-03-01", "2026-10-31", "2027-01-01",
        "1970-01-01",
        "1999-12-31",
    )
)  # fmt: skip


def number(value: Decimal) -> str:
    return format(value, "f")


def moment(value: datetime) -> str:
    return value.isoformat(timespec="minutes")


def literal(value: Constant) -> str:
    """A constant as the language writes it."""
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, str):
        return quoted(value)
    return moment(value) if isinstance(value, datetime) else value.isoformat()


def constant(draw: Draw, one: Described) -> Constant:
    """A constant that the field may be held against, noted with the field."""
    if one.constants and draw.chance(30):
        return draw.pick(one.constants)
    value: Constant
    if one.type == "integer":
        value = draw.pick(WHOLES)
    elif one.type == "number":
        value = draw.pick(NUMBERS)
    elif one.type == "one of":
        value = draw.pick(one.choices)
    elif one.type == "datetime":
        value = datetime.combine(draw.pick(DAYS), datetime.min.time()) + timedelta(minutes=draw.pick((0, 570, 1439)))
    elif one.type == "date":
        value = draw.pick(DAYS)
    else:
        value = draw.pick(
            TEXTS if one.type != "email" or draw.chance(30) else ("anna@acme.example", "info@rival.example", "cto")
        )
    if value not in one.constants:
        one.constants.append(value)
    return value


def fields(draw: Draw, most: int) -> list[Described]:
    """Some fields of the pool, a number always among them, and perhaps a key."""
    names = {POOL[draw.below(6)][0]} | {name for name, _, _ in draw.some(POOL, 1, most)}
    found = [_declare(draw, name, type, headers) for name, type, headers in POOL if name in names]
    if draw.chance(25):
        found.insert(draw.between(0, len(found)), Described("id", "text", key=True, declaration="field id : text key"))
    return found


def _declare(draw: Draw, name: str, type: str, headers: tuple[str, ...]) -> Described:
    one = Described(name, type)
    written = type
    clauses: list[str] = []
    if type == "one of":
        one.choices = tuple(draw.some(CHOICES, 2, 4))
        written = "one of " + ", ".join(map(quoted, one.choices))
    if type == "list of text" and draw.chance(25):
        one.split = draw.pick(("|", ",", "; "))
        written += f" split on {quoted(one.split)}"
    if draw.chance(30):
        one.headers = headers
        clauses.append("from " + ", ".join(map(quoted, headers)))
    if draw.chance(25):
        one.missing = tuple(spelling for spelling in draw.some(MISSING, 1, 2) if spelling not in one.choices)
        if one.missing:
            clauses.append("also missing " + ", ".join(map(quoted, one.missing)))
    if draw.chance(25):
        one.bad_as_missing = True
        clauses.append("bad as missing")
    if draw.chance(25):
        one.optional = True
        clauses.append("optional")
    if type in FORMATS and draw.chance(25):
        one.format = draw.pick(FORMATS[type])
        clauses.append(f"format {quoted(one.format)}")
    if one.kind == "number" and draw.chance(20):
        low, high = sorted(draw.some(WHOLES, 2, 2))
        one.between = (low, high)
        one.constants += [low, high]
        clauses.append(f"between {number(low)} and {number(high)}")
    elif type == "date" and draw.chance(10):
        one.between = (date(1990, 1, 1), date(2030, 12, 31))
        one.constants += list(one.between)
        clauses.append("between 1990-01-01 and 2030-12-31")
    if draw.chance(25) and (default := _default(draw, one)) is not None:
        clauses.append(f"default {default}")
    one.declaration = " ".join([f"field {one.shown} : {written}", *draw.some(clauses, len(clauses), len(clauses))])
    return one


def _default(draw: Draw, one: Described) -> str | None:
    if one.type == "boolean":
        return draw.pick(("false", "true"))
    if one.type == "list of text":
        return None
    if one.between is not None:
        return literal(draw.pick(one.between))
    return literal(constant(draw, one))
