"""Score a Spark DataFrame: the compiled engine inside Spark's own workers.

Spark reads, spreads, retries and writes; each task hands its leads over as Arrow
batches, scores them with the same engine as every other run, and hands them back
with the added columns. The driver plans and never sees a lead.

Questionable decision: a bad value stops the job unless `rejects="mark"` asks for the
lead to be kept, marked. Tasks run on many machines at once, so there is no one list
that could take rejected leads, and dropping them silently would lose them.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from leadrules.api import Ruleset, as_of_day, refuse_odd_numbers
from leadrules.frames import LeadError, as_frame, cells_of, refuse_repeated, refuse_taken

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

    from leadrules.engine.scorer import Reject, Scorer

REJECT_COLUMNS = ("reject_field", "reject_value", "reject_reason")

Rejects = Literal["raise", "mark"]


def score(
    ruleset: Ruleset,
    leads: DataFrame,
    as_of: date | None = None,
    *,
    reasons: int | None = 3,
    rejects: Rejects = "raise",
    block_rows: int = 65_536,
) -> DataFrame:
    """Score a Spark DataFrame of leads; nothing runs before Spark needs the result.

    as_of       the date to score for; today in UTC, fixed when this is called, unless given
    reasons     how many reasons a lead gets: None for all, 0 for no such column
    rejects     `raise`: a bad value fails the job, with its text in the error;
                `mark`: its lead comes out with empty added columns, and with `reject_field`,
                `reject_value` and `reject_reason`, which are null for every good lead
    block_rows  about how many leads a task scores at a time

    Returns the leads' own columns, unchanged and in their order, and after them those that
    `leadrules run` adds; partitions stay as they are. Raises LeadError at once for a field
    without a column or an added column that the leads have already.
    """
    if not hasattr(leads, "mapInArrow"):
        raise LeadError(f"leads of type {type(leads).__name__} are no Spark DataFrame; score them with `ruleset.score`")
    import polars as pl
    from pyspark.sql.types import StructType

    if rejects not in ("raise", "mark"):
        raise ValueError(f"rejects is `raise` or `mark`, not {rejects!r}")
    refuse_odd_numbers(reasons, block_rows)
    day = as_of_day(as_of)
    own = leads.schema
    added = _added(ruleset, reasons, rejects)
    refuse_repeated(own.names)
    cells_of(ruleset.model, pl.DataFrame(schema=_shape(own)), False)
    _refuse_untravelled(own)
    # To Spark, `Score` and `score` are one name, unless it was told otherwise.
    folded = str if leads.sparkSession.conf.get("spark.sql.caseSensitive") == "true" else str.lower
    taken = {folded(name) for name in own.names}
    refuse_taken([field.name for field in added if folded(field.name) in taken])
    packed = pickle.dumps(ruleset)
    task = _task(packed, day, reasons, rejects == "mark", block_rows, own.names)
    # Spark takes a dot in a column's name for a path into it, so the columns travel under plain names.
    plain = leads.toDF(*(f"c{position}" for position in range(len(own.names))))
    return plain.mapInArrow(task, StructType([*own.fields, *added.fields]))


def _added(ruleset: Ruleset, reasons: int | None, rejects: Rejects) -> StructType:
    """The columns that scoring adds, in Spark's types."""
    import polars as pl
    from pyspark.sql.types import BooleanType, DataType, DoubleType, LongType, StringType, StructField, StructType

    from leadrules.engine.table import added_schema

    types: dict[type[pl.DataType], DataType] = {
        pl.Float64: DoubleType(),
        pl.Int64: LongType(),
        pl.Boolean: BooleanType(),
        pl.String: StringType(),
    }
    fields = [
        StructField(name, types[dtype.base_type()]) for name, dtype in added_schema(ruleset.model, reasons).items()
    ]
    if rejects == "mark":
        fields += [StructField(name, StringType()) for name in REJECT_COLUMNS]
    return StructType(fields)


_STAYS = {"YearMonthIntervalType", "CalendarIntervalType"}
"""Types of columns that Spark hands to no Python function."""


def _refuse_untravelled(schema: StructType) -> None:
    for field in schema.fields:
        if type(field.dataType).__name__ in _STAYS:
            raise LeadError(
                f"Spark does not hand out the column `{field.name}`, whose type is {field.dataType.simpleString()}; "
                "drop it before scoring, or cast it to string"
            )


