"""Everything that a ruleset can tell of a lead, as axes of cells: one axis for each field, one for each free number.

An axis holds a lead in exactly one of its cells, and every test of a field is
true, false or unknown throughout a cell. Sets of cells are whole numbers, bit k
for cell k, so that the tables of `and`, `or` and `not` are the machine's own.

Questionable decision: a number worked out from several fields, or a comparison
of two, is an axis that nothing ties to its fields, save that it is missing where
one of them is. What never holds even so, never holds; what can hold so is only
believed of a lead that the reference has seen.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from leadrules.analysis.ordered import Cell, Scale, numbers, scale_of, steps
from leadrules.analysis.texts import Answers, item_cells, text_cells
from leadrules.inside import fields_of, tests_of
from leadrules.meaning.emails import Directory
from leadrules.meaning.exact import exact, linear
from leadrules.meaning.fading import contribution, factor, factor_table
from leadrules.record import record
from leadrules.reference import Evaluation
from leadrules.ruleset import (
    Age,
    Arithmetic,
    Compare,
    Condition,
    Constant,
    DayOf,
    Field,
    FieldValue,
    FrameworkCount,
    Holds,
    InWindow,
    IsDisqualified,
    Known,
    LabelValue,
    Model,
    Negative,
    Operand,
    Rule,
    SameText,
    ScoreValue,
    StageIs,
)

Subject = Operand | Condition


@record
class Own:
    """A subject as one model means it, where another model means something else by the same words."""

    which: int
    subject: Subject


Home = int | Subject | Own
"""What an axis is found by: a field's position, or what is worked out."""


@record
class Test:
    """A test on an axis: the cells where it is true and where it is false; `choice` is its own, in a loose axis."""

    axis: int
    true: int
    false: int
    choice: int | None = None


@dataclass(slots=True)
class Axis:
    """One thing that a lead has one of: `fields` are those it is worked out from; `subject` is None for a field itself.

    `missing` are the cells in which nothing is known. A `loose` axis has one more
    cell, the last, in which each test of `choices` is free to be true or false
    (save for what is ruled out); `choices` are places in `tests`, each with the number of its model.
    `which` is the first model that means by the subject what the axis holds.
    """

    fields: tuple[int, ...]
    subject: Subject | None
    cells: list[Cell]
    missing: int = 0
    loose: bool = False
    choices: list[int] = field(default_factory=list)
    tests: list[tuple[int, Condition]] = field(default_factory=list)
    scale: Scale | None = None
    which: int = 0

    @property
    def size(self) -> int:
        return len(self.cells)

    @property
    def all(self) -> int:
        return (1 << len(self.cells)) - 1

    @property
    def free(self) -> bool:
        return self.subject is not None


