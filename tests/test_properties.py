"""What must hold of every ruleset and every lead, tried on generated ones.

`LEADRULES_PROFILE=slow` tries many more, and larger, than a test run has time for.
A disagreement that these found has a case of its own in `test_regressions.py`.
"""

from __future__ import annotations

import os
import pickle
from contextlib import suppress
from datetime import date
from typing import Any

import polars as pl
import pytest
from generate import Case, case_of_seed, cases, damaged_texts, odd_cases, texts
from generate.answers import added_names, by_engine, by_reference, ruleset_of, text_frame, typed_frame
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import leadrules
from leadrules import bins, kernel
from leadrules.checking import check_text
from leadrules.engine import block, columns, points, search, spellings, tables
from leadrules.language.parser import parse
from leadrules.language.printer import format_source
from leadrules.language.source import Source

SLOW = os.environ.get("LEADRULES_PROFILE") == "slow"
RULES, LEADS = (24, 60) if SLOW else (8, 14)
REASONS = (3, 1, None, 0)

pytestmark = pytest.mark.filterwarnings("ignore::leadrules.frames.LeadWarning")


def tried(examples: int) -> settings:
    """So many examples; in the slow profile, a hundred times as many."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(max_examples=examples * (100 if SLOW else 1), deadline=None, suppress_health_check=checks)


def loaded(case: Case) -> leadrules.Ruleset:
    return ruleset_of(case.ruleset.text)


@tried(60)
@given(cases(RULES, LEADS), st.sampled_from(REASONS))
def test_the_engine_agrees_with_the_reference_on_leads_as_text(case: Case, reasons: int | None) -> None:
    ruleset = loaded(case)
    expected = by_reference(ruleset, case.leads.raw(), case.as_of, reasons)
    assert by_engine(ruleset, text_frame(case.leads), case.as_of, reasons) == expected
    assert by_engine(ruleset, case.leads.raw(), case.as_of, reasons) == expected


def as_polars(case: Case) -> Any:
    return typed_frame(case.leads)


def as_lazy(case: Case) -> Any:
    return typed_frame(case.leads).lazy()


def as_pandas(case: Case) -> Any:
    pytest.importorskip("pandas")
    return typed_frame(case.leads).to_pandas()


def as_arrow(case: Case) -> Any:
    pytest.importorskip("pyarrow")
    return typed_frame(case.leads).to_arrow()


def as_dicts(case: Case) -> Any:
    return case.leads.typed()


@pytest.mark.parametrize("shape", [as_polars, as_lazy, as_pandas, as_arrow, as_dicts])
def test_the_engine_agrees_with_the_reference_on_typed_leads(shape: Any) -> None:
    @tried(15)
    @given(cases(RULES, LEADS), st.sampled_from(REASONS))
    def agrees(case: Case, reasons: int | None) -> None:
        ruleset = loaded(case)
        expected = by_reference(ruleset, case.leads.typed(), case.as_of, reasons)
        assert by_engine(ruleset, shape(case), case.as_of, reasons) == expected

    agrees()


@tried(40)
@given(odd_cases(RULES, LEADS))
def test_the_engine_agrees_with_the_reference_on_columns_of_any_type(odd: tuple[Case, pl.DataFrame]) -> None:
    case, frame = odd
    ruleset = loaded(case)
    expected = by_reference(ruleset, frame.to_dicts(), case.as_of, 3)
    assert by_engine(ruleset, frame, case.as_of, 3) == expected


@tried(25)
@given(cases(RULES, LEADS))
def test_dicts_may_leave_out_what_is_missing(case: Case) -> None:
    ruleset = loaded(case)
    leads = [{header: cell for header, cell in lead.items() if cell is not None} for lead in case.leads.typed()]
    expected = by_reference(ruleset, case.leads.typed(), case.as_of, 3)
    assert by_reference(ruleset, leads, case.as_of, 3) == expected
    assert by_engine(ruleset, leads, case.as_of, 3) == expected


@tried(25)
@given(cases(RULES, LEADS))
def test_a_value_means_the_same_as_text_and_as_an_object(case: Case) -> None:
    ruleset = loaded(case)
    known = [place for place, typed in enumerate(case.leads.known()) if typed]
    as_text = by_reference(ruleset, case.leads.only(*known).raw(), case.as_of, None)
    as_objects = by_reference(ruleset, case.leads.typed(), case.as_of, None)
    assert as_text[0] == as_objects[0]
    assert [bad[:2] for bad in as_text[1]] == [bad[:2] for bad in as_objects[1]]


@tried(25)
@given(cases(RULES, LEADS), st.integers(1, 5), st.integers(1, 4))
def test_blocks_and_threads_never_change_an_answer(case: Case, block_rows: int, threads: int) -> None:
    ruleset = loaded(case)
    frame = text_frame(case.leads)
    whole = by_engine(ruleset, frame, case.as_of, 3)
    again = ruleset_of(case.ruleset.text)
    assert by_engine(again, frame, case.as_of, 3, block_rows=block_rows, threads=threads) == whole
    assert by_engine(again, frame, case.as_of, 3, threads=1) == whole


@tried(25)
@given(cases(RULES, LEADS))
def test_room_for_tables_never_changes_an_answer(case: Case) -> None:
    """Where joint tables do not fit, masks do the work; where too many texts were met, some are met again."""
    frame = text_frame(case.leads)
    expected = by_engine(loaded(case), frame, case.as_of, None)
    with pytest.MonkeyPatch.context() as tight:
        for module in (block, points, tables):
            tight.setattr(module, "JOINT_BINS", 12)
        tight.setattr(bins.TextAxis, "REMEMBERED", 3)
        tight.setattr(search.Search, "CELLS", 64)
        tight.setattr(columns.ColumnReader, "REMEMBERED", 3)
        tight.setattr(spellings, "MANY", 4)
        assert by_engine(loaded(case), frame, case.as_of, None, block_rows=4) == expected


@tried(40)
@given(odd_cases(RULES, LEADS), st.sampled_from(REASONS))
def test_the_kernel_never_changes_an_answer(odd: tuple[Case, pl.DataFrame], reasons: int | None) -> None:
    case, frame = odd
    compiled = by_engine(loaded(case), frame, case.as_of, reasons)
    with pytest.MonkeyPatch.context() as without:
        without.setattr(kernel, "KERNEL", None)
        assert by_engine(loaded(case), frame, case.as_of, reasons) == compiled


@tried(25)
@given(cases(RULES, LEADS), st.randoms(use_true_random=False))
def test_the_order_of_rules_never_changes_points(case: Case, random: Any) -> None:
    words = ("when", "add", "subtract", "points", "rule", "group", "score")
    statements = list(case.ruleset.statements)
    places = [place for place, statement in enumerate(statements) if statement.startswith(words)]
    moved = random.sample(places, len(places))
    for place, other in zip(places, moved, strict=True):
        statements[place] = case.ruleset.statements[other]
    frame = text_frame(case.leads)
    one = loaded(case).score(frame, case.as_of, reasons=0, rejects=[])
    other = ruleset_of("\n".join(statements)).score(frame, case.as_of, reasons=0, rejects=[])
    assert other.select(one.columns).to_dicts() == one.to_dicts()


@tried(25)
@given(cases(RULES, LEADS))
def test_a_ruleset_in_the_one_layout_gives_the_same_answers(case: Case) -> None:
    """The reasons too: they say a rule's source as the layout has it."""
    printed = format_source(Source("generated.rules", case.ruleset.text))
    assert printed is not None
    frame = text_frame(case.leads)
    expected = by_engine(loaded(case), frame, case.as_of, None)
    assert by_engine(ruleset_of(printed), frame, case.as_of, None) == expected


