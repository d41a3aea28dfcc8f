"""The files of a ruleset: found, read, decoded and remembered.

Turns a path written in a ruleset into the text of a file, or into a problem.
Line ends are normalised here, once, so that places and the content hash do not
depend on the machine a file was saved on.

Questionable decision: whether a file lies inside the ruleset's folder is asked
of its real path, so that a symbolic link cannot lead out of it either.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from leadrules.language.source import Source, Span
from leadrules.language.tree import Text
from leadrules.problems.file_messages import (
    cannot_read_file,
    file_too_large,
    include_without_folder,
    looks_like_utf16,
    not_text,
    not_utf8,
    outside_folder,
    unknown_shipped,
)
from leadrules.problems.near import near_names
from leadrules.problems.problem import Problem
from leadrules.record import record

Reader = Callable[[Path], bytes]

MOST_BYTES = 20_000_000
SHIPPED = "leadrules/"
_SURROGATE = re.compile("[\ud800-\udfff]")


@record
class Home:
    """Where a file stands: its real folder, and the real folder that its includes may not leave. None: no folder."""

    folder: Path | None
    bounds: Path | None


@dataclass
class Files:
    """All the texts that make one ruleset, in the order in which they were first read."""

    read: Reader = Path.read_bytes
    allow_outside: bool = False
    problems: list[Problem] = field(default_factory=list)
    homes: dict[Source, Home] = field(default_factory=dict)
    _by_path: dict[Path, Source | None] = field(default_factory=dict)

    def root(self, path: Path) -> Source | None:
        """The ruleset's own file; None if it is no text.

        Raises:
            OSError: the file is not there or cannot be read.
        """
        folder = Path(os.path.realpath(path.parent))
        return self._keep(Path(os.path.realpath(path)), self.read(path), str(path), Home(folder, folder))

    def root_text(self, text: str, name: str, folder: Path | None) -> Source | None:
        """A ruleset that is given as a text; `folder` is where its includes are looked for."""
        real = Path(os.path.realpath(folder)) if folder is not None else None
        source = Source(name, _line_ends(text))
        self.homes[source] = Home(real, real)
        return source if self._is_text(source) else None

    def included(self, written: Text) -> Source | None:
        """The file of an `include`: a shipped ruleset, or one beside the including file."""
        return self._shipped(written) if written.value.startswith(SHIPPED) else self.beside(written)

    def beside(self, written: Text) -> Source | None:
        """The file that a text of a ruleset names, relative to the ruleset; None (and a problem) if there is none."""
        home = self.homes[written.span.source]
        if home.folder is None or home.bounds is None:
            self.problems.append(include_without_folder(written.span))
            return None
        try:
            real = Path(os.path.realpath(home.folder / written.value))
        except (OSError, ValueError):
            self.problems.append(cannot_read_file(written.span, written.value, "that is no path"))
            return None
        if not self.allow_outside and not real.is_relative_to(home.bounds):
            self.problems.append(outside_folder(written.span, written.value))
            return None
        shown = os.path.normpath(os.path.join(os.path.dirname(written.span.source.path), written.value))
        return self._open(real, written, shown, Home(real.parent, home.bounds))

    def paths(self) -> tuple[str, ...]:
        """The real path of every file that was asked for."""
        return tuple(map(str, self._by_path))

    def hash(self) -> str:
        """The content hash over all texts: SHA-256, in hexadecimal. Paths do not take part."""
        digest = hashlib.sha256()
        for source in self.homes:
            content = source.text.encode("utf-8", "surrogatepass")
            digest.update(b"%d\n" % len(content))
            digest.update(content)
        return digest.hexdigest()

    def _shipped(self, written: Text) -> Source | None:
        from leadrules.places import shipped_rulesets

        folder = Path(os.path.realpath(shipped_rulesets()))
        wanted = written.value.removeprefix(SHIPPED).removesuffix(".rules")
        known = {path.stem: path for path in sorted(folder.rglob("*.rules"), reverse=True)}
        known |= {path.relative_to(folder).with_suffix("").as_posix(): path for path in known.values()}
        if wanted not in known:
            names = sorted(name for name in known if "/" not in name)
            self.problems.append(unknown_shipped(written.span, wanted, near_names(wanted, known), names))
            return None
        path = known[wanted]
        return self._open(path, written, SHIPPED + wanted, Home(path.parent, folder))

    def _open(self, real: Path, written: Text, shown: str, home: Home) -> Source | None:
        if real in self._by_path:
            return self._by_path[real]
        self._by_path[real] = None
        try:
            if real.exists() and not real.is_file():
                why = "it is a folder" if real.is_dir() else "it is not a regular file"
                self.problems.append(cannot_read_file(written.span, written.value, why))
                return None
            content = self.read(real)
        except (OSError, ValueError) as error:
            self.problems.append(cannot_read_file(written.span, written.value, reason(error)))
            return None
        if len(content) > MOST_BYTES:
            self.problems.append(file_too_large(written.span, written.value, MOST_BYTES))
            return None
        return self._keep(real, content, shown, home)

    def _keep(self, real: Path, content: bytes, shown: str, home: Home) -> Source | None:
        source, readable = self._decode(content, shown)
        self.homes[source] = home
        self._by_path[real] = source if readable else None
        return self._by_path[real]

    def _decode(self, content: bytes, shown: str) -> tuple[Source, bool]:
        if len(content) > MOST_BYTES:
            source = Source(shown, "")
            self.problems.append(file_too_large(Span(source, 0, 0), shown, MOST_BYTES))
            return source, False
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            source = Source(shown, "")
            self.problems.append(looks_like_utf16(Span(source, 0, 0)))
            return source, False
        try:
            source = Source(shown, _line_ends(content.decode("utf-8")))
        except UnicodeDecodeError as error:
            before = len(_line_ends(content[: error.start].decode("utf-8")))
            source = Source(shown, _line_ends(content.decode("utf-8", "replace")))
            self.problems.append(not_utf8(Span(source, before, before + 1), error.start, content[error.start]))
            return source, False
        return source, self._is_text(source)

    def _is_text(self, source: Source) -> bool:
        found = source.text.find("\0")
        if found >= 0:
            self.problems.append(not_text(Span(source, found, found + 1), "a NUL character"))
            return False
        half = _SURROGATE.search(source.text)
        if half is not None:
            what = f"half a character (the surrogate U+{ord(half.group()):04X})"
            self.problems.append(not_text(Span(source, half.start(), half.end()), what))
            return False
        return True


def reason(error: Exception) -> str:
    """Why a file could not be read, in plain words."""
    words: dict[type[Exception], str] = {
        FileNotFoundError: "there is no such file",
        IsADirectoryError: "it is a folder",
        PermissionError: "there is no permission to read it",
        NotADirectoryError: "there is no such folder",
    }
    known = words.get(type(error))
    if known is not None:
        return known
    strerror = error.strerror if isinstance(error, OSError) else None
    return strerror.lower() if strerror else "that is no path"


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
