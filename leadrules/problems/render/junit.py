"""JUnit's XML, which Jenkins and most build servers read: a case for each file.

A case fails if its file has a problem of a severity that fails the check, and
then has them all as its text; lesser ones are its output. A file that could not
be read is an error. Characters that XML cannot hold are shown as `·`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from leadrules.problems.problem import Problem
from leadrules.problems.render.terminal import render as full
from leadrules.problems.report import Report, cannot_be_read, counts, own_path

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    by_file: dict[str, list[Problem]] = {own_path(path): [] for path in report.paths}
    for one in report.problems:
        by_file.setdefault(own_path(one.file), []).append(one)
    failing = [path for path, problems in by_file.items() if _failing(problems, report)]
    figures = {
        "tests": str(len(by_file) + len(report.unread)),
        "failures": str(len(failing)),
        "errors": str(len(report.unread)),
    }
    root = ElementTree.Element("testsuites", figures)
    suite = ElementTree.SubElement(root, "testsuite", {"name": "leadrules check", **figures, "skipped": "0"})
    for path, why in report.unread.items():
        said = {"type": "cannot-be-read", "message": _safe(cannot_be_read(path, why))}
        ElementTree.SubElement(_case(suite, own_path(path)), "error", said)
    for path, problems in by_file.items():
        _add(_case(suite, path), problems, report)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, path: str) -> ElementTree.Element:
    said = {"classname": "leadrules", "name": _safe(path), "file": _safe(path), "time": "0"}
    return ElementTree.SubElement(suite, "testcase", said)


def _add(case: ElementTree.Element, problems: Sequence[Problem], report: Report) -> None:
    failing = _failing(problems, report)
    if failing:
        said = {"type": failing[0].name, "message": counts(failing)}
        ElementTree.SubElement(case, "failure", said).text = _safe("\n" + full(failing))
    lesser = [one for one in problems if one not in failing]
    if lesser:
        ElementTree.SubElement(case, "system-out").text = _safe("\n" + full(lesser))


def _failing(problems: Sequence[Problem], report: Report) -> list[Problem]:
    return [one for one in problems if one.severity in report.failing]


def _safe(text: str) -> str:
    return _NOT_XML.sub("·", text)
