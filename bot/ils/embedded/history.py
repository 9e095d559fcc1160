"""Changes of state and the history rows that go with each: who did it (patron, staff, system) and when."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.library import Actor, ReservationState
from bot.rules.reservation_life import LifeEvent, next_state
from bot.storage.tables.library import (
    LoanHistoryRow,
    LoanRow,
    ReservationHistoryRow,
    ReservationRow,
)

_HOLDS_COPY = {ReservationState.IN_PREPARATION, ReservationState.READY}


class ImpossibleMoveError(Exception):
    """The reservation is in a state in which this can't happen."""

    def __init__(self, state: ReservationState, event: LifeEvent) -> None:
        super().__init__(f"a reservation that is {state.value} can't {event.value.replace('_', ' ')}")
        self.state = state


def loan_changed(session: Session, row: LoanRow, event: str, actor: Actor, at: datetime) -> None:
    """Note that a loan was checked out, renewed, returned or changed by an import."""
    session.add(
        LoanHistoryRow(
            loan_id=row.loan_id,
            card_number=row.card_number,
            event=event,
            due_on=row.due_on,
            actor=actor.value,
            at=at,
        )
    )


def moved_due_dates(
    session: Session, loans: Iterable[tuple[str, str, date]], actor: Actor, at: datetime
) -> None:
    """Note that a closure moved the due dates of loans: id, card and new date of each."""
    rows = [
        {
            "loan_id": loan_id,
            "card_number": card,
            "event": "moved",
            "due_on": due_on,
            "actor": actor.value,
            "at": at,
        }
        for loan_id, card, due_on in loans
    ]
    if rows:
        session.execute(insert(LoanHistoryRow), rows)


def moved_last_days(
    session: Session, reservations: Iterable[tuple[str, str]], actor: Actor, at: datetime
) -> None:
    """Note that a closure moved the last days of ready reservations: id and card of each."""
    ready = ReservationState.READY.value
    same = {
        "event": "move",
        "from_state": ready,
        "to_state": ready,
        "reason": "",
        "actor": actor.value,
        "at": at,
    }
    rows = [{"reservation_id": one, "card_number": card, **same} for one, card in reservations]
    if rows:
        session.execute(insert(ReservationHistoryRow), rows)


def reservation_placed(session: Session, row: ReservationRow, actor: Actor, at: datetime) -> None:
    """Note that a reservation was placed, or came with an import in the state it has."""
    _note(session, row, "place", "", actor, at, "")


def reservation_changed(session: Session, row: ReservationRow, actor: Actor, at: datetime) -> None:
    """Note that pickup branch or contact were changed; its state is the same."""
    _note(session, row, "change", row.state, actor, at, "")


def move(
    session: Session,
    row: ReservationRow,
    event: LifeEvent,
    actor: Actor,
    at: datetime,
    *,
    barcode: str | None = None,
    reason: str = "",
) -> None:
    """Let `event` happen to a reservation, by the table of its life. Raises ImpossibleMoveError.

    `barcode`: the copy it gets. A reservation that no longer holds a copy lets go of it.
    """
    state = ReservationState(row.state)
    after = next_state(state, event)
    if after is None:
        raise ImpossibleMoveError(state, event)
    row.state = after.value
    row.barcode = (barcode or row.barcode) if after in _HOLDS_COPY else None
    _note(session, row, event.value, state.value, actor, at, reason)


def imported_state(session: Session, row: ReservationRow, state: ReservationState, at: datetime) -> None:
    """The library's system says that the reservation is in `state` now; its word counts, whatever the table says."""
    before, row.state = row.state, state.value
    if state not in _HOLDS_COPY:
        row.barcode = None
    _note(session, row, "import", before, Actor.SYSTEM, at, "")


def _note(
    session: Session, row: ReservationRow, event: str, before: str, actor: Actor, at: datetime, reason: str
) -> None:
    session.add(
        ReservationHistoryRow(
            reservation_id=row.reservation_id,
            card_number=row.card_number,
            event=event,
            from_state=before,
            to_state=row.state,
            reason=reason,
            actor=actor.value,
            at=at,
        )
    )
