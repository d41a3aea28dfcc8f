"""A calibration → the text of a ruleset, in the one layout, each rule with its evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from leadrules.calibrating.calibration import Calibration
from leadrules.calibrating.findings import Finding, Found
from leadrules.calibrating.proving import said_why
from leadrules.calibrating.stages import Threshold
from leadrules.evidence.rates import DOUBLING, Rate, percent
from leadrules.formatting import formatted
from leadrules.starting.types import literal

_METHODS = {
    "rate": "the share of those leads that bought, in percent, where it beats the control",
    "difference": "the share of those leads that bought less the control, in percentage points",
    "evidence": f"the weight of evidence; {DOUBLING} points double the odds",
    "joint": "from a regression over all rules at once, so that nothing is counted twice",
}


def ruleset_text(one: Calibration) -> str:
    """The proposed ruleset; `leadrules check` finds nothing to say of it."""
    used = [(finding, given) for finding, given in zip(one.findings, one.points, strict=True) if any(given)]
    lines = [*_opening(one), "", f'ruleset {literal(_title(one.file))} version "1"', ""]
    lines += dict.fromkeys(finding.attribute.declaration for finding, _ in used)
    for finding, given in used:
        lines += ["", *_rules(finding, given, one.control)]
    lines += ["", *_stages(one)]
    laid_out = formatted("<calibrated>", ("\n".join(lines) + "\n").encode("utf-8"))
    assert not laid_out.problems, laid_out.problems[0]
    return said_why(laid_out.after.decode("utf-8"))


def evidence_text(rate: Rate, control: Rate) -> str:
    """What speaks for points: `36 % of 1,204 bought, control 30 %`."""
    return f"{rate.percent} of {rate.leads:,} bought, control {control.percent}"


EVIDENCE = re.compile(r"[0-9.]+ % of [0-9,]+ bought, control [0-9.]+ %")
"""How `evidence_text` reads, to find it again in a `because`."""


def _opening(one: Calibration) -> Iterator[str]:
    decided = f"{one.control.leads:,} leads, of whom {one.control.won:,} bought: the control is {one.control.percent}"
    when = "" if one.from_day is None else f", all before {one.from_day}"
    yield f"# Points by `leadrules calibrate`, method {one.method}, from {decided}{when}."
    yield f"# The points are {_METHODS[one.method]}."
    sure = [leak.header for leak in one.leaks if leak.sure]
    if sure:
        yield f"# Left out, because they may know the outcome: {', '.join(map(_plain, sure))}."
    yield "# Hold it against other leads with `leadrules backtest` before you trust it."


def _rules(finding: Finding, given: Sequence[int], control: Rate) -> Iterator[str]:
    attribute = finding.attribute
    yield f"# {_plain(attribute.title or attribute.header)}: alone it has an AUC of {finding.alone:.2f}"
    for found, points in zip(finding.values, given, strict=True):
        if points:
            what = "add" if points > 0 else "subtract"
            because = literal(f"{named(finding, found)}: {evidence_text(found.rate, control)}")
            yield f"when {_condition(finding, found)} {what} {abs(points)} because {because}"


def named(finding: Finding, found: Found) -> str:
    """A value with its column, as a reason says it: `Lead Source Google`."""
    shown = found.value.shown
    return _plain(f"{finding.attribute.header} {shown}")


def _condition(finding: Finding, found: Found) -> str:
    """The condition of a value; one that stands for the rest says what it is not."""
    if found.value.shown != "others":
        return found.value.condition
    field = finding.attribute.field
    taken = [one.condition for one in finding.attribute.values if one.shown not in ("missing", "others")]
    texts = [one.removeprefix(f"{field} is ") for one in taken]
    if len(taken) > 1:
        return f"{field} is known and {field} not in ({', '.join(texts)})"
    verb, _, text = texts[0].removeprefix(f"{field} ").partition(" ")
    negated = {"mentions": "does not mention", "includes": "does not include"}.get(verb)
    return f"{field} is known and " + (f"{field} {negated} {text}" if negated else f"{field} is not {texts[0]}")


def _stages(one: Calibration) -> Iterator[str]:
    yield "stage Lead"
    for threshold in one.thresholds:
        if threshold.points is None:
            yield f"# No score was found for {_plain(threshold.wanted.stage)}: {threshold.wanted.text}"
            continue
        yield f"# {_plain(_said(threshold))}"
        name = (
            threshold.wanted.stage if re.fullmatch(r"\w+", threshold.wanted.stage) else literal(threshold.wanted.stage)
        )
        yield f"stage {name} at {threshold.points}"


def _said(one: Threshold) -> str:
    return (
        f"{one.wanted.stage}, {one.wanted.text}: {percent(one.share)} of the leads reach it; "
        f"{one.rate.percent} of them bought, {percent(one.recall)} of all who did"
    )


def _plain(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _title(file: str) -> str:
    stem = re.split(r"[/\\]", file)[-1].partition(".")[0]
    return _plain(stem) or "Calibrated"
