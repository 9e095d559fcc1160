"""Webhook events in LINE's shape: values in, JSON out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from simulator.clock import millis
from simulator.ids import new_event_id, new_token

Event = dict[str, Any]

UNTOLD = frozenset({"unfollow", "unsend", "leave", "memberLeft"})
"""Events that nothing can be replied to."""


def user_source(user_id: str) -> dict[str, str]:
    """A talk of two."""
    return {"type": "user", "userId": user_id}


def source_in(kind: str, chat_id: str, user_id: str = "") -> dict[str, str]:
    """A chat of that kind (user, group, room), and who spoke in it."""
    if kind == "user":
        return user_source(chat_id)
    source = {"type": kind, f"{kind}Id": chat_id}
    return source | {"userId": user_id} if user_id else source


def event(
    kind: str, at: datetime, source: Mapping[str, str] | None, reply_token: str, **content: Any
) -> Event:
    """An event that happened at `at`. Without `source` (a failed account link) or token these are left out."""
    made: Event = {
        "type": kind,
        **content,
        "webhookEventId": new_event_id(at),
        "deliveryContext": {"isRedelivery": False},
        "timestamp": millis(at),
        "mode": "active",
    }
    if source:
        made["source"] = dict(source)
    if reply_token:
        made["replyToken"] = reply_token
    return made


def user_message(message_id: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """What a person sent, with the fields that LINE adds to messages of its kind."""
    made: dict[str, Any] = {**message, "id": message_id, "markAsReadToken": new_token()}
    if message["type"] in {"text", "sticker", "image", "video"}:
        made["quoteToken"] = new_token()
    if message["type"] in {"image", "video", "audio"}:
        made["contentProvider"] = {"type": "line"}
    if message["type"] == "sticker":
        made.setdefault("stickerResourceType", "STATIC")
    return made


def redelivered(first: Mapping[str, Any]) -> Event:
    """The same event, marked as one that comes again."""
    return {**first, "deliveryContext": {"isRedelivery": True}}
