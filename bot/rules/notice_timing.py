"""On which day each thing is told. Nothing is told before its day; what was missed is told within the policy's days.

Branches (the numbers stand in the rows of `tests/data/rules/notices.yaml`); 連絡不要 / 不要 is told nothing:

    NOTICE-1   ready              on the hold shelf, from the day on which the patron is to be told (PICKUP-4)
    NOTICE-2   pickup_soon        on the hold shelf, so many days before its last one; not on the day it was announced
    NOTICE-3   pickup_passed      released because its last day had passed
    NOTICE-4   declined           the library can't supply it
    NOTICE-5   ended_by_library   cancelled by staff or by the library's own system, not by the patron here
    NOTICE-6   due_soon           so many days before the due date, or what is left of them
    NOTICE-7   due_today          on the due date
    NOTICE-8   overdue            so many days after the due date
    NOTICE-9   reserved_by_other  nothing but somebody's reservation stands against a renewal
    NOTICE-10  new_arrivals       came in since the patron watches for it
    NOTICE-11  nothing            none of these, or its day is longer past than the policy allows
"""

from datetime import date, timedelta
from typing import Final

from bot.library import Actor, Contact, RenewalFacts, RenewalReason, Reservation, ReservationState
from bot.policies import Policy
from bot.rules import pickup, renewal
from bot.rules.notice_kinds import NoticeKind

_PASSING: Final = frozenset({RenewalReason.CHECKOUT_DAY, RenewalReason.NO_GAIN})
"""Reasons that go by themselves."""


def of_reservation(reservation: Reservation, today: date, policy: Policy) -> tuple[NoticeKind, ...]:
    """What is to be told, or was already, of a reservation that is on the hold shelf."""
    if reservation.contact is Contact.NONE or reservation.state is not ReservationState.READY:
        return ()
    if pickup.has_run_out(reservation, today) or reservation.ready_on is None:
        return ()
    told_on = pickup.notified_on(reservation.ready_on, reservation.pickup_branch, policy)
    is_late = told_on < today and _comes_to_its_end(reservation, today, policy)
    kinds = (
        (NoticeKind.READY, _in_time(told_on, today, policy)),
        (NoticeKind.PICKUP_SOON, is_late),
    )
    return tuple(kind for kind, applies in kinds if applies)


def of_ended(
    reservation: Reservation, ended_on: date, actor: Actor, today: date, policy: Policy
) -> NoticeKind | None:
    """What is to be told of a reservation that came to its end on `ended_on` by the hand of `actor`."""
    if reservation.contact is Contact.NONE or not _in_time(ended_on, today, policy):
        return None
    if reservation.state is ReservationState.CANCELLED:
        return None if actor is Actor.PATRON else NoticeKind.ENDED_BY_LIBRARY
    return {
        ReservationState.EXPIRED: NoticeKind.PICKUP_PASSED,
        ReservationState.DECLINED: NoticeKind.DECLINED,
    }.get(reservation.state)


def due_days(today: date, policy: Policy) -> tuple[date, date]:
    """The first and the last due date of which anything is to be told today."""
    notices = policy.notices
    first = today - timedelta(days=notices.overdue_days_after + notices.late_days)
    return first, today + timedelta(days=notices.due_reminder_days_before)


def of_due_date(due_on: date, today: date, policy: Policy) -> NoticeKind | None:
    """What is to be told of a loan that is out and due on `due_on`."""
    left = (due_on - today).days
    if left == 0:
        return NoticeKind.DUE_TODAY
    if left > 0:
        return NoticeKind.DUE_SOON if left <= policy.notices.due_reminder_days_before else None
    told_on = due_on + timedelta(days=policy.notices.overdue_days_after)
    return NoticeKind.OVERDUE if _in_time(told_on, today, policy) else None


def is_lost_to_another(facts: RenewalFacts, today: date, policy: Policy) -> bool:
    """Whether a loan could be renewed, now or before long, but for somebody's reservation."""
    reasons = set(renewal.decide(facts, policy, today).reasons)
    return RenewalReason.RESERVED_BY_OTHER in reasons and reasons - _PASSING == {
        RenewalReason.RESERVED_BY_OTHER
    }


def is_news(arrived_on: date | None, watched_since: date, today: date, policy: Policy) -> bool:
    """Whether a title that matches a watch is to be told of."""
    return arrived_on is not None and arrived_on >= watched_since and _in_time(arrived_on, today, policy)


def _comes_to_its_end(reservation: Reservation, today: date, policy: Policy) -> bool:
    before = timedelta(days=policy.notices.pickup_reminder_days_before)
    return reservation.pickup_by is not None and reservation.pickup_by - before <= today


def _in_time(day: date, today: date, policy: Policy) -> bool:
    return day <= today <= day + timedelta(days=policy.notices.late_days)
