"""Rich menus: the menus themselves, their images, the default, per-user links, aliases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import RLock
from typing import Any

from simulator.clock import Clock, iso
from simulator.ids import new_rich_menu_id
from simulator.state import State

MOST_MENUS = 1000
MOST_ALIASES = 1000


class NoSuchMenu(Exception):
    """No rich menu with this id."""


class MenuNotUsable(Exception):
    """The request is refused; the text says why in LINE's manner."""


@dataclass(slots=True)
class _Menu:
    body: dict[str, Any]
    image: bytes = b""
    content_type: str = ""


@dataclass(slots=True)
class _Batch:
    accepted_at: datetime
    looks: int = 0


class RichMenus:
    """What was created through the API; nothing else changes it. Its lock is never held around the state's."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._lock = RLock()
        self._menus: dict[str, _Menu] = {}
        self._linked: dict[str, str] = {}
        self._batches: dict[str, _Batch] = {}
        self.aliases: dict[str, str] = {}
        self.default_id = ""

    def create(self, body: dict[str, Any]) -> str:
        """Make a menu; it has no image yet."""
        with self._lock:
            if len(self._menus) >= MOST_MENUS:
                raise MenuNotUsable("The maximum number of rich menus has been reached")
            menu_id = new_rich_menu_id()
            self._menus[menu_id] = _Menu(body)
            return menu_id

    def get(self, menu_id: str) -> dict[str, Any]:
        """A menu as LINE answers it. Raises NoSuchMenu."""
        return {"richMenuId": menu_id, **self._menu(menu_id).body}

    def all(self) -> list[dict[str, Any]]:
        """All menus."""
        with self._lock:
            return [self.get(menu_id) for menu_id in self._menus]

    def delete(self, menu_id: str) -> None:
        """Remove a menu. Raises NoSuchMenu."""
        with self._lock:
            self._menu(menu_id)
            del self._menus[menu_id]
            self._linked = {user: menu for user, menu in self._linked.items() if menu != menu_id}
            self.default_id = "" if self.default_id == menu_id else self.default_id
        self._state.touch_all()

    def set_image(self, menu_id: str, image: bytes, content_type: str) -> None:
        """Give a menu its image, once. Raises NoSuchMenu, MenuNotUsable."""
        with self._lock:
            menu = self._menu(menu_id)
            if menu.image:
                raise MenuNotUsable("An image has already been uploaded to the richmenu")
            menu.image, menu.content_type = image, content_type
        self._state.touch_all()

    def image(self, menu_id: str) -> tuple[bytes, str]:
        """A menu's image and its content type. Raises NoSuchMenu where there is none."""
        menu = self._menu(menu_id)
        if not menu.image:
            raise NoSuchMenu
        return menu.image, menu.content_type

    def set_default(self, menu_id: str) -> None:
        """Show a menu to everyone without one of their own; `""`: none. Raises NoSuchMenu, MenuNotUsable."""
        with self._lock:
            if menu_id:
                self._must_be_shown(menu_id)
            self.default_id = menu_id
        self._state.touch_all()

    def link(self, user_ids: list[str], menu_id: str) -> None:
        """Give friends a menu of their own; others are passed over. Raises NoSuchMenu, MenuNotUsable."""
        with self._state.locked():
            people = self._state.people
            friends = [user for user in user_ids if user in people and people[user].is_reachable]
        with self._lock:
            self._must_be_shown(menu_id)
            for user in friends:
                self._linked[user] = menu_id
        self._touch(friends)

    def unlink(self, user_ids: list[str]) -> None:
        """Take people's own menus away."""
        with self._lock:
            had = [user for user in user_ids if self._linked.pop(user, None)]
        self._touch(had)

    def linked(self, user_id: str) -> str:
        """The id of a person's own menu. Raises NoSuchMenu where there is none."""
        with self._lock:
            if user_id not in self._linked:
                raise NoSuchMenu
            return self._linked[user_id]

    def shown_to(self, user_id: str) -> dict[str, Any] | None:
        """The menu that a person sees: their own, else the default."""
        with self._lock:
            menu_id = self._linked.get(user_id) or self.default_id
            return self.get(menu_id) if menu_id in self._menus else None

    def set_alias(self, alias: str, menu_id: str, *, is_new: bool) -> None:
        """Give a menu another name. Raises NoSuchMenu (the alias or the menu), MenuNotUsable."""
        with self._lock:
            if is_new and alias in self.aliases:
                raise MenuNotUsable("conflict richmenu alias id")
            if is_new and len(self.aliases) >= MOST_ALIASES:
                raise MenuNotUsable("The maximum number of rich menu aliases has been reached")
            if not is_new and alias not in self.aliases:
                raise NoSuchMenu
            self._must_be_shown(menu_id)
            self.aliases[alias] = menu_id

    def delete_alias(self, alias: str) -> None:
        """Remove a name. Raises NoSuchMenu."""
        with self._lock:
            if self.aliases.pop(alias, None) is None:
                raise NoSuchMenu

    def switch(self, user_id: str, alias: str) -> dict[str, str]:
        """A tap on a tab: gives the person the alias's menu; the params of the postback."""
        with self._lock:
            menu_id = self.aliases.get(alias)
            if menu_id is None:
                return {"status": "RICHMENU_ALIAS_ID_NOTFOUND"}
            if menu_id not in self._menus:
                return {"status": "RICHMENU_NOTFOUND"}
            self._linked[user_id] = menu_id
        self._state.touch(user_id)
        return {"newRichMenuAliasId": alias, "status": "SUCCESS"}

    def batch(self, request_id: str, operations: Sequence[dict[str, Any]]) -> None:
        """Move everybody from menus to others, or take them away, all on the links as they are now.

        Raises NoSuchMenu, MenuNotUsable, and then changes nothing.
        """
        self.check_batch(operations)
        with self._lock:
            moves = {str(one.get("from")): one.get("to") for one in operations if one["type"] != "unlinkAll"}
            takes_all = any(one["type"] == "unlinkAll" for one in operations)
            before, self._linked = self._linked, {}
            for user, menu_id in before.items():
                to = None if takes_all else moves.get(menu_id, menu_id)
                if to is not None:
                    self._linked[user] = to
            self._batches[request_id] = _Batch(self._clock.now())
        self._state.touch_all()

    def check_batch(self, operations: Sequence[dict[str, Any]]) -> None:
        """Raises MenuNotUsable or NoSuchMenu for operations that can't be done."""
        kinds = [one["type"] for one in operations]
        if "unlinkAll" in kinds and len(kinds) > 1:
            raise MenuNotUsable("unlinkAll can not be used with other operations")
        origins = [one.get("from") for one in operations if one["type"] != "unlinkAll"]
        if None in origins or len(set(origins)) < len(origins):
            raise MenuNotUsable("each from must be specified, and only once")
        for one in operations:
            if one["type"] == "link":
                self._must_be_shown(str(one.get("to")))

    def batch_progress(self, request_id: str) -> dict[str, Any]:
        """How far a batch is: at work when it is first asked, done after that. Raises NoSuchMenu."""
        with self._lock:
            batch = self._batches.get(request_id)
            if batch is None:
                raise NoSuchMenu
            batch.looks += 1
            accepted = iso(batch.accepted_at)
            if batch.looks == 1:
                return {"phase": "ongoing", "acceptedTime": accepted}
            return {"phase": "succeeded", "acceptedTime": accepted, "completedTime": accepted}

    def _touch(self, user_ids: Sequence[str]) -> None:
        with self._state.locked():
            for user in user_ids:
                self._state.touch(user)

    def _menu(self, menu_id: str) -> _Menu:
        with self._lock:
            if menu_id not in self._menus:
                raise NoSuchMenu
            return self._menus[menu_id]

    def _must_be_shown(self, menu_id: str) -> None:
        if not self._menu(menu_id).image:
            raise MenuNotUsable("must upload richmenu image before applying it to user")
