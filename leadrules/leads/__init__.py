"""Files of leads: read as blocks, written back as they came with columns added.

csv, JSON lines, JSON, Parquet and Excel in and out, in bounded memory. A block
(`leadrules.leads.block`) keeps its leads in the form of their file, so that what
is not needed is never parsed, and what is written again is copied.

    source = open_leads("leads.csv")
    with open_output("scored.csv", source, [("score", pl.Float64)]) as writer:
        for block in source.blocks(needed=["Email"]):
            writer.write(block, kept, added)
        writer.commit()
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Protocol

from leadrules.databases.url import is_table_url
from leadrules.leads.errors import LeadsError
from leadrules.leads.headers import HeaderProblem, Matched, match_headers

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from leadrules.databases.writing import WriteOptions
    from leadrules.leads.block import Block, LeadSource
    from leadrules.leads.formats import Format
    from leadrules.leads.rejects import RejectsWriter

__all__ = [
    "HeaderProblem",
    "LeadWriter",
    "LeadsError",
    "Matched",
    "match_headers",
    "open_leads",
    "open_output",
    "open_rejects",
]

Where = str | os.PathLike[str] | IO[bytes]


class LeadWriter(Protocol):
    """An output being written. `commit` puts it in its place, `abort` leaves the place as it was."""

    def write(self, block: Block, kept: NDArray[np.bool_], added: pl.DataFrame) -> None:
        """Write the block's kept leads, in order, with their added cells; both have a row for each of its leads."""

    def prepare(self, block: Block, kept: NDArray[np.bool_], added: pl.DataFrame) -> Callable[[], None]:
        """Do what of `write` can be done beside other work, on any thread; what it returns does the rest, in order."""
        ...

    def commit(self) -> None: ...

    def abort(self) -> None: ...


def open_leads(
    where: Where,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    writes_to: Where | None = None,
) -> LeadSource:
    """Open a file of leads, or a table by its URL; `-` (or an open binary stream) is standard input.

    `encoding` is for csv and JSON, `delimiter` for csv, `sheet` (a name, or a number from 1) for Excel;
    `writes_to` is where the same run writes. Raises `LeadsError` for what cannot be read at all.
    """
    if is_table_url(where):
        from leadrules.databases.tables import open_table

        for option, value in (("--sheet", sheet), ("--delimiter", delimiter), ("--encoding", encoding)):
            if value is not None:
                raise LeadsError(f"{option} is for files, and these leads are in a database", "leave it out")
        return open_table(str(where), writes_to)

    from leadrules.leads.formats import input_format
    from leadrules.leads.streams import Place

    place = Place(where)
    try:
        format = input_format(place)
        if sheet is not None and format != "excel":
            raise LeadsError(f"--sheet is for Excel workbooks, and `{place.name}` is none", "leave it out")
        if delimiter is not None and format != "csv":
            raise LeadsError(f"--delimiter is for csv, and `{place.name}` is none", "leave it out")
        if format in ("parquet", "excel") and place.head().startswith(b"\x1f\x8b"):
            raise LeadsError(
                f"`{place.name}` is packed as .gz, which is read for csv and JSON alone", "unpack it first"
            )
        if encoding is not None and format in ("parquet", "excel"):
            raise LeadsError(f"--encoding is for csv and JSON, and `{place.name}` is neither", "leave it out")
        if format == "csv":
            from leadrules.leads.csv_reader import CsvSource

            return CsvSource(place, encoding=encoding, delimiter=delimiter)
        if format in ("jsonl", "json"):
            from leadrules.leads.json_reader import JsonSource

            return JsonSource(place, encoding=encoding, lines=format == "jsonl")
        if format == "parquet":
            from leadrules.leads.parquet_reader import ParquetSource

            return ParquetSource(place)
        from leadrules.leads.excel_reader import ExcelSource

        return ExcelSource(place, sheet=sheet)
    except BaseException:
        place.close()
        raise


@contextmanager
def open_output(
    where: Where,
    source: LeadSource,
    added: Sequence[tuple[str, pl.DataType | type[pl.DataType]]],
    *,
    columns: Sequence[str] | None = None,
    format: Format | None = None,
    drop: Collection[str] = (),
    inputs: Sequence[str] = (),
    table: WriteOptions | None = None,
) -> Iterator[LeadWriter]:
    """Open an output in the format of its ending; `-` (or an open binary stream) gets csv. `format` overrules both.

    A URL names a table in a database, and `table` says how it is written.

    `added` are the names and types of the added columns; `columns` chooses and orders what comes out (input
    headers and added names); `drop` leaves input columns out; `inputs` are more files that must not be written over.
    Leaving the context without `commit` leaves no trace. Raises `LeadsError`.
    """
    from leadrules.leads.chosen import choose_columns
    from leadrules.leads.formats import output_format
    from leadrules.leads.output import OutputFile

    names = [name for name, _ in added]
    if is_table_url(where):
        from leadrules.databases.tables import open_table_output
        from leadrules.databases.writing import WriteOptions as Options

        if format is not None:
            raise LeadsError("--format is for files, and the output is a table in a database", "leave it out")
        chosen = choose_columns(source.headers, names, columns, drop, source.written(flat=True))
        with open_table_output(str(where), source, chosen, dict(added), table or Options()) as tables:
            yield tables
        return
    if table is not None:
        raise LeadsError("--mode and --key are for tables in a database, and the output is a file", "leave them out")
    if format is None:
        format = output_format(os.fspath(where) if isinstance(where, (str, os.PathLike)) else None)
    if (
        format in ("parquet", "excel")
        and isinstance(where, (str, os.PathLike))
        and os.fspath(where).lower().endswith(".gz")
    ):
        raise LeadsError(f"`{os.fspath(where)}` says .gz, which is for csv and JSON alone", "leave out .gz")
    chosen = choose_columns(source.headers, names, columns, drop, source.written(flat=format in ("csv", "excel")))
    with OutputFile(where, inputs=[source.path, *inputs]) as output:
        writer: LeadWriter
        if format == "csv":
            from leadrules.leads.csv_writer import CsvWriter

            writer = CsvWriter(output, source, chosen)
        elif format in ("jsonl", "json"):
            from leadrules.leads.json_writer import JsonWriter

            writer = JsonWriter(output, source, chosen, lines=format == "jsonl")
        elif format == "parquet":
            from leadrules.leads.parquet_writer import ParquetWriter

            writer = ParquetWriter(output, source, chosen, dict(added))
        else:
            from leadrules.leads.excel_writer import ExcelWriter

            writer = ExcelWriter(output, source, chosen)
        try:
            yield writer
        finally:
            writer.abort()


def open_rejects(
    where: str | os.PathLike[str] | None, source: LeadSource, *, inputs: Sequence[str | None] = ()
) -> RejectsWriter:
    """Collect rejected leads in a csv file, which is made with the first of them; None only counts."""
    from leadrules.leads.rejects import RejectsWriter

    return RejectsWriter(where, source, inputs=inputs)
