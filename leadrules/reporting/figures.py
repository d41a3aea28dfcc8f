"""The figures of a report, as plain data: what the page, the pictures and the JSON all show.

Every figure is worked out once and stands here. A `title` is the finding in
words; `None` in place of a section says that there is nothing to show.
"""

from __future__ import annotations

from dataclasses import dataclass

from leadrules.evidence.rates import wilson


@dataclass(frozen=True, slots=True)
class Proportion:
    """`count` of `of`: the share (None of nothing) and Wilson's 95 % interval for it, `low` to `high`."""

    count: int
    of: int
    share: float | None
    low: float
    high: float


def proportion(count: int, of: int) -> Proportion:
    low, high = wilson(count, of)
    return Proportion(count, of, count / of if of else None, low, high)


@dataclass(frozen=True, slots=True)
class RulesetFigures:
    title: str | None
    version: str | None
    hash: str
    path: str


@dataclass(frozen=True, slots=True)
class LeadsFigures:
    """Read = scored + disqualified + excluded + rejected. `judged` = scored + disqualified: what shares are of."""

    source: str
    read: int
    judged: int
    scored: int
    disqualified: int
    excluded: int
    rejected: int
    repeated_keys: int


@dataclass(frozen=True, slots=True)
class StageFigures:
    """`now`: leads whose stage it is; `reached`: that hold it, of all judged; `onward`: of those that hold the
    stage before, those that hold this one (None for the first). `takes` is what the ruleset asks for."""

    name: str
    takes: str
    now: int
    reached: Proportion
    onward: Proportion | None


@dataclass(frozen=True, slots=True)
class Funnel:
    """The stages in their order. `milestones` are the positions of those that tell leads apart best."""

    title: str
    stages: tuple[StageFigures, ...]
    milestones: tuple[int, ...]
    no_stage: int


@dataclass(frozen=True, slots=True)
class Band:
    """Scores from `low` to under `high` (`closed`: `high` too); None is open. `label` says it in words."""

    low: float | None
    high: float | None
    closed: bool
    label: str


@dataclass(frozen=True, slots=True)
class BandLeads:
    band: Band
    leads: Proportion


@dataclass(frozen=True, slots=True)
class Threshold:
    """The total that a stage asks for, and how many scored leads have it."""

    stage: str
    points: float
    at_least: Proportion


@dataclass(frozen=True, slots=True)
class Scores:
    """The total of scored leads (disqualified ones left out)."""

    title: str
    leads: int
    least: float
    median: float
    most: float
    bands: tuple[BandLeads, ...]
    thresholds: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Leads by two named scores: `leads[row][column]`, rows by the bands of `down`, columns by those of `across`."""

    title: str
    down: str
    across: str
    down_bands: tuple[Band, ...]
    across_bands: tuple[Band, ...]
    leads: tuple[tuple[int, ...], ...]
    all: int


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """A rule: leads that it gave other than 0 (of all judged), and its points, before any limit or weight.

    `share_of_points` is its part of all points by size, given and taken.
    """

    text: str
    score: str | None
    place: str
    fired: Proportion
    points: float
    mean: float | None
    share_of_points: float | None


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules by the size of their points. `never` counts those that gave nobody anything."""

    title: str
    rules: tuple[RuleFigures, ...]
    never: int


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """Leads of one value of the column: those that reached each of the stages shown, and those won of the decided."""

    value: str
    leads: int
    reached: tuple[Proportion, ...]
    won: Proportion | None


@dataclass(frozen=True, slots=True)
class Sources:
    """Judged leads by the values of a column, most leads first; `others` are `other_values` values together."""

    title: str
    column: str
    stages: tuple[str, ...]
    values: tuple[SourceFigures, ...]
    others: SourceFigures | None
    other_values: int
    all: SourceFigures


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for which leads were not scored, or hold no stage; a lead may have several. `seen` are some values."""

    text: str
    leads: Proportion
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """Why leads were disqualified, excluded and rejected, most frequent first; shares are of the leads read."""

    title: str
    disqualified: tuple[Reason, ...]
    excluded: tuple[Reason, ...]
    rejected: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ColumnFigures:
    """A field of the ruleset: its column (None: absent), leads without a value, bad values read as missing."""

    field: str
    header: str | None
    blank: Proportion
    excused: int


@dataclass(frozen=True, slots=True)
class Columns:
    """Fields that some rule reads, the emptiest first."""

    title: str
    columns: tuple[ColumnFigures, ...]


@dataclass(frozen=True, slots=True)
class BandWon:
    band: Band
    won: Proportion


@dataclass(frozen=True, slots=True)
class WinRates:
    """The share won by score, of decided leads; disqualified ones apart."""

    title: str
    bands: tuple[BandWon, ...]
    disqualified: Proportion | None


@dataclass(frozen=True, slots=True)
class Gain:
    """The best-scored `leads` (a share of the decided) hold this share of all wins."""

    leads: float
    wins: float


@dataclass(frozen=True, slots=True)
class Gains:
    title: str
    gains: tuple[Gain, ...]


@dataclass(frozen=True, slots=True)
class Worth:
    """Leads scored from `low` to `high`, both included: the share won, and `expected` of scores that never mislead."""

    low: float
    high: float
    score: float
    won: Proportion
    expected: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a score is worth: tenths of the leads by score. `expected` never falls as the score rises."""

    title: str
    worths: tuple[Worth, ...]


@dataclass(frozen=True, slots=True)
class StageWon:
    """`now`: won among decided leads whose stage it is. `precision`: won among those that hold it; `recall`: of
    all wins, those that hold it; `lift`: precision over the share won of all."""

    name: str
    now: Proportion
    precision: Proportion
    recall: Proportion
    lift: float | None


@dataclass(frozen=True, slots=True)
class StageWins:
    title: str
    stages: tuple[StageWon, ...]


@dataclass(frozen=True, slots=True)
class StageForecast:
    """Open leads of a stage, the share won of the decided ones that reached it, and the wins to expect.

    `expected` is None where no decided lead has ended in the stage: there is nothing to go by.
    """

    name: str
    open: int
    rate: Proportion
    expected: float | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """Wins to expect from the open leads: `expected`, within `low` to `high` nine times in ten or more (95 %)."""

    title: str
    stages: tuple[StageForecast, ...]
    open: int
    counted: int
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of the leads, by a column. `won` is of the decided leads among the judged ones: the control."""

    title: str
    column: str
    won: Proportion
    open: int
    won_values: tuple[str, ...]
    lost_values: tuple[str, ...]
    auc: float | None
    auc_low: float | None
    auc_high: float | None
    rates: WinRates | None
    gains: Gains | None
    calibration: Calibration | None
    stages: StageWins | None
    forecast: Forecast | None


@dataclass(frozen=True, slots=True)
class Report:
    title: str
    ruleset: RulesetFigures
    as_of: str
    leads: LeadsFigures
    funnel: Funnel | None
    scores: Scores | None
    outcomes: Outcomes | None
    sources: Sources | None
    grid: Grid | None
    rules: Rules | None
    dropped: Dropped | None
    columns: Columns | None

    @property
    def findings(self) -> tuple[str, ...]:
        """The findings, in the order of the page."""
        outcomes = self.outcomes
        sections = (
            self.funnel,
            self.scores,
            *((outcomes, outcomes.rates, outcomes.gains, outcomes.stages, outcomes.forecast) if outcomes else ()),
            self.sources,
            self.grid,
            self.rules,
            self.dropped,
        )
        return tuple(one.title for one in sections if one is not None)
