"""What a library's counter is told, as values, and why something can't be done. Whoever is told words them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.library.nouns import ReservationState


class DeskProblem(StrEnum):
    """Why the counter can't do something."""

    NO_ACTIVE_RESERVATION = "no_active_reservation"
    NOTHING_WAITS = "nothing_waits"
    NO_RESERVATION = "no_reservation"
    IMPOSSIBLE_NOW = "impossible_now"
    WRONG_HOURS = "wrong_hours"
    NO_CLOSURE = "no_closure"
    NO_BRANCH = "no_branch"
    ENDS_BEFORE_IT_BEGINS = "ends_before_it_begins"
    IS_PAST = "is_past"
    REASON_TOO_LONG = "reason_too_long"
    NOT_A_PICKUP_BRANCH = "not_a_pickup_branch"
    NOT_RESERVED = "not_reserved"
    HAS_NOT_RUN_OUT = "has_not_run_out"
    NO_FREE_COPY = "no_free_copy"
    COPY_NOT_FREE = "copy_not_free"
    DUE_DATE_PAST = "due_date_past"
    NOT_RENEWED = "not_renewed"
    CARD_EXPIRED = "card_expired"
    SUSPENDED = "suspended"
    IN_LIBRARY_ONLY = "in_library_only"
    LOST = "lost"
    IN_REPAIR = "in_repair"
    ON_LOAN = "on_loan"
    SET_ASIDE_FOR_ANOTHER = "set_aside_for_another"
    HAS_RUN_OUT = "has_run_out"
    NO_PICKUP = "no_pickup"
    NO_COPY = "no_copy"
    NOT_ON_LOAN = "not_on_loan"


_IN_ENGLISH = {
    DeskProblem.NO_ACTIVE_RESERVATION: "the patron has no active reservation of this title",
    DeskProblem.NOTHING_WAITS: "nobody has reserved this copy's title, or the copy is not free",
    DeskProblem.NO_RESERVATION: "there is no such reservation",
    DeskProblem.IMPOSSIBLE_NOW: "it can't be done in the state the reservation is in",
    DeskProblem.WRONG_HOURS: "hours are written like 10:00-15:00",
    DeskProblem.NO_CLOSURE: "there is no such closure, or it was taken back already",
    DeskProblem.NO_BRANCH: "there is no such branch",
    DeskProblem.ENDS_BEFORE_IT_BEGINS: "it ends before it begins",
    DeskProblem.IS_PAST: "its last day is past",
    DeskProblem.REASON_TOO_LONG: "the reason is too long",
    DeskProblem.NOT_A_PICKUP_BRANCH: "nothing can be picked up at this branch",
    DeskProblem.NOT_RESERVED: "not reserved",
    DeskProblem.HAS_NOT_RUN_OUT: "the reservation has not run out",
    DeskProblem.NO_FREE_COPY: "no copy of the title is free",
    DeskProblem.COPY_NOT_FREE: "the copy is not free, or not one of this title",
    DeskProblem.DUE_DATE_PAST: "the due date is past",
    DeskProblem.NOT_RENEWED: "not renewed",
    DeskProblem.CARD_EXPIRED: "the card has expired",
    DeskProblem.SUSPENDED: "the patron is suspended",
    DeskProblem.IN_LIBRARY_ONLY: "the copy is for use in the library alone",
    DeskProblem.LOST: "the copy is lost",
    DeskProblem.IN_REPAIR: "the copy is in repair",
    DeskProblem.ON_LOAN: "the copy is on loan already",
    DeskProblem.SET_ASIDE_FOR_ANOTHER: "the copy is set aside for another patron",
    DeskProblem.HAS_RUN_OUT: "the patron's reservation has run out: run madoguchi desk expire first",
    DeskProblem.NO_PICKUP: "can't be picked up",
    DeskProblem.NO_COPY: "no copy has this barcode",
    DeskProblem.NOT_ON_LOAN: "the copy is not on loan",
}

_WITH_REASONS = {DeskProblem.NOT_RESERVED, DeskProblem.NOT_RENEWED, DeskProblem.NO_PICKUP}
"""Problems that a rule has its own reasons for; none: it came out otherwise than expected."""


class DeskError(Exception):
    """The counter can't do this. The text says why, for the shell; no person and no title stands in it."""

    def __init__(
        self,
        problem: DeskProblem,
        text: str = "",
        *,
        reasons: Iterable[str] = (),
        state: ReservationState | None = None,
    ) -> None:
        """`text`: in place of the usual one."""
        self.problem = problem
        self.reasons = tuple(reasons)
        """Codes of a rule's reasons, in its order."""
        self.state = state
        """The state that the reservation is in, where that is the problem."""
        super().__init__(text or self._in_english())

    def _in_english(self) -> str:
        text = _IN_ENGLISH[self.problem]
        if self.problem in _WITH_REASONS:
            return f"{text}: {', '.join(self.reasons) or 'the record has just changed, try again'}"
        return text


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
    loan_id: str = ""


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


@dataclass(frozen=True, slots=True)
class CopyInHand:
    """The copy that a librarian holds: what the act needs, and nobody's name."""

    barcode: str
    title_id: str
    title: str
    branch: str
    """Code of the branch that it belongs to."""


@dataclass(frozen=True, slots=True)
class OnShelf:
    """What waits on a hold shelf longer than it was to."""

    reservation_id: str
    barcode: str
    """Empty for a title that is not held."""
    title: str
    """Empty likewise."""
    pickup_branch: str
    """Branch code."""
    pickup_by: date


@dataclass(frozen=True, slots=True)
class Waiting:
    """Where a reservation waits to be picked up, and until when; neither whose nor what it is."""

    pickup_branch: str
    """Branch code."""
    pickup_by: date | None
