"""Points as SQL: a column for every rule, then sums within limits, all in whole hundredths.

Questionable decision: every rule keeps a `CASE` of its own, with its words as a comment, although rules on one
field could be folded into one `CASE` over that field's bins, which a database adds up some times faster. The
statement is there to be read and reviewed; where speed decides, the engine is faster still (`benchmarks/`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from sqlglot import exp

from leadrules.databases.sql import terms
from leadrules.databases.sql.conditions import Conditions
from leadrules.databases.sql.counting import Flags
from leadrules.databases.sql.dialects.dialect import Contribution
from leadrules.databases.sql.refusals import Refusals
from leadrules.databases.sql.terms import SQL, call, whole
from leadrules.meaning.fading import LARGEST, ONE, factor_table
from leadrules.ruleset import TRUE, DayOf, Fading, FieldValue, Limits, Model, Rule

INT32 = 2**31 - 1


@dataclass
class Points:
    """Writes what rules give, and their sums."""

    model: Model
    conditions: Conditions
    refusals: Refusals
    flags: Flags | None = None
    columns: dict[int, SQL] = field(default_factory=dict)

    def write(self) -> None:
        """Add every rule's points, the scores and the total to the layers."""
        operands = self.conditions.operands
        for position, rule in enumerate(self.model.rules):
            with self.refusals.within(rule.span):
                points = self._contribution(rule)
                if points is not None:
                    hint = f"points_{rule.name or position + 1}"
                    column = self.columns[position] = operands.layers.add("points", hint, points, rule.text)
                    if self.flags is not None:
                        gives = exp.NEQ(this=column.copy(), expression=whole(0))
                        self.flags.add("points", "fired", position, gives)
        self._sums()

    def contributions(self) -> list[Contribution]:
        """What reasons may name, in written order."""
        found = []
        for position, column in self.columns.items():
            rule = self.model.rules[position]
            if rule.score is None or self.model.scores[rule.score].weight != 0:
                fixed = None
                if rule.units is None and rule.fading is None:
                    fixed = tuple(dict.fromkeys(row.points for row in rule.rows if row.points))
                if fixed != ():
                    found.append(Contribution(column.copy(), rule.text, fixed))
        return found

    # ------------------------------------------------------------ one rule

    def _contribution(self, rule: Rule) -> SQL | None:
        """What a rule gives, or None where it can give nothing on this date."""
        operands = self.conditions.operands
        counts = self._counts(rule)
        if counts is False:
            return None
        open_ended = rule.units is not None or rule.fading is not None
        rows = [(self.conditions.sql(row.condition), row.points) for row in rule.rows]
        if not open_ended:
            points = terms.when(*((condition, whole(given)) for condition, given in rows), otherwise=whole(0))
        elif rule.units is None and len(rule.rows) == 1 and rule.rows[0].condition == TRUE:
            points = whole(rule.rows[0].points)
        else:
            given = terms.when(*((condition, whole(size)) for condition, size in rows), otherwise=whole(0))
            points = operands.layers.add("points", f"each_{rule.name or rule.text}", given)
        if rule.units is not None:
            points = self._units(rule, points)
        if rule.fading is not None:
            points = self._faded(rule.fading, points, rule)
        elif rule.units is not None:
            points = _stop(points)
        if isinstance(counts, bool):
            return points
        return terms.when((counts, points), otherwise=whole(0))

    def _counts(self, rule: Rule) -> SQL | bool:
        """Whether the as-of date is within `from` and `until`."""
        as_of = self.conditions.operands.as_of
        low, high = rule.valid_from, rule.valid_until
        if as_of is not None:
            return (low is None or low <= as_of) and (high is None or as_of <= high)
        if low is None and high is None:
            return True
        today = self.conditions.operands.today
        return terms.between(today, terms.day(low or date.min), terms.day(high or date.max))

    def _units(self, rule: Rule, points: SQL) -> SQL:
        """Points for each whole unit, limited: hundredths of any size, exact, as wide whole numbers."""
        operands = self.conditions.operands
        assert rule.units is not None
        amount = operands.value(rule.units.operand)
        largest_points = max((abs(row.points) for row in rule.rows), default=1) or 1
        # After a factor of at least a billionth, no unit beyond these could change what is given.
        most = LARGEST if rule.fading is None else LARGEST * ONE
        if rule.at_most is not None:
            most = min(most, rule.at_most)
        units_at_most = most + 1
        room = terms.number(float(units_at_most * rule.units.every), operands.dialect.double)
        is_wide = units_at_most * rule.units.every >= 2**62
        units = operands.dialect.floored(call("LEAST", amount.copy(), room), is_wide)
        if rule.units.every != 1:
            units = operands.dialect.divided(units, whole(rule.units.every), is_wide)
        counted = terms.when((exp.GT(this=amount, expression=whole(0)), units), otherwise=whole(0))
        column = operands.layers.add("points", f"units_{rule.name or rule.text}", counted)
        wide: SQL = column
        if units_at_most * largest_points >= 2**62:
            wide = terms.cast(column, operands.dialect.huge)
        largest = rule.at_most if rule.fading is None else most  # the factor's digits want room beside these
        size = terms.limited(exp.Mul(this=terms.bracketed(call("ABS", points.copy())), expression=wide), None, largest)
        negative = [row.points < 0 for row in rule.rows]
        if not any(negative):
            return size
        if all(negative):
            return exp.Neg(this=terms.bracketed(size))
        is_negative = exp.LT(this=points.copy(), expression=whole(0))
        return terms.when((is_negative, exp.Neg(this=terms.bracketed(size))), otherwise=size.copy())

    def _faded(self, fading: Fading, points: SQL, rule: Rule) -> SQL:
        """Points times billionths by age, rounded half away from zero, stopped at a million points."""
        operands = self.conditions.operands
        factor = operands.once("factor", fading, f"factor_{self._since(fading)}", lambda: self._factor(fading))
        column = operands.layers.add("points", f"unfaded_{rule.name or rule.text}", points)
        largest = max((abs(row.points) for row in rule.rows), default=0)
        bound = largest if rule.units is None else rule.at_most
        is_small = bound is not None and 2 * bound * ONE < 2**62
        size: SQL = terms.cast(call("ABS", column.copy()), "BIGINT" if is_small else operands.dialect.huge)
        product = exp.Mul(this=size, expression=factor)
        rounded = exp.Add(this=product, expression=whole(ONE // 2))
        stopped = call(
            "LEAST", operands.dialect.divided(exp.Paren(this=rounded), whole(ONE), not is_small), whole(LARGEST)
        )
        signed = terms.when(
            (exp.LT(this=column, expression=whole(0)), exp.Neg(this=terms.bracketed(stopped))), otherwise=stopped.copy()
        )
        return terms.cast(terms.when((terms.is_known(factor.copy()), signed), otherwise=whole(0)), "BIGINT")

    def _since(self, fading: Fading) -> str:
        return self.model.fields[fading.field].name

    def _factor(self, fading: Fading) -> SQL:
        """Billionths for a lead's age in days; null where the day is missing."""
        operands = self.conditions.operands
        kind = self.model.fields[fading.field].kind
        day = FieldValue(fading.field, kind)
        since = operands.day(day if kind == "date" else DayOf(day))
        days = operands.dialect.days_between(since, operands.today)
        table = factor_table(fading)
        last = len(table) - 1
        age = operands.once(
            "fading age", (fading.field, last), f"age_{self._since(fading)}",
            lambda: terms.when((terms.is_known(since.copy()), terms.limited(terms.bracketed(days), 0, last))),
        )  # fmt: skip
        if fading.kind == "to zero" and self._is_straight(fading, table):
            left = exp.Paren(this=exp.Sub(this=whole(fading.days), expression=age))
            doubled = exp.Mul(this=left, expression=whole(2 * ONE))
            rounded = exp.Paren(this=exp.Add(this=doubled, expression=whole(fading.days)))
            return operands.dialect.divided(rounded, whole(2 * fading.days))
        every = fading.days if fading.kind == "percent" else 1
        steps = table[::every] if all(table[i] == table[i - i % every] for i in range(len(table))) else table
        if steps is not table:
            age = operands.dialect.divided(age, whole(every))
        return operands.dialect.nth([int(one) for one in steps], age)

    def _is_straight(self, fading: Fading, table: tuple[int, ...]) -> bool:
        """Whether whole-number arithmetic gives the very factors of the table."""
        days = fading.days
        return table == tuple(((days - age) * 2 * ONE + days) // (2 * days) for age in range(len(table)))

    # ----------------------------------------------------------------- sums

    def _sums(self) -> None:
        model, layers, operands = self.model, self.conditions.operands.layers, self.conditions.operands
        groups: dict[int, SQL] = {}
        for position, group in enumerate(model.groups):
            points = self._limited(group.limits, self._members(group.score, position), "cut_groups", position)
            groups[position] = layers.add("totals", f"group_{group.title}", points, group.title)
        for position, score in enumerate(model.scores):
            inside = [column for place, column in groups.items() if model.groups[place].score == position]
            points = self._limited(score.limits, [*self._members(position, None), *inside], "cut_scores", position)
            operands.scores[position] = layers.add("totals", f"score_{score.name}", points, score.name)
        outside = [column for place, column in groups.items() if model.groups[place].score is None]
        outside = [*self._members(None, None), *outside]
        if all(score.weight == 10_000 for score in model.scores):
            parts = [*outside, *(operands.scores[one] for one in range(len(model.scores)))]
            total = self._limited(model.total, parts, "cut_scores", None)
        else:
            weights = [(self._summed(outside), 10_000), *((operands.scores[one].copy(), score.weight)
                     for one, score in enumerate(model.scores) if score.weight)]  # fmt: skip
            weighted = terms.added(
                [exp.Mul(this=terms.cast(part, "BIGINT"), expression=whole(weight)) for part, weight in weights]
            )
            column = layers.add("totals", "weighted_total", weighted)
            up = exp.Paren(this=exp.Add(this=call("ABS", column.copy()), expression=whole(5_000)))
            size = operands.dialect.divided(up, whole(10_000))
            negative = exp.LT(this=column, expression=whole(0))
            rounded = terms.when((negative, exp.Neg(this=exp.Paren(this=size))), otherwise=size.copy())
            total = self._within(model.total, rounded, "cut_scores", None)
        operands.scores[None] = layers.add("totals", "total_points", total)

    def _members(self, score: int | None, group: int | None) -> list[SQL]:
        return [
            column.copy()
            for position, column in self.columns.items()
            if self.model.rules[position].group == group
            and (group is not None or self.model.rules[position].score == score)
        ]

    def _limited(self, limits: Limits, parts: list[SQL], what: str, place: int | None) -> SQL:
        return self._within(limits, self._summed(parts), what, place)

    def _within(self, limits: Limits, points: SQL, what: str, place: int | None) -> SQL:
        """Points within limits; a flag tells of which leads `what` these cut."""
        if self.flags is not None and (limits.low is not None or limits.high is not None):
            points = self.conditions.operands.layers.add("totals", "before_limits", points)
            beyond: list[SQL] = []
            if limits.low is not None:
                beyond.append(exp.LT(this=points.copy(), expression=whole(limits.low)))
            if limits.high is not None:
                beyond.append(exp.GT(this=points.copy(), expression=whole(limits.high)))
            self.flags.add("totals", what, place, terms.either(beyond))
        return terms.limited(points, limits.low, limits.high)

    def _summed(self, parts: list[SQL]) -> SQL:
        """A sum of hundredths, in wide numbers where narrow ones could overflow."""
        if sum(self._largest.get(part.name, LARGEST) for part in parts) > INT32:
            parts = [terms.cast(part, "BIGINT") for part in parts]
        return terms.added(parts)

    @cached_property
    def _largest(self) -> Mapping[str, int]:
        """How large the points of a rule's column can be, by its name; those of other columns are not known."""
        return {
            column.name: max((abs(row.points) for row in self.model.rules[position].rows), default=0)
            for position, column in self.columns.items()
            if self.model.rules[position].units is None
        }


def _stop(points: SQL) -> SQL:
    return terms.cast(call("GREATEST", call("LEAST", points, whole(LARGEST)), whole(-LARGEST)), "BIGINT")
