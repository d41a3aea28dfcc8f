"""A sample of leads → the attributes that may tell won leads from lost ones, each with the values to look at.

An attribute cuts all leads into *values*, of which each lead has exactly one:
the texts of a column, bands of a number, true and false, kinds of address,
whether a word is mentioned, whether anything is known; missing is a value of its
own. Every value is a condition of the language, so that what is counted is what
the ruleset will say.

Values are chosen without a look at the outcome: the most frequent texts, bands
of about equal numbers of leads. What is then found in them is no work of ours.

Questionable decisions: of a date only whether it is known is looked at, because
its age on the day of decision is not in the file. Texts that stand for nothing
(`Select`, `N/A`) stay values of their own in columns of text: they are often
told apart from an empty cell by how the lead came in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from leadrules.calibrating.sample import Sample
from leadrules.engine.columns import ColumnReader
from leadrules.engine.spellings import distinct
from leadrules.leads.block import LeadSource
from leadrules.meaning.cells import values_of
from leadrules.meaning.text import fold, is_whole, normal, trim
from leadrules.meaning.values import reader
from leadrules.ruleset import Field, FieldType
from leadrules.starting import shapes
from leadrules.starting.columns import Column, Survey
from leadrules.starting.page import choices_of, declared
from leadrules.starting.types import Choice, literal, shape_of

MOST_TEXTS = 200
MOST_WORDS = 60
MOST_BANDS = 20
LEAST = 30
"""So many leads of the sample must have a text, a word or a band for it to be a value."""
LONG_TEXT = 8
"""A column whose cells have more words than this on average is free text."""
_WORD = re.compile(r"[^\W_]{2,}")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of an attribute: its condition in the language, and how a table shows it."""

    condition: str
    shown: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something to know of every lead.

    field      the name of its field; `header` that of its column; `declaration` declares it
    values     the first that is true is the lead's; the last is `others` where a condition may be left
    cuts       for bands: the upper end of each but the last; the first `len(cuts) + 1` values are neighbours
    whole      bands of whole numbers
    """

    field: str
    header: str
    declaration: str
    values: tuple[Value, ...]
    cuts: tuple[str, ...] = ()
    whole: bool = False
    title: str = ""

    @property
    def bands(self) -> int:
        """How many of the first values are bands of numbers, which may be joined with their neighbours."""
        return len(self.cuts) + 1 if self.cuts else 0

    def band(self, first: int, last: int) -> Value:
        """The bands from one to another as one value."""
        low = self.cuts[first - 1] if first else None
        high = self.cuts[last] if last < len(self.cuts) else None
        if low is None:
            assert high is not None
            return Value(f"{self.field} <= {high}", f"up to {high}")
        if high is None:
            return Value(f"{self.field} > {low}", f"over {low}")
        if self.whole:
            low = str(int(low) + 1)
            if low == high:
                return Value(f"{self.field} = {low}", low)
            return Value(f"{self.field} between {low} and {high}", f"{low} to {high}")
        return Value(f"{self.field} > {low} and {self.field} <= {high}", f"over {low} to {high}")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A column that is not looked at, and why."""

    header: str
    why: str


def attributes_of(
    sample: Sample, source: LeadSource, without: Mapping[str, str]
) -> tuple[list[Attribute], list[LeftOut]]:
    """The attributes of a file's columns, and the columns without one; `without` are headers with why not."""
    survey = _survey(sample, source)
    choices, _ = choices_of(survey)
    found: list[Attribute] = []
    left: list[LeftOut] = []
    for choice in map(_nearly, choices):
        header = choice.column.header
        why = without.get(header) or choice.left_out
        if why is None and (why := _no_attribute(choice)) is not None:
            found += _whether_known(choice)
        elif why is None:
            one = _FINDERS.get(choice.type, _texts)
            mine = list(one(choice, sample))
            found += mine
            why = None if mine else _nothing_said(choice)
        if why is not None:
            left.append(LeftOut(header, why))
    return found, left


def _survey(sample: Sample, source: LeadSource) -> Survey:
    columns = [Column(position, header) for position, header in enumerate(source.headers)]
    for column, cells in zip(columns, sample.cells.iter_columns(), strict=True):
        column.add(values_of(cells))
    return Survey(source.name, columns, len(sample.outcomes), absent_is_missing=source.absent_is_missing)


def _nearly(choice: Choice) -> Choice:
    """A column of texts that are nearly all numbers or dates as one of these: what does not fit counts as missing."""
    ways = [said.removesuffix(_BAD_AS_MISSING) for said, _ in choice.instead if said.endswith(_BAD_AS_MISSING)]
    texts = (text for text, _ in choice.column.values.values())
    if choice.type != "text" or len(ways) != 1 or any(map(shapes.begins_with_zero, texts)):
        return choice
    type, space, options = ways[0].partition(" ")
    return replace(choice, type=type, options=space + options)


