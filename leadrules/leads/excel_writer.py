"""Leads as an Excel workbook of one sheet, each value in its type, row after row in little memory.

A text is always written as a text, never as a formula, a link or a number. Numbers too
long for a spreadsheet are written as texts, so that ids keep their digits. What does
not fit a sheet (rows, columns, very long texts) is an error before anything is lost.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leadrules.leads.added import runs_as_formula
from leadrules.leads.block import Block, LeadSource
from leadrules.leads.chosen import Chosen
from leadrules.leads.errors import LeadsError, keeping
from leadrules.leads.excel_reader import ExcelBlock
from leadrules.leads.output import OutputFile
from leadrules.leads.texts import value_text
from leadrules.leads.typed import LARGEST_EXACT
from leadrules.meaning.cells import values_of

if TYPE_CHECKING:
    import polars as pl

ROWS, COLUMNS, LONGEST_TEXT = 1_048_576, 16_384, 32_767
_CREATED = datetime(2000, 1, 1)  # the clock takes no part: the same leads and rules make the same file
_INSTEAD = "write .csv or .parquet, which have no such limit"


class ExcelWriter:
    """Writes one sheet called `Leads`."""

    def __init__(self, output: OutputFile, source: LeadSource, chosen: Sequence[Chosen]):
        import xlsxwriter

        if len(chosen) > COLUMNS:
            raise LeadsError(f"{len(chosen):,} columns do not fit an Excel sheet, which holds {COLUMNS:,}", _INSTEAD)
        self._output, self._chosen, self._row = output, chosen, 0
        with keeping():
            self._folder = tempfile.TemporaryDirectory(prefix="leadrules-", ignore_cleanup_errors=True)
        self._file = _Deaf(output.file)
        options = {"constant_memory": True, "strings_to_urls": False, "tmpdir": self._folder.name}
        self._book = xlsxwriter.Workbook(self._file, options)
        self._book.use_zip64()
        self._book.set_properties({"created": _CREATED})
        self._sheet = self._book.add_worksheet("Leads")
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._clock = self._book.add_format({"num_format": "hh:mm:ss"})
        self._quoted = self._book.add_format({"quote_prefix": True})
        self._write_row([one.name for one in chosen])

    def write(self, block: Block, kept: NDArray[np.bool_], added: pl.DataFrame) -> None:
        """Write the block's kept leads, in order, with their rows of `added`."""
        rows = np.flatnonzero(kept).tolist()
        if self._row + len(rows) > ROWS:
            raise LeadsError(f"more than {ROWS - 1:,} leads do not fit an Excel sheet", _INSTEAD)
        positions = [one.position for one in self._chosen if one.position is not None]
        frame = None if isinstance(block, ExcelBlock) else block.columns(positions)
        own = {} if frame is None else {column.name: column for column in frame.iter_columns()}
        columns = [self._values(block, own, added, one) for one in self._chosen]
        with keeping():
            for row in rows:
                self._write_row([column[row] for column in columns])

    def _values(self, block: Block, own: Mapping[str, pl.Series], added: pl.DataFrame, one: Chosen) -> list[Any]:
        if one.position is None:
            return added.get_column(one.name).to_list()
        return block.values(one.position) if isinstance(block, ExcelBlock) else values_of(own[str(one.position)])

    def _write_row(self, values: Sequence[Any]) -> None:
        for place, value in enumerate(values):
            if value is not None:
                _WRITTEN.get(type(value), ExcelWriter._write_other)(self, place, value)
        self._row += 1

    def _write_text(self, place: int, text: str) -> None:
        if not text:
            return
        if len(text.encode("utf-16-le")) > 2 * LONGEST_TEXT:
            name = self._chosen[place].name
            raise LeadsError(
                f"a text of {len(text):,} characters in `{name}` does not fit an Excel cell: {LONGEST_TEXT:,} do",
                _INSTEAD,
            )
        harmful = self._chosen[place].position is None and runs_as_formula(text)
        self._sheet.write_string(self._row, place, text, self._quoted if harmful else None)

    def _write_number(self, place: int, number: float) -> None:
        if number != number:
            return
        if abs(number) == float("inf") or (isinstance(number, int) and abs(number) >= LARGEST_EXACT):
            self._write_text(place, str(number))
        else:
            self._sheet.write_number(self._row, place, number)

    def _write_decimal(self, place: int, number: Decimal) -> None:
        if number.is_finite() and Decimal(repr(float(number))) == number:
            self._sheet.write_number(self._row, place, float(number))
        else:
            self._write_text(place, str(number))

    def _write_boolean(self, place: int, value: bool) -> None:
        self._sheet.write_boolean(self._row, place, value)

    def _write_day(self, place: int, value: date) -> None:
        if value.year < 1900 or (isinstance(value, datetime) and value.tzinfo is not None):
            self._write_text(place, value_text(value))
        else:
            self._sheet.write_datetime(
                self._row, place, value, self._moment if isinstance(value, datetime) else self._day
            )

    def _write_time(self, place: int, value: time) -> None:
        self._sheet.write_datetime(self._row, place, value, self._clock)

    def _write_other(self, place: int, value: Any) -> None:
        self._write_text(place, value_text(value))

    def prepare(self, block: Block, kept: NDArray[np.bool_], added: pl.DataFrame) -> Callable[[], None]:
        """Nothing can be done beforehand."""
        return partial(self.write, block, kept, added)

    def commit(self) -> None:
        import xlsxwriter.exceptions

        with keeping():
            try:
                self._book.close()
            except xlsxwriter.exceptions.FileCreateError as error:  # the output's own failures are kept in `_Deaf`
                raise (error.__context__ if isinstance(error.__context__, OSError) else OSError(str(error))) from error
        with self._output.writing():
            self._file.say()
        self._output.commit()

    def abort(self) -> None:
        self._folder.cleanup()
        self._output.abort()


class _Deaf:
    """A file that goes on after a failure as if nothing had been, and tells of it when asked.

    A zip file that cannot be written tries once more when it is thrown away, and complains aloud.
    """

    def __init__(self, file: IO[bytes]):
        self._file = file
        self._failure: OSError | None = None
        self._at = file.tell() if file.seekable() else None

    def seekable(self) -> bool:
        return self._at is not None

    def tell(self) -> int:
        if self._at is None:
            raise OSError("not a place but a stream")
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        assert whence == 0
        self._at = offset
        self._try(lambda: self._file.seek(offset))
        return offset

    def write(self, piece: bytes) -> int:
        size = memoryview(piece).nbytes
        if self._at is not None:
            self._at += size
        self._try(lambda: self._file.write(piece))
        return size

    def flush(self) -> None:
        self._try(self._file.flush)

    def _try(self, work: Callable[[], object]) -> None:
        if self._failure is None:
            try:
                work()
            except OSError as failure:
                self._failure = failure

    def say(self) -> None:
        """Raise what went wrong, if anything did."""
        if self._failure is not None:
            raise self._failure


_WRITTEN: dict[type, Callable[[ExcelWriter, int, Any], None]] = {
    str: ExcelWriter._write_text,
    int: ExcelWriter._write_number,
    float: ExcelWriter._write_number,
    bool: ExcelWriter._write_boolean,
    Decimal: ExcelWriter._write_decimal,
    date: ExcelWriter._write_day,
    datetime: ExcelWriter._write_day,
    time: ExcelWriter._write_time,
}
