"""An explanation for a terminal: what a salesperson needs on top, every rule below.

Rules take one line each: points, text, the values that decided. What gave
nothing is dim, what is unknown for want of a fact is yellow and says `?`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from leadrules.explaining import shape
from leadrules.explaining.lead import Explanation, VerdictLine
from leadrules.explaining.parts import GroupLines, PartLines, RuleLine
from leadrules.explaining.stages import Need, StageExplanation
from leadrules.explaining.words import limits_words, safe
from leadrules.reference import format_points, signed

NARROWEST, WIDEST = 60, 120
NARROWEST_POINTS = 8
_MARKS = {"true": "[x]", "false": "[ ]", "unknown": "[?]"}
_VERDICT_MARKS = {
    "true": "yes", "false": "no", "unknown": "?", "met": "met", "not met": "no", "open": "?",
}  # fmt: skip
_STYLES: dict[str, dict[str, Any]] = {
    "heading": {"bold": True},
    "plus": {"fg": "green"},
    "minus": {"fg": "red"},
    "dim": {"dim": True},
    "missing": {"fg": "yellow"},
    "plain": {},
}

Paint = Callable[[str, str], str]


def page(explanation: Explanation, width: int = 100, colour: bool = False, about: frozenset[str] | None = None) -> str:
    """The explanation, in lines of at most `width` columns.

    `about` leaves out all but what tells of these: `points`, `stages`, `labels`, `excluded`, `disqualified`.
    """
    return _Page(explanation, min(max(width, NARROWEST), WIDEST), painter(colour)).text(about)


def painter(colour: bool) -> Paint:
    """Colours a text in one of the page's styles, or leaves it as it is."""
    return _painted if colour else _plain


def _plain(text: str, style: str) -> str:
    return text


def _painted(text: str, style: str) -> str:
    import click

    return click.style(text, **_STYLES[style]) if text and _STYLES[style] else text


