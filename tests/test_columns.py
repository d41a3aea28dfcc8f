"""Short cuts of reading columns: what Polars reads as a number is that number in the language."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadrules.meaning.values import Bad, reader
from leadrules.ruleset import Field

NUMBER_LIKE = (
    st.text(alphabet="0123456789+-.eE_ ,nafiN\t٣x", max_size=24) | st.floats().map(repr) | st.integers().map(str)
)
LARGEST = 9_007_199_254_740_991


@pytest.mark.parametrize(("kind", "dtype"), [("number", pl.Float64()), ("integer", pl.Int64())])
def test_what_polars_reads_as_a_number_is_that_number(kind: str, dtype: pl.DataType) -> None:
    read = reader(Field("x", kind))  # type: ignore[arg-type]

    @given(st.lists(NUMBER_LIKE, max_size=50))
    def agrees(texts: list[str]) -> None:
        for text, number in zip(
            texts, pl.Series(texts, dtype=pl.String).cast(dtype, strict=False).to_list(), strict=True
        ):
            if number is None or not math.isfinite(number) or abs(number) > LARGEST:
                continue
            answer = read(text)
            assert not isinstance(answer, Bad), text
            assert answer == number, text

    agrees()
