"""Rich menus through the official SDK: image, default, own, tabs."""

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
from linebot.v3.messaging import (
    ApiException,
    CreateRichMenuAliasRequest,
    RichMenuBulkLinkRequest,
    RichMenuRequest,
    UpdateRichMenuAliasRequest,
)
from simulated_line import Line

from simulator.state import Person
from simulator.views import chat_view

MENU: dict[str, Any] = {
    "size": {"width": 800, "height": 540},
    "selected": True,
    "name": "利用者",
    "chatBarText": "メニュー",
    "areas": [
        {
            "bounds": {"x": 0, "y": 0, "width": 800, "height": 540},
            "action": {"type": "postback", "data": "loans", "displayText": "貸出状況"},
        }
    ],
}


def png(width: int, height: int) -> bytes:
    """A black picture."""
    rows = zlib.compress(b"".join(b"\0" + b"\0" * width for _ in range(height)))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def upload(line: Line, menu_id: str, image: bytes, content_type: str = "image/png") -> None:
    """Give a menu its image."""
    line.blob.set_rich_menu_image(menu_id, body=image, _headers={"Content-Type": content_type})


def made(line: Line, name: str = "利用者") -> str:
    """A menu with an image."""
    menu_id = line.api.create_rich_menu(RichMenuRequest.from_dict({**MENU, "name": name})).rich_menu_id
    upload(line, menu_id, png(800, 540))
    return str(menu_id)


def shown(line: Line, person: Person) -> str:
    """The name of the menu on a person's phone."""
    menu = line.chat(person)["richMenu"]
    return menu["name"] if menu else ""


def status_of(caught: Any) -> int:
    """The status of a refused call."""
    return int(caught.value.status)


def test_a_persons_own_menu_goes_before_the_default(line: Line) -> None:
    person = line.friend()
    default, own = made(line, "みんな"), made(line, "ひとり")
    assert shown(line, person) == ""
    line.api.set_default_rich_menu(default)
    assert shown(line, person) == "みんな"
    line.api.link_rich_menu_id_to_user(person.user_id, own)
    assert shown(line, person) == "ひとり"
    assert line.api.get_rich_menu_id_of_user(person.user_id).rich_menu_id == own
    line.api.unlink_rich_menu_id_from_user(person.user_id)
    assert shown(line, person) == "みんな"
    line.api.link_rich_menu_id_to_users(RichMenuBulkLinkRequest(rich_menu_id=own, user_ids=[person.user_id]))
    assert shown(line, person) == "ひとり"
    line.api.delete_rich_menu(own)
    assert shown(line, person) == "みんな"
    line.api.cancel_default_rich_menu()
    assert shown(line, person) == ""
    assert [menu.rich_menu_id for menu in line.api.get_rich_menu_list().richmenus] == [default]


def test_a_menu_without_an_image_is_shown_to_nobody(line: Line) -> None:
    menu_id = line.api.create_rich_menu(RichMenuRequest.from_dict(MENU)).rich_menu_id
    with pytest.raises(ApiException) as caught:
        line.api.set_default_rich_menu(menu_id)
    assert status_of(caught) == 400
    upload(line, menu_id, png(800, 540))
    line.api.set_default_rich_menu(menu_id)
    with pytest.raises(ApiException) as caught:
        upload(line, menu_id, png(800, 540))
    assert status_of(caught) == 400


@pytest.mark.parametrize(
    ("image", "content_type", "status"),
    [
        (png(800, 540), "image/gif", 415),
        (b"GIF89a", "image/png", 400),
        (png(810, 540), "image/png", 400),
        (png(800, 540) + b"\0" * 1024 * 1024, "image/png", 400),
    ],
)
def test_an_image_must_fit_its_menu(line: Line, image: bytes, content_type: str, status: int) -> None:
    menu_id = line.api.create_rich_menu(RichMenuRequest.from_dict(MENU)).rich_menu_id
    with pytest.raises(ApiException) as caught:
        upload(line, menu_id, image, content_type)
    assert status_of(caught) == status


def test_a_tab_switches_the_menu_and_tells_the_bot(line: Line) -> None:
    person = line.friend()
    first, second = made(line, "一"), made(line, "二")
    line.api.set_default_rich_menu(first)
    line.api.create_rich_menu_alias(
        CreateRichMenuAliasRequest(rich_menu_alias_id="tab-b", rich_menu_id=second)
    )
    action = {"type": "richmenuswitch", "richMenuAliasId": "tab-b", "data": "tab=b"}
    path = f"/users/{person.number}/chats/me/taps"
    line.call("POST", path, action=action)
    told = line.bot.wait_for(1, "postback")[0]["postback"]
    assert told == {"data": "tab=b", "params": {"newRichMenuAliasId": "tab-b", "status": "SUCCESS"}}
    assert shown(line, person) == "二"
    line.call("POST", path, action={**action, "richMenuAliasId": "tab-c"})
    told = line.bot.wait_for(2, "postback")[1]["postback"]
    assert told["params"] == {"status": "RICHMENU_ALIAS_ID_NOTFOUND"}


