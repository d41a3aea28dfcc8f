"""Leads whose outcome is known → points, with everything that speaks for and against them.

One reading takes a sample, chooses the values to look at and counts them; where
the sample is not all of the leads, a second one counts all of them. Points by
`joint`, the validation and the thresholds come from the sample.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from leadrules.calibrating.attributes import Attribute, LeftOut, attributes_of
from leadrules.calibrating.counting import Codes, Table, ValueReader, count_all, sampled_codes, tables_of
from leadrules.calibrating.findings import Finding, find
from leadrules.calibrating.joint import joint_points
from leadrules.calibrating.leaks import Leak, leaks_of
from leadrules.calibrating.overlaps import Overlap, overlaps
from leadrules.calibrating.sample import ROWS, Progress, Sample, take_sample
from leadrules.calibrating.stages import BEST_FIFTH, Threshold, Wanted, thresholds
from leadrules.calibrating.validating import FOLDS, METHODS, chosen, judged, scores_of
from leadrules.evidence.outcome import WON, OutcomeColumn, OutcomeReader
from leadrules.evidence.ranking import Estimate, Ranking, auc, ranking_of
from leadrules.evidence.rates import MIN_LEADS, Rate
from leadrules.evidence.splitting import Days
from leadrules.leads.block import LeadSource
from leadrules.leads.errors import LeadsError
from leadrules.leads.headers import loosened, nearest_header


@dataclass(frozen=True, slots=True)
class Asked:
    """How to calibrate. `method` None: see `validating`; `keep` columns in spite of a leak, leave `without` out.

    `leads_a_week` is needed by a capacity alone: given, or from `days`, the column that says when leads were made.
    With `from_day`, points are fitted to the leads before it and judged on those from it on (`days` again).
    """

    method: str | None = None
    min_leads: int = MIN_LEADS
    keep: Sequence[str] = ()
    without: Sequence[str] = ()
    stages: Sequence[Wanted] = ()
    weeks: float | None = None
    days: Days | None = None
    from_day: date | None = None
    folds: int = FOLDS
    rows: int = ROWS


@dataclass(frozen=True, eq=False)
class Calibration:
    """What was found.

    control    the rate of all decided leads that points are fitted to
    findings   attributes without leaks, the best alone first; `points` has the points of each one's values
    leaking    attributes that leak, which earn nothing; `leaks` says why
    areas      the mean AUC of each method on held-out leads; `later` the AUC on the leads from a day on
    sampled    how many leads the sample has, None where it is all of them
    """

    file: str
    outcome: OutcomeReader
    read: int
    broken: int
    sampled: int | None
    control: Rate
    findings: Sequence[Finding]
    points: Sequence[Sequence[int]]
    leaking: Sequence[Finding]
    leaks: Sequence[Leak]
    kept: Sequence[str]
    left: Sequence[LeftOut]
    method: str
    asked_method: bool
    areas: Mapping[str, float]
    overlaps: Sequence[Overlap]
    thresholds: Sequence[Threshold]
    leads_a_week: float | None
    ranking: Ranking
    from_day: date | None
    later: Estimate | None
    later_leads: Rate
    min_leads: int

    @property
    def earning(self) -> bool:
        """Whether anything earns points."""
        return any(any(given) for given in self.points)


def calibrate(source: LeadSource, column: OutcomeColumn, asked: Asked, progress: Progress | None = None) -> Calibration:
    """Find points for the leads of a file; `progress` hears of each block read. Raises `LeadsError`."""
    keep = [_header(one, source, "--keep") for one in asked.keep]
    without = dict.fromkeys((_header(one, source, "--without") for one in asked.without), "left out as asked")
    without[column.header] = "the outcome itself"
    outcome = OutcomeReader(column)
    sample = take_sample(source, outcome, asked.rows, progress)
    attributes, left = attributes_of(sample, source, without)
    reader = ValueReader(attributes, source)
    codes = sampled_codes(reader, sample)
    fitted, later = _parts(sample, asked)
    tables = _counted(reader, source, column, sample, codes, fitted, asked, progress)
    control = _control(tables, sample, fitted)
    findings = find(attributes, tables, control, asked.min_leads)
    leaks = [one for one in leaks_of(findings, control) if one.header not in keep]
    out = {one.header for one in leaks if one.sure}
    places = [place for place, one in enumerate(attributes) if one.header not in out]
    # What leaks is not held against chance with the rest, and what it leaves may pass more easily or less.
    kept = [attributes[place] for place in places]
    findings_kept = find(kept, [tables[place] for place in places], control, asked.min_leads)
    codes_kept = [codes[place] for place in places]
    return _fitted(
        source, outcome, sample, asked, control, findings_kept, codes_kept, fitted, later,
        leaking=[one for one in findings if one.attribute.header in out], leaks=leaks, kept=keep, left=left,
    )  # fmt: skip


def _fitted(
    source: LeadSource,
    outcome: OutcomeReader,
    sample: Sample,
    asked: Asked,
    control: Rate,
    findings: list[Finding],
    codes: list[Codes],
    fitted: NDArray[np.bool_],
    later: NDArray[np.bool_],
    *,
    leaking: Sequence[Finding],
    leaks: Sequence[Leak],
    kept: Sequence[str],
    left: Sequence[LeftOut],
) -> Calibration:
    """Points, how they are judged, and thresholds."""
    own = [code[fitted] for code in codes]
    won = sample.won[fitted]
    joint = joint_points(findings, own, won)
    areas: Mapping[str, float] = {}
    if any(one.earning for one in findings):
        attributes = [one.attribute for one in findings]
        areas = judged(attributes, own, won, joint.strength, folds=asked.folds, min_leads=asked.min_leads)
    method = asked.method or (chosen(areas) if areas else "rate")
    by_value = {one: [finding.points(control, one, asked.min_leads) for finding in findings] for one in METHODS}
    points = joint.points if method == "joint" else next(found for name, found in by_value.items() if name == method)
    ranking, everyone, held = (
        ranking_of(scores_of(findings, points, [code[part] for code in codes], int(part.sum())), sample.won[part])
        for part in (fitted, np.ones_like(fitted), later)
    )
    a_week = _leads_a_week(sample, asked, source)
    order = sorted(range(len(findings)), key=lambda place: -findings[place].alone)
    return Calibration(
        file=source.name,
        outcome=outcome,
        read=sample.read + sample.broken,
        broken=sample.broken,
        sampled=None if sample.is_whole else len(sample.outcomes),
        control=control,
        findings=[findings[place] for place in order],
        points=[points[place] for place in order],
        leaking=leaking,
        leaks=leaks,
        kept=kept,
        left=left,
        method=method,
        asked_method=asked.method is not None,
        areas=areas,
        overlaps=overlaps(findings, own) if method != "joint" else [],
        thresholds=thresholds(asked.stages or [BEST_FIFTH], ranking, everyone, a_week, asked.min_leads),
        leads_a_week=a_week,
        ranking=ranking,
        from_day=asked.from_day,
        later=auc(held) if asked.from_day is not None else None,
        later_leads=held.total,
        min_leads=asked.min_leads,
    )


def _header(said: str, source: LeadSource, option: str) -> str:
    for one in source.headers:
        if loosened(one) == loosened(said):
            return one
    near = nearest_header([said], source.headers)
    raise LeadsError(f"no column is called `{said}`, which {option} names", f"did you mean `{near}`?" if near else None)


def _parts(sample: Sample, asked: Asked) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The decided leads of the sample that points are fitted to, and those that they are judged on besides."""
    if asked.from_day is None or asked.days is None:
        return sample.decided, np.zeros(len(sample.outcomes), dtype=bool)
    cells = sample.cells[str(sample.headers.index(asked.days.header))]
    early, late = (part & sample.decided for part in asked.days.before(cells, asked.from_day))
    for part, where in ((early, "before"), (late, "from")):
        if not part.any() or sample.won[part].all() or not sample.won[part].any():
            raise LeadsError(
                f"there must be won and lost leads {where} {asked.from_day} in `{asked.days.header}`: "
                f"{int(part.sum()):,} are decided, {int(sample.won[part].sum()):,} of them won",
                "choose another day",
            )
    return early, late