class _Page:
    def __init__(self, explanation: Explanation, width: int, paint: Paint):
        self.explanation = explanation
        self.width = width
        self.paint = paint
        self.points = max(NARROWEST_POINTS, *map(len, _numbers(explanation)))
        self.lines: list[str] = []

    def text(self, about: frozenset[str] | None) -> str:
        if about is not None:
            self._about(about)
        elif self.explanation.total is None:
            self._top()
            if any(line.state != "true" for line in self.explanation.excludes):
                self._exclusions()
        else:
            self._top()
            self._why()
            self._next()
            if not self.explanation.outcome.disqualified:
                self._ask()
                self._missing()
            self._sums()
            self._below()
        return "\n".join(line.rstrip() for line in self.lines) + "\n"

    def _about(self, about: frozenset[str]) -> None:
        if self.explanation.total is None or "excluded" in about:
            self._exclusions()
        if self.explanation.total is None:
            return
        if "points" in about:
            self._sums()
        if "disqualified" in about:
            self._disqualifications()
        if "stages" in about:
            self._stages()
        if "labels" in about:
            self._labels()

    # -------------------------------------------------------------- on the top

    def _top(self) -> None:
        one = self.explanation
        self._add(self.paint(cut(" · ".join(shape.who(one)), self.width), "heading"))
        self._add(self.paint(cut(shape.ruleset_line(one), self.width), "dim"))
        self._add("")
        if one.total is not None:
            named = [f"{part.name} {format_points(part.after)}" for part in one.parts if part.name is not None]
            self._pair("Score", format_points(one.total), named)
        self._pair("Stage", one.stage or "none", [])
        for line in (*one.excludes, *one.disqualifies):
            if line.state == "true":
                self._columns("Because ", "plain", line.text, shape.texts(line.facts), "minus", indent=2)
        labels = [f"{label.name} {label.text}" for label in one.labels if label.text]
        if labels:
            self._pair("Labels", "", labels)

    def _pair(self, name: str, value: str, more: Sequence[str]) -> None:
        shown = self.paint(value, "heading")
        rest = ("  " if value else "") + ", ".join(more) if more else ""
        self._add(f"  {name:<7} {shown}{cut(rest, max(10, self.width - 10 - columns(value)))}")

    def _why(self) -> None:
        reasons = shape.reasons(self.explanation)
        self._heading("Why" if reasons else "Why: no rule fired")
        for line in reasons[: shape.MOST_REASONS]:
            self._rule(line)

    def _next(self) -> None:
        one = self.explanation
        if one.next_stage is None:
            return
        stage = one.stages[one.next_stage]
        self._heading(f"For the next stage, {stage.name}")
        for need in stage.needs:
            self._need(need, _MARKS[need.state])
            if need.state != "true":
                for framework in need.frameworks:
                    self._questions(one.outcome.frameworks[framework].ask, "          ask: ")
        if stage.always is not None and stage.always.state != "true":
            self._need(stage.always, "or at once:")
        self._ways(stage)

    def _need(self, need: Need, mark: str) -> None:
        style = {"true": "plus", "false": "plain", "unknown": "missing"}[need.state]
        self._columns(f"{mark} ", style, need.text, shape.need_texts(need), style, indent=2)

    def _ways(self, stage: StageExplanation) -> None:
        if not stage.ways:
            return
        self._add("  would be reached by")
        for way in stage.ways:
            now = self.explanation.total or 0
            gained = "" if way.total == now else f", score {format_points(now)} → {format_points(way.total)}"
            changes = [change.text for change in way.changes]
            self._columns("- ", "plain", " and ".join(changes), [f"{way.text}{gained}"], "plain", indent=4)

    def _ask(self) -> None:
        shown = self._asked_above()
        for framework, questions in shape.asked(self.explanation):
            if framework not in shown:
                self._heading(f"Ask next ({framework})")
                self._questions(questions, "  - ")

    def _asked_above(self) -> set[str]:
        one = self.explanation
        if one.next_stage is None:
            return set()
        needs = [need for need in one.stages[one.next_stage].needs if need.state != "true"]
        return {one.frameworks[framework].name for need in needs for framework in need.frameworks}

    def _questions(self, questions: Iterable[str], before: str) -> None:
        for question in questions:
            self._add(cut(f"{before}{safe(question)}", self.width))

    def _missing(self) -> None:
        missing = self.explanation.missing
        if missing:
            self._heading("Missing facts")
            for line in wrapped(list(missing), self.width - 2):
                self._add("  " + self.paint(line, "missing"))

    # ------------------------------------------------------------------- below

    def _sums(self) -> None:
        for part in self.explanation.parts:
            self._part(part)
        self._total()

    def _part(self, part: PartLines) -> None:
        limits = limits_words(part.limits)
        name = part.name if part.name is not None else "Outside any score"
        self._heading(f"{name} ({limits})" if limits else name)
        for line in part.lines:
            if isinstance(line, GroupLines):
                limits = limits_words(line.limits)
                title = f"{safe(line.title)} ({limits})" if limits else safe(line.title)
                self._add(cut(f"{' ' * (self.points + 2)}{title}", self.width))
                for rule in line.rules:
                    self._rule(rule, indent=2)
                if line.before != line.after:
                    self._sum(
                        signed(line.after - line.before), shape.cut_words(line.limits, line.before, line.after), 2
                    )
                self._sum("= " + format_points(line.after), line.title, 2)
            else:
                self._rule(line)
        if part.before != part.after:
            self._sum(signed(part.after - part.before), shape.cut_words(part.limits, part.before, part.after))
        self._sum("= " + format_points(part.after), name)

    def _total(self) -> None:
        one = self.explanation
        limits = limits_words(one.model.total)
        self._heading(f"Score ({limits})" if limits else "Score")
        for part in one.parts:
            weight = shape.weight_words(part)
            points = shape.exact_words(part.weighted)
            name = part.name if part.name is not None else "outside any score"
            self._sum(points if points.startswith("-") else f"+{points}", f"{name}, {weight}" if weight else name)
        if one.rounding:
            rounding = shape.exact_words(one.rounding)
            self._sum(rounding if rounding.startswith("-") else f"+{rounding}", "rounding")
        total = one.total or 0
        if one.before != total:
            self._sum(signed(total - one.before), shape.cut_words(one.model.total, one.before, total))
        self._sum(f"= {format_points(total)}", "score")

    def _below(self) -> None:
        self._exclusions()
        self._disqualifications()
        for framework in self.explanation.frameworks:
            self._verdicts(f"{framework.name}: {framework.met} met, {framework.open} open", framework.criteria)
        self._stages()
        self._labels()

    def _exclusions(self) -> None:
        self._verdicts("Reasons to exclude", self.explanation.excludes)

    def _disqualifications(self) -> None:
        self._verdicts("Reasons to disqualify", self.explanation.disqualifies)

    def _stages(self) -> None:
        if self.explanation.stages:
            self._heading("Stages")
            for stage in self.explanation.stages:
                self._stage(stage)

    def _labels(self) -> None:
        if self.explanation.labels:
            self._heading("Labels")
            for label in self.explanation.labels:
                said = f"{label.name}: {label.text or '(empty)'}"
                self._columns("", "plain", said, shape.texts(label.facts), "plain")

    def _stage(self, stage: StageExplanation) -> None:
        unmet = [need for need in stage.needs if need.state != "true"]
        if stage.held:
            at_once = bool(unmet) and stage.always is not None
            why = [f"at once: {stage.always.text}"] if at_once and stage.always is not None else []
            self._columns("held  ", "plus", stage.name, why, "plain")
        elif self.explanation.outcome.disqualified:
            self._columns("no  ", "dim", stage.name, ["disqualified"], "dim")
        else:
            self._columns("no  ", "dim", stage.name, [self._unmet(need) for need in unmet], "dim")

    def _unmet(self, need: Need) -> str:
        behind = ", ".join(shape.need_texts(need))
        return f"needs {need.text} ({behind})" if behind else f"needs {need.text}"

    def _verdicts(self, heading: str, lines: Sequence[VerdictLine]) -> None:
        if not lines:
            return
        self._heading(heading)
        for line in lines:
            style = {"true": "minus", "met": "plus", "unknown": "missing", "open": "missing"}.get(line.state, "dim")
            self._columns(f"{_VERDICT_MARKS[line.state]}  ", style, line.text, shape.texts(line.facts), style)

    # ------------------------------------------------------------------- lines

    def _rule(self, line: RuleLine, indent: int = 0) -> None:
        style = {"fired": "plus" if line.points > 0 else "minus", "unknown": "missing"}.get(line.status, "dim")
        points = {"fired": signed(line.points), "unknown": "?"}.get(line.status, "0")
        self._columns(points + "  ", style, shape.rule_text(line), shape.because(line), style, before=" " * indent)

    def _sum(self, points: str, text: str, indent: int = 0) -> None:
        self._add(cut(f"{points:>{self.points}}  {' ' * indent}{safe(text)}", self.width))

    def _columns(
        self, mark: str, mark_style: str, text: str, pieces: Sequence[str], style: str, indent: int | None = None,
        before: str = "",
    ) -> None:  # fmt: skip
        """A mark, a text, and behind it the pieces, which go on below where they are too long."""
        start = f"{mark:>{self.points + 2}}" if indent is None else " " * indent + mark
        middle = max(columns(start) + 18, self.width // 2)
        room = middle - columns(start) - columns(before) - 2
        tone = "plain" if style in ("plus", "minus") else style
        text = safe(text)
        shown = before + cut(text, self.width - columns(start) - columns(before))
        behind = [self._piece(line, tone) for line in wrapped(list(pieces), self.width - middle)]
        if behind and columns(text) <= room:
            gap = " " * (middle - columns(start) - columns(shown))
            self._add(self.paint(start, mark_style) + self.paint(shown, tone) + gap + behind[0])
            behind = behind[1:]
        elif len(behind) == 1 and columns(start + shown) + 2 + columns(", ".join(pieces)) <= self.width:
            self._add(self.paint(start, mark_style) + self.paint(shown, tone) + "  " + behind[0])
            behind = []
        else:
            self._add(self.paint(start, mark_style) + self.paint(shown, tone))
        for line in behind:
            self._add(" " * middle + line)

    def _piece(self, line: str, tone: str) -> str:
        return self.paint(line, "missing" if " is missing" in line else tone)

    def _heading(self, text: str) -> None:
        self._add("")
        self._add(self.paint(cut(safe(text), self.width), "heading"))

    def _add(self, line: str) -> None:
        self.lines.append(line)


def _numbers(one: Explanation) -> Iterator[str]:
    """The numbers that stand in the column of points, and some that are as long."""
    yield f"= {format_points(one.total or 0)}"
    yield f"+{format_points(one.before)}"
    yield f"+{shape.exact_words(one.rounding)}"
    for part in one.parts:
        yield f"+{shape.exact_words(part.weighted)}"
        yield f"= {format_points(part.before)}"
        yield from (f"= {format_points(line.before)}" for line in part.lines if isinstance(line, GroupLines))
        yield from (signed(rule.points) for rule in part.rules)


# --------------------------------------------------------------------- columns


def columns(text: str) -> int:
    """The columns of a terminal that a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def cut(text: str, width: int) -> str:
    """The beginning of a text, with `…` where the rest does not fit."""
    if columns(text) <= width:
        return text
    while columns(text) > width - 1:
        text = text[:-1]
    return text + "…"


def wrapped(pieces: list[str], width: int) -> list[str]:
    """Pieces with commas between them, on lines of at most a width; a longer piece goes on in the next line."""
    lines: list[str] = []
    line = ""
    for place, piece in enumerate(pieces):
        said = piece + ("," if place < len(pieces) - 1 else "")
        for word in said.split(" ") if columns(said) > width else [said]:
            if line and columns(line) + 1 + columns(word) > width:
                lines.append(line)
                line = ""
            line = f"{line} {cut(word, width)}" if line else cut(word, width)
    return [*lines, line] if line else lines
