"""The text of a file → its words, one after the other.

A word is a keyword, a mark, a name, a text, a number, a date or a pattern; its
`kind` is what the parse table calls it. What only looks like a word (a quote
that is not closed, `==`, `1e5`) becomes the word that was probably meant and
carries its problem with it: the parser decides whether to report it, because
it knows what has been reported before.

Questionable decision: this is a reader of its own, not Lark's lexer. It must
never stop at a fault, and must know which words are the first on their line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from leadrules.language import literals
from leadrules.language.source import Source, Span
from leadrules.language.table import table
from leadrules.meaning.text import BLANKS, normal
from leadrules.problems import syntax_messages as messages
from leadrules.problems.problem import Problem

# Words that begin a statement: in a file, and inside the braces of a score or group as well.
FILE_STATEMENTS = frozenset(
    "ruleset include missing field list let exclude disqualify score total framework stage label example event".split()
)
BODY_STATEMENTS = frozenset("when add subtract points rule group".split())
STATEMENTS = FILE_STATEMENTS | BODY_STATEMENTS

# Marks of other languages, and the word that each is here. None: nothing is needed.
FOREIGN_MARKS: dict[str, str | None] = {
    "==": "=", "===": "=", "!==": "!=", "<>": "!=", "=>": ">=", "=<": "<=", "≥": ">=", "≤": "<=", "≠": "!=",
    "&&": "and", "||": "or", "|": "or", "!": "not", ";": None, "−": "-", "–": "-", "×": "*", "÷": "/",
    "[": "(", "]": ")", "，": ",", "：": ":", "（": "(", "）": ")",
}  # fmt: skip

_SKIP = re.compile(rf"(?:[{re.escape(BLANKS)}]+|#[^\r\n]*)*")
_COMMENT = re.compile(r"#[^\r\n]*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*(?![\w.]|[^\x00-\x7f])")
_MARK = re.compile(r"<=|>=|!=|[{}()<>=+\-*/&%:,]")
_FOREIGN_MARK = re.compile(
    "|".join(re.escape(mark) + ("(?!=)" if mark == "!" else "") for mark in sorted(FOREIGN_MARKS, key=len)[::-1])
)
_PATTERN = re.compile(r"/(?:[^/\\\r\n]|\\[^\r\n])+/i?(?![A-Za-z0-9_])")
_TEXT = re.compile(r'"(?:[^"\\\r\n]|\\[^\r\n])*"')
_WRONG_TEXT = re.compile(r"[“”„‟«»]([^“”„‟«»\"\r\n]*)[“”„‟«»\"]|'([^'\"\r\n]*)'|‘([^’\"\r\n]*)’")
_ESCAPE = re.compile(r"\\(.)")
_QUOTED_NAME = re.compile(r"`([^`\r\n]+)`")
_REST = re.compile(r"[^\r\n]*")
_SURROGATES = re.compile("[\ud800-\udfff]+")
_SINCE = re.compile(r"(?:since|until)(?![\w.])")


class Word:
    """One word of a file; offsets count code points.

    `fresh`: the first on its line, or right after `{` or `}`. `doubtful`: what
    follows may be wrong only because this word is.
    """

    __slots__ = ("doubtful", "end", "fresh", "kind", "problem", "start", "value")

    def __init__(
        self,
        kind: str,
        start: int,
        end: int,
        value: Any = None,
        problem: Problem | None = None,
        doubtful: bool = False,
    ):
        self.kind = kind
        self.start = start
        self.end = end
        self.value = value
        self.problem = problem
        self.doubtful = doubtful
        self.fresh = False

    def __repr__(self) -> str:
        return f"{self.kind}[{self.start}:{self.end}]"


def words_of(source: Source, comments: list[tuple[int, int]] | None = None) -> Iterator[Word]:
    """The words of a text, then one of kind `END`; a word of kind `NOTHING` has only a problem.

    Places of comments go into `comments`.
    """
    return _Reading(source, comments).words()


def stray_surrogates(source: Source) -> list[Problem]:
    """A problem for every run of lone surrogates: no characters, and no file can hold them."""
    if source.text.isascii():
        return []
    return [
        messages.unknown_character(Span(source, found.start(), found.end()), found[0])
        for found in _SURROGATES.finditer(source.text)
    ]


def is_bare_name(text: str) -> bool:
    """Whether a name can be written without back-quotes: it has the shape of one and is not reserved."""
    return bool(text) and _name_end(text, 0) == len(text) and text not in table().reserved


class _Reading:
    """The reading of one text."""

    def __init__(self, source: Source, comments: list[tuple[int, int]] | None):
        self.source = source
        self.comments = comments
        text = source.text
        self.text = text if text.isascii() else _SURROGATES.sub(lambda found: " " * len(found[0]), text)
        self.keywords = table().words
        self.reserved = table().reserved
        self.recent = ("", "", "")  # the kinds of the last three words
        self.group_end = 0  # where a number such as `1,200` ends

    def words(self) -> Iterator[Word]:
        text = self.text
        position = 0
        while True:
            start = self.skip(position)
            if start == len(text):
                yield Word("END", start, start)
                return
            word = self.word(start)
            gap = text[position:start]
            word.fresh = self.recent[2] in ("", "{", "}") or "\n" in gap or "\r" in gap
            if word.kind == "missing":  # begins a statement only as `missing values`, and a row as `missing: 5`
                word.fresh = word.fresh and text.startswith("values", self.skip_quietly(word.end))
            if word.kind != "NOTHING":
                self.recent = (self.recent[1], self.recent[2], word.kind)
            position = word.end
            yield word

    def skip(self, position: int) -> int:
        """Past blanks and comments."""
        found = _SKIP.match(self.text, position)
        end = found.end() if found else position
        if self.comments is not None and end > position:
            self.comments += [comment.span() for comment in _COMMENT.finditer(self.text, position, end)]
        return end

    def word(self, start: int) -> Word:
        """The word that starts here."""
        text = self.text
        found = _NAME.match(text, start)
        end = found.end() if found else _name_end(text, start)
        if end > start:
            return self.keyword_or_name(start, end)
        character = text[start]
        if character in "0123456789" or (character == "." and text[start + 1 : start + 2].isdecimal()):
            return self.number_or_date(start)
        if character == '"':
            return self.quoted_text(start)
        if character == "`":
            return self.quoted_name(start)
        if character == "/" and self.pattern_expected():
            return self.pattern(start)
        if found := _FOREIGN_MARK.match(text, start):
            mark = FOREIGN_MARKS[found[0]]
            problem = messages.foreign_mark(self.span(start, found.end()), found[0], mark)
            return Word(mark or "NOTHING", start, found.end(), mark, problem)
        if found := _MARK.match(text, start):
            if found[0] == "," and start < self.group_end:
                return Word(",", start, found.end(), self.group_end)
            return Word(found[0], start, found.end(), found[0])
        if found := _WRONG_TEXT.match(text, start):
            value = next(part for part in found.groups() if part is not None)
            problem = messages.wrong_quotes(self.span(start, found.end()), found[0], value)
            return Word("TEXT", start, found.end(), normal(value), problem)
        end = start + 1
        while end < len(text) and text[end] == character:
            end += 1
        problem = messages.unknown_character(self.span(start, end), text[start:end])
        return Word("NOTHING", start, end, problem=problem, doubtful=True)

    def keyword_or_name(self, start: int, end: int) -> Word:
        word = self.text[start:end]
        if word not in self.keywords:
            return Word("NAME", start, end, normal(word))
        if word in ("days", "months", "years") and _SINCE.match(self.text, self.skip_quietly(end)):
            return Word("AGE", start, end, word)
        if word in ("score", "stage"):
            return Word(word if self.declares(word, end) else f"{word.upper()}_WORD", start, end, word)
        return Word(word, start, end, word)

    def declares(self, word: str, end: int) -> bool:
        """Whether `score` or `stage` is followed by a name (or a stage's text), and so begins a statement."""
        start = self.skip_quietly(end)
        after = self.text[start : start + 1]
        if after == "`" or (after == '"' and word == "stage"):
            return True
        name = self.text[start : _name_end(self.text, start)]
        return bool(name) and name not in self.reserved

    def skip_quietly(self, position: int) -> int:
        found = _SKIP.match(self.text, position)
        return found.end() if found else position

    def number_or_date(self, start: int) -> Word:
        text = self.text
        if start < self.group_end:
            found = re.compile(r"[0-9]+(?:\.[0-9]+)?").match(text, start)
            assert found
            return Word("NUMBER", start, found.end(), Decimal(found[0]))
        if found := literals.DATE.match(text, start):
            value, good = literals.day_or_moment(found[0])
            problem = None if good else self.bad_date(start, found[0])
            return Word("DATE" if found[4] is None else "DATETIME", start, found.end(), value, problem)
        if found := literals.FOREIGN_DATE.match(text, start):
            return Word("DATE", start, found.end(), literals.day_or_moment(found[0])[0], self.bad_date(start, found[0]))
        if found := literals.GROUPED.match(text, start):
            self.group_end = found.end()
            return self.number_or_date(start)
        if found := literals.NUMBER.match(text, start):
            return Word("NUMBER", start, found.end(), literals.number(found[0]))
        found = literals.ALMOST_NUMBER.match(text, start)
        assert found is not None
        meant = literals.meant_number(found[0])
        problem = messages.number_form(self.span(start, found.end()), found[0], meant)
        number = Decimal(meant) if meant and meant.replace(".", "").isdigit() else Decimal(1)
        return Word("NUMBER", start, found.end(), number, problem, doubtful=meant is None or " " in meant)

    def bad_date(self, start: int, written: str) -> Problem:
        return messages.bad_date(self.span(start, start + len(written)), written, literals.meant_date(written))

    def quoted_text(self, start: int) -> Word:
        found = _TEXT.match(self.text, start)
        if found is None:
            found = _REST.match(self.text, start)
            assert found
            end = start + len(found[0].rstrip(BLANKS))
            problem = messages.unclosed_text(self.span(start, end))
            return Word("TEXT", start, end, normal(self.text[start + 1 : end]), problem, doubtful=True)
        value = found[0][1:-1]
        fault: Problem | None = None
        if "\\" in value:
            bad = next((escape for escape in _ESCAPE.finditer(value) if escape[1] not in '"\\'), None)
            if bad is not None:
                at = start + 1 + bad.start()
                fault = messages.unknown_escape(self.span(at, at + 2), bad[0])
            value = _ESCAPE.sub(lambda escape: escape[1] if escape[1] in '"\\' else escape[0], value)
        return Word("TEXT", start, found.end(), normal(value), fault)

    def quoted_name(self, start: int) -> Word:
        found = _QUOTED_NAME.match(self.text, start)
        if found is not None:
            return Word("QUOTED_NAME", start, found.end(), normal(found[1]))
        if self.text.startswith("``", start):
            problem = messages.empty_name(self.span(start, start + 2))
            return Word("QUOTED_NAME", start, start + 2, "", problem)
        rest = _REST.match(self.text, start)
        assert rest
        end = start + len(rest[0].rstrip(BLANKS))
        problem = messages.unclosed_name(self.span(start, end))
        return Word("QUOTED_NAME", start, end, normal(self.text[start + 1 : end]), problem, doubtful=True)

    def pattern_expected(self) -> bool:
        return self.recent[2] == "matches" or self.recent == ("does", "not", "match")

    def pattern(self, start: int) -> Word:
        found = _PATTERN.match(self.text, start)
        if found is not None:
            stroke = found[0].rindex("/")
            return Word("REGEX", start, found.end(), (found[0][1:stroke], found[0].endswith("i")))
        rest = _REST.match(self.text, start)
        assert rest
        if rest[0].startswith("//"):
            return Word("REGEX", start, start + 2, ("", False), messages.empty_pattern(self.span(start, start + 2)))
        end = start + len(rest[0].rstrip(BLANKS))
        problem = messages.unclosed_pattern(self.span(start, end))
        return Word("REGEX", start, end, (self.text[start + 1 : end], False), problem, doubtful=True)

    def span(self, start: int, end: int) -> Span:
        return Span(self.source, start, end)


def _name_end(text: str, start: int) -> int:
    """Where the name that starts here ends; `start` itself where none does."""
    if start >= len(text) or not _begins_name(text[start]):
        return start
    end = start + 1
    while end < len(text):
        if text[end] == "." and end + 1 < len(text) and _goes_on(text[end + 1]):
            end += 2
        elif _goes_on(text[end]):
            end += 1
        else:
            break
    return end


def _begins_name(character: str) -> bool:
    return character == "_" or unicodedata.category(character)[0] == "L"


def _goes_on(character: str) -> bool:
    category = unicodedata.category(character)
    return character == "_" or category[0] in "LM" or category == "Nd"
