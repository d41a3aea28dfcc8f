"""A profile as text: a table of steps, then the slowest fields and rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leadrules import kernel
from leadrules.problems.wording import leads_of
from leadrules.ruleset import Model
from leadrules.running.profile import STEPS, Profile, Spent
from leadrules.running.summary import SHOWN, place_of, short


def profile_text(profile: Profile, model: Model, headers: Mapping[int, str], leads: int) -> str:
    """What a user reads of a profile; `headers` says which column each field read, `leads` how many there were."""
    lines = [
        f"where the time went ({leads_of(leads)}, one step after another: without --profile they overlap):",
        f"  {'step':<7} {'processor':>10} {'clock':>10} {'leads a second':>15}",
    ]
    total = Spent()
    for step in STEPS:
        spent = profile.steps[step]
        total.add(spent.processor, spent.clock)
        lines.append(f"{_row(step, spent, leads)}  {STEPS[step]}")
    lines.append(_row("all", total, leads))
    fields = [(_field(model, headers, position), spent) for position, spent in profile.fields.items()]
    lines += _slowest("slowest fields, of the time to encode", fields)
    rules = [
        (place_of(model.rules[position]) + model.rules[position].text, spent)
        for position, spent in profile.rules.items()
    ]
    lines += _slowest("slowest rules, of those worked out lead by lead", rules)
    if model.rules:
        lines.append(_folded(profile.folded))
    if kernel.KERNEL is None:
        lines.append("without its compiled part: install leadrules where a C compiler is, to score in half the time")
    return "\n".join(lines) + "\n"


def _row(step: str, spent: Spent, leads: int) -> str:
    rate = f"{leads / spent.clock:,.0f}" if spent.clock >= 0.0005 else ""
    clock = f"{spent.clock:.3f} s" if spent.clock else ""
    return f"  {step:<7} {spent.processor:>8.3f} s {clock:>10} {rate:>15}"


def _field(model: Model, headers: Mapping[int, str], position: int) -> str:
    name = model.fields[position].name
    header = headers.get(position)
    return f"{name} (no column)" if header is None else name if header == name else f"{name} (`{header}`)"


def _slowest(heading: str, spent: Sequence[tuple[str, Spent]]) -> list[str]:
    """The slowest first, with the time by the clock; equals by name."""
    found = sorted(spent, key=lambda one: (-one[1].clock, one[0]))
    lines = [f"  {1000 * one.clock:>10,.1f} ms  {short(name)}" for name, one in found[:SHOWN]]
    more = [f"  and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return [f"{heading}:", *lines, *more] if lines else []


def _folded(rules: int) -> str:
    how_many = "1 rule is" if rules == 1 else f"{rules:,} rules are" if rules else "no rule is"
    return f"{how_many} folded into tables of points, where a rule more costs no time"
