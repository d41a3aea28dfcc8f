"""What each section of a report has found, in a sentence: its title.

Computed from the figures, never more than they bear: shares differ only where
their intervals do not meet, and few leads are said as counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from leadrules.problems.wording import leads_of
from leadrules.reporting import words
from leadrules.reporting.figures import (
    ColumnFigures,
    Gain,
    LeadsFigures,
    Proportion,
    Reason,
    RuleFigures,
    SourceFigures,
    StageFigures,
    StageForecast,
    StageWon,
    Threshold,
    Worth,
    proportion,
)
from leadrules.ruleset import Model

_USUAL = ("MQL", "PQL", "SAL", "SQL")
MOST_STAGES = 3
BLANK = 0.5
"""A column is mostly blank when more than this share of the leads has nothing in it."""
FEW_WINS = 10


def milestones(model: Model, scored: int, reached: Sequence[int]) -> list[int]:
    """The stages that tell leads apart best, at most `MOST_STAGES`: those that not every scored lead reaches.

    MQL, PQL, SAL and SQL go first, where stages are called so; else the first ones and the last.
    """
    if not model.stages:
        return []
    telling = [position for position, count in enumerate(reached) if count < scored] or [len(model.stages) - 1]
    usual = [position for position in telling if model.stages[position].name.upper() in _USUAL]
    if len(usual) > MOST_STAGES:
        usual = [*usual[: MOST_STAGES - 1], usual[-1]]
    if usual or len(telling) <= MOST_STAGES:
        return usual or telling
    return [*telling[: MOST_STAGES - 1], telling[-1]]


def of_funnel(stages: Sequence[StageFigures], milestones: Sequence[int], judged: int) -> str:
    first = stages[milestones[0]]
    text = f"{words.named(first.name)} is reached by {_count_and_share(first.reached)}"
    if not first.reached.count:
        return f"Nobody reaches {words.named(first.name)}, of {leads_of(judged)}"
    last = stages[milestones[-1]]
    if last is not first:
        count = _count_and_share(last.reached, short=True) if last.reached.count else "nobody"
        text += f", {words.named(last.name)} by {count}"
    return text


def _count_and_share(one: Proportion, short: bool = False) -> str:
    count = f"{one.count:,}" if short else f"{one.count:,} of {leads_of(one.of)}"
    return f"{count} ({words.share(one)})" if one.of >= words.FEW and one.count else count


def of_scores(leads: int, median: float, top: float, thresholds: Sequence[Threshold]) -> str:
    if leads == 1:
        return f"The one scored lead has {_points(median)}"
    text = f"Half of the leads score {words.rounded(median)} or less"
    if thresholds:
        one = thresholds[0]
        have = "nobody has" if not one.at_least.count else f"{words.said(one.at_least)} have"
        return f"{text}; {have} the {_points(one.points)} of {words.named(one.stage)}"
    return text if top == median else f"{text}, the best tenth {words.rounded(top)} or more"


def _points(points: float) -> str:
    return "1 point" if points == 1 else f"{words.points(points)} points"


def of_grid(down: str, across: str, both: int, down_only: int, across_only: int, all: int) -> str:
    def some(count: int) -> str:
        return words.said(proportion(count, all)) if count else "none"

    down, across = words.named(down), words.named(across)
    return (
        f"High in both {down} and {across}: {some(both)} of the leads; "
        f"in {down} alone {some(down_only)}, in {across} alone {some(across_only)}"
    )


def of_rules(rules: Sequence[RuleFigures], never: int) -> str:
    if never == len(rules):
        return "No rule fired for any lead" if never > 1 else "The one rule fired for no lead"
    first = rules[0]
    text = f"{words.quoted(first.text)} moves the most points"
    if first.share_of_points is not None and len(rules) - never > 1:
        text += f", {words.percent(first.share_of_points)} of all"
    if never:
        text += f"; {never} of {len(rules)} rules never fired"
    return text


def of_sources(
    column: str, stages: Sequence[str], values: Sequence[SourceFigures], every: SourceFigures, distinct: int
) -> str:
    if distinct == 1:
        return f"All leads have the same {words.named(column)}: {_value(values[0])}"
    most = values[0]
    brings = (
        f"{_value(most)} brings the most leads, {_count_and_share(proportion(most.leads, every.leads), short=True)}"
    )
    if every.won is not None:
        best = _best([(one, one.won) for one in values if one.won is not None], every.won)
        if best is None:
            return f"{brings}; none is clearly won more often than the others"
        one, own, rest = best
        figures = f"{words.share(own)} of {own.of:,} decided leads, against {words.share(rest)} of the others"
        return f"{_value(one)} is won most often: {figures}"
    if not stages:
        return brings
    best = _best([(one, one.reached[0]) for one in values], every.reached[0])
    if best is None:
        return f"{brings}; none clearly beats the others at reaching {words.named(stages[0])}"
    one, own, rest = best
    figures = f"{words.share(own)} of {own.of:,} leads, against {words.share(rest)} of the others"
    return f"{_value(one)} reaches {words.named(stages[0])} most often: {figures}"


def _best(
    rates: Sequence[tuple[SourceFigures, Proportion]], every: Proportion
) -> tuple[SourceFigures, Proportion, Proportion] | None:
    """The value with the highest of the rates that are beyond doubt above all others' together, with both rates."""
    found = [(one, own, _rest(own, every)) for one, own in rates]
    clear = [row for row in found if words.differ(row[1], row[2]) and (row[1].share or 0) > (row[2].share or 0)]
    return max(clear, key=lambda row: row[1].share or 0, default=None)