def _shape(schema: StructType) -> dict[str, pl.DataType]:
    """The columns' names and what is nested in them, which is all that fields are matched by."""
    import polars as pl
    from pyspark.sql.types import StructType

    return {
        field.name: pl.Struct(_shape(field.dataType)) if isinstance(field.dataType, StructType) else pl.String()
        for field in schema.fields
    }


def _task(
    packed: bytes, day: date, reasons: int | None, mark: bool, block_rows: int, names: list[str]
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What Spark runs on each partition.

    It travels by value and imports what it needs where it arrives, so that it can itself say what is missing there.
    """

    def task(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            from leadrules.spark import scored_batches
        except ModuleNotFoundError as error:
            package = str(error.name).partition(".")[0]
            raise RuntimeError(
                f"the Python of Spark's workers has no `{package}`: install leadrules on every machine, "
                "or send it along with the job (`--archives`)"
            ) from None
        yield from scored_batches(batches, packed, day, reasons, mark, block_rows, names)

    return task


def scored_batches(
    batches: Iterable[pa.RecordBatch],
    packed: bytes,
    day: date,
    reasons: int | None,
    mark: bool,
    block_rows: int,
    names: list[str],
) -> Iterator[pa.RecordBatch]:
    """One partition's leads with the added columns, by a pickled ruleset; runs in Spark's workers."""
    # One task a core is Spark's affair; more threads in each would only get in each other's way.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    scorer = _scorer(packed, day)
    for table in _blocks(batches, block_rows):
        yield from _scored(scorer, table.rename_columns(names), reasons, mark)


@lru_cache(maxsize=4)
def _scorer(packed: bytes, day: date) -> Scorer:
    """The compiled ruleset; a worker process compiles it once, however many tasks it runs."""
    ruleset: Ruleset = pickle.loads(packed)
    return ruleset.scorer(day)


def _blocks(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.Table]:
    """Spark's small batches, joined until there are leads enough to be worth a block."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        held.append(batch)
        count += batch.num_rows
        if count >= rows:
            yield pa.Table.from_batches(held)
            held, count = [], 0
    if held:
        yield pa.Table.from_batches(held)


def _scored(scorer: Scorer, table: pa.Table, reasons: int | None, mark: bool) -> Iterator[pa.RecordBatch]:
    """One block with the added columns."""
    import polars as pl
    import pyarrow as pa

    cells = cells_of(scorer.model, *as_frame(_in_utc(table)))
    block = scorer.score(cells, table.num_rows, reasons)
    added = block.frame
    if block.rejects and not mark:
        raise LeadError(_bad_values(block.rejects), block.rejects)
    if mark:
        if block.rejects:
            good = pl.Series(block.good)
            added = added.select(pl.when(good).then(pl.all()))
        added = added.hstack(_marks(block.rejects, table.num_rows))
    new = added.to_arrow(compat_level=pl.CompatLevel.oldest())
    whole = pa.Table.from_arrays([*table.columns, *new.columns], names=[*table.column_names, *new.column_names])
    yield from whole.combine_chunks().to_batches()


def _in_utc(table: pa.Table) -> pa.Table:
    """The same moments without the session's zone, in which the first and the last day of all lie beyond the years."""
    import pyarrow as pa

    fields = [
        field.with_type(pa.timestamp(field.type.unit, "UTC"))
        if pa.types.is_timestamp(field.type) and field.type.tz
        else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def _bad_values(rejects: Sequence[Reject]) -> str:
    """What is wrong, without row numbers, which mean nothing outside their partition."""
    shown = [f"{bad.field} {bad.value!r}: {bad.reason}" for bad in rejects[:5]]
    more = f" (and {len(rejects) - 5} more in these leads)" if len(rejects) > 5 else ""
    return f'bad values: {"; ".join(shown)}{more}; keep such leads, marked, with rejects="mark"'


def _marks(rejects: Sequence[Reject], rows: int) -> list[pl.Series]:
    """The three columns that say what is wrong with a lead; several bad values are joined by `; `."""
    import polars as pl

    from leadrules.leads.texts import value_text

    marks: list[list[str | None]] = [[None] * rows for _ in REJECT_COLUMNS]
    for bad in rejects:
        for column, text in zip(marks, (bad.field, value_text(bad.value), bad.reason), strict=True):
            before = column[bad.row]
            column[bad.row] = text if before is None else f"{before}; {text}"
    return [pl.Series(name, column, dtype=pl.String) for name, column in zip(REJECT_COLUMNS, marks, strict=True)]
