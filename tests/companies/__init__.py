"""Leads of invented companies, with a known truth behind who buys: what calibration is tried on.

Each company has columns of its own: texts, counts, amounts, a number whose best
values lie in the middle, blanks that mean something, attributes that say the
same thing twice, an interaction, columns of mere noise, identifiers, and columns
that know the outcome (`LEAKS`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

Random = np.random.Generator


@dataclass(frozen=True)
class Company:
    """Its leads, the outcome as `--outcome` takes it, and the columns that leak."""

    leads: pl.DataFrame
    outcome: str
    column: str
    leaks: tuple[str, ...]


def _drawn(random: Random, n: int, effects: Mapping[str, tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Texts with given shares, and what each adds to the log odds."""
    names = list(effects)
    shares = np.array([effects[name][0] for name in names])
    codes = random.choice(len(names), n, p=shares / shares.sum())
    return np.array(names, dtype=object)[codes], np.array([effects[name][1] for name in names])[codes]


def _blanked(random: Random, values: np.ndarray, share: float) -> list[object]:
    gone = random.random(len(values)) < share
    return [None if one else value for one, value in zip(gone, values.tolist(), strict=True)]


def _bought(random: Random, logits: np.ndarray, control: float) -> np.ndarray:
    """Who buys, with the constant that gives this share."""
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 / (1 + np.exp(-logits - middle))).mean() < control else (low, middle)
    found: np.ndarray = random.random(len(logits)) < 1 / (1 + np.exp(-logits - low))
    return found


def software(random: Random, n: int = 12_000) -> Company:
    """Subscriptions for businesses: 9 % buy; a hump in company size, blank titles, pages visited."""
    industry, a = _drawn(
        random,
        n,
        {"Software": (3, 0.6), "Retail": (3, -0.3), "Banking": (2, 0.9), "Farming": (1, -1.2), "Other": (4, 0)},
    )
    source, b = _drawn(
        random,
        n,
        {
            "Webinar": (2, 0.7),
            "Paid Search": (4, -0.4),
            "Referral": (1, 1.4),
            "Trade Show": (2, 0.1),
            "Cold List": (3, -1.0),
        },
    )
    title, c = _drawn(
        random,
        n,
        {
            "Chief Technology Officer": (1, 1.2),
            "VP of Sales": (1, 0.8),
            "Sales Director": (1, 0.7),
            "Data Analyst": (3, -0.2),
            "Student": (2, -2.0),
            "Office Manager": (2, -0.4),
        },
    )
    employees = np.exp(random.normal(4.5, 1.6, n)).astype(int) + 1
    hump = -0.45 * (np.log(employees) - 5.0) ** 2 / 2
    pages = random.poisson(np.exp(random.normal(1.0, 0.8, n)))
    budget = np.round(np.exp(random.normal(9, 1, n)), -2)
    asked = random.random(n) < 0.35
    known = random.random(n) < 0.7
    logits = (
        a
        + b
        + c
        + hump
        + 0.5 * np.log1p(pages)
        + 0.35 * (np.log(budget) - 9)
        + 0.8 * asked
        + np.where(known, 0.5, -0.6)
    )
    logits = logits + 0.6 * (asked & (employees > 200))
    bought = _bought(random, logits, 0.09)
    opened = random.random(n) < 0.08
    stage = np.where(opened, random.choice(["New", "Proposal"], n), np.where(bought, "Closed Won", "Closed Lost"))
    created = [date(2025, 1, 1) + timedelta(days=int(day)) for day in random.integers(0, 365, n)]
    frame = pl.DataFrame(
        {
            "Lead ID": [f"L-{at:06d}" for at in random.permutation(n)],
            "First Name": random.choice(["Ann", "Ben", "Cid", "Dot", "Eve"], n),
            "Work Email": [f"p{at}@{'gmail.com' if random.random() < 0.3 else 'firm.example'}" for at in range(n)],
            "Industry": _blanked(random, industry, 0.05),
            "Channel": source,
            "Job Title": title,
            "Employees": employees,
            "Pages Visited": pages,
            "Budget (USD)": _blanked(random, budget, 0.2),
            "Asked for Demo": np.where(asked, "yes", "no"),
            "Phone": [
                f"+420 {int(one)}" if yes else None
                for one, yes in zip(random.integers(10**8, 10**9, n), known, strict=True)
            ],
            "Favourite Colour": random.choice(["red", "green", "blue", "grey"], n),
            "Form Variant": random.integers(1, 9, n),
            "Created On": created,
            "Opportunity Stage": stage,
            "Discount Granted": [
                float(random.integers(5, 30)) if won and random.random() < 0.9 else None for won in bought
            ],
            "Loss Reason": [
                str(random.choice(["price", "timing"])) if not won and random.random() < 0.5 else None for won in bought
            ],
            "Lead Rating": np.where(
                bought,
                random.choice(["Hot", "Warm"], n, p=[0.7, 0.3]),
                random.choice(["Hot", "Warm", "Cold"], n, p=[0.1, 0.3, 0.6]),
            ),
        }
    )
    return Company(
        frame, "Opportunity Stage=Closed Won", "Opportunity Stage", ("Discount Granted", "Loss Reason", "Lead Rating")
    )


