"""Results and coverage of one or more rulesets as text: for a person, as JSON, as JUnit.

For a person: one line a ruleset, every failing example with what differed and
the part of its explanation that tells why, then what no example has seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from leadrules.examples.coverage import Coverage, Covered
from leadrules.examples.running import Failure, Result
from leadrules.explaining.page import Paint, page, painter
from leadrules.problems.wording import counted

MOST_UNSEEN = 12
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Report:
    """One ruleset's examples, run, and what they cover."""

    path: str
    results: tuple[Result, ...]
    coverage: Coverage

    @property
    def failed(self) -> tuple[Result, ...]:
        return tuple(one for one in self.results if not one.passed)


# ---------------------------------------------------------------- for a person


def full(reports: Sequence[Report], width: int = 100, colour: bool = False) -> str:
    """For a person."""
    paint = painter(colour)
    lines: list[str] = []
    for report in reports:
        for result in report.failed:
            lines += [*_failing(report, result, width, colour), ""]
    with_examples = [report for report in reports if report.results]
    for report in with_examples:
        lines += _ruleset(report, paint, details=len(with_examples) == 1)
    without = [report.path for report in reports if not report.results]
    if without:
        lines += [paint(f"without examples: {', '.join(without)}", "dim")]
    if len(with_examples) > 1:
        lines += _summary(with_examples, paint)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _summary(reports: Sequence[Report], paint: Paint) -> Iterator[str]:
    examples, failed = sum(len(one.results) for one in reports), sum(len(one.failed) for one in reports)
    verdict = paint(f"{failed} failed", "minus") if failed else paint("all pass", "plus")
    yield f"{counted(len(reports), 'ruleset')}, {counted(examples, 'example')}, {verdict}"
    if any(one.coverage.percent < 100 for one in reports):
        yield paint("test one ruleset alone to see what its examples leave out", "dim")


def _failing(report: Report, result: Result, width: int, colour: bool) -> Iterator[str]:
    paint = painter(colour)
    place = f"{report.path}:{result.line}" if result.line is not None else report.path
    yield f"{paint('failed', 'minus')}: {paint(result.example.title, 'heading')}  ({place})"
    for failure in result.failures:
        yield f"  expected {failure.expected}"
        yield f"     found {failure.found}"
    about = frozenset(kind for failure in result.failures for kind in failure.about)
    why = page(result.explanation(), width - 4, colour, about).strip("\n")
    yield from ("    " + line for line in why.split("\n") if why)


def _ruleset(report: Report, paint: Paint, details: bool) -> Iterator[str]:
    coverage, failed = report.coverage, len(report.failed)
    verdict = paint(f"{failed} failed", "minus") if failed else paint("all pass", "plus")
    seen = f"{coverage.seen} of {coverage.outcomes} outcomes seen ({coverage.percent:.0f} %)"
    yield f"{report.path}: {counted(len(report.results), 'example')}, {verdict}; {seen}"
    unseen = [one for one in coverage.parts if one.unseen] if details else []
    for one in unseen[:MOST_UNSEEN]:
        yield paint(f"  never seen: {_unseen(one)}{_place(report, one)}", "dim")
    if len(unseen) > MOST_UNSEEN:
        yield paint(f"  … and {len(unseen) - MOST_UNSEEN} more; `--format json` has them all", "dim")


def _place(report: Report, one: Covered) -> str:
    if one.line is None:
        return ""
    return f" (line {one.line})" if one.file == report.path else f" ({one.file}:{one.line})"


def _unseen(one: Covered) -> str:
    text = one.name if len(one.name) <= 50 else one.name[:49] + "…"
    if one.kind == "label":
        return f"label {text} as {', '.join(f'`{value}`' for value in one.unseen)}"
    return f"{one.kind} `{text}`: {', '.join(one.unseen)}"


# -------------------------------------------------------------- for programs


def as_json(reports: Sequence[Report]) -> str:
    """A stable form, described in `docs/testing.md`."""
    return json.dumps([_object(one) for one in reports], ensure_ascii=False, indent=2) + "\n"


def _object(report: Report) -> Mapping[str, object]:
    return {
        "path": report.path,
        "examples": [
            {
                "title": result.example.title,
                "line": result.line,
                "passed": result.passed,
                "failures": [
                    {"expected": one.expected, "found": one.found, "line": one.line} for one in result.failures
                ],
            }
            for result in report.results
        ],
        "coverage": {
            "seen": report.coverage.seen,
            "outcomes": report.coverage.outcomes,
            "percent": round(report.coverage.percent, 2),
            "parts": [
                {
                    "kind": one.kind,
                    "name": one.name,
                    "file": one.file,
                    "line": one.line,
                    "seen": [outcome for outcome in one.outcomes if outcome in one.seen],
                    "unseen": list(one.unseen),
                }
                for one in report.coverage.parts
            ],
        },
    }


def as_junit(reports: Sequence[Report]) -> str:
    """JUnit's XML: a suite for each ruleset, a case for each example."""
    tests = sum(len(one.results) for one in reports)
    failures = sum(len(one.failed) for one in reports)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites tests="{tests}" failures="{failures}" errors="0">']
    for report in reports:
        count, failed = len(report.results), len(report.failed)
        name = _attribute(report.path)
        lines.append(f'  <testsuite name={name} tests="{count}" failures="{failed}" errors="0" skipped="0" time="0">')
        for result in report.results:
            lines += _case(report, result)
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _case(report: Report, result: Result) -> Iterator[str]:
    line = f' line="{result.line}"' if result.line is not None else ""
    start = f"    <testcase name={_attribute(result.example.title)} classname={_attribute(report.path)}"
    start += f' file={_attribute(report.path)}{line} time="0"'
    if result.passed:
        yield start + "/>"
        return
    yield start + ">"
    message = "; ".join(_said(one) for one in result.failures)
    text = escape(_NO_XML.sub("·", page(result.explanation())))
    yield f'      <failure type="expectation" message={_attribute(message)}>{text}</failure>'
    yield "    </testcase>"


def _said(failure: Failure) -> str:
    return f"expected {failure.expected}, found {failure.found}"


def _attribute(text: str) -> str:
    return quoteattr(_NO_XML.sub("·", text))
