"""`fmt`'s layout: what is read again is the same, and what is printed again is the same."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import Any

import pytest
from generate import case_of_seed
from generate.damage import commented, spread
from generate.draw import Draw
from generate_trees import expressions
from hypothesis import given, settings

from leadrules.language import tree
from leadrules.language.parser import parse
from leadrules.language.printer import format_source, print_expression, print_reason
from leadrules.language.source import Source
from leadrules.language.words import words_of

CASES = Path(__file__).parent / "cases" / "layout"


def read(text: str) -> tree.File:
    file, problems = parse(Source("x.rules", text))
    assert [str(one) for one in problems if one.severity == "error"] == []
    return file


def expression(text: str) -> Any:
    (let,) = read(f"let x = {text}").statements
    assert isinstance(let, tree.Let)
    return let.value


def printed(text: str) -> str:
    written = format_source(Source("x.rules", text))
    assert written is not None
    return written


@settings(max_examples=300)
@given(expressions)
def test_an_expression_printed_is_read_as_the_same_tree(node: Any) -> None:
    assert expression(print_expression(node)) == node


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("((a))", "a"),
        ("(a and b) or (c and not (d))", "a and b or c and not d"),
        ("(a or b) and c", "(a or b) and c"),
        ("(a and b) and c", "(a and b) and c"),
        ("(a * b) + (c / d)", "a * b + c / d"),
        ("a - (b - c)", "a - (b - c)"),
        ("-(a + b)", "-(a + b)"),
        ("(not a) = true", "(not a) = true"),
        ("x is not in (1, 2)", "x not in (1, 2)"),
        ("x not at any y", "x is not at any y"),
        ("d in last 1 days", "d in last 1 day"),
        ("d is older than 30 day", "d older than 30 days"),
        ("x = 10_000", "x = 10_000"),
        ("`simple` = `list`", "simple = `list`"),
        ('x matches /a\\/b"/i', 'x matches /a\\/b"/i'),
        ("d = 2026-11-22T09:30+02:00", "d = 2026-11-22T07:30"),
        ('x = "a\\\\b\\"c"', 'x = "a\\\\b\\"c"'),
        ("days since (d) + months since e", "days since d + months since e"),
    ],
)
def test_expressions_have_no_more_brackets_than_they_need(written: str, expected: str) -> None:
    assert print_expression(expression(written)) == expected
    assert expression(expected) == expression(written)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ('when email.clicks>=3 unless country is "US" add 5', "email.clicks >= 3"),
        ("subtract 2 per visits at most 4", "per visits"),
        ("when a add 2 per 7 days since d", "a per 7 days since d"),
        ("add 5", "add 5"),
        ("points by (a + b) { 1: 2 }", "a + b"),
        ('points first "Seniority" { a: 1 }', "Seniority"),
        ("points first { a : 1, otherwise:0 }", "points first { a: 1, otherwise: 0 }"),
        ("disqualify if (a) and b", "a and b"),
        ('exclude if a because "why"', "a"),
    ],
)
def test_a_reason_is_the_source_of_its_rule(rule: str, reason: str) -> None:
    (statement,) = read(rule).statements
    assert isinstance(statement, tree.Rule | tree.Disqualify | tree.Exclude)
    assert print_reason(statement) == reason


@pytest.mark.parametrize("path", sorted(CASES.glob("*.rules")), ids=lambda path: path.stem)
def test_layout(path: Path, update: bool) -> None:
    written = printed(path.read_text(encoding="utf-8"))
    expected = path.with_suffix(".expected")
    if update:
        expected.write_text(written, encoding="utf-8", newline="\n")
    assert written == expected.read_text(encoding="utf-8")
    assert printed(written) == written


def comments(text: str) -> list[str]:
    places: list[tuple[int, int]] = []
    for _ in words_of(Source("x.rules", text), places):
        pass
    return sorted(text[start:end].rstrip() for start, end in places)


def test_whole_files_keep_their_trees_and_comments_and_settle_at_once() -> None:
    for seed in range(60):
        draw = Draw(random.Random(seed).randrange)
        text = commented(draw, spread(draw, case_of_seed(seed).ruleset.text))
        once = printed(text)
        assert read(once) == read(text), seed
        assert comments(once) == comments(text), seed
        assert printed(once) == once, seed


def test_shipped_rulesets_keep_their_trees(root: Path) -> None:
    found = sorted(root.glob("rulesets/**/*.rules"))
    assert found
    for path in found:
        text = path.read_text(encoding="utf-8")
        assert read(printed(text)) == read(text), path


def test_lines_are_not_long_unless_one_word_is() -> None:
    names = [f"quite_a_long_name_{number}" for number in range(30)]
    text = f"""
        list x = {", ".join(f'"{name}"' for name in names)}
        when {" and ".join(f"{name} >= 3" for name in names)} unless b add 5 per visits because "{"why " * 20}"
        when at least 3 of ({", ".join(names)}) add 5
        when x in ({", ".join(f'"{name}"' for name in names)}) add 5
        stage A at 60 after {names[0]} if {" or ".join(names)} always if z
        field f : one of {", ".join(f'"{name}"' for name in names)} from "F"
    """
    written = printed(text)
    assert max(map(len, written.splitlines())) <= 110
    assert read(written) == read(text)


def test_line_ends_of_the_file_are_kept_and_the_byte_order_mark_is_not() -> None:
    assert printed("\ufefflet a = b\r\n\r\n\r\nlet c=d  # e\r\n") == "let a = b\r\n\r\nlet c = d  # e\r\n"


def test_a_file_with_errors_is_left_alone() -> None:
    assert format_source(Source("x.rules", "when a add")) is None
    assert format_source(Source("x.rules", "list a = 1,200")) == "list a = 1, 200\n"


def test_an_empty_file_stays_empty() -> None:
    assert [printed(text) for text in ("", "\n\n", "# only this")] == ["", "", "# only this\n"]


def test_names_that_stand_side_by_side_are_read_apart() -> None:
    for first, second in itertools.product(("score", "stage", "days"), ("since", "at", "if")):
        here = expression("a").span
        node = tree.And((tree.Name(first, span=here), tree.Name(second, span=here)), span=here)
        assert expression(print_expression(node)) == node
