"""A column becomes a field's value, as `leadrules.meaning.values` reads a cell: missing, default, bad.

A typed column is the plain case: its value is the field's, held against the missing spellings
that it could have, and against `between`. A text column is read by the same patterns as a file's cells.
A column of a type that the field can never be read from is refused, with both named.

Questionable decision: a bad value does not stop the query and is no zero. Its lead comes out with nothing but
`reject_reason`, which names the field and what is wrong; the value stands in the lead's own column.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as data_field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from leadrules.databases.sql import terms
from leadrules.databases.sql.dialects.dialect import Dialect
from leadrules.databases.sql.layers import Layers
from leadrules.databases.sql.refusals import CannotSay
from leadrules.databases.sql.terms import SQL, call, text, whole
from leadrules.databases.sql.written_days import day_in_text
from leadrules.databases.table import ColumnKind, TableColumn
from leadrules.meaning.values import LARGEST_INTEGER, cell_text
from leadrules.ruleset import Field, FieldType

FIRST_DAY, LAST_DAY = date(1, 1, 1), date(9999, 12, 31)

_SPACES = "\x20\xa0\u2009\u202f"
_TRUE, _FALSE = ("1", "on", "true", "yes"), ("0", "false", "no", "off")
_SHORT = ("float", "real", "float4")
"""Types that may be of four bytes, to which a large whole number that they are compared with could be rounded."""
_READABLE: Mapping[FieldType, tuple[ColumnKind, ...]] = {
    **dict.fromkeys(("text", "email", "one of"), ("text", "small integer", "integer", "boolean", "decimal", "date")),
    **dict.fromkeys(("integer", "number"), ("small integer", "integer", "decimal", "double", "text")),
    "boolean": ("boolean", "text", "small integer", "integer"),
    "date": ("date", "datetime", "zoned", "text"),
    "datetime": ("datetime", "zoned", "date", "text"),
    "list of text": ("texts", "text"),
}  # fmt: skip
_NEVER_TEXTS = ("integer", "number", "boolean", "date", "datetime")
"""Types whose values are ASCII: any other text is a bad value."""
_WANTED: Mapping[FieldType, str] = {
    "text": "a text", "email": "a text", "one of": "one of its texts", "integer": "a whole number",
    "number": "a finite number", "boolean": "true or false", "date": "a date", "datetime": "a date and time",
    "list of text": "a list of texts",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """A field's value, null where it is missing or bad, and the condition for a bad one with its reason."""

    value: SQL
    bad: SQL | None = None
    reason: str = ""
    beyond: SQL | None = None
    """Whether the database could fail at computing with the value, which rejects a lead whatever the field says."""
    unstable: SQL | None = None
    """Whether the text could be one that the database cannot bring into its normal form; it rejects a lead likewise."""
    own: SQL | None = None
    """What the cell itself gives, where a default is filled in after it."""
    excused: SQL | None = None
    """Whether a bad value counts as missing."""


