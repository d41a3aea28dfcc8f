"""Files that appear whole or not at all.

What is written goes to a temporary file beside its place and is moved there by
`commit`; anything else (an error, Ctrl-C) leaves the place as it was. Standard
output, pipes and devices have no place to move to and are written as it comes.
"""

from __future__ import annotations

import gzip
import io
import os
import signal
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import IO, Any, BinaryIO, cast

from leadrules.databases.url import is_table_url
from leadrules.leads.errors import LeadsError, cannot_write

_BUFFER = 1 << 20


class OutputClosed(LeadsError):
    """Whoever read standard output has stopped reading, as `head` does: nothing to say about it."""


class OutputFile:
    """One file being written.

    `file` takes bytes; `path` is the temporary file's own path, for libraries that write by path
    (None where there is none); `option` is how a user names another place. Use as a context:
    leaving it without `commit` aborts.
    """

    def __init__(
        self, where: str | os.PathLike[str] | IO[bytes], *, inputs: Sequence[str | None] = (), option: str = "-o"
    ):
        self.path: str | None = None
        self._option = option
        self._place: str | None = None
        self._done = False
        if not isinstance(where, (str, os.PathLike)) or os.fspath(where) == "-":
            self.name = "standard output"
            if isinstance(where, (str, os.PathLike)) and sys.stdout is None:
                raise LeadsError("standard output is closed", "name a file with -o")
            self._raw: IO[bytes] = cast(
                IO[bytes], sys.stdout.buffer if isinstance(where, (str, os.PathLike)) else where
            )
            self._own = False
        else:
            self.name = os.fspath(where)
            self._own = True
            self._raw = self._open(os.path.realpath(self.name), inputs)
        self._zipped = self._own and self.name.lower().endswith(".gz")
        self.file: IO[bytes] = cast(
            IO[bytes],
            gzip.GzipFile(fileobj=self._raw, mode="wb", compresslevel=6, mtime=0) if self._zipped else self._raw,
        )

    def _open(self, place: str, inputs: Sequence[str | None]) -> BinaryIO:
        if is_table_url(self.name):
            raise LeadsError(
                "only `leadrules run -o` writes a table of a database, and this here is a file",
                f"name a file with {self._option}",
            )
        for other in inputs:
            if other is not None and _same(place, other):
                raise LeadsError(
                    f"`{self.name}` is used by this run already, and would be written over", "name another file"
                )
        try:
            if os.path.isdir(place):
                raise IsADirectoryError(21, "is a folder")
            if os.path.exists(place) and not os.path.isfile(place):
                return open(place, "wb", buffering=_BUFFER)
            if os.path.exists(place) and not os.access(place, os.W_OK):
                raise PermissionError(13, "may not be written")
            handle, self.path = tempfile.mkstemp(
                prefix=f".{os.path.basename(place)}.", suffix=".part", dir=os.path.dirname(place) or "."
            )
            self._place = place
            os.chmod(self.path, _mode(place))
            return open(handle, "wb", buffering=_BUFFER)
        except OSError as error:
            raise cannot_write(self.name, error, self._option) from error

    def write(self, *pieces: bytes | memoryview) -> None:
        """Write these bytes, or say in plain words why not."""
        with self.writing():
            for piece in pieces:
                self.file.write(piece)

    @contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        """For libraries that write to a stream: the same as `write`, in the pieces that they make."""
        pieces = _Pieces(self.write)
        try:
            yield cast(IO[bytes], pieces)
        finally:
            if pieces.failure is not None:
                raise pieces.failure

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Turn failures of the system into a `LeadsError` that names this file."""
        try:
            yield
        except BrokenPipeError as error:
            self._drop()
            raise OutputClosed(f"{self.name} was closed by its reader") from error
        except OSError as error:
            raise cannot_write(self.name, error, self._option) from error

    def commit(self) -> None:
        """All is written: move the file to its place."""
        if self._done:
            return
        with self.writing():
            if self._zipped:
                self.file.close()
            self._raw.flush()
            if self._own:
                self._raw.close()
            if self._place is not None and self.path is not None:
                os.replace(self.path, self._place)
        self._done = True

    def abort(self) -> None:
        """Leave the place as it was. Does nothing after `commit`."""
        if self._done:
            return
        self._done = True
        if self._own:
            with suppress(OSError, ValueError):
                self._raw.close()
        if self.path is not None:
            with suppress(OSError):
                os.unlink(self.path)

    def _drop(self) -> None:
        """Nobody reads: keep Python from writing the rest of its buffer when it ends."""
        if not self._own and self._raw is getattr(sys.stdout, "buffer", None):
            with suppress(OSError, ValueError, io.UnsupportedOperation):
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._raw.fileno())

    def __enter__(self) -> OutputFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.abort()


class _Pieces(io.RawIOBase):
    """A stream that hands each piece on, and keeps what went wrong: a library may say it in other words.

    It has no number of the system's, by which a library would write past what stands in Python's buffer.
    """

    def __init__(self, write: Callable[[bytes], None]):
        self._write = write
        self.failure: BaseException | None = None

    def writable(self) -> bool:
        return True

    def write(self, piece: Any, /) -> int:
        try:
            self._write(piece)
        except BaseException as failure:
            self.failure = self.failure or failure
            raise
        return len(piece)


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Within: SIGTERM and SIGHUP end the work as Ctrl-C does, so that temporary files go."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before: dict[int, Callable[[int, FrameType | None], Any] | int | None] = {}
    try:
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                with suppress(ValueError):  # not in the main thread: the caller's affair
                    number = getattr(signal, name)
                    before[number] = signal.signal(number, stop)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _same(place: str, other: str) -> bool:
    if os.path.exists(place) and os.path.exists(other):
        return os.path.samefile(place, other)
    return place == os.path.realpath(other)


def _mode(place: str) -> int:
    """The rights of the file that is replaced, or those that any new file gets."""
    with suppress(OSError):
        return stat.S_IMODE(os.stat(place).st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
