"""What an announcement says and shows, and the LINE messages that it becomes."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from bot.messages.flex import BLUE, GREEN, INK, RULE, TONES, WHITE, Object
from bot.messages.limits import ALT_TEXT_UNITS, URI, clean, cut_units, units
from bot.messages.replies import Tone
from bot.messages.wording import Wording

LONGEST_HEADING: Final = 60
LONGEST_TEXT: Final = 1_000
LONGEST_LABEL: Final = 20
"""Characters; a button's label stays on one line."""

_ADDRESS: Final = re.compile(r"https://[!-~]+")


class Layout(StrEnum):
    """How it looks: plain text, or a card with a band in its colour."""

    TEXT = "text"
    CLOSURE = "closure"
    EVENT = "event"
    NEW_BOOKS = "new_books"
    URGENT = "urgent"


BANDS: Final = {
    Layout.TEXT: INK,
    Layout.CLOSURE: TONES[Tone.SOON],
    Layout.EVENT: BLUE,
    Layout.NEW_BOOKS: GREEN,
    Layout.URGENT: TONES[Tone.WARNING],
}
"""White on each has a contrast of 7 or more."""


@dataclass(frozen=True, slots=True)
class Content:
    """What staff wrote."""

    layout: Layout
    heading: str
    text: str
    link_label: str = ""
    link_url: str = ""


class Flaw(StrEnum):
    """What is wrong with a content: `<field>_<what>`."""

    HEADING_MISSING = "heading_missing"
    HEADING_LONG = "heading_long"
    TEXT_MISSING = "text_missing"
    TEXT_LONG = "text_long"
    LINK_LABEL_MISSING = "link_label_missing"
    LINK_LABEL_LONG = "link_label_long"
    LINK_URL_MISSING = "link_url_missing"
    LINK_URL_WRONG = "link_url_wrong"

    @property
    def field(self) -> str:
        """Of the form."""
        return self.value.rpartition("_")[0]


def flaws(content: Content) -> tuple[Flaw, ...]:
    """Everything that must be mended before it can be sent."""
    has_heading = bool(content.heading.strip())
    checks = (
        (Flaw.HEADING_MISSING, not has_heading),
        (Flaw.HEADING_LONG, len(content.heading) > LONGEST_HEADING),
        (Flaw.TEXT_MISSING, not content.text.strip()),
        (Flaw.TEXT_LONG, units(content.text) > LONGEST_TEXT),
        (Flaw.LINK_LABEL_MISSING, bool(content.link_url) and not content.link_label),
        (Flaw.LINK_LABEL_LONG, len(content.link_label) > LONGEST_LABEL),
        (Flaw.LINK_URL_MISSING, bool(content.link_label) and not content.link_url),
        (Flaw.LINK_URL_WRONG, bool(content.link_url) and not _is_address(content.link_url)),
    )
    return tuple(flaw for flaw, is_so in checks if is_so)


def messages(content: Content, say: Wording, *, link: str = "", picture: str = "") -> tuple[Object, ...]:
    """The LINE messages. `link`, `picture`: the addresses by which the link and the picture go out."""
    if content.layout is Layout.TEXT and not link and not picture:
        text = say.text("announcements.text", heading=content.heading, text=content.text)
        return ({"type": "text", "text": text},)
    alt = say.text("announcements.alt", heading=content.heading)
    return (
        {
            "type": "flex",
            "altText": cut_units(clean(alt), ALT_TEXT_UNITS),
            "contents": _bubble(content, say, link, picture),
        },
    )


def _bubble(content: Content, say: Wording, link: str, picture: str) -> Object:
    made: Object = {
        "type": "bubble",
        "size": "mega",
        "header": _box(
            [_text(say.text(f"announcements.band.{content.layout.value}"), WHITE, size="sm", weight="bold")],
            backgroundColor=BANDS[content.layout],
            paddingAll="12px",
        ),
        "body": _box(
            [
                _text(content.heading, INK, size="lg", weight="bold"),
                {"type": "separator", "color": RULE, "margin": "lg"},
                _text(content.text, INK, size="md", margin="lg"),
                _text(say.text("announcements.stop"), TONES[Tone.QUIET], size="xs", margin="xl"),
            ],
            paddingAll="20px",
        ),
    }
    if picture:
        made["hero"] = {
            "type": "image",
            "url": picture,
            "size": "full",
            "aspectRatio": "3:2",
            "aspectMode": "fit",
        }
    if link:
        action = {"type": "uri", "label": content.link_label, "uri": link}
        button = {"type": "button", "style": "primary", "color": GREEN, "height": "md", "action": action}
        made["footer"] = _box([button], paddingAll="16px")
    return made


def _box(contents: list[Object], **more: str) -> Object:
    return {"type": "box", "layout": "vertical", "contents": contents, **more}


def _text(text: str, colour: str, **more: str) -> Object:
    return {"type": "text", "text": text, "wrap": True, "color": colour, **more}


def _is_address(url: str) -> bool:
    """Whether it is a page's address as LINE takes it, and one in which nothing hides where it leads."""
    if not _ADDRESS.fullmatch(url) or len(url) > URI:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and "." in (parts.hostname or "") and "@" not in parts.netloc
