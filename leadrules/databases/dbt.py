"""The `SELECT` of a ruleset as a dbt model, with a description of every column beside it.

`leads` becomes `{{ ref('leads') }}`, `crm.leads` becomes `{{ source('crm', 'leads') }}`. Whatever else
in the statement dbt would take for a template stands raw.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from sqlglot import exp

from leadrules.databases.sql.statement import REJECT_REASON
from leadrules.databases.table import Table
from leadrules.leads.errors import LeadsError
from leadrules.ruleset import Model

_MARKS = ("{{", "{%", "{#")


def jinja(table: Table) -> exp.Expression:
    """The table as dbt refers to it. Raises `LeadsError` for a name that dbt cannot have."""
    return exp.Table(this=exp.Var(this=_reference(table)))


def model_text(statement: str, table: Table) -> str:
    """The model: its configuration, then the statement."""
    reference = _reference(table)
    parts = statement.split(reference)
    raw = ["{% raw %}" + part + "{% endraw %}" if any(mark in part for mark in _MARKS) else part for part in parts]
    return "{{ config(materialized='table') }}\n\n" + reference.join(raw)


def described(model: Model, name: str, columns: Sequence[str], named: Callable[[str], str], reasons: int | None) -> str:
    """The model's `schema.yml`: what each added column says; `named` gives a column's name in the database."""
    said = {named(own): meaning for own, meaning in _meanings(model, reasons).items()}
    lines = [
        "version: 2", "", "models:", f"  - name: {json.dumps(name)}",
        f"    description: {_quoted(f'Leads scored by {model.full_name} ({model.short_hash}), written by leadrules.')}",
        "    columns:",
    ]  # fmt: skip
    for column in columns:
        lines.append(f"      - name: {_quoted(column)}")
        if column in said:
            lines.append(f"        description: {_quoted(said[column])}")
        if column == named("disqualified"):
            lines += ["        tests:", "          - accepted_values:", "              values: [true, false]",
                      "              quote: false"]  # fmt: skip
    return "\n".join(lines) + "\n"


def _meanings(model: Model, reasons: int | None) -> Mapping[str, str]:
    said = {"score": "The total; empty where the lead is excluded."}
    said |= {score.name: f"The part {score.name} of the score, before its weight." for score in model.scores}
    stages = ", ".join(stage.name for stage in model.stages)
    said["stage"] = f"The last stage that the lead holds{f' ({stages})' if stages else ''}; disqualified; excluded."
    said["disqualified"] = "Whether the lead is disqualified."
    said |= {label.name: f"The label {label.name}." for label in model.labels}
    for framework in model.frameworks:
        said[f"{framework.name}.met"] = f"How many criteria of {framework.name} are met."
        said[f"{framework.name}.open"] = f"How many criteria of {framework.name} are open."
        said[f"{framework.name}.ask"] = f"What to ask next for {framework.name}."
    many = "All" if reasons is None else f"The {reasons} largest"
    said["reasons"] = f"{many} contributions, the largest first; reasons to disqualify or exclude before them."
    said[REJECT_REASON] = "Why the lead could not be scored: a value that its field cannot have; empty for all others."
    return said


def _reference(table: Table) -> str:
    for part in table.name:
        if "'" in part or "\\" in part:
            raise LeadsError(f"dbt cannot refer to a table called `{part}`", "give it another name in dbt")
    if len(table.name) == 1:
        return f"{{{{ ref('{table.name[0]}') }}}}"
    return f"{{{{ source('{table.name[-2]}', '{table.name[-1]}') }}}}"


def _quoted(text: str) -> str:
    """A text as YAML and JSON both write it; dbt would take `{{` in a description for a template."""
    return json.dumps(text.replace("{{", "{ {").replace("{%", "{ %").replace("{#", "{ #"), ensure_ascii=False)
