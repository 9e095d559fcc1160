"""The demo's libraries as files that a librarian can edit, and the code that counts their dates from a given day.

`titles.csv` holds the works that both libraries have, `titles_<library>.csv` those of one, `magazines.csv` the
magazines whose issues are counted from today; `<library>.toml` the copies that matter and the thirty patrons.
Everybody in them is made up.
"""
