"""A calibration → what it says: a table and notes for people, or one object for programs.

In the table a value without points says why. Values that earn nothing are
summed up in a line for each attribute, unless all are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from leadrules.calibrating.calibration import Calibration
from leadrules.calibrating.findings import FALSE_FINDS, Finding, Found
from leadrules.calibrating.stages import Threshold
from leadrules.calibrating.validating import WORTH_IT
from leadrules.evidence.outcome import LOST, OPEN
from leadrules.evidence.rates import Rate, percent
from leadrules.evidence.tables import interval_text, laid_out, rate_text, shortened
from leadrules.problems.wording import counted

WIDEST = 44
HEADINGS = ("", "leads", "bought", "rate", "interval", "lift", "points")
AUC_ALONE = (
    "AUC: of a lead that bought and one that did not, how often the first ranks higher; 0.5 is chance, 1 is perfect",
    "lift: how many times the control the rate is",
)


def page(one: Calibration, *, all_values: bool = False) -> str:
    """The whole report."""
    lines = [*_leads(one), ""]
    shown = [pair for pair in zip(one.findings, one.points, strict=True) if all_values or any(pair[1])]
    if shown:
        lines += [*_table(shown, one.control, all_values), "", *AUC_ALONE, ""]
    else:
        lines += [*_nothing(one), ""]
    for section in (_without(one, all_values), _leaks(one), _overlaps(one), _judged(one), _later(one), _stages(one)):
        lines += section
    return "\n".join(lines).rstrip("\n") + "\n"


# ---------------------------------------------------------------------- leads


def _leads(one: Calibration) -> Iterator[str]:
    outcome = one.outcome
    parts = [f"{outcome.won:,} bought", f"{outcome.lost:,} did not"]
    if outcome.open:
        parts.append(f"{outcome.open:,} open, left out of every count")
    if one.broken:
        parts.append(f"{counted(one.broken, 'record')} that {'is' if one.broken == 1 else 'are'} no lead")
    yield f"{counted(one.read, 'lead') if one.read == 1 else f'{one.read:,} leads'} of {one.file}: {', '.join(parts)}"
    yield from outcome_notes(outcome)
    when = "" if one.from_day is None else f" before {one.from_day}"
    yield f"control{when}: {rate_text(one.control)} of {one.control.leads:,} decided leads bought"
    if one.sampled is not None:
        yield f"values, joint points and thresholds come from a random sample of {one.sampled:,}; the counts are of all"


def outcome_notes(outcome: Any) -> Iterator[str]:
    """What an outcome's values counted as, where that may be a mistake."""
    lost = [(text, count) for text, count in outcome.counted_as(LOST) if text]
    if outcome.column.value not in (None, "*") and len(lost) > 1:
        shown = ", ".join(f"`{text}` {count:,}" for text, count in lost[:8]) + (", …" if len(lost) > 8 else "")
        yield f"counted as lost: {shown}"
        yield "  where one of these is still open, say --open VALUE; or --lost VALUE for those that are lost"
    opened = [(text, count) for text, count in outcome.counted_as(OPEN) if text]
    if opened:
        yield "counted as open: " + ", ".join(f"`{text}` {count:,}" for text, count in opened[:8])


# ---------------------------------------------------------------------- table


def _table(shown: Sequence[tuple[Finding, Sequence[int]]], control: Rate, all_values: bool) -> list[str]:
    rows: list[tuple[str, ...]] = [HEADINGS]
    for finding, given in shown:
        rows.append((shortened(f"{title(finding)} (AUC {finding.alone:.2f} alone)", WIDEST + 20),))
        quiet: list[Found] = []
        values = list(zip(finding.values, given, strict=True))
        if not finding.attribute.bands:
            values.sort(key=lambda pair: -pair[0].rate.value)
        for found, points in values:
            if points or all_values:
                rows.append(_row(found, points, control, finding.passed))
            elif found.rate.leads:
                quiet.append(found)
        if quiet:
            rest = sum((found.rate for found in quiet), Rate(0, 0))
            label = f"{counted(len(quiet), 'more value')} without points" if len(quiet) > 1 else quiet[0].value.shown
            rows.append((f"  {shortened(label)}", f"{rest.leads:,}", f"{rest.won:,}", rate_text(rest)))
    return laid_out(rows)


