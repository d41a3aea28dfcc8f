"""How a csv file is written: its line ends, its delimiter, its header.

The delimiter is the one that divides the header into many cells and most records
into as many, where quotes are minded; a header that no delimiter divides is a single
column. Nothing else is guessed.
"""

from __future__ import annotations

from leadrules.leads.csv_records import CR, LF, read_record
from leadrules.leads.errors import LeadsError
from leadrules.leads.streams import UTF8_MARK, not_in_encoding
from leadrules.record import record

DELIMITERS = b",;\t|"
WORDS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "space": " "}
_SAMPLE = 50


@record
class Dialect:
    """`preamble` is what stands before the header (a mark, `sep=;`, blank lines), `header` its record and line end.

    `size` is where the first lead begins; `line` is its line's number. `line_end` is LF, or CR in files of old Macs;
    `newline` is what ends the header's line: LF, CR LF or CR.
    """

    delimiter: int
    line_end: int
    newline: bytes
    preamble: bytes
    header: bytes
    headers: list[str]
    size: int
    line: int


def delimiter_byte(delimiter: str) -> int:
    """The byte for `--delimiter`: one ASCII character, or its name."""
    character = WORDS.get(delimiter, delimiter)
    if len(character) != 1 or not _may_divide(character.encode()):
        raise LeadsError(f"`{delimiter}` is no delimiter", "give one character, such as `;`, or `tab`")
    return ord(character)


def _may_divide(character: bytes) -> bool:
    return character.isascii() and not character.isalnum() and character not in b'"\r\n\0\1.+-_'


def read_dialect(head: bytes, name: str, delimiter: str | None, at_end: bool) -> Dialect | None:
    """The dialect by the first bytes of a file; None where the header does not end in them."""
    at = len(UTF8_MARK) if head.startswith(UTF8_MARK) else 0
    line_end = LF if b"\n" in head or b"\r" not in head else CR
    if line_end == CR and not at_end and head.index(b"\r") == len(head) - 1:
        return None
    chosen = delimiter_byte(delimiter) if delimiter is not None else None
    while True:
        end = head.find(line_end, at)
        line = head[at:end] if end >= 0 else head[at:]
        if line[:4].lower() == b"sep=" and len(line.rstrip(b"\r")) == 5 and _may_divide(line[4:5]):
            chosen = line[4] if chosen is None else chosen
        elif line.strip(b" \r") or end < 0:
            break
        at = end + 1
    if end < 0 and not at_end:
        return None
    if not head[at:].strip(b" \r\n"):
        raise LeadsError(
            f"`{name}` is empty: it has no header and no leads", "give a file whose first line names its columns"
        )
    text = head if head.endswith(bytes([line_end])) or not at_end else head + bytes([line_end])
    found = chosen if chosen is not None else _find_delimiter(text, at, line_end)
    record = read_record(text, at, found, line_end)
    line_number = text.count(line_end, 0, at) + 1
    if record.fault:
        raise LeadsError(
            f"the header of `{name}`, on line {line_number}, cannot be read: {record.fault}",
            "write a quote inside a quoted cell twice",
        )
    if record.end is None:
        if at_end:
            raise LeadsError(
                f"a quote that opens in the header of `{name}`, on line {line_number}, is never closed",
                "close it, or write it twice inside a quoted cell",
            )
        return None
    header = text[at : record.end]
    try:
        headers = [cell.decode("utf-8") for cell in record.cells]
    except UnicodeDecodeError:
        headers = _undecodable(text[: record.end], name)
    newline = b"\r\n" if header.endswith(b"\r\n") else bytes([line_end])
    return Dialect(
        found,
        line_end,
        newline,
        head[:at],
        header,
        headers,
        min(record.end, len(head)),
        text.count(line_end, 0, record.end) + 1,
    )


def _undecodable(data: bytes, name: str) -> list[str]:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise not_in_encoding(
            name, "utf-8", data[error.start], error.start, data.count(b"\n", 0, error.start) + 1
        ) from None
    return []


def _find_delimiter(text: bytes, start: int, line_end: int) -> int:
    best, found = 0.0, DELIMITERS[0]
    for candidate in DELIMITERS:
        counts: list[int] = []
        at: int | None = start
        while at is not None and at < len(text) and len(counts) < _SAMPLE:
            record = read_record(text, at, candidate, line_end)
            if record.end is not None:
                counts.append(0 if record.fault else len(record.cells))
            at = record.end
        if not counts or counts[0] < 2:
            continue
        agreeing = sum(count == counts[0] for count in counts) / len(counts)
        merit = agreeing * (1 - 1 / counts[0])  # among those that agree alike, the one with the most columns
        if merit > best:
            best, found = merit, candidate
    return found
