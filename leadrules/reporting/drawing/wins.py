"""What decided leads teach, drawn: win rates by score, gains, and what a score is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leadrules.reporting import words
from leadrules.reporting.drawing.canvas import INK, LIGHT, LINE, MAIN, PALE, SIZE, SMALL, figure_of, paper
from leadrules.reporting.drawing.scores import compact
from leadrules.reporting.figures import Calibration, Gains, Proportion, WinRates

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


ROOM = 40
"""So many letters fit on the line below the bars."""


def win_rates(figures: WinRates) -> Figure:
    """The share won by score, each with its interval and its leads."""
    bands = [one for one in figures.bands if one.won.of]
    labels = [compact(one.band) for one in bands]
    if sum(map(len, labels)) > ROOM:  # two lines for each, those without a second one too
        labels = [label.replace(" to ", "\nto ") if " to " in label else f"{label}\n" for label in labels]
    axes = paper(2.9, left=0.72, bottom=0.9 if "\n" in labels[0] else 0.72, top=0.25)
    places = range(len(bands))
    shares = [one.won.share or 0 for one in bands]
    axes.bar(places, shares, width=0.72, color=LIGHT, edgecolor=MAIN, linewidth=0.8)
    _intervals(axes, places, [one.won for one in bands])
    _shares_axis(axes, max(one.won.high for one in bands))
    for place, one in enumerate(bands):
        axes.annotate(words.share(one.won), (place, one.won.high), xytext=(0, 2), textcoords="offset points",
                      ha="center", va="bottom", size=SMALL, weight="bold")  # fmt: skip
    axes.set_xticks(places, [f"{label}\n{one.won.of:,}" for label, one in zip(labels, bands, strict=True)])
    axes.tick_params(axis="x", length=0)
    axes.set_xlabel("score, and below it how many decided leads have it")
    axes.set_ylabel("won")
    return figure_of(axes)


def _intervals(axes: Axes, places: Sequence[float], shares: Sequence[Proportion]) -> None:
    middles = [one.share or 0 for one in shares]
    below = [max(0.0, middle - one.low) for middle, one in zip(middles, shares, strict=True)]
    above = [max(0.0, one.high - middle) for middle, one in zip(middles, shares, strict=True)]
    axes.errorbar(
        list(places), middles, yerr=[below, above], fmt="o", color=INK, markersize=4, capsize=3, linewidth=1.2,
    )  # fmt: skip


def _shares_axis(axes: Axes, most: float) -> None:
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    axes.set_ylim(0, min(1.12, most * 1.18) or 1)
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=None, symbol=" %"))
    axes.set_yticks([tick for tick in axes.get_yticks() if 0 <= tick <= min(1.0, axes.get_ylim()[1])])
    axes.grid(axis="y", color=PALE, linewidth=0.8)
    axes.set_axisbelow(True)


def gains(figures: Gains) -> Figure:
    """The wins among the best-scored leads, against leads in any order."""
    axes = paper(3.0, left=0.72, right=0.25)
    leads, wins = [one.leads for one in figures.gains], [one.wins for one in figures.gains]
    axes.plot([0, 1], [0, 1], color=LINE, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.plot(leads, wins, color=MAIN, linewidth=2.2)
    axes.fill_between(leads, wins, leads, color=LIGHT, alpha=0.5, linewidth=0)
    axes.text(0.64, 0.57, "in any order", rotation=0, ha="left", va="top", size=SMALL, color=INK)
    for share in (0.2, 0.5):
        one = min(figures.gains, key=lambda one: abs(one.leads - share))
        axes.plot([one.leads], [one.wins], "o", color=MAIN, markersize=6)
        axes.annotate(words.percent(one.wins), (one.leads, one.wins), xytext=(-5, 4), textcoords="offset points",
                      ha="right", va="bottom", size=SIZE, weight="bold")  # fmt: skip
    _shares_axis(axes, 1)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1], ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"])
    axes.set_xlabel("leads, the best-scored first")
    axes.set_ylabel("wins among them")
    return figure_of(axes)


def calibration(figures: Calibration) -> Figure:
    """What a score has meant: the share won in each tenth of the leads, and the steps that never fall."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    worths = figures.worths
    axes = paper(3.0, left=0.72, top=0.3)
    places = [one.score for one in worths]
    axes.plot(places, [one.expected for one in worths], color=MAIN, linewidth=2, drawstyle="steps-mid",
              label="what to expect of a score")  # fmt: skip
    _intervals(axes, places, [one.won for one in worths])
    axes.plot([], [], "o", color=INK, markersize=4, label="won, of a tenth of the leads")
    _shares_axis(axes, max(one.won.high for one in worths))
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1], loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False,
                fontsize=SMALL, borderaxespad=0.2, handlelength=1.4)  # fmt: skip
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda score, _: words.points(score)))
    axes.set_xlabel("score (the mean of each tenth)")
    axes.set_ylabel("won")
    return figure_of(axes)
