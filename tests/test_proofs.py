"""Proofs against brute force: what is said of all leads is held against all leads, and every lead named is real."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from generate import Draw, cases, rulesets
from generate.answers import ruleset_of
from generate.small import AS_OF, all_leads, small_ruleset
from hypothesis import HealthCheck, given, settings

from leadrules.analysis.ascent import Ascent
from leadrules.analysis.bounds import bounds
from leadrules.analysis.comparison import Comparison, state_of
from leadrules.analysis.distance import from_condition
from leadrules.analysis.findings import findings
from leadrules.analysis.questions import Analysis, Answer, Extreme
from leadrules.analysis.union import union
from leadrules.checking import check_text
from leadrules.reference import Evaluation, decide
from leadrules.ruleset import And, FieldValue, Known, Model, Or

SLOW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


def model_of(text: str) -> Model:
    return check_text(text).or_raise()


def evaluations(model: Model) -> list[Evaluation]:
    """Every lead of a small ruleset, by the reference."""
    names = tuple(one.name for one in model.fields)
    return [
        Evaluation(model, [lead[f.name] if lead[f.name] is not None else f.default for f in model.fields], AS_OF)
        for lead in all_leads(names)
    ]


def hold(decided: Answer, truth: bool, exact: bool) -> None:
    """An answer against the truth; only where numbers join fields may it be open."""
    assert decided.decided == ("yes" if truth else "no") or (decided.decided == "open" and not exact)


def hold_extreme(found: Extreme, values: list[int], best: Any, exact: bool) -> None:
    if not values:
        assert found.empty or (not exact and found.known is None)
        return
    truth = best(values)
    if exact or found.exact:
        assert (found.known, found.bound) == (truth, truth)
    if found.bound is not None:
        assert best(truth, found.bound) == found.bound


@pytest.mark.parametrize("joined", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_every_proof_agrees_with_brute_force(seed: int, joined: bool) -> None:
    text = small_ruleset(Draw(random.Random(seed).randrange), joined)
    model = model_of(text)
    seen = evaluations(model)
    outcomes = [one.outcome for one in seen]
    scored = [one for one in outcomes if not one.excluded]
    standing = [one for one in scored if not one.disqualified]
    analysis = Analysis([model], AS_OF, 60, cheap=0.05)
    exact = not joined
    for score in (None, *range(len(model.scores))):
        values = [one.total.after if score is None else one.parts[score].after for one in standing]  # type: ignore[union-attr]
        for best in (max, min):
            hold_extreme(analysis.score(score, best is max), values, best, exact)
    for position in range(len(model.stages)):
        hold(analysis.stage(position), any(position in one.held for one in scored), exact)
        hold(analysis.stage(position, final=True), any(one.stage == position for one in scored), exact)
    for position in range(len(model.labels)):
        texts = {one.labels[position] for one in scored}
        told = {text for _, text in analysis.ruling.outcomes(position)}
        assert texts <= told
        for text in sorted(map(str, told)):
            hold(analysis.label(position, text), text in texts, exact)
    for rule in model.rules:
        for row in rule.rows:
            for wanted in (True, False):
                truths = [one.truth(row.condition) is wanted for one in seen if not one.exclude_reasons]
                hold(analysis.condition(row.condition, wanted), any(truths), exact)


@pytest.mark.parametrize("seed", range(4))
def test_two_versions_against_brute_force(seed: int) -> None:
    text = small_ruleset(Draw(random.Random(seed).randrange))
    model = model_of(text)
    other = replace(model, rules=(*model.rules[1:], replace(model.rules[0], rows=model.rules[0].rows[:1])))
    comparison = Comparison(model, other, AS_OF, 60)
    pairs = list(zip(evaluations(model), evaluations(other), strict=True))
    both = [(one, two) for one, two in pairs if not one.exclude_reasons and not two.exclude_reasons]
    change = comparison.largest_change()
    differences = [two.total.after - one.total.after for one, two in both]
    if differences:
        assert (change.up.known, change.down.known) == (max(differences), min(differences))
    moved = {(state_of(model, one), state_of(other, two)) for one, two in pairs}
    for before in comparison.states(False):
        for after in comparison.states(True):
            assert comparison.moves(before, after).decided == ("yes" if (before, after) in moved else "no")
    same = all(
        (one.outcome.held, one.outcome.labels, one.outcome.total)
        == (two.outcome.held, two.outcome.labels, two.outcome.total)
        for one, two in pairs
    )
    assert (next(comparison.difference(), None) is None) == same


@SLOW
@given(cases(rules=5, most_leads=8))
def test_no_lead_of_any_ruleset_contradicts_a_proof(case: Any) -> None:
    """Rulesets with everything in them, however odd: what leads show has not been proved impossible."""
    model = ruleset_of(case.ruleset.text).model
    analysis = Analysis([model], case.as_of, 8, cheap=0.05)
    leads = [analysis.space.evaluation({})]
    choose = random.Random(7)
    for _ in range(40):
        values: dict[int, Any] = {}
        for axis in analysis.space.axes:
            cell = choose.choice(axis.cells)
            if not axis.free and cell.values:
                values[axis.fields[0]] = choose.choice(cell.values)
        leads.append(analysis.space.evaluation(values))
    outcomes = [one.outcome for one in leads if not one.exclude_reasons]
    standing = [one.total.after for one in outcomes if not one.disqualified and one.total is not None]
    best, worst = analysis.score(None, True, cheap=False), analysis.score(None, False, cheap=False)
    if standing:
        assert not best.empty
        assert best.bound is None or best.bound >= max(standing)
        assert worst.bound is None or worst.bound <= min(standing)
    for position in range(len(model.stages)):
        if any(position in one.held for one in outcomes):
            assert not analysis.stage(position).impossible


@SLOW
@given(rulesets(rules=4))
def test_findings_of_any_ruleset_are_problems_never_faults(ruleset: Any) -> None:
    checked = check_text(ruleset.text, "generated.rules", "/generated", read=_generated)
    for one in findings(checked, date(2026, 11, 2), seconds=2):
        assert one.file
        assert one.line >= 1


def _generated(path: Any) -> bytes:
    from generate.statements import FILES

    return FILES[path.name].encode()


def test_a_reordered_and_renamed_ruleset_is_proved_the_same() -> None:
    old = model_of(
        "field a : integer\nfield t : text\nscore fit from 0 to 50 {\nwhen a >= 10 add 20\n"
        'rule x: when t contains "vp" add 40\n'
        'group "G" at most 9 { add 2 per a }\n}\nstage Lead\nstage MQL at 50'
    )
    new = model_of(
        'field t : text\nfield a : integer\nscore fit from 0 to 50 {\ngroup "H" at most 9 { add 2 per a }\n'
        'rule y: when t contains "VP" add 40\nwhen not a < 10 add 20\n}\nstage Lead\nstage MQL at 50'
    )
    assert list(Comparison(old, new, AS_OF).difference()) == []


def test_an_off_by_one_is_found_with_its_lead() -> None:
    text = "field a : integer\nwhen a >= {} add 20\nstage Lead\nstage MQL at 20"
    comparison = Comparison(model_of(text.format(50)), model_of(text.format(51)), AS_OF)
    answer = comparison.moves("MQL", "Lead")
    assert answer.witness is not None
    assert comparison.values(answer.witness) == {"a": 50}
    assert comparison.largest_change().largest.known == -2000


def test_fields_of_other_types_are_not_compared() -> None:
    old, new = model_of("field a : integer\nwhen a >= 5 add 1"), model_of('field a : text\nwhen a is "x" add 1')
    assert union(old, new).apart == ("a",)
    assert next(Comparison(old, new, AS_OF).difference()).answer.decided == "open"


NUMBERS: Mapping[str, tuple[str, int | None, int | None]] = {
    "a group beside rules under one limit": (
        "field a : integer default 0\nfield b : integer default 0\nexclude if not (a > 0 and b > 1)\n"
        'score s from 5 to 10 { points by a { over 0: -7, otherwise: 1 } group "G" at most 90 { when b > 1 add 14 } }',
        700,
        700,
    ),
    "nothing gives points": ("field a : integer\nstage Lead if a > 1", 0, 0),
    "units without end": ("field a : integer\nadd 1 per a", 0, 100_000_000),
    "units without end under a limit": (
        "field a : integer\nfield b : integer\nadd 1 per a\nsubtract 5 per b\ntotal from 0 to 40",
        0,
        4_000,
    ),
    "fading beside units without end": (
        "field a : integer\nfield d : date\nadd 3 per a\nwhen d is known add 7 fading by half every 9 days since d\n"
        "total from 0 to 60",
        0,
        6_000,
    ),
    "huge constants": (
        "field a : number\nwhen a >= 9007199254740991 add 5\nwhen a < -1000000000000 subtract 3",
        -300,
        500,
    ),
    "halves of hundredths": ("field a : boolean\nscore s weight 50% { when a subtract 0.01 }", -1, 0),
    "everybody excluded": ("field a : boolean\nexclude if a is known or a is missing\nwhen a add 5", None, None),
    "one more lead than the limit": ("field a : integer between 1 and 3\nadd 5 per a at most 12", 0, 1_200),
    "a day before the as-of date": (
        f"field d : date\nwhen d in last 1 day add 3\nwhen d after {AS_OF} add 4\nwhen d older than 1 day add 5",
        0,
        500,
    ),
    "a default is always known": ("field a : integer default 7\nwhen a is known add 5", 500, 500),
    "two numbers that cannot both be": (
        "field a : integer\nfield b : integer\nwhen a < b and a > 5 and b < 4 add 9",
        0,
        0,
    ),
    "a share of one": ("field a : integer\nfield b : integer\nwhen a / b >= 0.5 and b between 9 and 11 add 9", 0, 900),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_the_range_of(name: str) -> None:
    text, low, high = NUMBERS[name]
    analysis = Analysis([model_of(text)], AS_OF, 30)
    worst, best = analysis.score(None, False), analysis.score(None, True)
    assert (worst.known, best.known) == (low, high)
    assert worst.exact is (low is not None)
    assert best.exact is (high is not None)


def test_without_time_nothing_is_claimed() -> None:
    model = model_of("field a : integer\nwhen a > 5 add 50\nwhen a < 3 add 40\nstage Lead\nstage MQL at 60")
    found = bounds(model, AS_OF, seconds=0)
    assert not found.decided
    assert {one.held.decided for one in found.stages} == {"open"}
    assert all(one.best.known is None and not one.best.empty for one in found.scores)


def test_every_best_lead_has_the_score_that_is_said() -> None:
    checked = check_text(DEMO)
    model = checked.or_raise()
    found = bounds(model, AS_OF)
    best = found.scores[-1].best
    assert best.witness is not None
    lead = [best.witness.values.get(at, one.default) for at, one in enumerate(model.fields)]
    outcome = decide(model, lead, AS_OF)
    assert outcome.total is not None
    assert outcome.total.after == best.known == 8_000
    mql = found.stages[1]
    assert mql.held.witness is not None
    assert mql.held.fewest
    assert len(mql.held.witness.values) == 1
    assert [model.rules[at].text for at in mql.enough] == ['title mentions "vp"']
    assert mql.needed == ()


DEMO = """
field title : text
field visits : integer default 0
field member : boolean
when title mentions "vp" add 40
when visits >= 3 add 15
when member add 25
stage Lead
stage MQL at 40
"""


def test_the_solver_is_not_loaded_where_nothing_asks_for_it() -> None:
    program = (
        "import sys; from leadrules.checking import check_text; from leadrules.checking.thorough import thorough;"
        f"print(thorough([check_text({DEMO!r})])); print('highspy' in sys.modules or 'numpy' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert shown.splitlines() == ["[]", "False"]


def test_a_climb_finds_points_that_only_come_together() -> None:
    # Points that only come together, and a rule that takes away: the best cells of single fields are not the best lead.
    rules = "\n".join(
        [
            "field a : integer\nfield b : integer\nfield c : text",
            'when a > 5 and b > 7 add 40\nwhen a > 9 and c is "x" subtract 30\nwhen b > 7 and c is "x" add 20',
            "stage Lead",
        ]
    )
    analysis = Analysis([model_of(rules)], date(2026, 11, 22))
    best = analysis.score(None, True)
    assert (best.known, best.bound) == (6_000, 6_000)
    climbed = [analysis.space.evaluation(one).score(None) for one in Ascent(analysis.ruling, None).leads(True)]
    assert max(one for one in climbed if one is not None) == 6_000


def test_a_condition_without_parts_is_a_step_away_from_what_it_cannot_be() -> None:
    """`all of` nothing is true, `any of` nothing is not: a search that wants the other way is told no more."""
    lead = Evaluation(model_of("field a : integer\nwhen a > 1 add 1\n"), [None], AS_OF)
    assert from_condition(lead, And(()), False) == 1
    assert from_condition(lead, Or(())) == 1
    assert from_condition(lead, And((And(()), Known(FieldValue(0, "number")))), False) == 0
