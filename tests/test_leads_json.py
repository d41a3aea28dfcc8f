"""JSON in and out: dotted names, numbers and texts as they came."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from leadrules.cli.main import exit_code
from leadrules.leads import LeadsError, open_leads, open_output, open_rejects


def put(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def score(path: Path, out: Path, rows: int = 100_000, keep=None, **options) -> str:
    """The file written again with the lead's number as `score` and a `stage`."""
    source = open_leads(path)
    with open_output(out, source, [("score", pl.Float64), ("stage", pl.String)], **options) as writer:
        for block in source.blocks(rows=rows):
            kept = np.array([keep is None or n in keep for n in block.numbers.tolist()], bool)
            added = pl.DataFrame(
                {
                    "score": block.numbers / 2,
                    "stage": pl.Series([None if n % 2 else 'a "b"' for n in block.numbers.tolist()], dtype=pl.String),
                }
            )
            writer.write(block, kept, added)
        writer.commit()
    return out.read_text("utf-8") if out.suffix != ".parquet" else ""


LEADS = """{"email": {"clicks": 3, "sent": 1.10}, "x": "a;b", "t": ["p", "q"]}

{"email.clicks": 4, "id": 12345678901234567890, "t": []}
[1]
{bad
{}
"""


def test_lines_become_dotted_columns_and_bad_lines_keep_their_number(tmp_path):
    source = open_leads(put(tmp_path, "a.jsonl", LEADS))
    assert source.headers == ["email.clicks", "email.sent", "x", "t", "id"]
    assert source.absent_is_missing
    (block,) = source.blocks(["t", "email.clicks", "id"])
    assert block.cells.schema == {"t": pl.List(pl.String), "email.clicks": pl.Int64, "id": pl.Object}
    assert block.cells["email.clicks"].to_list() == [3, 4, None]
    assert block.cells["t"].to_list() == [["p", "q"], [], None]
    assert block.cells["id"].to_list() == [None, 12345678901234567890, None]
    assert block.numbers.tolist() == [1, 2, 5]
    assert source.blank_lines == 1
    assert [(one.row, one.reason, one.raw) for one in block.broken] == [
        (3, "it is a list, not an object (line 4)", "[1]"),
        (4, "it is not JSON (line 5)", "{bad"),
    ]


def test_lines_are_written_as_they_came_with_members_behind(tmp_path):
    out = score(put(tmp_path, "a.jsonl", LEADS), tmp_path / "o.jsonl", rows=2)
    assert out.splitlines() == [
        '{"email": {"clicks": 3, "sent": 1.10}, "x": "a;b", "t": ["p", "q"], "score": 0.5, "stage": null}',
        '{"email.clicks": 4, "id": 12345678901234567890, "t": [], "score": 1, "stage": "a \\"b\\""}',
        '{"score": 2.5, "stage": null}',
    ]
    assert json.loads(score(tmp_path / "a.jsonl", tmp_path / "o.json", rows=1, keep={2, 5}))[1] == {
        "score": 2.5,
        "stage": None,
    }
    assert json.loads(score(tmp_path / "a.jsonl", tmp_path / "o.json", keep=set())) == []


def test_csv_has_the_numbers_as_they_were_written(tmp_path):
    out = score(put(tmp_path, "a.jsonl", LEADS), tmp_path / "o.csv")
    assert list(csv.reader(io.StringIO(out))) == [
        ["email.clicks", "email.sent", "x", "t", "id", "score", "stage"],
        ["3", "1.10", "a;b", "p;q", "", "0.5", ""],
        ["4", "", "", "", "12345678901234567890", "1", 'a "b"'],
        ["", "", "", "", "", "2.5", ""],
    ]


def test_chosen_columns_are_flat_and_dropped_ones_leave_the_rest_whole(tmp_path):
    path = put(tmp_path, "a.jsonl", '{"b": {"c": 1.50, "d": [1,  2]}, "score": 9, "a": "x"}\n{"score": 8}\n')
    with pytest.raises(LeadsError, match="the run would add `score`"):
        score(path, tmp_path / "o.jsonl")
    assert score(path, tmp_path / "o.jsonl", drop=["score"]).splitlines() == [
        '{"b": {"c": 1.50, "d": [1,  2]}, "a": "x", "score": 0.5, "stage": null}',
        '{"score": 1, "stage": "a \\"b\\""}',
    ]
    out = score(path, tmp_path / "o.jsonl", drop=["score"], columns=["score", "b.d", "b.c"])
    assert out.splitlines() == ['{"score": 0.5, "b.d": [1,  2], "b.c": 1.50}', '{"score": 1}']


