"""Where the books are kept: a file of SQLite in the data folder, or a schema of PostgreSQL.

`base` says what a book asks of either; `sqlite` and `postgresql` answer it, and hold all that
differs between the two. Statements are written once, in the SQL that both read.
"""
