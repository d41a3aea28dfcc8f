"""Leads as csv: each record as it came, and the added cells behind it.

From csv to csv no cell is parsed: its bytes, quotes and all, are cut out of the
record. Leads of other formats are written as text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from functools import partial
from itertools import compress, groupby
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from leadrules import kernel
from leadrules.leads.added import as_cells, as_text
from leadrules.leads.block import Block, LeadSource
from leadrules.leads.chosen import Chosen
from leadrules.leads.csv_reader import MISREAD, CsvBlock, CsvSource
from leadrules.leads.csv_records import LF, cut
from leadrules.leads.output import OutputFile

if TYPE_CHECKING:
    import polars as pl

Mask = NDArray[np.bool_]


class CsvWriter:
    """Writes leads as csv in the delimiter and line ends of the source, if that is csv too; else commas and LF."""

    def __init__(self, output: OutputFile, source: LeadSource, chosen: Sequence[Chosen]):
        self._output = output
        self._chosen = chosen
        self._delimiter, self._newline = b",", b"\n"
        preamble = b""
        if isinstance(source, CsvSource):
            self._delimiter, self._newline = source.delimiter.encode(), source.dialect.newline
            preamble = source.dialect.preamble
        self._runs = [
            (is_input, list(run)) for is_input, run in groupby(chosen, key=lambda one: one.position is not None)
        ]
        everything = list(range(len(source.headers)))
        inputs = [one.position for one in chosen if one.position is not None]
        self._plain = inputs == everything and [is_input for is_input, _ in self._runs] == [True, False]
        names = (
            self._raw_headers(source) if isinstance(source, CsvSource) else self._lines([one.name for one in chosen])
        )
        output.write(preamble, names, self._newline)

    def _raw_headers(self, source: CsvSource) -> bytes:
        """The header's own cells as they came, the added ones quoted where they must be."""
        dialect = source.dialect
        text_end = len(dialect.header) - len(dialect.newline)
        record = cut(dialect.header, dialect.delimiter, dialect.line_end)
        ends = [*record.structure[:-1].tolist(), text_end]
        starts = [0, *(end + 1 for end in ends)]
        cells = [
            self._lines([one.name])
            if one.position is None
            else dialect.header[starts[one.position] : ends[one.position]]
            for one in self._chosen
        ]
        return self._delimiter.join(cells)

    def _lines(self, cells: Sequence[str]) -> bytes:
        text = io.StringIO()
        csv.writer(text, delimiter=self._delimiter.decode(), lineterminator="").writerow(cells)
        return text.getvalue().encode("utf-8")

    def write(self, block: Block, kept: Mask, added: pl.DataFrame) -> None:
        """Write the block's kept leads, in order, with their rows of `added`."""
        self.prepare(block, kept, added)()

    def prepare(self, block: Block, kept: Mask, added: pl.DataFrame) -> Callable[[], None]:
        """Make the lines that `write` writes; what is returned writes them."""
        if self._plain and isinstance(block, CsvBlock):
            cells = as_cells(added.select(one.name for one in self._runs[1][1]), self._delimiter.decode())
            written = self._compiled_lines(block, kept, cells)
            if written is not None:
                return partial(self._output.write, *written)
            lines = self._lines_of(block, kept, cells)
            if lines is not None:
                return partial(self._write_lines, lines)
        return partial(self._write, block, kept, added)

    def _compiled_lines(self, block: CsvBlock, kept: Mask, cells: pl.DataFrame) -> list[memoryview] | None:
        """Whole records and the added cells behind, as the kernel writes them, in pieces; None where there is none."""
        import polars as pl

        from leadrules.engine.memory import texts_hold_themselves, texts_in_memory, values_and_known

        if kernel.KERNEL is None or not texts_hold_themselves():
            return None
        columns: list[Any] = []
        for column in cells.iter_columns():
            if column.dtype == pl.String:
                columns.append(texts_in_memory(column))
            elif column.dtype == pl.Boolean:
                columns.append(values_and_known(column.cast(pl.UInt8), np.uint8))
            else:
                columns.append(values_and_known(column.cast(pl.Int64), np.int64))
        wanted = None if kept.all() else kept
        bounds = (block.starts, block.text_ends)
        return kernel.KERNEL.write_lines(block.data, *bounds, wanted, columns, self._delimiter, self._newline)

    def _lines_of(self, block: CsvBlock, kept: Mask, cells: pl.DataFrame) -> pl.DataFrame | None:
        """The same at the speed of Polars, for records of one line each."""
        import polars as pl

        records = whole_records(block)
        if records is None:
            return None
        lines = pl.DataFrame([records.alias(_unlike(cells.columns)), *cells.iter_columns()])
        return lines if kept.all() else lines.filter(kept)

    def _write(self, block: Block, kept: Mask, added: pl.DataFrame) -> None:
        if not kept.any():
            return
        if not isinstance(block, CsvBlock):
            self._write_texts(block, kept, added)
            return
        every = bool(kept.all())
        texts = as_text(added if every else added.filter(kept))
        parts = [
            self._cells(block, kept, every, [cast(int, one.position) for one in run])
            if is_input
            else added_lines(texts.select(one.name for one in run), self._delimiter)
            for is_input, run in self._runs
        ]
        lines = parts[0] if len(parts) == 1 else map(self._delimiter.join, zip(*parts, strict=True))
        self._output.write(self._newline.join(lines), self._newline)

    def _write_lines(self, lines: pl.DataFrame) -> None:
        with self._output.stream() as stream:
            lines.write_csv(
                stream,
                include_header=False,
                separator=self._delimiter.decode(),
                line_terminator=self._newline.decode(),
                quote_style="never",
                batch_size=20_000,
            )

    def _cells(self, block: CsvBlock, kept: Mask, every: bool, positions: list[int]) -> list[bytes]:
        """The kept leads' cells in these columns, as they came."""
        pieces: list[list[bytes]] = []
        for first, last in _neighbours(positions):
            if first == 0 and last == len(block.source.headers) - 1:
                texts = _slices(block.data, block.starts, block.text_ends)
            else:
                ends = block.cell_ends
                starts = block.starts if first == 0 else ends[:, first - 1] + 1
                texts = _slices(block.data, starts, ends[:, last])
            pieces.append(texts if every else list(compress(texts, kept.tolist())))
        return pieces[0] if len(pieces) == 1 else list(map(self._delimiter.join, zip(*pieces, strict=True)))

    def _write_texts(self, block: Block, kept: Mask, added: pl.DataFrame) -> None:
        import polars as pl

        inputs = block.texts([one.position for one in self._chosen if one.position is not None])
        frame = pl.concat([inputs, as_text(added)], how="horizontal").filter(kept)
        frame = frame.select(one.name if one.position is None else str(one.position) for one in self._chosen)
        buffer = io.BytesIO()
        frame.write_csv(buffer, include_header=False)
        self._output.write(buffer.getvalue())

    def commit(self) -> None:
        self._output.commit()

    def abort(self) -> None:
        self._output.abort()