_BAD_AS_MISSING = " bad as missing"
_NAMES = frozenset("name full_name surname middle_name contact_name".split())
_HANDLERS = frozenset("owner assigned assignee".split())
_IDENTIFIERS = frozenset("id uuid guid phone mobile fax url website street address zip postcode".split())


def _no_attribute(choice: Choice) -> str | None:
    """Why a column tells nothing worth points, by what it is."""
    words, column = set(choice.words), choice.column
    if choice.name in _NAMES or {"first", "name"} <= words or {"last", "name"} <= words:
        return "a person's name"
    if _HANDLERS & words:
        return "who handles the lead, which is settled later"
    if choice.type == "email":
        return None
    unique = choice.type == "text" and column.keys is not None and len(column.keys) >= max(LEAST, 0.9 * column.leads)
    named = choice.type == "text" and column.has_more_values and bool(words) and choice.words[-1] in _IDENTIFIERS
    return "tells every lead from every other" if unique or named or _counts_up(choice) else None


def _whether_known(choice: Choice) -> Iterator[Attribute]:
    """Of what tells leads apart, such as a telephone number: whether it is given at all."""
    if min(choice.column.blank, choice.column.known) >= LEAST:
        yield _known(choice, declared(choice, "text"))


def _counts_up(choice: Choice) -> bool:
    """Whether a column of whole numbers is a number given out one after the other."""
    column = choice.column
    if choice.type != "integer" or column.keys is None or column.said < 200:
        return False
    return column.most - column.least < 20 * column.said


def _nothing_said(choice: Choice) -> str:
    if choice.type == "text" and _mean_words(choice.column) > LONG_TEXT:
        return "free text"
    shape = shape_of(choice.column) if choice.type == "text" else None
    if shape is not None:
        return f"{shape[0]}, which are text: {shape[1]}"
    return "no value comes often enough" if choice.column.known else "blank for every lead"


def _field(choice: Choice, type: FieldType, options: str = "") -> tuple[str, Field]:
    """The declaration of a choice's field, and the field; what does not fit counts as missing."""
    if type in ("text", "email", "list of text"):
        return declared(choice, type), Field(choice.name, type)
    spellings = {fold(text): text for text in (*choice.column.doubtful, *choice.column.missing)}
    said = f" also missing {', '.join(map(literal, spellings.values()))}" if spellings else ""
    field = Field(choice.name, type, missing=frozenset({"", *spellings}), bad_as_missing=True)
    return declared(choice, f"{type}{options}{said} bad as missing"), field


def _missing(field: str) -> Value:
    return Value(f"{field} is missing", "missing")


def _others(field: str) -> Value:
    return Value(f"{field} is known", "others")


# --------------------------------------------------------------------- by type


def _numbers(choice: Choice, sample: Sample) -> Iterator[Attribute]:
    type: FieldType = "integer" if choice.type == "integer" else "number"
    declaration, field = _field(choice, type)
    column = ColumnReader(field).read(sample.cells[str(choice.column.position)])
    known = column.doubles()
    known = known[~np.isnan(known)]
    if len(known) < LEAST:
        return
    cuts = _cuts(known, type == "integer")
    if not cuts:
        yield _known(choice, declaration)
        return
    shell = Attribute(choice.name, choice.column.header, declaration, (), tuple(cuts), type == "integer")
    values = tuple(shell.band(place, place) for place in range(len(cuts) + 1))
    yield replace(shell, values=(*values, _missing(choice.name)))


def _cuts(numbers: np.ndarray, whole: bool) -> list[str]:
    """Round numbers that cut these into at most `MOST_BANDS` bands of about equal size; none for one band."""
    ordered = np.sort(numbers)
    wanted = max(LEAST, len(ordered) / MOST_BANDS)
    places = np.arange(wanted, len(ordered), wanted).astype(int)
    cuts: list[str] = []
    below = 0
    for place in places:
        text = _rounded(ordered, place, whole)
        at = int(np.searchsorted(ordered, float(text), side="right"))
        if at - below >= LEAST and len(ordered) - at >= LEAST:
            cuts.append(text)
            below = at
    return cuts


