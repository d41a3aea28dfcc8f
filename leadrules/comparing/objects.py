"""A difference as JSON: a stable form, described in `docs/diff.md`. Points are numbers; what is not known is null."""

from __future__ import annotations

import json
from typing import Any

from leadrules.comparing.changes import Change
from leadrules.comparing.difference import Difference, Version
from leadrules.comparing.document import step_words
from leadrules.comparing.leads import Comparison
from leadrules.comparing.parts import Part
from leadrules.comparing.proof import Lead, Proof, ScoreChange, Seen
from leadrules.decision import points
from leadrules.explaining.objects import plain


def as_json(one: Difference) -> str:
    return json.dumps(as_object(one), ensure_ascii=False, indent=2) + "\n"


def as_object(one: Difference) -> dict[str, Any]:
    return {
        "old": _version(one.old),
        "new": _version(one.new),
        "as_of": one.as_of.isoformat(),
        "same": {"yes": True, "no": False, "open": None}[one.proof.same],
        "over": list(one.over),
        "proof": _proof(one.proof),
        "changes": [_change(change) for change in one.changes],
        "leads": None if one.leads is None else _leads(one.leads),
    }


def _version(version: Version) -> dict[str, Any]:
    model = version.model
    return {"path": version.path, "name": model.title, "version": model.version, "hash": model.hash}


def _proof(proof: Proof) -> dict[str, Any]:
    return {
        "up": _score(proof.up),
        "down": _score(proof.down),
        "moves": [{"from": one.before, "to": one.after, "lead": _lead(one.lead)} for one in proof.moves],
        "others": [{"what": one.what, "name": one.name, "lead": _lead(one.lead)} for one in proof.others],
        "read_differently": list(proof.notes),
        "not_comparable": list(proof.apart),
        "unproved": list(proof.unproved),
    }


def _score(change: ScoreChange | None) -> dict[str, Any] | None:
    if change is None:
        return None
    return {"known": _points(change.known), "bound": _points(change.bound), "lead": _lead(change.lead)}


def _lead(lead: Lead | None) -> dict[str, Any] | None:
    if lead is None:
        return None
    values = {name: plain(value) for name, value in lead.values.items()}
    return {"values": values, "old": _seen(lead.old), "new": _seen(lead.new)}


def _seen(seen: Seen) -> dict[str, Any]:
    return {"score": _points(seen.score), "stage": seen.state}


def _change(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "what": change.what,
        "name": change.part.name,
        "old": _part(change.old),
        "new": _part(change.new),
        "differs": change.differs,
    }


def _part(part: Part | None) -> dict[str, Any] | None:
    if part is None:
        return None
    span = part.span
    place = (None, None) if span is None else (span.source.path, span.source.place(span.start)[0])
    return {"text": part.text, "said": part.said, "file": place[0], "line": place[1]}


def _leads(leads: Comparison) -> dict[str, Any]:
    return {
        "read": leads.read,
        "moved": leads.moved,
        "matrix": [
            {"from": before, "to": after, "leads": count} for (before, after), count in sorted(leads.matrix.items())
        ],
        "scored_by_both": leads.both_scored,
        "up": leads.up,
        "down": leads.down,
        "total_change": points(leads.total_change),
        "largest_change": points(leads.largest),
        "sizes": [{"change": step_words(step), "leads": count} for step, count in sorted(leads.sizes.items())],
        "by_change": [
            {"change": at, "leads": count, "points": points(total)} for at, (count, total) in leads.by_change.items()
        ],
        "affected": [
            {
                "row": one.row,
                "key": one.key,
                "old": {"score": _points(one.old_score), "stage": one.old_state},
                "new": {"score": _points(one.new_score), "stage": one.new_state},
            }
            for one in leads.affected
        ],
    }


def _points(hundredths: int | None) -> float | int | None:
    return None if hundredths is None else points(hundredths)
