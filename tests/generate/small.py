"""Rulesets over a handful of leads: every field has a few values, so that all leads there could be can be gone through.

For proofs: what is proved of all leads is held against all leads. Every part of
the language that matters to a proof is there: limits both ways, weights, units,
fading, rows, frameworks, labels, stages, verdicts, texts, numbers worked out
from two fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

from generate.draw import Draw

AS_OF = date(2026, 11, 2)
DAYS = tuple(AS_OF + timedelta(days=shift) for shift in (-4, -3, -2, -1, 0, 1))
DECLARED = {
    "visits": "integer between 0 and 3",
    "clicks": "integer between 0 and 3 default 1",
    "rate": "number between 0 and 1",
    "member": "boolean",
    "segment": 'one of "Small", "Large", "Web"',
    "title": "text",
    "demo_on": f"date between {DAYS[0]} and {DAYS[-1]}",
}
VALUES: dict[str, tuple[Any, ...]] = {
    "visits": (None, 0, 1, 2, 3),
    "clicks": (None, 0, 1, 2, 3),
    "rate": (None, 0.0, 0.25, 0.5, 0.75, 1.0),
    "member": (None, True, False),
    "segment": (None, "Small", "Large", "Web"),
    "title": (None, "vp", "VP", "vp sales", "Sales", "else", "salesvp"),
    "demo_on": (None, *DAYS),
}
TESTS = {
    "visits": ("visits >= 2", "visits < 1", "visits = 2", "visits is missing", "visits != 1", "visits in (0, 3)"),
    "clicks": ("clicks > 1", "clicks is known", "clicks <= 0", "clicks between 1 and 2"),
    "rate": ("rate >= 0.5", "rate < 0.5", "rate = 0.5", "rate > 1", "rate * 2 > 1", "1 - rate <= 0.25"),
    "member": ("member", "member is known", "member is false"),
    "segment": ('segment is "Small"', 'segment is not "Web"', 'segment in ("Large", "Web")'),
    "title": (
        'title mentions "vp"', 'title contains "sales"', 'title is "VP"', 'title is exactly "VP"',
        'title starts with "vp"', "title is lowercase", "title is known",
    ),
    "demo_on": (
        "demo_on in last 2 days", "demo_on older than 2 days", "days since demo_on >= 3", "demo_on is missing",
        "demo_on after 2026-11-01",
    ),
}  # fmt: skip
JOINED = ("visits + clicks >= 4", "visits < clicks", "clicks / visits > 1", "visits - clicks = 0")
POINTS = ("5", "10", "2.5", "20", "7")


def small_ruleset(draw: Draw, joined: bool = False) -> str:
    """A ruleset without errors over three or four of the fields; `joined`: some tests look at two of them."""
    names = list(DECLARED)
    fields = draw.some(names, 3, 4)
    if joined:
        fields = ["visits", "clicks", *[one for one in fields if one not in ("visits", "clicks")][:1]]
    lines = [f"field {name} : {DECLARED[name]}" for name in fields]

    def test() -> str:
        if joined and draw.chance(35):
            return draw.pick(JOINED)
        return draw.pick(TESTS[draw.pick(fields)])

    def condition(more: tuple[str, ...] = ()) -> str:
        parts = [draw.pick(more) if more and draw.chance(40) else test() for _ in range(draw.between(1, 3))]
        form = draw.pick(("and", "or", "not", "of"))
        if len(parts) == 1:
            return f"not {parts[0]}" if form == "not" else parts[0]
        if form == "of":
            return f"{draw.pick(('at least 2', 'at most 1', 'exactly 1'))} of ({', '.join(parts)})"
        return f" {'and' if form == 'not' else form} ".join(parts)

    def rule() -> str:
        sign = draw.pick(("add", "add", "subtract"))
        form = draw.pick(("when", "when", "first", "units", "fading", "unless"))
        numbers = [name for name in fields if name in ("visits", "clicks")]
        if form == "units" and numbers:
            most = draw.maybe(50, lambda: f" at most {draw.pick(POINTS)}")
            return f"when {condition()} {sign} {draw.pick(POINTS)} per {draw.pick(numbers)}{most}"
        if form == "fading" and "demo_on" in fields:
            how = draw.pick(("to zero over 3 days", "by half every 2 days", "25% every 1 day"))
            return f"when {condition()} {sign} {draw.pick(POINTS)} fading {how} since demo_on"
        if form == "first":
            rows = f"{condition()}: {draw.pick(POINTS)}, {condition()}: -{draw.pick(POINTS)}, otherwise: 1"
            return f"points first {{ {rows} }}"
        unless = f" unless {test()}" if form == "unless" else ""
        return f"when {condition()}{unless} {sign} {draw.pick(POINTS)}"

    def limits() -> str:
        return draw.pick(("", " at most 15", " from 0 to 20", " at least -5", " from 5 to 10"))

    lines.append(f"framework BANT {{ need when {condition()}\n  budget when {condition()} }}")
    lines += draw.pick(([], [f"exclude if {test()} and {test()}"]))
    for name in ("fit", "keen"):
        weight = draw.pick(("", " weight 50%", " weight 33.33%", ""))
        rules = [rule() for _ in range(draw.between(1, 2))]
        grouped = f'group "G {name}"{limits()} {{\n{rule()}\n{rule()}\n}}' if draw.chance(50) else rule()
        lines.append(f"score {name}{limits()}{weight} {{\n" + "\n".join([*rules, grouped]) + "\n}")
    lines.append(rule())
    lines.append(draw.pick(("", "total from 0 to 30", "total from -10 to 25")))
    scores = ("fit >= 10", "keen < 5", "score = 10", "fit > keen", "fit + keen >= 15", "BANT.met >= 1", "BANT.open = 1")
    lines += draw.pick(([], [f"disqualify if {condition(scores)}"]))
    lines.append("stage Lead")
    lines.append(f"stage MQL at {draw.pick(POINTS)}" + draw.maybe(40, lambda: f" if {condition(scores)}"))
    always = draw.maybe(30, lambda: f" always if {condition()}")
    lines.append(f"stage SQL at {draw.pick(POINTS)} on fit after MQL if {condition((*scores, 'holds MQL'))}{always}")
    lines.append(f'label grade {{ "A" when {condition(scores)}, "B" when {condition(scores)}, otherwise "C" }}')
    lines.append(
        'label step { "call" when stage is "SQL", "mail" when holds MQL and grade is "A", "none" when disqualified }'
    )
    return "\n".join(one for one in lines if one) + "\n"


def all_leads(names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Every lead over these fields: of each cell that tests can tell apart, some value."""
    for values in product(*(VALUES[name] for name in names)):
        yield dict(zip(names, values, strict=True))
