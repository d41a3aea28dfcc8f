"""A checked ruleset as one `SELECT`: what `run` adds to a file of leads, a database adds to its own table.

`compile_select` (in `statement`) is the way in. The parts of the language are written by the module of
their name, on top of three things: `terms` makes expressions, `layers` puts them
into common table expressions by what they need, and `dialects/` says how a
database says what the language means, or refuses to.
"""
