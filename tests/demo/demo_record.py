"""The demo's record as typed rows, for days on which dates go wrong most easily."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from bot.demo.data.calendar import policy_with_calendar
from bot.demo.data.record import build_record
from bot.policies import Policy

LIBRARIES = ("mito", "kyoto")

DAYS = (
    date(2024, 2, 29),  # A leap day, the day after, and two weeks after.
    date(2024, 3, 1),
    date(2024, 3, 14),
    date(2026, 7, 20),  # The first and last day of the contest's season, and the day after.
    date(2026, 8, 31),
    date(2026, 9, 1),
    date(2026, 11, 23),  # A Monday: closed.
    date(2026, 11, 26),  # A fourth Thursday: closed.
    date(2026, 12, 31),  # The New Year, closed, and the days after.
    date(2027, 1, 1),
    date(2027, 1, 4),
    date(2027, 1, 5),
    date(2027, 1, 9),
    date(2028, 12, 15),
)

SET_ASIDE = {"in_preparation", "ready"}
ACTIVE = {"queued", *SET_ASIDE}

Row = Mapping[str, str]


@dataclass(frozen=True)
class Demo:
    """One library on one day."""

    library: str
    today: date
    policy: Policy
    files: Mapping[str, list[dict[str, str]]]

    def by(self, file: str, column: str) -> dict[str, Row]:
        """Rows by a column that is unique."""
        return {row[column]: row for row in self.files[file]}

    @property
    def open_loans(self) -> list[dict[str, str]]:
        return [row for row in self.files["loans"] if not row["returned_on"]]

    @property
    def active_reservations(self) -> list[dict[str, str]]:
        return [row for row in self.files["reservations"] if row["state"] in ACTIVE]

    def title_of(self, loan: Row) -> str:
        return self.by("copies", "barcode")[loan["barcode"]]["title_id"]

    def loanable(self, title_id: str) -> set[str]:
        """Barcodes of a title's copies that may be lent and are in service."""
        return {
            row["barcode"]
            for row in self.files["copies"]
            if row["title_id"] == title_id and row["use"] == "loan" and not row["status"]
        }

    def free(self, title_id: str) -> set[str]:
        """Those of them that are not on loan."""
        return self.loanable(title_id) - {row["barcode"] for row in self.open_loans}

    def reserved_titles(self) -> Iterator[tuple[str, list[dict[str, str]]]]:
        """Each title with its active reservations, oldest first."""
        for title_id in {row["title_id"] for row in self.active_reservations if row["title_id"]}:
            rows = [row for row in self.active_reservations if row["title_id"] == title_id]
            yield title_id, sorted(rows, key=lambda row: row["placed_at"])


@cache
def demo_on(library: str, today: date) -> Demo:
    return Demo(library, today, policy_with_calendar(library), build_record(library, today))


def day(text: str) -> date:
    """The day in a cell that holds a day or an instant with the library's own offset."""
    return datetime.fromisoformat(text).date()
