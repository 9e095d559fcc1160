"""The picture of an announcement, drawn anew: nothing but what is seen goes on, neither place nor camera."""

from io import BytesIO
from typing import Final

LARGEST_FILE: Final = 8 * 1024 * 1024
"""Bytes that are taken."""
MOST_PIXELS: Final = 30_000_000
LONGEST_SIDE: Final = 1_024
"""LINE shows no more of a Flex message's picture."""
LARGEST_PICTURE: Final = 1_000_000
"""Bytes that go out."""

_FORMATS: Final = ("JPEG", "PNG")
_QUALITIES: Final = (85, 70, 50, 30)


class NoPicture(Exception):
    """It is no JPEG or PNG, or one too large to be opened."""


def redrawn(file: bytes) -> bytes:
    """A JPEG within LINE's limits, upright, on white. Raises NoPicture."""
    from PIL import Image, ImageOps  # Only the console's process needs it.

    if len(file) > LARGEST_FILE:
        raise NoPicture
    try:
        with Image.open(BytesIO(file), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NoPicture
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise NoPicture from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    drawn = Image.new("RGB", upright.size, "white")
    drawn.paste(upright, mask=upright.getchannel("A"))
    for quality in _QUALITIES:
        into = BytesIO()
        drawn.save(into, "JPEG", quality=quality, optimize=True)
        if into.tell() <= LARGEST_PICTURE:
            return into.getvalue()
    raise NoPicture