@tried(15)
@given(cases(RULES, LEADS))
def test_a_pickled_ruleset_gives_the_same_answers(case: Case) -> None:
    ruleset = loaded(case)
    frame = text_frame(case.leads)
    expected = by_engine(ruleset, frame, case.as_of, 3)
    assert by_engine(pickle.loads(pickle.dumps(ruleset)), frame, case.as_of, 3) == expected


@tried(25)
@given(cases(RULES, LEADS))
def test_the_leads_own_columns_come_out_as_they_went_in(case: Case) -> None:
    ruleset = loaded(case)
    frame = text_frame(case.leads)
    rejects: list[Any] = []
    result = ruleset.score(frame, case.as_of, rejects=rejects)
    bad = {reject.row for reject in rejects}
    assert result.columns == frame.columns + added_names(ruleset, 3)
    assert result.select(frame.columns).rows() == [row for place, row in enumerate(frame.rows()) if place not in bad]


@tried(25)
@given(cases(RULES, LEADS))
def test_an_explanation_adds_up_to_the_scores(case: Case) -> None:
    """Contributions, limited by group and score, weighted and limited again, are the parts and the total."""
    ruleset = loaded(case)
    model = ruleset.model
    for lead in case.leads.raw():
        with suppress(leadrules.LeadError):
            decision = ruleset.score_one(lead, case.as_of)
            if not decision.excluded:
                parts = {None: 0} | {score.name: 0 for score in model.scores}
                for group in (None, *model.groups):
                    title = group and group.title
                    inside = [one for one in decision.contributions if one.group == title]
                    for part in parts:
                        points = sum(round(one.points * 100) for one in inside if one.score == part)
                        owner = None if group is None or group.score is None else model.scores[group.score].name
                        parts[part] += group.limits.apply(points) if group is not None and owner == part else points
                limited = {score.name: score.limits.apply(parts[score.name]) for score in model.scores}
                weighted = sum(limited[score.name] * score.weight for score in model.scores) + parts[None] * 10_000
                total = (abs(weighted) + 5_000) // 10_000 * (1 if weighted >= 0 else -1)
                assert {name: round(points * 100) for name, points in decision.scores.items()} == limited
                assert decision.score is not None
                assert round(decision.score * 100) == model.total.apply(total)