class Space:
    """The axes of the conditions and rules of some models over the same fields, on an as-of date.

    There is one model, or two that are compared. `place` finds a test; tests of
    scores, stages, labels and counts have no place here.
    """

    def __init__(
        self,
        models: Sequence[Model],
        as_of: date,
        conditions: Sequence[Iterable[Condition]],
        rules: Sequence[Rule] = (),
    ):
        self.models = models
        self.as_of = as_of
        self.directories = [Directory(model.domains) for model in models]
        self.axes: list[Axis] = []
        self._axis_of: dict[Home, int] = {}
        self._tests: dict[tuple[int, Condition], Test] = {}
        by_subject: dict[Home, dict[tuple[int, Condition], None]] = {}
        for which, own in enumerate(conditions):
            for condition in own:
                for atom in tests_of(condition):
                    subject = self._subject(atom, which)
                    if subject is not None:
                        by_subject.setdefault(subject, {})[self._asked(which, atom), atom] = None
        for which, model in enumerate(models):
            for rule in model.rules if rules else ():
                if rule.units is not None:
                    by_subject.setdefault(self._home(rule.units.operand, which), {})
        for rule in rules:
            if rule.fading is not None:
                by_subject.setdefault(rule.fading.field, {})
        for subject in list(by_subject):
            if not isinstance(subject, int):
                for one in sorted(fields_of(subject.subject if isinstance(subject, Own) else subject)):
                    by_subject.setdefault(one, {})
        for subject, found in by_subject.items():
            if isinstance(subject, int):
                self._add_field(subject, list(found), rules)
            elif not isinstance(subject, FrameworkCount):
                self._add_free(subject if isinstance(subject, Own) else Own(0, subject), list(found), rules)

    # ------------------------------------------------------------ what is where

    def placed(self) -> Iterable[tuple[tuple[int, Condition], Test]]:
        """All tests, each with its model's number, and where it stands."""
        return self._tests.items()

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.models[0].fields

    def place(self, atom: Condition, which: int = 0) -> Test | None:
        """Where a test of a model stands; None where it is not of fields alone."""
        return self._tests.get((self._asked(which, atom), atom))

    def _asked(self, which: int, atom: Condition) -> int:
        """The first model to which a test means the same: one with the same mail domains and defaults."""
        same = self.models[0].domains == self.models[which].domains and self._shared(atom, which)
        return 0 if same else which

    def _shared(self, subject: Subject, which: int) -> bool:
        """Whether a model means by it what the first does: it is of fields alone, and those have the same defaults."""
        first, other = self.models[0], self.models[which]
        return which == 0 or (
            of_fields_alone(subject)
            and all(first.fields[at].default == other.fields[at].default for at in fields_of(subject))
        )

    def axis_of(self, operand: Operand, which: int = 0) -> int | None:
        """The axis on which an operand's value is told, as a model means it."""
        return self._axis_of.get(self._home(operand, which))

    def field_axis(self, position: int) -> int | None:
        return self._axis_of.get(position)

    def seen(self, position: int, value: Any, which: int = 0) -> Any:
        """The value that a model's conditions see: the default for a missing one."""
        return self.models[which].fields[position].default if value is None else value

    def evaluation(self, values: Mapping[int, Any], which: int = 0) -> Evaluation:
        """The reference on a lead with these values as they are in the lead (None: missing)."""
        model = self.models[which]
        lead: list[Any] = [one.default if values.get(at) is None else values[at] for at, one in enumerate(model.fields)]
        return Evaluation(model, lead, self.as_of, self.directories[which])

    # ----------------------------------------------------------------- building

    def _subject(self, atom: Condition, which: int) -> Home | None:
        """What a test is about: a field's position, a number or itself (free); None for scores and verdicts."""
        match atom:
            case Holds() | StageIs() | IsDisqualified():
                return None
            case Compare(_, left, right):
                if linear(left) is not None or linear(right) is not None:
                    # Exact where it is of scores and numbers alone; with a field it may be unknown as well.
                    return None if exact(Arithmetic("-", left, right)) is not None else self._owned(atom, which)
                if isinstance(left, Constant) == isinstance(right, Constant):
                    return self._owned(atom, which)
                operand = right if isinstance(left, Constant) else left
                return None if isinstance(operand, FrameworkCount) else self._home(operand, which)
            case SameText():
                return self._owned(atom, which)
            case Known(LabelValue()) | Known(FrameworkCount()):
                return None
        looked_at: Operand = atom.operand  # type: ignore[union-attr]
        return None if isinstance(looked_at, LabelValue) else self._home(looked_at, which)

    def _home(self, operand: Operand, which: int = 0) -> Home:
        """The field whose values alone tell this operand's, or the operand itself."""
        found = monotone(operand)
        if found is not None:
            return found[0]
        return operand if isinstance(operand, FrameworkCount) else self._owned(operand, which)

    def _owned(self, subject: Subject, which: int) -> Home:
        return subject if self._shared(subject, which) else Own(which, subject)

    def _add_field(self, position: int, atoms: list[tuple[int, Condition]], rules: Sequence[Rule]) -> None:
        declared = self.fields[position]
        missing = [] if declared.key else [Cell((None,))]
        axis = Axis((position,), None, missing, missing=len(missing))
        self._axis_of[position] = len(self.axes)
        self.axes.append(axis)
        if declared.type == "boolean":
            axis.cells += [Cell((True,)), Cell((False,))]
        elif declared.choices:
            axis.cells += _alike(
                [Cell((one,)) for one in dict.fromkeys(declared.choices.values())],
                lambda value: tuple(self.evaluation({position: value}, which).truth(atom) for which, atom in atoms),
            )
        elif declared.kind in ("text", "texts"):
            self._add_texts(axis, atoms)
            return
        else:
            axis.scale = scale_of(declared, self.as_of)
            axis.cells += axis.scale.cells(self._boundaries(axis.scale, position, [one for _, one in atoms], rules))
        self._settle(axis, position, atoms)

    def _settle(self, axis: Axis, position: int, atoms: list[tuple[int, Condition]]) -> None:
        """Where each test is true and false, cell by cell, by the reference."""
        at = self._axis_of[position]
        leads = [
            [self.evaluation({position: cell.values[0]}, which) for cell in axis.cells]
            for which in range(len(self.models))
        ]
        for which, atom in atoms:
            true = false = 0
            for bit, lead in enumerate(leads[which]):
                truth = lead.truth(atom)
                if truth is True:
                    true |= 1 << bit
                elif truth is False:
                    false |= 1 << bit
            self._tests[which, atom] = Test(at, true, false)

    def _add_texts(self, axis: Axis, atoms: list[tuple[int, Condition]]) -> None:
        (position,) = axis.fields
        at = self._axis_of[position]
        tests = [one for one in atoms if not isinstance(one[1], Known)]
        bare = [atom for _, atom in tests]
        is_list = self.fields[position].kind == "texts"
        found = item_cells(bare) if is_list else text_cells(bare, [self.directories[which] for which, _ in tests])
        before = len(axis.cells)
        axis.cells += found.cells
        axis.tests = tests
        if found.choices:
            axis.loose = True
            axis.cells.append(Cell(()))
            axis.choices = list(found.choices)
        missing_leads = [self.evaluation({position: None}, which) for which in range(len(self.models))]
        loose = 1 << (axis.size - 1) if axis.loose else 0
        for column, (which, test) in enumerate(tests):
            true = sum(1 << (before + row) for row, answers in enumerate(found.answers) if answers[column])
            false = axis.all & ~true & ~axis.missing & ~loose
            if axis.missing:
                truth = missing_leads[which].truth(test)
                true |= int(truth is True)
                false |= int(truth is False)
            choice = axis.choices.index(column) if column in axis.choices else None
            if choice is None:
                false |= loose
            self._tests[which, test] = Test(at, true, false, choice)
        for which, test in atoms:
            if isinstance(test, Known):
                if self.seen(position, None, which) is not None:
                    self._tests[which, test] = Test(at, axis.all, 0)
                else:
                    false = 0 if test.in_criterion else axis.missing
                    self._tests[which, test] = Test(at, axis.all & ~axis.missing, false)

    def _add_free(self, own: Own, atoms: list[tuple[int, Condition]], rules: Sequence[Rule]) -> None:
        """An axis that nothing ties to its fields, save missing values."""
        subject = own.subject
        at = self._axis_of[own if own.which else subject] = len(self.axes)
        axis = Axis(tuple(sorted(fields_of(subject))), subject, [Cell((None,))], missing=1, which=own.which)
        self.axes.append(axis)
        if not isinstance(subject, Operand) or subject.kind == "boolean":
            axis.cells += [Cell((False,)), Cell((True,))]
            for one in atoms:
                self._tests[one] = Test(at, 0b100, 0b010)
            return
        axis.scale = numbers()
        constants = [
            float(side.value)  # type: ignore[arg-type]
            for _, atom in atoms
            if isinstance(atom, Compare)
            for side in (atom.left, atom.right)
            if isinstance(side, Constant)
        ]
        bounds = [axis.scale.place(one) for one in constants]
        bounds += [one + 1 for one in bounds]
        for rule in _sharing(rules, subject):
            bounds += steps(axis.scale, _amount_by_units(rule))
        axis.cells += axis.scale.cells(bounds)
        for which, atom in atoms:
            self._tests[which, atom] = self._free_test(at, axis, atom)

    def _free_test(self, at: int, axis: Axis, atom: Condition) -> Test:
        if isinstance(atom, Known):
            return Test(at, axis.all & ~1, 0 if atom.in_criterion else 1)
        assert isinstance(atom, Compare)
        turned = isinstance(atom.left, Constant)
        constant = float((atom.left if turned else atom.right).value)  # type: ignore[union-attr,arg-type]
        true = 0
        for bit, cell in enumerate(axis.cells[1:], 1):
            value = cell.values[0]
            if _OPS[atom.op](*((constant, value) if turned else (value, constant))):
                true |= 1 << bit
        return Test(at, true, axis.all & ~true & ~1)

    def _boundaries(
        self, scale: Scale, position: int, atoms: Sequence[Condition], rules: Sequence[Rule]
    ) -> Iterator[int]:
        subjects: dict[Operand, int] = {}
        for atom in atoms:
            for operand, test in _thresholds(atom):
                sign = monotone(operand)
                assert sign is not None
                if operand not in subjects:
                    subjects[operand] = sign[1]
                    yield from self._undefined(scale, position, operand)
                value = self._valued(position, operand)
                for reached in test:
                    one = scale.reach(_turned(reached, value, sign[1]))
                    if one is not None:
                        yield one
            if isinstance(atom, InWindow):
                yield from self._window(scale, position, atom)
        shared = [rule for rule in rules if self._is_counted(rule, position)]
        for rule in shared:
            assert rule.units is not None
            value = self._valued(position, rule.units.operand)
            amount = _amount_by_units(rule)
            yield from steps(scale, lambda one, value=value, amount=amount: amount(value(one)))  # type: ignore[misc]
        for rule in rules:
            if rule.fading is not None and rule.fading.field == position:
                yield from self._fading_steps(scale, rule)

    def _is_counted(self, rule: Rule, position: int) -> bool:
        return rule.units is not None and self._home(rule.units.operand) == position

    def _valued(self, position: int, operand: Operand) -> Any:
        if isinstance(operand, FieldValue):
            return lambda value: value
        return lambda value: self.evaluation({position: value}).value(operand)

    def _undefined(self, scale: Scale, position: int, operand: Operand) -> Iterator[int]:
        """Where a number worked out from the field begins and ceases to be finite."""
        if not isinstance(operand, (Arithmetic, Negative)):
            return
        value = self._valued(position, operand)
        for low, high in ((scale.first, scale.plain), (scale.plain, scale.last)):
            part = Scale(scale.place, scale.value, low, high, low)
            if (value(scale.value(low)) is None) != (value(scale.value(high)) is None):
                known = value(scale.value(high)) is not None
                found = part.reach(lambda one, known=known: (value(one) is not None) is known)  # type: ignore[misc]
                if found is not None:
                    yield found

    def _window(self, scale: Scale, position: int, atom: InWindow) -> Iterator[int]:
        from leadrules.meaning.days import bounds

        first, last = bounds(atom.low, atom.high, self.as_of)
        value = self._valued(position, atom.operand)
        for edge in (first, None if last is None else last + 1):
            if edge is not None:
                one = scale.reach(lambda day, edge=edge: value(day).toordinal() >= edge)  # type: ignore[misc]
                if one is not None:
                    yield one

    def _fading_steps(self, scale: Scale, rule: Rule) -> list[int]:
        assert rule.fading is not None
        largest = max((abs(row.points) for row in rule.rows), default=0)
        if rule.units is not None:
            largest = rule.at_most or max(largest, 100_000)
        fading = rule.fading
        as_of = self.as_of.toordinal()

        def amount(day: Any) -> int:
            return contribution(largest, 1, None, factor(fading, as_of - day.toordinal()))

        begin = scale.reach(lambda day: as_of - day.toordinal() <= len(factor_table(fading)))
        return steps(scale, amount) + ([] if begin is None else [begin])


