"""Loads titles, copies and patrons: rows without a history of their own."""

from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from bot.ils.embedded.folding import fold
from bot.ils.embedded.importing.batches import batches
from bot.ils.embedded.importing.reading import CsvFile, Row
from bot.ils.embedded.importing.run import Counts, Run, digest, update
from bot.ils.embedded.passwords import keep_password
from bot.library import Actor
from bot.storage.base import Base
from bot.storage.tables.library import CopyRow, CredentialRow, PatronRow, TitleRow


def load_titles(run: Run, csv_file: CsvFile) -> Counts:
    """Titles, with what is searched in them folded."""
    return _load(run, csv_file, TitleRow, TitleRow.title_id, with_search_keys)


def load_copies(run: Run, csv_file: CsvFile) -> Counts:
    """Copies."""
    return _load(run, csv_file, CopyRow, CopyRow.barcode, lambda row: row)


def _load(
    run: Run,
    csv_file: CsvFile,
    table: type[Base],
    key: InstrumentedAttribute[str],
    made: Callable[[Row], Row],
) -> Counts:
    counts = Counts()
    for batch in batches(csv_file.lines(run.bad)):
        rows = [made(line.row) for line in batch]
        found = run.session.scalars(select(table).where(key.in_([row[key.key] for row in rows])))
        recorded = {getattr(item, key.key): item for item in found}
        for row in rows:
            item = recorded.get(row[key.key])
            if item is None:
                run.session.add(table(**row))
                counts.added += 1
            else:
                counts.saw(changed=update(item, row))
        run.write()
    return counts


def with_search_keys(row: Row) -> Row:
    """A title's cells and the folded ones in which it is searched."""
    title, title_kana = fold(str(row["title"])), fold(str(row["title_kana"]))
    author, author_kana = fold(str(row["author"])), fold(str(row["author_kana"]))
    others = (fold(str(row[name])) for name in ("subjects", "series", "publisher"))
    return row | {
        "title_key": title,
        "title_kana_key": title_kana,
        "author_key": author,
        "author_kana_key": author_kana,
        # A space parts the fields: folded text holds none, so no word matches across two of them.
        "words_key": " ".join((title, title_kana, author, author_kana, *others)),
    }


def load_patrons(run: Run, csv_file: CsvFile) -> Counts:
    """Patrons, and temporary passwords for cards without one.

    A patron whose row is the same as last time is left alone, and an empty e-mail says that none is known there:
    an address that the patron gave here stays.
    """
    counts = Counts()
    for batch in batches(csv_file.lines(run.bad)):
        rows = [line.row for line in batch]
        cards = [str(row["card_number"]) for row in rows]
        found = run.session.scalars(select(PatronRow).where(PatronRow.card_number.in_(cards)))
        recorded = {item.card_number: item for item in found}
        for row in rows:
            _load_patron(run, recorded.get(str(row["card_number"])), row, counts)
        run.session.flush()
        _set_passwords(run, rows, cards)
        run.write()
    return counts


def _load_patron(run: Run, item: PatronRow | None, row: Row, counts: Counts) -> None:
    # No digest is taken of a password: it could be found out by trying.
    cells = {name: value for name, value in row.items() if name != "temporary_password"}
    imported_as = digest(cells)
    if item is None:
        run.session.add(PatronRow(**cells, imported_as=imported_as))
        counts.added += 1
        return
    if item.imported_as == imported_as:
        counts.saw(changed=False)
        return
    item.imported_as = imported_as
    if not cells["email"]:
        del cells["email"]
    counts.saw(changed=update(item, cells))


def _set_passwords(run: Run, rows: Sequence[Row], cards: Sequence[str]) -> None:
    """A card that has a password keeps it: the patron may have set it, and hashing anew would change nothing."""
    column = CredentialRow.card_number
    with_password = set(run.session.scalars(select(column).where(column.in_(cards))))
    for row in rows:
        card_number, temporary = str(row["card_number"]), str(row["temporary_password"])
        if temporary and card_number not in with_password:
            keep_password(run.session, card_number, temporary, temporary=True, actor=Actor.SYSTEM, at=run.now)
