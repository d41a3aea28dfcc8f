"""Show the best of some scored leads as a table: `python tools/show_scored.py scored.csv COLUMN…`."""

from __future__ import annotations

import sys

import polars as pl


def main() -> None:
    path, *columns = sys.argv[1:]
    leads = pl.read_csv(path, infer_schema=False)
    score = pl.col("score").cast(pl.Float64)
    best = leads.sort(score, descending=True, nulls_last=True, maintain_order=True).head(10).fill_null("")
    shape = {"tbl_hide_dataframe_shape": True, "tbl_hide_column_data_types": True, "tbl_formatting": "NOTHING"}
    with pl.Config(tbl_rows=10, tbl_width_chars=200, fmt_str_lengths=70, tbl_cols=-1, **shape):  # type: ignore[arg-type]
        print(best.select(columns))


if __name__ == "__main__":
    main()
