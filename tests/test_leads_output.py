"""Outputs that appear whole or not at all, and texts that no spreadsheet runs."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from leadrules.leads import LeadsError, open_leads, open_output, open_rejects
from leadrules.leads.added import as_text, harmless


def write(source, out, fail=None, **options):
    with open_output(out, source, [("n", pl.Int64)], **options) as writer:
        for block in source.blocks():
            writer.write(block, np.ones(block.rows, bool), pl.DataFrame({"n": block.numbers}))
        if fail:
            raise fail
        writer.commit()


@pytest.fixture
def leads(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text("a,b\n1,2\n")
    return path


@pytest.mark.parametrize("name", ["o.csv", "o.jsonl", "o.json", "o.parquet", "o.xlsx", "o.csv.gz"])
@pytest.mark.parametrize("fail", [KeyboardInterrupt(), LeadsError("no"), None])
def test_a_failed_run_leaves_the_place_as_it_was(leads, tmp_path, name, fail):
    (tmp_path / name).write_bytes(b"before")
    os.chmod(tmp_path / name, 0o640)
    if fail:
        with pytest.raises(type(fail)):
            write(open_leads(leads), tmp_path / name, fail)
        assert (tmp_path / name).read_bytes() == b"before"
    else:
        write(open_leads(leads), tmp_path / name)
        assert (tmp_path / name).read_bytes() != b"before"
    assert os.stat(tmp_path / name).st_mode & 0o777 == 0o640
    assert {one.name for one in tmp_path.iterdir()} == {"leads.csv", name}


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("leads.csv", "is used by this run already"),
        ("link.csv", "is used by this run already"),
        ("none/o.csv", "its folder does not exist"),
        ("folder.csv", "it is a folder"),
        ("leads.csv/o.csv", "a part of its path is a file"),
        ("o.doc", "does not say which format"),
        ("o", "does not say which format"),
    ],
)
def test_what_cannot_be_written_is_said(leads, tmp_path, out, message):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "link.csv").symlink_to(leads)
    with pytest.raises(LeadsError, match=message):
        write(open_leads(leads), tmp_path / out)
    assert leads.read_text() == "a,b\n1,2\n"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.csv", "there is no file"),
        ("", "is a folder"),
        ("leads.csv/x.csv", "a part of its path"),
        ("x.zip", "packed as .zip"),
    ],
)
def test_what_cannot_be_read_is_said(leads, tmp_path, name, message):
    with pytest.raises(LeadsError, match=message):
        open_leads(tmp_path / name)


def test_a_full_disk_is_said(leads):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    source = open_leads(leads)
    with open("/dev/full", "wb", buffering=0) as full, pytest.raises(LeadsError, match="the disk is full"):
        write(source, full)


def test_a_link_is_written_through(leads, tmp_path):
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write(open_leads(leads), tmp_path / "link.csv")
    assert (tmp_path / "real.csv").read_text() == "a,b,n\n1,2,1\n"
    assert (tmp_path / "link.csv").is_symlink()


def test_a_rejects_file_that_cannot_be_written_is_said_at_the_start(leads, tmp_path):
    with pytest.raises(LeadsError, match="its folder does not exist"):
        open_rejects(tmp_path / "none" / "r.csv", open_leads(leads))
    with pytest.raises(LeadsError, match="is used by this run already"):
        open_rejects(leads, open_leads(leads))
    with pytest.raises(LeadsError, match="is used by this run already"):
        open_rejects(tmp_path / "o.csv", open_leads(leads), inputs=[str(tmp_path / "o.csv")])


@pytest.mark.parametrize(
    ("added", "columns", "message"),
    [("a", None, "the run would add `a`"), ("n", ["bb"], "--columns names `bb`"), ("n", [], "names no column")],
)
def test_columns_that_clash_or_are_unknown(leads, tmp_path, added, columns, message):
    with (
        pytest.raises(LeadsError, match=message),
        open_output(tmp_path / "o.csv", open_leads(leads), [(added, pl.Int64)], columns=columns),
    ):
        pass
    assert not (tmp_path / "o.csv").exists()


PROGRAM = """
import sys, time, numpy as np, polars as pl
from leadrules.leads import open_leads, open_output
from leadrules.leads.output import OutputClosed, stopped_by_signals
source = open_leads(sys.argv[1])
try:
    with stopped_by_signals(), open_output(sys.argv[2], source, [("n", pl.Int64)]) as writer:
        for block in source.blocks(chunk_bytes=1000):
            writer.write(block, np.ones(block.rows, bool), pl.DataFrame({"n": block.numbers}))
            if len(sys.argv) > 3:
                print("started", flush=True)
                time.sleep(30)
        writer.commit()
except OutputClosed:
    sys.exit(5)
"""


def test_a_signal_leaves_nothing(leads, tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, leads, tmp_path / "o.csv", "wait"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"started\n"
        program.send_signal(signal.SIGTERM)
        assert program.wait(20) != 0
    assert [one.name for one in tmp_path.iterdir()] == ["leads.csv"]


def test_a_reader_that_stops_is_no_error(leads):
    leads.write_text("a,b\n" + "1,2\n" * 200_000)
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, leads, "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        assert program.stdout.readline() == b"a,b,n\n"
        program.stdout.close()
        assert program.wait(20) == 5
        assert program.stderr.read() == b""


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("+36 email.clicks >= 3; -5 visits", None),
        ("-2.5 `Total Time`", None),
        ("+36", None),
        ("-5", None),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("+1 +cmd|' /C calc'!A0", "'+1 +cmd|' /C calc'!A0"),
        ("-x", "'-x"),
        ("+1 (2)", "'+1 (2)"),
        ("", None),
        ("a=b", None),
    ],
)
def test_texts_of_the_tool_are_harmless_in_a_spreadsheet(text, written):
    expected = text if written is None else written
    assert harmless(text) == expected
    assert as_text(pl.DataFrame({"t": [text]})).item() == expected


def test_scores_are_written_plainly():
    scores = [36.0, 36.5, -0.0, 0.01, -2.25, 1e6, 1234567.89, None, 99999999.99]
    assert as_text(pl.DataFrame({"s": scores}))["s"].to_list() == [
        "36",
        "36.5",
        "0",
        "0.01",
        "-2.25",
        "1000000",
        "1234567.89",
        None,
        "99999999.99",
    ]


def test_the_format_can_be_said_where_no_ending_says_it(tmp_path: Path) -> None:
    leads = tmp_path / "leads.csv"
    leads.write_text("n\n1\n")
    source = open_leads(leads)
    out = io.BytesIO()
    with open_output(out, source, [("score", pl.Float64())], format="jsonl") as writer:
        for block in source.blocks(["n"]):
            writer.write(block, np.ones(block.rows, dtype=bool), pl.DataFrame({"score": [36.0]}))
        writer.commit()
    source.close()
    assert json.loads(out.getvalue()) == {"n": "1", "score": 36}
