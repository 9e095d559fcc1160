"""What is done with a parcel next, and what an outcome means: as tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.backoff import PUSHES, REPLIES, Backoff
from bot.jobs.delivery import (
    PUSHED_FOR,
    RETRY_MARGIN,
    End,
    Ended,
    Later,
    SendPush,
    SendReply,
    Wait,
    after_push,
    after_reply,
    plan,
)
from bot.line.api import Delivery, SendResult
from bot.storage.outbox import DROPPED, REPLY_TOKEN_LIFE, SENT, UNCONFIRMED, Parcel

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
BY = NOW + REPLY_TOKEN_LIFE
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

FRESH = Parcel(
    outbox_id=1,
    chat_id="U1",
    webhook_event_id="E1",
    messages=({"type": "text", "text": "はい"},),
    frozen=False,
    reply_token="token",
    reply_by=BY,
    may_push=True,
    retry_key="key",
    reports_change=False,
    is_sending=False,
    may_have_arrived=False,
    attempts=0,
    pushed_at=None,
    next_attempt_at=NOW,
)


@pytest.mark.parametrize(
    ("changed", "now", "expected"),
    [
        pytest.param({}, NOW, SendReply, id="a living token replies"),
        pytest.param({}, BY - SECOND, SendReply, id="until its last second"),
        pytest.param({}, BY, SendPush, id="a dead token never tried: push"),
        pytest.param({"reply_token": ""}, NOW, SendPush, id="no token: push"),
        pytest.param({"next_attempt_at": NOW + SECOND}, NOW, Wait, id="not yet"),
        pytest.param({"is_sending": True, "next_attempt_at": NOW + SECOND}, NOW, Wait, id="in flight"),
        pytest.param({"may_have_arrived": True}, NOW, SendReply, id="lost answer: the same token again"),
        pytest.param(
            {"may_have_arrived": True}, BY - RETRY_MARGIN, End, id="lost answer: not near the token's end"
        ),
        pytest.param({"may_push": False}, BY, End, id="a group is never pushed to"),
        pytest.param({"pushed_at": NOW}, NOW + PUSHED_FOR - SECOND, SendPush, id="a push is tried for a day"),
        pytest.param({"pushed_at": NOW}, NOW + PUSHED_FOR, End, id="but not beyond the key's life"),
        pytest.param({"pushed_at": NOW}, NOW, SendPush, id="once pushed, no reply any more"),
    ],
)
def test_next_act(changed: dict[str, Any], now: datetime, expected: type) -> None:
    assert isinstance(plan([replace(FRESH, **changed)], now, lambda: True), expected)


@pytest.mark.parametrize(
    ("changed", "now", "is_friend", "state", "reason"),
    [
        ({"may_have_arrived": True}, BY, True, DROPPED, "unconfirmed"),
        ({"may_have_arrived": True, "reports_change": True}, BY, True, UNCONFIRMED, "unconfirmed"),
        ({"may_push": False}, BY, True, DROPPED, "too_late"),
        ({}, BY, False, DROPPED, "blocked"),
        ({"pushed_at": NOW - DAY}, NOW, True, DROPPED, "expired"),
        ({"pushed_at": NOW - DAY, "reports_change": True}, NOW, True, UNCONFIRMED, "expired"),
    ],
)
def test_end(changed: dict[str, Any], now: datetime, is_friend: bool, state: str, reason: str) -> None:
    parcel = replace(FRESH, **changed)
    assert plan([parcel], now, lambda: is_friend) == End(parcel, state, reason)


def test_blocked_user_still_gets_a_reply_to_what_they_wrote() -> None:
    assert isinstance(plan([FRESH], NOW, lambda: False), SendReply)


def test_order_is_kept_while_an_earlier_reply_waits() -> None:
    first = replace(FRESH, next_attempt_at=NOW + SECOND)
    assert plan([first, replace(FRESH, outbox_id=2)], NOW, lambda: True) == Wait()


def test_order_is_kept_while_an_earlier_push_is_in_flight() -> None:
    first = replace(FRESH, pushed_at=NOW, is_sending=True, next_attempt_at=NOW + SECOND)
    assert plan([first, replace(FRESH, outbox_id=2)], NOW, lambda: True) == Wait()


def test_reply_overtakes_a_push_that_line_does_not_take_now() -> None:
    push = replace(FRESH, pushed_at=NOW, next_attempt_at=NOW + SECOND)
    another_push = replace(FRESH, outbox_id=2, reply_token="")
    reply = replace(FRESH, outbox_id=3)
    assert plan([push, another_push], NOW, lambda: True) == Wait()
    assert plan([push, another_push, reply], NOW, lambda: True) == SendReply(reply)


@pytest.mark.parametrize(
    ("before", "delivery", "status", "expected"),
    [
        ({}, Delivery.ACCEPTED, 200, Ended(SENT)),
        ({}, Delivery.INVALID_REPLY_TOKEN, 400, Later(NOW, may_have_arrived=False, token_is_dead=True)),
        ({"may_have_arrived": True}, Delivery.INVALID_REPLY_TOKEN, 400, Ended(SENT)),
        ({}, Delivery.REFUSED, 400, Ended(DROPPED)),
        ({"reports_change": True}, Delivery.REFUSED, 400, Ended(DROPPED, must_be_told=True)),
        ({}, Delivery.REFUSED, 403, Later(NOW + SECOND, may_have_arrived=False)),
        ({}, Delivery.TRY_LATER, 429, Later(NOW + SECOND, may_have_arrived=False)),
        ({"may_have_arrived": True}, Delivery.TRY_LATER, 429, Later(NOW + SECOND, may_have_arrived=True)),
        ({}, Delivery.UNKNOWN, 500, Later(NOW + SECOND, may_have_arrived=True)),
        ({"attempts": 2}, Delivery.UNKNOWN, None, Later(NOW + 4 * SECOND, may_have_arrived=True)),
    ],
)
def test_outcome_of_a_reply(
    before: dict[str, Any], delivery: Delivery, status: int | None, expected: Later | Ended
) -> None:
    assert after_reply(replace(FRESH, **before), SendResult(delivery, status), NOW, 0.0) == expected


@pytest.mark.parametrize(
    ("before", "delivery", "status", "expected"),
    [
        ({}, Delivery.ACCEPTED, 200, Ended(SENT)),
        ({}, Delivery.REFUSED, 400, Ended(DROPPED)),
        ({"reports_change": True}, Delivery.REFUSED, 400, Ended(DROPPED, must_be_told=True)),
        ({}, Delivery.REFUSED, 401, Later(NOW + SECOND, may_have_arrived=False)),
        ({}, Delivery.TRY_LATER, 429, Later(NOW + SECOND, may_have_arrived=False)),
        ({"attempts": 30}, Delivery.UNKNOWN, 500, Later(NOW + timedelta(minutes=15), may_have_arrived=True)),
    ],
)
def test_outcome_of_a_push(
    before: dict[str, Any], delivery: Delivery, status: int | None, expected: Later | Ended
) -> None:
    assert after_push(replace(FRESH, **before), SendResult(delivery, status), NOW, 0.0) == expected


@pytest.mark.parametrize("backoff", [REPLIES, PUSHES])
@given(failures=st.integers(1, 10_000), jitter=st.floats(0, 1))
def test_wait_grows_to_its_longest_and_is_never_nothing(
    backoff: Backoff, failures: int, jitter: float
) -> None:
    wait = backoff.wait(failures, jitter)
    assert backoff.first / 2 <= wait <= backoff.longest
    assert wait <= backoff.wait(failures + 1, jitter)
