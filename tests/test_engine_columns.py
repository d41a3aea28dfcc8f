"""Columns as the engine sees them in memory: nulls, slices, chunks, every width, spellings of any length."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from generate.answers import by_engine, by_reference
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import leadrules
from leadrules import kernel
from leadrules.bins import day_number, moment_number
from leadrules.engine import spellings
from leadrules.engine.columns import ColumnReader
from leadrules.engine.memory import values_and_known
from leadrules.engine.scorer import even_blocks
from leadrules.engine.spellings import Spellings, distinct
from leadrules.engine.text_columns import folded
from leadrules.meaning.text import BLANKS
from leadrules.meaning.values import Bad, reader
from leadrules.ruleset import Field

DAY = date(2026, 11, 22)
TEXTS = st.text(alphabet="aB é😀\0", max_size=7) | st.text(alphabet="ab", min_size=8, max_size=20)


def whole(column: pl.Series) -> pl.Series:
    return column


def sliced(column: pl.Series) -> pl.Series:
    return pl.concat([column.head(3), column, column.head(2)], rechunk=True).slice(min(3, len(column)), len(column))


def chunked(column: pl.Series) -> pl.Series:
    return pl.concat([column[:1], column[1:2], column[2:]], rechunk=False)


def through_arrow(column: pl.Series) -> pl.Series:
    found = pl.from_arrow(pytest.importorskip("pyarrow").array(sliced(column).to_arrow()))
    assert isinstance(found, pl.Series)
    return found


SHAPES = [whole, sliced, chunked, through_arrow]


@pytest.mark.parametrize("shape", SHAPES)
@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=40))
def test_values_are_looked_at_where_they_lie(shape: Any, cells: list[int | None]) -> None:
    values, known = values_and_known(shape(pl.Series(cells, dtype=pl.Int64)), np.int64)
    gc.collect()
    assert [
        value if fine else None for value, fine in zip(values.tolist(), everyone(known, cells), strict=True)
    ] == cells


def everyone(known: Any, cells: list[Any]) -> list[bool]:
    return [True] * len(cells) if known is None else known.tolist()


LOOPS = [pytest.param(kernel.KERNEL, id="compiled"), pytest.param(None, id="NumPy")]


@pytest.mark.parametrize("loops", LOOPS)
@pytest.mark.parametrize("shape", SHAPES)
@given(st.lists(st.lists(st.none() | TEXTS, max_size=30), min_size=1, max_size=3))
def test_spellings_are_told_apart_block_after_block(loops: Any, shape: Any, blocks: list[list[str | None]]) -> None:
    spellings = Spellings()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "KERNEL", loops)
        for cells in blocks:
            values, codes = spellings.distinct(shape(pl.Series(cells, dtype=pl.String)))
            assert [values[code] for code in codes.tolist()] == cells


@pytest.mark.parametrize("loops", LOOPS)
@pytest.mark.parametrize("spelling", ["s{}", "longer than twelve bytes, {}", "{} and as long in the end"])
@pytest.mark.parametrize("copies", [1, 40])
def test_many_spellings(loops: Any, spelling: str, copies: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "KERNEL", loops)
    spellings = Spellings()
    for start in (0, 0, 300, 5_000):
        numbers = range(start, start + 3_000)
        cells = [spelling.format(number) if number % 7 else None for number in numbers] * copies
        values, codes = spellings.distinct(pl.Series(cells, dtype=pl.String))
        assert pl.Series(values, dtype=pl.String).gather(codes).to_list() == cells


@pytest.fixture(params=["compiled", "NumPy"])
def as_columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts are read as columns however few they are; by the kernel, if there is one, and without it."""
    monkeypatch.setattr(spellings, "MANY", 0)
    monkeypatch.setattr(Spellings, "MOST", 0)
    if request.param == "NumPy":
        monkeypatch.setattr(kernel, "KERNEL", None)


def agrees_with_one_by_one(field: Field, column: pl.Series) -> None:
    """A column is read as each of its cells is."""
    answers = [reader(replace(field, bad_as_missing=False))(cell) for cell in column.to_list()]
    found = ColumnReader(field).read(column)
    missing = [False] * len(column) if found.missing is None else found.missing.tolist()
    bad = {row: answer for row, answer in enumerate(answers) if isinstance(answer, Bad)}
    assert found.bad == bad
    if field.kind == "text":
        values = [found.texts[code] for code in found.values.tolist()]
    else:
        number: Any = moment_number if field.kind == "datetime" else day_number
        answers = [answer if answer is None or isinstance(answer, Bad) else number(answer) for answer in answers]
        values = found.values.tolist()
    read = [None if gone else value for value, gone in zip(values, missing, strict=True)]
    assert read == [None if isinstance(answer, Bad) else answer for answer in answers]


