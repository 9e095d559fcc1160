"""A library of any size in PostgreSQL: patrons with linked cards and one loan each, and a catalogue of fixed size.

The catalogue does not grow with the patrons: what is measured is the growth of patrons and loans. The patrons who
speak borrow from titles of few copies, so that a title that is reserved looks the same at every size.
"""

from datetime import datetime

import psycopg

from bot.clock import JST
from bot.ils.embedded.folding import fold

TITLES = 10_000
"""In the catalogue."""
SHELF_TITLES = 2_000
"""The first of them are what patrons ask for: two copies on the shelf. The others are what is on loan."""

_BORROWED = TITLES - SHELF_TITLES


def shelf_title(number: int) -> str:
    """The name of a title that can be reserved."""
    return f"試験図書{number % SHELF_TITLES:05d}番"


def fill(url: str, patrons: int) -> None:
    """Write the record into an empty database that has all tables."""
    today = datetime.now(JST).date()
    with psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:"), autocommit=True) as connection:
        _titles(connection)
        for statement in _STATEMENTS:
            connection.execute(
                statement, {"patrons": patrons, "today": today, "borrowed": _BORROWED, "shelf": SHELF_TITLES}
            )
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _titles(connection: psycopg.Connection) -> None:
    names = [shelf_title(n) if n < SHELF_TITLES else f"貸出図書{n:05d}号" for n in range(TITLES)]
    columns = (
        "title_id, title, title_kana, author, author_kana, publisher, published, isbn, material, subjects, series,"
        " volume, issue, latest_issue, contest_division, title_key, title_kana_key, author_key,"
        " author_kana_key, words_key"
    )
    with connection.cursor() as cursor, cursor.copy(f"COPY titles ({columns}) FROM STDIN") as copy:
        for number, name in enumerate(names):
            author = f"著者{number % 700:03d}"
            keys = (fold(name), "", fold(author), "", f"{fold(name)} {fold(author)}")
            row = (f"t{number:05d}", name, "", author, "", "見本書房", "2020", "", "book", "", "", "", "")
            copy.write_row((*row, False, "", *keys))


_STATEMENTS = (
    """INSERT INTO patrons (card_number, name, name_kana, birth_date, email, home_branch, phone, imported_as)
       SELECT 'c' || n, '試験 太郎', '', '1980-01-01', '', 'chuo', '', '' FROM generate_series(1, %(patrons)s) n""",
    """INSERT INTO line_users (line_user_id, followed_at, agreed_at, settings)
       SELECT 'U' || lpad(to_hex(n), 32, '0'), now(), now(), '{}' FROM generate_series(1, %(patrons)s) n""",
    """INSERT INTO links (link_id, line_user_id, card_number, in_use, linked_at)
       SELECT md5(n::text), 'U' || lpad(to_hex(n), 32, '0'), 'c' || n, true, now()
       FROM generate_series(1, %(patrons)s) n""",
    """INSERT INTO copies (barcode, title_id, branch, use, call_number, shelf, status)
       SELECT 's' || n, 't' || lpad((n %% %(shelf)s)::text, 5, '0'), 'tobu', 'loan', '913', '2', ''
       FROM generate_series(0, 2 * %(shelf)s - 1) n""",
    """INSERT INTO copies (barcode, title_id, branch, use, call_number, shelf, status)
       SELECT 'b' || n, 't' || lpad((%(shelf)s + n %% %(borrowed)s)::text, 5, '0'), 'chuo', 'loan', '913', '1', ''
       FROM generate_series(1, %(patrons)s) n""",
    """INSERT INTO loans (loan_id, card_number, barcode, checked_out_on, due_on, renewals, interlibrary, imported_as)
       SELECT md5('loan' || n), 'c' || n, 'b' || n, %(today)s::date - 10, %(today)s::date + 4, 0, false, ''
       FROM generate_series(1, %(patrons)s) n""",
)
