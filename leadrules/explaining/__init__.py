"""Why a lead has its score, its stage and its reasons, and what is missing for the next stage.

    facts      one condition, one lead: what decided it, and which facts are missing
    lead       one lead: every rule, every limit, every verdict (`explain`)
    ways       what would bring a lead to a stage, tried out with the reference
    page, objects, note   the explanation for a terminal, as JSON, as Markdown

Everything is asked of `leadrules.reference`; nothing is decided a second time.
`explain` is imported when it is asked for: the wording here serves `check` too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadrules.explaining.lead import Explanation, explain

__all__ = ["Explanation", "explain"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from leadrules.explaining import lead

    return getattr(lead, name)
