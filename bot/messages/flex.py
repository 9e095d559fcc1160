"""One card as a Flex bubble: large type, calm, one clear order of things.

Values in, LINE's JSON out. Which cards and buttons there are is the flow's matter; the pages of a message
and its alternative text are `layout`'s.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from bot.messages.limits import BUTTON_LABEL, CARD_TITLE, CARD_VALUE, DISPLAY_TEXT, QUICK_LABEL, clean, cut
from bot.messages.replies import Button, Card, Dial, OpenPage, Row, Style, Tap, Tone

Object: TypeAlias = dict[str, Any]
TapId: TypeAlias = Callable[[Tap], str]
"""Gives a tap the opaque id that travels in its place."""

WHITE: Final = "#FFFFFF"
INK: Final = "#1B2730"
GREEN: Final = "#06603A"
BLUE: Final = "#0A4A84"
GREY_BUTTON: Final = "#E3E8EC"
RULE: Final = "#DDE3E8"

TONES: Final = {
    Tone.PLAIN: INK,
    Tone.GOOD: GREEN,
    Tone.SOON: "#7A3E00",
    Tone.WARNING: "#A3121F",
    Tone.QUIET: "#47545F",
}
"""On white each has a contrast of 7 or more; tests compute it."""

TINTS: Final = {
    Tone.PLAIN: "#EEF2F5",
    Tone.GOOD: "#E9F7F0",
    Tone.SOON: "#FFF6E6",
    Tone.WARNING: "#FDF0F0",
    Tone.QUIET: "#EEF2F5",
}
"""Behind a badge in the colour of its tone."""

_BUTTON_COLOURS = {Style.PRIMARY: GREEN, Style.SECONDARY: GREY_BUTTON, Style.LINK: BLUE}


def bubble(card: Card, tap_id: TapId) -> Object:
    """A card as a bubble of LINE's `mega` size."""
    body = [*_head(card), _text(cut(clean(card.title), CARD_TITLE * 2), size="lg", weight="bold")]
    if card.rows:
        body.append({"type": "separator", "color": RULE, "margin": "lg"})
        body.append(_column([_row(row) for row in card.rows], margin="lg"))
    made: Object = {"type": "bubble", "size": "mega", "body": _column(body, paddingAll="20px")}
    if card.buttons:
        made["footer"] = _column(
            [button(item, tap_id) for item in card.buttons],
            paddingStart="16px",
            paddingEnd="16px",
            paddingBottom="16px",
        )
    return made


def button(item: Button, tap_id: TapId) -> Object:
    """A button of a bubble, high enough for any finger."""
    return {
        "type": "button",
        "style": item.style.value,
        "color": _BUTTON_COLOURS[item.style],
        "height": "md",
        "adjustMode": "shrink-to-fit",
        "action": action(item, tap_id, BUTTON_LABEL),
    }


def quick_item(tap: Tap, tap_id: TapId) -> Object:
    """A quick reply; it vanishes when any message arrives."""
    return {"type": "action", "action": action(tap, tap_id, QUICK_LABEL)}


def action(item: Button, tap_id: TapId, longest_label: int) -> Object:
    """What LINE does when it is tapped: nothing but an opaque id, a number or an address travels."""
    label = cut(clean(item.label), longest_label)
    if isinstance(item, Dial):
        return {"type": "uri", "label": label, "uri": f"tel:{item.phone}"}
    if isinstance(item, OpenPage):
        return {"type": "uri", "label": label, "uri": item.url}
    spoken = cut(clean(item.spoken or item.label), DISPLAY_TEXT)
    return {"type": "postback", "label": label, "data": tap_id(item), "displayText": spoken}


def _head(card: Card) -> list[Object]:
    """The number and the short mark above the heading."""
    chips = []
    if card.number:
        chips.append(_chip(str(card.number), WHITE, GREEN))
    if card.badge:
        chips.append(_chip(card.badge, TONES[card.badge_tone], TINTS[card.badge_tone]))
    if not chips:
        return []
    return [
        {"type": "box", "layout": "horizontal", "spacing": "sm", "contents": [*chips, {"type": "filler"}]}
    ]


def _chip(text: str, colour: str, ground: str) -> Object:
    return {
        "type": "box",
        "layout": "vertical",
        "flex": 0,
        "backgroundColor": ground,
        "cornerRadius": "md",
        "paddingStart": "10px",
        "paddingEnd": "10px",
        "paddingTop": "4px",
        "paddingBottom": "4px",
        "contents": [_text(clean(text), size="md", weight="bold", color=colour, wrap=False)],
    }


def _row(row: Row) -> Object:
    value = _text(
        cut(clean(row.value), CARD_VALUE),
        color=TONES[row.tone],
        weight="regular" if row.tone in {Tone.PLAIN, Tone.QUIET} else "bold",
    )
    if not row.label:
        return value
    label = _text(clean(row.label), size="sm", color=TONES[Tone.QUIET], flex=3)
    return {"type": "box", "layout": "baseline", "spacing": "md", "contents": [label, {**value, "flex": 7}]}


def _column(contents: list[Object], **more: str) -> Object:
    return {"type": "box", "layout": "vertical", "spacing": "md", "contents": contents, **more}


def _text(text: str, **more: Any) -> Object:
    return {"type": "text", "text": text, "size": "md", "color": INK, "wrap": True, **more}
