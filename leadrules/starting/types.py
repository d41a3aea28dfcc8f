"""What is known of a column → the type of its field, and what a person should know of it.

The first type in `_TYPES` that fits every value wins, and text fits nearly
everything. What fits two readings, or nearly one, is text, and the notes say
how to write it otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from leadrules.meaning.text import fold
from leadrules.starting import shapes
from leadrules.starting.columns import Column
from leadrules.starting.dates import strictly
from leadrules.starting.naming import words_of_name

ENOUGH = 20
"""So many leads before anything is said of all of them."""
FEW = 10
LONGEST_CHOICES = 60
"""So wide may `one of` be, for its field to stand on one line."""
MOSTLY_BLANK = 0.5

_IDENTIFIERS = frozenset(
    "id ids uuid guid key code number no nr phone mobile fax telephone tel zip postcode plz".split()
)
_IDENTIFIERS_ANYWHERE = frozenset("uuid guid phone mobile fax telephone zip postcode postal plz".split())
_DIALLED = frozenset("phone mobile fax telephone tel".split())
_COUNTS = frozenset(
    "count number no num total visits clicks opens views sessions forms downloads score points emails calls meetings"
    " employees pages sum amount qty quantity days".split()
)
_DATE_WORDS = frozenset("date day created updated modified on at since".split())


@dataclass
class Choice:
    """A field as it will be declared: type, options, notes above it, and other ways to declare it."""

    name: str
    column: Column
    type: str = "text"
    options: str = ""
    notes: list[str] = field(default_factory=list)
    instead: list[tuple[str, str]] = field(default_factory=list)  # type with options, why
    left_out: str | None = None

    @property
    def words(self) -> list[str]:
        return words_of_name(self.name)


def choose(name: str, column: Column) -> Choice:
    """The type of a column's field."""
    choice = Choice(name, column)
    if column.leads == 0:
        return choice
    if column.known == 0:
        choice.left_out = "blank for every lead"
        return choice
    if not column.trials["text"].fits_all and not column.trials["list of text"].fits_all and column.said:
        choice.left_out = "holds records or the like, which no type reads"
        return choice
    choice.type, choice.options = next(found for found in (one(choice) for one in _TYPES) if found is not None)
    _doubtful(choice)
    if choice.type == "text":
        _advise(choice)
    elif choice.type in ("integer", "number"):
        _say_commas(choice)
    only = next(iter(column.values.values()), None)
    if len(column.values) == 1 and only is not None and only[1] == column.leads >= ENOUGH:
        choice.left_out = f"{quoted(only[0])} for every lead"
    return choice


