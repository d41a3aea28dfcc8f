"""`leadrules init`: what it writes is laid out, checks, and reads every lead of the file it was made from.

`held` makes the start of a file and holds it to that: with a rule that reads every field, with the rules that it
offers, and with every other way that it offers to declare a field.
"""

from __future__ import annotations

import io
import json
import re
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from leadrules.checking import check_text
from leadrules.cli.main import exit_code
from leadrules.formatting import formatted
from leadrules.leads import match_headers, open_leads
from leadrules.leads.errors import LeadsError
from leadrules.meaning.values import Bad, reader
from leadrules.ruleset import Field, Model
from leadrules.starting import starting_ruleset
from leadrules.starting.columns import Column
from leadrules.starting.dates import formats_of, strictly
from leadrules.starting.naming import field_name
from leadrules.starting.spellings import may_mean_nothing, means_nothing

Captured = pytest.CaptureFixture[str]
RULE = re.compile(r"^# ((?:when|points|exclude|disqualify|stage) .*)$", re.M)
OTHER_WAY = re.compile(r"^# (field (\S+) : .*?)  # (?!\d)(.*)$", re.M)


def checked(text: str) -> Model:
    found = check_text(text)
    assert [str(problem) for problem in found.problems] == [], text
    return found.or_raise()


def rejected(model: Model, path: Path, **options: Any) -> list[str]:
    """The values of a file that a ruleset does not read, and the fields without a column."""
    source = open_leads(path, **options)
    matched = match_headers(model.fields, source.headers, absent_is_missing=source.absent_is_missing)
    found = [problem.message for problem in matched.problems]
    for block in source.blocks():
        for position, header in matched.headers.items():
            read = reader(model.fields[position])
            for cell in block.columns([source.headers.index(header)]).to_series().to_list():
                if isinstance(value := read(cell), Bad):
                    found.append(f"{model.fields[position].name}: {value.reason}")
    source.close()
    return found


def reading_all(text: str) -> str:
    """The ruleset with a rule for every field."""
    names = [field.name for field in checked(text).fields]
    return text + "".join(f"when {name} is known add 1\n" for name in names)


def held(path: Path, rows: int | None = 100_000, **options: Any) -> str:
    source = open_leads(path, **options)
    text = starting_ruleset(source, rows).text
    source.close()
    assert formatted("start.rules", text.encode()).after.decode() == text
    assert rejected(checked(reading_all(text)), path, **options) == []
    offered = RULE.sub(r"\1", text)
    assert rejected(checked(offered), path, **options) == []
    for other, name, why in OTHER_WAY.findall(text):
        if re.search(rf"^field {re.escape(name)} ", text, re.M):
            changed = re.sub(
                rf"^field {re.escape(name)} :(?:.|\n    )*", lambda _, other=other: other, text, flags=re.M
            )
            assert rejected(checked(reading_all(changed)), path, **options) == [], other
        else:
            checked(f"{text}\n{other}")
        assert why
    return text


def field_of(text: str, name: str) -> str:
    """How a field is declared, on one line."""
    found = re.search(rf"^field {re.escape(name)} (?:.|\n    )*", text, re.M)
    return re.sub(r"\s+", " ", found[0]).strip() if found else ""


def column(values: list[str], header: str = "X") -> str:
    return "\n".join([header, *(f'"{value}"' for value in values)]) + "\n"


def start_of(folder: Path, text: str, name: str = "leads.csv") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return held(path)


# ------------------------------------------------------------------------ types


