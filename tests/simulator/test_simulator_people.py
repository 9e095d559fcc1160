"""What people do, as the events that the official SDK reads, and as their phones show it."""

import json
from typing import Any

import pytest
from linebot.v3 import WebhookParser
from linebot.v3.models import UnknownEvent
from simulated_line import SECRET, TOKEN, Line, ask, push_request, reply_request, wait_until

MESSAGES: list[dict[str, Any]] = [
    {"type": "text", "text": "延長して📚"},
    {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    {"type": "image"},
    {"type": "video", "duration": 5000},
    {"type": "audio", "duration": 3000},
    {"type": "file", "fileName": "見本.txt", "fileSize": 40},
    {"type": "location", "title": "駅前", "address": "1-1", "latitude": 35.0, "longitude": 139},
]


def parsed_last(line: Line) -> Any:
    """The last webhook through the SDK, signature and all."""
    got = line.bot.received[-1]
    (event,) = WebhookParser(SECRET).parse(got.body.decode(), got.headers["x-line-signature"])
    assert not isinstance(event, UnknownEvent)
    return event


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message["type"])
def test_every_kind_of_message_is_read_by_the_sdk(line: Line, message: dict[str, Any]) -> None:
    person = line.friend()
    line.sends(person, message)
    event = parsed_last(line)
    assert event.type == "message"
    assert event.source.user_id == person.user_id
    assert event.message.type == message["type"]
    assert event.message.to_dict().items() >= message.items()


def test_following_blocking_and_unblocking_are_told(line: Line) -> None:
    person = line.friend()
    assert line.bot.wait_for(1, "follow")[0]["follow"] == {"isUnblocked": False}
    line.call("POST", f"/users/{person.number}/block")
    assert "replyToken" not in line.bot.wait_for(1, "unfollow")[0]
    line.call("POST", f"/users/{person.number}/follow")
    assert line.bot.wait_for(2, "follow")[1]["follow"] == {"isUnblocked": True}
    assert parsed_last(line).follow.is_unblocked


def test_a_tap_shows_its_words_as_the_persons_own_and_sends_its_data(line: Line) -> None:
    person = line.friend()
    action = {"type": "postback", "label": "延長する", "data": "b1", "displayText": "延長する"}
    line.call("POST", f"/users/{person.number}/chats/me/taps", action=action)
    assert line.bot.wait_for(1, "postback")[0]["postback"] == {"data": "b1"}
    assert line.texts(person, "user") == ["延長する"]
    wait_until(lambda: line.chat(person)["messages"][-1]["arrival"] == "read")
    shown = line.chat(person)["messages"][-1]["id"]
    # The words of a tap are no message to the bot; there is nothing of it to take back.
    assert line.raw("POST", f"/users/{person.number}/chats/me/unsend", id=shown).status == 400


def test_a_picked_date_goes_with_the_postback(line: Line) -> None:
    person = line.friend()
    action = {"type": "datetimepicker", "label": "日付", "data": "d", "mode": "date"}
    line.call("POST", f"/users/{person.number}/chats/me/taps", action=action, params={"date": "2026-01-15"})
    line.bot.wait_for(1, "postback")
    assert parsed_last(line).postback.params == {"date": "2026-01-15"}
    assert line.texts(person, "user") == []


def test_a_message_action_writes_its_text(line: Line) -> None:
    person = line.friend()
    action = {"type": "message", "label": "はい", "text": "お願いします"}
    line.call("POST", f"/users/{person.number}/chats/me/taps", action=action)
    assert line.bot.wait_for(1, "message")[0]["message"]["text"] == "お願いします"


def test_an_unsent_message_is_gone_and_told(line: Line) -> None:
    person = line.friend()
    event = line.says(person, "まちがい")
    line.call("POST", f"/users/{person.number}/chats/me/unsend", id=event["message"]["id"])
    told = line.bot.wait_for(1, "unsend")[0]
    assert told["unsend"] == {"messageId": event["message"]["id"]}
    assert "replyToken" not in told
    assert "まちがい" not in json.dumps(line.chat(person), ensure_ascii=False)
    answer = line.raw("POST", f"/users/{person.number}/chats/me/unsend", id=event["message"]["id"])
    assert answer.status == 400


def test_a_group_is_joined_spoken_in_and_left(line: Line) -> None:
    person, other = line.friend(), line.friend("たけし")
    chat = line.call("POST", "/groups", name="読書会", users=[person.number, other.number])["chat"]
    joined = line.bot.wait_for(1, "join")[0]
    assert joined["source"] == {"type": "group", "groupId": chat}
    line.api.reply_message(reply_request(joined["replyToken"], "ここでは個人の記録にお答えできません。"))
    path = f"/users/{person.number}/chats/{chat}"
    line.call("POST", f"{path}/messages", message={"type": "text", "text": "こんにちは"})
    spoken = line.bot.wait_for(1, "message")[0]
    assert spoken["source"] == {"type": "group", "groupId": chat, "userId": person.user_id}
    seen = line.call("GET", f"/users/{other.number}/chats/{chat}")["messages"]
    assert [item["from"] for item in seen] == ["system", "bot", "other"]
    line.call("POST", f"/groups/{chat}/leave")
    assert "replyToken" not in line.bot.wait_for(1, "leave")[0]


