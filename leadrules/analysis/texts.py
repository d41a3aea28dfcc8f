"""Texts cut into cells by the tests that a ruleset makes of them.

A text that equals a constant has all its answers from the constant. Of all
other texts, each combination of answers is a cell for which a text is made
up and asked; a combination that two tests rule out (`proved`) is no cell. One
that could neither be made up nor ruled out stays as a cell *without* a text: a
proof has to hold for it, and nothing is claimed to be possible because of it.

Questionable decision: with more than `MOST_TESTS` tests the combinations are not
gone through; each test is then a choice of its own (`Choices`), held together by
what is ruled out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, islice, product
from typing import Any

from leadrules.analysis.implied import Combination, impossible
from leadrules.analysis.ordered import Cell
from leadrules.analysis.patterns import samples
from leadrules.meaning.emails import Directory, shipped
from leadrules.meaning.text import fold, normal, trim
from leadrules.meaning.text_tests import is_true
from leadrules.record import record
from leadrules.ruleset import At, Condition, Exactly, Includes, Matches, TextIn, TextIs, TextTest

MOST_TESTS = 8
MOST_TRIALS = 160
Answers = tuple[bool, ...]


@record
class TextCells:
    """Cells with their answers to `tests`, one after the other.

    `choices` are the tests that are choices of their own in one more cell, of
    texts that equal no constant; empty where the cells are all there is.
    """

    cells: tuple[Cell, ...]
    answers: tuple[Answers, ...]
    choices: tuple[int, ...] = ()


def text_cells(tests: Sequence[Condition], directories: Sequence[Directory]) -> TextCells:
    """The cells of a text field under these tests, each asked by its own directory of mail domains."""
    texts = Texts(tests, directories)
    found: dict[Answers, list[str]] = {}
    for text in texts.constants():
        found.setdefault(texts.answers(text), []).append(text)
    soft = [at for at, test in enumerate(tests) if not isinstance(test, (TextIn, Exactly))]
    loose = len(soft) > MOST_TESTS
    open_cells: list[Answers] = []
    for answers in texts.likely(soft) if loose else texts.combinations(soft):
        if answers in found:
            continue
        made = texts.compose(answers)
        if made is not None:
            found[answers] = [made]
        elif not loose:
            open_cells.append(answers)
    cells = [Cell(tuple(dict.fromkeys(values))[:8]) for values in found.values()]
    cells += [Cell(()) for _ in open_cells]
    return TextCells(tuple(cells), (*found, *open_cells), tuple(soft) if loose else ())


@record
class Texts:
    """Tests of one text field, and texts made up for them."""

    tests: Sequence[Condition]
    directories: Sequence[Directory]

    def answers(self, text: str) -> Answers:
        return tuple(is_true(test, text, one) for test, one in zip(self.tests, self.directories, strict=True))

    def barred(self, soft: Sequence[int]) -> list[Combination]:
        """What is ruled out among some of the tests."""
        return impossible([self.tests[at] for at in soft], [self.directories[at] for at in soft])

    def constants(self) -> Iterator[str]:
        """The texts that some test compares with as a whole, in the spellings that tests can tell apart."""
        cased = any(isinstance(one, (Exactly, Matches)) for one in self.tests) or any(
            isinstance(one, TextIs) and one.word in ("lowercase", "uppercase") for one in self.tests
        )
        for test in self.tests:
            if isinstance(test, Exactly):
                whole: Iterable[str] = (test.text,)
            elif isinstance(test, TextIn):
                whole = sorted(test.texts)
            else:
                continue
            for text in whole:
                if usable(text):
                    yield from _spellings(text) if cased else (text,)

    def combinations(self, soft: Sequence[int]) -> Iterator[Answers]:
        """Every way in which a text that equals no constant may answer, save those that are ruled out."""
        barred = self.barred(soft)
        for bits in product((False, True), repeat=len(soft)):
            if not any(all(bits[at] is wanted for at, wanted in one) for one in barred):
                yield self._spread(soft, bits)

    def likely(self, soft: Sequence[int]) -> Iterator[Answers]:
        """The plain ways to answer: no test true, one, or two."""
        barred = self.barred(soft)
        many = len(soft) > 24
        for count in (0, 1) if many else (0, 1, 2):
            for chosen in combinations(range(len(soft)), count):
                bits = tuple(at in chosen for at in range(len(soft)))
                if not any(all(bits[at] is wanted for at, wanted in one) for one in barred):
                    yield self._spread(soft, bits)

    def _spread(self, soft: Sequence[int], bits: Sequence[bool]) -> Answers:
        known = dict(zip(soft, bits, strict=True))
        return tuple(known.get(at, False) for at in range(len(self.tests)))

    def compose(self, wanted: Answers) -> str | None:
        """A text with these answers, if one can be made up."""
        true = [test for test, one in zip(self.tests, wanted, strict=True) if one]
        false = [test for test, one in zip(self.tests, wanted, strict=True) if not one]
        for text in islice(_attempts(true, false), MOST_TRIALS):
            if usable(text) and self.answers(text) == tuple(wanted):
                return text
        return None


def usable(text: str) -> bool:
    """Whether a cell can hold the text, and gives it back as it is."""
    return text != "" and trim(text) == text and normal(text) == text


def item_cells(tests: Sequence[Condition], most: int = 10) -> TextCells:
    """The cells of a list of texts: which of the tests have an item that they want."""
    wanted = [test.texts for test in tests if isinstance(test, Includes)]
    groups: dict[Answers, str] = {}
    for text in sorted(frozenset().union(*wanted)):
        if usable(text):
            groups.setdefault(tuple(text in texts for texts in wanted), text)
    found: dict[Answers, tuple[str, ...]] = {tuple(False for _ in wanted): ("something else",)}
    loose = len(groups) > most
    for answers, text in groups.items():
        for before, items in [(tuple(False for _ in wanted), ())] if loose else list(found.items()):
            kept = tuple(item for item in items if item != "something else")
            found.setdefault(tuple(map(max, answers, before)), (*kept, text))
    at = iter(range(len(wanted)))
    places = [next(at) if isinstance(test, Includes) else None for test in tests]
    rows = tuple(tuple(False if place is None else answers[place] for place in places) for answers in found)
    choices = tuple(at for at, test in enumerate(tests) if isinstance(test, Includes)) if loose else ()
    return TextCells(tuple(Cell((items,)) for items in found.values()), rows, choices)


def compose_items(tests: Sequence[Condition], wanted: Answers) -> tuple[str, ...] | None:
    """A list of texts with these answers, if there is one."""
    includes = [(test.texts, one) for test, one in zip(tests, wanted, strict=True) if isinstance(test, Includes)]
    barred = frozenset().union(*(texts for texts, one in includes if not one))
    items: list[str] = []
    for texts, one in includes:
        allowed = sorted(text for text in texts - barred if usable(text))
        if one and not allowed:
            return None
        if one and not any(text in texts for text in items):
            items.append(allowed[0])
    return tuple(items) or ("something else",)


# ------------------------------------------------------------------- made up


def _spellings(text: str) -> Iterator[str]:
    yield from dict.fromkeys(
        one
        for one in (text, text.upper(), text.title(), text.capitalize(), text.lower(), text.swapcase(), _mixed(text))
        if fold(one) == fold(text) and usable(one)
    )


def _mixed(text: str) -> str:
    return "".join(one.upper() if at % 2 else one.lower() for at, one in enumerate(text))


def _attempts(true: Sequence[Condition], false: Sequence[Condition]) -> Iterator[str]:
    """Texts that may do, the plain ones first."""
    words: set[str] = {test.word for test in true if isinstance(test, TextIs)}
    not_words: set[str] = {test.word for test in false if isinstance(test, TextIs)}
    if "numeric" in words:
        digits = [text for test in true if isinstance(test, TextTest) for text in test.texts if text.isdigit()]
        yield from ("".join(digits) or "7", "7", "12345")
    starts, ends, middles = (_pieces(true, which) for which in ("starts", "ends", "middle"))
    is_address = any(isinstance(test, At) for test in true) or bool(
        words & {"valid", "personal", "disposable", "role", "business"}
    )
    bodies = [
        _joined(start, middle, end, blank)
        for start, end in product(starts, ends)
        for middle in islice(product(*middles), 12)
        for blank in (" ", "", "-", ".", "x")
    ] + [
        " ".join(part for part in (start, *one, end) if part)
        for start in starts
        for end in ends
        for one in islice(product(*middles), 2)
    ]
    bodies = list(dict.fromkeys(bodies))
    if is_address:
        for body in bodies:
            yield from _addresses(body.replace(" ", "."), true, words)
        for body in bodies:
            yield from (f"{body} x@{one}" for one in _domains(true, words))
    fillers = ("something", "Something", "x", "SOMETHING", "7x", "é")
    for body in bodies:
        yield from (body, body.upper(), body.title(), body.capitalize(), _mixed(body))
    for body, filler in product(bodies, fillers):
        for text in (f"{body} {filler}", f"{filler} {body}", f"{body}{filler}", f"{filler}{body}"):
            yield trim(text)
    if "lowercase" in not_words and "uppercase" in not_words:
        yield from ("7", "Something else", "-")


def _pieces(true: Sequence[Condition], which: str) -> list[Any]:
    """What must stand at the start, at the end, or anywhere: for the middle, the choices of each test."""
    if which == "middle":
        found = []
        for test in true:
            if isinstance(test, TextTest) and test.test in ("contains", "mentions"):
                found.append(test.texts[:6])
            elif isinstance(test, Matches):
                found.append(tuple(samples(test.pattern)) or ("",))
        return found
    word = "starts with" if which == "starts" else "ends with"
    texts = [test.texts for test in true if isinstance(test, TextTest) and test.test == word]
    if not texts:
        return [""]
    every = sorted({text for one in texts for text in one}, key=lambda text: -len(text))
    fits = str.startswith if which == "starts" else str.endswith
    return [text for text in every if all(any(fits(text, one) for one in group) for group in texts)][:6] or [""]


def _joined(start: str, middle: Sequence[str], end: str, blank: str) -> str:
    kept: list[str] = []
    for one in sorted(set(middle), key=lambda text: -len(text)):
        if not any(one in other for other in (*kept, start, end)):
            kept.append(one)
    if start and end and (start == end or start.endswith(end)) and not kept:
        return start
    return blank.join(part for part in (start, *kept, end) if part)


def _addresses(body: str, true: Sequence[Condition], words: set[str]) -> Iterator[str]:
    locals_ = ("info", "sales", *sorted(shipped("roles"))[:3]) if "role" in words else ("anna", "anna.k")
    for local in locals_:
        for one in _domains(true, words):
            if not body:
                yield f"{local}@{one}"
                continue
            if "@" in body:
                yield from (body, f"{local}{body}", f"{local}.{body}", f"{body}{one}")
            if "role" in words:
                yield f"{local}+{body}@{one}"
            yield from (f"{body}@{one}", f"{body}.{local}@{one}", f"{local}@{body}.{one}", f"{local}.{body}@{one}")
            yield f"{local}@{body}"


def _domains(true: Sequence[Condition], words: set[str]) -> list[str]:
    found = [domain for test in true if isinstance(test, At) for domain in sorted(test.domains)[:6]]
    if not found:
        if "personal" in words:
            return ["gmail.com", *sorted(shipped("personal"))[:4]]
        if "disposable" in words:
            return sorted(shipped("disposable"))[:4]
        return ["acme.example"]
    every = [one for one in found if not any(other != one and other.endswith(f".{one}") for other in found)]
    return [*every, *(f"mail.{one}" for one in every)]
