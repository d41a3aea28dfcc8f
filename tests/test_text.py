"""Text: one lead at a time (Python) and over columns (Polars) it means the same."""

from __future__ import annotations

import unicodedata

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadrules.meaning import text

CHARACTERS = [chr(point) for point in range(0x110000) if not 0xD800 <= point <= 0xDFFF]
AROUND_WORDS = "aé1٣ \t\xa0_-.+σςΣ\u0301½ⅷ中ꟋΆ\U00010d50\U00011383\U00016121'"


@pytest.fixture(scope="module")
def characters() -> pl.Series:
    return pl.Series("text", CHARACTERS)


def as_column(texts: list[str]) -> list[str]:
    return pl.DataFrame({"text": texts}).select(text.folded(pl.col("text")))["text"].to_list()


def test_every_character_folds_alike_in_python_and_over_columns(characters: pl.Series) -> None:
    over_columns = characters.to_frame().select(text.folded(pl.col("text")))["text"].to_list()
    assert list(map(text.fold, CHARACTERS)) == over_columns


@pytest.mark.parametrize("before", ["a\u0345", "e"])
@pytest.mark.parametrize("after", ["", "\u0334"])
def test_every_character_composes_alike_in_python_and_over_columns(
    characters: pl.Series, before: str, after: str
) -> None:
    texts = before + characters + after
    assert list(map(text.normal, texts)) == texts.str.normalize("NFC").to_list()


def test_every_character_is_trimmed_alike_in_python_and_over_columns(characters: pl.Series) -> None:
    blank = characters.to_frame().select(pl.col("text").str.strip_chars(text.BLANKS) == "")["text"].to_list()
    assert [char for char, is_blank in zip(CHARACTERS, blank, strict=True) if is_blank] == sorted(text.BLANKS)
    assert all(text.trim(char) == "" for char in text.BLANKS)
    white_space = characters.filter(characters.str.contains(f"^{text.BLANK_CLASS}$"))
    assert white_space.to_list() == sorted(text.BLANKS)


def test_every_character_is_a_word_and_has_case_alike_in_python_and_patterns(characters: pl.Series) -> None:
    word = characters.str.contains(f"[{text.WORD_CLASS}]").to_list()
    lower = characters.str.contains(r"\p{Ll}").to_list()
    upper = characters.str.contains(r"\p{Lu}").to_list()
    for char, is_word, is_lower, is_upper in zip(CHARACTERS, word, lower, upper, strict=True):
        if unicodedata.category(char) != "Cn":  # the rest is asked of the patterns themselves
            assert text.mentions(f"a{char}", "a") != is_word, hex(ord(char))
            assert text.is_lowercase(char) == is_lower, hex(ord(char))
            assert text.is_uppercase(char) == is_upper, hex(ord(char))


@pytest.mark.parametrize(
    "char", ["\U00010d50", "\U00010d70", "\ua7cb", "\U00016ea0", "\U00010d40", "\U00011383", "\U0001fae9", "\uffff"]
)
def test_characters_that_are_newer_than_this_python_have_their_class(char: str) -> None:
    column = pl.Series([char])
    assert text.mentions(f"a{char}", "a") != column.str.contains(f"[{text.WORD_CLASS}]").item()
    assert text.is_lowercase(char) == column.str.contains(r"\p{Ll}").item()
    assert text.is_uppercase(char) == column.str.contains(r"\p{Lu}").item()


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.text(st.sampled_from(AROUND_WORDS + "JjİIßǅ\u030c\u0307\U00016121\U00016d67\U000113c2"), max_size=8),
        min_size=1,
    )
)
def test_texts_fold_alike_and_once(texts: list[str]) -> None:
    once = [text.fold(one) for one in texts]
    assert as_column(texts) == once
    assert [text.fold(one) for one in once] == once
    assert pl.Series(texts).str.normalize("NFC").to_list() == [text.normal(one) for one in texts]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("STRASSE", "strasse"),
        ("ΟΔΟΣ", "οδος"),
        ("ΟΔΟΣ", "οδοσ"),
        ("ΣΑΣ Α", "σας α"),
        ("Kova\u0301r\u030c", "KOVÁŘ"),
        ("J\u030c", "ǰ"),
    ],
)
def test_equal_ignoring_case(one: str, other: str) -> None:
    assert text.fold(one) == text.fold(other)


