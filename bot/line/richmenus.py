"""LINE's calls about rich menus, through the SDK; the same rules as in `client`: a time limit, nothing repeated."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from linebot.v3.messaging import (
    CreateRichMenuAliasRequest,
    MessagingApiBlob,
    RichMenuBulkLinkRequest,
    RichMenuBulkUnlinkRequest,
    RichMenuRequest,
    UpdateRichMenuAliasRequest,
)

from bot.line.api import AccessTokens, LineDoesNotKnow, ListedMenu
from bot.line.client import LineClient

UPLOAD_LIMIT: Final = (3.0, 30.0)
"""Seconds to connect and to answer, for a picture."""

ONE_BY_ONE: Final = 10
"""So few are linked by a call each, which shows at once; LINE does the calls for many when it comes to it."""


class RichMenuClient:
    """Fulfils `bot.line.api.RichMenuApi`. Safe to share among threads; close it at the end."""

    def __init__(self, *, access_token: str | AccessTokens, base_url: str, data_base_url: str) -> None:
        """`data_base_url`: where pictures go. `access_token`: as LineClient's."""
        self._line = LineClient(access_token=access_token, base_url=base_url)
        self._data = LineClient(access_token=access_token, base_url=data_base_url, time_limit=UPLOAD_LIMIT)

    def close(self) -> None:
        """Close all connections."""
        self._line.close()
        self._data.close()

    def list_menus(self) -> tuple[ListedMenu, ...]:
        """All menus made through the API."""
        answer = self._ask("list_menus", "get_rich_menu_list")
        return tuple(ListedMenu(str(menu.rich_menu_id), str(menu.name)) for menu in answer.data.richmenus)

    def create_menu(self, body: Mapping[str, Any]) -> str:
        """Make a menu of this rich menu object; its id. It has no picture yet."""
        answer = self._ask("create_menu", "create_rich_menu", RichMenuRequest.from_dict(dict(body)))
        return str(answer.data.rich_menu_id)

    def has_picture(self, rich_menu_id: str) -> bool:
        """Whether its picture was uploaded."""
        try:
            self._ask_data("get_picture", "get_rich_menu_image", rich_menu_id)
        except LineDoesNotKnow:
            return False
        return True

    def set_picture(self, rich_menu_id: str, png: bytes) -> None:
        """Give a menu its picture, once."""
        headers = {"Content-Type": "image/png"}
        self._ask_data("set_picture", "set_rich_menu_image", rich_menu_id, bytearray(png), _headers=headers)

    def delete_menu(self, rich_menu_id: str) -> None:
        """Remove a menu; one that is gone already is well."""
        with suppress(LineDoesNotKnow):
            self._ask("delete_menu", "delete_rich_menu", rich_menu_id)

    def aliases(self) -> Mapping[str, str]:
        """The ids of menus by alias."""
        answer = self._ask("list_aliases", "get_rich_menu_alias_list")
        return {str(one.rich_menu_alias_id): str(one.rich_menu_id) for one in answer.data.aliases}

    def set_alias(self, alias: str, rich_menu_id: str, *, is_new: bool) -> None:
        """Lead a tab's alias to this menu."""
        if is_new:
            request = CreateRichMenuAliasRequest(rich_menu_alias_id=alias, rich_menu_id=rich_menu_id)
            self._ask("create_alias", "create_rich_menu_alias", request)
        else:
            update = UpdateRichMenuAliasRequest(rich_menu_id=rich_menu_id)
            self._ask("update_alias", "update_rich_menu_alias", alias, update)

    def delete_alias(self, alias: str) -> None:
        """Remove an alias; one that is gone already is well."""
        with suppress(LineDoesNotKnow):
            self._ask("delete_alias", "delete_rich_menu_alias", alias)

    def default_menu(self) -> str:
        """The id of the menu that everybody without one of their own sees; empty: none."""
        try:
            return str(self._ask("default_menu", "get_default_rich_menu_id").data.rich_menu_id)
        except LineDoesNotKnow:
            return ""

    def set_default_menu(self, rich_menu_id: str) -> None:
        """Show this one to everybody without one of their own; empty: none."""
        if rich_menu_id:
            self._ask("set_default_menu", "set_default_rich_menu", rich_menu_id)
        else:
            self._ask("clear_default_menu", "cancel_default_rich_menu")

    def link_menu(self, line_user_ids: Sequence[str], rich_menu_id: str) -> None:
        """Give these (at most 500) this menu as their own; who is no friend is passed over by LINE."""
        if len(line_user_ids) <= ONE_BY_ONE:
            for line_user_id in line_user_ids:
                self._ask("link_menu", "link_rich_menu_id_to_user", line_user_id, rich_menu_id)
            return
        request = RichMenuBulkLinkRequest(rich_menu_id=rich_menu_id, user_ids=list(line_user_ids))
        self._ask("link_menu_to_many", "link_rich_menu_id_to_users", request)

    def unlink_menu(self, line_user_ids: Sequence[str]) -> None:
        """Take the own menus of these (at most 500) away: they see the default."""
        if len(line_user_ids) <= ONE_BY_ONE:
            for line_user_id in line_user_ids:
                self._ask("unlink_menu", "unlink_rich_menu_id_from_user", line_user_id)
            return
        request = RichMenuBulkUnlinkRequest(user_ids=list(line_user_ids))
        self._ask("unlink_menu_from_many", "unlink_rich_menu_id_from_users", request)

    def _ask(self, name: str, call: str, *arguments: Any) -> Any:
        return self._line.ask(name, _with_http_info(self._line.api, call), *arguments)

    def _ask_data(self, name: str, call: str, *arguments: Any, **more: Any) -> Any:
        blob = MessagingApiBlob(self._data.api.api_client)
        return self._data.ask(name, _with_http_info(blob, call), *arguments, **more)


def _with_http_info(api: Any, call: str) -> Callable[..., Any]:
    """The form of the SDK's call that answers something also where LINE's answer has no content."""
    found: Callable[..., Any] = getattr(api, f"{call}_with_http_info")
    return found
