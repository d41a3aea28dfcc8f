"""Writes `rulesets/demo/leads.csv`: 500 made-up leads with the untidiness of a real export.

    python tools/make_demo_leads.py

Everything follows from one seed. Nobody in it exists: company addresses end in
the reserved `.example`, and those at real free-mail providers say `fictitious`.
The leads come in kinds (buyers, readers, students, bots, customers, rivals) so
that every rule of the demo ruleset has someone to speak about.
"""

from __future__ import annotations

import csv
import random
import unicodedata
from datetime import date, timedelta
from pathlib import Path

from faker import Faker

LEADS = 500
TODAY = date(2026, 11, 2)
TARGET = Path(__file__).resolve().parent.parent / "rulesets" / "demo" / "leads.csv"

# How many in a hundred are of which kind.
KINDS = {"buyer": 22, "reader": 40, "student": 10, "bot": 7, "customer": 8, "rival": 4, "role": 9}
LOCALES = {"en_US": 34, "en_GB": 18, "de_DE": 14, "cs_CZ": 12, "fr_FR": 8, "es_ES": 6, "el_GR": 4, "pl_PL": 4}
COUNTRIES = {
    "en_US": "United States",
    "en_GB": "United Kingdom",
    "de_DE": "Germany",
    "cs_CZ": "Czechia",
    "fr_FR": "France",
    "es_ES": "Spain",
    "el_GR": "Greece",
    "pl_PL": "Poland",
}
TITLES = {
    "buyer": ["CEO", "CTO", "Chief Financial Officer", "Founder & CEO", "Owner", "VP Sales", "vp_marketing"]
    + ["Head of Operations", "Director of IT", "IT Director", "Managing Director", "Head of People"],
    "reader": ["Marketing Manager", "Sales Operations Manager", "Analyst", "Office Manager", "Developer", "Consultant"]
    + ["Senior Software Engineer", "Project Manager", "Assistant to the CEO", "Account Executive", "Head of Sales"],
    "student": ["Student", "PhD student", "Journalist", "Intern", "Research Assistant"],
}
INDUSTRIES = ["Software", "Manufacturing", "Retail", "Banking", "Logistics", "Education", "Health care", "Non-profit"]
SOURCES = ["Webinar", "Organic search", "Paid search", "Referral", "Trade fair", "Newsletter", "Partner"]
INTERESTS = ["pricing", "integrations", "security", "case studies", "api", "careers", "blog"]
PAINS = [
    "Leads wait a week for an answer",
    "Nobody agrees on what an MQL is",
    "Two teams score the same lead twice",
    "We call everyone, in order of arrival",
]
FREE_MAIL = ["gmail.com", "outlook.com", "yahoo.com", "seznam.cz", "gmx.de"]
ROLES = ["info", "sales", "office", "support"]
MISSING = ["", "", "", "N/A", "-", "Select"]
COLUMNS = ["Record ID", "Full Name", "Email", "Job Title", "Company", "Industry", "Country", "No. of Employees"]
COLUMNS += ["Lead Source", "Lifecycle Stage", "Email Clicks", "Email Delivered", "Visits", "Interests"]
COLUMNS += ["Demo Requested", "Last Activity", "Opted Out", "Budget", "Pain", "Go-live", "Sales Outcome"]


def main() -> None:
    chance = random.Random(20261102)
    fakers = {locale: Faker(locale) for locale in LOCALES}
    for number, faker in enumerate(fakers.values()):
        faker.seed_instance(number)
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for number in range(1, LEADS + 1):
            writer.writerow(spoil(chance, number, lead(chance, fakers, number)))
    print(f"{LEADS} leads written to {TARGET}")


