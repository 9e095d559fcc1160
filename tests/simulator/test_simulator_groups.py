"""Groups and rooms: who comes, who goes, what the account may know."""

from typing import Any

import pytest
from linebot.v3 import WebhookParser
from linebot.v3.messaging import PushMessageRequest
from simulated_line import SECRET, Line, refused, reply_request, texts

KINDS = {"group": "C", "room": "R"}


def made(line: Line, kind: str = "group", **more: Any) -> tuple[str, list[Any]]:
    """A group of two with the account in it."""
    people = [line.friend("はなこ"), line.friend("たけし")]
    numbers = [person.number for person in people]
    chat = line.call("POST", "/groups", name="読書会", users=numbers, kind=kind, **more)["chat"]
    return str(chat), people


@pytest.mark.parametrize("kind", KINDS)
def test_the_account_is_told_of_its_coming_and_going(line: Line, kind: str) -> None:
    chat, people = made(line, kind)
    assert chat.startswith(KINDS[kind])
    source = {"type": kind, f"{kind}Id": chat}
    joined = line.bot.wait_for(1, "join")[0]
    assert joined["source"] == source
    line.api.reply_message(reply_request(joined["replyToken"], "こんにちは"))
    path = f"/users/{people[0].number}/chats/{chat}"
    line.call("POST", f"{path}/messages", message={"type": "text", "text": "やあ"})
    got = line.bot.wait_for(1, "message")[0]
    assert got["source"] == source | {"userId": people[0].user_id}
    raw = line.bot.received[-1]
    (event,) = WebhookParser(SECRET).parse(raw.body.decode(), raw.headers["x-line-signature"])
    assert event.source.type == kind
    getattr(line.api, f"leave_{kind}")(chat)
    assert line.bot.wait_for(1, "leave")[0]["source"] == source
    assert refused(lambda: getattr(line.api, f"leave_{kind}")(chat)).status == 400
    line.call("POST", f"{path}/messages", message={"type": "text", "text": "もういない"})
    line.call("POST", f"/groups/{chat}/invite")
    line.bot.wait_for(2, "join")
    assert len(line.bot.wait_for(1, "message")) == 1


def test_members_who_come_and_go_are_told(line: Line) -> None:
    chat, people = made(line)
    third = line.friend("みさき")
    line.call("POST", f"/groups/{chat}/members", users=[third.number])
    joined = line.bot.wait_for(1, "memberJoined")[0]
    assert joined["joined"]["members"] == [{"type": "user", "userId": third.user_id}]
    line.api.reply_message(reply_request(joined["replyToken"], "ようこそ"))
    line.call("POST", f"/groups/{chat}/members/leave", users=[people[0].number])
    left = line.bot.wait_for(1, "memberLeft")[0]
    assert left["left"]["members"] == [{"type": "user", "userId": people[0].user_id}]
    assert "replyToken" not in left
    assert line.raw("GET", f"/users/{people[0].number}/chats/{chat}").status == 404
    said = line.call("GET", f"/users/{third.number}/chats/{chat}")
    assert [one["name"] for one in said["members"]] == ["たけし", "みさき"]
    again = line.raw("POST", f"/groups/{chat}/members", users=[third.number])
    assert again.status == 400


def test_the_account_may_know_who_is_in_its_groups(line: Line) -> None:
    chat, people = made(line)
    assert line.api.get_group_summary(chat).group_name == "読書会"
    assert line.api.get_group_member_count(chat).count == 2
    ids = [person.user_id for person in people]
    assert line.api.get_group_members_ids(chat).member_ids == ids
    assert line.api.get_group_member_profile(chat, ids[1]).display_name == "たけし"
    other = line.friend("よそ")
    assert refused(lambda: line.api.get_group_member_profile(chat, other.user_id)).status == 404
    assert refused(lambda: line.api.get_room_member_count(chat)).status == 404
    line.call("POST", f"/groups/{chat}/leave")
    assert refused(lambda: line.api.get_group_summary(chat)).status == 404


def test_a_push_into_a_group_counts_everybody_in_it(line: Line) -> None:
    chat, people = made(line)
    line.api.push_message(PushMessageRequest(to=chat, messages=texts("一", "二")))
    assert line.api.get_message_quota_consumption().total_usage == len(people)


def test_a_group_can_be_made_without_the_account(line: Line) -> None:
    chat, people = made(line, invite=False)
    path = f"/users/{people[0].number}/chats/{chat}"
    line.call("POST", f"{path}/messages", message={"type": "text", "text": "ないしょ"})
    line.says(people[0], "あと")
    assert [event["type"] for event in line.bot.events] == ["follow", "follow", "message"]


@pytest.mark.parametrize(
    "body",
    [{}, {"users": []}, {"users": ["1"]}, {"users": [True]}, {"users": [1], "kind": "club"}],
)
def test_a_group_that_makes_no_sense_is_refused(line: Line, body: dict[str, Any]) -> None:
    assert line.raw("POST", "/groups", **body).status == 400
