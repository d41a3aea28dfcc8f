"""The distinct cells of a column, and each row's position among them.

A text of up to twelve bytes lies in memory as sixteen bytes that hold its length
and all of it, so that equal bytes are equal texts. `Spellings` finds the few
spellings that most columns of text are made of by these bytes; every other cell
is found by `distinct`, whatever it is. Where nearly all texts differ, to tell
which are alike costs more than it saves, and each row has its own.
"""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from leadrules import kernel
from leadrules.engine.memory import texts_hold_themselves, texts_in_memory, values_and_known
from leadrules.engine.search import code_type
from leadrules.meaning.cells import values_of

Codes = npt.NDArray[np.integer[Any]]

_VIEW = np.dtype("V16")
_INLINE = 12
_BOTH = 0x0101  # two bytes that are both true
LOOK = 2_048
Cells = list[Any] | pl.Series
MANY = 1_000
"""From so many texts on, they are dealt with as a column: below that, to set it up costs more than it saves."""


class Spellings:
    """The spellings met in one column, block after block. Safe to share between threads."""

    MOST = 512
    SAMPLE = 2_048

    def __init__(self) -> None:
        self._table = _Table([])
        self._lock = threading.Lock()
        self._too_many = False

    def distinct(self, cells: pl.Series) -> tuple[Cells, Codes]:
        """The spellings of a column of text (None for nulls; some may be of other blocks), and each row's position.

        Many are a column; where nearly all differ, it is the column that came.
        """
        if self._too_many or not texts_hold_themselves() or kernel.KERNEL is not None:
            return apart(cells)
        views, known = values_and_known(cells, _VIEW)
        table = self._table
        codes, strange = table.find(views, known)
        if len(strange):
            self._learn(cells.gather(strange[: self.SAMPLE]))
            if table is not self._table:  # learned here, or meanwhile by another thread
                table = self._table
                codes, strange = table.find(views, known)
        if not len(strange):
            return table.texts, codes
        values, rest = apart(cells.gather(strange)) if len(strange) <= len(cells) // 2 else (cells, codes)
        if isinstance(values, pl.Series):
            self._too_many = len(cells) > self.SAMPLE
            return apart(cells)
        codes = codes.astype(np.int32)
        codes[strange] = rest + np.int32(len(table.texts))
        return [*table.texts, *values], codes

    def _learn(self, cells: pl.Series) -> None:
        """Take up new spellings, as far as there is room."""
        with self._lock:
            known = self._table.texts[1:]
            found = set(cells.unique().to_list()).difference(known)
            new = [text for text in found if len(text.encode()) <= _INLINE][: self.MOST - len(known)]
            if new:
                self._table = _Table([*known, *new])


