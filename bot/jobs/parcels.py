"""What a parcel's messages become when they are frozen. Pure: messages in, messages out."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from bot.messages.limits import MESSAGES
from bot.messages.replies import CARD_URL, LINK_URL
from bot.messages.wording import texts
from bot.storage.outbox import Parcel

Message = dict[str, Any]

_CARD_PLACE: Final = re.compile(re.escape(CARD_URL) + r"([0-9a-z-]{1,64})\}")


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


def with_card_pages(
    messages: Sequence[Message], address_of: Callable[[str], str | None]
) -> tuple[Message, ...]:
    """The messages with the addresses of card pages put in; `address_of` makes one for a link.

    Where it makes none (the card is no longer in use), what would have borne the address says so instead.
    """
    kept: list[Message] = []
    for message in messages:
        places = {place[0]: place[1] for place in _CARD_PLACE.finditer(json.dumps(message))}
        addresses = {place: address_of(link_id) for place, link_id in places.items()}
        if None in addresses.values():
            kept.append(plain("delivery.no_card_page"))
            continue
        for place, address in addresses.items():
            message = _replaced(message, place, address or "")
        kept.append(message)
    return tuple(kept)


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
