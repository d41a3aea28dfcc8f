"""Faults that generated rulesets and leads brought to light, each in its smallest form, with the answer by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

import leadrules

DAY = date(2026, 11, 22)
HUGE = "17" + "0" * 307  # 1.7e308, near the largest double


def scores(text: str, leads: Any) -> list[float]:
    return leadrules.loads(text).score(leads, DAY)["score"].to_list()


def test_no_leads_are_an_empty_answer() -> None:
    ruleset = leadrules.loads("field visits : integer optional\nwhen visits is missing add 3")
    frame = ruleset.score([], DAY)
    assert frame.columns == ["score", "stage", "disqualified", "reasons"]
    assert frame.height == 0


@pytest.mark.filterwarnings("ignore::leadrules.frames.LeadWarning")
def test_dicts_without_any_key_are_leads_all_the_same() -> None:
    assert scores("field visits : integer\nwhen visits is missing add 3", [{}, {}]) == [3.0, 3.0]


def test_bad_values_come_out_lead_by_lead() -> None:
    """Also when a block has them in columns that are read one after the other."""
    text = "field visits : integer\nfield budget : number\nadd 1 per visits\nadd 1 per budget"
    leads = pl.DataFrame({"visits": ["1", "many", "x"], "budget": ["much", "2", "y"]})
    rejects: list[Any] = []
    leadrules.loads(text).score(leads, DAY, rejects=rejects)
    assert [(bad.row, bad.field, bad.value) for bad in rejects] == [
        (0, "budget", "much"),
        (1, "visits", "many"),
        (2, "visits", "x"),
        (2, "budget", "y"),
    ]


def test_a_constant_and_a_value_at_opposite_ends_of_the_doubles() -> None:
    """Their distance is not finite."""
    leads = pl.DataFrame({"budget": [1.7e308, -1.75e308, 1.0]})
    assert scores(f"field budget : number\nwhen budget >= -{HUGE} add 1", leads) == [1.0, 0.0, 1.0]


def test_constants_at_both_ends_of_the_doubles() -> None:
    text = f"field budget : number\nwhen budget >= -{HUGE} add 1\nwhen budget <= {HUGE} add 2"
    assert scores(text, pl.DataFrame({"budget": [1.75e308, -1.75e308, 1.0]})) == [1.0, 2.0, 3.0]


def test_a_constant_beyond_the_doubles() -> None:
    beyond = "9" * 400
    text = f"field budget : number\nwhen budget >= {beyond} add 1\nwhen budget < {beyond} add 2"
    assert scores(text, pl.DataFrame({"budget": [1.75e308, -1.75e308]})) == [2.0, 2.0]


def test_exact_arithmetic_on_scores_knows_no_largest_number() -> None:
    """Neither the values that are compared nor what they are compared with need fit a machine's whole numbers."""
    text = """field visits : integer
    score fit { add 1 per visits }
    label product {
      "50" when fit * 9007199254740991 = 50,
      "2 to the 55th, less 4" when fit * 9007199254740991 = 36028797018963964
    }
    label small { "5 or more" when fit * 0.000000000000000000000001 >= 0.000000000000000000000005, otherwise "less" }
    label large { "5 or more" when 1000000000000000000000000 * fit >= 5000000000000000000000000, otherwise "less" }
    """
    answer = leadrules.loads(text).score(pl.DataFrame({"visits": [0, 4, 5, 4000]}), DAY)
    assert answer["product"].to_list() == [None, "2 to the 55th, less 4", None, None]
    assert answer["small"].to_list() == ["less", "less", "5 or more", "5 or more"]
    assert answer["large"].to_list() == ["less", "less", "5 or more", "5 or more"]


KNOWN = 'field c : {} from "C"\nwhen c is known add 1'


def rejected(type: str, leads: Any) -> list[tuple[int, object, str]]:
    rejects: list[Any] = []
    leadrules.loads(KNOWN.format(type)).score(leads, DAY, rejects=rejects)
    return [(bad.row, bad.value, bad.reason) for bad in rejects]


FAR = "2147483647 days after 1970-01-01"


