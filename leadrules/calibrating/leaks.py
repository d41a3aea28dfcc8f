"""Columns and what was found of them → which of them may know the outcome.

A leak is a column that is filled in, or changed, when the outcome is already
known. Points for it look splendid in last year's leads and are worth nothing on
the day a lead comes in. Four signs, each said in words:

    by name     an outcome (`Closed Reason`, `Customer Since`), a judgement of somebody who handled the lead
                (`Lead Quality`, `Tags`), or a mark that handling leaves (`Last Notable Activity`)
    too good    its AUC alone is `TOO_GOOD` or more: what is known when a lead comes in is hardly ever that good
    a copy      nearly every lead of some values was won, nearly every lead of the others lost, and these are most
    filled      where it is known nearly all leads were won (or lost), which happens to what is filled in afterwards

Questionable decision: a name alone condemns a column only if what it says goes
with the outcome, by more than chance. A column such as `Last Activity` may well
be known in time, and one such as `Contract` or `Payment Method` may be of a
customer of long: it stays, with a warning, unless it is filled in for won leads
far more often than for lost ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from leadrules.calibrating.findings import Finding
from leadrules.evidence.rates import Rate, percent, wilson
from leadrules.starting.naming import words_of_name

TOO_GOOD = 0.9
SUSPICIOUS = 0.85
SURE = 0.95
"""Of the leads with some values so many were won (or lost), for these values to be as good as a copy."""
MOST = 0.5
"""So large a share of all wins, and of all losses, must lie in such values."""

_SUBJECTS = frozenset(
    "lead leads deal opportunity opp contact prospect sales crm call followup bdr sdr agent pipeline record".split()
)
_JUDGEMENTS = frozenset(
    "status quality rating grade score profile stage priority temperature disposition level tag tags qualification"
    " probability reason remarks notes result feedback".split()
)
_ALONE = frozenset(
    "tag tags status stage rating disposition remarks notes probability outcome qualification result".split()
)
_OUTCOMES = re.compile(
    r"(^|_)(converted|conversion|won|lost|closed|close|closing|outcome|disposition|churned|enrolled|customer_since"
    r"|became_customer|lifecycle|lifecyclestage|win|loss)(_|$)"
)
_BUSINESS = re.compile(
    r"(^|_)(purchased?|purchases|paid|payments?|invoiced?|invoices|contracts?|orders?|signed|onboarding|onboarded|renewals?"
    r"|enrolment|enrollment)(_|$)"
)
"""What follows an outcome, or what a customer of long has had already."""
_TRACES = re.compile(r"(^|_)(last_notable|notable|modified|last_modified|last_updated)(_|$)")
_LATEST = re.compile(r"(^|_)(last|latest|recent|final|current_stage)(_|$)")


@dataclass(frozen=True, slots=True)
class Leak:
    """A column that may know the outcome. `sure` ones are left out of the ruleset unless kept by name."""

    header: str
    why: str
    sure: bool


def leaks_of(findings: Sequence[Finding], control: Rate) -> list[Leak]:
    """The leaks among some columns, in the order of the columns; one reason each."""
    found: dict[str, Leak] = {}
    for finding in findings:
        header = finding.attribute.header
        for sign in _SIGNS:
            leak = sign(finding, control)
            if leak is not None:
                known = found.get(header)
                if known is None or (leak.sure and not known.sure):
                    found[header] = leak
                break
    return list(found.values())


def _too_good(finding: Finding, control: Rate) -> Leak | None:
    if finding.passed and finding.alone >= TOO_GOOD:
        return Leak(
            finding.attribute.header, f"too good to be known in time: alone it has an AUC of {finding.alone:.2f}", True
        )
    return None


def _copy(finding: Finding, control: Rate) -> Leak | None:
    """Values of which nearly all were won hold most wins, and values of which nearly all were lost most losses."""
    if not finding.passed:
        return None
    won = sum(one.rate.won for one in finding.values if one.rate.leads and one.rate.value >= SURE)
    lost = sum(one.rate.lost for one in finding.values if one.rate.leads and one.rate.value <= 1 - SURE)
    if won >= MOST * control.won and lost >= MOST * control.lost:
        shares = f"{percent(won / control.won)} of the wins and {percent(lost / control.lost)} of the losses"
        return Leak(finding.attribute.header, f"nearly a copy of the outcome: it settles {shares}", True)
    return None


def _filled(finding: Finding, control: Rate) -> Leak | None:
    """Known for nearly none but won leads, or nearly none but lost ones."""
    missing = next((one.rate for one in finding.values if one.value.shown == "missing"), None)
    if missing is None or not finding.passed or not missing.leads:
        return None
    known = control - missing
    low, high = wilson(known.won, known.leads)
    said = (
        f"where it is known, {percent(known.value)} of {known.leads:,} bought, and {percent(missing.value)} elsewhere"
    )
    if low >= max(0.85, (1 + control.value) / 2):
        return Leak(finding.attribute.header, f"filled in for won leads only: {said}", True)
    if control.value >= 0.02 and high <= control.value / 8:
        return Leak(finding.attribute.header, f"filled in for lost leads only: {said}", True)
    return None


def _named(finding: Finding, control: Rate) -> Leak | None:
    if not finding.passed:
        return None
    name = finding.attribute.field
    words = set(words_of_name(name))
    sure = finding.alone >= 0.52
    header = finding.attribute.header
    plain = "_".join(words_of_name(name))
    if _OUTCOMES.search(plain):
        return Leak(header, "its name is that of an outcome, or of what follows one", sure)
    if _BUSINESS.search(plain):
        return Leak(
            header, "its name is that of business done, which may have followed the outcome", _comes_with(finding)
        )
    if (words & _SUBJECTS and words & _JUDGEMENTS) or (len(words) == 1 and words & _ALONE):
        return Leak(header, "its name is that of a judgement of somebody who handled the lead", sure)
    if _TRACES.search(plain):
        return Leak(header, "its name is that of a mark which handling the lead leaves", sure)
    if _LATEST.search(plain):
        return Leak(header, "it says what happened last, which may have been after the outcome", False)
    return None


def _comes_with(finding: Finding) -> bool:
    """Whether the column is filled in twice as often, or half as often, for won leads as for lost ones."""
    missing = sum((one.rate for one in finding.values if one.value.shown == "missing"), Rate(0, 0))
    known = sum((one.rate for one in finding.values if one.value.shown != "missing"), Rate(0, 0))
    (low, high), (least, most) = known.interval(), missing.interval()
    apart = low > most or high < least
    return bool(missing.leads and known.leads) and apart and not 0.5 < known.value / max(missing.value, 1e-9) < 2


def _suspicious(finding: Finding, control: Rate) -> Leak | None:
    if finding.passed and finding.alone >= SUSPICIOUS:
        return Leak(finding.attribute.header, f"very good alone, with an AUC of {finding.alone:.2f}", False)
    return None


_SIGNS: tuple[Callable[[Finding, Rate], Leak | None], ...] = (_too_good, _copy, _filled, _named, _suspicious)
