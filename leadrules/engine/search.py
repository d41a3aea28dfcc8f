"""The bin of each value of a column, by how many of some ascending cuts it reaches: `searchsorted`, many times as fast.

Bin 0 is missing, and a value that reaches k cuts is in bin k + 1. Three ways to
the same bins, by what the values and the cuts are:

- whole numbers near the cuts look their count up in a table by value;
- for a few cuts, each is compared with all values;
- for many, a grid of cells is laid over the cuts, so fine that no cell holds more
  than a cut or two (`x = 3` has two, a hair apart). A value's cell tells all but
  these comparisons, which are then made. The map from values to cells never falls
  as values rise, whatever it rounds, and that is all that exactness needs.

Where there is a kernel, it walks the table or the grid; even a few cuts are then
best served by a grid.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from leadrules import kernel

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.integer[Any]]
Ends = tuple[Any, Any]

FEW = 12
"""So many comparisons cost what a grid does in NumPy."""
STRIP = 1 << 14
"""Values looked at together: what is worked out on the way should stay in the processor's cache."""


def code_type(size: int) -> type[np.uint8 | np.uint16 | np.uint32]:
    """The smallest type that tells `size` bins apart."""
    return np.uint8 if size <= 256 else np.uint16 if size <= 65_536 else np.uint32


