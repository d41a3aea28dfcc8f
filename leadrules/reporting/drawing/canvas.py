"""Pictures: the paper that charts are drawn on, and how they become SVG for the page or PNG for a slide.

Text stays text in SVG, so that any font and script can be shown, read aloud and
searched; room is left as wide as matplotlib's own font needs, which is wider than
what browsers use. Colours differ in lightness, so that grey paper shows the same.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from textwrap import wrap
from typing import TYPE_CHECKING

from matplotlib import font_manager, rc_context
from matplotlib.figure import Figure

from leadrules.explaining.page import columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, MAIN, LIGHT, LINE, PALE, MARK = "#1f2933", "#2b5c8a", "#c4d4e3", "#7b8794", "#e4e7eb", "#9a3412"
WIDTH = 4.9
"""Inches; a phone shows all of it, still readable."""
SIZE = 10
SMALL = 9
_EM = SIZE / 72
_WIDEST = 0.62
"""The width of a letter, in em, that room is left for."""
_SETTINGS = {
    "svg.fonttype": "none",
    "font.size": SIZE,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": LINE,
    "axes.labelcolor": INK,
    "axes.labelsize": SMALL,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "hatch.linewidth": 0.6,
    "axes.unicode_minus": True,
}
_OTHER_SCRIPTS = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Arial Unicode MS", "Microsoft YaHei", "Hiragino Sans",
                  "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai")  # fmt: skip


@contextmanager
def settings() -> Iterator[None]:
    """Within: charts look as they should, and letters that matplotlib's font lacks are nobody's affair."""
    with rc_context(_SETTINGS), warnings.catch_warnings():  # type: ignore[arg-type]
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        warnings.filterwarnings("ignore", message=".*does not support")
        yield


def paper(height: float, left: float = 0.55, right: float = 0.15, bottom: float = 0.5, top: float = 0.1) -> Axes:
    """Axes on a figure of this height, with margins in inches."""
    figure = Figure(figsize=(WIDTH, height))
    return figure.add_axes(
        (left / WIDTH, bottom / height, (WIDTH - left - right) / WIDTH, (height - top - bottom) / height)
    )


def figure_of(axes: Axes) -> Figure:
    """The figure that axes stand on."""
    figure = axes.figure
    assert isinstance(figure, Figure)
    return figure


def room(texts: Sequence[str], size: float = SIZE) -> float:
    """The inches that the widest of these texts takes."""
    return max((columns(text) for text in texts), default=0) * _WIDEST * size / 72


def svg(figure: Figure, name: str, alt: str) -> str:
    """The figure as an inline SVG element, without anything that would clash with others on the page."""
    out = io.StringIO()
    with settings(), rc_context({"svg.hashsalt": name}):
        figure.savefig(out, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<style .*?</style>|<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r'<g id="[^"]*"', "<g", text).replace("xlink:href", "href")
    box = re.search(r'viewBox="([^"]*)"', text)
    assert box is not None
    text = re.sub(
        r"<svg .*?>", f'<svg viewBox="{box[1]}" role="img" aria-label="{_attribute(alt)}">', text, count=1, flags=re.S
    )
    return re.sub(r"\n\s*", "\n", text).strip()


def png(figure: Figure, title: str) -> bytes:
    """The figure as a PNG picture, with its finding above it."""
    lines = wrap(title, 50) or [""]
    height = figure.get_figheight()
    above = (len(lines) * 1.35 + 1.1) * _EM * 1.1
    for axes in figure.axes:
        place = axes.get_position()
        axes.set_position(
            (place.x0, place.y0 * height / (height + above), place.width, place.height * height / (height + above))
        )
    figure.set_figheight(height + above)
    figure.text(
        0.1 / WIDTH, 1 - 0.09 / (height + above), "\n".join(lines),
        size=SIZE * 1.1, weight="bold", va="top", ha="left", linespacing=1.3, color=INK,
    )  # fmt: skip
    out = io.BytesIO()
    known = set(font_manager.get_font_names())
    fonts = ["DejaVu Sans", *(one for one in _OTHER_SCRIPTS if one in known)]
    with settings(), rc_context({"font.family": fonts}):
        for text in figure.findobj(match=lambda one: hasattr(one, "set_fontfamily")):
            text.set_fontfamily(fonts)  # type: ignore[attr-defined]
        figure.savefig(out, format="png", dpi=200, metadata={"Software": None})
    return out.getvalue()


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
