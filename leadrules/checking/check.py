"""Checking a ruleset: from a path or a text to its `Model`, or to its problems.

Problems are gathered from all files and all steps and sorted by place. Where
one follows from a problem of writing, only that is told.
"""

from __future__ import annotations

from pathlib import Path

from leadrules import ruleset
from leadrules.checking.assembly import Assembly
from leadrules.checking.files import Files, Reader
from leadrules.checking.includes import gather
from leadrules.language import tree
from leadrules.language.source import Source
from leadrules.problems.problem import Problem, RulesetError
from leadrules.record import record


@record
class Checked:
    """What checking a ruleset gives: the model, None if there is any error, and all problems by place.

    `files` are the paths of everything that it is made of: includes, lists and tables too; `sources` are the
    texts with rules among them, the root's first; `statements` are those that they hold, included ones where
    they count.
    """

    model: ruleset.Model | None
    problems: list[Problem]
    files: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    statements: tuple[tree.Statement, ...] = ()

    def or_raise(self) -> ruleset.Model:
        """The model.

        Raises:
            RulesetError: there are errors; it carries all problems.
        """
        if self.model is None:
            raise RulesetError(self.problems)
        return self.model


def check_path(path: str | Path, *, allow_outside: bool = False, read: Reader = Path.read_bytes) -> Checked:
    """Check a ruleset file together with all it includes.

    Args:
        path: the `.rules` file.
        allow_outside: let includes, lists and tables lie outside the file's folder.
        read: reads a file's bytes; another one can serve files from elsewhere.

    Raises:
        OSError: the file itself is not there or cannot be read. What is wrong *in* it is a problem, never an exception.
    """
    files = Files(read, allow_outside)
    return _check(files, files.root(Path(path)), str(path))


def check_text(
    text: str,
    name: str = "<text>",
    folder: str | Path | None = None,
    *,
    allow_outside: bool = False,
    read: Reader = Path.read_bytes,
) -> Checked:
    """Check a ruleset that is given as a text; includes are looked for in `folder`."""
    files = Files(read, allow_outside)
    return _check(files, files.root_text(text, name, Path(folder) if folder is not None else None), name)


def _check(files: Files, root: Source | None, path: str) -> Checked:
    model = None
    sources: list[Source] = []
    statements: tuple[tree.Statement, ...] = ()
    problems: list[Problem] = files.problems
    if root is not None:
        gathered = gather(root, files)
        sources = gathered.sources
        statements = tuple(node for node, _ in gathered.statements)
        model = Assembly(files, gathered, path).model()
        problems[:] = _own(problems, gathered.problems) + gathered.problems
    order = {source: rank for rank, source in enumerate(files.homes)}
    problems.sort(key=lambda one: (order.get(one.span.source, len(order)), one.span.start, one.span.end))
    if any(problem.severity == "error" for problem in problems):
        model = None
    return Checked(model, problems, files.paths(), tuple(sources), statements)


def _own(problems: list[Problem], of_writing: list[Problem]) -> list[Problem]:
    """Problems that do not follow from one of writing: at its very place, or in what was left of its line."""
    places: dict[tuple[Source, int], int] = {}
    for one in of_writing:
        if one.severity == "error":
            line = (one.span.source, one.line)
            places[line] = min(one.span.start, places.get(line, one.span.start))
    starts = {(one.span.source, one.span.start) for one in of_writing if one.severity == "error"}
    kept = []
    for one in problems:
        first = places.get((one.span.source, one.line)) if places else None
        rest = first is not None and one.span.start > first and one.name in ("not-a-condition", "fixed-condition")
        if not rest and (one.span.source, one.span.start) not in starts:
            kept.append(one)
    return kept
