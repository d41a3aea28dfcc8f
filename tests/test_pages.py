"""Every problem has a page, and every page is right: its wrong example gives that problem, its right one gives none.

A page has one `rules` block under "Wrong" and one under "Right" (`rules escaped`: `\\xe9` stands for that byte), and
`file NAME` blocks for files that they need; a `leads` block (csv) for problems that only leads show.
"""

from __future__ import annotations

import ast
import re
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from leadrules import problems
from leadrules.checking import check_path, check_text
from leadrules.checking.thorough import thorough
from leadrules.leads import open_leads
from leadrules.problems.problem import Problem
from leadrules.surveying import held_against

PROBLEMS = Path(problems.__file__).parent
PAGES = sorted((PROBLEMS / "pages").glob("*.md"))
SECTION = re.compile(r"^## (Wrong|Right)\n(.*?)(?=^## |\Z)", re.M | re.S)
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.M | re.S)
LARGE = 21_000_000
PROVED = set(re.findall(r'"([a-z-]+)",\s+"(?:error|warning|info)"', (PROBLEMS / "proof_messages.py").read_text()))
"""What looking at all leads tells: of a small example of something else it may tell all sorts of things."""
ALSO = {"cannot-be-allowed": {"unknown-field"}}
"""What a wrong example cannot but have besides."""


def names_in_messages() -> set[str]:
    """The name of every problem that any message can make."""
    calls = [
        node
        for module in PROBLEMS.glob("*_messages.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem"
    ]
    assert all(call.args and isinstance(call.args[0], ast.Constant) for call in calls), "a problem's name is a literal"
    return {str(call.args[0].value) for call in calls if isinstance(call.args[0], ast.Constant)}


def check_example(page: Path, section: str, folder: Path) -> list[Problem]:
    text = page.read_text(encoding="utf-8")
    for kind, name, content in BLOCK.findall(text):
        if kind == "file":
            (folder / name).write_text(content, encoding="utf-8")
    sections = dict(SECTION.findall(text))
    ((_, escaped, rules),) = [block for block in BLOCK.findall(sections[section]) if block[0] == "rules"]
    content = rules.encode()
    if escaped:
        content = re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), content)
    (folder / "page.rules").write_bytes(content)
    if page.stem == "include-without-folder":
        return thorough([check_text(rules)])
    checked = check_path(folder / "page.rules", read=read)
    leads = [content for kind, _, content in BLOCK.findall(sections[section]) if kind == "leads"]
    if not leads:
        return thorough([checked])
    (folder / "leads.csv").write_text(leads[0], encoding="utf-8")
    with closing(open_leads(folder / "leads.csv")) as source:
        found, _ = held_against(checked, source, date(2026, 11, 2))
    return thorough([checked], found)


def read(path: Path) -> bytes:
    return b"a" * LARGE if path.name == "large.txt" else path.read_bytes()


def test_every_problem_has_a_page_and_every_page_its_problem() -> None:
    assert {page.stem for page in PAGES} == names_in_messages()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page(page: Path, tmp_path: Path) -> None:
    assert page.read_text(encoding="utf-8").startswith(f"# {page.stem}\n")
    wrong = check_example(page, "Wrong", tmp_path)
    besides = ALSO.get(page.stem, set()) | (PROVED - {page.stem} if page.stem not in PROVED else set())
    assert {one.name for one in wrong} - besides == {page.stem}
    right = check_example(page, "Right", tmp_path)
    assert [
        str(one) for one in right if one.name == page.stem or (one.severity == "error" and one.name not in besides)
    ] == []
