"""Cells: every spelling that a field reads, every one that it refuses, and the words for it."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadrules.meaning.formats import Format, compile_format
from leadrules.meaning.values import Bad, cell_text, read_cell, reader
from leadrules.ruleset import Field, FieldType

TYPES: tuple[FieldType, ...] = (
    "text",
    "email",
    "integer",
    "number",
    "boolean",
    "date",
    "datetime",
    "one of",
    "list of text",
)


def read(type: FieldType, raw: object, **options: Any) -> object:
    return read_cell(Field("x", type, **options), raw)


def same(found: object, expected: object) -> bool:
    return type(found) is type(expected) and found == expected


# ---------------------------------------------------------------------- missing


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        " \t\u00a0",
        "\ufeff",
        float("nan"),
        np.float64("nan"),
        np.datetime64("NaT"),
        pd.NaT,
        pd.NA,
        Decimal("NaN"),
    ],
)
def test_missing_in_every_type(type: FieldType, raw: object) -> None:
    assert read(type, raw) is None


def test_missing_spellings_ignore_case_and_blanks_around() -> None:
    missing = frozenset({"", "n/a", "-", "ohne straße", "-1"})
    for raw in (" N/A ", "-", "OHNE STRAßE", -1, -1.0, Decimal("-1.00")):
        assert read("text", raw, missing=missing) is None
    assert read("integer", "-1", missing=missing) is None
    assert read("integer", -1, missing=missing) is None
    assert read("text", "N/A", missing=frozenset({""})) == "N/A"


def test_a_missing_value_takes_the_default() -> None:
    assert read("integer", "", default=7) == 7
    assert read("number", float("nan"), default=0.5) == 0.5
    assert read("list of text", [], default=("a",)) == ("a",)
    assert read("boolean", None, default=False) is False


def test_a_bad_value_is_bad_or_missing_as_the_field_says() -> None:
    assert read("integer", "many") == Bad("`many` is not a whole number")
    assert read("integer", "many", bad_as_missing=True) is None
    assert read("integer", "many", bad_as_missing=True, default=7) == 7
    excusing = reader(Field("x", "integer", bad_as_missing=True))
    assert excusing.strictly("many") == Bad("`many` is not a whole number")


def test_a_missing_key_is_bad() -> None:
    assert read("text", " ", key=True) == Bad("the key is missing")
    assert read("integer", "many", key=True, bad_as_missing=True) == Bad("the key is missing")
    assert read("text", "a", key=True) == "a"


# ------------------------------------------------------------------------ types


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("5", 5),
        ("-5", -5),
        ("+5", 5),
        ("007", 7),
        ("-0", 0),
        ("3.0", 3),
        ("3.", 3),
        ("1,200", 1200),
        ("1,200,300.00", 1200300),
        ("1 200", 1200),
        ("1\u00a0200\u00a0300", 1200300),
        ("1\u2009200", 1200),
        ("1\u202f200", 1200),
        ("9,007,199,254,740,991", 2**53 - 1),
        ("-9007199254740991", -(2**53 - 1)),
        (3, 3),
        (3.0, 3),
        (Decimal("3.00"), 3),
        (np.int64(3), 3),
        (np.uint8(3), 3),
        (np.float32(3), 3),
        ("nan", None),
        ("-NaN", None),
    ],
)
def test_integers(raw: object, expected: int | None) -> None:
    assert same(read("integer", raw), expected)


@pytest.mark.parametrize(
    "raw",
    [
        "3.5",
        "3,5",
        "12,00",
        "1,2000",
        "1,200 300",
        "1200,300",
        "1'200",
        "1e3",
        "٣",
        "5 %",
        "",
        "- 5",
        "--5",
        "5-20",
        "May-20",
        "one",
        3.5,
    ]
    + [True, "9007199254740992", "-9007199254740992", 2**53, "1" * 5000, 10**400, 1e16, "inf", float("inf"), b"5"]
    + [date(2026, 1, 1), [5], {"a": 5}, timedelta(1)],
)
def test_what_is_no_integer(raw: object) -> None:
    found = read("integer", raw, missing=frozenset())
    assert isinstance(found, Bad)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2.5", 2.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("-1,200.5", -1200.5),
        ("1 200.5", 1200.5),
        ("1.200", 1.2),
        ("1e3", 1000.0),
        ("2.5E-1", 0.25),
        ("0.1", 0.1),
        ("123456789012345678901234567890", 1.2345678901234568e29),
        (5, 5.0),
        (2.5, 2.5),
        (Decimal("2.5"), 2.5),
        (np.float32(0.5), 0.5),
        (np.longdouble(2), 2.0),
        ("NaN", None),
        ("-nan", None),  # as C and awk write it
        ("-0", 0.0),
    ],
)
def test_numbers(raw: object, expected: float | None) -> None:
    assert same(read("number", raw), expected)


@pytest.mark.parametrize(
    "raw",
    [
        "1,20",
        "1.200,50",
        "5%",
        "$5",
        "1e",
        "0x10",
        "1_000",
        "1e999",
        "Infinity",
        "-inf",
        float("-inf"),
        Decimal("Infinity"),
        10**400,
    ]
    + [True, np.bool_(False), date(2026, 1, 1), [1.5], {}],
)
def test_what_is_no_number(raw: object) -> None:
    assert isinstance(read("number", raw), Bad)


@pytest.mark.parametrize("raw", ["true", "YES", "On", "1", 1, 1.0, True, np.bool_(True), Decimal(1)])
def test_true(raw: object) -> None:
    assert read("boolean", raw) is True
    assert read("boolean", {"t": "false", "Y": "no", "O": "off"}.get(str(raw)[0], "0")) is False


@pytest.mark.parametrize("raw", ["2", "y", "ja", 2, 0.5, "truee"])
def test_what_is_neither_true_nor_false(raw: object) -> None:
    assert isinstance(read("boolean", raw), Bad)


@pytest.mark.parametrize(
    ("raw", "day", "moment"),
    [
        ("2026-11-22", date(2026, 11, 22), datetime(2026, 11, 22)),
        ("2026-11-22T09:30", date(2026, 11, 22), datetime(2026, 11, 22, 9, 30)),
        ("2026-11-22 09:30:15", date(2026, 11, 22), datetime(2026, 11, 22, 9, 30, 15)),
        ("2026-11-22T09:30:15.25Z", date(2026, 11, 22), datetime(2026, 11, 22, 9, 30, 15, 250_000)),
        ("2026-11-22T09:30:15.123456789", date(2026, 11, 22), datetime(2026, 11, 22, 9, 30, 15, 123_456)),
        ("2026-11-22T23:30-05:00", date(2026, 11, 23), datetime(2026, 11, 23, 4, 30)),
        ("2026-11-22T01:30+0530", date(2026, 11, 21), datetime(2026, 11, 21, 20, 0)),
        ("2026-11-22 01:30 +02", date(2026, 11, 21), datetime(2026, 11, 21, 23, 30)),
        ("2026-11-22 01:30 UTC", date(2026, 11, 22), datetime(2026, 11, 22, 1, 30)),
        ("0001-01-01", date(1, 1, 1), datetime(1, 1, 1)),
        (date(2026, 11, 22), date(2026, 11, 22), datetime(2026, 11, 22)),
        (datetime(2026, 11, 22, 9, 30), date(2026, 11, 22), datetime(2026, 11, 22, 9, 30)),
        (
            datetime(2026, 11, 22, 23, 30, tzinfo=timezone(timedelta(hours=-5))),
            date(2026, 11, 23),
            datetime(2026, 11, 23, 4, 30),
        ),
        (datetime(2026, 11, 22, 9, 30, tzinfo=UTC), date(2026, 11, 22), datetime(2026, 11, 22, 9, 30)),
        (pd.Timestamp("2026-11-22T23:30-05:00"), date(2026, 11, 23), datetime(2026, 11, 23, 4, 30)),
        (np.datetime64("2026-11-22T09:30"), date(2026, 11, 22), datetime(2026, 11, 22, 9, 30)),
        (np.datetime64("2026-11-22T09:30:00.000000001"), date(2026, 11, 22), datetime(2026, 11, 22, 9, 30)),
        (np.datetime64("2026-11-22"), date(2026, 11, 22), datetime(2026, 11, 22)),
    ],
)
def test_days_and_moments(raw: object, day: date, moment: datetime) -> None:
    assert same(read("date", raw), day)
    assert same(read("datetime", raw), moment)


@pytest.mark.parametrize(
    "raw",
    [
        "22/11/2026",
        "2026-1-2",
        "20261122",
        "2026-02-30",
        "2026-11-22T24:00",
        "2026-11-22T09",
        "2026-11-22 9:30",
        "26-11-22",
        "2026-11",
    ]
    + [
        "0000-01-01",
        "2026-11-22T09:30:60",
        "2026-11-22T09:30+25:00",
        "9999-12-31T23:00-05:00",
        "0001-01-01T01:00+05:00",
        "Nov 22, 2026",
    ]
    + ["٢٠٢٦-11-22", 20261122, 2026.0, True, time(9, 30), [date(2026, 1, 1)]]
    + [datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5)))],
)
@pytest.mark.parametrize("type", ["date", "datetime"])
def test_what_is_no_day(type: FieldType, raw: object) -> None:
    assert isinstance(read(type, raw), Bad)


@pytest.mark.parametrize(
    ("written", "raw", "expected"),
    [
        ("DD/MM/YYYY", "22/11/2026", datetime(2026, 11, 22)),
        ("MM/DD/YYYY", "11/22/2026", datetime(2026, 11, 22)),
        ("D.M.YYYY", "2.1.2026", datetime(2026, 1, 2)),
        ("D.M.YYYY", "22.11.2026", datetime(2026, 11, 22)),
        ("DD-Mon-YY", "22-nov-68", datetime(2068, 11, 22)),
        ("DD-Mon-YY", "22-NOV-69", datetime(1969, 11, 22)),
        ("YYYYMMDD", "20261122", datetime(2026, 11, 22)),
        ("M/D/YYYY hh:mm", "1/2/2026 9:05", datetime(2026, 1, 2, 9, 5)),
        ("YYYY-MM-DD hh:mm:ss", "2026-11-22 09:30:15", datetime(2026, 11, 22, 9, 30, 15)),
        ("(YYYY) MM+DD?", "(2026) 11+22?", datetime(2026, 11, 22)),
    ],
)
def test_formats(written: str, raw: str, expected: datetime) -> None:
    assert read("datetime", raw, format=written) == expected
    assert read("date", raw, format=written) == expected.date()
    assert isinstance(read("date", raw + "0", format=written), Bad)
    field = Field("x", "datetime", format=written)
    assert read_cell(field, cell_text(field, expected)) == expected


@pytest.mark.parametrize("raw", ["2026-11-22", "11/22/2026", "31/02/2026", "1/1/2026", "22/11/26", "22/11/2026 09:30"])
def test_a_format_reads_nothing_else(raw: str) -> None:
    assert isinstance(read("date", raw, format="DD/MM/YYYY"), Bad)


def test_a_typed_day_needs_no_format() -> None:
    assert read("date", date(2026, 11, 22), format="DD/MM/YYYY") == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("MM/YYYY", "says no day"),
        ("DD/MM", "says no year"),
        ("DD/YYYY", "says no month"),
        ("DD/MM/MM/YYYY", "says the month twice"),
        ("DD Mon MM YYYY", "says the month twice"),
        ("DD/MM/YYYY mm", "says minutes without an hour"),
        ("DD/MM/YYYY hh ss", "says seconds without minutes"),
        ("DMYYYY", "does not say where `D` ends"),
    ],
)
def test_formats_that_say_no_day(written: str, problem: str) -> None:
    assert compile_format(written) == problem


def test_a_format_is_compiled() -> None:
    assert isinstance(compile_format("DD/MM/YYYY"), Format)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  Kova\u0301r\u030c ", "Kovář"),
        ("a  b", "a  b"),
        (5, "5"),
        (5.0, "5"),
        (2.5, "2.5"),
        (1e21, "1000000000000000000000"),
        (Decimal("5.00"), "5"),
        (Decimal("-0.0"), "0"),
        (Decimal("100"), "100"),
        (True, "true"),
        (np.bool_(False), "false"),
        (np.str_("a"), "a"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 9, 30, tzinfo=timezone(timedelta(hours=1))), "2026-01-02T08:30:00"),
        (time(9, 30), "09:30:00"),
    ],
)
def test_texts(raw: object, expected: str) -> None:
    assert read("text", raw) == expected
    assert read("email", raw) == expected


def test_an_address_of_bad_shape_is_a_value() -> None:
    assert read("email", "no address") == "no address"


def test_one_of_gives_the_declared_spelling() -> None:
    choices = {"usa": "USA", "straße": "Straße"}
    assert read("one of", " usa ", choices=choices) == "USA"
    assert read("one of", "STRAßE", choices=choices) == "Straße"
    assert read("one of", "UK", choices=choices) == Bad("`UK` is not one of `USA`, `Straße`")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a; b ;;c", ("a", "b", "c")),
        ("a", ("a",)),
        (" ; ", None),
        (["a ", None, "", 5, True], ("a", "5", "true")),
        (("a;b",), ("a;b",)),
        (np.array(["a", "b"]), ("a", "b")),
        (pl.Series(["a", None]), ("a",)),
        ([], None),
        (5, ("5",)),
    ],
)
def test_lists(raw: object, expected: tuple[str, ...] | None) -> None:
    assert read("list of text", raw) == expected


def test_lists_are_split_as_the_field_says() -> None:
    assert read("list of text", "a|b;c", split="|") == ("a", "b;c")


def test_limits_are_both_included() -> None:
    between: dict[str, Any] = {"low": 1, "high": 10}
    assert read("integer", "1", **between) == 1
    assert read("integer", "10", **between) == 10
    assert read("integer", "11", **between) == Bad("`11` is not between 1 and 10")
    assert read("date", "2027-01-01", low=date(2026, 1, 1), high=date(2026, 12, 31)) == Bad(
        "`2027-01-01` is not between 2026-01-01 and 2026-12-31"
    )


# ------------------------------------------------------------------- its words


@pytest.mark.parametrize(
    ("type", "raw", "reason"),
    [
        ("integer", "abc", "`abc` is not a whole number"),
        ("integer", "two\nlines", "`two lines` is not a whole number"),
        ("integer", "9007199254740992", "`9007199254740992` is beyond ±9,007,199,254,740,991"),
        ("integer", "x" * 100, f"`{'x' * 59}…` is not a whole number"),
        ("integer", {"a": 1}, "a nested record is not a whole number"),
        ("text", ["a"], "a list of values is not a text"),
        ("text", b"a", "binary data is not a text"),
        ("text", "a\ud800", "the text holds half a character"),
        ("list of text", [["a"]], "a list of values is not a text"),
        ("number", "abc", "`abc` is not a number"),
        ("number", "inf", "`inf` is not a finite number"),
        ("boolean", "maybe", "`maybe` is not true or false"),
        ("date", "soon", "`soon` is not a date like `2026-11-22`"),
        ("datetime", "soon", "`soon` is not a date and time like `2026-11-22T09:30`"),
        ("date", "2026-02-30", "`2026-02-30` is no day of the calendar or no time of a day"),
    ],
)
def test_reasons(type: FieldType, raw: object, reason: str) -> None:
    assert read(type, raw) == Bad(reason)


def test_the_reason_names_the_format() -> None:
    assert read("date", "2026-11-22", format="D/M/YYYY") == Bad("`2026-11-22` is not a date written `D/M/YYYY`")


# ------------------------------------------------------------------- properties

ANYTHING = st.one_of(
    st.text(),
    st.text(st.sampled_from("0123456789.,-+eE :/TZ\u00a0"), max_size=12),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.decimals(),
    st.dates(),
    st.datetimes(timezones=st.none() | st.timezones()),
    st.times(),
    st.timedeltas(),
    st.binary(),
    st.complex_numbers(),
    st.lists(st.text() | st.none() | st.integers() | st.lists(st.text())),
    st.dictionaries(st.text(), st.text()),
)
SHAPES: dict[FieldType, type | tuple[type, ...]] = {
    "text": str,
    "email": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "date": date,
    "datetime": datetime,
    "one of": str,
    "list of text": tuple,
}


@pytest.mark.parametrize("type", TYPES)
@given(raw=ANYTHING)
def test_every_cell_is_read_without_a_fault_and_reads_back(type: FieldType, raw: object) -> None:
    field = Field("x", type, choices={"a": "A"})
    found = read_cell(field, raw)
    if found is None or isinstance(found, Bad):
        return
    assert isinstance(found, SHAPES[type])
    if type != "list of text" or not any(";" in item for item in found):  # type: ignore[union-attr]
        assert same(read_cell(field, cell_text(field, found)), found)
    assert same(read_cell(field, found), found)


@given(st.integers(-(2**53) + 1, 2**53 - 1))
def test_an_integer_reads_alike_however_it_is_written(number: int) -> None:
    for raw in (
        number,
        str(number),
        f"{number:,}",
        f"{number:,}".replace(",", "\u00a0"),
        f"{number}.0",
        Decimal(number),
    ):
        assert same(read("integer", raw), number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_alike_however_it_is_written(number: float) -> None:
    for raw in (number, repr(number), Decimal(number), np.float64(number)):
        assert same(read("number", raw), number + 0.0)


def test_a_reader_travels() -> None:
    copy = pickle.loads(pickle.dumps(reader(Field("x", "date", format="D.M.YYYY"))))
    assert copy("2.1.2026") == date(2026, 1, 2)