def _compiled(cells: pl.Series, loops: kernel.Kernel) -> tuple[Cells, Codes] | None:
    """The distinct texts, and each row's position among them; None if they are too many to be worth it."""
    found = loops.tell_apart(texts_in_memory(cells), min(max(len(cells) // 16, 2 * LOOK), 65_535))
    if found is None:
        return None
    numbers, firsts = found
    return _listed(pl.Series([None], dtype=pl.String).append(cells.gather(firsts))), numbers


class _Table:
    """Spellings by a hash of the sixteen bytes that hold them: never changed, and exact, for the bytes are compared."""

    def __init__(self, texts: list[str]):
        self.texts: list[Any] = [None, *texts]
        views, _ = values_and_known(pl.Series(texts, dtype=pl.String), _VIEW)
        dice = np.random.default_rng(len(texts))
        for bits in range(8, 17):
            self._factors = dice.integers(2**63, size=2, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
            self._shift = np.uint64(64 - bits)
            places = self._places(views)
            if len(set(places.tolist())) == len(texts):
                break
        # Of two in one place the later one stays; the other is found as a cell of any sort is.
        self._views = np.full(1 << bits, np.frombuffer(b"\xff" * 16, dtype=_VIEW)[0], dtype=_VIEW)
        self._views[places] = views
        self._codes = np.zeros(1 << bits, dtype=code_type(len(self.texts)))
        self._codes[places] = np.arange(1, len(self.texts))

    def _places(self, views: npt.NDArray[np.void]) -> npt.NDArray[np.int64]:
        words = views.view(np.uint64).reshape(-1, 2)
        mixed: npt.NDArray[np.uint64] = words[:, 0] * self._factors[0]
        mixed += words[:, 1] * self._factors[1]
        mixed >>= self._shift
        return mixed.view(np.int64)

    def find(
        self, views: npt.NDArray[np.void], known: npt.NDArray[np.bool_] | None
    ) -> tuple[Codes, npt.NDArray[np.intp]]:
        """Each row's position in `texts`, and the rows that are known but not found."""
        places = self._places(views)
        same = self._views.take(places).view(np.uint64) == views.view(np.uint64)
        strange = same.view(np.uint16) != _BOTH
        codes = self._codes.take(places)
        if known is not None:
            strange &= known
            codes *= known
        return codes, np.flatnonzero(strange) if strange.any() else _NO_ROWS


_NO_ROWS = np.empty(0, dtype=np.intp)


def distinct(cells: pl.Series) -> tuple[list[Any], Codes]:
    """The distinct cells as Python values (None for nulls), and each row's position among them.

    Where hardly a text comes twice, such as addresses, each row has its own, and the same text may stand there again.
    """
    values, codes = apart(cells)
    return values if isinstance(values, list) else values.to_list(), codes


def apart(cells: pl.Series) -> tuple[Cells, Codes]:
    """The same; but many texts stay a column, and where hardly one comes twice it is the column that came."""
    if isinstance(cells.dtype, pl.Categorical | pl.Enum):
        return _categories(cells)
    if cells.dtype == pl.String:
        return _texts(cells)
    positions: dict[Any, int] = {}
    found: list[Any] = []
    rows = np.empty(len(cells), dtype=np.int32)
    for row, cell in enumerate(values_of(cells)):
        key = (type(cell), cell if isinstance(cell, str | int | float | date | None) else repr(cell))
        position = positions.setdefault(key, len(found))
        if position == len(found):
            found.append(cell)
        rows[row] = position
    return found, rows


def _texts(cells: pl.Series) -> tuple[Cells, Codes]:
    if kernel.KERNEL is not None and texts_hold_themselves():
        found = _compiled(cells, kernel.KERNEL)
        if found is not None:
            return found
    some = cells.gather_every(max(len(cells) // LOOK, 1)).drop_nulls()
    if len(some) > MANY // 4 and some.n_unique() > len(some) // 4:
        return cells, np.arange(len(cells), dtype=np.int32)
    values = cells.drop_nulls().unique()
    codes = cells.cast(pl.Enum(values)).to_physical().cast(pl.Int32)
    if cells.null_count():
        codes = codes.fill_null(len(values))
        values = values.extend_constant(None, 1)
    return _listed(values), codes.to_numpy()


def _listed(values: pl.Series) -> Cells:
    return values if len(values) >= MANY else values.to_list()


def _categories(cells: pl.Series) -> tuple[Cells, Codes]:
    """A column that is coded already: its codes, renumbered by those that occur."""
    physical = cells.to_physical()
    codes, known = values_and_known(physical, str(physical.dtype).lower())
    if known is not None:
        codes = codes * known
    most = int(codes.max()) if len(codes) else 0
    if most > 65_536 + 4 * len(codes):
        return _texts(cells.cast(pl.String))
    a_row = np.full(most + 1, -1, dtype=np.int64)
    a_row[codes] = np.arange(len(codes))
    occurring = np.flatnonzero(a_row >= 0)
    numbers = np.zeros(most + 1, dtype=code_type(len(occurring) + 1))
    numbers[occurring] = np.arange(len(occurring))
    found = numbers.take(codes)
    if known is not None:
        found[~known] = len(occurring)
        a_row[0] = next(iter(np.flatnonzero(known & (codes == 0))), a_row[0])
    return _listed(cells.gather(a_row[occurring]).cast(pl.String).extend_constant(None, 1)), found
