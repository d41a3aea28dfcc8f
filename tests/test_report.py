"""`leadrules report`: its figures against a plain recount, its page as a browser reads it, its findings, its faults."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import html5lib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadrules.checking import check_path
from leadrules.cli.main import exit_code
from leadrules.engine.scorer import Scorer
from leadrules.evidence.outcome import OutcomeReader, outcome_column
from leadrules.evidence.rates import Rate, wilson
from leadrules.leads import match_headers, open_leads
from leadrules.reference import decide, read_values
from leadrules.reporting import bands, findings, outcomes, words
from leadrules.reporting.build import report_of
from leadrules.reporting.counting import MOST_VALUES, Counts, GridCounter, column_named, plain_reason
from leadrules.reporting.figures import Gain, Report, Worth, proportion
from leadrules.reporting.objects import as_object
from leadrules.reporting.rendering import page
from leadrules.running.ordered import scored_blocks

AS_OF = date(2026, 11, 2)
DEMO = Path(__file__).resolve().parent.parent / "rulesets" / "demo"

ODD_RULES = """\
ruleset "<script>alert(1)</script> & \\"x\\" דוח" version "<b>"
field id : text key
field src : text
field n : integer between 0 and 9
field day : date
field won : text optional
exclude if src is "own"
disqualify if n = 1 because "<b>Käse</b>"
disqualify if n < 3 and src is missing
score fit from -10 to 20 { add 2.5 per 2 n  when n >= 8 subtract 12 because "<img src=x onerror=alert(1)> & 'y'" }
score heat weight 50% { when day is known add 30 fading by half every 10 days since day }
score spare weight 0% { when n = 5 add 1 }
when src is "Web" add 7
when n > 9 add 1 because "Never"
stage Lead
stage "מוסמך \\"a\\"" at { 12.5 when src is "Web", otherwise 15 }
stage SQL at 20 after "מוסמך \\"a\\"" if n >= 4 always if n = 9
label band { "hi" when fit > 5, otherwise "lo" }
"""


def report_on(
    rules: Path, leads: Path, *, outcome: str | None = None, by: str | None = None, rows: int = 100_000
) -> Report:
    model = check_path(str(rules)).model
    assert model is not None
    source = open_leads(str(leads))
    headers = match_headers(model.fields, source.headers).headers
    reader = None if outcome is None else OutcomeReader(outcome_column(outcome, source.headers))
    counts = Counts(model, reader, by)
    also = [*([reader.column.header] if reader else []), *([by] if by else [])]
    for block, scored in scored_blocks(Scorer(model, AS_OF), source, headers, also, rows=rows):
        counts.add(block, scored)
    source.close()
    return report_of(counts, AS_OF, source.name, headers)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A ruleset and leads in which every kind of lead, of odd text and of points occurs."""
    folder = tmp_path_factory.mktemp("odd")
    rules, leads = folder / "odd.rules", folder / "odd.csv"
    rules.write_text(ODD_RULES, encoding="utf-8")
    sources = ["Web", "web ", "<script>alert(2)</script>", "דפדפן", "検索広告", "", "own", 'a "b" & c', "x" * 200]
    random = np.random.default_rng(7)
    with leads.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "src", "n", "day", "won"])
        for number in range(400):
            n = str(random.integers(0, 10)) if random.random() > 0.05 else random.choice(["", "x", "12", "5-20"])
            day = f"2026-10-{random.integers(1, 29):02d}" if random.random() > 0.5 else ""
            won = random.choice(["yes", "no", ""], p=[0.2, 0.5, 0.3])
            writer.writerow([f"L{number}", random.choice(sources), n, day, won])
        file.write("broken,too,many,cells,in,this,record\r\n")
    return rules, leads


# -------------------------------------------------------------------- figures


