"""Comments that allow a problem, and baselines that accept what stands today."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leadrules.checking import check_text
from leadrules.checking.thorough import thorough
from leadrules.cli.main import exit_code

HEAD = "field country : text\nfield visits : integer\n"
LIST = 'list home = "at", "AT"'
USE = "\nwhen country in home add 10\nwhen visits >= 3 add 1\n"
WHY = "because the CRM exports both"


def found(text: str) -> list[tuple[str, int]]:
    return [(one.name, one.line) for one in thorough([check_text(HEAD + text + USE)])]


@pytest.mark.parametrize(
    "text",
    [
        f"{LIST} # leadrules: allow repeated-value {WHY}",
        f"# leadrules: allow repeated-value {WHY}\n{LIST}",
        f"#leadrules:allow repeated-value {WHY}\n\n# another comment\n\n{LIST}",
        f"# leadrules: allow repeated-value {WHY}\n# leadrules: allow repeated-value {WHY}\n"
        'list home = "at", "AT", "At"',
        f'list home = "at",\n  "AT" # leadrules: allow repeated-value {WHY}',
        f"# LeadRules: allow repeated-value {WHY}\r\n{LIST}".replace("\r\n", "\n"),
    ],
)
def test_allowed(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (f'# leadrules: allow repeated-value {WHY}\nlist home = "at", "AT", "At"', [("repeated-value", 4)]),
        (f"# leadrules: allow repeated-value\n{LIST}", [("allowance-without-reason", 3)]),
        (f"# leadrules: allow repeated-value because\n{LIST}", [("allowance-form", 3), ("repeated-value", 4)]),
        (f"# leadrules: alow repeated-value {WHY}\n{LIST}", [("allowance-form", 3), ("repeated-value", 4)]),
        (f"# leadrules: allow repeated-valu {WHY}\n{LIST}", [("unknown-allowance", 3), ("repeated-value", 4)]),
        (f"{LIST}\n# leadrules: allow repeated-value {WHY}", [("repeated-value", 3), ("unused-allowance", 4)]),
        ('list home = "at" # leadrules: allow text-order because of nothing', [("unused-allowance", 3)]),
        (f'list home = "# leadrules: allow text-order {WHY}"', []),
        (f'# about leadrules: allow text-order {WHY}\nlist home = "at"', []),
    ],
)
def test_not_allowed(text: str, problems: list[tuple[str, int]]) -> None:
    assert found(text) == problems


def test_an_error_that_stops_the_ruleset_stays() -> None:
    text = f"when vists >= 1 add 1 # leadrules: allow unknown-field {WHY}\n" + 'list home = "at"'
    assert found(text) == [("unknown-field", 3), ("cannot-be-allowed", 3)]


def test_nothing_is_called_unused_while_an_error_keeps_proofs_from_being_tried() -> None:
    text = f"{LIST} # leadrules: allow text-order {WHY}\nwhen vists >= 1 add 1"
    assert found(text) == [("repeated-value", 3), ("unknown-field", 4)]


def test_the_last_line_may_be_an_allowance() -> None:
    text = f"field n : integer\nwhen n >= 1 add 1\n# leadrules: allow text-order {WHY}"
    (one,) = thorough([check_text(text)])
    assert one.message == "no line follows this comment: nothing is allowed here"


def test_a_shared_file_is_allowed_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shared.rules").write_text(f"{HEAD}{LIST} # leadrules: allow repeated-value {WHY}\n")
    for name in "ab":
        (tmp_path / f"{name}.rules").write_text(f'include "shared.rules"\n{USE}')
    assert exit_code(["check", str(tmp_path)]) == 0
    assert capsys.readouterr().err == "3 rulesets: no problems\n"


# ------------------------------------------------------------------ baseline


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.rules").write_text(f"{HEAD}{LIST}{USE}")
    (tmp_path / "b.rules").write_text(f'{HEAD}list home = "at"{USE}')
    return tmp_path


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = exit_code(["check", *arguments, "--format", "line"])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_a_baseline_accepts_what_stands_and_nothing_new(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(capsys, ".", "--baseline", "accepted.json", "--write-baseline") == (
        0,
        "",
        "`accepted.json` accepts 1 problem\n2 rulesets: no problems\n",
    )
    assert json.loads((folder / "accepted.json").read_text()) == {"baseline": {"a.rules": {"repeated-value": 1}}}
    assert check(capsys, ".", "--baseline", "accepted.json")[:2] == (0, "")
    (folder / "a.rules").write_text(f'# moved\n{HEAD}list home = "at", "AT"{USE}')
    assert check(capsys, ".", "--baseline", "accepted.json")[:2] == (0, "")
    (folder / "a.rules").write_text(f'{HEAD}list home = "at", "AT", "At"{USE}')
    code, out, err = check(capsys, ".", "--baseline", "accepted.json")
    assert (code, out.count("repeated-value")) == (1, 2)
    assert "`a.rules`: 2 problems `repeated-value`, the baseline accepts 1; all are shown\n" in err
    (folder / "b.rules").write_text((folder / "a.rules").read_text())
    assert check(capsys, "b.rules", "--baseline", "accepted.json")[0] == 1


def test_what_is_solved_is_told_and_fails_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(capsys, ".", "--baseline", "accepted.json", "--write-baseline")
    (folder / "a.rules").write_text(f'{HEAD}list home = "at"{USE}')
    code, _, err = check(capsys, ".", "--baseline", "accepted.json")
    assert code == 0
    assert "`a.rules`: none left of `repeated-value`: write the baseline again" in err
    assert "none left" not in check(capsys, "b.rules", "--baseline", "accepted.json")[2]


def test_a_baseline_counts_from_its_own_folder(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check(capsys, ".", "--baseline", "accepted.json", "--write-baseline")
    (folder / "inner").mkdir()
    monkeypatch.chdir(folder / "inner")
    assert check(capsys, "..", "--baseline", "../accepted.json")[:2] == (0, "")
    assert check(capsys, str(folder), "--baseline", str(folder / "accepted.json"))[:2] == (0, "")


def test_no_baseline_accepts_a_ruleset_that_cannot_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.rules").write_text("field n : integer\nwhen m >= 1 add 1\n")
    code, out, _ = check(capsys, ".", "--baseline", "accepted.json", "--write-baseline")
    assert (code, out.count("unknown-field")) == (1, 1)
    assert json.loads((folder / "accepted.json").read_text()) == {"baseline": {}}
    (folder / "accepted.json").write_text('{"baseline": {"a.rules": {"unknown-field": 1}}}')
    assert check(capsys, ".", "--baseline", "accepted.json")[0] == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no such file; `--write-baseline` makes it"),
        ("", "`accepted.json` is no baseline: write one"),
        ("[]", "`accepted.json` is no baseline: write one"),
        ('{"baseline": {"a.rules": 3}}', "`accepted.json` is no baseline: write one"),
        ('{"baseline": {"a.rules": {"text-order": "3"}}}', "no whole numbers above 0"),
        ('{"baseline": {"a.rules": {"text-order": 0}}}', "no whole numbers above 0"),
    ],
)
def test_what_is_no_baseline(folder: Path, content: str | None, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    if content is not None:
        (folder / "accepted.json").write_text(content)
    code, out, err = check(capsys, ".", "--baseline", "accepted.json")
    assert (code, out) == (2, "")
    assert said in err


def test_write_baseline_needs_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(capsys, ".", "--write-baseline")[0] == 2
