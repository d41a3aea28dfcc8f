"""What the README and the pages of `docs/` show is run: rulesets are checked, commands and Python executed."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from documents import COMMAND, Block, blocks_of, matches

import leadrules
from leadrules.language.table import table

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "rulesets" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
BLOCKS = [block for page in PAGES for block in blocks_of(page)]
RULES = [block for block in BLOCKS if block.kind == "rules"]
RUNNING = [page for page in PAGES if any(block.kind in ("console", "python") for block in blocks_of(page))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a page's blocks find the files that they speak of."""
    shutil.copytree(ROOT / "docs" / "examples", tmp_path, dirs_exist_ok=True)
    shutil.copytree(ROOT / "rulesets", tmp_path / "rulesets")
    return tmp_path


@pytest.mark.parametrize("block", RULES, ids=lambda block: block.name)
def test_rulesets(block: Block, folder: Path) -> None:
    path = folder / (block.file or "block.rules")
    path.write_text(block.text, encoding="utf-8")
    problems = leadrules.check(path)
    if block.gives:
        assert block.gives in {problem.name for problem in problems}
    else:
        assert [str(problem) for problem in problems if problem.severity != "info"] == []


@pytest.mark.parametrize("page", RUNNING, ids=lambda page: page.stem)
def test_commands_and_python(page: Path, folder: Path, update: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    environment = environment_of(folder)
    names: dict[str, object] = {"__name__": "__main__"}
    shown: list[tuple[Block, str]] = []
    for block in blocks_of(page):
        if block.file:
            (folder / block.file).write_text(block.text, encoding="utf-8")
        elif block.kind == "python" and block.runs:
            exec(compile("\n" * block.line + block.text, str(page), "exec"), names)
        elif block.kind == "console" and block.runs:
            shown.append(
                (block, "".join(run(*command, folder, environment) for command in COMMAND.findall(block.text)))
            )
    if update:
        text = page.read_text(encoding="utf-8")
        for block, output in reversed(shown):
            text = text[: block.start] + output + text[block.end :]
        page.write_text(text, encoding="utf-8")
    for block, output in shown:
        assert update or output == block.text, f"{page.name}, line {block.line}"


def environment_of(folder: Path) -> dict[str, str]:
    """An environment in which the command `leadrules` is this checkout's, and `python` the one that runs the tests."""
    tools = folder / ".bin"
    tools.mkdir()
    command = tools / "leadrules"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from leadrules.cli.main import main; main()" "$@"\n')
    command.chmod(0o755)
    python = tools / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "110", "LC_ALL": "C.UTF-8"}


def run(command: str, expected: str, folder: Path, environment: dict[str, str]) -> str:
    """The command as shown with its output; an output that fits what is expected (`…`) is given back as expected."""
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    assert not done.stdout.startswith("fault in leadrules"), done.stdout  # never to be taken for what is expected
    output = re.sub(r"[ \t]+$", "", done.stdout, flags=re.M)
    return f"$ {command}\n{expected if matches(expected, output) else output}"


def test_reserved_words_are_listed() -> None:
    page = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    assert re.findall(r"`(\w+)`", page.partition("<!-- reserved words -->")[2]) == sorted(table().reserved)


def test_every_problem_is_listed(update: bool) -> None:
    page = runpy.run_path(str(ROOT / "tools" / "list_problems.py"))["page"]()
    listed = ROOT / "docs" / "problems.md"
    if update:
        listed.write_text(page, encoding="utf-8")
    assert listed.read_text(encoding="utf-8") == page, "run `make tables`"


def test_an_output_that_differs_is_seen() -> None:
    assert matches("a\n…\nz\n", "a\nb\nc\nz\n")
    assert matches("a\n…\n", "a\n")
    assert not matches("a\n…\nz\n", "a\nb\nc\n")
    assert not matches("a\n", "a\nb\n")


def test_links_lead_somewhere() -> None:
    """Links between pages, and to headings in them."""
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text(encoding="utf-8")):
            path, _, heading = target.partition("#")
            other = page.parent / path if path else page
            assert other.exists(), f"{page.name}: {target}"
            if heading:
                assert heading in headings_of(other), f"{page.name}: {target}"


def headings_of(page: Path) -> set[str]:
    found = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}
