"""The quick search for the bin of a number is `searchsorted`, whatever the cuts and the values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadrules import kernel
from leadrules.engine.search import Search

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def reached(search: Search, values: np.ndarray) -> list[int]:
    """How many cuts the values reach, which NumPy and the kernel, if there is one, say alike; with some missing too."""
    missing = np.arange(len(values)) % 3 == 1
    compiled, some = search.bins(values), search.bins(values, missing)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "KERNEL", None)
        bins, without = search.bins(values), search.bins(values, missing)
    assert bins.dtype == compiled.dtype == without.dtype
    known = ~np.isnan(values)
    assert np.array_equal(bins[known], compiled[known]) and np.array_equal(without[known], some[known])
    assert not some[missing].any() and not without[missing].any()
    assert (bins > 0).all() and bins.max(initial=0) <= len(search.cuts) + 1
    assert (compiled > 0).all() and compiled.max(initial=0) <= len(search.cuts) + 1
    return [int(one) - 1 for one in bins]


@given(st.lists(NUMBERS, min_size=1, max_size=40, unique=True), st.lists(NUMBERS, max_size=40))
def test_doubles(cuts: list[float], values: list[float]) -> None:
    ascending = np.array(sorted(cuts))
    with np.errstate(over="ignore"):
        near = [np.nextafter(cut, side) for cut in cuts for side in (-np.inf, np.inf)]
    tried = np.array([*values, *cuts, *near, -0.0, 0.0])
    tried = tried[np.isfinite(tried)]
    expected = np.searchsorted(ascending, tried, side="right")
    assert reached(Search(ascending), tried) == expected.tolist()


@given(
    st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=40, unique=True), st.lists(st.integers(-(2**62), 2**62))
)
def test_whole_numbers(cuts: list[int], values: list[int]) -> None:
    ascending = np.array(sorted(cuts))
    tried = np.array([*values, *cuts, *(cut + step for cut in cuts for step in (-1, 1))])
    expected = np.searchsorted(ascending, tried, side="right")
    assert reached(Search(ascending), tried) == expected.tolist()


@pytest.mark.parametrize("count", [1, 2, 60, 5_000])
def test_many_cuts_and_values_between(count: int) -> None:
    dice = np.random.default_rng(count)
    ascending = np.unique(np.round(dice.random(count) * 100, 1))
    tried = np.concatenate([dice.random(20_000) * 120 - 10, ascending, [np.inf, -np.inf, np.nan]])
    expected = np.searchsorted(ascending, tried[:-1], side="right")
    assert reached(Search(ascending), tried)[:-1] == expected.tolist()


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint64])
@pytest.mark.parametrize("cut", [2.0**62 + 1024, 6e18, 2.0**63 - 1024, 2.0**63, 2.0**64, 1e20, 1e100])
@pytest.mark.parametrize("sign", [1, -1])
def test_cuts_at_the_end_of_the_whole_numbers_and_beyond(dtype: type[np.integer], cut: float, sign: int) -> None:
    ends = np.iinfo(dtype)
    # (A number that a double does not hold is none of a lead's.)
    tried = [one for one in (ends.min, -1, 0, 1, 100, 2**53, 2**62 + 1024, 2**63) if ends.min <= one <= ends.max]
    expected = [int(one >= sign * int(cut)) for one in tried]
    assert reached(Search(np.array([sign * cut])), np.array(tried, dtype=dtype)) == expected


def test_cuts_a_hair_apart_have_a_grid_too() -> None:
    cuts = np.array(sorted(side for cut in range(10) for side in (cut, np.nextafter(cut, np.inf))))
    search = Search(cuts)
    tried = np.array([-1.0, -0.0, 0.0, 1.0, 3.0, np.nextafter(3.0, np.inf), np.nextafter(3.0, 0), 9.0, 11.0])
    assert reached(search, tried) == np.searchsorted(cuts, tried, side="right").tolist()
    assert search._cells > 0


WHOLES = [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64]


@pytest.mark.parametrize("dtype", WHOLES)
@pytest.mark.parametrize("middle", [-70_000, -130, -1, 0, 3, 250, 70_000, 2**40])
@pytest.mark.parametrize("apart", [1, 40, 2**33])
def test_whole_numbers_of_any_width_against_doubles(dtype: type[np.integer], middle: int, apart: int) -> None:
    """Wherever the cuts lie, inside what the type can hold or beyond, and up to both of its ends."""
    cuts = np.array(sorted({float(middle + step * apart) + half for step in range(-8, 9) for half in (0, 0.5)}))
    ends = np.iinfo(dtype)
    near = {int(cut) + step for cut in cuts for step in (-1, 0, 1)} | {0, 1, -1, ends.min, ends.max}
    tried = sorted(value for value in near if ends.min <= value <= ends.max)
    expected = [sum(value >= cut for cut in cuts.tolist()) for value in tried]
    for some in (cuts, cuts[:3]):
        expected = [sum(value >= cut for cut in some.tolist()) for value in tried]
        assert reached(Search(some), np.array(tried, dtype=dtype)) == expected


@pytest.mark.parametrize("count", [3, 40])
def test_narrow_doubles(count: int) -> None:
    cuts = np.arange(count) / 10
    tried = np.append(cuts, cuts - 1e-9).astype(np.float32)
    expected = np.searchsorted(cuts, tried.astype(float), side="right")
    assert reached(Search(cuts), tried) == expected.tolist()


def test_no_cuts_at_all() -> None:
    assert reached(Search(np.array([])), np.array([1.0, 2.0])) == [0, 0]