def cars(random: Random, n: int = 8_000) -> Company:
    """Test drives of a car dealer: 31 % buy; age in the middle, income, overlapping engagement."""
    city, a = _drawn(
        random, n, {f"City {letter}": (1 + at % 4, 0.25 * np.sin(at)) for at, letter in enumerate("ABCDEFGHIJKLMNOP")}
    )
    model, b = _drawn(random, n, {"Hatchback": (4, 0.2), "Estate": (3, 0.0), "Electric": (2, 0.9), "Coupé": (1, -1.1)})
    age = random.integers(18, 85, n)
    income = np.exp(random.normal(10.4, 0.5, n))
    visits = random.poisson(2.0, n)
    mails = visits + random.poisson(0.7, n)  # says what visits say
    finance = random.random(n) < 0.4
    days = random.integers(0, 400, n)
    logits = (
        a
        + b
        - ((age - 47) / 16.0) ** 2 * 0.6
        + 1.1 * (np.log(income) - 10.4)
        + 0.45 * visits
        + 0.7 * finance
        - 0.002 * days
    )
    logits = logits + np.where((model == "Electric") & (income > 40_000), 0.9, 0.0)
    bought = _bought(random, logits, 0.31)
    frame = pl.DataFrame(
        {
            "customer_no": random.permutation(n) + 10_000,
            "city": city,
            "model_of_interest": model,
            "age": _blanked(random, age, 0.1),
            "household_income": np.round(income),
            "showroom_visits": visits,
            "mails_opened": mails,
            "wants_financing": finance,
            "days_since_first_contact": days,
            "newsletter": random.random(n) < 0.5,
            "shoe_size": random.integers(36, 47, n),
            "signed_contract": bought,
            "invoice_amount": [float(random.integers(9_000, 60_000)) if won else None for won in bought],
            "status_of_lead": np.where(bought, "handled", np.where(random.random(n) < 0.8, "given up", "handled")),
        }
    )
    return Company(frame, "signed_contract", "signed_contract", ("invoice_amount", "status_of_lead"))


def school(random: Random, n: int = 3_000) -> Company:
    """Evening courses: 22 % enrol; few leads, many weak texts, a list of interests."""
    course, a = _drawn(
        random, n, {"Cooking": (3, 0.8), "Spanish": (3, 0.1), "Law": (1, -0.9), "Yoga": (2, 0.3), "Coding": (2, -0.5)}
    )
    heard, b = _drawn(random, n, {"Friend": (2, 1.0), "Poster": (2, -0.2), "Radio": (1, -0.6), "Search": (4, 0.0)})
    distance = random.gamma(2.0, 6.0, n)
    before = random.poisson(0.5, n)
    evening = random.random(n) < 0.6
    likes = [
        ";".join(sorted(random.choice(["food", "travel", "law", "sport", "art"], random.integers(0, 4), replace=False)))
        for _ in range(n)
    ]
    food = np.array(["food" in one for one in likes])
    logits = a + b - 0.06 * distance + 0.7 * np.minimum(before, 3) + 0.5 * evening + 0.6 * food
    bought = _bought(random, logits, 0.22)
    frame = pl.DataFrame(
        {
            "Ref": [f"{at:x}-{random.integers(10**6)}" for at in range(n)],
            "Course": course,
            "How they heard of us": _blanked(random, heard, 0.15),
            "Distance km": np.round(distance, 1),
            "Courses before": before,
            "Evening": np.where(evening, "Y", "N"),
            "Interests": likes,
            "Star Sign": random.choice(["aries", "leo", "virgo", "libra", "pisces", "taurus"], n),
            "Question": [
                f"I would like to know about {word} number {at} because my cousin told me so"
                for at, word in enumerate(course)
            ],
            "Enrolled": np.where(bought, 1, 0),
            "Tags": np.where(
                bought,
                random.choice(["paid deposit", "interested"], n, p=[0.8, 0.2]),
                random.choice(["no answer", "interested"], n, p=[0.7, 0.3]),
            ),
        }
    )
    return Company(frame, "Enrolled", "Enrolled", ("Tags",))


def phones(random: Random, n: int = 5_000) -> Company:
    """Contracts that end: 26 % leave; kinds of contract and of payment that are no leaks, amounts with odd cells."""
    contract, a = _drawn(random, n, {"Month-to-month": (11, 0.0), "One year": (4, -1.0), "Two year": (5, -1.9)})
    network, b = _drawn(random, n, {"Fibre": (9, 0.8), "DSL": (7, 0.0), "None": (4, -0.8)})
    payment, c = _drawn(random, n, {"Electronic check": (3, 0.5), "Mailed check": (3, 0.0), "Card": (4, 0.0)})
    months = random.integers(0, 73, n)
    calls = random.gamma(2.0, 12.0, n)
    left = _bought(random, a + b + c - 0.035 * months + 0.02 * calls, 0.26)
    fees = np.round(np.where(network == "None", 20, np.where(network == "DSL", 60, 90)) + random.normal(0, 8, n), 2)
    frame = pl.DataFrame(
        {
            "customerID": [f"{random.integers(10**4)}-{at:05X}" for at in range(n)],
            "tenure": months,
            "Contract": contract,
            "PaymentMethod": payment,
            "InternetService": network,
            "MonthlyCharges": ["n/k" if at % 40 == 7 else str(fee) for at, fee in enumerate(fees.tolist())],
            "Minutes on phone": calls.round().astype(int),
            "Gender": random.choice(["Male", "Female"], n),
            "Country": ["US"] * n,
            "Router back": np.where(random.random(n) < np.where(left, 0.93, 0.02), "Yes", "No"),
            "Churn": left.astype(int),
        }
    )
    return Company(frame, "Churn", "Churn", ("Router back",))


COMPANIES: Mapping[str, Callable[[Random], Company]] = {
    "software": software,
    "cars": cars,
    "school": school,
    "phones": phones,
}