@pytest.mark.parametrize(
    ("values", "declared"),
    [
        (["1", "20", "300"], "integer"),
        (["1", "-", "300"], "integer"),
        (["1,200", "20"], "integer"),
        (["1 200", "20"], "integer"),
        (["3.0", "4.0"], "integer"),
        (["3.00", "4.50"], "number"),
        (["2.5", "3"], "number"),
        (["1e5", "3"], "number"),
        (["007", "8"], "text"),
        (["+420123456789", "8"], "text"),
        (["12345678901234567", "8"], "text"),
        (["0", "1"], "integer"),
        (["0", "1"] * 60, "boolean"),
        (["Yes", "No"], "boolean"),
        (["TRUE", ""], "boolean"),
        (["2026-01-31", "2026-02-01"], "date"),
        (["2026-01-31 00:00:00", "2026-02-01 00:00"], "date"),
        (["2026-01-31 09:14", "2026-02-01"], "datetime"),
        (["2026-01-31T09:14:05+02:00"], "datetime"),
        (["31/01/2026", "01/02/2026"], 'date from "X" format "DD/MM/YYYY"'),
        (["31/1/2026", "1/2/2026"], 'date from "X" format "D/M/YYYY"'),
        (["01/31/2026", "02/01/2026"], 'date from "X" format "MM/DD/YYYY"'),
        (["31.01.2026", "N/A"], 'date from "X" format "DD.MM.YYYY"'),
        (["31. 1. 2026", "1. 2. 2026"], 'date from "X" format "D. M. YYYY"'),
        (["2026/01/31", "2026/02/01"], 'date from "X" format "YYYY/MM/DD"'),
        (["2026-1-31", "2026-12-01"], 'date from "X" format "YYYY-M-D"'),
        (["2026-12-01", "2026-1-31"], 'date from "X" format "YYYY-M-D"'),
        (["31-Jan-26", "01-Feb-26"], 'date from "X" format "DD-Mon-YY"'),
        (["Jan 5, 2026", "Feb 10, 2026"], 'date from "X" format "Mon D, YYYY"'),
        (["31/01/2026 09:14", "01/02/2026 7:05"], 'datetime from "X" format "DD/MM/YYYY hh:mm"'),
        (["26/01/31", "26/02/01"], "text"),
        (["03/04/2026", "05/06/2026"], "text"),
        (["03/04/2026 10:22 AM"], "text"),
        (["1.200", "12.500"], "text"),
        (["1.200", "1.5"], "number"),
        (["0.125", "0.250"], "number"),
        (["3,5", "2,25"], "text"),
        (["12 %", "3%"], "text"),
        (["$1,200", "$30"], "text"),
        (["anna@acme.example", "ben@bigco.example"], "email"),
        (["anna@acme.example"] * 9 + ["nobody"], "email"),
        (["a;b", "b;c", "a;c", "a", "b;a"], "list of text"),
        (["A", "B"] * 30, 'one of "A", "B" from "X"'),
        (["A", "a", "B", "b"] * 30, 'one of "A", "B" from "X"'),
        (["A"] * 59 + ["B"], "text"),
        (["A", "B"] * 10, "text"),
        (["5", "none"], 'integer from "X" also missing "none"'),
        (["5", "NA", "Unknown"], 'integer from "X" also missing "NA", "Unknown"'),
        (["a", "NA", "Unknown"], "text"),
        (["Select", "-- Select --", "a"], "text"),
        (["none", "NA"], "text"),
        (["é" * 500, "x"], "text"),
        (['say "no" \\ yes', "x"] * 30, 'one of "say \\"no\\" \\\\ yes", "x" from "X"'),
    ],
)
def test_the_type_that_fits_every_value(values: list[str], declared: str, tmp_path: Path) -> None:
    text = column([value.replace('"', '""') for value in values])
    expected = declared if " from " in declared else f'{declared} from "X"'
    assert field_of(start_of(tmp_path, text), "x").removesuffix(" key") == f"field x : {expected}"


@pytest.mark.parametrize(
    ("header", "values", "type"),
    [
        ("Account Number", ["12", "13"], "text"),
        ("Number of Employees", ["12", "13"], "integer"),
        ("Phone", ["5551234", "5551235"], "text"),
        ("Postal Code", ["75424", "16995"], "text"),
        ("Created Date", ["20260131", "20260201"], 'date from "Created Date" format "YYYYMMDD"'),
        ("Batch", ["20260131", "20260201"], "integer"),
        ("Clicks", ["0", "1"] * 60, "integer"),
        ("Total", ["0", "1"] * 60, "integer"),
    ],
)
def test_a_header_may_say_what_figures_are(header: str, values: list[str], type: str, tmp_path: Path) -> None:
    text = start_of(tmp_path, column(values, header))
    name = field_name(header, 0, set())
    expected = type if " from " in type else f'{type} from "{header}"'
    assert field_of(text, name).removesuffix(" key") == f"field {name} : {expected}"


