"""How a text that is not ISO may say a day: its formats, in the words of `format`.

A text gives one format for each order of day, month and year that it allows.
Formats are lenient (`D/M/YYYY`) and made strict (`DD/MM/YYYY`) where all texts
of a column have two digits. Which order is meant is never settled here.
"""

from __future__ import annotations

import re

_TIME = re.compile(r"(?P<before>,? )[0-9]{1,2}:[0-9]{2}(?P<seconds>:[0-9]{2})?")
_FIGURES = re.compile(r"([0-9]{1,4})(\. |[./ -])([0-9]{1,2})\2([0-9]{1,4})")
_MONTH_MIDDLE = re.compile(r"[0-9]{1,2}([ ./-]?)[a-z]{3}\1([0-9]{4}|[0-9]{2})", re.IGNORECASE)
_MONTH_FIRST = re.compile(r"[a-z]{3} [0-9]{1,2}(,? )[0-9]{4}", re.IGNORECASE)
_PACKED = re.compile(r"(?:19|20)[0-9]{6}")
_LIKE_A_DATE = re.compile(
    r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}\b.*"
    r"|(?:\w+,? )?(?:[0-9]{1,2}(?:st|nd|rd|th|\.)? )?"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,? [0-9].*",
    re.IGNORECASE,
)


def formats_of(text: str) -> list[str]:
    """The lenient formats that the text may be written in; none for what is no date."""
    if not 6 <= len(text) <= 30:
        return []
    day, time = text, ""
    found = _TIME.search(text)
    if found is not None and found.end() == len(text):
        day, time = text[: found.start()], f"{found['before']}hh:mm{':ss' if found['seconds'] else ''}"
    return [one + time for one in _days(day)]


def strictly(lenient: str) -> str:
    """The same format, with two digits for day and month."""
    return re.sub(r"(?<![DM])(D|M)(?![DMo])", r"\1\1", lenient)


def is_like_a_date(text: str) -> bool:
    """Whether a person would take the text for a date, in whatever form."""
    return len(text) <= 40 and _LIKE_A_DATE.fullmatch(text) is not None


def _days(text: str) -> list[str]:
    if _PACKED.fullmatch(text):
        return ["YYYYMMDD"]
    if found := _MONTH_MIDDLE.fullmatch(text):
        by, year = found[1], "Y" * len(found[2])
        return [f"D{by}Mon{by}{year}"]
    if found := _MONTH_FIRST.fullmatch(text):
        return [f"Mon D{found[1]}YYYY"]
    found = _FIGURES.fullmatch(text)
    if found is None:
        return []
    first, by, last = len(found[1]), found[2], len(found[4])
    if first == 4:
        return [f"YYYY{by}M{by}D"] if last <= 2 else []
    if first > 2 or last not in (2, 4):
        return []
    year = "Y" * last
    formats = [f"D{by}M{by}{year}", f"M{by}D{by}{year}"]
    return [*formats, f"YY{by}M{by}D"] if first == last == 2 else formats
