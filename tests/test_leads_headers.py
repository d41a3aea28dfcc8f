"""Which column each field reads."""

from __future__ import annotations

import pytest

from leadrules.leads import match_headers
from leadrules.ruleset import Field


def found(fields, headers, **options):
    matched = match_headers(fields, headers, **options)
    return dict(matched.headers), [(problem.name, problem.severity, problem.message) for problem in matched.problems]


@pytest.mark.parametrize(
    ("field", "headers", "expected"),
    [
        (Field("email", "email", ("Email", "Email Address")), ["Email Address", "Email"], "Email"),
        (Field("email", "email", ("E-Mail", "Email Address")), ["email", "Email Address"], "Email Address"),
        (Field("email", "email", ("Mail",)), ["email", "x"], "email"),
        (Field("email.clicks", "integer"), ["Email Clicks"], "Email Clicks"),
        (Field("employees", "integer", ("No. of Employees",)), ["\ufeffno_of-employees"], "\ufeffno_of-employees"),
        (Field("jméno", "text", ("JMÉNO",)), ["jme\u0301no"], "jme\u0301no"),
        (Field("a", "text"), ["A", "a"], "a"),
    ],
)
def test_the_first_candidate_wins_exactly_then_loosely(field, headers, expected):
    assert found([field], headers) == ({0: expected}, [])


@pytest.mark.parametrize("headers", [["Email", "Email"], ["E-mail", "e mail"], ["EMAIL", "x", "E_Mail"]])
def test_two_columns_for_one_candidate_are_an_error_that_names_both(headers):
    matched = match_headers([Field("email", "email")], headers)
    (problem,) = matched.errors
    first, second = [place for place, header in enumerate(headers, 1) if header != "x"]
    named = [f"`{headers[place - 1]}` (column {place})" for place in (first, second)]
    assert problem.message == f"the field `email` could be {named[0]} and {named[1]}"
    assert problem.help
    assert not matched.headers


def test_a_field_without_a_column_is_an_error_with_the_nearest_header():
    matched = match_headers(
        [Field("employees", "integer", ("No. of Employees",), default=0)], ["Email", "No of Employes"]
    )
    (problem,) = matched.errors
    assert problem.message == "the field `employees` has no column: expected `No. of Employees` or `employees`"
    assert (
        problem.help
        == 'did you mean `No of Employes`? then add `from "No of Employes"` to the field; or mark it `optional`'
    )


def test_optional_and_unread_fields_need_no_column():
    assert found([Field("a", "text", optional=True), Field("b", "text", read=False)], ["x"]) == ({}, [])


def test_where_keys_may_be_absent_a_missing_one_is_a_warning():
    assert found([Field("a", "text")], ["x"], absent_is_missing=True) == (
        {},
        [("missing-column", "warning", "no lead has `a`, so the field `a` is missing everywhere")],
    )


def test_where_no_field_finds_a_column_the_header_itself_is_doubted() -> None:
    matched = match_headers([Field("visits", "integer"), Field("email", "email")], ["Contacts export 2025", "", ""])
    assert [problem.name for problem in matched.problems] == ["missing-column"]
    assert "the header was taken to be `Contacts export 2025`" in matched.problems[0].message
    assert "--sheet" in (matched.problems[0].help or "")
