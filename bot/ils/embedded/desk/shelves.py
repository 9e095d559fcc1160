"""What a librarian has in hand: a copy by its barcode, and what has waited on a hold shelf for too long."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.ils.embedded.desk.book import ReservationBook
from bot.library import ReservationState
from bot.library.desk import CopyInHand, DeskError, DeskProblem, OnShelf, Waiting
from bot.storage.tables.library import CopyRow, ReservationRow, TitleRow


class Shelves:
    """Copies on shelves and counters, within `session`'s transaction."""

    def __init__(self, session: Session, book: ReservationBook) -> None:
        self._session = session
        self._book = book

    def copy(self, barcode: str) -> CopyInHand:
        """The copy with this barcode. Raises DeskError where there is none."""
        row = self._session.get(CopyRow, barcode)
        if row is None:
            raise DeskError(DeskProblem.NO_COPY)
        title = self._session.get_one(TitleRow, row.title_id)
        return CopyInHand(row.barcode, title.title_id, title.title, row.branch)

    def waiting(self, reservation_ids: Iterable[str]) -> Mapping[str, Waiting]:
        """Where those of these reservations wait that are ready, by id."""
        row = ReservationRow
        found = self._session.scalars(
            select(row).where(
                row.reservation_id.in_(sorted(set(reservation_ids))),
                row.state == ReservationState.READY.value,
            )
        )
        return {one.reservation_id: Waiting(one.pickup_branch, one.pickup_by) for one in found}

    def run_out(self) -> tuple[OnShelf, ...]:
        """What has waited on a hold shelf past its last day, by branch and day."""
        row = ReservationRow
        found = self._session.execute(
            select(row, TitleRow.title)
            .outerjoin(TitleRow, TitleRow.title_id == row.title_id)
            .where(row.state == ReservationState.READY.value)
            .order_by(row.pickup_branch, row.pickup_by, row.reservation_id)
        ).all()
        return tuple(
            OnShelf(
                reservation.reservation_id,
                reservation.barcode or "",
                title or "",
                reservation.pickup_branch,
                reservation.pickup_by,
            )
            for reservation, title in found
            if reservation.pickup_by is not None and self._book.has_run_out(reservation)
        )
