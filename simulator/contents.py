"""What is behind a person's photo, film, recording or file: their own, or a sample."""

import base64
from dataclasses import dataclass
from importlib.resources import files
from threading import Lock

LARGEST = 10 * 1024 * 1024
"""Bytes of one content; LINE takes more, a machine for tests need not."""
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a browser may show in place; all else is offered as a file."""


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes behind a message."""

    data: bytes
    content_type: str


class Contents:
    """Contents by message id, as long as the message is not taken back."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._own: dict[str, Content] = {}

    def keep(self, message_id: str, content: Content) -> None:
        """This person sent something of their own."""
        with self._lock:
            self._own[message_id] = content

    def forget(self, message_id: str) -> None:
        """It was taken back."""
        with self._lock:
            self._own.pop(message_id, None)

    def is_own(self, message_id: str) -> bool:
        """Whether the person sent bytes of their own."""
        with self._lock:
            return message_id in self._own

    def of(self, message_id: str, message_type: str) -> Content | None:
        """The content of a message of this type; None: it has none."""
        with self._lock:
            own = self._own.get(message_id)
        return own or _sample(message_type)


_SILENCE = base64.b64decode("AAAAGGZ0eXBNNEEgAAAAAE00QSBtcDQyAAAACGZyZWUAAAAIbWRhdA==")
"""An empty container; nothing plays it, and nothing here needs it played."""


def _sample(message_type: str) -> Content | None:
    if message_type == "image":
        return Content(files("simulator").joinpath("static/sample.png").read_bytes(), "image/png")
    if message_type == "file":
        return Content("これは見本のファイルです。\n".encode(), "text/plain; charset=utf-8")
    if message_type in {"audio", "video"}:
        return Content(_SILENCE, f"{message_type}/mp4")
    return None