def quoted(text: str) -> str:
    """A text as a comment shows it: on one line, cut where it is long."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    plain = " ".join(plain.split())
    return f'"{plain if len(plain) <= 40 else plain[:39] + "…"}"'


def listed(texts: Sequence[str], room: int = 100) -> str:
    """Texts in quotes, as many as there is room for."""
    shown: list[str] = []
    for text in texts:
        one = quoted(text)
        if sum(map(len, shown)) + 2 * len(shown) + len(one) > room:
            return ", ".join([*shown, "…"])
        shown.append(one)
    return ", ".join(shown)


def common(column: Column) -> list[tuple[str, int]]:
    """The values that are kept, the most frequent first."""
    return sorted(column.values.values(), key=lambda one: -one[1])


# ------------------------------------------------------------------ the types


Found = tuple[str, str]


def _boolean(choice: Choice) -> Found | None:
    column = choice.column
    if not column.trials["boolean"].fits_all:
        return None
    figures = set(column.values) <= {"0", "1"}
    enough = len(column.values) == 2 and column.said >= 100 and not _COUNTS & set(choice.words)
    return ("boolean", "") if not figures or enough else None


def _packed_date(choice: Choice) -> Found | None:
    fits = [one for one, trial in choice.column.formats.items() if trial.fits_all]
    if fits == ["YYYYMMDD"] and _DATE_WORDS & set(choice.words):
        return "date", ' format "YYYYMMDD"'
    return None


def _integer(choice: Choice) -> Found | None:
    texts = [text for text, _ in choice.column.values.values()]
    if not choice.column.trials["integer"].fits_all or _is_identifier(choice):
        return None
    return None if any(re.search(r"\.0*$", text) and not text.endswith(".0") for text in texts) else ("integer", "")


def _number(choice: Choice) -> Found | None:
    column = choice.column
    if not column.trials["number"].fits_all or _is_identifier(choice):
        return None
    points = [text for text, _ in column.values.values() if "." in text]
    if points and not column.trials["integer"].fits_all and all(map(shapes.may_be_thousands, points)):
        text = quoted(points[0])
        choice.notes.append(
            f"{text} may be {_bare(points[0])} or {points[0].replace('.', '')}: read as text until you say which"
        )
        choice.instead.append(("number", "if the point is a decimal point"))
        return "text", ""
    return "number", ""


def _is_identifier(choice: Choice) -> bool:
    """Figures that are no quantity: leading zeros, too many digits, or a header that says so."""
    texts = [text for text, _ in choice.column.values.values()]
    words = choice.words
    named = bool(words) and (words[-1] in _IDENTIFIERS or bool(_IDENTIFIERS_ANYWHERE & set(words)))
    if named and _DIALLED & set(words):  # minutes on the phone, calls by mobile
        named = sum(map(shapes.may_be_dialled, texts)) > len(texts) / 2
    if not named and any(map(shapes.begins_with_zero, texts)):
        choice.notes.append("Text, because of leading zeros or signs that a number would lose")
        return True
    return named or any(map(shapes.is_long, texts))


def _iso(choice: Choice) -> Found | None:
    trials = choice.column.trials
    if trials["date"].fits_all and trials["midnight"].fits_all:
        return "date", ""
    return ("datetime", "") if trials["datetime"].fits_all else None


def _format(choice: Choice) -> Found | None:
    column = choice.column
    fits = [one for one, trial in column.formats.items() if trial.fits_all and one != "YYYYMMDD"]
    ways = [(_format_type(one), strictly(one) if column.strict[one] else one) for one in fits]
    if len(ways) == 1:
        return ways[0][0], f' format "{ways[0][1]}"'
    if ways:
        texts = [text for text, _ in column.values.values()]
        example = next((text for text in texts if len(set(_readings(text, fits))) == len(fits)), texts[0])
        choice.notes.append(
            f"Text, because {quoted(example)} and all the others fit {len(ways)} formats. Write the one that is meant:"
        )
        for (type, format), day in zip(ways, _readings(example, fits), strict=True):
            choice.instead.append((f'{type} format "{format}"', f"if {quoted(example)} is {day}"))
        return "text", ""
    return None


def _format_type(format: str) -> str:
    return "datetime" if "hh" in format else "date"


def _readings(text: str, formats: Sequence[str]) -> list[str]:
    """The day that a text says in each format."""
    from leadrules.meaning.formats import Format, compile_format

    compiled = [compile_format(one) for one in formats]
    moments = [one.read(text) for one in compiled if isinstance(one, Format)]
    return [moment.date().isoformat() for moment in moments if moment is not None]


def _email(choice: Choice) -> Found | None:
    trial = choice.column.trials["address"]
    return ("email", "") if trial.fits > 0 and trial.misfits <= trial.fits / 4 else None


def _list(choice: Choice) -> Found | None:
    column = choice.column
    if column.trials["text"].misfits:
        return "list of text", ""
    repeated = sum(count for count in column.items.values() if count > 1)
    lists = column.lists >= max(3, column.said / 50) and repeated > 0.8 * sum(column.items.values())
    short = all(len(item) <= 40 for item in column.items)
    return ("list of text", "") if lists and short else None


def _one_of(choice: Choice) -> Found | None:
    """Few values, each of which came again: one that came once says that others will."""
    column = choice.column
    values = common(column)
    if column.has_more_values or not 2 <= len(values) <= FEW or column.said < 50 or values[-1][1] < 2:
        return None
    texts = [text for text, _ in values]
    written = ", ".join(map(literal, texts))
    if not all(map(shapes.is_printable, texts)) or column.doubtful or len(written) > LONGEST_CHOICES:
        return None
    return f"one of {written}", ""


def literal(text: str) -> str:
    """A text as rules write it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_TYPES: tuple[Callable[[Choice], Found | None], ...] = (
    _boolean,
    _packed_date,
    _integer,
    _number,
    _iso,
    _format,
    _email,
    _list,
    _one_of,
    lambda _: ("text", ""),
)


