"""What a simulated phone sends as a photo, a film, a recording or a file."""

import base64
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Sample:
    """The bytes behind a message."""

    data: bytes
    content_type: str


_SILENCE = base64.b64decode("AAAAGGZ0eXBNNEEgAAAAAE00QSBtcDQyAAAACGZyZWUAAAAIbWRhdA==")
"""An empty container; nothing plays it, and nothing here needs it played."""


def content_of(message_type: str) -> Sample | None:
    """The content of a message of this type; None: it has none."""
    if message_type == "image":
        return Sample(files("simulator").joinpath("static/sample.png").read_bytes(), "image/png")
    if message_type == "file":
        return Sample("これは見本のファイルです。\n".encode(), "text/plain; charset=utf-8")
    if message_type in {"audio", "video"}:
        return Sample(_SILENCE, f"{message_type}/mp4")
    return None
