"""Leads that live in a database: a ruleset as SQL (`sql/`), and running it there.

part        | turns
------------|------
`table`     | a table's columns, however they are given, into names and kinds
`sql/`      | a checked ruleset and a table into one `SELECT` in a database's dialect
`dbt`       | that `SELECT` into a dbt model and its description
`connected` | a URL into a connection that knows its tables and runs a `SELECT` where they are
"""