def lead(chance: random.Random, fakers: dict[str, Faker], number: int) -> dict[str, str]:
    """One lead as tidy as it will ever be."""
    kind = pick(chance, KINDS)
    locale = pick(chance, LOCALES)
    faker = fakers[locale]
    first, last, company = faker.first_name(), faker.last_name(), faker.company()
    domain = f"{ascii_name(company)[:24]}.example"
    address = f"{ascii_name(first)}.{ascii_name(last)}@{domain}"
    name = f"{first} {last}"
    if kind == "bot":
        name, address = name.lower(), f"fictitious{number:03}@{chance.choice(FREE_MAIL)}"
    elif kind == "student" or chance.random() < 0.12:
        address = f"fictitious{number:03}@{chance.choice(FREE_MAIL)}"
    elif kind == "rival":
        address = address.replace(domain, chance.choice(["rival.example", "labs.rival.example"]))
    elif kind == "role":
        address = f"{chance.choice(ROLES)}@{domain}"
    if kind == "reader" and chance.random() < 0.08:
        address = f"{ascii_name(first)}{number}@throwaway.example"
    keen = {"buyer": 0.75, "reader": 0.35, "role": 0.3, "customer": 0.4}.get(kind, 0.12)
    delivered = chance.randint(4, 30)
    active = TODAY - timedelta(days=int(chance.expovariate(keen / 14)))
    demo = active if kind in ("buyer", "role") and chance.random() < 0.45 else None
    spoken = kind == "buyer" and chance.random() < 0.5
    size = int(chance.lognormvariate(4.6 if kind == "buyer" else 3.6, 1.4)) + 1
    return {
        "Record ID": f"L-{number:04}",
        "Full Name": name,
        "Email": address,
        "Job Title": chance.choice(TITLES.get(kind, TITLES["reader"])),
        "Company": company,
        "Industry": chance.choice(INDUSTRIES),
        "Country": COUNTRIES[locale],
        "No. of Employees": str(size),
        "Lead Source": chance.choice(SOURCES),
        "Lifecycle Stage": "Customer" if kind == "customer" else chance.choice(["Lead", "Subscriber"]),
        "Email Clicks": str(sum(chance.random() < keen * 0.35 for _ in range(delivered))),
        "Email Delivered": str(delivered),
        "Visits": str(int(chance.expovariate(1 / (1 + 16 * keen)))),
        "Interests": "; ".join(chance.sample(INTERESTS, chance.randint(0, 3))),
        "Demo Requested": demo.isoformat() if demo else "",
        "Last Activity": f"{active.isoformat()} {chance.randint(7, 19):02}:{chance.randint(0, 59):02}",
        "Opted Out": "yes" if chance.random() < 0.04 else "no",
        "Budget": str(chance.choice([2500, 8000, 12000, 25000, 60000])) if spoken and chance.random() < 0.8 else "",
        "Pain": chance.choice(PAINS) if spoken and chance.random() < 0.8 else "",
        "Go-live": (TODAY + timedelta(days=chance.randint(10, 240))).isoformat() if spoken else "",
        "Sales Outcome": pick(chance, {"Ready": 60, "Nurture": 30, "Suspect": 10}) if spoken else "",
    }


def spoil(chance: random.Random, number: int, row: dict[str, str]) -> dict[str, str]:
    """The same lead as an export shows it: gaps, stray blanks and capitals, impossible numbers."""
    for column in ("Full Name", "Job Title", "Company", "Industry", "Country", "No. of Employees"):
        if chance.random() < 0.06:
            row[column] = chance.choice(MISSING)
    if chance.random() < 0.05:
        row["Email"] = chance.choice(["", row["Email"].replace("@", " at "), f"  {row['Email'].upper()} "])
    if row["No. of Employees"].isdigit() and int(row["No. of Employees"]) >= 1000:
        row["No. of Employees"] = f"{int(row['No. of Employees']):,}"
    if chance.random() < 0.1:
        row["Industry"] = row["Industry"].upper()
    if chance.random() < 0.03:
        row["Last Activity"] = ""
    if number in (118, 301, 433):
        row["No. of Employees"] = {118: "5-20", 301: "May-20", 433: "about 30"}[number]
    return row


def pick(chance: random.Random, shares: dict[str, int]) -> str:
    return chance.choices(list(shares), weights=list(shares.values()))[0]


# Greek letters have no plain spelling in Unicode's tables; these are enough for names in addresses.
GREEK = dict(
    zip("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split(), strict=True)
)


def ascii_name(text: str) -> str:
    """A name as it stands in an address: `Kovář` is `kovar`."""
    plain = (c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    latin = "".join(GREEK.get(c, c) for c in plain).replace("ł", "l").replace("ß", "ss")
    return "".join(c for c in latin if c.isascii() and c.isalnum())


if __name__ == "__main__":
    main()
