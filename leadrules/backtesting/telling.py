"""A backtest → tables for people, the verdict first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import isnan

from leadrules.backtesting.backtest import Backtest, Comparison
from leadrules.backtesting.refitting import Refit
from leadrules.calibrating.telling_rules import leads_lines, rate_cells
from leadrules.evidence.paired import Difference
from leadrules.evidence.ranking import LAST, Band, Gain, Ranking, at_least, auc, bands, falls, gains
from leadrules.evidence.rates import Rate, percent
from leadrules.evidence.rows import VERDICTS, Judged
from leadrules.evidence.tables import laid_out, rate_text, shortened
from leadrules.ruleset import Model

MOST_BANDS = 10
FIGURES = ("leads", "bought", "rate", "interval", "lift")
_CHANCE = 0.001


def page(one: Backtest, refit: Refit | None, names: Sequence[str], as_of: str) -> str:
    """The whole report."""
    held = one.held
    lines = [f"{names[0]}, as of {as_of}", *leads_lines(held, one.outcome)]
    if one.undated:
        lines.append(f"{one.undated:,} leads have no date to split them by, and were left out")
    sections = [
        _verdict(one, refit, names),
        _comparison(one.comparison, names, one.top) if one.comparison else [],
        _stages(one),
        *_labels(one),
        _bands(held.ranking, held.all),
        _gains(held.ranking),
        _thresholds(held.model, held.ranking),
        _rules(one),
    ]
    for section in sections:
        if section:
            lines += ["", *section]
    return "\n".join(lines) + "\n"


def _verdict(one: Backtest, refit: Refit | None, names: Sequence[str]) -> list[str]:
    area = auc(one.held.ranking)
    lines = [f"AUC {area}: a lead that bought scores above one that did not {100 * area.value:.0f} times in 100"]
    if area.low <= 0.5 <= area.high:
        lines.append("that is no better than chance")
    best = gains(one.held.ranking, [one.top])[0]
    lines.append(
        f"the best {percent(one.top)} of leads hold {percent(best.recall)} of those who bought, {best.lift:.2f} times "
        "as many as chance would give"
    )
    if one.earlier is not None:
        before = auc(one.earlier.ranking)
        if isnan(before.value):
            lines.append("the leads before that day are not both won and lost: nothing to compare with")
        else:
            lines.append(f"on the {one.earlier.all.leads:,} leads before that day, AUC {before}")
    if refit is not None:
        lines.append(
            f"in {refit.folds} folds: AUC {refit.written:.3f} as written, {refit.refitted:.3f} with points by "
            f"`{refit.method}` from the other folds"
        )
    return lines


def _comparison(one: Comparison, names: Sequence[str], top: float) -> list[str]:
    lines = [f"{names[1]} beside {names[0]}, on the {one.leads:,} leads that both score"]
    wins = (f"{one.wins.first:,.0f}", f"{one.wins.second:,.0f}", *_difference(one.wins, 0))
    rows = [
        ("", shortened(names[0], 30), shortened(names[1], 30), "difference", "interval", ""),
        ("AUC", f"{one.area.first:.3f}", f"{one.area.second:.3f}", *_difference(one.area, 3)),
        (f"bought among the best {percent(top)}", *wins),
    ]
    lines += laid_out(rows)
    clear = one.area.is_clear
    better = names[1] if one.area.difference.value > 0 else names[0]
    lines.append(f"{better} ranks better, by more than noise" if clear else "the difference in AUC may be noise")
    return lines


def _difference(one: Difference, places: int) -> tuple[str, str, str]:
    found = one.difference
    chance = f"p < {_CHANCE}" if one.chance <= _CHANCE else f"p = {one.chance:.3f}"
    return f"{found.value:+,.{places}f}", f"{found.low:+,.{places}f} to {found.high:+,.{places}f}", chance


# ------------------------------------------------------------ stages and labels


def _stages(one: Backtest) -> list[str]:
    held, control = one.held, one.held.all
    if not held.model.stages:
        return []
    rows: list[tuple[str, ...]] = [("stage", *FIGURES, "reached", "rate")]
    places = [(-2, "(disqualified)"), (-1, "(no stage)")]
    places += list(enumerate(stage.name for stage in held.model.stages))
    for place, name in places:
        now, reached = held.now.get(place, Rate(0, 0)), held.reached.get(place)
        if place < 0 and not now.leads:
            continue
        more = (f"{reached.leads:,}", rate_text(reached)) if reached is not None else ("", "")
        rows.append((shortened(name), *rate_cells(now, control), *more))
    lines = laid_out(rows)
    lines += [f"{name} buys no more often than the stage before it" for name in _falling(held.model, held.reached)]
    return lines


def _falling(model: Model, reached: Mapping[int, Rate]) -> Iterator[str]:
    for place in range(1, len(model.stages)):
        one, before = reached.get(place), reached.get(place - 1)
        if one is not None and before is not None and one.leads and before.leads and one.value <= before.value:
            yield model.stages[place].name


def _labels(one: Backtest) -> Iterator[list[str]]:
    for label, texts in zip(one.held.model.labels, one.held.labels, strict=True):
        found = sorted(texts.items(), key=lambda pair: (-pair[1].value, pair[0]))
        rows: list[tuple[str, ...]] = [(label.name, *FIGURES)]
        rows += [(shortened(text) or "(empty)", *rate_cells(rate, one.held.all)) for text, rate in found[:20]]
        if len(found) > 20:
            rest = sum((rate for _, rate in found[20:]), Rate(0, 0))
            rows.append((f"{len(found) - 20} more", *rate_cells(rest, one.held.all)))
        yield laid_out(rows)


# --------------------------------------------------------------------- scores


def score_text(hundredths: int) -> str:
    """A score as a run writes it."""
    return "disqualified" if hundredths == LAST else f"{hundredths / 100:g}"


def band_text(band: Band) -> str:
    """`10 to 35`, or `10`."""
    low, high = score_text(band.low), score_text(band.high)
    return low if low == high else f"{low} to {high}"


def _bands(ranking: Ranking, control: Rate) -> list[str]:
    found = bands(ranking, MOST_BANDS)
    rows: list[tuple[str, ...]] = [("score", *FIGURES)]
    rows += [(band_text(band), *rate_cells(band.rate, control)) for band in reversed(found)]
    out = ranking.total - ranking.scored.total
    if out.leads:
        rows.append(("disqualified", *rate_cells(out, control)))
    lines = laid_out(rows)
    falling = falls(found)
    for low, high in falling:
        lines.append(
            f"not monotone: {band_text(high)} buys less often than {band_text(low)}, by more than chance "
            f"({rate_text(high.rate)} against {rate_text(low.rate)})"
        )
    if not falling and len(found) > 1:
        lines.append("monotone: no band buys less often than the one below it, beyond chance")
    return lines


def _gains(ranking: Ranking) -> list[str]:
    rows: list[tuple[str, ...]] = [("best leads", "leads", "bought", "of all who bought", "lift")]
    rows += [gain_cells(gain) for gain in gains(ranking)]
    return laid_out(rows)


def gain_cells(gain: Gain) -> tuple[str, ...]:
    return percent(gain.share), f"{gain.leads:,.0f}", f"{gain.won:,.0f}", percent(gain.recall), f"{gain.lift:.2f}"


def _thresholds(model: Model, ranking: Ranking) -> list[str]:
    """At the stages' own thresholds, and where the bands begin; the object for programs has every one."""
    every = at_least(ranking)
    if not every:
        return []
    names: dict[int, list[str]] = {}
    for stage in model.stages:
        if stage.on is None and stage.threshold is not None and len(stage.threshold) == 1:
            names.setdefault(stage.threshold[0].points, []).append(stage.name)
    wanted = sorted({band.low for band in bands(ranking, MOST_BANDS)} | set(names))
    rows: list[tuple[str, ...]] = [("score at least", "leads", "bought", "precision", "recall", "")]
    for score in reversed(wanted):
        found = next((one for one in every if one.score >= score), None)
        if found is None:
            rows.append((score_text(score), "0", "0", "", percent(0), ", ".join(names.get(score, []))))
            continue
        figures = (f"{found.rate.leads:,}", f"{found.rate.won:,}", rate_text(found.rate), percent(found.recall))
        rows.append((score_text(score), *figures, ", ".join(names.get(score, []))))
    return laid_out(rows)


# ---------------------------------------------------------------------- rules


def _rules(one: Backtest) -> list[str]:
    if not one.rows:
        return []
    rows: list[tuple[str, ...]] = [("rule", "leads", "rate", "interval", "points", "evidence", "verdict")]
    for judged in one.rows:
        rows.append(_rule_cells(judged, one.held.all))
    lines = laid_out(rows)
    counts = Counter(judged.verdict for judged in one.rows)
    lines.append(", ".join(f"{verdict} {counts[verdict]}" for verdict in VERDICTS if counts[verdict]))
    if one.scale != 1.0:
        lines.append(f"compared on the ruleset's own scale: {one.scale:.2g} of its points for one of the evidence's")
    return lines


def _rule_cells(judged: Judged, control: Rate) -> tuple[str, ...]:
    row = judged.row
    leads, _, rate, interval, _ = rate_cells(row.rate, control)
    evidence = f"{row.evidence:+d}" if row.evidence else "0" if row.rate.leads else ""
    return (
        shortened(row.text, 50),
        leads,
        rate,
        interval,
        f"{row.points / 100:+g}",
        evidence,
        f"{judged.verdict}: {judged.why}",
    )
