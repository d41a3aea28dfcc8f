"""Transcripts: a text file of commands and what they print, run in the folder where it stands.

    $ leadrules explain inbound.rules leads.csv --row 1
    …
    [exit 1]

The last line stands for any exit code but 0. `--update` writes what was printed.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from leadrules.cli.main import exit_code

_COMMAND = re.compile(r"^\$ leadrules (.*)$", re.M)


def replay(transcript: Path, update: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Run a transcript's commands and compare; rewrite it if asked to."""
    monkeypatch.chdir(transcript.parent)
    monkeypatch.setenv("COLUMNS", "100")
    expected = transcript.read_text(encoding="utf-8")
    found = "\n".join(_run(command, capsys) for command in _COMMAND.findall(expected))
    if update:
        transcript.write_text(found, encoding="utf-8")
    assert found == transcript.read_text(encoding="utf-8")


def _run(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    code = exit_code(shlex.split(command))
    shown = capsys.readouterr()
    text = "".join(f"{line.rstrip()}\n" for line in (shown.out + shown.err).splitlines())
    return f"$ leadrules {command}\n{text}" + (f"[exit {code}]\n" if code else "")
