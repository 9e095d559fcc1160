"""The life of a reservation: one table of state, event and next state. Nothing else sets a state.

The way of most: queued, set_aside, in_preparation, arrive, ready, pick_up, fulfilled. While it is active it can
be cancelled or declined; put_back brings it from in_preparation back to queued; expire ends what was ready and
not picked up. A closed reservation stays closed. The table is drawn in `docs/rules.md`.

An import is no event: the files say in which state the library's own system has a reservation, and that
system is the source of truth.
"""

from enum import StrEnum
from typing import Final

from bot.library import ReservationState


class LifeEvent(StrEnum):
    """What can happen to a reservation."""

    SET_ASIDE = "set_aside"
    """Staff took a copy for it; it may still be in transit."""
    PUT_BACK = "put_back"
    """The copy set aside could not be supplied after all; the patron waits on."""
    ARRIVE = "arrive"
    """The copy is on the hold shelf of the pickup branch."""
    PICK_UP = "pick_up"
    CANCEL = "cancel"
    EXPIRE = "expire"
    """Its last day has passed: released."""
    DECLINE = "decline"
    """The library can't supply it."""


_S = ReservationState
_E = LifeEvent

TRANSITIONS: Final[dict[tuple[ReservationState, LifeEvent], ReservationState]] = {
    (_S.QUEUED, _E.SET_ASIDE): _S.IN_PREPARATION,
    (_S.QUEUED, _E.ARRIVE): _S.READY,  # The copy was at the pickup branch already.
    (_S.QUEUED, _E.CANCEL): _S.CANCELLED,
    (_S.QUEUED, _E.DECLINE): _S.DECLINED,
    (_S.IN_PREPARATION, _E.PUT_BACK): _S.QUEUED,
    (_S.IN_PREPARATION, _E.ARRIVE): _S.READY,
    (_S.IN_PREPARATION, _E.CANCEL): _S.CANCELLED,
    (_S.IN_PREPARATION, _E.DECLINE): _S.DECLINED,
    (_S.READY, _E.PICK_UP): _S.FULFILLED,
    (_S.READY, _E.EXPIRE): _S.EXPIRED,
    (_S.READY, _E.CANCEL): _S.CANCELLED,  # By staff on the phone; `cancellation` does not let the patron.
    (_S.READY, _E.DECLINE): _S.DECLINED,
}


def next_state(state: ReservationState, event: LifeEvent) -> ReservationState | None:
    """The state after `event`, or None where it can't happen in `state`."""
    return TRANSITIONS.get((state, event))
