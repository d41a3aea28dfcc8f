"""Leads as Parquet: the input's columns in their own types, the added ones behind.

Polars' writer asks for frames; here they are handed to it. So it runs in a
thread of its own and takes frames from a short queue, which keeps memory bounded.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leadrules.leads.block import Block, LeadSource
from leadrules.leads.chosen import Chosen, without_repeats
from leadrules.leads.errors import LeadsError
from leadrules.leads.output import OutputFile

if TYPE_CHECKING:
    import polars as pl

_WAITING = 2


class _Aborted(Exception):
    """Ends the thread that writes."""


class ParquetWriter:
    """Writes a Parquet file with the source's types for the input columns."""

    def __init__(self, output: OutputFile, source: LeadSource, chosen: Sequence[Chosen], added: Mapping[str, Any]):
        without_repeats(chosen, "Parquet")
        if output.path is None:
            raise LeadsError(f"Parquet cannot be written to {output.name}", "name a file with -o")
        self._output, self._chosen = output, chosen
        self._positions = [one.position for one in chosen if one.position is not None]
        types = source.schema()
        self._schema: dict[str, Any] = {
            one.name: added[one.name] if one.position is None else types[one.name] for one in chosen
        }
        self._frames: queue.Queue[pl.DataFrame | BaseException | None] = queue.Queue(_WAITING)
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(output.path,), name="parquet", daemon=True)
        self._thread.start()

    def _run(self, path: str) -> None:
        from polars.io.plugins import register_io_source

        try:
            register_io_source(self._take, schema=self._schema).sink_parquet(path)
        except BaseException as error:  # handed to the thread that feeds this one
            self._failure = error

    def _take(
        self, with_columns: object, predicate: object, n_rows: object, batch_size: object
    ) -> Iterator[pl.DataFrame]:
        while (frame := self._frames.get()) is not None:
            if isinstance(frame, BaseException):
                raise frame
            yield frame

    def _hand(self, frame: pl.DataFrame | BaseException | None) -> None:
        while self._thread.is_alive():
            try:
                self._frames.put(frame, timeout=0.2)
                return
            except queue.Full:
                continue

    def write(self, block: Block, kept: NDArray[np.bool_], added: pl.DataFrame) -> None:
        """Write the block's kept leads, in order, with their rows of `added`."""
        import polars as pl

        self._check()
        if not kept.any():
            return
        frame = pl.concat([block.columns(self._positions), added], how="horizontal")
        if not kept.all():
            frame = frame.filter(kept)
        columns = {column.name: column for column in frame.iter_columns()}
        self._hand(
            pl.DataFrame(
                [
                    typed(
                        columns[one.name if one.position is None else str(one.position)], self._schema[one.name]
                    ).alias(one.name)
                    for one in self._chosen
                ]
            )
        )

    def prepare(self, block: Block, kept: NDArray[np.bool_], added: pl.DataFrame) -> Callable[[], None]:
        """Nothing can be done beforehand."""
        return partial(self.write, block, kept, added)

    def commit(self) -> None:
        self._hand(None)
        self._thread.join()
        self._check()
        self._output.commit()

    def abort(self) -> None:
        if self._thread.is_alive():
            while not self._frames.empty():
                try:
                    self._frames.get_nowait()
                except queue.Empty:
                    break
            self._hand(_Aborted())
            self._thread.join()
        self._output.abort()

    def _check(self) -> None:
        if self._failure is None:
            return
        if isinstance(self._failure, OSError):
            with self._output.writing():
                raise self._failure
        text = str(self._failure).lower()
        if "no space left" in text or "os error 28" in text:
            with self._output.writing():
                raise OSError(28, "no space") from self._failure
        raise self._failure


def typed(column: pl.Series, dtype: Any) -> pl.Series:
    """The column as the type that the schema promises; objects and texts of mixed values as text."""
    import polars as pl

    from leadrules.leads.texts import value_text

    if column.dtype == dtype:
        return column
    if column.dtype != pl.Object:
        return column.cast(dtype)
    return pl.Series([None if value is None else value_text(value) for value in column.to_list()], dtype=pl.String)
