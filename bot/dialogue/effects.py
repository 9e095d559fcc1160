"""The changes a flow asks for, as values, and what became of them.

An effect is returned only after its confirmation. The rim performs it through the library's Protocol
and `bot.accounts`; the flow is then told the results, in the same order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from bot.library import CancellationOutcome, ChangeOutcome, Contact, RenewalOutcome, ReservationOutcome


@dataclass(frozen=True, slots=True)
class RenewLoan:
    """Renew one loan, if its new due date is still the one that was confirmed."""

    card_number: str
    loan_id: str
    expected_due_on: date


@dataclass(frozen=True, slots=True)
class ReserveTitle:
    """Reserve one title, if its place in the queue is still the one that was confirmed."""

    card_number: str
    title_id: str
    pickup_branch: str
    contact: Contact
    expected_queue_position: int
    later: tuple[str, ...] = ()
    """Titles to be reserved by themselves, each once the one before it was checked out."""


@dataclass(frozen=True, slots=True)
class CancelReservation:
    """Cancel one reservation."""

    card_number: str
    reservation_id: str


@dataclass(frozen=True, slots=True)
class ChangeReservation:
    """Change where one reservation is picked up, and how its patron is told."""

    card_number: str
    reservation_id: str
    pickup_branch: str
    contact: Contact


@dataclass(frozen=True, slots=True)
class AddToCart:
    """Put titles into the cart, `most` in all. Changes nothing at the library; undone by one tap."""

    card_number: str
    title_ids: tuple[str, ...]
    most: int


@dataclass(frozen=True, slots=True)
class RemoveFromCart:
    """Take titles out of the cart. Changes nothing at the library; undone by one tap."""

    card_number: str
    title_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StopFollowUp:
    """Give up the wish that later volumes be reserved."""

    card_number: str
    follow_up_id: str


@dataclass(frozen=True, slots=True)
class UnlinkCard:
    """Cut the tie between this LINE account and a card, and forget what was kept for it."""

    card_number: str


@dataclass(frozen=True, slots=True)
class EndOtherLink:
    """Cut the tie between another LINE account and a card that is linked to this one, too."""

    link_id: str


@dataclass(frozen=True, slots=True)
class SwitchCard:
    """Use another of the cards linked to this LINE account."""

    card_number: str


@dataclass(frozen=True, slots=True)
class KeepSetting:
    """Keep one of the LINE user's own settings: how things are shown and said. Undone by saying so."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class TellStaff:
    """Leave a message for the staff."""

    card_number: str
    """The card in use; empty without one."""
    text: str
    message_id: str
    """LINE's, of the message it was written in."""


@dataclass(frozen=True, slots=True)
class ChangeNotices:
    """Set what the patron wants to hear of, and how. Undone by one tap."""

    changes: Mapping[str, bool | str]
    """`due`, `hold`, `announcements`: whether; `contact`: a `Contact`'s value."""


@dataclass(frozen=True, slots=True)
class AddWatch:
    """Watch new arrivals on a theme or by an author. Undone by one tap."""

    kind: str
    """`subject` or `author`."""
    words: str


@dataclass(frozen=True, slots=True)
class StopWatches:
    """End watches for new arrivals. Undone by one tap."""

    watch_ids: tuple[str, ...]


Effect: TypeAlias = (
    RenewLoan
    | ReserveTitle
    | CancelReservation
    | ChangeReservation
    | AddToCart
    | RemoveFromCart
    | StopFollowUp
    | UnlinkCard
    | EndOtherLink
    | SwitchCard
    | KeepSetting
    | TellStaff
    | ChangeNotices
    | AddWatch
    | StopWatches
)


@dataclass(frozen=True, slots=True)
class CartOutcome:
    """What became of a change of the cart."""

    title_ids: tuple[str, ...]
    """Those that were put in or taken out."""
    done: bool


@dataclass(frozen=True, slots=True)
class FollowUpOutcome:
    """What became of giving up a follow-up; not done: it is over already."""

    follow_up_id: str
    done: bool


@dataclass(frozen=True, slots=True)
class UnlinkOutcome:
    """What became of a wish to unlink."""

    card_number: str
    done: bool


@dataclass(frozen=True, slots=True)
class EndOtherOutcome:
    """What became of a wish to end another account's link; not done: it was gone already."""

    link_id: str
    done: bool


@dataclass(frozen=True, slots=True)
class SwitchOutcome:
    """What became of a wish to use another card; not done: it is not linked (any more)."""

    card_number: str
    done: bool


@dataclass(frozen=True, slots=True)
class SettingOutcome:
    """What became of a setting."""

    name: str
    done: bool


@dataclass(frozen=True, slots=True)
class TellStaffOutcome:
    """What became of a message for the staff; not done: too many wait already."""

    number: int
    done: bool


@dataclass(frozen=True, slots=True)
class KeptOutcome:
    """What became of a change of notices or watches; not done: it was so already, or there are too many."""

    done: bool


@dataclass(frozen=True, slots=True)
class Broken:
    """The library system failed: nothing was done (`maybe_done` False) or nobody knows (True)."""

    effect: Effect
    maybe_done: bool


Result: TypeAlias = (
    RenewalOutcome
    | ReservationOutcome
    | CancellationOutcome
    | ChangeOutcome
    | CartOutcome
    | FollowUpOutcome
    | UnlinkOutcome
    | EndOtherOutcome
    | SwitchOutcome
    | SettingOutcome
    | TellStaffOutcome
    | KeptOutcome
    | Broken
)