# ------------------------------------------------------------------- the notes


def _doubtful(choice: Choice) -> None:
    """Spellings that may mean nothing: missing among numbers and dates, values among texts."""
    column = choice.column
    if not column.doubtful:
        return
    spellings = list({fold(text): text for text in reversed(column.doubtful)}.values())[::-1]
    option = f" also missing {', '.join(map(literal, spellings))}"
    if choice.type not in ("text", "email", "list of text"):
        choice.options += option
        return
    choice.instead = [(type + option, why) for type, why in choice.instead]
    for text, count in column.doubtful.items():
        spelling, before = column.values.get(fold(text), (text, 0))
        column.values[fold(text)] = (spelling, before + count)
    choice.notes.append(f"If {listed(spellings)} says nothing here, add:{option}")


def _advise(choice: Choice) -> None:
    """What else a column of texts may be."""
    column, trials = choice.column, choice.column.trials
    for name, sort in (("integer", "whole numbers"), ("number", "numbers"), ("date", "dates"), ("datetime", "moments")):
        if trials[name].fits_nearly_all and not choice.instead and not _is_identifier_by_name(choice):
            choice.notes.append(f"Nearly all are {sort}; {listed(trials[name].examples, 60)} are not")
            choice.instead.append((f"{name} bad as missing", "if those count as missing"))
    nearly = [one for one, trial in column.formats.items() if trial.fits_nearly_all]
    if not choice.instead and len(nearly) == 1:
        format = strictly(nearly[0]) if column.strict[nearly[0]] else nearly[0]
        choice.notes.append(f"Nearly all are dates; {listed(column.formats[nearly[0]].examples, 60)} are not")
        choice.instead.append((f'{_format_type(format)} format "{format}" bad as missing', "if those count as missing"))
    if not choice.instead:
        _advise_on_shape(choice)


def _is_identifier_by_name(choice: Choice) -> bool:
    return bool(choice.words) and choice.words[-1] in _IDENTIFIERS


_SHAPES = (
    ("percent", "percentages", "export them as plain numbers to compare them"),
    ("money", "amounts with a currency", "export them as plain numbers to compare them"),
    ("comma", "decimal commas", "export the numbers with a decimal point to compare them"),
    ("like a date", "dates in a form that no `format` reads", "export them like 2026-11-22"),
)


def shape_of(column: Column) -> tuple[str, str] | None:
    """What texts look like that no type reads, and what to do to compare them; None for plain texts."""
    for name, what, remedy in _SHAPES:
        trial = column.trials[name]
        if trial.fits and trial.misfits <= trial.fits / 20:
            return what, remedy
    return None


def _advise_on_shape(choice: Choice) -> None:
    shape = shape_of(choice.column)
    if shape is not None:
        what = shape[0][0].upper() + shape[0][1:]
        verb = ":" if shape[0].startswith("dates") else " are text:"
        choice.notes.append(f"{what}{verb} {shape[1]}")


def _say_commas(choice: Choice) -> None:
    commas = [text for text, _ in choice.column.values.values() if "," in text]
    if commas and all(re.fullmatch(r"[-+]?[0-9]{1,3},[0-9]{3}", text) for text in commas):
        choice.notes.append(f"{quoted(commas[0])} is read as {commas[0].replace(',', '')}")


def _bare(text: str) -> str:
    return f"{float(text):g}"
