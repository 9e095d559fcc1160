"""What a library's counter does, as a Protocol. A library system that has a counter of its own fulfils none of this."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from bot.library.desk import CheckedOut, CopyInHand, Moved, OnShelf, Returned, Waiting


class LendingDesk(Protocol):
    """Lending, taking back, handing over."""

    def checkout(self, card_number: str, barcode: str, *, due_on: date | None = None) -> CheckedOut:
        """Lend a copy; the patron's reservation of its title is fulfilled by it."""
        ...

    def take_back(self, barcode: str) -> Returned:
        """A copy was returned; says for whom it is to be set aside."""
        ...

    def pick_up(self, reservation_id: str) -> CheckedOut | Moved:
        """The patron takes what waits for them."""
        ...


class ReservationDesk(Protocol):
    """The life of a reservation as far as the counter moves it."""

    def set_aside(self, reservation_id: str, barcode: str = "") -> Moved:
        """Set a copy aside: the one named, or one that is free."""
        ...

    def ready(self, reservation_id: str, barcode: str = "") -> Moved:
        """The copy is on the hold shelf of the pickup branch from today."""
        ...

    def put_back(self, reservation_id: str) -> Moved:
        """The copy set aside can't be supplied after all; the patron waits on."""
        ...

    def decline(self, reservation_id: str, reason: str) -> Moved:
        """The library can't supply it; the reason is told to the patron."""
        ...

    def expire(self, reservation_id: str) -> Moved:
        """Release what ran out, and set its copy aside for the next patron in the queue."""
        ...


class BookOfReservations(Protocol):
    """Which reservation is meant."""

    def find(
        self, *, reservation_id: str = "", card_number: str = "", title_id: str = "", barcode: str = ""
    ) -> str:
        """The id of the one reservation that is meant."""
        ...


class ShelfLook(Protocol):
    """What a librarian has in hand or before them; nothing here tells what a patron reads."""

    def copy(self, barcode: str) -> CopyInHand:
        """The copy with this barcode."""
        ...

    def waiting(self, reservation_ids: Iterable[str]) -> Mapping[str, Waiting]:
        """Where those of these reservations wait that are ready, by id."""
        ...

    def run_out(self) -> tuple[OnShelf, ...]:
        """What has waited on a hold shelf past its last day, by branch and day."""
        ...


class CounterDesk(Protocol):
    """The counter, within one transaction. What can't be done raises DeskError, an unknown card PatronNotFound."""

    @property
    def lending(self) -> LendingDesk:
        """Loans."""
        ...

    @property
    def reservations(self) -> ReservationDesk:
        """Reservations."""
        ...

    @property
    def book(self) -> BookOfReservations:
        """Which reservation is meant."""
        ...

    @property
    def shelves(self) -> ShelfLook:
        """What is in hand."""
        ...

    def temporary_password(self, card_number: str) -> str:
        """A new temporary password, which replaces the card's password, if any; it is shown this once."""
        ...