@tried(60)
@given(texts(RULES))
def test_what_is_printed_reads_as_the_same_tree(text: str) -> None:
    tree, problems = parse(Source("generated.rules", text))
    assert problems == []
    printed = format_source(Source("generated.rules", text))
    assert printed is not None
    again, problems = parse(Source("printed.rules", printed))
    assert problems == []
    assert again == tree
    assert format_source(Source("printed.rules", printed)) == printed


@tried(150)
@given(damaged_texts(RULES))
def test_damage_is_reported_and_never_raises(text: str) -> None:
    checked = check_text(text, "damaged.rules")
    errors = [problem for problem in checked.problems if problem.severity == "error"]
    assert (checked.model is None) == bool(errors)
    for problem in checked.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
        assert problem.message
        assert "\n" not in problem.message


@tried(200)
@given(st.text(max_size=200) | st.text(alphabet='when add{}()"`/#:,=<>-.0123 \n\tis', max_size=200))
def test_any_text_gives_problems_and_never_raises(text: str) -> None:
    assert isinstance(check_text(text, "any.rules").problems, list)


@pytest.mark.parametrize("seed", range(1000 if SLOW else 3))
def test_large_rulesets_agree_on_many_leads(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cases larger than Hypothesis draws: many rules, and leads enough for blocks that learn from one another."""
    case = case_of_seed(seed, rules=60, most_leads=400)
    ruleset = loaded(case)
    expected = by_reference(ruleset, case.leads.raw(), case.as_of, 3)
    assert by_engine(ruleset, text_frame(case.leads), case.as_of, 3, block_rows=64, threads=2) == expected
    monkeypatch.setattr(kernel, "KERNEL", None)
    assert by_engine(ruleset, text_frame(case.leads), case.as_of, 3, block_rows=64, threads=2) == expected


def test_generated_rulesets_use_every_statement_of_the_language() -> None:
    """The generators must not grow blind: each of these stands somewhere in a few hundred rulesets."""
    words = (
        "missing values", "bad as missing", "format", "between", "list chiefs", "add", "subtract", "per", "points by",
        "points first",
        "fading to zero", "fading by half", "% every", "unless", "at most", "until", "because", "group", "weight",
        "total", "exclude if",
        "disqualify if", "asks", "always if", "after", "holds", "stage is", "label", "mentions any", "does not match",
        "is exactly",
        "at least 2 of", "none of", "days since", "in last", "in next", "older than", "includes any", "is personal",
        "is not at any",
    )  # fmt: skip
    written = "".join(case_of_seed(seed, most_leads=1).ruleset.text for seed in range(300))
    assert [word for word in words if word not in written] == []
    assert isinstance(case_of_seed(1).as_of, date)
