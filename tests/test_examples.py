"""Examples of rulesets: transcripts of `leadrules test`, what counts as seen, and JUnit's XML."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from generate import Case, cases
from generate.answers import ruleset_of
from hypothesis import HealthCheck, given, settings
from transcripts import replay

import leadrules
from leadrules.cli.main import exit_code
from leadrules.examples import coverage_of, run_examples
from leadrules.examples.reports import Report, as_json, as_junit, full
from leadrules.ruleset import Model

FOLDER = Path(__file__).resolve().parent / "cases" / "examples"


@pytest.mark.parametrize("name", ["results", "json", "junit"])
def test_transcript(
    name: str, update: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    replay(FOLDER / f"{name}.txt", update, monkeypatch, capsys)


def model_of(text: str) -> Model:
    return leadrules.loads(text).model


def found(expected: str, given: str = "", rules: str = "") -> list[tuple[str, str]]:
    """What one example expected and found, where they differ."""
    fields = "field a : integer\nfield t : text\nfield k : list of text\n"
    text = f'{fields}{rules or "when a > 3 add 10"}\nexample "x" {{ {given} expect {expected} }}'
    return [(one.expected, one.found) for result in run_examples(model_of(text)) for one in result.failures]


@pytest.mark.parametrize(
    ("expected", "given", "rules", "failures"),
    [
        ("score = 10", "a = 4", "", []),
        ("score = 10", "a = 3", "", [("score = 10", "score = 0")]),
        ("score = 10, score > 5", "", "", [("score = 10", "score = 0"), ("score > 5", "score = 0")]),
        ("a > 3", "", "", [("a > 3", "unknown: a is missing")]),
        ("a > 3, t is \"x\"", 'a = 4 t = "y"', "", [('t is "x"', 't = "y"')]),
        ('k includes "b"', 'k = ("a", "b")', "", []),
        ("fires \"a > 3\"", "a = 3", "", [('fires "a > 3"', "it gave nothing")]),
        ("not fires \"a > 3\"", "a = 4", "", [('not fires "a > 3"', "it gave 10")]),
        ("excluded", "a = 4", "", [("excluded", "not excluded")]),
        ("not excluded", "a = 4", "exclude if a > 3 because \"Big\"", [("not excluded", "excluded: Big")]),
        ("score = 0", "a = 4", "exclude if a > 3 because \"Big\"", [("score = 0", "excluded: Big")]),
        ("a > 4", "a = 4", "exclude if a > 3 because \"Big\"", [("a > 4", "a = 4")]),
        ('stage is "S"', "a = 4", "stage S if a > 9", [('stage is "S"', 'no stage')]),
        (
            'stage is "S"', "a = 4", 'stage S\ndisqualify if a > 3 because "Big"',
            [('stage is "S"', "disqualified: Big")],
        ),
    ],
)  # fmt: skip
def test_what_was_found_instead(expected: str, given: str, rules: str, failures: list[tuple[str, str]]) -> None:
    assert found(expected, given, rules) == failures


def test_a_field_that_only_an_expectation_reads_is_read_and_a_key_need_not_be_given() -> None:
    text = "field id : text key  field t : text  field a : integer  when a > 3 add 1\n"
    text += 'example "x" { t = "b" expect t is "b" }'
    assert [result.passed for result in run_examples(model_of(text))] == [True]


def seen(text: str) -> dict[tuple[str, str], tuple[list[str], list[str]]]:
    """What was and was not seen of each part of a ruleset."""
    model = model_of(text)
    parts = coverage_of(model, run_examples(model)).parts
    return {
        (one.kind, one.name): ([word for word in one.outcomes if word in one.seen], list(one.unseen)) for one in parts
    }


def test_both_outcomes_of_everything_are_counted() -> None:
    text = """
        field a : integer  field t : text
        exclude if t is "gone"  disqualify if a < 0
        when a > 3 add 10  points first { t is "x": 2, otherwise: 1 }
        framework F { money when a > 100 }
        stage S  stage T at 10
        label l { "A" when a > 3, "B" when a > 1, t when t is known }
        example "one" { a = 4 expect score = 11 }
        example "two" { t = "gone" expect excluded }
        example "three" { a = 2 t = "x" expect l is "B" }
        example "four" { t = "y" expect l is "y" }
    """
    assert seen(text) == {
        ("exclude", 't is "gone"'): (["holds", "does not hold"], []),
        ("rule", "a > 3"): (["fires", "does not fire"], []),
        ("rule", 'points first { t is "x": 2, otherwise: 1 }'): (["fires"], []),
        ("disqualify", "a < 0"): (["does not hold"], ["holds"]),
        ("criterion", "F.money"): (["not met"], ["met"]),
        ("stage", "S"): (["held"], ["not held"]),
        ("stage", "T"): (["held", "not held"], []),
        ("label", "l"): (["A", "B", "t"], []),
    }


def test_an_excluded_lead_shows_nothing_of_the_rules() -> None:
    text = 'field a : integer  exclude if a > 3  when a > 2 add 1  example "x" { a = 4 expect excluded }'
    assert seen(text)["rule", "a > 2"] == ([], ["fires", "does not fire"])


def test_a_stage_that_all_hold_need_not_be_seen_not_held() -> None:
    assert seen("field a : integer  when a > 1 add 1  stage S")["stage", "S"] == ([], ["held"])


def test_what_shipped_files_bring_is_not_counted(tmp_path: Path) -> None:
    (tmp_path / "own.rules").write_text("field a : integer\n", encoding="utf-8")
    path = tmp_path / "x.rules"
    path.write_text('include "leadrules/bant"\ninclude "own.rules"\nwhen a > 3 add 1\n', encoding="utf-8")
    model = leadrules.load(path).model
    assert model.frameworks
    assert [one.name for one in coverage_of(model, ()).parts] == ["a > 3"]


def test_a_folder_is_tested_and_one_failure_is_enough(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("passing", "failing"):
        (tmp_path / f"{name}.rules").write_text((FOLDER / f"{name}.rules").read_text("utf-8"), encoding="utf-8")
    assert exit_code(["test", str(tmp_path)]) == 1
    (tmp_path / "failing.rules").unlink()
    assert exit_code(["test", str(tmp_path)]) == 0
    (tmp_path / "passing.rules").unlink()
    assert exit_code(["test", str(tmp_path)]) == 2
    capsys.readouterr()


@pytest.mark.parametrize("format_", ["full", "json", "junit"])
def test_the_exit_code_does_not_depend_on_the_format(format_: str, capsys: pytest.CaptureFixture[str]) -> None:
    codes = [
        exit_code(["test", str(FOLDER / f"{name}.rules"), "--format", format_])
        for name in ("passing", "failing", "faulty", "none")
    ]
    capsys.readouterr()
    assert codes == [0, 1, 1, 2]


# -------------------------------------------------------------------- JUnit

COUNTS = ("tests", "failures", "errors")
SCHEMA = {
    "testsuites": ({*COUNTS}, set(), {"testsuite"}),
    "testsuite": ({"name", *COUNTS}, {"skipped", "time"}, {"testcase"}),
    "testcase": ({"name", "classname"}, {"file", "line", "time"}, {"failure"}),
    "failure": ({"message", "type"}, set(), set()),
}


def check_junit(element: ElementTree.Element) -> None:
    """Elements, attributes and counts as readers of JUnit's XML expect them."""
    needed, allowed, children = SCHEMA[element.tag]
    assert needed <= set(element.attrib) <= needed | allowed
    for child in element:
        assert child.tag in children
        check_junit(child)
    if "tests" in element.attrib:
        cases = element.findall(".//testcase")
        assert int(element.attrib["tests"]) == len(cases)
        assert int(element.attrib["failures"]) == sum(one.find("failure") is not None for one in cases)


