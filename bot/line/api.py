"""What the rest of the product asks of LINE's Messaging API, and what came of it. Knows nothing of the SDK."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol

Message = dict[str, Any]
"""A LINE message object as plain JSON."""


class Delivery(StrEnum):
    """What became of one attempt to send."""

    ACCEPTED = "accepted"
    """2xx; or 409: accepted already under this retry key."""
    INVALID_REPLY_TOKEN = "invalid_reply_token"  # noqa: S105  # The name of an outcome.
    """The reply token is used or too old."""
    REFUSED = "refused"
    """Another 4xx: the same request will never be accepted."""
    TRY_LATER = "try_later"
    """429, or no connection: it certainly did not arrive."""
    UNKNOWN = "unknown"
    """5xx or no answer in time: it may or may not have arrived."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """The outcome of one attempt, with what LINE's support asks for."""

    delivery: Delivery
    status: int | None = None
    """HTTP status; None where there was no answer."""
    request_id: str = ""
    """LINE's `x-line-request-id`."""


class LineUnavailable(Exception):
    """LINE gave no usable answer; the text names the call and the status, nothing personal."""


class LineDoesNotKnow(LineUnavailable):
    """LINE knows nothing of what was asked for: 404."""


@dataclass(frozen=True, slots=True, repr=False)
class IssuedToken:
    """A channel access token, fresh from LINE."""

    token: str
    life: timedelta


class AccessTokens(Protocol):
    """Where each call gets the channel access token."""

    def current(self) -> str:
        """The token to use now. Raises LineUnavailable while there is none."""
        ...

    def refused(self, token: str) -> None:
        """LINE does not take this token."""
        ...


@dataclass(frozen=True, slots=True)
class Quota:
    """How many messages a month may be pushed, and how many were."""

    limit: int | None
    """None: without limit."""
    used: int


class LineApi(Protocol):
    """Every call has a time limit of its own and never waits longer."""

    def reply(self, reply_token: str, messages: Sequence[Message]) -> SendResult:
        """Answer an event with at most 5 messages; free of charge, and without a retry key."""
        ...

    def push(self, line_user_id: str, messages: Sequence[Message], *, retry_key: str) -> SendResult:
        """Send at most 5 messages to one LINE user; the same `retry_key` (a UUID) is accepted once in 24 hours."""
        ...

    def issue_link_token(self, line_user_id: str) -> str:
        """A one-time token for LINE's account-link dialog, valid for 10 minutes. Raises LineUnavailable."""
        ...

    def is_friend(self, line_user_id: str) -> bool:
        """Whether a message would reach them: LINE takes pushes to those who blocked us, and says nothing.

        Raises LineUnavailable.
        """
        ...
