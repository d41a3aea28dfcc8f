"""Words → syntax tree, and every syntax problem in one pass.

The words are taken one by one (`leadrules.language.stack`). Where one cannot
stand, `leadrules.language.recovery` says what is wrong and whether the
statement can be read on as it was meant. Where it cannot, the stack goes back
to before the statement, and reading goes on at the next word that begins one
and is the first on its line or follows a brace.

Questionable decision: after a problem nothing more is reported for the same
statement, and braces that a faulty statement left open are closed silently:
a second problem that only follows from the first costs more than it helps.
"""

from __future__ import annotations

from leadrules.language import recovery, tree
from leadrules.language.build import Build
from leadrules.language.source import Source, Span
from leadrules.language.stack import MOST_LEVELS, Cell, Steps, TooDeep
from leadrules.language.table import table
from leadrules.language.words import STATEMENTS, Word, stray_surrogates, words_of
from leadrules.problems import syntax_messages as messages
from leadrules.problems.problem import Problem

# In a text full of faults, no one reads further, and looking for what was meant takes time.
MOST_PROBLEMS = 1000

# Kinds that, as keywords do, were meant to begin a statement where they come first on a line and after a complete one.
_LIKE_A_STATEMENT = frozenset(("NAME", "SCORE_WORD", "STAGE_WORD"))

# Verdicts: what comes after one on its line is no rule.
_VERDICTS = frozenset(("stage", "disqualify", "exclude"))

# Problems that do not come of another one in the same statement.
_SURE = frozenset(("capitalised-keyword", "text-without-quotes"))

# The statements whose rows may have a `when` first on a line, which then begins no statement.
_WITH_WHEN_INSIDE = frozenset(("framework", "label", "stage"))


def parse(source: Source) -> tuple[tree.File, list[Problem]]:
    """The tree of a file, without its faulty statements, and its problems in order of their places. Never raises."""
    reading = _Reading(source)
    for word in words_of(source):
        reading.read(word)
    problems = set(stray_surrogates(source) + reading.problems)
    return reading.file(), sorted(problems, key=lambda one: (one.span.start, one.span.end, one.name))[:MOST_PROBLEMS]


