"""The limits of rich menus and of their images."""

import re
import struct
from collections.abc import Mapping
from typing import Any

from linebot.v3.messaging import models

from simulator.limits.actions import RICH_MENU, check_action
from simulator.limits.problems import Problem, count_within, graphemes_within
from simulator.limits.shape import check_shape

AREAS = 20
NAME = 300
CHAT_BAR = 14
ALIAS = re.compile(r"[a-z0-9_-]{1,32}")
NARROWEST, WIDEST, LOWEST = 800, 2500, 250
SMALLEST_RATIO = 1.45
IMAGE_BYTES = 1024 * 1024

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_JPEG_FRAMES = frozenset({0xC0, 0xC1, 0xC2})


def check_rich_menu(menu: object) -> list[Problem]:
    """All problems of a rich menu object."""
    problems = list(check_shape(models.RichMenuRequest, menu, ""))
    if not isinstance(menu, Mapping):
        return problems
    problems += [Problem("must be specified", name) for name in _NEEDED if menu.get(name) is None]
    problems += graphemes_within(menu.get("name"), NAME, "name")
    problems += graphemes_within(menu.get("chatBarText"), CHAT_BAR, "chatBarText")
    size = menu.get("size")
    if isinstance(size, Mapping) and not _is_size(size.get("width"), size.get("height")):
        problems.append(Problem(_SIZE, "size"))
    areas = menu.get("areas")
    problems += count_within(areas, AREAS, "areas", least=0)
    for at, area in enumerate(areas if isinstance(areas, list) else ()):
        if isinstance(area, Mapping):
            problems += check_action(area.get("action"), RICH_MENU, f"areas[{at}].action")
    return problems


_NEEDED = ("size", "selected", "name", "chatBarText", "areas")
_SIZE = (
    f"width must be {NARROWEST} to {WIDEST}, height {LOWEST} or more, width / height {SMALLEST_RATIO} or more"
)


def check_image(image: bytes, menu: Mapping[str, Any]) -> str:
    """What is wrong with a menu's image, in LINE's manner; empty: nothing."""
    if len(image) > IMAGE_BYTES:
        return f"The image must be at most {IMAGE_BYTES} bytes"
    size = _image_size(image)
    if size is None:
        return "The image must be JPEG or PNG"
    wanted = (menu["size"]["width"], menu["size"]["height"])
    if not _is_size(*size):
        return f"The image: {_SIZE}"
    if size != wanted:
        return f"The image must be {wanted[0]}x{wanted[1]} as the rich menu says, not {size[0]}x{size[1]}"
    return ""


def _is_size(width: object, height: object) -> bool:
    if type(width) is not int or type(height) is not int:
        return False
    return NARROWEST <= width <= WIDEST and height >= LOWEST and width / height >= SMALLEST_RATIO


def _image_size(image: bytes) -> tuple[int, int] | None:
    """Width and height from the header of a PNG or JPEG; None: it is neither."""
    if image.startswith(_PNG) and len(image) >= 24:
        width, height = struct.unpack(">II", image[16:24])
        return width, height
    return _jpeg_size(image) if image.startswith(_JPEG) else None


def _jpeg_size(image: bytes) -> tuple[int, int] | None:
    at = len(_JPEG)
    while at + 9 <= len(image) and image[at] == 0xFF:
        marker, length = image[at + 1], int.from_bytes(image[at + 2 : at + 4])
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", image[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None
