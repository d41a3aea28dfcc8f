"""Leads that live in a database: reading and writing tables, a ruleset as SQL, and running it there.

part                            | turns
--------------------------------|------
`url`, `tables`, `*_tables`     | a URL into a table that is read in blocks
`writing`                       | scored leads into a table, all or nothing
`table`                         | a table's columns, however they are given, into names and kinds
`sql/`                          | a checked ruleset and a table into one `SELECT` in a database's dialect
`pushdown`                      | that `SELECT` into a table beside the leads, without a lead leaving the database
`dbt`                           | that `SELECT` into a dbt model and its description
"""
