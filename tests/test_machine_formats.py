"""What `leadrules check` prints for build servers: each format read by somebody else's reader, and as a golden file.

`cases/formats/rules.txt` has rulesets with odd paths (cut by `=== PATH`); beside it stands what each format says.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from pydantic import ValidationError
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as SarifLog

from leadrules import __version__
from leadrules.cli.main import exit_code
from leadrules.language.source import Source, Span
from leadrules.problems.problem import Problem, Related
from leadrules.problems.render import FORMATS
from leadrules.problems.report import Report, fingerprints

CASES = Path(__file__).parent / "cases" / "formats"
MACHINES = ("sarif", "github", "gitlab", "junit")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for path, text in re.findall(r"^=== (.*)\n((?:(?!===).*\n)*)", (CASES / "rules.txt").read_text("utf-8"), re.M):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def checked(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 1) -> str:
    assert exit_code(["check", *arguments]) == code
    return capsys.readouterr().out


def problem(text: str, start: int = 0, end: int = 1, path: str = "a.rules", **more: Any) -> Problem:
    given: dict[str, Any] = {"name": "unknown-field", "severity": "error", "message": "a message", **more}
    return Problem(span=Span(Source(path, text), start, end), **given)


def as_sarif(report: Report) -> dict[str, Any]:
    text = FORMATS["sarif"](report, False)
    SarifLog.model_validate_json(text)
    run: dict[str, Any] = json.loads(text)["runs"][0]
    return run


@pytest.mark.parametrize("format_", MACHINES)
def test_each_format_as_it_is_printed(
    folder: Path, format_: str, update: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    found = checked(capsys, ".", "--format", format_).replace(f'"{__version__}"', '"VERSION"')
    golden = CASES / f"expected.{format_}.txt"
    if update:
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(("path", "code"), [("clean.rules", 0), (".", 1)])
def test_no_format_changes_the_exit_code(
    folder: Path, format_: str, path: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    checked(capsys, path, "--format", format_, code=code)


@pytest.mark.parametrize("format_", MACHINES)
def test_a_file_that_cannot_be_read_is_never_one_without_problems(
    folder: Path, format_: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Path.read_bytes

    def locked(path: Path) -> bytes:
        if path.name == "clean.rules":
            raise PermissionError(13, "Permission denied")
        return own(path)

    monkeypatch.setattr(Path, "read_bytes", locked)
    assert exit_code(["check", "clean.rules", "--format", format_]) == 2
    shown = capsys.readouterr()
    said = "`clean.rules` cannot be read: there is no permission to read it"
    assert said in shown.out
    assert said in shown.err
    if format_ == "sarif":
        assert json.loads(shown.out)["runs"][0]["invocations"][0]["executionSuccessful"] is False
    if format_ == "junit":
        assert ElementTree.fromstring(shown.out).find(".//error") is not None


@pytest.mark.parametrize("format_", MACHINES)
def test_a_path_that_is_not_there_prints_nothing(
    folder: Path, format_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(capsys, "gone.rules", "--format", format_, code=2) == ""


# --------------------------------------------------------------------- sarif


def test_sarif_is_what_its_schema_asks_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = SarifLog.model_validate_json(checked(capsys, ".", "--format", "sarif"))
    (run,) = log.runs
    rules = run.tool.driver.rules or []
    for result in run.results or []:
        assert rules[result.ruleIndex].id == result.ruleId
    for rule in rules:
        assert rule.help is not None and "## Right" in (rule.help.markdown or "")


def test_the_schema_would_refuse_what_is_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = json.loads(checked(capsys, ".", "--format", "sarif"))
    region = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    for wrong in ({"startLine": 0}, {"startline": 1}):
        region.clear()
        region.update(wrong)
        with pytest.raises(ValidationError):
            SarifLog.model_validate(log)


def test_sarif_places_are_the_text_that_is_meant(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever follows path and region, counting characters, finds what the message names."""
    run = json.loads(checked(capsys, ".", "--format", "sarif"))["runs"][0]
    assert run["columnKind"] == "unicodeCodePoints"
    assert len(run["results"]) == 5
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        region = place["region"]
        line = Path(unquote(place["artifactLocation"]["uri"])).read_text("utf-8").split("\n")[region["startLine"] - 1]
        meant = line[region["startColumn"] - 1 : region["endColumn"] - 1]
        assert "`" + meant.strip('"') + "`" in result["message"]["text"] or result["ruleId"] == "no-fields"