def _value(one: SourceFigures) -> str:
    return words.quoted(one.value) if one.value else "Blank"


def _rest(one: Proportion, all: Proportion) -> Proportion:
    return proportion(all.count - one.count, all.of - one.of)


def of_dropped(
    leads: LeadsFigures, disqualified: Sequence[Reason], excluded: Sequence[Reason], rejected: Sequence[Reason]
) -> str:
    parts = []
    if leads.disqualified:
        every = leads.disqualified == leads.read and leads.read > 1
        share = "every lead" if every else words.one_in(proportion(leads.disqualified, leads.read))
        why = f", most often for {words.quoted(disqualified[0].text)}" if len(disqualified) > 1 else ""
        one = share.startswith(("one", "every")) or leads.disqualified == 1
        parts.append(f"{share} {'is' if one else 'are'} disqualified{why}")
    if leads.excluded:
        parts.append(f"{leads.excluded:,} {'is' if leads.excluded == 1 else 'are'} excluded")
    if leads.rejected:
        all_of = leads.rejected == leads.read and leads.read > 1
        count = f"all {leads.rejected:,}" if all_of else f"{leads.rejected:,}"
        parts.append(f"{count} {'was' if leads.rejected == 1 else 'were'} rejected because a value does not fit")
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def of_columns(columns: Sequence[ColumnFigures]) -> str:
    absent = sum(one.header is None for one in columns)
    blank = sum(one.header is not None and (one.blank.share or 0) > BLANK for one in columns)
    if not absent and not blank:
        return "Every column that the rules read is there and mostly filled"
    parts = []
    if blank:
        parts.append(f"{blank} of {len(columns)} columns that the rules read {_are(blank)} blank for most leads")
    if absent:
        parts.append(f"{absent} {_are(absent)} not in the file")
    return "; ".join(parts)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


# --------------------------------------------------------------- with outcomes


