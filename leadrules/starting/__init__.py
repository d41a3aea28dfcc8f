"""A file of leads → a ruleset to start from. What `leadrules init` does.

    module       | from → to
    -------------|------------------------------------------------------------
    `columns`    | cells, block by block → what is known of each column
    `spellings`  | a text → whether it means that nothing was said
    `dates`      | a text → the formats that it may be written in
    `naming`     | a header → the name of a field
    `types`      | what is known of a column → its type, and what to say of it
    `systems`    | headers → the CRM whose fields they are
    `rules`      | fields → rules to start from
    `page`       | all of these → the text of a ruleset

Nothing is guessed in silence: what two readings fit is text, and a comment says
how to write either. What is written fits every lead that was read.
"""

from leadrules.starting.page import Start, starting_ruleset

__all__ = ["Start", "starting_ruleset"]