ODD = [*BLANKS, "N/A", "n/a", "-", "ß", "ẞ", "ﬁ", "e\u0301", "K", "İ", "ς", "\0", "\x1c", "\x7f", "名前", "\u200b"]
CELLS = st.none() | st.lists(
    st.sampled_from([*ODD, "a", "Anna", "a longer one than twelve", "x" * 5_000]), max_size=4
).map("".join)
FIELDS = [
    Field("f", "text"),
    Field("f", "email", missing=frozenset({"", "n/a", "-", "ß", "k", "a longer one than twelve"})),
    Field("f", "text", default="Unknown"),
    Field("f", "text", key=True),
    Field("f", "text", key=True, default="none"),
]


@pytest.mark.usefixtures("as_columns")
@pytest.mark.parametrize(
    "field", FIELDS, ids=lambda field: f"{field.type}-{len(field.missing)}-{field.default}-{field.key}"
)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(CELLS, max_size=30), shape=st.sampled_from(SHAPES))
def test_a_column_of_texts_is_read_as_each_of_them_is(field: Field, cells: list[str | None], shape: Any) -> None:
    agrees_with_one_by_one(field, shape(pl.Series(cells, dtype=pl.String)))


def test_folding_makes_of_nine_bytes_one_at_the_least() -> None:
    """A letter is as long as three times its lower-case one at most, and parted as three times what they compose."""
    every = pl.Series([chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000]).str.normalize("NFC")
    assert (every.str.len_bytes() <= 3 * folded(every).str.len_bytes()).all()
    assert (every.str.normalize("NFD").str.len_bytes() <= 3 * every.str.len_bytes()).all()


@pytest.mark.usefixtures("as_columns")
def test_a_text_at_the_end_of_the_memory_of_many() -> None:
    cells = [f"{'Anna ' * (number % 7)}{number}" for number in range(3_000)] + [None, "", " ", "ends in a blank ", "ö"]
    for shape in SHAPES:
        agrees_with_one_by_one(Field("f", "text"), shape(pl.Series(cells)))
    many = pl.concat([pl.Series([cell]) for cell in cells], rechunk=False)
    agrees_with_one_by_one(Field("f", "text"), many)


DIGITS = [
    "0000",
    "0001",
    "1582-10-04",
    "2024-02-29",
    "2026-02-29",
    "2026-11-22",
    "9999-12-31",
    "1969-12-31",
    "2026-1-2",
]
MOMENTS = st.builds(
    "".join,
    st.tuples(
        st.sampled_from([*DIGITS, "2026-11-00", "２０２６-11-22", " 2026-11-22", "n/a", ""]),
        st.sampled_from(["", "T", " ", "t", "  "]),
        st.sampled_from(
            ["", "09:30", "23:59:59", "23:59:60", "24:00", "9:30", "09:30:07.5", "09:30:07.123456", "00:00"]
        ),
        st.sampled_from(["", ".", "7", "999", "Z", "z", " Z", "UTC", "+02:00", "-0530", " ", "\n", "\0"]),
    ),
)
DAYS = [
    Field("f", "date"),
    Field("f", "datetime"),
    Field("f", "date", low=date(2026, 1, 1), high=date(2026, 12, 31)),
    Field("f", "datetime", missing=frozenset({"", "n/a"}), high=datetime(2026, 11, 22, 9, 30)),
    Field("f", "datetime", missing=frozenset({"", "2026-11-22t09:30"})),
]


@pytest.mark.usefixtures("as_columns")
@pytest.mark.parametrize("field", DAYS, ids=lambda field: f"{field.type}-{field.low}-{field.high}")
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.none() | MOMENTS, max_size=30), shape=st.sampled_from(SHAPES))
def test_days_and_moments_that_nearly_all_differ(field: Field, cells: list[str | None], shape: Any) -> None:
    agrees_with_one_by_one(field, shape(pl.Series(cells, dtype=pl.String)))


@pytest.mark.parametrize("dtype", [pl.Categorical(), pl.Enum(["b", "", "unused", "a"])])
@pytest.mark.parametrize("shape", [whole, sliced, chunked])
@given(st.lists(st.sampled_from([None, "a", "b", ""]), max_size=20))
def test_categories_are_told_apart(shape: Any, dtype: Any, cells: list[str | None]) -> None:
    values, codes = distinct(shape(pl.Series(cells, dtype=pl.String)).cast(dtype))
    assert [values[code] for code in codes.tolist()] == cells


