"""The limit: C written and compiled for this very ruleset, columns of doubles and codes in, scores and stages out.

Compiling is not timed. What is timed: nulls become NaN, texts are folded and
coded by Polars (unless codes are given), the compiled loop runs on every
processor, and a frame with score and stage comes out.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.workload import Rule, Test, Workload

FLAGS = ["-O3", "-march=native", "-fopenmp", "-shared", "-fPIC"]
STAGES = pl.Series(["Lead", "MQL", "SQL"])


class Compiled:
    """A ruleset as a shared library. Raises RuntimeError where there is no gcc."""

    def __init__(self, workload: Workload):
        if shutil.which("gcc") is None:
            raise RuntimeError("gcc is not installed")
        self.workload = workload
        self.codes = {
            name: {text.lower(): code for code, text in enumerate(texts)} for name, texts in workload.texts.items()
        }
        with tempfile.TemporaryDirectory() as folder:
            source, library = Path(folder) / "rules.c", Path(folder) / "rules.so"
            source.write_text(self._source())
            start = time.perf_counter()
            subprocess.run(["gcc", *FLAGS, "-o", str(library), str(source)], check=True, capture_output=True)
            self.compile_seconds = time.perf_counter() - start
            self._score = ctypes.CDLL(str(library)).score

    def coded(self, leads: pl.DataFrame) -> dict[str, np.ndarray]:
        """Texts as codes: -1 for null and for what no rule mentions."""
        found = {}
        for name, codes in self.codes.items():
            folded = leads[name].str.to_lowercase()
            known = folded.cast(pl.Enum(list(codes)), strict=False).to_physical()
            found[name] = known.cast(pl.Int32).fill_null(-1).to_numpy()
        return found

    def score(self, leads: pl.DataFrame, coded: dict[str, np.ndarray] | None = None) -> pl.DataFrame:
        codes = self.coded(leads) if coded is None else coded
        columns = [
            np.ascontiguousarray(codes[name] if name in codes else leads[name].cast(pl.Float64).to_numpy())
            for name in self.workload.fields
        ]
        score, stage = np.empty(leads.height, dtype=np.int32), np.empty(leads.height, dtype=np.uint8)
        places = [ctypes.c_void_p(column.ctypes.data) for column in (*columns, score, stage)]
        self._score(ctypes.c_long(leads.height), *places)
        return pl.DataFrame({"score": score, "stage": STAGES.gather(stage)})

    def _source(self) -> str:
        texts = self.workload.texts
        parameters = [f"const {'int' if name in texts else 'double'} *restrict {name}" for name in self.workload.fields]
        low, high = self.workload.thresholds
        # Rules in runs of 25, over blocks that stay in the first cache: a loop of all of them spills its registers.
        runs = [self.workload.rules[at : at + 25] for at in range(0, len(self.workload.rules), 25)]
        loops = "\n".join(
            "for (long i = begin; i < end; i++) {\n  double s = sum[i - begin];\n"
            + "\n".join(f"  s += {self._holds(rule)} ? {rule.points}.0 : 0.0;" for rule in run)
            + "\n  sum[i - begin] = s;\n}"
            for run in runs
        )
        return f"""
void score(long rows, {", ".join(parameters)}, int *restrict score, unsigned char *restrict stage) {{
#pragma omp parallel for schedule(static)
for (long begin = 0; begin < rows; begin += 512) {{
long end = begin + 512 < rows ? begin + 512 : rows;
double sum[512] = {{0}};
{loops}
for (long i = begin; i < end; i++) {{
  int s = (int) sum[i - begin];
  score[i] = s;
  stage[i] = (s >= {low}) + (s >= {low} && s >= {high});
}}}}}}
"""

    def _holds(self, rule: Rule) -> str:
        join = " & " if rule.joined == "and" else " | "
        return f"({join.join(map(self._test, rule.tests))})"

    def _test(self, test: Test) -> str:
        if test.op == "is":
            return f"({test.field}[i] == {self.codes[test.field][str(test.value).lower()]})"
        return f"({test.field}[i] {test.op} {float(test.value)})"
