"""Where bytes come from: a file, standard input, gzip, another encoding.

Whatever it was, the reader behind gets UTF-8 (not yet proved to be so) in
pieces of the size it asks for. Only UTF-16 with its mark is recognised unasked:
every other encoding but UTF-8 must be named, because a wrong guess would change
the text of leads without anyone being told.
"""

from __future__ import annotations

import codecs
import gzip
import io
import os
import sys
import tempfile
import zlib
from typing import IO, BinaryIO, cast

from leadrules.leads.errors import LeadsError, cannot_read, keeping

HEAD = 1 << 16
UTF8_MARK = codecs.BOM_UTF8
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_GZIP = b"\x1f\x8b"


class Place:
    """One place that leads come from: a path, or an open binary stream (standard input).

    A path can be opened again and again; a stream can be read once, unless it
    is spooled into a temporary file first. `name` is how messages call it.
    """

    def __init__(self, where: str | os.PathLike[str] | IO[bytes]):
        self.path: str | None = None
        self._stream: IO[bytes] | None = None
        self._head = b""
        self._spooled: IO[bytes] | None = None
        if isinstance(where, (str, os.PathLike)) and os.fspath(where) != "-":
            self.path = os.fspath(where)
            self.name = self.path
        else:
            if isinstance(where, (str, os.PathLike)) and sys.stdin is None:
                raise LeadsError("standard input is closed", "name a file, or send the leads in with `<` or `|`")
            self._stream = cast(IO[bytes], sys.stdin.buffer if isinstance(where, (str, os.PathLike)) else where)
            self.name = "standard input"

    def head(self) -> bytes:
        """The first bytes, at most 64 KiB, as they came; nothing is consumed."""
        if self._stream is None:
            with self.open() as file:
                return _fill(file, HEAD)
        if not self._head:
            self._head = _fill(self._stream, HEAD)
        return self._head

    def open(self) -> BinaryIO:
        """The bytes from the first on. A stream that was not spooled opens only once."""
        if self.path is not None:
            try:
                return open(self.path, "rb", buffering=0)
            except OSError as error:
                raise cannot_read(self.name, error) from error
        if self._stream is None:
            raise LeadsError("standard input can be read only once")
        head, stream, self._head, self._stream = self._head, self._stream, b"", None
        return cast(BinaryIO, _Rejoined(head, stream))

    def spool(self) -> str:
        """A path with these bytes: its own, or a temporary file that `close` removes."""
        if self.path is None:
            self._spooled = tempfile.NamedTemporaryFile(prefix="leadrules-")  # noqa: SIM115 (until `close`)
            with self.open() as stream:
                while piece := stream.read(1 << 20):
                    with keeping():
                        self._spooled.write(piece)
                        self._spooled.flush()
            self.path = self._spooled.name
        return self.path

    def size(self) -> int | None:
        """How many bytes there are, if that is known."""
        if self.path is None:
            return None
        try:
            status = os.stat(self.path)
        except OSError as error:
            raise cannot_read(self.name, error) from error
        return status.st_size if os.path.isfile(self.path) else None

    def close(self) -> None:
        """Remove the temporary file, if there is one."""
        if self._spooled is not None:
            self._spooled.close()
            self._spooled = None


class ByteStream:
    """UTF-8 bytes in pieces; `consumed` counts the bytes as they came, for a progress bar."""

    def __init__(self, place: Place, encoding: str | None = None):
        self.name = place.name
        self._file: IO[bytes] = place.open()
        self._counted = _Counted(self._file)
        self._source: IO[bytes] = cast(IO[bytes], self._counted)
        self._kept = b""
        self._decoder: codecs.IncrementalDecoder | None = None
        self._encoding = "utf-8"
        self._decoded = 0
        self._first = self._marked = True
        start = self._read(HEAD)
        if start.startswith(_GZIP):
            self._source = cast(IO[bytes], gzip.GzipFile(fileobj=cast(IO[bytes], _Rejoined(start, self._source))))
            start = self._read(HEAD)
        chosen = _codec(encoding) if encoding else "utf-8"
        if encoding is None and start[:2] in _UTF16_MARKS:
            chosen = "utf-16"
        if chosen not in ("utf-8", "utf-8-sig", "ascii"):
            self._encoding = chosen
            self._decoder = codecs.getincrementaldecoder(chosen)()
            self._marked = start[:2] in _UTF16_MARKS
        self._kept = start

    @property
    def consumed(self) -> int:
        return self._counted.count

    def read(self, size: int) -> bytes:
        """At least one byte unless all has been read; about `size`, and never much more."""
        while True:
            piece, self._kept = self._kept, b""
            if len(piece) < size:
                piece += self._read(size - len(piece))
            if self._decoder is None:
                return piece
            text = self._decode(piece)
            if text or not piece:
                return text

    def close(self) -> None:
        self._file.close()

    def _decode(self, piece: bytes) -> bytes:
        assert self._decoder is not None
        try:
            text = self._decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            raise not_in_encoding(
                self.name, self._encoding, error.object[error.start], self._decoded + error.start
            ) from None
        except UnicodeError:
            raise LeadsError(
                f"`{self.name}` cannot be read as {self._encoding}",
                "name another encoding with --encoding, or leave it out for UTF-8",
            ) from None
        self._decoded += len(piece)
        if self._first and text:
            self._first = False
            if self._marked and not text.startswith("\ufeff"):
                text = "\ufeff" + text  # the decoder took the mark; a file that had one keeps one
        return text.encode("utf-8")

    def _read(self, size: int) -> bytes:
        try:
            return _fill(self._source, size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise LeadsError(
                f"`{self.name}` is compressed, and its compressed data is damaged or cut off",
                "fetch or export the file again",
            ) from error
        except OSError as error:
            raise cannot_read(self.name, error) from error


def not_in_encoding(name: str, encoding: str, byte: int, offset: int, line: int | None = None) -> LeadsError:
    """The message for a byte that the encoding does not have. `offset` counts from 0, `line` from 1."""
    where = f"byte {offset + 1:,}" + (f", on line {line:,}" if line else "")
    shown = encoding.upper() if encoding in ("utf-8", "utf-16") else encoding
    if encoding == "utf-8":
        help = (
            "name the file's encoding, for example `--encoding windows-1252` (Western Excel) "
            "or `--encoding windows-1250` (Central European Excel)"
        )
    else:
        help = "name another encoding with --encoding, or leave it out for UTF-8"
    return LeadsError(f"`{name}` is not {shown}: 0x{byte:02X} at {where}", help)


def _codec(name: str) -> str:
    try:
        found = codecs.lookup(name)
        if not found._is_text_encoding:
            raise LookupError
    except (LookupError, ValueError):
        raise LeadsError(
            f"no encoding is called `{name}`",
            "use a name such as `utf-8`, `utf-16`, `windows-1252`, `windows-1250`, `iso-8859-2`, `shift_jis`",
        ) from None
    return found.name


def _fill(file: IO[bytes], size: int) -> bytes:
    """`size` bytes, fewer only at the end: pipes hand out small pieces."""
    pieces = []
    while size > 0 and (piece := file.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


class _Counted(io.RawIOBase):
    def __init__(self, file: IO[bytes]):
        self._file = file
        self.count = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        piece = self._file.read(size)
        self.count += len(piece)
        return piece


class _Rejoined(io.RawIOBase):
    """What was already read of a stream, and then the rest of it."""

    def __init__(self, head: bytes, rest: IO[bytes]):
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if not self._head:
            return self._rest.read(size)
        piece, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
        return piece

    def close(self) -> None:
        self._rest.close()
        super().close()
