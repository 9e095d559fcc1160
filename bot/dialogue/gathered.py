"""Reads back, typed, what a flow has gathered: `Data` holds JSON, and a button may hand in anything.

What is not there, or is something else, is empty.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from bot.messages.replies import Json

Item: TypeAlias = Mapping[str, Any]
"""One work of a confirmation, as shown: its id, its title with its kana, what would become of it, and the reasons
against it."""


def texts_of(data: Mapping[str, Any], name: str) -> list[str]:
    """A list of texts, usually ids."""
    value = data.get(name)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def text_of(data: Mapping[str, Any], name: str) -> str:
    """One text."""
    value = data.get(name)
    return value if isinstance(value, str) else ""


def number_of(data: Mapping[str, Any], name: str) -> int:
    """A whole number, 0 at least."""
    value = data.get(name)
    return value if isinstance(value, int) and value > 0 else 0


def items_of(data: Mapping[str, Any], name: str) -> list[Item]:
    """A list of items."""
    value = data.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def works_of(items: Iterable[Item]) -> dict[str, str]:
    """How the works of a confirmation are read: their names with the catalogue's kana."""
    return {item["title"]: text_of(item, "kana") for item in items}


def slots_as_json(slots: Mapping[str, Any]) -> dict[str, Json]:
    """The slots of a reading as a state or a button can hold them."""
    return {name: list(value) if isinstance(value, list) else value for name, value in slots.items()}


def as_json(values: Iterable[Any]) -> list[Json]:
    """Texts or items as a list that a state or a button can hold."""
    return list(values)
