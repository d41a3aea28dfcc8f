"""An Excel workbook's sheet as blocks: the values that its cells show, in their types.

The sheet is read once, row by row, into a temporary file of plain values, because
that is the slow part and the types of columns must be known before the first block.
Dates are dates, whole numbers are whole, text keeps its leading zeros, `#N/A` is a text.

Questionable decisions: a formula without a stored value and a merged area are
errors. Both are a value that is plain to see on the screen, and missing in the file.
"""

from __future__ import annotations

import pickle
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leadrules.leads.block import NO_NUMBERS, ROWS, Broken, Columns, NumberType, positions_of
from leadrules.leads.errors import LeadsError, keeping
from leadrules.leads.streams import Place
from leadrules.leads.texts import as_texts
from leadrules.leads.typed import LARGEST_EXACT, column, kind_of, shared_type

if TYPE_CHECKING:
    import polars as pl

Row = list[Any]
_SPOOLED_ROWS = 5_000
_DAMAGED = (
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    EOFError,
    OSError,
    SyntaxError,
    TypeError,
    AttributeError,
    IndexError,
)
_FORMULA = re.compile(rb'<c\b[^>]*?\br="([A-Z]+[0-9]+)"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>\s*)?</c>')
# How XML holds the control characters that it cannot, such as CR; `_x005F_` keeps a text from looking like one.
_ESCAPED = re.compile(r"_x(00(?:0[1-9A-Fa-f]|1[0-9A-Fa-f]|5[Ff]))_")
_MERGED = re.compile(rb'<mergeCell\b[^>]*?\bref="([^"]+)"')


