"""A ruleset's rows held against leads → a table of them, or one object for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from leadrules.calibrating.of_rules import RulesCalibration
from leadrules.calibrating.telling import outcome_notes
from leadrules.evidence.holding import Holding
from leadrules.evidence.outcome import OutcomeReader
from leadrules.evidence.rates import Rate
from leadrules.evidence.rows import RuleRow
from leadrules.evidence.tables import interval_text, laid_out, rate_text, shortened

HEADINGS = ("", "leads", "bought", "rate", "interval", "lift", "now", "points")


def page(one: RulesCalibration) -> str:
    """The whole report."""
    lines = [*leads_lines(one.held, one.outcome), ""]
    rows: list[tuple[str, ...]] = [HEADINGS]
    for row, proposed in zip(one.rows, one.proposed, strict=True):
        rows.append(
            (shortened(row.text, 60), *rate_cells(row.rate, one.held.all), _now(row), _said(one, row, proposed))
        )
    lines += laid_out(rows) if len(rows) > 1 else ["no rule gives points"]
    return "\n".join(lines) + "\n"


def leads_lines(held: Holding, outcome: OutcomeReader) -> Iterator[str]:
    """What was read, and what became of it."""
    parts = [f"{held.all.won:,} bought", f"{held.all.lost:,} did not"]
    apart = (
        (held.open, "open, left out of every count"),
        (held.rejected, "rejected, left out"),
        (held.excluded.leads, "excluded by the rules, left out"),
    )
    parts += [f"{count:,} {what}" for count, what in apart if count]
    yield f"{held.read:,} lead{'s' * (held.read != 1)}: {', '.join(parts)}"
    if held.excluded.won and held.excluded.won >= held.all.won / 10:
        yield (
            f"{held.excluded.won:,} of the excluded leads bought: if the rules exclude customers, and these leads are "
            "customers by now, say --score-excluded"
        )
    yield from outcome_notes(outcome)
    yield f"control: {rate_text(held.all)} of {held.all.leads:,} decided leads bought"


def rate_cells(rate: Rate, control: Rate) -> tuple[str, str, str, str, str]:
    """Leads, wins, rate, interval and lift, as a table shows them."""
    if not rate.leads:
        return "0", "0", "", "", ""
    lift = f"{rate.lift(control):.2f}" if control.won else ""
    return f"{rate.leads:,}", f"{rate.won:,}", rate_text(rate), interval_text(rate), lift


def _now(row: RuleRow) -> str:
    return f"{row.points / 100:+g}"


def _said(one: RulesCalibration, row: RuleRow, proposed: int | None) -> str:
    if proposed is not None:
        return f"{proposed:+d}" if 100 * proposed != row.points else "as now"
    if row.fixed is not None:
        return f"as now ({row.fixed})"
    nothing = "nothing beside the others" if one.method == "joint" else "rate below the control"
    return f"as now ({row.refused or nothing})"


def report(one: RulesCalibration) -> dict[str, Any]:
    """The same for programs."""
    held = one.held
    return {
        "leads": leads_object(held),
        "control": rate_object(held.all),
        "method": one.method,
        "rows": [
            {
                "rule": row.rule + 1,
                "row": row.row + 1,
                "text": row.text,
                **rate_object(row.rate),
                "lift": row.rate.lift(held.all) if held.all.won else None,
                "now": row.points / 100,
                "points": proposed,
                "refused": row.fixed or row.refused,
            }
            for row, proposed in zip(one.rows, one.proposed, strict=True)
        ],
    }


def leads_object(held: Holding) -> dict[str, Any]:
    """What was read, for programs."""
    return {
        "read": held.read,
        "won": held.all.won,
        "lost": held.all.lost,
        "open": held.open,
        "rejected": held.rejected,
        "excluded": held.excluded.leads,
        "excluded_won": held.excluded.won,
    }


def rate_object(rate: Rate) -> dict[str, Any]:
    """A rate with its interval, for programs."""
    low, high = rate.interval()
    return {"leads": rate.leads, "won": rate.won, "rate": rate.value, "low": low, "high": high}
