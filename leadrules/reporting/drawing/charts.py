"""Which charts a report has, by name. The finding stands beside a chart, on the page, or above it, in a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadrules.reporting.drawing.bars import funnel, sources
from leadrules.reporting.drawing.canvas import settings
from leadrules.reporting.drawing.scores import grid, scores
from leadrules.reporting.drawing.wins import calibration, gains, win_rates
from leadrules.reporting.figures import Report

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Chart:
    """A chart of a report: its name, its finding, and how to draw it (afresh each time)."""

    name: str
    title: str
    draw: Callable[[], Figure]


def charts_of(report: Report) -> list[Chart]:
    """Every chart that a report has something to show in, in the order of the page."""
    found: list[Chart] = []

    def add(name: str, section: object, draw: Callable[..., Figure]) -> None:
        if section is not None:
            found.append(Chart(name, section.title, lambda: _drawn(draw, section)))  # type: ignore[attr-defined]

    add("funnel", report.funnel, funnel)
    add("scores", report.scores, scores)
    if report.outcomes is not None:
        add("win-rates", report.outcomes.rates, win_rates)
        add("gains", report.outcomes.gains, gains)
        add("calibration", report.outcomes.calibration, calibration)
    add("sources", report.sources, sources)
    add("grid", report.grid, grid)
    return found


def _drawn(draw: Callable[..., Figure], section: object) -> Figure:
    with settings():
        return draw(section)
