"""`leadrules check`, and what holds for every command: exit codes, formats, spelling, faults."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from leadrules.cli import main as cli
from leadrules.cli.main import COMMANDS, Commands, exit_code

CLEAN = "field visits : integer\nwhen visits >= 3 add 10\n"
FAULTY = "field visits : integer\nwhen visit >= 3 add 10\n"
WARNING = CLEAN + 'field home : text\nlist near = "a", "A"\nwhen home in near add 1\n'
INFO = "when visits >= 3 add 10\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"clean": CLEAN, "faulty": FAULTY, "warning": WARNING, "info": INFO}.items():
        (tmp_path / f"{name}.rules").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_clean_check_says_so_on_standard_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["check", str(folder / "clean.rules")]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == f"`{folder / 'clean.rules'}`: no problems\n"


@pytest.mark.parametrize("format_", ["full", "line", "json"])
@pytest.mark.parametrize(
    ("name", "level", "code"),
    [
        ("clean", "info", 0),
        ("info", "warning", 0),
        ("info", "info", 1),
        ("warning", "error", 0),
        ("warning", "warning", 1),
        ("faulty", "error", 1),
    ],
)
def test_the_exit_code_follows_from_the_worst_problem(
    folder: Path, name: str, level: str, code: int, format_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["check", str(folder / f"{name}.rules"), "--format", format_, "--fail-level", level]) == code
    capsys.readouterr()


def test_warnings_fail_and_notes_do_not_unless_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["check", str(folder / "warning.rules")]) == 1
    assert exit_code(["check", str(folder / "info.rules")]) == 0
    capsys.readouterr()


def test_a_folder_means_all_its_rulesets(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inner = folder / "inner" / "deep"
    inner.mkdir(parents=True)
    (inner / "more.rules").write_text(FAULTY, encoding="utf-8")
    (inner / "notes.txt").write_text("no ruleset", encoding="utf-8")
    assert exit_code(["check", str(folder), "--format", "json"]) == 1
    shown = capsys.readouterr()
    files = [Path(one["file"]).name for one in json.loads(shown.out)]
    assert files == ["faulty.rules", "info.rules", "more.rules", "warning.rules"]
    assert shown.err == "5 rulesets: 2 errors, 1 warning, 1 note\n"


def test_problems_of_a_shared_file_are_shown_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shared.rules").write_text(FAULTY, encoding="utf-8")
    for name in ("a", "b"):
        (tmp_path / f"{name}.rules").write_text('include "shared.rules"\n', encoding="utf-8")
    assert exit_code(["check", str(tmp_path), "--format", "line"]) == 1
    assert capsys.readouterr().out.count("unknown-field") == 1


@pytest.mark.parametrize("content", [CLEAN, FAULTY])
def test_standard_input(content: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content.encode())))
    assert exit_code(["check", "-", "--format", "line"]) == int(content == FAULTY)
    assert capsys.readouterr().out.startswith("<standard input>:2:6: error" if content == FAULTY else "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "gone.rules"],
        ["check", "empty"],
        ["check", "clean.rules", "gone.rules"],
        ["check", "clean.rules", "--format", "pretty"],
        ["chekc", "clean.rules"],
        ["--wrong"],
    ],
)
def test_what_cannot_be_done_as_asked_gives_2(
    folder: Path, arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "empty").mkdir()
    monkeypatch.chdir(folder)
    assert exit_code(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Error:" in shown.err


def test_a_mistyped_command_is_told_the_right_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["chekc"]) == 2
    assert "did you mean `check`?" in capsys.readouterr().err


def test_the_folder_is_not_left_unless_allowed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inner = folder / "inner"
    inner.mkdir()
    (inner / "root.rules").write_text('include "../clean.rules"\n', encoding="utf-8")
    assert exit_code(["check", str(inner)]) == 1
    assert exit_code(["check", str(inner), "--allow-outside"]) == 0
    capsys.readouterr()


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (RuntimeError("boom"), 70, "fault in leadrules: RuntimeError: boom"),
        (RecursionError("deep"), 70, "fault in leadrules: RecursionError: deep"),
        (PermissionError(13, "Permission denied", "out.csv"), 2, "error: out.csv: permission denied"),
        (KeyboardInterrupt(), 130, "stopped"),
    ],
)
def test_whatever_happens_is_said_in_a_few_lines(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command()
    def check() -> None:
        raise error

    monkeypatch.setattr(Commands, "get_command", lambda *_: check)
    monkeypatch.delenv("LEADRULES_TRACEBACK", raising=False)
    assert exit_code(["check"]) == code
    shown = capsys.readouterr().err
    assert said in shown
    assert "Traceback" not in shown


def test_the_group_says_of_each_command_what_the_command_says() -> None:
    group: Any = cli.leadrules
    context = click.Context(group)
    for name, short in COMMANDS.items():
        command = group.get_command(context, name)
        assert command.name == name
        assert command.get_short_help_str(100).rstrip(".") == short.rstrip(".")


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"]])
def test_help_shows_an_example(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(arguments) == 0
    assert "Example:" in capsys.readouterr().out


def test_a_check_imports_nothing_that_it_does_not_use(folder: Path) -> None:
    program = (
        "import sys\nfrom leadrules.cli.main import exit_code\n"
        f"assert exit_code(['check', {str(folder / 'clean.rules')!r}]) == 0\n"
        "print(sorted({'polars', 'numpy', 'rich', 'pydantic', 'lark', 'pyarrow', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_hidden_folders_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "other.rules").write_text("when")
    (tmp_path / "mine.rules").write_text("field n : integer\nwhen n >= 3 add 36\n")
    assert exit_code(["check", str(tmp_path)]) == 0


def test_leads_in_the_place_of_the_ruleset_are_pointed_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "leads.csv").write_text("n\n1\n")
    assert exit_code(["run", str(tmp_path / "leads.csv"), "mine.rules"]) == 2
    assert "the ruleset comes first" in capsys.readouterr().err
