"""Leads whose outcome is known, held against rules: what points they earn, and how well a ruleset would have done.

What `leadrules calibrate` and `leadrules backtest` do, and what `report` draws.

    module      | from → to
    ------------|------------------------------------------------------------
    `outcome`   | a column of cells → won, lost or open
    `rates`     | counts of leads and wins → rates, Wilson intervals, lift, points by method
    `ranking`   | counts by score → AUC with its interval, gains, thresholds, bands
    `paired`    | counts by two scores → which ruleset ranks better, by a paired bootstrap
    `scored`    | a file of leads → scored blocks with their outcomes, one after the other
    `holding`   | scored blocks → counts by stage, label, score and rule

Everything is counts, added up block by block: a file of any size takes the same
memory. Open leads are in no count but their own.
"""