def test_sharp_s_is_not_two_s() -> None:
    assert text.fold("Straße") == "straße" != text.fold("STRASSE")


MENTIONS = [
    ("cto", "cto", True),
    ("director", "cto", False),
    ("cto, founder", "cto", True),
    ("vp-sales", "vp", True),
    ("vp_sales", "vp", True),
    ("vp2", "vp", False),
    ("svp", "vp", False),
    ("svp & vp", "vp", True),
    ("head  of\u00a0sales", "head of", True),
    ("head of sales", "head\t of ", True),
    ("headof", "head of", False),
    ("ahead of", "head of", False),
    ("head of", "head of", True),
    ("c++ developer", "c++", True),
    ("c++11", "c++", False),
    ("asp.net", ".net", False),
    ("uses .net", ".net", True),
    ("řka", "ka", False),
    ("k\u0331a", "k", False),
    ("x٣", "x", False),
    ("中文", "文", False),
    ("a a a", "a  a", True),
    ("aa a", "a a", False),
    ("aa a a", "a a", True),
    ("o'neil", "o", True),
    ("anything", "", False),
    ("a b", " ", False),
    ("", "a", False),
]


@pytest.mark.parametrize(("whole", "phrase", "expected"), MENTIONS)
def test_mentions(whole: str, phrase: str, expected: bool) -> None:
    assert text.mentions(whole, phrase) is expected
    assert text.matches(whole, text.mention_pattern(phrase)) is expected


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.sampled_from(AROUND_WORDS), max_size=12),
    st.text(st.sampled_from(AROUND_WORDS + '[]{}^$<>#&~\\|()*?/"%@!'), max_size=4),
)
def test_mentions_and_its_pattern_agree(whole: str, phrase: str) -> None:
    for said in (phrase, whole[1:4]):
        folded_text, folded_phrase = text.fold(whole + said), text.fold(said)
        expected = text.mentions(folded_text, folded_phrase)
        assert text.matches(folded_text, text.mention_pattern(folded_phrase)) is expected


@pytest.mark.parametrize(
    ("value", "lower", "upper"),
    [
        ("anna", True, False),
        ("ANNA 2", False, True),
        ("Anna", False, False),
        ("123", False, False),
        ("", False, False),
        ("kovář", True, False),
        ("ǅ", False, False),
        ("ª", False, False),
        ("中", False, False),
        ("anna ª", True, False),
    ],
)
def test_case_of_a_text(value: str, lower: bool, upper: bool) -> None:
    assert (text.is_lowercase(value), text.is_uppercase(value)) == (lower, upper)


def test_numeric_is_0_to_9_only() -> None:
    assert text.is_numeric("0123456789")
    assert not any(map(text.is_numeric, ["", "1.0", "-1", "٣", "²", "1 2"]))


def test_patterns_are_of_rust_and_found_anywhere() -> None:
    assert text.matches("the VP of", "VP")
    assert not text.matches("the VP of", "vp")
    assert text.matches("the VP of", "vp", ignore_case=True)
    assert text.matches("x٣", r"\d"), "digits of every script, as in columns"
    assert not text.matches("a\n", "a$"), "the end is the end, not a line's"


def test_a_bad_pattern_has_a_problem_and_a_good_one_has_none() -> None:
    assert text.pattern_problem(r"^(vp|ceo)\b") is None
    assert "unclosed group" in (text.pattern_problem("(vp") or "")
    assert text.pattern_problem("(?=vp)") is not None


def test_half_a_character_is_seen() -> None:
    assert text.is_whole("a🙂é")
    assert not text.is_whole("a\ud83d")
