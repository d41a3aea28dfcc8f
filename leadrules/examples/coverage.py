"""What the examples of a ruleset have seen: of each rule, verdict, stage, criterion and label value, both ways.

An outcome that cannot be (a stage that every lead holds, seen not held) is not
asked for. Excluded leads are seen by `exclude` alone: nothing else looks at them.
What stands in an included shipped file is not counted: its own examples test it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leadrules.checking.files import SHIPPED
from leadrules.examples.running import Result
from leadrules.explaining.words import Words
from leadrules.reference import Evaluation
from leadrules.ruleset import TRUE, LabelRows, LabelTable, Model, Rule, Stage


@dataclass(frozen=True, slots=True)
class Covered:
    """One thing of a ruleset: the outcomes that it can have, and those that an example has seen."""

    kind: str
    name: str
    file: str | None
    line: int | None
    outcomes: tuple[str, ...]
    seen: frozenset[str]

    @property
    def unseen(self) -> tuple[str, ...]:
        return tuple(one for one in self.outcomes if one not in self.seen)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Everything that examples can see."""

    parts: tuple[Covered, ...]

    @property
    def seen(self) -> int:
        return sum(len(one.outcomes) - len(one.unseen) for one in self.parts)

    @property
    def outcomes(self) -> int:
        return sum(len(one.outcomes) for one in self.parts)

    @property
    def percent(self) -> float:
        """The share of outcomes seen; 100 where there is nothing to see."""
        return 100.0 * self.seen / self.outcomes if self.outcomes else 100.0


def coverage_of(model: Model, results: Sequence[Result]) -> Coverage:
    """What these examples have seen of the ruleset."""
    return Coverage(tuple(one for one in _parts(model, results) if not _is_shipped(one.file)))


def _parts(model: Model, results: Sequence[Result]) -> Iterator[Covered]:
    all_of_them = [one.evaluation for one in results]
    scored = [one for one in all_of_them if not one.exclude_reasons]
    words = Words(model)

    for verdict in model.excludes:
        seen = {_word(one.truth(verdict.condition) is True, "holds") for one in all_of_them}
        yield _covered("exclude", verdict.text, verdict, ("holds", "does not hold"), seen)
    for position, rule in enumerate(model.rules):
        seen = {_word(one.points[position] != 0, "fires") for one in scored}
        outcomes = ("fires",) if _always_fires(rule) else ("fires", "does not fire")
        yield _covered("rule", rule.text, rule, outcomes, seen)
    for verdict in model.disqualifies:
        seen = {_word(one.truth(verdict.condition) is True, "holds") for one in scored}
        yield _covered("disqualify", verdict.text, verdict, ("holds", "does not hold"), seen)
    for place, framework in enumerate(model.frameworks):
        for position, criterion in enumerate(framework.criteria):
            states = {one.framework(place).criteria[position] for one in scored}
            seen = {_word(state == "met", "met") for state in states}
            yield _covered("criterion", f"{framework.name}.{criterion.name}", criterion, ("met", "not met"), seen)
    for position, stage in enumerate(model.stages):
        seen = {_word(one.holds(position), "held") for one in scored}
        outcomes = ("held",) if _always_held(model, stage) else ("held", "not held")
        yield _covered("stage", stage.name, stage, outcomes, seen)
    for position, label in enumerate(model.labels):
        texts = {one.label(position) for one in scored}
        if isinstance(label.value, LabelRows):
            values = tuple(
                dict.fromkeys(
                    row.value if isinstance(row.value, str) else words.operand(row.value) for row in label.value.rows
                )
            )
            rows = [_row_seen(words, label.value, one) for one in scored]
            yield _covered("label", label.name, label, values, {one for one in rows if one is not None})
        elif isinstance(label.value, LabelTable):
            found = {text != label.value.otherwise for text in texts}
            yield _covered(
                "label", label.name, label, ("in the table", "otherwise"), {_table_word(one) for one in found}
            )


def _row_seen(words: Words, value: LabelRows, evaluation: Evaluation) -> str | None:
    for row in value.rows:
        if evaluation.truth(row.condition) is True:
            return row.value if isinstance(row.value, str) else words.operand(row.value)
    return None


def _table_word(found: bool) -> str:
    return "in the table" if found else "otherwise"


def _word(happened: bool, word: str) -> str:
    negative = {"holds": "does not hold", "fires": "does not fire", "met": "not met", "held": "not held"}
    return word if happened else negative[word]


def _always_fires(rule: Rule) -> bool:
    """Whether every lead gets points: a row of points for each, nothing to multiply or to fade them."""
    whole = rule.units is None and rule.fading is None and rule.valid_from is None and rule.valid_until is None
    return whole and all(row.points for row in rule.rows) and any(row.condition == TRUE for row in rule.rows)


def _always_held(model: Model, stage: Stage) -> bool:
    return stage.threshold is None and not stage.after and stage.condition == TRUE and not model.disqualifies


def _covered(kind: str, name: str, part: object, outcomes: tuple[str, ...], seen: set[str]) -> Covered:
    span = getattr(part, "span", None)
    file, line = (None, None) if span is None else (span.source.path, span.source.place(span.start)[0])
    return Covered(kind, name, file, line, outcomes, frozenset(seen) & frozenset(outcomes))


def _is_shipped(file: str | None) -> bool:
    """Whether a file is known by the name that `include` gives to shipped ones: `leadrules/bant`."""
    return file is not None and file.startswith(SHIPPED) and not file.endswith(".rules")
