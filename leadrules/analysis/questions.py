"""Questions about all leads at once, and their answers: yes with a lead, no, or not decided.

`Analysis` asks them of one model, or of two over the same fields (see
`leadrules.analysis.union`). A `no` has been proved for every lead there could be.
A `yes` comes with a lead that the reference evaluator has scored. All else is
`open`: never a guess.

Questionable decision: where the solver finds a lead that the reference does not
confirm (because of numbers that are worked out from several fields), that
combination is put aside and the search goes on; if it then finds nothing, the
answer is open, not no.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any
from typing import Literal as OneOf

from leadrules.analysis.ascent import Ascent
from leadrules.analysis.label_texts import label_conditions
from leadrules.analysis.programme import FACT, LARGEST, Programme, Row, Solved
from leadrules.analysis.ranges import possible
from leadrules.analysis.ruling import Points, Ruling
from leadrules.analysis.space import Space
from leadrules.analysis.sums import Literal, Sum
from leadrules.analysis.witness import Accept, Witness, replay, witness
from leadrules.inside import conditions_of
from leadrules.record import record
from leadrules.reference import Evaluation
from leadrules.ruleset import Condition, Model

MOST_TRIES = 12
CHEAP_SECONDS = 0.4
"""How long a lead with fewer known facts is looked for, once it matters only that there is one."""
MOST_RULED_OUT = 200
SLACK = 1e-3
"""How far the solver's bound may be off."""


@record
class Answer:
    """Whether there is such a lead; `witness` is one where there is, and `fewest` that none has fewer known facts."""

    decided: OneOf["yes", "no", "open"]
    witness: Witness | None = None
    fewest: bool = False

    @property
    def possible(self) -> bool:
        return self.decided == "yes"

    @property
    def impossible(self) -> bool:
        return self.decided == "no"


NO = Answer("no")
OPEN = Answer("open")


@record
class Extreme:
    """The largest (or least) value of a sum in hundredths.

    `known` is what `witness` has; `bound` is what none can better. They are the same
    where the answer is exact; None where nothing is known. `empty`: it has been
    proved that there is no lead to score.
    """

    known: int | None
    bound: int | None
    witness: Witness | None = None
    empty: bool = False

    @property
    def exact(self) -> bool:
        return self.known is not None and self.known == self.bound