class ExcelSource:
    """An opened sheet; see `LeadSource`. `sheet` is its name."""

    absent_is_missing = False

    def __init__(self, place: Place, *, sheet: str | None = None):
        self._place = place
        self.name, self.path = place.name, place.path
        self._file = place.spool()
        self.total_bytes = place.size()
        self.blank_lines = 0
        self.headers: list[str] = []
        self._rows = 0
        self._kinds: list[set[str]] = []
        self._spooled: IO[bytes] = tempfile.TemporaryFile(prefix="leadrules-")  # noqa: SIM115 (until `close`)
        self.sheet = self._read(sheet)
        self.headers += [""] * (len(self._kinds) - len(self.headers))
        self.types = [shared_type(kinds) for kinds in self._kinds]

    def _read(self, wanted: str | None) -> str:
        import openpyxl

        file = open(self._file, "rb")  # noqa: SIM115 (the book reads from it); by its path openpyxl would mind its ending
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        except _DAMAGED as error:
            file.close()
            raise self._damaged() from error
        try:
            names = [sheet.title for sheet in book.worksheets]
            title = _choose(names, wanted, self.name)
            sheet = book[title]
            self._refuse_hidden_values(sheet._worksheet_path, title)
            sheet.reset_dimensions()  # what a file says of its size may be wrong
            try:
                self._spool(sheet.iter_rows(values_only=True), title)
            except _DAMAGED as error:
                raise self._damaged() from error
        finally:
            book.close()
            file.close()
        return title

    def _spool(self, rows: Iterator[Sequence[Any]], title: str) -> None:
        held: list[Row] = []
        blank = 0
        for cells in rows:
            row = [_plain(cell) for cell in cells]
            while row and row[-1] is None:
                row.pop()
            if not row:
                blank += 1
                continue
            if not self.headers:
                self.headers = ["" if cell is None else str(cell) for cell in row]
                self._kinds = [set() for _ in row]
                blank = 0
                continue
            self.blank_lines, blank = self.blank_lines + blank, 0  # those behind the last lead do not count
            self._kinds += [set() for _ in row[len(self._kinds) :]]
            for kinds, cell in zip(self._kinds, row, strict=False):
                kind = kind_of(cell)
                if kind is not None:
                    kinds.add(kind)
            held.append(row)
            self._rows += 1
            if len(held) == _SPOOLED_ROWS:
                self._keep(held)
                held = []
        self._keep(held)
        if not self.headers:
            raise LeadsError(
                f"sheet `{title}` of `{self.name}` is empty: it has no header and no leads",
                "name another sheet with --sheet",
            )

    def _keep(self, rows: list[Row]) -> None:
        with keeping():
            pickle.dump(rows, self._spooled, pickle.HIGHEST_PROTOCOL)
            self._spooled.flush()

    def _refuse_hidden_values(self, part: str, title: str) -> None:
        """Look through the sheet's own text for formulas without a value and for merged areas."""
        try:
            with zipfile.ZipFile(self._file) as archive, archive.open(part.lstrip("/")) as text:
                rest = b""
                while piece := text.read(1 << 20):
                    data = rest + piece
                    formula, merged = _FORMULA.search(data), _MERGED.search(data)
                    if formula:
                        raise LeadsError(
                            f"cell {formula[1].decode()} of sheet `{title}` is a formula without a stored value",
                            "open the workbook in a spreadsheet program and save it, so that its values are stored",
                        )
                    if merged:
                        raise LeadsError(
                            f"cells {merged[1].decode()} of sheet `{title}` are merged, so only the first has a value",
                            "unmerge them, and fill in each lead's own",
                        )
                    rest = data[data.rfind(b"<c ") if b"<c " in data else -200 :][-100_000:]
        except _DAMAGED as error:
            raise self._damaged() from error

    def _damaged(self) -> LeadsError:
        return LeadsError(
            f"`{self.name}` is not an Excel workbook that can be read",
            "open it in a spreadsheet program and save it again as .xlsx, or as .csv",
        )

    def schema(self) -> dict[str, pl.DataType]:
        """The type of every column; text where its values share none."""
        import polars as pl

        return {
            header: dtype if dtype is not None else pl.String()
            for header, dtype in zip(self.headers, self.types, strict=True)
        }

    def written(self, flat: bool) -> list[int]:
        return list(range(len(self.headers)))

    def blocks(
        self, needed: Sequence[str] = (), rows: int = ROWS, *, as_numbers: Mapping[str, NumberType] = NO_NUMBERS
    ) -> Iterator[ExcelBlock]:
        """All leads, in order."""
        positions = positions_of(needed, self.headers)
        self._spooled.seek(0)
        held: list[Row] = []
        row = read = 0
        while read < self._rows or held:
            while read < self._rows and len(held) < rows:
                more: list[Row] = pickle.load(self._spooled)
                read += len(more)
                held += more
            block, held = held[:rows], held[rows:]
            numbers = np.arange(row + 1, row + len(block) + 1, dtype=np.int64)
            row += len(block)
            yield ExcelBlock(self, block, numbers, (), (self.total_bytes or 0) * row // self._rows, positions)

    def close(self) -> None:
        self._spooled.close()
        self._place.close()


@dataclass
class ExcelBlock(Columns):
    """Rows of plain values; see `Block`."""

    source: ExcelSource
    leads: list[Row]
    numbers: NDArray[np.int64]
    broken: tuple[Broken, ...]
    bytes_read: int
    needed: list[int]

    @property
    def rows(self) -> int:
        return len(self.leads)

    def columns(self, positions: Sequence[int]) -> pl.DataFrame:
        import polars as pl

        types = self.source.types
        return pl.DataFrame([column(str(position), self.values(position), types[position]) for position in positions])

    def texts(self, positions: Sequence[int]) -> pl.DataFrame:
        """Each value as its own text, whatever the others of its column are."""
        import polars as pl

        values = pl.DataFrame(
            [pl.Series(str(position), self.values(position), dtype=pl.Object) for position in positions]
        )
        return as_texts(values)

    def values(self, position: int) -> list[Any]:
        return [row[position] if position < len(row) else None for row in self.leads]


def _plain(value: Any) -> Any:
    """The value as the sheet shows it: a whole number is whole, a day without a time is a day."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < LARGEST_EXACT else value
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    if isinstance(value, str) and "_x" in value:
        value = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    return None if value == "" else value


def _choose(names: Sequence[str], wanted: str | None, book: str) -> str:
    if not names:
        raise LeadsError(f"`{book}` has no sheet with cells")
    if wanted is None:
        return names[0]
    if wanted in names:
        return wanted
    if wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        return names[int(wanted) - 1]
    raise LeadsError(
        f"`{book}` has no sheet `{wanted}`",
        "it has " + ", ".join(f"{number} `{name}`" for number, name in enumerate(names, 1)),
    )
