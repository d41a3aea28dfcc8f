"""The compiled loops are used where they were made from this very source, and no answer depends on them.

That NumPy and the kernel agree is held by `test_search.py`, `test_properties.py` and `test_engine_columns.py`.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from leadrules import kernel

COMPILER = shutil.which("cc")
SOURCES = sorted(map(str, kernel.LIBRARY.parent.glob("*.c")))


def made(folder: Path, checksum: int) -> Path:
    library = folder / "some.so"
    subprocess.run(
        [COMPILER or "", "-shared", "-fPIC", f"-DSOURCE={checksum}u", *SOURCES, "-o", str(library)], check=True
    )
    return library


@pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")
def test_a_kernel_of_another_source_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checksum = kernel.checksum()
    monkeypatch.setattr(kernel, "LIBRARY", made(tmp_path, checksum))
    assert kernel.load() is not None
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setattr(kernel, "LIBRARY", made(other, checksum ^ 1))
    assert kernel.load() is None


@pytest.mark.parametrize("content", [None, b"not a library"])
def test_without_a_library_there_is_no_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    library = tmp_path / "none.so"
    if content is not None:
        library.write_bytes(content)
    monkeypatch.setattr(kernel, "LIBRARY", library)
    assert kernel.load() is None
