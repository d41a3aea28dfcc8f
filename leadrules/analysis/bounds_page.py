"""What `leadrules bounds` shows: a page to read, or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from leadrules.analysis.bounds import Bounds, ScoreBounds, StageBounds
from leadrules.analysis.questions import Extreme
from leadrules.analysis.saying import lead_words, spelled
from leadrules.analysis.witness import Witness
from leadrules.explaining.words import Words
from leadrules.meaning.values import cell_text
from leadrules.problems.wording import counted
from leadrules.reference import format_points
from leadrules.ruleset import Model

MOST_FACTS = 12


def page(model: Model, found: Bounds) -> str:
    """Scores and stages, each with the leads that show it."""
    words = Words(model)
    lines = [f"{_title(model)}as of {found.as_of}", ""]
    for score in found.scores:
        lines += _score(words, score)
    for stage in found.stages:
        lines += _stage(model, words, stage)
    if not found.decided:
        lines += ["", "What is not decided was too hard for the time that there was; `--seconds` gives it more."]
    return "\n".join(lines).rstrip() + "\n"


def _title(model: Model) -> str:
    return "" if model.title is None else f"{model.title} {model.version or ''}".rstrip() + ", "


def _score(words: Words, score: ScoreBounds) -> Iterator[str]:
    low, high = _end(score.worst, "at least"), _end(score.best, "at most")
    if score.best.empty:
        yield f"{score.name}: every lead is excluded or disqualified"
        return
    yield f"{score.name}: from {low} to {high}"
    for word, end in (("best", score.best), ("worst", score.worst)):
        if end.witness is not None and end.known is not None:
            yield f"  {word:<6}{format_points(end.known):>8}  {lead_words(words, end.witness.values, MOST_FACTS)}"
    yield ""


def _end(end: Extreme, word: str) -> str:
    """A decided end, or what is known of it."""
    if end.exact and end.known is not None:
        return format_points(end.known)
    known = "" if end.known is None else f"{format_points(end.known)} is reached, "
    bound = "" if end.bound is None else f"{word} {format_points(end.bound)}, "
    return f"({known}{bound}not decided)"


def _stage(model: Model, words: Words, stage: StageBounds) -> Iterator[str]:
    if stage.held.impossible:
        yield f"stage {stage.name}: no lead can reach it"
        return
    if stage.held.witness is None:
        yield f"stage {stage.name}: not decided"
        return
    facts = counted(len(stage.held.witness.values), "known fact")
    few = "" if stage.held.fewest else "at most "
    yield f"stage {stage.name}: reached with {few}{facts}"
    yield f"  {lead_words(words, stage.held.witness.values, MOST_FACTS)}"
    if stage.final.impossible:
        yield "  never the last stage of a lead: who holds it, holds a later one"
    for word, rules in (("not without", stage.needed), ("enough alone", stage.enough)):
        if rules:
            yield f"  {word}: " + "; ".join(model.rules[at].text for at in rules[:8])


# ------------------------------------------------------------------------ json


def as_json(model: Model, found: Bounds) -> str:
    """The same for programs."""
    words = Words(model)
    document = {
        "as_of": found.as_of.isoformat(),
        "decided": found.decided,
        "scores": [
            {"name": one.name, "worst": _extreme(model, words, one.worst), "best": _extreme(model, words, one.best)}
            for one in found.scores
        ],
        "stages": [
            {
                "name": one.name,
                "reachable": _DECIDED[one.held.decided],
                "last": _DECIDED[one.final.decided],
                "lead": _lead(model, words, one.held.witness),
                "fewest_facts": one.held.fewest,
                "needed": [model.rules[at].text for at in one.needed],
                "enough": [model.rules[at].text for at in one.enough],
            }
            for one in found.stages
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


_DECIDED = {"yes": True, "no": False, "open": None}


def _extreme(model: Model, words: Words, end: Extreme) -> dict[str, Any]:
    return {
        "points": None if end.known is None else end.known / 100,
        "bound": None if end.bound is None else end.bound / 100,
        "lead": _lead(model, words, end.witness),
    }


def _lead(model: Model, words: Words, found: Witness | None) -> dict[str, str] | None:
    """A lead as its cells would be written."""
    if found is None:
        return None
    return {model.fields[at].name: cell_text(model.fields[at], spelled(words, one)) for at, one in found.values.items()}
