"""What a library system tells of its record so that notices can be planned: many patrons at once, in batches.

Each `list_…` gives at most `limit` items in a fixed order, those after the key `after` (empty: from the beginning);
fewer than `limit` means that there are no more. Each `…_of` takes ids by the hundred and leaves out what is gone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.library.facts import RenewalFacts
from bot.library.nouns import Actor, Patron, Reservation, Title, TitleQuery


@dataclass(frozen=True, slots=True)
class DueLoan:
    """An open loan, as far as its due date matters."""

    loan_id: str
    card_number: str
    checked_out_on: date
    due_on: date

    @property
    def key(self) -> str:
        """Its place in the order of `list_due_loans`."""
        return f"{self.due_on.isoformat()} {self.loan_id}"


@dataclass(frozen=True, slots=True)
class EndedReservation:
    """A reservation that came to its end without being picked up, and how."""

    reservation: Reservation
    ended_at: datetime
    """UTC."""
    actor: Actor
    reason: str
    """As said to the patron; empty where none was given."""
    key: str
    """Its place in the order of `list_ended`."""


class NoticeReader(Protocol):
    """Reads many records at once. Raises any `LibraryError` when the system behind it fails."""

    def list_ready(self, *, after: str, limit: int) -> Sequence[Reservation]:
        """Reservations that are ready, by id; without title and place in the queue."""
        ...

    def list_ended(self, since: datetime, *, after: str, limit: int) -> Sequence[EndedReservation]:
        """Reservations that were cancelled, declined or released since then; without title and place."""
        ...

    def list_due_loans(self, first: date, last: date, *, after: str, limit: int) -> Sequence[DueLoan]:
        """Open loans that are due from the first to the last of these days, by due date and id."""
        ...

    def list_lost_loans(self, since: datetime, *, after: str, limit: int) -> Sequence[RenewalFacts]:
        """Open loans by id, of titles that somebody else reserved since then and waits for."""
        ...

    def list_arrivals(self, since: date, query: TitleQuery, *, limit: int) -> Sequence[Title]:
        """What came in on `since` or later, until today, and matches; newest first."""
        ...

    def reservations_of(self, reservation_ids: Iterable[str]) -> Mapping[str, Reservation]:
        """Reservations with their titles, by id, in whatever state; without place in the queue."""
        ...

    def loans_of(self, loan_ids: Iterable[str]) -> Mapping[str, RenewalFacts]:
        """Loans, open or not, each with the facts for its renewal, by id."""
        ...

    def titles_of(self, title_ids: Iterable[str]) -> Mapping[str, Title]:
        """Titles by id."""
        ...

    def patrons_of(self, card_numbers: Iterable[str]) -> Mapping[str, Patron]:
        """Patrons by card number."""
        ...
