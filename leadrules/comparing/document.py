"""A difference as a page: headings, sentences, tables and statements side by side, not yet in any format.

Everything that is said is worded here, once; `text.py` and `markdown.py` only lay it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff

from leadrules.comparing.changes import Change
from leadrules.comparing.difference import Difference
from leadrules.comparing.leads import STEPS, Affected, Comparison, step_of
from leadrules.comparing.proof import Lead, Move, Proof, ScoreChange, Seen
from leadrules.problems.wording import counted
from leadrules.reference import format_points, signed

NO_STAGE = "no stage"
MOST_MOVES = 20


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Sentences:
    """Lines that stand by themselves; `listed`: as points of a list."""

    lines: Sequence[str]
    listed: bool = False


@dataclass(frozen=True)
class Table:
    """Columns in `left` are texts, the others figures."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    left: frozenset[int] = frozenset({0})


@dataclass(frozen=True)
class Statement:
    """A change of one part: what it is, the lines that differ (`-`, `+` or a blank in front), and what it does."""

    title: str
    lines: Sequence[str]
    notes: Sequence[str] = field(default_factory=tuple)


Element = Heading | Sentences | Table | Statement


def document(one: Difference) -> Iterator[Element]:
    """The page, from what matters most to the details."""
    yield Heading(f"{_side(one.old.path, one.old.title)} → {_side(one.new.path, one.new.title)}")
    yield Sentences([verdict(one.proof), *_summary(one)])
    if one.over:
        yield Sentences([f"over budget: {line}" for line in one.over], listed=True)
    yield from _proof(one.proof)
    if one.leads is not None:
        yield from _leads(one.leads, one)
    if one.changes:
        yield Heading("What differs")
        for at, change in enumerate(one.changes):
            found = None if one.leads is None or one.proof.same == "yes" else one.leads.by_change.get(at)
            yield _statement(change, found, one.proof.same == "yes")


