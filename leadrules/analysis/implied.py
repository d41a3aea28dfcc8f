"""What two tests of one text rule out: `starts with "a"` and `starts with "b"`, `is personal` and not `is valid`.

Every combination given here is impossible for any text; what is not given may
or may not be. Proofs are as good as this list is long, and never wrong for its
being short.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import permutations

from leadrules.meaning.emails import Directory, shipped
from leadrules.meaning.text import BLANKS, mentions
from leadrules.ruleset import At, Condition, TextIs, TextTest

Combination = tuple[tuple[int, bool], ...]
"""Tests by place, each with an answer; the answers cannot all be."""

_CLASSES = ("personal", "disposable", "business")


def impossible(tests: Sequence[Condition], directories: Sequence[Directory]) -> list[Combination]:
    """Combinations of answers that no text gives; each test is asked by its own directory of mail domains."""
    found: list[Combination] = []
    for (at, one), (other_at, other) in permutations(enumerate(tests), 2):
        if directories[at] != directories[other_at] and _is_classes(one) and _is_classes(other):
            continue
        if _implies(one, other):
            found.append(((at, True), (other_at, False)))
        elif at < other_at and (_excludes(one, other) or _excludes(other, one)):
            found.append(((at, True), (other_at, True)))
    for directory in set(directories):
        places: dict[str, int] = {
            test.word: at
            for at, test in enumerate(tests)
            if isinstance(test, TextIs) and (directories[at] == directory or test.word == "valid")
        }
        found += _of_domains(tests, directory, places)
        if "valid" in places and all(word in places for word in _CLASSES):
            found.append(((places["valid"], True), *((places[word], False) for word in _CLASSES)))
    return found


def _of_domains(tests: Sequence[Condition], directory: Directory, places: Mapping[str, int]) -> Iterator[Combination]:
    """What the domains of `at` say of the class of an address: every address at gmail.com is personal."""
    for at, test in enumerate(tests):
        if not isinstance(test, At) or not places.keys() & set(_CLASSES):
            continue
        kinds = {_class_below(domain, directory) for domain in test.domains}
        if len(kinds) != 1 or None in kinds:
            continue
        (kind,) = kinds
        for word in _CLASSES:
            if word in places and word != kind:
                yield (at, True), (places[word], True)
            elif word in places and "valid" in places:
                yield (at, True), (places["valid"], True), (places[word], False)


@lru_cache(maxsize=256)
def _class_below(domain: str, directory: Directory) -> str | None:
    """The class of every valid address at a domain or below it; None where they differ."""
    lists = directory.lists
    listed = (
        shipped("personal"), shipped("disposable"), lists.personal_added, lists.personal_removed,
        lists.disposable_added, lists.disposable_removed,
    )  # fmt: skip
    below = f".{domain}"
    if any(one.endswith(below) for group in listed for one in group):
        return None
    return directory.kind(f"a@{domain}") or "business"


def _is_classes(test: Condition) -> bool:
    return isinstance(test, TextIs) and test.word in (*_CLASSES, "role")


def _implies(one: Condition, other: Condition) -> bool:
    """Whether a text for which the first is true makes the second true."""
    match one, other:
        case TextIs(word=word), TextIs(word="valid"):
            return word in (*_CLASSES, "role")
        case At(domains=inner), At(domains=outer):
            return all(any(_is_below(domain, above) for above in outer) for domain in inner)
        case TextTest(), TextTest():
            holds = _HOLDS.get((one.test, other.test))
            return holds is not None and all(any(holds(text, wanted) for wanted in other.texts) for text in one.texts)
    return False


def _contains(text: str, wanted: str) -> bool:
    return wanted in text


def _contains_in_words(text: str, wanted: str) -> bool:
    """A run of blanks counts as one in `mentions`, so only what has no blank is sure to be contained."""
    return wanted in text and not any(blank in wanted for blank in BLANKS)


_HOLDS: dict[tuple[str, str], Callable[[str, str], bool]] = {
    ("contains", "contains"): _contains,
    ("starts with", "contains"): _contains,
    ("ends with", "contains"): _contains,
    ("mentions", "contains"): _contains_in_words,
    ("mentions", "mentions"): mentions,
    ("starts with", "starts with"): str.startswith,
    ("ends with", "ends with"): str.endswith,
}


def _excludes(one: Condition, other: Condition) -> bool:
    """Whether no text makes both true."""
    match one, other:
        case TextIs(word=word), TextIs(word=second):
            return _words_exclude(word, second)
        case At(domains=some), At(domains=others):
            return not any(_is_below(a, b) or _is_below(b, a) for a in some for b in others)
        case TextTest(test=test), TextTest(test=same) if test == same and test in ("starts with", "ends with"):
            fits = str.startswith if test == "starts with" else str.endswith
            return not any(fits(a, b) or fits(b, a) for a in one.texts for b in other.texts)
        case TextTest(test="contains" | "starts with" | "ends with", texts=texts), TextIs(word="numeric"):
            return all(not (text.isascii() and text.isdigit()) for text in texts)
        case TextIs(word="numeric"), At():
            return True
    return False


def _words_exclude(word: str, other: str) -> bool:
    if word == "numeric":
        return other != "numeric"
    if word in _CLASSES and other in _CLASSES:
        return word != other
    return (word, other) == ("lowercase", "uppercase")


def _is_below(domain: str, above: str) -> bool:
    return domain == above or domain.endswith(f".{above}")
