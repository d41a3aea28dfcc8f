"""What cannot be done as asked with a file of leads, in plain words.

One exception for all formats, so that the command line turns every one of them
into a message and exit code 2, and a caller in Python catches one thing.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


class LeadsError(Exception):
    """A file of leads cannot be read or written as asked; `help` is an instruction, or None."""

    def __init__(self, message: str, help: str | None = None):
        super().__init__(message)
        self.message = message
        self.help = help

    def __reduce__(self) -> tuple[type[LeadsError], tuple[str, str | None]]:
        return type(self), (self.message, self.help)


_READING: dict[int, tuple[str, str | None]] = {
    errno.ENOENT: ("there is no file `{name}`", "check the spelling and the folder you are in"),
    errno.EISDIR: ("`{name}` is a folder, not a file of leads", "name a file in it"),
    errno.ENOTDIR: ("there is no file `{name}`: a part of its path is a file, not a folder", None),
    errno.EACCES: (
        "`{name}` may not be read by you",
        "ask for the right to read it, or copy it to a place of your own",
    ),
    errno.EPERM: ("`{name}` may not be read by you", "ask for the right to read it, or copy it to a place of your own"),
}

_WRITING: dict[int, tuple[str, str | None]] = {
    errno.ENOENT: (
        "cannot write `{name}`: its folder does not exist",
        "make the folder first, or name another place with -o",
    ),
    errno.EISDIR: ("cannot write `{name}`: it is a folder", "name a file in it"),
    errno.ENOTDIR: ("cannot write `{name}`: a part of its path is a file, not a folder", None),
    errno.EACCES: ("cannot write `{name}`: you may not write there", "name another place with -o"),
    errno.EPERM: ("cannot write `{name}`: you may not write there", "name another place with -o"),
    errno.EROFS: ("cannot write `{name}`: the disk is read-only", "name another place with -o"),
    errno.ENOSPC: (
        "cannot write `{name}`: the disk is full",
        "free some space, or name a place on another disk with -o",
    ),
    errno.EDQUOT: (
        "cannot write `{name}`: your share of the disk is full",
        "free some space, or name a place on another disk with -o",
    ),
    errno.EFBIG: (
        "cannot write `{name}`: the file grows larger than the disk allows",
        "name a place on another disk with -o",
    ),
}


def cannot_read(name: str, error: OSError) -> LeadsError:
    """The message for a failure of the system while reading."""
    message, help = _READING.get(error.errno or 0, ("cannot read `{name}`: " + _words(error), None))
    return LeadsError(message.format(name=name), help)


def cannot_write(name: str, error: OSError, option: str = "-o") -> LeadsError:
    """The message for a failure of the system while writing to a place that `option` names."""
    message, help = _WRITING.get(error.errno or 0, ("cannot write `{name}`: " + _words(error), None))
    return LeadsError(message.format(name=name), help and help.replace("with -o", f"with {option}"))


def cannot_keep(error: OSError) -> LeadsError:
    """The message for a failure of the system while something is put aside in a temporary file."""
    words = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else _words(error)
    return LeadsError(
        f"cannot use the folder for temporary files, `{tempfile.gettempdir()}`: {words}",
        "free some space there, or name another folder in the environment variable TMPDIR",
    )


@contextmanager
def keeping() -> Iterator[None]:
    """Turn failures of the system into a `LeadsError` about the folder for temporary files."""
    try:
        yield
    except OSError as error:
        raise cannot_keep(error) from error


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn failures of the system into a `LeadsError` that names what was read."""
    try:
        yield
    except OSError as error:
        raise cannot_read(name, error) from error


def _words(error: OSError) -> str:
    text = os.strerror(error.errno) if error.errno else str(error)
    return text[:1].lower() + text[1:]
