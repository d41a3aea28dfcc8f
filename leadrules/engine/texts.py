"""Columns of text whose cells nearly all differ: read all at once, into what `leadrules.meaning.values` reads of each.

Nearly every cell of such a column is plainly its own value: printable ASCII, no blank at
either end, no spelling of missing. Which ones are not is seen by their first
and last bytes, where they lie in memory. Only those are read, by the
functions over columns that mean the same as reading one (tests hold this).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from leadrules import kernel
from leadrules.engine.memory import texts_hold_themselves, texts_in_memory
from leadrules.engine.text_columns import folded, not_ascii
from leadrules.meaning.text import BLANKS

_ASCII_BLANKS = frozenset(ord(blank) for blank in BLANKS if blank.isascii())
# What does not stand at an end of a cell that plainly is its own value.
_NO_END = np.array([byte >= 0x80 or byte in _ASCII_BLANKS for byte in range(256)])


_NO_ROWS = np.empty(0, dtype=np.intp)


class TextReader:
    """Reads columns of a field of text, given its missing spellings, which are folded."""

    def __init__(self, missing: frozenset[str]):
        self._missing = pl.Series(sorted(missing), dtype=pl.String)
        # Lower-casing and composing make of nine bytes one at the least.
        self._longest = 9 * max((len(spelling.encode()) for spelling in missing), default=0)
        plain = [spelling.encode() for spelling in missing if spelling.isascii()]
        # By a cell's length and first byte: whether it may be a missing spelling. (An empty one is.)
        self._may_be_missing = np.zeros((max(map(len, plain), default=0) + 2, 256), dtype=bool)
        for spelling in plain:
            for first in (spelling[:1], spelling[:1].upper()):
                self._may_be_missing[len(spelling), list(first)] = True

    def read(self, cells: pl.Series) -> pl.Series:
        """The value of every cell of a column of text, null where it is missing."""
        rows = self._odd(cells)
        if not len(rows):
            return cells
        read = cells.gather(rows).str.strip_chars(BLANKS).str.normalize("NFC")
        short = np.flatnonzero((read.str.len_bytes() <= self._longest).fill_null(False).to_numpy())
        missing = folded(read.gather(short)).is_in(self._missing.implode()).to_numpy()
        return cells.clone().scatter(rows, read.scatter(short[missing], None))

    def _odd(self, cells: pl.Series) -> npt.NDArray[np.intp]:
        """The rows of cells that may not be their own value."""
        if not len(cells) or not texts_hold_themselves():
            return np.arange(len(cells))
        texts = texts_in_memory(cells)
        if kernel.KERNEL is not None:
            found = kernel.KERNEL.odd_texts(texts, _NO_END, self._may_be_missing)
            return _NO_ROWS if found is None else np.flatnonzero(found)
        lengths, starts, memory = texts.spans()
        first, last = (memory.take(places, mode="clip") for places in (starts, starts + lengths - 1))
        odd: npt.NDArray[np.bool_] = self._may_be_missing[np.minimum(lengths, len(self._may_be_missing) - 1), first]
        odd |= _NO_END.take(first) | _NO_END.take(last) | (lengths == 0) | not_ascii(cells)
        if texts.known is not None:
            odd &= texts.known
        return np.flatnonzero(odd)