@pytest.mark.parametrize("unit", ["us", "ms", None])
def test_a_day_beyond_the_calendar_is_a_bad_value_of_its_lead(unit: str | None) -> None:
    """A year of five digits, in a file that was written by a program whose calendar has it."""
    number = 2**31 - 1 if unit is None else (2**31 - 1) * {"us": 86_400_000_000, "ms": 86_400_000}[unit]
    if unit == "us":
        number = 10**17  # the year 5138 is within; the largest there are stand below
        assert rejected("datetime", pl.DataFrame({"C": pl.Series([number]).cast(pl.Datetime("us"))})) == []
        number = 2**63 - 1
    dtype: Any = pl.Date if unit is None else pl.Datetime(unit)  # type: ignore[arg-type]
    cells = pl.Series([number, None, 0], dtype=pl.Int32 if unit is None else pl.Int64).cast(dtype)
    far = "106751991 days after 1970-01-01" if unit == "us" else FAR
    for type in ("date", "datetime"):
        [(row, value, reason)] = rejected(type, pl.DataFrame({"C": cells}))
        assert (row, value) == (0, far)
        assert reason.startswith(f"`{far}` is not a date")
    assert rejected("text", pl.DataFrame({"C": cells})) == []


def test_a_list_where_a_value_is_expected_is_shown_as_a_list() -> None:
    leads = pl.DataFrame({"C": [["x;y", "z"], None]})
    assert rejected("text", leads) == [(0, ["x;y", "z"], "a list of values is not a text")]


def test_years_that_only_pandas_has_are_bad_values() -> None:
    pandas = pytest.importorskip("pandas")
    leads = pandas.DataFrame({"C": pandas.Series(np.array(["2026-01-01", "20000-01-01"], dtype="datetime64[s]"))})
    assert rejected("date", leads) == [(1, leads["C"][1], "`year 20000` is not a date like `2026-11-22`")]


def itself() -> dict[str, Any]:
    lead: dict[str, Any] = {"C": 1}
    lead["lead"] = lead
    return lead


@pytest.mark.parametrize(
    ("leads", "message"),
    [
        ([itself()], "a lead is nested too deeply, or holds itself"),
        ([{"C": 1, "\ud800": 2}], r"a key holds half a character: '\\ud800'"),
    ],
)
def test_dicts_that_are_no_leads(leads: Any, message: str) -> None:
    with pytest.raises(leadrules.LeadError, match=message):
        rejected("integer", leads)


def test_one_lead_is_a_dict() -> None:
    ruleset = leadrules.loads(KNOWN.format("integer"))
    for lead in (None, [1], "x"):
        with pytest.raises(leadrules.LeadError, match="a lead is a dict, not of type "):
            ruleset.score_one(lead, DAY)  # type: ignore[arg-type]
    with pytest.raises(leadrules.LeadError, match="nested too deeply"):
        ruleset.score_one(itself(), DAY)


def test_two_columns_of_one_name_are_said() -> None:
    pandas, arrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    for leads in (
        pandas.DataFrame([[1, 2, 3]], columns=["C", "z", "z"]),
        arrow.table([[1], [2], [3]], names=["C", "z", "z"]),
    ):
        with pytest.raises(leadrules.LeadError, match="more than one column is called `z`; rename or drop one"):
            rejected("integer", leads)


def test_an_arrow_type_that_is_not_understood_is_said() -> None:
    arrow = pytest.importorskip("pyarrow")
    for column in (
        arrow.array([(1, 2, 3)], arrow.month_day_nano_interval()),
        arrow.array([1], arrow.decimal256(50, 2)),
    ):
        with pytest.raises(leadrules.LeadError, match="a column of the Arrow table has a type that is not understood"):
            rejected("integer", arrow.table({"C": column}))


@pytest.mark.parametrize("wrong", [{"reasons": -1}, {"reasons": "all"}, {"block_rows": -1}])
def test_a_wrong_number_of_something_is_said(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} is a whole number from"):
        leadrules.loads(KNOWN.format("integer")).score([{"C": 1}], DAY, **wrong)


def test_a_ruleset_can_be_a_key() -> None:
    text = KNOWN.format("integer")
    assert {leadrules.loads(text): 1}[leadrules.loads(text)] == 1
