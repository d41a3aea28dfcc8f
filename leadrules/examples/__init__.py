"""The examples of a ruleset: run, and counted for what they cover.

running    an example's values become a lead, the reference decides, every expectation is held against it
coverage   what was seen happening and not happening, over all examples
reports    both for a person, as JSON, as JUnit
"""

from __future__ import annotations

from leadrules.examples.coverage import Coverage, coverage_of
from leadrules.examples.running import Result, run_examples

__all__ = ["Coverage", "Result", "coverage_of", "run_examples"]