def test_quick_replies_last_until_the_next_message_or_a_tap(line: Line) -> None:
    person = line.friend()
    item = {"type": "action", "action": {"type": "postback", "label": "一覧", "data": "q"}}

    def offer() -> None:
        body = push_request(person, "どうしますか").to_dict()
        body["messages"][0]["quickReply"] = {"items": [item]}
        assert line.post("/v2/bot/message/push", body).status == 200

    offer()
    assert line.chat(person)["quickReply"] == [item]
    line.call("POST", f"/users/{person.number}/chats/me/taps", action=item["action"])
    assert line.chat(person)["quickReply"] == []
    offer()
    line.says(person, "別の話")
    assert line.chat(person)["quickReply"] == []


def test_a_phone_asks_only_for_what_is_new(line: Line) -> None:
    person = line.friend()
    line.says(person, "一")
    line.bot.wait_for(1, "message")
    revision = line.chat(person)["revision"]
    line.api.push_message(push_request(person, "二"))
    new = line.call("GET", f"/users/{person.number}/chats/me?since={revision}")["messages"]
    assert [item["message"]["text"] for item in new if item["from"] == "bot"] == ["二"]


@pytest.mark.parametrize("language", ["en", "zh-TW", ""])
def test_a_phone_speaks_a_language_and_the_profile_tells_it(line: Line, language: str) -> None:
    person = line.friend()
    assert line.api.get_profile(person.user_id).language == "ja"
    line.call("POST", f"/users/{person.number}/language", language=language)
    assert line.api.get_profile(person.user_id).language == (language or None)
    assert line.raw("POST", f"/users/{person.number}/language", language="?").status == 400


def test_a_tap_on_a_link_tells_the_bot_nothing(line: Line) -> None:
    person = line.friend()
    path = f"/users/{person.number}/chats/me/taps"
    line.call("POST", path, action={"type": "uri", "label": "開く", "uri": "https://example.com/"})
    line.says(person, "あと")
    assert [event["type"] for event in line.bot.events] == ["follow", "message"]


def test_the_event_of_a_message_can_be_looked_at(line: Line) -> None:
    person = line.friend()
    event = line.says(person, "延長して")
    assert line.chat(person)["messages"][-1]["event"] == event
    line.api.push_message(push_request(person, "はい"))
    assert line.chat(person)["messages"][-1]["event"] is None


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("/messages", {}),
    ("/messages", {"message": "text"}),
    ("/messages", {"message": {"type": "hologram"}}),
    ("/messages", {"message": {"type": "text"}}),
    ("/messages", {"message": {"type": "text", "text": ""}}),
    ("/messages", {"message": {"type": "text", "text": "あ" * 10_001}}),
    ("/messages", {"message": {"type": "audio", "duration": True}}),
    ("/taps", {"action": {"type": "camera", "label": "写真"}}),
    ("/taps", {}),
    ("/unsend", {"id": "1"}),
]


@pytest.mark.parametrize(("path", "body"), REFUSED)
def test_what_a_phone_could_not_do_is_refused(line: Line, path: str, body: dict[str, Any]) -> None:
    person = line.friend()
    answer = line.raw("POST", f"/users/{person.number}/chats/me{path}", **body)
    assert answer.status == 400
    assert answer.json()["message"]


def test_a_stranger_can_write_nothing_and_another_persons_chat_is_not_shown(line: Line) -> None:
    stranger, friend = line.platform.state.add_person("よそ"), line.friend()
    message = {"type": "text", "text": "あ"}
    assert line.raw("POST", f"/users/{stranger.number}/chats/me/messages", message=message).status == 400
    assert line.raw("GET", f"/users/{stranger.number}/chats/{friend.user_id}").status == 404
    assert line.raw("GET", "/users/99/chats/me").status == 404
    assert line.raw("POST", f"/users/{friend.number}/follow").status == 400


BROKEN: list[tuple[str, bytes]] = [
    ("/chats/me/messages", b'{"message": {"type": "text", "text": "a\\ud83d"}}'),
    ("/chats/me/messages", b'{"message": {"type": "text", "text": "a\xed\xa0\xbd"}}'),
    ("/chats/me/taps", b'{"action": {"type": "postback", "data": "a\\ud83d", "displayText": "\\ude00"}}'),
    (
        "/chats/me/taps",
        b'{"action": {"type": "datetimepicker", "data": "d"}, "params": {"date": "a\\ud83d"}}',
    ),
]


@pytest.mark.parametrize(("path", "body"), BROKEN)
def test_broken_halves_of_emoji_become_whole_text(line: Line, path: str, body: bytes) -> None:
    person = line.friend()
    url = f"{line.url}/simulator/api/users/{person.number}{path}"
    answer = ask("POST", url, body=body, headers={"Content-Type": "application/json"})
    assert answer.status == 200
    wait_until(lambda: len(line.bot.events) == 2)
    assert "a\ufffd" in json.dumps(line.bot.events[1], ensure_ascii=False)
    assert line.chat(person)


def test_broken_halves_from_the_bot_become_whole_text(line: Line) -> None:
    person = line.friend()
    body = b'{"to": "%s", "messages": [{"type": "text", "text": "a\\ud83d"}]}' % person.user_id.encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    assert ask("POST", f"{line.url}/v2/bot/message/push", body=body, headers=headers).status == 200
    assert line.texts(person) == ["a\ufffd"]
    assert line.call("GET", "/traffic")["exchanges"]
