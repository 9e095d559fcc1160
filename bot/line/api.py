"""What the rest of the product asks of LINE's Messaging API, and what came of it. Knows nothing of the SDK."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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
    blamed: str = ""
    """Of a refusal: which part of the request LINE names (`to`, `messages`); empty: none."""


class LineUnavailable(Exception):
    """LINE gave no usable answer; the text names the call and the status, nothing personal."""


class LineDoesNotKnow(LineUnavailable):
    """LINE knows nothing of what was asked for: 404."""


class LineBusy(LineUnavailable):
    """LINE takes no more calls of this kind for now: 429."""


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


@dataclass(frozen=True, slots=True)
class Insight:
    """How many people opened a message and tapped its link; None: LINE withholds it, or does not know yet."""

    opened: int | None
    clicked: int | None


class ManyApi(Protocol):
    """What is sent to many at once. Every call has a time limit of its own."""

    def multicast(
        self, line_user_ids: Sequence[str], messages: Sequence[Message], *, retry_key: str, unit: str
    ) -> SendResult:
        """Send at most 5 messages to at most 500 LINE users; LINE counts them under the name `unit`."""
        ...

    def broadcast(self, messages: Sequence[Message], *, retry_key: str) -> SendResult:
        """Send at most 5 messages to every friend."""
        ...

    def unit_insight(self, unit: str, first: date, last: date) -> Insight:
        """Of all that was sent under a name in these days (at most 30). Raises LineUnavailable."""
        ...

    def broadcast_insight(self, request_id: str) -> Insight:
        """Of one broadcast. Raises LineUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class BotInfo:
    """LINE's account of this bot."""

    basic_id: str
    """`@…`, by which it is found in LINE."""
    answers_by_itself: bool
    """False: the console's chat is on, and staff answer beside the bot."""


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """Where LINE sends events, and whether it does."""

    url: str
    active: bool


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


@dataclass(frozen=True, slots=True)
class ListedMenu:
    """A rich menu as LINE lists it."""

    rich_menu_id: str
    name: str


class RichMenuApi(Protocol):
    """LINE's calls about rich menus. Each raises LineUnavailable.

    All may be repeated; `create_menu` then makes another menu.
    """

    def list_menus(self) -> tuple[ListedMenu, ...]:
        """All menus made through the API."""
        ...

    def create_menu(self, body: Mapping[str, Any]) -> str:
        """Make a menu of this rich menu object; its id. It has no picture yet."""
        ...

    def has_picture(self, rich_menu_id: str) -> bool:
        """Whether its picture was uploaded."""
        ...

    def set_picture(self, rich_menu_id: str, png: bytes) -> None:
        """Give a menu its picture, once."""
        ...

    def delete_menu(self, rich_menu_id: str) -> None:
        """Remove a menu; one that is gone already is well."""
        ...

    def aliases(self) -> Mapping[str, str]:
        """The ids of menus by alias."""
        ...

    def set_alias(self, alias: str, rich_menu_id: str, *, is_new: bool) -> None:
        """Lead a tab's alias to this menu."""
        ...

    def delete_alias(self, alias: str) -> None:
        """Remove an alias; one that is gone already is well."""
        ...

    def default_menu(self) -> str:
        """The id of the menu that everybody without one of their own sees; empty: none."""
        ...

    def set_default_menu(self, rich_menu_id: str) -> None:
        """Show this one to everybody without one of their own; empty: none."""
        ...

    def link_menu(self, line_user_ids: Sequence[str], rich_menu_id: str) -> None:
        """Give these (at most 500) this menu as their own; who is no friend is passed over by LINE."""
        ...

    def unlink_menu(self, line_user_ids: Sequence[str]) -> None:
        """Take the own menus of these (at most 500) away: they see the default."""
        ...
