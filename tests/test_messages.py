"""Messages as the user sees them.

`cases/messages/*.rules` are checked (cases cut by lines of dashes, as in `cases/check`), and what a terminal would show
is held against the `.txt` beside each. `pytest --update` rewrites those; the diff is the review.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from leadrules.checking import check_text
from leadrules.language.source import Source, Span
from leadrules.problems.problem import Problem, Related
from leadrules.problems.render import full, line
from leadrules.problems.render import json as as_json

CASES = Path(__file__).parent / "cases" / "messages"


@pytest.mark.parametrize("file", sorted(CASES.glob("*.rules")), ids=lambda file: file.stem)
def test_messages(file: Path, update: bool) -> None:
    shown = []
    for number, case in enumerate(re.split(r"^---\n", file.read_text(encoding="utf-8"), flags=re.M), 1):
        shown.append(f"=== case {number}\n\n{full(check_text(case, file.name, CASES).problems)}")
    golden = file.with_suffix(".txt")
    if update:
        golden.write_text("\n".join(shown), encoding="utf-8")
    assert "\n".join(shown) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", sorted(CASES.glob("*.rules")), ids=lambda file: file.stem)
def test_the_wording_keeps_the_house_style(file: Path) -> None:
    """One line, no full stop at the end, no capital at the start, nothing of Python, Lark or Polars."""
    for case in re.split(r"^---\n", file.read_text(encoding="utf-8"), flags=re.M):
        for one in check_text(case, file.name, CASES).problems:
            for words in (one.message, one.help or "x"):
                assert re.fullmatch(r"(?![A-Z][a-z])[^\n]*[^.\n]", words)
                assert not re.search(r"\b(python|polars|lark|token|None|True|False|invalid|traceback)\b", words)


def problem(text: str, start: int, end: int, **more: object) -> Problem:
    return Problem("some-name", "error", "a message", Span(Source("a.rules", text), start, end), **more)  # type: ignore[arg-type]


def test_the_sample_of_the_style() -> None:
    text = "field employees : integer\n\n\n\n\n\nwhen employes >= 500 add 10\n"
    assert full(check_text(text, "inbound.rules").problems) == (
        "error[unknown-field]: no field is called `employes`\n"
        "  --> inbound.rules:7:6\n"
        "  |\n"
        "7 | when employes >= 500 add 10\n"
        "  |      ^^^^^^^^\n"
        "  = help: did you mean `employees`?\n"
    )


@pytest.mark.parametrize(
    ("text", "start", "end", "shown"),
    [
        ("\twhen x", 6, 7, ["1 |     when x", "  |          ^"]),
        ("a\twhen x", 2, 6, ["1 | a   when x", "  |     ^^^^"]),
        ("東京 x", 0, 2, ["1 | 東京 x", "  | ^^^^"]),
        ("東京 x", 3, 4, ["1 | 東京 x", "  |      ^"]),
        ("e\u0301 x", 3, 4, ["1 | e\u0301 x", "  |   ^"]),
        ("a\x1b[31m x", 7, 8, ["1 | a·[31m x", "  |        ^"]),
        ("abc", 3, 3, ["1 | abc", "  |    ^"]),
        ("", 0, 0, ["1 |", "  | ^"]),
        ("ab\ncd", 1, 4, ["1 | ab", "  |  ^"]),
    ],
)
def test_marks_stand_under_their_text(text: str, start: int, end: int, shown: list[str]) -> None:
    assert full([problem(text, start, end)]).splitlines()[3:5] == shown


def test_long_lines_are_cut_around_the_place() -> None:
    text = "a" * 500 + "HERE" + "b" * 500
    source, marks = full([problem(text, 500, 504)]).splitlines()[3:5]
    assert len(source) <= 115
    assert source[marks.index("^") : marks.rindex("^") + 1] == "HERE"
    assert source.startswith("1 | …a")
    assert source.endswith("b…")


def test_places_in_another_file_are_named() -> None:
    other = Span(Source("other.rules", "x\ny\n"), 2, 3)
    shown = full([problem("abc", 1, 2, related=(Related("first declared here", other),))])
    assert "  ::: other.rules:2:1\n  |\n2 | y\n  | - first declared here\n" in shown


def test_colour_only_where_asked_for() -> None:
    one = problem("abc", 1, 2, help="write `x`")
    assert "\x1b" not in full([one])
    coloured = full([one], True)
    assert "\x1b[31m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == full([one])


def test_lines() -> None:
    one = problem("a\nbc", 3, 4, help="write `x`")
    assert line([one]) == "a.rules:2:2: error[some-name]: a message (write `x`)\n"
    assert line([]) == full([]) == ""


def test_json() -> None:
    other = Span(Source("other.rules", "x\ny\n"), 2, 3)
    one = problem("a\nbc", 3, 4, related=(Related("here", other),))
    assert json.loads(as_json([one])) == [
        {
            "name": "some-name",
            "severity": "error",
            "message": "a message",
            "help": None,
            "file": "a.rules",
            "line": 2,
            "column": 2,
            "end_line": 2,
            "end_column": 3,
            "related": [
                {"message": "here", "file": "other.rules", "line": 2, "column": 1, "end_line": 2, "end_column": 2}
            ],
        }
    ]
    assert json.loads(as_json([])) == []