class Search:
    """The cuts of one axis (doubles, whole numbers, or Python's own, which know no largest), made ready."""

    CELLS = 1 << 13
    SPAN = 1 << 16
    ROOM = 1 << 10

    def __init__(self, cuts: npt.NDArray[Any]):
        self.cuts = cuts
        self.code_type = code_type(len(cuts) + 2)
        self._table: Codes | None = None
        self._cells = 0
        # Beyond this, the distance of a value from a cut may not be finite.
        if len(cuts) and cuts.dtype != object and np.abs(cuts[[0, -1]]).max() < 1e290:
            self._lay_table()
            if 1 < len(cuts) < self.CELLS // 2:
                self._lay_grid()

    def bins(self, values: npt.NDArray[Any], missing: Mask | None = None, ends: Ends | None = None) -> Codes:
        """The bin of every value, whatever its type of number; any but 0 for NaN, 0 in rows of `missing`.

        `ends` are the least and the largest value, where somebody has worked them out already.
        """
        compiled = self._compiled(values, missing)
        if compiled is not None:
            return compiled
        bins: npt.NDArray[Any] = self._reached(values, ends)
        bins += 1
        if missing is not None:
            bins *= ~missing
        return bins

    def _compiled(self, values: npt.NDArray[Any], missing: Mask | None) -> Codes | None:
        """What `bins` says, from the kernel; None where there is none, or it does not know these values or cuts."""
        loops, kind = kernel.KERNEL, values.dtype.kind
        if loops is None or not len(values) or kind == "O" or not loops.knows(self.code_type):
            return None
        if kind in "iu" and values.dtype != np.uint64 and self._table is not None:
            return loops.by_value(values, missing, self._first, self._table)
        if self._cells and self.cuts.dtype == np.float64:
            return loops.by_cell(values, missing, self._origin, self._scale, self._below, self._padded, self._deep)
        return None

    def _reached(self, values: npt.NDArray[Any], ends: Ends | None) -> Codes:
        """How many cuts every value reaches."""
        if not len(self.cuts) or not len(values):
            return np.zeros(len(values), dtype=self.code_type)
        if values.dtype == object or self.cuts.dtype == object:
            return np.searchsorted(self.cuts, values, side="right").astype(self.code_type)
        if values.dtype.kind in "iu":
            if self._table is not None:
                return self._looked_up(values, ends or (values.min(), values.max()))
            values = values.astype(self.cuts.dtype, copy=False)
        elif values.dtype != np.float64:
            values = values.astype(np.float64)
        with np.errstate(all="ignore"):
            if len(self.cuts) <= FEW:
                return self._compared(values)
            if self._cells:
                return self._by_cell(values)
        return np.searchsorted(self.cuts, values, side="right").astype(self.code_type)

    # ------------------------------------------------------------ by value

    def _lay_table(self) -> None:
        """Counts by whole number, from one below all cuts (or 0, which saves a subtraction) to the last or beyond."""
        wholes = [math.ceil(cut) for cut in self.cuts.tolist()]
        first = 0 if 0 < wholes[0] < self.SPAN else wholes[0] - 1
        size = max(wholes[-1] - first + 1, self.ROOM)
        # Both ends of the table are whole numbers that an int64 holds.
        if wholes[-1] - first < self.SPAN and -(2**63) <= first <= 2**63 - size:
            self._first = first
            every = np.arange(size)
            self._table = np.searchsorted([whole - first for whole in wholes], every, side="right").astype(
                self.code_type
            )

    def _looked_up(self, values: npt.NDArray[Any], ends: Ends) -> Codes:
        assert self._table is not None
        if values.dtype == np.uint64:
            values = np.minimum(values, np.uint64(2**63 - 1))
        values = values.astype(np.intp, copy=False)
        first, last = self._first, self._first + len(self._table) - 1
        if ends[0] < first or ends[1] > last:
            values = np.clip(values, first, last)
        return self._table.take(values - first if first else values)

    # ------------------------------------------------------- cut by cut

    def _compared(self, values: npt.NDArray[Any]) -> Codes:
        codes: npt.NDArray[Any] = (values >= self.cuts[0]).view(np.uint8)
        reached = np.empty(len(values), dtype=np.bool_)
        for cut in self.cuts[1:]:
            np.greater_equal(values, cut, out=reached)
            codes += reached.view(np.uint8)
        return codes

    # ----------------------------------------------------------- by cell

    def _lay_grid(self) -> None:
        """Find a grid, of one cut a cell if that can be; none (`_cells` 0) where cuts lie too close together."""
        width = float(self.cuts[-1]) - float(self.cuts[0])
        for most in (1, 2):
            cells = 64
            while cells <= self.CELLS:
                with np.errstate(all="ignore"):
                    self._scale = np.float64(cells - 4) / width
                    self._origin = float(self.cuts[0]) - 1.0 / self._scale
                    places = self._places(self.cuts, cells)
                if np.isfinite(self._scale) and np.isfinite(self._origin) and np.bincount(places).max() <= most:
                    self._fill(cells, places)
                    return
                cells *= 2

    def _fill(self, cells: int, places: npt.NDArray[np.intp]) -> None:
        """For each cell, how many cuts lie below it; its own, if it has any, come next in `_padded`.

        A cut of a later cell may come next as well: no value of this one reaches it, nor what stands after all cuts.
        """
        self._cells = cells
        self._below = np.searchsorted(places, np.arange(cells)).astype(self.code_type)
        self._deep = int(np.bincount(places).max())
        beyond = np.nan if self.cuts.dtype == np.float64 else np.iinfo(np.int64).max
        self._padded = np.append(self.cuts, np.array(beyond, dtype=self.cuts.dtype))

    def _places(self, values: npt.NDArray[Any], cells: int) -> npt.NDArray[np.intp]:
        """Each value's cell: cell 1 begins near the least cut; what lies outside goes to the first and last cell."""
        scaled = values - self._origin
        scaled *= self._scale
        np.clip(scaled, 0.0, cells - 1, out=scaled)
        return scaled.astype(np.uint16).astype(np.intp)

    def _by_cell(self, values: npt.NDArray[Any]) -> Codes:
        codes = np.empty(len(values), dtype=self.code_type)
        for start in range(0, len(values), STRIP):
            part = slice(start, start + STRIP)
            strip = values[part]
            found: npt.NDArray[Any] = self._below.take(self._places(strip, self._cells), mode="clip")
            for _ in range(self._deep):
                found += strip >= self._padded.take(found, mode="clip")
            codes[part] = found
        return codes
