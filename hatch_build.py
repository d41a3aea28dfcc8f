"""Builds the compiled part of leadrules, some C, into the wheel: where there is a C compiler, else not at all."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sysconfig
import zlib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FLAGS = ["-O3", "-std=c99", "-ffp-contract=off", "-fPIC", "-shared"]
"""Portable to any processor of the kind; numbers are never rounded otherwise than written."""


class KernelHook(BuildHookInterface):
    """`pip install` and `pip wheel` call this; `LEADRULES_KERNEL=no` leaves the compiled part out."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        folder = Path(self.root, "leadrules", "kernel")
        sources, library = sorted([*folder.glob("*.c"), *folder.glob("*.h")]), folder / "_kernel.so"
        library.unlink(missing_ok=True)
        compiler = shlex.split(os.environ.get("CC", "")) or [shutil.which("cc") or shutil.which("gcc") or ""]
        if os.environ.get("LEADRULES_KERNEL") == "no" or not compiler[0]:
            return
        checksum = f"-DSOURCE={zlib.crc32(b''.join(source.read_bytes() for source in sources))}u"
        try:
            files = [str(source) for source in sources if source.suffix == ".c"]
            subprocess.run(
                [*compiler, *FLAGS, checksum, *files, "-o", str(library)], check=True, capture_output=True, text=True
            )
        except (OSError, subprocess.CalledProcessError) as error:
            said = getattr(error, "stderr", None) or str(error)
            self.app.display_warning(f"leadrules works without its compiled part, which could not be built: {said}")
            return
        # The library is called by its own interface, not Python's: it fits any Python on this kind of machine.
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
        build_data["artifacts"].append("leadrules/kernel/_kernel.so")
