"""The icons of the menus, drawn by ourselves as strokes on a field of 24 by 24. Only for drawing: needs no Pillow.

A stroke is a line through points; a ring is a circle's outline (or a part of it); a dot is filled.
"""

from dataclasses import dataclass
from typing import Final

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through these points, with round ends."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle around (x, y), from one angle to another: degrees, clockwise from the right."""

    x: float
    y: float
    radius: float
    begin: float = 0
    end: float = 360


@dataclass(frozen=True, slots=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius: float


Icon = tuple[Stroke | Ring | Dot, ...]


def _line(*points: Point) -> Stroke:
    return Stroke(points)


def _box(left: float, top: float, right: float, bottom: float) -> Stroke:
    return Stroke(((left, top), (right, top), (right, bottom), (left, bottom), (left, top)))


ICONS: Final[dict[str, Icon]] = {
    "card": (
        _box(2.5, 5, 21.5, 19),
        *(_line((x, 13), (x, 16)) for x in (6, 8.5, 12, 14, 18)),
        _line((6, 9), (13, 9)),
    ),
    "search": (Ring(10, 10, 6.5), _line((15, 15), (21, 21))),
    "calendar": (
        _box(3, 5, 21, 21),
        _line((3, 10), (21, 10)),
        _line((8, 3), (8, 6.5)),
        _line((16, 3), (16, 6.5)),
        *(Dot(x, y, 1.1) for y in (13.5, 17.5) for x in (7.5, 12, 16.5)),
    ),
    "pin": (
        Ring(12, 9.5, 6.5, 150, 390),
        _line((6.4, 12.8), (12, 21.5), (17.6, 12.8)),
        Dot(12, 9.5, 2.2),
    ),
    "new": (
        _line((12, 7), (12, 21), (3, 19), (3, 8), (12, 10), (21, 8), (21, 19), (12, 21)),
        _line((12, 1.8), (12, 4.6)),
        _line((6.5, 3), (7.8, 5.2)),
        _line((17.5, 3), (16.2, 5.2)),
    ),
    "question": (
        Ring(12, 12, 9.5),
        Ring(12, 9.6, 2.9, 180, 405),
        _line((14, 11.7), (12, 13.6), (12, 14.6)),
        Dot(12, 17.6, 1.2),
    ),
    "books": (
        _box(3, 4, 7.5, 20.5),
        _box(7.5, 4, 12, 20.5),
        _line((13.2, 5), (17.2, 3.8), (21.6, 19), (17.6, 20.3), (13.2, 5)),
    ),
    "extend": (
        Ring(12, 12, 9, -60, 240),
        _line((12, 7), (12, 12.5), (15.5, 14.5)),
        _line((5, 2.6), (7.6, 4.3), (5.8, 7)),
    ),
    "bookmark": (_line((6, 2.5), (18, 2.5), (18, 21.5), (12, 16.5), (6, 21.5), (6, 2.5)),),
    "list": (
        *(Dot(4.5, y, 1.4) for y in (6, 12, 18)),
        *(_line((9, y), (21, y)) for y in (6, 12, 18)),
    ),
    "cross": (Ring(12, 12, 9.5), _line((8.3, 8.3), (15.7, 15.7)), _line((15.7, 8.3), (8.3, 15.7))),
    "tablet": (
        _box(5, 2.5, 19, 21.5),
        _line((8.5, 7), (15.5, 7)),
        _line((8.5, 11), (15.5, 11)),
        Dot(12, 18, 1.2),
    ),
    "rules": (
        _line((5, 2.5), (15, 2.5), (19, 6.5), (19, 21.5), (5, 21.5), (5, 2.5)),
        *(_line((8.5, y), (15.5, y)) for y in (9, 13, 17)),
    ),
    "speech": (
        _line((3, 4), (21, 4), (21, 16), (12, 16), (7, 21), (7, 16), (3, 16), (3, 4)),
        *(Dot(x, 10, 1.2) for x in (8, 12, 16)),
    ),
    "swap": (
        _line((3, 8), (20, 8)),
        _line((16, 4), (20.5, 8), (16, 12)),
        _line((21, 17), (4, 17)),
        _line((8, 13), (3.5, 17), (8, 21)),
    ),
    "bell": (
        Ring(12, 10, 6, 180, 360),
        _line((6, 10), (6, 15), (4, 18), (20, 18), (18, 15), (18, 10)),
        _line((12, 2), (12, 4)),
        Ring(12, 19, 2.4, 20, 160),
    ),
    "star": (
        _line(
            (12, 2.5),
            (14.9, 8.9),
            (21.8, 9.6),
            (16.6, 14.2),
            (18.1, 21),
            (12, 17.5),
            (5.9, 21),
            (7.4, 14.2),
            (2.2, 9.6),
            (9.1, 8.9),
            (12, 2.5),
        ),
    ),
    "unlink": (
        _line((10, 7), (5.5, 7), (2.5, 10), (2.5, 14), (5.5, 17), (10, 17)),
        _line((14, 7), (18.5, 7), (21.5, 10), (21.5, 14), (18.5, 17), (14, 17)),
        _line((9, 21), (15, 3)),
    ),
}
