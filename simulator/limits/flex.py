"""The limits of Flex messages: sizes in bytes, what may stand where, texts, lengths, colours."""

import re
from collections.abc import Mapping
from typing import Any

from simulator.limits.actions import FLEX_AREA, FLEX_BUTTON, check_action, check_https
from simulator.limits.counting import json_bytes
from simulator.limits.problems import Problem, Problems, count_within

BUBBLE_BYTES = 30 * 1024
CAROUSEL_BYTES = 50 * 1024
CAROUSEL_BUBBLES = 12
IMAGE_URL = 2000

BUBBLE_SIZES = frozenset({"nano", "micro", "deca", "hecto", "kilo", "mega", "giga"})
DEFAULT_BUBBLE_SIZE = "mega"

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?")
_PIXELS = re.compile(r"\d+(\.\d+)?px")
_SIGNED_PIXELS = re.compile(r"-?\d+(\.\d+)?px")
_PERCENT = re.compile(r"\d+(\.\d+)?%")
_STEPS = frozenset({"none", "xs", "sm", "md", "lg", "xl", "xxl"})
_TEXT_SIZES = frozenset({"xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl"})
_BORDERS = frozenset({"none", "light", "normal", "medium", "semi-bold", "bold"})
_RATIO = re.compile(r"[1-9]\d{0,4}:[1-9]\d{0,4}")
_LARGEST_RATIO = 3

_BLOCKS = {"hero": {"box", "image", "video"}, "header": {"box"}, "body": {"box"}, "footer": {"box"}}
_IN_BOX = frozenset({"box", "button", "image", "text", "separator", "filler", "video"})
_IN_BASELINE = frozenset({"icon", "text", "filler"})

_COLOURS = frozenset(
    {"color", "backgroundColor", "borderColor", "separatorColor", "startColor", "endColor", "centerColor"}
)
_SPACES = frozenset({"spacing", "margin"})
_PADDINGS = frozenset({"paddingAll", "paddingTop", "paddingBottom", "paddingStart", "paddingEnd"})
_OFFSETS = frozenset({"offsetTop", "offsetBottom", "offsetStart", "offsetEnd"})
_LENGTHS = frozenset({"width", "height", "maxWidth", "maxHeight"})


def check_flex(contents: object, where: str) -> Problems:
    """All limits of a bubble or a carousel."""
    if not isinstance(contents, Mapping):
        return
    if contents.get("type") == "carousel":
        yield from _check_carousel(contents, where)
    elif contents.get("type") == "bubble":
        yield from _check_bubble(contents, where)


def _check_carousel(carousel: Mapping[str, Any], where: str) -> Problems:
    bubbles = carousel.get("contents")
    yield from count_within(bubbles, CAROUSEL_BUBBLES, f"{where}.contents")
    if json_bytes(carousel) > CAROUSEL_BYTES:
        yield Problem(f"carousel must be at most {CAROUSEL_BYTES} bytes", where)
    if not isinstance(bubbles, list):
        return
    known = [bubble for bubble in bubbles if isinstance(bubble, Mapping)]
    if len({str(bubble.get("size", DEFAULT_BUBBLE_SIZE)) for bubble in known}) > 1:
        yield Problem("all bubbles of a carousel must have the same size", f"{where}.contents")
    for at, bubble in enumerate(bubbles):
        if isinstance(bubble, Mapping) and bubble.get("type") == "bubble":
            yield from _check_bubble(bubble, f"{where}.contents[{at}]")
        else:
            yield Problem("must be a bubble", f"{where}.contents[{at}]")


def _check_bubble(bubble: Mapping[str, Any], where: str) -> Problems:
    if json_bytes(bubble) > BUBBLE_BYTES:
        yield Problem(f"bubble must be at most {BUBBLE_BYTES} bytes", where)
    if not any(bubble.get(block) for block in _BLOCKS):
        yield Problem("bubble must have a header, hero, body or footer", where)
    yield from check_action(bubble.get("action"), FLEX_AREA, f"{where}.action")
    for block, kinds in _BLOCKS.items():
        part = bubble.get(block)
        if not isinstance(part, Mapping):
            continue
        if str(part.get("type")) not in kinds:
            yield Problem(
                f"must be one of the following: {', '.join(sorted(kinds))}", f"{where}.{block}.type"
            )
        yield from _check_component(part, f"{where}.{block}")
    styles = bubble.get("styles")
    for block, style in styles.items() if isinstance(styles, Mapping) else ():
        if isinstance(style, Mapping):
            yield from _check_values(style, f"{where}.styles.{block}")


