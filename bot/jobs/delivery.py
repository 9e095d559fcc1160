"""What to do with a parcel next, and what an attempt's outcome means. Pure: parcel and time in, a value out.

A reply costs nothing but can't be repeated safely: once its answer was lost, the same token is tried again only
while it must still live, so that `Invalid reply token` can mean nothing but that it had arrived. A push bears a
retry key that LINE remembers for 24 hours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from bot.jobs.backoff import PUSHES, REPLIES
from bot.line.api import Delivery, SendResult
from bot.storage.outbox import DROPPED, SENT, UNCONFIRMED, Parcel

RETRY_MARGIN: Final = timedelta(seconds=20)
"""A reply is tried again only so long before its token dies: the attempt itself takes time."""

PUSHED_FOR: Final = timedelta(hours=23, minutes=30)
"""How long a push is tried: LINE forgets the retry key 24 hours after the first attempt."""

_OUR_SETUP: Final = frozenset({401, 403})
"""LINE refuses us, not the message: once the access token is right again, it goes."""


@dataclass(frozen=True, slots=True)
class SendReply:
    """Answer by the token."""

    parcel: Parcel


@dataclass(frozen=True, slots=True)
class SendPush:
    """Send by the retry key."""

    parcel: Parcel


@dataclass(frozen=True, slots=True)
class End:
    """Nothing more is tried: `state` is one of the outbox's."""

    parcel: Parcel
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Not yet."""


Plan: TypeAlias = SendReply | SendPush | End | Wait


@dataclass(frozen=True, slots=True)
class Later:
    """Try again."""

    at: datetime
    may_have_arrived: bool
    token_is_dead: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """It is over: `state` is one of the outbox's."""

    state: str
    must_be_told: bool = False
    """LINE will never accept these messages: the patron must hear of the change in others."""


def plan(parcels: Sequence[Parcel], now: datetime, is_friend: Callable[[], bool]) -> Plan:
    """The next act for one chat, whose unsent parcels these are, oldest first.

    `is_friend` is asked only where something would be pushed.
    The order is kept, but for a push that LINE does not take at present (a used-up quota): replies overtake it.
    """
    overtaking = False
    for parcel in parcels:
        act = _plan_one(parcel, now, is_friend)
        if isinstance(act, Wait) and parcel.pushed_at is not None and not parcel.is_sending:
            overtaking = True
        elif not overtaking or isinstance(act, SendReply):
            return act
    return Wait()


def _plan_one(parcel: Parcel, now: datetime, is_friend: Callable[[], bool]) -> Plan:
    if now < parcel.next_attempt_at:
        return Wait()
    if parcel.pushed_at is None:
        if _token_lives(parcel, now):
            return SendReply(parcel)
        if parcel.may_have_arrived:
            return End(parcel, UNCONFIRMED if parcel.reports_change else DROPPED, "unconfirmed")
    if not parcel.may_push:
        return End(parcel, DROPPED, "too_late")
    if not is_friend():
        return End(parcel, DROPPED, "blocked")
    if parcel.pushed_at is not None and now >= parcel.pushed_at + PUSHED_FOR:
        return End(parcel, UNCONFIRMED if parcel.reports_change else DROPPED, "expired")
    return SendPush(parcel)


def _token_lives(parcel: Parcel, now: datetime) -> bool:
    if not parcel.reply_token or parcel.reply_by is None:
        return False
    return now < (parcel.reply_by - RETRY_MARGIN if parcel.may_have_arrived else parcel.reply_by)


def after_reply(before: Parcel, result: SendResult, now: datetime, jitter: float) -> Later | Ended:
    """What an attempt to reply came to; `before`: the parcel as it was before the attempt."""
    match result.delivery:
        case Delivery.ACCEPTED:
            return Ended(SENT)
        case Delivery.INVALID_REPLY_TOKEN if before.may_have_arrived:
            return Ended(SENT)
        case Delivery.INVALID_REPLY_TOKEN:
            return Later(now, may_have_arrived=False, token_is_dead=True)
        case Delivery.REFUSED if result.status not in _OUR_SETUP:
            return Ended(DROPPED, must_be_told=before.reports_change)
    maybe = before.may_have_arrived or result.delivery is Delivery.UNKNOWN
    return Later(now + REPLIES.wait(before.attempts + 1, jitter), may_have_arrived=maybe)


def after_push(before: Parcel, result: SendResult, now: datetime, jitter: float) -> Later | Ended:
    """What an attempt to push came to; `before`: the parcel as it was before the attempt."""
    match result.delivery:
        case Delivery.ACCEPTED:
            return Ended(SENT)
        case Delivery.REFUSED | Delivery.INVALID_REPLY_TOKEN if result.status not in _OUR_SETUP:
            return Ended(DROPPED, must_be_told=before.reports_change)
    maybe = before.may_have_arrived or result.delivery is Delivery.UNKNOWN
    return Later(now + PUSHES.wait(before.attempts + 1, jitter), may_have_arrived=maybe)
