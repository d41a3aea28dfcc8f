"""The others: the same ruleset said in their way, with the same answers; what is not installed is left out."""
