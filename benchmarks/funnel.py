"""The funnel workload: what teams write. Titles, addresses, windows of days, fading, a group, labels, a framework.

Titles have tens of thousands of spellings and every address is another, so
that text cannot be remembered away.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

AS_OF = date(2026, 1, 1)
TEXT = """
field title      : text
field email      : email
field country    : text
field employees  : integer
field revenue    : number
field created    : date
field last_visit : date
field demo_on    : date
field visits     : integer
field clicks     : integer
field delivered  : integer
field budget     : number
field pain       : text

list chiefs = "ceo", "cto", "cfo", "founder", "owner"
list heads  = "head of", "vp", "director"
let  click_rate = clicks / delivered

disqualify if country in ("Atlantis", "Utopia") because "Nowhere"

score fit from 0 to 100 {
  points first "Seniority" { title mentions any chiefs: 40, title mentions any heads: 25, otherwise: 0 }
  points by employees { 1 to 50: 5, 51 to 200: 15, 201 to 1000: 25, over 1000: 20 }
  points by country { "Germany", "France": 10, "Spain": 5, otherwise: 1 }
  when revenue between 100 and 500 and employees > 20 add 8
  when email ends with ".edu" subtract 10
  when email contains "sales" subtract 3
}
score engagement from 0 to 100 {
  when clicks >= 3 add 16
  when click_rate >= 0.2 add 10
  group "Site" at most 40 {
    add 2 per visits at most 20
    when demo_on is known add 30 fading to zero over 60 days since demo_on
    when last_visit in last 14 days add 12
    when last_visit in last 3 months add 6
  }
  when last_visit older than 180 days subtract 15
  when created in last 30 days add 5 fading by half every 30 days since created
}
framework BANT {
  budget    when budget >= 10000
  authority when title mentions any chiefs
  need      when pain is known
  timing    when demo_on is known
}
stage Lead
stage MQL at 60
stage SQL at 90 after MQL if BANT.met >= 2
label grade { "A" when fit >= 50, "B" when fit >= 25, otherwise "C" }
label heat  { "1" when engagement >= 40, "2" when engagement >= 20, otherwise "3" }
label tier = grade & heat
"""
ANSWERS = ["score", "fit", "engagement", "stage", "grade", "heat", "tier", "BANT.met"]
"""The columns that are compared."""

_COUNTRIES = "Germany France Spain Italy Norway Chile Kenya Japan India Peru Atlantis Utopia Poland Czechia".split()
_RANKS = "Senior|Junior|Deputy|Acting|Global|Regional|Interim|Lead|Principal|Group".split("|")
_ROLES = "CEO|CTO|CFO|Founder|Owner|Head of|VP|Director|Manager|Engineer|Analyst|Clerk|Consultant|Buyer".split("|")
_AREAS = "Sales|Marketing|Finance|Data|Platform|Security|Growth|Supply|Legal|People|Product|Research".split("|")
_PLACES = "EMEA|APAC|LATAM|North|South|East|West|Nordics|DACH|Iberia|Benelux|Baltics".split("|")
_ENDS = ["example.com", "acme.example", "uni.edu", "sales.example", "mail.example", "org.example"]


def leads(rows: int, seed: int = 5) -> pl.DataFrame:
    """Leads with nulls in most columns."""
    dice = np.random.default_rng(seed)

    def pick(choices: list[str]) -> pl.Series:
        return pl.Series(choices).gather(dice.integers(0, len(choices), rows))

    def some(column: pl.Series, missing: float) -> pl.Series:
        return column.set(pl.Series(dice.random(rows) < missing), None)

    def day(back: int, ahead: int = 0) -> pl.Series:
        return (
            pl.Series(dice.integers(-back, ahead + 1, rows))
            .cast(pl.Int32)
            .to_frame("d")
            .select((pl.lit(AS_OF) + pl.duration(days=pl.col("d"))).cast(pl.Date))["literal"]
        )

    number = pl.Series(dice.integers(1, 20, rows)).cast(pl.String)
    title = pick(_RANKS) + " " + pick(_ROLES) + " " + pick(_AREAS) + ", " + pick(_PLACES) + " " + number
    upper = pl.Series(dice.random(rows) < 0.2)
    frame = pl.DataFrame({
        "title": some(title, 0.1),
        "email": some(pl.Series([f"u{one}" for one in range(rows)]) + "@" + pick(_ENDS), 0.05),
        "country": some(pick([*_COUNTRIES, *(one.upper() for one in _COUNTRIES)]), 0.05),
        "employees": some(pl.Series(dice.integers(0, 3_000, rows)), 0.2),
        "revenue": some(pl.Series(np.round(dice.random(rows) * 1_000, 2)), 0.3),
        "created": day(400),
        "last_visit": some(day(300), 0.3),
        "demo_on": some(day(90, 5), 0.7),
        "visits": some(pl.Series(dice.integers(0, 30, rows)), 0.1),
        "clicks": pl.Series(dice.integers(0, 12, rows)),
        "delivered": pl.Series(dice.integers(0, 40, rows)),
        "budget": some(pl.Series(np.round(dice.random(rows) * 40_000, 2)), 0.6),
        "pain": some(pick(["Too slow", "Too dear", "No overview"]), 0.6),
    })  # fmt: skip
    return frame.with_columns(
        pl.when(upper).then(pl.col("title").str.to_uppercase()).otherwise(pl.col("title")).alias("title")
    )


def _mentions(column: pl.Expr, phrases: list[str]) -> pl.Expr:
    word = r"[\p{L}\p{M}\p{Nd}]"
    return column.str.contains(rf"(?:^|[^{word[1:-1]}])(?:{'|'.join(phrases)})(?:$|[^{word[1:-1]}])")


def by_hand(given: pl.DataFrame) -> pl.DataFrame:
    """The same in Polars, as somebody would write it who knows it well."""
    col = pl.col
    title, email, country = (col(name).str.to_lowercase() for name in ("title", "email", "country"))
    chief = _mentions(title, ["ceo", "cto", "cfo", "founder", "owner"])
    head = _mentions(title, ["head of", "vp", "director"])
    staff, seen = col("employees"), col("last_visit")

    def gives(condition: pl.Expr, points: pl.Expr | float) -> pl.Expr:
        return pl.when(condition).then(points).otherwise(0)

    def age(name: str) -> pl.Expr:
        return (pl.lit(AS_OF) - col(name)).dt.total_days().clip(lower_bound=0)

    def rounded(points: pl.Expr) -> pl.Expr:
        return points.round(2, mode="half_away_from_zero")

    fit = pl.sum_horizontal(
        pl.when(chief).then(40).when(head).then(25).otherwise(0),
        pl.when(staff > 1000).then(20).when(staff > 200).then(25).when(staff > 50).then(15).when(staff > 0).then(5)
        .otherwise(0),
        pl.when(country.is_in(["germany", "france"])).then(10).when(country == "spain").then(5)
        .when(country.is_not_null()).then(1).otherwise(0),
        gives(col("revenue").is_between(100, 500) & (staff > 20), 8),
        gives(email.str.ends_with(".edu"), -10),
        gives(email.str.contains("sales", literal=True), -3),
    )  # fmt: skip
    rate = pl.when(col("delivered") > 0).then(col("clicks") / col("delivered"))
    site = pl.sum_horizontal(
        (2 * col("visits")).clip(0, 20).fill_null(0),
        gives(col("demo_on").is_not_null(), rounded((30 * (1 - age("demo_on") / 60)).clip(lower_bound=0))),
        gives(seen.is_between(AS_OF - timedelta(14), AS_OF), 12),
        gives(seen.is_between(date(2025, 10, 1), AS_OF), 6),
    )
    fresh = col("created").is_between(AS_OF - timedelta(30), AS_OF)
    engagement = pl.sum_horizontal(
        gives(col("clicks") >= 3, 16),
        gives(rate >= 0.2, 10),
        site.clip(upper_bound=40),
        gives(seen < AS_OF - timedelta(180), -15),
        gives(fresh, rounded(5 * 0.5 ** (age("created") / 30))),
    )
    known = [col("budget") >= 10_000, chief, col("pain").is_not_null(), col("demo_on").is_not_null()]
    met = pl.sum_horizontal(one.fill_null(False).cast(pl.Int64) for one in known)
    barred = country.is_in(["atlantis", "utopia"]).fill_null(False)
    score = col("score")
    stage = (
        pl.when(col("barred")).then(pl.lit("disqualified"))
        .when((score >= 90) & (col("BANT.met") >= 2)).then(pl.lit("SQL"))
        .when(score >= 60).then(pl.lit("MQL")).otherwise(pl.lit("Lead"))
    )  # fmt: skip

    def rows(name: str, cuts: list[tuple[str, int]], otherwise: str) -> pl.Expr:
        (first, high), (second, low) = cuts
        said = pl.when(col(name) >= high).then(pl.lit(first)).when(col(name) >= low).then(pl.lit(second))
        return said.otherwise(pl.lit(otherwise))

    return (
        given.lazy()
        .select(
            fit.clip(0, 100).alias("fit"),
            engagement.clip(0, 100).alias("engagement"),
            met.alias("BANT.met"),
            barred.alias("barred"),
        )
        .with_columns((col("fit") + col("engagement")).alias("score"))
        .with_columns(
            grade=rows("fit", [("A", 50), ("B", 25)], "C"),
            heat=rows("engagement", [("1", 40), ("2", 20)], "3"),
        )
        .with_columns(tier=col("grade") + col("heat"))
        .select("score", "fit", "engagement", stage.alias("stage"), "grade", "heat", "tier", "BANT.met")
        .collect()
    )