def test_csv_cells_are_texts_whatever_is_in_them(tmp_path):
    path = put(tmp_path, "a.csv", 'a,"b ""q"""\n"1\n\t2",é\u2028\\\n,\x01\n')
    lines = score(path, tmp_path / "o.jsonl").split("\n")
    assert [json.loads(line) for line in lines[:-1]] == [
        {"a": "1\n\t2", 'b "q"': "é\u2028\\", "score": 0.5, "stage": None},
        {"a": "", 'b "q"': "\x01", "score": 1, "stage": 'a "b"'},
    ]
    out = score(path, tmp_path / "o.jsonl", columns=["stage", "a", "score"], keep={2})
    assert out == '{"stage": "a \\"b\\"", "a": "", "score": 1}\n'


def test_many_bad_lines_come_in_blocks_too(tmp_path):
    source = open_leads(put(tmp_path, "a.jsonl", "x\n" * 5 + '{"a": 1}\n'))
    assert [(block.rows, len(block.broken), block.first_row) for block in source.blocks(["a"], rows=2)] == [
        (0, 2, 1),
        (0, 2, 3),
        (1, 1, 5),
    ]


def test_an_outermost_object_clashes_with_an_added_member(tmp_path):
    with pytest.raises(LeadsError, match="`score`"):
        score(put(tmp_path, "a.jsonl", '{"score": {"x": 1}}'), tmp_path / "o.jsonl")
    assert not (tmp_path / "o.jsonl").exists()


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (["1", "2"], pl.Int64),
        (["1", "2.5"], pl.Float64),
        (["true", "null"], pl.Boolean),
        (['"a"', "null"], pl.String),
        (["null", "null"], pl.String),
        (['"a"', "1"], pl.Object),
        (["1", "true"], pl.Object),
        (['{"b": 1}', "1"], pl.Object),
        (["1", '{"b": 1}'], pl.Object),
        (['["a"]', "[]"], pl.List(pl.String)),
        (['["a"]', "[1]"], pl.Object),
        (["9007199254740993", "0.5"], pl.Object),
        (["9007199254740993", "5"], pl.Int64),
        (["99999999999999999999", "5"], pl.Object),
    ],
)
def test_a_column_has_the_type_that_its_values_share(tmp_path, values, dtype):
    source = open_leads(put(tmp_path, "a.json", "[" + ",".join(f'{{"a": {value}}}' for value in values) + "]"))
    blocks = list(source.blocks(["a"], rows=1))
    assert [block.cells.schema["a"] for block in blocks] == [dtype, dtype]
    assert [block.cells["a"].to_list()[0] for block in blocks] == [json.loads(value) for value in values]


def test_a_flat_key_goes_before_a_nested_path(tmp_path):
    source = open_leads(put(tmp_path, "a.jsonl", '{"a": {"b.c": {"d": 1}}}\n{"a.b.c.d": 2, "a": {"b.c": {"d": 3}}}\n'))
    (block,) = source.blocks(["a.b.c.d"])
    assert source.headers == ["a.b.c.d"]
    assert block.cells["a.b.c.d"].to_list() == [1, 2]


@pytest.mark.parametrize("text", ["[]", " [ ]\n", '\ufeff[{"a": 1},\n {"a": 2}]', '{"a": 1}\n{"a": 2}', '{"a":1}'])
def test_an_array_or_objects_in_a_row_are_leads(tmp_path, text):
    source = open_leads(put(tmp_path, "a.json", text))
    assert sum(block.rows for block in source.blocks()) == text.count("a")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("  \n", "is empty"),
        ('[{"a": 1}', "not JSON at line 1, column 10"),
        ('[{"a": 1} {"a": 2}]', "not JSON at line 1, column 11"),
        ('[{"a": 1},\n{"a": tru}]', "not JSON at line 2, column 7"),
        ('[{"a": 1}] x', "not JSON at line 1, column 12"),
        ("3", "not JSON at line 1, column 1"),
        ('{"results": [{"a": 1}]}', "in the list `results`"),
        (b'[{"a": "\xe1"}]', "0xE1 at byte 9"),
    ],
)
def test_what_is_no_json_is_said_with_its_place(tmp_path, text, message):
    with pytest.raises(LeadsError, match=message):
        open_leads(put(tmp_path, "a.json", text))


def test_half_a_character_and_wrong_bytes(tmp_path):
    source = open_leads(put(tmp_path, "a.jsonl", '{"a": "\\ud83d\\ude00"}\n{"a": "\\ud83d"}\n'))
    (block,) = source.blocks(["a"])
    assert block.cells["a"].to_list() == ["\U0001f600"]
    assert block.broken[0].reason.startswith("it has half of a character")
    with pytest.raises(LeadsError, match="0xE1 at byte 19, on line 2"):
        open_leads(put(tmp_path, "b.jsonl", b'{"a": "b"}\n{"a": "\xe1"}\n'))


def test_standard_input_is_kept_for_the_second_reading():
    source = open_leads(io.BytesIO(b'{"a": 1}\n{"b": 2}\n'))
    (block,) = source.blocks(["b"])
    assert source.headers == ["a", "b"]
    assert block.cells["b"].to_list() == [None, 2]
    source.close()


