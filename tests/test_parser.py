"""Texts become trees, faults become one problem each, and nothing is ever raised."""

from __future__ import annotations

import random
import re
import time
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from generate.damage import TOKEN
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leadrules.language import tree
from leadrules.language.parser import MOST_PROBLEMS, parse
from leadrules.language.printer import format_source
from leadrules.language.source import Source
from leadrules.language.words import STATEMENTS, words_of
from leadrules.problems.problem import Problem

CASES = Path(__file__).parent / "cases" / "syntax"
TASTE = (Path(__file__).parent / "cases" / "layout" / "taste.rules").read_text(encoding="utf-8")


def read(text: str) -> tuple[tree.File, list[Problem]]:
    return parse(Source("x.rules", text))


def names(text: str) -> list[str]:
    return [problem.name for problem in read(text)[1]]


def only(text: str) -> Any:
    file, problems = read(text)
    assert [str(one) for one in problems] == []
    (statement,) = file.statements
    return statement


def condition(text: str) -> Any:
    return only(f"let x = {text}").value


# ------------------------------------------------------------------------ faults


@pytest.mark.parametrize("path", sorted(CASES.glob("*.rules")), ids=lambda path: path.stem)
def test_every_faulty_line_has_its_problem_and_no_other_line_has_any(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    expected = []
    for number, line in enumerate(text.splitlines(), 1):
        code, mark, wanted = line.partition("# ! ")
        if mark:
            expected += [(number + (not code.strip()), name) for name in wanted.split()]
    assert expected
    assert [(problem.line, problem.name) for problem in read(text)[1]] == expected


@pytest.mark.parametrize("path", sorted(CASES.glob("*.rules")), ids=lambda path: path.stem)
def test_messages_are_in_the_house_style(path: Path) -> None:
    for problem in read(path.read_text(encoding="utf-8"))[1]:
        for sentence in filter(None, (problem.message, problem.help)):
            assert re.match(r"[a-z`0-9]", sentence), sentence
            assert not sentence.endswith("."), sentence
            assert not re.search(r"\b(NAME|TEXT|NUMBER|REGEX|END|AGE|SCORE_WORD|token|None)\b", sentence), sentence


def test_good_statements_around_a_fault_reach_the_tree() -> None:
    file, problems = read(
        "when a add 1\nwhen b > add 2\nwhen c add 3\nscore s {\n when d add\n when e add 5\n}\nstage Lead"
    )
    assert [problem.line for problem in problems] == [2, 5]
    first, second, score, stage = file.statements
    assert isinstance(score, tree.Score)
    assert isinstance(stage, tree.Stage)
    assert [rule.points.points.value for rule in (first, second, *score.body)] == [1, 3, 5]  # type: ignore[union-attr]


def test_a_repaired_statement_is_read_as_it_was_meant() -> None:
    for faulty, right in (
        ("When a mentons “ceo” && b == 3 add 5;", 'when a mentions "ceo" and b = 3 add 5'),
        ("points first {\n a: 1\n b: 2 }", "points first { a: 1, b: 2 }"),
        ("field a text", "field a : text"),
        ("score s from 0 to 9\n add 5 }", "score s from 0 to 9 { add 5 }"),
        ("when a > 10k add 5", "when a > 10000 add 5"),
    ):
        assert read(faulty)[1]
        assert read(faulty)[0] == read(right)[0]


def test_a_word_of_any_kind_may_be_the_last() -> None:
    words = list(TOKEN.finditer(TASTE))
    for word in words:
        file, problems = read(TASTE[: word.end()])
        assert len(problems) <= 2, word
        assert len(file.statements) <= 31


def test_help_says_what_to_write() -> None:
    def advice(text: str) -> str | None:
        (problem,) = read(text)[1]
        return problem.help

    assert advice("When a add 5") == "write `when`"
    assert advice("when country is US add 5") == 'write `"US"` if it is a text, or compare two fields with `=`'
    assert advice("list a = 1,200") == "write `1_200` if it is one number, or a space after the comma if not"
    assert advice("when a > 1e5 add 5") == "write `100000`"
    assert advice("when a > 007 add 5") == "write `7`"
    assert advice("when a > .50 add 5") == "write `0.5`"
    assert advice("when d in last 30days add 5") == "write `30 days`"
    assert advice("when d on 22.11.2026 add 5") == "write `2026-11-22`"
    assert advice("when d on 2026-02-30 add 5") == "write `2026-02-28`"
    assert advice("when d on 3/4/2026 add 5") == "write year, month and day: `2026-11-22`"
    assert advice("scor fit { add 5 }") == "did you mean `score`?"
    assert advice("when total > 3 add 5") == "write `` `total` `` with back-quotes, or choose another name"


def test_problems_point_at_what_is_wrong() -> None:
    (problem,) = read("let a = b\nscore s {\n  when x add 5\n\nstage Lead")[1]
    assert (problem.name, problem.line, problem.column, problem.end_column) == ("unclosed-brace", 2, 9, 10)
    (problem,) = read('when employees mentons "x" add 5')[1]
    assert problem.span.text == "mentons"
    (problem,) = read("when a >\nwhen b add 5")[1]
    assert (problem.name, problem.span.text) == ("unfinished-statement", ">")


def test_a_comma_in_a_number_is_a_warning_where_it_may_be_two() -> None:
    assert [one.severity for one in read("list a = 1,200, 3,4, 5, 600")[1]] == ["warning"]
    assert [one.severity for one in read("when a > 1,200 add 5")[1]] == ["error"]
    assert [one.severity for one in read("points first { a: 1,200 }")[1]] == ["error"]


def test_one_mistake_is_about_one_problem() -> None:
    """Single words deleted, doubled, exchanged, misspelt or replaced by a stray one."""
    below = random.Random(5).randrange
    words = [word for word in TOKEN.finditer(TASTE) if word.start() > TASTE.index("field")]
    counts = []
    for _ in range(600):
        place = below(len(words) - 1)
        word, after = words[place], words[place + 1]
        start, end = word.span()
        written = word.group()
        letter = below(len(written))
        form = below(6)
        if form == 4:
            end = after.end()
        new = (
            "",
            f"{written} {written}",
            written[:letter] + "abcxyz"[below(6)] + written[letter + 1 :],
            words[below(len(words))].group(),
            f"{after.group()}{TASTE[word.end() : after.start()]}{written}",
            ("foo", "@", "5", '"x"', "}", "{", "(", ")", ",")[below(9)],
        )[form]
        counts.append(len(names(TASTE[:start] + new + TASTE[end:])))
    found = [count for count in counts if count]
    assert sum(found) / len(found) < 1.2
    assert max(found) <= 4


# ------------------------------------------------------------------- any text


def survive(text: str) -> None:
    file, problems = read(text)
    for problem in problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
        assert problem.end_line >= problem.line
        str(problem).encode()
        if problem.help:
            problem.help.encode()
    if not any(problem.severity == "error" for problem in problems):
        written = format_source(Source("x.rules", text))
        assert written is not None
        assert read(written)[0] == file


OTHER_WORDS = '( ) { } : , = < >= - + * / % & a b is not known in last 3 days "x" 2026-11-22 /x/ any of at most'
WORDS = sorted(STATEMENTS | set(OTHER_WORDS.split()))


@settings(max_examples=300)
@given(st.text(max_size=60))
@example('\ud800 when \ud801 is "\udfff" add 5')
@example("\0")
@example("\r")
@example("`\n`")
def test_any_text_gives_problems_and_never_an_exception(text: str) -> None:
    survive(text)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(WORDS), max_size=25), st.sampled_from([" ", "\n"]))
