"""Writes checked rows: adds what is new, updates what differs, counts what is the same.

Each file is compared with the record in one read, so that a nightly export of a whole city stays fast.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.ils.embedded import history
from bot.ils.embedded.folding import fold
from bot.ils.embedded.ids import new_id
from bot.ils.embedded.importing.reading import ReadFile, Row
from bot.ils.embedded.passwords import EmbeddedPasswords
from bot.library import ACTIVE_STATES, Actor, ReservationState
from bot.policies import Policy
from bot.storage.base import Base
from bot.storage.tables.library import CopyRow, CredentialRow, LoanRow, PatronRow, TitleRow

_ACTIVE = {state.value for state in ACTIVE_STATES}
_SET_ASIDE = {ReservationState.IN_PREPARATION.value, ReservationState.READY.value}


@dataclass(slots=True)
class Counts:
    """Rows of one file."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    closed: int = 0
    """Gone from a complete file: loans returned, reservations closed."""


def apply_files(
    session: Session, policy: Policy, clock: Clock, files: dict[str, ReadFile], *, snapshot: bool
) -> dict[str, Counts]:
    """Write all files, in the order in which they refer to each other."""
    steps: dict[str, Callable[[ReadFile], Counts]] = {
        "patrons": lambda found: _patrons(session, policy, clock, found),
        "titles": lambda found: _plain(session, TitleRow, _titles(found), ("title_id",)),
        "copies": lambda found: _plain(session, CopyRow, found.rows.values(), ("barcode",)),
        "loans": lambda found: _loans(session, clock, found, snapshot=snapshot),
        "reservations": lambda found: _reservations(session, clock, found, snapshot=snapshot),
    }
    counts = {name: step(files[name]) for name, step in steps.items() if name in files}
    session.flush()
    return counts


def _plain(session: Session, table: type[Base], rows: Iterable[Row], key: tuple[str, ...]) -> Counts:
    """Rows without a history of their own."""
    counts = Counts()
    recorded = {tuple(getattr(item, name) for name in key): item for item in session.scalars(select(table))}
    for row in rows:
        found = recorded.get(tuple(row[name] for name in key))
        if found is None:
            session.add(table(**row))
            counts.added += 1
        else:
            _count(counts, _update(found, row))
    session.flush()
    return counts


def _update(item: Base, row: Row) -> bool:
    """Write the cells that differ; whether any did."""
    differing = {name: value for name, value in row.items() if getattr(item, name) != value}
    for name, value in differing.items():
        setattr(item, name, value)
    return bool(differing)


def _count(counts: Counts, changed: bool) -> None:
    if changed:
        counts.updated += 1
    else:
        counts.unchanged += 1


def _titles(found: ReadFile) -> Iterable[Row]:
    for row in found.rows.values():
        title, title_kana = fold(str(row["title"])), fold(str(row["title_kana"]))
        author, author_kana = fold(str(row["author"])), fold(str(row["author_kana"]))
        others = (fold(str(row[name])) for name in ("subjects", "series", "publisher"))
        keys: Row = {
            "title_key": title,
            "title_kana_key": title_kana,
            "author_key": author,
            "author_kana_key": author_kana,
            # A space parts the fields: folded text holds none, so no word matches across two of them.
            "words_key": " ".join((title, title_kana, author, author_kana, *others)),
        }
        yield row | keys


def _patrons(session: Session, policy: Policy, clock: Clock, found: ReadFile) -> Counts:
    rows = [
        {name: value for name, value in row.items() if name != "temporary_password"}
        for row in found.rows.values()
    ]
    counts = _plain(session, PatronRow, rows, ("card_number",))
    with_password = set(session.scalars(select(CredentialRow.card_number)))
    passwords = EmbeddedPasswords(session, policy, clock)
    for row in found.rows.values():
        card_number, temporary = str(row["card_number"]), str(row["temporary_password"])
        # A card that has a password keeps it: the patron may have set it, and hashing anew would change nothing.
        if temporary and card_number not in with_password:
            passwords.set_by_staff(card_number, temporary, temporary=True, actor=Actor.SYSTEM)
    return counts


def _loans(session: Session, clock: Clock, found: ReadFile, *, snapshot: bool) -> Counts:
    counts, now = Counts(), clock.now()
    recorded = {
        (item.card_number, item.barcode, item.checked_out_on): item
        for item in session.scalars(select(LoanRow))
    }
    if snapshot:
        # Returned first, so that a copy lent anew in the same file is free.
        for key, item in recorded.items():
            if item.returned_on is None and key not in found.rows:
                item.returned_on = clock.today()
                history.loan_changed(session, item, "returned", Actor.SYSTEM, now)
                counts.closed += 1
        session.flush()
    for key, row in _closed_first(found, "returned_on"):
        item = recorded.get(key)
        if item is None:
            item = LoanRow(loan_id=new_id(), **row)
            session.add(item)
            counts.added += 1
            history.loan_changed(session, item, "imported", Actor.SYSTEM, now)
        elif _update(item, row):
            counts.updated += 1
            history.loan_changed(session, item, "imported", Actor.SYSTEM, now)
        else:
            counts.unchanged += 1
        session.flush()
    return counts