def test_rejects_of_json_are_csv(tmp_path):
    from leadrules.leads.rejects import Rejected

    source = open_leads(put(tmp_path, "a.jsonl", LEADS))
    rejects = open_rejects(tmp_path / "r.csv", source)
    for block in source.blocks():
        rejects.write(block, [Rejected(0, "n", "1.10", "too small")])
    rejects.commit()
    assert list(csv.reader(io.StringIO((tmp_path / "r.csv").read_text()))) == [
        ["reject_row", "reject_field", "reject_value", "reject_reason", "email.clicks", "email.sent", "x", "t", "id"],
        ["1", "n", "1.10", "too small", "3", "1.10", "a;b", "p;q", ""],
        ["3", "", "[1]", "it is a list, not an object (line 4)", "", "", "", "", ""],
        ["4", "", "{bad", "it is not JSON (line 5)", "", "", "", "", ""],
    ]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab.", max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(
    leads=st.lists(st.dictionaries(st.text("abc.é", max_size=3), VALUES, max_size=4), max_size=6),
    indent=st.sampled_from([None, 2]),
    rows=st.integers(1, 4),
)
def test_any_leads_come_out_as_they_came(leads, indent, rows):
    assume(len(leads) != 1 or not any(isinstance(value, list) for value in leads[0].values()))  # leads within a lead
    out = []
    for text in (
        json.dumps(leads, indent=indent, ensure_ascii=False),
        "\n".join(json.dumps(lead) for lead in leads) or "[]",
    ):
        source = open_leads(io.BytesIO(text.encode()))
        got = []
        for block in source.blocks(source.headers, rows=rows):
            assert len(block.cells) == block.rows or not source.headers
            assert block.texts(range(len(source.headers))).width == len(source.headers)
            got += block.raws
        out.append([json.loads(raw) for raw in got])
        source.close()
    assert out == [leads, leads]


def test_no_lines_are_no_leads(tmp_path):
    (tmp_path / "none.jsonl").write_bytes(b"")
    source = open_leads(tmp_path / "none.jsonl")
    assert (source.headers, list(source.blocks())) == ([], [])
    with pytest.raises(LeadsError, match="is empty"):
        open_leads(io.BytesIO(b"\xef\xbb\xbf \n"))


def test_what_was_written_for_no_leads_is_read_again(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("r.rules").write_text("field a : integer\nwhen a >= 3 add 1\n")
    Path("none.csv").write_text("a\n")
    for before, after in (("none.csv", "one.jsonl"), ("one.jsonl", "two.jsonl"), ("two.jsonl", "three.json")):
        assert exit_code(["run", "r.rules", before, "-o", after]) == 0
        assert capsys.readouterr().err.splitlines()[1] == f"0 leads read: 0 scored; written to {after}"


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("[" * 5_000 + "]" * 5_000, "it is nested too deep to be read"),
        ("9" * 5_000, "it has a number of more digits than can be read"),
        ("[1", "it is not JSON"),
    ],
)
def test_json_that_cannot_be_read_says_why(tmp_path, value, fault):
    lead = f'{{"a": {value}}}'
    (tmp_path / "x.jsonl").write_text(f'{{"a": 1}}\n{lead}\n')
    (block,) = open_leads(tmp_path / "x.jsonl").blocks()
    assert [(one.row, one.reason, one.raw) for one in block.broken] == [(2, f"{fault} (line 2)", lead)]
    (tmp_path / "x.json").write_text(f'[{{"a": 1}},\n {lead}]')
    with pytest.raises(LeadsError, match="line 2") as refused:
        open_leads(tmp_path / "x.json")
    assert fault.removeprefix("it ") in refused.value.message


@pytest.mark.parametrize("text", ['{"leads": [{"a": 1}, {"a": 4}]}', '{"leads": [{"a": 1}], "lost": [{"a": 2}]}'])
def test_one_line_that_holds_all_leads_is_refused(tmp_path, text):
    (tmp_path / "x.jsonl").write_text(text + "\n")
    with pytest.raises(LeadsError, match="its leads seem to be in the list `leads` inside it"):
        open_leads(tmp_path / "x.jsonl")


@pytest.mark.parametrize("text", ['{"a": 1, "visits": [{"on": 1}]}', '{"tags": ["x"]}', '{"v": [{}]}\n{"v": [{}]}'])
def test_a_lead_with_lists_is_a_lead(tmp_path, text):
    (tmp_path / "x.jsonl").write_text(text + "\n")
    assert sum(block.rows for block in open_leads(tmp_path / "x.jsonl").blocks()) == text.count("\n") + 1


def test_a_nul_in_a_text_is_spelled_in_csv_which_is_read_again():
    source = open_leads(io.BytesIO(b'{"a": "x\\u0000y", "b": ["\\u0000"]}\n'))
    (block,) = source.blocks()
    assert block.texts([0, 1]).rows() == [("x\\u0000y", "\\u0000")]