def test_sarif_without_problems(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = checked(capsys, "clean.rules", "--format", "sarif", code=0)
    SarifLog.model_validate_json(text)
    (run,) = json.loads(text)["runs"]
    assert run["results"] == run["tool"]["driver"]["rules"] == []
    assert run["invocations"][0]["executionSuccessful"] is True


def test_sarif_keeps_within_the_limits_of_github() -> None:
    text = "x\n" * 6_000
    spans = [(2 * line, 2 * line + 1) for line in range(6_000)]
    many = [problem(text, *span, severity="warning") for span in spans]
    related = tuple(Related("here", Span(Source("b", "y"), 0, 1)) for _ in spans)
    many.append(problem(text, severity="error", related=related))
    run = as_sarif(Report(many))
    assert len(run["results"]) == 5_000
    assert run["results"][0]["level"] == "error"
    assert len(run["results"][0]["relatedLocations"]) + 1 == 100
    (said,) = run["invocations"][0]["toolExecutionNotifications"]
    assert said["message"]["text"].startswith("1001 more problems left out")


def test_sarif_text_is_no_link_and_not_endless() -> None:
    run = as_sarif(Report([problem("a", message="[x](1) and [y]"), problem("b", message="m" * 5_000)]))
    first, second = (one["message"]["text"] for one in run["results"])
    assert first == r"\[x](1) and [y]"
    assert len(second) == 1_000


def test_a_file_outside_the_folder_is_named_in_full(folder: Path) -> None:
    run = as_sarif(Report([problem("a", path="../other folder/x.rules")]))
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": (folder.parent / "other folder" / "x.rules").as_uri()}


# -------------------------------------------------------------- fingerprints


def marks(text: str, places: list[int]) -> list[str]:
    return list(fingerprints([problem(text, place, place + 1) for place in places]))


def test_fingerprints_survive_moved_lines() -> None:
    before = "when a add 1\nwhen b add 1\n"
    after = "# a comment\n\n  when a add 1\n\nwhen b add 1\n"
    assert marks(before, [5, 18]) == marks(after, [after.index("a add"), after.index("b add")])


def test_fingerprints_tell_problems_apart() -> None:
    text = "when a add 1\nwhen a add 1\nwhen b add 1\n"
    found = marks(text, [5, 18, 31])
    found += list(fingerprints([problem(text, 5, 6, name="other")]))
    found += list(fingerprints([problem(text, 5, 6, path="b.rules")]))
    assert len(set(found)) == 5


# -------------------------------------------------------------------- github


def test_github_commands_are_read_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As GitHub's runner reads them: properties end at a comma, the message at the line's end."""
    odd = problem("ab\ncd", 0, 4, path="a,b:c%.rules", message="50% of\nthem,: all", severity="info")
    (line,) = FORMATS["github"](Report([odd]), False).splitlines()
    found = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
    assert found is not None
    properties = dict(one.split("=", 1) for one in found[2].split(","))
    assert found[1] == "notice"
    assert unquote(properties.pop("file")) == "a,b:c%.rules"
    assert properties == {"line": "1", "endLine": "2", "title": "unknown-field"}
    assert unquote(found[3]) == "a,b:c%.rules:1:1: 50% of\nthem,: all"


# -------------------------------------------------------------------- gitlab


def test_gitlab_has_what_it_asks_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    issues = json.loads(checked(capsys, ".", "--format", "gitlab"))
    assert len({one["fingerprint"] for one in issues}) == len(issues) == 5
    for one in issues:
        assert {"description", "check_name", "fingerprint", "severity", "location"} == set(one)
        assert one["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert Path(one["location"]["path"]).is_file()
        assert one["location"]["lines"]["begin"] >= 1
    assert json.loads(checked(capsys, "clean.rules", "--format", "gitlab", code=0)) == []


# --------------------------------------------------------------------- junit


def test_junit_counts_agree_with_its_cases(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for level, failures in (("error", 2), ("warning", 2), ("info", 3)):
        root = ElementTree.fromstring(checked(capsys, ".", "--format", "junit", "--fail-level", level))
        cases = root.findall("./testsuite/testcase")
        kinds = Counter(child.tag for case in cases for child in case)
        assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("4", str(failures), "0")
        assert len(cases) == 4
        assert kinds["failure"] == failures


def test_junit_holds_what_xml_cannot() -> None:
    odd = problem("a\x00\x1b<&>]]>\ud800", message="nul \x00, escape \x1b, <tag> & \ud800")
    root = ElementTree.fromstring(FORMATS["junit"](Report([odd], ["a.rules"]), False))
    failure = root.find(".//failure")
    assert failure is not None and failure.text is not None
    assert "nul ·, escape ·, <tag> & ·" in failure.text
