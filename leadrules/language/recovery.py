"""What is wrong at a word that cannot stand where it does, and what was probably meant.

Each guess is tried on the parser's stack: one that lets the word be read makes
both the message and the repair, so that the rest of the statement is read as it
was meant and nothing follows from the fault. The guesses are tried in the order
of `_GUESSES`; the last of them always has something to say.
"""

from __future__ import annotations

from collections.abc import Callable

from leadrules.language.expected import expected_words
from leadrules.language.source import Source, Span
from leadrules.language.stack import Cell, Steps, TooDeep
from leadrules.language.words import STATEMENTS, Word
from leadrules.problems import syntax_messages as messages
from leadrules.problems.near import near_names
from leadrules.problems.problem import Problem
from leadrules.problems.wording import did_you_mean
from leadrules.record import record

# Marks that may have been forgotten before a word, the likeliest first.
_FORGOTTEN_MARKS = (",", ":", ")", "%", "=", "{")
# Words that are used for others, each before the one that is meant.
_MISTAKEN = dict(
    pair.split("→")
    for pair in """
        if→when when→if equals→= is→= =→: :→= include→includes includes→include contain→contains mention→mentions
        match→matches start→starts end→ends else→otherwise default→otherwise within→in like→contains null→missing
        empty→missing blank→missing none→missing yes→true no→false
        string→text int→integer float→number decimal→number bool→boolean mail→email
        less→< greater→> give→add plus→add minus→subtract remove→subtract but→and except→unless max→most maximum→most
        -→to >→over <→under reason→because import→include define→let set→let var→let
    """.split()
)

_FOREIGN_COMMENTS = ("//", "--", "/*")
_COMPARISONS_IN_WORDS = dict.fromkeys("greater more larger bigger higher above later".split(), ">") | dict.fromkeys(
    "less fewer smaller lower below earlier".split(), "<"
)
_NEGATIONS = {"isn": "is not", "doesn": "does not"}
# Reserved words that no expression goes on with: where a name is looked for, they were meant as one.
_MEANT_AS_NAMES = frozenset(
    "event ever last next list total label group rule field framework example ruleset stage score include".split()
)


@record
class Fault:
    """A word that cannot stand where it does. `before_last` is the stack before the word ahead of it was taken."""

    steps: Steps
    source: Source
    before_last: Cell
    last: Word
    stack: Cell
    word: Word
    settled: bool  # a statement could begin here

    @property
    def span(self) -> Span:
        return Span(self.source, self.word.start, self.word.end)

    @property
    def written(self) -> str:
        return self.source.text[self.word.start : self.word.end]

    @property
    def found(self) -> str:
        return shown(self.source, self.word)

    def take(self, *kinds: str, stack: Cell | None = None, words: tuple[Word, ...] = ()) -> Cell | None:
        """The stack after words of these kinds, the last of them at the place of the faulty word."""
        now: Cell | None = stack or self.stack
        for position, kind in enumerate(kinds):
            word = words[position] if position < len(words) else self.word
            meant = word if kind == word.kind or kind.isupper() else Word(kind, word.start, word.end, kind)
            try:
                now = now and self.steps.take(now, kind, meant)
            except TooDeep:
                return None
        return now

    def expected(self) -> set[str]:
        return self.steps.expected(self.stack)


@record
class Finding:
    """A problem. If the statement can be read on: the stack with the word, what it is there, and a mark put before it.

    `kind` is empty where the word was passed over.
    """

    problem: Problem
    stack: Cell | None = None
    kind: str = ""
    mark: Word | None = None


def find(fault: Fault) -> Finding:
    """What is wrong here."""
    return next(finding for guess in _GUESSES if (finding := guess(fault)) is not None)


def unfinished(fault: Fault) -> Problem:
    """The statement stops before it is complete."""
    last = Span(fault.source, fault.last.start, fault.last.end)
    return messages.unfinished(last, expected_words(fault.expected()), fault.found, _advice_on_last(fault))


def forgotten_brace(fault: Fault) -> Finding | None:
    """A `{` forgotten before a word that then begins a statement."""
    here = Word("{", fault.last.end, fault.last.end, "{")
    after = fault.take("{", fault.word.kind, words=(here, fault.word))
    if after is None:
        return None
    problem = messages.missing_mark(Span(fault.source, fault.last.start, fault.last.end), "{", fault.found)
    return Finding(problem, after, fault.word.kind, here)


def wrong_brace(fault: Fault) -> Finding | None:
    """A `}` where a `{` is looked for."""
    after = fault.take("{")
    return after and Finding(messages.misspelt(fault.span, fault.written, "{"), after, "{")


