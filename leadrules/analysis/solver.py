"""The one place that knows the solver: HiGHS, told whole numbers, held to tight tolerances.

Its answers are rounded to the whole numbers that they stand for, and every lead
that comes of them is put before the reference; so a slip of the solver can hide a
lead, and tolerances below a millionth of the least step are there to keep it from that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import highspy
import numpy as np

if TYPE_CHECKING:
    from leadrules.analysis.programme import Programme, Row
    from leadrules.analysis.sums import Sum

Status = Literal["found", "none", "open"]


def solve(
    programme: Programme, objective: Sum, maximize: bool, extra: Sequence[Row], seconds: float
) -> tuple[Status, int | None, float | None, Any]:
    """Status, value, bound, and the value of every column (None without a lead)."""
    model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in _OPTIONS.items():
        model.setOptionValue(name, value)
    model.setOptionValue("time_limit", float(max(seconds, 0.01)))
    rows = [*programme.rows, *extra]
    if max((abs(one) for terms, _, _ in rows for one in terms.values()), default=0) > _LARGE:
        # What rounds away in doubles must not look like a broken row: a bound may then be off, but no lead is lost.
        model.setOptionValue("primal_feasibility_tolerance", 1e-7)
    lp = highspy.HighsLp()
    columns = len(programme.lower)
    lp.num_col_, lp.num_row_ = columns, len(rows)
    costs = np.zeros(columns)
    for column, factor in objective.terms.items():
        costs[column] = factor
    lp.col_cost_ = costs
    lp.col_lower_ = np.array(programme.lower, dtype=np.float64)
    lp.col_upper_ = np.array(programme.upper, dtype=np.float64)
    lp.row_lower_ = np.array([-np.inf if low is None else low for _, low, _ in rows], dtype=np.float64)
    lp.row_upper_ = np.array([np.inf if high is None else high for _, _, high in rows], dtype=np.float64)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(terms) for terms, _, _ in rows)], dtype=np.int32)
    lp.a_matrix_.index_ = np.array([column for terms, _, _ in rows for column in terms], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([one for terms, _, _ in rows for one in terms.values()], dtype=np.float64)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[one] for one in programme.whole]
    lp.sense_ = highspy.ObjSense.kMaximize if maximize else highspy.ObjSense.kMinimize
    model.passModel(lp)
    model.run()
    status = model.getModelStatus()
    info = model.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return "none", None, None, None
    bound = info.mip_dual_bound + objective.constant
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return "open", None, bound, None
    value = round(info.objective_function_value) + objective.constant
    solved: Status = "found" if status == highspy.HighsModelStatus.kOptimal else "open"
    return solved, value, bound, model.getSolution().col_value


_LARGE = 4_000_000

_OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 7,
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 1e-6,
}
