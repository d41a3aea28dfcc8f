"""Conditions and numbers in every form of the language, as text.

`Scope` says which names may be used at a place of the ruleset; `Conditions`
writes conditions over it. Each form is a small method that takes what it needs
from the scope; the tables at the end say which forms a kind of operand has.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from generate.draw import Draw
from generate.fields import DAYS, DOMAINS, NUMBERS, Constant, Described, constant, literal, number, quoted

COMPARISONS = (">=", "=", "<", ">", "<=", "!=")
ORDERS = (">=", "<", ">", "<=")
UNITS = ("days", "weeks", "months", "years")
NAME = re.compile(r"[\w.]+|`[^`]+`")
PATTERNS = (
    "/^a/", "/c.o/i", "/\\d+/", "/\\bvp\\b/i", "/[[:alpha:]]+$/", "/^.{3}$/", "/straße|οδος/i", "/\\w\\s\\w/",
    "/^\\s*$/", "/\\/|\\./", "/(?i)É/",
    "/[^a-z]/", "/\\p{Lu}/", "/(?:a|b)+c?$/",
)  # fmt: skip


@dataclass(frozen=True)
class Scope:
    """What may be used: fields, names of numbers and of conditions, labels with their values, stages, lists."""

    fields: tuple[Described, ...]
    numbers: tuple[str, ...] = ()
    scores: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    holds: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    final: bool = False
    text_lists: tuple[str, ...] = ()
    domain_lists: tuple[str, ...] = ()
    number_lists: tuple[str, ...] = ()

    def of(self, *types: str) -> list[Described]:
        return [one for one in self.fields if one.type in types or one.kind in types]

    def plus(self, **more: tuple[object, ...]) -> Scope:
        """With more names of some sorts."""
        return replace(self, **{sort: getattr(self, sort) + names for sort, names in more.items()})


@dataclass
class Conditions:
    """Writes conditions; `windows` collects the spans of time that they mention."""

    draw: Draw
    windows: list[tuple[int, str]] = field(default_factory=list)

    # ------------------------------------------------------------ whole conditions

    def condition(self, scope: Scope, depth: int = 2, within: str = "") -> str:
        """A condition that may stand within an `or`, an `and`, a `not` or alone, without changing its parts."""
        draw = self.draw
        form = draw.weighted(((60, "test"), (12, "and"), (12, "or"), (7, "not"), (9, "of"))) if depth > 0 else "test"
        if form == "test":
            return self.test(scope)
        if form == "not":
            return f"not {self.condition(scope, depth - 1, 'not')}"
        if form == "of":
            parts = [self.condition(scope, depth - 1) for _ in range(draw.between(1, 4))]
            count = draw.between(1, len(parts))
            word = draw.pick((f"at least {count}", f"at most {count}", f"exactly {count}", "all", "any", "none"))
            return f"{word} of ({', '.join(parts)})"
        text = f" {form} ".join(self.condition(scope, depth - 1, form) for _ in range(draw.between(2, 3)))
        loose = within == "" or (within == "or" and form == "and")
        return text if loose and draw.chance(80) else f"({text})"

    def test(self, scope: Scope) -> str:
        """One test, without `and`, `or` and `not`."""
        forms = [(len(scope.of(kind)) * 4, form) for kind, form in self.by_kind.items() if scope.of(kind)]
        forms += [(3, self.named)] if scope.conditions else []
        forms += [(8, self.score)] if scope.scores else []
        forms += [(2, self.number)] if scope.numbers else []
        forms += [(5, self.label)] if scope.labels else []
        forms += [(4, self.stage)] if scope.holds or scope.final else []
        return self.draw.weighted(forms)(scope)

    # ------------------------------------------------------------ operands

    def operand(self, scope: Scope, depth: int = 1) -> str:
        """A number: a field, a name, a span of days, arithmetic."""
        draw = self.draw
        plain = [one.shown for one in scope.of("number")] + list(scope.numbers + scope.scores)
        days = scope.of("date", "datetime")
        forms = [(12, "plain")]
        forms += [(4, "age")] if days else []
        forms += [(4, "arithmetic"), (1, "negative")] if depth > 0 else []
        form = draw.weighted(forms)
        if form == "plain":
            return draw.pick(plain)
        if form == "age":
            return f"{draw.pick(('days since', 'months since', 'years since', 'days until'))} {draw.pick(days).shown}"
        if form == "negative":
            return f"-{self.atom(scope)}"
        left, right = self.atom(scope), draw.pick((self.atom(scope), number(draw.pick(NUMBERS))))
        text = f"{left} {draw.pick('/*-+')} {right}"
        return f"{text} {draw.pick('+-')} {self.atom(scope)}" if draw.chance(15) else text

    def atom(self, scope: Scope) -> str:
        text = self.operand(scope, 0 if self.draw.chance(80) else 1)
        return text if NAME.fullmatch(text) else f"({text})"

    def constant(self, one: Described) -> Constant:
        return constant(self.draw, one)

    def amount(self) -> str:
        """A span of time: `30 days`."""
        count, unit = self.draw.pick((30, 1, 7, 90, 2, 12, 0)), self.draw.pick(UNITS)
        self.windows.append((count, unit))
        return f"{count} {unit if count != 1 else unit[:-1]}"

    # ------------------------------------------------------------ numbers

    def number(self, scope: Scope) -> str:
        draw = self.draw
        fields = scope.of("number")
        if not fields or draw.chance(35):
            left, right = self.operand(scope), draw.pick((number(draw.pick(NUMBERS)), self.operand(scope)))
            left, right = (left, right) if draw.chance(80) else (right, left)
            return draw.weighted(
                (
                    (8, f"{left} {draw.pick(ORDERS)} {right}"),
                    (2, f"{left} {draw.pick(COMPARISONS)} {right}"),
                    (2, f"({self.ratio(scope)}) {self.known()}"),
                )
            )
        one = draw.pick(fields)
        name, bound = one.shown, literal(self.constant(one))
        form = draw.weighted(
            ((8, "order"), (4, "compare"), (3, "is"), (4, "between"), (3, "in"), (3, "known"), (2, "list"))
        )
        if form == "order":
            return f"{name} {draw.pick(ORDERS)} {bound}"
        if form == "compare":
            return (
                f"{name} {draw.pick(COMPARISONS)} {bound}"
                if draw.chance(80)
                else f"{bound} {draw.pick(COMPARISONS)} {name}"
            )
        if form == "is":
            return f"{name} {self.is_()} {bound}"
        if form == "between":
            low, high = sorted((self.constant(one), self.constant(one)))
            return f"{name} {self.may('is', 'not')}between {literal(low)} and {literal(high)}"
        if form == "known":
            return f"{name} {self.known()}"
        if form == "list" and scope.number_lists:
            return f"{name} {self.may('is', 'not')}in {draw.pick(scope.number_lists)}"
        values = {literal(self.constant(one)): None for _ in range(draw.between(1, 3))}
        return f"{name} {self.may('is', 'not')}in ({', '.join(values)})"

    def ratio(self, scope: Scope) -> str:
        """A number that may be missing."""
        draw, fields = self.draw, scope.of("number")
        return f"{draw.pick(fields).shown} {draw.pick('/-')} {draw.pick(fields).shown}"

    def score(self, scope: Scope) -> str:
        draw = self.draw
        name = draw.pick(scope.scores)
        bound = draw.pick(("0", "10", "33.33", "0.5", "50", "-5", "100"))
        return draw.weighted(
            (
                (8, f"{name} {draw.pick(COMPARISONS)} {bound}"),
                (2, f"{name} {self.may('is', 'not')}between {bound} and 100"),
                (2, f"{name} {self.is_()} {bound}"),
                (2, f"{name} {draw.pick(ORDERS)} {draw.pick(scope.scores)}"),
                (1, f"{name} in (0, {bound})"),
                (3, f"{self.linear(scope)} {draw.pick(COMPARISONS)} {bound}"),
                (1, f"({bound} <= {name})"),
            )
        )

    def linear(self, scope: Scope) -> str:
        """Scores by literals, which is exact."""
        draw, scores = self.draw, scope.scores
        factors = ("0.1", "2", "0.333", "-1", "100", "0.0000001", "3", "1" + "0" * 24, "0." + "0" * 24 + "1")
        first = f"{draw.pick(scores)} * {draw.pick(factors)}"
        second = draw.pick((draw.pick(scores), f"{draw.pick(factors[:3])} * {draw.pick(scores)}", "0.01"))
        return f"{first} {draw.pick('+-')} {second}"

    # ------------------------------------------------------------ texts

    def text(self, scope: Scope) -> str:
        draw = self.draw
        one = draw.pick(scope.of("text"))
        name = one.shown
        others = [other.shown for other in scope.of("text") if other is not one]
        forms = [
            (4, "compare"),
            (3, "is"),
            (2, "exactly"),
            (3, "in"),
            (8, "test"),
            (2, "case"),
            (2, "known"),
            (2, "matches"),
        ]
        forms += [(2, "other")] if others else []
        forms += [(12, "email")] if one.type == "email" else []
        form = draw.weighted(forms)
        if form == "compare":
            return f"{name} {draw.pick(('=', '!='))} {self.spelled(one)}"
        if form == "other":
            return f"{name} {draw.pick(('=', '!='))} {draw.pick(others)}"
        if form == "is":
            return f"{name} {self.is_()} {self.spelled(one)}"
        if form == "exactly":
            return f"{name} {self.is_()} exactly {self.spelled(one, case=False)}"
        if form == "in":
            return f"{name} {self.may('is', 'not')}in {self.values(scope, one)}"
        if form == "case":
            return f"{name} {self.is_()} {draw.pick(('lowercase', 'uppercase', 'numeric'))}"
        if form == "known":
            return f"{name} {self.known()}"
        if form == "matches":
            return f"{name} {draw.pick(('matches', 'does not match'))} {draw.pick(PATTERNS)}"
        if form == "email":
            return self.email(scope, name)
        test = draw.pick(("contain", "mention", "start", "end"))
        tail = " with" if test in ("start", "end") else ""
        verb = f"{test}s{tail}" if draw.chance(70) else f"does not {test}{tail}"
        return f"{name} {verb} {self.argument(scope, one)}"

    def email(self, scope: Scope, name: str) -> str:
        draw = self.draw
        if draw.chance(50):
            return f"{name} {self.is_()} {draw.pick(('valid', 'personal', 'disposable', 'role', 'business'))}"
        domains = [quoted(domain) for domain in draw.some(DOMAINS, 1, 3)]
        choices = [domains[0], f"any ({', '.join(domains)})"] + [f"any {one}" for one in scope.domain_lists]
        return f"{name} {self.may('is', 'not')}at {draw.pick(choices)}"

    def spelled(self, one: Described, case: bool = True) -> str:
        """A constant of a text field, perhaps in another case."""
        value = str(self.constant(one))
        return quoted(self.draw.pick((value, value.replace("ß", "ẞ").upper(), value.lower())) if case else value)

    def argument(self, scope: Scope, one: Described) -> str:
        if self.draw.chance(50):
            return self.spelled(one)
        values = self.values(scope, one)
        return f"any {values}"

    def values(self, scope: Scope, one: Described) -> str:
        if scope.text_lists and one.type != "one of" and self.draw.chance(40):
            return self.draw.pick(scope.text_lists)
        return "(" + ", ".join({self.spelled(one): None for _ in range(self.draw.between(1, 3))}) + ")"

    def texts(self, scope: Scope) -> str:
        one = self.draw.pick(scope.of("list of text"))
        if self.draw.chance(25):
            return f"{one.shown} {self.known()}"
        return f"{one.shown} {self.draw.pick(('includes', 'does not include'))} {self.argument(scope, one)}"

    # ------------------------------------------------------------ days, booleans, names

    def day(self, scope: Scope) -> str:
        draw = self.draw
        days = scope.of("date", "datetime")
        one = draw.pick(days)
        name, bound = one.shown, literal(self.constant(one))
        others = [other.shown for other in days if other is not one] or [bound]
        form = draw.weighted(
            ((8, "window"), (4, "test"), (4, "compare"), (3, "between"), (2, "known"), (1, "in"), (2, "is"))
        )
        if form == "window":
            return f"{name} {self.may('is', 'not')}{draw.pick(('in last', 'in next', 'older than'))} {self.amount()}"
        if form == "test":
            other = draw.pick((bound, draw.pick(DAYS).isoformat(), draw.pick(others)))
            return f"{name} {draw.pick(('', 'is ', 'is not '))}{draw.pick(('before', 'after', 'on'))} {other}"
        if form == "compare":
            return f"{name} {draw.pick(COMPARISONS)} {draw.pick((bound, draw.pick(others)))}"
        if form == "between":
            low, high = sorted((self.constant(one), self.constant(one)))
            return f"{name} {self.may('is', 'not')}between {literal(low)} and {literal(high)}"
        if form == "known":
            return f"{name} {self.known()}"
        if form == "is":
            return f"{name} {self.is_()} {bound}"
        return f"{name} {self.may('is', 'not')}in ({bound}, {literal(self.constant(one))})"

    def boolean(self, scope: Scope) -> str:
        draw = self.draw
        name = draw.pick(scope.of("boolean")).shown
        choices = (
            (6, name),
            (2, f"{name} {self.is_()} {draw.pick(('true', 'false'))}"),
            (1, f"{name} {draw.pick(('=', '!='))} true"),
        )
        return draw.weighted((*choices, (2, f"{name} {self.known()}")))

    def named(self, scope: Scope) -> str:
        return self.draw.pick(scope.conditions)

    def label(self, scope: Scope) -> str:
        draw = self.draw
        name, values = draw.pick(scope.labels)
        value, other = (quoted(draw.pick((*values, ""))) for _ in range(2))
        return draw.weighted(
            (
                (6, f"{name} {self.is_()} {value}"),
                (2, f"{name} {draw.pick(('=', '!='))} {value}"),
                (2, f"{name} {self.may('not')}in ({value}, {other})"),
                (2, f"{name} {self.known()}"),
                (1, f"{name} contains {quoted(draw.pick((*values, 'A')))}"),
            )
        )

    def stage(self, scope: Scope) -> str:
        draw = self.draw
        forms = [f"holds {stage}" for stage in scope.holds]
        if scope.final:
            names = [stage if stage.startswith('"') else f'"{stage}"' for stage in scope.stages]
            forms += [f"stage {self.is_()} {name}" for name in names]
            forms += ["disqualified", "not disqualified", f"stage {self.is_()} missing"]
            forms += [f"stage {self.may('not')}in ({', '.join(names)})"] if names else []
        return draw.pick(forms)

    # ------------------------------------------------------------ words

    def is_(self) -> str:
        return "is not" if self.draw.chance(35) else "is"

    def known(self) -> str:
        return f"{self.is_()} {self.draw.pick(('known', 'missing'))}"

    def may(self, *words: str) -> str:
        """Each word there or not, with a blank after it."""
        return "".join(f"{word} " for word in words if self.draw.chance(30))

    def points(self) -> str:
        """Points above zero, at most two places."""
        return number(
            self.draw.pick(
                tuple(
                    map(Decimal, ("10", "1", "5", "36", "2.5", "0.01", "0.05", "33.33", "7.77", "100", "0.5", "1000"))
                )
            )
        )

    @property
    def by_kind(self) -> dict[str, Callable[[Scope], str]]:
        return {
            "number": self.number,
            "text": self.text,
            "boolean": self.boolean,
            "list of text": self.texts,
            "date": self.day,
            "datetime": self.day,
        }
