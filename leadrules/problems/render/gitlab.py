"""A code quality report of GitLab: a JSON list with an object a problem, shown in merge requests.

GitLab matches problems of two versions by `fingerprint`, so that one that only
moved is not called new. A file that could not be read is a `blocker` on its first line.
"""

from __future__ import annotations

import json

from leadrules.problems.report import Report, cannot_be_read, fingerprints, own_path, told

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(report: Report) -> str:
    issues = [
        _issue("cannot-be-read", "blocker", cannot_be_read(path, why), own_path(path), 1, 1, f"cannot-be-read:{path}")
        for path, why in report.unread.items()
    ]
    issues += [
        _issue(one.name, _SEVERITIES[one.severity], told(one), own_path(one.file), one.line, one.end_line, fingerprint)
        for one, fingerprint in zip(report.problems, fingerprints(report.problems), strict=True)
    ]
    return json.dumps(issues, indent=2) + "\n"


def _issue(
    name: str, severity: str, description: str, path: str, begin: int, end: int, fingerprint: str
) -> dict[str, object]:
    return {
        "description": description,
        "check_name": name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": path, "lines": {"begin": begin, "end": end}},
    }