def number_with_comma(source: Source, comma: Word, certain: bool) -> Problem:
    """For the comma within a number like `1,200`."""
    start = comma.start
    while source.text[start - 1].isdigit():
        start -= 1
    assert isinstance(comma.value, int)
    written = source.text[start : comma.value]
    return messages.number_with_comma(Span(source, start, comma.value), written, written.replace(",", "_"), certain)


def shown(source: Source, word: Word) -> str:
    """The word as messages call it."""
    return "the end of the file" if word.kind == "END" else messages.named(source.text[word.start : word.end])


# --------------------------------------------------------------------- guesses


def _score_begins_a_statement(fault: Fault) -> Finding | None:
    """`score` and `stage` without a name after them were read as the lead's own."""
    if fault.word.kind not in ("SCORE_WORD", "STAGE_WORD") or not fault.settled:
        return None
    kind = str(fault.word.value)
    after = fault.take(kind)
    return after and Finding(messages.name_needed(fault.span, kind), after, kind)


def _capitalised(fault: Fault) -> Finding | None:
    """`When` for `when`, at this word or the one before it."""
    for word, stack in ((fault.word, fault.stack), (fault.last, fault.before_last)):
        written = fault.source.text[word.start : word.end]
        lower = written.lower()
        if word.kind != "NAME" or lower == written:
            continue
        kind = lower if lower in fault.steps.words else ""
        if lower in ("score", "stage") and word is fault.word and not fault.settled:
            kind = f"{lower.upper()}_WORD"
        if not kind or (after := fault.take(kind, stack=stack, words=(word,))) is None:
            continue
        if word is fault.last:
            now = fault.word.kind if fault.take(fault.word.kind, stack=after) else "NAME"
            after = fault.take(now, stack=after)
            if after is None:
                continue
            kind = now
        return Finding(
            messages.capitalised_keyword(Span(fault.source, word.start, word.end), written, lower), after, kind
        )
    return None


def _quotes_forgotten(fault: Fault) -> Finding | None:
    """`country is US`, `title mentions ceo`, `because Clicks`: a text can stand here and a name cannot."""
    expected = fault.expected()
    if fault.word.kind != "NAME" or fault.word.fresh or "TEXT" not in expected or "NAME" in expected:
        return None
    if _spelling(fault) or (after := fault.take("TEXT")) is None:
        return None
    if _MISTAKEN.get(fault.written) == "missing" and fault.take("missing"):
        return None
    written = str(fault.word.value)
    if "known" in expected and written in _COMPARISONS_IN_WORDS:
        sign = _COMPARISONS_IN_WORDS[written]
        return Finding(
            messages.unexpected(fault.span, "a value", fault.found, f"write `{sign}` for `is {written} than`")
        )
    if "known" in expected:
        return Finding(messages.is_without_quotes(fault.span, written), after, "TEXT")
    problem = messages.text_without_quotes(
        fault.span, expected_words(expected - {"any", "("}), written, "any" in expected
    )
    return Finding(problem, after, "TEXT")


def _one_of(fault: Fault) -> Finding | None:
    """`country is one of ("US", "CA")`, as the type of a field is written."""
    if fault.written != "one" or "known" not in fault.expected():
        return None
    return Finding(messages.unexpected(fault.span, "a value", fault.found, "write `in (…)` for `is one of (…)`"))


def _reserved(fault: Fault) -> Finding | None:
    """A word of the language where a name is looked for: `field list : text`."""
    kind = fault.word.kind
    written = fault.written
    expected = fault.expected()
    if "NAME" not in expected or not (kind[0].islower() or kind in ("SCORE_WORD", "STAGE_WORD")):
        return None
    only_a_name = not expected & {"NUMBER", "("} and not (fault.word.fresh and written in STATEMENTS)
    if not only_a_name and (written not in _MEANT_AS_NAMES or fault.word.fresh):
        return None
    after = fault.take("NAME")
    return after and Finding(messages.reserved_word(fault.span, written), after, "NAME")


def _mistaken(fault: Fault) -> Finding | None:
    """A word that other languages have for one of ours, or `if` and `when` exchanged."""
    meant = _MISTAKEN.get(fault.written)
    if meant is None or (fault.settled and (meant not in STATEMENTS or not fault.word.fresh)):
        return None
    after = fault.take(meant)
    return after and Finding(messages.another_word(fault.span, fault.written, meant), after, meant)


def _misspelt(fault: Fault) -> Finding | None:
    """`mentons` for `mentions`."""
    meant = _spelling(fault)
    after = fault.take(meant) if meant else None
    if meant is None or after is None:
        return None
    if fault.settled and meant in STATEMENTS:
        return Finding(messages.unknown_statement(fault.span, fault.written, [meant]), after, meant)
    return Finding(messages.misspelt(fault.span, fault.written, meant), after, meant)


