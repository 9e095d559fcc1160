"""The changes a flow asks for, as values, and what became of them.

An effect is returned only after its confirmation. The rim performs it through the library's Protocol
and `bot.accounts`; the flow is then told the results, in the same order.
"""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from bot.library import CancellationOutcome, Contact, RenewalOutcome, ReservationOutcome


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


@dataclass(frozen=True, slots=True)
class CancelReservation:
    """Cancel one reservation."""

    card_number: str
    reservation_id: str


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


Effect: TypeAlias = (
    RenewLoan | ReserveTitle | CancelReservation | UnlinkCard | EndOtherLink | SwitchCard | KeepSetting
)


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
class Broken:
    """The library system failed: nothing was done (`maybe_done` False) or nobody knows (True)."""

    effect: Effect
    maybe_done: bool


Result: TypeAlias = (
    RenewalOutcome
    | ReservationOutcome
    | CancellationOutcome
    | UnlinkOutcome
    | EndOtherOutcome
    | SwitchOutcome
    | SettingOutcome
    | Broken
)
