"""Leads that were not scored, as they came, with the reason in front.

The four `reject_…` columns stand before the lead's own, because a rejected lead
may have too many cells or too few: behind them, the reason would stand under
any header but its own. The file is made with the first reject, and an earlier run's is removed where there is none.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from contextlib import suppress

from leadrules.leads.added import harmless
from leadrules.leads.block import Block, LeadSource
from leadrules.leads.csv_reader import CsvBlock, CsvSource
from leadrules.leads.csv_records import read_record
from leadrules.leads.errors import LeadsError
from leadrules.leads.formats import ending
from leadrules.leads.output import OutputFile
from leadrules.leads.texts import value_text
from leadrules.record import record

_NOT_CSV = {"json", "jsonl", "ndjson", "parquet", "pq", "xls", "xlsx", "xlsm"}
COLUMNS = ["reject_row", "reject_field", "reject_value", "reject_reason"]


@record
class Rejected:
    """A bad value of the lead at `index` in its block: the field's name, the value as it came, and why."""

    index: int
    field: str
    value: str
    reason: str


class RejectsWriter:
    """Collects rejected leads; `count` is how many. `where` None only counts."""

    def __init__(self, where: str | os.PathLike[str] | None, source: LeadSource, *, inputs: Sequence[str | None] = ()):
        self.count = 0
        self._source = source
        self._where = None if where is None else os.fspath(where)
        self._inputs = [source.path, *inputs]
        self._output: OutputFile | None = None
        self._csv = source if isinstance(source, CsvSource) else None
        self._delimiter = self._csv.delimiter if self._csv else ","
        self._newline = self._csv.dialect.newline if self._csv else b"\n"
        self._again = source.headers[: len(COLUMNS)] == COLUMNS
        if self._where is not None:
            if ending(self._where) in _NOT_CSV:
                raise LeadsError(f"rejects are written as csv, and `{self._where}` says otherwise", "end it in .csv")
            self._opened().abort()  # so that a run ends at its start if this cannot be written

    def write(self, block: Block, rejected: Sequence[Rejected] = ()) -> int:
        """Write the block's broken records and these bad values, one line a lead, in order; returns how many leads."""
        if not rejected and not block.broken:
            return 0
        by_index: dict[int, list[Rejected]] = {}
        for one in rejected:
            by_index.setdefault(one.index, []).append(one)
        lines = {broken.row: self._broken(broken.row, broken.reason, broken.raw) for broken in block.broken}
        indices = sorted(by_index)
        for index, own in zip(indices, self._as_they_came(block, indices), strict=True):
            row = int(block.numbers[index])
            reasons = by_index[index]
            lines[row] = (
                self._line(
                    row,
                    *(
                        "; ".join(parts)
                        for parts in zip(*((one.field, one.value, one.reason) for one in reasons), strict=True)
                    ),
                )
                + own
            )
        self.count += len(lines)
        if self._where is not None:
            if self._output is None:
                self._output = self._opened()
                self._output.write(self._header())
            self._output.write(b"".join(lines[row] + self._newline for row in sorted(lines)))
        return len(lines)

    def commit(self) -> None:
        """Move the file to its place."""
        if self._output is not None:
            self._output.commit()
        elif self._where is not None and _is_rejects_file(self._where):
            with suppress(OSError):
                os.unlink(self._where)

    def abort(self) -> None:
        if self._output is not None:
            self._output.abort()

    def _opened(self) -> OutputFile:
        assert self._where is not None
        return OutputFile(self._where, inputs=self._inputs, option="--rejects")

    def _header(self) -> bytes:
        if self._csv is None:
            return self._cells([*COLUMNS, *self._source.headers]) + self._newline
        dialect = self._csv.dialect
        own = self._own(dialect.header[: len(dialect.header) - len(dialect.newline)])
        return dialect.preamble + self._cells(COLUMNS) + self._delimiter.encode() + own + self._newline

    def _broken(self, row: int, reason: str, raw: str) -> bytes:
        if self._csv is None:
            return self._cells([str(row), "", harmless(raw), harmless(reason), *([""] * len(self._source.headers))])
        return self._line(row, "", "", reason) + self._own(raw.encode("utf-8"))

    def _as_they_came(self, block: Block, indices: Sequence[int]) -> list[bytes]:
        if isinstance(block, CsvBlock):
            starts, ends = block.starts, block.text_ends
            return [self._own(block.data[int(starts[index]) : int(ends[index])]) for index in indices]
        frame = block.texts(range(len(self._source.headers)))[list(indices)]
        return [self._cells([value_text(cell) for cell in row]) for row in frame.iter_rows()]

    def _own(self, record: bytes) -> bytes:
        """The lead's own record, without the `reject_…` cells of an earlier run."""
        if not self._again or self._csv is None:
            return record
        structure = read_record(record + b"\n", 0, self._csv.dialect.delimiter).structure
        return record[structure[len(COLUMNS) - 1] + 1 :] if len(structure) > len(COLUMNS) else record

    def _line(self, row: int, field: str, value: str, reason: str) -> bytes:
        return self._cells([str(row), field, harmless(value), harmless(reason)]) + self._delimiter.encode()

    def _cells(self, cells: Sequence[str]) -> bytes:
        text = io.StringIO()
        csv.writer(text, delimiter=self._delimiter, lineterminator="").writerow(cells)
        return text.getvalue().encode("utf-8")


def _is_rejects_file(path: str) -> bool:
    with suppress(OSError), open(path, "rb") as file:
        return COLUMNS[0].encode() in file.read(16)
    return False
