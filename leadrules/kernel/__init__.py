"""The inner loops in C (the files beside this one), where whoever installed leadrules had a C compiler.

NumPy and Polars compute the same, and do where there is no kernel: nothing is
answered by one of the two alone, and the tests hold both to the same answers.
What the kernel adds is speed: one call where NumPy needs hundreds, and Python's
lock is free all that time, so that two threads score twice as many leads.

Questionable decision: C, and not a compiler in Python such as Numba. That would
take longer to load than to score a million leads; this takes a millisecond.
"""

from __future__ import annotations

import ctypes
import zlib
from collections.abc import Iterable, Mapping, Sequence
from ctypes import byref, c_char_p, c_double, c_int64, c_uint32, c_void_p
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from leadrules.engine.memory import Texts

LIBRARY = Path(__file__).with_name("_kernel.so")
"""Made when leadrules is built (`hatch_build.py`), under this name on every system."""

_BY_CELL = (c_int64, c_void_p, c_void_p, c_double, c_double, c_int64, c_void_p, c_void_p, c_int64, c_void_p)
_BY_VALUE = (c_int64, c_void_p, c_void_p, c_int64, c_int64, c_void_p, c_void_p)
_ADD_UP = (c_int64, c_int64, c_void_p, c_void_p, c_void_p, c_void_p)
_KEEP = (c_int64, c_int64, c_void_p, c_void_p, c_void_p, c_int64, c_int64, c_void_p)
_TEXTS = (c_int64, c_void_p, c_void_p, c_void_p)
_TELL_APART = (*_TEXTS, c_int64, c_int64, c_void_p, c_void_p, c_void_p, c_void_p)
_ODD_TEXTS = (*_TEXTS, c_void_p, c_void_p, c_int64, c_void_p)
_ASK_TEXTS = (*_TEXTS, *[c_void_p] * 10)
_EVEN_LINES = (c_char_p, c_int64, c_int64, c_int64, c_int64, c_void_p)
_LINES = (c_char_p, *[c_void_p] * 3, c_int64, c_void_p, c_int64, c_char_p, c_int64)
_WRITE_LINES = (c_int64, c_int64, *_LINES, c_void_p, c_int64, c_void_p)
_BITS: dict[Any, int] = {np.dtype(np.uint8): 8, np.dtype(np.uint16): 16}
_SPARE = 130
"""Bytes after a text that may be read, and written over: as many as `told.c` copies at once, and a separator."""
_PIECE = 4 << 20
"""Bytes of lines that are written at a time: memory that comes back, and need not be cleared by the system again."""
_MEASURE = (c_int64, c_int64, c_void_p, c_void_p, c_void_p, c_void_p)
_TELL = (c_int64, c_int64, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)


