"""`leadrules fmt`: one layout, and nothing else changed; what it writes, lists and shows."""

from __future__ import annotations

import io
import os
import random
import stat
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from generate import case_of_seed
from generate.damage import commented, damaged, spread
from generate.draw import Draw

from leadrules import formatting
from leadrules.cli.main import exit_code
from leadrules.formatting import LayoutFault, comments_of, formatted
from leadrules.language.parser import parse
from leadrules.language.source import Source

LOOSE = "field  visits:integer # how many\nwhen visits>=3   add 10\n"
LAID_OUT = "field visits : integer  # how many\nwhen visits >= 3 add 10\n"
FAULTY = "when visits >=   add 10\n"
ODD = "# vertical\x0btab, form\x0cfeed, next\x85line, separator\u2028, bell\x07\n"

Captured = pytest.CaptureFixture[str]


def laid_out(text: str) -> str:
    one = formatted("x.rules", text.encode("utf-8"))
    assert one.problems == ()
    return one.after.decode("utf-8")


def assert_only_the_layout_changes(text: str) -> None:
    once = laid_out(text)
    (before, _), (after, _) = (parse(Source("x.rules", one)) for one in (text, once))
    assert after == before
    assert comments_of(Source("x.rules", once)) == comments_of(Source("x.rules", text))
    assert laid_out(once) == once


def every_ruleset(root: Path) -> list[Path]:
    return [path for folder in ("rulesets", "tests", "docs") for path in sorted((root / folder).rglob("*.rules"))]


def test_every_ruleset_of_the_repository_keeps_its_tree_and_its_comments(root: Path) -> None:
    texts = [path.read_bytes() for path in every_ruleset(root)]
    sound = [content for content in texts if not formatted("x.rules", content).problems]
    assert len(sound) > 40
    for content in sound:
        assert_only_the_layout_changes(content.decode("utf-8"))


def test_faulty_rulesets_of_the_repository_are_left_alone(root: Path) -> None:
    faulty = [one for one in (formatted("x.rules", path.read_bytes()) for path in every_ruleset(root)) if one.problems]
    assert faulty
    assert not any(one.changes for one in faulty)


def test_the_shipped_rulesets_stand_in_the_layout(root: Path, capsys: Captured) -> None:
    assert exit_code(["fmt", "--check", str(root / "rulesets")]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("seed", range(2000, 2040))
def test_generated_rulesets_keep_their_trees_and_their_comments(seed: int) -> None:
    draw = Draw(random.Random(seed).randrange)
    text = case_of_seed(seed, rules=6, most_leads=1).ruleset.text
    for _ in range(2):
        text = commented(draw, spread(draw, text))
    assert_only_the_layout_changes(text.replace("\r\n", "\n"))


@pytest.mark.parametrize("seed", range(3000, 3060))
def test_damaged_rulesets_are_laid_out_or_left_alone_and_never_a_fault(seed: int) -> None:
    draw = Draw(random.Random(seed).randrange)
    text = damaged(draw, case_of_seed(seed, rules=3, most_leads=1).ruleset.text)
    one = formatted("x.rules", text.encode("utf-8", "surrogatepass"))
    if one.problems:
        assert not one.changes
    else:
        assert_only_the_layout_changes(one.before.decode("utf-8").replace("\r\n", "\n"))


@pytest.mark.parametrize("text", [ODD, f"when a add 1 {ODD}", f"when a {ODD} add 1", f"{ODD}\n\n{ODD}let a = b\n"])
def test_a_comment_may_hold_what_looks_like_a_line_end(text: str) -> None:
    assert_only_the_layout_changes(text)


def test_deep_and_long_rulesets() -> None:
    assert_only_the_layout_changes(f"let a = {'(' * 90}b{')' * 90}\n")
    assert_only_the_layout_changes(f"let a = {' + '.join(['b'] * 90)}\n")
    assert_only_the_layout_changes(f"when {' and '.join(['b'] * 3000)} add 1\n")
    assert_only_the_layout_changes("".join(f"when a{number} add 1 # {number}\n" for number in range(2000)))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"when a  add 1\r\n\r\n# b\r\n", b"when a add 1\r\n\r\n# b\r\n"),
        (b"when a  add 1\n# b\r\n", b"when a add 1\n# b\n"),
        (b"when a  add 1\r\n# b\n", b"when a add 1\r\n# b\r\n"),
        (b"when a  add 1\r# b\r", b"when a add 1\n# b\n"),
        (b"when a add 1", b"when a add 1\n"),
        (b"\xef\xbb\xbfwhen a add 1\r\n", b"when a add 1\r\n"),
        (b"\n\n", b""),
    ],
)
def test_line_ends_are_those_of_the_first_line_and_the_mark_goes(content: bytes, expected: bytes) -> None:
    assert formatted("x.rules", content).after == expected
    assert formatted("x.rules", expected).after == expected


