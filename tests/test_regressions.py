"""Faults that generated rulesets and leads brought to light, each in its smallest form, with the answer by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

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
