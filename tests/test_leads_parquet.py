"""Parquet in and out: every type as it came."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from leadrules.leads import LeadsError, open_leads, open_output
from leadrules.leads.texts import value_text

FRAME = pl.DataFrame(
    {
        "text": ["a;b", None],
        "small": pl.Series([1, 2], dtype=pl.UInt8),
        "list": [["x", "y"], ["a;b"]],
        "email": [{"clicks": 1, "by": {"c": "z"}}, None],
        "category": pl.Series(["u", "v"], dtype=pl.Categorical),
        "choice": pl.Series(["u", "v"], dtype=pl.Enum(["u", "v"])),
        "day": [dt.date(2026, 1, 2), None],
        "moment": [dt.datetime(2026, 1, 2, 3, 4, 5, 6), dt.datetime(1899, 1, 1)],
        "zoned": pl.Series([dt.datetime(2026, 1, 2), None]).dt.replace_time_zone("Europe/Prague"),
        "decimal": [Decimal("1.10"), None],
        "length": [dt.timedelta(days=1, seconds=5), None],
        "clock": [dt.time(1, 2, 3), None],
        "number": [float("nan"), 1.0],
        "bytes": [b"\x00a", None],
        "nothing": pl.Series([None, None], dtype=pl.Null),
    }
)
ADDED = [("score", pl.Float64), ("disqualified", pl.Boolean), ("BANT.met", pl.Int64), ("stage", pl.String)]


def score(path, out, rows=100_000, **options):
    source = open_leads(path)
    with open_output(out, source, ADDED, **options) as writer:
        for block in source.blocks(rows=rows):
            added = pl.DataFrame(
                {
                    "score": block.numbers / 2,
                    "disqualified": block.numbers > 1,
                    "BANT.met": block.numbers,
                    "stage": ["=x"] * block.rows,
                }
            )
            writer.write(block, np.ones(block.rows, bool), added)
        writer.commit()
    return out


@pytest.fixture
def path(tmp_path):
    FRAME.write_parquet(tmp_path / "in.parquet")
    return tmp_path / "in.parquet"


def test_types_pass_through_and_the_added_ones_are_theirs(path, tmp_path):
    back = pl.read_parquet(score(path, tmp_path / "out.parquet", rows=1))
    assert back.select(FRAME.columns).schema == FRAME.schema
    assert back.select(FRAME.columns).equals(FRAME)
    assert dict(list(back.schema.items())[-4:]) == dict(ADDED)
    assert back["score"].to_list() == [0.5, 1.0]


def test_structs_reach_dotted_names(path):
    source = open_leads(path)
    assert source.headers[-3:] == ["email.clicks", "email.by", "email.by.c"]
    (block,) = source.blocks(["email.by.c", "small"])
    assert block.cells.to_dict(as_series=False) == {"email.by.c": ["z", None], "small": [1, 2]}
    assert block.cells.schema["small"] == pl.UInt8


def test_csv_has_texts(path, tmp_path):
    lines = score(path, tmp_path / "out.csv").read_text().splitlines()
    assert (
        lines[0]
        == "text,small,list,email.clicks,email.by.c,category,choice,day,moment,zoned,decimal,length,clock,number,bytes,"
        "nothing,score,disqualified,BANT.met,stage"
    )
    assert (
        lines[1]
        == "a;b,1,x;y,1,z,u,u,2026-01-02,2026-01-02T03:04:05.000006,2026-01-02T00:00:00+01:00,1.10,24:00:05,01:02:03,"
        "NaN,0061,,0.5,false,1,'=x"
    )
    assert lines[2].startswith(',2,"[""a;b""]",,,v,v,,1899-01-01T00:00:00,')


def test_lines_have_values(path, tmp_path):
    import json

    first, second = map(json.loads, score(path, tmp_path / "out.jsonl").read_text().splitlines())
    assert first["email"] == {"clicks": 1, "by": {"c": "z"}}
    assert second["email"] is None
    assert (first["score"], first["stage"], first["number"], second["number"]) == (0.5, "=x", None, 1)


def test_chosen_columns_keep_their_types(path, tmp_path):
    back = pl.read_parquet(score(path, tmp_path / "out.parquet", columns=["score", "email.clicks", "day"]))
    assert dict(back.schema) == {"score": pl.Float64, "email.clicks": pl.Int64, "day": pl.Date}


def test_csv_and_json_become_parquet(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n001,\n")
    back = pl.read_parquet(score(tmp_path / "a.csv", tmp_path / "out.parquet"))
    assert back.row(0)[:2] == ("001", "")
    (tmp_path / "a.json").write_text('[{"a": 1, "b": "x"}, {"b": 5}]')
    back = pl.read_parquet(score(tmp_path / "a.json", tmp_path / "out.parquet", rows=1))
    assert back.select("a", "b").to_dict(as_series=False) == {"a": [1, None], "b": ["x", "5"]}
    (tmp_path / "twice.csv").write_text("a,a\n1,2\n")
    with pytest.raises(LeadsError, match="two columns are called `a`"):
        score(tmp_path / "twice.csv", tmp_path / "out.parquet")


def test_no_leads_make_a_file_with_columns(tmp_path):
    FRAME.head(0).write_parquet(tmp_path / "in.parquet")
    back = pl.read_parquet(score(tmp_path / "in.parquet", tmp_path / "out.parquet"))
    assert len(back) == 0
    assert back.columns == [*FRAME.columns, *(name for name, _ in ADDED)]


@pytest.mark.parametrize("cut", [4, 40, -5])
def test_a_file_cut_off_is_said(path, tmp_path, cut):
    broken = tmp_path / "b.parquet"
    broken.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(LeadsError, match="cut off or damaged"):
        list(open_leads(broken).blocks())


def test_what_is_no_parquet_is_said(tmp_path):
    (tmp_path / "b.parquet").write_text("a,b\n")
    with pytest.raises(LeadsError, match="is not Parquet"):
        open_leads(tmp_path / "b.parquet")


@pytest.mark.parametrize("name", ["o.csv", "o.jsonl", "o.xlsx"])
def test_days_beyond_the_calendar_are_written_as_texts(tmp_path, name):
    days = pl.Series([2**31 - 1, -(2**31), 0], dtype=pl.Int32).cast(pl.Date)
    pl.DataFrame({"day": days}).write_parquet(tmp_path / "leads.parquet")
    source = open_leads(tmp_path / "leads.parquet")
    with open_output(tmp_path / name, source, [("n", pl.Int64)]) as writer:
        for block in source.blocks():
            writer.write(block, np.ones(block.rows, bool), pl.DataFrame({"n": block.numbers}))
        writer.commit()
    [block] = open_leads(tmp_path / name).blocks()
    assert [str(day) for day in block.texts([0]).to_series()] == [
        "2147483647 days after 1970-01-01",
        "2147483648 days before 1970-01-01",
        "1970-01-01",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.timedelta(days=1, microseconds=5), "24:00:00.000005"),
        (dt.timedelta(seconds=5.5), "0:00:05.5"),
        (dt.timedelta(minutes=-90), "-1:30:00"),
    ],
)
def test_lengths_of_time_are_hours_minutes_and_seconds(value, text):
    assert value_text(value) == text


def test_single_precision_and_nanoseconds_are_written_as_they_are(tmp_path):
    moment = pl.Series([1_700_000_000_123_456_789])
    leads = pl.DataFrame(
        {
            "f": pl.Series([0.1], dtype=pl.Float32),
            "l": pl.Series([[0.1, 2.5]], dtype=pl.List(pl.Float32)),
            "s": pl.Series([{"m": 0.1}], dtype=pl.Struct({"m": pl.Float32})),
            "d": moment.cast(pl.Datetime("ns")),
            "z": moment.cast(pl.Datetime("ns", "UTC")),
            "t": pl.Series([123_456_789]).cast(pl.Time),
            "u": pl.Series([-90_000_000_000_001]).cast(pl.Duration("ns")),
        }
    )
    leads.write_parquet(tmp_path / "a.parquet")
    source = open_leads(tmp_path / "a.parquet")
    with open_output(tmp_path / "a.jsonl", source, []) as writer:
        for block in source.blocks():
            writer.write(block, np.ones(block.rows, bool), pl.DataFrame())
        writer.commit()
    assert json.loads((tmp_path / "a.jsonl").read_text()) == {
        "f": 0.1,
        "l": [0.1, 2.5],
        "s": {"m": 0.1},
        "d": "2023-11-14T22:13:20.123456789",
        "z": "2023-11-14T22:13:20.123456789+00:00",
        "t": "00:00:00.123456789",
        "u": "-25:00:00.000000001",
    }


def test_a_file_without_columns_is_refused_as_that(tmp_path):
    pl.DataFrame().write_parquet(tmp_path / "a.parquet")
    with pytest.raises(LeadsError, match="is a Parquet file without columns"):
        open_leads(tmp_path / "a.parquet")