def test_a_file_is_written_in_place_with_its_rights(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "a.rules"
    path.write_text(LOOSE, encoding="utf-8", newline="")
    path.chmod(0o640)
    assert exit_code(["fmt", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == LAID_OUT
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert capsys.readouterr() == ("", f"`{path}`: written in the one layout\n")
    assert os.listdir(tmp_path) == ["a.rules"]


def test_a_file_in_the_layout_is_not_written_again(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "a.rules"
    path.write_text(LAID_OUT, encoding="utf-8", newline="")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    assert exit_code(["fmt", str(path)]) == 0
    assert path.stat().st_mtime == 1_000_000_000
    assert capsys.readouterr().err == f"`{path}`: in the one layout\n"


def test_a_link_stays_a_link(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "real.rules").write_text(LOOSE, encoding="utf-8")
    link = tmp_path / "link.rules"
    link.symlink_to("real.rules")
    assert exit_code(["fmt", str(link)]) == 0
    assert link.is_symlink()
    assert (tmp_path / "real.rules").read_text(encoding="utf-8") == LAID_OUT
    capsys.readouterr()


def test_a_folder_with_all_sorts_of_files(tmp_path: Path, capsys: Captured) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "a.rules").write_text(LOOSE, encoding="utf-8", newline="")
    (tmp_path / "b.rules").write_text(FAULTY, encoding="utf-8", newline="")
    (inner / "c.rules").write_text(LAID_OUT, encoding="utf-8", newline="")
    (inner / "d.txt").write_text(LOOSE, encoding="utf-8", newline="")
    assert exit_code(["fmt", str(tmp_path)]) == 1
    shown = capsys.readouterr().err
    assert "error[unexpected-word]" in shown
    assert "b.rules has 1 problem; it was left as it was" in shown
    assert shown.endswith("3 rulesets: 1 written, 1 in the one layout, 1 left as they were\n")
    assert (tmp_path / "a.rules").read_text(encoding="utf-8") == LAID_OUT
    assert (tmp_path / "b.rules").read_text(encoding="utf-8") == FAULTY
    assert (inner / "d.txt").read_text(encoding="utf-8") == LOOSE


def test_check_lists_what_would_change(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "a.rules"
    path.write_text(LOOSE, encoding="utf-8", newline="")
    (tmp_path / "b.rules").write_text(LAID_OUT, encoding="utf-8", newline="")
    assert exit_code(["fmt", "--check", str(tmp_path)]) == 1
    assert capsys.readouterr() == (f"{path}\n", "2 rulesets: 1 would change, 1 in the one layout\n")
    assert path.read_text(encoding="utf-8") == LOOSE
    assert exit_code(["fmt", "--check", str(tmp_path / "b.rules")]) == 0
    assert capsys.readouterr().out == ""


def test_diff_shows_what_would_change(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.rules").write_text("let a = b\nwhen a  add 1 # \x0b \u2028", encoding="utf-8", newline="")
    assert exit_code(["fmt", "--diff", "a.rules"]) == 1
    assert capsys.readouterr() == (
        "--- a.rules\n+++ a.rules\n@@ -1,2 +1,2 @@\n let a = b\n-when a  add 1 # \x0b \u2028\n"
        "\\ No newline at end of file\n+when a add 1  #\n",
        "`a.rules`: would change\n",
    )


@pytest.mark.parametrize(
    ("arguments", "content", "code", "out"),
    [
        ([], LOOSE, 0, LAID_OUT),
        ([], LAID_OUT, 0, LAID_OUT),
        ([], LOOSE.replace("\n", "\r\n"), 0, LAID_OUT.replace("\n", "\r\n")),
        ([], FAULTY, 1, ""),
        ([], "", 0, ""),
        (["--check"], LOOSE, 1, "<standard input>\n"),
        (["--check"], LAID_OUT, 0, ""),
    ],
)
def test_standard_input(
    arguments: list[str], content: str, code: int, out: str, capsysbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content.encode())))
    assert exit_code(["fmt", "-", *arguments]) == code
    assert capsysbinary.readouterr().out == out.encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'# caf\xe9\nlet a = "b"\n', "error[not-utf-8]"),
        ("when a add 1".encode("utf-16"), "error[not-utf-8]"),
        (b"when a\0 add 1\n", "error[not-text]"),
        (b"list a = 1,200\n", "warning[number-with-comma]"),
    ],
)
def test_what_cannot_be_read_as_it_was_meant_is_left_as_it_was(
    content: bytes, said: str, tmp_path: Path, capsys: Captured
) -> None:
    path = tmp_path / "a.rules"
    path.write_bytes(content)
    assert exit_code(["fmt", str(path)]) == 1
    shown = capsys.readouterr().err
    assert said in shown
    assert shown.endswith(f"`{path}`: left as it was\n")
    assert path.read_bytes() == content


