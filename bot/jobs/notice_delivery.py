"""What an attempt to push a notice comes to. Pure: the attempt and its result in, what is written down out.

Tried again with the outbox's back-off. What is ready does not wait long: where LINE does not take it for hours the
next way is tried, so that by the evening the patron knows, or the desk knows that they don't.
"""

from datetime import datetime, timedelta
from typing import Final

from bot.jobs.backoff import PUSHES
from bot.jobs.delivery import PUSHED_FOR
from bot.line.api import Delivery, SendResult
from bot.storage.notice_messages import FAILED, SENT, WAITING, Outcome, Push

URGENT_FOR: Final = timedelta(hours=2)
"""How long something that is ready is tried by LINE."""

BLOCKED: Final = "blocked"
EXPIRED: Final = "expired"

_OUR_SETUP: Final = frozenset({401, 403})
"""LINE refuses us, not the message: once the access token is right again, it goes."""


def after(push: Push, result: SendResult, now: datetime, jitter: float) -> Outcome:
    """What became of an attempt."""
    reason, request_id = result.delivery.value, result.request_id
    if result.delivery is Delivery.ACCEPTED:
        return Outcome(push.message_id, SENT, request_id=request_id)
    is_refused = result.delivery in {Delivery.REFUSED, Delivery.INVALID_REPLY_TOKEN}
    if is_refused and result.status not in _OUR_SETUP:
        return Outcome(push.message_id, FAILED, reason, request_id)
    if now >= push.pushed_at + (URGENT_FOR if push.urgent else PUSHED_FOR):
        return Outcome(push.message_id, FAILED, EXPIRED, request_id)
    again_at = now + PUSHES.wait(push.attempts, jitter)
    return Outcome(push.message_id, WAITING, reason, request_id, again_at)
