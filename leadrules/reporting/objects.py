"""A report as JSON: the figures as `leadrules.reporting.figures` names them, described in `docs/report.md`.

Shares and rates are numbers from 0 to 1, a section that has nothing to show is
null. Members are added as the project grows; none is renamed or taken away.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from leadrules.reporting.figures import Report


def as_json(report: Report) -> str:
    return json.dumps(as_object(report), ensure_ascii=False, indent=2) + "\n"


def as_object(report: Report) -> dict[str, Any]:
    """The report in Python's own types, as JSON has it; `findings` are the titles in the order of the page."""
    return {**asdict(report), "findings": list(report.findings)}
