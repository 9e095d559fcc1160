"""What a parcel's messages become when they are frozen. Pure: messages in, messages out."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.messages.limits import MESSAGES
from bot.messages.replies import LINK_URL
from bot.messages.wording import texts
from bot.storage.outbox import Parcel

Message = dict[str, Any]


def plain(key: str) -> Message:
    """A plain message with the text of `key`, which has no places to fill."""
    return {"type": "text", "text": texts()[key][0]}


def wants_link(messages: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the address of the sign-in page belongs into one of these messages."""
    return any(_holds(message, LINK_URL) for message in messages)


def with_link(messages: Sequence[Message], url: str) -> tuple[Message, ...]:
    """The messages with the address of the sign-in page put in."""
    return tuple(_replaced(message, LINK_URL, url) for message in messages)


def without_link(messages: Sequence[Message]) -> tuple[Message, ...]:
    """LINE gave no link token: what would have borne the address says so instead."""
    sorry = plain("delivery.no_link")
    kept = [message for message in messages if not _holds(message, LINK_URL)]
    return (*kept, sorry)


def with_earlier(
    messages: Sequence[Message], earlier: Sequence[Parcel]
) -> tuple[tuple[Message, ...], tuple[Parcel, ...]]:
    """The messages after those earlier ones that may not have arrived, as many as fit, oldest first.

    Returns the earlier parcels that are repeated, too.
    """
    room = MESSAGES - 1 - len(messages)
    repeated: list[Parcel] = []
    before: list[Message] = []
    for parcel in earlier:
        if len(before) >= room or (before and len(before) + len(parcel.messages) > room):
            break
        before += parcel.messages[: room - len(before)]
        repeated.append(parcel)
    if not repeated:
        return tuple(messages), ()
    return (plain("delivery.earlier_answer"), *before, *messages), tuple(repeated)


def _holds(value: object, needle: str) -> bool:
    if isinstance(value, str):
        return needle in value
    if isinstance(value, Mapping):
        return any(_holds(item, needle) for item in value.values())
    return isinstance(value, list | tuple) and any(_holds(item, needle) for item in value)


def _replaced(value: Any, needle: str, by: str) -> Any:
    if isinstance(value, str):
        return value.replace(needle, by)
    if isinstance(value, Mapping):
        return {key: _replaced(item, needle, by) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(item, needle, by) for item in value]
    return value
