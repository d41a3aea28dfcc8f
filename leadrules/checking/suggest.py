"""Near names, for "did you mean"; they live with the problems, because the parser offers them as well."""

from leadrules.problems.near import keystrokes, near_names

__all__ = ["keystrokes", "near_names"]