class Recount:
    """The same leads, one by one, as the reference decides them."""

    def __init__(self, rules: Path, leads: Path, outcome: Mapping[str, bool | None] | None, column: str, by: str):
        model = check_path(str(rules)).model
        assert model is not None
        self.model = model
        self.count: Counter[str] = Counter()
        self.now: Counter[int] = Counter()
        self.reached: Counter[int] = Counter()
        self.onward: Counter[int] = Counter()
        self.scores: list[int] = []
        self.pairs: list[tuple[int, int]] = []
        self.fired: Counter[int] = Counter()
        self.points: Counter[int] = Counter()
        self.because: Counter[str] = Counter()
        self.by: dict[str, Counter[str]] = {}
        self.decided: list[tuple[int | None, bool, frozenset[int], int | None]] = []
        self.open: Counter[int] = Counter()
        with leads.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        headers = match_headers(model.fields, rows[0]).headers
        for row in rows[1:]:
            self.count["read"] += 1
            if len(row) != len(rows[0]):
                self.count["rejected"] += 1
                continue
            cells = dict(zip(rows[0], row, strict=True))
            values, bads = read_values(model, {at: cells[header] for at, header in headers.items()})
            if bads:
                self.count["rejected"] += 1
                continue
            self.add(decide(model, values, AS_OF), cells[by], None if outcome is None else outcome[cells[column]])

    def add(self, lead: Any, source: str, won: bool | None) -> None:
        if lead.excluded:
            self.count["excluded"] += 1
            return
        mine = self.by.setdefault(source.strip().lower(), Counter())
        mine["leads"] += 1
        if won is not None:
            mine["decided"] += 1
            mine["won"] += won
        for position, points in lead.contributions:
            self.fired[position] += 1
            self.points[position] += points
        for text in lead.disqualify_reasons:
            self.because[text] += 1
        score = None if lead.disqualified else lead.total.after
        if won is not None:
            self.decided.append((score, won, lead.held, lead.stage))
        if lead.disqualified:
            self.count["disqualified"] += 1
            return
        self.count["scored"] += 1
        self.scores.append(lead.total.after)
        if len(lead.parts) > 1:
            self.pairs.append((lead.parts[0].after, lead.parts[1].after))
        if won is None:
            self.open[-1 if lead.stage is None else lead.stage] += 1
        if lead.stage is not None:
            self.now[lead.stage] += 1
        for stage in lead.held:
            self.reached[stage] += 1
            mine[f"reached {stage}"] += 1
            if stage - 1 in lead.held:
                self.onward[stage] += 1


