"""A real record in a real SQLite database, written from short rows; what a row leaves out is usual."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.ils.embedded.folding import fold
from bot.storage.base import Base
from bot.storage.tables.library import CopyRow, LoanRow, PatronRow, ReservationRow, TitleRow

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by table: `patrons`, `titles`, `copies`, `loans`, `reservations`."""

_TABLES: Mapping[str, tuple[type[Base], Mapping[str, Any]]] = {
    "patrons": (PatronRow, {"name": "水戸 花子"}),
    "titles": (TitleRow, {"material": "book"}),
    "copies": (CopyRow, {"branch": "chuo", "use": "loan"}),
    "loans": (LoanRow, {"checked_out_on": date(2026, 11, 20), "due_on": date(2026, 12, 4)}),
    "reservations": (
        ReservationRow,
        {
            "placed_at": datetime(2026, 11, 20, 1, 0, tzinfo=UTC),
            "pickup_branch": "chuo",
            "contact": "line",
            "state": "queued",
            "channel": "line",
        },
    ),
}


def write(session: Session, rows: Rows) -> None:
    """Add the rows, table by table."""
    for name, (table, usual) in _TABLES.items():
        for row in rows.get(name, ()):
            session.add(table(**{**usual, **row, **(_keys(row) if table is TitleRow else {})}))
        session.flush()


def snapshot(session: Session) -> dict[str, dict[str, dict[str, Any]]]:
    """Every loan and reservation, by table and id."""
    loans = {row.loan_id: _values(row) for row in session.scalars(select(LoanRow))}
    reservations = {row.reservation_id: _values(row) for row in session.scalars(select(ReservationRow))}
    return {"loans": loans, "reservations": reservations}


def _values(row: Base) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def _keys(row: Mapping[str, Any]) -> dict[str, str]:
    """What the import writes beside a title, to find it by."""
    named = {name: fold(str(row.get(name, ""))) for name in ("title", "title_kana", "author", "author_kana")}
    others = [fold(str(row.get(name, ""))) for name in ("subjects", "series", "publisher")]
    return {
        **{f"{name}_key": value for name, value in named.items()},
        "words_key": " ".join((*named.values(), *others)),
    }