class _Reading:
    """The reading of one file."""

    def __init__(self, source: Source):
        self.source = source
        self.problems: list[Problem] = []
        self.steps = Steps(source, Build(self.problems))
        self.stack = self.steps.bottom
        self.soft = table().words - table().reserved
        self.last = Word("", 0, 0)
        self.before_last = self.stack
        # The statement that is being read: its first word, the stack before it, the braces that were open then.
        self.first = self.last
        self.earlier = self.last  # the first word of the statement before
        self.boundary = self.stack
        self.outer_braces = 0
        self.brackets = 0
        self.doubtful = False  # a problem of this statement is known; what else is wrong may follow from it
        self.repaired = False  # a problem of this statement is known, and it is read on as it was probably meant
        self.braces: list[Word] = []
        self.spare = 0  # braces that were taken for closed; a `}` that comes for one of them all the same is no problem
        self.skipping = False
        self.inside = 0  # braces open in what is being passed over
        self.comma_end = 0  # where a number like `1,200` ends, if it has just been read
        self.passed_until = 0
        self.where = {state for state, row in enumerate(table().states) if row.get("rule", -1) >= 0 and "points" in row}

    def file(self) -> tree.File:
        file: tree.File = self.stack.value
        return file

    # ------------------------------------------------------------------- words

    def read(self, word: Word) -> None:
        """Take the next word, or pass over it."""
        if word.problem is not None:
            self.hear(word)
        if word.kind == "NOTHING" or word.start < self.passed_until or (self.skipping and not self.goes_on_at(word)):
            return
        self.skipping = False
        self.place(word)

    def hear(self, word: Word) -> None:
        """Report what is wrong with a word itself, unless it may follow from what has been reported."""
        assert word.problem is not None
        if not self.skipping and not (word.doubtful and self.doubtful):
            self.problems.append(word.problem)
            self.doubtful = self.doubtful or word.doubtful
        elif word.problem.name == "unclosed-text" and self.problems and self.problems[-1].line == word.problem.line:
            self.problems[-1] = word.problem  # the words before it were part of a text

    def place(self, word: Word) -> None:
        kind = self.kind(word)
        before = self.stack
        try:
            after = self.steps.take(before, kind, word)
            if kind == "(" and self.brackets >= MOST_LEVELS:
                raise TooDeep(word.start, word.end)
        except TooDeep as deep:
            self.report(messages.too_deep(Span(self.source, deep.start, deep.end), MOST_LEVELS))
            self.give_up(None)
            if self.goes_on_at(word):
                self.skipping = False
                self.place(word)
            return
        if after is None:
            self.fault(word, kind)
        else:
            self.accept(after, kind, word)

    def kind(self, word: Word) -> str:
        """What this word is here: one that is not reserved is a keyword only where a keyword is looked for."""
        kind = word.kind
        if kind == "AGE" and not self.steps.could_take(self.stack, kind):
            kind = str(word.value)
        if kind not in self.soft:
            return kind
        action = self.steps.states[self.stack.state].get(kind)
        if action is None or (action < 0 and not self.steps.could_take(self.stack, kind)):
            return "NAME"
        return kind

    def accept(self, after: Cell, kind: str, word: Word) -> None:
        if kind == "{":
            self.braces.append(word)
        elif kind == "}":
            self.braces.pop()
        elif kind == "(":
            self.brackets += 1
        elif kind == ")":
            self.brackets -= 1
        elif kind == ",":
            if isinstance(word.value, int) and word.value > self.comma_end:
                self.comma_end = word.value
                self.problems.append(recovery.number_with_comma(self.source, word, certain=False))
        elif kind in STATEMENTS and after.below.state in self.where:
            self.begin(word, after.below)
        self.before_last = self.stack
        self.last = word
        self.stack = after

    def begin(self, word: Word, boundary: Cell) -> None:
        """A statement begins."""
        self.earlier = self.first
        self.first = word
        self.boundary = boundary
        self.outer_braces = len(self.braces)
        self.brackets = 0
        self.doubtful = self.repaired = False

    # ------------------------------------------------------------------ faults

    def fault(self, word: Word, kind: str) -> None:
        """The word cannot stand here."""
        settled = self.settled()
        if settled is not None and word.fresh and (kind in _LIKE_A_STATEMENT or kind.islower()):
            self.doubtful = self.repaired = False  # whatever was wrong before, this is a new beginning
        if self.comma_end and self.last.end == self.comma_end and self.problems:
            problem = self.problems[-1]
            if problem.name == "number-with-comma":
                self.problems[-1] = messages.as_error(problem)
                self.doubtful = True
        if kind == "END":
            self.finish(word, settled)
        elif kind == "}":
            self.odd_brace(word, settled)
        elif kind in STATEMENTS and word.fresh and kind != "event":
            self.odd_statement(word, settled)
        else:
            self.odd_word(word, settled)

    def odd_word(self, word: Word, settled: Cell | None) -> None:
        if isinstance(word.value, int) and word.kind == ",":
            self.report(recovery.number_with_comma(self.source, word, certain=True))
            self.passed_until = word.value
            return
        if self.doubtful or word.problem is not None or len(self.problems) >= MOST_PROBLEMS:
            self.doubtful = True
            self.give_up(settled)
            self.pass_over(word)
            return
        finding = recovery.find(self.fault_at(word, settled))
        if not self.repaired or finding.problem.name in _SURE:
            self.problems.append(finding.problem)
        self.doubtful = not finding.kind
        if finding.stack is None:
            self.give_up(settled)
            self.pass_over(word)
        elif not finding.kind:
            self.spare += word.kind == "{"
        else:
            self.repair(finding, word)

    def repair(self, finding: recovery.Finding, word: Word) -> None:
        """Read on as the finding has it."""
        if finding.mark is not None and finding.mark.kind == "{":
            self.braces.append(word)
        assert finding.stack is not None
        self.accept(finding.stack, finding.kind, word)
        self.repaired = True

    def fault_at(self, word: Word, settled: Cell | None) -> recovery.Fault:
        return recovery.Fault(
            self.steps, self.source, self.before_last, self.last, self.stack, word, settled is not None
        )

    def odd_statement(self, word: Word, settled: Cell | None) -> None:
        """A statement begins where none can: a brace was forgotten, or the statement before it is not finished."""
        stack = settled or (self.stack if len(self.braces) > self.outer_braces else None)
        if stack is not None and self.close(stack, word):
            self.place(word)
            return
        if not self.quiet():
            fault = self.fault_at(word, settled)
            finding = recovery.forgotten_brace(fault)
            if finding is not None:
                self.report(finding.problem)
                self.doubtful = False
                self.repair(finding, word)
                return
            self.report(recovery.unfinished(fault))
        self.give_up(settled)
        self.read(word)

    def odd_brace(self, word: Word, settled: Cell | None) -> None:
        """A `}` that closes nothing, or comes too early."""
        if settled is None:
            fault = self.fault_at(word, settled)
            if not self.quiet() and (finding := recovery.wrong_brace(fault)) is not None:
                self.report(finding.problem)
                self.doubtful = False
                self.repair(finding, word)
                return
            self.report(recovery.unfinished(fault))
            self.give_up(None)
            if self.braces or self.spare or self.inside:
                self.read(word)
        elif self.spare:
            self.spare -= 1
            self.last = word
        else:
            self.problems.append(messages.stray_brace(Span(self.source, word.start, word.end)))

    def finish(self, word: Word, settled: Cell | None) -> None:
        """The file ends, and something is still open."""
        quiet = False
        if settled is None and not (len(self.braces) > self.outer_braces and self.steps.could_take(self.stack, "}")):
            if not self.quiet():
                self.report(recovery.unfinished(self.fault_at(word, settled)))
            quiet = True
            self.give_up(None)
            settled = self.stack
        while self.braces and self.close(settled or self.stack, word, quiet):
            settled = self.settled()
        self.skipping = False
        self.place(word)

    def close(self, stack: Cell, word: Word, quiet: bool = False) -> bool:
        """Read on as if a `}` stood here, for the brace that was opened last; whether one could."""
        here = Word("}", self.last.end, self.last.end)
        try:
            after = self.steps.take(stack, "}", here) if self.braces else None
        except TooDeep:
            after = None
        if after is None:
            return False
        brace = self.braces.pop()
        if not quiet:
            self.problems.append(
                messages.unclosed_brace(
                    Span(self.source, brace.start, brace.end), recovery.shown(self.source, word), word.kind == "END"
                )
            )
            self.spare += 1
        self.stack = after
        self.outer_braces = min(self.outer_braces, len(self.braces))
        return True

    def settled(self) -> Cell | None:
        """The stack as it is when a statement could begin here; None in the middle of one."""
        if self.steps.state_before(self.stack, "points") not in self.where:
            return None
        try:
            after = self.steps.take(self.stack, "points", self.last)
        except TooDeep:
            return None
        return after and after.below

    # ---------------------------------------------------------------- recovery

    def report(self, problem: Problem) -> None:
        """Add a problem, unless one of the same statement is known."""
        if self.first.kind == "when" and not self.first.fresh and self.earlier.kind in _VERDICTS:
            problem = messages.another_word(Span(self.source, self.first.start, self.first.end), "when", "if")
        if not self.quiet():
            self.problems.append(problem)
        self.doubtful = True

    def quiet(self) -> bool:
        return self.doubtful or self.repaired or len(self.problems) >= MOST_PROBLEMS

    def give_up(self, settled: Cell | None) -> None:
        """Back to before the faulty statement (or after it, where all of it could be read), then pass words over."""
        self.inside = 0
        if settled is None:
            self.inside = len(self.braces) - self.outer_braces
            del self.braces[self.outer_braces :]
            settled = self.boundary
        self.stack = self.before_last = settled
        self.brackets = 0
        self.skipping = True

    def pass_over(self, word: Word) -> None:
        if word.kind == "{":
            self.inside += 1

    def goes_on_at(self, word: Word) -> bool:
        """Whether reading goes on at this word; keeps count of braces that are passed over."""
        self.pass_over(word)
        if word.kind == "}":
            if self.inside:
                self.inside -= 1
                return False
            return True
        if word.kind in STATEMENTS and word.fresh:
            if word.kind == "when" and self.inside and self.first.kind in _WITH_WHEN_INSIDE:
                return False
            self.spare += self.inside
            self.inside = 0
            return True
        return word.kind == "END"
