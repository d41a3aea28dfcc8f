"""Problems less those that a baseline accepts: what stood when it was written, by file, name and count.

A ruleset with forty old warnings can so be checked from today on: a new one
fails, and each that is solved makes the baseline smaller. Counts, not places, so
that lines may move. Where there are more than are accepted nobody can say which is the
new one, and all of them are shown.

The file is JSON, `{"baseline": {PATH: {NAME: COUNT}}}`, with paths as seen from its own folder.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from leadrules.problems.problem import Problem
from leadrules.problems.wording import counted

Key = tuple[str, str]
"""A file, as seen from the baseline's folder, and a problem's name."""


class BaselineError(ValueError):
    """A file that is no baseline; says what it should be."""


@dataclass(frozen=True)
class Baseline:
    """How many problems of each name are accepted in each file; `folder` is what paths are seen from."""

    folder: Path
    accepted: Mapping[Key, int]

    def key(self, problem: Problem) -> Key:
        return self.place(problem.file), problem.name

    @property
    def total(self) -> int:
        """How many problems are accepted."""
        return sum(self.accepted.values())

    def place(self, path: str) -> str:
        """A file as the baseline names it."""
        return Path(os.path.relpath(os.path.abspath(path), os.path.abspath(self.folder))).as_posix()


def baseline_of(problems: Sequence[Problem], path: str | Path, fixed: Collection[Problem] = ()) -> Baseline:
    """What accepts these problems, to be written to `path`; the `fixed` ones are never accepted."""
    empty = Baseline(Path(path).parent, {})
    return Baseline(empty.folder, Counter(empty.key(one) for one in problems if one not in fixed))


def read_baseline(path: str | Path) -> Baseline:
    """Raises OSError, or BaselineError for what is no baseline."""
    try:
        accepted = json.loads(Path(path).read_bytes())["baseline"]
        counts = {(file, name): count for file, names in accepted.items() for name, count in names.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BaselineError(f"`{path}` is no baseline: write one with `--write-baseline`") from error
    if not all(type(count) is int and count > 0 for count in counts.values()):
        raise BaselineError(f"`{path}` is no baseline: what it counts are no whole numbers above 0")
    return Baseline(Path(path).parent, counts)


def written(baseline: Baseline) -> str:
    """The baseline as text, in an order that makes for small differences."""
    files: dict[str, dict[str, int]] = {}
    for (file, name), count in sorted(baseline.accepted.items()):
        files.setdefault(file, {})[name] = count
    return json.dumps({"baseline": files}, ensure_ascii=False, indent=2) + "\n"


def not_accepted(problems: Sequence[Problem], baseline: Baseline, fixed: Collection[Problem]) -> list[Problem]:
    """The problems that the baseline does not accept."""
    counts = Counter(baseline.key(one) for one in problems)
    accepted = {key for key, count in counts.items() if count <= baseline.accepted.get(key, 0)}
    return [one for one in problems if one in fixed or baseline.key(one) not in accepted]


def remarks(
    problems: Sequence[Problem], baseline: Baseline, paths: Collection[str], unasked: Collection[str] = ()
) -> Iterator[str]:
    """Where the baseline and what stands today differ, a line each; of the files in `paths` alone, the checked ones."""
    counts = Counter(baseline.key(one) for one in problems)
    checked = {baseline.place(path) for path in paths}
    for (file, name), accepted in sorted(baseline.accepted.items()):
        if file not in checked or name in unasked:
            continue
        now = counts[file, name]
        if now > accepted:
            yield f"`{file}`: {counted(now, 'problem')} `{name}`, the baseline accepts {accepted}; all are shown"
        elif now < accepted:
            left = f"{now} of {accepted} left" if now else "none left"
            yield f"`{file}`: {left} of `{name}`: write the baseline again, and it will accept no more than that"