def verdict(proof: Proof) -> str:
    """What is proved, in a sentence."""
    if proof.same == "yes":
        return "the same: every lead gets the same scores, stages and labels from both (proved)"
    if proof.same == "no":
        return "not the same: there are leads that get different answers"
    if proof.unproved:
        why = "; ".join(proof.unproved)
        return f"not decided: leads with the same values get the same scores, stages and labels (proved), but {why}"
    if proof.apart:
        return f"not decided: {_names(proof.apart)} cannot hold the same values in both"
    return "not decided: no lead was found that gets different answers, and it is not proved that there is none"


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{one}`" for one in names)


def _side(path: str, title: str) -> str:
    return f"{path} ({title})" if title else path


def _summary(one: Difference) -> Iterator[str]:
    kinds = [change.kind for change in one.changes]
    order = ("added", "removed", "changed", "moved", "rewritten", "reworded")
    said = [f"{kinds.count(kind)} {kind}" for kind in order if kind in kinds]
    if said:
        yield f"parts: {', '.join(said)}"
    if one.leads is not None:
        yield f"leads: {_of(one.leads.moved, one.leads.read)} move to another stage; as of {one.as_of.isoformat()}"


def _of(part: int, whole: int) -> str:
    share = f" ({100 * part / whole:.1f} %)" if whole and part else ""
    return f"{part:,} of {whole:,}{share}"


# ---------------------------------------------------------------------- proofs


def _proof(proof: Proof) -> Iterator[Element]:
    if proof.same == "yes" or proof.unproved:
        return
    lines = [line for line in (_score(proof.up, "up"), _score(proof.down, "down")) if line]
    if not lines and proof.up is None and not proof.apart:
        lines.append("the score never changes")
    lines += [_move(one) for one in proof.moves[:MOST_MOVES]]
    if len(proof.moves) > MOST_MOVES:
        lines.append(f"and {counted(len(proof.moves) - MOST_MOVES, 'more move')} from one stage to another")
    named = [one.lead for one in proof.moves] + [one.lead for one in (proof.up, proof.down) if one and one.known]
    told = {lead.text for lead in named if lead is not None}
    also: list[str] = []
    for other in proof.others:
        if other.lead is None:
            lines.append(f"{other.what} `{other.name}` may differ: not decided")
        elif other.lead.text in told:
            also.append(f"{other.what} `{other.name}`")
        else:
            lines.append(f"{other.what} `{other.name}` differs: {_lead(other.lead)}")
    if also:
        lines.append(f"for these leads these differ too: {', '.join(also)}")
    if proof.notes:
        lines.append(f"{_names(proof.notes)} read differently: what is said holds for values that both can read")
    if lines:
        yield Heading("Of all leads that there could be")
        yield Sentences(lines, listed=True)


def _score(change: ScoreChange | None, way: str) -> str:
    if change is None or (change.known in (0, None) and change.bound == 0):
        return ""
    if change.lead is None or change.known is None:
        most = "" if change.bound is None else f", by no more than {format_points(abs(change.bound))}"
        return f"the score may go {way}{most}: not decided"
    if not change.known or (change.known > 0) is not (way == "up"):
        # Every score goes the other way.
        return ""
    exact = "at most" if change.known == change.bound else "at least"
    return f"the score goes {way} by {exact} {format_points(abs(change.known))}: {_lead(change.lead)}"


def _move(move: Move) -> str:
    which = f"{move.before or NO_STAGE} → {move.after or NO_STAGE}"
    return f"{which}: not decided" if move.lead is None else f"{which}: {_lead(move.lead)}"


def _lead(lead: Lead) -> str:
    return f"{lead.text} ({_seen(lead.old)} → {_seen(lead.new)})"


def _seen(seen: Seen) -> str:
    score = "" if seen.score is None else f"{format_points(seen.score)}, "
    return f"{score}{seen.state or NO_STAGE}"


# ----------------------------------------------------------------------- leads


def _leads(leads: Comparison, one: Difference) -> Iterator[Element]:
    yield Heading(f"Of the {leads.read:,} leads in {one.source}")
    before = [state for state in _states(one, old=True) if any(pair[0] == state for pair in leads.matrix)]
    after = [state for state in _states(one, old=False) if any(pair[1] == state for pair in leads.matrix)]
    rows = [
        [
            state or NO_STAGE,
            *(f"{leads.matrix[state, other]:,}" if leads.matrix[state, other] else "·" for other in after),
        ]
        for state in before
    ]
    if leads.moved:
        yield Table(["before ↓   now →", *(other or NO_STAGE for other in after)], rows)
    yield from _scores(leads)
    responsible = sorted(
        ((found[0], found[1], one.changes[at]) for at, found in leads.by_change.items() if found[0]),
        key=lambda found: -found[0],
    )
    if responsible and one.proof.same != "yes":
        head = ["what changed", "leads", "points in all"]
        shown = [
            [_title(change), f"{count:,}", signed(points) if points else ""] for count, points, change in responsible
        ]
        yield Table(head, shown)
    if leads.affected:
        yield Table(
            ["lead", "score", "", "change", "stage", ""],
            [_affected(lead) for lead in leads.affected],
            frozenset({0, 4, 5}),
        )


def _states(one: Difference, old: bool) -> list[str]:
    model = one.old.model if old else one.new.model
    return ["", *(stage.name for stage in model.stages), "disqualified", "excluded", "rejected"]


def _scores(leads: Comparison) -> Iterator[Element]:
    if not leads.both_scored:
        return
    if not leads.up + leads.down:
        yield Sentences(["no lead's score changes"])
        return
    mean = leads.total_change / leads.both_scored
    yield Sentences(
        [
            f"{leads.up:,} scores go up, {leads.down:,} go down; {signed(round(mean))} on average, "
            f"{signed(leads.largest)} at most"
        ]
    )
    steps = sorted(leads.sizes)
    yield Table(["change of score", "leads"], [[step_words(step), f"{leads.sizes[step]:,}"] for step in steps])


def step_words(step: int) -> str:
    """`+5 to +10`, `-50 and more`; `none` for step 0."""
    if not step:
        return "none"
    sign = "+" if step > 0 else "-"
    size = abs(step)
    low = 0 if size == 1 else STEPS[size - 2]
    if size > len(STEPS):
        return f"over {sign}{format_points(low)}"
    high = f"{sign}{format_points(STEPS[size - 1])}"
    return f"up to {high}" if not low else f"over {sign}{format_points(low)} to {high}"


def _affected(lead: Affected) -> list[str]:
    scores = ["" if one is None else format_points(one) for one in (lead.old_score, lead.new_score)]
    both = lead.old_score is not None and lead.new_score is not None
    name = f"row {lead.row:,}" if lead.key is None else lead.key
    return [
        name, scores[0], scores[1], signed(lead.change) if both and lead.change else "",
        lead.old_state or NO_STAGE, lead.new_state or NO_STAGE,
    ]  # fmt: skip


# --------------------------------------------------------------------- changes


def _title(change: Change) -> str:
    part = change.part
    name = part.name or (part.said if part.said != part.text else "") or part.text.partition("\n")[0]
    return f"{change.kind} {change.what} {name if len(name) <= 60 else name[:59] + '…'}"


def _statement(change: Change, found: tuple[int, int] | None, same: bool) -> Statement:
    old, new = ("" if part is None else part.text for part in (change.old, change.new))
    if change.kind == "changed" and old == new:
        # What it uses has changed: a let, or a list.
        old, new = ("" if part is None else part.written_out for part in (change.old, change.new))
    notes = []
    if change.kind == "moved":
        notes.append("counts elsewhere: in another score, or under another limit of a group")
    if change.kind == "reworded":
        old, new = (f'"{part.said}"' for part in (change.old, change.new) if part is not None)
    if change.kind == "rewritten":
        notes.append("is written otherwise and means the same (proved)")
    elif same and change.kind == "changed" and change.what in ("stage", "label", "score", "group", "total"):
        notes.append("makes no difference to any lead (proved)")
    if change.differs:
        notes.append(f"differs for {change.differs}")
    if found is not None and found[0]:
        notes.append(f"another answer for {found[0]:,} of the leads")
    where = f", {change.part.place}" if change.part.place else ""
    name = f" {change.part.name}" if change.part.name else ""
    lines = [f"  {line}" for line in new.splitlines()] if old == new else _lines(old, new)
    return Statement(f"{change.kind} {change.what}{name}{where}", lines, notes)


def _lines(old: str, new: str) -> list[str]:
    found = list(unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=1))[2:]
    return [f"{line[0]} {line[1:]}" for line in found if not line.startswith("@@")]


__all__ = ["Element", "Heading", "Sentences", "Statement", "Table", "document", "step_of", "step_words", "verdict"]
