"""The Python interface: load or check a ruleset, score leads with it.

Everything here is a thin layer: problems come from `leadrules.checking`, the
answers for columns from `leadrules.engine.scorer`, for one lead from
`leadrules.reference`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leadrules.checking import Checked, check_path, check_text
from leadrules.decision import Decision, decide_one
from leadrules.frames import LeadError, refuse_taken
from leadrules.meaning.days import today
from leadrules.meaning.values import Value
from leadrules.problems.problem import Problem, RulesetError
from leadrules.ruleset import Model

if TYPE_CHECKING:
    import polars as pl

    from leadrules.engine.scorer import Reject, Scorer
    from leadrules.engine.single import Single


def check(path: str | os.PathLike[str], *, allow_outside: bool = False, as_of: date | None = None) -> list[Problem]:
    """All problems of a `.rules` file and what it includes, in order of their places; empty when clean.

    What only proofs tell is told for the date `as_of`, today in UTC unless given. Never
    raises for what is in a ruleset. Raises OSError if the file itself cannot be read.
    """
    from leadrules.checking.thorough import check_thoroughly

    return check_thoroughly(Path(path), allow_outside=allow_outside, as_of=as_of)


def load(path: str | os.PathLike[str], *, allow_outside: bool = False) -> Ruleset:
    """Read and check a `.rules` file. Raises RulesetError, with all problems, if it has errors."""
    return _ruleset(check_path(Path(path), allow_outside=allow_outside))


def loads(text: str, name: str = "<text>") -> Ruleset:
    """Check a ruleset given as text; `name` is what messages call it. Raises RulesetError if it has errors."""
    return _ruleset(check_text(text, name))


def _ruleset(checked: Checked) -> Ruleset:
    if checked.model is None:
        raise RulesetError(checked.problems)
    return Ruleset(checked.model, tuple(checked.problems))


class _Singles:
    """A model made ready for single leads, for the last few as-of dates, from the second lead of a date in a row on.

    Where dates come in no order, to make ready for each would cost more than it gains.
    """

    MOST = 4

    def __init__(self) -> None:
        self._by_date: dict[date, Single] = {}
        self._last: date | None = None

    def ready(self, model: Model, as_of: date) -> Single | None:
        found = self._by_date.get(as_of)
        if found is None and self._last == as_of:
            from leadrules.engine.single import Single

            if len(self._by_date) >= self.MOST:
                self._by_date.clear()
            found = self._by_date[as_of] = Single(model, as_of)
        self._last = as_of
        return found


@dataclass(frozen=True)
class Ruleset:
    """A checked ruleset. Immutable, safe to share between threads; pickles.

    `problems` has what the check found that is no error.
    """

    model: Model
    problems: tuple[Problem, ...] = ()

    @property
    def name(self) -> str | None:
        """What the `ruleset` line calls it."""
        return self.model.title

    @property
    def version(self) -> str | None:
        return self.model.version

    @property
    def hash(self) -> str:
        """The content hash of every text that the ruleset is made of (SHA-256, hexadecimal)."""
        return self.model.hash

    @cached_property
    def _scorers(self) -> dict[date, Scorer]:
        return {}

    @cached_property
    def _singles(self) -> _Singles:
        return _Singles()

    def __hash__(self) -> int:
        return hash(self.hash)

    def __getstate__(self) -> dict[str, Any]:
        return {"model": self.model, "problems": self.problems}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def scorer(self, as_of: date) -> Scorer:
        """The ruleset compiled for an as-of date; the last few are kept."""
        from leadrules.engine.scorer import Scorer

        found = self._scorers.get(as_of)
        if found is None:
            if len(self._scorers) >= 4:
                self._scorers.clear()
            found = self._scorers[as_of] = Scorer(self.model, as_of)
        return found

    def score(
        self,
        leads: Any,
        as_of: date | None = None,
        *,
        reasons: int | None = 3,
        rejects: list[Reject] | None = None,
        threads: int | None = None,
        block_rows: int | None = None,
    ) -> pl.DataFrame:
        """Score leads, in their order.

        leads     a Polars DataFrame or LazyFrame, a pandas DataFrame, an Arrow table, or an iterable of dicts
        as_of     the date to score for (today in UTC unless given)
        reasons   how many reasons a lead gets: None for all, 0 for no such column
        rejects   a list that takes each bad value; its leads are left out of the result

        Returns the leads' own columns and, after them, those that `leadrules run`
        adds, empty ones null. Raises LeadError if a column is missing or, without
        `rejects`, with all bad values.
        """
        from leadrules.engine.scorer import BLOCK_ROWS
        from leadrules.frames import as_frame, cells_of

        refuse_odd_numbers(reasons, block_rows)
        frame, is_records = as_frame(leads)
        scorer = self.scorer(as_of_day(as_of))
        cells = cells_of(self.model, frame, is_records)
        result, found = score_frame(scorer, frame, cells, reasons, threads, block_rows or BLOCK_ROWS)
        if found and rejects is None:
            raise LeadError(_bad_values(found), found)
        if rejects is not None:
            rejects.extend(found)
        return result

    def score_one(self, lead: Mapping[str, object], as_of: date | None = None, *, reasons: int | None = 3) -> Decision:
        """Score one lead, given as a dict by header or field name; nested dicts reach dotted names.

        An absent key is a missing value. Raises LeadError for bad values.

        Leads of one as-of date are answered faster and faster: what leads in the same bins were told is remembered.
        """
        from leadrules.frames import cells_of_record

        cells = cells_of_record(self.model, lead)
        day = as_of_day(as_of)
        single = self._singles.ready(self.model, day)
        decided = None if single is None else single.decide(cells, reasons)
        return decided or decide_one(self.model, self._values(cells), day, reasons)

    def _values(self, cells: Mapping[int, object]) -> tuple[Value | None, ...]:
        """A value for each field. Raises LeadError for bad ones."""
        from leadrules.reference import read_values

        values, bads = read_values(self.model, cells)
        if not bads:
            return values
        from leadrules.engine.scorer import Reject

        found = [
            Reject(0, self.model.fields[position].name, cells.get(position), bad.reason)
            for position, bad in sorted(bads.items())
        ]
        raise LeadError(_bad_values(found), found)


def refuse_odd_numbers(reasons: int | None, block_rows: int | None) -> None:
    """Raise ValueError for a number of reasons, or of rows in a block, that is none."""
    if reasons is not None and (not isinstance(reasons, int) or reasons < 0):
        raise ValueError(f"reasons is a whole number from 0, or None for all, not {reasons!r}")
    if block_rows is not None and block_rows < 1:
        raise ValueError(f"block_rows is a whole number from 1, not {block_rows!r}")


def as_of_day(as_of: object) -> date:
    """The as-of date: of a datetime its UTC day, today's where none is given. Raises TypeError for anything else."""
    if as_of is None:
        return today()
    if isinstance(as_of, datetime):
        return (as_of if as_of.tzinfo is None else as_of.astimezone(UTC)).date()
    if isinstance(as_of, date):
        return as_of
    raise TypeError(f"as_of is a date, such as date(2026, 11, 22), not {as_of!r}")


