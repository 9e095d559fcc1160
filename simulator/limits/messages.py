"""The limits of message objects, and of a request's list of them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from linebot.v3.messaging import models

from simulator.limits.actions import QUICK_REPLY, check_action, check_https, check_uri
from simulator.limits.flex import check_flex
from simulator.limits.problems import Problem, Problems, count_within, units_within
from simulator.limits.shape import check_shape
from simulator.limits.templates import check_template

MESSAGES = 5
TEXT = 5000
ALT_TEXT = 1500
QUICK_REPLIES = 13
EMOJIS = 20
PLACE = 100
URL = 2000
SENDER_NAME = 20
IMAGEMAP_WIDTH, IMAGEMAP_ACTIONS, IMAGEMAP_TEXT = 1040, 50, 400


def check_messages(messages: object) -> list[Problem]:
    """All problems of a request's `messages`."""
    if not isinstance(messages, list):
        return [Problem("must be specified" if messages is None else "must be a list", "messages")]
    problems = list(count_within(messages, MESSAGES, "messages"))
    for at, message in enumerate(messages):
        problems.extend(_check_message(message, f"messages[{at}]"))
    # The SDK's models and the limits can find the same mistake in two wordings; one is enough for its place.
    return list({problem.property: problem for problem in reversed(problems)}.values())[::-1]


def _check_message(message: object, where: str) -> Problems:
    yield from check_shape(models.Message, message, where)
    if not isinstance(message, Mapping):
        return
    yield from _check_quick_reply(message.get("quickReply"), f"{where}.quickReply")
    yield from _check_sender(message.get("sender"), f"{where}.sender")
    yield from units_within(message.get("altText"), ALT_TEXT, f"{where}.altText")
    if check := _CHECKS.get(str(message.get("type"))):
        yield from check(message, where)


def _check_quick_reply(quick: object, where: str) -> Problems:
    if not isinstance(quick, Mapping):
        return
    items = quick.get("items")
    yield from count_within(items if items is not None else [], QUICK_REPLIES, f"{where}.items")
    for at, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, Mapping):
            here = f"{where}.items[{at}]"
            if item.get("action") is None:
                yield Problem("must be specified", f"{here}.action")
            yield from check_action(item.get("action"), QUICK_REPLY, f"{here}.action")
            yield from check_https(item.get("imageUrl"), f"{here}.imageUrl", URL)


def _check_sender(sender: object, where: str) -> Problems:
    if isinstance(sender, Mapping):
        yield from units_within(sender.get("name"), SENDER_NAME, f"{where}.name")
        yield from check_https(sender.get("iconUrl"), f"{where}.iconUrl", URL)
        if re.search(r"\bLINE\b", str(sender.get("name", "")), re.IGNORECASE):
            yield Problem("can't contain a reserved word", f"{where}.name")


def _check_text(message: Mapping[str, Any], where: str) -> Problems:
    yield from units_within(message.get("text"), TEXT, f"{where}.text")
    emojis = message.get("emojis")
    yield from count_within(emojis, EMOJIS, f"{where}.emojis", least=0)
    text = str(message.get("text", "")).encode("utf-16-le", "surrogatepass")
    for at, emoji in enumerate(emojis if isinstance(emojis, list) else ()):
        index = emoji.get("index") if isinstance(emoji, Mapping) else None
        if isinstance(index, int) and text[2 * index : 2 * index + 2] != b"$\x00":
            yield Problem("must point to a $ in the text", f"{where}.emojis[{at}].index")


def _check_pictures(message: Mapping[str, Any], where: str) -> Problems:
    for name in ("originalContentUrl", "previewImageUrl"):
        yield from check_https(message.get(name), f"{where}.{name}", URL)


def _check_imagemap(message: Mapping[str, Any], where: str) -> Problems:
    yield from check_https(message.get("baseUrl"), f"{where}.baseUrl", URL)
    size = message.get("baseSize")
    if isinstance(size, Mapping) and size.get("width") != IMAGEMAP_WIDTH:
        yield Problem(f"must be {IMAGEMAP_WIDTH}", f"{where}.baseSize.width")
    actions = message.get("actions")
    yield from count_within(actions, IMAGEMAP_ACTIONS, f"{where}.actions")
    for at, action in enumerate(actions if isinstance(actions, list) else ()):
        if isinstance(action, Mapping):
            yield from check_uri(action.get("linkUri"), f"{where}.actions[{at}].linkUri")
            yield from units_within(action.get("text"), IMAGEMAP_TEXT, f"{where}.actions[{at}].text")


def _check_location(message: Mapping[str, Any], where: str) -> Problems:
    for name in ("title", "address"):
        yield from units_within(message.get(name), PLACE, f"{where}.{name}")


def _check_sticker(message: Mapping[str, Any], where: str) -> Problems:
    for name in ("packageId", "stickerId"):
        if isinstance(message.get(name), str) and not re.fullmatch(r"\d{1,20}", message[name]):
            yield Problem("must be a number", f"{where}.{name}")


def _check_template_message(message: Mapping[str, Any], where: str) -> Problems:
    return check_template(message.get("template"), f"{where}.template")


def _check_flex_message(message: Mapping[str, Any], where: str) -> Problems:
    return check_flex(message.get("contents"), f"{where}.contents")


_CHECKS: Mapping[str, Callable[[Mapping[str, Any], str], Problems]] = {
    "text": _check_text,
    "textV2": _check_text,
    "image": _check_pictures,
    "video": _check_pictures,
    "audio": _check_pictures,
    "imagemap": _check_imagemap,
    "location": _check_location,
    "sticker": _check_sticker,
    "template": _check_template_message,
    "flex": _check_flex_message,
}