def added_lines(texts: pl.DataFrame, delimiter: bytes) -> list[bytes]:
    """Each row's cells as one piece of csv, without a line end."""
    buffer = io.BytesIO()
    texts.write_csv(buffer, include_header=False, separator=delimiter.decode())
    lines = buffer.getvalue().split(b"\n")
    if len(lines) == len(texts) + 1:
        lines.pop()
        return lines
    return [_line(row, delimiter) for row in texts.iter_rows()]  # a cell has a line end of its own


def _line(row: tuple[object, ...], delimiter: bytes) -> bytes:
    text = io.StringIO()
    cells = [str(cell).lower() if isinstance(cell, bool) else cell for cell in row]
    csv.writer(text, delimiter=delimiter.decode(), lineterminator="").writerow(cells)
    return text.getvalue().encode("utf-8")


def whole_records(block: CsvBlock) -> pl.Series | None:
    """The block's records without their line ends; None where a record has a line end inside."""
    import polars as pl

    # What Polars could take for the mark of a packed file is kept from the start of the first line.
    shield = b"\n" if block.data[:1] in MISREAD else b""
    if block.source.dialect.line_end != LF or not block.rows:
        return None
    if b'"' in block.data and block.data.count(b"\n") != block.rows:
        return None
    lines = pl.read_lines(shield + block.data if shield else block.data).to_series()
    return lines[len(shield) :] if len(lines) == block.rows + len(shield) else None


def _unlike(names: Sequence[str]) -> str:
    """A name that is none of these."""
    return max(names, key=len, default="") + "_"


def _slices(data: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> list[bytes]:
    return [data[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def _neighbours(positions: Sequence[int]) -> list[tuple[int, int]]:
    """The positions as runs of neighbours, first and last of each."""
    runs: list[tuple[int, int]] = []
    for position in positions:
        if runs and runs[-1][1] + 1 == position:
            runs[-1] = (runs[-1][0], position)
        else:
            runs.append((position, position))
    return runs
