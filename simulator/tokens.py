"""Keys that live by the simulator's clock: reply tokens, retry keys, link tokens, channel access tokens."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from simulator.clock import Clock
from simulator.ids import new_token

REPLY_WINDOW = timedelta(minutes=1)
"""From the (last) delivery of the webhook."""
REPLY_LONGEST = timedelta(minutes=20)
"""From the event, however often it was delivered again."""
RETRY_KEY_LIFE = timedelta(hours=24)
LINK_TOKEN_LIFE = timedelta(minutes=10)
CHANNEL_TOKEN_LIFE = timedelta(days=30)
CHANNEL_TOKENS = 30
"""Living short-lived tokens of a channel; one more revokes the oldest."""

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(slots=True)
class _Reply:
    chat_id: str
    event_at: datetime
    delivered_at: datetime


class ReplyTokens:
    """A reply token answers one event, once, within its minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._live: dict[str, _Reply] = {}

    def issue(self, chat_id: str) -> str:
        """A token for an event that happens now."""
        token, now = new_token(), self._clock.now()
        with self._lock:
            self._live[token] = _Reply(chat_id, now, now)
        return token

    def delivered(self, token: str) -> None:
        """The webhook with this token goes out (again) now: its minute begins anew, unless it is used or old."""
        now = self._clock.now()
        with self._lock:
            reply = self._live.get(token)
            if reply and now - reply.event_at < REPLY_LONGEST:
                reply.delivered_at = now

    def take(self, token: str) -> str | None:
        """Use the token: the chat that it answers; None where it is unknown, used or too old."""
        now = self._clock.now()
        with self._lock:
            reply = self._live.pop(token, None)
        if reply is None or now - reply.delivered_at > REPLY_WINDOW:
            return None
        return reply.chat_id


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request that was accepted under a retry key."""

    request_id: str
    sent_messages: list[dict[str, Any]]
    at: datetime


class RetryKeys:
    """A request with the same key is accepted once in 24 hours, also when it comes twice at the same moment."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._accepted: dict[str, Accepted] = {}

    @staticmethod
    def is_well_formed(key: str) -> bool:
        """A UUID in hexadecimal."""
        return _UUID.fullmatch(key) is not None

    def accept(
        self, key: str, request_id: str, send: Callable[[], list[dict[str, Any]]]
    ) -> tuple[Accepted, bool]:
        """What was accepted under `key`, and whether that happened just now; `send` is called only then."""
        name, now = key.lower(), self._clock.now()
        with self._lock:
            earlier = self._accepted.get(name)
            if earlier and now - earlier.at < RETRY_KEY_LIFE:
                return earlier, False
            accepted = Accepted(request_id, send(), now)
            self._accepted[name] = accepted
            return accepted, True


@dataclass(frozen=True, slots=True)
class _Link:
    user_id: str
    issued_at: datetime


class LinkTokens:
    """A link token opens the account-link dialog for one LINE user, once, within ten minutes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._live: dict[str, _Link] = {}

    def issue(self, user_id: str) -> str:
        """A token for this LINE user."""
        token = new_token()
        with self._lock:
            self._live[token] = _Link(user_id, self._clock.now())
        return token

    def owner(self, token: str) -> str | None:
        """Whom a living token was issued for."""
        with self._lock:
            link = self._live.get(token)
        if link is None or self._clock.now() - link.issued_at > LINK_TOKEN_LIFE:
            return None
        return link.user_id

    def take(self, token: str) -> str | None:
        """Use the token: whom it was issued for; None where it is unknown, used or too old."""
        owner = self.owner(token)
        with self._lock:
            return owner if self._live.pop(token, None) else None


class ChannelTokens:
    """Short-lived channel access tokens: each lives 30 days, and 30 of them at a time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._issued: dict[str, datetime] = {}

    def issue(self) -> str:
        """A new token."""
        token = new_token()
        with self._lock:
            self._issued[token] = self._clock.now()
            while len(self._issued) > CHANNEL_TOKENS:
                del self._issued[next(iter(self._issued))]
        return token

    def seconds_left(self, token: str) -> int | None:
        """How long the token still lives; None where it is unknown, revoked or too old."""
        with self._lock:
            issued_at = self._issued.get(token)
        if issued_at is None:
            return None
        left = (issued_at + CHANNEL_TOKEN_LIFE - self._clock.now()).total_seconds()
        return int(left) if left > 0 else None

    def revoke(self, token: str) -> None:
        """From now on it opens nothing."""
        with self._lock:
            self._issued.pop(token, None)
