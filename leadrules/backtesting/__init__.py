"""A ruleset and leads whose outcome is known → how well it would have done. What `leadrules backtest` does.

module       | from → to
-------------|------------------------------------------------------------
`backtest`   | blocks of leads → everything that is counted, in one reading
`refitting`  | folds of leads → the same rules with points from the other folds, in a second reading
`telling`    | both → tables for people
`objects`    | both → one object for programs
"""
