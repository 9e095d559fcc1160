"""The limits of actions, which differ by where an action stands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit

from simulator.limits.problems import Problem, Problems, graphemes_within, units_within

POSTBACK_DATA = 300
DISPLAY_TEXT = 300
URI_LENGTH = 1000
CLIPBOARD = 1000
URI_SCHEMES = frozenset({"http", "https", "line", "tel"})

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_ONLY_IN_QUICK_REPLIES = frozenset({"camera", "cameraRoll", "location"})
_DATE_RANGE = {"date": ("1900-01-01", "2100-12-31"), "time": ("00:00", "23:59")}
_DATETIME_RANGE = ("1900-01-01T00:00", "2100-12-31T23:59")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an action stands: how long its label may be, whether it must have one, what is allowed."""

    name: str
    label: int = 20
    needs_label: bool = True
    quick: bool = False
    rich_menu: bool = False


TEMPLATE = Place("template")
QUICK_REPLY = Place("quick reply", quick=True)
IMAGE_CAROUSEL = Place("image carousel", label=12, needs_label=False)
RICH_MENU = Place("rich menu", needs_label=False, rich_menu=True)
FLEX_BUTTON = Place("button", label=40)
FLEX_AREA = Place("flex", label=40, needs_label=False)


def check_action(action: object, place: Place, where: str) -> Problems:
    """All limits of one action object."""
    if not isinstance(action, Mapping):
        return
    kind = str(action.get("type"))
    if place.needs_label and action.get("label") is None:
        yield Problem("must be specified", f"{where}.label")
    yield from graphemes_within(
        action.get("label"), place.label, f"{where}.label", least=int(place.needs_label)
    )
    if kind in _ONLY_IN_QUICK_REPLIES and not place.quick:
        yield Problem(f"{kind} action can only be used in quick reply", f"{where}.type")
    if kind == "richmenuswitch" and not place.rich_menu:
        yield Problem("richmenuswitch action can only be used in rich menu", f"{where}.type")
    yield from _CHECKS.get(kind, _nothing)(action, where)


def _nothing(_action: Mapping[str, Any], _where: str) -> Problems:
    return ()


def _check_postback(action: Mapping[str, Any], where: str) -> Problems:
    yield from _required(action, "data", where)
    yield from units_within(action.get("data"), POSTBACK_DATA, f"{where}.data", least=0)
    for name in ("displayText", "text", "fillInText"):
        yield from graphemes_within(action.get(name), DISPLAY_TEXT, f"{where}.{name}")
    if action.get("displayText") is not None and action.get("text") is not None:
        yield Problem("displayText and text can not be specified at the same time", f"{where}.text")
    if action.get("fillInText") is not None and action.get("inputOption") != "openKeyboard":
        yield Problem("fillInText needs inputOption openKeyboard", f"{where}.fillInText")


def _check_message(action: Mapping[str, Any], where: str) -> Problems:
    yield from _required(action, "text", where)
    yield from graphemes_within(action.get("text"), DISPLAY_TEXT, f"{where}.text")


def _check_uri(action: Mapping[str, Any], where: str) -> Problems:
    yield from _required(action, "uri", where)
    yield from check_uri(action.get("uri"), f"{where}.uri")
    other = action.get("altUri")
    if isinstance(other, Mapping):
        yield from check_uri(other.get("desktop"), f"{where}.altUri.desktop")


def check_uri(uri: object, where: str, longest: int = URI_LENGTH) -> Problems:
    """An address of a scheme that LINE opens, percent-encoded."""
    if not isinstance(uri, str):
        return
    if not uri:
        yield Problem("May not be empty", where)
        return
    if len(uri) > longest:
        yield Problem(f"Length must be between 1 and {longest}", where)
    if not uri.isascii() or re.search(r"[\s<>\"{}|\\^`]", uri):
        yield Problem("invalid uri", where)
        return
    scheme, _, rest = uri.partition(":")
    if scheme.lower() not in URI_SCHEMES or not rest:
        yield Problem("invalid uri scheme", where)
    elif scheme.lower() in {"http", "https"} and not _has_host(uri):
        yield Problem("invalid uri", where)


def check_https(url: object, where: str, longest: int) -> Problems:
    """The address of an image or a video: https, percent-encoded.

    LINE takes nothing else. A bot on this very machine has no certificate, so its own http addresses pass, too.
    """
    if not isinstance(url, str):
        return
    yield from check_uri(url, where, longest)
    scheme = url.lower().partition("://")[0]
    if url and scheme != "https" and not (scheme == "http" and _host(url) in LOOPBACK):
        yield Problem("invalid uri scheme", where)


def _has_host(uri: str) -> bool:
    return bool(_host(uri))


def _host(uri: str) -> str:
    try:
        return urlsplit(uri).hostname or ""
    except ValueError:
        return ""


def _check_picker(action: Mapping[str, Any], where: str) -> Problems:
    yield from _required(action, "data", where)
    yield from units_within(action.get("data"), POSTBACK_DATA, f"{where}.data", least=0)
    mode = action.get("mode")
    if mode not in ("date", "time", "datetime"):
        return
    first, last = _DATE_RANGE.get(mode, _DATETIME_RANGE)
    times = {name: action[name] for name in ("min", "initial", "max") if isinstance(action.get(name), str)}
    wrong = [name for name, value in times.items() if not _is_time(mode, value)]
    yield from (Problem(f"must be a {mode} between {first} and {last}", f"{where}.{name}") for name in wrong)
    if wrong:
        return
    least, most = (times.get("min", first).lower(), times.get("max", last).lower())
    if least >= most:
        yield Problem("must be earlier than max", f"{where}.min")
    elif not least <= times.get("initial", least).lower() <= most:
        yield Problem("must be between min and max", f"{where}.initial")


def _is_time(mode: str, value: str) -> bool:
    patterns = {"date": r"\d{4}-\d\d-\d\d", "time": r"\d\d:\d\d", "datetime": r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d"}
    readers = {"date": date.fromisoformat, "time": time.fromisoformat, "datetime": datetime.fromisoformat}
    if not re.fullmatch(patterns[mode], value):
        return False
    try:
        readers[mode](value)
    except ValueError:
        return False
    first, last = _DATE_RANGE.get(mode, _DATETIME_RANGE)
    return first <= value.upper() <= last


def _check_clipboard(action: Mapping[str, Any], where: str) -> Problems:
    yield from units_within(action.get("clipboardText"), CLIPBOARD, f"{where}.clipboardText")


def _check_switch(action: Mapping[str, Any], where: str) -> Problems:
    yield from _required(action, "richMenuAliasId", where)
    yield from _required(action, "data", where)
    yield from units_within(action.get("data"), POSTBACK_DATA, f"{where}.data", least=0)


def _required(action: Mapping[str, Any], name: str, where: str) -> Problems:
    if action.get(name) is None:
        yield Problem("must be specified", f"{where}.{name}")


_CHECKS = {
    "postback": _check_postback,
    "message": _check_message,
    "uri": _check_uri,
    "datetimepicker": _check_picker,
    "clipboard": _check_clipboard,
    "richmenuswitch": _check_switch,
}
