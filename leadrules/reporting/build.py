"""Counts → the report: every figure once, every section with its finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np

from leadrules.explaining.words import Words
from leadrules.reporting import bands, findings
from leadrules.reporting.counting import Counts
from leadrules.reporting.figures import (
    BandLeads,
    ColumnFigures,
    Columns,
    Dropped,
    Funnel,
    Grid,
    LeadsFigures,
    Reason,
    Report,
    RuleFigures,
    Rules,
    RulesetFigures,
    Scores,
    SourceFigures,
    Sources,
    StageFigures,
    Threshold,
    proportion,
)
from leadrules.reporting.outcomes import outcomes_of
from leadrules.ruleset import TRUE, Model, Rule, Stage, Verdict
from leadrules.running.tally import Tally

MOST_BANDS = 20
GRID_BANDS = 5
MOST_SOURCES = 12


def report_of(counts: Counts, as_of: date, source: str, headers: Mapping[int, str]) -> Report:
    """The report of all that was counted; `source` is the name of the leads, `headers` the column of each field."""
    model, tally = counts.model, counts.tally
    judged = tally.scored + tally.disqualified
    leads = LeadsFigures(
        source, tally.read, judged, tally.scored, tally.disqualified, tally.excluded, tally.rejected,
        tally.repeated_keys(),
    )  # fmt: skip
    milestones = findings.milestones(model, tally.scored, [tally.reached[at] for at in range(len(model.stages))])
    scores = _scores(counts)
    thresholds = scores.thresholds if scores else ()
    outcomes = None
    if counts.outcome is not None and counts.holding is not None:
        outcomes = outcomes_of(
            model, counts.outcome, counts.holding, counts.open_judged, counts.open, thresholds, milestones
        )
    return Report(
        title=model.title or model.path,
        ruleset=RulesetFigures(model.title, model.version, model.hash, model.path),
        as_of=as_of.isoformat(),
        leads=leads,
        funnel=_funnel(counts, milestones, judged),
        scores=scores,
        outcomes=outcomes,
        sources=_sources(counts, milestones),
        grid=_grid(counts),
        rules=_rules(counts, judged),
        dropped=_dropped(counts, leads),
        columns=_columns(model, tally, headers),
    )


def _funnel(counts: Counts, milestones: Sequence[int], judged: int) -> Funnel | None:
    model, tally = counts.model, counts.tally
    if not model.stages or not judged:
        return None
    stages = []
    for position, stage in enumerate(model.stages):
        before = tally.reached[position - 1] if position else 0
        stages.append(
            StageFigures(
                stage.name,
                _takes(Words(model), stage),
                tally.now[position],
                proportion(tally.reached[position], judged),
                proportion(counts.onward[position], before) if position else None,
            )
        )
    return Funnel(findings.of_funnel(stages, milestones, judged), tuple(stages), tuple(milestones), tally.now[-1])


def _takes(words: Words, stage: Stage) -> str:
    """What a stage asks for, in the words of the language."""
    parts = []
    if stage.threshold is not None:
        score = "" if stage.on is None else f" of {words.score(stage.on)}"
        rows = [
            f"{bands.points(row.points)}" + ("" if row.condition == TRUE else f" if {words.condition(row.condition)}")
            for row in stage.threshold
        ]
        parts.append(f"{', '.join(rows)} points{score}" if len(rows) == 1 else f"points{score}: {', else '.join(rows)}")
    if stage.after:
        parts.append(f"{' or '.join(words.stage(one) for one in stage.after)} first")
    if stage.condition != TRUE:
        parts.append(words.condition(stage.condition))
    text = "; ".join(parts) or ("nothing" if stage.always is None else "")
    if stage.always is not None:
        text += f"{'; or at once: ' if text else ''}{words.condition(stage.always)}"
    return text


def _scores(counts: Counts) -> Scores | None:
    ranking = counts.scores.ranking()
    scores, leads = ranking.scores, ranking.leads
    if not len(scores):
        return None
    everyone = int(leads.sum())
    least, most = int(scores[0]), int(scores[-1])
    whole = bool((scores % 100 == 0).all())
    found = bands.bands(bands.edges(scores, leads, MOST_BANDS), least, most, whole)
    counted = bands.counted(found, scores, leads)
    thresholds = [
        Threshold(stage.name, points / 100, proportion(int(leads[scores >= points].sum()), everyone))
        for stage in counts.model.stages
        if stage.threshold is not None and stage.on is None
        for points in dict.fromkeys(row.points for row in stage.threshold)
    ]
    median, top = (bands.quantile(scores, leads, share) / 100 for share in (0.5, 0.9))
    return Scores(
        findings.of_scores(everyone, median, top, thresholds),
        everyone,
        least / 100,
        median,
        most / 100,
        tuple(BandLeads(band, proportion(count, everyone)) for band, count in zip(found, counted, strict=True)),
        tuple(thresholds),
    )


def _grid(counts: Counts) -> Grid | None:
    if counts.grid is None:
        return None
    across, down, leads = counts.grid.counts()
    if not len(leads):
        return None
    names = [score.name for score in counts.model.scores[:2]]
    axes, inside, high = [], [], []
    for scores in (down, across):
        distinct, places = np.unique(scores, return_inverse=True)
        marginal = np.bincount(places, weights=leads).astype(np.int64)
        edges = bands.edges(distinct, marginal, GRID_BANDS)
        found = bands.bands(edges, int(distinct[0]), int(distinct[-1]), bool((distinct % 100 == 0).all()))
        axes.append(tuple(found))
        inside.append([bands.within(band, scores) for band in found])
        high.append(scores >= (edges[0] + edges[-1]) / 2)
    if min(map(len, axes)) < 2:
        return None
    cells = tuple(tuple(int(leads[row & column].sum()) for column in inside[1]) for row in inside[0])
    everyone = int(leads.sum())
    corners = (high[0] & high[1], high[0] & ~high[1], ~high[0] & high[1])
    both, down_only, across_only = (int(leads[corner].sum()) for corner in corners)
    title = findings.of_grid(names[0], names[1], both, down_only, across_only, everyone)
    return Grid(title, names[0], names[1], axes[0], axes[1], cells, everyone)


def _rules(counts: Counts, judged: int) -> Rules | None:
    model = counts.model
    if not model.rules or not judged:
        return None
    sizes = np.abs(counts.given)
    total = int(sizes.sum())
    found = []
    for position in sorted(range(len(model.rules)), key=lambda at: (-int(sizes[at]), -int(counts.tally.fired[at]), at)):
        rule, fired, given = model.rules[position], int(counts.tally.fired[position]), int(counts.given[position])
        found.append(
            RuleFigures(
                rule.text,
                None if rule.score is None else model.scores[rule.score].name,
                _place(rule),
                proportion(fired, judged),
                given / 100,
                given / 100 / fired if fired else None,
                abs(given) / total if total else None,
            )
        )
    never = sum(not one.fired.count for one in found)
    return Rules(findings.of_rules(found, never), tuple(found), never)


def _place(one: Rule | Verdict) -> str:
    return "" if one.span is None else f"{one.span.source.path}:{one.span.source.place(one.span.start)[0]}"


def _sources(counts: Counts, milestones: Sequence[int]) -> Sources | None:
    values = [] if counts.sources is None else counts.sources.values()
    if counts.sources is None or not values:
        return None
    decided = counts.outcome is not None

    def figures(name: str, rows: Iterable[Sequence[int]]) -> SourceFigures:
        sums = np.array([*rows] or [[0] * (len(counts.model.stages) + 3)]).sum(axis=0).tolist()
        return SourceFigures(
            name,
            sums[0],
            tuple(proportion(sums[1 + position], sums[0]) for position in milestones),
            proportion(sums[-1], sums[-2]) if decided else None,
        )

    shown = [figures(name, [row]) for name, row in values[:MOST_SOURCES]]
    rest = values[MOST_SOURCES:]
    every = figures("", (row for _, row in values))
    stages = tuple(counts.model.stages[position].name for position in milestones)
    title = findings.of_sources(counts.sources.column, stages, shown, every, len(values))
    others = figures("", (row for _, row in rest)) if rest else None
    return Sources(title, counts.sources.column, stages, tuple(shown), others, len(rest), every)


def _dropped(counts: Counts, leads: LeadsFigures) -> Dropped | None:
    if not leads.disqualified + leads.excluded + leads.rejected:
        return None
    tally = counts.tally
    disqualified, excluded = (
        tuple(Reason(text, proportion(count, leads.read)) for text, count in because.most_common() if count)
        for because in (tally.disqualified_because, tally.excluded_because)
    )
    rejected = tuple(
        Reason(f"{field}: {reason}" if field else reason, proportion(one.leads, leads.read), tuple(one.seen))
        for (field, reason), one in sorted(counts.rejected.items(), key=lambda one: (-one[1].leads, one[0]))
    )
    title = findings.of_dropped(leads, disqualified, excluded, rejected)
    return Dropped(title, disqualified, excluded, rejected)


def _columns(model: Model, tally: Tally, headers: Mapping[int, str]) -> Columns | None:
    found = [
        ColumnFigures(
            model.fields[position].name,
            headers.get(position),
            proportion(tally.blank[position], tally.read),
            tally.excused[position],
        )
        for position in model.read_fields
    ]
    found.sort(key=lambda one: (one.header is not None, -one.blank.count))
    return Columns(findings.of_columns(found), tuple(found)) if found else None
