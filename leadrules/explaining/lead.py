"""One lead's whole explanation: every rule, every limit, every verdict, with the facts behind them.

The reference decides; here its answer is taken apart. What is shown always adds
up: in every part the lines and what the limits changed make the part, and the
parts by their weights, with the rounding, make the total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from leadrules.explaining.facts import STATES, Fact, Facts, missing_names
from leadrules.explaining.parts import PartLines, Parts, RuleLine
from leadrules.explaining.stages import StageExplanation, explain_stage
from leadrules.explaining.words import Words
from leadrules.meaning.values import Value
from leadrules.reference import Evaluation, Outcome
from leadrules.ruleset import (
    And,
    FieldValue,
    LabelJoin,
    LabelRows,
    Model,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """One `exclude`, `disqualify` or criterion: whether it holds, and why."""

    text: str
    condition: str
    state: str
    facts: tuple[Fact, ...]
    question: str | None = None


@dataclass(frozen=True, slots=True)
class FrameworkLines:
    name: str
    met: int
    open: int
    criteria: tuple[VerdictLine, ...]


@dataclass(frozen=True, slots=True)
class LabelLine:
    """A label's text and the facts that decided it."""

    name: str
    text: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All of it; an excluded lead has only its excludes, and no total.

    `parts` begin with what stands outside any score, if anything does.
    `before` and `total` are the hundredths before and after the total's limits;
    `rounding` is what rounding the weighted parts added (hundredths).
    """

    model: Model
    values: tuple[Value | None, ...]
    as_of: date
    row: int | None
    outcome: Outcome
    excludes: tuple[VerdictLine, ...]
    disqualifies: tuple[VerdictLine, ...]
    parts: tuple[PartLines, ...]
    before: int
    total: int | None
    frameworks: tuple[FrameworkLines, ...]
    stages: tuple[StageExplanation, ...]
    labels: tuple[LabelLine, ...]
    next_stage: int | None

    @property
    def rules(self) -> tuple[RuleLine, ...]:
        """Every rule's line, in written order."""
        lines = [line for part in self.parts for line in part.rules]
        return tuple(sorted(lines, key=lambda line: line.rule))

    @property
    def rounding(self) -> Fraction:
        return self.before - sum((part.weighted for part in self.parts), Fraction(0))

    @property
    def stage(self) -> str | None:
        """As the column has it."""
        if self.outcome.excluded:
            return "excluded"
        if self.outcome.disqualified:
            return "disqualified"
        return None if self.outcome.stage is None else self.model.stages[self.outcome.stage].name

    @property
    def missing(self) -> tuple[str, ...]:
        """The missing fields that left a rule, a criterion, a verdict or the next stage unknown, each once."""
        unknown = [line.facts for line in self.rules if line.status == "unknown"]
        unknown += [line.facts for line in (*self.excludes, *self.disqualifies) if line.state == "unknown"]
        unknown += [one.facts for framework in self.frameworks for one in framework.criteria if one.state == "open"]
        if self.next_stage is not None:
            unknown += [one.facts for one in self.stages[self.next_stage].needs if one.state != "true"]
        return missing_names(fact for facts in unknown for fact in facts)


def explain(model: Model, values: Sequence[Value | None], as_of: date, row: int | None = None) -> Explanation:
    """Explain a lead with these values, one for each of the model's fields; `row` is where it came from."""
    return _Explaining(model, values, as_of).explanation(row)


class _Explaining:
    def __init__(self, model: Model, values: Sequence[Value | None], as_of: date):
        self.model = model
        self.evaluation = Evaluation(model, values, as_of)
        self.words = Words(model)
        self.facts = Facts(self.evaluation, self.words)

    def explanation(self, row: int | None) -> Explanation:
        model, outcome = self.model, self.evaluation.outcome
        excluded = outcome.total is None
        next_stage = None if excluded or outcome.disqualified else next_stage_of(model, outcome)
        return Explanation(
            model=model,
            values=tuple(self.evaluation.lead),
            as_of=self.evaluation.as_of,
            row=row,
            outcome=outcome,
            excludes=tuple(self._verdict(one) for one in model.excludes),
            disqualifies=() if excluded else tuple(self._verdict(one) for one in model.disqualifies),
            parts=() if excluded else Parts(self.evaluation, self.words, self.facts).all(),
            before=0 if outcome.total is None else outcome.total.before,
            total=None if outcome.total is None else outcome.total.after,
            frameworks=() if excluded else self._frameworks(),
            stages=()
            if excluded
            else tuple(
                explain_stage(self.facts, position, ways=position == next_stage)
                for position in range(len(model.stages))
            ),
            labels=() if excluded else self._labels(),
            next_stage=next_stage,
        )

    # --------------------------------------------------------------- verdicts

    def _verdict(self, verdict: Verdict) -> VerdictLine:
        condition = verdict.condition
        state = STATES[self.evaluation.truth(condition)]
        return VerdictLine(verdict.text, self.words.condition(condition), state, self.facts.of(condition))

    def _frameworks(self) -> tuple[FrameworkLines, ...]:
        found = []
        for position, framework in enumerate(self.model.frameworks):
            state = self.evaluation.framework(position)
            criteria = tuple(
                VerdictLine(
                    one.name, self.words.condition(one.condition), said, self.facts.of(one.condition), one.question
                )
                for one, said in zip(framework.criteria, state.criteria, strict=True)
            )
            found.append(FrameworkLines(framework.name, state.met, state.open, criteria))
        return tuple(found)

    def _labels(self) -> tuple[LabelLine, ...]:
        return tuple(
            LabelLine(one.name, self.evaluation.label(position), self._label_facts(position))
            for position, one in enumerate(self.model.labels)
        )

    def _label_facts(self, position: int) -> tuple[Fact, ...]:
        value = self.model.labels[position].value
        if isinstance(value, LabelRows):
            conditions = [row.condition for row in value.rows]
            truths = [self.evaluation.truth(one) for one in conditions]
            if True in truths and conditions[truths.index(True)] != And(()):
                conditions = [conditions[truths.index(True)]]
            return self.facts.of(*conditions)
        operands = (
            [part for part in value.parts if not isinstance(part, str)]
            if isinstance(value, LabelJoin)
            else [value.operand]
        )
        facts = [fact for one in operands for fact in self.facts.of_operand(one)]
        return tuple(fact for fact in facts if fact.value != "" or isinstance(operands[0], FieldValue))


def next_stage_of(model: Model, outcome: Outcome) -> int | None:
    """The first stage after the lead's own; None at the end of the funnel."""
    following = 0 if outcome.stage is None else outcome.stage + 1
    return following if following < len(model.stages) else None
