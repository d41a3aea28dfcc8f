"""JSON text cut into leads: one object a line, or the elements of one array.

Each lead keeps its own text, from which it is written again. A line that is no
object is a broken record; inside an array nothing can be trusted after a fault, so that is an error.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from leadrules.leads.errors import LeadsError
from leadrules.leads.streams import ByteStream, not_in_encoding

CHUNK = 1 << 20
LARGEST_LEAD = 1 << 26
_DECODER = json.JSONDecoder()
_SCAN: Callable[[str, int], tuple[str, int]] = json.decoder.scanstring  # type: ignore[attr-defined]
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_BLANK = re.compile(r"[ \t\r\n]*")
_NAMES: dict[type, str] = {
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    type(None): "null",
}


@dataclass(frozen=True, slots=True)
class JsonRecord:
    """One lead's text and value; or why it is none."""

    raw: str
    lead: dict[str, Any] | None
    fault: str = ""


def parse(text: str) -> Any:
    """The value of a JSON text; ValueError, with what is wrong in words, if it is none that can be read."""
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(_fault(error)) from None


def _fault(error: ValueError | RecursionError) -> str:
    """Why a text cannot be read as JSON. Python reads neither endless nesting nor endless digits."""
    if isinstance(error, RecursionError):
        return "it is nested too deep to be read"
    is_json = not isinstance(error, json.JSONDecodeError)
    return "it has a number of more digits than can be read" if is_json else "it is not JSON"


def read_lines(stream: ByteStream) -> Iterator[JsonRecord | None]:
    """Each line's record; None for a blank line."""
    line = 0
    for text in _whole_lines(stream):
        for raw in text.split("\n"):
            line += 1
            raw = raw.strip(" \t\r")
            yield _line(raw, line) if raw else None


def _line(raw: str, line: int) -> JsonRecord:
    try:
        value = parse(raw)
    except ValueError as fault:
        return JsonRecord(raw, None, f"{fault} (line {line:,})")
    return _record(raw, value, f" (line {line:,})")


def _record(raw: str, value: Any, where: str = "") -> JsonRecord:
    if not isinstance(value, dict):
        return JsonRecord(raw, None, f"it is {_NAMES[type(value)]}, not an object{where}")
    if _HALF.search(raw):
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            return JsonRecord(raw, None, f"it has half of a character, a `\\ud…` without its other half{where}")
    return JsonRecord(raw, value)


def _whole_lines(stream: ByteStream) -> Iterator[str]:
    """Lines without the last line end, many at a time."""
    rest, offset, line, first = b"", 0, 1, True
    while piece := stream.read(CHUNK):
        data = rest + piece
        end = data.rfind(b"\n", len(rest)) + 1
        if not end:
            if len(data) > LARGEST_LEAD:
                raise LeadsError(
                    f"line {line:,} of `{stream.name}` does not end within {LARGEST_LEAD >> 20} MiB",
                    "put one object on a line, or name the file .json",
                )
            rest = data
            continue
        yield _text(stream.name, data[: end - 1], offset, line, first)
        offset, line, first, rest = offset + end, line + data.count(b"\n", 0, end), False, data[end:]
    if rest:
        yield _text(stream.name, rest, offset, line, first)


def _text(name: str, data: bytes, offset: int, line: int, first: bool) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise not_in_encoding(
            name, "utf-8", data[error.start], offset + error.start, line + data.count(b"\n", 0, error.start)
        ) from None
    return text.removeprefix("\ufeff") if first else text


class _Text:
    """The part of a text that has been read and not yet used."""

    def __init__(self, stream: ByteStream):
        self.name = stream.name
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._bytes = 0
        self.text, self.at, self.ended = "", 0, False
        self._lines, self._column = 1, 1
        self.more()
        self.text = self.text.removeprefix("\ufeff")

    def more(self) -> bool:
        """Read on, at least as much again as there is; False at the end."""
        if self.ended:
            return False
        used = self.text[: self.at]
        self._lines, self._column = _place(used, self._lines, self._column)
        rest = self.text[self.at :]
        if len(rest) > LARGEST_LEAD:
            raise LeadsError(
                f"the lead at {self.where(self.at)} of `{self.name}` does not end within {LARGEST_LEAD >> 20} MiB",
                "check the file there: a bracket or a quote may be missing",
            )
        piece = self._stream.read(max(CHUNK, len(rest)))
        self.ended = not piece
        try:
            self.text, self.at = rest + self._decoder.decode(piece, final=not piece), 0
        except UnicodeDecodeError as error:
            raise not_in_encoding(self.name, "utf-8", error.object[error.start], self._bytes + error.start) from None
        self._bytes += len(piece)
        return True

    def blank(self) -> str:
        """Pass over blanks; the character that follows, empty at the end."""
        while True:
            self.at = _after_blanks(self.text, self.at)
            if self.at < len(self.text) or not self.more():
                return self.text[self.at : self.at + 1]

    def where(self, at: int) -> str:
        line, column = _place(self.text[:at], self._lines, self._column)
        return f"line {line:,}, column {column:,}"

    def value(self) -> tuple[Any, str]:
        """The value that begins here, and its own text."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except (ValueError, RecursionError) as error:
                if self.more():
                    continue
                if isinstance(error, json.JSONDecodeError):
                    raise self.fault(error.pos) from None
                raise LeadsError(
                    f"the lead at {self.where(self.at)} of `{self.name}` cannot be read: {_fault(error)}",
                    "correct it there, or put one lead on a line of a .jsonl file, where it alone would be rejected",
                ) from None
            if end == len(self.text) and self.more():
                continue
            raw, self.at = self.text[self.at : end], end
            return value, raw

    def fault(self, at: int | None = None) -> LeadsError:
        place = self.where(self.at if at is None else at)
        return LeadsError(
            f"`{self.name}` is not JSON at {place}",
            "correct it there; leads in JSON are one array of objects, or one object a line in a file named .jsonl",
        )


def _place(text: str, line: int, column: int) -> tuple[int, int]:
    breaks = text.count("\n")
    return (line + breaks, len(text) - text.rfind("\n")) if breaks else (line, column + len(text))


def read_array(stream: ByteStream) -> Iterator[JsonRecord]:
    """Each element of an array of leads; or one object after another."""
    text = _Text(stream)
    in_array = text.blank() == "["
    if in_array:
        text.at += 1
        if text.blank() == "]":
            text.at += 1
            in_array = False
    elif text.blank() != "{":
        raise text.fault()
    while in_array or text.blank() == "{":
        value, raw = text.value() if text.blank() else (None, "")
        if not raw:
            raise text.fault()
        yield _record(raw, value)
        if in_array:
            following = text.blank()
            if following not in ("]", ","):
                raise text.fault()
            text.at += 1
            if following == "]":
                break
    if text.blank():
        raise text.fault()


def members(raw: str) -> Iterator[tuple[str, str, Any]]:
    """The key, the value's own text and the value of each member of an object's text."""
    at = _after_blanks(raw, raw.index("{") + 1)
    while raw[at] != "}":
        key, at = _SCAN(raw, at + 1)
        start = _after_blanks(raw, _after_blanks(raw, at) + 1)
        value, at = _DECODER.raw_decode(raw, start)
        yield key, raw[start:at], value
        at = _after_blanks(raw, at)
        if raw[at] == ",":
            at = _after_blanks(raw, at + 1)


def _after_blanks(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    assert match is not None
    return match.end()
