"""A PostgreSQL server for tests: a cluster in a temporary folder, on a free port of loopback, stopped at the end.

PostgreSQL refuses to run as root, so that root hands it to an unprivileged user. Where no server
is installed, `found` says so and tests are skipped with that.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USERS = ("postgres", "nobody")


def found() -> Path | None:
    """The folder of the server's programs, the newest version first."""
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    return versions[-1].parent if versions else None


@contextmanager
def running(programs: Path) -> Iterator[str]:
    """A fresh server; its URL. It is stopped, and its folder removed, when the context ends."""
    folder = Path(tempfile.mkdtemp(prefix="leadrules-pg-", dir="/tmp"))
    user = _unprivileged()
    if user is not None:
        shutil.chown(folder, user)
    cluster, log = folder / "cluster", folder / "log"
    port = _free_port()
    _as(user, [str(programs / "initdb"), "-D", str(cluster), "-U", "leadrules", "-A", "trust", "-E", "UTF8", "--locale=C",
               "--no-sync"])  # fmt: skip
    settings = f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    control = [str(programs / "pg_ctl"), "-D", str(cluster), "-l", str(log), "-w"]
    try:
        _as(user, [*control, "-o", settings, "start"])
        yield f"postgresql://leadrules@127.0.0.1:{port}/postgres"
    finally:
        _as(user, [*control, "-m", "immediate", "stop"], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> str | None:
    """Who should run the server: nobody else but oneself, unless one is root."""
    if os.geteuid() != 0:
        return None
    import pwd

    names = {one.pw_name for one in pwd.getpwall()}
    return next(user for user in USERS if user in names)


def _as(user: str | None, command: list[str], check: bool = True) -> None:
    whole = command if user is None else ["runuser", "-u", user, "--", *command]
    done = subprocess.run(whole, cwd="/", capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