def test_nothing_is_written_that_would_not_be_read_as_the_file_is(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.rules"
    path.write_text(LOOSE, encoding="utf-8", newline="")
    monkeypatch.delenv("LEADRULES_TRACEBACK", raising=False)
    for wrong in ("when visits >= 4 add 10  # how many\n", LAID_OUT.replace("# how many", ""), "when visits >= add\n"):
        monkeypatch.setattr(formatting, "format_source", lambda _, wrong=wrong: wrong)
        with pytest.raises(LayoutFault):
            formatted("a.rules", LOOSE.encode())
        assert exit_code(["fmt", str(path)]) == 70
        assert "would not say the same in the one layout; it was left as it was" in capsys.readouterr().err
        assert path.read_text(encoding="utf-8") == LOOSE


@pytest.mark.parametrize("arguments", [["fmt"], ["fmt", "gone.rules"], ["fmt", "empty"], ["fmt", "a.rules", "--wrong"]])
def test_what_cannot_be_done_as_asked_gives_2(
    arguments: list[str], tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("a.rules").write_text(LOOSE, encoding="utf-8", newline="")
    assert exit_code(arguments) == 2
    assert capsys.readouterr().out == ""
    assert Path("a.rules").read_text(encoding="utf-8") == LOOSE


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="rights do not bind whoever runs this")
def test_a_file_that_may_not_be_written(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "a.rules"
    path.write_text(LOOSE, encoding="utf-8", newline="")
    path.chmod(0o400)
    assert exit_code(["fmt", str(path)]) == 2
    assert "you may not write there" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == LOOSE


def test_a_write_that_fails_leaves_the_file(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.rules"
    path.write_text(LOOSE, encoding="utf-8", newline="")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert exit_code(["fmt", str(path)]) == 2
    assert f"cannot write `{path}`: the disk is full" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == LOOSE
    assert os.listdir(tmp_path) == ["a.rules"]
