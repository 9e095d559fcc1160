"""A card number as bars, or as a QR code. The symbologies are python-barcode's and segno's; only where the bars
stand is worked out here.

Their own SVG writers are not used: they put style attributes into the picture, which our pages forbid.
"""

from dataclasses import dataclass
from itertools import groupby

import segno
from barcode.codabar import CODABAR
from barcode.codex import Code39, Code128
from barcode.errors import BarcodeError

from bot.policies import CardPage

HEIGHT = 60
"""Of the bars, in modules: a barcode is easier to hit when it is high."""

_QR_QUIET = 4
"""Empty modules on each side of a QR code, by its standard."""

_QUIET = {"codabar": 24, "code39": 12, "code128": 12}
"""Empty modules left and right: ten times the narrow bar at least, which is 2 modules wide in a codabar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One dark rectangle, in modules from the left and upper edge."""

    x: int
    width: int
    y: int = 0
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class Picture:
    """A barcode to be drawn."""

    bars: tuple[Bar, ...]
    width: int
    """With the empty parts left and right."""
    height: int = HEIGHT

    @property
    def is_square(self) -> bool:
        """A QR code: as wide as it is high, and stretched in neither way."""
        return self.width == self.height


def picture_of(card_number: str, printed: CardPage) -> Picture | None:
    """The barcode of a card as the library prints it; None for a number that this kind of code can't hold."""
    if printed.barcode == "qr":
        return _qr(card_number)
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


def _qr(card_number: str) -> Picture:
    """Level M: a screen is neither torn nor soiled."""
    rows = [list(row) for row in segno.make_qr(card_number, error="m").matrix]
    bars = []
    for y, row in enumerate(rows):
        at = _QR_QUIET
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                bars.append(Bar(at, length, y + _QR_QUIET, 1))
            at += length
    side = len(rows) + 2 * _QR_QUIET
    return Picture(tuple(bars), side, side)


def _modules(card_number: str, printed: CardPage) -> str:
    """`1` for dark and `0` for light, from left to right."""
    match printed.barcode:
        case "codabar":
            [modules] = CODABAR(f"{printed.start}{card_number}{printed.stop}").build()
        case "code39":
            [modules] = Code39(card_number, add_checksum=False).build()
        case "code128":
            [modules] = Code128(card_number).build()
        case "qr":
            raise ValueError("a QR code has no bars")
    return str(modules)
