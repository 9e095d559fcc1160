"""Reservations at the counter: setting a copy aside, ready, run out, declined."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.ils.embedded import gathering
from bot.ils.embedded.copies import free_copy, is_free
from bot.ils.embedded.desk.book import ReservationBook
from bot.ils.embedded.library import EmbeddedLibrary
from bot.library import Actor, Channel, Contact, ReservationList, ReservationState
from bot.library.desk import DeskError, DeskProblem, Moved, Reserved
from bot.policies import Policy
from bot.rules import pickup
from bot.rules.reservation_life import LifeEvent
from bot.storage.tables.library import ReservationRow


class Reservations:
    """What the counter does to reservations, within `session`'s transaction."""

    def __init__(self, session: Session, policy: Policy, clock: Clock, book: ReservationBook) -> None:
        self._session = session
        self._policy = policy
        self._clock = clock
        self._book = book
        self._library = EmbeddedLibrary(session, policy, clock, actor=Actor.STAFF)

    def list_active(self, card_number: str) -> ReservationList:
        """The patron's active reservations."""
        return self._library.list_reservations(card_number)

    def reserve(self, card_number: str, title_id: str, *, pickup_branch: str, contact: Contact) -> Reserved:
        """Reserve at the counter by the same rules as the patron's own wish."""
        if pickup_branch not in self._policy.pickup.branches:
            raise DeskError(DeskProblem.NOT_A_PICKUP_BRANCH)
        outcome = self._library.reserve(
            card_number, title_id, pickup_branch=pickup_branch, contact=contact, channel=Channel.COUNTER
        )
        if outcome.reservation is None or outcome.queue_position is None:
            raise DeskError(DeskProblem.NOT_RESERVED, reasons=outcome.reasons)
        return Reserved(outcome.reservation.reservation_id, outcome.queue_position)

    def set_aside(self, reservation_id: str, barcode: str = "") -> Moved:
        """Set a copy aside: the one named, or one that is free."""
        row = self._book.locked(reservation_id)
        self._book.move(row, LifeEvent.SET_ASIDE, barcode=self._copy_for(row, barcode))
        return self._book.moved(row)

    def ready(self, reservation_id: str, barcode: str = "") -> Moved:
        """The copy is on the hold shelf of the pickup branch from today."""
        row = self._book.locked(reservation_id)
        is_chosen = row.state == ReservationState.IN_PREPARATION.value and not barcode
        copy = row.barcode if is_chosen else self._copy_for(row, barcode)
        self._book.move(row, LifeEvent.ARRIVE, barcode=copy)
        row.ready_on = self._clock.today()
        row.pickup_by = pickup.pickup_by(row.ready_on, row.pickup_branch, Contact(row.contact), self._policy)
        self._session.flush()
        return self._book.moved(row)

    def put_back(self, reservation_id: str) -> Moved:
        """The copy set aside can't be supplied after all; the patron waits on."""
        return self._end(reservation_id, LifeEvent.PUT_BACK)

    def decline(self, reservation_id: str, reason: str) -> Moved:
        """The library can't supply it; the reason is told to the patron."""
        return self._end(reservation_id, LifeEvent.DECLINE, reason=reason)

    def cancel(self, reservation_id: str) -> Moved:
        """Cancelled at the patron's wish, on the phone or at the counter, ready or not."""
        return self._end(reservation_id, LifeEvent.CANCEL)

    def expire(self, reservation_id: str) -> Moved:
        """Release what ran out, and set its copy aside for the next patron in the queue.

        Raises DeskError if it has not run out (any more).
        """
        row = self._book.locked(reservation_id)
        if row.state != ReservationState.READY.value or not self._book.has_run_out(row):
            raise DeskError(DeskProblem.HAS_NOT_RUN_OUT)
        freed = row.barcode or ""
        self._book.move(row, LifeEvent.EXPIRE, actor=Actor.SYSTEM)
        following = self._book.lock_next_for(freed)
        if following is not None:
            self._book.move(following, LifeEvent.SET_ASIDE, actor=Actor.SYSTEM, barcode=freed)
        return self._book.moved(following if following is not None else row, freed)

    def run_out(self) -> tuple[str, ...]:
        """Ids of the ready reservations whose last day has passed."""
        rows = self._session.scalars(
            select(ReservationRow)
            .where(ReservationRow.state == ReservationState.READY.value)
            .order_by(ReservationRow.placed_at, ReservationRow.reservation_id)
        )
        return tuple(row.reservation_id for row in rows if self._book.has_run_out(row))

    def _end(self, reservation_id: str, event: LifeEvent, reason: str = "") -> Moved:
        row = self._book.locked(reservation_id)
        freed = row.barcode or ""
        self._book.move(row, event, reason=reason)
        return self._book.moved(row, freed)

    def _copy_for(self, row: ReservationRow, barcode: str) -> str | None:
        """The copy named, if it is free and of the title, or else any free one; None for what is not held."""
        if row.title_id is None:
            return None
        if not barcode:
            found = free_copy(self._session, row.title_id, row.pickup_branch)
            if found is None:
                raise DeskError(DeskProblem.NO_FREE_COPY)
            return found.barcode
        if not is_free(gathering.copy_facts(self._session, row.title_id), barcode):
            raise DeskError(DeskProblem.COPY_NOT_FREE)
        return barcode