def test_any_words_in_any_order_never_raise(words: list[str], between: str) -> None:
    survive(between.join(words))


@settings(max_examples=100)
@given(st.binary(max_size=80))
def test_any_bytes_never_raise(data: bytes) -> None:
    survive(data.decode("utf-8", "surrogateescape"))
    survive(data.decode("latin-1"))


@pytest.mark.parametrize(
    "text",
    [
        "let a = " + "(" * 10_000 + "b" + ")" * 10_000,
        "let a = " + "(" * 10_000,
        "let a = " + "not " * 10_000 + "b",
        "let a = " + "-" * 10_000 + "b",
        "let a = " + "b + " * 10_000 + "b",
        "let a = " + "(b and " * 101 + "c" + ")" * 101,
        "disqualify if " + "at least 1 of (b, " * 101 + "c" + ")" * 101,
        "score s { when " + "days since (" * 200 + "b" + ")" * 200 + " > 1 add 5 }",
    ],
)
def test_what_is_too_deep_for_recursion_is_a_problem(text: str) -> None:
    assert names(text) == ["too-deep"]
    assert names(text + "\nwhen a >") == ["too-deep", "unfinished-statement"]


def test_ninety_levels_are_read_and_printed() -> None:
    survive("let a = " + "(" * 90 + "b" + ")" * 90)
    survive("let a = " + "not (b or " * 30 + "c" + ")" * 30)
    survive("let a = " + "b - (" * 40 + "c" + ")" * 40)


@pytest.mark.parametrize(
    "text",
    [
        one * 50_000
        for one in (
            "{",
            "}",
            "when\n",
            "score a {\n",
            '"\n',
            "`",
            "1e9 ",
            "foo\n",
            "@ ",
            "#\n",
            "\0",
            "a",
            ";",
            "\ud800 ",
        )
    ],
    ids=lambda text: ascii(text[:8]),
)
def test_large_and_faulty_takes_no_longer_than_large(text: str) -> None:
    started = time.perf_counter()
    assert len(read(text)[1]) <= MOST_PROBLEMS
    assert time.perf_counter() - started < 20


