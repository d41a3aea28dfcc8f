"""`leadrules run` where something stands in its way: a closed or full stream, a disk that fills up, an odd option."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from leadrules.cli.main import exit_code

RULES = 'field visits : integer from "Visits" default 0\nwhen visits >= 3 add 36\n'
FULL = Path("/dev/full")
no_full_device = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.rules").write_text(RULES)
    (tmp_path / "leads.csv").write_text("Email,Visits\na@b.example,5\nc@d.example,1\n")
    return tmp_path


def shell(command: str) -> subprocess.CompletedProcess[str]:
    """A command line with `leadrules` in it."""
    line = command.replace("leadrules", f"'{sys.executable}' -m leadrules", 1)
    here = {"PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    return subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, env=os.environ | here)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("leadrules run r.rules leads.csv >&-", "error: standard output is closed\n  = help: name a file with -o\n"),
        ("leadrules run r.rules - -o o.csv <&-", "error: standard input is closed\n"),
        ("leadrules run r.rules leads.csv --rejects -", "name a file for `--rejects`"),
        ("leadrules run r.rules leads.csv --rejects r.parquet", "rejects are written as csv, and `r.parquet` says"),
        ("leadrules run r.rules leads.csv -o o.parquet.gz", "`o.parquet.gz` says .gz, which is for csv and JSON"),
        ("leadrules run r.rules leads.csv -o o.xlsx.gz", "`o.xlsx.gz` says .gz, which is for csv and JSON"),
        ("leadrules run r.rules leads.csv --max-rejects inf", "`inf` is neither a number of leads nor a share"),
        ("leadrules run r.rules leads.csv --reasons ²", "`²` is neither a whole number nor `all`"),
        ("leadrules run r.rules leads.csv --encoding undefined", "`leads.csv` cannot be read as undefined"),
    ],
)
def test_what_cannot_be_done_is_said_plainly(place: Path, command: str, message: str) -> None:
    done = shell(command)
    assert done.returncode == 2
    assert message in done.stderr
    assert {one.name for one in place.iterdir()} == {"r.rules", "leads.csv"}


@pytest.mark.parametrize("name", ["leads.parquet.gz", "leads.xlsx.gz"])
def test_a_packed_file_that_is_not_read_packed_is_said(
    place: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / name).write_bytes(gzip.compress(b"PAR1"))
    assert exit_code(["run", "r.rules", name]) == 2
    assert "is packed as .gz" in capsys.readouterr().err


@no_full_device
@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
def test_a_full_disk_is_said_once_in_every_format(place: Path, form: str) -> None:
    done = shell(f"leadrules run r.rules leads.csv --format {form} > /dev/full")
    assert done.returncode == 2
    assert done.stderr.startswith("error: cannot write `standard output`: the disk is full\n  = help: ")
    assert done.stderr.count("\n") == 2


@no_full_device
def test_where_no_message_can_be_written_the_exit_code_tells(place: Path) -> None:
    assert shell("leadrules run r.rules nowhere.csv 2> /dev/full").returncode == 2
    assert shell("leadrules run r.rules leads.csv -o o.csv 2>&-").returncode == 0
    assert (place / "o.csv").exists()


def test_a_reader_of_a_workbook_that_stops_is_no_fault(place: Path) -> None:
    (place / "leads.csv").write_text("Email,Visits\n" + "".join(f"u{n}@b.example,{n}\n" for n in range(20_000)))
    done = shell("leadrules run r.rules leads.csv --format xlsx | head -c 2")
    assert done.stdout == "PK"
    assert done.stderr == ""


def test_a_folder_for_temporary_files_that_is_full_is_named(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The workbook is not to blame."""
    assert exit_code(["run", "r.rules", "leads.csv", "-o", "leads.xlsx"]) == 0

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("leadrules.leads.excel_reader.pickle.dump", full)
    assert exit_code(["run", "r.rules", "leads.xlsx", "--replace"]) == 2
    error = capsys.readouterr().err
    assert "error: cannot use the folder for temporary files, `" in error
    assert "`: the disk is full\n  = help: free some space there" in error


def test_a_workbook_that_is_given_up_leaves_no_temporary_file(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aside = place / "aside"
    aside.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(aside))
    (place / "leads.csv").write_text("Visits,long\n5,short\n5," + "x" * 40_000 + "\n")
    assert exit_code(["run", "r.rules", "leads.csv", "-o", "o.xlsx"]) == 2
    assert not (place / "o.xlsx").exists()
    assert list(aside.iterdir()) == []


@pytest.mark.parametrize(("mark", "delimiter"), [("sep=\t", "tab"), ("sep=,", ";"), ("sep=;", ";")])
def test_a_line_that_tells_the_delimiter_is_no_header(place: Path, mark: str, delimiter: str) -> None:
    """Even where the delimiter is said on the command line."""
    sign = "\t" if delimiter == "tab" else delimiter
    (place / "leads.csv").write_text(f"{mark}\nEmail{sign}Visits\na@b.example{sign}5\n")
    assert exit_code(["run", "r.rules", "leads.csv", "-o", "o.csv", "--delimiter", delimiter]) == 0
    lines = (place / "o.csv").read_text().splitlines()
    assert lines[0] == mark
    assert lines[2].startswith(f"a@b.example{sign}5{sign}36")