def _row(found: Found, points: int, control: Rate, passed: bool) -> tuple[str, ...]:
    said = f"{points:+d}" if points else found.refused or ("no clear difference" if not passed else "none")
    lift = f"{found.rate.lift(control):.2f}" if found.rate.leads else ""
    return (
        f"  {shortened(found.value.shown)}",
        f"{found.rate.leads:,}",
        f"{found.rate.won:,}",
        rate_text(found.rate),
        interval_text(found.rate),
        lift,
        said,
    )


def title(finding: Finding) -> str:
    return " ".join((finding.attribute.title or finding.attribute.header).split())


# ---------------------------------------------------------------------- notes


def _nothing(one: Calibration) -> Iterator[str]:
    tried = len(one.findings)
    if not tried:
        yield "nothing to learn from: no column is left that could earn points"
    elif any(finding.passed for finding in one.findings):
        yield f"no value of {counted(tried, 'attribute')} earns points by `{one.method}`"
    else:
        yield (
            f"nothing found: {'the one attribute' if tried == 1 else f'none of the {tried} attributes'} that "
            f"{'was tried does not tell' if tried == 1 else 'were tried tells'} won leads from lost ones better than "
            "chance does"
        )
        yield f"(tested together: at most {percent(FALSE_FINDS)} false finds, by Benjamini and Hochberg)"


def _without(one: Calibration, all_values: bool) -> list[str]:
    shown = [finding for finding, given in zip(one.findings, one.points, strict=True) if not any(given)]
    lines = []
    if shown and len(shown) < len(one.findings):
        names = list(dict.fromkeys(finding.attribute.header for finding in shown))
        lines.append(f"no points for {_listed(names, all_values)}: no clear difference from the control")
    reasons: dict[str, list[str]] = {}
    for left in one.left:
        reasons.setdefault(left.why, []).append(left.header)
    for why, headers in reasons.items():
        lines.append(f"not looked at: {_listed(headers, all_values)} ({why})")
    return [*lines, ""] if lines else []


def _listed(headers: Sequence[str], everything: bool) -> str:
    most = len(headers) if everything else 8
    shown = ", ".join(f"`{shortened(header)}`" for header in headers[:most])
    return shown + (f" and {len(headers) - most} more" if len(headers) > most else "")


def _leaks(one: Calibration) -> list[str]:
    lines = []
    for leak in sorted(one.leaks, key=lambda leak: not leak.sure):
        what = "leak, left out" if leak.sure else "perhaps a leak, kept"
        lines.append(f"{what}: `{shortened(leak.header)}`: {leak.why}")
    if any(leak.sure for leak in one.leaks):
        lines.append("  what is known when a lead comes in may be kept all the same: --keep COLUMN")
    if any(not leak.sure for leak in one.leaks):
        lines.append("  what is not known when a lead comes in should be left out: --without COLUMN")
    return [*lines, ""] if lines else []


def _overlaps(one: Calibration) -> list[str]:
    if not one.overlaps:
        return []
    pairs = ", ".join(f"`{shortened(pair.first)}` and `{shortened(pair.second)}`" for pair in one.overlaps[:5])
    more = f" and {len(one.overlaps) - 5} more pairs" if len(one.overlaps) > 5 else ""
    return [f"counted twice: {pairs}{more} say much the same, and `{one.method}` adds both: see --method joint", ""]


