"""Two versions of a ruleset and every lead there could be: where can they differ, and by how much?

For `diff`. Both models stand on one programme with shared axes, so that `the score
changes by more than N` or `MQL in the old, Lead in the new` are questions with a
lead for an answer. Nothing here words or prints anything.

    comparison = Comparison(old, new, as_of)
    comparison.largest_change()          # of the total: Change with both leads and the two scores
    comparison.moves("MQL", "Lead")      # an Answer with a witness, whose outcomes are (old, new)
    comparison.difference()              # what can differ at all, each with a lead; none: proved the same
    comparison.values(witness)           # the lead by field name, as a cell would hold it
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from leadrules.analysis.questions import NO, OPEN, Analysis, Answer, Extreme
from leadrules.analysis.ruling import UNTOLD, Points, Ruling
from leadrules.analysis.sums import Literal
from leadrules.analysis.union import union
from leadrules.analysis.witness import Witness
from leadrules.record import record
from leadrules.reference import Evaluation
from leadrules.ruleset import Model

DISQUALIFIED = "disqualified"
EXCLUDED = "excluded"
NOWHERE = ""
"""The state of a lead without a stage, as the column `stage` has it."""


@record
class Change:
    """The furthest that a score goes up and down from the old version to the new, over leads that both score."""

    up: Extreme
    down: Extreme

    @property
    def largest(self) -> Extreme:
        """The larger of the two by size; its `known` and `bound` are signed."""
        return self.down if abs(self.down.known or 0) > abs(self.up.known or 0) else self.up

    @property
    def none(self) -> bool:
        """Whether it has been proved that the score never changes."""
        return all(one.empty or one.bound == 0 for one in (self.up, self.down))


@record
class Difference:
    """One thing that differs, or may: a score, a stage held, a label, being excluded or disqualified.

    `answer.decided` is `yes` with a lead on which the versions differ, or `open`.
    """

    what: str
    name: str
    answer: Answer


class Comparison:
    """An old and a new model on an as-of date; `seconds` is what all questions together may take.

    `notes` are the names of fields that the two declare differently: what is proved
    holds for the values that both can read. `apart` are those whose types have
    nothing in common; while there is one, nothing is proved (`Answer` open).
    """

    def __init__(self, old: Model, new: Model, as_of: date, seconds: float = 30.0):
        both = union(old, new)
        self.old, self.new = both.old, both.new
        self.notes, self.apart = both.notes, both.apart
        self.analysis = Analysis([both.old, both.new], as_of, seconds)

    @property
    def _rulings(self) -> tuple[Ruling, ...]:
        return self.analysis.rulings

    def values(self, found: Witness) -> dict[str, Any]:
        """A witness's known values by field name."""
        return {self.old.fields[at].name: value for at, value in found.values.items()}

    # ------------------------------------------------------------------ scores

    def shared_scores(self) -> list[str | None]:
        """The scores that both versions have: None for the total, then names."""
        names = {one.name for one in self.new.scores}
        return [None, *(one.name for one in self.old.scores if one.name in names)]

    def largest_change(self, score: str | None = None) -> Change:
        """How far a score can go up and down from old to new (None: the total), disqualified leads included."""
        if self.apart:
            return Change(Extreme(None, None), Extreme(None, None))
        at = [_score_at(model, score) for model in (self.old, self.new)]
        before, after = (ruling.score(one) for ruling, one in zip(self._rulings, at, strict=True))
        difference = Points(after.sum * after.step - before.sum * before.step)
        common = _common(difference)
        scaled = Points(difference.sum.divided(common), common)

        def value(seen: Sequence[Evaluation]) -> int | None:
            one, two = (found.score(which) for found, which in zip(seen, at, strict=True))
            return None if one is None or two is None else two - one

        up, down = (self.analysis.extreme(scaled, up, value) for up in (True, False))
        return Change(up, down)

    # ------------------------------------------------------------------ stages

    def states(self, new: bool) -> list[str]:
        """What the column `stage` can say in a version: its stages, none, disqualified, excluded."""
        model = self.new if new else self.old
        found = [one.name for one in model.stages] + [NOWHERE]
        return found + [DISQUALIFIED] * bool(model.disqualifies) + [EXCLUDED] * bool(model.excludes)

    def moves(self, before: str, after: str) -> Answer:
        """Whether a lead can have one state in the old version and another in the new."""
        if self.apart:
            return OPEN
        literals = [self._state(0, before), self._state(1, after)]

        def accept(seen: Sequence[Evaluation]) -> bool:
            return state_of(self.old, seen[0]) == before and state_of(self.new, seen[1]) == after

        return self.analysis.ask(literals, accept, scored=False)

    def all_moves(self) -> Iterator[tuple[str, str, Answer]]:
        """Every pair of differing states that is not ruled out, with its answer."""
        for before in self.states(False):
            others = [one for one in self.states(True) if one != before]
            if not self.apart and self._leaves(before).impossible:
                continue
            for after in others:
                answer = self.moves(before, after)
                if not answer.impossible:
                    yield before, after, answer

    def _leaves(self, before: str) -> Answer:
        """Whether a lead of one state in the old version can have any other in the new."""
        literals = [self._state(0, before)]
        if before in self.states(True):
            literals.append(self._programme.negated(self._state(1, before)))

        def accept(seen: Sequence[Evaluation]) -> bool:
            return state_of(self.old, seen[0]) == before and state_of(self.new, seen[1]) != before

        return self.analysis.ask(literals, accept, scored=False)

    def _state(self, which: int, state: str) -> Literal:
        ruling, programme = self._rulings[which], self.analysis.programme
        if state == EXCLUDED:
            return ruling.excluded
        living = programme.negated(ruling.excluded)
        if state == DISQUALIFIED:
            return programme.all_of([living, ruling.disqualified])
        standing = programme.all_of([living, programme.negated(ruling.disqualified)])
        names = [one.name for one in ruling.model.stages]
        at = None if state == NOWHERE else names.index(state)
        return programme.all_of([standing, ruling.is_final(at)])

    # ------------------------------------------------------------- differences

    @cached_property
    def _programme(self) -> Any:
        return self.analysis.programme

    def difference(self) -> Iterator[Difference]:
        """Everything that can differ, one by one; what is proved to be the same is left out.

        Fields whose types have nothing in common are named, and nothing else is then.

        Nothing at all means that the versions are proved the same, for every lead that both can read.
        """
        if self.apart:
            yield from (Difference("field", name, OPEN) for name in self.apart)
            return
        yield from self.verdicts()
        for score in self.shared_scores():
            change = self.largest_change(score)
            if not change.none:
                found = change.largest
                answer = Answer("yes", found.witness) if found.known else OPEN
                yield Difference("score", score or "score", answer)
        for name in _names(self.old.scores) ^ _names(self.new.scores):
            yield Difference("score", name, OPEN)
        for name in _names(self.old.labels) ^ _names(self.new.labels):
            yield Difference("label", name, OPEN)

    def verdicts(self) -> Iterator[Difference]:
        """What can differ besides scores: who is excluded, disqualified, in which stage, and the labels."""
        for what, name, literals, accept in self._questions():
            answer = self._either(literals, accept)
            if not answer.impossible:
                yield Difference(what, name, answer)

    def _either(self, literals: Sequence[Literal], accept: Any) -> Answer:
        answers = []
        for one in literals:
            answers.append(self.analysis.ask([one], accept, scored=False))
            if answers[-1].possible:
                return answers[-1]
        return NO if all(one.impossible for one in answers) else OPEN

    def _questions(self) -> Iterator[tuple[str, str, list[Literal], Any]]:
        old, new = self._rulings
        yield (
            "state",
            EXCLUDED,
            self._apart(old.excluded, new.excluded),
            lambda seen: bool(seen[0].exclude_reasons) != bool(seen[1].exclude_reasons),
        )
        both = [self._programme.negated(one.excluded) for one in (old, new)]
        yield (
            "state",
            DISQUALIFIED,
            self._apart(old.disqualified, new.disqualified, both),
            lambda seen: (
                not seen[0].exclude_reasons
                and not seen[1].exclude_reasons
                and bool(seen[0].disqualify_reasons) != bool(seen[1].disqualify_reasons)
            ),
        )
        for state in dict.fromkeys([*self.states(False), *self.states(True)]):
            if state in (DISQUALIFIED, EXCLUDED):
                continue
            one, two = (self._state(which, state) if state in self.states(bool(which)) else False for which in (0, 1))
            yield (
                "stage",
                state,
                self._apart(one, two),
                lambda seen, state=state: (
                    (state_of(self.old, seen[0]) == state) != (state_of(self.new, seen[1]) == state)
                ),
            )
        for at, label in enumerate(self.old.labels):
            other = next((i for i, one in enumerate(self.new.labels) if one.name == label.name), None)
            if other is None:
                continue
            yield (
                "label",
                label.name,
                self._labels_apart(at, other, both),
                lambda seen, at=at, other=other: (
                    not seen[0].exclude_reasons
                    and not seen[1].exclude_reasons
                    and seen[0].label(at) != seen[1].label(other)
                ),
            )

    def _apart(self, one: Literal, two: Literal, given: Sequence[Literal] = ()) -> list[Literal]:
        programme = self._programme
        return [
            programme.all_of([one, programme.negated(two), *given]),
            programme.all_of([programme.negated(one), two, *given]),
        ]

    def _labels_apart(self, at: int, other: int, given: Sequence[Literal]) -> list[Literal]:
        programme = self._programme
        old, new = self._rulings[0].outcomes(at), self._rulings[1].outcomes(other)
        found = [
            programme.all_of([one, two, *given])
            for one, text in old
            for two, said in new
            if text != said or text == UNTOLD
        ]
        return [programme.any_of(found)]


def state_of(model: Model, seen: Evaluation) -> str:
    """What the column `stage` says of a lead."""
    if seen.exclude_reasons:
        return EXCLUDED
    if seen.disqualify_reasons:
        return DISQUALIFIED
    return NOWHERE if seen.stage is None else model.stages[seen.stage].name


def _score_at(model: Model, name: str | None) -> int | None:
    return None if name is None else next(at for at, one in enumerate(model.scores) if one.name == name)


def _common(points: Points) -> int:
    import math

    return math.gcd(points.sum.constant, *points.sum.terms.values()) or 1


def _names(parts: Sequence[Any]) -> set[str]:
    return {one.name for one in parts}
