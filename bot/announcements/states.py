"""The life of an announcement: one table of state, move and next state; nothing else sets a state."""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """How far it has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    """Waits for a second person."""
    SCHEDULED = "scheduled"
    """Goes at its time."""
    SENDING = "sending"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens."""
        return self in {State.DONE, State.CANCELLED}


class Move(StrEnum):
    """What happens to it."""

    EDIT = "edit"
    SUBMIT = "submit"
    """To a second person."""
    APPROVE = "approve"
    SEND_BACK = "send_back"
    """To its writer, unapproved."""
    SCHEDULE = "schedule"
    """Where nobody else must agree."""
    CANCEL = "cancel"
    BEGIN = "begin"
    FINISH = "finish"


TRANSITIONS: Final = {
    (State.DRAFT, Move.EDIT): State.DRAFT,
    (State.DRAFT, Move.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Move.SCHEDULE): State.SCHEDULED,
    (State.DRAFT, Move.CANCEL): State.CANCELLED,
    (State.SUBMITTED, Move.APPROVE): State.SCHEDULED,
    (State.SUBMITTED, Move.SEND_BACK): State.DRAFT,
    (State.SUBMITTED, Move.CANCEL): State.CANCELLED,
    (State.SCHEDULED, Move.CANCEL): State.CANCELLED,
    (State.SCHEDULED, Move.BEGIN): State.SENDING,
    (State.SENDING, Move.FINISH): State.DONE,
}


def may(state: State, move: Move) -> bool:
    """Whether it can be done now."""
    return (state, move) in TRANSITIONS
