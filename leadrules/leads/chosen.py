"""Which columns come out, and in which order.

Unless told otherwise: all the input's, as they stand, and the added ones behind.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from leadrules.leads.errors import LeadsError
from leadrules.problems.near import near_names
from leadrules.record import record


@record
class Chosen:
    """One column of the output: an input column's position, or None for an added column, by its name."""

    name: str
    position: int | None


def choose_columns(
    headers: Sequence[str],
    added: Sequence[str],
    columns: Sequence[str] | None = None,
    drop: Collection[str] = (),
    written: Sequence[int] | None = None,
) -> list[Chosen]:
    """The columns of the output. `columns` names and orders them; `drop` are input columns to leave out.

    `written` are the positions of the input columns that come out unless `columns` chooses others: all, if None.

    Raises `LeadsError` for an added column that the input has too, and for a name that is neither's.
    """
    inputs = [Chosen(header, position) for position, header in enumerate(headers) if header not in drop]
    by_position = {one.position: one for one in inputs}
    outputs = [Chosen(name, None) for name in added]
    refuse_clash(added, {one.name for one in inputs})
    if columns is None:
        return [
            by_position[position]
            for position in (range(len(headers)) if written is None else written)
            if position in by_position
        ] + outputs
    chosen = []
    for name in columns:
        found = [one for one in inputs + outputs if one.name == name]
        if not found:
            near = near_names(name, [one.name for one in inputs + outputs], most=1)
            raise LeadsError(
                f"--columns names `{name}`, which is neither a column of the leads nor one that the run adds",
                f"did you mean `{near[0]}`?" if near else None,
            )
        chosen += found
    if not chosen:
        raise LeadsError("--columns names no column", "name at least one, or leave it out")
    return chosen


def refuse_clash(added: Sequence[str], names: Collection[str]) -> None:
    """Refuse added columns that the leads have already."""
    clashes = [name for name in added if name in names]
    if clashes:
        shown = ", ".join(f"`{name}`" for name in clashes)
        columns = "a column" if len(clashes) == 1 else "columns"
        raise LeadsError(
            f"the run would add {shown}, and the leads have {columns} called so already",
            "name the added columns otherwise with `--prefix lead_`, or drop those of an earlier run with `--replace`",
        )


def without_repeats(chosen: Sequence[Chosen], what: str) -> None:
    """Refuse two columns of one name for a format that cannot hold them."""
    seen: set[str] = set()
    for one in chosen:
        if one.name in seen:
            raise LeadsError(
                f"two columns are called `{one.name}`, which {what} cannot hold",
                "write csv, or choose columns with --columns",
            )
        seen.add(one.name)