def _spelling(fault: Fault) -> str | None:
    """The one word of those expected here that this one is near to."""
    written = fault.written
    if not written.isalpha() or len(written) < 2 or fault.word.kind in fault.steps.reserved:
        return None
    expected = fault.expected()
    if fault.settled:
        expected = {kind for kind in expected if (kind in STATEMENTS) == fault.word.fresh}
    near = near_names(written, sorted(kind for kind in expected if kind[0].islower() and kind != written))
    return near[0] if len(near) == 1 else None


def _forgotten_mark(fault: Fault) -> Finding | None:
    """A mark is missing before this word."""
    compared = "<" in fault.expected()
    backwards = fault.word.fresh and not fault.settled and not compared
    first = (":",) if _points_follow(fault) else ()
    for mark in (*first, *(reversed(_FORGOTTEN_MARKS) if backwards else _FORGOTTEN_MARKS)):
        if mark == "=" and compared:
            continue  # a comparison is missing, and which one is not for us to say
        here = Word(mark, fault.last.end, fault.last.end, mark)
        now = fault.take(mark, words=(here,))
        if now is None:
            continue
        for kind in dict.fromkeys((fault.word.kind, "NAME" if fault.word.kind[0].islower() else "")):
            if kind and (kind != "NAME" or fault.word.kind == "NAME" or fault.word.kind not in fault.steps.reserved):
                after = fault.take(kind, stack=now)
                if after is not None:
                    last = Span(fault.source, fault.last.start, fault.last.end)
                    return Finding(messages.missing_mark(last, mark, fault.found), after, kind, here)
    return None


def _points_follow(fault: Fault) -> bool:
    """Whether the number here is what a row gives, not the name of another row."""
    if fault.last.kind in ("otherwise", "missing"):
        return True
    behind = fault.source.text[fault.word.end :].lstrip(" \t")
    return fault.word.kind == "NUMBER" and behind[:1] in (",", "}", "\n", "\r")


def _unknown_statement(fault: Fault) -> Finding | None:
    """The statement before is complete, and no statement begins like this."""
    if not fault.settled or not fault.word.fresh:
        return None
    if fault.written == "event":
        return Finding(messages.no_events_yet(fault.span))
    if fault.source.text.startswith(_FOREIGN_COMMENTS, fault.word.start):
        return Finding(messages.foreign_comment(fault.span, fault.found))
    near = near_names(fault.written, sorted(fault.expected() & STATEMENTS)) if fault.written.isalpha() else []
    return Finding(messages.unknown_statement(fault.span, fault.found, near))


def _superfluous(fault: Fault) -> Finding | None:
    """The word is one too many: it is passed over, and the statement may go on."""
    if fault.word.fresh and fault.word.kind in STATEMENTS:
        return None
    problem = messages.unexpected(fault.span, expected_words(fault.expected()), fault.found, _advice(fault))
    return Finding(problem, fault.stack)


def _advice(fault: Fault) -> str | None:
    written = fault.written
    if fault.settled and fault.word.kind == "NAME":
        near = near_names(written, sorted(kind for kind in fault.expected() if kind[0].islower()))
        if near:
            return did_you_mean(near)
    if written in ("then", "points", "do", "the", "a"):
        return f"leave `{written}` out"
    if written in _NEGATIONS:
        return f"write `{_NEGATIONS[written]}`"
    if fault.word.kind in ("<", "<=", ">", ">=", "=", "!=") and "and" in fault.expected():
        return "compare two at a time: `a < b and b < c`, or `b between a and c`"
    return _advice_on_last(fault)


def _advice_on_last(fault: Fault) -> str | None:
    """Where the word before the faulty one is to blame: it could be read, as something else than was meant."""
    text = fault.source.text
    written = text[fault.last.start : fault.last.end]
    if fault.last.kind == "points" and text[: fault.last.start].rstrip(" \t")[-1:].isdigit():
        return "leave `points` out"
    if fault.last.kind == "NAME" and written in ("else", "default") and "when" in fault.expected():
        return f"write `otherwise` for `{written}`"
    if fault.last.kind == "NAME" and written == "the":
        return "leave `the` out"
    return None


_GUESSES: tuple[Callable[[Fault], Finding | None], ...] = (
    _score_begins_a_statement,
    _capitalised,
    _quotes_forgotten,
    _one_of,
    _reserved,
    _mistaken,
    _misspelt,
    _forgotten_mark,
    _unknown_statement,
    _superfluous,
    lambda fault: Finding(messages.unexpected(fault.span, expected_words(fault.expected()), fault.found)),
)