def test_junit_of_strange_names() -> None:
    """Quotes, angle brackets and characters that XML cannot hold."""
    text = 'field a : text\nwhen a is "<&>" add 1\nexample "<\\"&\u0001\ufffe>" { a = "]]>" expect score = 1 }'
    model = model_of(text)
    results = run_examples(model)
    report = Report('a"<b>.rules', results, coverage_of(model, results))
    root = ElementTree.fromstring(as_junit([report]).encode())
    check_junit(root)
    assert root.find(".//testcase").attrib["name"] == '<"&··>'  # type: ignore[union-attr]
    assert "]]>" in root.find(".//failure").text  # type: ignore[union-attr, operator]


def test_junit_of_the_cases(capsys: pytest.CaptureFixture[str]) -> None:
    exit_code(["test", str(FOLDER / "failing.rules"), str(FOLDER / "passing.rules"), "--format", "junit"])
    root = ElementTree.fromstring(capsys.readouterr().out.encode())
    check_junit(root)
    assert [len(suite) for suite in root] == [4, 2]


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(cases(8, 0))
def test_generated_rulesets_can_be_counted_and_reported(case: Case) -> None:
    model = ruleset_of(case.ruleset.text).model
    results = run_examples(model)
    coverage = coverage_of(model, results)
    assert 0 <= coverage.seen <= coverage.outcomes
    report = Report("x.rules", results, coverage)
    check_junit(ElementTree.fromstring(as_junit([report]).encode()))
    assert full([report])
    assert as_json([report])
