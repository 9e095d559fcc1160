"""What the calls of the control API are given: JSON of known shape, people, chats, contents."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from flask import abort, request

from simulator.contents import LARGEST, Content
from simulator.phone_messages import NotPossible
from simulator.platform import Platform
from simulator.state import Chat, Person
from simulator.texts import whole

OWN_CHAT = "me"
LONGEST_NAME = 20


def body() -> dict[str, Any]:
    """The request's JSON object. Raises NotPossible."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise NotPossible("the body must be a JSON object")
    made: dict[str, Any] = whole(given)
    return made


def object_in(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An object inside it. Raises NotPossible."""
    value = given.get(name)
    if not isinstance(value, dict):
        raise NotPossible(f"{name} must be an object")
    return value


def text_in(given: Mapping[str, Any], name: str) -> str:
    """A text inside it, empty where there is none. Raises NotPossible."""
    value = given.get(name, "")
    if not isinstance(value, str):
        raise NotPossible(f"{name} must be a text")
    return value.strip()


def content_in(given: Mapping[str, Any]) -> Content | None:
    """`content` in base64 and its `contentType`; None where there is none. Raises NotPossible."""
    if "content" not in given:
        return None
    try:
        data = base64.b64decode(text_in(given, "content"), validate=True)
    except (binascii.Error, ValueError):
        raise NotPossible("content must be base64") from None
    if not 0 < len(data) <= LARGEST:
        raise NotPossible(f"content has 1 to {LARGEST} bytes")
    kind = text_in(given, "contentType")
    if not kind.isascii() or not kind.isprintable() or "/" not in kind:
        raise NotPossible("contentType must be one such as image/png")
    return Content(data, kind)


def people_in(given: Mapping[str, Any], platform: Platform) -> list[Person]:
    """`users`, a list of people's numbers. Raises NotPossible."""
    numbers = given.get("users")
    if not isinstance(numbers, list) or not numbers or not all(type(number) is int for number in numbers):
        raise NotPossible("users must be a list of numbers")
    return [person_of(platform, number) for number in dict.fromkeys(numbers)]


def person_of(platform: Platform, number: int) -> Person:
    """The person with this number, else 404."""
    person = platform.state.person(number)
    if person is None:
        abort(404)
    return person


def chat_of(platform: Platform, person: Person, chat_id: str) -> Chat:
    """A chat in which the person is, else 404."""
    chat = platform.state.chats.get(person.user_id if chat_id == OWN_CHAT else chat_id)
    if chat is None or person.user_id not in chat.members:
        abort(404)
    return chat


def group_of(platform: Platform, chat_id: str) -> Chat:
    """A group or room, else 404."""
    chat = platform.state.chats.get(chat_id)
    if chat is None or not chat.is_group:
        abort(404)
    return chat
