"""Writes `docs/examples/closed.csv`: leads of an invented company with their outcome, for the pages on evidence.

    python tools/make_closed_leads.py

Who buys depends on source, title, size (best in the middle), pages and the demo;
colour depends on nothing. `Lead Rating` and `Discount` are filled in by the people who
sell, when they know already: they are there to be caught.
"""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

PLACE = Path(__file__).resolve().parent.parent / "docs" / "examples" / "closed.csv"
LEADS = 1_500
SOURCES = {
    "Referral": (1, 1.2),
    "Webinar": (2, 0.6),
    "Trade Show": (2, 0.0),
    "Paid Search": (4, -0.5),
    "Cold List": (3, -1.1),
}
TITLES = {
    "CEO": (1, 0.9), "Head of Sales": (2, 0.7), "Sales Manager": (3, 0.2), "Analyst": (3, -0.4), "Student": (1, -2.2),
}  # fmt: skip
COLOURS = ["red", "green", "blue"]


def drawn(chance: random.Random, effects: Mapping[str, tuple[float, float]]) -> tuple[str, float]:
    """A name by its share, and what it adds to the logarithm of the odds."""
    name = chance.choices(list(effects), [share for share, _ in effects.values()])[0]
    return name, effects[name][1]


def lead(chance: random.Random, number: int) -> list[object]:
    """One row of the file."""
    source, one = drawn(chance, SOURCES)
    title, two = drawn(chance, TITLES)
    size = int(math.exp(chance.gauss(4.5, 1.4))) + 1
    pages = int(chance.expovariate(0.25))
    demo = chance.random() < 0.25
    odds = -1.4 + one + two - 0.35 * (math.log(size) - 5) ** 2 + 0.12 * min(pages, 12) + 0.9 * demo
    won = chance.random() < 1 / (1 + math.exp(-odds))
    is_open = chance.random() < 0.08
    rating = chance.choices(["hot", "warm", "cold"], [7, 3, 1] if won else [1, 3, 7])[0]
    discount = chance.randint(5, 25) if won and chance.random() < 0.8 else ""
    made = date(2025, 10, 1) + timedelta(days=chance.randrange(365))
    stage = "Negotiation" if is_open else "Closed Won" if won else "Closed Lost"
    known = size if chance.random() < 0.9 else ""
    colour = chance.choice(COLOURS)
    return [
        f"C-{number:04}", made, source, title, known, pages, "yes" if demo else "no", colour,
        "" if is_open else rating, "" if is_open else discount, stage,
    ]  # fmt: skip


def main() -> None:
    chance = random.Random(20_260)
    with PLACE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["Lead ID", "Create Date", "Lead Source", "Job Title", "Employees", "Pages Viewed", "Asked for Demo",
             "Favourite Colour", "Lead Rating", "Discount", "Stage"]
        )  # fmt: skip
        writer.writerows(lead(chance, number) for number in range(1, LEADS + 1))


if __name__ == "__main__":
    main()
