"""Whole rulesets: declarations, points and verdicts in every form, in the order in which they may use each other."""

from __future__ import annotations

from dataclasses import dataclass, field

from generate.conditions import Conditions, Scope
from generate.draw import Draw
from generate.fields import (
    CHOICES,
    DAYS,
    DOMAINS,
    MISSING,
    TEXTS,
    WHOLES,
    Described,
    constant,
    fields,
    literal,
    number,
    quoted,
    shown,
)

SCORES = ("fit", "engagement", "Buying intent", "Größe")
STAGES = ("Lead", "MQL", '"Sales ready"', "SQL", '"B \\"2\\" B"')
LABELS = ("grade", "heat", "tier", "region", "Sales team", "Ωmega")
LETS = ("rate", "big", "Fresh lead", "share", "warm", "x1")
FRAMEWORKS = ("BANT", "CHAMP")
CRITERIA = ("budget", "authority", "need", "timeline")
# Short ones: a table of factors by day is worked out for each.
PERIODS = ((30, "days"), (1, "days"), (7, "days"), (2, "weeks"), (3, "months"), (1, "years"))
VALUES = ("A", "B", "hot", "=1+1", "Straße", "a; b | c", 'say "x"', " padded ")


# What the files hold that generated rulesets name.
FILES = {
    "heads.txt": "# titles\nhead of\n\n  Director \nΟΔΟΣ\nstraße\n",
    "territories.csv": 'country,territory\nUS,North\nde,"A, B"\n"Straße",South\nοδος,A\ncto,A\nWeb,North\nDirector,\n',
}


@dataclass(frozen=True)
class Generated:
    """A ruleset's statements, and what the generator of leads needs to know of it."""

    statements: tuple[str, ...]
    fields: tuple[Described, ...]
    windows: tuple[tuple[int, str], ...]
    missing: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(self.statements) + "\n"

    def without(self, statement: int) -> Generated:
        """With one statement fewer."""
        left = self.statements[:statement] + self.statements[statement + 1 :]
        return Generated(left, self.fields, self.windows, self.missing)


