"""One INSERT for all blocks: DuckDB reads a stream of Arrow tables, on a thread of its own, while others are scored.

An INSERT for each block would keep one processor busy with compressing what another could; of one stream, DuckDB
compresses several parts at a time, and writes them to its file as they are done.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_WAITING = 2
"""So many blocks are held before whoever brings more has to wait."""
_LOOK = 0.1
"""Seconds after which one who waits looks whether the other still works."""


class _Stopped(Exception):
    """The stream ends, and what it brought is not to be kept."""


class Inflow:
    """Hands tables of one schema to an `insert` that is called once, elsewhere, with a reader of them all."""

    def __init__(self) -> None:
        self._tables: queue.Queue[pa.Table | None] = queue.Queue(_WAITING)
        self._pool = ThreadPoolExecutor(1, "inflow")
        self._done: Future[object] | None = None
        self._is_stopped = False

    def put(self, table: pa.Table, insert: Callable[[pa.RecordBatchReader], object]) -> None:
        """Hand over a table. Raises what the INSERT has failed by."""
        import pyarrow as pa

        if self._done is None:
            reader = pa.RecordBatchReader.from_batches(table.schema, self._batches())
            self._done = self._pool.submit(insert, reader)
        self._wait_to_put(table)

    def finish(self) -> None:
        """Wait until everything is inserted. Raises what the INSERT has failed by."""
        if self._done is not None:
            self._wait_to_put(None)
            self._settle()
        self._pool.shutdown()

    def stop(self) -> None:
        """End the INSERT as a failure; never fails."""
        self._is_stopped = True
        with suppress(BaseException):
            self._settle()
        self._pool.shutdown()

    def _settle(self) -> None:
        """Wait for the INSERT, and raise what it has failed by, which nothing here refers to any more."""
        done, self._done = self._done, None
        try:
            if done is not None:
                done.result()
        finally:
            del done

    def _wait_to_put(self, table: pa.Table | None) -> None:
        while True:
            if self._done is None or self._done.done():
                return self._settle()
            try:
                return self._tables.put(table, timeout=_LOOK)
            except queue.Full:
                continue

    def _batches(self) -> Iterator[pa.RecordBatch]:
        while not self._is_stopped:
            try:
                table = self._tables.get(timeout=_LOOK)
            except queue.Empty:
                continue
            if table is None:
                return
            yield from table.to_batches()
        raise _Stopped
