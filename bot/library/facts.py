"""What a decision needs to know about one case, read from the record in one go.

A library system gathers these; `bot.rules` decides on them. They hold no judgement of their own.
"""

from dataclasses import dataclass
from datetime import date

from bot.library.nouns import Contact, Copy, Loan, Patron, Reservation, Title


@dataclass(frozen=True, slots=True)
class RenewalFacts:
    """For: may this loan be renewed?"""

    patron: Patron
    loan: Loan | None
    """None: this patron has no such loan (returned long ago, or never had it)."""
    queued_by_others: int
    """Reservations of other patrons on the title that are `queued` (no copy set aside yet)."""


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """A copy and what it is doing now."""

    copy: Copy
    due_on: date | None = None
    """Due date of its open loan; None: not on loan."""
    set_aside: bool = False
    """Set aside for a reservation that is in preparation or ready."""


@dataclass(frozen=True, slots=True)
class ReservationRequest:
    """What the patron asks for beside the title."""

    pickup_branch: str
    contact: Contact


@dataclass(frozen=True, slots=True)
class ReservationFacts:
    """For: may this patron reserve this title?"""

    patron: Patron
    title: Title | None
    """None: the library does not hold it."""
    copies: tuple[CopyFacts, ...]
    on_loan_to_patron: bool
    reserved_by_patron: bool
    """By an active reservation."""
    active_reservations: int
    """The patron's own, counter requests for titles not held included."""
    queue_length: int
    """Active reservations of the title, everyone's."""


@dataclass(frozen=True, slots=True)
class TitleFacts:
    """What a list of titles shows of one, whoever looks at it."""

    copies: tuple[CopyFacts, ...]
    queue_length: int
    """Active reservations of the title, everyone's."""


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """For: is this one of several volumes, and which come after it?"""

    title: Title | None
    """None: the library does not hold it."""
    parts: tuple[Title, ...]
    """Titles of the record that may belong to it, itself included: of the same name and author with a volume's mark,
    or of the same series and author."""
    series_of_one_author: bool
    """Whether the series, if it names one, holds nothing by anybody else: a publisher's 文庫 does."""


@dataclass(frozen=True, slots=True)
class CancellationFacts:
    """For: may this patron cancel this reservation here?"""

    card_number: str
    """The card that asks."""
    reservation: Reservation | None
    """None: there is no such reservation."""


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """For: may this patron change where this reservation is picked up, and how they are told?"""

    patron: Patron
    """Who asks."""
    reservation: Reservation | None
    """None: there is no such reservation."""


@dataclass(frozen=True, slots=True)
class ReservationChange:
    """What a reservation is to become."""

    pickup_branch: str
    contact: Contact


@dataclass(frozen=True, slots=True)
class PickupFacts:
    """For: can this reserved item be picked up?"""

    reservation: Reservation
