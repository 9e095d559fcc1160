"""A problem of a request, and the few sentences in which LINE says it."""

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeAlias

from simulator.limits.counting import graphemes, utf16_units

Object: TypeAlias = dict[str, Any]


class Problem(NamedTuple):
    """One entry of an error's `details`."""

    message: str
    property: str
    """Where: `messages[0].contents.body.contents[2].text`."""


Problems: TypeAlias = Iterable[Problem]


def units_within(text: object, most: int, where: str, least: int = 1) -> Problems:
    """A text of `least` to `most` UTF-16 code units; what is no text is the shape's matter."""
    return _within(text, utf16_units, most, where, least)


def graphemes_within(text: object, most: int, where: str, least: int = 1) -> Problems:
    """A text of `least` to `most` characters as a reader counts them."""
    return _within(text, graphemes, most, where, least)


def count_within(items: object, most: int, where: str, least: int = 1) -> Problems:
    """A list of `least` to `most` items."""
    if isinstance(items, list) and not least <= len(items) <= most:
        yield Problem(f"Size must be between {least} and {most}", where)


def _within(text: object, count: Any, most: int, where: str, least: int) -> Problems:
    if not isinstance(text, str):
        return
    if least and not text:
        yield Problem("May not be empty", where)
    elif not least <= count(text) <= most:
        yield Problem(f"Length must be between {least} and {most}", where)
