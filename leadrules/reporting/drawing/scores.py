"""Leads by score: upright bars with the thresholds of the stages, and a grid of two scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leadrules.reporting import words
from leadrules.reporting.drawing.canvas import INK, MAIN, MARK, PALE, SIZE, SMALL, WIDTH, figure_of, paper, room
from leadrules.reporting.figures import Band, Grid, Scores, Threshold

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEVELS = 3
"""Lines of labels above the bars; thresholds that fit on none have their dashes alone, and stand in the table."""
_LEVEL = 0.19


def scores(figures: Scores) -> Figure:
    """Leads by score, with the thresholds of the stages."""
    shown = _together(figures.thresholds)
    starts, widths = _extents([one.band for one in figures.bands])
    left, right = starts[0], starts[-1] + widths[-1]
    inside = [(points, names) for points, names in shown if left <= points <= right]
    levels = _levels(inside, left, right)
    axes = paper(2.75 + _LEVEL * (max(levels, default=-1) + 1), top=0.12 + _LEVEL * (max(levels, default=-1) + 1))
    counts = [one.leads.count for one in figures.bands]
    axes.bar(starts, counts, width=[width * 0.94 for width in widths], align="edge", color=MAIN)
    axes.set_xlim(left, right)
    _bands_axis(axes, [one.band for one in figures.bands], starts, widths)
    axes.set_xlabel("score")
    axes.set_ylabel("leads")
    _counts_axis(axes, max(counts))
    for (points, names), level in zip(inside, levels, strict=True):
        axes.axvline(points, color="white", linewidth=3.4)
        axes.axvline(points, color=MARK, linewidth=1.4, linestyle=(0, (4, 2)))
        if level >= 0:
            axes.annotate(
                names, (points, 1), xycoords=("data", "axes fraction"), xytext=(0, 3 + level * _LEVEL * 72),
                textcoords="offset points", ha=_side(points, left, right), va="bottom", size=SMALL, color=MARK,
                weight="bold",
            )  # fmt: skip
    return figure_of(axes)


def _together(thresholds: Sequence[Threshold]) -> list[tuple[float, str]]:
    """Thresholds by points, the stages of the same points in one label."""
    found: dict[float, list[str]] = {}
    for one in sorted(thresholds, key=lambda one: one.points):
        names = found.setdefault(one.points, [])
        if one.stage not in names:
            names.append(one.stage)
    return [(points, words.cut(f"{', '.join(names)} {words.points(points)}", 20)) for points, names in found.items()]


def _levels(labels: Sequence[tuple[float, str]], left: float, right: float) -> list[int]:
    """For each label the lowest line on which it does not run into another; -1 where there is none."""
    scale = (WIDTH - 0.7) / ((right - left) or 1)
    ends: list[float] = []
    found = []
    for points, text in labels:
        width, place = room([text], SMALL), (points - left) * scale
        side = _side(points, left, right)
        start = place - {"left": 0.0, "center": width / 2, "right": width}[side]
        level = next((level for level, end in enumerate(ends) if start > end + 0.08), len(ends))
        if level >= _LEVELS:
            found.append(-1)
            continue
        ends[level : level + 1] = [start + width]
        found.append(level)
    return found


def _side(points: float, left: float, right: float) -> str:
    place = (points - left) / ((right - left) or 1)
    return "left" if place < 0.15 else "right" if place > 0.85 else "center"


def _extents(bands: Sequence[Band]) -> tuple[list[float], list[float]]:
    """Where each band begins and how wide it is drawn; open ones are as wide as their neighbour."""
    widths = [one.high - one.low if one.low is not None and one.high is not None else 0.0 for one in bands]
    usual = max(widths) or 1.0
    widths = [width or usual for width in widths]
    starts = [one.low if one.low is not None else (one.high or 0) - usual for one in bands]
    return starts, widths


def _bands_axis(axes: Axes, bands: Sequence[Band], starts: Sequence[float], widths: Sequence[float]) -> None:
    """Ticks at the edges, as many as there is room for; an open end has a sign that says so."""
    edges = [*starts, starts[-1] + widths[-1]]
    texts = [words.points(edge) for edge in edges]
    fit = int((WIDTH - 0.7) / (room(texts, SMALL) + 0.12))
    every = next(n for n in (1, 2, 5, 10, 20, 50) if len(edges) / n <= fit or n == 50)
    shown = {place: texts[place] for place in range(0, len(edges), every)}
    if bands[0].low is None:
        shown[0] = "less"
    if bands[-1].high is None:
        shown.pop(len(edges) - 2, None) if every == 1 and room(texts, SMALL) > 0.3 else None
        shown[len(edges) - 1] = "more"
    axes.set_xticks([edges[place] for place in shown], list(shown.values()))


def _counts_axis(axes: Axes, most: int) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
    axes.set_ylim(0, most * 1.05 or 1)
    axes.grid(axis="y", color=PALE, linewidth=0.8)
    axes.set_axisbelow(True)


def grid(figures: Grid) -> Figure:
    """Leads by two scores: a cell a pair of bands, the darker the more, each with its count."""
    from matplotlib.patches import Rectangle

    rows, across = ([compact(one) for one in found] for found in (figures.down_bands, figures.across_bands))
    axes = paper(0.36 * len(rows) + 0.75, left=room(rows, SMALL) + 0.5, bottom=0.62)
    axes.set_xlim(0, len(across))
    axes.set_ylim(0, len(rows))
    most = max(max(row) for row in figures.leads) or 1
    for y, row in enumerate(figures.leads):
        for x, cell in enumerate(row):
            axes.add_patch(Rectangle((x, y), 1, 1, facecolor=_shade(cell / most), edgecolor="white", linewidth=2))
            axes.text(
                x + 0.5, y + 0.5, f"{cell:,}" if cell else "·", ha="center", va="center", size=SIZE,
                color="white" if cell / most > 0.45 else INK,
            )  # fmt: skip
    axes.set_xticks([place + 0.5 for place in range(len(across))], across)
    axes.set_yticks([place + 0.5 for place in range(len(rows))], rows)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xlabel(words.cut(figures.across, 40), size=SIZE, weight="bold")
    axes.set_ylabel(words.cut(figures.down, 20), size=SIZE, weight="bold")
    return figure_of(axes)


def compact(band: Band) -> str:
    """A band's label where there is little room: `20–39`, `<0`, `200+`; fractions pass over that the end is not in."""
    text = band.label.replace(" to under ", " to ").replace("under ", "<").replace(" or more", "+")
    return text if "−" in text else text.replace(" to ", "–")


def _shade(share: float) -> tuple[float, float, float]:
    """From nearly white to the dark of the main colour."""
    dark = (0x2B / 255, 0x5C / 255, 0x8A / 255)
    red, green, blue = (0.965 + (one - 0.965) * share**0.7 for one in dark)
    return red, green, blue


def short(number: float) -> str:
    """`800`, `1.2k`, `3M`: for an axis."""
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= size:
            return f"{number / size:.3g}{sign}"
    return f"{number:g}"
