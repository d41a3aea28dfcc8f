"""The plain workload: leads and rules made from a seed, the same for everybody.

A list of rules in the plainest form there is, a field, a test and points, so
that every contender can say exactly the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

NUMBERS = 14
INDUSTRIES = "Software Banking Retail Logistics Education Energy Media Farming Pharma Travel".split()
COUNTRIES = "Germany Czechia France Poland Spain Italy Norway Chile Kenya Japan India Peru".split()


@dataclass(frozen=True)
class Test:
    """`field op value`; `op` is `>=`, `<` or `is`."""

    field: str
    op: str
    value: int | float | str

    @property
    def source(self) -> str:
        value = f'"{self.value}"' if self.op == "is" else self.value
        return f"{self.field} {self.op} {value}"


@dataclass(frozen=True)
class Rule:
    """Tests joined by `and` or `or`, and points (negative ones are subtracted)."""

    tests: tuple[Test, ...]
    joined: str
    points: int

    @property
    def source(self) -> str:
        verb = "add" if self.points > 0 else "subtract"
        return f"when {f' {self.joined} '.join(test.source for test in self.tests)} {verb} {abs(self.points)}"


@dataclass(frozen=True)
class Workload:
    """`count` rules over 14 numbers and 2 texts, two stages; leads with nulls in some columns.

    Half of the rules have one test, a third join two by `and`, the others by `or`.
    """

    count: int
    seed: int = 7

    @cached_property
    def rules(self) -> list[Rule]:
        dice = np.random.default_rng(self.seed)
        found = []
        for _ in range(self.count):
            kind = dice.random()
            tests = tuple(_test(dice) for _ in range(1 if kind < 0.5 else 2))
            points = int(dice.integers(1, 10)) * (1 if dice.random() < 0.75 else -1)
            found.append(Rule(tests, "and" if kind < 0.85 else "or", points))
        return found

    @cached_property
    def text(self) -> str:
        """The ruleset in the language."""
        fields = [f"field n{one} : {'number' if one % 2 else 'integer'}" for one in range(NUMBERS)]
        fields += ["field industry : text", "field country : text"]
        rules = [rule.source for rule in self.rules]
        low, high = self.thresholds
        return "\n".join([*fields, *rules, "stage Lead", f"stage MQL at {low}", f"stage SQL at {high} after MQL", ""])

    @property
    def fields(self) -> list[str]:
        return [*(f"n{one}" for one in range(NUMBERS)), *self.texts]

    @property
    def texts(self) -> dict[str, list[str]]:
        """What rules ask of each field of text."""
        return {"industry": INDUSTRIES, "country": COUNTRIES}

    @property
    def thresholds(self) -> tuple[int, int]:
        reach = sum(rule.points for rule in self.rules if rule.points > 0)
        return reach // 4, reach // 3

    def leads(self, rows: int) -> pl.DataFrame:
        """Leads as a frame: integers, doubles with two decimals, texts in mixed case, nulls in some columns."""
        dice = np.random.default_rng(self.seed + 1)
        columns = []
        for one in range(NUMBERS):
            values = dice.integers(0, 101, rows) if one % 2 == 0 else np.round(dice.random(rows) * 100, 2)
            column = pl.Series(f"n{one}", values)
            columns.append(_with_nulls(column, dice) if one % 3 == 0 else column)
        for name, choices in self.texts.items():
            spellings = [form for choice in choices for form in (choice, choice.lower(), choice.upper())] + ["Other"]
            column = pl.Series(name, spellings, dtype=pl.String).gather(dice.integers(0, len(spellings), rows))
            columns.append(_with_nulls(column, dice))
        return pl.DataFrame(columns)


def _test(dice: np.random.Generator) -> Test:
    which = int(dice.integers(0, NUMBERS + 2))
    if which >= NUMBERS:
        name, values = ("industry", INDUSTRIES) if which == NUMBERS else ("country", COUNTRIES)
        return Test(name, "is", str(dice.choice(values)))
    value = round(float(dice.random() * 100), 1) if which % 2 else int(dice.integers(0, 100))
    return Test(f"n{which}", str(dice.choice([">=", "<"])), value)


def _with_nulls(column: pl.Series, dice: np.random.Generator) -> pl.Series:
    return column.set(pl.Series(dice.random(len(column)) < 0.08), None)
