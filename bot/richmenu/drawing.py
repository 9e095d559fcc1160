"""Draws the menus' pictures. Needs Pillow and Noto Sans CJK (SIL Open Font License): only where pictures are made."""

from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from bot.richmenu.icons import ICONS, Dot, Ring, Stroke
from bot.richmenu.layout import HEIGHT, WIDTH, Box, Menu, Place, Tab

FONTS: Final = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"),
    Path("/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc"),
)
LABEL_SIZES: Final = (148, 128, 112)
"""Pixels of the characters of a label; the smallest is 17 pixels high on a phone that is 390 wide."""
TAB_SIZE: Final = 118
WHITE: Final = "#FFFFFF"

_COLOURS = 64
_FINER: Final = 2
"""Drawn larger by this and made smaller, so that edges are smooth."""
_GAP = 14
_ROUND = 44
_ICON = 250
_STROKE = 2.0
"""Width of a stroke, on the icons' field of 24."""
_JAPANESE = 0
"""Index of the Japanese face in the collection."""


class FontMissing(Exception):
    """No Noto Sans CJK on this machine; the text says how to get it."""


def draw(menu: Menu) -> bytes:
    """The PNG of a menu, the same bytes' content for the same menu. Raises FontMissing."""
    canvas = _Canvas(menu.main, menu.paper)
    for tab in menu.tabs:
        canvas.tab(tab)
    for place in menu.places:
        canvas.place(place)
    return canvas.png()


def has_font() -> bool:
    """Whether pictures can be drawn here."""
    return any(font.is_file() for font in FONTS)


def _font(size: int) -> ImageFont.FreeTypeFont:
    for file in FONTS:
        if file.is_file():
            return ImageFont.truetype(str(file), size * _FINER, index=_JAPANESE)
    raise FontMissing("Noto Sans CJK is missing: apt-get install fonts-noto-cjk")


class _Canvas:
    """A picture being drawn; all measures in pixels of the picture that comes out."""

    def __init__(self, main: str, paper: str) -> None:
        self._main = main
        self._image = Image.new("RGB", (WIDTH * _FINER, HEIGHT * _FINER), paper)
        self._draw = ImageDraw.Draw(self._image)

    def png(self) -> bytes:
        """The picture, in few colours: small enough for LINE."""
        small = self._image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        buffer = BytesIO()
        small.quantize(_COLOURS, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
        return buffer.getvalue()

    def tab(self, tab: Tab) -> None:
        """A tab; the one in front is dark and joined to nothing else, so that it is told by more than colour."""
        self._rounded(tab.box, self._main if tab.is_front else WHITE)
        ink = WHITE if tab.is_front else self._main
        middle = (tab.box.x + tab.box.width / 2, tab.box.y + tab.box.height / 2)
        self._text(middle, tab.label, TAB_SIZE, ink, "mm")
        if tab.is_front:
            width = self._width(tab.label, TAB_SIZE)
            self._line(
                (middle[0] - width / 2, middle[1] + 84), (middle[0] + width / 2, middle[1] + 84), 14, ink
            )

    def place(self, place: Place) -> None:
        """An icon, and its label to the right."""
        self._rounded(place.box, self._main if place.is_first else WHITE)
        ink = WHITE if place.is_first else self._main
        box = place.box
        self._icon(place.icon, box.x + 74, box.y + (box.height - _ICON) / 2, ink)
        left = box.x + 74 + _ICON + 62
        lines, size = self._fitted(place.label, box.x + box.width - left - 50)
        top = box.y + box.height / 2 - size * 1.22 * (len(lines) - 1) / 2
        for at, line in enumerate(lines):
            self._text((left, top + at * size * 1.22), line, size, ink, "lm")

    def _fitted(self, label: str, room: float) -> tuple[list[str], int]:
        """The label in one line where it fits, else broken where it may be; as large as it can be."""
        whole, largest = label.replace("|", ""), LABEL_SIZES[0]
        for lines in ([whole], label.split("|")):
            if all(self._width(line, largest) <= room for line in lines):
                return lines, largest
        for size in LABEL_SIZES[1:]:
            if all(self._width(line, size) <= room for line in label.split("|")):
                return label.split("|"), size
        raise ValueError(f"the label {whole} is too long")

    def _width(self, text: str, size: int) -> float:
        return self._draw.textlength(text, font=_font(size)) / _FINER

    def _text(self, at: tuple[float, float], text: str, size: int, ink: str, anchor: str) -> None:
        self._draw.text((at[0] * _FINER, at[1] * _FINER), text, ink, _font(size), anchor)

    def _rounded(self, box: Box, fill: str) -> None:
        left, top = (box.x + _GAP) * _FINER, (box.y + _GAP) * _FINER
        right, bottom = (box.x + box.width - _GAP) * _FINER, (box.y + box.height - _GAP) * _FINER
        self._draw.rounded_rectangle(
            (left, top, right, bottom), _ROUND * _FINER, fill, self._main, 6 * _FINER
        )

    def _line(self, begin: tuple[float, float], end: tuple[float, float], width: float, ink: str) -> None:
        points = [(begin[0] * _FINER, begin[1] * _FINER), (end[0] * _FINER, end[1] * _FINER)]
        self._draw.line(points, ink, round(width * _FINER))

    def _icon(self, name: str, left: float, top: float, ink: str) -> None:
        unit = _ICON / 24 * _FINER
        x0, y0, width = left * _FINER, top * _FINER, _STROKE * unit
        for part in ICONS[name]:
            match part:
                case Stroke(points):
                    placed = [(x0 + x * unit, y0 + y * unit) for x, y in points]
                    self._draw.line(placed, ink, round(width))
                    for x, y in placed:
                        self._disc(x, y, width / 2, ink)
                case Ring(x, y, radius, begin, end):
                    outer = radius * unit + width / 2
                    middle = (x0 + x * unit, y0 + y * unit)
                    around = (middle[0] - outer, middle[1] - outer, middle[0] + outer, middle[1] + outer)
                    self._draw.arc(around, begin, end, ink, round(width))
                case Dot(x, y, radius):
                    self._disc(x0 + x * unit, y0 + y * unit, radius * unit, ink)

    def _disc(self, x: float, y: float, radius: float, ink: str) -> None:
        self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), ink)