@dataclass(frozen=True)
class Reader:
    """Reads columns for fields, in layers of their own."""

    dialect: Dialect
    layers: Layers
    bounds: Mapping[int, float]
    """For fields that are computed with where that could fail: how far from 1 their size may be, as a factor."""
    is_counted: bool = False
    """Whether leads without a value of their own are counted."""
    folded: dict[str, SQL] = data_field(default_factory=dict)
    """The folded cells of text fields that had to be folded to be read, by the field's name."""

    def read(self, position: int, field: Field, column: TableColumn | None) -> Reading:
        """The value of a field; a field without a column is its default, or missing. Raises CannotSay."""
        if column is None:
            own = Reading(terms.cast(terms.null(), self._type(field)))
        else:
            if column.kind not in _READABLE[field.type]:
                raise CannotSay(
                    f"the column `{column.name}` is of type {column.type}, "
                    f"from which the field `{field.name}`, {_article(field.type)}, cannot be read",
                    f"cast it in a view: CAST({column.name} AS {self.dialect.types[_natural(field)]})",
                )
            raw: SQL = terms.column(column.name, quoted=True)
            if column.type.lower() in _SHORT:
                raw = terms.cast(raw, self.dialect.double)
            own = self._own(position, field, raw, column.kind)
        value = own.value
        unstable = None if field.bad_as_missing and field.type in _NEVER_TEXTS else own.unstable
        cell: SQL | None = None
        if field.default is not None:
            if self.is_counted:
                value = self._named("cell", field, value)
                cell = value.copy()
            value = terms.coalesce(value, self.constant(field, field.default))
        read = self._named("value", field, value)
        if field.key and field.default is None:
            missing = terms.is_null(read.copy())
            if own.bad is not None and not field.bad_as_missing:
                bad = terms.either([terms.definitely(own.bad), missing])
                reason = f"`{field.name}` is missing or {own.reason.partition(' is ')[2]}"
                return Reading(read, bad, reason, unstable=unstable)
            return Reading(read, missing, f"`{field.name}`: the key is missing", unstable=unstable)
        if field.bad_as_missing:
            return Reading(read, None, own.reason, own.beyond, unstable, cell, own.bad)
        return Reading(read, own.bad, own.reason, own.beyond, unstable, cell)

    def constant(self, field: Field, value: object) -> SQL:
        """A default, or an end of `between`, as the field's values are."""
        if isinstance(value, bool):
            return terms.truth(value)
        if isinstance(value, datetime):
            return terms.moment(value)
        if isinstance(value, date):
            return terms.moment(datetime.combine(value, time())) if field.type == "datetime" else terms.day(value)
        if isinstance(value, tuple):
            return self.dialect.list_of(value)
        return text(value) if isinstance(value, str) else terms.number(value, self.dialect.double)  # type: ignore[arg-type]

    def _own(self, position: int, field: Field, raw: SQL, kind: ColumnKind) -> Reading:
        if kind == "text":
            return self._from_text(position, field, raw)
        if field.kind == "text":
            return self._as_text(field, raw, kind)
        if field.type == "list of text":
            items = self._named("items", field, self.dialect.items(raw))
            return replace(self._items(field, items), unstable=self.dialect.unstable_items(items.copy()))
        spelled = [self._spelled(kind, spelling) for spelling in field.missing]
        missing: list[SQL] = [exp.EQ(this=raw.copy(), expression=one) for one in spelled if one is not None]
        if field.kind == "number":
            return self._number(position, field, raw, kind, missing)
        if field.kind == "boolean":
            if kind == "boolean":
                return Reading(_unless(missing, raw))
            return self._truth(field, raw, [whole(1)], [whole(0)], missing)
        day = self.dialect.in_utc(raw) if kind == "zoned" else raw
        if kind == "zoned":
            day = self._named("utc", field, day)
        low, high = terms.day(FIRST_DAY), terms.day(LAST_DAY)
        if kind != "date":
            low, high = terms.moment(datetime.min), terms.moment(datetime.max)
        outside = exp.Not(this=terms.between(day.copy(), low, high))
        value = day.copy()
        if field.type == "date" and kind != "date":
            value = terms.cast(value, "DATE")
        elif field.type == "datetime" and kind == "date":
            value = terms.cast(value, "TIMESTAMP")
        return self._held(field, _unless([*missing, outside], value), outside, missing)

    # ------------------------------------------------------------- typed columns

    def _number(self, position: int, field: Field, raw: SQL, kind: ColumnKind, missing: list[SQL]) -> Reading:
        odd: list[SQL] = []
        value = (
            self.dialect.double_of_decimal(raw.copy())
            if kind == "decimal"
            else terms.cast(raw.copy(), self.dialect.double)
        )
        if kind == "double" or (kind == "decimal" and self.dialect.decimals_may_be_nan):
            missing = [self.dialect.is_nan(raw.copy(), kind), *missing]
        largest = whole(LARGEST_INTEGER)
        if field.type == "integer":
            if kind in ("decimal", "double"):
                odd.append(self.dialect.has_fraction(raw.copy(), kind))
            if kind != "small integer":
                odd.append(exp.Not(this=terms.between(raw.copy(), exp.Neg(this=largest.copy()), largest)))
        elif kind == "double":
            odd.append(terms.negated(self.dialect.is_finite(raw.copy())))
        if kind == "decimal" and self.dialect.decimals_may_be_nan:
            value = self._named("double", field, value)
            odd.append(terms.both([terms.is_known(raw.copy()), terms.is_null(value.copy())]))
        bad = terms.either(odd) if odd else None
        return self._held(field, _unless([*missing, *odd], value), bad, missing, position)

    def _held(
        self, field: Field, value: SQL, bad: SQL | None, missing: list[SQL], position: int | None = None
    ) -> Reading:
        """A value held against `between`, and against what the database can compute with."""
        reasons = [_WANTED[field.type]] if bad is not None else []
        odd = [bad] if bad is not None else []
        beyond: SQL | None = None
        if field.low is not None or field.high is not None:
            value = self._named("read", field, value)
            low, high = self.constant(field, field.low), self.constant(field, field.high)
            inside = terms.between(value.copy(), low, high)
            odd.append(exp.Not(this=inside))
            reasons.append(f"between {cell_text(field, field.low)} and {cell_text(field, field.high)}")
            value = terms.when((inside.copy(), value.copy()))
        if position is not None and position in self.bounds:
            value = self._named("read", field, value)
            beyond = self._beyond(value, self.bounds[position])
            value = terms.when((terms.definitely(beyond.copy()), terms.null()), otherwise=value.copy())
        if not odd:
            return Reading(value, beyond=beyond)
        wrong: SQL = terms.either(odd)
        if missing:
            wrong = terms.both([*(terms.negated(one.copy()) for one in missing), wrong])
        return Reading(value, wrong, f"`{field.name}` is not {' or not '.join(reasons)}", beyond)

    def _beyond(self, value: SQL, factor: float) -> SQL:
        low, high = (
            terms.cast(text(f"{1 / factor:.0e}"), self.dialect.double),
            terms.cast(text(f"{factor:.0e}"), self.dialect.double),
        )
        size = terms.between(call("ABS", value.copy()), low, high)
        return terms.both([exp.NEQ(this=value.copy(), expression=whole(0)), exp.Not(this=size)])

    def _truth(self, field: Field, raw: SQL, true: list[SQL], false: list[SQL], missing: list[SQL]) -> Reading:
        value = terms.when(
            *((one.copy(), terms.null()) for one in missing),
            (terms.among(raw.copy(), true), terms.truth(True)),
            (terms.among(raw.copy(), false), terms.truth(False)),
        )
        bad = exp.Not(this=exp.In(this=raw.copy(), expressions=[one.copy() for one in (*true, *false)]))
        wrong: SQL = terms.both([*(terms.negated(one.copy()) for one in missing), bad]) if missing else bad
        return Reading(value, wrong, f"`{field.name}` is not true or false")

    def _spelled(self, kind: ColumnKind, spelling: str) -> SQL | None:
        """A missing spelling as a value of a typed column; None where no value is written so."""
        if kind == "boolean":
            return terms.truth(spelling == "true") if spelling in ("true", "false") else None
        try:
            if kind in ("date", "datetime", "zoned"):
                moment = datetime.fromisoformat(spelling.upper())
                if cell_text(Field("x", "text"), moment if "t" in spelling else moment.date()).lower() != spelling:
                    return None
                return terms.day(moment.date()) if kind == "date" else terms.moment(moment)
            number = Decimal(spelling)
        except (ValueError, InvalidOperation):
            return None
        shown: object = float(number) if kind == "double" else number
        if cell_text(Field("x", "text"), shown) != spelling or not math.isfinite(number):
            return None
        if "integer" in kind and (number != int(number) or abs(number) >= 2**63):
            return None
        return terms.number(float(number) if kind == "double" else number, self.dialect.double)

    def _as_text(self, field: Field, raw: SQL, kind: ColumnKind) -> Reading:
        """A text field from a typed column: what csv would hold for it."""
        if kind == "boolean":
            said = terms.when((raw, text("true")), (terms.negated(raw.copy()), text("false")))
        else:
            spell = {"decimal": self.dialect.decimal_as_text, "date": self.dialect.day_as_text}.get(kind)
            said = spell(raw) if spell else terms.cast(raw, self.dialect.text_type)
        return self._text(field, self._named("text", field, said))

    # -------------------------------------------------------------- text columns

    def _from_text(self, position: int, field: Field, raw: SQL) -> Reading:
        said = self._named("text", field, self.dialect.trimmed(raw))
        return replace(self._of_text(position, field, said), unstable=self.dialect.unstable(said.copy()))

    def _of_text(self, position: int, field: Field, said: SQL) -> Reading:
        if field.kind == "text":
            return self._text(field, said)
        missing = [self._is_missing(field, said)]
        if field.type == "list of text":
            known = terms.when((terms.negated(missing[0]), said))
            return self._items(field, self._named("items", field, self.dialect.split(known, field.split)))
        if field.kind == "number":
            return self._number_in_text(position, field, said, missing)
        if field.kind == "boolean":
            lower = self._named("lower", field, call("LOWER", said))
            return self._truth(field, lower, [text(one) for one in _TRUE], [text(one) for one in _FALSE], missing)
        day, bad = day_in_text(field, said, self.dialect, self._named)
        odd = terms.either([terms.definitely(bad)])
        return self._held(field, _unless([*missing, odd], day), odd.copy(), missing)

    def _text(self, field: Field, said: SQL) -> Reading:
        if field.type != "one of":
            if field.missing == {""}:
                return Reading(call("NULLIF", said, text("")))
            return Reading(terms.when((terms.negated(self._is_missing(field, said)), said.copy())))
        folded = self._folded(field, said)
        by_choice: dict[str, list[str]] = {}
        for spelling, choice in field.choices.items():
            if spelling not in field.missing:
                by_choice.setdefault(choice, []).append(spelling)
        value = terms.when(
            *((terms.among_texts(folded.copy(), spellings), text(choice)) for choice, spellings in by_choice.items())
        )
        bad = exp.Not(
            this=exp.In(this=folded, expressions=[text(one) for one in sorted({*field.missing, *field.choices})])
        )
        return Reading(value, bad, f"`{field.name}` is not one of its texts")

    def _is_missing(self, field: Field, said: SQL) -> SQL:
        if field.missing == {""}:
            return exp.EQ(this=said.copy(), expression=text(""))
        return terms.among_texts(self._folded(field, said), field.missing)

    def _folded(self, field: Field, said: SQL) -> SQL:
        if field.name not in self.folded:
            self.folded[field.name] = self._named("folded", field, self.dialect.folded(said.copy()))
        return self.folded[field.name].copy()

    def _items(self, field: Field, items: SQL) -> Reading:
        return Reading(terms.when((self.dialect.has_items(items), items.copy())))

    def _number_in_text(self, position: int, field: Field, said: SQL, missing: list[SQL]) -> Reading:
        dialect = self.dialect
        spaces = dialect.characters(tuple((ord(one), ord(one)) for one in _SPACES))
        groups = "|".join(f"(?:{by}[0-9]{{3}})+" for by in (",", *(_one(dialect, space) for space in _SPACES)))
        thousands = rf"^[+-]?[1-9][0-9]{{0,2}}(?:{groups})(?:\.[0-9]*)?$"
        joined = dialect.replaced(said.copy(), f"[,{spaces[1:-1]}]", "")
        plain = self._named(
            "digits", field, terms.when((dialect.found(said.copy(), thousands), joined), otherwise=said.copy())
        )
        shape = r"^[+-]?[0-9]+(?:\.0*)?$" if field.type == "integer" else (
            r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
        )  # fmt: skip
        is_number = dialect.found(plain.copy(), shape)
        value = self._named("number", field, terms.when((is_number, dialect.double_of_text(plain.copy()))))
        nan = terms.among_texts(call("LOWER", said.copy()), ("nan", "+nan", "-nan"))
        largest = whole(LARGEST_INTEGER)
        beyond: SQL = (
            exp.Not(this=terms.between(value.copy(), exp.Neg(this=largest.copy()), largest))
            if field.type == "integer"
            else terms.negated(dialect.is_finite(value.copy()))
        )
        odd = terms.either([terms.negated(is_number.copy()), beyond])
        return self._held(field, _unless([*missing, nan, odd], value.copy()), odd.copy(), [*missing, nan], position)

    # -------------------------------------------------------------------- names

    def _named(self, what: str, field: Field, value: SQL) -> SQL:
        return self.layers.add("read", f"{what}_{field.name}", value)

    def _type(self, field: Field) -> str:
        return self.dialect.types[_natural(field)] if field.kind != "number" else self.dialect.double


def _unless(odd: list[SQL], value: SQL) -> SQL:
    """The value where none of these holds for sure."""
    if not odd:
        return value
    if len(odd) == 1 and isinstance(odd[0], exp.Not) and isinstance(odd[0].this, exp.Between):
        return terms.when((odd[0].this.copy(), value))
    return terms.when((terms.either([one.copy() for one in odd]), terms.null()), otherwise=value)


def _one(dialect: Dialect, char: str) -> str:
    return " " if char == " " else dialect.escape(ord(char))


def _natural(field: Field) -> ColumnKind:
    kinds: Mapping[str, ColumnKind] = {
        "integer": "integer", "number": "double", "boolean": "boolean", "date": "date", "datetime": "datetime",
        "list of text": "texts",
    }  # fmt: skip
    return kinds.get(field.type, "text")


def _article(type: FieldType) -> str:
    return f"an {type}" if type[0] in "aeio" and type != "one of" else f"a {type}"


Named = Callable[[str, Field, SQL], SQL]
