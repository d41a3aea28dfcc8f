"""Frameworks, exclude, disqualify, stages and labels as SQL, each when it is first asked for.

A verdict is never unknown: where its condition is, it does not hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from leadrules.databases.sql import terms
from leadrules.databases.sql.conditions import Conditions
from leadrules.databases.sql.refusals import Refusals
from leadrules.databases.sql.terms import SQL, text, whole
from leadrules.ruleset import (
    TRUE,
    FrameworkCount,
    LabelJoin,
    LabelRows,
    LabelTable,
    Model,
    Operand,
    Row,
    Stage,
)


@dataclass
class Verdicts:
    """Writes verdicts; their columns by position."""

    model: Model
    conditions: Conditions
    refusals: Refusals
    criteria: dict[int, list[SQL]] = field(default_factory=dict)
    counts: dict[tuple[int, str], SQL] = field(default_factory=dict)
    labels: dict[int, SQL] = field(default_factory=dict)
    excludes: list[tuple[str, SQL]] = field(default_factory=list)
    disqualifies: list[tuple[str, SQL]] = field(default_factory=list)
    excluded: SQL = field(default_factory=lambda: terms.truth(False))

    # ------------------------------------------------------------- frameworks

    def count(self, operand: FrameworkCount) -> SQL:
        """How many criteria of a framework are met, or open."""
        key = (operand.framework, operand.count)
        if key not in self.counts:
            framework = self.model.frameworks[operand.framework]
            states = self.states(operand.framework)
            if operand.count == "met":
                ones = [terms.when((state.copy(), whole(1)), otherwise=whole(0)) for state in states]
            else:
                ones = [terms.when((terms.is_null(state.copy()), whole(1)), otherwise=whole(0)) for state in states]
            self.counts[key] = self._layer("terms", f"{framework.name}_{operand.count}", terms.added(ones))
        return self.counts[key].copy()

    def states(self, position: int) -> list[SQL]:
        """Every criterion of a framework: true, false, or null while it is open."""
        if position not in self.criteria:
            framework = self.model.frameworks[position]
            found = self.criteria[position] = []
            for criterion in framework.criteria:
                with self.refusals.within(criterion.span or framework.span):
                    state = self.conditions.sql(criterion.condition)
                    hint = f"{framework.name}_{criterion.name}"
                    found.append(self._layer("terms", hint, state, f"{framework.name}.{criterion.name}"))
        return [one.copy() for one in self.criteria[position]]

    def ask(self, position: int) -> SQL:
        """The open criteria's questions, or names, joined; null where none is open."""
        framework = self.model.frameworks[position]
        questions = [
            terms.when((terms.is_null(state), text(one.name if one.question is None else one.question)))
            for one, state in zip(framework.criteria, self.states(position), strict=False)
        ]
        return self.conditions.operands.dialect.joined(questions, " | ")

    # ------------------------------------------------- exclude and disqualify

    def exclude(self) -> None:
        """Write every `exclude`."""
        for one in self.model.excludes:
            with self.refusals.within(one.span):
                held = terms.definitely(self.conditions.sql(one.condition))
                self.excludes.append((one.text, self._layer("terms", f"exclude_{one.text}", held, one.text)))
        if self.excludes:
            self.excluded = self._layer(
                "terms", "is_excluded", terms.either([held.copy() for _, held in self.excludes])
            )

    def disqualify(self) -> None:
        """Write every `disqualify`."""
        for one in self.model.disqualifies:
            with self.refusals.within(one.span):
                held = terms.definitely(self.conditions.sql(one.condition))
                self.disqualifies.append((one.text, self._layer("verdicts", f"disqualify_{one.text}", held, one.text)))
        disqualified: SQL = terms.truth(False)
        if self.disqualifies:
            anything = terms.either([held.copy() for _, held in self.disqualifies])
            if self.excludes:
                anything = terms.both([terms.negated(self.excluded.copy()), anything])
            disqualified = self._layer("verdicts", "is_disqualified", anything)
        self.conditions.disqualified = disqualified

    # ------------------------------------------------------ stages and labels

    def decide(self) -> None:
        """Write stages and labels in written order."""
        for position in self.model.early_labels:
            self.label(position)
        last = max((place for place, (kind, _) in enumerate(self.model.verdicts) if kind == "stage"), default=-1)
        for place, (kind, position) in enumerate(self.model.verdicts):
            if place == last + 1:
                self._final()
            if kind == "stage":
                self._stage(position)
            else:
                self.label(position)
        if last + 1 >= len(self.model.verdicts):
            self._final()

    def _stage(self, position: int) -> None:
        stage = self.model.stages[position]
        self.conditions.held[position] = terms.truth(False)
        with self.refusals.within(stage.span):
            reached = self._reaches(stage)
            assert self.conditions.disqualified is not None
            barred = [one.copy() for one in (self.excluded, self.conditions.disqualified)
                      if not isinstance(one, exp.Boolean)]  # fmt: skip
            held = terms.definitely(terms.both([*(terms.negated(one) for one in barred), reached]))
            self.conditions.held[position] = self._layer("verdicts", f"holds_{stage.name}", held, stage.name)

    def _reaches(self, stage: Stage) -> SQL:
        parts: list[SQL] = []
        if stage.threshold is not None:
            score = self.conditions.operands.scores[stage.on]
            match stage.threshold:
                case (Row(condition, points),) if condition == TRUE:
                    parts.append(exp.GTE(this=score.copy(), expression=whole(points)))
                case rows:
                    needed = terms.when(*((self.conditions.sql(row.condition), whole(row.points)) for row in rows))
                    parts.append(exp.GTE(this=score.copy(), expression=needed))
        if stage.after:
            parts.append(terms.either([self.conditions.held[one].copy() for one in stage.after]))
        if stage.condition != TRUE:
            parts.append(self.conditions.sql(stage.condition))
        reached = terms.both(parts)
        return reached if stage.always is None else terms.either([self.conditions.sql(stage.always), reached])

    def _final(self) -> None:
        """The stage of a lead: the last declared one that it holds."""
        if not self.model.stages:
            self.conditions.stage = terms.cast(terms.null(), self.conditions.operands.dialect.text_type)
            return
        rows = [
            (self.conditions.held[position].copy(), text(self.model.stages[position].name))
            for position in reversed(range(len(self.model.stages)))
        ]
        self.conditions.stage = self._layer("verdicts", "held_stage", terms.when(*rows))

    def label(self, position: int) -> SQL:
        """A label's text, empty where no row is true."""
        if position not in self.labels:
            label = self.model.labels[position]
            self.labels[position] = text("")
            with self.refusals.within(label.span):
                phase = "terms" if position in self.model.early_labels else "verdicts"
                self.labels[position] = self._layer(phase, f"label_{label.name}", self._label(label.value), label.name)
        return self.labels[position].copy()

    def _label(self, value: LabelRows | LabelJoin | LabelTable) -> SQL:
        match value:
            case LabelRows(rows):
                found = [(self.conditions.sql(row.condition), self._text(row.value)) for row in rows]
                return terms.when(*found, otherwise=text(""))
            case LabelJoin(parts):
                return self.conditions.operands.dialect.concatenated([self._text(part) for part in parts])
            case LabelTable(operand, values, otherwise):
                by_value: dict[str, list[str]] = {}
                for key, said in values.items():
                    if said != otherwise:
                        by_value.setdefault(said, []).append(key)
                folded = self.conditions.operands.folded(operand)
                looked_up = [(terms.among_texts(folded.copy(), keys), text(said)) for said, keys in by_value.items()]
                return terms.when(*looked_up, otherwise=text(otherwise))

    def _text(self, said: str | Operand) -> SQL:
        return text(said) if isinstance(said, str) else terms.coalesce(self.conditions.operands.value(said), text(""))

    def _layer(self, phase: str, hint: str, value: SQL, comment: str | None = None) -> SQL:
        return self.conditions.operands.layers.add(phase, hint, value, comment)  # type: ignore[arg-type]
