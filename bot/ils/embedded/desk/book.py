"""The counter's book of reservations: which one is meant, who comes next, and letting something happen to one."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.ils.embedded import gathering, history
from bot.ils.embedded.copies import is_free
from bot.ils.embedded.locks import lock_patron, lock_title
from bot.ils.embedded.records import reservation_of
from bot.library import Actor, Reservation, ReservationState
from bot.library.desk import DeskError, DeskProblem, Moved, NextInQueue
from bot.rules import pickup
from bot.rules.reservation_life import LifeEvent
from bot.storage.tables.library import CopyRow, ReservationRow

_SET_ASIDE = (ReservationState.IN_PREPARATION.value, ReservationState.READY.value)


class ReservationBook:
    """All reservations, within `session`'s transaction."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def find(
        self, *, reservation_id: str = "", card_number: str = "", title_id: str = "", barcode: str = ""
    ) -> str:
        """The id of the one reservation that is meant. Raises DeskError where there is none.

        By its id; by card and title; or by a copy: the one it is set aside for, or else the next in its queue.
        """
        if reservation_id:
            return reservation_id
        if card_number and title_id:
            found = self.active_of(card_number, title_id)
            if found is None:
                raise DeskError(DeskProblem.NO_ACTIVE_RESERVATION)
            return found.reservation_id
        holder = self.holder_of(barcode)
        if holder is not None:
            return holder.reservation_id
        following = self.next_for(barcode)
        if following is None:
            raise DeskError(DeskProblem.NOTHING_WAITS)
        return following.reservation_id

    def active_of(self, card_number: str, title_id: str) -> ReservationRow | None:
        """The patron's active reservation of a title."""
        mine = gathering.active_reservations(self._session, card_number)
        return next((row for row in mine if row.title_id == title_id), None)

    def holder_of(self, barcode: str) -> ReservationRow | None:
        """The reservation that a copy is set aside for."""
        return self._session.scalar(
            select(ReservationRow).where(
                ReservationRow.barcode == barcode, ReservationRow.state.in_(_SET_ASIDE)
            )
        )

    def next_for(self, barcode: str) -> NextInQueue | None:
        """Who has waited longest for the title of a copy that is free; None: nobody, or it is not free."""
        waiting = self._waiting_for(barcode)
        if not waiting:
            return None
        row = self._session.get_one(ReservationRow, waiting[0])
        return NextInQueue(row.reservation_id, row.card_number, row.pickup_branch)

    def lock_next_for(self, barcode: str) -> ReservationRow | None:
        """As `next_for`, with the reservation's row locked; one that was cancelled meanwhile is passed over.

        The title is locked already, so its patron must not be: patrons are locked before titles.
        """
        for reservation_id in self._waiting_for(barcode):
            row = self.locked_row(reservation_id)
            if row.state == ReservationState.QUEUED.value:
                return row
        return None

    def _waiting_for(self, barcode: str) -> list[str]:
        copy = self._session.get(CopyRow, barcode) if barcode else None
        if copy is None or not is_free(gathering.copy_facts(self._session, copy.title_id), barcode):
            return []
        return list(
            self._session.scalars(
                select(ReservationRow.reservation_id)
                .where(
                    ReservationRow.title_id == copy.title_id,
                    ReservationRow.state == ReservationState.QUEUED.value,
                )
                .order_by(ReservationRow.placed_at, ReservationRow.reservation_id)
            )
        )

    def locked(self, reservation_id: str) -> ReservationRow:
        """The reservation with its patron and title locked. Raises DeskError where there is none."""
        seen = self._session.get(ReservationRow, reservation_id)
        if seen is None:
            raise DeskError(DeskProblem.NO_RESERVATION)
        lock_patron(self._session, seen.card_number)
        if seen.title_id is not None:
            lock_title(self._session, seen.title_id)
        return self.locked_row(reservation_id)

    def locked_row(self, reservation_id: str) -> ReservationRow:
        """The reservation's row alone, locked until the commit and read afresh."""
        return self._session.scalars(
            select(ReservationRow)
            .where(ReservationRow.reservation_id == reservation_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()

    def has_run_out(self, row: ReservationRow) -> bool:
        """Ready, and its last day has passed."""
        return row.state == ReservationState.READY.value and pickup.has_run_out(
            noun_of(row), self._clock.today()
        )

    def move(
        self,
        row: ReservationRow,
        event: LifeEvent,
        *,
        actor: Actor = Actor.STAFF,
        barcode: str | None = None,
        reason: str = "",
    ) -> None:
        """Let `event` happen, by the table of its life. Raises DeskError where it can't."""
        try:
            history.move(self._session, row, event, actor, self._clock.now(), barcode=barcode, reason=reason)
        except history.ImpossibleMoveError as error:
            raise DeskError(DeskProblem.IMPOSSIBLE_NOW, str(error), state=error.state) from None
        self._session.flush()

    def moved(self, row: ReservationRow, freed: str = "") -> Moved:
        """What to tell the librarian; `freed`: barcode of the copy that it let go of, or empty."""
        return Moved(
            reservation_id=row.reservation_id,
            card_number=row.card_number,
            state=ReservationState(row.state),
            pickup_branch=row.pickup_branch,
            barcode=row.barcode or "",
            pickup_by=row.pickup_by if row.state == ReservationState.READY.value else None,
            freed=freed,
            next_in_queue=self.next_for(freed),
        )


def noun_of(row: ReservationRow) -> Reservation:
    """The reservation without its title and place, for the rules that need neither."""
    return reservation_of(row, None, position=None, length=None)
