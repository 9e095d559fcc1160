"""Webhooks as the bot gets them: signed, in LINE's shape, in order, again when they were not answered."""

import base64
import hashlib
import hmac
import json
import re
from threading import Event

from listening_bot import Received
from simulated_line import SECRET, Line, wait_until

from simulator.delivery import ANSWER_SECONDS, sign

ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")


def test_the_signature_is_lines() -> None:
    # The published example of LINE's documentation.
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    assert sign("8c570fa6dd201bb328f1c1eac23a96d8", body) == "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


def test_a_message_arrives_signed_and_in_lines_shape(line: Line) -> None:
    person = line.friend()
    event = line.says(person, "貸出状況")
    got = line.bot.received[-1]
    digest = hmac.new(SECRET.encode(), got.body, hashlib.sha256).digest()
    assert got.headers["x-line-signature"] == base64.b64encode(digest).decode()
    assert got.headers["content-type"] == "application/json; charset=utf-8"
    assert json.loads(got.body)["destination"] == line.platform.bot_user_id
    assert ULID.fullmatch(event["webhookEventId"])
    assert event["source"] == {"type": "user", "userId": person.user_id}
    assert event["timestamp"] == int(line.clock.now().timestamp() * 1000)
    assert event["message"]["text"] == "貸出状況"
    assert {"id", "quoteToken", "markAsReadToken"} <= set(event["message"])
    assert (event["mode"], event["deliveryContext"]) == ("active", {"isRedelivery": False})


def test_messages_of_one_person_arrive_in_order(line: Line) -> None:
    person = line.friend()
    words = [f"{number}番" for number in range(20)]
    for text in words:
        line.call("POST", f"/users/{person.number}/chats/me/messages", message={"type": "text", "text": text})
    arrived = line.bot.wait_for(len(words), "message")
    assert [event["message"]["text"] for event in arrived] == words


def test_a_slow_answer_to_one_person_keeps_nobody_else_waiting(line: Line) -> None:
    slow, quick = line.friend("おそい"), line.friend("はやい")
    go_on = Event()

    def answer(got: Received) -> int:
        if slow.user_id.encode() in got.body:
            go_on.wait(60)
        return 200

    line.bot.answer = answer
    line.call("POST", f"/users/{slow.number}/chats/me/messages", message={"type": "text", "text": "待つ"})
    line.says(quick, "待たない")
    wait_until(lambda: line.chat(quick)["messages"][-1]["arrival"] == "read")
    assert line.chat(slow)["messages"][-1]["arrival"] == "sending"
    go_on.set()
    wait_until(lambda: line.chat(slow)["messages"][-1]["arrival"] == "read")


def test_an_event_that_was_not_answered_with_2xx_comes_again_as_the_same(line: Line) -> None:
    person = line.friend()
    line.bot.answer = lambda _: 503
    first = line.says(person, "延長して")
    line.bot.answer = lambda _: 200
    again = line.bot.wait_for(2, "message")[1]
    assert again == {**first, "deliveryContext": {"isRedelivery": True}}
    wait_until(lambda: line.chat(person)["messages"][-1]["arrival"] == "read")
    assert len(line.bot.wait_for(2, "message")) == 2


def test_redelivery_ends_after_the_last_try(line: Line) -> None:
    person = line.friend()
    line.bot.answer = lambda _: 500
    line.says(person, "延長して")
    wait_until(lambda: line.chat(person)["messages"][-1]["arrival"] == "failed")
    flags = [event["deliveryContext"]["isRedelivery"] for event in line.bot.wait_for(3, "message")]
    assert flags == [False, True, True]


def test_no_answer_within_two_seconds_is_no_answer(line: Line) -> None:
    person = line.friend()
    first = Event()

    def answer(_: object) -> int:
        if not first.is_set():
            first.set()
            Event().wait(ANSWER_SECONDS + 0.5)
        return 200

    line.bot.answer = answer
    line.says(person, "延長して")
    events = line.bot.wait_for(2, "message")
    assert [event["deliveryContext"]["isRedelivery"] for event in events] == [False, True]
    assert events[0]["webhookEventId"] == events[1]["webhookEventId"]


def test_a_new_message_passes_one_that_waits_for_redelivery(line: Line) -> None:
    person = line.friend()
    line.bot.answer = lambda got: (
        500 if "一".encode() in got.body and b'"isRedelivery": false' in got.body else 200
    )
    for text in ("一", "二"):
        line.call("POST", f"/users/{person.number}/chats/me/messages", message={"type": "text", "text": text})
    arrived = [event["message"]["text"] for event in line.bot.wait_for(3, "message")]
    assert arrived == ["一", "二", "一"]


def test_a_webhook_can_come_twice_on_purpose(line: Line) -> None:
    person = line.friend()
    line.call("POST", "/misbehaviour", duplicate_webhooks=1)
    line.says(person, "延長して")
    twice = line.bot.wait_for(2, "message")
    assert twice[0] == twice[1]
    line.says(person, "もう一度")
    assert len(line.bot.wait_for(3, "message")) == 3


def test_webhooks_can_come_in_the_wrong_order_on_purpose(line: Line) -> None:
    person = line.friend()
    line.call("POST", "/misbehaviour", reorder_webhooks=1)
    chat = line.platform.state.chats[person.user_id]
    for text in ("先", "後"):
        line.platform.people.send(person, chat, {"type": "text", "text": text})
    arrived = line.bot.wait_for(2, "message")
    assert [event["message"]["text"] for event in arrived] == ["後", "先"]
    assert arrived[0]["timestamp"] >= arrived[1]["timestamp"]
