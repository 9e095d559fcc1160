"""What a person's phone can send: the fields of each kind of message. Pure; no I/O."""

from collections.abc import Mapping
from typing import Any

from simulator.contents import Content

FIELDS: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "text": {"text": str},
    "sticker": {"packageId": str, "stickerId": str},
    "image": {},
    "video": {"duration": int},
    "audio": {"duration": int},
    "file": {"fileName": str, "fileSize": int},
    "location": {"title": str, "address": str, "latitude": (int, float), "longitude": (int, float)},
}
"""What each kind of message must carry."""
LONGEST_TEXT = 10_000
"""LINE's apps let people write up to this many characters."""

_CONTENT_TYPES = {"image": "image/", "video": "video/", "audio": "audio/", "file": ""}
"""The beginning of the content type of each kind that has content."""


class NotPossible(Exception):
    """A person can't do this now; the text says why."""


def check_message(message: Mapping[str, Any], content: Content | None = None) -> dict[str, Any]:
    """The message with only the fields of its kind; raises NotPossible for one that LINE's app could not send."""
    kind = str(message.get("type"))
    fields = FIELDS.get(kind)
    if fields is None:
        raise NotPossible(f"a message is one of {', '.join(FIELDS)}")
    if content and not content.content_type.startswith(_CONTENT_TYPES.get(kind, "none")):
        raise NotPossible(f"a message of type {kind} can't carry {content.content_type}")
    given = {**message, "fileSize": len(content.data)} if content else message
    for name, wanted in fields.items():
        if not isinstance(given.get(name), wanted) or isinstance(given.get(name), bool):
            raise NotPossible(f"a message of type {kind} needs {name}")
    kept = {"type": kind, **{name: given[name] for name in fields}}
    if kept.get("text") == "" or len(kept.get("text", "")) > LONGEST_TEXT:
        raise NotPossible(f"a text has 1 to {LONGEST_TEXT} characters")
    return kept
