"""Sending through the official SDK: replies, pushes and the life of their keys."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from linebot.v3.messaging import BroadcastRequest, MulticastRequest, ValidateMessageRequest
from linebot.v3.messaging.exceptions import NotFoundException, UnauthorizedException
from listening_bot import ListeningBot
from simulated_line import (
    SECRET,
    TOKEN,
    Line,
    ask,
    push_request,
    refused,
    reply_request,
    sdk,
    texts,
    wait_until,
)

from simulator.clock import ShiftedClock
from simulator.server import running
from simulator.settings import Settings

MINUTE = timedelta(minutes=1)


def nested(levels: int) -> bytes:
    """A push of boxes in boxes."""
    box = b'{"type":"box","layout":"vertical","contents":['
    inner = box * levels + b"]}" * levels
    contents = b'{"type":"bubble","body":' + inner + b"}"
    message = b'{"type":"flex","altText":"a","contents":' + contents + b"}"
    return b'{"to":"' + b"U" + b"0" * 32 + b'","messages":[' + message + b"]}"


def test_a_reply_arrives_and_its_token_works_once(line: Line) -> None:
    person = line.friend()
    token = line.says(person, "延長して")["replyToken"]
    sent = line.api.reply_message(reply_request(token, "承知しました", "期限は19日です")).sent_messages
    assert line.texts(person) == ["承知しました", "期限は19日です"]
    assert [message.id for message in sent] == [item["id"] for item in line.chat(person)["messages"][-2:]]
    again = refused(lambda: line.api.reply_message(reply_request(token, "もう一度")))
    assert (again.status, "Invalid reply token" in again.body) == (400, True)
    assert len(line.texts(person)) == 2


@pytest.mark.parametrize(("age", "status"), [(MINUTE, 200), (MINUTE + timedelta(milliseconds=1), 400)])
def test_a_reply_token_lives_for_a_minute(line: Line, age: timedelta, status: int) -> None:
    token = line.says(line.friend(), "延長して")["replyToken"]
    line.clock.advance(age)
    body = reply_request(token, "はい").to_dict()
    assert line.post("/v2/bot/message/reply", body).status == status


def test_a_redelivery_gives_the_token_a_new_minute(line: Line) -> None:
    person = line.friend()

    def answer(_: object) -> int:
        line.clock.advance(timedelta(seconds=50))
        return 500 if len(line.bot.wait_for(1, "message")) < 2 else 200

    line.bot.answer = answer
    line.says(person, "延長して")
    event = line.bot.wait_for(2, "message")[1]
    wait_until(lambda: line.chat(person)["messages"][-1]["arrival"] == "read")
    line.api.reply_message(reply_request(event["replyToken"], "はい"))
    assert line.texts(person) == ["はい"]


def test_a_request_with_a_mistake_leaves_the_token_alone(line: Line) -> None:
    token = line.says(line.friend(), "延長して")["replyToken"]
    bad = {"replyToken": token, "messages": [{"type": "text", "text": ""}]}
    assert line.post("/v2/bot/message/reply", bad).status == 400
    line.api.reply_message(reply_request(token, "はい"))


def test_a_reply_takes_no_retry_key(line: Line) -> None:
    token = line.says(line.friend(), "延長して")["replyToken"]
    body = reply_request(token, "はい").to_dict()
    assert line.post("/v2/bot/message/reply", body, **{"X-Line-Retry-Key": str(uuid4())}).status == 400


def test_the_same_retry_key_is_accepted_once(line: Line) -> None:
    person, key = line.friend(), str(uuid4())
    first = line.api.push_message_with_http_info(push_request(person, "お知らせ"), x_line_retry_key=key)
    again = refused(
        lambda: line.api.push_message(push_request(person, "お知らせ"), x_line_retry_key=key.upper())
    )
    assert again.status == 409
    assert again.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    assert again.headers["x-line-request-id"] != first.headers["x-line-request-id"]
    assert first.data.sent_messages[0].id in again.body
    assert line.texts(person) == ["お知らせ"]


@pytest.mark.parametrize(
    ("age", "times"), [(timedelta(hours=24) - timedelta(seconds=1), 1), (timedelta(hours=24), 2)]
)
def test_a_retry_key_is_kept_for_a_day(line: Line, age: timedelta, times: int) -> None:
    person, key = line.friend(), str(uuid4())
    body = push_request(person, "お知らせ").to_dict()
    line.post("/v2/bot/message/push", body, **{"X-Line-Retry-Key": key})
    line.clock.advance(age)
    line.post("/v2/bot/message/push", body, **{"X-Line-Retry-Key": key})
    assert line.texts(person) == ["お知らせ"] * times


def test_the_same_push_from_many_threads_arrives_once(line: Line) -> None:
    person, key = line.friend(), str(uuid4())
    body = push_request(person, "お知らせ").to_dict()
    with ThreadPoolExecutor(8) as pool:
        statuses = list(
            pool.map(
                lambda _: line.post("/v2/bot/message/push", body, **{"X-Line-Retry-Key": key}).status,
                range(16),
            )
        )
    assert sorted(statuses) == [200] + [409] * 15
    assert line.texts(person) == ["お知らせ"]


@pytest.mark.parametrize("key", ["1", "g" * 32, "0" * 32, "", "0000-0000"])
def test_a_retry_key_is_a_uuid(line: Line, key: str) -> None:
    body = push_request(line.friend(), "お知らせ").to_dict()
    assert line.post("/v2/bot/message/push", body, **{"X-Line-Retry-Key": key}).status == 400


def test_a_push_to_who_blocked_the_account_is_accepted_and_not_delivered(line: Line) -> None:
    person = line.friend()
    line.call("POST", f"/users/{person.number}/block")
    assert line.api.push_message(push_request(person, "お知らせ")).sent_messages
    assert line.texts(person) == []
    assert line.api.get_message_quota_consumption().total_usage == 0


def test_a_reply_to_who_blocked_meanwhile_is_accepted_and_not_delivered(line: Line) -> None:
    person = line.friend()
    token = line.says(person, "延長して")["replyToken"]
    line.call("POST", f"/users/{person.number}/block")
    assert line.api.reply_message(reply_request(token, "はい")).sent_messages
    assert line.texts(person) == []


@pytest.mark.parametrize("to", ["U" + "0" * 32, "C" + "0" * 32, "someone", ""])
def test_a_push_to_nobody_is_refused(line: Line, to: str) -> None:
    assert refused(lambda: line.api.push_message(push_request(to, "お知らせ"))).status == 400


def test_multicast_and_broadcast_reach_friends_once(line: Line) -> None:
    one, two, stranger = line.friend("一"), line.friend("二"), line.platform.state.add_person("よそ")
    unknown = "U" + "0" * 32
    to = [one.user_id, one.user_id, stranger.user_id, unknown]
    key = str(uuid4())
    line.api.multicast(MulticastRequest(to=to, messages=texts("M")), x_line_retry_key=key)
    line.api.broadcast(BroadcastRequest(messages=texts("B")))
    assert (line.texts(one), line.texts(two), line.texts(stranger)) == (["M", "B"], ["B"], [])
    assert line.api.get_message_quota_consumption().total_usage == 3
    again = refused(
        lambda: line.api.multicast(MulticastRequest(to=to, messages=texts("M")), x_line_retry_key=key)
    )
    assert (again.status, "sentMessages" in again.body) == (409, False)


@pytest.mark.parametrize("to", [[], ["U" + "0" * 32, "someone"], ["U" + "0" * 32] * 501])
def test_one_bad_recipient_fails_a_multicast(line: Line, to: list[str]) -> None:
    body = {"to": to, "messages": [{"type": "text", "text": "M"}]}
    assert line.post("/v2/bot/message/multicast", body).status == 400


def test_a_used_up_quota_stops_pushes_and_no_replies(bot: ListeningBot) -> None:
    settings = Settings(bot.url, SECRET, TOKEN, monthly_quota=1)
    with running(settings, ShiftedClock()) as (platform, url), sdk(url) as (api, _):
        person = platform.state.add_person("はなこ")
        platform.people.follow(person)
        token = bot.wait_for(1, "follow")[0]["replyToken"]
        quota = api.get_message_quota()
        assert (quota.type, quota.value) == ("limited", 1)
        key = str(uuid4())
        api.push_message(push_request(person, "一"))
        error = refused(lambda: api.push_message(push_request(person, "二"), x_line_retry_key=key))
        assert (error.status, "monthly limit" in error.body) == (429, True)
        api.reply_message(reply_request(token, "三"))
        assert api.get_message_quota_consumption().total_usage == 1


def test_every_call_needs_the_token_and_says_its_request_id(line: Line) -> None:
    with sdk(line.url, "another token") as (api, _), pytest.raises(UnauthorizedException) as caught:
        api.get_bot_info()
    assert caught.value.headers["x-line-request-id"]
    bare = ask("GET", f"{line.url}/v2/bot/info")
    assert (bare.status, bool(bare.headers["x-line-request-id"])) == (401, True)
    assert line.api.get_bot_info().user_id == line.platform.bot_user_id


def test_validation_looks_at_messages_and_sends_nothing(line: Line) -> None:
    person = line.friend()
    line.api.validate_push(ValidateMessageRequest(messages=texts("よい")))
    bad = {"messages": [{"type": "text", "text": "あ" * 5001}]}
    answer = line.post("/v2/bot/message/validate/reply", bad)
    assert answer.status == 400
    assert answer.json()["details"] == [
        {"message": "Length must be between 1 and 5000", "property": "messages[0].text"}
    ]
    assert line.texts(person) == []


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{}", "application/json", 400),
        (b'{"to": 5, "messages": "x"}', "application/json", 400),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "application/json", 400),
        (nested(200), "application/json", 400),
        (b'{"to": "' + b"a" * 2 * 1024 * 1024 + b'"}', "application/json", 413),
    ],
)
def test_a_body_that_is_no_request_is_refused(
    line: Line, body: bytes, content_type: str, status: int
) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": content_type}
    answer = ask("POST", f"{line.url}/v2/bot/message/push", body=body, headers=headers, retries=False)
    assert answer.status == status


def test_profiles_are_of_friends_only(line: Line) -> None:
    person, stranger = line.friend("はなこ"), line.platform.state.add_person("よそ")
    assert line.api.get_profile(person.user_id).display_name == "はなこ"
    assert line.api.get_followers().user_ids == [person.user_id]
    line.call("POST", f"/users/{person.number}/block")
    for user_id in (person.user_id, stranger.user_id, "U" + "0" * 32):
        with pytest.raises(NotFoundException):
            line.api.get_profile(user_id)
    assert refused(lambda: line.api.get_profile("me")).status == 400


def test_a_crowd_is_reached_once_each_however_many_they_are(line: Line) -> None:
    crowd = [one["userId"] for one in line.call("POST", "/crowd", count=1200)["users"]]
    line.api.push_message(push_request(crowd[0], "べつの話"))
    for at in range(0, len(crowd), 500):
        line.api.multicast(MulticastRequest(to=crowd[at : at + 500], messages=texts("お知らせ")))
    assert line.call("GET", "/received?containing=お知らせ")["received"] == dict.fromkeys(crowd, 1)
    assert line.call("GET", "/received")["received"][crowd[0]] == 2
    assert line.bot.events == []


@pytest.mark.parametrize("count", [0, 100_001, "5", True])
def test_a_crowd_has_a_size(line: Line, count: object) -> None:
    assert line.raw("POST", "/crowd", count=count).status == 400
