"""LINE's events, and our own that travel beside them, as values. Reads plain JSON and knows nothing of the SDK.

The SDK's typed events lose the reply token and the sender of whatever they do not know, so the JSON itself
is read. LINE may add kinds, properties and values at any time: what we do not know is left alone, and no
JSON object, whatever its shape, makes `read_event` raise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.dialogue.events import Chat, Event, EventKind, LinkOutcome

CARD_LINKED_ELSEWHERE: Final = "madoguchi.cardLinkedElsewhere"
LINK_ENDED: Final = "madoguchi.linkEnded"
LINK_FAILED: Final = "madoguchi.linkFailed"
PASSWORD_REGISTERED: Final = "madoguchi.passwordRegistered"  # noqa: S105  # The name of an event.
FOLLOWED_UP: Final = "madoguchi.followedUp"
DESK_ANSWER: Final = "madoguchi.deskAnswer"
"""Our own events for another LINE user; no reply token, so that they are answered by a push."""

OUR_OWN: Final = "madoguchi."
"""What the kinds of our own events begin with; LINE has none of that name, so a webhook must not bring one."""

_PLAUSIBLE = range(32_503_680_000_000)
"""Milliseconds since 1970 up to the year 3000."""

LONGEST_ID = 64
"""Characters of a LINE id; LINE's own have 33 at most. Columns of the database rely on it."""

LONGEST_KEY = 300
"""Characters of a reply token, a nonce or a button's data; LINE's own limit for the last is 300."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of an event that tells none: as old as can be, so that it confirms nothing."""

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event as it came: who, where, when, and what it means to the dialogue."""

    webhook_event_id: str
    """The same when LINE delivers the event again."""
    kind: str
    """LINE's `type`."""
    at: datetime
    """LINE's timestamp, UTC."""
    line_user_id: str
    """Empty where LINE names nobody."""
    chat_id: str
    """User, group or room: the key by which turns are ordered. Empty where LINE names none."""
    is_private: bool
    is_active: bool
    """False in `standby`: another module has the chat, and nothing is sent."""
    reply_token: str
    event: Event | None
    """None: nothing to say."""
    unsent_message_id: str = ""
    """Of an `unsend`: the message whose text must go wherever it is kept."""
    message_id: str = ""
    nonce: str = ""
    """Of an `accountLink`: who asked, and for which card."""
    link_ok: bool | None = None
    """Of an `accountLink`: whether LINE confirmed it."""


def read_event(raw: Raw) -> Incoming:
    """The event in `raw`, one object of a webhook's `events` or one of our own."""
    kind = _id(raw, "type")
    source = _part(raw, "source")
    is_private = source.get("type") == "user"
    line_user_id = _id(source, "userId")
    at = _instant(raw.get("timestamp"))
    link = _part(raw, "link")
    return Incoming(
        webhook_event_id=_id(raw, "webhookEventId"),
        kind=kind,
        at=at,
        line_user_id=line_user_id,
        chat_id=line_user_id if is_private else _id(source, "groupId") or _id(source, "roomId"),
        is_private=is_private,
        is_active=raw.get("mode", "active") == "active",
        reply_token=_word(raw, "replyToken"),
        event=_event(raw, kind, at, line_user_id, is_private=is_private),
        unsent_message_id=_id(_part(raw, "unsend"), "messageId"),
        message_id=_id(_part(raw, "message"), "id"),
        nonce=_word(link, "nonce"),
        link_ok=_LINK_RESULTS.get(_word(link, "result")),
    )


_LINK_RESULTS = {"ok": True, "failed": False}

_MESSAGES = {
    "text": EventKind.TEXT,
    "sticker": EventKind.STICKER,
    "image": EventKind.IMAGE,
    "video": EventKind.VIDEO,
    "audio": EventKind.AUDIO,
    "file": EventKind.FILE,
    "location": EventKind.LOCATION,
}


def _event(raw: Raw, kind: str, at: datetime, line_user_id: str, *, is_private: bool) -> Event | None:
    """What is said about it, as far as the event alone tells; None where there is nothing to say."""
    tell = _TOLD.get(kind)
    if tell is None or (is_private and not line_user_id) or (not is_private and kind not in _IN_GROUPS):
        return None
    fields = tell(raw)
    if fields is None:
        return None
    return Event(at=at, line_user_id=line_user_id, chat=Chat.PRIVATE if is_private else Chat.GROUP, **fields)