RULES = """
field a : number optional
field b : integer optional default 3 between -5 and 250
field c : text optional
field d : boolean optional
field e : date optional
when a >= 2 add 1
when a < 0.5 add 2
when a = 0 add 4
when a is missing add 8
points by b { under 0: 16, 3: 32, over 200: 64 }
when c is "x" or c is "a longer one than twelve" add 128
when c is missing add 256
when d add 512
when not d add 1024
when e in last 30 days add 2048
when at least 2 of (a >= 100, b >= 4, c is known) add 4096
stage Warm at 100 if a >= 1 or b >= 5
"""
WIDTHS = {
    pl.Int8: (-(2**7), 2**7), pl.Int16: (-(2**15), 2**15), pl.Int32: (-(2**31), 2**31), pl.Int64: (-(2**63), 2**63),
    pl.UInt8: (0, 2**8), pl.UInt16: (0, 2**16), pl.UInt32: (0, 2**32), pl.UInt64: (0, 2**64),
    pl.Int128: (-(2**70), 2**70),
}  # fmt: skip
DOUBLES = [0.0, -0.0, 0.5, 0.49, 2.0, 100.0, 3.0, 4.0, 1e300, -1e300, float("nan"), float("inf"), float("-inf"), None]


def frames() -> list[pl.DataFrame]:
    """Leads in columns of every numeric type, up to its ends; and columns of nothing but nulls."""
    found = []
    for dtype, (low, above) in WIDTHS.items():
        inner = [number for number in (-1, 0, 1, 2, 3, 4, 100, 127) if low <= number < above]
        found.append(pl.Series("n", [low, low + 1, None, above - 1, *inner], dtype=dtype))
    found += [pl.Series("n", DOUBLES, dtype=dtype) for dtype in (pl.Float64, pl.Float32)]
    found += [
        pl.Series("n", [None, None], dtype=dtype) for dtype in (pl.Int64, pl.Float64, pl.String, pl.Null, pl.Boolean)
    ]
    found += [pl.Series("n", [], dtype=pl.Int64), pl.Series("n", [1], dtype=pl.Int64)]
    texts = ["x", " X ", None, "a longer one than twelve", "other", "A Longer One Than Twelve ", ""]
    days = [date(2026, 11, 1), None, date(1, 1, 1), date(9999, 12, 31)]
    return [
        pl.DataFrame({
            "a": column, "b": column,
            "c": pl.Series([texts[row % 7] for row in range(len(column))], dtype=pl.String),
            "d": pl.Series([(True, None, False)[row % 3] for row in range(len(column))], dtype=pl.Boolean),
            "e": pl.Series([days[row % 4] for row in range(len(column))], dtype=pl.Date),
        })
        for column in found
    ]  # fmt: skip


@pytest.mark.parametrize("frame", frames(), ids=lambda frame: f"{frame.schema['a']}-{frame.height}")
@pytest.mark.parametrize("shape", [whole, sliced, chunked])
@pytest.mark.parametrize("reasons", [0, 2, None])
def test_every_width_and_its_ends(frame: pl.DataFrame, shape: Any, reasons: int | None) -> None:
    ruleset = leadrules.loads(RULES)
    expected = by_reference(ruleset, frame.to_dicts(), DAY, reasons)
    shaped = pl.DataFrame([shape(column) for column in frame.get_columns()])
    assert by_engine(ruleset, shaped, DAY, reasons) == expected
    assert by_engine(ruleset, shaped, DAY, reasons, block_rows=3, threads=2) == expected


def test_a_rule_that_looks_at_nothing() -> None:
    ruleset = leadrules.loads("field a : number optional\npoints first { otherwise: 3 }")
    for reasons in (0, 1, None):
        assert ruleset.score([{"a": 1}, {"a": None}], DAY, reasons=reasons)["score"].to_list() == [3.0, 3.0]


@pytest.mark.parametrize(("rows", "most", "threads", "size"), [
    (0, 10, 2, 1), (7, 3, 4, 3), (200_000, 131_072, 2, 100_000), (70_000, 131_072, 2, 35_000),
    (60_000, 131_072, 2, 60_000),
])  # fmt: skip
def test_blocks_are_even(rows: int, most: int, threads: int, size: int) -> None:
    assert even_blocks(rows, most, threads) == size
