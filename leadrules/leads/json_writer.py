"""Leads as JSON: each lead's own text, and the added members behind its last.

Where columns are chosen, the values' own texts are cut out. Leads of other
formats become flat objects of their columns; csv cells are texts there, as they were.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leadrules.leads.block import Block, LeadSource, named
from leadrules.leads.chosen import Chosen, refuse_clash, without_repeats
from leadrules.leads.json_reader import JsonBlock, JsonSource
from leadrules.leads.json_records import members
from leadrules.leads.output import OutputFile
from leadrules.leads.texts import as_texts, singles_as_written, value_text
from leadrules.meaning.cells import values_of

if TYPE_CHECKING:
    import polars as pl


class JsonWriter:
    """Writes one object a line (`lines`), or one array of them."""

    def __init__(self, output: OutputFile, source: LeadSource, chosen: Sequence[Chosen], *, lines: bool):
        self._output, self._chosen, self._lines = output, chosen, lines
        without_repeats(chosen, "JSON")
        self._added = [one.name for one in chosen if one.position is None]
        self._left_out: set[str] | None = None
        if isinstance(source, JsonSource):
            self._left_out = self._whole_but(source)
            if self._left_out is not None:
                refuse_clash(self._added, source.keys - self._left_out)
        self._any = False
        if not lines:
            output.write(b"[")

    def _whole_but(self, source: JsonSource) -> set[str] | None:
        """The outermost names that are left out of otherwise whole leads; None if more is chosen than that."""
        positions = [one.position for one in self._chosen]
        inputs = [position for position in positions if position is not None]
        behind = positions == [*inputs, *([None] * len(self._added))] and inputs == sorted(inputs)
        left_out = set(source.headers) - {source.headers[position] for position in inputs}
        return left_out if behind and left_out <= source.keys else None

    def write(self, block: Block, kept: NDArray[np.bool_], added: pl.DataFrame) -> None:
        """Write the block's kept leads, in order, with their rows of `added`."""
        if not kept.any():
            return
        every = bool(kept.all())
        added_texts = {
            name: json_texts(added.get_column(name) if every else added.get_column(name).filter(kept))
            for name in self._added
        }
        if isinstance(block, JsonBlock):
            raws = block.raws if every else list(compress(block.raws, kept.tolist()))
            objects = self._whole(raws, added_texts) if self._left_out is not None else self._picked(raws, added_texts)
        else:
            inputs = block.columns([one.position for one in self._chosen if one.position is not None]).filter(kept)
            objects = self._flat(inputs, added_texts)
        between = "\n" if self._lines else ",\n"
        before = "" if self._lines else ",\n" if self._any else "\n"
        self._output.write((before + between.join(objects) + ("\n" if self._lines else "")).encode("utf-8"))
        self._any = True

    def _whole(self, raws: Sequence[str], added: dict[str, list[str]]) -> list[str]:
        keys = [json.dumps(name, ensure_ascii=False) + ": " for name in added]
        tails = (
            [", ".join(map("".join, zip(keys, texts, strict=True))) for texts in zip(*added.values(), strict=True)]
            if added
            else [""] * len(raws)
        )
        return [self._joined(raw, tail) for raw, tail in zip(raws, tails, strict=True)]

    def _joined(self, raw: str, tail: str) -> str:
        if self._left_out:
            raw = _object((key, text) for key, text, _ in members(raw) if key not in self._left_out)
        if "\n" in raw or "\r" in raw:
            raw = raw.replace("\r", "").replace("\n", "")  # outside of texts, which cannot hold them: blanks
        body = raw[:-1].rstrip(" \t")
        return body + (", " if tail and not body.endswith("{") else "") + tail + "}"

    def _picked(self, raws: Sequence[str], added: dict[str, list[str]]) -> list[str]:
        objects = []
        for row, raw in enumerate(raws):
            found = dict(_texts_by_name(raw))
            pairs = (
                (one.name, added[one.name][row] if one.position is None else found.get(one.name))
                for one in self._chosen
            )
            objects.append(_object((name, text) for name, text in pairs if text is not None))
        return objects

    def _flat(self, inputs: pl.DataFrame, added: dict[str, list[str]]) -> list[str]:
        import polars as pl

        first = [one for one in self._chosen if one.position is not None]
        simple = all(dtype in (pl.String, pl.Boolean) or dtype.is_integer() for dtype in inputs.dtypes)
        if simple and first and list(self._chosen[: len(first)]) == first and len(inputs):
            buffer = io.BytesIO()
            named(inputs, [one.name for one in first]).write_ndjson(buffer)
            return self._whole(buffer.getvalue().decode("utf-8").split("\n")[:-1], added)
        columns = [
            added[one.name] if one.position is None else json_texts(inputs.get_column(str(one.position)))
            for one in self._chosen
        ]
        keys = [json.dumps(one.name, ensure_ascii=False) + ": " for one in self._chosen]
        return [
            "{" + ", ".join(map("".join, zip(keys, texts, strict=True))) + "}" for texts in zip(*columns, strict=True)
        ]

    def prepare(self, block: Block, kept: NDArray[np.bool_], added: pl.DataFrame) -> Callable[[], None]:
        """Nothing can be done beforehand."""
        return partial(self.write, block, kept, added)

    def commit(self) -> None:
        if not self._lines:
            self._output.write(b"\n]\n" if self._any else b"]\n")
        self._output.commit()

    def abort(self) -> None:
        self._output.abort()


def json_texts(values: pl.Series) -> list[str]:
    """Each value as JSON; a whole number without decimals, what is missing or not finite as null."""
    import polars as pl

    values = singles_as_written(values)
    if values.dtype.is_temporal():
        values = as_texts(values.to_frame()).to_series().cast(pl.String)
    if values.dtype.is_float():
        return [
            "null" if value is None or value != value or value in (float("inf"), float("-inf")) else value_text(value)
            for value in values.to_list()
        ]
    if values.dtype == pl.String:
        known: dict[str | None, str] = {None: "null"}
        encode = json.encoder.encode_basestring
        return [
            known[value]
            if value in known
            else known.setdefault(value, encode(value))
            if len(known) < 10_000
            else encode(value)
            for value in values.to_list()
        ]
    return [_json(value) for value in values_of(values)]


def _json(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (date, datetime, time)):
        return json.dumps(value_text(value))
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value_text(value)


def _object(pairs: Any) -> str:
    return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {text}" for key, text in pairs) + "}"


def _texts_by_name(raw: str, before: str = "") -> list[tuple[str, str]]:
    """Each dotted name and its value's own text; nested ones first, so that a flat key goes before them."""
    flat, nested = [], []
    for key, text, value in members(raw):
        text = text.replace("\r", "").replace("\n", "")
        if isinstance(value, dict):
            nested += _texts_by_name(text, f"{before}{key}.")
        flat.append((before + key, text))
    return nested + flat