def assert_agrees(found: Report, expected: Recount) -> None:
    model, leads = expected.model, found.leads
    judged = expected.count["scored"] + expected.count["disqualified"]
    assert (leads.read, leads.scored, leads.disqualified, leads.excluded, leads.rejected) == tuple(
        expected.count[one] for one in ("read", "scored", "disqualified", "excluded", "rejected")
    )
    assert leads.judged == judged
    assert leads.read == leads.scored + leads.disqualified + leads.excluded + leads.rejected

    assert found.funnel is not None
    for at, stage in enumerate(found.funnel.stages):
        assert (stage.now, stage.reached) == (expected.now[at], proportion(expected.reached[at], judged))
        if at:
            assert stage.onward == proportion(expected.onward[at], expected.reached[at - 1])

    assert found.scores is not None
    scores = sorted(expected.scores)
    assert (found.scores.leads, found.scores.least, found.scores.most) == (
        len(scores), scores[0] / 100, scores[-1] / 100,
    )  # fmt: skip
    assert found.scores.median * 100 == scores[(len(scores) - 1) // 2]
    for one in found.scores.bands:
        assert one.leads.count == sum(in_band(one.band, score) for score in scores)
    assert sum(one.leads.count for one in found.scores.bands) == len(scores)
    for threshold in found.scores.thresholds:
        assert threshold.at_least.count == sum(score >= threshold.points * 100 for score in scores)

    assert found.rules is not None
    by_text = {(one.text, one.place): one for one in found.rules.rules}
    assert len(by_text) == len(model.rules)
    for at, rule in enumerate(model.rules):
        assert rule.span is not None
        one = by_text[rule.text, f"{rule.span.source.path}:{rule.span.source.place(rule.span.start)[0]}"]
        assert (one.fired.count, round(one.points * 100)) == (expected.fired[at], expected.points[at])
        assert one.fired.of == judged
    assert found.rules.never == sum(not expected.fired[at] for at in range(len(model.rules)))

    assert found.dropped is not None
    assert {one.text: one.leads.count for one in found.dropped.disqualified} == dict(expected.because)
    assert sum(one.leads.count for one in found.dropped.rejected) >= leads.rejected > 0

    assert found.grid is not None
    for down, row in zip(found.grid.down_bands, found.grid.leads, strict=True):
        for across, cell in zip(found.grid.across_bands, row, strict=True):
            inside = (in_band(down, one) and in_band(across, other) for one, other in expected.pairs)
            assert cell == sum(inside)
    assert sum(map(sum, found.grid.leads)) == found.grid.all == len(scores)

    assert found.sources is not None
    stages = [[stage.name for stage in model.stages].index(name) for name in found.sources.stages]
    rows = [*found.sources.values, *([found.sources.others] if found.sources.others else [])]
    assert sum(one.leads for one in rows) == found.sources.all.leads == judged
    for one in found.sources.values:
        mine = expected.by[one.value.lower()]
        assert one.leads == mine["leads"]
        assert [stage.count for stage in one.reached] == [mine[f"reached {stage}"] for stage in stages]
        if one.won is not None:
            assert (one.won.count, one.won.of) == (mine["won"], mine["decided"])


def assert_outcomes_agree(found: Report, expected: Recount) -> None:
    seen = found.outcomes
    assert seen is not None and seen.rates is not None and seen.stages is not None and seen.calibration is not None
    wins = sum(won for _, won, _, _ in expected.decided)
    assert seen.won == proportion(wins, len(expected.decided))
    assert seen.rates.disqualified == proportion(
        sum(won for score, won, _, _ in expected.decided if score is None),
        sum(score is None for score, _, _, _ in expected.decided),
    )
    live = [(score, won) for score, won, _, _ in expected.decided if score is not None]
    for band in seen.rates.bands:
        mine = [won for score, won in live if in_band(band.band, score)]
        assert band.won == proportion(sum(mine), len(mine))
    for worth in seen.calibration.worths:
        mine = [won for score, won in live if worth.low * 100 <= score <= worth.high * 100]
        assert worth.won == proportion(sum(mine), len(mine))
    for at, stage in enumerate(seen.stages.stages):
        mine = [won for _, won, held, _ in expected.decided if at in held]
        assert stage.precision == proportion(sum(mine), len(mine))
        assert stage.recall == proportion(sum(mine), wins)
        now = [won for _, won, _, where in expected.decided if where == at]
        assert stage.now == proportion(sum(now), len(now))
    ranks = [(-(10**9) if score is None else score, won) for score, won, _, _ in expected.decided]
    beaten = [
        1.0 if one > other else 0.5 if one == other else 0.0
        for one, won in ranks
        if won
        for other, lost in ranks
        if not lost
    ]
    assert seen.auc == pytest.approx(sum(beaten) / len(beaten))
    forecast = seen.forecast
    assert forecast is not None
    assert {one.name: one.open for one in forecast.stages if one.open} == {
        expected.model.stages[at].name: count for at, count in expected.open.items()
    }
    assert forecast.expected == pytest.approx(
        sum(one.open * one.rate.count / one.rate.of for one in forecast.stages if one.expected is not None)
    )
    assert forecast.low <= forecast.expected <= forecast.high


def in_band(band: Any, hundredths: int) -> bool:
    low, high = (None if edge is None else round(edge * 100) for edge in (band.low, band.high))
    if low is not None and hundredths < low:
        return False
    return high is None or hundredths < high or (band.closed and hundredths == high)


def test_demo_agrees_with_a_recount() -> None:
    outcome = {"Ready": True, "Nurture": False, "Suspect": False, "": None}
    found = report_on(DEMO / "inbound.rules", DEMO / "leads.csv", outcome="Sales Outcome=Ready", by="Lead Source")
    expected = Recount(DEMO / "inbound.rules", DEMO / "leads.csv", outcome, "Sales Outcome", "Lead Source")
    assert_agrees(found, expected)
    seen = found.outcomes
    assert seen is not None and seen.forecast is not None
    # Nobody was decided who is still a Lead or an MQL: nothing is foretold from those that sales chose to work.
    assert (seen.forecast.open, seen.forecast.counted, seen.forecast.expected) == (311, 0, 0)


@pytest.mark.parametrize("rows", [100_000, 7])
def test_odd_leads_agree_with_a_recount(odd: tuple[Path, Path], rows: int) -> None:
    found = report_on(*odd, outcome="won", by="src", rows=rows)
    expected = Recount(*odd, {"yes": True, "no": False, "": None}, "won", "src")
    assert_agrees(found, expected)
    assert_outcomes_agree(found, expected)


def test_blocks_change_nothing(odd: tuple[Path, Path]) -> None:
    assert report_on(*odd, outcome="won", by="src", rows=7) == report_on(*odd, outcome="won", by="src")


def test_reasons_for_rejecting_are_counted_without_their_values(odd: tuple[Path, Path]) -> None:
    dropped = report_on(*odd).dropped
    assert dropped is not None
    reasons = {one.text: one.seen for one in dropped.rejected}
    assert set(reasons) == {
        "n: is not a whole number",
        "n: is not between 0 and 9",
        "7 cells where the header has 5",
    }
    assert set(reasons["n: is not a whole number"]) == {"x", "5-20"}
    assert plain_reason("`a` is not ` is not a number") == "is not a number"


@given(
    st.lists(st.integers(-(10**8), 10**8) | st.integers(-50, 200).map(lambda n: n * 100), min_size=1, max_size=60),
    st.integers(2, 20),
)
def test_every_score_is_in_one_band(numbers: list[int], most: int) -> None:
    scores, leads = np.unique(np.array(numbers, dtype=np.int64), return_counts=True)
    edges = bands.edges(scores, leads, most)
    found = bands.bands(edges, int(scores[0]), int(scores[-1]), whole=bool((scores % 100 == 0).all()))
    assert all(one < other for one, other in pairwise(edges))
    assert len(found) <= most + 3
    assert all(sum(in_band(band, score) for band in found) == 1 for score in scores.tolist())
    assert sum(bands.counted(found, scores, leads)) == len(numbers)
    assert len({band.label for band in found}) == len(found)


def test_grid_keeps_its_size() -> None:
    counter = GridCounter()
    counter.MOST = 50  # type: ignore[misc]
    random = np.random.default_rng(1)
    across, down = random.integers(-9_000, 9_000, (2, 3_000))
    for part in range(0, 3_000, 500):
        counter.add(across[part : part + 500], down[part : part + 500])
    one, other, leads = counter.counts()
    assert counter.grain == 10_000
    assert len(leads) <= 50
    assert leads.sum() == 3_000
    assert leads[(one < 0) & (other >= 0)].sum() == np.count_nonzero((across < 0) & (down >= 0))


@pytest.mark.parametrize(("won", "decided", "leads"), [(3, 10, 40), (50, 100, 60), (1, 200, 500), (0, 40, 30)])
def test_forecast_is_beta_binomial(won: int, decided: int, leads: int) -> None:
    from scipy.stats import betabinom

    exact = betabinom(leads, won + 0.5, decided - won + 0.5)
    variance = outcomes.beta_binomial_variance(leads, Rate(decided, won))
    assert variance == pytest.approx(exact.var())
    low, high = outcomes.interval(leads, float(exact.mean()), variance)
    assert low == pytest.approx(exact.ppf(0.025), abs=1.01)
    assert high == pytest.approx(exact.ppf(0.975), abs=1.01)


def test_proportions_have_wilson_intervals() -> None:
    one = proportion(3, 12)
    assert (one.share, one.low, one.high) == (0.25, *wilson(3, 12))
    assert proportion(0, 0).share is None


# ----------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("above", "below", "finding"),
    [
        ((90, 250), (90, 1_000), "won 4 times as often as the rest: 36 % of 250 against 9 % of 1,000"),
        ((60, 100), (90, 300), "won twice as often as the rest: 60 % of 100 against 30 % of 300"),
        ((9, 250), (90, 250), "won less often than the rest: 4 % of 250 against 36 % of 250"),
        ((8, 10), (20, 39), "80 points or more mean more wins: 8 of 10 against 20 of 39"),
        ((40, 300), (90, 700), "won about as often as the rest: 13 % of 300 against 13 % of 700"),
        ((40, 100), (0, 100), "All wins come from leads of 80 points or more: 40 % of 100 against 0 % of 100"),
        ((0, 0), (3, 12), "No decided lead has 80 points; 3 of 12 of the others won"),
    ],
)  # fmt: skip
def test_finding_about_win_rates(above: tuple[int, int], below: tuple[int, int], finding: str) -> None:
    assert findings.of_rates(proportion(*above), proportion(*below), "80").endswith(finding)