def _judged(one: Calibration) -> list[str]:
    if not one.areas:
        return []
    figures = ", ".join(f"{method} {area:.3f}" for method, area in one.areas.items())
    lines = [f"on leads that points were not fitted to (mean AUC of the folds): {figures}"]
    gain = one.areas["joint"] - one.areas[one.method]
    if one.asked_method and gain > WORTH_IT:
        lines.append(f"`{one.method}` loses {gain:.3f} against `joint`: --method joint would rank these leads better")
    elif not one.asked_method and one.method == "joint":
        lines.append(
            f"points by `joint`, because `rate` ranks worse by {one.areas['joint'] - one.areas['rate']:.3f}; "
            "--method rate gives plain rates all the same"
        )
    elif not one.asked_method:
        lines.append(f"points by `rate`, the plainest method: `joint` is not better by more than {WORTH_IT}")
    return [*lines, ""]


def _later(one: Calibration) -> list[str]:
    if one.later is None:
        return []
    return [f"on the {one.later_leads.leads:,} leads from {one.from_day} on: AUC {one.later}", ""]


def _stages(one: Calibration) -> list[str]:
    return [threshold_text(threshold) for threshold in one.thresholds] if one.earning else []


_NONE = {
    "rate": "left out, no score has so high a rate",
    "capacity": "left out, more leads than that share the best score",
    "top": "left out, all leads have the same score",
}


def threshold_text(one: Threshold) -> str:
    """What one threshold means."""
    if one.points is None:
        return f"stage {one.wanted.stage} ({one.wanted.text}): {_NONE[one.wanted.by]}"
    shared = "; so many share the best score" if one.wanted.by == "top" and one.share > one.wanted.amount else ""
    return (
        f"stage {one.wanted.stage} ({one.wanted.text}): at {one.points}, as {percent(one.share)} of the leads have; "
        f"{percent(one.rate.value)} of them bought, {percent(one.recall)} of all who did{shared}"
    )


# -------------------------------------------------------------------- objects


def report(one: Calibration) -> dict[str, Any]:
    """The same for programs."""
    outcome = one.outcome
    alone: dict[str, float] = {}
    for finding in (*one.leaking, *one.findings):
        alone[finding.attribute.header] = max(finding.alone, alone.get(finding.attribute.header, 0.0))
    return {
        "leads": {
            "read": one.read,
            "won": outcome.won,
            "lost": outcome.lost,
            "open": outcome.open,
            "broken": one.broken,
            "sampled": one.sampled,
        },
        "outcome": {"column": outcome.column.header, "value": outcome.column.value},
        "control": _rate_object(one.control),
        "method": one.method,
        "auc": dict(one.areas),
        "attributes": [
            {
                "attribute": title(finding),
                "column": finding.attribute.header,
                "field": finding.attribute.field,
                "auc": round(finding.alone, 6),
                "p_value": finding.chance,
                "found": finding.passed,
                "values": [
                    {
                        "value": found.value.shown,
                        "condition": found.value.condition,
                        **_rate_object(found.rate),
                        "lift": found.rate.lift(one.control),
                        "points": points,
                        "refused": found.refused,
                    }
                    for found, points in zip(finding.values, given, strict=True)
                ],
            }
            for finding, given in zip(one.findings, one.points, strict=True)
        ],
        "leaks": [
            {"column": leak.header, "why": leak.why, "left_out": leak.sure, "auc": alone.get(leak.header)}
            for leak in one.leaks
        ],
        "not_looked_at": [{"column": left.header, "why": left.why} for left in one.left],
        "overlaps": [
            {"first": pair.first, "second": pair.second, "cramers_v": round(pair.likeness, 4)} for pair in one.overlaps
        ],
        "later": None
        if one.later is None
        else {
            "from": str(one.from_day),
            "leads": one.later_leads.leads,
            "auc": [one.later.value, one.later.low, one.later.high],
        },
        "stages": [
            {
                "stage": threshold.wanted.stage,
                "by": threshold.wanted.by,
                "amount": threshold.wanted.amount,
                "at": threshold.points,
                "share": threshold.share,
                "recall": threshold.recall,
                **_rate_object(threshold.rate),
            }
            for threshold in one.thresholds
        ],
    }


def _rate_object(rate: Rate) -> dict[str, Any]:
    low, high = rate.interval()
    return {"leads": rate.leads, "won": rate.won, "rate": rate.value, "low": low, "high": high}
