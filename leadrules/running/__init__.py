"""A run: a file of leads in, a file of scored leads out, and what was counted on the way."""
