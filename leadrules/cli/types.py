"""What options take: dates, shares, counts. Each says in its own words what it does not understand."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

import click


class Share(click.ParamType[Any]):
    """A number of leads, or a share of them: `5`, `2%`."""

    name = "N|P%"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, bool]:
        if isinstance(value, tuple):
            return value
        text = str(value).strip()
        try:
            number = float(text.removesuffix("%"))
        except ValueError:
            number = -1
        if not 0 <= number < float("inf") or (not text.endswith("%") and number != int(number)):
            self.fail(f"`{value}` is neither a number of leads nor a share like `2%`", param, ctx)
        return number, text.endswith("%")


def exceeds(limit: tuple[float, bool], count: int, of: int) -> bool:
    """Whether so many leads of all are more than a `Share` allows."""
    number, is_share = limit
    return count > (number / 100 * of if is_share else number)


max_rejects_option = click.option(
    "--max-rejects",
    type=Share(),
    default="0",
    show_default=True,
    help="More rejected leads than this end in exit code 1.",
)


class CountOrAll(click.ParamType[Any]):
    """A whole number of at least `least`, or `all` (None)."""

    def __init__(self, name: str, least: int = 0):
        self.name = name
        self.least = least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        if value is None or isinstance(value, int):
            return value
        if value == "all":
            return None
        if not (str(value).isascii() and str(value).isdigit() and int(value) >= self.least):
            above = f" above {self.least - 1}" if self.least else ""
            self.fail(f"`{value}` is neither a whole number{above} nor `all`", param, ctx)
        return int(value)


class Day(click.ParamType[Any]):
    """A date like 2026-11-22."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            day = None
        if day is None or day.isoformat() != value:
            self.fail(f"`{value}` is not a date like 2026-11-22", param, ctx)
        return day


class DayOrCurrent(Day):
    """A date like 2026-11-22, or `current` (None)."""

    name = "DATE|current"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | None:  # type: ignore[override]
        return None if value is None or value == "current" else super().convert(value, param, ctx)


class Names(click.ParamType[Any]):
    """Names separated by commas; one with a comma stands in double quotes."""

    name = "A,B,…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[str]:
        if isinstance(value, list):
            return value
        return [name.strip() for name in next(csv.reader([str(value)], skipinitialspace=True), [])]


class Percent(click.ParamType[Any]):
    """A share: `80%`, `80`."""

    name = "P%"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            percent = float(str(value).strip().removesuffix("%"))
        except ValueError:
            percent = -1
        if not 0 <= percent <= 100:
            self.fail(f"`{value}` is not a share from 0% to 100%", param, ctx)
        return percent