@pytest.mark.parametrize(
    ("values", "notes"),
    [
        (
            ["03/04/2026", "05/05/2026"],
            ['"03/04/2026" and all the others fit 2 formats', 'format "DD/MM/YYYY"  # if "03/04/2026" is 2026-04-03',
             'format "MM/DD/YYYY"  # if "03/04/2026" is 2026-03-04'],
        ),
        (["03/04/2026", "none"], ['also missing "none" format "DD/MM/YYYY"  # if "03/04/2026" is 2026-04-03']),
        (["05/05/2026"], ['format "DD/MM/YYYY"', 'format "MM/DD/YYYY"']),
        (["01/02/03"], ['"DD/MM/YY"  # if "01/02/03" is 2003-02-01', '"MM/DD/YY"', '"YY/MM/DD"']),
        (["03/04/2026 10:22 AM"], ["no `format` reads: export them like 2026-11-22"]),
        (["March 3rd, 2026", "12 April 2026"], ["no `format` reads"]),
        (["1.200", "12.500"], ['"1.200" may be 1.2 or 1200', "number from"]),
        (["1,200", "3,400"], ['"1,200" is read as 1200']),
        (["3,5", "2,25"], ["Decimal commas are text"]),
        (["12 %", "3%"], ["Percentages are text"]),
        (["1 200 €", "30 €"], ["Amounts with a currency"]),
        (["007", "8"], ["leading zeros"]),
        (["5"] * 40 + ["about 5"], ['whole numbers; "about 5" are not', 'integer from "X" bad as missing']),
        (["2026-01-31"] * 40 + ["soon"], ['date from "X" bad as missing']),
        (["31/01/2026"] * 40 + ["soon"], ['date from "X" bad as missing format "DD/MM/YYYY"']),
        (["a", "b", "Unknown"], ['If "Unknown" says nothing here, add: also missing "Unknown"']),
        (["a"] + [""] * 30, ["Blank for 97 %"]),
        (["A"] * 59 + ["B"], ['Values: "A", "B"']),
        (
            [f"E-value number {one % 20}" for one in range(100)],
            ['# Values: "E-value number 0", ', '"E-value number 5"', '", …\n'],
        ),
        (["1", "2", "3", "1,200.5"] * 9, ["# From 1 to 1200.5; half are up to 2, nine in ten up to 1200.5"]),
        ([str(one) for one in range(30_000)], ["# From 0 to 29999; half are up to"]),
    ],
)  # fmt: skip
def test_what_a_person_should_know_is_said(values: list[str], notes: list[str], tmp_path: Path) -> None:
    text = start_of(tmp_path, column(values))
    for note in notes:
        assert note in text


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Converted", "Looks like an outcome"),
        ("Lifecycle Stage", "Looks like an outcome"),
        ("Closed Won", "Looks like an outcome"),
        ("Deal Stage", "Looks like an outcome"),
        ("Is Customer", "Looks like an outcome"),
        ("Lead Quality", "Looks like a judgement"),
        ("Customer Name", ""),
        ("City", ""),
    ],
)
def test_a_leak_is_warned_of(header: str, said: str, tmp_path: Path) -> None:
    text = start_of(tmp_path, column(["a", "b"], header))
    assert said in text
    assert bool(said) == ("Looks like" in text)


def test_no_points_are_offered_for_an_outcome(tmp_path: Path) -> None:
    rows = [f"{number % 2},Customer,{number % 2},{number}" for number in range(200)]
    text = start_of(tmp_path, "\n".join(["Converted,Lifecycle Stage,Won,Visits", *rows]))
    offered = RULE.findall(text)
    assert "exclude if converted" in offered
    assert any("visits" in rule for rule in offered)
    assert not any(
        rule.startswith(("when", "points")) and re.search("converted|lifecycle|won", rule) for rule in offered
    )


