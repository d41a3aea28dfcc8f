"""What `check` finds by proof.

`cases/proofs/*.rules` are cases as those of `cases/check`; `cases/proofs/messages.txt` is what a terminal shows of
them. `pytest --update` rewrites it; the diff is the review.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from leadrules.analysis.findings import findings
from leadrules.checking import check_text
from leadrules.problems.problem import Problem
from leadrules.problems.render import full

CASES = Path(__file__).parent / "cases" / "proofs"
EXPECTED = re.compile(r"# ! ([a-z0-9, -]+)$")
AS_OF = date(2026, 11, 2)


def cases() -> list[object]:
    """Each case as a text whose lines have the numbers that they have in their file."""
    found: list[object] = []
    for file in sorted(CASES.glob("*.rules")):
        parts = re.split(r"^---\n", file.read_text(encoding="utf-8"), flags=re.M)
        line = parts[0].count("\n") + 2
        for part in parts[1:]:
            text = parts[0] + "\n" * (line - 1 - parts[0].count("\n")) + part
            found.append(pytest.param(text, id=f"{file.stem}-{line}"))
            line += part.count("\n") + 1
    return found


def found_in(text: str) -> list[Problem]:
    """The findings, by place; fields of the cases that a case does not use are no news."""
    checked = check_text(text, "findings.rules")
    assert checked.model is not None, "\n".join(map(str, checked.problems))
    found = findings(checked, AS_OF, seconds=60)
    return sorted(
        (one for one in found if not one.message.startswith("nothing uses the field")), key=lambda one: one.span.start
    )


@pytest.mark.parametrize("text", cases())
def test_case(text: str) -> None:
    expected = sorted(
        (number, name)
        for number, line in enumerate(text.split("\n"), 1)
        if (found := EXPECTED.search(line))
        for name in found[1].split(", ")
    )
    found = found_in(text)
    assert sorted((one.line, one.name) for one in found) == expected, "\n".join(map(str, found))


def test_the_messages(update: bool) -> None:
    shown = "\n".join(full(found_in(case.values[0])) for case in cases())  # type: ignore[attr-defined]
    golden = CASES / "messages.txt"
    if update:
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", cases())
def test_the_wording_keeps_the_house_style(text: str) -> None:
    for one in found_in(text):
        for words in (one.message, one.help or "x"):
            assert re.fullmatch(r"(?![A-Z][a-z])[^\n]*[^.\n]", words)
            assert not re.search(r"\b(python|solver|bins?|axis|axes|cells?|proof|None|True|False)\b", words)


def test_shipped_rulesets_give_no_warning() -> None:
    from leadrules.checking import check_path

    for path in sorted((Path(__file__).parent.parent / "rulesets").rglob("*.rules")):
        checked = check_path(path, allow_outside=True)
        found = [one for one in findings(checked, AS_OF, seconds=60) if one.severity != "info"]
        assert [str(one) for one in found] == []


def test_a_value_in_a_narrow_gap_is_written_with_all_its_places() -> None:
    (one,) = found_in("field a : number\npoints by a { 200 to 499.99: 1, over 500: 2 }")
    assert one.message.startswith("a = 499.991 lies between")


def test_a_rule_that_never_counts_is_said_once() -> None:
    (one,) = found_in(
        "field a : integer\ndisqualify if a < 18\nwhen a < 16 add 5\nwhen a > 20 add 9\nstage Lead\nstage MQL at 5"
    )
    assert one.name == "rule-never-counts"


def test_a_total_with_one_limit_that_is_never_reached() -> None:
    (one,) = found_in(
        "field a : integer\nwhen a > 1 add 5\nwhen a < 0 add 3\ntotal at most 40\nstage Lead\nstage MQL at 3"
    )
    assert (one.name, one.message) == ("range-not-reached", "`score` is declared at most 40, and goes from 0 to 5")
