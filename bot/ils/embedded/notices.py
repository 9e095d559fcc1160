"""The record for many patrons at once, by which notices are planned: `bot.library.notices` on our tables."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Select, and_, func, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from bot.clock import Clock
from bot.ils.embedded.records import loan_of, patron_of, reservation_of, title_of
from bot.ils.embedded.search import list_new_arrivals
from bot.library import Actor, Patron, RenewalFacts, Reservation, ReservationState, Title, TitleQuery
from bot.library.notices import DueLoan, EndedReservation
from bot.storage.tables.library import (
    CopyRow,
    LoanRow,
    PatronRow,
    ReservationHistoryRow,
    ReservationRow,
    TitleRow,
)

_UNFULFILLED = (ReservationState.CANCELLED, ReservationState.DECLINED, ReservationState.EXPIRED)
_QUEUED = ReservationState.QUEUED.value


class EmbeddedNotices:
    """Reads within `session`'s transaction, a few queries a batch."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def list_ready(self, *, after: str, limit: int) -> Sequence[Reservation]:
        """Reservations that are ready, by id; without title and place in the queue."""
        rows = self._session.scalars(
            select(ReservationRow)
            .where(
                ReservationRow.state == ReservationState.READY.value, ReservationRow.reservation_id > after
            )
            .order_by(ReservationRow.reservation_id)
            .limit(limit)
        )
        return [reservation_of(row, None, position=None, length=None) for row in rows]

    def list_ended(self, since: datetime, *, after: str, limit: int) -> Sequence[EndedReservation]:
        """Reservations that were cancelled, declined or released since then; without title and place."""
        history = ReservationHistoryRow
        rows = self._session.execute(
            select(ReservationRow, history)
            .join(ReservationRow, ReservationRow.reservation_id == history.reservation_id)
            .where(
                history.at >= since,
                history.id > int(after or 0),
                history.to_state.in_([state.value for state in _UNFULFILLED]),
                history.from_state != history.to_state,
                ReservationRow.state == history.to_state,
            )
            .order_by(history.id)
            .limit(limit)
        )
        return [
            EndedReservation(
                reservation_of(row, None, position=None, length=None),
                ended.at,
                Actor(ended.actor),
                ended.reason,
                str(ended.id),
            )
            for row, ended in rows
        ]

    def list_due_loans(self, first: date, last: date, *, after: str, limit: int) -> Sequence[DueLoan]:
        """Open loans that are due from the first to the last of these days, by due date and id."""
        day, _, loan_id = after.partition(" ")
        begin = (
            tuple_(LoanRow.due_on, LoanRow.loan_id) > (date.fromisoformat(day), loan_id) if day else true()
        )
        rows = self._session.execute(
            select(LoanRow.loan_id, LoanRow.card_number, LoanRow.checked_out_on, LoanRow.due_on)
            .where(LoanRow.returned_on.is_(None), LoanRow.due_on.between(first, last), begin)
            .order_by(LoanRow.due_on, LoanRow.loan_id)
            .limit(limit)
        )
        return [DueLoan(*row) for row in rows]

    def list_lost_loans(self, since: datetime, *, after: str, limit: int) -> Sequence[RenewalFacts]:
        """Open loans by id, of titles that somebody else reserved since then and waits for."""
        wanted = (
            select(ReservationRow.title_id)
            .where(ReservationRow.placed_at >= since, ReservationRow.state == _QUEUED)
            .distinct()
        )
        loans = (
            _loans()
            .where(LoanRow.returned_on.is_(None), LoanRow.loan_id > after, CopyRow.title_id.in_(wanted))
            .order_by(LoanRow.loan_id)
            .limit(limit)
        )
        return list(self._facts(loans).values())

    def list_arrivals(self, since: date, query: TitleQuery, *, limit: int) -> Sequence[Title]:
        """What came in on `since` or later, until today, and matches; newest first."""
        days = (since, self._clock.today())
        return list_new_arrivals(self._session, days, query, limit=limit, offset=0).titles

    def reservations_of(self, reservation_ids: Iterable[str]) -> Mapping[str, Reservation]:
        """Reservations with their titles, by id, in whatever state; without place in the queue."""
        rows = self._session.execute(
            select(ReservationRow, TitleRow)
            .outerjoin(TitleRow, TitleRow.title_id == ReservationRow.title_id)
            .where(ReservationRow.reservation_id.in_(list(reservation_ids)))
        )
        return {
            row.reservation_id: reservation_of(row, title, position=None, length=None) for row, title in rows
        }

    def loans_of(self, loan_ids: Iterable[str]) -> Mapping[str, RenewalFacts]:
        """Loans, open or not, each with the facts for its renewal, by id."""
        return self._facts(_loans().where(LoanRow.loan_id.in_(list(loan_ids))))

    def titles_of(self, title_ids: Iterable[str]) -> Mapping[str, Title]:
        """Titles by id."""
        rows = self._session.scalars(select(TitleRow).where(TitleRow.title_id.in_(list(title_ids))))
        return {row.title_id: title_of(row) for row in rows}

    def patrons_of(self, card_numbers: Iterable[str]) -> Mapping[str, Patron]:
        """Patrons by card number."""
        rows = self._session.scalars(select(PatronRow).where(PatronRow.card_number.in_(list(card_numbers))))
        return {row.card_number: patron_of(row) for row in rows}

    def _facts(self, loans: Select[LoanRow, CopyRow, TitleRow, PatronRow]) -> dict[str, RenewalFacts]:
        rows = self._session.execute(loans).all()
        waiting = self._waiting([loan.loan_id for loan, *_ in rows])
        return {
            loan.loan_id: RenewalFacts(patron_of(patron), loan_of(loan, copy, title), waiting[loan.loan_id])
            for loan, copy, title, patron in rows
        }

    def _waiting(self, loan_ids: list[str]) -> Counter[str]:
        """How many others wait in the queue of each loan's title."""
        other = aliased(ReservationRow)
        rows = self._session.execute(
            select(LoanRow.loan_id, func.count())
            .join(CopyRow, CopyRow.barcode == LoanRow.barcode)
            .join(
                other,
                and_(
                    other.title_id == CopyRow.title_id,
                    other.state == _QUEUED,
                    other.card_number != LoanRow.card_number,
                ),
            )
            .where(LoanRow.loan_id.in_(loan_ids))
            .group_by(LoanRow.loan_id)
        )
        return Counter(dict(rows.all()))


def _loans() -> Select[LoanRow, CopyRow, TitleRow, PatronRow]:
    return (
        select(LoanRow, CopyRow, TitleRow, PatronRow)
        .join(CopyRow, CopyRow.barcode == LoanRow.barcode)
        .join(TitleRow, TitleRow.title_id == CopyRow.title_id)
        .join(PatronRow, PatronRow.card_number == LoanRow.card_number)
    )
