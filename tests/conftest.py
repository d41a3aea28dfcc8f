"""What tests share: golden files that can be rewritten, and the folder of real leads.

`pytest --update` rewrites the expected output of tests that compare with a file
(they ask for the `update` fixture); the diff is the review. It is refused where
`CI` is set: there, what is expected is what was committed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

import leadrules.checking.thorough  # noqa: F401 - loaded before any test puts something else in place of reading files

ROOT = Path(__file__).resolve().parent.parent

# A slow moment of a busy machine is not a failure; the same examples run everywhere.
settings.register_profile("leadrules", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True)
settings.load_profile("leadrules")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the expected output of golden files")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--update") and os.environ.get("CI"):
        raise pytest.UsageError("--update is not for CI: run it at home, read the diff, commit it")


@pytest.fixture(scope="session")
def update(request: pytest.FixtureRequest) -> bool:
    """Whether to rewrite expected output instead of comparing with it."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real leads: `LEADRULES_DATA`, or `shared/data` beside the checkout; skips where there is none."""
    named = os.environ.get("LEADRULES_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if named and not folder.is_dir():
        pytest.fail(f"LEADRULES_DATA names no folder: {folder}")
    if not folder.is_dir():
        pytest.skip("the real leads are not part of the repository: set LEADRULES_DATA to their folder")
    return folder
