"""A report → one page of HTML that needs nothing else: style, script and pictures stand in it.

Every text of the user's is escaped by the template library; the pictures are the
only markup that goes in as it is, and `leadrules.reporting.drawing.canvas` makes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from leadrules.evidence.rates import percent
from leadrules.problems.wording import leads_of
from leadrules.reporting import words
from leadrules.reporting.drawing.canvas import svg
from leadrules.reporting.drawing.charts import charts_of
from leadrules.reporting.figures import Proportion, Report, proportion

MOST_RULES = 25
MOST_REASONS = 20


@dataclass(frozen=True)
class Tile:
    """One of the large figures at the top."""

    name: str
    count: int
    note: str = ""


def page(report: Report) -> str:
    """The page."""
    pictures = {
        one.name: Markup(svg(one.draw(), one.name, f"Chart: {one.title}. The figures are in the table below."))
        for one in charts_of(report)
    }
    rules = report.rules.rules if report.rules else ()
    fired = [one for one in rules if one.fired.count]
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            style=Markup(_text("report.css")),
            script=Markup(_text("report.js")),
            pictures=pictures,
            tiles=_tiles(report),
            sum=words.accounting(report.leads),
            fired=fired,
            never=[one for one in rules if not one.fired.count],
            most_points=max((one.share_of_points or 0 for one in rules), default=0) or 1,
            scored_parts=any(one.score for one in rules),
            excused=any(one.excused for one in report.columns.columns) if report.columns else False,
            grid_of=len({one.score for one in rules if one.score}),
            MOST=MOST_REASONS,
            MOST_RULES=MOST_RULES,
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_text), autoescape=True, undefined=StrictUndefined, trim_blocks=False, lstrip_blocks=True
    )
    filters: Mapping[str, Any] = {
        "share": words.share,
        "said": words.said,
        "interval": words.interval,
        "percent": percent,
        "points": words.points,
        "rounded": words.rounded,
        "leads": leads_of,
        "cut": words.cut,
        "count": lambda number: f"{number:,}",
        "tied": lambda text: re.sub(r"(?<=\d) (?=[%×])", "\u00a0", text),
        "file": lambda path: re.split(r"[/\\]", path)[-1],
    }
    environment.filters.update(filters)
    return environment


def _text(name: str) -> str:
    return (files("leadrules.reporting") / "page" / name).read_text(encoding="utf-8")


def _tiles(report: Report) -> list[Tile]:
    leads = report.leads
    found = [Tile("Leads read", leads.read), Tile("With a score", leads.scored, _note(leads.scored, leads.read))]
    if report.funnel is not None:
        stages = report.funnel.stages
        for position in report.funnel.milestones:
            one = stages[position]
            found.append(Tile(f"Reached {one.name}", one.reached.count, _note(one.reached.count, one.reached.of)))
    if report.outcomes is not None:
        won = report.outcomes.won
        found.append(Tile("Won", won.count, f"{words.share(won)} of {won.of:,} decided" if won.of else ""))
    return found


def _note(count: int, of: int) -> str:
    one: Proportion = proportion(count, of)
    return f"{words.share(one)} of {of:,}" if of and count != of else ""
