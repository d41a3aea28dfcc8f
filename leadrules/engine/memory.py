"""The memory behind a Polars series, as NumPy arrays: its values as they lie there, and which of them are known.

Polars hands its columns over by Arrow's C data interface, a stable layout of
pointers; NumPy can look at the same memory. Nothing is copied but the bitmap of
nulls, which is spread to a byte a row.

Questionable decision: pointers in Python. `Series.to_numpy` copies a column with
nulls, and turns whole numbers into doubles; that alone took as long as
everything else that scoring does. Other libraries for this weigh more than the
forty lines below.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from leadrules.kernel import address

_Release = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class _Array(ctypes.Structure):
    """`struct ArrowArray`; lets go of the memory when nobody looks at it any more."""

    _fields_ = (
        ("length", ctypes.c_int64),
        ("null_count", ctypes.c_int64),
        ("offset", ctypes.c_int64),
        ("n_buffers", ctypes.c_int64),
        ("n_children", ctypes.c_int64),
        ("buffers", ctypes.POINTER(ctypes.c_void_p)),
        ("children", ctypes.c_void_p),
        ("dictionary", ctypes.c_void_p),
        ("release", _Release),
        ("private_data", ctypes.c_void_p),
    )

    def __del__(self) -> None:
        if self.release:
            self.release(ctypes.addressof(self))


class _Stream(ctypes.Structure):
    """`struct ArrowArrayStream`; its capsule owns it."""

    _fields_ = (
        ("get_schema", ctypes.c_void_p),
        ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)),
    )


_pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_of.restype = ctypes.c_void_p
_pointer_of.argtypes = (ctypes.py_object, ctypes.c_char_p)


class _View:
    """Some of an array's memory, for NumPy, which keeps hold of this and so of its owner."""

    def __init__(self, owner: object, address: int, count: int, dtype: str):
        self.owner = owner
        self.__array_interface__ = {"version": 3, "data": (address, True), "shape": (count,), "typestr": dtype}


def keep_freed() -> None:
    """Have the C library keep what is freed, for the next block, rather than give it back and fetch it page by page.

    glibc gives back what is larger than the largest array ever freed, up to 32 MiB, and twice that at the end of its
    memory: see `M_MMAP_THRESHOLD` in mallopt(3). So one such array is freed here; it is never written to.
    """
    np.empty(31 << 20, dtype=np.uint8)


def values_and_known(cells: pl.Series, dtype: npt.DTypeLike) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_] | None]:
    """A series's values as they lie in memory, and which of them are known; None for all of them.

    `dtype` is how a value lies there, of fixed width. What is not known has any
    value. The arrays may not be written to.
    """
    dtype = np.dtype(dtype)
    if not len(cells):
        return np.empty(0, dtype), None
    array = _handed_over(cells)
    return _values(array, dtype), _known(array)


_INLINE = 12


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as they lie in memory: four words for each, which of them are known (None: all), and pieces of memory.

    The first word is how many bytes a text has. Up to twelve of them are the other words themselves; of more there
    are the first four, which piece they lie in (`pieces` has their addresses), and where they begin there. Words of a
    text that is not known are anything.
    """

    words: npt.NDArray[np.uint32]
    known: npt.NDArray[np.bool_] | None
    pieces: npt.NDArray[np.int64]

    def spans(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
        """How many bytes each text has, where they begin, and the memory that this is in: it spans all pieces.

        What is in between the texts may not be looked at. A text that is not known has no bytes.
        """
        lengths = self.words[:, 0].astype(np.int64)
        if self.known is not None:
            lengths *= self.known
        here = address(self.words)
        starts = np.arange(here + 4, here + 16 * len(self.words), 16)
        starts = np.where(lengths > _INLINE, self.pieces.take(self.words[:, 2], mode="clip") + self.words[:, 3], starts)
        first, last = int(starts.min()), int((starts + lengths).max())
        return lengths, starts - first, np.asarray(_View(self.words, first, max(last - first, 1), "|u1"))


def texts_in_memory(cells: pl.Series) -> Texts:
    """A column of text as it lies in memory; the arrays may not be written to."""
    if not len(cells):
        return Texts(np.empty((0, 4), np.uint32), None, np.zeros(1, np.int64))
    array = _handed_over(cells)
    words = _values(array, np.dtype("V16")).view(np.uint32).reshape(-1, 4)
    # (The last of the buffers says how long the pieces are.)
    return Texts(words, _known(array), np.array([*array.buffers[2 : array.n_buffers - 1], 0], dtype=np.int64))


@cache
def texts_hold_themselves() -> bool:
    """Whether Polars hands short texts over as said above; if it ever does not, they are read the general way."""
    views, _ = values_and_known(pl.Series(["abc", "abcdefghijkl"]), np.dtype("V16"))
    return bool(views.tobytes() == b"\x03\0\0\0abc" + bytes(9) + b"\x0c\0\0\0abcdefghijkl")


def _handed_over(cells: pl.Series) -> _Array:
    capsule = cells.rechunk().__arrow_c_stream__()
    stream = _Stream.from_address(_pointer_of(capsule, b"arrow_array_stream"))
    array = _Array()
    if stream.get_next(ctypes.addressof(stream), ctypes.addressof(array)) or array.length != len(cells):
        raise AssertionError(f"a column of {cells.dtype} is not handed over")
    return array


def _values(array: _Array, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    return np.asarray(_View(array, array.buffers[1] + array.offset * dtype.itemsize, array.length, dtype.str))


def _known(array: _Array) -> npt.NDArray[np.bool_] | None:
    bitmap, rows = array.buffers[0], array.length
    if not bitmap or not array.null_count:
        return None
    first, skipped = divmod(array.offset, 8)
    bits = np.asarray(_View(array, bitmap + first, (skipped + rows + 7) // 8, "|u1"))
    known = np.unpackbits(bits, count=skipped + rows, bitorder="little")[skipped:]
    return known.view(np.bool_)