# ------------------------------------------------------------------- operands


def of_fields_alone(subject: Subject) -> bool:
    """Whether a number or a test looks at nothing that the ruleset decides: no score, count, label or stage."""
    match subject:
        case FieldValue() | Constant():
            return True
        case Arithmetic(_, left, right) | Compare(_, left, right) | SameText(left, right):
            return of_fields_alone(left) and of_fields_alone(right)
        case Negative(inner) | Age(_, _, inner) | DayOf(inner):
            return of_fields_alone(inner)
        case ScoreValue() | FrameworkCount() | LabelValue() | Holds() | StageIs() | IsDisqualified():
            return False
    return of_fields_alone(subject.operand)  # type: ignore[union-attr]


def monotone(operand: Operand) -> tuple[int, int] | None:
    """The one field of an operand that rises (1) or falls (-1) with it; None for any other operand."""
    match operand:
        case FieldValue(position):
            return position, 1
        case DayOf(inner):
            return monotone(inner)
        case Age(_, until, inner):
            return _times(monotone(inner), 1 if until else -1)
        case Negative(inner):
            return _times(monotone(inner), -1)
        case Arithmetic("+", inner, Constant()) | Arithmetic("+", Constant(), inner):
            return monotone(inner)
        case Arithmetic("-", inner, Constant()):
            return monotone(inner)
        case Arithmetic("-", Constant(), inner):
            return _times(monotone(inner), -1)
        case Arithmetic("*" | "/", inner, Constant(value=value)) | Arithmetic("*", Constant(value=value), inner):
            number = float(value)  # type: ignore[arg-type]
            return _times(monotone(inner), (number > 0) - (number < 0)) if number else None
    return None


