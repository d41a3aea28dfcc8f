"""Which format a file of leads has: by its ending, or by its first bytes where the ending does not say."""

from __future__ import annotations

from typing import Literal

from leadrules.leads.errors import LeadsError
from leadrules.leads.streams import UTF8_MARK, Place

Format = Literal["csv", "jsonl", "json", "parquet", "excel"]

_ENDINGS: dict[str, Format] = {
    "csv": "csv",
    "tsv": "csv",
    "tab": "csv",
    "txt": "csv",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "json": "json",
    "parquet": "parquet",
    "pq": "parquet",
    "xlsx": "excel",
    "xlsm": "excel",
}
_SAVE_AS = "open it in a spreadsheet program and save it as .xlsx or .csv"
_REFUSED = {
    "xls": "an old Excel workbook",
    "xlsb": "a binary Excel workbook",
    "ods": "an OpenDocument spreadsheet",
    "numbers": "a Numbers spreadsheet",
}
_PACKED = {"zip", "7z", "rar", "bz2", "xz", "zst"}
_MARKS: tuple[tuple[bytes, Format], ...] = ((b"PAR1", "parquet"), (b"PK\x03\x04", "excel"))


def ending(path: str) -> str:
    """The ending that tells the format: `csv` for `Leads.CSV.gz`; empty if there is none."""
    name = path.replace("\\", "/").rsplit("/", 1)[-1].lower()
    name = name.removesuffix(".gz")
    return name.rsplit(".", 1)[-1] if "." in name else ""


def input_format(place: Place) -> Format:
    """The format to read a place in."""
    suffix = ending(place.path) if place.path else ""
    if suffix in _REFUSED:
        raise LeadsError(f"`{place.name}` is {_REFUSED[suffix]}, which is not read", _SAVE_AS)
    if suffix in _PACKED:
        raise LeadsError(
            f"`{place.name}` is packed as .{suffix}, which is not read", "unpack it first; only .gz is read packed"
        )
    head = place.head()
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise LeadsError(
            f"`{place.name}` is an old or a password-protected Excel workbook, which is not read", _SAVE_AS
        )
    if suffix in _ENDINGS:
        return _ENDINGS[suffix]
    for mark, found in _MARKS:
        if head.startswith(mark):
            return found
    start = head.removeprefix(UTF8_MARK).lstrip()
    if start[:1] == b"[":
        return "json"
    return "jsonl" if start[:1] == b"{" else "csv"


def output_format(path: str | None) -> Format:
    """The format to write a path in; csv for standard output."""
    if path is None or path == "-":
        return "csv"
    suffix = ending(path)
    if suffix in _ENDINGS and suffix != "xlsm":
        return _ENDINGS[suffix]
    raise LeadsError(
        f"`{path}` does not say which format to write", "end the name in .csv, .jsonl, .json, .parquet or .xlsx"
    )
