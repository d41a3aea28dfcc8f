"""Bars across: leads by stage, and by where they came from. The dark part is what counts, the label its number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leadrules.reporting import words
from leadrules.reporting.drawing.canvas import LIGHT, MAIN, SIZE, SMALL, figure_of, paper, room
from leadrules.reporting.figures import Funnel, Proportion, Sources

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NAME = 24
_MOST = 15
"""Of more stages than this, those that nobody reaches stand in the table alone."""


def funnel(figures: Funnel) -> Figure:
    """A bar a stage: leads that reached it, the dark part those that are there now."""
    stages = figures.stages if len(figures.stages) <= _MOST else [one for one in figures.stages if one.reached.count]
    names = [words.cut(one.name, _NAME) for one in stages]
    labels = [_reached(one.reached) for one in stages]
    axes = _across(names, labels, key=True)
    places = range(len(stages))
    axes.barh(places, [one.reached.count for one in stages], color=LIGHT, height=0.68, hatch="////", edgecolor="white")
    axes.barh(places, [one.now for one in stages], color=MAIN, height=0.68)
    _label(axes, [one.reached.count for one in stages], labels)
    _key(axes, "there now", "moved on")
    return figure_of(axes)


def _reached(one: Proportion) -> str:
    return f"{one.count:,} · {words.share(one)}" if one.count else "nobody"


def sources(figures: Sources) -> Figure:
    """A bar a value: leads, the dark part those that reached the first stage shown; with outcomes, decided and won."""
    values = [*figures.values, *([figures.others] if figures.others else [])]
    names = [words.cut(one.value or "(blank)", _NAME) for one in figures.values]
    names += [f"{figures.other_values:,} others"] if figures.others else []
    parts = [one.won or (one.reached[0] if one.reached else None) for one in values]
    labels = [f"{one.leads:,}" if part is None else _of_leads(part) for one, part in zip(values, parts, strict=True)]
    axes = _across(names, labels, key=parts[0] is not None)
    places = range(len(values))
    widths = [one.leads if part is None else part.of for one, part in zip(values, parts, strict=True)]
    axes.barh(places, widths, color=LIGHT, height=0.68, hatch="////", edgecolor="white")
    if parts[0] is not None:
        axes.barh(places, [part.count for part in parts if part is not None], color=MAIN, height=0.68)
        won = figures.all.won is not None
        _key(axes, "won" if won else words.cut(f"reached {figures.stages[0]}", 30), "lost" if won else "did not")
    _label(axes, widths, labels)
    return figure_of(axes)


def _label(axes: Axes, widths: Sequence[int], labels: Sequence[str]) -> None:
    """A label behind each bar."""
    most = max(widths, default=0) or 1
    for place, (width, label) in enumerate(zip(widths, labels, strict=True)):
        axes.text(width + most * 0.015, place, label, va="center", ha="left", size=SMALL)
    axes.set_xlim(0, most)


def _of_leads(one: Proportion) -> str:
    return "none" if not one.of else words.said(one) if one.of < words.FEW else f"{words.share(one)} of {one.of:,}"


def _across(names: Sequence[str], labels: Sequence[str], key: bool) -> Axes:
    """Axes for a bar a name, from the top down, with room for the names and for a label behind each bar."""
    top = 0.32 if key else 0.08
    axes = paper(
        0.27 * len(names) + top + 0.1,
        left=room([*names], SIZE) + 0.15,
        right=room([*labels], SMALL) + 0.15,
        bottom=0.08,
        top=top,
    )
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names, size=SIZE)
    axes.tick_params(length=0)
    axes.set_xticks([])
    for side in ("bottom", "left"):
        axes.spines[side].set_visible(False)
    return axes


def _key(axes: Axes, dark: str, light: str) -> None:
    from matplotlib.patches import Patch

    patches = [Patch(color=MAIN, label=dark), Patch(facecolor=LIGHT, hatch="////", edgecolor="white", label=light)]
    axes.legend(
        handles=patches, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, fontsize=SMALL,
        borderaxespad=0.2, handlelength=1.2, handleheight=0.9, columnspacing=1.2,
    )  # fmt: skip
