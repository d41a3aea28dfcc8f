"""The text of a proposed ruleset → the same, with what `leadrules check` would say of it answered in comments.

Points rank leads, also those of one stage. A rule may be worth its points, and
never carry a lead over a threshold: `rule-never-matters` is what proofs call that.
Here it is meant, and the ruleset says so where it is, by the comment that the
page of that problem asks for.
"""

from __future__ import annotations

from leadrules.checking import check_text
from leadrules.checking.thorough import thorough

MEANT = "rule-never-matters"
WHY = "the score also ranks the leads of one stage"


def said_why(text: str) -> str:
    """The text with a comment above each rule that moves the score and no stage."""
    lines = text.splitlines()
    found = {one.line for one in thorough([check_text(text, "<calibrated>")]) if one.name == MEANT}
    for line in sorted(found, reverse=True):
        lines.insert(line - 1, f"# leadrules: allow {MEANT} because {WHY}")
    return "\n".join(lines) + "\n"
