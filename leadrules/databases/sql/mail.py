"""Tests of mail addresses: their shape, their domain, and the shipped lists of domains.

The lists stand in the statement as tables of their own, of which each domain is looked up together with
the domains above it. What a ruleset adds and removes has been worked into them: for every domain that any
list names, the reference's own directory says what it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from sqlglot import exp

from leadrules.databases.sql import terms
from leadrules.databases.sql.operands import Operands
from leadrules.databases.sql.terms import SQL, text, whole
from leadrules.meaning.emails import LONGEST, Directory, shipped
from leadrules.ruleset import Operand

# What cannot stand before the `@`, once every other character has an ASCII one in its place.
_NOT_LOCAL = ((1, 0x20), *((ord(one), ord(one)) for one in '"(),.:;<>@[\\]'), (0x7F, 0x7F))
_DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]"


@dataclass
class Mail:
    """Writes tests of addresses. `lists` are the tables of domains that they look into, by name."""

    operands: Operands
    lists: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def directory(self) -> Directory:
        return Directory(self.operands.model.domains)

    def domain(self, operand: Operand) -> SQL:
        """The folded text after the last `@`; empty where there is none, null where the address is missing."""

        def make() -> SQL:
            folded = self.operands.folded(operand)
            after = self.operands.dialect.captured(folded.copy(), "@([^@]*)$", 1)
            return terms.when((terms.is_known(folded), terms.coalesce(after, text(""))))

        return self.operands.once("domain", operand, f"domain_{self.operands.hint(operand)}", make)

    def test(self, operand: Operand, word: str) -> SQL:
        """Whether an address is `valid`, `personal`, `disposable`, `role` or `business`; null where it is missing."""
        valid = self._valid(operand)
        if word == "valid":
            return valid
        if word == "role":
            return terms.when((valid, self._role(operand)), otherwise=valid.copy())
        kind = self.operands.once(
            "kind", operand, f"kind_of_{self.operands.hint(operand)}", lambda: self._kind(operand)
        )
        wanted = "company" if word == "business" else word
        return terms.when((valid, exp.EQ(this=kind, expression=text(wanted))), otherwise=valid.copy())

    def _valid(self, operand: Operand) -> SQL:
        dialect = self.operands.dialect

        def plain() -> SQL:
            address = self.operands.value(operand)
            letters, digits = dialect.inner(r"\p{L}"), dialect.inner(r"\p{M}\p{Nd}")
            controls = dialect.blanks[1:-1] + dialect.characters(((0x80, 0x9F),))[1:-1]
            blanks = address.copy()
            for found, stand_in in ((letters, "a"), (digits, "0"), (controls, " ")):
                blanks = dialect.replaced(blanks, f"[{found}]", stand_in)
            others = dialect.replaced(blanks, dialect.characters(((0x80, 0x10FFFF),)), "~")
            return terms.when((dialect.is_ascii(address), address.copy()), otherwise=others)

        def make() -> SQL:
            local = dialect.characters(_NOT_LOCAL, but=True) + "+"
            shape = rf"^{local}(?:\.{local})*@{_DOMAIN}$"
            address = self.operands.once("plain", operand, f"plain_{self.operands.hint(operand)}", plain)
            short = exp.LTE(this=dialect.length(self.operands.value(operand)), expression=whole(LONGEST))
            return terms.both([short, dialect.found(address, shape)])

        return self.operands.once("valid", operand, f"valid_{self.operands.hint(operand)}", make)

    def _role(self, operand: Operand) -> SQL:
        lists = self.directory.lists
        names = (shipped("roles") - lists.roles_removed) | lists.roles_added
        name = self.operands.dialect.captured(self.operands.folded(operand), "^([^@+]*)", 1)
        return terms.definitely(terms.among_texts(name, names)) if names else terms.truth(False)

    def _kind(self, operand: Operand) -> SQL:
        """`personal`, `disposable` or `company`: what the nearest listed domain is."""
        lists = self.directory.lists
        named = shipped("personal") | shipped("disposable") | lists.personal_added | lists.disposable_added
        named |= lists.personal_removed | lists.disposable_removed
        by_labels: dict[tuple[int, str], list[str]] = {}
        for one in named:
            known = self.directory.kind(f"x@{one}") or "company"
            by_labels.setdefault((one.count(".") + 1, known), []).append(one)
        domain = self.domain(operand)
        rows: list[tuple[SQL, SQL]] = []
        for (labels, kind), domains in sorted(by_labels.items(), reverse=True):
            end = self._last(domain, labels, operand)
            name = f"{kind}_domains_of_{labels}"
            longest = self.operands.dialect.largest_list
            if longest is not None or len(domains) <= 40:
                listed = sorted(domains)
                parts = [listed[start : start + (longest or 40)] for start in range(0, len(listed), longest or 40)]
                rows += [(terms.among_texts(end.copy(), part), text(kind)) for part in parts]
                continue
            self.lists[name] = sorted(domains)
            rows.append((_looked_up(end, name), text(kind)))
        return terms.when(*rows, otherwise=text("company"))

    def _last(self, domain: SQL, labels: int, operand: Operand) -> SQL:
        """The last so many parts of a domain."""

        def make() -> SQL:
            pattern = rf"((?:[^.]*\.){{{labels - 1}}}[^.]*)$" if labels > 1 else "([^.]*)$"
            return self.operands.dialect.captured(domain.copy(), pattern, 1)

        hint = f"last_{labels}_of_{self.operands.hint(operand)}"
        return self.operands.once("last", (labels, operand), hint, make)


def _looked_up(value: SQL, table: str) -> SQL:
    listed = exp.Select(expressions=[terms.column("domain")]).from_(table, copy=False)
    return exp.In(this=value, query=exp.Subquery(this=listed))


def names_of(domains: Iterable[str]) -> str:
    """Domains as one text, which a table is made of: no domain has a blank in it."""
    return " ".join(domains)
