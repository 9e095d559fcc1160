"""The neutral replies that a flow returns: what is said, by key, and what can be tapped.

They know nothing of LINE. A tap carries its meaning (an action and arguments); the engine gives each an
opaque id before it leaves, so that no meaning ever travels to the patron's phone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"

LINK_URL = "{link-url}"
"""Stands in an `OpenPage` for the address of the sign-in page: its one-time token is asked of LINE
only when the message is about to be sent."""

CARD_URL = "{card-url:"
"""Begins, in an `OpenPage`, what stands for the address of a card's page: then the link's id and `}`. Its key is
made only when the message is about to be sent."""


WISH: Final = "wish"
"""The action of a tap that begins something: an intent with slots, as if it had been said."""


class Style(StrEnum):
    """How a button looks."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    LINK = "link"


class Tone(StrEnum):
    """How a row of a card reads at a glance."""

    PLAIN = "plain"
    GOOD = "good"
    SOON = "soon"
    """Needs attention before long: due in a few days."""
    WARNING = "warning"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Tap:
    """A button answered by the bot. `spoken` appears in the chat as the patron's own words."""

    label: str
    action: str
    args: Mapping[str, Json] = field(default_factory=dict)
    spoken: str = ""
    """Empty: the label."""
    style: Style = Style.SECONDARY


@dataclass(frozen=True, slots=True)
class Dial:
    """A button that dials a phone number."""

    label: str
    phone: str
    style: Style = Style.LINK


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A button that opens a page; `url` may be `LINK_URL`, or begin with `CARD_URL`."""

    label: str
    url: str
    style: Style = Style.LINK


Button: TypeAlias = Tap | Dial | OpenPage


@dataclass(frozen=True, slots=True)
class Text:
    """A plain message."""

    key: str
    """Of the wording it was made from; tests check keys and values, not prose."""
    text: str
    quick: tuple[Tap, ...] = ()
    """Extras that vanish when any message arrives; never the only way."""
    values: Mapping[str, Json] = field(default_factory=dict)
    works: Mapping[str, str] = field(default_factory=dict)
    """How works that it names in 『』 are read: their names, as they stand there, with the catalogue's kana."""
    variant: int = 0
    """Which of several wordings of the key it is, so that the same sentence is not said twice in a row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a card: a small label and its value; no label: the value alone."""

    value: str
    label: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Card:
    """One bubble: a heading, rows, buttons."""

    title: str
    rows: tuple[Row, ...] = ()
    buttons: tuple[Button, ...] = ()
    badge: str = ""
    """A short mark at the head (延長済, 準備ができました)."""
    badge_tone: Tone = Tone.PLAIN
    number: int = 0
    """Shown at the head so that 「2番」 works, from 1; 0: none."""
    title_kana: str = ""
    """How the title is read, where it is a work's; for those who asked for readings."""


@dataclass(frozen=True, slots=True)
class Cards:
    """A message of one or more cards (at most 10 a page)."""

    key: str
    alt: str
    """What a locked screen shows: never a title (see the design's discretion)."""
    cards: tuple[Card, ...]
    quick: tuple[Tap, ...] = ()
    values: Mapping[str, Json] = field(default_factory=dict)
    works: Mapping[str, str] = field(default_factory=dict)
    """How works that it names in 『』 are read, as in a `Text`; a card's own heading says it by `title_kana`."""


Reply: TypeAlias = Text | Cards
