"""A PostgreSQL server of the tests' own: made in a folder, started on loopback, stopped and gone at the end."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "s3cret&word"


def programs() -> Path | None:
    """The folder of the server's programs; None where it is not installed."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """A running server; gives `postgresql://leads:…@127.0.0.1:PORT/postgres`, without the password."""
    home = programs()
    assert home is not None
    data, secret = folder / "data", folder / "secret"
    secret.write_text(PASSWORD)
    user = _unprivileged(folder)
    _run(user, home / "initdb", "-D", data, "-U", "leads", "--auth=scram-sha-256", f"--pwfile={secret}", "-E", "UTF8",
         "--locale=C")  # fmt: skip
    port = _free_port()
    options = f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories='' -c fsync=off"
    _run(user, home / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
    try:
        yield f"postgresql://leads@127.0.0.1:{port}/postgres"
    finally:
        _run(user, home / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _unprivileged(folder: Path) -> list[str]:
    """How a program is started: PostgreSQL refuses to run as root, so then as someone else."""
    if os.geteuid() != 0:
        return []
    for path in (folder, *folder.parents):  # the way to the folder must be open to that user
        if path.stat().st_uid == 0 and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o711)
    for path in (folder, *folder.iterdir()):
        shutil.chown(path, "nobody")
    return [shutil.which("runuser") or "/usr/sbin/runuser", "-u", "nobody", "--"]


def _run(user: list[str], *command: object) -> None:
    done = subprocess.run(
        [*user, *map(str, command)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False, timeout=60, cwd="/",
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
