"""What reaches the dialogue: one event of one LINE user, freed of LINE's JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """What happened. LINE's kinds that mean the same to the dialogue are one."""

    TEXT = "text"
    TAP = "tap"
    """A postback: `button_id` is its data."""
    STICKER = "sticker"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"
    LOCATION = "location"
    UNKNOWN_MESSAGE = "unknown_message"
    """A message of a kind we do not know."""
    FOLLOW = "follow"
    LINKED = "linked"
    """An accountLink that came to its end; `link` says how."""
    JOIN = "join"
    """The bot came into a group or room."""
    CARD_LINKED_ELSEWHERE = "card_linked_elsewhere"
    """Our own: another LINE account was linked to `card_number`; `link_id` is that link."""
    LINK_ENDED = "link_ended"
    """Our own: this LINE account's link with `card_number` was ended from another one."""
    FOLLOWED_UP = "followed_up"
    """Our own: a volume was checked out with `card_number`, and `params` tell what came of the next one."""
    DESK_ANSWER = "desk_answer"
    """Our own: the staff answered the message `desk_number`."""
    PASSWORD_REGISTERED = "password_registered"  # noqa: S105  # The name of an event, not a secret.
    """Our own: a first password was registered for the linked card `card_number`."""


class Chat(StrEnum):
    """Where it happened."""

    PRIVATE = "private"
    GROUP = "group"
    """A group or a room: the bot answers nothing about a patron there."""


class LinkOutcome(StrEnum):
    """How an account link ended."""

    LINKED = "linked"
    ALREADY_LINKED = "already_linked"
    FAILED = "failed"
    """LINE refused it, or the nonce was unknown, used or too old."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event, in its own time."""

    kind: EventKind
    at: datetime
    """LINE's timestamp, UTC."""
    line_user_id: str
    chat: Chat = Chat.PRIVATE
    text: str = ""
    button_id: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    """Of a date-time picker; for FOLLOWED_UP: `titleId`, and `later`, `reasons` or `ended`."""
    link: LinkOutcome | None = None
    is_unblocked: bool = False
    """For FOLLOW: a friend who comes back."""
    card_number: str = ""
    """For our own events: the card they are about."""
    link_id: str = ""
    """For CARD_LINKED_ELSEWHERE: the new link, which may be ended from here."""
    message_id: str = ""
    """LINE's, of words."""
    desk_number: int = 0
    """For DESK_ANSWER: the message to the desk."""