def test_only_a_character_that_may_divide_is_a_delimiter(place: Path) -> None:
    (place / "leads.csv").write_text("sep=a,Visits\nx,5\n")
    assert exit_code(["run", "r.rules", "leads.csv", "-o", "o.csv"]) == 0
    (place / "leads.csv").write_text('sep="\nx\n')
    assert exit_code(["run", "r.rules", "leads.csv", "-o", "o.csv"]) == 2


def test_a_header_of_two_lines_is_offered_in_one(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "leads.csv").write_text('"Visits\nso far"\n5\n')
    assert exit_code(["run", "r.rules", "leads.csv", "-o", "o.csv"]) == 2
    assert 'then add `from "Visits so far"` to the field' in capsys.readouterr().err
    (place / "r.rules").write_text(RULES.replace('"Visits"', '"Visits so far"'))
    assert exit_code(["run", "r.rules", "leads.csv", "-o", "o.csv"]) == 0


def test_the_version_is_the_project_s(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["--version"]) == 0
    project = (Path(__file__).resolve().parents[1] / "pyproject.toml").read_text()
    assert f'\nversion = "{capsys.readouterr().out.split()[1]}"\n' in project


def test_a_folder_without_rights_is_told_of_rejects(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the leads go to standard output, `-o` would not help."""
    assert exit_code(["run", "r.rules", "leads.csv", "--rejects", "nowhere/r.csv"]) == 2
    assert "make the folder first, or name another place with --rejects" in capsys.readouterr().err


def test_rejects_without_columns_of_their_own_are_no_longer_than_their_header(place: Path) -> None:
    (place / "leads.jsonl").write_text("[1, 2]\n")
    assert shell("leadrules run r.rules leads.jsonl -o o.csv").returncode == 1
    assert (place / "o.csv.rejects.csv").read_text().splitlines() == [
        "reject_row,reject_field,reject_value,reject_reason",
        '1,,"[1, 2]","it is a list, not an object (line 1)"',
    ]


def test_a_ruleset_that_cannot_be_read_has_not_been_checked(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refused)
    assert exit_code(["check", "r.rules"]) == 2
    assert capsys.readouterr().err == "error: `r.rules` cannot be read: there is no permission to read it\n"


def test_a_folder_that_cannot_be_looked_into_is_never_a_pass(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "below").mkdir()
    scan = os.scandir

    def refused(path: str) -> object:
        if str(path).endswith("below"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refused)
    assert exit_code(["check", "."]) == 2
    assert "below: permission denied" in capsys.readouterr().err


@pytest.mark.parametrize("other", ["regions.csv", "more.csv", "names.csv"])
def test_no_file_of_the_ruleset_is_written_over(place: Path, other: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither by the scored leads nor by the rejects: a table, an include, a list."""
    (place / "regions.csv").write_text("country,region\nAustria,South\n")
    (place / "more.csv").write_text('list good from "names.csv"\n')
    (place / "names.csv").write_text("Austria\n")
    (place / "r.rules").write_text(
        'include "more.csv"\nfield country : text from "Email"\nwhen country in good add 1\n'
        'label region by country from "regions.csv"\n'
    )
    before = (place / other).read_bytes()
    assert exit_code(["run", "r.rules", "leads.csv", "-o", other]) == 2
    assert exit_code(["run", "r.rules", "leads.csv", "-o", "o.csv", "--rejects", other]) == 2
    assert capsys.readouterr().err.count(f"`{other}` is used by this run already, and would be written over") == 2
    assert (place / other).read_bytes() == before


@pytest.mark.parametrize("name", ["o.csv", "o.csv.gz", "o.jsonl", "o.parquet", "o.xlsx"])
def test_the_clock_takes_no_part_in_what_is_written(place: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    for hour in (1, 2):
        monkeypatch.setenv("TZ", f"UTC-{hour}")
        done = shell(f"leadrules run r.rules leads.csv -o {name} --as-of 2026-11-22")
        assert done.returncode == 0
        written.append((place / name).read_bytes())
        time.sleep(1.1)  # a workbook would say when it was made, to the second
    assert written[0] == written[1]


def test_a_rule_as_long_as_a_book_does_not_fill_the_summary(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "r.rules").write_text(f'field e : text from "Email"\nwhen e contains "{"x" * 100_000}" add 1\n')
    assert exit_code(["run", "r.rules", "leads.csv", "-o", "o.csv"]) == 0
    error = capsys.readouterr().err
    assert 'r.rules:2  e contains "xxx' in error
    assert len(error) < 1_000


def test_days_beyond_the_calendar_stop_no_command(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = pl.DataFrame({"Visits": [5], "day": pl.Series([2**31 - 1], dtype=pl.Int32).cast(pl.Date)})
    frame.write_parquet(place / "leads.parquet")
    (place / "days.rules").write_text("field day : text\nwhen day is known add 1\n")
    assert exit_code(["init", "leads.parquet"]) == 0
    assert exit_code(["explain", "days.rules", "leads.parquet", "--where", "Visits=5"]) == 0
    assert "2147483647 days after 1970-01-01" in capsys.readouterr().out


def test_a_breakdown_of_polars_is_a_fault_of_the_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise pl.exceptions.PanicException("out of range")

    monkeypatch.setattr("leadrules.cli.main.leadrules.main", breaks)
    assert exit_code(["check"]) == 70
    assert "fault in leadrules: PanicException: out of range" in capsys.readouterr().err
