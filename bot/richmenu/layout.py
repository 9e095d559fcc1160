"""The menus of a library: what `menus.toml` says, placed in the picture, in LINE's form.

Six places stand in two columns, large enough for old eyes and thumbs; above a patron's, the tabs.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.resources import files
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from bot.policies import Policy
from bot.policies.section import Filled, Section

WIDTH: Final = 2500
HEIGHT: Final = 1686
"""Pixels of the largest picture LINE takes."""
TABS_HEIGHT: Final = 268
COLUMNS: Final = 2
ALIAS_PREFIX: Final = "madoguchi-"
NAME_PREFIX: Final = "madoguchi:"
"""What the names of our menus and aliases at LINE begin with; others are somebody else's."""
TAP_PREFIX: Final = "menu:"
"""What the data of our taps begin with; after it stands the name of an intent. `bot.dialogue` reads it."""
PATRONS_FIRST: Final = "loans"
"""The patron's menu that is shown at first."""
GUESTS: Final = "guest"

_DRAWING: Final = 1
"""Grows when `drawing` draws the same data otherwise."""


class _Place(Section):
    label: Filled
    says: Filled
    begins: Filled
    icon: Filled
    first: bool = False


class _Menu(Section):
    key: Annotated[str, Field(pattern=r"^[a-z]{1,20}$")]
    whose: Annotated[Literal["guests", "patrons"], Field(alias="for")]
    tab: str = ""
    places: Annotated[tuple[_Place, ...], Field(alias="place", min_length=6, max_length=6, strict=False)]


class _Menus(Section):
    bar: Annotated[str, Field(min_length=1, max_length=14)]
    menus: Annotated[tuple[_Menu, ...], Field(alias="menu", min_length=1, strict=False)]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the picture, in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab as one menu shows it."""

    box: Box
    label: str
    key: str
    """Of the menu it leads to."""
    is_front: bool


@dataclass(frozen=True, slots=True)
class Place:
    """What can be tapped."""

    box: Box
    label: str
    """With `|` where the line may be broken."""
    says: str
    begins: str
    icon: str
    is_first: bool


@dataclass(frozen=True)
class Menu:
    """One menu of a library."""

    key: str
    bar: str
    main: str
    paper: str
    tabs: tuple[Tab, ...]
    places: tuple[Place, ...]

    @property
    def alias(self) -> str:
        """Its name for the tabs that lead to it."""
        return f"{ALIAS_PREFIX}{self.key}"

    @property
    def name(self) -> str:
        """Its name at LINE: another content is another name."""
        return f"{NAME_PREFIX}{self.key}:{self.digest}"

    @cached_property
    def picture_file(self) -> str:
        """The name of its picture, which is another one for all that would be drawn otherwise."""
        drawn = [
            _DRAWING,
            self.main,
            self.paper,
            [[asdict(tab.box), tab.label, tab.is_front] for tab in self.tabs],
            [[asdict(place.box), place.label, place.icon, place.is_first] for place in self.places],
        ]
        return f"{self.key}-{_digest(drawn)}.png"

    @cached_property
    def digest(self) -> str:
        """Of everything LINE is given."""
        return _digest([self._body(""), self.picture_file])

    def body(self) -> dict[str, Any]:
        """The rich menu object of LINE's API."""
        return self._body(self.name)

    def _body(self, name: str) -> dict[str, Any]:
        areas = [_area(tab.box, _switch(tab)) for tab in self.tabs if not tab.is_front]
        areas += [_area(place.box, _tap(place)) for place in self.places]
        return {
            "size": {"width": WIDTH, "height": HEIGHT},
            "selected": True,
            "name": name,
            "chatBarText": self.bar,
            "areas": areas,
        }


def menus_of(policy: Policy) -> tuple[Menu, ...]:
    """All menus of a library, in the order of the file."""
    raw = tomllib.loads(files("bot.richmenu").joinpath("menus.toml").read_text(encoding="utf-8"))
    read = _Menus.model_validate(raw)
    with_tabs = [menu for menu in read.menus if menu.tab]
    return tuple(_menu(menu, read.bar, with_tabs if menu.tab else [], policy) for menu in read.menus)


def _menu(menu: _Menu, bar: str, with_tabs: list[_Menu], policy: Policy) -> Menu:
    tabs = tuple(
        Tab(box, each.tab, each.key, each is menu)
        for each, box in zip(with_tabs, _row(len(with_tabs)), strict=True)
    )
    places = tuple(
        Place(
            box=box,
            label=place.label.format(w=policy.words),
            says=place.says.format(w=policy.words),
            begins=place.begins,
            icon=place.icon,
            is_first=place.first,
        )
        for place, box in zip(menu.places, _grid(len(menu.places), TABS_HEIGHT if tabs else 0), strict=True)
    )
    return Menu(menu.key, bar, policy.menu.main, policy.menu.paper, tabs, places)


def _row(count: int) -> list[Box]:
    edges = [round(WIDTH * at / max(count, 1)) for at in range(count + 1)]
    return [Box(edges[at], 0, edges[at + 1] - edges[at], TABS_HEIGHT) for at in range(count)]


def _grid(count: int, top: int) -> list[Box]:
    rows = -(-count // COLUMNS)
    across = [round(WIDTH * at / COLUMNS) for at in range(COLUMNS + 1)]
    down = [top + round((HEIGHT - top) * at / rows) for at in range(rows + 1)]
    return [
        Box(across[x], down[y], across[x + 1] - across[x], down[y + 1] - down[y])
        for y in range(rows)
        for x in range(COLUMNS)
    ][:count]


def _area(box: Box, action: Mapping[str, str]) -> dict[str, Any]:
    return {"bounds": asdict(box), "action": dict(action)}


def _switch(tab: Tab) -> dict[str, str]:
    alias = f"{ALIAS_PREFIX}{tab.key}"
    return {"type": "richmenuswitch", "label": tab.label, "richMenuAliasId": alias, "data": f"tab:{tab.key}"}


def _tap(place: Place) -> dict[str, str]:
    label = place.label.replace("|", "")
    return {
        "type": "postback",
        "label": label,
        "data": f"{TAP_PREFIX}{place.begins}",
        "displayText": place.says,
    }


def _digest(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