@dataclass
class Statements:
    """Writes the statements of one ruleset."""

    draw: Draw
    size: int
    conditions: Conditions = field(init=False)
    lines: list[str] = field(default_factory=list)
    missing: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.conditions = Conditions(self.draw)

    def ruleset(self) -> Generated:
        draw, write = self.draw, self.lines.append
        if draw.chance(30):
            write(f"ruleset {quoted(draw.pick(TEXTS))}" + draw.maybe(50, lambda: ' version "2026.4"'))
        if draw.chance(25):
            self.missing = tuple(draw.some([one for one in MISSING if one not in CHOICES], 1, 2))
            write("missing values " + ", ".join(map(quoted, self.missing)))
        declared = fields(draw, 4 + self.size // 3)
        self.lines += [one.declaration for one in declared]
        scope = self.lists(Scope(tuple(one for one in declared if not one.key)))
        names = list(LETS)
        scope = self.lets(scope, names, 2)
        early = self.labels(scope, list(LABELS[:1]), 30)
        scope = self.frameworks(scope.plus(labels=early) if draw.chance(50) else scope)
        scope = scope if scope.labels else scope.plus(labels=early)
        scope = self.lets(scope, names, 1)
        if draw.chance(30):
            write(self.verdict("exclude", scope))
        scope = self.points(scope)
        for _ in range(draw.between(0, 2)):
            write(self.verdict("disqualify", scope))
        scope = self.lets(scope, names, 1)
        scope = self.stages(scope)
        self.labels(scope, list(LABELS[4:]), 60)
        if draw.chance(10):
            write(self.example(declared))
        statements = self.lines
        if draw.chance(15):
            statements = self.moved(statements)
        return Generated(tuple(statements), tuple(declared), tuple(self.conditions.windows), self.missing)

    def moved(self, lines: list[str]) -> list[str]:
        """With the fields and lists after what uses them: order matters to lets, stages and labels alone."""
        late = [line for line in lines if line.startswith(("field", "list", "missing"))]
        return [line for line in lines if line not in late] + late

    # ------------------------------------------------------------ declarations

    def lists(self, scope: Scope) -> Scope:
        draw = self.draw
        if draw.chance(40):
            self.lines.append("list chiefs = " + ", ".join(map(quoted, draw.some(TEXTS, 1, 4))))
            scope = scope.plus(text_lists=("chiefs",))
        if draw.chance(15):
            self.lines.append('list heads from "heads.txt"')
            scope = scope.plus(text_lists=("heads",))
        if draw.chance(25):
            self.lines.append("list rivals = " + ", ".join(map(quoted, draw.some(DOMAINS, 1, 3))))
            scope = scope.plus(text_lists=("rivals",), domain_lists=("rivals",))
        if draw.chance(20):
            self.lines.append("list sizes = " + ", ".join(map(number, draw.some(WHOLES, 1, 4))))
            scope = scope.plus(number_lists=("sizes",))
        if draw.chance(15):
            name = draw.pick(("personal_domains", "disposable_domains"))
            self.lines.append(
                f"list {name} {draw.pick(('add', 'remove'))} " + ", ".join(map(quoted, draw.some(DOMAINS, 1, 2)))
            )
        if draw.chance(8):
            self.lines.append(f'list role_names {draw.pick(("add", "remove"))} "info", "anna"')
        return scope

    def lets(self, scope: Scope, names: list[str], most: int) -> Scope:
        draw = self.draw
        for _ in range(draw.between(0, most)):
            name = shown(names.pop(0))
            if draw.chance(50):
                self.lines.append(f"let {name} = {self.conditions.operand(scope)}")
                scope = scope.plus(numbers=(name,))
            else:
                self.lines.append(f"let {name} = {self.conditions.condition(scope)}")
                scope = scope.plus(conditions=(name,))
        return scope

    def frameworks(self, scope: Scope) -> Scope:
        draw, conditions, numbers = self.draw, [], []
        for framework in FRAMEWORKS[: draw.pick((0, 1, 0, 1, 2))]:
            criteria = draw.some(CRITERIA, 1, 4)
            lines = []
            for criterion in criteria:
                asks = draw.maybe(60, lambda: f"asks {quoted(draw.pick(TEXTS) + '?')} ")
                lines.append(f"  {criterion} {asks}when {self.conditions.condition(scope)}")
                conditions.append(f"{framework}.{criterion}")
            numbers += [f"{framework}.met", f"{framework}.open"]
            self.lines.append(f"framework {framework} {{\n" + "\n".join(lines) + "\n}")
        return scope.plus(conditions=tuple(conditions), numbers=tuple(numbers))

    # ------------------------------------------------------------ points

    def points(self, scope: Scope) -> Scope:
        """Rules in and outside scores and groups, then the total's limits."""
        draw, left, rule, scores = self.draw, draw_rules(self.draw, self.size), 0, list(SCORES)
        names: list[str] = []
        while left > 0:
            count = min(left, draw.between(1, 4))
            left -= count
            body = [self.rule(scope, rule + one) for one in range(count)]
            rule += count
            where = draw.weighted(((5, "outside"), (5, "score"), (3, "group")))
            if where == "group" or (where == "score" and draw.chance(30)):
                body = [f"group {quoted(f'Group {rule}')}{self.limits()} {{\n" + "\n".join(body) + "\n}"]
            if where == "score" and scores:
                name = shown(scores.pop(0))
                weight = draw.maybe(40, lambda: f" weight {draw.pick(('50', '0', '33.33', '150', '12.5'))}%")
                body = [f"score {name}{self.limits()}{weight} {{\n" + "\n".join(body) + "\n}"]
                names.append(name)
            self.lines += body
        if draw.chance(50):
            self.lines.append(f"total{self.limits() or ' from 0 to 100'}")
        return scope.plus(scores=("score", *names))

    def limits(self) -> str:
        return self.draw.pick(
            ("", "", " from 0 to 40", " at most 20", " at least -3.5", " from -10 to 33.34", " at least 0")
        )

    def rule(self, scope: Scope, place: int) -> str:
        draw = self.draw
        form = draw.weighted(((8, self.when), (3, self.per), (4, self.points_by), (3, self.points_first)))
        text, limited = form(scope)
        tails = []
        if limited and draw.chance(50):
            tails.append(f"at most {self.conditions.points()}")
        days = scope.of("date", "datetime")
        if days and draw.chance(25):
            tails.append(f"{self.fading()} since {draw.pick(days).shown}")
        if draw.chance(20):
            tails.append(f"because {quoted(draw.pick((*TEXTS, 'Large ' + str(place))))}")
        first, last = sorted(draw.some(DAYS, 2, 2))
        if draw.chance(10):
            tails.append(f"from {first}")
        if draw.chance(10):
            tails.append(f"until {last}")
        name = draw.maybe(20, lambda: f"rule {shown(draw.pick(('r', 'Rule no.', 'größe_')) + str(place))}: ")
        return " ".join([name + text, *draw.some(tails, len(tails), len(tails))])

    def fading(self) -> str:
        draw = self.draw
        count, unit = draw.pick(PERIODS)
        span = f"{count} {unit}"
        self.conditions.windows += [(count, unit), (2 * count, unit)]
        percent = draw.pick(("25", "50", "12.5", "99", "33.33"))
        return draw.pick(
            (f"fading to zero over {span}", f"fading by half every {span}", f"fading {percent}% every {span}")
        )

    def when(self, scope: Scope) -> tuple[str, bool]:
        draw = self.draw
        unless = draw.maybe(20, lambda: f" unless {self.conditions.condition(scope, 1)}")
        verb = draw.pick(("add", "subtract"))
        text = f"when {self.conditions.condition(scope)}{unless} {verb} {self.conditions.points()}"
        return (text + self.units(scope), True) if draw.chance(20) else (text, False)

    def per(self, scope: Scope) -> tuple[str, bool]:
        return f"{self.draw.pick(('add', 'subtract'))} {self.conditions.points()}{self.units(scope)}", True

    def units(self, scope: Scope) -> str:
        draw = self.draw
        if draw.chance(40):
            return f" per {draw.pick(('10', '3', '1000', '7'))} {self.conditions.atom(scope)}"
        return f" per {self.conditions.operand(scope)}"

    def points_by(self, scope: Scope) -> tuple[str, bool]:
        draw = self.draw
        choices = [one for one in scope.fields if one.kind in ("number", "text", "boolean")]
        if not choices or draw.chance(15):
            return self._table(
                self.conditions.operand(scope), [self._numbers(None) for _ in range(draw.between(1, 4))]
            ), False
        one = draw.pick(choices)
        if one.type == "boolean":
            rows = draw.some(("true", "false"), 1, 2)
        elif one.kind == "number":
            rows = [self._numbers(one) for _ in range(draw.between(1, 4))]
        else:
            rows = list({self.conditions.spelled(one): None for _ in range(draw.between(1, 3))})
            if scope.text_lists and one.type != "one of":
                rows += draw.some(scope.text_lists, 0, 1)
            rows = [f"{rows[0]}, {rows[1]}", *rows[2:]] if len(rows) > 1 and draw.chance(30) else rows
        return self._table(one.shown, rows), False

    def _numbers(self, one: Described | None) -> str:
        draw = self.draw
        values = [constant(draw, one) if one else draw.pick(WHOLES) for _ in range(2)]
        low, high = (literal(value) for value in sorted(values))
        return draw.pick((f"{low} to {high}", low, f"over {low}", f"under {high}", f"{low} or more", f"{high} or less"))

    def _table(self, operand: str, rows: list[str]) -> str:
        draw = self.draw
        rows = [f"{row}: {self.row_points()}" for row in rows]
        rows += [f"{last}: {self.row_points()}" for last in ("missing", "otherwise") if draw.chance(35)]
        return f"points by {operand} {{ {', '.join(rows)} }}"

    def points_first(self, scope: Scope) -> tuple[str, bool]:
        draw = self.draw
        title = draw.maybe(50, lambda: f"{quoted(draw.pick(TEXTS))} ")
        rows = [f"{self.conditions.condition(scope, 1)}: {self.row_points()}" for _ in range(draw.between(1, 4))]
        rows += [f"otherwise: {self.row_points()}"] if draw.chance(40) else []
        return f"points first {title}{{ {', '.join(rows)}{draw.maybe(10, lambda: ',')} }}", False

    def row_points(self) -> str:
        return self.draw.maybe(25, lambda: "-") + self.conditions.points() if self.draw.chance(85) else "0"

    # ------------------------------------------------------------ verdicts

    def verdict(self, word: str, scope: Scope) -> str:
        draw = self.draw
        unless = draw.maybe(25, lambda: f" unless {self.conditions.condition(scope, 1)}")
        because = draw.maybe(40, lambda: f" because {quoted(draw.pick(TEXTS))}")
        return f"{word} if {self.conditions.condition(scope)}{unless}{because}"

    def stages(self, scope: Scope) -> Scope:
        """Stages with labels between them, and the scope of the labels below the last stage."""
        names = self.draw.some(STAGES, 0, len(STAGES))
        labels = list(LABELS[1:4])
        for place, name in enumerate(names):
            self.lines.append(self.stage(name, names[:place], scope))
            scope = scope.plus(holds=(name,))
            scope = scope.plus(labels=self.labels(scope, labels, 25))
        final = {"stages": tuple(names)} if names else {}
        scope = scope.plus(**final)
        return Scope(**{**vars(scope), "final": bool(names)})

    def stage(self, name: str, above: list[str], scope: Scope) -> str:
        draw, condition = self.draw, self.conditions.condition
        text = f"stage {name}"
        if draw.chance(60):
            bounds = ("10", "0", "33.33", "60", "-5", "2.5")
            if draw.chance(20):
                rows = [f"{draw.pick(bounds)} when {condition(scope, 1)}" for _ in range(draw.between(1, 2))]
                rows += [f"otherwise {draw.pick(bounds)}"] if draw.chance(60) else []
                text += f" at {{ {', '.join(rows)} }}"
            else:
                text += f" at {draw.pick(bounds)}"
            named = scope.scores[1:]
            text += f" on {draw.pick(named)}" if named and draw.chance(25) else ""
        if above and draw.chance(40):
            text += " after " + " or ".join(draw.some(above, 1, 2))
        text += draw.maybe(30, lambda: f" if {condition(scope, 1)}")
        text += draw.maybe(15, lambda: f" unless {condition(scope, 1)}")
        return text + draw.maybe(20, lambda: f" always if {condition(scope, 1)}")

    def labels(self, scope: Scope, names: list[str], percent: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Perhaps one or two labels, each with texts that it can give; their names leave `names`."""
        draw = self.draw
        endless = {one.shown for one in scope.of("text") if one.type != "one of"}
        found: list[tuple[str, tuple[str, ...]]] = []
        while names and draw.chance(percent):
            name = shown(names.pop(0))
            texts = [one.shown for one in scope.of("text")]
            parts = [label for label, _ in scope.labels] + texts
            if len(parts) > 1 and draw.chance(25):
                joined = [draw.pick((draw.pick(parts), quoted(draw.pick(VALUES)))) for _ in range(draw.between(1, 3))]
                joined.append(draw.pick(parts))
                self.lines.append(f"label {name} = {' & '.join(joined)}")
                found.append((name, VALUES[:2] if endless & set(joined) else ()))
            elif texts and draw.chance(12):
                otherwise = draw.maybe(50, lambda: f" otherwise {quoted(draw.pick(VALUES))}")
                self.lines.append(f'label {name} by {draw.pick(texts)} from "territories.csv"{otherwise}')
                found.append((name, ("North", "A")))
            else:
                values = draw.some(VALUES, 1, 3)
                shows = [draw.pick(texts) if texts and draw.chance(15) else quoted(value) for value in values]
                rows = [f"{value} when {self.conditions.condition(scope, 1)}" for value in shows]
                rows += [f"otherwise {quoted(draw.pick(VALUES))}"] if draw.chance(50) else []
                self.lines.append(f"label {name} {{ {', '.join(rows)} }}")
                found.append((name, tuple(value for value in values if quoted(value) in shows)))
            scope = scope.plus(labels=(found[-1],))
        return tuple(found)

    def example(self, declared: list[Described]) -> str:
        """An example that is only read and printed, not run."""
        draw = self.draw
        given = " ".join(
            f"{one.shown} = {literal(draw.pick(one.constants))}"
            for one in declared
            if one.constants and not one.between
        )
        return (
            f"example {quoted(draw.pick(TEXTS))} as of {draw.pick(DAYS)} {{ {given} expect score >= 10, not excluded }}"
        )


def draw_rules(draw: Draw, size: int) -> int:
    """How many rules: from a few to `size`."""
    return draw.between(min(2, size), size)
