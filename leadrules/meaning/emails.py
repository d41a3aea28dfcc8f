"""E-mail addresses: shape, domain, and what kind of address it is.

The shape is a working one, not that of the standards: one `@`, something
sensible before it, a domain with a dot after it. What no mail form accepts
(`"quoted part"@x.org`, `anna@[10.0.0.1]`) is not valid. International domains
and local parts are.

Three lists ship with the program (`leadrules/data/`); what a ruleset adds or
removes wins over them. An address is held against a list by its domain and then
by each domain above it, so that `eu.gmail.com` is as personal as `gmail.com`.

Questionable decision: a role is known by the whole local part up to a `+`:
`sales+eu@` is a role, `sales.eu@` may be a person of that name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

from leadrules.meaning.text import BLANKS, fold, is_word_character
from leadrules.record import record
from leadrules.ruleset import NO_CHANGES, DomainLists

LONGEST = 254

Kind = Literal["personal", "disposable"]

_DATA = Path(__file__).parent.parent / "data"
_LOCAL = r'[^@.()<>\[\]:;,\\"\s\x00-\x20\x7f-\x9f]+'
_DOMAIN = "(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?[.])+[a-z][a-z0-9-]*[a-z0-9]"
_ADDRESS = rf"{_LOCAL}(?:[.]{_LOCAL})*@{_DOMAIN}"
_SHAPE = re.compile(_ADDRESS, re.IGNORECASE | re.ASCII)
ASCII_SHAPE = f"(?i)^{_ADDRESS}$"
"""The shape as a pattern for texts of ASCII alone, as columns take it: there, all its classes are ones of ASCII."""


def is_valid(address: str) -> bool:
    """Whether an address has the shape of one."""
    if len(address) > LONGEST:
        return False
    plain = address if address.isascii() else "".join(map(_stand_in, address))
    return _SHAPE.fullmatch(plain) is not None


def domain(address: str) -> str:
    """The folded text after the last `@`; empty where there is none."""
    _, at_sign, after = address.rpartition("@")
    return fold(after) if at_sign else ""


def at(address: str, domains: frozenset[str]) -> bool:
    """Whether the address is at one of these folded domains, or below it."""
    return not domains.isdisjoint(_domain_and_above(domain(address)))


@record
class Directory:
    """The shipped lists with what a ruleset adds and removes."""

    lists: DomainLists = NO_CHANGES

    def valid(self, address: str) -> bool:
        """Whether it has the shape of an address."""
        return is_valid(address)

    def personal(self, address: str) -> bool:
        """Whether it is valid and at a provider of private mailboxes."""
        return is_valid(address) and self.kind(address) == "personal"

    def disposable(self, address: str) -> bool:
        """Whether it is at a provider of throw-away addresses."""
        return is_valid(address) and self.kind(address) == "disposable"

    def role(self, address: str) -> bool:
        """Whether its local part stands for a function, as `info` does."""
        if not is_valid(address):
            return False
        name = fold(address.rpartition("@")[0].partition("+")[0])
        return name in self.lists.roles_added or (name in shipped("roles") and name not in self.lists.roles_removed)

    def business(self, address: str) -> bool:
        """Whether it is valid and neither personal nor disposable."""
        return is_valid(address) and self.kind(address) is None

    def kind(self, address: str) -> Kind | None:
        """The class of the address's domain; the nearest domain that a list says anything of decides.

        A domain that the ruleset adds to both lists is disposable.
        """
        lists = self.lists
        removed: set[Kind] = set()
        for one in _domain_and_above(domain(address)):
            if one in lists.disposable_added:
                return "disposable"
            if one in lists.personal_added:
                return "personal"
            if one in lists.disposable_removed:
                removed.add("disposable")
            if one in lists.personal_removed:
                removed.add("personal")
            if "disposable" not in removed and one in shipped("disposable"):
                return "disposable"
            if "personal" not in removed and one in shipped("personal"):
                return "personal"
        return None


@cache
def shipped(name: Literal["personal", "disposable", "roles"]) -> frozenset[str]:
    """A shipped list, read when first asked for."""
    return frozenset((_DATA / f"{name}.txt").read_text("utf-8").split())


def _domain_and_above(one: str) -> Iterator[str]:
    while one:
        yield one
        one = one.partition(".")[2]


def _stand_in(char: str) -> str:
    """An ASCII character that counts in a shape as this one does."""
    if char.isascii():
        return char
    if char in BLANKS or unicodedata.category(char) == "Cc":
        return " "
    if not is_word_character(char):
        return "~"
    return "0" if unicodedata.category(char)[0] in "MN" else "a"