class Analysis:
    """Questions of one model, or two over the same fields, on an as-of date, within so many seconds in all.

    One question may take `share` of what is left, so that a hard one leaves time to the others.
    """

    def __init__(
        self,
        models: Sequence[Model],
        as_of: date,
        seconds: float = 10.0,
        cheap: float = CHEAP_SECONDS,
        share: float = 1.0,
    ):
        self.models = tuple(models)
        self.as_of = as_of
        self.cheap = cheap
        self.share = share
        self.until = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """How many seconds are left."""
        return self.until - time.monotonic()

    @cached_property
    def space(self) -> Space:
        conditions = [[*conditions_of(model), *label_conditions(model)] for model in self.models]
        return Space(self.models, self.as_of, conditions, [rule for model in self.models for rule in model.rules])

    @cached_property
    def programme(self) -> Programme:
        return Programme(self.space)

    @cached_property
    def rulings(self) -> tuple[Ruling, ...]:
        return tuple(Ruling(self.programme, which) for which in range(len(self.models)))

    @property
    def ruling(self) -> Ruling:
        return self.rulings[0]

    # --------------------------------------------------------------- questions

    def condition(self, condition: Condition, wanted: bool = True, given: Sequence[Literal] = ()) -> Answer:
        """Whether a condition can be true (or, not `wanted`, false) of a lead that is not excluded."""

        def accept(seen: Sequence[Evaluation]) -> bool:
            return not seen[0].exclude_reasons and seen[0].truth(condition) is wanted

        return self.ask([self.ruling.literal(condition, wanted), *given], accept)

    def stage(self, position: int, final: bool = False) -> Answer:
        """Whether a lead can hold a stage; `final`: whether it can be the last that it holds."""

        def accept(seen: Sequence[Evaluation]) -> bool:
            outcome = seen[0].outcome
            return outcome.stage == position if final else position in outcome.held

        ruling = self.ruling
        return self.ask([ruling.is_final(position) if final else ruling.holds(position)], accept)

    def label(self, position: int, text: str) -> Answer:
        """Whether a label can be a text."""

        def accept(seen: Sequence[Evaluation]) -> bool:
            outcome = seen[0].outcome
            return not outcome.excluded and outcome.labels[position] == text

        return self.ask([self.ruling.label_is(position, text)], accept)

    def score(
        self,
        score: int | None,
        maximize: bool,
        standing: bool = True,
        cheap: bool = True,
        given: Sequence[Literal] = (),
    ) -> Extreme:
        """The best or the worst of a score (None: the total) over leads that are neither excluded nor disqualified.

        Not `standing`: disqualified ones too.
        """

        def value(seen: Sequence[Evaluation]) -> int | None:
            outcome = seen[0].outcome
            if outcome.excluded or (standing and outcome.disqualified):
                return None
            assert outcome.total is not None
            return outcome.total.after if score is None else outcome.parts[score].after

        kept = [self.programme.negated(self.ruling.disqualified)] if standing else []
        known = None if given or self.left <= 0 else self._ascended(score, maximize, value)
        return self.extreme(self.ruling.score(score), maximize, value, [*kept, *given], cheap, known)

    def _ascended(
        self, score: int | None, maximize: bool, value: Callable[[Sequence[Evaluation]], int | None]
    ) -> tuple[int, Witness] | None:
        """The best lead that is found without the solver, and its score."""
        best: list[tuple[int, Witness]] = []

        def accept(seen: Sequence[Evaluation]) -> bool:
            found = value(seen)
            if found is not None and (not best or (found > best[0][0] if maximize else found < best[0][0])):
                known = {at: one for at, one in enumerate(seen[0].lead) if one is not None}
                best[:] = [(found, Witness(known, tuple(one.outcome for one in seen)))]
            return False

        self._of_ascended(accept, ((score, maximize),))
        return best[0] if best else None

    def _of_ascended(self, accept: Accept, wanted: Sequence[tuple[int | None, bool]] | None = None) -> Witness | None:
        """A lead that is accepted among those with high scores (by score, True) or low ones (False)."""
        wanted = wanted or [(score, True) for score in (None, *range(len(self.models[0].scores)))]
        for one in wanted:
            if one not in self._ascents:
                self._ascents[one] = list(Ascent(self.ruling, one[0]).leads(one[1]))
            for values in self._ascents[one]:
                found = replay(self.space, values, accept)
                if found is not None:
                    return found
        return None

    @cached_property
    def _ascents(self) -> dict[tuple[int | None, bool], list[dict[int, Any]]]:
        return {}

    # ----------------------------------------------------------------- search

    def ask(
        self, require: Sequence[Literal], accept: Accept, scored: bool = True, cheap: float | None = None
    ) -> Answer:
        """Whether there is a lead for which all literals hold and that is accepted.

        For `cheap` seconds the lead with the fewest known facts is looked for; not
        `scored`: among excluded leads too.
        """
        cheap = self.cheap if cheap is None else cheap
        wanted = [*(self._scored if scored else ()), *require]
        cuts: list[Row] = []
        for _ in self._tries(cuts):
            solved = self.programme.solve(
                self.programme.known_facts() if cheap > 0 else Sum(),
                False,
                wanted,
                cuts,
                min(self.left, cheap or self.left),
            )
            if cheap > 0 and solved.status == "open" and not solved.has_lead and self.left > 0:
                found = self._of_ascended(accept)
                if found is not None:
                    return Answer("yes", found)
                solved = self.programme.solve(Sum(), False, wanted, cuts, self.left * self.share)
            if solved.status == "none":
                return OPEN if cuts else NO
            if not solved.has_lead:
                return OPEN
            found = self._witness(solved, accept)
            if found is not None:
                return Answer("yes", found, solved.status == "found" and cheap > 0 and not cuts)
            if not self._rule_out(solved) and not self._set_aside(solved, cuts):
                return OPEN
        return OPEN

    def extreme(
        self,
        points: Points,
        maximize: bool,
        value: Callable[[Sequence[Evaluation]], int | None],
        require: Sequence[Literal] = (),
        cheap: bool = True,
        known: tuple[int, Witness] | None = None,
    ) -> Extreme:
        """The best value of points over the leads for which all literals hold; `value` is the reference's word.

        `known` is the best that is known beforehand. Where no lead can better it, nothing is asked of the solver.
        """
        wanted = [*self._scored, *require]
        cuts: list[Row] = []
        best = known
        least, most = self.programme.range(points.sum)
        bound: int | None = None
        if best is not None and best[0] == (most if maximize else least) * points.step:
            bound = best[0]
        for _ in self._tries(cuts) if bound is None else ():
            solved = self.programme.solve(points.sum, maximize, wanted, cuts, self.left * self.share)
            if solved.status == "none" and not cuts:
                return Extreme(None, None, empty=True)
            if bound is None and not cuts and solved.status == "open" and solved.bound is not None:
                bound = _beyond(solved.bound, maximize, points.step)
            if not solved.has_lead or solved.value is None:
                break
            reached = solved.value * points.step
            if not cuts and self._rule_out(solved):
                continue
            if not cuts and solved.status == "found":
                bound = reached
            better = self._best(solved, value, maximize, reached)
            if better is not None and (best is None or (better[0] > best[0]) is maximize):
                best = better
            if best is not None and (best[0] == bound or (best[0] >= reached) is maximize or best[0] == reached):
                break
            if not self._set_aside(solved, cuts):
                break
        if best is None:
            return Extreme(None, bound)
        if cheap and best[0] == bound and self.left > 0.1:
            best = self._cheaper(points, maximize, value, wanted, best)
        return Extreme(best[0], bound, best[1])

    def near(self, total: Sum, require: Sequence[Literal], accept: Accept, seconds: float = 0.3) -> Witness | None:
        """A lead with the least of a sum, if it is accepted: a first try, that proves nothing."""
        solved = self.programme.solve(total, False, [*self._scored, *require], (), min(self.left, seconds))
        return self._witness(solved, accept) if solved.has_lead else None

    def _cheaper(self, points: Points, maximize: bool, value: Any, wanted: Sequence[Literal], best: Any) -> Any:
        """The same value with the fewest known facts, if that is found in a moment."""
        reached = best[0] // points.step
        total = points.sum
        row: Row = (
            total.terms,
            reached - total.constant if maximize else None,
            None if maximize else reached - total.constant,
        )
        cuts = [row]
        until = self.left - 2 * self.cheap
        for _ in range(MOST_RULED_OUT):
            solved = self.programme.solve(self.programme.known_facts(), False, wanted, cuts, min(self.left, self.cheap))
            if not solved.has_lead:
                break
            found = self._witness(solved, lambda seen: bool(value(seen) == best[0]))
            if found is not None:
                return best[0], found
            if self.left < until or not (self._rule_out(solved) or self._set_aside(solved, cuts)):
                break
        return best

    def _best(self, solved: Solved, value: Any, maximize: bool, reached: int) -> tuple[int, Witness] | None:
        """The best lead in the solver's cells, by the reference."""
        best: list[tuple[int, Witness]] = []

        def accept(seen: Sequence[Evaluation]) -> bool:
            found = value(seen)
            if found is not None and (not best or ((found > best[0][0]) is maximize and found != best[0][0])):
                # Where two models see different values, the lead has none, and these are their defaults.
                known = {
                    at: one
                    for at, one in enumerate(seen[0].lead)
                    if one is not None and all(other.lead[at] == one for other in seen)
                }
                best[:] = [(found, Witness(known, tuple(one.outcome for one in seen)))]
            return bool(found == reached)

        found = self._witness(solved, accept)
        return (reached, found) if found is not None else best[0] if best else None

    @cached_property
    def _scored(self) -> list[Literal]:
        return [self.programme.negated(ruling.excluded) for ruling in self.rulings]

    @cached_property
    def ranged(self) -> frozenset[int]:
        """Axes on which one cell may hold several points."""
        return frozenset(
            at
            for at, axis in enumerate(self.space.axes)
            if axis.scale is not None
            and any(
                (rule.fading is not None and self.space.field_axis(rule.fading.field) == at)
                or (rule.units is not None and self.space.axis_of(rule.units.operand, which) == at)
                for which, model in enumerate(self.models)
                for rule in model.rules
            )
        )

    def _witness(self, solved: Solved, accept: Accept) -> Witness | None:
        return witness(self.space, solved.cells, solved.choices or {}, accept, self.ranged)

    def _tries(self, cuts: Sequence[Row]) -> Iterator[None]:
        """Go on while there is time: as long as what was found is ruled out for good, a few times by setting aside."""
        for _ in range(MOST_RULED_OUT):
            if len(cuts) > MOST_TRIES or self.left <= 0:
                return
            yield

    def _rule_out(self, solved: Solved) -> bool:
        """Bar for good what a free axis cannot be beside its fields' cells; whether there was anything to bar."""
        found = False
        for at, axis in enumerate(self.space.axes):
            homes = [home for one in axis.fields if (home := self.space.field_axis(one)) is not None]
            if (
                not axis.free
                or not homes
                or (at, solved.cells[at], *map(solved.cells.__getitem__, homes)) in self._barred
            ):
                continue
            cells = {home: solved.cells[home] for home in homes}
            if possible(self.space, axis, cells) >> solved.cells[at] & 1:
                continue
            found = True
            for free in homes:
                # All cells of one field that are as impossible beside the others, in one row.
                bad = [
                    cell
                    for cell in range(self.space.axes[free].size)
                    if not possible(self.space, axis, {**cells, free: cell}) >> solved.cells[at] & 1
                ]
                others = {home: cell for home, cell in cells.items() if home != free} | {at: solved.cells[at]}
                self.programme.rows.append(self.programme.none_of(others, free, bad))
            self._barred.add((at, solved.cells[at], *cells.values()))
        return found

    @cached_property
    def _barred(self) -> set[tuple[int, ...]]:
        return set()

    def _set_aside(self, solved: Solved, cuts: list[Row]) -> bool:
        """Bar the part of a solution that may be at fault; False where no part of it can be."""
        doubtful: dict[int, int] = {}
        for at, axis in enumerate(self.space.axes):
            if axis.free:
                doubtful[at] = solved.cells[at]
                for field in axis.fields:
                    home = self.space.field_axis(field)
                    if home is not None:
                        doubtful[home] = solved.cells[home]
            elif not axis.cells[solved.cells[at]].values:
                doubtful[at] = solved.cells[at]
                if axis.loose:
                    cuts.append(self.programme.not_chosen(at, (solved.choices or {})[at]))
                    return True
            elif at in self.ranged:
                doubtful[at] = solved.cells[at]
        if doubtful:
            cuts.append(self.programme.not_together(doubtful))
        return bool(doubtful)


def _beyond(bound: float, maximize: bool, step: int) -> int | None:
    """What none can better, in hundredths, by the solver's own bound of a sum of whole numbers."""
    if not math.isfinite(bound) or abs(bound) > LARGEST:
        return None
    return (math.floor(bound + SLACK) if maximize else math.ceil(bound - SLACK)) * step


def known_count(found: Witness) -> int:
    """How many facts are known of a lead."""
    return len(found.values)


__all__ = ["FACT", "NO", "OPEN", "Analysis", "Answer", "Extreme", "Mapping", "Sum", "known_count", "replay"]