def test_menus_can_be_linked_while_phones_look_at_them(line: Line) -> None:
    person, menu_id = line.friend(), made(line)
    menus = line.platform.rich_menus

    def link_and_look(at: int) -> None:
        if at % 2:
            menus.link([person.user_id], menu_id)
        else:
            chat_view(line.platform, person, line.platform.state.chats[person.user_id], 0)

    pool = ThreadPoolExecutor(8)
    done = wait([pool.submit(link_and_look, at) for at in range(4000)], timeout=30)
    assert not done.not_done
    pool.shutdown()


def test_aliases_are_listed_changed_and_removed(line: Line) -> None:
    first, second = made(line, "一"), made(line, "二")
    line.api.create_rich_menu_alias(CreateRichMenuAliasRequest(rich_menu_alias_id="a", rich_menu_id=first))
    with pytest.raises(ApiException) as caught:
        line.api.create_rich_menu_alias(
            CreateRichMenuAliasRequest(rich_menu_alias_id="a", rich_menu_id=first)
        )
    assert status_of(caught) == 400
    line.api.update_rich_menu_alias("a", UpdateRichMenuAliasRequest(rich_menu_id=second))
    assert line.api.get_rich_menu_alias("a").rich_menu_id == second
    assert len(line.api.get_rich_menu_alias_list().aliases) == 1
    line.api.delete_rich_menu_alias("a")
    with pytest.raises(ApiException) as caught:
        line.api.get_rich_menu_alias("a")
    assert status_of(caught) == 404


def test_a_batch_moves_everybody_on_the_links_as_they_were(line: Line) -> None:
    one, two = line.friend("一"), line.friend("二")
    first, second = made(line, "一"), made(line, "二")
    line.api.link_rich_menu_id_to_user(one.user_id, first)
    line.api.link_rich_menu_id_to_user(two.user_id, second)
    swap = [{"type": "link", "from": first, "to": second}, {"type": "link", "from": second, "to": first}]
    answer = line.post("/v2/bot/richmenu/batch", {"operations": swap})
    assert answer.status == 202
    request_id = answer.headers["x-line-request-id"]
    assert [line.api.get_rich_menu_batch_progress(request_id).phase for _ in range(2)] == [
        "ongoing",
        "succeeded",
    ]
    assert (shown(line, one), shown(line, two)) == ("二", "一")
    line.post("/v2/bot/richmenu/batch", {"operations": [{"type": "unlink", "from": first}]})
    assert (shown(line, one), shown(line, two)) == ("二", "")
    line.post("/v2/bot/richmenu/batch", {"operations": [{"type": "unlinkAll"}]})
    assert (shown(line, one), shown(line, two)) == ("", "")
    # Three an hour.
    assert line.post("/v2/bot/richmenu/batch", {"operations": [{"type": "unlinkAll"}]}).status == 429
    with pytest.raises(ApiException) as caught:
        line.api.get_rich_menu_batch_progress("unknown")
    assert status_of(caught) == 404


@pytest.mark.parametrize(
    "operations",
    [
        [{"type": "unlinkAll"}, {"type": "unlink", "from": "MENU"}],
        [{"type": "unlink", "from": "MENU"}, {"type": "link", "from": "MENU", "to": "MENU"}],
        [{"type": "link", "from": "MENU", "to": "richmenu-unknown"}],
        [{"type": "link", "to": "MENU"}],
        [{"type": "turn"}],
        [{"type": "unlinkAll"}] * 1001,
    ],
)
def test_a_batch_that_makes_no_sense_changes_nothing(line: Line, operations: list[dict[str, str]]) -> None:
    person, menu_id = line.friend(), made(line)
    line.api.link_rich_menu_id_to_user(person.user_id, menu_id)
    given = [
        {name: menu_id if value == "MENU" else value for name, value in one.items()} for one in operations
    ]
    assert line.post("/v2/bot/richmenu/validate/batch", {"operations": given}).status == 400
    assert line.post("/v2/bot/richmenu/batch", {"operations": given}).status == 400
    assert shown(line, person) == "利用者"


def test_a_menu_linked_to_who_is_no_friend_has_no_effect(line: Line) -> None:
    person, stranger = line.friend(), line.platform.state.add_person("よそ")
    line.call("POST", f"/users/{person.number}/block")
    menu_id = made(line)
    for user_id in (person.user_id, stranger.user_id, "U" + "0" * 32):
        line.api.link_rich_menu_id_to_user(user_id, menu_id)
        with pytest.raises(ApiException) as caught:
            line.api.get_rich_menu_id_of_user(user_id)
        assert status_of(caught) == 404


def test_the_image_comes_back_as_it_was_given(line: Line) -> None:
    assert bytes(line.blob.get_rich_menu_image(made(line))) == png(800, 540)
