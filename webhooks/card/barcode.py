"""A card number as bars. The symbologies are python-barcode's; only where the bars stand is worked out here.

Its own SVG writer is not used: it puts style attributes into the picture, which our pages forbid.
"""

from dataclasses import dataclass
from itertools import groupby

from barcode.codabar import CODABAR
from barcode.codex import Code39, Code128
from barcode.errors import BarcodeError

from bot.policies import CardPage

HEIGHT = 60
"""Of the bars, in modules: a barcode is easier to hit when it is high."""

_QUIET = {"codabar": 24, "code39": 12, "code128": 12}
"""Empty modules left and right: ten times the narrow bar at least, which is 2 modules wide in a codabar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in modules from the left edge."""

    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A barcode to be drawn."""

    bars: tuple[Bar, ...]
    width: int
    """With the empty parts left and right."""
    height: int = HEIGHT


def picture_of(card_number: str, printed: CardPage) -> Picture | None:
    """The barcode of a card as the library prints it; None for a number that this kind of code can't hold."""
    try:
        modules = _modules(card_number, printed)
    except (BarcodeError, KeyError, ValueError):
        return None
    quiet = _QUIET[printed.barcode]
    bars, at = [], quiet
    for dark, run in groupby(modules):
        length = len(list(run))
        if dark == "1":
            bars.append(Bar(at, length))
        at += length
    return Picture(tuple(bars), at + quiet)


def _modules(card_number: str, printed: CardPage) -> str:
    """`1` for dark and `0` for light, from left to right."""
    match printed.barcode:
        case "codabar":
            [modules] = CODABAR(f"{printed.start}{card_number}{printed.stop}").build()
        case "code39":
            [modules] = Code39(card_number, add_checksum=False).build()
        case "code128":
            [modules] = Code128(card_number).build()
    return str(modules)