@pytest.mark.parametrize(
    ("won", "area", "told", "finding"),
    [
        ((390, 1_000), 0.774, True, "39 % of the decided leads were won; "
            "of a won and a lost lead, the won one scores higher 77 % of the time"),
        ((390, 1_000), 0.52, False, "39 % of the decided leads were won, and the score does not clearly tell which"),
        ((3, 12), None, False, "3 of 12 decided leads were won"),
    ],
)  # fmt: skip
def test_finding_about_outcomes(won: tuple[int, int], area: float | None, told: bool, finding: str) -> None:
    assert findings.of_outcomes(proportion(*won), area, told) == finding


@pytest.mark.parametrize(
    ("share", "wins", "finding"),
    [
        (0.41, 3_561, "The best-scored fifth of the leads holds 41 % of the wins"),
        (0.25, 40, "The best-scored fifth of the leads holds 25 % of the wins: no more than chance allows"),
        (0.5, 4, "The best-scored fifth of the leads holds 50 % of the wins, but there are only 4 wins to go by"),
    ],
)
def test_finding_about_gains(share: float, wins: int, finding: str) -> None:
    assert findings.of_gains([Gain(0, 0), Gain(0.2, share), Gain(1, 1)], wins) == finding


@pytest.mark.parametrize(
    ("high", "low", "falls", "finding"),
    [
        ((87, 100), (6, 100), True, "; in between, more points are not always better"),
        ((87, 100), (6, 100), False, "87 % of the leads that score 90 or more were won, and 6 % of those up to 3"),
        ((17, 100), (24, 100), True, ": no clear difference"),
        ((4, 6), (0, 6), False, "0 of 6 of those up to 3: no clear difference"),
    ],
)  # fmt: skip
def test_finding_about_what_a_score_is_worth(
    high: tuple[int, int], low: tuple[int, int], falls: bool, finding: str
) -> None:
    worths = [Worth(0, 3, 1, proportion(*low), 0), Worth(90, 99, 95, proportion(*high), 1)]
    assert findings.of_calibration(worths, falls).endswith(finding)


