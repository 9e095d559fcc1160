"""Puts the rich menus in place at LINE, and takes them away.

Every step looks at what is there and does what is missing, so that after a failure anywhere the same command goes on:
a menu's name holds a digest of its content, and with it whether it is the right one. What was in place stays there
until everybody has the new one. LINE takes 100 menus made and 100 removed an hour; a deployment makes four.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine

from bot.clock import Clock
from bot.jobs.rich_menu_links import MenuLinks
from bot.line.api import ListedMenu, RichMenuApi
from bot.richmenu import GUESTS, Menu, picture_of
from bot.richmenu.layout import ALIAS_PREFIX, NAME_PREFIX
from bot.storage.engine import reading, writing
from bot.storage.richmenus import Deployed, MenuChanges, RichMenus

MOST_REMOVED: Final = 50
"""Menus removed by one run; what is left is for the next one."""

Tell = Callable[[str], None]


class StillWaiting(Exception):
    """Some have not got the new menu yet; the text says how many and what to do."""


@dataclass(frozen=True, slots=True)
class MenuStatus:
    """How one menu stands."""

    key: str
    is_in_use: bool
    """This very content was put in place, as our database knows."""
    is_at_line: bool
    has_alias: bool
    is_default: bool


class RichMenuDeployment:
    """The menus of a library at LINE."""

    def __init__(
        self,
        engine: Engine,
        line: RichMenuApi,
        clock: Clock,
        menus: Sequence[Menu],
        tell: Tell = lambda _step: None,
    ) -> None:
        """`tell` hears of each step that was made, in a few words."""
        self._engine = engine
        self._line = line
        self._clock = clock
        self._menus = tuple(menus)
        self._tell = tell

    def deploy(self) -> None:
        """Put these menus in place of whatever of ours is there.

        Raises LineUnavailable, PictureMissing, StillWaiting: call it again, it goes on where it ended.
        """
        pictures = {menu.key: picture_of(menu) for menu in self._menus}
        listed = self._ours()
        ids = {menu.key: self._made(menu, pictures[menu.key], listed) for menu in self._menus}
        self._lead_aliases(ids)
        self._set_default(ids[GUESTS])
        self._take_into_use(ids)
        self._link_everybody()
        self._remove_others(set(ids.values()))

    def remove(self) -> None:
        """Take all menus of ours away; LINE then shows none. Raises LineUnavailable: call it again."""
        listed = self._ours()
        if self._line.default_menu() in {menu.rich_menu_id for menu in listed}:
            self._line.set_default_menu("")
            self._tell("default cleared")
        with writing(self._engine) as session:
            RichMenus(session, self._clock).set_deployed(())
            MenuChanges(session, self._clock).forget_all()
        self._remove_others(set(), keep_aliases=False)

    def status(self) -> tuple[MenuStatus, ...]:
        """How each menu stands. Raises LineUnavailable."""
        at_line = {menu.name: menu.rich_menu_id for menu in self._ours()}
        aliases, default = self._line.aliases(), self._line.default_menu()
        with reading(self._engine) as session:
            deployed = RichMenus(session, self._clock).deployed()
        return tuple(
            MenuStatus(
                menu.key,
                is_in_use=menu.key in deployed and deployed[menu.key].digest == menu.digest,
                is_at_line=(found := at_line.get(menu.name, "")) != "",
                has_alias=found != "" and aliases.get(menu.alias) == found,
                is_default=found != "" and default == found,
            )
            for menu in self._menus
        )

    def waiting(self) -> int:
        """How many wait for their menu."""
        with reading(self._engine) as session:
            return MenuChanges(session, self._clock).count()

    def _ours(self) -> tuple[ListedMenu, ...]:
        return tuple(menu for menu in self._line.list_menus() if menu.name.startswith(NAME_PREFIX))

    def _made(self, menu: Menu, picture: bytes, listed: Sequence[ListedMenu]) -> str:
        """The id of the menu at LINE, with its picture; made where it is not there."""
        found = next((known.rich_menu_id for known in listed if known.name == menu.name), "")
        rich_menu_id = found or self._line.create_menu(menu.body())
        if not found or not self._line.has_picture(rich_menu_id):
            self._line.set_picture(rich_menu_id, picture)
            self._tell(f"{menu.key}: made")
        return rich_menu_id

    def _lead_aliases(self, ids: Mapping[str, str]) -> None:
        there = self._line.aliases()
        for menu in self._menus:
            if there.get(menu.alias) != ids[menu.key]:
                self._line.set_alias(menu.alias, ids[menu.key], is_new=menu.alias not in there)
                self._tell(f"{menu.key}: alias set")

    def _set_default(self, rich_menu_id: str) -> None:
        if self._line.default_menu() != rich_menu_id:
            self._line.set_default_menu(rich_menu_id)
            self._tell("default set")

    def _take_into_use(self, ids: Mapping[str, str]) -> None:
        """Note them, and everybody with a card as one whose menu is to be set: together or not at all."""
        now = {menu.key: Deployed(menu.key, menu.digest, ids[menu.key]) for menu in self._menus}
        with writing(self._engine) as session:
            menus = RichMenus(session, self._clock)
            if menus.deployed() != now:
                menus.set_deployed(tuple(now.values()))
                MenuChanges(session, self._clock).add_all_with_cards()

    def _link_everybody(self) -> None:
        MenuLinks(self._engine, self._line, self._clock).drain()
        if waiting := self.waiting():
            # The running serve or worker has them in hand; the old menus must stay until it is through.
            raise StillWaiting(f"{waiting} patrons wait for their menu; run this again in a few minutes")

    def _remove_others(self, keep: set[str], *, keep_aliases: bool = True) -> None:
        wanted = {menu.alias for menu in self._menus} if keep_aliases else set()
        for alias in self._line.aliases():
            if alias.startswith(ALIAS_PREFIX) and alias not in wanted:
                self._line.delete_alias(alias)
                self._tell(f"alias {alias} removed")
        old = [menu for menu in self._ours() if menu.rich_menu_id not in keep]
        for menu in old[:MOST_REMOVED]:
            self._line.delete_menu(menu.rich_menu_id)
            self._tell(f"{menu.name} removed")
        if len(old) > MOST_REMOVED:
            raise StillWaiting(f"{len(old) - MOST_REMOVED} old menus are left; run this again in an hour")
