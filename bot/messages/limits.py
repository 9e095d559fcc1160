"""LINE's documented limits of message objects, and how things are counted and cut to fit them.

Source: LINE's reference (Message objects, Action objects, Text character count).
"""

import json
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

MESSAGES: Final = 5
"""Message objects in one call."""
TEXT_UNITS: Final = 5_000
"""UTF-16 code units of a text message."""
ALT_TEXT_UNITS: Final = 1_500
BUBBLE_BYTES: Final = 30_000
CAROUSEL_BYTES: Final = 50_000
CAROUSEL_BUBBLES: Final = 10
"""LINE allows 12; a page of a list has 10."""
BUTTON_LABEL: Final = 40
"""Grapheme clusters of a Flex button's label."""
QUICK_LABEL: Final = 20
DISPLAY_TEXT: Final = 300
POSTBACK_DATA: Final = 300
QUICK_ITEMS: Final = 13
URI: Final = 1_000

CARD_TITLE: Final = 80
"""Characters of a card's heading: ours, so that one long title doesn't fill the screen."""
CARD_VALUE: Final = 120
IN_SENTENCE: Final = 60
"""Characters of a title within a sentence."""

_ELLIPSIS = "…"
_JOINER = "\u200d"


def units(text: str) -> int:
    """UTF-16 code units, LINE's usual count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def json_bytes(value: Mapping[str, Any]) -> int:
    """The size of an object as it is sent."""
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def cut(text: str, longest: int) -> str:
    """`text` in at most `longest` characters (never fewer graphemes than that), marked where it was cut."""
    if len(text) <= longest:
        return text
    end = longest - len(_ELLIPSIS)
    while end > 0 and _belongs_to_previous(text, end):
        end -= 1
    return text[:end].rstrip() + _ELLIPSIS


def cut_units(text: str, longest: int) -> str:
    """`text` in at most `longest` UTF-16 code units."""
    if units(text) <= longest:
        return text
    kept = text[:longest]
    while units(kept) > longest - 1:
        kept = kept[:-1]
    return cut(kept, max(len(kept) - 1, 1)) if kept else _ELLIPSIS


def clean(text: str) -> str:
    """`text` without control and direction characters, for one line; never empty, which LINE refuses."""
    kept = "".join(" " if char in "\n\r\t" else char for char in text if not _is_unseen(char))
    return " ".join(kept.split(" ")).strip() or "－"


def split_text(text: str, longest: int = TEXT_UNITS) -> list[str]:
    """`text` in pieces that fit, cut at line ends where there are any."""
    pieces: list[str] = []
    rest = text
    while units(rest) > longest:
        piece = rest[:longest]
        while units(piece) > longest:
            piece = piece[: max(len(piece) - (units(piece) - longest), 1)]
        at = piece.rfind("\n")
        piece = piece[: at + 1] if at > 0 else piece
        pieces.append(piece.rstrip("\n"))
        rest = rest[len(piece) :]
    return [*pieces, rest] if rest else pieces


def _belongs_to_previous(text: str, at: int) -> bool:
    char, before = text[at], text[at - 1]
    return bool(unicodedata.combining(char)) or char == _JOINER or before == _JOINER or _is_selector(char)


def _is_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _is_unseen(char: str) -> bool:
    """Control and direction characters and broken halves; the joiner of emoji is none of them."""
    return char not in "\n\r\t" and char != _JOINER and unicodedata.category(char) in {"Cc", "Cf", "Cs"}
