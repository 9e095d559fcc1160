"""Reads the record into nouns and facts, with a number of queries that does not grow with the lists."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from bot.ils.embedded.records import copy_of, loan_of, patron_of, reservation_of, title_of
from bot.library import (
    ACTIVE_STATES,
    CopyFacts,
    CounterRequests,
    Patron,
    PatronNotFound,
    RenewalFacts,
    Reservation,
    ReservationFacts,
    ReservationList,
    ReservationState,
    SeriesFacts,
    TitleFacts,
)
from bot.storage.tables.library import CopyRow, LoanRow, PatronRow, ReservationRow, TitleRow

_ACTIVE = tuple(state.value for state in ACTIVE_STATES)
_SET_ASIDE = (ReservationState.IN_PREPARATION.value, ReservationState.READY.value)
_LONGEST_SERIES = 300
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
    return copies_of(session, [title_id]).get(title_id, ())


def copies_of(session: Session, title_ids: Iterable[str]) -> dict[str, tuple[CopyFacts, ...]]:
    """The copies of several titles by title id."""
    set_aside = (
        select(ReservationRow.reservation_id)
        .where(ReservationRow.barcode == CopyRow.barcode, ReservationRow.state.in_(_SET_ASIDE))
        .exists()
    )
    rows = session.execute(
        select(CopyRow, LoanRow.due_on, set_aside)
        .outerjoin(LoanRow, and_(LoanRow.barcode == CopyRow.barcode, LoanRow.returned_on.is_(None)))
        .where(CopyRow.title_id.in_(list(title_ids)))
        .order_by(CopyRow.barcode)
    )
    found: dict[str, tuple[CopyFacts, ...]] = {}
    for copy, due_on, is_set_aside in rows:
        facts = CopyFacts(copy_of(copy), due_on, bool(is_set_aside))
        found[copy.title_id] = (*found.get(copy.title_id, ()), facts)
    return found


def title_facts(session: Session, title_ids: Sequence[str]) -> dict[str, TitleFacts]:
    """Copies and queues of several titles."""
    copies, waiting = copies_of(session, title_ids), queues(session, title_ids)
    return {
        title_id: TitleFacts(copies.get(title_id, ()), len(waiting.get(title_id, ())))
        for title_id in title_ids
    }


def reservation_facts(
    session: Session, card_number: str, title_ids: Sequence[str]
) -> dict[str, ReservationFacts]:
    """The facts for reserving several titles."""
    owner, mine = patron(session, card_number), active_reservations(session, card_number)
    lent, facts = titles_on_loan(session, card_number), title_facts(session, title_ids)
    rows = session.scalars(select(TitleRow).where(TitleRow.title_id.in_(list(title_ids))))
    titles = {row.title_id: title_of(row) for row in rows}
    return {
        title_id: ReservationFacts(
            patron=owner,
            title=titles.get(title_id),
            copies=facts[title_id].copies,
            on_loan_to_patron=title_id in lent,
            reserved_by_patron=any(row.title_id == title_id for row in mine),
            active_reservations=len(mine),
            queue_length=facts[title_id].queue_length,
        )
        for title_id in title_ids
    }


def titles_on_loan(session: Session, card_number: str) -> frozenset[str]:
    """The titles of which the patron has a copy on loan now."""
    found = session.scalars(
        select(CopyRow.title_id)
        .join(LoanRow, CopyRow.barcode == LoanRow.barcode)
        .where(LoanRow.card_number == card_number, LoanRow.returned_on.is_(None))
    )
    return frozenset(found)


def has_on_loan(session: Session, card_number: str, title_id: str) -> bool:
    """Whether the patron has a copy of the title on loan now."""
    return title_id in titles_on_loan(session, card_number)


def series_facts(session: Session, title_id: str) -> SeriesFacts:
    """What else belongs to the work or the series of a title, by title, then volume."""
    row = session.get(TitleRow, title_id)
    if row is None:
        return SeriesFacts(None, (), series_of_one_author=False)
    of_series = and_(TitleRow.series == row.series, TitleRow.series != "")
    is_volume = and_(TitleRow.title_key == row.title_key, TitleRow.volume != "")
    rows = session.scalars(
        select(TitleRow)
        .where(TitleRow.author_key == row.author_key, or_(is_volume, of_series))
        .order_by(TitleRow.title_key, func.length(TitleRow.volume), TitleRow.volume, TitleRow.title_id)
        .limit(_LONGEST_SERIES)
    )
    by_others = select(TitleRow.title_id).where(of_series, TitleRow.author_key != row.author_key).limit(1)
    parts = tuple(title_of(part) for part in rows)
    return SeriesFacts(title_of(row), parts, series_of_one_author=session.scalar(by_others) is None)


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