def _message(raw: Raw) -> dict[str, Any]:
    message = _part(raw, "message")
    kind = _MESSAGES.get(_word(message, "type"), EventKind.UNKNOWN_MESSAGE)
    if kind is not EventKind.TEXT:
        return {"kind": kind}
    if not isinstance(message.get("text"), str):
        return {"kind": EventKind.UNKNOWN_MESSAGE}
    return {"kind": kind, "text": _clean(message["text"]), "message_id": _id(message, "id")}


def _postback(raw: Raw) -> dict[str, Any] | None:
    postback = _part(raw, "postback")
    params = {key: value for key, value in _part(postback, "params").items() if isinstance(value, str)}
    if "status" in params or "newRichMenuAliasId" in params:
        return None  # The patron turned to another tab of the menu.
    return {"kind": EventKind.TAP, "button_id": _word(postback, "data"), "params": params}


def _follow(raw: Raw) -> dict[str, Any]:
    return {"kind": EventKind.FOLLOW, "is_unblocked": _part(raw, "follow").get("isUnblocked") is True}


def _account_link(raw: Raw) -> dict[str, Any]:
    """How it ended is known once the nonce was looked up, unless LINE itself refused."""
    confirmed = _LINK_RESULTS.get(_word(_part(raw, "link"), "result"))
    return {"kind": EventKind.LINKED, "link": None if confirmed else LinkOutcome.FAILED}


def _desk_answer(raw: Raw) -> dict[str, Any]:
    number = raw.get("deskNumber")
    return {"kind": EventKind.DESK_ANSWER, "desk_number": number if isinstance(number, int) else 0}


def _followed_up(raw: Raw) -> dict[str, Any]:
    outcome = {key: value for key, value in _part(raw, "outcome").items() if isinstance(value, str)}
    return {"kind": EventKind.FOLLOWED_UP, "card_number": _id(raw, "cardNumber"), "params": outcome}


def _our_own(kind: EventKind, link: LinkOutcome | None = None) -> Callable[[Raw], dict[str, Any]]:
    def tell(raw: Raw) -> dict[str, Any]:
        return {
            "kind": kind,
            "link": link,
            "card_number": _id(raw, "cardNumber"),
            "link_id": _id(raw, "linkId"),
        }

    return tell


_TOLD: dict[str, Callable[[Raw], dict[str, Any] | None]] = {
    "message": _message,
    "postback": _postback,
    "follow": _follow,
    "accountLink": _account_link,
    "join": lambda _raw: {"kind": EventKind.JOIN},
    CARD_LINKED_ELSEWHERE: _our_own(EventKind.CARD_LINKED_ELSEWHERE),
    LINK_ENDED: _our_own(EventKind.LINK_ENDED),
    LINK_FAILED: _our_own(EventKind.LINKED, LinkOutcome.FAILED),
    DESK_ANSWER: _desk_answer,
    FOLLOWED_UP: _followed_up,
    PASSWORD_REGISTERED: _our_own(EventKind.PASSWORD_REGISTERED),
}
"""Every kind that is answered. Left alone: unfollow, unsend, leave, members coming and going, edits, videos
watched to their end, beacons, memberships, and whatever LINE adds."""

_IN_GROUPS = frozenset({"message", "postback", "join"})


def _part(raw: Raw, key: str) -> Raw:
    """The object under `key`; an empty one for anything else."""
    value = raw.get(key)
    return value if isinstance(value, Mapping) else {}


def _word(raw: Raw, key: str, longest: int = LONGEST_KEY) -> str:
    """The string under `key`; empty for anything that is no plausible token or name."""
    value = raw.get(key)
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        return ""
    return value


def _id(raw: Raw, key: str) -> str:
    return _word(raw, key, LONGEST_ID)


def _instant(timestamp: object) -> datetime:
    """The instant of LINE's timestamp."""
    if not isinstance(timestamp, int) or isinstance(timestamp, bool) or timestamp not in _PLAUSIBLE:
        return EPOCH
    return EPOCH + timedelta(milliseconds=timestamp)


def _clean(text: str) -> str:
    """Without what no database keeps: NULs, and halves of surrogate pairs (whole ones are joined)."""
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return joined.replace("\x00", "")
