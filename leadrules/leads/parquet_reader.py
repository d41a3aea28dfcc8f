"""A Parquet file as blocks, in its own types; the members of structs reach dotted names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leadrules.leads.block import NO_NUMBERS, ROWS, Broken, Columns, NumberType, positions_of
from leadrules.leads.errors import LeadsError
from leadrules.leads.streams import Place
from leadrules.leads.texts import as_texts

if TYPE_CHECKING:
    import polars as pl

Path = tuple[str, ...]


class ParquetSource:
    """An opened Parquet file; see `LeadSource`.

    `headers` are the file's own columns, then the dotted names of what their structs hold.
    """

    absent_is_missing = False

    def __init__(self, place: Place):
        import polars as pl

        self._place = place
        self.name, self.path = place.name, place.path
        path = place.spool()
        self.total_bytes = place.size()
        self.blank_lines = 0
        if place.head()[:4] != b"PAR1":
            raise LeadsError(
                f"`{self.name}` is not Parquet: it does not begin with Parquet's mark",
                "give it the ending of its own format",
            )
        self.frame = pl.scan_parquet(path, glob=False)
        try:
            own = dict(self.frame.collect_schema())
            self._rows = int(self.frame.select(pl.len()).collect().item())
        except (pl.exceptions.PolarsError, OSError, RuntimeError) as error:
            raise self._damaged() from error
        if not own:
            raise LeadsError(
                f"`{self.name}` is a Parquet file without columns", "export it again, with the columns of the leads"
            )
        self._types: list[tuple[Path, pl.DataType]] = [((name,), dtype) for name, dtype in own.items()]
        nested = [member for (path, dtype) in self._types for member in _members(path, dtype)]
        self._types += [
            (path, dtype) for path, dtype in nested if ".".join(path) not in own
        ]  # a flat column goes before a nested path
        self.headers = [".".join(path) for path, _ in self._types]

    def schema(self) -> dict[str, pl.DataType]:
        """The type of every column, and of every member of a struct under its dotted name."""
        return dict(zip(self.headers, (dtype for _, dtype in self._types), strict=True))

    def written(self, flat: bool) -> list[int]:
        """The file's own columns; in a flat format, a struct's members in its place."""
        import polars as pl

        places = {path[0]: place for place, (path, _) in enumerate(self._types) if len(path) == 1}
        chosen = [
            position
            for position, (path, dtype) in enumerate(self._types)
            if (not isinstance(dtype, pl.Struct) if flat else len(path) == 1)
        ]
        return sorted(chosen, key=lambda position: places[self._types[position][0][0]])

    def blocks(
        self, needed: Sequence[str] = (), rows: int = ROWS, *, as_numbers: Mapping[str, NumberType] = NO_NUMBERS
    ) -> Iterator[ParquetBlock]:
        """All leads, in order."""
        import polars as pl

        positions = positions_of(needed, self.headers)
        row, held, count = 1, [], 0
        try:
            for batch in self.frame.collect_batches(chunk_size=rows, maintain_order=True):
                held.append(batch)
                count += len(batch)
                if count >= rows:
                    yield self._block(pl.concat(held), row, positions)
                    row, held, count = row + count, [], 0
        except (pl.exceptions.PolarsError, OSError) as error:
            raise self._damaged() from error
        if count:
            yield self._block(pl.concat(held), row, positions)

    def _block(self, frame: pl.DataFrame, row: int, needed: list[int]) -> ParquetBlock:
        numbers = np.arange(row, row + len(frame), dtype=np.int64)
        read = (self.total_bytes or 0) * (row - 1 + len(frame)) // max(1, self._rows)
        return ParquetBlock(self, frame, numbers, (), read, needed)

    def paths(self, positions: Sequence[int]) -> list[Path]:
        return [self._types[position][0] for position in positions]

    def _damaged(self) -> LeadsError:
        return LeadsError(
            f"`{self.name}` is a Parquet file that is cut off or damaged", "fetch or export the file again"
        )

    def close(self) -> None:
        self._place.close()


@dataclass
class ParquetBlock(Columns):
    """Leads in a frame of the file's own columns; see `Block`."""

    source: ParquetSource
    frame: pl.DataFrame
    numbers: NDArray[np.int64]
    broken: tuple[Broken, ...]
    bytes_read: int
    needed: list[int]

    @property
    def rows(self) -> int:
        return len(self.frame)

    def columns(self, positions: Sequence[int]) -> pl.DataFrame:
        import polars as pl

        columns = []
        for position, path in zip(positions, self.source.paths(positions), strict=True):
            column = pl.col(path[0])
            for name in path[1:]:
                column = column.struct.field(name)
            columns.append(column.alias(str(position)))
        return self.frame.select(columns)

    def texts(self, positions: Sequence[int]) -> pl.DataFrame:
        return as_texts(self.columns(positions))


def _members(path: Path, dtype: pl.DataType) -> Iterator[tuple[Path, pl.DataType]]:
    import polars as pl

    if isinstance(dtype, pl.Struct):
        for field in dtype.fields:
            inner = (*path, field.name)
            yield inner, field.dtype  # type: ignore[misc]
            yield from _members(inner, field.dtype)  # type: ignore[arg-type]
