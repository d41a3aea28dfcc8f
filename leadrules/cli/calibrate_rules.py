"""`leadrules calibrate LEADS RULES`: points for the conditions that a ruleset has, shown as a diff or written."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from leadrules.cli.evidence import open_again
from leadrules.cli.leads import fitted
from leadrules.cli.progress import progress
from leadrules.cli.rulesets import load_or_exit
from leadrules.problems.wording import counted


def of_rules(given: Mapping[str, Any]) -> int:
    """Run the command with its options."""
    model, _ = load_or_exit(given["rules"])
    if given["score_excluded"]:
        model = replace(model, excludes=())

    from leadrules.calibrating.of_rules import calibrate_rules
    from leadrules.calibrating.rewriting import rewritten
    from leadrules.calibrating.telling_rules import page, report
    from leadrules.engine.scorer import Scorer
    from leadrules.evidence.outcome import OutcomeReader, outcome_column
    from leadrules.leads.output import OutputFile
    from leadrules.meaning.days import today

    day = given["as_of"] or today()
    reading = {name: given[name] for name in ("sheet", "encoding", "delimiter")}
    with closing(open_again(given["leads"], **reading)) as source, progress(source, "Holding") as show:
        matched = fitted(source, model, given["rules"])
        fields = {model.fields[position].name: header for position, header in matched.headers.items()}
        column = outcome_column(
            given["outcome"], source.headers, lost=given["lost"], open=given["still_open"], fields=fields
        )
        found = calibrate_rules(
            model, Scorer(model, day), source, matched.headers, OutcomeReader(column),
            given["method"] or "rate", given["min_leads"], show,
        )  # fmt: skip
    if given["format"] == "json":
        click.echo(json.dumps(report(found), ensure_ascii=False, indent=2))
    else:
        click.echo(page(found), nl=False)
    path = next((row.number.source.path for row in found.rows if row.number is not None), given["rules"])
    content = Path(given["rules"]).read_bytes().decode("utf-8-sig")
    newline = "\r\n" if "\r\n" in content else "\n"
    before = content.replace("\r\n", "\n").replace("\r", "\n")
    root = model.path if model.path else path
    clear = [row for row, points in zip(found.rows, found.proposed, strict=True) if points is not None]
    after = rewritten(before, root, found.changes, clear, found.held.all)
    elsewhere = {
        change.row.number.source.path
        for change in found.changes
        if change.row.number is not None and change.row.number.source.path != root
    }
    for other in sorted(elsewhere):
        click.echo(f"rules in {other} stay as they are: calibrate that file itself to change them", err=True)
    if before == after:
        click.echo(f"{given['rules']} keeps its points: these leads give no reason for others", err=True)
        return 0
    changes = difflib.unified_diff(before.splitlines(True), after.splitlines(True), given["rules"], given["rules"])
    text = "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in changes)
    click.echo("\n" + text, nl=False, err=given["format"] == "json")
    if not given["write"]:
        click.echo(f"{given['rules']} was left as it is: say --write to change it", err=True)
        return 1
    with OutputFile(given["rules"]) as file:
        file.write(after.replace("\n", newline).encode("utf-8"))
        file.commit()
    number = sum(change.row.number is not None and change.row.number.source.path == root for change in found.changes)
    click.echo(f"{given['rules']}: points changed in {counted(number, 'place')}", err=True)
    return 0
