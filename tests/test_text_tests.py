"""Tests of text over a column of many say what they say of each text."""

from __future__ import annotations

import itertools
import os

import pytest
from generate import Case, cases
from generate.answers import by_engine, by_reference, ruleset_of, text_frame
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadrules import kernel
from leadrules.engine import spellings, text_columns
from leadrules.meaning import text_tests
from leadrules.meaning.emails import Directory
from leadrules.meaning.text import fold, normal, trim
from leadrules.meaning.text_tests import is_true, truths
from leadrules.ruleset import At, Condition, DomainLists, Exactly, FieldValue, Known, Matches, TextIn, TextIs, TextTest

SLOW = os.environ.get("LEADRULES_PROFILE") == "slow"
TEXT = FieldValue(0, "text")
PIECES = [
    "",
    "a",
    "CEO",
    "ceo",
    "vp",
    "head  of",
    "Head\u00a0of",
    "ß",
    "SS",
    "Σίσυφος",
    "σ",
    "ς",
    "e\u0301",
    "É",
    "İ",
    "ﬁ",
]
PIECES += [
    "ﬁ",
    ".",
    "a.b",
    "(",
    "[x]",
    "$",
    "^",
    "\\",
    "-",
    "_",
    "1",
    "٣",
    "\u0301",
    "\n",
    "\u1c89",
    "\U00010d50",
    "名前",
]
ADDRESSES = [
    "info",
    "Sales+eu",
    "a.b",
    "@",
    "@",
    ".",
    "gmail.com",
    "EU.Gmail.com",
    "mailinator.com",
    "own.example",
    "gone.example",
]
ADDRESSES += ["ACME.example", "b..c", "x", "-", "é", "münchen.de", "a" * 240, " ", "web.de", "example", "K"]
LISTS = DomainLists(
    personal_added=frozenset({"own.example", "both.example", "example"}), personal_removed=frozenset({"web.de"}),
    disposable_added=frozenset({"both.example"}), disposable_removed=frozenset({"mailinator.com"}),
    roles_added=frozenset({"x", "a+b", "b@c", "é"}), roles_removed=frozenset({"info"}),
)  # fmt: skip
WORDS = ("lowercase", "uppercase", "numeric", "valid", "personal", "disposable", "role", "business")
KINDS = ("contains", "mentions", "starts with", "ends with")


def asked_of(phrases: list[str]) -> list[Condition]:
    folded = tuple(fold(normal(phrase)) for phrase in phrases)
    found: list[Condition] = [TextTest(kind, TEXT, folded) for kind in KINDS]  # type: ignore[arg-type]
    found += [TextIn(TEXT, frozenset(folded)), Known(TEXT), At(TEXT, frozenset(folded))]
    found += [TextIs(TEXT, word) for word in WORDS]
    found += [Exactly(TEXT, normal(phrase)) for phrase in phrases]
    return [*found, Matches(TEXT, "a|c", True)]


def agree(texts: list[str], phrases: list[str]) -> None:
    tests, directory = asked_of(phrases), Directory(LISTS)
    expected = [[is_true(test, one, directory) for test in tests] for one in texts]
    for compiled in {kernel.KERNEL, None}:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(text_tests, "MANY", 0)
            patch.setattr(text_columns, "PHRASES", 3)
            patch.setattr(kernel, "KERNEL", compiled)
            assert truths(tests, texts, directory).tolist() == expected


def test_pieces_in_pairs_hold_alike() -> None:
    texts = [normal(trim("".join(pair))) for pair in itertools.product(PIECES, repeat=2)]
    texts += [normal(trim(" ".join(pair))) for pair in itertools.product(PIECES, repeat=2)]
    for phrase in PIECES:
        agree(texts, [phrase])
    agree(texts, PIECES)
    agree(texts, [])


@settings(max_examples=2_000 if SLOW else 60, deadline=None)
@given(
    st.lists(st.text(max_size=8) | st.lists(st.sampled_from(PIECES), max_size=4).map("".join), min_size=1, max_size=20),
    st.lists(st.text(max_size=4) | st.sampled_from(PIECES), max_size=5),
)
def test_any_texts_hold_alike(texts: list[str], phrases: list[str]) -> None:
    agree([normal(trim(one)) for one in texts], phrases)


@settings(max_examples=2_000 if SLOW else 60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(ADDRESSES), max_size=6).map("".join), max_size=20))
def test_any_addresses_hold_alike(texts: list[str]) -> None:
    agree([normal(trim(one)) for one in texts], ["gmail.com", "acme.example", ".", "b", "a@b", "münchen.de", "example"])


@settings(
    max_examples=2_000 if SLOW else 30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(cases(8, 14))
def test_the_engine_agrees_with_the_reference_where_texts_are_many(case: Case) -> None:
    ruleset = ruleset_of(case.ruleset.text)
    expected = by_reference(ruleset, case.leads.raw(), case.as_of, None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_tests, "MANY", 0)
        patch.setattr(spellings, "MANY", 0)
        patch.setattr(spellings.Spellings, "MOST", 0)
        assert by_engine(ruleset, text_frame(case.leads), case.as_of, None) == expected


def test_a_list_of_thousands_is_no_burden_to_its_pattern() -> None:
    phrases = [f"role number {one}" for one in range(3_000)]
    texts = [f"the Role  Number {one}!" for one in range(text_tests.MANY)] + ["role number", "xrole number 7"]
    found = truths([TextTest("mentions", TEXT, tuple(phrases))], texts, Directory())
    assert found[:, 0].tolist() == [True] * text_tests.MANY + [False, False]