class Kernel:
    """The compiled loops. Tables and sums are contiguous; the caller answers for their types and lengths."""

    def __init__(self, library: ctypes.CDLL):
        self._by_cell = {kind: _function(library, f"by_cell_{bits}", _BY_CELL) for kind, bits in _BITS.items()}
        self._by_value = {kind: _function(library, f"by_value_{bits}", _BY_VALUE) for kind, bits in _BITS.items()}
        self._tell_apart = _function(library, "tell_apart", _TELL_APART, c_int64)
        self._keep = {kind: _function(library, f"keep_{bits}", _KEEP) for kind, bits in _BITS.items()}
        self._measure = _function(library, "measure", _MEASURE)
        self._tell = _function(library, "tell", _TELL)
        self._even_lines = _function(library, "even_lines", _EVEN_LINES, c_int64)
        self._write_lines = _function(library, "write_lines", _WRITE_LINES, c_int64)
        self._add_up = _function(library, "add_up", _ADD_UP)
        self._odd_texts = _function(library, "odd_texts", _ODD_TEXTS, c_int64)
        self._ask_texts = _function(library, "ask_texts", _ASK_TEXTS, c_int64)

    def by_cell(
        self,
        values: npt.NDArray[Any],
        missing: npt.NDArray[np.bool_] | None,
        origin: float,
        scale: float,
        below: npt.NDArray[Any],
        cuts: npt.NDArray[np.float64],
        deep: int,
    ) -> npt.NDArray[Any]:
        """Bins of numbers, as doubles, by a grid: how many cuts lie below each cell, and how many at most in one."""
        values, missing = np.ascontiguousarray(values, dtype=np.float64), _contiguous(missing)
        bins = np.empty(len(values), dtype=below.dtype)
        grid = (origin, scale, len(below), _address(below), _address(cuts), deep)
        self._by_cell[below.dtype](len(values), _address(values), _address(missing), *grid, _address(bins))
        return bins

    def by_value(
        self,
        values: npt.NDArray[Any],
        missing: npt.NDArray[np.bool_] | None,
        first: int,
        counts: npt.NDArray[Any],
    ) -> npt.NDArray[Any]:
        """Bins of whole numbers, which an int64 can hold, by a table of counts, from that of `first` on."""
        values, missing = np.ascontiguousarray(values, dtype=np.int64), _contiguous(missing)
        bins = np.empty(len(values), dtype=counts.dtype)
        table = (first, first + len(counts) - 1, _address(counts))
        self._by_value[counts.dtype](len(values), _address(values), _address(missing), *table, _address(bins))
        return bins

    def tell_apart(self, texts: Texts, most: int) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int64]] | None:
        """A number for each distinct text, from 1 on, 0 for what is not known, and the row where each came first.

        None if there are more than `most`, of at most 65,535.
        """
        bits = max(8, most.bit_length() + 1)
        slots, held = np.zeros(1 << bits, dtype=np.uint16), np.empty(2 * most, dtype=np.uint64)
        firsts = np.empty(most, dtype=np.int64)
        numbers = np.empty(len(texts.words), dtype=np.uint16)
        room = (address(slots), address(held), address(firsts), address(numbers))
        count = self._tell_apart(*_texts(texts), most, bits, *room)
        return None if count < 0 else (numbers, firsts[:count])

    def add_up(
        self,
        layout: npt.NDArray[np.int64],
        tables: int,
        bins: Sequence[npt.NDArray[Any]],
        sums: Sequence[npt.NDArray[np.int64]],
        rows: int,
    ) -> None:
        """Add what tables give each lead to `sums`; `layout` is described in `points.c`."""
        codes = _Bins(bins)
        into = np.array([address(one) for one in sums], dtype=np.int64)
        self._add_up(rows, tables, address(layout), *codes.addresses, address(into))

    def keep(
        self,
        layout: npt.NDArray[np.int64],
        tables: int,
        bins: Sequence[npt.NDArray[Any]],
        largest: int,
        held: npt.NDArray[Any],
    ) -> None:
        """Take the ranks of tables into the largest of every lead; `layout` is described in `points.c`."""
        codes = _Bins(bins)
        most, rows = held.shape
        self._keep[held.dtype](rows, tables, address(layout), *codes.addresses, most, largest, address(held))

    def odd_texts(
        self, texts: Texts, no_end: npt.NDArray[np.bool_], may_be_missing: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.bool_] | None:
        """Which texts may not be their own value (see `engine/texts.py`); None for no text."""
        odd = np.empty(len(texts.words), dtype=np.bool_)
        given = (_address(no_end), _address(may_be_missing), len(may_be_missing) - 1, _address(odd))
        return odd if self._odd_texts(*_texts(texts), *given) else None

    def ask_texts(
        self, texts: Texts, tables: Sequence[npt.NDArray[Any]]
    ) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.bool_] | None]:
        """A bit for each test that is true of a text of ASCII, and which texts are others; None for no text."""
        answers, odd = np.empty(len(texts.words), dtype=np.uint64), np.empty(len(texts.words), dtype=np.bool_)
        count = self._ask_texts(*_texts(texts), *map(_address, (*tables, answers, odd)))
        return answers, odd if count else None

    def told(
        self, rows: int, codes: Sequence[npt.NDArray[np.uint8]], starts: npt.NDArray[np.int64], said: bytes
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
        """The texts of leads, one after the other, and where each ends, after a 0; `starts` as `told.c` says."""
        said += bytes(_SPARE)
        places = np.array([address(one) for one in codes], dtype=np.int64)
        strides = np.array([one.strides[0] for one in codes], dtype=np.int64)
        pieces = (rows, len(codes), address(places), address(strides), address(starts))
        ends = np.empty(rows + 1, dtype=np.int64)
        self._measure(*pieces, address(ends))
        told = np.empty(int(ends[-1]) + _SPARE, dtype=np.uint8)
        self._tell(*pieces, said, address(ends), address(told))
        return ends, told

    def even_lines(self, data: bytes, delimiter: int, line_end: int, width: int) -> npt.NDArray[np.int64] | None:
        """Where each line of bytes without a quote ends; None if one has not as many cells as `width`."""
        ends = np.empty(len(data) // width + 1, dtype=np.int64)
        count = self._even_lines(data, len(data), delimiter, line_end, width, address(ends))
        return None if count < 0 else ends[:count].copy()

    def write_lines(
        self,
        data: bytes,
        starts: npt.NDArray[np.int64],
        ends: npt.NDArray[np.int64],
        kept: npt.NDArray[np.bool_] | None,
        added: Sequence[Texts | tuple[npt.NDArray[Any], npt.NDArray[np.bool_] | None]],
        delimiter: bytes,
        line_end: bytes,
    ) -> list[memoryview]:
        """Lines of `data` with added cells behind them, in pieces; `kept` are those that are wanted (None: all).

        A column of these is texts, or int64 or (for `true` and `false`) uint8 and which of them are known.
        """
        starts, ends = np.ascontiguousarray(starts), np.ascontiguousarray(ends)
        kept = _contiguous(kept)
        cells: list[int] = []
        for column in added:
            if isinstance(column, tuple):
                values, known = column
                cells += 1 if values.itemsize == 8 else 2, address(values), _address(known) or 0, 0
            else:
                cells += 0, address(column.words), _address(column.known) or 0, address(column.pieces)
        layout = np.array(cells, dtype=np.int64)
        lines = (len(starts), data, address(starts), address(ends), _address(kept), len(added), address(layout))
        written = (*lines, delimiter[0], line_end, len(line_end))
        pieces: list[memoryview] = []
        row, room, used = 0, _PIECE, c_int64()
        while row < len(starts):
            told = np.empty(room, dtype=np.uint8)
            reached = self._write_lines(row, *written, address(told), room, byref(used))
            room = _PIECE if reached > row else 4 * room
            if used.value:
                pieces.append(told[: used.value].data)
            row = reached
        return pieces

    def knows(self, codes: npt.DTypeLike) -> bool:
        """Whether bins or ranks of this type can be dealt with."""
        return np.dtype(codes) in _BITS


def _texts(texts: Texts) -> tuple[int | None, ...]:
    return len(texts.words), _address(texts.words), _address(texts.known), _address(texts.pieces)


class _Bins:
    """Bins of every axis as the kernel wants them, kept while it looks at them."""

    def __init__(self, bins: Sequence[npt.NDArray[Any]]):
        self._bins = [np.ascontiguousarray(one, None if one.dtype in _BITS else np.uint16) for one in bins]
        self._places = np.array([address(one) for one in self._bins], dtype=np.int64)
        self._widths = np.array([one.itemsize for one in self._bins], dtype=np.int64)
        self.addresses = (address(self._places), address(self._widths))


def tables(
    given: Iterable[tuple[Sequence[int], Sequence[int]]], axes: Sequence[int], sizes: Mapping[int, int]
) -> npt.NDArray[np.int64]:
    """Tables as `points.c` reads them: each's axes, by their places among `axes` and with their sizes, then its own."""
    places = {axis: place for place, axis in enumerate(axes)}
    found: list[int] = []
    for own_axes, own in given:
        found.append(len(own_axes))
        for axis in own_axes:
            found += places[axis], sizes[axis]
        found += own
    return np.array(found, dtype=np.int64)


def address(array: npt.NDArray[Any]) -> int:
    """Where an array lies; quicker than `array.ctypes.data`."""
    return array.__array_interface__["data"][0]


def _address(array: npt.NDArray[Any] | None) -> int | None:
    return None if array is None else address(array)


def _contiguous(mask: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.bool_] | None:
    return None if mask is None else np.ascontiguousarray(mask)


def _function(library: ctypes.CDLL, name: str, takes: Sequence[type], gives: type | None = None) -> Any:
    function = getattr(library, name)
    function.argtypes, function.restype = takes, gives
    return function


def checksum() -> int:
    """A checksum of the C that lies here; `hatch_build.py` takes the same."""
    sources = sorted(one for one in Path(__file__).parent.iterdir() if one.suffix in (".c", ".h"))
    return zlib.crc32(b"".join(one.read_bytes() for one in sources))


def load() -> Kernel | None:
    """The kernel; None where there is none, or where it was made from other C than lies here."""
    try:
        library = ctypes.CDLL(str(LIBRARY))
        made_from = _function(library, "source", (), c_uint32)()
        return Kernel(library) if made_from == checksum() else None
    except (OSError, AttributeError):
        return None


KERNEL = load()
