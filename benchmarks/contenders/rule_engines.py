"""The plain workload in rule engines that take one lead at a time, as a dict.

Each is a function from a workload to a function from a lead to its score, with
everything compiled beforehand that the package can compile. Raises ImportError
where the package is not installed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.workload import Rule, Test, Workload

Lead = Mapping[str, Any]
Score = Callable[[Lead], int]


def zen_engine(workload: Workload) -> Score:
    """One expression, compiled."""
    import zen  # type: ignore[import-not-found]

    def holds(test: Test) -> str:
        known = f"{test.field} != null and "
        if test.op == "is":
            return f'({known}lower({test.field}) == "{str(test.value).lower()}")'
        return f"({known}{test.field} {test.op} {test.value})"

    compiled = zen.compile_expression(_ternaries(workload, holds, {"and": " and ", "or": " or "}))
    return lambda lead: int(compiled.evaluate(lead))


def rule_engine(workload: Workload) -> Score:
    """A compiled rule for each; the points are added up in Python."""
    import rule_engine as package  # type: ignore[import-not-found]

    def holds(test: Test) -> str:
        if test.op == "is":
            return f'({test.field} != null and {test.field}.as_lower == "{str(test.value).lower()}")'
        return f"({test.field} != null and {test.field} {test.op} {test.value})"

    context = package.Context(default_value=None)
    rules = [
        (package.Rule(f" {rule.joined} ".join(map(holds, rule.tests)), context=context), rule.points)
        for rule in workload.rules
    ]
    return lambda lead: sum(points for rule, points in rules if rule.matches(lead))


def cel_python(workload: Workload) -> Score:
    """One expression, compiled; nulls are left out of the lead, as CEL has it."""
    import celpy  # type: ignore[import-not-found]
    from celpy import celtypes

    def holds(test: Test) -> str:
        if test.op == "is":
            return f'(has(lead.{test.field}) && lower(lead.{test.field}) == "{str(test.value).lower()}")'
        return f"(has(lead.{test.field}) && lead.{test.field} {test.op} {float(test.value)})"

    environment = celpy.Environment()
    tree = environment.compile(_ternaries(workload, holds, {"and": " && ", "or": " || "}))
    program = environment.program(tree, functions={"lower": lambda text: celtypes.StringType(str(text).lower())})

    def score(lead: Lead) -> int:
        known = {
            name: float(value) if isinstance(value, int) else value for name, value in lead.items() if value is not None
        }
        return int(program.evaluate({"lead": celpy.json_to_cel(known)}))

    return score


def json_logic(workload: Workload) -> Score:
    """One tree of operations; it has none that ignores case, so the leads' texts are folded in Python first."""
    from json_logic import jsonLogic  # type: ignore[import-not-found]

    def holds(test: Test) -> dict[str, Any]:
        field = {"var": test.field}
        if test.op == "is":
            return {"==": [field, str(test.value).lower()]}
        return {"and": [{"!==": [field, None]}, {test.op: [field, test.value]}]}

    def tree(rule: Rule) -> dict[str, Any]:
        tests = [holds(test) for test in rule.tests]
        return {"if": [tests[0] if len(tests) == 1 else {rule.joined: tests}, rule.points, 0]}

    logic = {"+": [tree(rule) for rule in workload.rules]}

    def score(lead: Lead) -> int:
        folded = {name: value.lower() if isinstance(value, str) else value for name, value in lead.items()}
        return int(jsonLogic(logic, folded))

    return score


ENGINES: Mapping[str, tuple[str, Callable[[Workload], Score]]] = {
    "zen-engine": ("zen-engine, one compiled expression", zen_engine),
    "rule-engine": ("rule-engine, a compiled rule each", rule_engine),
    "cel-python": ("cel-python, one compiled expression", cel_python),
    "panzi-json-logic": ("JsonLogic (panzi-json-logic), one tree", json_logic),
}
"""By the name of the package that is installed."""


def _ternaries(workload: Workload, holds: Callable[[Test], str], joins: Mapping[str, str]) -> str:
    return " + ".join(
        f"({joins[rule.joined].join(map(holds, rule.tests))} ? {rule.points} : 0)" for rule in workload.rules
    )
