"""Checking: trees become a `leadrules.ruleset.Model`, or problems."""

from leadrules.checking.check import Checked, check_path, check_text

__all__ = ["Checked", "check_path", "check_text"]