def _check_component(part: Mapping[str, Any], where: str) -> Problems:
    yield from _check_values(part, where)
    place = FLEX_BUTTON if part.get("type") == "button" else FLEX_AREA
    yield from check_action(part.get("action"), place, f"{where}.action")
    yield from _OWN_CHECKS.get(str(part.get("type")), lambda _part, _where: ())(part, where)


def _check_box(box: Mapping[str, Any], where: str) -> Problems:
    allowed = _IN_BASELINE if box.get("layout") == "baseline" else _IN_BOX
    contents = box.get("contents")
    for at, part in enumerate(contents if isinstance(contents, list) else ()):
        if not isinstance(part, Mapping):
            continue
        here = f"{where}.contents[{at}]"
        if str(part.get("type")) not in allowed:
            yield Problem(f"{part.get('type')} can't stand in a {box.get('layout')} box", f"{here}.type")
        yield from _check_component(part, here)
    background = box.get("background")
    if isinstance(background, Mapping):
        yield from _check_values(background, f"{where}.background")


def _check_text(text: Mapping[str, Any], where: str) -> Problems:
    spans = text.get("contents")
    if not spans and not isinstance(text.get("text"), str):
        yield Problem("must be specified", f"{where}.text")
    if not spans and text.get("text") == "":
        yield Problem("must be non-empty text", f"{where}.text")
    for at, span in enumerate(spans if isinstance(spans, list) else ()):
        if not isinstance(span, Mapping):
            continue
        here = f"{where}.contents[{at}]"
        if span.get("type") != "span":
            yield Problem("must be a span", f"{here}.type")
        if not span.get("text"):
            yield Problem("must be non-empty text", f"{here}.text")
        yield from _check_values(span, here)


def _check_picture(image: Mapping[str, Any], where: str) -> Problems:
    for name in ("url", "previewUrl"):
        yield from check_https(image.get(name), f"{where}.{name}", IMAGE_URL)
    ratio = image.get("aspectRatio")
    if isinstance(ratio, str) and not _is_ratio(ratio):
        yield Problem(
            "must be width:height, the height at most three times the width", f"{where}.aspectRatio"
        )
    other = image.get("altContent")
    if isinstance(other, Mapping):
        yield from _check_component(other, f"{where}.altContent")


_OWN_CHECKS = {
    "box": _check_box,
    "text": _check_text,
    "image": _check_picture,
    "icon": _check_picture,
    "video": _check_picture,
}


def _is_ratio(text: str) -> bool:
    if not _RATIO.fullmatch(text):
        return False
    width, height = (int(side) for side in text.split(":"))
    return height <= width * _LARGEST_RATIO


def _check_values(part: Mapping[str, Any], where: str) -> Problems:
    """Colours, sizes and lengths of one object."""
    for name, value in part.items():
        if name == "flex" and type(value) is int and value < 0:
            yield Problem("must be greater than or equal to 0", f"{where}.flex")
        if name == "maxLines" and type(value) is int and value < 0:
            yield Problem("must be greater than or equal to 0", f"{where}.maxLines")
        if isinstance(value, str) and not _is_value(part, name, value):
            yield Problem("invalid property", f"{where}.{name}")


def _is_value(part: Mapping[str, Any], name: str, value: str) -> bool:  # One line a kind of value.
    if name in _COLOURS:
        return bool(_COLOUR.fullmatch(value))
    if name in _SPACES:
        return value in _STEPS or bool(_PIXELS.fullmatch(value))
    if name in _PADDINGS:
        return value in _STEPS or bool(_PIXELS.fullmatch(value) or _PERCENT.fullmatch(value))
    if name in _OFFSETS:
        return value in _STEPS or bool(_SIGNED_PIXELS.fullmatch(value) or _PERCENT.fullmatch(value))
    if name == "cornerRadius":
        return value in _STEPS or bool(_PIXELS.fullmatch(value))
    if name == "borderWidth":
        return value in _BORDERS or bool(_PIXELS.fullmatch(value))
    if name in _LENGTHS and part.get("type") != "button":
        return bool(_PIXELS.fullmatch(value) or _PERCENT.fullmatch(value))
    if name == "lineSpacing":
        return bool(_PIXELS.fullmatch(value))
    if name == "size":
        return _is_size(part, value)
    return True


def _is_size(part: Mapping[str, Any], value: str) -> bool:
    kind = part.get("type")
    if kind == "bubble":
        return value in BUBBLE_SIZES
    if kind == "image":
        return value in _TEXT_SIZES | {"full"} or bool(_PIXELS.fullmatch(value) or _PERCENT.fullmatch(value))
    return value in _TEXT_SIZES or bool(_PIXELS.fullmatch(value))
