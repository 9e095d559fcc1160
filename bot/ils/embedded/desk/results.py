"""What the counter is told, as values; `bot.cli.desk` words it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.library import ReservationState


class DeskError(Exception):
    """The counter can't do this. The text says why; no person and no title stands in it."""


@dataclass(frozen=True, slots=True)
class NextInQueue:
    """For whom a copy that is free now should be set aside."""

    reservation_id: str
    card_number: str
    pickup_branch: str
    """Branch code."""


@dataclass(frozen=True, slots=True)
class CheckedOut:
    """A copy was lent."""

    loan_id: str
    barcode: str
    due_on: date
    fulfilled: str
    """Id of the patron's reservation that this fulfilled, or empty."""
    freed: str
    """Barcode of another copy that was set aside for it and is free now, or empty."""
    next_in_queue: NextInQueue | None
    """Who waits for the copy that is free now."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A copy came back."""

    barcode: str
    next_in_queue: NextInQueue | None


@dataclass(frozen=True, slots=True)
class Reserved:
    """A reservation was placed at the counter."""

    reservation_id: str
    queue_position: int
    """From 1."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A reservation is in another state now."""

    reservation_id: str
    card_number: str
    state: ReservationState
    pickup_branch: str
    """Branch code."""
    barcode: str
    """The copy set aside for it, or empty."""
    pickup_by: date | None
    """Last day, once ready."""
    freed: str
    """Barcode of the copy that it let go of, or empty."""
    next_in_queue: NextInQueue | None
    """Who waits for that copy."""


@dataclass(frozen=True, slots=True)
class MovedDates:
    """How many dates lay in a closure and were moved to an open day."""

    due_dates: int = 0
    last_days: int = 0
    """Of what waits on the hold shelf."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Days that are otherwise were entered."""

    number: int
    is_new: bool
    """False: it was entered before."""
    moved: MovedDates


def listed(reasons: Iterable[str]) -> str:
    """Reason codes in one line; none: it came out otherwise than expected."""
    return ", ".join(reasons) or "the record has just changed, try again"