# --------------------------------------------------------------------- columns


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Email", "email"),
        ("No. of Employees", "no_of_employees"),
        ("TotalVisits", "total_visits"),
        ("HTTPServer", "http_server"),
        ("LinkedIn URL", "linkedin_url"),
        ("hs_object_id", "hs_object_id"),
        ("email.clicks", "email.clicks"),
        ("Company.numEmployees", "company.num_employees"),
        ("..a..b..", "a.b"),
        ("Country/Region", "country_region"),
        ("Počet zaměstnanců", "počet_zaměstnanců"),
        ("名前", "名前"),
        ("2nd Email", "_2nd_email"),
        ("% open", "percent_open"),
        ("Score", "lead_score"),
        ("stage", "lead_stage"),
        ("From", "lead_from"),
        ("When", "lead_when"),
        ("🔥", "column_8"),
        ("\ufeffEmail", "email"),
        ("What's new?", "whats_new"),
        ("a" * 200, "a" * 60),
        ("Job\nTitle", "job_title"),
        ("İ", "i\u0307"),
        ('`x` "y" \\z', "x_y_z"),
        ("\u0301x", "_\u0301x"),
    ],
)
def test_a_header_becomes_a_name(header: str, name: str) -> None:
    assert field_name(header, 7, set()) == name


def test_names_are_told_apart() -> None:
    taken: set[str] = set()
    assert [field_name(one, 0, taken) for one in ("Email", "e-mail", "E mail", "EMAIL", "Email 2")] == [
        "email", "e_mail", "e_mail_2", "email_2", "email_2_2",
    ]  # fmt: skip


@settings(max_examples=40)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=5, unique=True), st.data())
def test_any_headers_and_cells_give_a_ruleset_that_holds(
    tmp_path_factory: pytest.TempPathFactory, headers: list[str], data: st.DataObject
) -> None:
    cells = st.one_of(
        st.text(max_size=8), st.sampled_from(["1", "1,200", "2026-01-02", "01/02/2026", "Select", "none", "no"])
    )
    leads = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(headers, cells)), min_size=1, max_size=5))
    path = tmp_path_factory.mktemp("any") / "leads.jsonl"
    path.write_text("".join(json.dumps(lead) + "\n" for lead in leads), encoding="utf-8")
    held(path)


def test_columns_that_say_nothing_are_left_out(tmp_path: Path) -> None:
    rows = [f"{number},No,,x{number % 3}," for number in range(30)]
    text = start_of(tmp_path, "\n".join(["Visits,Magazine,Notes,,", *rows]) + "\n")
    assert '# field magazine : boolean from "Magazine"  # "No" for every lead' in text
    assert '# field notes : text from "Notes"  # blank for every lead' in text
    assert "# Column 4 has no name: name it in the file to read it" in text
    assert "# Column 5 has no name and is blank for every lead" in text
    assert [field.name for field in checked(text).fields] == ["visits"]


def test_a_column_that_says_one_thing_or_nothing_stays(tmp_path: Path) -> None:
    rows = ["Yes" if number % 2 else "" for number in range(30)]
    assert (
        field_of(start_of(tmp_path, column(rows, "Opted Out")), "opted_out")
        == 'field opted_out : boolean from "Opted Out"'
    )


def test_headers_that_come_twice(tmp_path: Path) -> None:
    text = start_of(tmp_path, "Email,Name,Email,e-mail\na@b.example,A,x,y\n")
    assert "column 1 is called like column 3: rename one to read both" in text
    assert "column 3 is called like column 1: rename one to read both" in text
    assert [field.name for field in checked(text).fields] == ["name", "e_mail"]


def test_reserved_words_and_output_columns_as_headers(tmp_path: Path) -> None:
    words = [
        "score",
        "stage",
        "disqualified",
        "reasons",
        "when",
        "if",
        "list",
        "email",
        "days",
        "key",
        "missing",
        "true",
    ]
    text = start_of(tmp_path, ",".join(words) + "\n" + ",".join("abcdefghijkl") + "\n")
    assert 'The leads have "disqualified", "reasons", "score", "stage" already' in text
    assert "--prefix lr_" in text
    assert len(checked(text).fields) == len(words)


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        (["Name,Record ID,Email", "A,7,a@b.example", "B,8,c@d.example"], "record_id"),
        (["Name,Email", "A,a@b.example", "B,c@d.example"], "email"),
        (["Record ID,Email", "7,a@b.example", "7,c@d.example"], "email"),
        (["Record ID,Email", "7,a@b.example", "-,a@b.example"], None),
        (["Name,Record ID", "A,7", "B,"], None),
        (["Name,Visits", "A,7", "B,8"], None),
    ],
)
def test_the_key_is_a_column_that_names_every_lead(rows: list[str], key: str | None, tmp_path: Path) -> None:
    fields = checked(start_of(tmp_path, "\n".join(rows))).fields
    assert next((field.name for field in fields if field.key), None) == key


