"""How well calibrated rulesets rank leads that they have not seen, beside regression, boosting and a vendor's score.

    python -m benchmarks.evidence [DATA]

DATA is the folder of real leads (`LEADRULES_DATA` unless said): with it, X Education; always the invented companies.
Each file is cut into random halves; one calibrates, by the commands of leadrules alone, the other judges. The others
are told which columns leak; leadrules finds them, save for the vendor's own columns, which nobody gets.
The figures are means over the splits, in Markdown.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

SPLITS = 5
METHODS = (None, "rate", "difference", "evidence", "joint")
LEAKS = ("Tags", "Lead Quality", "Lead Profile", "Last Notable Activity")
VENDOR = tuple(f"Asymmetrique {one}" for one in ("Activity Index", "Profile Index", "Activity Score", "Profile Score"))


def leadrules(*arguments: str) -> dict[str, Any]:
    """A command's object."""
    from leadrules.cli.main import exit_code

    out = StringIO()
    with redirect_stdout(out), redirect_stderr(StringIO()) as errors:
        code = exit_code([*arguments, "--format", "json"])
    assert code == 0, errors.getvalue()
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def learned(
    past: pl.DataFrame, new: pl.DataFrame, won: Sequence[np.ndarray], without: Sequence[str]
) -> dict[str, np.ndarray]:
    """The scores that regression and boosting give the new leads: one-hot texts, numbers as they are."""
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    used = [
        one for one, dtype in past.schema.items()
        if one not in without and (dtype.is_numeric() or past[one].n_unique() <= 200)
    ]  # fmt: skip
    numbers = [one for one in used if past[one].dtype.is_numeric()]
    texts = [one for one in used if one not in numbers]
    tables = [
        frame.select(
            *(pl.col(one).cast(pl.Float64) for one in numbers),
            *(pl.col(one).cast(pl.String).fill_null("(blank)") for one in texts),
        ).to_pandas()
        for frame in (past, new)
    ]
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    scaled = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    contenders = {
        "logistic regression": make_pipeline(
            make_column_transformer((scaled, numbers), (one_hot, texts)), LogisticRegression(max_iter=3000)
        ),
        "gradient boosting": make_pipeline(
            make_column_transformer(("passthrough", numbers), (one_hot, texts)),
            HistGradientBoostingClassifier(random_state=0),
        ),
    }
    return {name: model.fit(tables[0], won[0]).predict_proba(tables[1])[:, 1] for name, model in contenders.items()}


def judged(
    frame: pl.DataFrame, outcome: str, won: np.ndarray, leaks: Sequence[str], without: Sequence[str]
) -> dict[str, float]:
    """The mean AUC of every contender on the halves that it did not see."""
    from sklearn.metrics import roc_auc_score

    found: dict[str, list[float]] = {}
    column = outcome.partition("=")[0]
    for split in range(SPLITS):
        half = np.random.default_rng(split).random(len(frame)) < 0.5
        with tempfile.TemporaryDirectory() as folder:
            past, new, rules = (str(Path(folder) / name) for name in ("past.csv", "new.csv", "new.rules"))
            frame.filter(pl.Series(half)).write_csv(past)
            frame.filter(pl.Series(~half)).write_csv(new)
            left = [part for one in without for part in ("--without", one)]
            for method in METHODS:
                asked = [] if method is None else ["--method", method]
                leadrules("calibrate", past, "--outcome", outcome, *left, *asked, "-o", rules, "--force")
                area = leadrules("backtest", rules, new, "--outcome", outcome)["auc"]["value"]
                found.setdefault(f"leadrules, `{method}`" if method else "leadrules, nothing said", []).append(area)
        halves = [frame.filter(pl.Series(mask)) for mask in (half, ~half)]
        bought = [won[half], won[~half]]
        for name, scores in learned(*halves, bought, [column, *leaks, *without]).items():
            found.setdefault(name, []).append(float(roc_auc_score(bought[1], scores)))
    return {name: float(np.mean(areas)) for name, areas in found.items()}


def x_education(folder: Path) -> Iterator[tuple[str, dict[str, float]]]:
    """All leads, and those that the vendor has scored."""
    from sklearn.metrics import roc_auc_score

    frame = pl.read_csv(folder / "x_education" / "Leads.csv", infer_schema_length=None)
    frame = frame.select(one for one in frame.columns if one and not one.startswith("_"))
    won = frame["Converted"].to_numpy().astype(bool)
    yield "X Education, all leads", judged(frame, "Converted", won, LEAKS, VENDOR)
    scored = frame.filter(pl.col(VENDOR[2]).is_not_null() & pl.col(VENDOR[3]).is_not_null())
    won = scored["Converted"].to_numpy().astype(bool)
    areas = judged(scored, "Converted", won, LEAKS, VENDOR)
    vendor = (scored[VENDOR[2]] + scored[VENDOR[3]]).to_numpy()
    halves = [np.random.default_rng(split).random(len(scored)) >= 0.5 for split in range(SPLITS)]
    areas["the vendor's score"] = float(np.mean([roc_auc_score(won[half], vendor[half]) for half in halves]))
    yield "X Education, leads with a vendor's score", areas


def companies() -> Iterator[tuple[str, dict[str, float]]]:
    """The invented companies."""
    from tests.companies import COMPANIES

    for name, make in COMPANIES.items():
        company = make(np.random.default_rng(1))
        frame = company.leads
        value = company.outcome.partition("=")[2]
        if value:
            frame = frame.filter(pl.col(company.column).str.starts_with("Closed"))
            won = (frame[company.column] == value).to_numpy()
        else:
            won = frame[company.column].cast(pl.Int8).to_numpy().astype(bool)
        yield f"{name}, {len(frame):,} leads", judged(frame, company.outcome, won, company.leaks, ())


def main() -> None:
    folder = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("LEADRULES_DATA")
    results = [*(x_education(Path(folder)) if folder else ()), *companies()]
    names = list(dict.fromkeys(name for _, areas in results for name in areas))
    print(f"| | {' | '.join(title for title, _ in results)} |\n|---|{'---|' * len(results)}")
    for name in names:
        cells = [f"{areas[name]:.3f}" if name in areas else "" for _, areas in results]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
