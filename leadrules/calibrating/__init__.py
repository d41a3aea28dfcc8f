"""Leads whose outcome is known → points, each with its evidence. What `leadrules calibrate` does.

    module         | from → to
    ---------------|------------------------------------------------------------
    `sample`       | a file of leads → a random sample of them
    `attributes`   | the sample → attributes, each with the values to look at
    `counting`     | attributes and all leads → leads and wins by value
    `findings`     | counts → what tells won leads from lost ones; bands joined; who may earn points
    `joint`        | the same → points for all values at once, by a regression
    `leaks`        | findings → columns that may know the outcome
    `overlaps`     | findings → attributes that say much the same
    `validating`   | the sample → how each method ranks leads that it was not fitted to
    `stages`       | scores → thresholds by win rate or by capacity
    `calibration`  | all of these in their order
    `page`         | a calibration → the text of a ruleset
    `proving`      | this text → the same, with what `check` would ask answered
    `telling`      | a calibration → what is said of it
    `of_rules`     | a ruleset and leads → points for its own conditions
    `rewriting`    | these → its file with other numbers; `telling_rules` says what was found

Nothing looks at the outcome before the values to look at are settled.
"""
