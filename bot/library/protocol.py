"""The one small Protocol that any library system fulfils, and the outcomes of its calls.

A refusal is a value with every reason; exceptions (`bot.library.errors`) are for what broke.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from bot.library.facts import (
    CancellationFacts,
    ChangeFacts,
    CopyFacts,
    RenewalFacts,
    ReservationFacts,
    SeriesFacts,
    TitleFacts,
)
from bot.library.nouns import (
    Channel,
    Contact,
    Patron,
    Reservation,
    ReservationList,
    Title,
    TitlePage,
    TitleQuery,
)
from bot.library.reasons import (
    CancellationReason,
    ChangeReason,
    PasswordReason,
    RenewalReason,
    ReservationReason,
)


@dataclass(frozen=True, slots=True)
class RenewalOutcome:
    """What became of one wish to renew."""

    loan_id: str
    done: bool
    due_on: date | None
    """Done: the new due date. Not done and no reasons: the date it would now get (ask again)."""
    reasons: tuple[RenewalReason, ...] = ()


@dataclass(frozen=True, slots=True)
class ReservationOutcome:
    """What became of one wish to reserve."""

    title_id: str
    done: bool
    reservation: Reservation | None = None
    """The new reservation, when done."""
    queue_position: int | None = None
    """Done: the place it got. Not done and no reasons: the place it would now get (ask again)."""
    reasons: tuple[ReservationReason, ...] = ()


@dataclass(frozen=True, slots=True)
class CancellationOutcome:
    """What became of one wish to cancel."""

    reservation_id: str
    done: bool
    reasons: tuple[CancellationReason, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """What became of one wish to change where a reservation is picked up, or how its patron is told."""

    reservation_id: str
    done: bool
    reasons: tuple[ChangeReason, ...] = ()


class LibraryReader(Protocol):
    """The read-only half; all that a flow may see.

    Every method with a card number raises `PatronNotFound` for an unknown card (but `find_patron`),
    and any `LibraryError` when the system behind it fails.
    """

    def find_patron(self, card_number: str) -> Patron | None:
        """The patron with this card, or None."""
        ...

    def list_loans(self, card_number: str) -> tuple[RenewalFacts, ...]:
        """The open loans, earliest due date first, each with the facts for its renewal."""
        ...

    def renewal_facts(self, card_number: str, loan_id: str) -> RenewalFacts:
        """The facts for renewing one loan; its `loan` is None unless it is this patron's."""
        ...

    def list_reservations(self, card_number: str) -> ReservationList:
        """The active reservations that can be shown, and a count of those that can't."""
        ...

    def cancellation_facts(self, card_number: str, reservation_id: str) -> CancellationFacts:
        """The facts for cancelling one reservation."""
        ...

    def find_titles(self, query: TitleQuery, *, limit: int, offset: int = 0) -> TitlePage:
        """Titles that match, exact matches first; an empty query finds nothing."""
        ...

    def list_new_arrivals(self, since: date, query: TitleQuery, *, limit: int, offset: int = 0) -> TitlePage:
        """Titles that came in on `since` or later, until today, newest first; an empty query means all of them."""
        ...

    def find_title(self, title_id: str) -> Title | None:
        """The title, or None if it is not held."""
        ...

    def list_copies(self, title_id: str) -> tuple[CopyFacts, ...]:
        """All copies of a title with what each is doing."""
        ...

    def reservation_facts(self, card_number: str, title_id: str) -> ReservationFacts:
        """The facts for reserving a title; its `title` is None if it is not held."""
        ...

    def reservation_facts_of(
        self, card_number: str, title_ids: Sequence[str]
    ) -> Mapping[str, ReservationFacts]:
        """The same for several titles, by title id: one round, however many they are."""
        ...

    def title_facts_of(self, title_ids: Sequence[str]) -> Mapping[str, TitleFacts]:
        """Copies and queue of several titles by title id, without any card: one round, however many they are."""
        ...

    def series_facts(self, title_id: str) -> SeriesFacts:
        """What else belongs to the work or the series of a title."""
        ...

    def change_facts(self, card_number: str, reservation_id: str) -> ChangeFacts:
        """The facts for changing pickup branch and contact of one reservation."""
        ...


class Library(LibraryReader, Protocol):
    """A library system: reads, and the four changes a patron can make.

    Each change takes the decision again on the locked record and does nothing where it came out
    otherwise than what the patron confirmed.
    """

    def renew(self, card_number: str, loan_id: str, *, expected_due_on: date) -> RenewalOutcome:
        """Renew one loan, if the rules allow it and the new due date is the expected one."""
        ...

    def reserve(
        self,
        card_number: str,
        title_id: str,
        *,
        pickup_branch: str,
        contact: Contact,
        channel: Channel = Channel.LINE,
        expected_queue_position: int | None = None,
    ) -> ReservationOutcome:
        """Reserve one title, if the rules allow it and its place in the queue is the expected one (None: any)."""
        ...

    def cancel(self, card_number: str, reservation_id: str) -> CancellationOutcome:
        """Cancel one reservation, if the rules allow it."""
        ...

    def change_reservation(
        self, card_number: str, reservation_id: str, *, pickup_branch: str, contact: Contact
    ) -> ChangeOutcome:
        """Change where one reservation is picked up and how its patron is told, if the rules allow it."""
        ...


class SignIn(StrEnum):
    """What a card number and a password together are."""

    ACCEPTED = "accepted"
    TEMPORARY = "temporary"
    """Right, but it can do nothing but be changed."""
    REFUSED = "refused"
    """Unknown card, wrong password, or a card without one: nobody is told which."""


@dataclass(frozen=True, slots=True)
class RegistrationOutcome:
    """What became of a first registration or a change of a password."""

    done: bool
    reasons: tuple[PasswordReason, ...] = ()
    """Why the new password is not accepted; none and not done: the person was not recognised."""
    email_before: str = ""
    """The address that was recorded until now: its owner is told of a first registration."""


class PasswordDesk(Protocol):
    """Passwords of cards. Each call takes the same time whether or not the card is known."""

    def check(self, card_number: str, password: str) -> SignIn:
        """Whether this password opens this card."""
        ...

    def register(
        self,
        card_number: str,
        *,
        name: str,
        birth_date: date,
        new_password: str,
        new_password_again: str,
        email: str,
    ) -> RegistrationOutcome:
        """Record the first password of a card; only while it has none. An empty e-mail changes nothing."""
        ...

    def change(
        self, card_number: str, *, password: str, new_password: str, new_password_again: str, email: str
    ) -> RegistrationOutcome:
        """Replace a password (temporary or not) that is given again as `password`."""
        ...
