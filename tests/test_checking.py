"""The check: what it reports, and the normal form that it makes.

Faulty rules live in `cases/check/*.rules`: cases cut by lines of dashes, what stands before the first of them put
before each; `# ! name` at a line's end says which problems that line has.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leadrules.checking import check_text

CASES = Path(__file__).parent / "cases" / "check"
EXPECTED = re.compile(r"# ! ([a-z0-9, -]+)$")


def cases() -> list[object]:
    """Each case as a text whose lines have the numbers that they have in their file."""
    found: list[object] = []
    for file in sorted(CASES.glob("*.rules")):
        parts = re.split(r"^---\n", file.read_text(encoding="utf-8"), flags=re.M)
        line = parts[0].count("\n") + 2
        for part in parts[1:]:
            text = parts[0] + "\n" * (line - 1 - parts[0].count("\n")) + part
            found.append(pytest.param(file, text, id=f"{file.stem}-{line}"))
            line += part.count("\n") + 1
    return found


@pytest.mark.parametrize(("file", "text"), cases())
def test_case(file: Path, text: str) -> None:
    expected = {
        (number, name)
        for number, line in enumerate(text.split("\n"), 1)
        if (found := EXPECTED.search(line))
        for name in found[1].split(", ")
    }
    counts = sum(len(found[1].split(", ")) for line in text.split("\n") if (found := EXPECTED.search(line)))
    checked = check_text(text, file.name, CASES)
    assert {(one.line, one.name) for one in checked.problems} == expected, "\n".join(map(str, checked.problems))
    assert len(checked.problems) == counts
    assert (checked.model is None) == any(one.severity == "error" for one in checked.problems)
