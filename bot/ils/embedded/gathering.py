"""Reads the record into nouns and facts, with a number of queries that does not grow with the lists."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from bot.ils.embedded.records import copy_of, loan_of, patron_of, reservation_of
from bot.library import (
    ACTIVE_STATES,
    CopyFacts,
    CounterRequests,
    Patron,
    PatronNotFound,
    RenewalFacts,
    Reservation,
    ReservationList,
    ReservationState,
)
from bot.storage.tables.library import CopyRow, LoanRow, PatronRow, ReservationRow, TitleRow

_ACTIVE = tuple(state.value for state in ACTIVE_STATES)
_SET_ASIDE = (ReservationState.IN_PREPARATION.value, ReservationState.READY.value)
_LIST_ORDER = (ReservationState.READY, ReservationState.IN_PREPARATION, ReservationState.QUEUED)


def patron(session: Session, card_number: str) -> Patron:
    """The patron with this card. Raises PatronNotFound."""
    row = session.get(PatronRow, card_number)
    if row is None:
        raise PatronNotFound("no patron has this card")
    return patron_of(row)


def renewal_facts(session: Session, card_number: str, loan_id: str | None = None) -> tuple[RenewalFacts, ...]:
    """The facts of a patron's open loans, earliest due first; of one loan alone, open or not, if named."""
    owner = patron(session, card_number)
    wanted = LoanRow.loan_id == loan_id if loan_id is not None else LoanRow.returned_on.is_(None)
    rows = session.execute(
        select(LoanRow, CopyRow, TitleRow)
        .join(CopyRow, CopyRow.barcode == LoanRow.barcode)
        .join(TitleRow, TitleRow.title_id == CopyRow.title_id)
        .where(LoanRow.card_number == card_number, wanted)
        .order_by(LoanRow.due_on, TitleRow.title_kana_key, LoanRow.loan_id)
    ).all()
    waiting = _queued_by_others(session, card_number, {title.title_id for _, _, title in rows})
    return tuple(
        RenewalFacts(owner, loan_of(loan, copy, title), waiting[title.title_id]) for loan, copy, title in rows
    )


def _queued_by_others(session: Session, card_number: str, title_ids: Iterable[str]) -> Counter[str]:
    rows = session.execute(
        select(ReservationRow.title_id, func.count())
        .where(
            ReservationRow.title_id.in_(list(title_ids)),
            ReservationRow.state == ReservationState.QUEUED.value,
            ReservationRow.card_number != card_number,
        )
        .group_by(ReservationRow.title_id)
    )
    return Counter({title_id: count for title_id, count in rows if title_id is not None})


def copy_facts(session: Session, title_id: str) -> tuple[CopyFacts, ...]:
    """All copies of a title with what each is doing, by barcode."""
    set_aside = (
        select(ReservationRow.reservation_id)
        .where(ReservationRow.barcode == CopyRow.barcode, ReservationRow.state.in_(_SET_ASIDE))
        .exists()
    )
    rows = session.execute(
        select(CopyRow, LoanRow.due_on, set_aside)
        .outerjoin(LoanRow, and_(LoanRow.barcode == CopyRow.barcode, LoanRow.returned_on.is_(None)))
        .where(CopyRow.title_id == title_id)
        .order_by(CopyRow.barcode)
    )
    return tuple(CopyFacts(copy_of(copy), due_on, bool(is_set_aside)) for copy, due_on, is_set_aside in rows)


def has_on_loan(session: Session, card_number: str, title_id: str) -> bool:
    """Whether the patron has a copy of the title on loan now."""
    found = session.scalar(
        select(LoanRow.loan_id)
        .join(CopyRow, CopyRow.barcode == LoanRow.barcode)
        .where(
            LoanRow.card_number == card_number, LoanRow.returned_on.is_(None), CopyRow.title_id == title_id
        )
        .limit(1)
    )
    return found is not None


def active_reservations(session: Session, card_number: str) -> Sequence[ReservationRow]:
    """The patron's active reservations, counter requests included, oldest first."""
    return session.scalars(
        select(ReservationRow)
        .where(ReservationRow.card_number == card_number, ReservationRow.state.in_(_ACTIVE))
        .order_by(ReservationRow.placed_at, ReservationRow.reservation_id)
    ).all()


def queue(session: Session, title_id: str) -> tuple[str, ...]:
    """Ids of all active reservations of a title, oldest first; the place in it is the queue position."""
    return queues(session, [title_id]).get(title_id, ())


def last_placed_at(session: Session, title_id: str) -> datetime | None:
    """The instant of the last place in a title's queue; None: nobody waits."""
    return session.scalar(
        select(ReservationRow.placed_at)
        .where(ReservationRow.title_id == title_id, ReservationRow.state.in_(_ACTIVE))
        .order_by(ReservationRow.placed_at.desc())
        .limit(1)
    )


def queues(session: Session, title_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The queues of several titles by title id."""
    rows = session.execute(
        select(ReservationRow.title_id, ReservationRow.reservation_id)
        .where(ReservationRow.title_id.in_(list(title_ids)), ReservationRow.state.in_(_ACTIVE))
        .order_by(ReservationRow.placed_at, ReservationRow.reservation_id)
    )
    found: dict[str, tuple[str, ...]] = {}
    for title_id, reservation_id in rows:
        found[str(title_id)] = (*found.get(str(title_id), ()), reservation_id)
    return found


def reservation_list(session: Session, card_number: str) -> ReservationList:
    """The patron's active reservations for a list, and how many counter requests it can't show."""
    patron(session, card_number)
    rows = active_reservations(session, card_number)
    asked = Counter(row.placed_at_branch for row in rows if row.title_id is None)
    shown = with_places(session, [row for row in rows if row.title_id is not None])
    shown.sort(key=lambda reservation: _LIST_ORDER.index(reservation.state))
    return ReservationList(
        tuple(shown), tuple(CounterRequests(branch, count) for branch, count in sorted(asked.items()))
    )


def with_places(session: Session, rows: Sequence[ReservationRow]) -> list[Reservation]:
    """Reservations with their titles and places in the queue; a closed one has no place."""
    title_ids = {row.title_id for row in rows if row.title_id is not None}
    titles = {
        row.title_id: row for row in session.scalars(select(TitleRow).where(TitleRow.title_id.in_(title_ids)))
    }
    places = queues(session, title_ids)
    return [
        _with_place(row, titles.get(row.title_id or ""), places.get(row.title_id or "", ())) for row in rows
    ]


def _with_place(row: ReservationRow, title: TitleRow | None, waiting: tuple[str, ...]) -> Reservation:
    if row.reservation_id not in waiting:
        return reservation_of(row, title, position=None, length=None)
    position = waiting.index(row.reservation_id) + 1
    return reservation_of(row, title, position=position, length=len(waiting))
