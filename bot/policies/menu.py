"""Colours of the rich menus: the `[menu]` of a policy."""

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from bot.policies.section import Section

Colour = Annotated[str, Field(pattern=r"^#[0-9A-F]{6}$")]
"""`#RRGGBB`, as the web writes it."""

LEAST_CONTRAST: Final = 7.0
"""WCAG 2.2, level AAA: legible also with eighty years of age."""


class MenuColours(Section):
    """Two colours of the library, on which everything in a menu is told from its ground."""

    main: Colour
    """Dark: the tab in front, icons, what is offered first. White stands on it, and it stands on `paper`."""
    paper: Colour
    """Light: the ground of everything else."""

    @model_validator(mode="after")
    def _is_legible(self) -> Self:
        for light in (self.paper, "#FFFFFF"):
            if contrast(self.main, light) < LEAST_CONTRAST:
                raise ValueError(
                    f"main on {light} has a contrast below {LEAST_CONTRAST:.0f}:1; make it darker"
                )
        return self


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21, as WCAG 2.2 reckons it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