def _counted(
    reader: ValueReader,
    source: LeadSource,
    column: OutcomeColumn,
    sample: Sample,
    codes: Sequence[Codes],
    fitted: NDArray[np.bool_],
    asked: Asked,
    progress: Progress | None,
) -> list[Table]:
    if sample.is_whole:
        return tables_of(reader.attributes, [code[fitted] for code in codes], sample.won[fitted])
    return count_all(reader, source, OutcomeReader(column), asked.days, asked.from_day, progress)


def _control(tables: Sequence[Table], sample: Sample, fitted: NDArray[np.bool_]) -> Rate:
    if not tables:
        return Rate(int(fitted.sum()), int((sample.outcomes[fitted] == WON).sum()))
    return Rate(int(tables[0].leads.sum()), int(tables[0].won.sum()))


def _leads_a_week(sample: Sample, asked: Asked, source: LeadSource) -> float | None:
    if asked.weeks is not None:
        return sample.read / asked.weeks
    if asked.days is None:
        return None
    days, known = asked.days.read(sample.cells[str(sample.headers.index(asked.days.header))])
    if not known.any():
        raise LeadsError(
            f"`{asked.days.header}` has no date in it", "say --weeks N instead: how many weeks of leads these are"
        )
    span = int(days[known].max() - days[known].min()) + 1
    return sample.read / (span / 7)


__all__ = ["Asked", "Attribute", "Calibration", "calibrate"]
