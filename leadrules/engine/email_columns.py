"""What kind of address each e-mail of a column is: of each what `leadrules.meaning.emails` says of it.

Addresses of ASCII alone, which nearly all are, are parsed as columns; others one
by one. Domains are held against the lists as columns too, and only
the domains on one are asked, each once, which list decides.
"""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from leadrules.meaning import text
from leadrules.meaning.emails import ASCII_SHAPE, LONGEST, Directory, shipped
from leadrules.ruleset import DomainLists

Mask = npt.NDArray[np.bool_]


class Addresses:
    """A column of addresses, of ASCII alone or of any characters."""

    def __init__(self, texts: pl.Series, directory: Directory, ascii_only: bool):
        self._texts = texts
        self._directory = directory
        self._ascii_only = ascii_only

    def are(self, word: str) -> Mask:
        """Which of them are `valid`, `personal`, `disposable`, `role` or `business`; none that is null."""
        if not self._ascii_only:
            asked = getattr(self._directory, word)
            return np.array([address is not None and asked(address) for address in self._texts], dtype=bool)
        answers = np.zeros(len(self._texts), dtype=bool)
        if word == "valid":
            answers[self._valid] = True
        elif word == "role":
            answers[self._valid] = self._roles
        else:
            answers[self._valid] = self._kinds == _KINDS.index(None if word == "business" else word)
        return answers

    @cached_property
    def _valid(self) -> npt.NDArray[np.intp]:
        shaped = self._texts.str.contains(ASCII_SHAPE) & (self._texts.str.len_bytes() <= LONGEST)
        return np.flatnonzero(shaped.fill_null(False).to_numpy())

    @cached_property
    def _folded(self) -> pl.Series:
        """The valid ones, lower-cased."""
        return self._texts.gather(self._valid).str.to_lowercase()

    @cached_property
    def _roles(self) -> Mask:
        lists = self._directory.lists
        names = sorted((shipped("roles") - lists.roles_removed) | lists.roles_added)
        pattern = text.any_of(name for name in names if "+" not in name and "@" not in name)
        return self._folded.str.contains(rf"^{pattern}(?:\+[^@]*)?@").to_numpy()

    @cached_property
    def _kinds(self) -> npt.NDArray[np.int8]:
        """Which list decides each valid one's class: its place in `_KINDS`."""
        domains = _after(self._folded, "@")
        kinds = np.zeros(len(domains), dtype=np.int8)
        rows = _at_or_below(domains, _listed(self._directory.lists))
        some = domains.gather(rows)
        values = some.unique()
        found = [_KINDS.index(self._directory.kind(f"@{domain}")) for domain in values]
        kinds[rows] = np.array(found, dtype=np.int8).take(some.cast(pl.Enum(values)).to_physical().to_numpy())
        return kinds


_KINDS = (None, "personal", "disposable")


@lru_cache(maxsize=4)
def _listed(lists: DomainLists) -> pl.Series:
    """Every domain that a list puts in a class."""
    every = shipped("personal") | shipped("disposable") | lists.personal_added | lists.disposable_added
    return pl.Series(sorted(every), dtype=pl.String)


def _at_or_below(domains: pl.Series, listed: pl.Series) -> npt.NDArray[np.intp]:
    """The rows of domains that are on a list, or below one that is."""
    found = np.zeros(len(domains), dtype=bool)
    rows = np.arange(len(domains))
    while len(rows):
        found[rows] = domains.is_in(listed.implode()).to_numpy()
        above = (domains.str.contains(".", literal=True)).to_numpy() & ~found[rows]
        rows, domains = rows[above], _after(domains.filter(above), ".")
    return np.flatnonzero(found)


def _after(texts: pl.Series, sign: str) -> pl.Series:
    """What stands after the first sign of its kind in texts that have one."""
    column = pl.col("text")
    return texts.to_frame("text").select(column.str.slice(column.str.find(sign, literal=True) + 1)).to_series()
