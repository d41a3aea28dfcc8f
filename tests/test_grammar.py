"""The grammar page and what is made of it: the shipped table, the reserved words, a builder for every rule."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leadrules.language import tabulate
from leadrules.language.build import Build
from leadrules.language.parser import parse
from leadrules.language.source import Source
from leadrules.language.table import TABLE_FILE, table
from leadrules.places import _folder, grammar_text, shipped_rulesets

# Worked out from the table. Adding a word here breaks rulesets that have it as a name.
RESERVED = """
    add after all and any at because before between contains disqualified disqualify does ends exactly example exclude
    excluded expect fading false field fires framework from group holds in include includes is label last let list
    matches mentions missing next none not older on or otherwise over points rule ruleset score stage starts subtract
    total true under until when
""".split()  # fmt: skip


def test_the_shipped_table_is_that_of_the_grammar() -> None:
    """If not: `python -m leadrules.language.tabulate`. A conflict in the grammar is an error of Lark's here."""
    assert TABLE_FILE.read_text(encoding="utf-8") == tabulate.write(tabulate.tabulate(grammar_text()))
    assert table().grammar == tabulate.fingerprint(grammar_text())


def test_no_word_becomes_reserved_unseen() -> None:
    known = table()
    rules = [[one.origin, one.size] for one in known.productions]
    worked_out = tabulate.reserved_words(list(known.states), list(known.gotos), rules)
    assert sorted(worked_out) == RESERVED
    assert known.reserved == {*worked_out, *tabulate.RESERVED_TOO}


@pytest.mark.parametrize("word", sorted(table().words))
def test_a_free_word_is_a_name_everywhere_and_a_reserved_one_in_back_quotes(word: str) -> None:
    name = f"`{word}`" if word in table().reserved else word
    text = f"""
        field {name} : text optional from "A"
        list {name} = "a", "b"
        let {name} = {name}
        rule {name}: when {name} and {name} > 3 or {name} in {name} unless {name} is known add 5 per {name} at most 3
        when {name} between {name} and {name} add 5 per 2 {name} fading by half every 3 days since {name}
        points by {name} {{ {name}: 5, otherwise: 3 }}
        points first {{ {name}: 3, {name} before {name}: 4 }}
        score {name} at most 3 {{ add 5 per {name} }}
        stage {name} at 3 on {name} after {name} or {name} if {name} unless {name} always if holds {name}
        framework {name} {{ {name} when {name} {name} asks "x" when {name} }}
        label {name} {{ {name} when {name}, otherwise {name} }}
        label {name} = {name} & {name}
        label {name} by {name} from "x.csv"
        example "x" {{ {name} = 5 {name} = 6 expect {name}, not fires {name} }}
    """
    file, problems = parse(Source("x.rules", text))
    assert [str(one) for one in problems] == []
    assert len(file.statements) == 14


def test_every_rule_has_a_builder() -> None:
    for production in table().productions:
        if production.builder not in (None, "run"):
            assert callable(getattr(Build([]), str(production.builder)))


def test_every_rule_has_an_example_above_it() -> None:
    lines = grammar_text().splitlines()
    rules = [number for number, line in enumerate(lines) if re.match(r"[?!]?[a-z_]+:", line)]
    assert len(rules) > 50
    for number in rules:
        rule = lines[number].split(":")[0]
        assert rule in ("start", "?statement") or lines[number - 1].startswith("// "), rule


def test_what_ships_is_found_in_a_checkout() -> None:
    assert "ruleset" in grammar_text()
    assert shipped_rulesets().is_dir()


def test_what_ships_is_found_inside_an_installed_package(tmp_path: Path) -> None:
    package = tmp_path / "leadrules"
    package.mkdir()
    (tmp_path / "grammar").mkdir()
    assert _folder("grammar", package) == tmp_path / "grammar"
    (package / "grammar").mkdir()
    assert _folder("grammar", package) == package / "grammar"
