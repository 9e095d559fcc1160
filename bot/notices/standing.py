"""Whether a notice still holds when it is about to be told: what was cancelled, returned or picked up is not told."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from bot.library import Contact, Reservation, ReservationState, Title
from bot.notices.model import Item, KeptNotice, Record
from bot.policies import Policy
from bot.rules import notice_timing, pickup
from bot.rules.notice_kinds import NoticeKind

_ENDED: Final = {
    NoticeKind.PICKUP_PASSED: ReservationState.EXPIRED,
    NoticeKind.DECLINED: ReservationState.DECLINED,
    NoticeKind.ENDED_BY_LIBRARY: ReservationState.CANCELLED,
}

_LOANS: Final = frozenset(
    {NoticeKind.DUE_SOON, NoticeKind.DUE_TODAY, NoticeKind.OVERDUE, NoticeKind.RESERVED_BY_OTHER}
)
_SAYS_IT_TOO: Final = {
    NoticeKind.PICKUP_SOON: NoticeKind.READY,
    NoticeKind.DUE_SOON: NoticeKind.DUE_TODAY,
}
"""Told together of the same subject, the second says all that the first would."""


def still_told(notice: KeptNotice, record: Record, today: date, policy: Policy) -> Item | str:
    """The notice with what it is about, or why it is not told any more: a code."""
    if notice.card_number and notice.card_number not in record.patrons:
        return "no_patron"
    reservation, loan = record.reservations.get(notice.subject), record.loans.get(notice.subject)
    title = _title(notice, record)
    if notice.kind is NoticeKind.NEW_ARRIVALS:
        return Item(notice, notice.rung, title) if title is not None else "not_held"
    if notice.kind in _LOANS or loan is not None:
        if loan is None or loan.loan is None or not loan.loan.is_open:
            return "returned"
        if not _is_due_still(notice, loan.loan.due_on, today):
            return "renewed"
        if notice.kind is NoticeKind.RESERVED_BY_OTHER and not notice_timing.is_lost_to_another(
            loan, today, policy
        ):
            return "not_lost"
        return Item(notice, notice.rung, loan.loan.title, loan=loan)
    against = _against(notice, reservation, today)
    return against or Item(notice, notice.rung, title, reservation=reservation)


def without_repeats(items: Iterable[Item]) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """The items, and apart from them those of which another one of the same message says as much."""
    items = tuple(items)
    said = {(item.kind, item.notice.subject) for item in items}
    repeats = tuple(item for item in items if (_SAYS_IT_TOO.get(item.kind), item.notice.subject) in said)
    return tuple(item for item in items if item not in repeats), repeats


def _against(notice: KeptNotice, reservation: Reservation | None, today: date) -> str:
    if reservation is None:
        return "gone"
    if reservation.contact is Contact.NONE:
        return "no_contact"
    if notice.kind in _ENDED:
        return "" if reservation.state is _ENDED[notice.kind] else "taken_back"
    if reservation.state is not ReservationState.READY or pickup.has_run_out(reservation, today):
        return "not_ready"
    # A closure moved the last day: the new one is the notice's.
    day = reservation.ready_on if notice.kind is NoticeKind.READY else reservation.pickup_by
    return "" if day == notice.day else "moved"


def _is_due_still(notice: KeptNotice, due_on: date, today: date) -> bool:
    match notice.kind:
        case NoticeKind.DUE_SOON | NoticeKind.CLOSURE_MOVED:
            return due_on == notice.day and due_on >= today
        case NoticeKind.DUE_TODAY:
            return due_on == notice.day == today
        case NoticeKind.OVERDUE:
            return due_on == notice.day and due_on < today
        case _:
            return True


def _title(notice: KeptNotice, record: Record) -> Title | None:
    if notice.kind is NoticeKind.NEW_ARRIVALS:
        return record.titles.get(notice.subject)
    reservation, loan = record.reservations.get(notice.subject), record.loans.get(notice.subject)
    if reservation is not None:
        return reservation.title
    if loan is not None and loan.loan is not None:
        return loan.loan.title
    return record.titles.get(str(notice.facts.get("title_id", "")))
