"""Numbers that the csv parser reads on the way mean what their texts mean."""

from __future__ import annotations

import csv
import io
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leadrules
from leadrules.engine.scorer import Scorer
from leadrules.leads import match_headers, open_leads
from leadrules.leads.block import positions_of
from leadrules.leads.csv_records import cut, even
from leadrules.running.scoring import plain_numbers, score_block

FIELDS = """
missing values "N/A", "-"
field a : integer
field b : number between -10 and 1_000_000
field c : integer bad as missing default 7
field d : number also missing "0", "inf"
field e : number from "a"
when a >= 3 add 1
when b >= 3 add 2
when c >= 3 add 4
when d >= 3 add 8
when e < 100 add 16
add 1 per b at most 50
"""
PLAIN = ["", "0", "7", "-3", "12", "100", "99999"]
ODD = (
    " 5,5 ,+5,-5,1.0,5.,.5,-.5,1e3,1E3,1e400,-1e400,1e-400,0x10,1_000,--1,-,+,.,e5,1e,nan,NaN,-nan,inf,-Infinity,"
    "1d5,1f,\t1,"
    "\xa01,1\xa0,-0,-0.0,00,007,1 000,1\u202f000,\u0661,true,N/A,n/a,3.5,9007199254740991,9007199254740993,"
    "9223372036854775808,"
    "1e15,123456789012345678901234567890,0.1,1e 5,1.5.5,1 2,  ,\u3000,0b1,nan(5),INF,1,5e-324,1.7976931348623159e308"
).split(",") + ["1,234", "1,2", '"', 'a"b', "5\n", "\r", "x\x9c"]


def by_both_ways(text: str, rules: str = FIELDS):
    """What the parser's numbers give, and what the texts give: added cells, rejects, counts."""
    model = leadrules.loads(rules).model
    answers = []
    for typed in (True, False):
        source = open_leads(io.BytesIO(text.encode()), delimiter=",")
        headers = match_headers(model.fields, source.headers).headers
        scorer = Scorer(model, date(2026, 11, 2))
        found: list[object] = []
        numbers = plain_numbers(model, headers) if typed else {}
        for block in source.blocks(list(dict.fromkeys(headers.values())), as_numbers=numbers):
            scored = score_block(scorer, block, headers, 3)
            found += [scored.frame.rows(), scored.good.tolist(), scored.rejects, block.broken]
            found += [(column.blank, column.excused) for column in scored.columns.values()]
        answers.append(found)
    return answers


def file(rows: list[list[str]], quoting: int) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=quoting, lineterminator="\n").writerows([["a", "b", "c", "d", "z"], *rows])
    return text.getvalue()


@pytest.mark.parametrize("column", range(4))
@pytest.mark.parametrize("odd", ODD)
def test_a_number_in_any_spelling_is_read_as_its_text_is(odd, column):
    rows = [["1", "2.5", "3", "4", "x"], ["1", "2.5", "3", "4", "x"]]
    rows[1][column] = odd
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL):
        typed, as_text = by_both_ways(file(rows, quoting))
        assert typed == as_text


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(st.lists(st.sampled_from(PLAIN * 4 + ODD), min_size=5, max_size=5), min_size=1, max_size=12),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_numbers_on_the_way_mean_what_their_texts_mean(rows, quoting):
    typed, as_text = by_both_ways(file(rows, quoting))
    assert typed == as_text


def test_plain_columns_come_as_numbers_and_the_others_as_text():
    source = open_leads(io.BytesIO(b"a,b,c\n1,2.5,x\n,3,\n"))
    [block] = source.blocks(["a", "b", "c"], as_numbers={"a": "integer", "b": "number"})
    assert block.cells.schema == {"a": pl.Int64, "b": pl.Float64, "c": pl.String}
    assert block.as_they_came(["b"]).rows() == [("1", "2.5", "x"), ("", "3", "")]
    assert block.texts(positions_of(["a"], source.headers)).to_series().to_list() == ["1", ""]


def test_a_column_with_another_text_is_read_as_text_from_there_on():
    lines = b"".join(b"%d,%d\n" % (one, one) for one in range(2_000))
    source = open_leads(io.BytesIO(b"a,b\n" + lines + b"x,1\n" + lines))
    types = [
        tuple(block.cells.dtypes)
        for block in source.blocks(["a", "b"], as_numbers={"a": "integer", "b": "integer"}, chunk_bytes=4_000)
    ]
    assert types[0] == (pl.Int64, pl.Int64)
    assert (pl.String, pl.String) in types
    assert types[-1] == (pl.String, pl.Int64)


@settings(max_examples=300, deadline=None)
@given(data=st.text(st.sampled_from('a",;\n\r'), max_size=60), width=st.integers(1, 4))
def test_even_lines_are_cut_as_all_lines_are(data, width):
    raw = data.encode()
    for line_end in b"\n\r":
        found, cuts = even(raw, ord(","), line_end, width), cut(raw, ord(","), line_end)
        if found is None:
            assert '"' in data or not len(cuts.cells) or (cuts.cells != width).any()
        else:
            assert [found.starts.tolist(), found.ends.tolist(), found.cells.tolist(), found.end] == [
                cuts.starts.tolist(),
                cuts.ends.tolist(),
                cuts.cells.tolist(),
                cuts.end,
            ]
