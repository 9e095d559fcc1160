"""An embedded library in a file of its own, its CSV files, and what can be read of it afterwards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from bot.clock import StoppedClock
from bot.ils.embedded.importing import Counts, ImportReport, import_folder
from bot.policies import Policy, load_policy
from bot.storage.base import Base
from bot.storage.engine import reading
from bot.storage.tables.library import (
    CopyRow,
    CredentialRow,
    LoanHistoryRow,
    LoanRow,
    PatronRow,
    ReservationHistoryRow,
    ReservationRow,
    TitleRow,
)

NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)

HEADERS = {
    "patrons": "card_number,name,name_kana,birth_date,email,home_branch,temporary_password",
    "titles": "title_id,title,title_kana,author,author_kana,publisher,published,isbn,material,subjects,series,volume,"
    "issue,latest_issue,contest_division,arrived_on",
    "copies": "barcode,title_id,branch,use",
    "loans": "card_number,barcode,checked_out_on,due_on,renewals,interlibrary",
    "reservations": "card_number,title_id,placed_at,pickup_branch,contact,state,ready_on,pickup_by,channel",
}
ROWS = {
    "patrons": [
        "100,水戸 花子,ミト ハナコ,1950-04-01,hanako@example.jp,中央,",
        "200,水戸 次郎,,1980-01-02,,tobu,temporary1",
    ],
    "titles": [
        "kokoro,こころ,ココロ,夏目漱石,ナツメ ソウセキ,岩波書店,1989,4003101111,book,小説;明治,,,,false,,2026-11-01",
        "sorekara,それから,ソレカラ,夏目漱石,,,,,book,,,,,false,,",
    ],
    "copies": ["b1,kokoro,東部,loan", "b2,kokoro,chuo,loan", "b3,sorekara,chuo,loan"],
    "loans": ["100,b1,2026-11-20,2026-12-04,0,false"],
    "reservations": [
        "200,kokoro,2026-11-25T12:00:00+09:00,中央,line,ready,2026-11-30,,web",
        "100,sorekara,2026-11-26T12:00:00,chuo,none,queued,,,counter",
        "200,sorekara,2026-11-27T12:00:00,chuo,none,queued,,,counter",
    ],
}
"""A small library: one loan, one copy waiting on the hold shelf, and a queue of two."""

TABLES: tuple[type[Base], ...] = (
    PatronRow,
    CredentialRow,
    TitleRow,
    CopyRow,
    LoanRow,
    ReservationRow,
    LoanHistoryRow,
    ReservationHistoryRow,
)


@dataclass
class Files:
    """The folder of CSV files."""

    folder: Path

    def write(self, name: str, rows: Iterable[str], header: str = "", encoding: str = "utf-8") -> None:
        """One file."""
        text = "\n".join([header or HEADERS[name], *rows, ""])
        (self.folder / f"{name}.csv").write_text(text, encoding=encoding)

    def write_all(self, **rows: list[str]) -> None:
        """The small library, with other `rows` in some of its files."""
        for name, usual in ROWS.items():
            self.write(name, rows.get(name, usual))


@dataclass
class IlsWorld:
    """The library of Mito."""

    engine: Engine
    clock: StoppedClock
    policy: Policy
    files: Files

    @classmethod
    def over(cls, engine: Engine, folder: Path, library: str = "mito") -> "IlsWorld":
        """On this database, with files in this folder."""
        return cls(engine, StoppedClock(NOW), load_policy(library), Files(folder))

    def load(self, *, snapshot: bool = False) -> Mapping[str, Counts]:
        """Import the files."""
        return self.report(snapshot=snapshot).counts

    def report(self, *, snapshot: bool = False) -> ImportReport:
        """Import the files, and all that is said of it."""
        return import_folder(self.engine, self.policy, self.clock, self.files.folder, snapshot=snapshot)

    def rows(self, table: type[Base]) -> list[Any]:
        """All rows of a table, by key."""
        with reading(self.engine) as session:
            return list(session.scalars(select(table).order_by(*table.__table__.primary_key.columns)))

    def loan(self, barcode: str) -> LoanRow:
        """The latest loan of a copy."""
        with reading(self.engine) as session:
            return (
                session.scalars(
                    select(LoanRow).where(LoanRow.barcode == barcode).order_by(LoanRow.checked_out_on.desc())
                ).first()
                or LoanRow()
            )

    def reservation(self, card_number: str, title_id: str) -> ReservationRow:
        """The one reservation of a title by a patron."""
        with reading(self.engine) as session:
            return session.scalars(
                select(ReservationRow).where(
                    ReservationRow.card_number == card_number, ReservationRow.title_id == title_id
                )
            ).one()

    def dump(self) -> list[dict[str, Any]]:
        """Everything that is recorded."""
        return [
            {column.name: getattr(row, column.key) for column in table.__table__.columns}
            for table in TABLES
            for row in self.rows(table)
        ]

    def events(self, table: type[LoanHistoryRow] | type[ReservationHistoryRow]) -> list[tuple[str, str]]:
        """What happened, and who did it, in order."""
        return [(row.event, row.actor) for row in self.rows(table)]