def test_words() -> None:
    assert words.said(proportion(3, 12)) == "3 of 12"
    assert words.said(proportion(30, 120)) == "25 %"
    assert words.interval(proportion(30, 120)) == "18 to 33 %"
    assert words.interval(proportion(0, 0)) == ""
    assert words.points(-1234.5) == "−1,234.5"
    assert words.quoted("דוח") == "“\u2068דוח\u2069”"
    assert words.cut("見込み客の段階", 8) == "見込み…"
    assert words.named("MQL") == "MQL"
    assert words.named("Hot lead") == "“Hot lead”"


def test_milestones_are_the_stages_that_tell_leads_apart(tmp_path: Path) -> None:
    def chosen(stages: str, scored: int, *reached: int) -> list[str]:
        (tmp_path / "s.rules").write_text("field n : integer\nwhen n > 1 add 1\n" + stages)
        model = check_path(str(tmp_path / "s.rules")).model
        assert model is not None
        return [model.stages[at].name for at in findings.milestones(model, scored, reached)]

    assert chosen("stage Lead\nstage MQL at 1\nstage Hot at 2\nstage SQL at 3", 9, 9, 5, 4, 1) == ["MQL", "SQL"]
    assert chosen("stage A\nstage B at 1\nstage C at 2\nstage D at 3\nstage E at 4", 9, 9, 5, 4, 1, 1) == [
        "B",
        "C",
        "E",
    ]
    assert chosen("stage A\nstage B at 1", 1, 1, 1) == ["B"]
    assert chosen("", 5) == []


# ------------------------------------------------------------------------ page