def test_missing_spellings_are_those_that_stand_there(tmp_path: Path) -> None:
    rows = "City,Source\nSelect,N/A\nselect,-\nPraha,Web\n"
    text = start_of(tmp_path, rows)
    assert '# "Select" stands in "City"\n' in text
    assert 'missing values "Select", "N/A", "-"' in text
    assert "missing values" not in start_of(tmp_path, "City\nPraha\n", "other.csv")


@pytest.mark.parametrize(
    "text",
    ["Select", "- select -", "--None--", "Please select", "Select a country", "N/A", "null", "-", "—", "(not set)"],
)
def test_spellings_that_mean_nothing(text: str) -> None:
    assert means_nothing(text)
    assert not may_mean_nothing(text)


@pytest.mark.parametrize(
    "text", ["selected", "Selection", "Select Comfort Ltd", "none of these", "0", "no", "A", "Namibia"]
)
def test_spellings_that_are_values(text: str) -> None:
    assert not means_nothing(text)
    assert not may_mean_nothing(text)


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("3/4/2026", ["D/M/YYYY", "M/D/YYYY"]),
        ("03.04.26", ["D.M.YY", "M.D.YY", "YY.M.D"]),
        ("2026/3/4 10:05:01", ["YYYY/M/D hh:mm:ss"]),
        ("4 Mar 2026, 10:05", ["D Mon YYYY, hh:mm"]),
        ("04Mar26", ["DMonYY"]),
        ("Mar 4, 2026", ["Mon D, YYYY"]),
        ("20260304", ["YYYYMMDD"]),
        ("3/4", []),
        ("3/4-2026", []),
        ("123/4/2026", []),
        ("10:05 3/4/2026", []),
    ],
)
def test_the_formats_of_a_text(text: str, formats: list[str]) -> None:
    assert formats_of(text) == formats
    for one in formats:
        assert not isinstance(reader(Field("x", "datetime", format=one))(text), Bad)


def test_a_format_is_made_strict() -> None:
    assert [strictly(one) for one in ("D/M/YYYY hh:mm", "D Mon YY", "Mon D, YYYY", "YYYY-M-D")] == [
        "DD/MM/YYYY hh:mm", "DD Mon YY", "Mon DD, YYYY", "YYYY-MM-DD",
    ]  # fmt: skip


# ----------------------------------------------------------------------- files


def test_the_demo_leads(root: Path) -> None:
    text = held(root / "rulesets" / "demo" / "leads.csv")
    assert 'include "leadrules/hubspot" would read 13 of these columns' in text
    assert 'missing values "-", "N/A", "Select"' in text
    assert field_of(text, "interests") == 'field interests : list of text from "Interests"'


@pytest.mark.parametrize("name", ["hubspot_contacts", "hubspot_companies", "hubspot_deals", "hubspot_activities"])
def test_a_real_export(real_data: Path, name: str) -> None:
    text = held(real_data / "hubspot_dummy" / f"{name}.csv")
    assert ('include "leadrules/hubspot"' in text) == (name == "hubspot_contacts")


def test_the_x_education_leads(real_data: Path) -> None:
    text = held(real_data / "x_education" / "Leads.csv")
    assert 'missing values "Select"' in text
    assert "leadrules/" not in text
    assert field_of(text, "prospect_id") == 'field prospect_id : text from "Prospect ID" key'
    assert field_of(text, "converted") == 'field converted : boolean from "Converted"'
    assert text.count(' # "No" for every lead') == 5
    assert "# Column 38 has no name and is blank for every lead" in text


@pytest.mark.parametrize("name", ["hubspot", "salesforce", "marketo", "mautic", "odoo"])
def test_the_headers_of_a_system_are_known(name: str, root: Path) -> None:
    found = sorted((root / "tests" / "library").glob(f"{name}_*.csv"))
    assert found
    for path in found:
        assert f'include "leadrules/{name}"' in held(path), path.name