def test_time_grows_with_the_rules() -> None:
    rule = 'when clicks_{0} >= 3 and country is "US" unless title mentions any x add 5 because "{0}"'
    rules = "\n".join(rule.format(number) for number in range(10_000))
    started = time.perf_counter()
    file, problems = read(rules)
    assert (len(file.statements), problems) == (10_000, [])
    assert time.perf_counter() - started < 20


# ------------------------------------------------------------------------ trees


def test_the_taste_of_the_language_is_read_whole() -> None:
    file, problems = read(TASTE)
    assert problems == []
    assert len(file.statements) == 31


def test_white_space_comments_and_line_ends_change_nothing() -> None:
    file = read(TASTE)[0]
    words = [TASTE[word.start : word.end] for word in words_of(Source("x.rules", TASTE))][:-1]
    assert read(" ".join(words))[0] == file
    assert read("\ufeff" + "\n".join(words))[0] == file
    assert read("\r\n".join(f"{word} # x" for word in words))[0] == file
    assert read("\r".join(f"{word} # x" for word in words))[0] == file
    assert read("\u2003".join(words))[0] == file


def test_spans_are_exact() -> None:
    text = 'rule big: when (a >= 3 or b) and "x" = c add 10 until 2026-12-31 because "why"'
    rule = only(text)
    assert rule.span.text == text
    assert rule.name.span.text == "big"
    assert rule.points.span.text == 'when (a >= 3 or b) and "x" = c add 10'
    condition = rule.points.condition
    assert condition.span.text == '(a >= 3 or b) and "x" = c'
    assert condition.parts[0].span.text == "a >= 3 or b"
    assert rule.valid_until.span.text == "2026-12-31"
    assert rule.because.span.text == '"why"'
    assert only("  let x = - 5 # y").value.span.text == "- 5"
    assert only("score s from 0 to 9 weight 5% { }").limits.span.text == "from 0 to 9"
    matches = condition_of("when a matches /x/i add 5")
    assert matches.pattern_span.text == "/x/i"


def condition_of(text: str) -> Any:
    return only(text).points.condition


def test_score_and_stage_begin_a_statement_only_before_a_name() -> None:
    assert isinstance(condition("score"), tree.ScoreWord)
    assert isinstance(condition("score >= 3").left, tree.ScoreWord)
    assert isinstance(condition('stage is "MQL"').operand, tree.StageWord)
    assert only("score # why\n fit { }").name.text == "fit"
    assert only('stage "Sales ready"').name.value == "Sales ready"
    assert only("stage `at`").name.text == "at"
    assert only("points by score { over 3: 5 }").points.operand == tree.ScoreWord(span=only("add 5").span)
    file, problems = read('let a = score\nscore fit { }\nlabel l { "A" when stage is missing }\nstage Lead')
    assert problems == []
    assert len(file.statements) == 4


def test_words_of_types_tests_and_units_are_free_as_names() -> None:
    for word in (
        "email",
        "role",
        "date",
        "days",
        "key",
        "format",
        "default",
        "valid",
        "year",
        "weight",
        "by",
        "of",
        "first",
    ):
        assert condition(f"{word} is known and {word} > {word}").parts[0].operand.text == word
        assert only(f"field {word} : date key").name.text == word
    assert condition("days in last 30 days").operand.text == "days"
    assert condition("days since days > months").left == condition("days since (days)")


def test_values() -> None:
    assert condition("-2.50").value == Decimal("-2.50")
    assert str(condition("2.50").value) == "2.50"
    assert condition("10_000").value == 10_000
    assert condition('"a\\"b\\\\c"').value == 'a"b\\c'
    assert condition("2026-11-22").value == date(2026, 11, 22)
    assert condition("2026-11-22T09:30").value == datetime(2026, 11, 22, 9, 30)
    assert condition("2026-11-22 09:30:15Z").value == datetime(2026, 11, 22, 9, 30, 15)
    assert condition("2026-11-22T09:30-05:30").value == datetime(2026, 11, 22, 15, 0)
    assert condition("a-5").op == "-"
    assert condition("a / 2 / b").op == "/"


def test_names_and_texts_are_nfc_and_of_any_script() -> None:
    assert condition("pr\u030cijem").text == "přijem"
    assert condition("`pr\u030cijem celkem`").text == "přijem celkem"
    assert condition('"r\u030c"').value == "ř"
    assert condition("राजस्व.योग").text == "राजस्व.योग"
    assert condition("_x.1").text == "_x.1"
    assert names("let a² = 3") == ["unknown-character"]


def test_limits_may_come_in_two_pieces() -> None:
    assert only("total at most 9 at least 1").limits == only("total from 1 to 9").limits


def test_a_singular_unit_is_the_same() -> None:
    assert condition("d in last 1 month") == condition("d in last 1 months")
