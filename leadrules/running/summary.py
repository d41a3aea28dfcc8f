"""The summary of a run: what happened to the leads, and what looks wrong with the rules, on one screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from leadrules.problems.wording import leads_of
from leadrules.ruleset import Limits, Model, Rule, Verdict
from leadrules.running.tally import Tally

MOSTLY = 0.5
"""A column is mostly blank when more than this share of the leads has nothing in it."""
SHOWN = 8
LONGEST = 300
"""A longer line would push the rest off the screen."""


def summary(
    model: Model, tally: Tally, as_of: date, headers: Mapping[int, str], *, output: str, rejects: str | None
) -> str:
    """The summary as text; `headers` says which column each field read, `rejects` where rejected leads went."""
    lines = [_title(model, as_of), _leads(tally, output, rejects)]
    lines += _stages(model, tally)
    lines += _counted("disqualified", tally.disqualified_because)
    lines += _counted("excluded", tally.excluded_because)
    lines += _listed("columns", _columns(model, tally, headers))
    if tally.written:
        lines += _listed("rules that never fired", _never_fired(model, tally))
        lines += _listed("limits that cut points", _limits(model, tally))
    repeated = tally.repeated_keys()
    if repeated:
        among = f" (among the first {tally.keys_seen:,})" if tally.keys_seen < tally.read - tally.rejected else ""
        lines.append(f"repeated keys: {leads_of(repeated)} with the key of an earlier one{among}")
    return "\n".join(lines) + "\n"


def _title(model: Model, as_of: date) -> str:
    return f"{model.full_name} ({model.short_hash}), as of {as_of.isoformat()}"


def _leads(tally: Tally, output: str, rejects: str | None) -> str:
    parts = [f"{tally.scored:,} scored"]
    parts += [
        f"{count:,} {what}"
        for what, count in (("disqualified", tally.disqualified), ("excluded", tally.excluded))
        if count
    ]
    if tally.rejected:
        parts.append(f"{tally.rejected:,} rejected" + (f" (see {rejects})" if rejects else ""))
    return f"{leads_of(tally.read)} read: {', '.join(parts)}; written to {output}"


def _stages(model: Model, tally: Tally) -> list[str]:
    if not model.stages or not tally.written:
        return []
    rows: list[tuple[str, int, int | None]] = [("(no stage)", tally.now[-1], None)] if tally.now[-1] else []
    rows += [(stage.name, tally.now[position], tally.reached[position]) for position, stage in enumerate(model.stages)]
    width = max(len(name) for name, _, _ in rows)
    figures = max(7, len(f"{tally.read:,}"))
    lines = [f"  {'stage':<{width}}  {'now':>{figures}}  {'reached':>{figures}}"]
    for name, now, reached in rows:
        lines.append(
            f"  {name:<{width}}  {now:>{figures},}  {'' if reached is None else f'{reached:,}':>{figures}}".rstrip()
        )
    return lines


def _counted(heading: str, counts: Mapping[str, int]) -> list[str]:
    found = sorted(((count, text) for text, count in counts.items() if count), key=lambda one: (-one[0], one[1]))
    return _listed(heading, [f"{count:,} {text}" for count, text in found])


def _listed(heading: str, items: Sequence[str]) -> list[str]:
    if not items:
        return []
    more = [f"and {len(items) - SHOWN} more"] if len(items) > SHOWN else []
    return [f"{heading}:", *(f"  {short(item)}" for item in [*items[:SHOWN], *more])]


def short(item: str) -> str:
    """The item, cut where it is long."""
    return item if len(item) <= LONGEST else item[: LONGEST - 1] + "…"


def _columns(model: Model, tally: Tally, headers: Mapping[int, str]) -> list[str]:
    found = []
    for position in model.read_fields:
        field = model.fields[position]
        if position not in headers:
            found.append(f"no column for `{field.name}`")
        elif tally.read and tally.blank[position] > MOSTLY * tally.read:
            found.append(f"`{headers[position]}` is blank for {_share(tally.blank[position], tally.read)} of the leads")
        if tally.excused[position]:
            count = tally.excused[position]
            values = "1 value does not fit and counts" if count == 1 else f"{count:,} values do not fit and count"
            found.append(f"`{headers[position]}`: {values} as missing")
    return found


def _share(part: int, whole: int) -> str:
    share = 100 * part / whole
    return "all" if part == whole else f"{share:.0f} %" if share < 99.5 else "nearly all"


def _never_fired(model: Model, tally: Tally) -> list[str]:
    """Excludes and disqualifies that never held, and rules that gave nobody anything."""
    never: list[Verdict | Rule] = [one for one in model.excludes if not tally.excluded_because[one.text]]
    never += [one for one in model.disqualifies if not tally.disqualified_because[one.text]]
    never += [model.rules[position] for position in tally.never_fired()]
    return [place_of(one) + one.text for one in never]


def place_of(one: Verdict | Rule) -> str:
    """The file and line of a verdict or a rule, to stand before its text; empty for one without a place."""
    return "" if one.span is None else f"{one.span.source.path}:{one.span.source.place(one.span.start)[0]}  "


def _limits(model: Model, tally: Tally) -> list[str]:
    cuts: list[tuple[int, str, Limits]] = []
    for group, count in tally.cut_groups.items():
        if group is not None:
            cuts.append((count, f'group "{model.groups[group].title}"', model.groups[group].limits))
    for score, count in tally.cut_scores.items():
        cuts.append(
            (count, "total", model.total)
            if score is None
            else (count, f"score {model.scores[score].name}", model.scores[score].limits)
        )
    return [f"{what} {_written(limits)}: {leads_of(count)}" for count, what, limits in cuts if count]


def _written(limits: Limits) -> str:
    low, high = (None if one is None else f"{one / 100:g}" for one in (limits.low, limits.high))
    if low is not None and high is not None:
        return f"from {low} to {high}"
    return f"at most {high}" if low is None else f"at least {low}"
