"""The share of the leads that each rule touches, as a table that fits a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from leadrules.ruleset import Model, Rule, Verdict
from leadrules.surveying.survey import Survey

LONGEST = 100


def table(model: Model, survey: Survey, name: str) -> str:
    """What was read, then a line for each exclude, rule, disqualify and stage, in the order in which they decide."""
    tally = survey.tally
    parts = [f"{tally.read:,} leads of `{name}`" if tally.read != 1 else f"1 lead of `{name}`"]
    parts += [
        f"{count:,} {what}" for count, what in ((tally.excluded, "excluded"), (tally.rejected, "rejected")) if count
    ]
    lines = [f"{', '.join(parts)}; as of {survey.as_of.isoformat()}"]
    rows = list(_rows(model, survey))
    if not tally.written or not rows:
        return lines[0] + "\n"
    figures = max(len("leads"), *(len(f"{leads:,}") for leads, _, _ in rows))
    lines.append(f"  {'share':>6}  {'leads':>{figures}}")
    for leads, among, text in rows:
        lines.append(f"  {_share(leads, among):>6}  {leads:>{figures},}  {text}")
    return "\n".join(lines) + "\n"


def _rows(model: Model, survey: Survey) -> Iterator[tuple[int, int, str]]:
    """How many leads, of how many, and for what."""
    tally = survey.tally
    for verdict, leads in zip(model.excludes, survey.excluded, strict=True):
        yield leads, tally.written, _line(verdict, "exclude")
    for at, rule in enumerate(model.rules):
        off = "" if rule.counts_on(survey.as_of) else " (not counted on this day)"
        yield int(tally.fired[at]), survey.scored, _line(rule, "") + off
    for verdict, leads in zip(model.disqualifies, survey.disqualified, strict=True):
        yield leads, survey.scored, _line(verdict, "disqualify")
    for at, stage in enumerate(model.stages):
        yield tally.reached[at], survey.scored, f"stage {stage.name} held"


def _line(one: Rule | Verdict, word: str) -> str:
    place = "" if one.span is None else f"{one.span.source.path}:{one.span.source.place(one.span.start)[0]}  "
    text = f"{place}{word}{': ' if word else ''}{one.text}"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _share(part: int, whole: int) -> str:
    """A share that is 0 % or 100 % only where it is exactly that."""
    if part in (0, whole):
        return "none" if not part else "all"
    share = 100 * part / whole
    return f"{min(max(share, 0.1), 99.9):.1f} %"
