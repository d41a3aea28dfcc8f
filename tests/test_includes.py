"""Rulesets of several files: what an include inserts, who wins, what it may not reach."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from leadrules.checking import Checked, check_path, check_text


def written(folder: Path, **files: str) -> Path:
    """Write files (`points_rules` for `points.rules`); the root's path."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "root.rules"


def names(checked: Checked) -> list[tuple[str, int, str]]:
    return [(Path(one.file).name, one.line, one.name) for one in checked.problems]


def test_statements_are_inserted_once_where_the_include_stands(tmp_path: Path) -> None:
    root = written(
        tmp_path,
        root_rules='include "a.rules"\ninclude "sub/b.rules"\nwhen visits > 2 add 2\ninclude "a.rules"',
        a_rules='field visits : integer\nwhen visits > 1 add 1\ninclude "root.rules"',
        sub__b_rules='include "../a.rules"\ninclude "c.rules"',
        sub__c_rules="when visits > 3 add 3",
    )
    checked = check_path(root)
    assert names(checked) == []
    assert checked.model is not None
    assert [rule.rows[0].points for rule in checked.model.rules] == [100, 300, 200]


def test_the_including_file_wins_for_fields_and_criteria(tmp_path: Path) -> None:
    root = written(
        tmp_path,
        root_rules=(
            'include "mid.rules"\nfield budget : integer\n'
            'framework BANT { budget asks "Root?" when budget > 9 more when budget > 1 }'
        ),
        mid_rules='field budget : text\ninclude "base.rules"\nframework BANT { need asks "Mid?" when pain is known }',
        base_rules=(
            "field budget : date\nfield pain : text\n"
            'framework BANT { budget asks "Base?" when budget is known need when budget is missing }'
        ),
    )
    checked = check_path(root)
    assert names(checked) == []
    assert checked.model is not None
    assert [(one.name, one.type) for one in checked.model.fields] == [("budget", "integer"), ("pain", "text")]
    (framework,) = checked.model.frameworks
    assert [(one.name, one.question) for one in framework.criteria] == [
        ("budget", "Root?"),
        ("need", "Mid?"),
        ("more", None),
    ]


def test_any_other_double_declaration_names_both_files(tmp_path: Path) -> None:
    root = written(
        tmp_path,
        root_rules='include "a.rules"\ninclude "b.rules"\nlet keen = visits > 1',
        a_rules="field visits : integer\nlet keen = visits > 2",
        b_rules="field visits : number",
    )
    checked = check_path(root)
    assert names(checked) == [("root.rules", 3, "declared-twice"), ("b.rules", 1, "declared-twice")]
    assert [Path(one.related[0].span.source.path).name for one in checked.problems] == ["a.rules", "a.rules"]


def test_an_included_header_and_included_examples_are_left_out(tmp_path: Path) -> None:
    root = written(
        tmp_path,
        root_rules='include "a.rules"\nruleset "Root" version "2"\nexample "mine" { visits = 2 expect score = 5 }',
        a_rules='ruleset "A"\nfield visits : integer\nwhen visits > 1 add 5\nexample "theirs" { nothing = 2 expect x }',
    )
    checked = check_path(root)
    assert names(checked) == []
    assert checked.model is not None
    assert (checked.model.title, checked.model.version) == ("Root", "2")
    assert [one.title for one in checked.model.examples] == ["mine"]


def test_missing_values_of_any_file_hold_for_all_fields(tmp_path: Path) -> None:
    root = written(
        tmp_path,
        root_rules='include "a.rules"\nfield country : text also missing "None"\nwhen country is known add 5',
        a_rules='missing values "Select", " N/A "',
    )
    checked = check_path(root)
    assert checked.model is not None
    assert checked.model.fields[0].missing == {"", "select", "n/a", "none"}


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    outside = tmp_path / "secret.rules"
    outside.write_text("field visits : integer", encoding="utf-8")
    root = written(inside, root_rules=f'include "../secret.rules"\ninclude "link.rules"\ninclude "{outside}"')
    os.symlink(outside, inside / "link.rules")
    assert names(check_path(root)) == [("root.rules", line, "outside-folder") for line in (1, 2, 3)]
    assert names(check_path(root, allow_outside=True)) == []


def test_a_shipped_file_is_meant_by_its_name_whatever_lies_beside_the_root(tmp_path: Path) -> None:
    root = written(tmp_path, root_rules='include "leadrules/no.such"', leadrules__no_such="field visits : integer")
    checked = check_path(root)
    assert names(checked) == [("root.rules", 1, "unknown-shipped-ruleset")]


def test_a_long_chain_of_includes_is_no_deeper_than_one(tmp_path: Path) -> None:
    for number in range(1500):
        (tmp_path / f"{number}.rules").write_text(f'include "{number + 1}.rules"', encoding="utf-8")
    (tmp_path / "1500.rules").write_text("field visits : integer\nwhen visits > 1 add 5", encoding="utf-8")
    checked = check_path(tmp_path / "0.rules")
    assert checked.model is not None
    assert len(checked.model.rules) == 1


def test_what_a_missing_file_may_have_declared_is_not_reported(tmp_path: Path) -> None:
    root = written(
        tmp_path, root_rules='include "gone.rules"\nwhen visits > 1 and country in home add 5\nstage A after B'
    )
    assert names(check_path(root)) == [("root.rules", 1, "cannot-read-file")]


def test_a_missing_root_is_for_the_caller(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        check_path(tmp_path / "gone.rules")


def test_another_reader_can_serve_the_files() -> None:
    files = {"root.rules": b'include "a.rules"', "a.rules": b"field visits : integer\nwhen visits > 1 add 5"}
    checked = check_path("/nowhere/root.rules", read=lambda path: files[path.name])
    assert checked.model is not None


def test_the_hash_is_of_the_texts_and_not_of_their_places(tmp_path: Path) -> None:
    text = 'field country : text\nlist home from "home.txt"\nwhen country in home add 5\n'
    one, other, third = (
        check_path(written(tmp_path / name, root_rules=rules, home_txt=home))
        for name, rules, home in (
            ("one", text, "Austria\n"),
            ("other", text.replace("\n", "\r\n"), "Austria\r\n"),
            ("third", text, "Germany\n"),
        )
    )
    assert one.model is not None
    assert other.model is not None
    assert third.model is not None
    assert one.model.hash == other.model.hash != third.model.hash
    assert len(one.model.hash) == 64


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'field a : text\nwhen a is "\xe9" add 5', ("not-utf-8", 2, 12)),
        (b"\xff\xfef\0i\0", ("not-utf-8", 1, 1)),
        (b"field a : text\n\0", ("not-text", 2, 1)),
        (b"\xef\xbb\xbffield a : text\nwhen b is known add 5", ("unknown-field", 2, 6)),
        (b"field a : text\rwhen b is known add 5", ("unknown-field", 2, 6)),
        (b"", ("empty-ruleset", 1, 1)),
    ],
)
def test_bytes(tmp_path: Path, content: bytes, expected: tuple[str, int, int]) -> None:
    (tmp_path / "root.rules").write_bytes(content)
    assert [(one.name, one.line, one.column) for one in check_path(tmp_path / "root.rules").problems] == [expected]


def test_half_a_character() -> None:
    assert [(one.name, one.column) for one in check_text('when a is "\ud800" add 5').problems] == [("not-text", 12)]
