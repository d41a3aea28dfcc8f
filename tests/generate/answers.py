"""Answers in one form, whoever gives them: the reference lead by lead, or the engine for a frame.

An answer is a dict by added column. `by_reference` asks the reference, the
meaning of the language; `by_engine` asks `score`. Both also give the bad values,
as (row, field, reason).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

import leadrules
from generate.leads import Leads
from generate.statements import FILES
from leadrules.checking import check_text
from leadrules.decision import Decision, decide_one
from leadrules.frames import LeadError, cells_of_record
from leadrules.problems.problem import RulesetError
from leadrules.reference import read_values

Answer = dict[str, object]
Bads = list[tuple[int, str, str]]

POLARS_TYPES: Mapping[str, pl.DataType] = {
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us", "UTC"),
    "list of text": pl.List(pl.String()),
}


def ruleset_of(text: str) -> leadrules.Ruleset:
    """A generated ruleset, with the files that it names; RulesetError is a fault of the generator or of the check."""
    checked = check_text(text, "generated.rules", "/generated", read=lambda path: FILES[path.name].encode())
    if checked.model is None:
        raise RulesetError(checked.problems)
    return leadrules.Ruleset(checked.model, tuple(checked.problems))


def by_reference(
    ruleset: leadrules.Ruleset, leads: Sequence[Mapping[str, object]], as_of: date, reasons: int | None
) -> tuple[list[Answer], Bads]:
    """What the ruleset says of each lead, one at a time; the bad ones left out."""
    answers: list[Answer] = []
    bads: Bads = []
    for row, lead in enumerate(leads):
        try:
            cells = cells_of_record(ruleset.model, lead)
        except LeadError as error:
            bads += [(row, bad.field, bad.reason) for bad in error.rejects]
            continue
        values, wrong = read_values(ruleset.model, cells)
        if wrong:
            bads += [(row, ruleset.model.fields[place].name, bad.reason) for place, bad in sorted(wrong.items())]
        else:
            answers.append(_answer(ruleset, decide_one(ruleset.model, values, as_of, reasons), reasons))
    return answers, bads


def _answer(ruleset: leadrules.Ruleset, decision: Decision, reasons: int | None) -> Answer:
    """A decision as the columns have it."""
    model = ruleset.model
    answer: Answer = {"score": decision.score}
    answer |= {score.name: decision.scores.get(score.name) for score in model.scores}
    answer |= {"stage": decision.stage, "disqualified": decision.disqualified}
    answer |= {label.name: decision.labels.get(label.name) or None for label in model.labels}
    for framework in model.frameworks:
        one = decision.frameworks.get(framework.name)
        answer[f"{framework.name}.met"] = one and one.met
        answer[f"{framework.name}.open"] = one and one.open
        answer[f"{framework.name}.ask"] = (one and " | ".join(one.ask)) or None
    if reasons != 0:
        answer["reasons"] = "; ".join(decision.reasons) or None
    return answer


def by_engine(
    ruleset: leadrules.Ruleset, leads: Any, as_of: date, reasons: int | None, **how: int
) -> tuple[list[Answer], Bads]:
    """What the ruleset says of a frame of leads; the bad ones left out."""
    rejects: list[Any] = []
    frame = ruleset.score(leads, as_of, reasons=reasons, rejects=rejects, **how)
    own = frame.width - len(added_names(ruleset, reasons))
    answers = frame[:, own:].to_dicts()
    return answers, [(bad.row, bad.field, bad.reason) for bad in rejects]


def added_names(ruleset: leadrules.Ruleset, reasons: int | None) -> list[str]:
    """The columns that scoring adds, in the order of the contract."""
    model = ruleset.model
    names = ["score", *(score.name for score in model.scores), "stage", "disqualified"]
    names += [label.name for label in model.labels]
    names += [f"{one.name}.{what}" for one in model.frameworks for what in ("met", "open", "ask")]
    return names + (["reasons"] if reasons != 0 else [])


def text_frame(leads: Leads) -> pl.DataFrame:
    """Every cell as text."""
    return pl.DataFrame(leads.raw(), schema=dict.fromkeys(leads.headers, pl.String()))


def typed_frame(leads: Leads) -> pl.DataFrame:
    """The leads whose values are known, each column of its field's type; datetimes in UTC."""
    rows = leads.typed()
    columns = []
    for header, type in zip(leads.headers, leads.types, strict=True):
        cells: Iterable[Any] = [row[header] for row in rows]
        if type == "datetime":
            cells = [_utc(cell) for cell in cells]
        columns.append(pl.Series(header, cells, dtype=POLARS_TYPES.get(type, pl.String())))
    return pl.DataFrame(columns)


def _utc(cell: object) -> object:
    if not isinstance(cell, datetime):
        return cell
    return cell.astimezone(UTC) if cell.tzinfo else cell.replace(tzinfo=UTC)
