"""Fields → rules to start from, with names and values that the leads have.

They are written as comments: which evidence counts, and for how much, is for
people to say. Each would check and run as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from leadrules.meaning.text import fold, mentions
from leadrules.starting import shapes
from leadrules.starting.types import ENOUGH, Choice, common, literal

_SENIOR = ("ceo", "cto", "cfo", "coo", "cmo", "founder", "owner", "president", "vp", "head", "director", "manager")
_TITLES = frozenset("title position role function".split())
_REFUSES = frozenset("not unsubscribed unsubscribe optout opted bounced invalid".split())
_OURS = frozenset("owner creator rep manager assigned by".split())
_CUSTOMERS = frozenset(["customer", "closed won", "won", "converted"])


def rules_for(choices: Sequence[Choice]) -> list[str]:
    """Rules, one or two of each sort; those on outcomes only exclude."""
    usable = [one for one in choices if one.left_out is None and not one.column.doubtful]
    found: list[str] = []
    for sort, most in _SORTS:
        rules = (rule for one in usable for rule in sort(one))
        found += [rule for rule, _ in zip(rules, range(most), strict=False)]
    return found


def is_outcome(choice: Choice) -> bool:
    """Whether a column looks like what the score should foretell."""
    words = choice.words
    return bool(_OUTCOMES & set(words)) or any(
        words[at : at + 2] in _OUTCOME_PAIRS or words[at:] == ["customer"] for at in range(len(words))
    )


def is_judgement(choice: Choice) -> bool:
    """Whether a column looks like what people at sales, or an earlier score, say of a lead."""
    return bool(_JUDGEMENTS & set(choice.words)) and not is_outcome(choice)


_OUTCOMES = frozenset(
    "converted won lost closed churned outcome disposition lifecycle lifecyclestage purchased".split()
)
_OUTCOME_PAIRS = (["close", "date"], ["deal", "stage"], ["opportunity", "stage"], ["customer", "date"], ["win", "loss"])
_JUDGEMENTS = frozenset("status quality rating grade score tags probability disposition qualification".split())


def _excluding(choice: Choice) -> Iterator[str]:
    if not is_outcome(choice):
        return
    if choice.type == "boolean":
        yield f"exclude if {choice.name}"
    elif choice.type == "text" or choice.type.startswith("one of"):
        for text, _ in common(choice.column):
            if fold(text) in _CUSTOMERS:
                yield f"exclude if {choice.name} is {literal(text)}"
                return


def _refusing(choice: Choice) -> Iterator[str]:
    if choice.type == "boolean" and _REFUSES & set(choice.words):
        yield f"disqualify if {choice.name}"


def _addresses(choice: Choice) -> Iterator[str]:
    if choice.type == "email" and not _OURS & set(choice.words):
        yield f'disqualify if {choice.name} is disposable because "Throw-away address"'
        yield f"when {choice.name} is business add 10"


def _titles(choice: Choice) -> Iterator[str]:
    if choice.type != "text" or not _TITLES & set(choice.words):
        return
    texts = [fold(text) for text, _ in choice.column.values.values()]
    words = [word for word in _SENIOR if any(mentions(text, word) for text in texts)]
    if words:
        said = literal(words[0]) if len(words) == 1 else f"any ({', '.join(map(literal, words))})"
        yield f"when {choice.name} mentions {said} add 20"


def _values(choice: Choice) -> Iterator[str]:
    """The two most frequent of a few values."""
    few = choice.type.startswith("one of") or (choice.type == "text" and not choice.column.has_more_values)
    if not few or is_outcome(choice) or is_judgement(choice) or _TITLES & set(choice.words):
        return
    if choice.column.said < ENOUGH:
        return
    values = [(text, count) for text, count in common(choice.column) if shapes.is_printable(text)]
    if len(values) > 1 and values[1][1] >= max(3, choice.column.said // 20):
        first, second = (literal(text) for text, _ in values[:2])
        yield f"points by {choice.name} {{ {first}: 10, {second}: 5, otherwise: 0 }}"


def _figures(choice: Choice) -> Iterator[str]:
    """More for more: from the middle value on, and from the largest tenth on."""
    if choice.type not in ("integer", "number") or is_outcome(choice) or is_judgement(choice):
        return
    middle, high = (choice.column.number_at(share) for share in (0.5, 0.9))
    if middle is None or high is None or not 0 <= middle < high < 1e12:
        return
    low, top = _round(middle), _round(high)
    if float(low) < float(top):
        yield f"points by {choice.name} {{ {low} to {top}: 5, over {top}: 10 }}"


def _days(choice: Choice) -> Iterator[str]:
    if choice.type in ("date", "datetime") and not is_outcome(choice):
        yield f"when {choice.name} in last 30 days add 10"


def _truths(choice: Choice) -> Iterator[str]:
    if choice.type == "boolean" and not is_outcome(choice) and not _REFUSES & set(choice.words):
        yield f"when {choice.name} add 5"


def _items(choice: Choice) -> Iterator[str]:
    if choice.type == "list of text" and choice.column.items:
        item, _ = choice.column.items.most_common(1)[0]
        if shapes.is_printable(item):
            yield f"when {choice.name} includes {literal(item)} add 5"


_SORTS: tuple[tuple[Callable[[Choice], Iterator[str]], int], ...] = (
    (_excluding, 1),
    (_refusing, 1),
    (_addresses, 2),
    (_titles, 1),
    (_values, 2),
    (_figures, 2),
    (_days, 1),
    (_truths, 1),
    (_items, 1),
)


def _round(number: float) -> str:
    """A number to two digits, without an exponent."""
    if number == int(number) and number < 100:
        return str(int(number))
    return f"{float(f'{number:.2g}'):.10f}".rstrip("0").rstrip(".")
