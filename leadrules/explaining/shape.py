"""What the page, the note and the JSON of an explanation say alike: who, the reasons, the next stage, the limits."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from leadrules.explaining.facts import Fact
from leadrules.explaining.lead import Explanation
from leadrules.explaining.parts import PartLines, RuleLine
from leadrules.explaining.stages import Need
from leadrules.explaining.words import limits_words, safe
from leadrules.meaning.text import fold
from leadrules.reference import format_points
from leadrules.ruleset import Limits

MOST_REASONS = 5
_NAMES = ("name", "full_name", "fullname", "full.name", "first_name", "last_name", "company")


def who(explanation: Explanation) -> list[str]:
    """What tells the lead apart: its key, its name, its address; its row if it has none of these."""
    model, values = explanation.model, explanation.values
    key = [place for place, one in enumerate(model.fields) if one.key]
    names = [place for name in _NAMES for place, one in enumerate(model.fields) if fold(one.name) == name]
    addresses = [place for place, one in enumerate(model.fields) if one.type == "email"][:1]
    found = [safe(str(values[place])) for place in dict.fromkeys(key + names + addresses) if values[place] is not None]
    return found or [f"row {explanation.row}" if explanation.row is not None else "a lead"]


def ruleset_line(explanation: Explanation) -> str:
    """`Inbound B2B 2026.4, as of 2026-11-02, row 17`."""
    model = explanation.model
    row = f", row {explanation.row:,}" if explanation.row is not None else ""
    return f"{model.full_name}, as of {explanation.as_of}{row}"


def reasons(explanation: Explanation) -> list[RuleLine]:
    """The rules that gave the most, whatever the sign; those of a part that does not count are left out."""
    counted = [line for part in explanation.parts if part.weight for line in part.rules if line.points]
    return sorted(counted, key=lambda line: (-abs(line.points), line.rule))


def rule_text(line: RuleLine) -> str:
    """A rule's reason; where it has rows, also the one that was true, unless the value alone tells."""
    if line.row is None or line.row_is_told:
        return line.text
    return f"{line.text}: {line.row}"


def because(line: RuleLine) -> list[str]:
    """A rule's facts and sums, piece by piece."""
    return [*texts(line.facts), *line.sums]


def texts(facts: tuple[Fact, ...]) -> list[str]:
    return [fact.text for fact in facts]


def need_texts(need: Need) -> list[str]:
    """The facts of a need; for a score, how much it is short of."""
    short = [f"{format_points(need.short)} short"] if need.short else []
    return [*texts(need.facts[:1]), *short, *texts(need.facts[1:])]


def cut_words(limits: Limits, before: int, after: int) -> str:
    """`limit at most 40: 52 becomes 40`."""
    which = Limits(high=limits.high) if after < before else Limits(low=limits.low)
    return f"limit {limits_words(which)}: {format_points(before)} becomes {format_points(after)}"


def exact_words(hundredths: Fraction) -> str:
    """Hundredths that need not be whole, as points without rounding: `16.665`."""
    scaled = hundredths * 10_000
    assert scaled.denominator == 1
    whole, part = divmod(abs(scaled.numerator), 1_000_000)
    sign = "-" if scaled < 0 else ""
    return f"{sign}{whole}" + (f".{part:06}".rstrip("0") if part else "")


def weight_words(part: PartLines) -> str:
    """`50 at 80 %`; empty where a part counts as it is."""
    return "" if part.weight == 10_000 else f"{format_points(part.after)} at {format_points(part.weight)} %"


def asked(explanation: Explanation) -> Iterator[tuple[str, list[str]]]:
    """Each framework with its open questions, where it has any."""
    for framework, state in zip(explanation.frameworks, explanation.outcome.frameworks, strict=True):
        if state.ask:
            yield framework.name, list(state.ask)