def score_frame(
    scorer: Scorer,
    frame: pl.DataFrame,
    cells: Mapping[int, pl.Series],
    reasons: int | None,
    threads: int | None,
    block_rows: int,
) -> tuple[pl.DataFrame, list[Reject]]:
    """Score a frame block by block, on threads. Returns the good leads with the added columns, and the bad values."""
    import polars as pl

    from leadrules.engine.scorer import Reject, even_blocks
    from leadrules.engine.table import added_schema

    rows = frame.height

    def one(start: int) -> tuple[pl.DataFrame, list[Reject]]:
        height = min(size, rows - start)
        part = {position: column.slice(start, height) for position, column in cells.items()}
        block = scorer.score(part, height, reasons)
        own = frame.slice(start, height)
        whole = own.hstack(block.frame.get_columns())
        if block.rejects:
            whole = whole.filter(pl.Series(block.good))
        return whole, [Reject(bad.row + start, bad.field, bad.value, bad.reason) for bad in block.rejects]

    refuse_taken(sorted(set(frame.columns) & set(added_schema(scorer.model, reasons))))
    workers = threads or os.cpu_count() or 1
    size = even_blocks(rows, block_rows, workers)
    starts = range(0, max(rows, 1), size)
    if min(workers, len(starts)) > 1:
        with ThreadPoolExecutor(min(workers, len(starts))) as pool:
            parts = list(pool.map(one, starts))
    else:
        parts = [one(start) for start in starts]
    return pl.concat([part for part, _ in parts]), [bad for _, found in parts for bad in found]


def _bad_values(rejects: Sequence[Reject]) -> str:
    shown = [f"row {bad.row}: {bad.field}: {bad.reason}" for bad in rejects[:5]]
    more = f" (and {len(rejects) - 5} more)" if len(rejects) > 5 else ""
    count = "1 bad value" if len(rejects) == 1 else f"{len(rejects)} bad values"
    return f"{count}: {'; '.join(shown)}{more}"