def _times(found: tuple[int, int] | None, sign: int) -> tuple[int, int] | None:
    return None if found is None else (found[0], found[1] * sign)


def _thresholds(atom: Condition) -> Iterator[tuple[Operand, list[Any]]]:
    """What a comparison asks of its operand: tests that, once reached, stay so as it rises."""
    if isinstance(atom, Compare):
        operand, constant = (atom.right, atom.left) if isinstance(atom.left, Constant) else (atom.left, atom.right)
        assert isinstance(constant, Constant)
        value: Any = constant.value
        if constant.kind == "number":
            value = float(value)
        yield operand, [lambda one: one >= value, lambda one: one > value]


def _turned(reached: Any, value: Any, sign: int) -> Any:
    """A test that is reached as the operand rises, as one that is reached as the field does."""

    def test(one: Any) -> bool:
        found = value(one)
        if found is None:
            # Beyond what is finite: on the side towards which the field goes.
            return bool(one > 0)
        return bool(reached(found)) if sign > 0 else not reached(found)

    return test


def _amount_by_units(rule: Rule) -> Any:
    """How many hundredths a rule's units come to for an operand's value (by its largest row)."""
    assert rule.units is not None
    every, at_most = rule.units.every, rule.at_most
    largest = max((abs(row.points) for row in rule.rows), default=0)

    def amount(value: Any) -> int:
        if value is None or value < 0 or not largest:
            return 0
        return contribution(largest, int(value // every), at_most)

    return amount


def _sharing(rules: Sequence[Rule], subject: Subject) -> list[Rule]:
    return [rule for rule in rules if rule.units is not None and rule.units.operand == subject]


def _alike(cells: list[Cell], answers: Any) -> list[Cell]:
    """Cells that answer alike, as one."""
    found: dict[Answers, list[Any]] = {}
    for cell in cells:
        found.setdefault(answers(cell.values[0]), []).extend(cell.values)
    return [Cell(tuple(values)) for values in found.values()]


_OPS: Mapping[str, Any] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

__all__ = ["Axis", "Space", "Test", "monotone"]
