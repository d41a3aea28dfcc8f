"""Two versions of a ruleset: where their meaning differs, what is proved of every lead, what happens to real ones."""