def test_values_that_the_system_would_reject_are_no_export_of_it(root: Path, tmp_path: Path) -> None:
    text = (root / "tests" / "library" / "hubspot_labels.csv").read_text(encoding="utf-8")
    assert 'include "leadrules/hubspot"' in start_of(tmp_path, text)
    assert "include" not in start_of(tmp_path, re.sub(r"\b(20\d\d)-(\d\d)-(\d\d)\b", r"\2/\3/\1", text))


def test_no_leads_and_one_lead(tmp_path: Path) -> None:
    text = start_of(tmp_path, "Name,Visits\n")
    assert "No lead was in it: types are not known" in text
    assert field_of(text, "visits") == 'field visits : text from "Visits"'
    assert "1 lead read" in start_of(tmp_path, "Name,Visits\nA,5\n")


def test_json_with_records_and_lists_in_it(tmp_path: Path) -> None:
    leads = [
        {"id": "1", "company": {"name": "Acme", "size": 12}, "tags": ["a", "b"], "events": [{"on": "2026-01-01"}],
         "ok": True, "n": 5, "x": 1.5, "mixed": 1, "gone": None, "big": 2**60, "figures": [1, 2]},
        {"id": "2", "company": {"name": "Bigco", "size": None}, "tags": [], "mixed": "two", "events": [], "n": 6},
        {"id": "3", "company": None, "tags": ["a"], "mixed": {"a": 1}},
    ]  # fmt: skip
    path = tmp_path / "leads.json"
    path.write_text(json.dumps(leads), encoding="utf-8")
    text = held(path)
    types = {field.name: field.type for field in checked(text).fields}
    assert types == {
        "id": "text", "company.name": "text", "company.size": "integer", "tags": "list of text", "ok": "boolean",
        "n": "integer", "x": "number", "figures": "list of text", "mixed.a": "integer", "big": "text",
    }  # fmt: skip
    assert "# field events : list of text  # holds records" in text or "# field events : text  # holds records" in text
    assert "# field gone : text  # blank for every lead" in text


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "Lead ID": [1, 2, 3],
            "Visits": [5, None, 7],
            "Rate": [0.5, float("nan"), None],
            "Amount": [Decimal("1.50"), Decimal("2.00"), None],
            "Opted In": [True, False, None],
            "Created": [date(2026, 1, 31), None, None],
            "Seen": [datetime(2026, 1, 31, 9, 14, tzinfo=UTC)] * 3,
            "Midnight": [datetime(2026, 1, 31)] * 3,
            "Tags": [["a"], [], None],
            "Company": [{"name": "Acme"}, {"name": None}, None],
            "Raw": [b"x", b"y", None],
        },
        schema_overrides={"Amount": pl.Decimal(10, 2)},
    )
    path = tmp_path / "leads.parquet"
    frame.write_parquet(path)
    types = {field.name: field.type for field in checked(held(path)).fields}
    assert types == {
        "lead_id": "text", "visits": "integer", "rate": "number", "amount": "number", "opted_in": "boolean",
        "created": "date", "seen": "datetime", "midnight": "date", "tags": "list of text", "company.name": "text",
    }  # fmt: skip


def test_an_excel_workbook(tmp_path: Path) -> None:
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Notes").write(0, 0, "nothing here")
        sheet = book.add_worksheet("Leads")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for row, cells in enumerate([("Name", "Visits", "Created"), ("A", 5, None), ("B", 6.5, None)]):
            for place, cell in enumerate(cells):
                sheet.write(row, place, cell)
        sheet.write_datetime(1, 2, datetime(2026, 1, 31), day)
    text = held(path, sheet="Leads")
    assert {field.name: field.type for field in checked(text).fields} == {
        "name": "text",
        "visits": "number",
        "created": "date",
    }


def test_encoding_and_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_bytes("Jméno|Výše\nŘehoř|1 200\n".encode("windows-1250"))
    text = held(path, encoding="windows-1250", delimiter="|")
    assert field_of(text, "výše") == 'field výše : integer from "Výše"'


