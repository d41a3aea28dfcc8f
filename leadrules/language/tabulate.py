"""The grammar page → the parse table that is shipped.

Lark works the LALR table out once, when the grammar is changed, not at each
start: that takes half a second, and a cache of it would have to be kept safe on
the user's machine. Run `python -m leadrules.language.tabulate` after every
change of `grammar/leadrules.lark`; a test fails until that is done.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from leadrules.language.table import TABLE_FILE, Action, Row
from leadrules.places import grammar_text

# Words reserved beyond those that the table asks for: what events will need, and what an unfinished condition
# must not take for a name.
RESERVED_TOO = ("event", "ever", "for", "last", "once", "always", "if", "unless")


def tabulate(grammar: str) -> dict[str, Any]:
    """The table as plain data; see `leadrules.language.table` for its shape."""
    from lark import Lark

    lark = Lark(grammar, parser="lalr", maybe_placeholders=True)
    table = lark.parser.parser._parse_table
    kinds = {terminal.name: _kind(terminal) for terminal in lark.terminals} | {"$END": "END"}
    ordered = sorted(lark.rules, key=lambda rule: (str(rule), rule.options.empty_indices))
    rules = [_rule(rule) for rule in ordered]
    numbers = {rule: number for number, rule in enumerate(ordered)}
    states: list[Row] = []
    gotos: list[Row] = []
    # Lark numbers the states differently in each run; here, in the order in which they are reached.
    start = table.start_states["start"]
    order = {start: 0}
    for old in (reached := [start]):
        state: Row = {}
        goto: Row = {}
        for symbol, (action, argument) in sorted(table.states[old].items()):
            if action.name == "Reduce":
                state[kinds.get(symbol, symbol)] = ~numbers[argument]
                continue
            if argument not in order:
                order[argument] = len(order)
                reached.append(argument)
            row, name = (goto, symbol) if symbol.islower() else (state, kinds.get(symbol, symbol))
            row[name] = order[argument]
        states.append(dict(sorted(state.items())))
        gotos.append(dict(sorted(goto.items())))
    return {
        "grammar": fingerprint(grammar),
        "start": 0,
        "end": order[table.end_states["start"]],
        "reserved": sorted(reserved_words(states, gotos, rules) | set(RESERVED_TOO)),
        "rules": rules,
        "states": states,
        "gotos": gotos,
    }


def fingerprint(grammar: str) -> str:
    """Names one text of the grammar, whatever its line ends."""
    return hashlib.sha256(grammar.replace("\r\n", "\n").encode()).hexdigest()


def write(data: dict[str, Any]) -> str:
    """The table's file: JSON, one state or rule a line."""
    lines = []
    for key, value in data.items():
        if isinstance(value, list) and key != "reserved":
            rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in value)
            lines.append(f"{json.dumps(key)}: [\n{rows}\n]")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def reserved_words(states: list[Row], gotos: list[Row], rules: list[list[Any]]) -> set[str]:
    """The words that can be read as a keyword where a bare name can be read as well.

    Two rows of a state tell only where this *may* be so, because LALR states
    stand for several contexts. So every state where both are looked for is
    followed down its reductions, over all the stacks that can lead to it.
    """
    back: list[set[int]] = [set() for _ in states]
    for state, row in enumerate(states):
        for target in [action for action in row.values() if action >= 0] + list(gotos[state].values()):
            back[target].add(state)

    def after(stack: tuple[int, ...], action: Action) -> list[tuple[int, ...]]:
        """The tops of stacks that a reduction can lead to, two states deep."""
        origin, size = rules[~action][0], rules[~action][1]
        if len(stack) <= size:
            return [top for below in back[stack[0]] for top in after((below, *stack), action)]
        rest = stack[: len(stack) - size]
        target = gotos[rest[-1]].get(origin)
        return [] if target is None else [(rest[-1], target)]

    def shifts(stack: tuple[int, ...], kinds: tuple[str, ...], seen: set[Any]) -> bool:
        """Whether on some stack with this top every one of the kinds is at last shifted."""
        if (stack, kinds) in seen:
            return False
        seen.add((stack, kinds))
        row = states[stack[-1]]
        if any(kind not in row for kind in kinds):
            return False
        open_kinds = tuple(kind for kind in kinds if row[kind] < 0)
        actions = {row[kind] for kind in open_kinds}
        if len(actions) > 1:  # rare: each by itself then, which may reserve a word too many
            return all(shifts(stack, (kind,), seen) for kind in open_kinds)
        return not actions or any(shifts(top, open_kinds, seen) for top in after(stack, actions.pop()))

    reserved: set[str] = set()
    for state, row in enumerate(states):
        words = [kind for kind in row if kind[0].islower() and kind not in reserved] if "NAME" in row else []
        reserved |= {word for word in words if shifts((state,), (word, "NAME"), set())}
    return reserved


def _kind(terminal: Any) -> str:
    """What a terminal is called in the table: a keyword or mark by itself, anything else by its name."""
    return terminal.pattern.value if terminal.pattern is not None and terminal.pattern.type == "str" else terminal.name


def _rule(rule: Any) -> list[Any]:
    """`[origin, size, builder, plan]`: what is made of the symbols of a rule once they are read.

    The builder is None where a single child stands for the whole. The plan
    lists the children: a position, `~position` where a run of repeated children
    is to be spliced in, or None for an optional child that is not there.
    """
    options = rule.options
    plan: list[int | None] = []
    gaps = [len(ones) for ones in "".join("01"[gap] for gap in options.empty_indices).split("0")]
    for position, symbol in enumerate(rule.expansion):
        plan += [None] * (gaps[position] if options.empty_indices else 0)
        if symbol.is_term:
            if options.keep_all_tokens or not symbol.filter_out:
                plan.append(position)
        else:
            plan.append(~position if symbol.name.startswith("_") else position)
    if options.empty_indices:
        plan += [None] * gaps[-1]
    origin = rule.origin.name
    builder = "run" if origin.startswith("_") else rule.alias or origin
    if options.expand1 and not rule.alias:
        assert len(plan) == 1, f"{rule} has no builder"
        builder = None
    return [origin, len(rule.expansion), builder, plan]


def main() -> None:
    TABLE_FILE.write_text(write(tabulate(grammar_text())), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
