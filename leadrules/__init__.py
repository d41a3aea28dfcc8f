"""leadrules: write down which leads are worth a salesperson's time, check it, and score leads with it.

    import leadrules

    ruleset = leadrules.load("inbound.rules")
    frame = ruleset.score(leads, as_of=date(2026, 11, 22))

Nothing is imported before it is used, so that a command that checks a small
file pays for no more than that.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadrules.api import Ruleset, check, load, loads
    from leadrules.decision import Contribution, Decision, FrameworkDecision
    from leadrules.engine.scorer import Reject
    from leadrules.frames import LeadError, LeadWarning
    from leadrules.problems.problem import Problem, RulesetError

__all__ = [
    "Contribution",
    "Decision",
    "FrameworkDecision",
    "LeadError",
    "LeadWarning",
    "Problem",
    "Reject",
    "Ruleset",
    "RulesetError",
    "check",
    "load",
    "loads",
]
__version__ = "0.1.0"

_HOMES = {
    "Contribution": "decision",
    "Decision": "decision",
    "FrameworkDecision": "decision",
    "LeadError": "frames",
    "LeadWarning": "frames",
    "Problem": "problems.problem",
    "Reject": "engine.scorer",
    "Ruleset": "api",
    "RulesetError": "problems.problem",
    "check": "api",
    "load": "api",
    "loads": "api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"leadrules.{_HOMES[name]}"), name)