def test_so_many_leads_are_read_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text(column([str(number) for number in range(50_000)] + ["many"], "Visits"), encoding="utf-8")
    source = open_leads(path)
    start = starting_ruleset(source, 30_000)
    assert (start.leads, start.more) == (30_000, True)
    assert "The first 30,000 leads read, and there are more" in start.text
    assert field_of(start.text, "visits") == 'field visits : integer from "Visits"'
    whole = starting_ruleset(source, None)
    assert (whole.leads, whole.more) == (50_001, False)
    assert field_of(whole.text, "visits") == 'field visits : text from "Visits"'
    exact = starting_ruleset(source, 50_001)
    assert (exact.leads, exact.more) == (50_001, False)
    source.close()


def test_of_a_column_little_is_kept() -> None:
    one = Column(0, "X")
    for start in range(0, 60_000, 20_000):
        one.add([f"{number} a; b{number}" for number in range(start, start + 20_000)])
    assert one.known == 60_000
    assert max(len(one.values), len(one.items), len(one.numbers), len(one.doubtful)) <= 300
    assert one.keys is not None


def test_the_same_file_gives_the_same_ruleset(root: Path) -> None:
    path = root / "rulesets" / "demo" / "leads.csv"
    assert held(path) == held(path)


# --------------------------------------------------------------------- command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "leads.csv").write_text("Record ID,Visits\n7,5\n8,6\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_is_written_checks_and_runs(folder: Path, capsys: Captured) -> None:
    assert exit_code(["init", "leads.csv", "-o", "start.rules"]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == (
        "2 leads read; 2 of 2 columns are fields; written to start.rules\n"
        "next: leadrules check start.rules\n      leadrules run start.rules leads.csv -o scored.csv\n"
    )
    assert exit_code(["check", "start.rules"]) == 0
    assert exit_code(["fmt", "--check", "start.rules"]) == 0
    assert exit_code(["run", "start.rules", "leads.csv", "-o", "scored.csv"]) == 0
    assert "2 leads read: 2 scored" in capsys.readouterr().err


def test_a_file_that_is_there_is_not_written_over(folder: Path, capsys: Captured) -> None:
    Path("start.rules").write_text("mine", encoding="utf-8")
    assert exit_code(["init", "leads.csv", "-o", "start.rules"]) == 2
    assert "`start.rules` is there already" in capsys.readouterr().err
    assert Path("start.rules").read_text(encoding="utf-8") == "mine"
    assert exit_code(["init", "leads.csv", "-o", "start.rules", "--force"]) == 0
    assert Path("start.rules").read_text(encoding="utf-8").startswith("# A start")


def test_the_leads_are_never_written_over(folder: Path, capsys: Captured) -> None:
    before = Path("leads.csv").read_text(encoding="utf-8")
    assert exit_code(["init", "leads.csv", "-o", "leads.csv", "--force"]) == 2
    assert Path("leads.csv").read_text(encoding="utf-8") == before
    capsys.readouterr()


def test_standard_input_and_output(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"Visits\n5\n"), isatty=lambda: False))
    assert exit_code(["init", "-"]) == 0
    shown = capsysbinary.readouterr()
    assert b'ruleset "Leads" version "1"' in shown.out
    assert shown.err == b"1 lead read; 1 of 1 columns are fields; written to standard output\n"


def test_records_that_are_no_leads_are_mentioned(folder: Path, capsys: Captured) -> None:
    Path("leads.csv").write_text("A,B\n1,2\n1\n", encoding="utf-8")
    assert exit_code(["init", "leads.csv"]) == 0
    assert "1 record is no lead at all" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["init"], ["init", "gone.csv"], ["init", "leads.csv", "--rows", "0"], ["init", "leads.csv", "--rows", "x"],
     ["init", "leads.csv", "--sheet", "2"], ["init", "leads.csv", "-o", "gone/x.rules"]],
)  # fmt: skip
def test_what_cannot_be_done_as_asked_gives_2(folder: Path, arguments: list[str], capsys: Captured) -> None:
    assert exit_code(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "rror:" in shown.err


def test_an_empty_file_is_no_file_of_leads(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_bytes(b"")
    with pytest.raises(LeadsError):
        held(tmp_path / "leads.csv")
