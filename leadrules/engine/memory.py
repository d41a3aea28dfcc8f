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
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

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
    """Some of an array's memory, for NumPy, which keeps hold of this and so of the array."""

    def __init__(self, owner: _Array, address: int, count: int, dtype: str):
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
    rows = len(cells)
    if not rows:
        return np.empty(0, dtype), None
    capsule = cells.rechunk().__arrow_c_stream__()
    stream = _Stream.from_address(_pointer_of(capsule, b"arrow_array_stream"))
    array = _Array()
    if stream.get_next(ctypes.addressof(stream), ctypes.addressof(array)) or array.length != rows:
        raise AssertionError(f"a column of {cells.dtype} is not handed over")
    bitmap, memory = array.buffers[0], array.buffers[1]
    values = np.asarray(_View(array, memory + array.offset * dtype.itemsize, rows, dtype.str))
    if not bitmap or not array.null_count:
        return values, None
    first, skipped = divmod(array.offset, 8)
    bits = np.asarray(_View(array, bitmap + first, (skipped + rows + 7) // 8, "|u1"))
    known = np.unpackbits(bits, count=skipped + rows, bitorder="little")[skipped:]
    return values, known.view(np.bool_)
