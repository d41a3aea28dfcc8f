"""Timing side by side: contenders take turns, so that a machine that slows down slows all of them."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any


@dataclass(frozen=True)
class Row:
    """One line of a table: what was done, by whom, the best time or size, and how leadrules compares."""

    what: str
    who: str
    best: str
    compared: str = ""


@dataclass(frozen=True)
class Scale:
    """How much is measured: `rounds` for each contender, and `share` of the leads."""

    rounds: int
    share: float

    def leads(self, count: int) -> int:
        return int(count * self.share)


FULL, QUICK = Scale(5, 1.0), Scale(2, 0.2)


def take_turns(contenders: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """The best seconds of every contender, after one round that does not count."""
    best = dict.fromkeys(contenders, float("inf"))
    for counted in [False] + [True] * rounds:
        for name, work in contenders.items():
            gc.collect()
            start = time.perf_counter()
            work()
            if counted:
                best[name] = min(best[name], time.perf_counter() - start)
    return best


def shown(seconds: float) -> str:
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def times(ratio: float) -> str:
    """A ratio with two digits that mean something."""
    return f"{ratio:.2f}" if ratio < 3 else f"{ratio:.1f}" if ratio < 20 else f"{ratio:,.0f}"


def beside(theirs: float, ours: float) -> str:
    """How leadrules compares with another, who took so many seconds."""
    if theirs >= ours:
        return f"leadrules is {times(theirs / ours)} times as fast"
    return f"leadrules takes {times(ours / theirs)} times as long"


def installed(package: str) -> bool:
    """Whether a contender can be imported; says so where it cannot."""
    if find_spec(package) is not None:
        return True
    print(f"  left out: {package} is not installed (pip install '.[bench]')", file=sys.stderr)
    return False


_CLOCK = """
import resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True)
took = time.perf_counter() - start
sys.stderr.buffer.write(done.stderr)
print(took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""


def process(command: Sequence[str]) -> tuple[float, float]:
    """Seconds and peak memory (MiB) of a whole process. Raises CalledProcessError, with what it said, if it fails.

    A small process of its own holds the clock: a child's peak would count that of a large parent. All contenders
    keep their bytecode, as whatever is installed has it.
    """
    told = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    clock = [sys.executable, "-S", "-c", _CLOCK, *command]
    done = subprocess.run(clock, check=True, capture_output=True, text=True, env=told)
    seconds, peak = done.stdout.split()[-2:]
    return float(seconds), int(peak) / 1024