def parsed(text: str) -> Any:
    """The page as a browser reads it; fails where that would be by mending it."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def shown(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def table(tree: Any, section: str, which: int = 0) -> list[list[str]]:
    found = next(one for one in tree.iter("section") if one.get("id") == section)
    return [[shown(cell) for cell in row] for row in list(found.iter("table"))[which].find("tbody")]


@pytest.fixture(scope="module")
def odd_report(odd: tuple[Path, Path]) -> Report:
    return report_on(*odd, outcome="won", by="src")


def test_page_is_whole_and_asks_for_nothing(odd_report: Report) -> None:
    text = page(odd_report)
    tree = parsed(text)
    assert not re.findall(
        r"https?:|//[a-z]|@import|url\((?!#)", re.sub(r"<script>.*?</script>|//.*", "", text, flags=re.S)
    )
    for element in tree.iter():
        if isinstance(element.tag, str):
            assert element.tag not in ("link", "img", "iframe", "object", "embed", "base", "image")
            assert not element.get("src")
            assert (element.get("href") or "#").startswith("#")
    pictures = [one for one in tree.iter() if isinstance(one.tag, str) and one.tag.endswith("svg")]
    assert len(pictures) == 7
    assert all(one.get("role") == "img" and len(one.get("aria-label") or "") > 30 for one in pictures)
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(one.get("scope") in ("row", "col") for one in tree.iter("th"))


def test_what_users_wrote_is_escaped(odd_report: Report) -> None:
    tree = parsed(page(odd_report))
    assert len(list(tree.iter("script"))) == 1
    assert not list(tree.iter("img"))
    assert shown(next(tree.iter("h1"))) == '<script>alert(1)</script> & "x" דוח'
    texts = {row[0] for row in table(tree, "rules")}
    assert "<img src=x onerror=alert(1)> & 'y'" in texts
    assert {row[0] for row in table(tree, "dropped")} >= {"<b>Käse</b>"}
    assert "<script>alert(2)</script>" in {row[0] for row in table(tree, "sources")}


def test_page_says_what_the_json_says(odd_report: Report) -> None:
    tree, data = parsed(page(odd_report)), json.loads(json.dumps(as_object(odd_report)))
    titles = [shown(one) for one in tree.iter("h2")]
    for finding in data["findings"]:
        assert finding in titles
    funnel = {row[0]: row for row in table(tree, "funnel")}
    for stage in data["funnel"]["stages"]:
        row = funnel[stage["name"]]
        assert (row[1], row[2]) == (f"{stage['now']:,}", f"{stage['reached']['count']:,}")
    rows = {row[0]: row for row in table(tree, "rules")}
    for rule in data["rules"]["rules"]:
        if rule["fired"]["count"]:
            assert rows[rule["text"]][2] == f"{rule['fired']['count']:,}"
    for row, one in zip(table(tree, "sources"), data["sources"]["values"], strict=True):
        assert row[1] == f"{one['leads']:,}"
        assert row[-3:-1] == [f"{one['won']['of']:,}", f"{one['won']['count']:,}"]
    for row, worth in zip(table(tree, "calibration"), data["outcomes"]["calibration"]["worths"], strict=True):
        assert row[1:3] == [f"{worth['won']['of']:,}", f"{worth['won']['count']:,}"]
    forecast = data["outcomes"]["forecast"]
    assert f"(from {forecast['low']} to {forecast['high']})" in forecast["title"]


def test_sections_without_anything_to_show_are_left_out(odd_report: Report) -> None:
    bare = replace(odd_report, funnel=None, outcomes=None, sources=None, grid=None, dropped=None)
    found = {one.get("id") for one in parsed(page(bare)).iter("section")}
    assert found == {None, "scores", "rules", "columns"}


# --------------------------------------------------------------------- command


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.rules").write_text(
        "field visits : integer default 0\nfield source : text from \"Lead Source\"\n"
        "when visits >= 3 add 36\nwhen source is \"Web\" add 5\nstage Lead\nstage MQL at 30\n"
    )  # fmt: skip
    (tmp_path / "leads.csv").write_text("Visits,Lead Source,Won\n5,Web,yes\n1,Fair,no\n9,Web,no\nx,Web,no\n")
    (tmp_path / "none.csv").write_text("Visits,Lead Source,Won\n")
    return tmp_path


def run(command: str) -> int:
    import shlex

    return exit_code(["report", *shlex.split(command)])


FAULTS = [
    (
        "r.rules leads.csv --by Sorce",
        "no column is called `Sorce`, which `--by` names\n  = help: did you mean `source`?",
    ),
    ("r.rules leads.csv --by Zzz", "the columns are `Visits`, `Lead Source`, `Won`"),
    ("r.rules leads.csv --outcome Wonn", "did you mean `Won`?"),
    ("r.rules leads.csv --outcome Visits", "`Visits` does not say which leads are won"),
    ("r.rules leads.csv --lost no", "name it with --outcome"),
    ("r.rules none.csv -o o.html", "`none.csv` has no leads: there is nothing to report"),
    ("r.rules leads.csv -o nowhere/o.html", "cannot write `nowhere/o.html`: its folder does not exist"),
    ("r.rules leads.csv -o leads.csv", "`leads.csv` is used by this run already"),
    ("r.rules leads.csv -o r.rules", "`r.rules` is used by this run already"),
    ("r.rules leads.csv -o o.html --png leads.csv", "--png names `leads.csv`, which is a file"),
    ("r.rules leads.csv -o o.html --png a/b", "cannot write `a/b`"),
    ("r.rules none.csv -o o.html --png pictures", "there is nothing to report"),
    ("leads.csv r.rules", "the ruleset comes first"),
]


@pytest.mark.parametrize(("command", "message"), FAULTS)
def test_what_cannot_be_done_is_said_and_leaves_nothing(
    place: Path, command: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {one: one.read_bytes() for one in place.iterdir()}
    assert run(command) == 2
    shown = capsys.readouterr()
    assert message in shown.err
    assert shown.out == ""
    assert {one: one.read_bytes() for one in place.iterdir()} == before


def test_a_column_of_too_many_values_is_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (place / "ids.csv").open("w") as file:
        file.write("Visits,Lead Source,Id\n")
        file.writelines(f"1,Web,{number}\n" for number in range(MOST_VALUES + 1))
    assert run("r.rules ids.csv --by Id -o o.html") == 2
    assert "has more than 20,000 different values" in capsys.readouterr().err
    assert not (place / "o.html").exists()


def test_page_json_and_pictures(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("r.rules leads.csv --as-of 2026-11-02 --by source --max-rejects 1 -o o.html --png pictures") == 0
    assert capsys.readouterr().err == (
        "4 leads read: 3 scored, 1 rejected; report written to o.html, 3 pictures to pictures\n"
    )
    parsed((place / "o.html").read_text(encoding="utf-8"))
    assert {one.name for one in (place / "pictures").iterdir()} == {"funnel.png", "scores.png", "sources.png"}
    assert all(one.read_bytes().startswith(b"\x89PNG\r\n") for one in (place / "pictures").iterdir())
    assert run("r.rules leads.csv --as-of 2026-11-02 -o o.json --max-rejects 50%") == 0
    assert json.loads((place / "o.json").read_text(encoding="utf-8"))["leads"]["scored"] == 3
    capsys.readouterr()
    assert run("r.rules leads.csv --as-of 2026-11-02 --format json --max-rejects 50%") == 0
    assert capsys.readouterr().out == (place / "o.json").read_text(encoding="utf-8")


def test_rejected_leads_are_something_to_report(place: Path) -> None:
    assert run("r.rules leads.csv -o o.html") == 1
    assert (place / "o.html").exists()


@pytest.mark.parametrize(
    "leads", ["5,Web,yes\n", "x,Web,yes\n", "5,Web,yes\n5,Web,no\n", "1000000000000,Web,yes\n2,Web,no\n"]
)
def test_few_and_odd_leads_make_a_page(place: Path, leads: str) -> None:
    (place / "few.csv").write_text("Visits,Lead Source,Won\n" + leads)
    asked = " --outcome Won" if "no" in leads else ""
    assert run(f"r.rules few.csv --by 'Lead Source'{asked} --max-rejects 9 -o o.html --png p") == 0
    parsed((place / "o.html").read_text(encoding="utf-8"))


def test_the_same_leads_give_the_same_bytes(odd: tuple[Path, Path], tmp_path: Path) -> None:
    """In this process, which hashes as chance has it, and in another that hashes otherwise."""
    asked = ["report", *map(str, odd), "--as-of", "2026-11-02", "--outcome", "won", "--by", "src", "-o"]
    here, there = tmp_path / "here.html", tmp_path / "there.html"
    assert exit_code([*asked, str(here)]) == 1
    environment = os.environ | {"PYTHONHASHSEED": "1", "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    done = subprocess.run([sys.executable, "-m", "leadrules", *asked, str(there)], env=environment, check=False)
    assert done.returncode == 1
    assert here.read_bytes() == there.read_bytes()


def test_by_names_a_column_or_a_field() -> None:
    headers, fields = ["Lead Source", "lead_source", "Country"], {"origin": "Lead Source"}
    assert column_named("lead_source", headers, fields) == "lead_source"
    assert column_named(" lead source", headers, fields) == "Lead Source"
    assert column_named("origin", headers, fields) == "Lead Source"