def _rounded(ordered: np.ndarray, place: int, whole: bool) -> str:
    """The number at this place, or a rounder one that parts the leads nearly alike."""
    number = float(ordered[place - 1])
    room = max(1, len(ordered) // 200)
    at = int(np.searchsorted(ordered, number, side="right"))
    for digits in (1, 2, 3, 4, 6, 9):
        text = _plain(float(f"{number:.{digits}g}"))
        if whole and "." in text:
            continue
        if abs(int(np.searchsorted(ordered, float(text), side="right")) - at) <= room:
            return text
    return _plain(number)


def _plain(number: float) -> str:
    """A number as the language writes it: no exponent."""
    if number == int(number) and abs(number) < 1e16:
        return str(int(number))
    return np.format_float_positional(number, trim="-")


def _truths(choice: Choice, sample: Sample) -> Iterator[Attribute]:
    declaration, _ = _field(choice, "boolean")
    values = (Value(choice.name, "yes"), Value(f"not {choice.name}", "no"), _missing(choice.name))
    yield Attribute(choice.name, choice.column.header, declaration, values)


def _days(choice: Choice, sample: Sample) -> Iterator[Attribute]:
    format = re.search(r' format "[^"]*"', choice.options)
    declaration, _ = _field(choice, choice.type, format[0] if format else "")  # type: ignore[arg-type]
    yield _known(choice, declaration)


def _known(choice: Choice, declaration: str) -> Attribute:
    values = (_missing(choice.name), Value(f"{choice.name} is known", "known"))
    return Attribute(choice.name, choice.column.header, declaration, values)


def _addresses(choice: Choice, sample: Sample) -> Iterator[Attribute]:
    declaration, _ = _field(choice, "email")
    kinds = ("disposable", "role", "personal", "business")
    values = [Value(f"{choice.name} is {kind}", f"a {kind} address") for kind in kinds]
    values += [_missing(choice.name), Value(f"{choice.name} is not valid", "not valid")]
    yield Attribute(choice.name, choice.column.header, declaration, tuple(values))


def _texts(choice: Choice, sample: Sample) -> Iterator[Attribute]:
    """The most frequent texts; where few leads have one of them, the most frequent words."""
    declaration, _ = _field(choice, "text")
    counts = _counted(choice, sample)
    frequent = [(text, n) for text, n in counts.most_common(MOST_TEXTS) if n >= LEAST and shapes.is_printable(text)]
    said = sum(counts.values())
    if said < LEAST:
        return
    name, header = choice.name, choice.column.header
    blank = choice.column.leads - said
    if sum(n for _, n in frequent) >= said / 3 and frequent:
        values = [Value(f"{name} is {literal(text)}", text) for text, _ in frequent]
        yield Attribute(name, header, declaration, (*values, _missing(name), _others(name)))
    elif _mean_words(choice.column) <= LONG_TEXT:
        for word, _ in _words(counts, said).most_common(MOST_WORDS):
            values = [Value(f"{name} mentions {literal(word)}", f"mentions {word}"), _missing(name), _others(name)]
            yield Attribute(name, header, declaration, tuple(values), title=f"{header} mentions {word}")
    if not frequent and min(blank, said) >= LEAST:
        yield _known(choice, declaration)


def _counted(choice: Choice, sample: Sample) -> Counter[str]:
    """The texts of a column, by the first spelling of each."""
    cells, codes = distinct(sample.cells[str(choice.column.position)])
    counts = np.bincount(codes, minlength=len(cells)).tolist()
    read = reader(Field("text", "text"))
    spelled: dict[str, str] = {}
    found: Counter[str] = Counter()
    for cell, n in sorted(zip(cells, counts, strict=True), key=lambda one: -one[1]):
        text = read(cell)
        if isinstance(text, str) and is_whole(text):
            text = normal(trim(text))
            found[spelled.setdefault(fold(text), text)] += n
    return found


def _words(counts: Counter[str], said: int) -> Counter[str]:
    """Words that enough leads mention, and enough do not."""
    found: Counter[str] = Counter()
    for text, n in counts.items():
        for word in set(_WORD.findall(fold(text))):
            found[word] += n
    return Counter({word: n for word, n in found.items() if LEAST <= n <= said - LEAST and not word.isdigit()})


def _items(choice: Choice, sample: Sample) -> Iterator[Attribute]:
    declaration, _ = _field(choice, "list of text")
    name, header = choice.name, choice.column.header
    for item, n in choice.column.items.most_common(MOST_WORDS):
        if n >= LEAST and shapes.is_printable(item):
            values = (Value(f"{name} includes {literal(item)}", f"includes {item}"), _missing(name), _others(name))
            yield Attribute(name, header, declaration, values, title=f"{header} includes {item}")


def _mean_words(column: Column) -> float:
    texts = [text for text, _ in column.values.values()]
    return sum(len(text.split()) for text in texts) / max(1, len(texts))


_FINDERS: Mapping[str, Callable[[Choice, Sample], Iterator[Attribute]]] = {
    "integer": _numbers,
    "number": _numbers,
    "boolean": _truths,
    "date": _days,
    "datetime": _days,
    "email": _addresses,
    "list of text": _items,
}


def draft(attributes: Sequence[Attribute]) -> str:
    """A ruleset that gives every lead, for each attribute, the number of its value from 1 as points: for counting."""
    lines = list(dict.fromkeys(one.declaration for one in attributes))
    for one in attributes:
        rows = ", ".join(f"{value.condition}: {place}" for place, value in enumerate(one.values, 1))
        lines.append(f"points first {{ {rows} }}")
    return "\n".join(lines) + "\n"