def of_rates(above: Proportion, below: Proportion, points: str) -> str:
    """The finding about leads of at least so many points against the rest."""
    if not below.of:
        return f"All decided leads have {points} points or more; {words.said(above)} of them won"
    if not above.of:
        return f"No decided lead has {points} points; {words.said(below)} of the others won"
    one, other = above.share or 0, below.share or 0
    few = min(above.of, below.of) < words.FEW
    figures = f"{_won(above, few)} against {_won(below, few)}"
    if not words.differ(above, below):
        if above.of >= words.FEW and below.of >= words.FEW and above.count + below.count >= 5 * FEW_WINS:
            return f"Leads from {points} points are won about as often as the rest: {figures}"
        return f"Too few leads or wins to tell whether {points} points or more mean more wins: {figures}"
    if one < other:
        return f"Leads from {points} points are won less often than the rest: {figures}"
    if not other:
        return f"All wins come from leads of {points} points or more: {figures}"
    return f"Leads from {points} points are won {words.times(one / other)} as often as the rest: {figures}"


def _won(one: Proportion, few: bool) -> str:
    return f"{one.count:,} of {one.of:,}" if few else f"{words.share(one)} of {one.of:,}"


def of_outcomes(won: Proportion, area: float | None, told: bool) -> str:
    """`area` is the AUC, `told` says that its interval leaves out one half: what a score that knows nothing has."""
    leads = "decided leads were won" if won.of < words.FEW else "of the decided leads were won"
    text = f"{words.said(won)} {leads}"
    if area is None:
        return text
    if not told:
        return f"{text}, and the score does not clearly tell which"
    if area < 0.5:
        return f"{text}, and the score points the wrong way: the won lead of two has the higher one {_often(area)}"
    return f"{text}; of a won and a lost lead, the won one scores higher {_often(area)}"


def _often(area: float) -> str:
    return f"{words.percent(area)} of the time"


def of_gains(gains: Sequence[Gain], wins: int) -> str:
    fifth = min(gains, key=lambda one: abs(one.leads - 0.2))
    text = f"The best-scored fifth of the leads holds {words.percent(fifth.wins)} of the wins"
    if wins < FEW_WINS:
        return f"{text}, but there are only {words.counted(wins, 'win')} to go by"
    if proportion(round(fifth.wins * wins), wins).low <= fifth.leads:
        return f"{text}: no more than chance allows"
    return text


def of_calibration(worths: Sequence[Worth], falls: bool) -> str:
    low, high = worths[0], worths[-1]
    if len(worths) == 1:
        return f"All decided leads score about the same; {words.said(low.won)} won"
    leads = "leads" if high.won.of < words.FEW else "of the leads"
    text = (
        f"{words.said(high.won)} {leads} that score {words.rounded(high.low)} or more were won, "
        f"and {words.said(low.won)} of those up to {words.rounded(low.high)}"
    )
    if not words.differ(high.won, low.won):
        return f"{text}: no clear difference"
    return f"{text}; in between, more points are not always better" if falls else text


def of_stage_wins(stages: Sequence[StageWon], milestone: int) -> str:
    one = stages[milestone]
    name = words.named(one.name)
    if not one.precision.of:
        return f"No decided lead has reached {name}"
    if one.precision.of < words.FEW:
        won = f"{one.precision.count:,} of the {leads_of(one.precision.of)} that reached {name} were won"
    else:
        won = f"{words.share(one.precision)} of the {one.precision.of:,} leads that reached {name} were won"
    return f"{won}; they are {words.said(one.recall)} of all wins" if one.recall.of else won


def of_forecast(stages: Sequence[StageForecast], open: int, counted: int, low: int, expected: float, high: int) -> str:
    if not counted:
        return f"No forecast for {leads_of(open)} still open: no decided lead is in their stages"
    wins = "1 win" if round(expected) == 1 else f"{expected:,.0f} wins"
    least = min(one.rate.of for one in stages if one.expected is not None and one.open)
    doubt = "; a rough guess, from few decided leads" if least < words.FEW else ""
    return f"About {wins} to expect from {leads_of(counted)} still open (from {low:,} to {high:,}){doubt}"
