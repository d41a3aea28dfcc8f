"""Attributes and leads → which value each lead has, and how many leads and wins each value has.

The engine itself says which value a lead has: every attribute is a rule of a
draft ruleset that gives the number of the value as points. So what is counted is
what the language means, and ten million leads stream through as in a run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leadrules.calibrating.attributes import Attribute, draft
from leadrules.calibrating.sample import Progress, Sample
from leadrules.checking import check_text
from leadrules.engine.points import contribution
from leadrules.engine.scorer import Scorer
from leadrules.evidence.outcome import OPEN, WON, OutcomeReader
from leadrules.evidence.splitting import Days
from leadrules.leads.block import LeadSource
from leadrules.leads.headers import match_headers

Codes = NDArray[np.int16]
ANY_DAY = date(2000, 1, 1)
"""No value of an attribute depends on the as-of date."""


@dataclass(frozen=True, eq=False)
class Table:
    """Leads and wins of one attribute, by value (from 0)."""

    leads: NDArray[np.int64]
    won: NDArray[np.int64]


class ValueReader:
    """Says which value of each attribute a lead has."""

    def __init__(self, attributes: Sequence[Attribute], source: LeadSource):
        self.attributes = attributes
        model = check_text(draft(attributes), "<attributes>").or_raise()
        self._scorer = Scorer(model, ANY_DAY)
        matched = match_headers(model.fields, source.headers)
        self._headers: Mapping[int, str] = matched.headers
        assert set(self._headers) == set(model.read_fields), matched.problems
        self._places = {header: place for place, header in reversed(list(enumerate(source.headers)))}

    @property
    def positions(self) -> list[int]:
        """The columns of the file that are needed."""
        return sorted({self._places[header] for header in self._headers.values()})

    def read(self, cells: pl.DataFrame) -> list[Codes]:
        """The values (from 0) of every attribute, for cells whose columns are called by their positions."""
        columns = {field: cells[str(self._places[header])] for field, header in self._headers.items()}
        scored = self._scorer.score(columns, len(cells), 0).scored
        return [
            (contribution(scored.tables, scored.block, place) // 100 - 1).astype(np.int16)
            for place in range(len(self.attributes))
        ]


def tables_of(attributes: Sequence[Attribute], codes: Sequence[Codes], won: NDArray[np.bool_]) -> list[Table]:
    """Counts of some decided leads."""
    return [
        Table(np.bincount(code, minlength=len(one.values)), np.bincount(code[won], minlength=len(one.values)))
        for one, code in zip(attributes, codes, strict=True)
    ]


def count_all(
    reader: ValueReader,
    source: LeadSource,
    outcome: OutcomeReader,
    days: Days | None,
    until: date | None,
    progress: Progress | None = None,
) -> list[Table]:
    """Counts of all decided leads of a file, read once more; with `until`, of those before that day alone."""
    attributes = reader.attributes
    totals = [Table(np.zeros(len(one.values), np.int64), np.zeros(len(one.values), np.int64)) for one in attributes]
    at = source.headers.index(outcome.column.header)
    dated = None if days is None or until is None else source.headers.index(days.header)
    positions = sorted({*reader.positions, at} | (set() if dated is None else {dated}))
    read = 0
    for block in source.blocks():
        read += block.rows
        if progress is not None:
            progress(block, read)
        cells = block.columns(positions)
        outcomes = outcome.read(cells[str(at)])
        decided = outcomes != OPEN
        if days is not None and until is not None and dated is not None:
            decided &= days.before(cells[str(dated)], until)[0]
        codes = [code[decided] for code in reader.read(cells)]
        for total, table in zip(totals, tables_of(attributes, codes, outcomes[decided] == WON), strict=True):
            np.add(total.leads, table.leads, out=total.leads)
            np.add(total.won, table.won, out=total.won)
    return totals


def sampled_codes(reader: ValueReader, sample: Sample) -> list[Codes]:
    """The values of every attribute for the sample's leads, open ones too."""
    return reader.read(sample.cells)
